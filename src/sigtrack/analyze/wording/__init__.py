"""How language changes: formulas, phrases outside the catalogue, and steps on ladders.

`measure` compares what is said now with what was said before, counted by story. Formulas are
searched everywhere in the items; unknown phrases and ladders only near the words that a watchlist
hit. Pure: takes items and a catalogue and returns rows, whatever the order of the items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sigtrack.analyze.wording.corpus import (
    Publisher,
    SaidItem,
    Texts,
    language_of,
    order_of,
    sentences_of,
)
from sigtrack.analyze.wording.ladders import Ladders, Said, Shift, Step, Steps
from sigtrack.analyze.wording.unknown import Labels, unknown_phrases
from sigtrack.analyze.wording.usage import (
    CHANGES,
    ENOUGH,
    PERHAPS,
    SURE,
    Chance,
    Change,
    Contrast,
    Corpus,
    Counts,
    LabelOf,
    PhraseRow,
    Share,
    TrendBy,
    Use,
    Window,
    chance_of,
    contrast,
    words_for,
)
from sigtrack.model import Formulary, Runs, WordingRead

__all__ = [
    "CHANGES",
    "ENOUGH",
    "PERHAPS",
    "SURE",
    "Chance",
    "Change",
    "Contrast",
    "Corpus",
    "Counts",
    "LabelOf",
    "Labels",
    "PhraseRow",
    "Publisher",
    "Said",
    "SaidItem",
    "Share",
    "Shift",
    "Step",
    "Steps",
    "Texts",
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
    government, or if a watchlist has hit it.

    `told` are all items, `said` what `WordingReader` has read of them (items that say nothing may
    be missing), `texts` their words, which are loaded only for what is shown. Phrases outside the
    catalogue are found among the `runs` of the items with these numbers; phrases that `labels` know
    are left out. `edits` are pairs of an item before and after a silent edit. `label_of` sorts
    items into parts (a year, a side) that are counted separately as well.
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


def _is_between(told: SaidItem, read: WordingRead) -> bool:
    parties = (read.parties, *(use.parties for use in read.formulas))
    return any(len(told.sides(one)) > 1 for one in parties)


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
    is_name, p = row.topic == _NAMES, row.chance.p
    return (
        *(p >= PERHAPS, CHANGES.index(row.change), is_name, p),
        *(-row.now.stories, row.phrase),
    )
