"""Which items are new, revised, or just there again, however badly their publisher names them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.analyze.changes import find_changes, handles_of, same_publisher
from sigtrack.model import Change, Item, KnownItem, Origin, fingerprint_of
from sigtrack.text import clean
from stored import DAY, HOUR, MINUTE, NOW, item

DATA = Path(__file__).parents[1].parent / "shared" / "data"


class Memory:
    """A feed's past, kept as plainly as can be: what a store must amount to."""

    def __init__(self) -> None:
        self.items: dict[str, KnownItem] = {}
        self.changes: list[Change] = []

    def read(self, *items: Item) -> list[str]:
        """The kinds of changes that one document made."""
        handles = handles_of(items)
        known = [one for one in self.items.values() if one.handles & handles]
        changes = find_changes(known, items)
        for change in changes:
            self.keep(change)
        return [change.kind for change in changes]

    def names(self) -> dict[tuple[str, datetime | None], str]:
        return {(one.title, one.published): uid for uid, one in self.items.items()}

    def keep(self, change: Change) -> None:
        one = change.item
        assert (one.uid in self.items) == (change.kind == "revised")
        before = self.items[one.uid].handles if one.uid in self.items else frozenset()
        self.items[one.uid] = KnownItem(
            uid=one.uid,
            url=one.url,
            title=one.title,
            fingerprint=one.fingerprint,
            published=one.published,
            handles=before | frozenset(change.handles),
        )
        self.changes.append(change)

    def prune(self) -> None:
        self.items = {
            uid: replace(one, pruned=True, url="", title="", fingerprint="", published=None)
            for uid, one in self.items.items()
        }


@pytest.fixture
def memory() -> Memory:
    return Memory()


def unnamed(title: str, url: str = "https://m.test/a", **more: object) -> Item:
    uid = f"made of {url}" if url else f"made of {title} {more.get('published')}"
    return item(title, uid=uid, url=url, named=False, **more)


def article(n: int, **more: object) -> Item:
    given = {"uid": f"g{n}", "url": f"https://a.test/{n}", "published": NOW - n * DAY, **more}
    return item(str(given.pop("title", f"Story {n}")), **given)


# Ordinary feeds


def test_an_item_is_new_once(memory: Memory) -> None:
    assert memory.read(article(1), article(2)) == ["new", "new"]
    assert memory.read(article(1), article(2)) == []


def test_a_title_edited_while_live_is_a_revision_of_the_same_item(memory: Memory) -> None:
    memory.read(article(1))
    assert memory.read(article(1, title="Something else entirely")) == ["revised"]
    assert len(memory.items) == 1


def test_a_guid_counts_even_when_title_and_link_change(memory: Memory) -> None:
    memory.read(article(1, title="Trump calls Putin"))
    assert memory.read(article(1, title="Kyiv burns", url="https://a.test/other")) == ["revised"]
    later = article(1, title="Peace", url="https://a.test/third", published=NOW - 5 * HOUR)
    assert memory.read(later) == ["revised"]  # publishers move the date when they edit
    same_link = article(1, title="Night falls", url="https://a.test/3", published=NOW + 9 * DAY)
    memory.read(replace(same_link, published=NOW))
    assert memory.read(replace(same_link, title="At sea", fingerprint="sea")) == ["revised"]
    unlinked = article(1, title="A quiet day", url="", published=NOW + 30 * DAY)
    assert memory.read(unlinked) == ["revised"]
    linked = article(1, title="The end", url="https://a.test/4", published=NOW + 60 * DAY)
    assert memory.read(linked) == ["revised"]


def test_a_guid_counts_for_a_title_much_like_the_old_one_on_another_page(memory: Memory) -> None:
    memory.read(article(1, title="NARA SUMMIT TO OPEN ON TUESDAY"))
    moved = {"url": "https://a.test/other", "published": NOW + 9 * DAY}
    assert memory.read(article(1, title="Nara summit opens on Tuesday", **moved)) == ["revised"]


@pytest.mark.parametrize(
    ("later", "kind"), [(DAY, "revised"), (DAY + MINUTE, "new")], ids=["a day", "more than a day"]
)
def test_an_edit_may_move_title_link_and_date_by_a_day(
    memory: Memory, later: timedelta, kind: str
) -> None:
    memory.read(article(1, title="Trump calls Putin", published=NOW))
    other = article(1, title="Kyiv burns", url="https://a.test/other", published=NOW + later)
    assert memory.read(other) == [kind]


@pytest.mark.parametrize("edited", ["US–Japan  pact", "US-Japan\u2060 pact", "US‑Japan pact"])
def test_spaces_dashes_and_format_characters_are_no_revision(memory: Memory, edited: str) -> None:
    memory.read(article(1, title="US-Japan pact"))
    assert memory.read(article(1, title=edited)) == []


def test_an_edit_that_is_taken_back_is_a_revision_too(memory: Memory) -> None:
    memory.read(article(1, title="one"))
    assert memory.read(article(1, title="two")) == ["revised"]
    assert memory.read(article(1, title="one")) == ["revised"]


def test_the_same_item_twice_in_a_document_is_one_item_in_its_later_version(memory: Memory) -> None:
    old = article(1, title="Nara summit to open", published=NOW)
    edited = article(1, title="Nara summit opens", published=NOW + HOUR)
    assert memory.read(old, edited, old) == ["new"]
    assert [one.title for one in memory.items.values()] == ["Nara summit opens"]
    assert memory.read(edited, old) == []


@pytest.mark.parametrize(
    ("first", "second", "used"),
    [(None, NOW, "second"), (NOW, None, "first"), (NOW, NOW, "first"), (None, None, "first")],
    ids=["dated", "undated", "one time", "no time"],
)
def test_of_two_versions_in_a_document_the_dated_one_is_used_or_else_the_first(
    memory: Memory, first: datetime | None, second: datetime | None, used: str
) -> None:
    versions = [
        article(1, title=f"Nara summit, {title} report", published=at)
        for title, at in (("first", first), ("second", second))
    ]
    assert memory.read(*versions) == ["new"]
    assert [one.title for one in memory.items.values()] == [f"Nara summit, {used} report"]


def test_an_item_is_stored_under_its_own_id(memory: Memory) -> None:
    memory.read(article(1), unnamed("GDP"), unnamed("Orders", ""))
    assert [*memory.items] == ["g1", "made of https://m.test/a", "made of Orders None"]


def test_two_feeds_never_take_each_others_items_for_their_own() -> None:
    ours, theirs = (unnamed("GDP", "https://m.test/a?n=1", feed=feed) for feed in ("a", "b"))
    assert handles_of([ours]).isdisjoint(handles_of([theirs]))


def test_what_older_versions_stored_is_known_by_the_same_handles() -> None:
    """Otherwise every item of every feed would be new again after an upgrade."""
    stored = unnamed("GDP: 2nd estimate", "http://M.test/View/?utm_source=rss&n=1#top", feed="nara")
    assert sorted(handles_of([stored])) == [
        -6_754_283_213_436_659_044,
        1_873_258_580_819_371_827,
        2_755_786_759_198_122_272,
        2_859_956_195_298_239_697,
    ]


def test_a_pruned_item_does_not_come_back(memory: Memory) -> None:
    memory.read(article(1), article(2))
    memory.prune()
    assert memory.read(article(1), article(2, title="edited")) == []
    assert memory.read(article(1, uid="x1"), article(2, uid="x2")) == []


def test_a_daily_briefing_is_new_though_those_before_it_were_pruned(memory: Memory) -> None:
    def briefing(n: int, **more: object) -> Item:
        return article(n, title="Briefing", url="https://m.test/b", published=NOW + n * DAY, **more)

    memory.read(briefing(1), briefing(2))
    memory.prune()
    assert memory.read(briefing(3), briefing(2)) == ["new"]


def test_a_dated_notice_without_link_is_new_though_its_like_was_pruned(memory: Memory) -> None:
    memory.read(unnamed("Press conference", "", published=NOW))
    memory.prune()
    assert memory.read(unnamed("Press conference", "", published=NOW)) == []
    assert memory.read(unnamed("Press conference", "", published=NOW + DAY)) == ["new"]


def test_a_pruned_notice_without_guid_is_known_by_its_link(memory: Memory) -> None:
    memory.read(unnamed("GDP", "https://m.test/a?utm_source=rss"))
    memory.prune()
    assert memory.read(unnamed("GDP", "https://m.test/a?utm_source=mail")) == []


def test_two_entries_of_one_text_are_one_item_where_they_share_a_link(memory: Memory) -> None:
    twice = [article(n, title="Alert", url="https://a.test/1", published=NOW) for n in (1, 2)]
    assert memory.read(*twice) == ["new"]
    assert memory.read(*twice) == []
    assert memory.read(*(article(n, title="Siren", url="", published=NOW) for n in (3, 4))) == [
        "new",
        "new",
    ]
    other = [article(n, title="Drill", summary=f"Day {n}", published=NOW) for n in (5, 6)]
    assert memory.read(*(replace(one, url="https://a.test/2") for one in other)) == ["new"] * 2


# Guids that name nothing


def test_guids_that_change_at_every_fetch_make_no_new_items(memory: Memory) -> None:
    memory.read(*(article(n) for n in range(5)))
    for fetch in range(3):
        again = [article(n, uid=f"{fetch}-{n}") for n in range(5)]
        assert memory.read(article(9, uid=f"{fetch}-9"), *again) == ["new"] * (fetch == 0)


def test_notices_of_one_title_under_changing_guids_are_told_apart_by_date(memory: Memory) -> None:
    def poll(fetch: int) -> list[Item]:
        briefings = [
            article(n, uid=f"{fetch}-{n}", title="Briefing", url="https://m.test/b", summary=f"{n}")
            for n in range(3)
        ]
        return [*briefings, article(7, uid=f"{fetch}-7")]

    memory.read(*poll(1))
    assert memory.read(*poll(2)[::-1]) == []
    assert memory.read(*poll(3)) == []


def test_a_document_of_nothing_but_new_guids_and_titles_edits_nothing(memory: Memory) -> None:
    memory.read(article(1), article(2))
    page = {"url": "https://a.test/1", "published": NOW}
    assert memory.read(article(8, title="Quite another", **page), article(9)) == ["new"] * 2


def test_links_that_all_change_do_not_make_another_title_an_edit(memory: Memory) -> None:
    def poll(fetch: int, third: str) -> list[str]:
        titles = ("GDP", "Orders", third)
        return memory.read(
            *(unnamed(one, f"https://m.test/{n}?utm_id={fetch}") for n, one in enumerate(titles))
        )

    assert poll(1, "Rates") == ["new"] * 3
    assert poll(2, "Wages") == ["new"]


def test_an_edited_title_under_a_changing_guid_is_a_revision(memory: Memory) -> None:
    memory.read(*(article(n) for n in range(5)))
    again = [article(n, uid=f"x{n}") for n in range(4)]
    at = NOW - 4 * DAY + 5 * MINUTE
    edited = article(4, uid="x4", title="Story 4, corrected", published=at)
    assert memory.read(*again, edited) == ["revised"]


def test_another_title_under_a_changing_guid_is_not_lost_where_the_old_was_pruned(
    memory: Memory,
) -> None:
    memory.read(*(article(n) for n in range(5)))
    memory.prune()
    again = [article(n, uid=f"x{n}") for n in range(4)]
    assert memory.read(*again, article(4, uid="x4", title="Another notice")) == ["new"]


def test_changing_guids_and_dates_without_links_make_no_new_items(memory: Memory) -> None:
    memory.read(*(article(n, url="", published=NOW) for n in range(5)))
    again = [article(n, url="", published=NOW + 9 * DAY, uid=f"x{n}") for n in range(5)]
    assert memory.read(*again) == []


def test_one_guid_for_all_items_names_none_of_them(memory: Memory) -> None:
    items = [article(n, uid="https://a.test/") for n in range(5)]
    assert memory.read(*items) == ["new"] * 5
    assert memory.read(*items[::-1]) == []
    assert memory.read(article(7, uid="https://a.test/"), *items[:3]) == ["new"]
    assert memory.read(article(8, uid="https://a.test/")) == ["new"]


def test_warnings_without_link_are_told_apart_by_guid_title_and_date(
    memory: Memory,
) -> None:
    warnings = [
        article(0, uid=region, url="", title=title, published=at)
        for region in ("north", "south")
        for title in ("Gale", "Flood")
        for at in (NOW, NOW + DAY)
    ]
    assert memory.read(*warnings) == ["new"] * 8
    assert memory.read(*warnings) == []
    other = Memory()
    other.read(*warnings[::-1])
    assert {uid: one.handles for uid, one in other.items.items()} == {
        uid: one.handles for uid, one in memory.items.items()
    }


def test_another_item_under_the_guid_of_two_is_new(memory: Memory) -> None:
    memory.read(article(1, uid="one"), article(2, uid="one"))
    assert memory.read(article(3, uid="one")) == ["new"]


@pytest.mark.parametrize("title", ["Alert {}", "Alert"])
def test_a_new_item_is_not_called_as_one_that_is_too_old_to_be_asked_for(title: str) -> None:
    """Of many items with one guid a store returns the newest."""
    alerts = [article(n, uid="one", url="", title=title.format(n)) for n in range(6)]
    memory = Memory()
    memory.read(article(9, uid="one"), article(8, uid="one"))
    memory.read(alerts[0], article(7, uid="one"))
    for alert in alerts[1:]:
        newest = list(memory.items.values())[-2:]
        (change,) = find_changes(newest, [alert])
        memory.keep(change)
    assert len(memory.items) == 9


def test_guids_that_read_like_names_given_by_us_name_other_items() -> None:
    items = [article(n, uid="one") for n in range(2)]
    foreseen: list[Item] = []
    for n in range(10, 15):
        given = [change.item.uid for change in find_changes([], [*foreseen, *items])]
        assert len({*given}) == len(given)
        foreseen.append(article(n, uid=given[-1]))
    for document in ([*foreseen, *items], [*items, *foreseen]):
        memory = Memory()
        assert memory.read(*document) == ["new"] * 7
        assert len(memory.items) == 7


@pytest.mark.parametrize("make", [article, lambda n, **_: unnamed(f"Story {n}")])
def test_items_of_one_id_are_called_the_same_by_whoever_reads_them_in_one_document(
    make: Callable[..., Item],
) -> None:
    early, late = Memory(), Memory()
    early.read(article(2))
    both = [make(n, uid="one") for n in (2, 3)]
    early.read(*both)
    late.read(*both[::-1])
    third = (both[1].title, both[1].published)
    assert early.names()[third] == late.names()[third]


def test_alerts_of_one_guid_and_title_are_called_the_same_whichever_were_missed() -> None:
    def alert(n: int) -> Item:
        return article(n, uid="one", title="Alert", url="")

    always, seldom = Memory(), Memory()
    for n in range(5):
        always.read(alert(n))
    for n in (0, 4, 2):
        seldom.read(alert(n))
    assert seldom.names().items() <= always.names().items()


def test_one_guid_and_one_date_without_links_leave_the_titles_to_tell(memory: Memory) -> None:
    items = [article(n, uid="one", url="", published=NOW) for n in range(3)]
    assert memory.read(*items) == ["new"] * 3
    assert memory.read(*items) == []


@pytest.mark.parametrize("days", [2, None], ids=["dated", "undated"])
def test_one_guid_in_a_feed_of_one_item_at_a_time_names_none(
    memory: Memory, days: int | None
) -> None:
    for n, title in enumerate(["Quake near Nara", "Storm surge expected", "All clear"]):
        at = NOW + days * n * DAY if days else None
        alert = article(n, uid="latest", title=title, published=at)
        assert memory.read(alert) == ["new"]
        assert memory.read(alert) == []


def test_two_entries_of_one_guid_and_link_are_two_items_if_their_titles_differ(
    memory: Memory,
) -> None:
    page = {"uid": "latest", "url": "https://a.test/"}
    both = [article(1, title="Quake near Nara", **page), article(1, title="All clear", **page)]
    assert memory.read(*both) == ["new"] * 2


def test_daily_briefings_that_share_title_and_link_are_one_a_day(memory: Memory) -> None:
    def briefing(n: int) -> Item:
        url = "https://m.test/briefing/"
        return article(n, title="Press briefing", url=url, published=NOW + n * DAY)

    memory.read(article(50), briefing(0))
    assert memory.read(article(50), briefing(1)) == ["new"]
    assert memory.read(article(50), briefing(2), briefing(1)) == ["new"]
    assert memory.read(article(50), briefing(-1)) == ["new"]


def test_an_edit_of_the_morning_briefing_does_not_touch_that_of_the_evening(memory: Memory) -> None:
    page = {"title": "Briefing", "url": "https://m.test/b"}
    memory.read(*(article(n, published=NOW + n * HOUR, **page) for n in (1, 8)))
    edited = article(1, published=NOW + HOUR, summary="Corrected", **page)
    assert memory.read(edited) == ["revised"]
    assert memory.changes[-1].item.uid == "g1"


def test_an_entry_keeps_its_item_though_another_with_a_guid_has_its_words(memory: Memory) -> None:
    memory.read(unnamed("GDP"))
    copy = article(1, title="GDP", url="https://m.test/a", published=None)
    assert memory.read(copy, unnamed("GDP", summary="up")) == ["new", "revised"]


def test_two_series_of_briefings_do_not_look_like_guids_that_always_change(memory: Memory) -> None:
    def day(n: int) -> list[Item]:
        return [
            article(10 * n + i, title=title, url=f"https://m.test/{title}", published=NOW + n * DAY)
            for i, title in enumerate(("Morning", "Evening"))
        ]

    memory.read(article(50), *day(0))
    assert memory.read(article(50), *day(1)) == ["new"] * 2


def test_two_entries_of_one_minute_under_a_link_are_no_edit_of_a_third(memory: Memory) -> None:
    first, *later = (
        article(n, title=title, url="https://m.test/a", published=NOW + n * DAY)
        for n, title in ((0, "Law 1 amended"), (1, "Law 2 amended"), (2, "Law 2 amended"))
    )
    memory.read(first)
    assert memory.read(replace(later[0], published=NOW), later[1]) == ["new"] * 2


def test_an_item_posted_again_under_another_guid_is_one_item(memory: Memory) -> None:
    memory.read(article(1), article(2))
    assert memory.read(article(1), article(2, uid="again")) == []
    later = article(2, uid="and again", published=NOW - 2 * DAY + 5 * HOUR)
    assert memory.read(article(1), later) == []
    memory.read(article(3, published=None))
    assert memory.read(article(1), article(3, uid="with a date")) == []


@pytest.mark.parametrize(
    ("later", "kinds"), [(20 * HOUR, []), (20 * HOUR + MINUTE, ["new"])], ids=["20 hours", "more"]
)
def test_what_is_posted_again_within_20_hours_is_the_same_item(
    memory: Memory, later: timedelta, kinds: list[str]
) -> None:
    memory.read(article(1), article(2, published=NOW))
    assert memory.read(article(1), article(2, uid="again", published=NOW + later)) == kinds
    memory.read(notice(1, published=NOW))
    assert memory.read(notice(2, published=NOW + later)) == kinds


def test_a_title_is_edited_though_its_double_under_the_link_has_moved(memory: Memory) -> None:
    def law(n: int, title: str = "Law", url: str = "https://m.test/law", **more: object) -> Item:
        return article(n, title=title, url=url, published=NOW + n * DAY, **more)

    assert memory.read(law(1)) + memory.read(law(2, "LAW")) == ["new", "new"]
    assert memory.read(law(1, url="https://m.test/old"), law(2, "Law amended", uid="x")) == [
        "revised"
    ]


def test_undated_items_without_links_are_told_apart_by_their_guids(memory: Memory) -> None:
    memory.read(article(1, title="Alert", url="", published=None))
    assert memory.read(article(2, title="Alert", url="", published=None)) == ["new"]


# No guids


def test_one_page_for_many_notices_gives_an_item_a_title(memory: Memory) -> None:
    assert (
        memory.read(unnamed("GDP, first estimate"), unnamed("GDP, second estimate")) == ["new"] * 2
    )
    assert memory.read(unnamed("GDP, third estimate"), unnamed("GDP, first estimate")) == ["new"]
    assert memory.read(unnamed("Machine orders")) == ["new"]
    assert memory.read(unnamed("GDP, first estimate")) == []
    assert len(memory.items) == 4


@pytest.mark.parametrize("time", [(9, 30, 0), (9, 0, 15)], ids=["to the minute", "to the second"])
def test_a_title_without_guid_is_edited_when_its_time_stays(
    memory: Memory, time: tuple[int, int, int]
) -> None:
    at = datetime(2026, 1, 14, *time, tzinfo=UTC)
    memory.read(unnamed("Lee vists Nara", published=at), unnamed("x", "https://m.test/b"))
    assert memory.read(unnamed("Lee visits Nara", published=at)) == ["revised"]
    assert memory.read(unnamed("Lee visits Nara", published=at + 2 * DAY)) == []
    assert memory.read(unnamed("Ministers meet", published=at + MINUTE)) == ["new"]


def test_a_notice_without_guid_is_the_same_under_another_date(memory: Memory) -> None:
    memory.read(unnamed("GDP", published=NOW))
    assert memory.read(unnamed("GDP", published=NOW + 2 * DAY)) == []
    assert memory.read(*(unnamed("Rates", published=NOW + n * DAY) for n in (0, 2))) == ["new"]


def test_a_page_that_held_other_notices_holds_another_in_the_same_minute(memory: Memory) -> None:
    memory.read(unnamed("Law 1 amended", published=NOW - DAY))
    memory.prune()
    memory.read(unnamed("Law 2 amended", published=NOW))
    assert memory.read(unnamed("Law 3 amended", published=NOW)) == ["new"]


def test_a_bare_day_does_not_make_two_notices_one(memory: Memory) -> None:
    day = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    memory.read(unnamed("Law 1 amended", published=day))
    assert memory.read(unnamed("Law 2 amended", published=day)) == ["new"]


def test_a_summary_edited_under_a_known_title_is_a_revision(memory: Memory) -> None:
    memory.read(unnamed("GDP", summary="up"))
    assert memory.read(unnamed("GDP", summary="down")) == ["revised"]


@pytest.mark.parametrize(
    ("title", "other"), [("令和7年7月発行", "令和７年7月発行"), ("GDP rises", "GDP Rises")]
)
def test_case_and_width_of_a_title_do_not_make_another_item(
    memory: Memory, title: str, other: str
) -> None:
    memory.read(unnamed(title))
    assert memory.read(unnamed(other)) == ["revised"]
    assert len(memory.items) == 1


def test_titles_without_letters_leave_the_summary_to_tell_or_else_the_signs(memory: Memory) -> None:
    assert memory.read(unnamed("***", summary="Rates up"), unnamed("***", summary="No")) == [
        "new",
        "new",
    ]
    assert memory.read(unnamed("***", summary="RATES UP")) == ["revised"]
    assert memory.read(unnamed("!!!"), unnamed("+++")) == ["new", "new"]


def test_without_guid_and_link_title_and_date_are_the_name(memory: Memory) -> None:
    undated = unnamed("Opening hours", "")
    assert memory.read(undated) + memory.read(undated) == ["new"]
    monday = unnamed("Press conference", "", published=NOW)
    tuesday = unnamed("Press conference", "", published=NOW + DAY)
    assert memory.read(monday) == ["new"]
    assert memory.read(tuesday, monday) == ["new"]
    assert memory.read(tuesday, monday) == []
    later = [unnamed("Press conference", "", published=NOW + n * DAY) for n in (2, 3)]
    assert memory.read(*later) == ["new"] * 2


def test_a_notice_is_known_though_another_now_has_its_very_link(memory: Memory) -> None:
    memory.read(unnamed("GDP", "https://m.test/a"))
    tracked = unnamed("GDP", "https://m.test/a?utm_source=rss")
    assert memory.read(tracked, unnamed("Orders", "https://m.test/a")) == ["new"]
    assert [change.item.title for change in memory.changes] == ["GDP", "Orders"]


@pytest.mark.parametrize(
    ("link", "other"),
    [
        ("http://m.test/a/?utm_source=rss", "https://m.test/a"),
        ("https://m.test/a?utm_source=rss&n=1", "https://m.test/a?n=1"),
        ("https://M.test/a", "https://m.test/a"),
        ("https://[m.test/a", "https://[m.test/a"),
    ],
    ids=["tracking and scheme", "tracking before more", "case of the host", "no address"],
)
def test_different_spellings_of_a_link_are_one_page(memory: Memory, link: str, other: str) -> None:
    memory.read(unnamed("GDP", link))
    assert memory.read(unnamed("GDP", other)) == []


@pytest.mark.parametrize(
    ("link", "other"),
    [
        ("https://m.test/a#1", "https://m.test/a#2"),
        ("https://m.test/a?n=1", "https://m.test/a?n=2"),
        ("https://[m.test/a", "https://[m.test/b"),
    ],
    ids=["part of a page", "query", "no addresses"],
)
def test_one_title_under_two_links_of_a_document_is_two_items(
    memory: Memory, link: str, other: str
) -> None:
    assert memory.read(unnamed("GDP", link), unnamed("GDP", other)) == ["new"] * 2


# Laws


def kinds_of_feed() -> st.SearchStrategy[list[Item]]:
    number = st.integers(0, 6)
    naming: list[Callable[[int, int], Item]] = [
        lambda n, t: article(n, title=f"Title {t}"),
        lambda n, t: article(n, uid="one", title=f"Title {t}"),
        lambda n, t: unnamed(f"Title {t}", published=NOW + n * DAY),
        lambda n, t: unnamed(f"Title {t}", "", published=NOW + n * DAY),
        lambda n, t: article(n, url="", published=None, title=f"Title {t}"),
    ]
    pairs = st.lists(st.tuples(number, number), min_size=1, max_size=8)
    return st.builds(
        lambda name, some: [name(*one) for one in some], st.sampled_from(naming), pairs
    )


@given(kinds_of_feed())
def test_reading_a_document_again_changes_nothing(items: list[Item]) -> None:
    memory = Memory()
    memory.read(*items)
    assert memory.read(*items) == []


@given(kinds_of_feed())
def test_the_order_of_a_document_names_the_same_items(items: list[Item]) -> None:
    one, other = Memory(), Memory()
    one.read(*items)
    other.read(*items[::-1])
    assert one.items.keys() == other.items.keys()


@given(kinds_of_feed(), kinds_of_feed())
def test_no_two_items_share_a_uid(first: list[Item], second: list[Item]) -> None:
    memory = Memory()
    memory.read(*first)
    before = len(memory.items)
    kinds = memory.read(*second)
    assert len(memory.items) == before + kinds.count("new")


# Real feeds


def real(path: str) -> Path:
    if not (DATA / path).exists():
        pytest.skip(f"{path} of the shared data is not here")
    return DATA / path


def parsed(feed: str, body: bytes) -> list[Item]:
    entries = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries
    return [_item(feed, entry) for entry in entries]


def _item(feed: str, entry: feedparser.FeedParserDict) -> Item:
    title, summary = clean(entry.get("title", "")), clean(entry.get("summary", ""))
    when = entry.get("published_parsed")
    return Item(
        feed=feed,
        uid=entry.get("id") or f"made of {entry.get('link')}",
        named=bool(entry.get("id")),
        title=title,
        url=entry.get("link", ""),
        summary=summary,
        published=datetime(*when[:6], tzinfo=UTC) if when else None,
        fingerprint=fingerprint_of(title, summary, ""),
    )


def _replayed(documents: Sequence[Sequence[Item]]) -> Memory:
    memory = Memory()
    for items in documents:
        memory.read(*items)
        assert memory.read(*items) == []
    return memory


@pytest.mark.parametrize(
    ("publisher", "items", "revisions"), [("gov_online_jp", 684, 3), ("whitehouse", 269, 1)]
)
def test_polled_snapshots_give_each_item_once(publisher: str, items: int, revisions: int) -> None:
    files = sorted(real(f"feeds/polled/{publisher}").rglob("*.*"), key=lambda path: path.name)
    memory = _replayed([parsed(publisher, path.read_bytes()) for path in files])
    assert Counter(change.kind for change in memory.changes) == {"new": items, "revised": revisions}
    assert len({(one.url, one.title) for one in memory.items.values()}) == items


def test_every_edited_title_is_a_revision_and_no_new_item() -> None:
    lines = real("headlines/title_changes.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if not row["feed"].startswith("t-ashula")]
    documents: defaultdict[tuple[int, str], list[Item]] = defaultdict(list)
    expected = 0
    for row in rows:
        words = [fingerprint_of(clean(title), "", "") for title in row["titles"]]
        expected += sum(one != other for one, other in pairwise(words))
        for n, title in enumerate(row["titles"]):
            one = item(clean(title), feed=row["feed"], uid=row["guid"])
            documents[n, row["feed"]].append(one)
    memories: defaultdict[str, Memory] = defaultdict(Memory)
    for (_, feed), items in sorted(documents.items(), key=lambda pair: pair[0]):
        memories[feed].read(*items)
    kinds = Counter(change.kind for one in memories.values() for change in one.changes)
    assert kinds == {"new": len(rows), "revised": expected}


def test_other_notices_under_one_link_are_other_items() -> None:
    lines = real("headlines/title_changes.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        if row["feed"].startswith("t-ashula"):
            memory = Memory()
            kinds = [memory.read(unnamed(clean(t), row["guid"])) for t in row["titles"]]
            assert kinds[0] == ["new"]
            assert ["new"] in kinds[1:] or len(memory.items) == 1


# Files of one name


HARBOUR = Origin(itself="https://a.test/rss", site="https://www.a.test/", title="Harbour News")


@pytest.mark.parametrize(
    "other",
    [
        Origin(itself="http://A.test/rss/", site="https://b.test/", title="Storms"),
        Origin(site="https://A.test/news", title="HARBOUR NEWS of Nara"),
        Origin(site="https://a.test/"),
        Origin(title="Harbour news, 14 January"),
        Origin(),
    ],
    ids=["address", "host and title", "host", "title", "nothing"],
)
def test_documents_that_agree_in_what_both_state_may_be_one_feed(other: Origin) -> None:
    assert same_publisher(HARBOUR, other)
    assert same_publisher(other, HARBOUR)


@pytest.mark.parametrize(
    "other",
    [
        replace(HARBOUR, itself="https://a.test/storms"),
        Origin(site="https://b.test/", title="Harbour News"),
        Origin(site="https://a.test/", title="Storm warnings"),
        Origin(title="Storm warnings"),
    ],
    ids=["address", "host", "title of one host", "title"],
)
def test_documents_that_contradict_each_other_are_two_feeds(other: Origin) -> None:
    assert not same_publisher(HARBOUR, other)
    assert not same_publisher(other, HARBOUR)


# Links with a new query at each visit


def notice(n: int, title: str = "Notice", **more: object) -> Item:
    return unnamed(title, f"https://m.test/view?sid={n}", **more)


def test_the_same_title_under_a_link_with_another_query_is_the_same_item(memory: Memory) -> None:
    assert memory.read(notice(1)) == ["new"]
    assert memory.read(notice(2)) == []
    assert memory.read(notice(3)) == []


def test_two_queries_in_one_document_are_two_items_from_then_on(memory: Memory) -> None:
    assert memory.read(notice(1)) == ["new"]
    assert memory.read(notice(1), notice(2)) == ["new"]
    assert memory.read(notice(2), notice(3)) == ["new"]
    assert memory.read(notice(3)) == []
    assert memory.read(notice(4), notice(1, "Never seen")) == ["new"] * 2
    assert memory.read(notice(1), notice(5), notice(2, "Never seen")) == ["new"]


def test_two_new_queries_in_one_document_are_two_items(memory: Memory) -> None:
    assert memory.read(notice(1)) == ["new"]
    assert memory.read(notice(2), notice(3)) == ["new"] * 2


def test_another_query_after_two_in_one_document_is_another_item(memory: Memory) -> None:
    memory.read(notice(1), notice(2))
    assert memory.read(notice(3)) == ["new"]


def test_a_briefing_of_every_day_under_one_title_stays_an_item_a_day(memory: Memory) -> None:
    assert memory.read(notice(1, published=NOW)) == ["new"]
    assert memory.read(notice(2, published=NOW + HOUR)) == []
    assert memory.read(notice(3, published=NOW + DAY)) == ["new"]


def test_items_of_one_title_whose_sessions_all_change_are_not_stored_anew(memory: Memory) -> None:
    def poll(n: int) -> list[str]:
        several = [notice(10 * n + i, summary=f"Part {i}") for i in range(3)]
        fixed = unnamed("Fixed", "https://m.test/fixed")
        return memory.read(*several, notice(10 * n + 5, "Other"), fixed)

    assert poll(1) == ["new"] * 5
    assert [poll(n) for n in range(2, 6)] == [[]] * 4
    edited = notice(65, "Other", summary="As amended.")
    assert memory.read(notice(60, summary="Part 0"), edited, notice(66, "Unheard of")) == [
        "revised",
        "new",
    ]


def test_an_edit_under_a_new_session_is_a_revision(memory: Memory) -> None:
    memory.read(notice(1))
    assert memory.read(notice(2, summary="As amended.")) == ["revised"]


def test_a_pruned_notice_under_a_new_session_is_not_new_again(memory: Memory) -> None:
    memory.read(notice(1))
    memory.prune()
    assert memory.read(notice(2)) == []


def test_an_item_with_an_id_is_not_known_by_its_page(memory: Memory) -> None:
    assert memory.read(item("Notice", uid="1", url="https://m.test/view?id=1")) == ["new"]
    assert memory.read(item("Notice", uid="2", url="https://m.test/view?id=2")) == ["new"]
