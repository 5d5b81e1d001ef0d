"""Two texts on a terminal: side by side from 100 columns on, otherwise one below the other.

The words that differ are bold, and also struck through if deleted or underlined if new, so that
they stand out without colour. Sentences are never cut.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from sigtrack.present.cells import DIFF_SIGNS, merged, one_line, safe, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sigtrack.model import Diff, DiffRow, Marked

SIDE_FROM = 100  # cells: two columns of 47
_INDENT = "  "
_BAR = " │ "

_BOLD = Style(bold=True)
_DIM = Style(dim=True)
_OLD = Style(bold=True, strike=True, color="red")
_NEW = Style(bold=True, underline=True, color="green")
_SIGN_STYLES = {"dropped": Style(bold=True, color="red"), "added": Style(bold=True, color="green")}


def lines_of(diff: Diff, width: int, size: Callable[[str], int], *, head: bool) -> Iterator[Text]:
    """Yield the lines of a diff. `size` gives the cells of one character.

    `head`: begin with the names of the two texts.
    """
    page = _Wide(width, size) if width >= SIDE_FROM else _Narrow(width, size)
    if head:
        yield from page.names(diff)
    loud = head
    for number, row in enumerate(diff.rows):
        if (row.head or loud or row.is_break) and (head or number):
            yield Text()
        if row.head:
            yield from _head(row, width, size)
        yield from page.row(row)
        loud = bool(row.head)


class _SidesPage:
    def __init__(self, width: int, size: Callable[[str], int]) -> None:
        self._width, self._size = width, size

    def _wrapped(self, marked: Marked | None, width: int, mark: Style, style: Style) -> list[Text]:
        if marked is None:
            return []
        text = safe(marked.text)
        whole = Text(text)
        whole.stylize(style)
        for start, end in merged(marked):
            whole.stylize(mark, start, end)
        ranges, _ = wrap(text, width, most=len(text) + 1, size=self._size)
        return [whole[start:end] for start, end in ranges]


class _Wide(_SidesPage):
    def __init__(self, width: int, size: Callable[[str], int]) -> None:
        super().__init__(width, size)
        self._lane = (width - len(_INDENT) - len(_BAR)) // 2

    def names(self, diff: Diff) -> Iterator[Text]:
        pair = (Text(one_line(diff.old), _DIM), Text(one_line(diff.new), _DIM))
        for text in pair:
            text.truncate(self._lane, overflow="ellipsis")
        yield self._beside(*pair)

    def row(self, row: DiffRow) -> Iterator[Text]:
        style = Style() if row.head else _DIM
        old = self._wrapped(row.before, self._lane, _OLD, style)
        new = self._wrapped(row.after, self._lane, _NEW, style)
        for left, right in zip_longest(old, new):
            yield self._beside(left or Text(), right or Text())

    def _beside(self, left: Text, right: Text) -> Text:
        gap = " " * (self._lane - cell_len(left.plain))
        bar = _BAR if right.plain else _BAR.rstrip()
        return Text.assemble(_INDENT, left, gap, (bar, _DIM), right)


class _Narrow(_SidesPage):
    def names(self, diff: Diff) -> Iterator[Text]:
        for sign, name in (("-", diff.old), ("+", diff.new)):
            text = Text(f"{sign} {one_line(name)}", _DIM)
            text.truncate(self._width, overflow="ellipsis")
            yield text

    def row(self, row: DiffRow) -> Iterator[Text]:
        if row.kind in ("kept", "moved"):
            yield from self._side(" ", row.after, _NEW, _DIM)
            return
        yield from self._side("-", row.before, _OLD, Style())
        yield from self._side("+", row.after, _NEW, Style())

    def _side(self, sign: str, text: Marked | None, mark: Style, style: Style) -> Iterator[Text]:
        lead = f"{_INDENT}{sign} "
        for number, line in enumerate(self._wrapped(text, self._width - len(lead), mark, style)):
            yield Text.assemble((" " * len(lead) if number else lead, _BOLD), line)


def _head(row: DiffRow, width: int, size: Callable[[str], int]) -> Iterator[Text]:
    sign = DIFF_SIGNS[row.kind]
    first, *rest = map(one_line, row.head)
    text = " · ".join((first, *rest))
    whole = Text(text, _DIM)
    whole.stylize(Style(bold=True, dim=False), 0, len(first))
    ranges, _ = wrap(text, width - len(_INDENT), most=len(text) + 1, size=size)
    for number, (start, end) in enumerate(ranges):
        lead = _INDENT if number else f"{sign} "
        yield Text.assemble((lead, _SIGN_STYLES.get(row.kind, _BOLD)), whole[start:end])
