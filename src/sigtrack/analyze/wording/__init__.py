"""How language changes: formulas, phrases outside the catalogue, and steps on ladders.

`measure` compares what is said now with what was said before, counted by story. Formulas are
searched everywhere in the items; unknown phrases and ladders only near the words that a watchlist
hit. Pure: takes items and a catalogue and returns rows, whatever the order of the items.

Phrases outside the catalogue are runs of words that are new or rising. Runs are counted by their
numbers, and only those that have changed are read: texts are loaded only for runs that are shown.
Of runs that say the same, the surest and longest is kept. Runs of only offices, topics and words of
time are no news of wording (`Labels`): "전 대통령" rises when a former president does, "다음 달"
when a calendar is full, the name of a strait when there is a war. They belong into a longer phrase;
alone they tell who, when and about what, but not how."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from sigtrack.analyze.fixed_phrases import FixedPhrases
from sigtrack.analyze.wording.grams import cuts, is_name, joining, key_of
from sigtrack.analyze.wording.ladders import Ladders, Said, Steps
from sigtrack.analyze.wording.usage import (
    CHANGES,
    PERHAPS,
    SURE,
    Corpus,
    LabelOf,
    PhraseRow,
    SaidItem,
    Texts,
    Use,
    Window,
    order_of,
)
from sigtrack.frozen import frozen
from sigtrack.lexicon import LANGUAGES, any_of, shipped_lexicon
from sigtrack.lexicon.books import RANKS
from sigtrack.model import Formulary, Runs, WordingRead
from sigtrack.text.fold import Stems
from sigtrack.text.scripts import HANGUL_PARTICLES, HIRAGANA, classes_of

_FEWEST = 2  # stories that a run must be in
_SPOKEN = ("remarks", "briefing")  # kinds of texts in which everybody says thank you so much
_QUOTES = (("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ("《", "》"), ('"', '"'))
_SHARED = 0.6  # share of the stories of two phrases of which one holds the other

SaidRuns = tuple[SaidItem, Runs]


def unknown_phrases(corpus: Corpus, said: Iterable[SaidRuns]) -> list[PhraseRow]:
    """Return rows, the surest first. `said` are the runs of items of the corpus."""
    now: list[SaidRuns] = []
    past: list[SaidRuns] = []
    for one in sorted(said, key=lambda one: order_of(one[0])):
        (now if corpus.window.is_now(one[0].moment) else past).append(one)
    if any(told.is_partly_near for told, _ in now):
        now, past = ([_near(corpus.texts, *one) for one in some] for some in (now, past))
    frequent, places = _frequent(now)
    tellers = _tellers(frequent, now)
    before = _tellers(frequent, past)
    changed = [n for n, some in tellers.items() if _has_changed(corpus, n, some, before[n])]
    uses = {number: _uses(number, tellers[number]) for number in changed}
    cut = _cut(uses, tellers, places, corpus.texts)
    rows = [
        corpus.row(usual_words(some, corpus.texts), [*_uses(n, before[n]), *some], id=None)
        for n, some in uses.items()
        if n not in cut and _is_one(some, corpus.texts) and _is_coined(some, corpus.texts)
    ]
    rows.sort(key=lambda row: (-_weight(row), -len(row.phrase), row.phrase))
    return _without_echoes(rows)


def _has_changed(
    corpus: Corpus, number: int, now: Sequence[SaidRuns], before: list[SaidRuns]
) -> bool:
    """Whether the run is new or has risen, and not by chance: there are thousands of runs."""
    if len(before) == 1 and not _is_one(_uses(number, [now[0], *before]), corpus.texts):
        before.clear()
    told = sorted((one for one, _ in (*before, *now)), key=order_of)
    change, chance = corpus.judged(told)
    return change in ("new", "risen") and chance.p < SURE


def _is_one(uses: Iterable[Use], texts: Texts) -> bool:
    """Whether these are uses of one run. Of 250,000 runs, some share a number."""
    written = {_words(use, texts).lower() for use in uses}
    return len(written) == 1 or len(set(map(key_of, written))) == 1


def _is_coined(uses: Sequence[Use], texts: Texts) -> bool:
    """Whether the run is somebody's own wording.

    It is if an official publisher writes it (not in remarks or a briefing), or if two publishers
    use it and it is in quotation marks in at least two stories.
    """
    if any(use.told.publisher.is_official and use.told.form not in _SPOKEN for use in uses):
        return True
    tellers = {use.told.publisher for use in uses}
    if len(tellers) < _FEWEST:
        return False
    return len({use.told.story for use in uses if _is_quoted(use, texts)}) >= _FEWEST


def _is_quoted(use: Use, texts: Texts) -> bool:
    before = texts.words(use.told, use.field, 0, use.start)
    for opening, closing in _QUOTES:
        opens = before.rfind(opening)
        if opens > before.rfind(closing) or (opening == closing and before.count(opening) % 2):
            return True
    return False


def usual_words(uses: Iterable[Use], texts: Texts) -> str:
    """Return how a phrase is written most often."""
    ranked = Counter(_words(use, texts) for use in uses).most_common()
    return min(ranked, key=lambda pair: (-pair[1], pair[0]))[0]


def _words(use: Use, texts: Texts) -> str:
    return " ".join(texts.words(use.told, use.field, use.start, use.end).split())


def _near(texts: Texts, told: SaidItem, runs: Runs) -> SaidRuns:
    return told, Runs.of(run for run in runs if texts.is_near(told, run.field, run.start))


def _frequent(now: Iterable[SaidRuns]) -> tuple[set[int], Mapping[int, int]]:
    """Return the runs in at least two stories, and the number of places of all runs."""
    places: Counter[int] = Counter()
    items: Counter[int] = Counter()
    for _, runs in now:
        places.update(runs.numbers)
        items.update(set(runs.numbers))
    several = {number for number, count in items.items() if count >= _FEWEST}
    stories: dict[int, set[str]] = defaultdict(set)
    for told, runs in now:
        for number in several.intersection(runs.numbers):
            stories[number].add(told.story)
    return {number for number, found in stories.items() if len(found) >= _FEWEST}, places


def _tellers(wanted: set[int], said: Iterable[SaidRuns]) -> dict[int, list[SaidRuns]]:
    tellers: dict[int, list[SaidRuns]] = defaultdict(list)
    for one in said:
        for number in wanted.intersection(one[1].numbers):
            tellers[number].append(one)
    return tellers


def _uses(number: int, tellers: Iterable[SaidRuns]) -> list[Use]:
    return [
        Use(told=told, field=run.field, start=run.start, end=run.end)
        for told, runs in tellers
        for run in runs.first_of((number,))
    ]


def _cut(
    uses: Mapping[int, Sequence[Use]],
    tellers: Mapping[int, Sequence[SaidRuns]],
    places: Mapping[int, int],
    texts: Texts,
) -> set[int]:
    """Return the runs that are cuts of a longer run in the same items."""
    near = {use.told.number for some in uses.values() for use in some}
    written: dict[str, int] = {}
    for number, some in tellers.items():
        beside = [one for one in some if one[0].number in near]
        words = _words(_uses(number, beside[:1])[0], texts) if beside else ""
        if words and classes_of(words[0]) in "ck":
            written[words] = number
    return {written[run] for run in cuts({run: places[written[run]] for run in written})}


def _weight(row: PhraseRow) -> float:
    """A name in capitals counts half: it tells who and what rather than how."""
    return row.chance.z / 2 if is_name(row.phrase) else row.chance.z


def _without_echoes(rows: Iterable[PhraseRow]) -> list[PhraseRow]:
    kept: list[PhraseRow] = []
    holding: dict[str, list[int]] = defaultdict(list)  # indices by story
    stories: list[frozenset[str]] = []
    for row in rows:
        mine = frozenset(use.told.story for use in row.uses)
        beside = {number for story in mine for number in holding[story]}
        if any(_say_the_same(row, kept[n], mine, stories[n]) for n in beside):
            continue
        for story in mine:
            holding[story].append(len(kept))
        kept.append(row)
        stories.append(mine)
    return kept


def _say_the_same(
    one: PhraseRow, other: PhraseRow, its: frozenset[str], others: frozenset[str]
) -> bool:
    if len(its & others) < _SHARED * min(len(its), len(others)):
        return False
    a, b = one.phrase.lower(), other.phrase.lower()
    return a in b or b in a or _joint(a, b) or _joint(b, a)


def _joint(a: str, b: str) -> bool:
    """Whether the end of one is the beginning of the other: two parts of one longer run."""
    least = max(2, min(len(a), len(b)) // 3)
    return any(a.endswith(b[:length]) for length in range(least, min(len(a), len(b))))


_FEWEST_WORDS = 2  # words of a phrase


class Labels:
    """Offices of all states, with or without the state, words of time, and the given topics."""

    def __init__(
        self, offices: Iterable[str], names: Iterable[str], topics: Iterable[str] = ()
    ) -> None:
        lexicon = shipped_lexicon()
        self._joints = joining()
        self._names = FixedPhrases((name, "") for name in names)
        bare = (self._without_names(office) for office in offices)
        weekdays = (lexicon.language(code).section("weekdays") for code in LANGUAGES)
        days = [max(words, key=len) for week in weekdays for words in week.values()]
        words = (
            *bare,
            *days,
            *topics,
            *lexicon.words("label", "times"),
            *lexicon.words("label", "offices"),
            *lexicon.by_word("relative"),
            *chain.from_iterable(map(lexicon.offices, RANKS)),
        )
        self._joint = re.compile(f"[{HIRAGANA}]+|{any_of(lexicon.words('joint', 'label'))}")
        self._labels = FixedPhrases((word, "") for word in words if word)

    def are_all_of(self, phrase: str) -> bool:
        """Whether a phrase is nothing but labels.

        It is if less than two words, or three characters, are left without labels and joining
        words. A strike's footage is no more language than a strike.
        """
        left = self._joint.sub(" ", _without(phrase, self._labels))
        words = (
            word
            for word in left.split()
            if word.lower() not in self._joints and word not in HANGUL_PARTICLES
        )
        return sum(2 if _is_long(word) else 1 for word in words) < _FEWEST_WORDS

    def _without_names(self, office: str) -> str:
        """Return the post without its state: president of South Korea, 韓国大統領."""
        words = _without(office, self._names).split()
        while words and words[-1].lower() in self._joints:
            words.pop()
        while words and words[0].lower() in self._joints:
            words.pop(0)
        return " ".join(words)


def _is_long(word: str) -> bool:
    """Whether a word is long in a script without spaces."""
    return classes_of(word[0]) in "ck" and len(word) > _FEWEST_WORDS


def _without(text: str, phrases: FixedPhrases[str]) -> str:
    left = list(text)
    for one in phrases.find(Stems(text)):
        left[one.start : one.end] = " " * (one.end - one.start)
    return "".join(left)


_TWO = 2
_NAMES = "naming"  # the topic of formulas that are names
_TEXTS = "form"  # the topic of formulas that are kinds of texts


@frozen
class Wording:
    """The result. `formulas` and `unknown` are sorted by change, then by how sure it is."""

    corpus: Corpus
    formulas: tuple[PhraseRow, ...]
    unknown: tuple[PhraseRow, ...]
    steps: Steps


def measure(
    told: Iterable[SaidItem],
    said: Iterable[Said],
    formulary: Formulary,
    window: Window,
    texts: Texts,
    *,
    runs: Callable[[Collection[int]], Iterable[tuple[SaidItem, Runs]]] | None = None,
    labels: Callable[[], Labels] | None = None,
    edits: Iterable[tuple[Said, Said]] = (),
    label_of: LabelOf | None = None,
) -> Wording:
    """Return what changed from the past of the window to its now, in items between governments.

    An item is between governments if two are named, if an official publisher speaks of another
    government, if one is named beside a formula that hardly anybody but governments uses, or if a
    watchlist has hit it.

    `told` are all items, `said` what `WordingReader` has read of them (items that say nothing may
    be missing), `texts` their words, which are loaded only for what is shown. Phrases outside the
    catalogue are found among the `runs` of the items with these numbers; phrases that `labels` know
    are left out. `edits` are pairs of an item before and after a silent edit. `label_of` sorts
    items into parts (a year, a side) that are counted separately as well.
    """
    said = tuple(said)
    forms = {one.number: read.form for one, read in said}
    plain = _said_by_governments(formulary)
    between = {one.number for one, read in said if _is_between(one, read, plain)}
    kept = (
        one._replace(form=forms.get(one.number, ""))
        for one in told
        if one.is_hit or one.number in between
    )
    corpus = Corpus(kept, window, texts, label_of)
    unknown = _unknown(corpus, runs, labels) if runs and corpus.has_past else ()
    by_number = {one.number: one for one in corpus.told}
    said = tuple((by_number[one.number], read) for one, read in said if one.number in by_number)
    return Wording(
        corpus=corpus,
        formulas=tuple(sorted(_formulas(corpus, said, formulary), key=_order)),
        unknown=unknown,
        steps=Ladders(formulary.ladders, texts).steps(said, window, edits),
    )


def _is_between(told: SaidItem, read: WordingRead, plain: Collection[str]) -> bool:
    """Whether a text is between governments. `plain` are formulas beside which one is enough."""
    if len(told.sides(read.parties)) > 1:
        return True
    return any(
        len(told.sides(use.parties)) > 1 or (use.parties and use.formula in plain)
        for use in read.formulas
    )


def _said_by_governments(formulary: Formulary) -> frozenset[str]:
    """Return the formulas that hardly anybody else uses. A name and the name of a kind of text are
    none: everybody writes of an island, and trade unions issue joint statements."""
    return frozenset(
        one.id
        for one in formulary.formulas
        if not one.between and one.topic not in (_NAMES, _TEXTS)
    )


def _unknown(
    corpus: Corpus,
    runs: Callable[[Collection[int]], Iterable[tuple[SaidItem, Runs]]],
    labels: Callable[[], Labels] | None,
) -> tuple[PhraseRow, ...]:
    rows = unknown_phrases(corpus, runs({one.number for one in corpus.told}))
    if labels and rows:
        known = labels()
        rows = [row for row in rows if not known.are_all_of(row.phrase)]
    return tuple(rows)


def _formulas(corpus: Corpus, said: Iterable[Said], formulary: Formulary) -> Iterator[PhraseRow]:
    uses: dict[str, list[Use]] = defaultdict(list)
    written: dict[str, dict[bool, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    between = {one.id for one in formulary.formulas if one.between}
    for told, read in sorted(said, key=lambda one: order_of(one[0])):
        for formula, wording, field, start, end, named in read.formulas:
            parties = told.sides(named)
            if formula in between and len(parties) < _TWO:
                continue
            uses[formula].append(Use(told=told, field=field, start=start, end=end, parties=parties))
            written[formula][corpus.window.is_now(told.moment)][wording] += 1
    for one in formulary.formulas:
        if one.id in uses:
            usual = written[one.id][True] or written[one.id][False]
            phrase = usual.most_common(1)[0][0]
            yield corpus.row(phrase, uses[one.id], id=one.id, topic=one.topic)


def _order(row: PhraseRow) -> tuple[bool, int, bool, float, int, str]:
    """Sort what may be chance last, and names after phrases that tell what changes."""
    is_name, p = row.topic in (_NAMES, _TEXTS), row.chance.p
    return (
        *(p >= PERHAPS, CHANGES.index(row.change), is_name, p),
        *(-row.now.stories, row.phrase),
    )
