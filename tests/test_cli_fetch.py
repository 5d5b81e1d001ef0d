"""`sigtrack fetch`, from the command line to the store and back, over HTTP on loopback."""

from __future__ import annotations

import asyncio
import random
import socket
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import NOW, Desk, rss
from feed_server import FeedServer, Request, Site, answer
from matching import signal
from newsroom import Files
from sigtrack.app.fetch import Errand, Fetching, errand_of, fetch, policy_of
from sigtrack.app.fetch_report import exit_code_of, report_of
from sigtrack.app.in_force import Catalogue, Index
from sigtrack.app.rules import Rules, rules_of
from sigtrack.errors import DiskFull
from sigtrack.fetch.policy import News
from sigtrack.model import Feed, FeedState, Fetched, Watchlist, address_key
from sigtrack.parse.workers import LARGE
from sigtrack.present import render
from sigtrack.store import open_store
from sigtrack.store.sql import Store
from sigtrack.store.sql.database import schema_steps
from sigtrack.store.sqlite import prepare
from sigtrack.store.sqlite.connection import SqliteDatabase

LIT = "A lighthouse is lit again"
TITLES = (LIT, "Fog over the harbour", "Nothing to see")
LATER = "2026-01-14T13:00:00+00:00"
HOUR = timedelta(hours=1)


def serve(desk: Desk, site: Site, *titles: str, **headers: str) -> str:
    url = site.serve("/feed.xml", rss(*(titles or TITLES)), **headers)
    desk.feeds({"harbour": url})
    return url


# --- the main job


def test_new_hits_are_shown_with_the_words_that_matched(desk: Desk, site: Site) -> None:
    serve(desk, site)
    done = desk.run("fetch")
    assert "1 feed asked: 3 new items, 2 new hits" in done.out
    assert "A «lighthouse» is lit again" in done.out
    assert "«Fog» over the «harbour»" in done.out
    assert "Nothing to see" not in done.out
    assert done.err == ""


def test_a_second_fetch_in_a_row_asks_conditionally_and_stores_nothing(
    desk: Desk, site: Site
) -> None:
    serve(desk, site, ETag='"1"')
    desk.run("fetch")
    again = desk.run("fetch")
    assert [r.headers.get("if-none-match") for r in site.requests] == [None, '"1"']
    assert again.out == "1 feed asked, 1 not modified: 0 new items, 0 new hits\n"


def test_a_server_without_validators_is_asked_again_and_nothing_is_doubled(
    desk: Desk, site: Site
) -> None:
    serve(desk, site)
    desk.run("fetch")
    assert "1 feed asked: 0 new items, 0 new hits" in desk.run("fetch").out
    assert len(desk.run("search", "lighthouse", "-f", "jsonl").records) == 1


def test_a_feed_that_wants_to_be_left_alone_is_not_asked_unless_it_is_named(
    desk: Desk, site: Site
) -> None:
    serve(desk, site, Cache_Control="max-age=7200")
    desk.run("fetch")
    assert "none of 1 feed is due yet, the next one at 2026-01-14 14:00" in desk.run("fetch").out
    assert len(site.requests) == 1
    desk.run("fetch", "harbour")
    assert len(site.requests) == 2


def test_an_edited_title_is_a_revision_and_no_second_alert(desk: Desk, site: Site) -> None:
    body = rss(LIT)
    url = site.serve("/feed.xml", body)
    desk.feeds({"harbour": url})
    desk.run("fetch")
    site.serve(
        "/feed.xml",
        body.replace(b"<title>A lighthouse is lit again", b"<title>A lighthouse is lit anew"),
    )
    again = desk.run("fetch", SIGTRACK_NOW=LATER)
    assert "0 new items, 1 revised, 0 new hits" in again.out
    assert [r["title"] for r in desk.run("report", "-f", "jsonl", SIGTRACK_NOW=LATER).records] == [
        "A lighthouse is lit anew"
    ]


def test_a_dead_feed_beside_a_healthy_one_is_named_and_costs_nothing(
    desk: Desk, feed_server: FeedServer
) -> None:
    healthy, dead = feed_server.site(), feed_server.site()
    desk.feeds(
        {
            "harbour": healthy.serve("/feed.xml", rss(*TITLES)),
            "wreck": dead.serve("/feed.xml", b"gone wrong", 500),
        }
    )
    done = desk.run("fetch")
    assert "2 feeds asked, 1 failed: 3 new items, 2 new hits" in done.out
    assert "! wreck: answered 500 Internal Server Error" in done.out


def test_a_page_instead_of_a_feed_is_said_to_be_one(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", b"<!doctype html><title>Parked</title>")})
    done = desk.run("fetch", code=69)
    assert "harbour: answered 200 but not with a feed" in done.out


def test_the_machine_format_has_one_object_a_feed(desk: Desk, feed_server: FeedServer) -> None:
    healthy, dead = feed_server.site(), feed_server.site()
    undated = b"<item><title>Ferry</title><pubDate>someday</pubDate></item></channel>"
    document = rss(*TITLES).replace(b"</channel>", undated)
    desk.feeds(
        {
            "harbour": healthy.serve("/feed.xml", document),
            "wreck": dead.serve("/feed.xml", b"", 404),
        }
    )
    by_feed = {r["feed"]: r for r in desk.run("fetch", "--format", "jsonl").records}
    assert list(by_feed["harbour"]) == [
        *("feed", "outcome", "status", "new", "revised", "hits", "seconds", "note")
    ]
    found = {key: by_feed["harbour"][key] for key in ("outcome", "status", "new", "hits", "note")}
    note = 'dates that cannot be read: 1, e.g. "someday"'
    assert found == {"outcome": "fetched", "status": 200, "new": 4, "hits": 2, "note": note}
    assert by_feed["wreck"]["outcome"] == "failed"
    assert by_feed["wreck"]["status"] == 404
    assert by_feed["wreck"]["note"] == "answered 404 Not Found"


def test_the_hits_of_a_fetch_are_those_since_the_last_fetch(desk: Desk, site: Site) -> None:
    serve(desk, site, LIT)
    desk.run("fetch")
    serve(desk, site, LIT, "Another lighthouse is lit")
    desk.run("fetch")
    found = desk.run("report", "--since", "last-fetch", "-f", "jsonl").records
    assert [r["title"] for r in found] == ["Another lighthouse is lit"]


def test_a_first_run_with_hundreds_of_hits_summarises_them(desk: Desk, site: Site) -> None:
    serve(desk, site, *(f"Lighthouse {n} is lit" for n in range(100)))
    done = desk.run("fetch")
    assert "1 feed asked: 100 new items, 100 new hits" in done.out
    assert sum("» 1" in line or "is lit" in line for line in done.lines) == 3
    assert "only the most important of each; for all of them: sigtrack report" in done.out
    assert sum("is lit" in line for line in desk.run("report", "-n", "0").lines) == 100


def test_a_feed_that_names_other_times_than_ours_is_shown_in_ours(desk: Desk, site: Site) -> None:
    serve(desk, site, LIT)
    assert "2026-01-14 20:00" in desk.run("fetch", TZ="Asia/Seoul").out


# --- addresses and files


def test_an_address_is_fetched_without_being_added(desk: Desk, feed_server: FeedServer) -> None:
    known, page = feed_server.site(), feed_server.site()
    desk.feeds({"harbour": known.serve("/feed.xml", rss(LIT))})
    done = desk.run("fetch", known.url("/feed.xml"))  # the address of a feed that we know
    assert "1 feed asked: 1 new item, 1 new hit" in done.out
    stranger = desk.run("fetch", page.serve("/feed.xml", rss(LIT)), code=69)
    assert "allow_private = true would allow it" in stranger.out  # nobody vouched for loopback
    assert [r["feed"] for r in desk.run("feeds", "list", "-f", "jsonl").records] == ["harbour"]


def test_a_file_is_read_like_a_feed(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "saved-feed.xml"
    file.write_bytes(rss(*TITLES))
    assert "1 feed asked: 3 new items, 2 new hits" in desk.run("fetch", file).out
    assert "1 feed asked: 0 new items, 0 new hits" in desk.run("fetch", file).out
    assert {r["source"] for r in desk.run("report", "-f", "jsonl").records} == {"saved-feed"}


def test_what_is_neither_feed_nor_address_nor_file_is_a_usage_error_with_a_guess(
    desk: Desk, site: Site
) -> None:
    serve(desk, site)
    done = desk.run("fetch", "harbor", code=2)
    assert done.out == ""
    assert done.err == (
        "sigtrack: 'harbor' is neither a feed, an address nor a file\n  did you mean harbour?\n"
    )
    assert not desk.db.exists()


# --- quiet, and how it ends


def test_quiet_prints_nothing_when_all_is_well(desk: Desk, site: Site) -> None:
    serve(desk, site)
    done = desk.run("fetch", "--quiet")
    assert (done.out, done.err) == ("", "")
    assert len(desk.run("report", "-f", "jsonl").records) == 2


def test_quiet_names_a_failing_feed_once_after_three_failures_and_six_hours(
    desk: Desk, feed_server: FeedServer
) -> None:
    healthy, dead = feed_server.site(), feed_server.site()
    broken = dead.serve("/feed.xml", b"", 503)
    desk.feeds({"harbour": healthy.serve("/feed.xml", rss(LIT), ETag="1"), "wreck": broken})
    said = [
        desk.run("fetch", "--quiet", SIGTRACK_NOW=f"2026-01-14T{hour:02}:00:00Z").out
        for hour in (0, 4, 8, 18)
    ]
    assert said[:2] == ["", ""]
    assert said[2].startswith("! wreck has not answered for more than 6 hours: answered 503")
    ailing = desk.run("doctor", "-f", "jsonl", SIGTRACK_NOW="2026-01-14T19:00:00Z").records
    assert "1 failed 3 times or more in a row: wreck" in [one["finding"] for one in ailing]
    assert said[3] == ""
    dead.serve("/feed.xml", rss(LIT))
    back = desk.run("fetch", "--quiet", "harbour", "wreck", SIGTRACK_NOW="2026-01-15T20:00:00Z")
    assert back.out == "✓ wreck answers again\n"


def test_every_feed_failing_exits_with_69(desk: Desk, feed_server: FeedServer) -> None:
    sites = [feed_server.site(), feed_server.site()]
    desk.feeds({f"wreck{n}": s.serve("/", b"", 500) for n, s in enumerate(sites)})
    assert "2 feeds asked, 2 failed" in desk.run("fetch", code=69).out
    assert "none of 2 feeds is due yet" in desk.run("fetch").out  # left alone for half an hour


def test_strict_exits_with_3_if_any_feed_failed_and_69_if_every_one_did(
    desk: Desk, feed_server: FeedServer
) -> None:
    healthy, dead = feed_server.site(), feed_server.site()
    desk.feeds({"a": healthy.serve("/", rss(LIT)), "b": dead.serve("/", b"", 500)})
    assert "1 failed: 1 new item, 1 new hit" in desk.run("fetch", "--strict", code=3).out
    desk.run("fetch", "--strict", "b", code=69)


def test_a_feed_that_is_gone_pauses_itself_says_so_and_can_be_resumed(
    desk: Desk, site: Site
) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", b"", 410)})
    assert "harbour: is gone (410)" in desk.run("fetch", code=69).out
    listed = desk.run("feeds", "list", "--all", "-f", "jsonl").records
    assert listed[0]["paused"] == "the publisher says that it is gone (410)"
    assert "there is no feed to ask" in desk.run("fetch").out
    site.serve("/feed.xml", rss(LIT))
    desk.run("feeds", "pause", "--off", "harbour")
    assert "1 new item" in desk.run("fetch").out


def test_a_permanent_redirect_is_remembered(desk: Desk, site: Site) -> None:
    new = site.serve("/new.xml", rss(LIT))
    desk.feeds({"harbour": site.redirect("/old.xml", new, 301)})
    desk.run("fetch")
    desk.run("fetch")
    assert [r.target for r in site.requests] == ["/old.xml", "/new.xml", "/new.xml"]


# --- a feed that moves, and one whose address is edited


def asked(site: Site) -> list[tuple[str, str | None]]:
    """Path and If-None-Match of each request since the last time; they are forgotten."""
    told = [(one.target, one.headers.get("if-none-match")) for one in site.requests]
    site.requests.clear()
    return told


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_is_told_once_and_shown_in_the_list(desk: Desk, site: Site, status: int) -> None:
    new = site.serve("/new.xml", rss(LIT), ETag='"1"')
    desk.feeds({"harbour": site.redirect("/old.xml", new, status)})
    first = desk.run("fetch", "-f", "jsonl").records[0]
    assert first["note"] == f"has moved to {new} ({status})"
    assert "moved" not in desk.run("fetch").out
    assert f"moved to {new}" in desk.run("feeds", "list", COLUMNS="200").out
    listed = desk.run("feeds", "list", "-f", "jsonl").records[0]
    assert (listed["url"], listed["moved_to"]) == (site.url("/old.xml"), new)
    desk.feeds({"harbour": new})
    assert "moved" not in desk.run("fetch").out
    assert desk.run("feeds", "list", "-f", "jsonl").records[0]["moved_to"] is None


def test_a_move_is_told_to_those_who_want_to_hear_nothing_else(desk: Desk, site: Site) -> None:
    new = site.serve("/new.xml", rss(LIT))
    desk.feeds({"harbour": site.redirect("/old.xml", new, 301)})
    said = f"harbour has moved to {new} (301); change its url in feeds.toml\n"
    assert desk.run("fetch", "--quiet").out == said
    assert desk.run("fetch", "--quiet").out == ""


def test_of_many_moves_the_first_are_told_and_the_list_has_all(
    desk: Desk, feed_server: FeedServer
) -> None:
    urls = {}
    for number in range(8):
        site = feed_server.site()
        urls[f"pier{number}"] = site.redirect("/", site.serve("/new", rss(f"Fish {number}")), 301)
    desk.feeds(urls)
    out = desk.run("fetch").out
    assert out.count("has moved to") == 5
    assert "and 3 more have moved: sigtrack feeds list" in out
    listed = desk.run("feeds", "list", "-f", "jsonl").records
    assert all(one["moved_to"] for one in listed)


def test_where_a_feed_has_moved_to_is_shown_without_a_password(desk: Desk, site: Site) -> None:
    new = site.serve("/new.xml", rss(LIT))
    site.redirect("/old.xml", new.replace("://", "://anna:s3cret@"), 301)
    desk.feeds({"harbour": site.url("/old.xml").replace("://", "://bert:hidden@")})
    done = desk.run("fetch")
    assert f"harbour has moved to {new} (301)" in done.out
    shown = done.out + done.err + desk.run("feeds", "list", "-f", "jsonl").out
    assert "s3cret" not in shown and "hidden" not in shown
    kept = b"".join(file.read_bytes() for file in desk.db.parent.iterdir())
    assert b"s3cret" not in kept and b"hidden" not in kept


def test_a_feed_whose_address_was_edited_is_asked_at_the_new_address(
    desk: Desk, site: Site
) -> None:
    moved = site.serve("/moved.xml", rss(LIT), ETag='"same"')
    desk.feeds({"harbour": site.redirect("/old.xml", moved, 301)})
    desk.run("fetch")
    desk.run("fetch")
    assert asked(site)[-1] == ("/moved.xml", '"same"')
    desk.feeds({"harbour": site.serve("/edited.xml", rss("Fog over the harbour"), ETag='"same"')})
    desk.run("feeds", "check")
    assert "1 new item" in desk.run("fetch").out
    assert asked(site) == [("/edited.xml", None), ("/edited.xml", None)]
    desk.run("fetch")
    assert asked(site) == [("/edited.xml", '"same"')]
    titles = {r["title"] for r in desk.run("report", "-f", "jsonl").records}
    assert titles == {LIT, "Fog over the harbour"}


def test_an_edited_address_gets_no_validator_of_the_old_one(desk: Desk, site: Site) -> None:
    date = "Mon, 12 Jan 2026 08:00:00 GMT"
    desk.feeds({"harbour": site.serve("/old.xml", rss(LIT), ETag='"1"', Last_Modified=date)})
    desk.run("fetch")
    new = site.serve("/new.xml", rss("A second lighthouse"), ETag='"1"', Last_Modified=date)
    desk.feeds({"harbour": new})
    assert "1 feed asked: 1 new item, 1 new hit" in desk.run("fetch").out
    assert "if-modified-since" not in site.requests[-1].headers


def test_a_feed_removed_and_added_under_its_id_is_asked_at_the_new_address(
    desk: Desk, site: Site
) -> None:
    moved = site.serve("/moved.xml", rss(LIT), ETag='"1"')
    desk.feeds({"harbour": site.redirect("/old.xml", moved, 308)})
    desk.run("fetch")
    desk.run("feeds", "remove", "harbour")
    other = site.serve("/other.xml", rss("Fog over the harbour"), ETag='"1"')
    desk.run("feeds", "add", other, "--id", "harbour", "--allow-private")
    asked(site)
    assert "1 new item" in desk.run("fetch").out
    assert asked(site) == [("/other.xml", None)]


def test_a_shipped_feed_that_is_overridden_is_asked_at_the_users_address(
    desk: Desk, site: Site
) -> None:
    def override(url: str) -> None:
        text = f'[[feed]]\nid = "nknews"\nurl = "{url}"\nallow_private = true\n'
        desk.feeds_file.write_text(text, encoding="utf-8")

    override(site.redirect("/a.xml", site.serve("/b.xml", rss(LIT)), 301))
    desk.run("fetch", "nknews")
    override(site.serve("/c.xml", rss("Fog over the harbour")))
    asked(site)
    desk.run("feeds", "check", "nknews")
    desk.run("fetch", "nknews")
    assert asked(site) == [("/c.xml", None)] * 2


def test_an_edited_address_is_asked_at_once_whatever_the_old_one_had_come_to(
    desk: Desk, feed_server: FeedServer
) -> None:
    """Failing, gone, or wishing to be left alone: all of that was another address."""
    for said in ({"status": 503}, {"status": 410}, {"Cache_Control": "max-age=86000"}):
        old, new = feed_server.site(), feed_server.site()
        desk.feeds({"harbour": old.serve("/", rss(LIT), **said)})  # type: ignore[arg-type]
        desk.run("fetch", code=0 if "Cache_Control" in said else 69)
        desk.run("fetch")
        assert len(old.requests) == 1
        desk.feeds({"harbour": new.serve("/", rss(LIT))})
        assert "not asked yet" in desk.run("feeds", "list").out
        assert "1 feed asked" in desk.run("fetch").out


def test_check_asks_a_feed_that_has_moved_where_fetch_asks_it(desk: Desk, site: Site) -> None:
    new = site.serve("/new.xml", rss(LIT), ETag='"1"')
    desk.feeds({"harbour": site.redirect("/old.xml", new, 301)})
    desk.run("fetch")
    site.serve("/old.xml", b"", 404)
    asked(site)
    assert desk.run("feeds", "check", "-f", "jsonl").records[0]["ok"]
    desk.run("fetch")
    assert asked(site) == [("/new.xml", None), ("/new.xml", '"1"')]


def of_an_older_sigtrack(desk: Desk, **state: object) -> None:
    """A database from before addresses were kept, with what was learned of one feed."""
    before = next(
        n for n, step in enumerate(schema_steps()) if any("COLUMN address" in s for s in step)
    )
    desk.db.parent.mkdir(parents=True, exist_ok=True)
    database = SqliteDatabase(desk.db, mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[:before])
    at = round(datetime.fromisoformat(NOW).timestamp() * 1e6)
    values = {"feed": "harbour", "url": "", "etag": '"1"', "last_modified": "", "full_at": at}
    values |= {"failures": 0, "reason": "", "told": 0, "answered_at": at, **state}
    database.execute(
        f"INSERT INTO feeds ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )
    database.close()


def test_an_upgrade_forgets_no_validator_of_a_feed_that_has_not_moved(
    desk: Desk, site: Site
) -> None:
    of_an_older_sigtrack(desk)
    serve(desk, site, ETag='"1"')
    assert "1 not modified" in desk.run("fetch").out
    desk.feeds({"harbour": site.serve("/edited.xml", rss(LIT), ETag='"1"')})
    asked(site)
    desk.run("fetch")
    assert asked(site) == [("/edited.xml", None)]


def test_an_address_edited_before_the_upgrade_is_asked_after_it(desk: Desk, site: Site) -> None:
    of_an_older_sigtrack(desk, url=site.serve("/moved.xml", rss(LIT)))
    desk.feeds({"harbour": site.serve("/edited.xml", rss("Fog over the harbour"), ETag='"1"')})
    assert desk.run("feeds", "list", "-f", "jsonl").records[0]["moved_to"] is None
    assert "1 new item" in desk.run("fetch").out
    assert asked(site) == [("/edited.xml", None)]
    assert desk.run("feeds", "list", "-f", "jsonl").records[0]["moved_to"] is None


def test_a_move_of_before_the_upgrade_is_told_after_it(desk: Desk, site: Site) -> None:
    new = site.serve("/moved.xml", rss(LIT))
    of_an_older_sigtrack(desk, url=new)
    desk.feeds({"harbour": site.redirect("/old.xml", new, 301)})
    assert f"harbour has moved to {new} (301)" in desk.run("fetch").out
    asked(site)
    desk.run("fetch")
    assert asked(site) == [("/moved.xml", None)]


def test_a_moved_feed_whose_old_address_is_dead_outlives_the_upgrade(
    desk: Desk, site: Site
) -> None:
    of_an_older_sigtrack(desk, url=site.serve("/moved.xml", rss(LIT)))
    desk.feeds({"harbour": site.url("/nothing-here-any-more")})
    desk.run("fetch", code=69)
    assert "1 new item" in desk.run("fetch", SIGTRACK_NOW="2026-01-14T14:00:00Z").out


def test_without_any_feed_the_way_to_one_is_shown(desk: Desk) -> None:
    done = desk.run("fetch")
    assert done.out == "there is no feed to ask; add one with: sigtrack feeds add ADDRESS\n"


# --- no network


async def nowhere(host: str, port: int) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def test_without_a_network_two_lines_say_so_and_no_feed_is_blamed(tmp_path: Path) -> None:
    feeds = [Feed(id=f"f{n}", url=f"https://news{n}.example.org/feed") for n in range(4)]
    rules = rules_of((), {})
    with open_store(str(tmp_path / "s.db")) as store:
        for day in range(1, 6):  # longer than a feed that never answers is asked
            result = fetch(
                store,
                Errand(feeds=feeds),
                rules,
                Catalogue(),
                clock=lambda day=day: datetime(2026, 1, day, tzinfo=UTC),
                policy=policy_of(""),
                resolver=nowhere,
            )
            store.finish_run(result.run, datetime(2026, 1, day, tzinfo=UTC))
            assert len(result.answers) == 4
        assert store.feed_states() == {}
        told = report_of(store, result, Files(index=Index(), catalogue=Catalogue()), limit=None)
    said = "".join(render(told, "table", width=80, colour=False, terminal=False, zone=UTC))
    assert said.splitlines() == [
        "! no network: none of 4 feeds could be reached",
        "to see sigtrack without a network: sigtrack demo",
    ]
    assert exit_code_of(result, strict=False) == 69


def test_a_proxy_that_is_not_there_is_blamed_and_the_feeds_are_not(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        proxy = f"http://127.0.0.1:{taken.getsockname()[1]}"
    desk.feeds({"a": "http://a.example.org/feed", "b": "http://b.example.org/feed"})
    done = desk.run("fetch", code=69, HTTP_PROXY=proxy, http_proxy=proxy)
    assert "no network: none of 2 feeds could be reached" in done.out
    assert "the proxy 127.0.0.1 refused the connection" in done.out
    assert "sigtrack demo" in done.out
    assert [r["failures"] for r in desk.run("feeds", "list", "-f", "jsonl").records] == [0, 0]


# --- watchlists


def test_an_edited_watchlist_is_matched_at_the_next_fetch_and_reported(
    desk: Desk, site: Site
) -> None:
    serve(desk, site, ETag='"1"')
    desk.run("fetch")
    desk.watch('format = 1\nid = "lighthouses"\n[[signal]]\nid = "none"\nany = ["nothing"]\n')
    done = desk.run("fetch")
    assert "1 not modified: 0 new items, 1 new hit" in done.out
    assert "«Nothing» to see" in done.out
    found = desk.run("report", "-f", "jsonl").records
    assert [(r["signal"], r["title"]) for r in found] == [("none", "Nothing to see")]


def test_a_broken_watchlist_leaves_its_last_good_version_in_force_and_says_so_each_time(
    desk: Desk, site: Site
) -> None:
    serve(desk, site, LIT)
    desk.run("fetch")
    file = desk.watch('format = 1\nid = "lighthouses"\n[[signal]]\nid = "x"\nany = [“fog”]\n')
    serve(desk, site, LIT, "A second lighthouse is lit")
    for new in ("1 new hit", "0 new hits"):
        done = desk.run("fetch", code=0)
        assert new in done.out
        assert f"{file}:5: " in done.err
        assert "stays in force" in done.err


def test_a_broken_watchlist_without_a_good_version_ends_with_78_and_all_else_is_done(
    desk: Desk, site: Site
) -> None:
    serve(desk, site)
    file = desk.watch('format = 1\nid = "broken"\n[[signal]]\nid = "x"\nanny = ["fog"]\n', "broken")
    done = desk.run("fetch", code=78)
    assert "1 feed asked: 3 new items, 2 new hits" in done.out
    assert f"{file}:5: " in done.err
    assert "did you mean any" in done.err


# --- killed


TABLES = {
    "items": "id, feed, uid",
    "texts": "title, summary, text",
    "revisions": "revision, published, language, url, fingerprint",
    "hits": "watchlist, signal, (SELECT uid FROM items WHERE number = item)",
    "sightings": "priority, score, spans",
    "feeds": "feed, url, etag, last_modified, failures, reason, told, paused",
    "marks": "watchlist, fingerprint",
}


def contents(db: Path) -> dict[str, list[object]]:
    """Everything but clocks and row numbers."""
    connection = sqlite3.connect(db)
    rows = {
        table: sorted(connection.execute(f"SELECT {columns} FROM {table}"), key=repr)
        for table, columns in TABLES.items()
    }
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return rows


@pytest.fixture
def busy_desk(desk: Desk, feed_server: FeedServer) -> Desk:
    """Twelve feeds of forty items, every tenth of them a hit."""
    site = feed_server.site()
    desk.feeds(
        {
            f"feed{n}": site.serve(
                f"/{n}",
                rss(*(f"{'Lighthouse' if k % 10 == 0 else 'Item'} {n} {k}" for k in range(40))),
                ETag=f'"{n}"',
            )
            for n in range(12)
        }
    )
    return desk


def fetched(desk: Desk, db: Path, *, kills: int, chance: random.Random) -> dict[str, list[object]]:
    """What is stored when fetch was killed so often, and then came to its end."""
    for _ in range(kills):
        with desk.start("fetch", "--db", db) as process:
            time.sleep(chance.uniform(0.2, 1.2))  # start-up is about a third of it
            process.kill()
    desk.start_and_wait("fetch", "--db", db)
    found = contents(db)
    assert len(found["items"]) == 12 * 40
    assert len(found["hits"]) == 12 * 4
    return found


@pytest.mark.slow
def test_a_fetch_killed_at_any_moment_and_run_again_leaves_what_one_clean_run_leaves(
    busy_desk: Desk, tmp_path: Path
) -> None:
    chance = random.Random(1)
    unharmed = fetched(busy_desk, tmp_path / "whole.db", kills=0, chance=chance)
    assert fetched(busy_desk, tmp_path / "killed.db", kills=3, chance=chance) == unharmed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_a_fetch_killed_a_hundred_times_leaves_what_one_clean_run_leaves(
    busy_desk: Desk, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    unharmed = fetched(busy_desk, tmp_path / "whole.db", kills=0, chance=chance)
    for n in range(3):  # few kills a store: after the first whole run there is nothing to lose
        assert fetched(busy_desk, tmp_path / f"{n}.db", kills=3 + n, chance=chance) == unharmed


def test_what_a_killed_fetch_had_stored_is_still_told_by_the_next(desk: Desk, site: Site) -> None:
    serve(desk, site, LIT, ETag='"1"')
    with open_store(str(desk.db)) as store:  # a run that stored, matched and then died untold
        store.begin_run("fetch", datetime(2026, 1, 14, 11, tzinfo=UTC))
    desk.run("import", write(desk, rss(LIT)))
    done = desk.run("fetch")
    assert "A «lighthouse» is lit again" in done.out


def write(desk: Desk, body: bytes) -> Path:
    path = desk.home / "feed.xml"
    path.write_bytes(body)
    return path


# --- what items are called


EDGE = (
    b"<rss version='2.0'><channel><title>Harbour</title>%s</channel></rss>"
    % b"".join(
        b"<item><guid>%d</guid><title>Light %d is lit</title><link>/news/%d</link></item>" % (n, n, n)
        for n in range(5)
    )
)  # fmt: skip


def test_a_feed_behind_changing_edge_hosts_is_stored_once_with_the_ids_that_it_sends(
    desk: Desk, feed_server: FeedServer
) -> None:
    front = feed_server.site()
    desk.feeds({"harbour": front.url("/feed.xml")})
    for _ in range(4):
        edge = feed_server.site()
        front.redirect("/feed.xml", edge.serve("/at/the/edge.xml", EDGE))
        desk.run("fetch")
    found = desk.run("search", "light", "-f", "jsonl").records
    assert sorted(one["uid"] for one in found) == ["0", "1", "2", "3", "4"]
    assert {one["link"] for one in found} == {front.url(f"/news/{n}") for n in range(5)}


@pytest.mark.parametrize(
    ("document", "uid"),
    [
        (b"<rss><channel><item><title>t</title><guid>12345</guid></item></channel></rss>", "12345"),
        (
            b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>t</title><id>12345</id>"
            b"</entry></feed>",
            "12345",
        ),
    ],
    ids=["rss", "atom"],
)
def test_an_id_that_is_no_address_makes_no_link(
    desk: Desk, site: Site, document: bytes, uid: str
) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", document)})
    desk.run("fetch")
    (found,) = desk.run("search", "t", "-f", "jsonl").records
    assert (found["uid"], found["link"]) == (uid, "")


def test_links_that_carry_a_new_session_at_each_poll_make_no_new_items(
    desk: Desk, site: Site
) -> None:
    desk.feeds({"harbour": site.url("/feed.xml")})
    for poll in range(4):
        items = "".join(
            f"<item><title>{title}</title><link>https://m.test/view?sid={poll}{n}</link></item>"
            for n, title in enumerate(("Light", "Fog", "Fog"))
        )
        site.serve("/feed.xml", f"<rss><channel>{items}</channel></rss>".encode())
        desk.run("fetch")
    assert len(desk.run("search", "light", "-f", "jsonl").records) == 1
    assert len(desk.run("search", "fog", "-f", "jsonl").records) == 2


def test_two_addresses_of_one_host_that_stand_in_no_catalogue_are_two_sources() -> None:
    errand = errand_of(["https://coast.example/a.xml", "https://coast.example/b.xml"], ())
    assert [feed.id for feed in errand.named] == ["coast-example", "coast-example-2"]


def fetch_at(
    now: datetime, store: Store, errand: Errand, rules: Rules | None = None, **how: Any
) -> Fetching:
    """One run whose clock stands still, with the feeds that it asks as catalogue."""
    return fetch(
        store,
        errand,
        rules or rules_of((), {}),
        Catalogue(feeds=(*errand.feeds, *errand.named)),
        clock=lambda: now,
        policy=policy_of(""),
        **how,
    )


class ComparedFeed(Feed):
    """Counts how often one of its kind is compared with another."""

    comparisons = 0

    def __eq__(self, other: object) -> bool:
        ComparedFeed.comparisons += 1
        return super().__eq__(other)

    __hash__ = Feed.__hash__


def test_which_feeds_are_due_is_known_without_comparing_each_with_each(tmp_path: Path) -> None:
    now = datetime(2026, 1, 14, tzinfo=UTC)
    later = now + timedelta(hours=6)
    feeds = [ComparedFeed(id=f"f{n}", url=f"https://news{n}.example.org/") for n in range(80)]
    with open_store(str(tmp_path / "s.db")) as store:
        store.save_feed_states([FeedState(feed=f"f{n}", due_at=later) for n in range(0, 80, 2)])
        done = fetch_at(now, store, Errand(feeds=feeds), resolver=nowhere)
    assert (len(done.answers), len(done.waiting)) == (40, 40)
    assert ComparedFeed.comparisons <= len(feeds)


# --- the same bytes, and many at once


def fetch_here(path: Path, feed: Feed) -> tuple[int, int, tuple[News, ...]]:
    """How many items are new, how many processes were there to read the document, and the news."""
    now, tasks = datetime.fromisoformat(NOW), Path("/proc/self/task")
    seen: list[int] = []

    def count_children(*_: int) -> None:
        children = ((one / "children").read_text().split() for one in tasks.iterdir())
        seen.append(sum(map(len, children)))

    with open_store(str(path)) as store:
        count_children()
        done = fetch_at(now, store, Errand(named=[feed]), progress=count_children)
        store.finish_run(done.run, now)
    (one,) = done.answers
    assert isinstance(one.outcome, Fetched)
    assert one.outcome.body == b""  # answers live as long as the run
    return len(one.saved.new), max(seen) - seen[0], one.news


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        ("INSERT INTO texts SELECT 1, 1, '', '', hex(zeroblob(1000000));", DiskFull),
        ("SELECT RAISE(ABORT, 'a bug');", ExceptionGroup),
    ],
)
def test_a_disk_that_fills_up_is_told_once_and_a_bug_as_it_is(
    tmp_path: Path, feed_server: FeedServer, happens: str, told: type[Exception]
) -> None:
    urls = [feed_server.site().url("/lost") for _ in range(2)]
    feeds = [Feed(id=f"f{n}", url=url, allow_private=True) for n, url in enumerate(urls)]
    now = datetime.fromisoformat(NOW)
    with open_store(str(tmp_path / "s.db")) as store:
        run_sql = store._database.execute  # type: ignore[attr-defined]
        run_sql("PRAGMA max_page_count = 1")  # no more than there are
        run_sql(f"CREATE TEMP TRIGGER fails AFTER INSERT ON feeds BEGIN {happens} END")
        with pytest.raises(told):
            fetch_at(now, store, Errand(named=feeds))
        assert store.feed_states() == {}


def test_a_document_with_the_same_bytes_is_not_read_again(tmp_path: Path, site: Site) -> None:
    rhythm = b"<channel><ttl>120</ttl><skipDays><day>Friday</day></skipDays>"
    document = rss(*TITLES).replace(b"<channel>", rhythm)
    feed = Feed(id="f", url=site.serve("/f", document), allow_private=True)
    now = datetime.fromisoformat(NOW)
    before = now - timedelta(hours=3)
    for found, changed_at in (((3, 1, ()), now), ((0, 0, (News.RECOVERED,)), before)):
        assert fetch_here(tmp_path / "s.db", feed) == found
        with open_store(str(tmp_path / "s.db")) as store:
            state = store.feed_states()["f"]
            store.save_feed_states([replace(state, failures=3, told=True, changed_at=before)])
        assert (state.gap, bool(state.quiet)) == (7200, True)  # as the document wishes
        assert (state.failures, state.told) == (0, False)
        assert state.changed_at == changed_at
    site.serve("/f", rss("News", *TITLES))
    assert fetch_here(tmp_path / "s.db", feed) == (1, 1, (News.RECOVERED,))


def test_a_lost_name_is_a_failure_of_its_feed_only_if_others_can_be_reached(
    tmp_path: Path, site: Site
) -> None:
    now = datetime.fromisoformat(NOW)
    lost = Feed(id="lost", url="http://lost.example/")
    there = Feed(id="there", url=site.url("/lost"), allow_private=True)
    failing = [
        FeedState(
            feed=feed.id, address=address_key(feed.url), failures=2, failing_since=now - 7 * HOUR
        )
        for feed in (lost, there)
    ]
    with open_store(str(tmp_path / "s.db")) as store:
        store.save_feed_states(failing)
        for feeds, failures, news in (
            ([lost], 2, ()),
            ([lost, there], 3, (News.FAILING,)),
        ):
            done = fetch_at(now, store, Errand(named=feeds), resolver=nowhere)
            store.finish_run(done.run, now)
            assert [one.news for one in done.answers] == [news] * len(feeds)
            assert {store.feed_states()[feed.id].failures for feed in feeds} == {failures}


def test_a_file_that_cannot_be_read_has_failed_and_is_not_remembered(tmp_path: Path) -> None:
    now, feed = datetime.fromisoformat(NOW), Feed(id="f", url="")
    with open_store(str(tmp_path / "s.db")) as store:
        done = fetch_at(now, store, Errand(files=[(feed, tmp_path)]))
        assert store.feed_states() == {}
    (one,) = done.answers
    assert (one.feed, one.kind, one.note) == (feed, "failed", "is a folder, not a file")


def test_more_large_documents_than_are_read_at_once_are_all_read(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigtrack.app.fetch._PARSED_AT_ONCE", 3)
    now, large = datetime.fromisoformat(NOW), b"x" * (LARGE + 1)
    feeds = [Feed(id=f"f{n}", url=site.serve(f"/{n}", large), allow_private=True) for n in range(4)]
    with open_store(str(tmp_path / "s.db")) as store:
        done = fetch_at(now, store, Errand(named=feeds))
    assert [answer.kind for answer in done.answers] == ["failed"] * 4


def test_the_same_bytes_are_read_again_as_of_another_clock(tmp_path: Path, site: Site) -> None:
    feed = Feed(id="f", url=site.serve("/f", rss(*TITLES)), allow_private=True)
    fetch_here(tmp_path / "s.db", feed)
    elsewhere = replace(feed, timezone="Asia/Seoul")
    assert fetch_here(tmp_path / "s.db", elsewhere) == (0, 1, ())


def test_items_are_matched_and_read_while_another_feed_is_on_the_way(
    tmp_path: Path, site: Site
) -> None:
    titles = [f"Fog {n} over the harbour" for n in range(1_001)]
    matched = threading.Event()

    async def late(_: Request, writer: asyncio.StreamWriter) -> None:
        if await asyncio.to_thread(matched.wait, 600):
            writer.write(answer(200, rss(*TITLES)))

    feeds = [
        Feed(id="many", url=site.serve("/many", rss(*titles)), allow_private=True),
        Feed(id="late", url=site.play("/late", late), allow_private=True),
    ]
    now, rules = (
        datetime.fromisoformat(NOW),
        rules_of([Watchlist(id="fog", signals=(signal("fog"),))], {}),
    )
    with open_store(str(tmp_path / "s.db")) as store:

        def look(done: int, _: int) -> None:
            waiting = store.pending(rules.index.fingerprints(), rules.readings.fingerprints)
            if done == 1 and waiting == 0:
                matched.set()

        done = fetch_at(now, store, Errand(named=feeds), rules=rules, progress=look)
    assert [len(one.saved.new) for one in done.answers] == [1_001, 3]
