"""The screen of `sigtrack browse`: three panes that fold, and a key for each action.

The `Browser` and its store live in one thread, which answers questions in order. A newer question
replaces a waiting question of the same kind, so no key press waits for an answer.

A pane is a list of rows of equal height with a cursor, or a text in lines. Both draw only the
visible lines, so the length of a list does not matter. Text is cleaned here once more
(`present.cells`) and is never read as markup.
"""

from __future__ import annotations

import asyncio
import re
import webbrowser
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import ClassVar, Literal, TypeVar

from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input, Static

from sigtrack.app.browse import ALL, MOST_FOUND, Browser, PaneHeading, PaneLine, PaneRow, Pile
from sigtrack.errors import SigtrackError
from sigtrack.model import Marked, MarkKind, Report, Table, columns_of
from sigtrack.present import render
from sigtrack.present.cells import merged, one_line, safe, words
from sigtrack.text import clean, mask_credentials
from sigtrack.views.hits import count

_BOLD, _DIM, _NONE = Style(bold=True), Style(dim=True), Style()
_MATCH = Style(bold=True, color="yellow")
_NEW, _URGENT = Style(bold=True, color="green"), Style(bold=True, color="red")
_PLAIN = Console(force_terminal=True)  # resolves styles; nothing is written to it
_CURSOR = Style(reverse=True)
_AT_REST = Style(underline=True)  # the cursor of a pane that does not have the focus


class Pane(ScrollView):
    """Lines of one width, drawn when they become visible."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "move(-1000000000)", show=False),
        Binding("G,end", "move(1000000000)", show=False),
        Binding("space,pagedown,ctrl+f", "move_page(1)", show=False),
        Binding("pageup,ctrl+b", "move_page(-1)", show=False),
    ]
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
        text = self.line(y, width)
        text.truncate(width, overflow="ellipsis")
        text.stylize_before(text.style)  # rich leaves this style out if the text has no other
        strip = Strip(text.render(_PLAIN, end="")).adjust_cell_length(width)
        return strip.apply_style(self.line_style(y))


class ListPane(Pane, can_focus=True):
    """A list with a cursor. Posts `Moved` for the cursor and `Chosen` for a choice."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,l,right", "choose", show=False)]
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

    class Resized(Message):
        """The width of the pane has changed, so its report must be laid out again."""

    lines: Sequence[str] = ()  # with escape sequences from `present.table`

    def action_move(self, lines: int) -> None:
        self.scroll_relative(y=lines)

    def action_move_page(self, pages: int) -> None:
        self.scroll_page_down() if pages > 0 else self.scroll_page_up()

    def show(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.measure(len(lines))

    def on_resize(self, event: Resize) -> None:
        self.post_message(self.Resized())

    def line(self, y: int, width: int) -> Text:
        return Text.from_ansi(self.lines[y]) if self.lines[y] else Text()


PaneName = Literal["piles", "stories", "page"]
_Answer = TypeVar("_Answer")
_THREE, _TWO_WITH_PAGE, _TWO = 140, 100, 60  # least columns for this many panes
_TYPING = 0.15  # seconds without a key before a search starts
_SAID = 8.0  # seconds for which a message stays in the last line
_HINTS: dict[PaneName, str] = {
    "piles": "Enter stories · n next new · / search · r reload · ? keys · q quit",
    "stories": "Enter read · n next new · d done · * star · / search · ? keys · q back",
    "page": "n next new · o open · y cite · d done · * star · e note · ? keys · q back",
}
_LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")
_KEYS = (
    ("j k ↓ ↑", "move, or scroll a text"),
    ("space, PgDn PgUp", "a page on or back; g G to the beginning or end"),
    ("Enter l →", "go in: from a list to its stories, from a story to its text"),
    ("q h ← Esc", "go back; q also quits from the lists, and Q at once"),
    ("n", "read the next new story of this list"),
    ("1-9", "read another item of the story, by its number"),
    ("o", "open the item's page in the browser"),
    ("y", "copy a citation: publisher, title, date, link"),
    ("E", "compare the last two revisions of the item"),
    ("d", "done: left out of reports until something new comes in; again to undo"),
    ("*", "star, or remove the star"),
    ("e", "write a note, or change it; an empty one is removed"),
    ("/", "search while you type, in the language of sigtrack search"),
    ("r", "reload"),
    ("▲ ● △", "urgent and new, new, urgent"),
)


class Browse(App[SigtrackError]):
    """Runs until the reader quits. Returns the error if the first list cannot be shown."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Horizontal { height: 1fr; }
    #summary, #said { height: auto; max-height: 2; }
    #piles { width: 28; border-right: solid ansi_bright_black; }
    #stories { width: 1fr; }
    #page { width: 1fr; border-left: solid ansi_bright_black; padding: 0 1; }
    #words { height: 1; border: none; padding: 0; display: none; }
    .alone { border: none !important; width: 1fr !important; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "go_back(True)", show=False),
        Binding("h,left,escape", "go_back(False)", show=False),
        Binding("Q", "quit", show=False),
        Binding("ctrl+c,ctrl+q", "quit", show=False, priority=True),
        Binding("n", "next_new", show=False),
        Binding("o", "open_page", show=False),
        Binding("y", "cite", show=False),
        Binding("E", "compare", show=False),
        Binding("d", "mark('done')", show=False),
        Binding("asterisk", "mark('star')", show=False),
        Binding("e", "note", show=False),
        Binding("slash", "search", show=False),
        Binding("r", "reload", show=False),
        Binding("question_mark", "keys", show=False),
        *(Binding(f"{digit}", f"other({digit})", show=False) for digit in range(1, 10)),
    ]

    def __init__(
        self,
        browser: Callable[[], Browser],
        zone: tzinfo,
        *,
        open_page: Callable[[str], bool] | None = None,
    ) -> None:
        """`browser` is called in the thread that answers questions. `open_page` opens a link and
        returns whether that worked; by default it uses the user's own browser."""
        super().__init__(ansi_color=True)  # the colours of the user's own terminal
        self.theme, self.animation_level = "ansi-dark", "none"
        self._make_browser, self._zone, self._open_page = browser, zone, open_page or _opened
        self._browser: Browser | None = None
        self._thread = ThreadPoolExecutor(max_workers=1)
        self.piles, self.stories = PilesPane("piles"), StoriesPane("stories", zone)
        self.page, self.words = TextPane(id="page"), Input(id="words")
        self.summary, self.said = Static(id="summary"), Static(id="said")
        self._pane: PaneName = "piles"
        self._pile = ALL
        self._is_search = False
        self._reading = ""  # the id of the item shown, "" for the table of keys
        self._others: tuple[str, ...] = ()  # ids of the other items of its story
        self._report = Report()
        self._writing: Literal["search", "note"] = "search"
        self._noted = ""  # the id of the item whose note is being written
        self._timer: Timer | None = None
        self._refused: SigtrackError | None = None  # the last error

    def compose(self) -> ComposeResult:
        yield self.summary
        yield Horizontal(self.piles, self.stories, self.page)
        yield self.words
        yield self.said

    def on_mount(self) -> None:
        self._go("piles")
        self.action_reload()

    def on_unmount(self) -> None:
        if self._browser is not None:
            self._thread.submit(self._browser.close)
        self._thread.shutdown()

    # questions to the browser

    def _answer(self, question: Callable[..., _Answer], *values: object) -> _Answer:
        """Ask the browser, which is made at the first question. Runs in its thread."""
        if self._browser is None:
            self._browser = self._make_browser()
        return question(self._browser, *values)

    async def _ask(self, question: Callable[..., _Answer], *values: object) -> _Answer | None:
        """Return the answer, or None if it was an error, which is shown in the last line."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._thread, partial(self._answer, question, *values)
            )
        except SigtrackError as error:
            self._refused = error
            self._say(f"{error.message}; {error.hint}" if error.hint else error.message)
            return None

    @work(exclusive=True, group="load")
    async def action_reload(self) -> None:
        self._say("reading ...")
        summary = await self._ask(Browser.load)
        if summary is None:
            if not self.piles.count:  # nothing to show
                self.exit(self._refused)
            return
        self.summary.update(Text(one_line(summary), style="dim"))
        self._is_search = False
        await self._renew()
        self._hint()

    async def _renew(self) -> None:
        """Show the piles, and the stories of the chosen pile, as they are now."""
        self.piles.piles = await self._ask(Browser.piles) or ()
        self.piles.renew()
        if not self._is_search:
            self.stories.rows = await self._ask(Browser.page, self._pile) or ()
            self.stories.renew()

    @work(exclusive=True, group="rows")
    async def _show_pile(self) -> None:
        rows = await self._ask(Browser.page, self._pile)
        self._show_rows(rows or ())
        if not rows:
            self._say("this list is empty")

    def _show_rows(self, rows: Sequence[PaneRow]) -> None:
        self.stories.rows, self.stories.cursor = rows, 0
        self.stories.renew()

    @work(exclusive=True, group="rows")
    async def _search(self, text: str) -> None:
        await asyncio.sleep(_TYPING)
        rows = await self._ask(Browser.search, text)
        if rows is not None:
            self._is_search = True
            self._show_rows(rows)
            most = " or more" if len(rows) == MOST_FOUND else ""
            self._say(f"{count(len(rows), 'item')}{most}, the latest first")

    def _read(self, item: str, story: str = "") -> None:
        """Show an item that the reader chose; `story` is the id of its story, if known already."""
        self._reading = item  # set at once, because the next key may be about it
        if story:
            self._see(story)
        self._open(item, is_read=not story)

    def _see(self, story: str) -> None:
        self.stories.rows = [_seen(row, story) for row in self.stories.rows]
        self.stories.refresh()
        self._keep_seen(story)

    @work(group="marks")
    async def _keep_seen(self, story: str) -> None:
        await self._ask(Browser.see, story)
        self.piles.piles = await self._ask(Browser.piles) or ()
        self.piles.refresh()

    @work(exclusive=True, group="item")
    async def _open(self, item: str, *, is_read: bool = False, wait: float = 0.0) -> None:
        await asyncio.sleep(wait)
        opened = await self._ask(Browser.open, item)
        if opened is None:
            return
        self._others = opened.others
        await self._show_report(opened.report)
        if is_read:
            self._see(opened.story)

    async def _show_report(self, report: Report) -> None:
        self._report = report
        self.page.scroll_home(animate=False)
        await self._lay_out()

    async def _lay_out(self) -> None:
        if self.page.display and self.page.width:
            lines = await self._ask(_laid_out, self._report, self.page.width, self._zone)
            self.page.show(lines or ())

    @work(exclusive=True, group="item")
    async def action_compare(self) -> None:
        item = self._item
        report = await self._ask(Browser.changes, item) if item else None
        if report is not None:
            self._go("page")
            await self._show_report(report)

    @work(group="marks")
    async def action_mark(self, kind: MarkKind) -> None:
        if item := self._item:
            await self._marked(item, await self._ask(Browser.toggle, item, kind))

    @work(group="marks")
    async def _note(self, item: str, words: str) -> None:
        await self._marked(item, await self._ask(Browser.note, item, words))

    async def _marked(self, item: str, said: str | None) -> None:
        if said is None:
            return
        await self._renew()
        if self.page.display:
            self._open(item)
        self._say(said)

    @work(group="ask")
    async def action_note(self) -> None:
        if item := self._item:
            notes = await self._ask(Browser.notes, item)
            self._noted = item
            self._write("note", " ".join(notes or ()))

    @work(group="ask")
    async def action_cite(self) -> None:
        if (item := self._item) and (said := await self._ask(Browser.citation, item)):
            self.copy_to_clipboard(said)
            self._say(f"copied: {said}")

    @work(group="ask")
    async def action_open_page(self) -> None:
        if not (item := self._item):
            return
        link = await self._ask(Browser.link, item)
        if not link:
            self._say("this item has no link")
        elif await asyncio.to_thread(self._open_page, link):
            self._say(f"opened: {link}")
        else:
            self._say("there is no browser with a window of its own; y copies the link")

    # keys

    def action_go_back(self, quits: bool) -> None:
        if self.words.has_focus:
            self._close_words()
        elif self._pane == "page":
            self._go("stories")
        elif self._is_search:
            self._leave_search()
        elif self._pane == "stories":
            self._go("piles")
        elif quits:
            self.exit()

    def action_next_new(self) -> None:
        rows = self.stories.rows
        order = [*range(self.stories.cursor, len(rows)), *range(self.stories.cursor)]
        found = next(
            (n for n in order if isinstance(row := rows[n], PaneLine) and row.is_new), None
        )
        if found is None:
            self._say("nothing is new in this list")
            return
        self.stories.put(found)
        self._read_chosen()

    def action_other(self, place: int) -> None:
        if self._pane == "page" and place <= len(self._others):
            self._read(self._others[place - 1])

    def action_keys(self) -> None:
        self._reading, self._others = "", ()
        self._go("page")
        self._show_keys()

    @work(exclusive=True, group="item")
    async def _show_keys(self) -> None:
        columns = columns_of("|key", "|main whole")
        await self._show_report(Report(blocks=(Table(title="Keys", columns=columns, rows=_KEYS),)))

    def action_search(self) -> None:
        self._write("search", "")

    def _write(self, what: Literal["search", "note"], text: str) -> None:
        self._writing = what
        self.words.value, self.words.placeholder = text, f"{what} ..."
        self.words.display = True
        self.words.focus()

    def _close_words(self) -> None:
        self.words.display = False
        if self._writing == "search":
            self._leave_search()
        self._go(self._pane)

    def _leave_search(self) -> None:
        self._is_search = False
        self._hint()
        self._show_pile()

    # messages from widgets

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._writing == "search" and self.words.display:
            if event.value.strip():
                self._search(event.value)
            elif self._is_search:
                self._leave_search()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.words.display = False
        if self._writing == "note":
            self._go(self._pane)
            self._note(self._noted, event.value)
        else:
            self._go("stories")

    @on(ListPane.Moved)
    def _moved(self, event: ListPane.Moved) -> None:
        if event.pane is self.piles:
            if not self.piles.count:
                return
            self._pile = self.piles.piles[self.piles.cursor].id
            self._is_search = False
            self._show_pile()
        elif self.page.display and (line := self.stories.chosen):
            self._open(line.item, wait=_TYPING)

    @on(ListPane.Chosen)
    def _chosen(self, event: ListPane.Chosen) -> None:
        if event.pane is self.piles:
            self._go("stories")
        else:
            self._read_chosen()

    def _read_chosen(self) -> None:
        if line := self.stories.chosen:
            self._go("page")
            self._read(line.item, line.story)

    @on(TextPane.Resized)
    @work(exclusive=True, group="layout")
    async def _widened(self) -> None:
        await self._lay_out()

    def on_resize(self, event: Resize) -> None:
        self._fold(event.size.width)

    # layout and last line

    @property
    def _item(self) -> str:
        """The id of the item that a key acts on, "" if there is none."""
        if self._pane == "page":
            return self._reading
        return self.stories.chosen.item if self.stories.chosen else ""

    def _go(self, pane: PaneName) -> None:
        self._pane = pane
        self._fold(self.size.width)
        {"piles": self.piles, "stories": self.stories, "page": self.page}[pane].focus()
        self._hint()

    def _fold(self, width: int) -> None:
        """Show as many panes as fit: all of them, or the one in use and a neighbour."""
        pane = self._pane
        if width >= _THREE:
            shown = {"piles", "stories", "page"}
        elif pane == "page":
            shown = {"stories", "page"} if width >= _TWO_WITH_PAGE else {"page"}
        else:
            shown = {"piles", "stories"} if width >= _TWO else {pane}
        for one in (self.piles, self.stories, self.page):
            one.display = one.id in shown
            one.set_class(len(shown) == 1, "alone")

    def _hint(self) -> None:
        self.said.update(Text(_HINTS[self._pane], style="dim"))

    def _say(self, words: str) -> None:
        said = one_line(mask_credentials(clean(words)))
        self.said.update(Text(said, style="bold"))
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(_SAID, self._hint)


def _opened(link: str) -> bool:
    """Open a link in the user's browser, unless that browser draws on this terminal."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    return type(browser) is not webbrowser.GenericBrowser and browser.open(link)


def _seen(row: PaneRow, story: str) -> PaneRow:
    return replace(row, is_new=False) if isinstance(row, PaneLine) and row.story == story else row


def _laid_out(_: Browser, report: Report, width: int, zone: tzinfo) -> list[str]:
    """Return the lines of a report. Links are left out: they would triple the bytes to send."""
    drawn = render(report, "table", width=width, colour=True, terminal=True, zone=zone)
    return _LINK.sub("", "".join(drawn)).split("\n")
