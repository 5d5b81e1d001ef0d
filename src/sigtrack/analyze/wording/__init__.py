"""How language changes: formulas, phrases that nobody listed, and steps on ladders.

`measure` compares what was said now with what was said before, by story. Formulas are sought
everywhere in the items; unknown phrases and ladders only near the words that a watchlist hit.
Pure: items and a catalogue in, rows out, whatever the order of the items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sigtrack.analyze.wording.chance import PERHAPS, SURE, Chance, Counts, chance_of, words_for
from sigtrack.analyze.wording.corpus import (
    Publisher,
    Texts,
    Told,
    language_of,
    order_of,
    sentences_of,
)
from sigtrack.analyze.wording.labels import Labels
from sigtrack.analyze.wording.ladders import Ladders, Said, Shift, Step, Steps
from sigtrack.analyze.wording.unknown import unknown_phrases
from sigtrack.analyze.wording.usage import (
    CHANGES,
    ENOUGH,
    TOLD,
    Change,
    Contrast,
    Corpus,
    LabelOf,
    Row,
    Share,
    TrendBy,
    Use,
    Window,
    contrast,
)
from sigtrack.model import Formulary, Runs, WordingRead

__all__ = [
    "CHANGES",
    "ENOUGH",
    "PERHAPS",
    "SURE",
    "TOLD",
    "Chance",
    "Change",
    "Contrast",
    "Corpus",
    "Counts",
    "LabelOf",
    "Labels",
    "Publisher",
    "Row",
    "Said",
    "Share",
    "Shift",
    "Step",
    "Steps",
    "Texts",
    "Told",
    "TrendBy",
    "Use",
    "Window",
    "Wording",
    "chance_of",
    "contrast",
    "language_of",
    "measure",
    "order_of",
    "sentences_of",
    "words_for",
]

_TWO = 2
_NAMES = "naming"  # the topic of formulas that are names


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """`formulas` and `unknown` by change, then by how sure it is."""

    corpus: Corpus
    formulas: tuple[Row, ...]
    unknown: tuple[Row, ...]
    steps: Steps


def measure(
    told: Iterable[Told],
    said: Iterable[Said],
    formulary: Formulary,
    window: Window,
    texts: Texts,
    *,
    runs: Callable[[Collection[int]], Iterable[tuple[Told, Runs]]] | None = None,
    labels: Callable[[], Labels] | None = None,
    edits: Iterable[tuple[Said, Said]] = (),
    label_of: LabelOf | None = None,
) -> Wording:
    """What changed from the past of the window to its now, in items between governments: two are
    named, an official publisher speaks of another, or a watchlist has hit them.

    `told` are all items, `said` what `WordingReader` has read of them (items that say nothing may
    be missing), `texts` their words, which are asked for where something is shown. Phrases outside
    the catalogue are found among the `runs` of the items with these numbers; those that `labels`
    know are left out. `edits` are an item before and after a silent edit. `label_of` sorts items
    into parts (a year, a side) that are counted too.
    """
    said = tuple(said)
    forms = {one.number: read.form for one, read in said}
    between = {one.number for one, read in said if _is_between(one, read)}
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


def _is_between(told: Told, read: WordingRead) -> bool:
    parties = (read.parties, *(use.parties for use in read.formulas))
    return any(len(told.sides(one)) > 1 for one in parties)


def _unknown(
    corpus: Corpus,
    runs: Callable[[Collection[int]], Iterable[tuple[Told, Runs]]],
    labels: Callable[[], Labels] | None,
) -> tuple[Row, ...]:
    rows = unknown_phrases(corpus, runs({one.number for one in corpus.told}))
    if labels and rows:
        known = labels()
        rows = [row for row in rows if not known.are_all_of(row.phrase)]
    return tuple(rows)


def _formulas(corpus: Corpus, said: Iterable[Said], formulary: Formulary) -> Iterator[Row]:
    uses: dict[str, list[Use]] = defaultdict(list)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    between = {one.id for one in formulary.formulas if one.between}
    for told, read in sorted(said, key=lambda one: order_of(one[0])):
        for formula, wording, field, start, end, named in read.formulas:
            parties = told.sides(named)
            if formula in between and len(parties) < _TWO:
                continue
            uses[formula].append(Use(told=told, field=field, start=start, end=end, parties=parties))
            written[formula][wording] += 1
    for one in formulary.formulas:
        if one.id in uses:
            phrase = written[one.id].most_common(1)[0][0]
            yield corpus.row(phrase, uses[one.id], id=one.id, topic=one.topic)


def _order(row: Row) -> tuple[bool, int, bool, float, int, str]:
    """What may be chance comes last. Names of places and states tell who speaks rather than what
    changes."""
    is_name, p = row.topic == _NAMES, row.chance.p
    return (
        *(p >= PERHAPS, CHANGES.index(row.change), is_name, p),
        *(-row.now.stories, row.phrase),
    )
