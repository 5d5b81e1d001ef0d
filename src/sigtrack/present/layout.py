"""Computes the width of each column of a table, in terminal cells.

Key and side columns get the width they need, main columns share the rest. If the main columns would
get little, the side columns become narrower. If they would be too narrow to read, the last side
columns are dropped; then the keys become narrower too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrack.model import Column

GAP = 2  # cells between columns
MAIN_LEAST = 32  # a headline of 16 Han characters or five English words on a line
SIDE_MOST = 28  # longer cells are cut: one long source must not take the room of all headlines
SIDE_LEAST = 14  # "reuters-asia" and the like; a time or a number (`firm`) is never cut
_LEAST = 2  # one wide character


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The widest cell of a column, including its heading. `firm`: a cut cell would be useless."""

    column: Column
    width: int
    firm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownColumn:
    """A column that is shown; `index` is its place in the row."""

    index: int
    column: Column
    width: int


def lay_out(needs: Sequence[Need], width: int) -> tuple[ShownColumn, ...]:
    """Return the lanes of a table that is at most `width` cells wide (with gaps), in column order.

    The table is wider only if `width` has no room for one column of two cells.
    """
    easy = [_wanted(need, SIDE_MOST) for need in needs]
    tight = [_wanted(need, SIDE_LEAST) for need in needs]
    everything = range(len(needs))
    if _left(needs, easy, everything, width) >= _enough(needs, max(MAIN_LEAST, width * 2 // 5)):
        return _lanes(needs, easy, easy, everything, width)
    return _lanes(needs, tight, easy, _kept(needs, tight, width), width)


def share(wanted: Sequence[int], room: int) -> list[int]:
    """Give each what it wants or, if that is too much, an equal part; none less than 2."""
    widths = dict.fromkeys(range(len(wanted)), _LEAST)
    left = room
    for order, i in enumerate(sorted(widths, key=lambda i: wanted[i])):
        widths[i] = max(min(wanted[i], left // (len(wanted) - order)), _LEAST)
        left -= widths[i]
    return list(widths.values())


def _wanted(need: Need, most: int) -> int:
    cut = need.column.kind == "side" and not need.firm
    return max(min(need.width, most) if cut else need.width, _LEAST)


def _enough(needs: Sequence[Need], least: int) -> int:
    mains = (need for need in needs if need.column.kind == "main")
    return sum(min(max(need.width, _LEAST), least) for need in mains)


def _left(needs: Sequence[Need], wanted: Sequence[int], kept: Sequence[int], width: int) -> int:
    """Return the width that the other columns leave for the main ones."""
    fixed = sum(wanted[i] for i in kept if needs[i].column.kind != "main")
    return width - fixed - GAP * (len(kept) - 1)


def _kept(needs: Sequence[Need], wanted: Sequence[int], width: int) -> list[int]:
    kept = list(range(len(needs)))
    for i in [i for i in reversed(kept) if needs[i].column.kind == "side"]:
        if len(kept) == 1 or _left(needs, wanted, kept, width) >= _enough(needs, MAIN_LEAST):
            return kept
        kept.remove(i)
    return kept[: max((width + GAP) // (_LEAST + GAP), 1)]


def _lanes(
    needs: Sequence[Need],
    wanted: Sequence[int],
    welcome: Sequence[int],
    kept: Sequence[int],
    width: int,
) -> tuple[ShownColumn, ...]:
    """Return the kept columns; spare room goes to columns up to their width in `welcome`."""
    room = width - GAP * (len(kept) - 1)
    fixed = [i for i in kept if needs[i].column.kind != "main"]
    mains = [i for i in kept if needs[i].column.kind == "main"]
    least = sum(min(wanted[i], MAIN_LEAST) for i in mains)
    # If even the keys are too wide, main columns get one half and keys the other.
    for_fixed = min(max(room - least, room // 2), room - _LEAST * len(mains))
    widths = dict(zip(fixed, share([wanted[i] for i in fixed], for_fixed), strict=True))
    rest = room - sum(widths.values())
    widths |= dict(zip(mains, share([wanted[i] for i in mains], rest), strict=True))
    spare = room - sum(widths.values())
    for i in fixed:
        more = max(min(welcome[i] - widths[i], spare), 0)
        widths[i] += more
        spare -= more
    return tuple(ShownColumn(index=i, column=needs[i].column, width=widths[i]) for i in kept)
