"""How language changes: formulas, phrases that nobody listed, and steps on ladders.

`measure` compares what was said now with what was said before, by story. Formulas are sought
everywhere in the items; unknown phrases and ladders only near the words that a watchlist hit.
Pure: items and a catalogue in, rows out, whatever the order of the items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sigtrack.analyze.wording.corpus import Publisher, Texts, Told, order_of, sentences_of
from sigtrack.analyze.wording.labels import Labels
from sigtrack.analyze.wording.ladders import Ladders, Said, Shift, Step
from sigtrack.analyze.wording.odds import SURE, change_of
from sigtrack.analyze.wording.unknown import unknown_phrases
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
from sigtrack.model import Formulary, Runs, WordingRead

__all__ = [
    "CHANGES",
    "ENOUGH",
    "SURE",
    "Change",
    "Corpus",
    "LabelOf",
    "Labels",
    "Publisher",
    "Row",
    "Said",
    "Share",
    "Shift",
    "Step",
    "Texts",
    "Told",
    "Use",
    "Window",
    "Wording",
    "change_of",
    "contrast",
    "measure",
    "sentences_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """`formulas` and `unknown` by change, then by how sure it is; `shifts` heaviest first."""

    corpus: Corpus
    formulas: tuple[Row, ...]
    unknown: tuple[Row, ...]
    shifts: tuple[Shift, ...]


def measure(
    told: Iterable[Told],
    said: Iterable[tuple[Told, WordingRead]],
    formulary: Formulary,
    window: Window,
    texts: Texts,
    *,
    runs: Iterable[tuple[Told, Runs]] = (),
    labels: Callable[[], Labels] | None = None,
    edits: Iterable[tuple[Said, Said]] = (),
    label_of: LabelOf | None = None,
) -> Wording:
    """What changed from the past of the window to its now.

    `told` are all items, `said` and `runs` what `WordingReader` has read of them (items that say
    nothing may be missing), `texts` their words, which are asked for where something is shown.
    Phrases outside the catalogue are found among the runs; those that `labels` know are left out.
    `edits` are the steps of an item before and after a silent edit. `label_of` sorts items into
    parts (a year, a side) that are counted too.
    """
    corpus = Corpus(told, window, texts, label_of)
    said = tuple(said)
    unknown = unknown_phrases(corpus, runs) if corpus.has_past else []
    if labels and unknown:
        known = labels()
        unknown = [row for row in unknown if not known.are_all_of(row.phrase)]
    steps = ((one, read.steps) for one, read in said if read.steps)
    return Wording(
        corpus=corpus,
        formulas=tuple(sorted(_formulas(corpus, said, formulary), key=_order)),
        unknown=tuple(unknown),
        shifts=tuple(Ladders(formulary.ladders, texts).shifts(steps, window, edits)),
    )


def _formulas(
    corpus: Corpus, said: Iterable[tuple[Told, WordingRead]], formulary: Formulary
) -> Iterator[Row]:
    uses: dict[str, list[Use]] = defaultdict(list)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for told, read in sorted(said, key=lambda one: order_of(one[0])):
        for formula, wording, field, start, end in read.formulas:
            uses[formula].append(Use(told=told, field=field, start=start, end=end))
            written[formula][wording] += 1
    for one in formulary.formulas:
        if one.id in uses:
            phrase = written[one.id].most_common(1)[0][0]
            yield corpus.row(phrase, uses[one.id], id=one.id, topic=one.topic)


def _order(row: Row) -> tuple[int, float, int, str]:
    return CHANGES.index(row.change), -abs(row.score), -row.now.stories, row.phrase
