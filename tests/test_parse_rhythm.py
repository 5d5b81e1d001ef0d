"""When a publisher wants to be asked, as documents say it in three ways."""

from __future__ import annotations

import pytest

from sigtrack.parse import parse_feed, rhythm_of

HOUR = 3600.0
DAY = 24 * HOUR
ITEM = "<item><title>A</title><ttl>1</ttl><hour>3</hour></item>"


def rss(about: str) -> str:
    return f"<rss version='2.0'><channel><title>Nara</title>{about}{ITEM}</channel></rss>"


@pytest.mark.parametrize(
    ("about", "seconds"),
    [
        ("", None),
        ("<ttl>60</ttl>", HOUR),
        ("<ttl> <![CDATA[ 90 ]]></ttl>", 1.5 * HOUR),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<ttl>99999999</ttl>", DAY),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        (
            "<sy:updatePeriod>\n hourly\n</sy:updatePeriod>"
            "<sy:updateFrequency>\n2</sy:updateFrequency>",
            HOUR / 2,
        ),
        ("<syn:updateFrequency>4</syn:updateFrequency>", 6 * HOUR),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", DAY),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            DAY,
        ),
        ("<ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod>", HOUR / 2),
    ],
)
def test_the_time_between_two_requests_is_that_of_the_channel(about, seconds):
    assert rhythm_of(rss(about)) == (seconds, 0)
    parsed = parse_feed(rss(about).encode(), feed="nara")
    assert (parsed.ttl, parsed.quiet) == (seconds, 0)


@pytest.mark.parametrize(
    ("about", "hours"),
    [
        ("<skipHours><hour>0</hour><hour>24</hour></skipHours>", {n * 24 for n in range(7)}),
        ("<skipDays><day>Sunday</day></skipDays>", set(range(144, 168))),
        (
            "<skipDays><day>Monday</day></skipDays><skipHours><hour>23</hour></skipHours>",
            {*range(24), *(n * 24 + 23 for n in range(7))},
        ),
        ("<skipDays><day>Someday</day></skipDays><skipHours><hour>x</hour></skipHours>", set()),
        ("".join(f"<hour>{n}</hour>" for n in range(24)), set()),
    ],
)
def test_hours_and_days_to_skip_are_hours_of_the_week(about, hours):
    _, quiet = rhythm_of(rss(f"<ttl>5</ttl>{about}"))
    assert {n for n in range(200) if quiet >> n & 1} == hours
    parsed = parse_feed(rss(about).encode(), feed="nara")
    assert parsed.quiet == quiet
