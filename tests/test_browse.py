"""`sigtrack browse`: what its panes show, and what its keys do, on a screen in memory."""

from __future__ import annotations

import asyncio
import base64
import codecs
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import Desk, modules_after
from sigtrack.app.browse import ALL, STARRED, Browser, PaneHeading, PaneLine, Pile, paragraphs
from sigtrack.config import load_settings
from sigtrack.errors import InputUnreadable, Misuse
from sigtrack.model import Marked, Note, Span, Table
from sigtrack.store import open_store
from test_cli_hostile_words import OUR_OWN, SPELLS, STEERING

pytest.importorskip("textual", reason="the extra tui is not installed")
from textual.app import App
from textual.pilot import Pilot

from sigtrack.tui import Browse, PilesPane, StoriesPane

SINCE = "30d"
WIDE, NARROW = (150, 40), (80, 24)


@pytest.fixture
def browser(stocked: Desk) -> Iterator[Browser]:
    browser = _browser(stocked)
    browser.load()
    yield browser
    browser.close()


def _browser(desk: Desk) -> Browser:
    store = open_store(str(desk.db), mode="read")
    settings = load_settings({**desk.environment, "SIGTRACK_DB": str(desk.db)})
    return Browser(store, settings, since=SINCE, with_done=False)


def _lines(rows: Sequence[object]) -> list[PaneLine]:
    return [row for row in rows if isinstance(row, PaneLine)]


def _titles(rows: Sequence[object]) -> list[str]:
    return [line.headline.text for line in _lines(rows)]


# what is shown


def test_all_stories_have_the_order_headings_and_words_of_the_report(
    stocked: Desk, browser: Browser
) -> None:
    rows = browser.page(ALL)
    told = stocked.run("report", "--since", SINCE, "-f", "jsonl").records
    assert [line.item for line in _lines(rows)] == list(dict.fromkeys(r["story"] for r in told))
    out = stocked.run("report", "--since", SINCE, "-n", "0").out
    for row in rows:
        assert (row.title if isinstance(row, PaneHeading) else row.below) in out


def test_a_list_counts_its_new_stories_and_a_watchlist_has_only_its_own(browser: Browser) -> None:
    piles = {pile.title: pile for pile in browser.piles()}
    assert list(piles) == ["All", "Starred", "Lighthouses"]
    assert (piles["All"].new, piles["All"].size) == (6, 6)
    assert sorted(_titles(browser.page("lighthouses"))) == sorted(_titles(browser.page(ALL)))


def test_a_story_that_was_read_is_not_new_here_nor_in_the_report(
    stocked: Desk, browser: Browser
) -> None:
    browser.see(_lines(browser.page(ALL))[0].story)
    assert browser.piles()[0].new == 5
    assert [line.is_new for line in _lines(browser.page(ALL))] == [False, *[True] * 5]
    browser.load()
    assert browser.piles()[0].new == 5
    assert "; 5 new since the last look" in stocked.run("report", "--since", SINCE).out


def test_reading_takes_nothing_back_that_a_report_showed_meanwhile(
    stocked: Desk, browser: Browser
) -> None:
    stocked.run("report", "--since", SINCE)
    browser.see(_lines(browser.page(ALL))[0].story)
    assert "; nothing new since the last look" in stocked.run("report", "--since", SINCE).out


def test_a_hit_that_came_after_the_list_was_read_stays_new(stocked: Desk, browser: Browser) -> None:
    late = stocked.home / "late.jsonl"
    late.write_text('{"id": "z", "title": "A late lighthouse", "source": "coast"}\n')
    stocked.run("import", late)
    for line in _lines(browser.page(ALL)):
        browser.see(line.story)
    assert "; 1 new since the last look" in stocked.run("report", "--since", SINCE).out


def test_marks_are_those_of_the_mark_command(stocked: Desk, browser: Browser) -> None:
    first, second, *_ = _lines(browser.page(ALL))
    assert browser.toggle(first.item, "star").startswith("starred, 1 item of the story")
    assert _lines(browser.page(ALL))[0].below.startswith("★ · ")
    assert _titles(browser.page(STARRED)) == [first.headline.text]
    assert [r["title"] for r in stocked.run("report", "--starred", "-f", "jsonl").records] == [
        first.headline.text
    ]
    browser.toggle(first.item, "star")
    assert not browser.page(STARRED)
    browser.toggle(second.item, "done")
    assert "done" in _lines(browser.page(ALL))[1].below
    browser.load()
    assert second.headline.text not in _titles(browser.page(ALL))
    browser.toggle(second.item, "done")
    browser.load()
    assert second.headline.text in _titles(browser.page(ALL))


def test_a_note_is_written_changed_and_removed(browser: Browser) -> None:
    item = _lines(browser.page(ALL))[0].item
    for words in ("ask the coast guard", "asked"):
        browser.note(item, words)
        assert browser.notes(item) == (words,)
        assert f"note: {words}" in _lines(browser.page(ALL))[0].below
    browser.note(item, "  ")
    assert browser.notes(item) == ()


def test_an_item_has_its_text_with_marks_and_the_reasons_that_show_gives(
    stocked: Desk, browser: Browser
) -> None:
    [line] = [one for one in _lines(browser.page(ALL)) if "lit again" in one.headline.text]
    blocks = browser.open(line.item).report.blocks
    marked = [
        cell
        for block in blocks
        if not isinstance(block, Note)
        for row in getattr(block, "rows", ())
        for cell in row
        if isinstance(cell, Marked)
    ]
    summary = next(cell for cell in marked if cell.text.startswith("The lighthouse stood"))
    assert summary.spans == ((4, 14),)
    shown = stocked.run("show", line.item).out
    assert "lighthouses / lit" in shown
    (reason,) = (one for one in blocks if getattr(one, "title", "") == "lighthouses / lit")
    assert isinstance(reason, Table)
    below = [column.name for column in reason.columns if column.kind == "below"]
    assert below == ["line"]  # a pane is too narrow for it


def test_a_citation_has_publisher_title_the_publishers_day_and_link(browser: Browser) -> None:
    [line] = [one for one in _lines(browser.page(ALL)) if "lit again" in one.headline.text]
    assert browser.citation(line.item) == (
        "coast, “A lighthouse is lit again”, 14 January 2026, https://example.org/a"
    )
    [undated] = _lines(browser.search("fish"))
    assert ", seen 14 January 2026, " in browser.citation(undated.item)


def test_a_search_finds_what_the_search_command_finds(stocked: Desk, browser: Browser) -> None:
    told = stocked.run("search", "title:lighthouse OR 灯台", "-f", "jsonl").records
    assert [line.item for line in _lines(browser.search("title:lighthouse OR 灯台"))] == [
        record["item"] for record in told
    ]
    with pytest.raises(Misuse):
        browser.search("(lighthouse")


def test_revisions_are_compared_and_an_unchanged_item_says_so(
    stocked: Desk, browser: Browser
) -> None:
    item = _lines(browser.page(ALL))[0].item
    with pytest.raises(InputUnreadable, match="was never changed"):
        browser.changes(item)
    edited = stocked.home / "edited.jsonl"
    edited.write_text(
        '{"id": "a", "source": "coast", "lang": "en", "title": "A lighthouse is dark again",'
        ' "link": "https://example.org/a", "published": "2026-01-14T09:00:00Z"}\n'
    )
    stocked.run("import", edited)
    [line] = _lines(browser.search("title:dark"))
    assert "dark" in str(browser.changes(line.item).blocks)


@given(
    text=st.text("ab \n灯", max_size=40),
    marks=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
)
def test_paragraphs_mark_the_letters_that_the_whole_text_marks(
    text: str, marks: list[tuple[int, int]]
) -> None:
    spans = [Span(field="text", start=a, end=b, term="t") for a, b in marks]
    cells = [table.rows[0][0] for table in paragraphs(text, "text", spans)]
    told = [
        one for cell in cells if isinstance(cell, Marked) for one in _letters(cell.text, cell.spans)
    ]
    assert told == _letters(text, marks)


def _letters(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The letters of a text, and whether each is marked."""
    return [
        (letter, any(a <= n < b for a, b in marks))
        for n, letter in enumerate(text)
        if not letter.isspace()
    ]


# the screen


@asynccontextmanager
async def screen(desk: Desk, size: tuple[int, int] = NARROW) -> AsyncIterator[Seat]:
    """The screen of this desk, when its stories are shown."""
    opened: list[str] = []
    app = Browse(lambda: _browser(desk), UTC, open_page=lambda link: not opened.append(link))
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot, opened)
        await seat.settle()
        yield seat


class Seat:
    """Somebody who presses keys and reads the screen."""

    def __init__(self, app: Browse, pilot: Pilot[object], opened: list[str]) -> None:
        self.app, self.opened, self._pilot = app, opened, pilot

    async def press(self, *keys: str) -> str:
        """Press keys; return the screen when nothing is asked any more."""
        for key in keys:
            await self._pilot.press(key)
        await self.settle()
        return self.text

    async def settle(self) -> None:
        await self._pilot.pause()
        while any(not one.is_finished for one in self.app.workers):
            await self._pilot.pause(0.01)
        await self._pilot.pause()

    async def panes_at(self, *widths: int) -> list[str]:
        """The panes that are shown at each width, by their number."""
        shown = []
        for width in widths:
            await self._pilot.resize_terminal(width, 24)
            await self.settle()
            panes = (self.app.piles, self.app.stories, self.app.page)
            shown.append("".join(f"{n}" for n, pane in enumerate(panes, 1) if pane.display))
        return shown

    @property
    def chosen(self) -> str:
        line = self.app.stories.chosen
        return line.headline.text if line else ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def play(test: Callable[[], object]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def test_one_reads_from_list_to_story_to_text_and_back_to_the_shell(stocked: Desk) -> None:
    async def test() -> None:
        async with screen(stocked) as seat:
            assert "Lighthouses" in seat.text and "A lighthouse is lit again" in seat.text
            assert "stood dark" not in seat.text
            await seat.press("enter")
            while seat.chosen != "A lighthouse is lit again":
                await seat.press("j")
            shown = await seat.press("enter")
            assert "The lighthouse stood dark for a year." in shown
            assert "lighthouses / lit" in shown
            assert "What weighs most" in await seat.press("q")
            await seat.press("h", "h", "left", "escape")
            assert seat.app.is_running
            await seat.press("q")
            assert not seat.app.is_running

    play(test)


def test_panes_fold_as_the_screen_gets_narrow(stocked: Desk) -> None:
    async def test() -> None:
        async with screen(stocked, WIDE) as seat:
            assert await seat.panes_at(150, 120, 80, 50) == ["123", "12", "12", "1"]
            await seat.press("enter", "enter")
            assert await seat.panes_at(150, 120, 80, 50) == ["123", "23", "3", "3"]

    play(test)


def test_a_search_is_answered_while_it_is_typed_and_refused_in_words(stocked: Desk) -> None:
    async def test() -> None:
        async with screen(stocked) as seat:
            shown = await seat.press("slash", *"fish")
            assert "Undated: fish is cheap" in shown and "1 item, the latest first" in shown
            assert "has nothing after it" in await seat.press(*" (")
            assert "Undated: fish is cheap" in seat.text  # of the last search that could be read
            await seat.press("backspace", "backspace", "enter", "enter")
            assert "no signal hits this item" in seat.text
            assert "What weighs most" in await seat.press("q", "q")

    play(test)


@pytest.mark.slow
def test_the_keys_mark_open_cite_and_find_what_is_new(stocked: Desk) -> None:
    async def test() -> None:
        async with screen(stocked, WIDE) as seat:
            await seat.press("n")
            first = seat.chosen
            assert "▲" not in seat.text and seat.text.count("●") == 5
            await seat.press("n", "o", "y")
            assert seat.chosen != first
            assert seat.opened[0].startswith("https://example.org/")
            assert seat.app.clipboard.endswith(seat.opened[0])
            assert seat.chosen in seat.app.clipboard
            assert "★" in await seat.press("asterisk")
            await seat.press("e", *"ask", "enter")
            assert "note: ask" in seat.text and "Marks of its story" in seat.text
            assert "was never changed" in await seat.press("E")
            assert "done" in await seat.press("d")
            assert "a citation" in await seat.press("question_mark")
            await seat.press("n", "n", "n", "n", "n")
            assert "●" not in seat.text and "nothing is new in this list" in seat.text

    play(test)


def test_keys_that_are_pressed_before_the_first_answer_wait_for_it(stocked: Desk) -> None:
    async def test() -> None:
        app = Browse(lambda: _browser(stocked), UTC)
        async with app.run_test(size=NARROW) as pilot:
            seat = Seat(app, pilot, [])
            await pilot.press("o", "slash", *"fish")
            await seat.settle()
            assert "Undated: fish is cheap" in seat.text
            assert "What weighs most" in await seat.press("escape")

    play(test)


def test_escape_leaves_a_note_unwritten(stocked: Desk) -> None:
    async def test() -> None:
        async with screen(stocked) as seat:
            await seat.press("enter", "e", *"ask", "escape")
            assert "note" not in seat.text
            assert "note" not in await seat.press("r")

    play(test)


def test_a_store_that_cannot_answer_ends_the_screen_with_its_reason(desk: Desk) -> None:
    async def test() -> None:
        app = Browse(lambda: _browser(desk), UTC)
        async with app.run_test():
            while app.is_running:
                await asyncio.sleep(0)
        assert isinstance(app.return_value, InputUnreadable)

    play(test)


# every line


class Counted(Sequence[PaneLine]):
    """So many lines, that count how often one is looked at."""

    def __init__(self, size: int) -> None:
        self.size, self.asked = size, 0

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: int) -> PaneLine:  # type: ignore[override]
        self.asked += 1
        return _line(Marked(text=f"headline {place}"))


def _line(headline: Marked, below: str = "") -> PaneLine:
    return PaneLine(
        item="a", story="a", at=datetime(2026, 1, 1, tzinfo=UTC), headline=headline, below=below
    )


def test_of_a_long_list_only_what_is_seen_is_looked_at() -> None:
    class Long(App[None]):
        def compose(self) -> Iterator[StoriesPane]:
            yield StoriesPane("stories", UTC)

    async def test() -> None:
        app = Long()
        async with app.run_test(size=NARROW) as pilot:
            stories = app.query_one(StoriesPane)
            stories.rows = counted = Counted(1_000_000)
            stories.renew()
            stories.put(500_000)
            await pilot.pause()
            shown = app.screen._compositor.render_strips()
            assert "headline 500000" in "".join(one.text for strip in shown for one in strip)
            assert counted.asked < 500

    play(test)


@given(st.text(st.sampled_from("ab 등대灯台\u0301｢ｱ"), max_size=60), st.integers(1, 60))
def test_a_line_is_never_wider_than_its_pane(words: str, width: int) -> None:
    stories = StoriesPane("stories", UTC)
    stories.rows = [_line(Marked(text=words), words), PaneHeading(title=words, caption=words)]
    for y in range(4):
        assert stories.strip(y, width).cell_length == width


@pytest.mark.parametrize("spell", SPELLS)
def test_hostile_words_are_words_in_every_pane(spell: str) -> None:
    """As if nothing had cleaned them on the way in."""
    stories, piles = StoriesPane("stories", UTC), PilesPane("piles")
    stories.rows = [
        _line(Marked(text=spell, spans=((0, 9),)), spell),
        PaneHeading(title=spell, caption=spell),
    ]
    piles.piles = [Pile(id="a", title=spell, new=1, size=1)]
    lines = [stories.line(y, 300) for y in range(4)] + [piles.line(0, 300)]
    for text in lines:
        assert not STEERING.search(text.plain)
        assert not any("link" in str(span.style) for span in text.spans)
    if "[bold red]" in spell:
        assert "[bold red]x[/bold red]" in lines[0].plain


def test_a_hostile_item_is_read_as_words(desk: Desk) -> None:
    items = "\n".join(
        json.dumps({"id": str(n), "source": "evil", "title": f"lighthouse {spell}", "summary": spell,
                    "author": spell, "categories": [spell], "published": "2026-01-14T09:00:00Z"})
        for n, spell in enumerate(SPELLS)
    )  # fmt: skip
    (desk.home / "evil.jsonl").write_text(items, encoding="utf-8")
    desk.run("import", desk.home / "evil.jsonl")

    async def test() -> None:
        async with screen(desk, WIDE) as seat:
            for _ in SPELLS:
                shown = await seat.press("n")
                assert not STEERING.search(shown.replace("\n", ""))
                assert not STEERING.search(seat.app.clipboard)
                strips = seat.app.screen._compositor.render_strips()
                drawn = "".join(strip.render(seat.app.console) for strip in strips)
                assert not STEERING.search(OUR_OWN.sub("", drawn))
                await seat.press("y")

    play(test)


# the command


def test_without_a_terminal_the_command_says_what_to_use_instead(stocked: Desk) -> None:
    done = stocked.run("browse", code=2)
    assert "browse needs a terminal" in done.err and "report -f json" in done.err
    assert "browse needs a terminal" in stocked.run("browse", "-f", "json", code=2).err


def test_a_dumb_terminal_is_refused_in_words(stocked: Desk) -> None:
    refused = stocked.run("browse", code=2, TERM="dumb")
    assert "the terminal dumb cannot move its cursor" in refused.err


def test_without_the_extra_the_command_names_it(stocked: Desk) -> None:
    program = (
        "import sys; sys.modules['textual'] = None; from sigtrack.cli import run; "
        "sys.exit(run(['browse']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install 'sigtrack[tui]'" in done.stderr


def test_no_other_command_loads_textual(stocked: Desk) -> None:
    assert "textual" not in modules_after(stocked, "report")
    assert "textual" not in modules_after(stocked, "browse", "--help")


@pytest.mark.slow
def test_on_a_terminal_a_citation_goes_to_the_clipboard_and_the_screen_is_given_back(
    stocked: Desk,
) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    with stocked.start("browse", environment={"TERM": "xterm-256color"}, **streams) as process:
        os.close(theirs)
        said = read_until(ours, "A lighthouse is lit again")
        os.write(ours, b"n")
        read_until(ours, "Weight of its story")
        os.write(ours, b"y")
        copied = re.search("\x1b]52;c;([^\x07]*)\x07", read_until(ours, "copied: "))
        os.write(ours, b"Q")
        said += read_until(ours, "\x1b[?1049l")
        assert process.wait(600) == 0
    os.close(ours)
    assert said.startswith("\x1b[?1049h")
    assert copied and "https://example.org/" in base64.b64decode(copied[1]).decode()


def read_until(terminal: int, words: str) -> str:
    """What is written to a terminal, up to these words."""
    said = ""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while words not in re.sub("\x1b\\[[0-9;]*m", "", said):
        assert select.select([terminal], [], [], 600)[0], f"no {words!r} in {said!r}"
        said += decoder.decode(os.read(terminal, 65536))
    return said
