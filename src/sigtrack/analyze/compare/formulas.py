"""Counts the formulas and ladders of the catalogue in the two whole texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sigtrack.analyze.compare.reading import Reading
from sigtrack.model import Formula, FormulaChange, Formulary, Ladder
from sigtrack.model.statements import FormulaChangeKind

_ORDER: Sequence[FormulaChangeKind] = ("dropped", "added", "softened", "hardened", "kept")


def formula_changes(
    formulary: Formulary, old: Sequence[Reading], new: Sequence[Reading], language: str
) -> tuple[FormulaChange, ...]:
    """Return formulas and ladders in this order: dropped, added, on another rung, kept."""
    counts = [Counter(name for one in side for name in one.formulas) for side in (old, new)]
    rows = [
        _of_formula(one, counts[0][one.id], counts[1][one.id], language)
        for one in formulary.formulas
        if counts[0][one.id] or counts[1][one.id]
    ]
    rows += filter(None, (_of_ladder(one, old, new, language) for one in formulary.ladders))
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.change), row.is_ladder)))


def _of_formula(formula: Formula, before: int, after: int, language: str) -> FormulaChange:
    return FormulaChange(
        id=formula.id,
        topic=formula.topic,
        words=_first(formula.wordings, language),
        before=before,
        after=after,
        change="kept" if before and after else "added" if after else "dropped",
        rung_before=formula.rung if before else None,
        rung_after=formula.rung if after else None,
    )


def _of_ladder(
    ladder: Ladder, old: Sequence[Reading], new: Sequence[Reading], language: str
) -> FormulaChange | None:
    before, after = (
        [one.rungs[ladder.id] for one in side if ladder.id in one.rungs] for side in (old, new)
    )
    if not before and not after:
        return None
    top = max(after or before)
    rung = ladder.rungs.get(language, ladder.rungs["en"])[top - 1]
    return FormulaChange(
        id=ladder.id,
        topic="",
        words=rung[0] if rung else "",
        before=len(before),
        after=len(after),
        change=_change(max(before, default=0), max(after, default=0)),
        rung_before=max(before, default=None),
        rung_after=max(after, default=None),
        is_ladder=True,
    )


def _change(before: int, after: int) -> FormulaChangeKind:
    if not before or not after:
        return "dropped" if before else "added"
    return "kept" if before == after else "hardened" if after > before else "softened"


def _first(wordings: Mapping[str, Iterable[str]], language: str) -> str:
    return next(iter(wordings.get(language) or wordings["en"]))
