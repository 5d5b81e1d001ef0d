"""Clocks that are wrong: the publisher's, and the machine's own.

Nothing is lost, and nothing is shown twice. What is new goes by the order of rows.
"""

from __future__ import annotations

import pytest

from desk import Desk
from feed_server import Site

NOWS = (  # of one machine whose clock is set, reset, and runs down
    *("2026-01-14T12:00:00Z", "2031-05-01T00:00:00Z", "1970-01-01T00:00:30Z"),
    *("2026-01-14T11:59:59Z", "2099-12-31T23:59:59Z", "2026-01-15T12:00:00Z"),
)
DATES = (
    *("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2099 00:00:00 GMT", "", "31 Feb 2026"),
    *(
        "the day before yesterday",
        "0000-00-00T00:00:00Z",
        "99999-01-01",
        "Wed, 14 Jan 2026 11:00:00 GMT",
    ),
    *("1 Jan 0001 00:00 +1400", "31 Dec 9999 23:59:59 -1200"),
)


def document(titles: dict[str, str]) -> bytes:
    """A feed with these titles, and the date of each as the publisher writes it."""
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title>"
        + (f"<pubDate>{date}</pubDate></item>" if date else "</item>")
        for title, date in titles.items()
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def titles(desk: Desk, since: str, now: str) -> list[str]:
    options = ("--since", since, "-n", "0", "-f", "jsonl")
    return sorted(r["title"] for r in desk.run("report", *options, SIGTRACK_NOW=now).records)


def test_items_with_nonsense_dates_are_all_kept_and_reported_when_they_came(
    desk: Desk, site: Site
) -> None:
    dated = {f"Lighthouse {n}": date for n, date in enumerate(DATES)}
    desk.feeds({"harbour": site.serve("/", document(dated))})
    assert f"{len(DATES)} new items, {len(DATES)} new hits" in desk.run("fetch").out
    assert titles(desk, "7d", NOWS[0]) == sorted(dated)
    assert titles(desk, "last-fetch", NOWS[0]) == sorted(dated)
    assert "0 new items, 0 new hits" in desk.run("fetch").out
    shown = desk.run("report", "-f", "jsonl").records
    published = {r["title"]: r["published"] for r in shown}
    assert published["Lighthouse 0"].startswith("1970-01-01")
    assert published["Lighthouse 1"].startswith("2099-01-01")
    assert all(published[f"Lighthouse {n}"] is None for n in (2, 3, 4, 5, 6))
    for format in ("table", "md", "csv", "json"):
        desk.run("report", "-f", format, TZ="Pacific/Kiritimati")


@pytest.mark.slow
def test_a_clock_that_jumps_back_and_forth_loses_nothing_and_shows_nothing_twice(
    desk: Desk, site: Site
) -> None:
    known: dict[str, str] = {}
    told: list[str] = []
    for n, now in enumerate(NOWS):
        fresh = {f"Lighthouse {n}-{k}": DATES[(n + k) % len(DATES)] for k in range(3)}
        known |= fresh
        desk.feeds({"harbour": site.serve("/", document(known), Cache_Control="max-age=3600")})
        done = desk.run("fetch", SIGTRACK_NOW=now)
        assert "1 feed asked: 3 new items, 3 new hits" in done.out, (now, done)
        assert titles(desk, "last-fetch", now) == sorted(fresh)
        told += titles(desk, "last-fetch", now)
        assert titles(desk, "all", now) == sorted(known)
    assert sorted(told) == sorted(known)
    assert "0 new items, 0 new hits" in desk.run("fetch", "harbour", SIGTRACK_NOW=NOWS[2]).out
    assert titles(desk, "last-fetch", NOWS[2]) == []
    assert desk.run("db", "check").code == 0


@pytest.mark.slow
def test_what_is_new_since_the_last_look_does_not_depend_on_the_clock(
    desk: Desk, site: Site
) -> None:
    known: dict[str, str] = {}
    for n, now in enumerate(NOWS):
        known[f"Lighthouse {n}"] = ""
        desk.feeds({"harbour": site.serve("/", document(known))})
        desk.run("fetch", "-q", SIGTRACK_NOW=now)
        out = desk.run("report", "--since", "all", SIGTRACK_NOW=now).out
        assert out.count("●") == 1, (now, out)
        assert f"●  seen {now[:10]}" in out
        assert "●" not in desk.run("report", "--since", "all", SIGTRACK_NOW=now).out


@pytest.mark.parametrize("later", NOWS[1:3])
def test_a_failing_feed_is_asked_again_however_wrong_the_clock_was(
    desk: Desk, site: Site, later: str
) -> None:
    desk.feeds({"harbour": site.serve("/", b"", 503, Retry_After="86400")})
    desk.run("fetch", SIGTRACK_NOW=later, code=69)
    desk.feeds({"harbour": site.serve("/", document({"Lighthouse": ""}))})
    assert "1 new item, 1 new hit" in desk.run("fetch").out


def test_a_name_in_tz_that_no_zone_has_is_told_and_other_forms_are_for_the_machine(
    desk: Desk,
) -> None:
    refused = desk.run("config", "show", code=2, TZ="Asia/Soul")
    assert "timezone 'Asia/Soul' in TZ is not known" in refused.err
    for posix in ("KST-9", "CET-1CEST,M3.5.0/2,M10.5.0/3", "<+09>-9", "/usr/share/zoneinfo/Japan"):
        desk.run("config", "show", TZ=posix)
