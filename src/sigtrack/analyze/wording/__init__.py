"""How language changes: formulas, phrases that nobody listed, and steps on ladders.

`measure` compares what was said now with what was said before, by story. Formulas are sought
everywhere in the items; unknown phrases and ladders only near the words that a watchlist hit.
Pure: items and a catalogue in, rows out, whatever the order of the items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sigtrack.analyze.fixed_phrases import FixedPhrases
from sigtrack.analyze.wording.corpus import Publisher, Sentence, Told
from sigtrack.analyze.wording.grams import (
    is_name,
    joining,
    unknown_phrases,
    uses_of,
    usual_words,
)
from sigtrack.analyze.wording.labels import Labels
from sigtrack.analyze.wording.ladders import Ladders, Shift, Step
from sigtrack.analyze.wording.odds import SURE, change_of
from sigtrack.analyze.wording.usage import (
    CHANGES,
    ENOUGH,
    Change,
    Corpus,
    LabelOf,
    Row,
    Share,
    Use,
    Window,
    contrast,
)
from sigtrack.model import Formulary
from sigtrack.text.stems import Stems

__all__ = [
    "CHANGES",
    "ENOUGH",
    "SURE",
    "Change",
    "Corpus",
    "LabelOf",
    "Publisher",
    "Row",
    "Share",
    "Shift",
    "Step",
    "Told",
    "Use",
    "Window",
    "Wording",
    "change_of",
    "contrast",
    "measure",
]

_SHARED = 0.6  # of the stories of two phrases of which one holds the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """`formulas` and `unknown` by change, then by how sure it is; `shifts` heaviest first."""

    corpus: Corpus
    formulas: tuple[Row, ...]
    unknown: tuple[Row, ...]
    shifts: tuple[Shift, ...]


def measure(
    told: Iterable[Told],
    formulary: Formulary,
    window: Window,
    *,
    names: Iterable[str] = (),
    offices: Iterable[str] = (),
    edits: Iterable[tuple[Told, Told]] = (),
    label_of: LabelOf | None = None,
    unknown: bool = True,
) -> Wording:
    """What changed from the past of the window to its now.

    `names` (people, countries) are never part of an unknown phrase, `offices` and words of time
    never all of it. `edits` are items before and
    after a silent edit. `label_of` sorts items into parts (a year, a side) that are counted too.
    Without `unknown` no phrases outside the catalogue are sought, which takes most of the time.
    """
    corpus = Corpus(told, window, label_of)
    names = tuple(names)
    seen = _Seen(formulary, names)
    uses: dict[str, list[Use]] = defaultdict(list)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for one in corpus.told:
        for (formula, wording), use in seen.formulas(one).items():
            uses[formula].append(use)
            written[formula][wording] += 1
    rows = [
        corpus.row(written[one.id].most_common(1)[0][0], uses[one.id], id=one.id, topic=one.topic)
        for one in formulary.formulas
        if one.id in uses
    ]
    return Wording(
        corpus=corpus,
        formulas=tuple(sorted(rows, key=_order)),
        unknown=tuple(_unknown(corpus, seen, Labels(offices, names, joining()))) if unknown else (),
        shifts=tuple(Ladders(formulary).shifts(corpus.told, window, edits)),
    )


class _Seen:
    """Formulas and names, each item looked at once."""

    def __init__(self, formulary: Formulary, names: Iterable[str]) -> None:
        wordings = (
            (word, (formula.id, word))
            for formula in formulary.formulas
            for words in formula.wordings.values()
            for word in words
        )
        self._formulas = FixedPhrases(wordings)
        self._names = FixedPhrases((name, "") for name in names)

    def formulas(self, told: Told) -> dict[tuple[str, str], Use]:
        """The first use of each formula in the item, with the wording that was used."""
        first: dict[str, tuple[str, Use]] = {}
        for field, text in told.fields():
            for one in self._formulas.find(Stems(text)):
                formula, wording = one.owner
                use = Use(told=told, field=field, start=one.start, end=one.end)
                first.setdefault(formula, (wording, use))
        return {(formula, wording): use for formula, (wording, use) in first.items()}

    def covered(self, sentence: Sentence) -> list[tuple[int, int]]:
        """What is a name or a formula in a sentence, and so no part of an unknown phrase."""
        stems = Stems(sentence.text)
        spans = [(one.start, one.end) for one in self._formulas.find(stems)]
        return spans + [(one.start, one.end) for one in self._names.find(stems)]


def _unknown(corpus: Corpus, seen: _Seen, labels: Labels) -> list[Row]:
    """New and rising runs, the surest first; of runs that say the same, the surest and longest."""
    if not corpus.has_past:
        return []
    now = [one for one in corpus.told if corpus.window.is_now(one.moment)]
    past = [one for one in corpus.told if not corpus.window.is_now(one.moment)]
    found = unknown_phrases(now, seen.covered)
    before = uses_of(set(found), past, seen.covered)
    rows = []
    for key, uses in found.items():
        row = corpus.row(usual_words(uses), [*before.get(key, ()), *uses], id=None)
        if row.change in ("new", "rising"):
            rows.append(row)
    rows.sort(key=lambda row: (-_weight(row), -len(row.phrase), row.phrase))
    return [row for row in _without_echoes(rows) if not labels.are_all_of(row.phrase)]


def _weight(row: Row) -> float:
    """A name in capitals counts half: who and what, rather than how."""
    return row.score / 2 if is_name(row.phrase) else row.score


def _without_echoes(rows: Iterable[Row]) -> list[Row]:
    kept: list[Row] = []
    stories: list[frozenset[str]] = []
    for row in rows:
        mine = frozenset(use.told.story for use in row.uses)
        if not any(
            _say_the_same(row, one, mine, its) for one, its in zip(kept, stories, strict=True)
        ):
            kept.append(row)
            stories.append(mine)
    return kept


def _say_the_same(one: Row, other: Row, its: frozenset[str], others: frozenset[str]) -> bool:
    a, b = one.phrase.lower(), other.phrase.lower()
    overlap = a in b or b in a or _joint(a, b) or _joint(b, a)
    return overlap and len(its & others) >= _SHARED * min(len(its), len(others))


def _joint(a: str, b: str) -> bool:
    """Whether the end of one is the beginning of the other: two cuts of one longer run."""
    least = max(2, min(len(a), len(b)) // 3)
    return any(a.endswith(b[:length]) for length in range(least, min(len(a), len(b))))


def _order(row: Row) -> tuple[int, float, int, str]:
    return CHANGES.index(row.change), -abs(row.score), -row.now.stories, row.phrase
