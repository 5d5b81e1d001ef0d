"""A day that a text tells is one of its publisher's calendar, whoever reads it and wherever."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import Begun, Desk
from feed_server import Site
from matching import hit, item, signal
from sigtrack.analyze.visits.reader import VisitReader
from sigtrack.app.rules import rules_of
from sigtrack.lexicon.zones import publishers_time
from sigtrack.model import Actor, Item, Signal, Tenure, Watchlist
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.store.sql.database import schema_steps
from sigtrack.store.sqlite import prepare
from sigtrack.store.sqlite.connection import SqliteDatabase
from sigtrack.watch import shipped_text
from sigtrack.watch.actors import load_actors
from stored import NOW, poll

ZONES = ("UTC", "America/Los_Angeles", "Asia/Seoul", "Pacific/Kiritimati")
HALF_PAST_ELEVEN = "2026-01-12T23:30:00+00:00"  # half past eight on the 13th in Seoul
LIST = """\
format = 1
id = "days"

[[signal]]
id = "from-the-13th"
from = 2026-01-13
any = ["lighthouse", "등대"]

[[signal]]
id = "until-the-12th"
until = 2026-01-12
any = ["lighthouse", "등대"]

[[signal]]
id = "to-japan"
visit = "@KR > @JP"

[[signal]]
id = "korean"
any = ["@KR"]

[[expect]]
id = "news"
after = 2026-01-13
by = 2026-01-20
signals = ["days"]
"""
ROWS = """\
{"id": "ko", "source": "haean", "lang": "ko", "published": "2026-01-12T23:30:00Z", "title": "이재명 대통령, 오늘 일본 방문… 등대도"}
{"id": "us", "source": "coast", "lang": "en", "published": "2026-01-12T18:30:00-05:00", "title": "Lee arrives in Japan on Monday, sees lighthouse"}
{"id": "day", "source": "coast", "lang": "en", "published": "2026-01-13", "title": "A lighthouse is lit"}
"""


@pytest.fixture(scope="session")
def actors() -> dict[str, Actor]:
    return dict(load_actors(shipped_text("actors.toml"), None)[0])


@pytest.fixture(scope="session")
def some(actors: dict[str, Actor]) -> dict[str, Actor]:
    return {id: one for id, one in actors.items() if one.country in ("KR", "JP")}


@pytest.fixture(scope="session")
def visits(some: dict[str, Actor]) -> VisitReader:
    return VisitReader(some)


@contextmanager
def reader_in(zone: str) -> Iterator[None]:
    """The machine of somebody who lives there."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        del os.environ["TZ"]
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


@pytest.fixture
def week(begun: Begun) -> Desk:
    return begun(watch)


def watch(desk: Desk) -> None:
    desk.watch(LIST, "days")
    desk.run("watchlists", "check")
    (desk.home / "week.jsonl").write_text(ROWS, encoding="utf-8")


def told(desk: Desk, **environment: str) -> list[tuple[str, str]]:
    rows = desk.run("report", "--since", "all", "-w", "days", "-f", "jsonl", **environment).records
    return sorted((row["uid"], row["signal"]) for row in rows)


def days_of_visits(desk: Desk, **environment: str) -> list[str]:
    options = ("--since", "all", "--by", "item", "-f", "jsonl")
    rows = desk.run("visits", *options, **environment).records
    return sorted(row["date"] for row in rows)


def test_today_in_a_korean_text_of_half_past_eight_in_seoul_is_that_day(
    actors: dict[str, Actor],
) -> None:
    reader = VisitReader(actors)
    seen = datetime.fromisoformat(HALF_PAST_ELEVEN)
    for zone, day in (("Asia/Seoul", "2026-01-13"), ("America/New_York", "2026-01-12")):
        one = item(
            "이재명 대통령, 오늘 일본 방문",
            published=publishers_time(seen, zone, "ko"),
            language="ko",
        )
        assert [visit.date for visit in reader.visits(one)] == [day]


def test_from_and_until_are_days_of_the_publisher() -> None:
    seen = datetime.fromisoformat(HALF_PAST_ELEVEN)
    began = signal("light", since=date(2026, 1, 13))
    ended = signal("light", until=date(2026, 1, 12))
    korean = item("A light", published=publishers_time(seen, "Asia/Seoul", None))
    american = item("A light", published=publishers_time(seen, "America/New_York", None))
    assert hit(began, korean) and not hit(ended, korean)
    assert hit(ended, american) and not hit(began, american)


def test_who_is_in_office_is_asked_of_the_publisher_s_day() -> None:
    tenure = Tenure(office="head-of-state", since=date(2026, 1, 13))
    lee = Actor(id="lee", kind="person", country="KR", names=("Lee Example",), tenures=(tenure,))
    gazetteer = {"lee": lee, "KR": Actor(id="KR", kind="country", country="KR")}
    seen = datetime.fromisoformat(HALF_PAST_ELEVEN)
    for zone, is_in_office in (("Asia/Seoul", True), ("America/New_York", False)):
        one = item("Lee Example speaks", published=publishers_time(seen, zone, None))
        assert (hit(signal("@KR"), one, gazetteer) is not None) is is_in_office


@pytest.mark.parametrize("zone", ZONES)
def test_hits_visits_and_expectations_do_not_depend_on_the_reader_s_zone(
    week: Desk, zone: str
) -> None:
    week.run("import", week.home / "week.jsonl", TZ=zone)
    hits, visits = told(week, TZ=zone), days_of_visits(week, TZ=zone)
    assert {uid for uid, signal in hits if signal == "from-the-13th"} == {"ko", "day"}
    assert {uid for uid, signal in hits if signal == "until-the-12th"} == {"us"}
    assert visits == ["2026-01-12", "2026-01-13"]
    expected = week.run("expect", "-f", "jsonl", TZ=zone).records
    assert [(one["status"], one["seen"]) for one in expected] == [("seen", "2026-01-13")]


@pytest.mark.parametrize("zone", ZONES)
def test_nor_do_they_on_the_zone_of_the_config(week: Desk, zone: str) -> None:
    (week.config / "config.toml").write_text(f'timezone = "{zone}"\n', encoding="utf-8")
    week.run("import", week.home / "week.jsonl")
    there = told(week), days_of_visits(week)
    (week.config / "config.toml").unlink()
    week.run("rematch", "--since", "all")
    assert there == (told(week), days_of_visits(week))


RULES = st.builds(
    signal,
    st.sampled_from(["light", "@KR"]),
    since=st.sampled_from([None, date(2026, 1, 12), date(2026, 1, 13)]),
    until=st.sampled_from([None, date(2026, 1, 13), date(2026, 1, 14)]),
)
ITEMS = st.builds(
    lambda title, minutes, zone, language: item(
        title,
        language=language,
        published=publishers_time(
            datetime(2026, 1, 12, tzinfo=UTC) + timedelta(minutes=minutes), zone, language
        ),
    ),
    st.sampled_from(
        ["A light in Seoul", "이재명 대통령, 오늘 일본 방문", "Lee arrives in Tokyo on Tuesday"]
    ),
    st.integers(0, 3 * 24 * 60),
    st.sampled_from(["", "Asia/Seoul", "America/New_York"]),
    st.sampled_from([None, "ko", "en"]),
)


@given(rule=RULES, one=ITEMS, zone=st.sampled_from(ZONES))
def test_matching_and_reading_never_ask_where_the_machine_stands(
    some: dict[str, Actor], visits: VisitReader, rule: Signal, one: Item, zone: str
) -> None:
    found = []
    for where in ("UTC", zone):
        with reader_in(where):
            matcher = rules_of([Watchlist(id="w", signals=(rule,))], some).matcher()
            found.append((matcher.hits(one), visits.visits(one)))
    assert found[0] == found[1]


# What is kept, and what an edit of the catalogue changes


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with open_store(str(tmp_path / "s.db")) as store:
        yield store


def days(store: Store) -> list[tuple[str, str | None]]:
    return sorted(
        (one.moment.date().isoformat(), one.item.published.date().isoformat())
        for one in store.items(Query())
        if one.item.published
    )


def test_the_store_keeps_the_offset_that_was_written(store: Store) -> None:
    written = datetime.fromisoformat("2026-01-14T08:30:00+09:00")
    poll(store, [item(published=written, fingerprint="x")])
    (one,) = store.items(Query())
    assert one.item.published == written
    assert days(store) == [("2026-01-14", "2026-01-14")]


def test_the_zone_of_a_feed_counts_for_what_is_stored_already(store: Store) -> None:
    late = datetime(2026, 1, 13, 23, 30, tzinfo=UTC)
    poll(store, [item(published=late, fingerprint="x")], at=late)
    assert days(store) == [("2026-01-13", "2026-01-13")]
    store.keep_zones({"f": "Asia/Seoul"})
    assert days(store) == [("2026-01-14", "2026-01-14")]
    store.keep_zones({"other": "Asia/Tokyo"})  # says nothing of f
    assert days(store) == [("2026-01-14", "2026-01-14")]
    store.keep_zones({"f": ""})
    assert days(store) == [("2026-01-13", "2026-01-13")]


def test_only_a_feed_with_items_that_goes_by_another_clock_is_matched_again(store: Store) -> None:
    seen = NOW - timedelta(hours=1)
    poll(store, [item(feed="a", published=seen, fingerprint="x")])
    poll(store, [item(feed="b", published=seen, fingerprint="x")])
    prints = {"w": "1"}

    def match() -> None:
        for batch in store.batches(prints):
            store.save_hits(batch, (), NOW)

    match()
    store.keep_zones({"new": "Asia/Seoul"})
    assert store.pending(prints) == 0
    store.keep_zones({"b": "Asia/Seoul", "new": "Asia/Seoul"})
    assert store.pending(prints) == 1
    match()
    store.keep_zones({"b": "Asia/Seoul"})
    assert store.pending(prints) == 0
    store.keep_zones({"a": "Asia/Tokyo"})
    assert store.pending(prints) == 2


def test_items_of_before_the_upgrade_get_the_day_of_their_feed_s_zone(tmp_path) -> None:
    before = next(
        n for n, step in enumerate(schema_steps()) if any("COLUMN offset" in s for s in step)
    )
    path = tmp_path / "old.db"
    database = SqliteDatabase(path, mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[:before])
    at = round(datetime(2026, 1, 13, 23, 30, tzinfo=UTC).timestamp() * 1e6)
    database.execute("INSERT INTO items VALUES (1, 'abc', 'f', 'u', ?, 1, NULL)", (at,))
    database.execute("INSERT INTO texts VALUES (1, 0, 'A light', '', '')")
    database.execute(
        """
        INSERT INTO revisions (number, item, revision, moment, published, language, url, imported,
            named, fingerprint, text)
        VALUES (1, 1, 1, ?, ?, 'en', '', 0, 1, 'x', 1)
        """,
        (at, at),
    )
    database.close()
    with open_store(str(path)) as store:
        assert days(store) == [("2026-01-13", "2026-01-13")]
        store.keep_zones({"f": "Asia/Seoul"})
        assert days(store) == [("2026-01-14", "2026-01-14")]


def document(date: str) -> bytes:
    item = f"<item><guid>1</guid><title>A lighthouse</title><pubDate>{date}</pubDate></item>"
    return f"<rss version='2.0'><channel>{item}</channel></rss>".encode()


def test_a_timezone_written_into_feeds_toml_moves_the_hits_with_the_next_run(
    week: Desk, site: Site
) -> None:
    url = site.serve("/", document("Mon, 12 Jan 2026 23:30:00 GMT"))
    week.feeds({"harbour": url})
    week.run("fetch")
    assert told(week) == [("1", "until-the-12th")]
    week.feeds({"harbour": url}, 'country = "KR"')
    week.run("fetch")
    assert told(week) == [("1", "from-the-13th")]
    week.feeds({"harbour": url}, 'country = "KR"\ntimezone = "America/New_York"')
    week.run("rematch")
    assert told(week) == [("1", "until-the-12th")]


def test_a_time_without_a_zone_is_read_by_the_timezone_of_the_feed(week: Desk, site: Site) -> None:
    url = site.serve("/", document("12 Jan 2026 23:30:00"))
    week.feeds({"harbour": url}, 'country = "KR"\ntimezone = "Asia/Singapore"')
    week.run("fetch")
    (row,) = week.run("search", "lighthouse", "-f", "jsonl").records
    assert row["published"] == "2026-01-12T15:30:00+00:00"
    assert told(week) == [("1", "until-the-12th")]


def test_what_is_shown_is_told_in_the_reader_s_zone(week: Desk) -> None:
    week.run("import", week.home / "week.jsonl")
    for zone, shown in (("Asia/Seoul", "2026-01-13T08:30"), ("UTC", "2026-01-12T23:30")):
        rows = week.run("report", "--since", "all", "-f", "jsonl", TZ=zone).records
        assert {row["published"][:16] for row in rows if row["uid"] == "ko"} == {shown}
