"""A hundred hostile feeds beside fifty healthy ones, in one real `sigtrack fetch`.

Whatever they do, each costs itself alone: every item of the others is stored, in bounded time and
memory, and what the user reads is a reason and never a traceback.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk import Desk, rss
from feed_server import FeedServer
from hostile_sites import Hostile, hostile_feeds
from sigtrack.store import open_store
from sigtrack.store.interface import Query

HEALTHY = 50
ITEMS = 30
WORDS = "The ministers met in the harbour town and spoke of fish, of light and of the tide. " * 30
MIB = 1024  # KiB, as the kernel counts
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Run:
    code: int
    notes: dict[str, dict[str, object]]  # what was said of each feed
    err: str
    out: str
    seconds: float
    peak: int  # KiB of PSS, of all processes together


def watched_fetch(desk: Desk, **environment: str) -> Run:
    """`sigtrack fetch` as a process of its own, its memory sampled until it ends."""
    out, err = desk.home / "out", desk.home / "err"
    began, peak = time.monotonic(), 0
    with (
        out.open("wb") as stdout,
        err.open("wb") as stderr,
        desk.start(
            *("fetch", "-f", "jsonl"), stdout=stdout, stderr=stderr, environment=environment
        ) as process,
    ):
        while process.poll() is None:
            peak = max(peak, sum(map(proportional_size, family(process.pid))))
            time.sleep(0.05)
    text = out.read_text(encoding="utf-8")
    return Run(
        code=process.returncode,
        notes={record["feed"]: record for record in map(json.loads, text.splitlines())},
        err=err.read_text(encoding="utf-8"),
        out=text,
        seconds=time.monotonic() - began,
        peak=peak,
    )


def family(pid: int) -> list[int]:
    """The process and all below it, as far as they still live."""
    try:
        threads = Path(f"/proc/{pid}/task").iterdir()
        children = " ".join((thread / "children").read_text() for thread in threads)
    except OSError:
        return [pid]
    return [pid, *(one for child in children.split() for one in family(int(child)))]


def proportional_size(pid: int) -> int:
    """KiB of memory, with shared pages divided among those who share them."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(found[1]) if found else 0


def healthy_feeds(server: FeedServer) -> dict[str, str]:
    """Of the size of an ordinary feed, 80 KiB."""
    return {
        f"healthy-{n}": server.site().serve(
            "/feed", rss(*(f"Harbour {n}, report {k}" for k in range(ITEMS)), summary=WORDS)
        )
        for n in range(HEALTHY)
    }


def stored_by_feed(desk: Desk) -> Counter[str]:
    with open_store(str(desk.db), mode="read") as store:
        assert store.check() == []
        return Counter(stored.item.feed for stored in store.items(Query()))


def catalogue(desk: Desk, healthy: dict[str, str], hostile: list[Hostile]) -> None:
    """The proxied ones are not allowed anything private."""
    desk.feeds({one.name: one.url for one in hostile if not one.proxied} | healthy)
    with desk.feeds_file.open("a", encoding="utf-8") as file:
        for one in hostile:
            if one.proxied:
                file.write(f'\n[[feed]]\nid = "{one.name}"\nurl = "{one.url}"\n')


def came_as_due(one: Hostile, record: dict[str, object], stored: int) -> bool:
    if one.due is None:
        return True
    if isinstance(one.due, int):
        return record["outcome"] == "fetched" and stored == one.due
    failed = record["outcome"] in ("failed", "gone") and stored == 0
    return failed and one.due in str(record["note"])


@pytest.mark.slow
def test_every_item_of_fifty_healthy_feeds_is_stored_beside_a_hundred_hostile_ones(
    desk: Desk, feed_server: FeedServer
) -> None:
    proxy, trap = feed_server.site(), feed_server.site()
    hostile = hostile_feeds(feed_server, proxy, trap)
    healthy = healthy_feeds(feed_server)
    assert len(hostile) >= 60
    catalogue(desk, healthy, hostile)
    run = watched_fetch(desk, HTTP_PROXY=proxy.url(""), http_proxy=proxy.url(""))
    print(f"{len(hostile)} hostile: {run.seconds:.0f} s, {run.peak / MIB:.0f} MiB")  # noqa: T201
    assert (run.code, run.err) == (0, "")
    assert not STEERING.search(run.out)
    assert run.notes.keys() == {one.name for one in hostile} | healthy.keys()
    stored = stored_by_feed(desk)
    assert {feed: stored[feed] for feed in healthy} == dict.fromkeys(healthy, ITEMS)
    wrong = {
        one.name: (one.due, run.notes[one.name]["note"], stored[one.name])
        for one in hostile
        if not came_as_due(one, run.notes[one.name], stored[one.name])
    }
    assert wrong == {}
    assert "98,000 items beyond the first 2,000 were left out" in str(
        run.notes["100000-items"]["note"]
    )
    assert trap.requests == []
    assert run.peak < 400 * MIB


@pytest.mark.slow
def test_the_largest_documents_of_many_hosts_at_once_stay_within_memory(
    desk: Desk, feed_server: FeedServer
) -> None:
    """Bodies, the worker that reads large ones and the one that reads small ones, all at most."""
    words = b"word " * 900
    many = b"".join(
        b"<item><title>%d</title><description>%s</description></item>" % (n, words)
        for n in range(2000)
    )
    bodies = (
        b"<rss version='2.0'><channel>" + many,
        b"<rss><channel><item><title>x</title><description>" + b"word " * 2_000_000,
        b"<rss><channel><item><title>x</title>" + b"<a>" * 170_000,
        b"<rss><channel><item><title>x</title><x " + b"a='' " * 100_000 + b"/>",
    )
    urls = {
        f"large-{kind}-{n}": feed_server.site().serve("/feed", body)
        for kind, body in enumerate(bodies)
        for n in range(6)
    }
    desk.feeds(urls)
    run = watched_fetch(desk)
    print(f"{len(urls)} large: {run.seconds:.0f} s, {run.peak / MIB:.0f} MiB")  # noqa: T201
    assert (run.code, run.err) == (0, "")
    assert run.notes.keys() == urls.keys()
    assert sum(stored_by_feed(desk).values()) >= 2000
    assert run.peak < 400 * MIB


@pytest.mark.slow
def test_many_articles_of_a_megabyte_that_all_hit_stay_within_memory(
    desk: Desk, feed_server: FeedServer
) -> None:
    """What is stored is matched and told as well, and must not be in memory all at once."""
    article = "lighthouse wardens \N{LINKED PAPERCLIPS} and tides " * 29_000
    items = "".join(
        f"<item><title>Lighthouse {n} is lit</title><summary>{n}</summary>"
        f"<content:encoded>{article}{n}</content:encoded></item>"
        for n in range(6)
    )
    space = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    body = f"<rss version='2.0' {space}><channel>{items}</channel></rss>".encode()
    desk.feeds({f"long-{n}": feed_server.site().serve("/feed", body) for n in range(12)})
    run = watched_fetch(desk)
    print(f"72 articles: {run.seconds:.0f} s, {run.peak / MIB:.0f} MiB")  # noqa: T201
    assert (run.code, run.err) == (0, "")
    assert sum(stored_by_feed(desk).values()) == 72
    assert run.peak < 400 * MIB


@pytest.mark.slow
def test_ordinary_feeds_take_no_more_memory_than_a_small_program(
    desk: Desk, feed_server: FeedServer
) -> None:
    healthy = healthy_feeds(feed_server)
    desk.feeds(healthy)
    run = watched_fetch(desk)
    print(f"{len(healthy)} healthy: {run.seconds:.1f} s, {run.peak / MIB:.0f} MiB")  # noqa: T201
    assert (run.code, run.err) == (0, "")
    assert stored_by_feed(desk) == dict.fromkeys(healthy, ITEMS)
    assert run.peak < 150 * MIB
