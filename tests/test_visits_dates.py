"""Days of visits: what each language calls them, made whole by the day of publication."""

from __future__ import annotations

from datetime import date

import pytest

from sigtrack.analyze.visits.dates import dates_in
from sigtrack.model import Phase

TODAY = date(2026, 1, 14)  # a Wednesday


def days(text: str, lang: str, phase: Phase = Phase.PLANNED, today: date = TODAY):
    return [(when.first, when.last) for when in dates_in(text, lang, today, phase)]


@pytest.mark.parametrize(
    ("text", "lang", "first", "last"),
    [
        ("from Jan 20 to 23", "en", "2026-01-20", "2026-01-23"),
        ("20 22 January", "en", "2026-01-20", "2026-01-22"),
        ("on Friday", "en", "2026-01-16", None),
        ("in early March", "en", "2026-03", None),
        ("tomorrow", "en", "2026-01-15", None),
        ("next month", "en", "2026-02", None),
        ("내달 4~7일", "ko", "2026-02-04", "2026-02-07"),
        ("23~24일 방일", "ko", "2026-01-23", "2026-01-24"),
        ("23일부터 24일까지 방일", "ko", "2026-01-23", "2026-01-24"),
        ("5월 중순", "ko", "2026-05", None),
        ("모레 아닌 내일", "ko", "2026-01-15", None),
        ("3月中旬", "ja", "2026-03", None),
        ("31日に来日", "ja", "2026-01-31", None),
        ("27日から29日まで", "ja", "2026-01-27", "2026-01-29"),
        ("1月20日至23日", "zh", "2026-01-20", "2026-01-23"),
        ("下周", "zh", "2026-01", None),
        ("2027年4月5日", "ja", "2027-04-05", None),
        ("1 20訪美", "zh", "2026-01-20", None),  # 1/20, as folded
    ],
)
def test_a_day_is_found_and_made_whole(text, lang, first, last):
    assert days(text, lang)[0] == (first, last)


def test_a_bare_day_lies_ahead_of_plans_and_behind_what_is_over():
    assert days("3日に到着", "ja", Phase.PLANNED) == [("2026-02-03", None)]
    assert days("10日に到着", "ja", Phase.DONE) == [("2026-01-10", None)]


def test_a_weekday_lies_ahead_of_plans_and_behind_the_rest():
    assert days("on Monday", "en", Phase.PLANNED) == [("2026-01-19", None)]
    assert days("on Monday", "en", Phase.ONGOING) == [("2026-01-12", None)]
    assert days("on Wednesday", "en", Phase.ONGOING) == [("2026-01-14", None)]


@pytest.mark.parametrize("phase", [Phase.ONGOING, Phase.DONE])
def test_a_weekday_that_is_tomorrow_is_tomorrow_for_further_east_it_has_begun(phase: Phase) -> None:
    assert days("on Thursday", "en", phase) == [("2026-01-15", None)]
    assert days("on Friday", "en", phase) == [("2026-01-09", None)]


def test_a_week_in_two_months_has_no_month():
    assert days("this week", "en", today=date(2026, 1, 28)) == []
    assert days("下周", "zh", today=date(2026, 1, 22)) == []
    assert days("this week", "en") == [("2026-01", None)]


def test_a_length_in_years_is_no_year_of_a_visit():
    assert days("3年内第二次 荷兰首相4月将访华", "zh") == [("2026-04", None)]


def test_months_go_over_the_turn_of_the_year():
    assert days("내달 4∼7일", "ko", today=date(2025, 12, 30)) == [("2026-01-04", "2026-01-07")]
    assert days("Jan 4", "en", today=date(2025, 12, 30)) == [("2026-01-04", None)]
    assert days("12月28日", "zh", Phase.DONE, date(2026, 1, 3)) == [("2025-12-28", None)]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("1박 2일 일정", "ko"),
        ("2泊3日の日程", "ja"),
        ("3日間の訪問", "ja"),
        ("22日まで滞在", "ja"),
        ("stays until Friday", "en"),
        ("대변인이 15일 밝혔다", "ko"),
        ("外交部30日宣布", "zh"),
        ("may 5 people", "en"),
    ],
)
def test_lengths_ends_and_days_of_reporting_are_no_beginning(text, lang):
    found = days(text, lang)
    assert not found or text.startswith("may")
