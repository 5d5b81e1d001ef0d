"""Positions in a text, and questions about them that must not cost n times n.

A statement of 100 kB names Japan 3,000 times. Which marks overlap, and which stand next to each
other, is looked up in sorted rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Mark(NamedTuple):
    """A stretch of folded text, never empty. `field` is an index into the reading's fields."""

    field: int
    start: int
    end: int

    def overlaps(self, other: Mark) -> bool:
        return self.field == other.field and self.start < other.end and other.start < self.end


def nearest_pairs(some: Sequence[Mark], others: Sequence[Mark]) -> Iterable[tuple[Mark, Mark]]:
    """Return the pairs of a mark and its neighbours on the other side, each pair once."""
    if len(some) == len(others) == 1:  # as nearly always
        one, other = some[0], others[0]
        return [] if one.field != other.field or one.overlaps(other) else [(one, other)]
    row, other_row = MarkRow(some), MarkRow(others)
    pairs = {(a, b) for a in some for b in other_row.neighbours(a)}
    return pairs | {(a, b) for b in others for a in row.neighbours(b)}


class MarkRow:
    """Marks in order."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._by_start = sorted(marks)
        self._by_end = sorted(self._by_start, key=_end)

    def neighbours(self, mark: Mark) -> Iterator[Mark]:
        """Yield the last mark that ends before `mark`, and the first that begins after it."""
        at = bisect_right(self._by_end, (mark.field, mark.start), key=_end) - 1
        if at >= 0 and self._by_end[at].field == mark.field:
            yield self._by_end[at]
        at = bisect_left(self._by_start, Mark(mark.field, mark.end, 0))
        if at < len(self._by_start) and self._by_start[at].field == mark.field:
            yield self._by_start[at]


class Cover:
    """The stretches that marks cover together."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._stretches: list[Mark] = []
        for mark in sorted(marks):
            last = self._stretches[-1] if self._stretches else None
            if last is not None and last.overlaps(mark):
                self._stretches[-1] = last._replace(end=max(last.end, mark.end))
            else:
                self._stretches.append(mark)

    def __bool__(self) -> bool:
        return bool(self._stretches)

    def touches(self, mark: Mark) -> bool:
        last = _last_before_end(self._stretches, mark)
        return last is not None and last.overlaps(mark)


NO_COVER = Cover(())


def longest(marks: Iterable[Mark]) -> set[Mark]:
    """Return the marks that overlap no longer mark; of equally long ones, the first is kept."""
    kept: list[Mark] = []
    for mark in sorted(set(marks), key=lambda m: (m.start - m.end, m)):
        last = _last_before_end(kept, mark)
        if last is None or not last.overlaps(mark):
            kept.insert(bisect_left(kept, mark), mark)
    return set(kept)


def _last_before_end(apart: list[Mark], mark: Mark) -> Mark | None:
    """Return, from sorted marks without overlap, the one that may overlap the end of `mark`."""
    at = bisect_left(apart, Mark(mark.field, mark.end, 0))
    return apart[at - 1] if at else None


def _end(mark: Mark) -> tuple[int, int]:
    return mark.field, mark.end
