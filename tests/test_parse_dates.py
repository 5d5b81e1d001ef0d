"""Dates as publishers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.parse.dates import local_zone, parse_date

SEOUL = local_zone("KR", None)
BEIJING = local_zone(None, "zh-Hant")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "written",
    [
        "Tue, 24 Nov 2026 00:30:00 GMT",
        "Tue, 24 Nov 2026 09:30:00 KST",
        "Tue, 24 Nov 2026 09:30:00 JST",
        "Tue, 24 Nov 2026 09:30:00 +0900",
        "Tue, 24 Nov 2026 09:30:00 +0900 (KST)",
        "Tue,24 Nov 2026 9:30:0 GMT+9",
        "Tue, 24 Nov 26 09:30 UTC+09:00",
        "24 Nov 2026 00:30 UT",
        "Mon, 23 Nov 2026 19:30:00 EST",
        "Mon, 23 Nov 2026 14:30:00 HST",
        "Tue Nov 24 09:30:00 KST 2026",
        "Tue Nov 24 00:30:00 2026",
        "Tue, 24-Nov-2026 00:30:00 GMT",
        "November 24, 2026 12:30 AM UTC",
        "Nov 24th, 2026 - 00:30",
        "2026-11-24T00:30:00Z",
        "2026-11-24T00:30:00.000Z",
        "2026-11-24T09:30:00+09:00",
        "2026-11-24T09:30:00+0900",
        "2026-11-24T09:30:00+09",
        "2026-11-24t0930+0900",
        "2026-W48-2T00:30:00Z",
        "2026-328T00:30Z",
        "20261124T003000Z",
        "20261124003000",
        "2026/11/24 00:30",
        "２０２６年１１月２４日 0時30分",
        "1795480200",
        "1795480200000",
        "24 de noviembre de 2026 00:30",
        "mar., 24 nov. 2026 01:30:00 +0100",
        "Tue 24 Nov 09:30:00 KST 2026",
        "Tue, 24 Nov 2026 09:30:00 Asia/Seoul",
        "Mon, 23 Nov 2026 16:30:00 America/Los_Angeles",
        "2026-11-23 21:30 America/Argentina/Buenos_Aires",
        "2026-11-24T09:30:00+09:00[Asia/Seoul]",
        "2026-11-24T09:30:00[Asia/Seoul]",
        "2026-11-24 09:30 (Asia/Tokyo)",
        "2026-11-24 00:30 Etc/UTC",
    ],
)
def test_one_moment_is_understood_in_many_forms(written):
    assert parse_date(written) == utc(2026, 11, 24, 0, 30)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24 15:05:00",
        "2026-11-24T15:05",
        "2026. 11. 24. 오후 3:05",
        "2026년 11월 24일 화요일 오후 3시 5분",
        "2026年11月24日(火) 15時05分",
        "2026年11月24日 星期二 下午3:05",
        "2026.11.24 15:05",
        "2026-11-24 (화) 15:05",
        "令和8年11月24日 午後3時5分",
        "11/24/2026 3:05 p.m.",
    ],
)
def test_a_time_without_zone_is_the_publishers_own(written):
    assert parse_date(written) == utc(2026, 11, 24, 15, 5)
    assert parse_date(written, SEOUL) == utc(2026, 11, 24, 6, 5)
    assert parse_date(written, BEIJING) == utc(2026, 11, 24, 7, 5)


@pytest.mark.parametrize(
    "written",
    ["2026/11/24", "2026.11.24", "2026年11月24日", "2026. 11. 24.(화)", "20261124", "2026-11-24",
     "Tue, 24 Nov 2026", "24/11/2026", "令和8年11月24日", "2026-W48-2", "2026-11-24+09:00"],
)  # fmt: skip
def test_a_day_without_time_is_that_day_in_greenwich_and_seoul(written):
    moment = parse_date(written, SEOUL)
    assert moment == utc(2026, 11, 24)
    assert moment.astimezone(SEOUL).date() == moment.date()


def test_a_month_or_a_year_is_its_first_day():
    assert parse_date("2026-11") == utc(2026, 11, 1)
    assert parse_date("2026") == utc(2026, 1, 1)


def test_cst_is_chinese_for_a_chinese_publisher_and_american_else():
    assert parse_date("Tue, 24 Nov 2026 09:30:00 CST", BEIJING) == utc(2026, 11, 24, 1, 30)
    assert parse_date("Tue, 24 Nov 2026 09:30:00 CST") == utc(2026, 11, 24, 15, 30)


@pytest.mark.parametrize(
    "written",
    ["Tue, 13 Jan 14:00:00 GMT", "Mon, 2 Jan 15:04:05 MST", "13 Jan 14:00", "2 Jan 15h04",
     "13 Jan 14.00", "13 January 14 : 00"],
)  # fmt: skip
def test_an_hour_is_not_taken_for_a_year_that_is_missing(written):
    assert parse_date(written) is None


def test_a_named_zone_has_its_summer_time():
    assert parse_date("2026-07-01 12:00 America/Los_Angeles") == utc(2026, 7, 1, 19)
    assert parse_date("2026-01-01 12:00 America/Los_Angeles", SEOUL) == utc(2026, 1, 1, 20)


@pytest.mark.parametrize("zone", ["Asia/Soul", "America/Indiana", "Mars/Olympus_Mons"])
def test_a_time_in_a_zone_that_is_unknown_here_is_no_date(zone):
    assert parse_date(f"2026-11-24 09:30 {zone}", SEOUL) is None
    assert parse_date(f"2026-11-24T09:30:00+09:00[{zone}]") == utc(2026, 11, 24, 0, 30)


def test_the_end_of_a_day_and_a_leap_second_exist():
    assert parse_date("2026-11-24T24:00:00Z") == utc(2026, 11, 25)
    assert parse_date("2026-12-31T23:59:60Z") == utc(2026, 12, 31, 23, 59, 59)


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "01/02/2026", "Tue, 31 Feb 2026 00:00:00 GMT", "2026-13-01", "0001-01-01",
     "9999-12-31T23:59:59Z", "2103-01-01", "Tue, 24 Foo 2026", "2026-11-24T27:00:00Z", "2026-366",
     "1" * 5000, "2026-11-24" + " " * 200 + "x", "٢٠٢٦-١٣-٤٠", "99999999999"],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two_is_none(written):
    assert parse_date(written) is None


def test_the_zone_is_that_of_the_feed_before_that_of_the_country_before_that_of_the_language():
    written = "2026-01-13 09:30"
    assert parse_date(written, local_zone("US", "ko", "Asia/Taipei")) == utc(2026, 1, 13, 1, 30)
    assert parse_date(written, local_zone("US", "ko")) == utc(2026, 1, 13, 14, 30)
    assert local_zone("JP", "en").utcoffset(None) == timedelta(hours=9)
    assert local_zone(None, "ja-JP").utcoffset(None) == timedelta(hours=9)
    assert local_zone("ZZ", "ko") is local_zone(None, None) is UTC


def test_a_date_keeps_the_offset_that_was_written():
    for written, hours in (
        *(("2026-01-13T09:30:00+09:00", 9), ("Tue, 13 Jan 2026 09:30:00 EST", -5)),
        *(("2026-01-13T09:30:00Z", 0), ("2026-01-13", 0)),
    ):
        assert parse_date(written, BEIJING).utcoffset() == timedelta(hours=hours)
    assert parse_date("2026-01-13 09:30", BEIJING).utcoffset() == timedelta(hours=8)


@given(st.text(max_size=60) | st.from_regex(r"[0-9/.: T+-]{1,30}", fullmatch=True))
def test_any_text_gives_a_sensible_moment_or_none(written):
    moment = parse_date(written)
    assert moment is None or 1900 <= moment.astimezone(UTC).year <= 2100


@given(st.integers(-2_208_000_000, 4_133_000_000))
def test_what_python_writes_is_read_back(seconds):
    moment = datetime.fromtimestamp(seconds, UTC)
    assert parse_date(moment.isoformat()) == moment
    assert parse_date(moment.astimezone(SEOUL).isoformat()) == moment
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S GMT")) == moment
