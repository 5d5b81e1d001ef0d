"""Phrases outside the catalogue: runs of words that are new or rising, counted by story.

Runs are counted by their numbers, and only those that have changed are read: texts are asked for
where a run must be printed. Of runs that say the same, the surest and longest stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sigtrack.analyze.wording.corpus import Texts, Told
from sigtrack.analyze.wording.grams import cuts, is_name, key_of
from sigtrack.analyze.wording.usage import Corpus, Row, Use
from sigtrack.model import Runs
from sigtrack.text.scripts import classes_of

_FEWEST = 2  # stories in which a run must stand
_SHARED = 0.6  # of the stories of two phrases of which one holds the other

Said = tuple[Told, Runs]


def unknown_phrases(corpus: Corpus, said: Iterable[Said]) -> list[Row]:
    """The surest first. `said` are the runs of items of the corpus."""
    now: list[Said] = []
    past: list[Said] = []
    for one in sorted(said, key=lambda one: one[0].order):
        (now if corpus.window.is_now(one[0].moment) else past).append(one)
    if any(told.is_partly_near for told, _ in now):
        now, past = ([_near(corpus.texts, *one) for one in some] for some in (now, past))
    frequent, places = _frequent(now)
    uses = _uses_of(frequent, now)
    before = _uses_of(frequent, past)
    rows = {
        number: row
        for number, found in uses.items()
        if (row := _row(corpus, found, before.get(number, []))).change in ("new", "rising")
    }
    cut = _cut(rows, uses, places, corpus.texts)
    kept = [
        replace(row, phrase=usual_words(uses[number], corpus.texts))
        for number, row in rows.items()
        if number not in cut and _is_one(uses[number], corpus.texts)
    ]
    kept.sort(key=lambda row: (-_weight(row), -len(row.phrase), row.phrase))
    return _without_echoes(kept)


def _row(corpus: Corpus, now: Sequence[Use], before: Sequence[Use]) -> Row:
    if len(before) == 1 and not _is_one([now[0], *before], corpus.texts):
        before = ()
    return corpus.row("", [*before, *now], id=None)


def _is_one(uses: Iterable[Use], texts: Texts) -> bool:
    """Whether these are uses of one run: of 250,000 some share a number. Who has been used often
    hardly shares it with another."""
    written = {_words(use, texts).lower() for use in uses}
    return len(written) == 1 or len(set(map(key_of, written))) == 1


def usual_words(uses: Iterable[Use], texts: Texts) -> str:
    """How a phrase is mostly written."""
    ranked = Counter(_words(use, texts) for use in uses).most_common()
    return min(ranked, key=lambda pair: (-pair[1], pair[0]))[0]


def _words(use: Use, texts: Texts) -> str:
    return " ".join(texts.words(use.told, use.field, use.start, use.end).split())


def _near(texts: Texts, told: Told, runs: Runs) -> Said:
    return told, Runs.of(run for run in runs if texts.is_near(told, run.field, run.start))


def _frequent(now: Iterable[Said]) -> tuple[set[int], Mapping[int, int]]:
    """Runs that stand in at least two stories, and how often they and all others stand there."""
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


def _uses_of(wanted: set[int], said: Iterable[Said]) -> dict[int, list[Use]]:
    """The first use in each item of the runs asked for."""
    uses: dict[int, list[Use]] = defaultdict(list)
    for told, runs in said:
        if here := wanted.intersection(runs.numbers):
            for number, field, start, end in runs.first_of(here):
                uses[number].append(Use(told=told, field=field, start=start, end=end))
    return uses


def _cut(
    numbers: Iterable[int],
    uses: Mapping[int, Sequence[Use]],
    places: Mapping[int, int],
    texts: Texts,
) -> set[int]:
    """Which of these runs are cuts of a longer one, which stands in the same items."""
    kept = set(numbers)
    near = {use.told.number for number in kept for use in uses[number]}
    written = {
        number: _words(use, texts)
        for number, found in uses.items()
        if (use := next((use for use in found if use.told.number in near), None))
    }
    runs = {words: number for number, words in written.items() if classes_of(words[0]) in "ck"}
    return {runs[run] for run in cuts({run: places[runs[run]] for run in runs})}


def _weight(row: Row) -> float:
    """A name in capitals counts half: who and what, rather than how."""
    return row.score / 2 if is_name(row.phrase) else row.score


def _without_echoes(rows: Iterable[Row]) -> list[Row]:
    kept: list[Row] = []
    holding: dict[str, list[int]] = defaultdict(list)  # by story
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


def _say_the_same(one: Row, other: Row, its: frozenset[str], others: frozenset[str]) -> bool:
    if len(its & others) < _SHARED * min(len(its), len(others)):
        return False
    a, b = one.phrase.lower(), other.phrase.lower()
    return a in b or b in a or _joint(a, b) or _joint(b, a)


def _joint(a: str, b: str) -> bool:
    """Whether the end of one is the beginning of the other: two cuts of one longer run."""
    least = max(2, min(len(a), len(b)) // 3)
    return any(a.endswith(b[:length]) for length in range(least, min(len(a), len(b))))
