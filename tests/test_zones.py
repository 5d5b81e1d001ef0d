"""Which day it is where a publisher writes."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.lexicon.zones import known_zones, main_zone, publishers_time, zone_of
from sigtrack.watch import shipped_text
from sigtrack.watch.actors import load_actors

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
TABLE = tomllib.loads(shipped_text("zones.toml"))
NEEDS_DATA = pytest.mark.skipif(
    not zoneinfo.available_timezones(), reason="this machine has no time zone data"
)


def test_every_country_of_the_catalogue_and_of_the_gazetteer_has_a_zone() -> None:
    feeds = tomllib.loads(shipped_text("feeds.toml"))["feed"]
    actors = load_actors(shipped_text("actors.toml"), None)[0].values()
    named = {feed["country"] for feed in feeds if "country" in feed}
    named |= {actor.id for actor in actors if actor.kind == "country"}
    assert [country for country in sorted(named) if not main_zone(country)] == []


@NEEDS_DATA
def test_the_offsets_of_our_table_are_those_of_the_time_zone_database() -> None:
    noons = [datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=7 * n) for n in range(26 * 52)]
    for line in [*TABLE["countries"].values()]:
        name, written, *varies = line.split()
        zone = zoneinfo.ZoneInfo(name)
        offset = datetime.fromisoformat(f"2026-01-01T00:00{written}").utcoffset()
        if varies:
            assert offset == min(t.astimezone(zone).utcoffset() for t in (WINTER, SUMMER)), line
        else:
            assert {t.astimezone(zone).utcoffset() for t in noons} == {offset}, line


def test_without_time_zone_data_seoul_is_known_and_new_york_has_its_winter_time_all_year() -> None:
    program = """
import sys
sys.modules["tzdata"] = None
from datetime import UTC, datetime
from sigtrack.lexicon.zones import has_zone_data, zone_of
july = datetime(2026, 7, 15, 2, tzinfo=UTC)
print(july.astimezone(zone_of("Asia/Seoul")), july.astimezone(zone_of("America/New_York")),
    zone_of("America/Chicago"), has_zone_data(), sep="|")
"""
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told == "2026-07-15 11:00:00+09:00|2026-07-14 21:00:00-05:00|None|False\n"


@pytest.mark.parametrize("name", ["localtime", "Asia/Soul", "", "..", "/etc/localtime", "KST-9"])
def test_what_is_no_zone_everywhere_is_none(name: str) -> None:
    assert zone_of(name) is None
    assert name not in known_zones()


@pytest.mark.parametrize(
    ("written", "zone", "language", "day"),
    [
        ("2026-01-12T23:30:00+00:00", "Asia/Seoul", "en", "2026-01-13"),
        ("2026-01-12T23:30:00+00:00", "America/New_York", "ko", "2026-01-12"),
        ("2026-01-13T01:30:00+00:00", "America/New_York", None, "2026-01-12"),
        ("2026-01-13T08:30:00+09:00", "America/New_York", "ko", "2026-01-12"),  # the zone wins
        ("2026-01-13T08:30:00+09:00", "", "en", "2026-01-13"),  # as it was written
        ("2026-01-12T20:30:00-05:00", "", "ko", "2026-01-12"),
        ("2026-01-12T23:30:00+00:00", "", "ko-KR", "2026-01-13"),
        ("2026-01-12T16:30:00+00:00", "", "zh-Hant", "2026-01-13"),
        ("2026-01-12T23:30:00+00:00", "", "en", "2026-01-12"),
        ("2026-01-12T23:30:00+00:00", "", None, "2026-01-12"),
        ("2026-01-12T23:30:00+00:00", "Nowhere/At_All", "en", "2026-01-12"),
        ("2026-01-13T00:00:00+00:00", "America/New_York", "en", "2026-01-13"),  # a day, no time
        ("2026-01-12T19:00:00-05:00", "America/New_York", "en", "2026-01-12"),
    ],
)
def test_the_day_is_that_of_the_feed_s_zone_else_of_the_offset_else_of_the_language(
    written: str, zone: str, language: str | None, day: str
) -> None:
    moment = publishers_time(datetime.fromisoformat(written), zone, language)
    assert moment == datetime.fromisoformat(written)
    assert moment.date().isoformat() == day


@NEEDS_DATA
def test_summer_time_counts() -> None:
    late = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)
    assert publishers_time(late, "Europe/London", "en").date().isoformat() == "2026-07-15"
    assert publishers_time(late, "Atlantic/Reykjavik", "en").date().isoformat() == "2026-07-14"


@given(
    moment=st.datetimes(timezones=st.timezones() | st.just(UTC)),
    zone=st.sampled_from(["", "Asia/Seoul", "America/New_York", "Pacific/Kiritimati"]),
    language=st.sampled_from([None, "ko", "en"]),
)
def test_it_is_the_same_moment_by_another_clock(
    moment: datetime, zone: str, language: str | None
) -> None:
    told = publishers_time(moment, zone, language)
    assert told - moment == timedelta(0)
    assert publishers_time(told, zone, language) == told
