"""Panes of the screen: a list of rows of equal height with a cursor, and a text in lines.

Both draw only the visible lines, so the length of a list does not matter. Text is cleaned here once
more (`present.cells`) and is never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sigtrack.app.browse import PaneHeading, PaneLine, PaneRow, Pile
from sigtrack.model import Marked
from sigtrack.present.cells import merged, one_line, safe, words

_BOLD, _DIM, _NONE = Style(bold=True), Style(dim=True), Style()
_MATCH = Style(bold=True, color="yellow")
_NEW, _URGENT = Style(bold=True, color="green"), Style(bold=True, color="red")
_PLAIN = Console(force_terminal=True)  # resolves styles; nothing is written to it
_CURSOR = Style(reverse=True)
_AT_REST = Style(underline=True)  # the cursor of a pane that does not have the focus


class Pane(ScrollView):
    """Lines of one width, drawn when they become visible."""

    DEFAULT_CSS = """
    Pane {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    @property
    def width(self) -> int:
        return self.scrollable_content_region.width

    def line(self, y: int, width: int) -> Text:
        """Return a line; it is cut if it is longer than `width` cells."""
        raise NotImplementedError

    def line_style(self, y: int) -> Style:
        return _NONE

    def measure(self, lines: int) -> None:
        """Set the number of lines and draw them again."""
        self.virtual_size = Size(self.width, lines)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        place = y + self.scroll_offset.y
        if place >= self.virtual_size.height:
            return Strip.blank(self.width)
        return self.strip(place, self.width)

    def strip(self, y: int, width: int) -> Strip:
        """Return a line of exactly this width."""
        text = self.line(y, width)
        text.truncate(width, overflow="ellipsis")
        text.stylize_before(text.style)  # rich leaves this style out if the text has no other
        strip = Strip(text.render(_PLAIN, end="")).adjust_cell_length(width)
        return strip.apply_style(self.line_style(y))


class ListPane(Pane, can_focus=True):
    """A list with a cursor. Posts `Moved` for the cursor and `Chosen` for a choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "move(-1000000000)", show=False),
        Binding("G,end", "move(1000000000)", show=False),
        Binding("space,pagedown,ctrl+f", "move_page(1)", show=False),
        Binding("pageup,ctrl+b", "move_page(-1)", show=False),
        Binding("enter,l,right", "choose", show=False),
    ]
    height_of_row = 1

    class Moved(Message):
        """The cursor has moved to another row."""

        def __init__(self, pane: ListPane) -> None:
            super().__init__()
            self.pane = pane

    class Chosen(Moved):
        """The row of the cursor was chosen."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.cursor = 0

    @property
    def count(self) -> int:
        raise NotImplementedError

    def can_stand(self, row: int) -> bool:
        """Return whether the cursor may be on a row."""
        return True

    def renew(self) -> None:
        """Draw changed rows, with the cursor as near as possible to its old place."""
        self.measure(self.count * self.height_of_row)
        self.put(self.cursor)

    def put(self, row: int) -> None:
        """Put the cursor on a row, or on the next row that allows it."""
        if not self.count:
            self.cursor = 0
            return
        row = max(min(row, self.count - 1), 0)
        below = (one for one in range(row, self.count) if self.can_stand(one))
        above = (one for one in range(row, -1, -1) if self.can_stand(one))
        row = next(below, next(above, 0))
        if row != self.cursor:
            self.cursor = row
            self.post_message(self.Moved(self))
        height = self.height_of_row
        # keep a heading above the first row visible
        top = 0 if not any(map(self.can_stand, range(row))) else row * height
        self.scroll_to_region(
            Region(0, top, 1, (row + 1) * height - top), animate=False, force=True
        )
        self.refresh()

    def action_move(self, rows: int) -> None:
        row = self.cursor + rows
        while 0 <= row < self.count and not self.can_stand(row):
            row += 1 if rows > 0 else -1
        self.put(row)

    def action_move_page(self, pages: int) -> None:
        self.action_move(pages * max(self.size.height // self.height_of_row - 1, 1))

    def action_choose(self) -> None:
        if self.count:
            self.post_message(self.Chosen(self))

    def on_resize(self, event: Resize) -> None:
        self.renew()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def line_style(self, y: int) -> Style:
        if y // self.height_of_row != self.cursor or not self.count:
            return _NONE
        return _CURSOR if self.has_focus else _AT_REST if y % self.height_of_row == 0 else _NONE


class PilesPane(ListPane):
    """The piles, each with its number of unread stories and of all stories."""

    piles: Sequence[Pile] = ()

    @property
    def count(self) -> int:
        return len(self.piles)

    def line(self, y: int, width: int) -> Text:
        pile = self.piles[y]
        figures = f" {pile.new}/{pile.size}" if pile.size is not None else ""
        title = Text.assemble((one_line(pile.title), _BOLD if pile.new else _NONE))
        title.truncate(max(width - len(figures), 1), overflow="ellipsis", pad=True)
        return title.append(figures, _DIM)


class StoriesPane(ListPane):
    """Stories or found items, two lines each: the headline, then when, who and why."""

    height_of_row = 2
    rows: Sequence[PaneRow] = ()

    def __init__(self, id: str, zone: tzinfo) -> None:
        super().__init__(id)
        self._zone = zone

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def chosen(self) -> PaneLine | None:
        """Return the story at the cursor."""
        row = self.rows[self.cursor] if self.cursor < self.count else None
        return row if isinstance(row, PaneLine) else None

    def can_stand(self, row: int) -> bool:
        return isinstance(self.rows[row], PaneLine)

    def line(self, y: int, width: int) -> Text:
        row, is_below = self.rows[y // 2], y % 2
        if isinstance(row, PaneHeading):
            return _title(row, width) if is_below else Text()
        if is_below:
            at = words(row.at, self._zone)
            return Text(f"  {one_line(f'{at} · {row.below}')}", style=_DIM)
        mark, style = _mark(row)
        return Text.assemble((mark, style), " ").append_text(_marked(row.headline))


def _mark(row: PaneLine) -> tuple[str, Style]:
    if row.is_urgent:
        return ("▲" if row.is_new else "△"), _URGENT
    return ("●" if row.is_new else " "), _NEW


def _title(heading: PaneHeading, width: int) -> Text:
    title = Text.assemble((one_line(heading.title), _BOLD))
    caption = one_line(heading.caption)
    rest = width - title.cell_len - 1
    dashes = "─" * max(rest - Text(caption).cell_len - 1, 1)
    return title.append(f" {dashes} {caption}" if caption else f" {dashes}", _DIM)


def _marked(words: Marked) -> Text:
    text = Text(safe(words.text))
    for start, end in merged(words):
        text.stylize(_MATCH, start, end)
    return text


class TextPane(Pane, can_focus=True):
    """A report, laid out for the width of the pane by `present`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", show=False),
        Binding("k,up", "scroll_up", show=False),
        Binding("g,home", "scroll_home", show=False),
        Binding("G,end", "scroll_end", show=False),
        Binding("space,pagedown,ctrl+f", "page_down", show=False),
        Binding("pageup,ctrl+b", "page_up", show=False),
    ]

    class Resized(Message):
        """The width of the pane has changed, so its report must be laid out again."""

    lines: Sequence[str] = ()  # with escape sequences from `present.table`

    def show(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.measure(len(lines))

    def on_resize(self, event: Resize) -> None:
        self.post_message(self.Resized())

    def line(self, y: int, width: int) -> Text:
        return Text.from_ansi(self.lines[y]) if self.lines[y] else Text()
