"""Compares two statements, like a red-lined draft that says what matters.

Each text is cut into sentences, and each sentence is read (`reading`): its objects, and what is
said about them with which force. Sentences are paired by their objects over the whole text, one
with several if a paragraph was split (`pairing`); a sentence without a partner was added or
dropped. Then each change gets a topic, and its weight from what is watched between these
governments. Its direction comes from general rules of the language (`verdicts`): ladders
of the catalogue, verbs of demand and promise, words of force, countries that are blamed. The words
are in the lexicon.

`edit_of` says what a silent edit changed. Titles and bodies are compared as statements are, but
separately, because more people read a changed title than a sentence far below. Changes of names are
weighed too: if the title names somebody instead of somebody else, the edit has the highest weight.

Pure: takes two texts and the catalogue, returns a comparison.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from operator import itemgetter

from sigtrack.analyze.compare.pairing import Kin, Likeness, Pair, pair_up
from sigtrack.analyze.compare.reading import (
    LEAD,
    LEAVE,
    LIGHT_TOPICS,
    MENTION,
    Names,
    Objects,
    SentenceReader,
    SentenceReading,
    SentenceTopics,
    language_of,
    named,
    named_nowhere,
    parties_of,
    passages_of,
    with_what_moved,
    without_marker,
)
from sigtrack.analyze.compare.verdicts import (
    LOOSE,
    ChangeJudge,
    ChangeVerdict,
    Holdings,
    steps,
    turned,
)
from sigtrack.errors import InputUnreadable
from sigtrack.frozen import frozen
from sigtrack.lexicon import Lexicon, shipped_lexicon
from sigtrack.model import (
    Comparison,
    Direction,
    Formula,
    FormulaChange,
    Formulary,
    Ladder,
    Passage,
    StatementChange,
)
from sigtrack.model.stories import ChangeKind, FormulaChangeKind, Mark
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import HAN, KANA, KATAKANA

MOST_SENTENCES = 5000  # of a text; statements have up to 500
_NEVER_THE_SAME = 0.99  # 1.0 is for the same words
# Of sentences that have no nearest partner, readers call four in five below this likeness added or
# dropped. So they are told as such, beside what the other text says nearest to them.
_LEAST_REWORDED = 0.4
_Partners = tuple[Mapping[int, Sequence[int]], Mapping[int, Sequence[int]]]
_UNLIKE: Mapping[Kin, ChangeKind] = {
    "come": "added-beside",
    "gone": "dropped-beside",
    "far": "replaced",
}
_BOTH: Sequence[Kin] = ("gone", "come")  # one that is replaced, told as two changes
_NO_VERDICT = ChangeVerdict(None, LEAVE)
# A paragraph on one of these topics says something by its place.
_PLACED = frozenset(
    (
        "north-korea",
        "taiwan",
        "order",
        "alliance",
        "trade",
        "tech",
        "china",
        "china-japan",
        "history",
    )
)


def compare(
    old: str,
    new: str,
    formulary: Formulary,
    lexicon: Lexicon | None = None,
    *,
    pulse: Callable[[], None] = lambda: None,
) -> Comparison:
    """Return what happened to every old sentence, and where every new sentence comes from.

    Both texts must be in the same language (English, Korean, Japanese or Chinese; recognised by the
    script). The default lexicon is the shipped one. `pulse` is called often and may end the work by
    raising an error of its own. Raises InputUnreadable for a text with more than `MOST_SENTENCES`
    sentences.
    """
    return _Comparing(old, new, formulary, lexicon or shipped_lexicon(), pulse).result()


def _sentences_of(text: str, name: str) -> tuple[Passage, ...]:
    found = passages_of(text)
    if len(found) > MOST_SENTENCES:
        raise InputUnreadable(
            f"the {name} text has {len(found):,} sentences, and may have {MOST_SENTENCES:,}",
            hint="save a part of it to a file, and compare that",
        )
    return found


class _Comparing:
    def __init__(
        self,
        old: str,
        new: str,
        formulary: Formulary,
        lexicon: Lexicon,
        pulse: Callable[[], None],
    ) -> None:
        self._formulary, self._pulse = formulary, pulse
        self._old, self._new = (
            SentenceReader(formulary, language_of(text), lexicon, pulse).read_all(
                _sentences_of(text, name)
            )
            for text, name in ((old, "old"), (new, "new"))
        )
        spoken_of = frozenset(lexicon.topics.words("weight", "alone"))
        parties = self._parties = parties_of((self._old, self._new), spoken_of)
        objects = Objects(lexicon, parties)
        self._likeness = Likeness(self._old, self._new, parties, objects, pulse)
        self._topics = SentenceTopics(formulary, parties)
        self._holdings = Holdings.of(self._old), Holdings.of(self._new)
        usual = self._likeness.usual
        self._judge = ChangeJudge(formulary, parties, usual, objects, *self._holdings)
        self._verdicts: dict[tuple[int | None, int | None, ChangeKind], ChangeVerdict] = {}

    def result(self) -> Comparison:
        return Comparison(
            changes=tuple(sorted(self._changes(), key=self._lead)),
            formulas=formula_changes(self._formulary, self._old, self._new),
            old=tuple(one.passage for one in self._old),
            new=tuple(one.passage for one in self._new),
        )

    def _changes(self) -> Iterator[StatementChange]:
        words = [one.words for one in self._old], [one.words for one in self._new]
        pairs = pair_up(self._likeness, *words)
        for pair in pairs.same.items():
            yield self._same(*pair, is_moved=pair not in pairs.staying)
        partners = _partners(pairs.reworded)
        for pair, (similarity, kin) in pairs.reworded.items():
            alike = min(similarity, _NEVER_THE_SAME)
            one = self._reworded(*pair, alike, kin, partners)
            kins = _BOTH if one.kind == "replaced" and self._are_two(one, *pair) else ()
            yield from (self._reworded(*pair, alike, side, partners) for side in kins)
            if not kins:
                yield one
        for i in pairs.dropped:
            yield self._alone(self._old[i], i, None)
        for j in pairs.added:
            yield self._alone(self._new[j], None, j)

    def _are_two(self, change: StatementChange, i: int, j: int) -> bool:
        """Whether both sentences would harden a text, so that together they give no direction."""
        both = self._old[i], self._new[j]
        alone = (self._judge.alone(one, self._topics.of((one,))).direction for one in both)
        return change.direction == "neutral" and all(way == "hardened" for way in alone)

    def _same(self, i: int, j: int, *, is_moved: bool) -> StatementChange:
        old, new = self._old[i], self._new[j]
        topic = self._topics.of((old, new))
        return StatementChange(
            kind="moved" if is_moved else "kept",
            before=old.passage.text,
            after=new.passage.text,
            at_before=i,
            at_after=j,
            similarity=1.0,
            topic=topic,
            direction=None,
            weight=MENTION if is_moved and topic in _PLACED else LEAVE,
        )

    def _reworded(
        self, i: int, j: int, similarity: float, kin: Kin, partners: _Partners
    ) -> StatementChange:
        old, new = self._old[i], self._new[j]
        whole = (
            with_what_moved(old, new, [self._old[k] for k in partners[1][j] if k != i]),
            with_what_moved(new, old, [self._new[k] for k in partners[0][i] if k != j]),
        )
        if kin == "near":
            old, new = whole
        topic = self._topics.of((old, new))
        verdict = self._judge.reworded(old, new, topic, similarity, kin)
        self._pulse()
        is_light = topic in LIGHT_TOPICS
        kind, names = ("reworded", ()) if is_light else self._named(old, new, similarity, kin)
        is_like = kin not in _UNLIKE or similarity >= _LEAST_REWORDED
        marked = marks(old.passage.text, new.passage.text) if is_like else ((), ())
        if not is_like and kind == "reworded":
            kind = _UNLIKE[kin]
        self._verdicts[i, j, kind] = verdict
        return StatementChange(
            kind=kind,
            names=names,
            before=old.passage.text,
            after=new.passage.text,
            at_before=i,
            at_after=j,
            similarity=round(similarity, 3),
            topic=topic,
            direction=verdict.direction,
            weight=verdict.weight,
            marks_before=marked[0],
            marks_after=marked[1],
            steps=steps(*whole, are_near=kin == "near"),
            gone=tuple(sorted(old.formulas - new.formulas)),
            come=tuple(sorted(new.formulas - old.formulas)),
        )

    def _named(
        self, old: SentenceReading, new: SentenceReading, similarity: float, kin: Kin
    ) -> Names:
        match kin:
            case "near":
                before, after = self._holdings
                known = self._parties | self._likeness.usual | (before.sets & after.sets)
                if similarity < LOOSE:  # so it may be named where more is alike
                    known |= before.countries & after.countries
                return named(old, new, known)
            case "gone":
                return named_nowhere(old, self._holdings[1].sets, is_old=True)
            case "come":
                return named_nowhere(new, self._holdings[0].sets, is_old=False)
        return "reworded", ()

    def _alone(self, one: SentenceReading, i: int | None, j: int | None) -> StatementChange:
        """Return the change of a sentence without a partner: dropped at `i`, or added at `j`."""
        is_dropped = j is None
        topic = self._topics.of((one,))
        verdict = self._judge.alone(one, topic)
        self._verdicts[i, j, "dropped" if is_dropped else "added"] = verdict
        if is_dropped:
            verdict = turned(verdict)
        formulas = tuple(sorted(one.formulas))
        return StatementChange(
            kind="dropped" if is_dropped else "added",
            before=one.passage.text if is_dropped else None,
            after=None if is_dropped else one.passage.text,
            at_before=i,
            at_after=j,
            similarity=0.0,
            topic=topic,
            direction=verdict.direction,
            weight=verdict.weight,
            steps=steps(one, None) if is_dropped else steps(None, one),
            gone=formulas if is_dropped else (),
            come=() if is_dropped else formulas,
        )

    def _lead(self, change: StatementChange) -> tuple[bool | int, ...]:
        """Sort the heaviest first; then by weight and place of objects, and by how much changed."""
        place = change.at_after if change.at_after is not None else change.at_before
        key = (change.at_before, change.at_after, change.kind)
        verdict = self._verdicts.get(key, _NO_VERDICT)
        return (
            change.kind == "kept",
            -change.weight,
            change.topic in LIGHT_TOPICS,
            -verdict.level,
            verdict.place,
            -verdict.rank,
            place or 0,
        )


def _partners(pairs: Iterable[Pair]) -> _Partners:
    """Return the new sentences that each old one is paired with, and the old ones of each new."""
    partners: tuple[dict[int, list[int]], dict[int, list[int]]] = (
        defaultdict(list),
        defaultdict(list),
    )
    for i, j in pairs:
        partners[0][i].append(j)
        partners[1][j].append(i)
    return partners


_VERBS = "agreement"  # the ladder; the strongest verbs of two texts speak of different things
_ORDER: Sequence[FormulaChangeKind] = ("dropped", "added", "softened", "hardened", "kept")


def formula_changes(
    formulary: Formulary,
    old: Sequence[SentenceReading],
    new: Sequence[SentenceReading],
) -> tuple[FormulaChange, ...]:
    """Return formulas and ladders in this order: dropped, added, on another rung, kept.

    Verbs of agreement are compared only in sentences that belong together.
    """
    rows = [row for one in formulary.formulas if (row := _of_formula(one, old, new))]
    ladders = (one for one in formulary.ladders if one.id != _VERBS)
    rows += [row for one in ladders if (row := _of_ladder(one, old, new))]
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.change), row.is_ladder)))


def _of_formula(
    formula: Formula, old: Sequence[SentenceReading], new: Sequence[SentenceReading]
) -> FormulaChange | None:
    before, after = (
        [one.wordings[formula.id] for one in side if formula.id in one.wordings]
        for side in (old, new)
    )
    if not before and not after:
        return None
    return FormulaChange(
        id=formula.id,
        topic=formula.topic,
        words_before=next(iter(before), ""),
        words_after=next(iter(after), ""),
        before=len(before),
        after=len(after),
        change="kept" if before and after else "added" if after else "dropped",
        rung_before=formula.rung if before else None,
        rung_after=formula.rung if after else None,
    )


def _of_ladder(
    ladder: Ladder, old: Sequence[SentenceReading], new: Sequence[SentenceReading]
) -> FormulaChange | None:
    before, after = (
        [
            (one.rungs[ladder.id], one.rung_words[ladder.id])
            for one in side
            if ladder.id in one.rungs
        ]
        for side in (old, new)
    )
    if not before and not after:
        return None
    top_before, top_after = (
        max(some, key=itemgetter(0), default=(0, "")) for some in (before, after)
    )
    return FormulaChange(
        id=ladder.id,
        topic="",
        words_before=top_before[1],
        words_after=top_after[1],
        before=len(before),
        after=len(after),
        change=_change(top_before[0], top_after[0]),
        rung_before=top_before[0] or None,
        rung_after=top_after[0] or None,
        is_ladder=True,
    )


def _change(before: int, after: int) -> FormulaChangeKind:
    if not before or not after:
        return "dropped" if before else "added"
    return "kept" if before == after else "hardened" if after > before else "softened"


_LETTER = rf"[^\W_{HAN}{KANA}]"
_SMALL = 4  # letters of a word that says nothing alone: and, the, with
_WORD = re.compile(rf"[{KATAKANA}]+|[{HAN}{KANA}]|{_LETTER}+(?:['’.,]{_LETTER}+)*")
# Pairs of equal words that `difflib` may compare: it takes 25 s for 1,500 words that repeat three.
# A sentence of 100 words has about 300. Above the limit, only equal words at both ends are
# unmarked.
_MOST_LIKE = 20_000
_NEAR = 1  # letters between two ranges of Han or Kana that are joined


def marks(before: str, after: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Return half-open ranges in `before` and in `after`, in order."""
    old, new = _words(before), _words(after)
    blocks = _without_islands(
        [before[slice(*span)] for _, span in old],
        _different([key for key, _ in old], [key for key, _ in new]),
    )
    return (
        _joined(before, (_range(old, a, b) for a, b, _, _ in blocks if a < b)),
        _joined(after, (_range(new, a, b) for _, _, a, b in blocks if a < b)),
    )


_Block = tuple[int, int, int, int]


def _different(old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """Yield ranges of words that differ: from and to in `old`, then in `new`."""
    counts = Counter(old), Counter(new)
    if sum(count * counts[1][word] for word, count in counts[0].items()) > _MOST_LIKE:
        start = _same_at_the_start(old, new)
        end = _same_at_the_start(old[start:][::-1], new[start:][::-1])
        yield start, len(old) - end, start, len(new) - end
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield a, b, c, d


def _without_islands(old: Sequence[str], blocks: Iterable[_Block]) -> list[_Block]:
    """Join blocks between which only small words are the same: nobody reads "«a» of the «b»"."""
    joined: list[_Block] = []
    for a, b, c, d in blocks:
        if joined and all(map(_is_small, old[joined[-1][1] : a])):
            joined[-1] = (joined[-1][0], b, joined[-1][2], d)
        else:
            joined.append((a, b, c, d))
    return joined


def _is_small(word: str) -> bool:
    return len(word) <= (_SMALL if word.isascii() and word.islower() else 1)


def _same_at_the_start(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _words(text: str) -> list[tuple[str, Mark]]:
    skipped = len(text) - len(without_marker(text))
    return [(fold_text(found[0]).lower(), found.span()) for found in _WORD.finditer(text, skipped)]


def _range(words: Sequence[tuple[str, Mark]], first: int, behind: int) -> Mark:
    return words[first][1][0], words[behind - 1][1][1]


def _joined(text: str, ranges: Iterable[Mark]) -> tuple[Mark, ...]:
    found: list[Mark] = []
    for start, end in ranges:
        between = text[found[-1][1] : start] if found else ""
        if found and len(between.strip()) <= _NEAR:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


@frozen
class TextVersion:
    """A text at one time. `named` are the people and countries that its title names."""

    title: str
    body: str
    named: Collection[str] = ()


@frozen
class Edit:
    """What changed between two versions.

    `weight`: 3 lead with it, 2 mention it, 1 leave it. `gone` and `come` are the old and the new
    words of the heaviest change, in the title or else in the body ("" if there are none);
    `direction` and `topic` belong to that change. `marks` are the words of the new title that
    differ, as half-open ranges of code points. `names_gone` and `names_come` are named in only one
    of the titles.
    """

    weight: int
    in_title: bool
    gone: str
    come: str
    direction: Direction | None = None
    topic: str = ""
    marks: tuple[Mark, ...] = ()
    names_gone: tuple[str, ...] = ()
    names_come: tuple[str, ...] = ()


def edit_of(
    before: TextVersion, after: TextVersion, formulary: Formulary, lexicon: Lexicon | None = None
) -> Edit:
    """Return the change with the highest weight; of equal changes, that of the title."""
    in_title = _heaviest(before.title, after.title, formulary, lexicon)
    in_body = _heaviest(before.body, after.body, formulary, lexicon)
    best = max(filter(None, (in_title, in_body)), key=lambda one: one.weight, default=None)
    gone = tuple(one for one in before.named if one not in after.named)
    come = tuple(one for one in after.named if one not in before.named)
    weight = best.weight if best else LEAVE
    if gone or come:
        weight = max(weight, LEAD if gone and come else MENTION)
    is_title = best is None or best is in_title
    is_other = best is None or (is_title and best.kind != "reworded")  # the whole title counts
    words = _words_that_differ(best) if best and not is_other else (before.title, after.title)
    return Edit(
        weight=weight,
        in_title=is_title,
        gone=words[0],
        come=words[1],
        direction=best.direction if best else None,
        topic=best.topic if best else "",
        marks=best.marks_after if best and best is in_title and best.after == after.title else (),
        names_gone=gone,
        names_come=come,
    )


def _heaviest(
    old: str, new: str, formulary: Formulary, lexicon: Lexicon | None
) -> StatementChange | None:
    """Return the heaviest change, or None if at most punctuation, case or spaces differ."""
    if old == new:
        return None
    changes = compare(old, new, formulary, lexicon).changes
    return next((one for one in changes if one.kind not in ("kept", "moved")), None)


def _words_that_differ(change: StatementChange) -> tuple[str, str]:
    """Return the words that differ, or the whole of an added or dropped sentence."""
    if change.kind != "reworded":
        return change.before or "", change.after or ""
    return _marked(change.before, change.marks_before), _marked(change.after, change.marks_after)


def _marked(sentence: str | None, marks: Collection[Mark]) -> str:
    return " … ".join(sentence[start:end] for start, end in marks) if sentence else ""
