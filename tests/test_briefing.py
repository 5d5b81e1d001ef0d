"""A report as a page for somebody without a terminal, and as a feed of its stories."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from browser import CHROMIUM, Browser, chromium
from desk import Desk
from sigtrack.model import (
    Briefing,
    Column,
    HitCounts,
    Item,
    Lane,
    Marked,
    OtherTelling,
    Parsed,
    Seen,
    StoryLine,
    StoryList,
    Table,
    Trend,
)
from sigtrack.parse import parse_feed
from sigtrack.present import render
from test_cli_hostile_words import SPELLS

NOW = datetime(2026, 1, 14, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
AXE = os.environ.get("SIGTRACK_AXE", "")


def story(number: int, title: str, **more: object) -> StoryLine:
    given: dict[str, object] = {
        "id": f"s{number}",
        "item": f"{number:06x}",
        "headline": Marked(
            text=title, spans=((0, 3),), link=f"https://example.org/{number}", language="en"
        ),
        "at": NOW - timedelta(hours=number),
        "changed_at": NOW,
        "publishers": ("The Coast", "연합뉴스", "海岸新聞")[: number % 3 + 1],
        "languages": ("en", "ko"),
        "lists": ("Lighthouses", "Fog"),
        "why": ("expected: a light", "A lighthouse is lit"),
        "gloss": "Keeper → Seoul",
        "weight": 20 - number,
        "parts": ("+4 a signal of high priority",),
        **more,
    }
    return StoryLine(**given)  # type: ignore[arg-type]


def lane(number: int, **more: object) -> Lane:
    given: dict[str, object] = {
        "who": "Keeper (Japan)",
        "where": "South Korea: Seoul",
        "when": "13 Jan 2026",
        "phase": ("planned", "under way", "over", "called off", "not confirmed")[number % 5],
        "first": date(2026, 1, 13),
        "last": date(2026, 1, 14),
        **more,
    }
    return Lane(**given)  # type: ignore[arg-type]


PAGE = Briefing(
    title="8-14 January 2026",
    asked="",
    summary="9 items in 8 stories",
    at=NOW,
    since=date(2026, 1, 8),
    until=date(2026, 1, 14),
    first=(
        story(
            1,
            "등대 다시 불 밝혀",
            headline=Marked(text="등대 다시 불 밝혀", spans=((0, 2),), language="ko"),
            flag="urgent",
            also=(
                OtherTelling(publisher="岬", headline=Marked(text="灯台", language="ja"), at=NOW),
            ),
        ),
        story(2, "Old lighthouse is sold", at=Seen(at=NOW), flag="new"),
    ),
    lists=(
        StoryList(
            title="Lighthouses",
            stories=(story(3, "Amber light"), story(4, "Zinc roof"), story(5, "Light in Nara")),
            above=2,
        ),
        StoryList(title="Fog", stories=(story(6, "Fog over the harbour"),), left_out=3),
    ),
    hits=HitCounts(
        spans=("8 Jan", "9", "10"), days=1, rows=(("Lighthouses", (0, 4, 2)), ("Fog", (1, 0, 0)))
    ),
    visits=(
        *map(lane, range(5)),
        lane(2, first=None, last=None, when="day not told"),
        lane(0, first=date(2026, 1, 1), last=date(2026, 1, 31), is_vague=True, when="Jan 2026"),
        lane(0, first=date(2031, 1, 1), last=date(2031, 1, 1), when="1 Jan 2031"),
    ),
    visits_left_out=2,
    wording=(
        Trend(
            change="rising",
            sure="almost certain",
            phrase=Marked(text="자유의 바다", language="ko"),
            stories=3,
            rate=12.5,
            before=0.4,
            steps=(0.0, 1.0, 12.5),
            first="2026-01-02",
            publisher="Coast",
        ),
    ),
    expected=Table(
        title="Expected",
        columns=(Column(name="status"), Column(name="expected")),
        rows=(("overdue", "A light is lit"),),
        emphasis=("urgent",),
    ),
)


def page_of(briefing: Briefing) -> str:
    chunks = render(briefing, "html", width=None, colour=False, terminal=False, zone=UTC)
    return "".join(chunks)


# --- the page


def test_the_page_says_all_parts_and_the_language_of_each_headline() -> None:
    html = page_of(PAGE)
    for told in ("What weighs most", "Hits by list and day", "Visits", "Wording", "Expected"):
        assert f">{told}</h2>" in html
    assert '<span lang="ko"><mark>등대</mark> 다시 불 밝혀</span>' in html
    assert '<a href="https://example.org/3" rel="noreferrer" lang="en"><mark>Amb</mark>er' in html
    assert '<span lang="ja">灯台</span>' in html
    assert "day not told" in html
    assert "2 more, of lower rank" in html


def test_what_has_nothing_to_say_is_left_out_of_the_page() -> None:
    bare = replace(
        PAGE, first=(), lists=(), visits=(), wording=(), expected=None,
        hits=HitCounts(spans=("8 Jan",), days=1, rows=()),
    )  # fmt: skip
    html = page_of(bare)
    assert "Nothing was hit in this window" in html
    assert re.findall("<h2[^>]*>([^<]*)<", html) == ["What weighs most"]
    assert "<script" not in html


def test_no_address_but_a_link_to_a_story_stands_in_the_page() -> None:
    html = page_of(PAGE)
    assert set(re.findall(r"(?:src|href|action|srcset)=\"([^\"#]+)\"", html)) == {
        f"https://example.org/{number}" for number in range(2, 7)
    }
    assert "url(" not in html
    assert "@import" not in html
    assert not re.search(r"\sstyle=|\son[a-z]+=", html)


@pytest.mark.parametrize("spell", SPELLS)
def test_whatever_a_publisher_writes_is_words_on_the_page(spell: str) -> None:
    evil = Marked(
        text=spell, spans=((0, 4),), link=f"javascript:alert(1)//{spell}", language='"><x'
    )
    nasty = story(1, "x", headline=evil, publishers=(spell,), why=(spell,), gloss=spell)
    html = page_of(replace(PAGE, first=(nasty,), visits=(lane(1, who=spell, where=spell),)))
    assert html.count("<script") == 1
    assert not re.search(
        r"<img|<x|href=\"javascript|href='javascript|[\x00-\x08\x0e-\x1f\u202e]", html
    )


# --- the feed


def feed_of(briefing: Briefing) -> str:
    chunks = render(briefing, "atom", width=None, colour=False, terminal=False, zone=UTC)
    return "".join(chunks)


def read(text: str) -> tuple[Item, ...]:
    parsed = parse_feed(text.encode(), feed="sigtrack")
    assert isinstance(parsed, Parsed)
    assert not parsed.notes
    return tuple(parsed.items)


def test_a_feed_has_one_entry_a_story_that_our_own_parser_reads() -> None:
    items = read(feed_of(PAGE))
    assert [item.title for item in items] == [one.headline.text for one in PAGE.stories]
    assert [item.url for item in items] == [one.headline.link for one in PAGE.stories]
    assert items[0].language == "ko"
    assert items[2].published == PAGE.stories[2].at
    assert (items[2].author, items[2].categories) == ("The Coast", ("Lighthouses", "Fog"))
    assert "A lighthouse is lit" in items[2].summary + items[2].text


def test_the_ids_of_entries_stay_when_their_stories_grow() -> None:
    grown = replace(
        story(3, "Another headline"), changed_at=NOW + timedelta(hours=1), publishers=("New",)
    )
    later = replace(
        PAGE, first=(), at=NOW + timedelta(days=1), lists=(StoryList(title="x", stories=(grown,)),)
    )
    (item,) = read(feed_of(later))
    assert item.uid == read(feed_of(PAGE))[2].uid
    ids = [one.uid for one in read(feed_of(PAGE))]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("urn:uuid:[0-9a-f-]{36}", one) for one in ids)
    feeds = [ElementTree.fromstring(feed_of(one)).findtext(f"{ATOM}id") for one in (PAGE, later)]
    assert (
        feeds[0]
        == feeds[1]
        != ElementTree.fromstring(feed_of(replace(PAGE, asked="trade"))).findtext(f"{ATOM}id")
    )


def test_a_feed_has_what_the_standard_asks_for() -> None:
    feed = ElementTree.fromstring(feed_of(PAGE))
    for required in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{ATOM}{required}")) == 1
    for entry in feed.findall(f"{ATOM}entry"):
        for required in ("id", "title", "updated", "content", "author"):
            assert len(entry.findall(f"{ATOM}{required}")) == 1
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated", "")).tzinfo
    empty = replace(PAGE, first=(), lists=())
    assert ElementTree.fromstring(feed_of(empty)).findtext(f"{ATOM}updated")


@pytest.mark.parametrize("spell", [*SPELLS, "]]> <!-- \ufffe & \uffff", ""])
def test_whatever_a_publisher_writes_is_words_in_the_feed(spell: str) -> None:
    evil = Marked(text=spell, link=f"javascript:alert(1)//{spell}", language='"><x')
    nasty = story(1, "x", headline=evil, publishers=(spell,), why=(spell,), gloss=spell)
    told = ElementTree.fromstring(feed_of(replace(PAGE, first=(nasty,), lists=())))
    (entry,) = told.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link") is None
    html = entry.findtext(f"{ATOM}content", "")
    assert not re.search(r"<script|<img|<x|href=.?javascript", html)


# --- the whole command


def test_report_writes_a_page_of_the_stored_week(stocked: Desk) -> None:
    file = stocked.home / "week.html"
    assert stocked.run("report", "--format", "html", "-o", file).out == ""
    html = file.read_text(encoding="utf-8")
    assert "A <mark>lighthouse</mark> is lit again" in html
    assert "<mark>등대</mark> 다시 불 밝혀" in html
    assert ">Lighthouses</th>" in html
    assert "new since" not in stocked.run("report").out  # a page is no look
    refused = stocked.run("report", "--format", "html", "--group", "day", code=2)
    assert "has its own order" in refused.err


def test_the_page_tells_visits_and_counts_of_the_window_alone(desk: Desk) -> None:
    file = desk.home / "items.jsonl"
    rows = [
        ("2026-01-02", "Old lighthouse is sold"),
        ("2026-01-12", "A lighthouse is lit"),
        ("2026-01-13", "Another lighthouse is lit"),
        ("2026-01-13", "Takaichi arrives in Seoul for summit with Lee Jae Myung"),
        ("2026-01-13", "Merz recalls how Macron visited Beijing on 3 July 2025"),
    ]
    file.write_text(
        "\n".join(
            json.dumps({"title": title, "date": f"{day}T08:00:00Z", "lang": "en", "source": "wire"})
            for day, title in rows
        )
    )
    desk.run("import", file)
    html = desk.run("report", "--since", "2026-01-11", "--format", "html").out
    counts = html[html.index('class="counts"') : html.index('id="visits"')]
    assert re.findall(r"<span[^>]*>(\d+)</span>|<b>(\d+)</b>", counts) == [
        ("0", ""), ("1", ""), ("1", ""), ("0", ""), ("", "2")
    ]  # fmt: skip
    visits = html[html.index('class="visits"') : html.index("</main>")]
    assert "South Korea: Seoul" in visits
    assert "Jul 2025" not in visits
    assert "Old lighthouse" not in html


# --- in a browser


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium is installed")
    folder: Path = tmp_path_factory.mktemp("page")
    page = folder / "week.html"
    page.write_text(page_of(PAGE), encoding="utf-8")
    with chromium(folder / "profile") as browser:
        browser.look(1400)
        browser.open(page)
        yield browser
        assert browser.requests == [page.as_uri()]
        assert browser.complaints == []


HEADLINES = (
    "[...document.querySelectorAll('.stories tbody tr')].filter(r => r.checkVisibility())"
    ".map(r => r.cells[1].dataset.value)"
)


@pytest.mark.slow
def test_the_filter_shows_only_stories_with_all_its_words(tab: Browser) -> None:
    tab.run("document.getElementById('filter').focus()")
    tab.press(*"LIGHT nara")
    assert tab.run(HEADLINES) == ["Light in Nara"]
    assert tab.run("document.getElementById('count').textContent") == "1 of 4 stories"
    assert tab.run("[...document.querySelectorAll('.list')].map(one => one.hidden)") == [
        False,
        True,
    ]
    tab.press(*["Backspace"] * len("LIGHT nara"))
    assert len(tab.run(HEADLINES)) == 4


@pytest.mark.slow
def test_columns_sort_and_lists_fold_by_keyboard(tab: Browser) -> None:
    tab.run("document.querySelector('.stories th:nth-child(2) button').focus()")
    tab.press("Enter")
    assert tab.run(HEADLINES)[:3] == ["Amber light", "Light in Nara", "Zinc roof"]
    tab.press("Enter")
    assert tab.run(HEADLINES)[:3] == ["Zinc roof", "Light in Nara", "Amber light"]
    heads = "[...document.querySelectorAll('.stories th')].slice(0, 5).map(one => one.ariaSort)"
    assert tab.run(heads) == [None, "descending", None, None, None]
    tab.run("document.querySelector('.list summary').focus()")
    tab.press("Enter")
    assert tab.run(HEADLINES) == ["Fog over the harbour"]
    tab.press("Enter")
    tab.run("document.getElementById('filter').focus()")
    tab.press("Tab")
    assert tab.run("document.activeElement.id") == "open"


@pytest.mark.slow
def test_the_page_fits_a_phone_and_a_wide_screen(tab: Browser) -> None:
    for width in (400, 760, 1400):
        tab.look(width)
        assert tab.run("document.documentElement.scrollWidth") <= width
    tab.look(1400)


@pytest.mark.slow
@pytest.mark.skipif(not AXE, reason="axe-core is not here: SIGTRACK_AXE names its axe.min.js")
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_wrong_with_the_page(tab: Browser, dark: bool) -> None:
    tab.run(Path(AXE).read_text(encoding="utf-8") + "; 0")
    for width in (400, 1400):
        tab.look(width, dark=dark)
        found = tab.run("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
        assert found == []
    tab.look(1400)
