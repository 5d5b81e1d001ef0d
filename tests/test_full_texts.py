"""Full texts of hits: pages asked politely, kept beside the revision, matched, and never an edit."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from desk import LIGHTHOUSES, Desk, modules_after
from feed_server import FeedServer, Site
from sigtrack.app.full_texts import text_of
from sigtrack.app.weights import best_by_watchlist
from sigtrack.fetch.address import Proxies
from sigtrack.fetch.client import REFUSAL, PageClient, page_job
from sigtrack.fetch.crawl import crawl
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.model import (
    Access,
    Failed,
    Feed,
    Fetched,
    Gone,
    Hit,
    Outcome,
    Parsed,
    Priority,
    Span,
    Unreadable,
)
from sigtrack.parse.document import Document
from sigtrack.parse.workers import PAGES, Workers
from sigtrack.store import open_store
from sigtrack.store.interface import FullText, Linked, Query
from sigtrack.store.sql import Store
from stored import DAY, MINUTE, NOW, item, match, poll
from test_cli_hostile_words import ACTIVE, SPELLS, STEERING
from test_suggestions import FEED, HARBOURS

LIT, FOG = "A lighthouse is lit again", "Fog hid the ceremony from the boats in the bay."
LAMP = "The old lamp at the cape was bought by three villages, and is to burn every night."
HEAD = {"Content_Type": "text/html; charset=utf-8"}
_NO_CONTROLS = dict.fromkeys(range(32))
LATER = "2026-01-15T13:00:00+00:00"


def page(*paragraphs: str) -> bytes:
    text = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return f"<html><body><nav>Home</nav><article>{text}</article></body></html>".encode()


def feed_of(*items: tuple[str, str]) -> bytes:
    """A feed with these titles and links."""
    told = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>{escape(title)}</title>"
        f"<link>{escape(link)}</link><pubDate>Wed, 14 Jan 2026 09:00:00 GMT</pubDate></item>"
        for n, (title, link) in enumerate(items)
    )
    return f"<rss version='2.0'><channel><title>Harbour</title>{told}</channel></rss>".encode()


@pytest.fixture
def harbour(desk: Desk, site: Site) -> Desk:
    """A desk that wants full texts, and a feed with one hit whose page tells more."""
    (desk.config / "config.toml").write_text('full_text = "hits"\n', "utf-8")
    site.serve("/page", page(LAMP, FOG), **HEAD)
    desk.feeds({"harbour": site.serve("/feed", feed_of((LIT, site.url("/page"))))})
    return desk


def asked(site: Site) -> list[str]:
    return [request.target for request in site.requests if request.target != "/feed"]


# --- the main job


def test_the_page_of_a_hit_is_read_once_matched_and_told_from_the_words_of_the_feed(
    harbour: Desk, site: Site
) -> None:
    done = harbour.run("fetch")
    assert "1 feed asked: 1 new item, 2 new hits" in done.out
    assert "lit, fog (full text)" in done.out
    assert "full texts: 1 read" in done.out
    assert "full texts" not in harbour.run("fetch").out
    assert asked(site) == ["/robots.txt", "/page"]
    by_signal = {one["signal"]: one for one in harbour.run("report", "-f", "jsonl").records}
    assert {span["field"] for span in by_signal["lit"]["spans"]} == {"title"}
    (_, far) = by_signal["fog"]["spans"]
    assert (far["field"], far["text"]) == ("full_text", "Fog")
    shown = harbour.run("show", by_signal["fog"]["item"]).out
    assert f"characters read from {site.url('/page')}" in shown
    assert "«Fog» hid the ceremony" in shown
    harbour.watch(LIGHTHOUSES + '[[signal]]\nid = "lamps"\nany = ["lamp"]\n')
    before = len(site.requests)
    harbour.run("rematch")  # reads the texts that are kept
    signals = {one["signal"] for one in harbour.run("report", "-f", "jsonl").records}
    assert signals == {"lit", "fog", "lamps"}
    assert len(site.requests) == before


@pytest.mark.slow
def test_an_edit_of_the_page_is_no_silent_edit_and_one_of_the_feed_has_its_page_read_again(
    harbour: Desk, site: Site
) -> None:
    harbour.run("fetch")
    site.serve("/page", page("Another article, about fish and what it costs.", LAMP), **HEAD)
    site.serve("/feed", feed_of((f"{LIT}, at last", site.url("/page"))))
    harbour.run("fetch", SIGTRACK_NOW=LATER)
    (edit,) = harbour.run("edits", "--all", "-f", "jsonl").records
    assert "fish" not in json.dumps(edit) and "Fog" not in json.dumps(edit)
    assert asked(site) == ["/robots.txt", "/page"] * 2
    compared = harbour.run("compare", edit["item"]).out
    assert "at last" in compared and "Fog" not in compared and "fish" not in compared


def test_what_a_killed_run_left_is_read_and_matched_by_the_next(harbour: Desk, site: Site) -> None:
    harbour.run("fetch", "--no-full-text")  # as if it was killed before the first page
    assert asked(site) == []
    assert "1 new hit\n" not in (done := harbour.run("fetch").out) and "full texts: 1 read" in done
    with sqlite3.connect(harbour.db) as database:  # as if killed before the text was matched
        database.execute("DELETE FROM sightings WHERE spans LIKE '%full_text%'")
        database.execute("UPDATE full_texts SET matched = 0")
    database.close()
    harbour.run("fetch")
    assert asked(site) == ["/robots.txt", "/page"]
    assert len(harbour.run("report", "-f", "jsonl").records) == 2


def test_pages_of_a_feed_that_is_paused_wait_unless_the_user_names_it(
    harbour: Desk, site: Site
) -> None:
    harbour.run("fetch", "--no-full-text")
    feeds = {"harbour": site.url("/feed"), "other": site.serve("/other", feed_of())}
    harbour.feeds(feeds, more='paused = "a new house"')
    harbour.feeds_file.write_text(
        harbour.feeds_file.read_text("utf-8").removesuffix('paused = "a new house"\n'), "utf-8"
    )
    assert "full texts" not in harbour.run("fetch").out
    assert asked(site) == ["/other"]
    assert "full texts: 1 read" in harbour.run("fetch", "harbour").out


@pytest.mark.slow
def test_nothing_of_it_is_loaded_while_it_is_off(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed", feed_of((LIT, site.url("/page"))))})
    loaded = modules_after(desk, "fetch")
    assert not {"sigtrack.app.full_texts", "protego", "trafilatura", "lxml"} & loaded
    assert asked(site) == []


@pytest.mark.slow
def test_a_page_never_fails_the_run_and_each_ending_is_counted(
    harbour: Desk, site: Site, feed_server: FeedServer
) -> None:
    site.serve("/robots.txt", b"User-agent: *\nDisallow: /secret\n")
    site.serve("/broken", b"", 503)
    site.serve("/gone", b"", 404)
    site.serve("/paywall", page("Subscribe!"), **HEAD)
    site.serve("/empty", b"<html><body><nav><a href='/'>Home</a></nav></body></html>", **HEAD)
    site.serve("/huge", page("a huge page " * 600_000), **HEAD)
    site.redirect("/inwards", feed_server.site().url("/lure"))
    paths = ("page", "secret", "broken", "gone", "paywall", "empty", "huge", "inwards")
    paths = (*(f"lost-{n}" for n in range(14)), *paths)  # the newest, which come last, are first
    site.serve("/feed", feed_of(*((f"{LIT}: {one}", site.url(f"/{one}")) for one in paths)))
    done = harbour.run("fetch", "--verbose")
    assert (
        "full texts: 1 read, 1 refused by robots.txt, 2 without a text of their own, 16 failed, "
        "2 left to a later run\n" in done.out
    )
    assert "/huge sent a body of more than 5 MiB" in done.out
    assert "/inwards was not asked, because its robots.txt leads to a loopback address" in done.out
    (refused,) = harbour.run("search", "secret", "-f", "jsonl").records
    assert "its robots.txt forbids it" in harbour.run("show", refused["item"]).out
    assert "fetch reads the pages of items with a hit" in harbour.run("doctor").out


@pytest.mark.slow
def test_hostile_words_of_a_page_reach_no_output_as_anything_but_words(
    harbour: Desk, site: Site
) -> None:
    # A page with C0 controls is no text, or has no article: it would prove nothing here.
    spells = (one.translate(_NO_CONTROLS) for one in SPELLS if "&#27" not in one)
    hostile = "".join(f"<p>Fog {one} was told of at length here.</p>" for one in spells)
    body = f"<html><body><article><p>{LAMP}</p>{hostile}</article></body></html>"
    site.serve("/page", body.encode("utf-8", "replace"), **HEAD)
    harbour.run("fetch", "-q")
    (found,) = harbour.run("search", "lighthouse", "-f", "jsonl").records
    for format in ("table", "json", "md"):
        out = harbour.run("show", found["item"], "-f", format).out
        assert "Fog" in out and not STEERING.search(out)
        assert format != "md" or not ACTIVE.search(out)


def test_a_joint_statement_whose_page_was_read_is_offered_to_the_archive(
    harbour: Desk, site: Site
) -> None:
    title = "Japan-ROK Leaders' Joint Statement"
    site.serve("/page", page(*HARBOURS.replace(". ", ".\n").splitlines()), **HEAD)
    site.serve("/feed", feed_of((title, site.url("/page"))))
    entry = FEED.replace("https://gaimucho.example/feed", site.url("/feed"))
    with harbour.feeds_file.open("a", encoding="utf-8") as file:
        file.write(entry.replace('role = "ministry"', 'role = "ministry"\nallow_private = true'))
    harbour.watch('format = 1\nid = "texts"\n[[signal]]\nid = "joint"\nany = ["joint statement"]\n', "texts")  # fmt: skip
    harbour.run("fetch", "gaimucho")
    (offered,) = harbour.run("statements", "suggest", "-f", "jsonl").records
    assert offered["series"] == "japan-rok-leaders"
    harbour.run("statements", "add", offered["item"], "--series", "japan-rok-leaders")
    (kept,) = harbour.run("statements", "list", "-f", "jsonl").records
    assert kept["characters"] > len(HARBOURS)


# --- what is asked


def ask(site: Site, *urls: str, feed: Feed | None = None, **world: object) -> dict[str, Outcome]:
    """Ask for pages that a feed of the site links to."""
    feed = feed or Feed(id="f", url=site.url("/feed"), allow_private=True)
    policy = FetchPolicy(deadline=10.0, host_gap=0.0)

    async def run() -> dict[str, Outcome]:
        client = PageClient(policy, now=lambda: NOW, **world)  # type: ignore[arg-type]
        jobs = [page_job(url, url, feed) for url in urls]
        async with aclosing(crawl(jobs, client)) as outcomes:
            return {outcome.feed: outcome async for outcome in outcomes}

    return asyncio.run(run())


def ending(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Failed) else type(outcome).__name__


@pytest.mark.parametrize(
    ("robots", "status", "due"),
    [
        (b"User-agent: *\nDisallow: /", 200, REFUSAL),
        (b"User-agent: *\nDisallow: /\nAllow: /pa*e$", 200, "Fetched"),  # the longest rule wins
        (b"User-agent: *\nDisallow: /\n\nUser-agent: SigTrack\nDisallow: /x", 200, "Fetched"),
        (b"User-agent: sigtrack\nDisallow: /page\n\nUser-agent: *\nAllow: /", 200, REFUSAL),
        (b"\xff\x00<html>" * 99, 200, "Fetched"),
        (b"", 200, "Fetched"),
        (b"", 404, "Fetched"),
        (b"", 410, "Fetched"),
        (b"", 503, "was not asked, because its robots.txt answered 503 Service Unavailable"),
        (b"", 429, "was not asked, because its robots.txt answered 429 Too Many Requests"),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_says(
    site: Site, robots: bytes, status: int, due: str
) -> None:
    url = site.serve("/page", page(LAMP))
    site.serve("/robots.txt", robots, status)
    assert ending(ask(site, url)[url]) == due
    assert ("/page" in asked(site)) is (due == "Fetched")


def test_a_robots_txt_is_asked_once_a_run_and_a_refusal_ends_no_other_page(site: Site) -> None:
    site.serve("/robots.txt", b"User-agent: *\nDisallow: /no\n")
    urls = [site.serve(f"/{one}", page(LAMP)) for one in ("no1", "no2", "no3", "yes1", "yes2")]
    told = [ending(one) for one in ask(site, *urls).values()]
    assert sorted(told) == ["Fetched"] * 2 + [REFUSAL] * 3
    assert asked(site) == ["/robots.txt", "/yes1", "/yes2"]


def test_a_redirect_meets_the_robots_txt_of_the_host_it_leads_to(site: Site) -> None:
    proxies = Proxies(http=site.url(""))
    site.redirect("http://near.example/page", "http://far.example/page")
    site.serve("http://far.example/robots.txt", b"User-agent: *\nDisallow: /page\n")
    told = ask(site, "http://near.example/page", feed=Feed(id="f", url=""), proxies=proxies)
    assert ending(told["http://near.example/page"]) == REFUSAL
    assert "http://far.example/page" not in asked(site)


def test_secrets_of_a_feed_go_to_pages_of_its_own_host_only(
    site: Site, feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARBOUR_COOKIE", "s3cret")
    proxies = Proxies(http=site.url(""))
    feed = Feed(id="f", url="http://own.example/feed", access=Access(cookie_env="HARBOUR_COOKIE"))
    urls = [f"http://{host}.example/page" for host in ("own", "other")]
    for url in urls:
        site.serve(url, page(LAMP))
    ask(site, *urls, feed=feed, proxies=proxies)
    sent = {request.target: request.headers.get("cookie") for request in site.requests}
    assert [sent[url] for url in urls] == ["s3cret", None]


def test_a_page_on_a_private_host_is_read_only_at_home(site: Site, feed_server: FeedServer) -> None:
    other = feed_server.site()
    urls = [site.serve("/page", page(LAMP)), other.serve("/page", page(LAMP))]
    home, away = (ending(one) for one in ask(site, *urls).values())
    assert {home, away} - {"Fetched"} == {
        f"was not asked, because its robots.txt leads to a loopback address, {other.host}; "
        "allow_private = true would allow it"
    }
    assert other.requests == []


# --- what is made of it

WANTED = Linked(revision=1, feed="f", url="https://example.org/1", language="en", letters=20, tries=0)  # fmt: skip
ANSWERED = Fetched(
    feed="f", at=NOW, seconds=0, status=200, url=WANTED.url, moved_to=None, body=b"x"
)  # fmt: skip


def failed(status: int | None = None, **more: object) -> Failed:
    return Failed(feed="f", at=NOW, seconds=0, reason="broke", status=status, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "read", "tries", "due", "again"),
    [
        (ANSWERED, Document(text="x" * 21), 0, "read", None),
        (ANSWERED, Document(text="x" * 20), 0, "empty", None),
        (ANSWERED, Unreadable(reason="is a page without an article"), 0, "empty", None),
        (failed(asked=False), None, 0, "refused", None),
        (failed(429, asked=False, retry_after=5.0), None, 0, "put-off", 100),
        (failed(403), None, 0, "failed", None),
        (Gone(feed="f", at=NOW, seconds=0), None, 0, "failed", None),
        (failed(503), None, 0, "failed", 100),
        (failed(), None, 1, "failed", 200),
        (failed(503, retry_after=999.0), None, 2, "failed", 999),
        (failed(503), None, 3, "failed", None),
    ],
)
def test_a_page_that_failed_is_asked_again_three_times_and_a_refused_one_never(
    outcome: Outcome, read: Document | Unreadable | None, tries: int, due: str, again: int | None
) -> None:
    told, kept = text_of(WANTED._replace(tries=tries), outcome, read, 100.0)
    assert told == due
    assert kept.due_at == (None if again is None else NOW + timedelta(seconds=again))
    assert bool(kept.text) is (told == "read")
    assert kept.tries == (0 if told == "put-off" else tries + 1)


def test_feeds_and_pages_are_read_by_the_same_workers_and_what_is_no_page_is_said() -> None:
    async def run() -> Sequence[Parsed | Document | Unreadable]:
        async with Workers(1, limits=PAGES) as workers:
            return [
                await workers.read_page(page(LAMP, FOG), content_type="text/html"),
                await workers.parse(feed_of((LIT, "")), feed="f"),
                await workers.read_page(b"%PDF-1.7"),
                await workers.read_page(b"<html><body></body></html>"),
            ]

    read, feed, pdf, empty = asyncio.run(run())
    assert isinstance(read, Document) and read.text == f"{LAMP}\n\n{FOG}"
    assert isinstance(feed, Parsed) and feed.items[0].title == LIT
    assert pdf == Unreadable(reason="is a PDF file, not text")
    assert isinstance(empty, Unreadable)


def test_a_hit_that_needs_the_page_is_the_reason_of_a_story_only_if_nothing_else_is() -> None:
    def of(field: Any, priority: Priority) -> Hit:
        span = Span(field=field, start=0, end=3, term="fog")
        return Hit(item="a", watchlist=field, signal="s", priority=priority, score=1, spans=(span,))

    low, urgent = of("title", Priority.LOW), of("full_text", Priority.URGENT)
    assert list(best_by_watchlist({"a": [urgent, low]}, "a").values()) == [low, urgent]


# --- what is kept


def linked(store: Store) -> list[tuple[str, int]]:
    pages = store.linked_pages(NOW - DAY, NOW)
    return [(one.url.removeprefix("https://example.org/"), one.tries) for one in pages]


def stock(store: Store) -> int:
    """Store five items, hit four of them, and return the revision of the only one to be read."""
    url = "https://example.org/{}".format
    items = [
        item("Nara 1", uid="1", url=url(1)),
        item("Nara 2", uid="2", url=url(2), text="The article, which the feed brought."),
        item("Nara 3", uid="3", url=url(3), published=NOW - 30 * DAY, imported=True),
        item("Nara 4", uid="4"),
        item("Seoul", uid="5", url=url(5)),
    ]
    poll(store, items)
    match(store, {"summits": "Nara"})
    return next(one.number for one in store.items(Query()) if one.item.uid == "1")


def test_only_items_with_a_hit_and_a_link_and_without_an_article_have_pages_to_ask(
    store: Store,
) -> None:
    number = stock(store)
    assert linked(store) == [("1", 0)]
    kept = FullText(revision=number, url="https://example.org/1", at=NOW, reason="broke")
    store.save_full_texts([FullText(revision=999, url="", at=NOW)])  # pruned meanwhile
    store.save_full_texts([kept])
    assert linked(store) == []
    store.save_full_texts([FullText(revision=number, url="u", at=NOW, due_at=NOW - MINUTE)])
    assert linked(store) == [("1", 1)]
    assert store.full_text(999) is None


def test_a_text_stands_beside_its_revision_until_that_is_pruned(store: Store) -> None:
    number = stock(store)
    kept = FullText(revision=number, url="u", at=NOW, text="A long text.", matched=False)
    store.save_full_texts([kept])
    assert store.full_text(number) == store.full_text_at("u", NOW) == kept
    assert store.full_text_at("u", NOW + MINUTE) is None
    assert store.unmatched_full_texts() == [number]
    store.full_text_is_matched(number)
    assert store.unmatched_full_texts() == []
    stored = store.revision(number)
    assert (stored.item.full_text, stored.revision) == ("A long text.", 1)
    assert poll(store, [item("Nara 1", uid="1", url="https://example.org/1")]).revised == ()
    assert store.check() == []
    store.prune(NOW + DAY)
    assert store.full_text(number) is None and store.check() == []


def test_a_copy_has_the_texts_and_a_garbled_one_is_found(store: Store, tmp_path: Path) -> None:
    number = stock(store)
    store.save_full_texts([FullText(revision=number, url="u", at=NOW, text="A long text.")])
    store.backup(tmp_path / "copy.db")
    with open_store(str(tmp_path / "copy.db")) as copy:
        assert copy.full_text(number) == store.full_text(number)
    with sqlite3.connect(tmp_path / "copy.db") as database:
        database.execute("UPDATE full_texts SET text = 'A wrong text.'")
    database.close()
    with open_store(str(tmp_path / "copy.db")) as copy:
        assert copy.check() == ["1 texts are not as they were written"]
