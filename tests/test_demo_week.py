"""The bundled week of `sigtrack demo`, read with feedparser alone: that it is what we think it is.

The week is material, so what is checked is its facts: feeds, items, dates, languages, the planted
warts of real feeds, and that nobody can take it for news or be led off example.org by it.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest

from sigtrack.model import Role

WEEK = resources.files("sigtrack") / "data" / "demo"
FEEDS: dict[str, dict[str, str]] = {
    feed["id"]: feed | {"file": feed["url"].rpartition("/")[2]}
    for feed in tomllib.loads((WEEK / "feeds.toml").read_text("utf-8"))["feed"]
}
EDITED = "AEN20260113008800315"

# dialect, charset, items, language as the document says it
EXPECTED = {
    "hanseong-wire": ("rss20", "utf-8", 12, "en"),
    "harbour-digest": ("rss092", "utf-8", 9, "en"),
    "presidential-office": ("atom10", "utf-8", 7, "ko"),
    "hanseong-tongsin": ("rss20", "euc-kr", 11, "ko"),
    "gaimucho": ("atom10", "utf-8", 6, "ja"),
    "akitsu": ("rss10", "utf-8", 8, "ja"),
    "changhe": ("rss20", "utf-8", 10, "zh-CN"),
    "haixia-chenbao": ("rss20", "utf-8", 7, "zh-TW"),
}


def body(name: str) -> bytes:
    return WEEK.joinpath(*name.split("/")).read_bytes()


def read(name: str) -> Any:
    return feedparser.parse(body(name), sanitize_html=False, resolve_relative_uris=False)


def items(feed: str) -> list[Any]:
    return list(read(FEEDS[feed]["file"]).entries)


def later() -> list[str]:
    return sorted(f"later/{path.name}" for path in (WEEK / "later").iterdir())


def every_document() -> list[str]:
    return [feed["file"] for feed in FEEDS.values()] + later()


def decoded(name: str) -> str:
    return body(name).decode(read(name).encoding)


def test_the_list_of_feeds_names_roles_that_exist_and_files_that_are_there():
    assert set(FEEDS) == set(EXPECTED)
    assert {Role(feed["role"]) for feed in FEEDS.values()} >= {
        Role.LEADER_OFFICE,
        Role.MINISTRY,
        Role.AGENCY,
        Role.BROADCASTER,
        Role.NEWSPAPER,
        Role.AGGREGATOR,
    }
    on_disk = {path.name for path in WEEK.iterdir() if path.name.endswith(".xml")}
    assert on_disk == {feed["file"] for feed in FEEDS.values()}
    assert {name.removeprefix("later/") for name in later()} <= on_disk


@pytest.mark.parametrize("feed", EXPECTED)
def test_a_feed_of_the_week_reads_in_its_dialect_charset_and_language(feed: str):
    document = read(FEEDS[feed]["file"])
    found = (document.version, document.encoding, len(document.entries), document.feed.language)
    assert found == EXPECTED[feed]
    assert not document.bozo
    assert document.feed.title == FEEDS[feed]["title"]


@pytest.mark.parametrize("feed", EXPECTED)
def test_the_language_in_the_list_is_that_of_the_document(feed: str):
    assert FEEDS[feed]["language"].split("-")[0] == EXPECTED[feed][3].split("-")[0]


@pytest.mark.parametrize("name", every_document())
def test_every_document_is_well_formed_xml(name: str):
    # expat itself knows no EUC-KR; handed text, it ignores the declaration
    ElementTree.fromstring(decoded(name))


@pytest.mark.parametrize("name", every_document())
def test_every_feed_says_that_it_is_a_sample(name: str):
    assert read(name).feed.title.endswith("(sample)")
    assert "Sample material written for the sigtrack demonstration" in decoded(name)


@pytest.mark.parametrize("name", every_document())
def test_nothing_leads_off_example_org(name: str):
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", decoded(name))
    addresses = re.findall(r"(?:[a-z]+:)?//[^\s\"'<>&]+", text)
    assert addresses
    assert all(address.startswith("https://example.org/") for address in addresses)


@pytest.mark.parametrize("name", every_document())
def test_every_item_has_a_title_a_link_and_a_summary(name: str):
    assert all(item.title and item.link and item.summary for item in read(name).entries)


def test_the_week_holds_about_seventy_items_and_one_is_listed_twice():
    links = [item.link for feed in FEEDS for item in items(feed)]
    assert (len(links), len(set(links))) == (70, 69)
    first, second = [i for i in items("changhe") if i.title.startswith("芯片股")]
    assert (first.id, first.summary, first.published) == (
        second.id,
        second.summary,
        second.published,
    )


@pytest.mark.parametrize("name", every_document())
def test_dates_lie_within_the_trip_and_run_backwards(name: str):
    moments = [
        datetime(*parsed[:6], tzinfo=UTC)
        for item in read(name).entries
        if (parsed := item.get("published_parsed") or item.get("updated_parsed"))
        and not re.search(r"KST|^\d{4}\.", item.get("published", ""))
    ]
    assert moments == sorted(moments, reverse=True)
    assert moments[-1] >= datetime(2025, 12, 29, tzinfo=UTC)
    assert moments[0] < datetime(2026, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("name", every_document())
def test_the_day_of_the_week_in_a_date_is_right(name: str):
    for item in read(name).entries:
        if found := re.match(r"(\w{3}), (\d\d \w{3} \d{4})", item.get("published", "")):
            day = datetime.strptime(found[2], "%d %b %Y").replace(tzinfo=UTC)
            assert day.strftime("%a") == found[1], item.title


def test_the_warts_of_real_feeds_are_planted():
    everything = [item for feed in FEEDS for item in items(feed)]
    titles = [item.title for item in everything]
    dates = [item.get("published") or item.get("updated") for item in everything]
    assert dates.count(None) == 1
    assert [date for date in dates if date and re.match(r"\d{4}\.", date)] == ["2026.01.13 11:50"]
    assert sum(1 for date in dates if date and date.endswith("KST")) == 1
    assert sum(1 for item in items("changhe") if not item.get("id")) == 1
    assert not any(item.get("id") for item in items("harbour-digest"))
    assert sum("&#x27;new phase&#x27;" in title for title in titles) == 1
    for mark in ("[photos]", "[/b]", "[속보]", "[2보]", "(2nd LD)", "(URGENT)", "(LEAD)"):
        assert any(mark in title for title in titles), mark


def test_wire_copy_is_reprinted_under_other_headlines():
    own = {item.summary: item.title for item in items("hanseong-wire")}
    reprints = [item for item in items("harbour-digest") if item.summary in own]
    assert len(reprints) == 3
    assert all(item.title != own[item.summary] for item in reprints)


def test_some_feeds_carry_the_whole_text():
    whole = {
        feed: sum("content" in item for item in items(feed))
        for feed in ("hanseong-wire", "presidential-office", "gaimucho")
    }
    assert whole == {"hanseong-wire": 2, "presidential-office": 1, "gaimucho": 1}
    assert all(
        len(item.content[0].value) > len(item.summary)
        for feed in whole
        for item in items(feed)
        if "content" in item
    )


def test_the_ministry_carries_one_item_in_another_language():
    languages = [item.title_detail.language for item in items("gaimucho")]
    assert (languages.count("en"), languages.count("ja")) == (1, 5)


def test_the_second_round_brings_two_items_and_one_silent_edit():
    before = {item.id: item for item in items("hanseong-wire")}
    after = {item.id: item for item in read("later/hanseong-wire.xml").entries}
    assert len(set(after) - set(before)) == 2
    assert not set(before) - set(after)
    edited = [uid for uid in before if before[uid].title != after[uid].title]
    assert edited == [EDITED]
    assert "complete denuclearization of the DPRK" in before[EDITED].title
    assert "complete denuclearization of the Korean Peninsula" in after[EDITED].title
    untouched = set(before) - {EDITED}
    assert all(before[uid].summary == after[uid].summary for uid in untouched)
    assert all(before[uid].published == after[uid].published for uid in before)


def test_the_order_of_the_stops_can_be_read_from_the_agency():
    titles = [item.title for item in reversed(items("hanseong-wire"))]

    def place(part: str) -> int:
        return next(n for n, title in enumerate(titles) if part in title)

    stops = [
        "state visit to China from Jan. 4",
        "wraps up state visit to China",
        "to visit Nara",
        "arrives in Japan",
        "returns home",
    ]
    assert [place(stop) for stop in stops] == sorted(place(stop) for stop in stops)


def test_the_two_statements_are_marked_and_differ_where_it_matters():
    tokyo, nara = (
        (WEEK / "statements" / name).read_text("utf-8")
        for name in ("2025-08-23-tokyo.txt", "2026-01-13-nara.txt")
    )
    for text in (tokyo, nara):
        assert text.startswith("Sample text, written for the sigtrack demonstration;")
        assert 14 <= len(re.findall(r"\.(?=\s)", text)) - 1 <= 16
    only_then = ("serious concern", "trilateral security cooperation", "strongly", "Taiwan Strait")
    only_now = ("of the Korean Peninsula", "new phase", "consultations on economic security")
    assert all(words in tokyo and words not in nara for words in only_then)
    assert "complete denuclearization of the DPRK" in tokyo
    assert "complete denuclearization of the DPRK" not in nara
    assert all(words in nara and words not in tokyo for words in only_now)
