"""Prove that many fetchers on one PostgreSQL server ask each feed once, though some are killed.

    python benchmarks/team.py URL [FETCHERS FEEDS KILLED LEASE]        default: 50 10000 5 180

URL is an empty schema of a server. LEASE says after how many silent seconds a fetcher counts as
dead; fifty of them on two cores that others use may be silent for minutes. Every feed has its own
host on loopback and three composed headlines, and is due once in the time that this takes. When a
third of the feeds has been asked, some fetchers are killed (`kill -9`). When the others are done,
one fetcher with a file asks the same feeds; when the leases of the killed ones are over, one more
fetcher of the team runs, as with cron. The output gives CPU seconds and times, and what was proved,
line by line; the exit code is 1 if one of these lines says "no" or a fetcher failed that was not
killed.

Fetchers are processes forked from one that has loaded the rules, which take most of the time in
which a fetcher starts: on a few cores, fifty starts would be all that is measured.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from xml.sax.saxutils import escape

from questions import NOW, environment_of, headlines
from sigtrack.app.fetch import Errand, fetch, policy_of
from sigtrack.app.in_force import Catalogue
from sigtrack.app.rules import Rules, load_rules
from sigtrack.config import load_settings
from sigtrack.model import Feed
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store

WINDOW = 6 * 3600.0  # seconds between two requests for a feed: longer than the proof takes
ITEMS = 3
WARM = 99_999  # the number of a feed that is asked before the proof
_FORKS = multiprocessing.get_context("fork")
_BEGAN = datetime.now(UTC)
_HOST = re.compile(rb"\r\nhost: ([\d.]+)", re.IGNORECASE)
_FETCHER = re.compile(rb"\r\nuser-agent: \S+ \([^)]*\) (\S+)", re.IGNORECASE)


def serve(number: int, notes: Path, ready: Connection) -> None:
    """Serve every host of loopback at one port, and note which fetcher asked each host."""
    told = headlines((number + 1) * ITEMS)
    bodies = {host_of(n): _rss(list(itertools.islice(told, ITEMS))) for n in (*range(number), WARM)}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            host, fetcher = (_said(head, one) for one in (_HOST, _FETCHER))
            print(host, fetcher, file=asked, flush=True)
            body = bodies[host]
            length = str(len(body)).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
                b"Content-Length: " + length + b"\r\n\r\n" + body
            )
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the fetcher was killed
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=4096)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with notes.open("a") as asked:
        asyncio.run(run())


def asked_in(notes: Path) -> dict[str, list[str]]:
    """Return which fetchers asked each host, in order."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for line in notes.read_text("utf-8").splitlines():
        host, fetcher = line.split(" ")
        asked[host].append(fetcher)
    asked.pop(host_of(WARM), None)
    return asked


def _said(head: bytes, header: re.Pattern[bytes]) -> str:
    found = header.search(head)
    return found[1].decode() if found else ""


def host_of(number: int) -> str:
    return f"127.{20 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"


def feeds(number: int, port: int) -> list[Feed]:
    return [_feed(n, port) for n in range(number)]


def _feed(n: int, port: int) -> Feed:
    return Feed(id=f"f{n:05}", url=f"http://{host_of(n)}:{port}/feed.xml", allow_private=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nursery:
    """Where fetchers are made: the rules that they share, and the folder for their figures."""

    home: Path
    rules: Rules
    feeds: Sequence[Feed]
    lease: int

    def begin(self, place: str, name: str) -> ForkProcess:
        process = _FORKS.Process(target=self._apart, args=(place, name), name=name)
        process.start()
        return process

    def _apart(self, place: str, name: str) -> None:
        os.setsid()  # Linux shares cores among sessions: as if each came from elsewhere
        self.work(place, name)

    def work(self, place: str, name: str) -> None:
        """Run one fetcher in this process."""
        began = time.time()
        with open_store(place) as store:
            if store.shared:
                store.lease = timedelta(seconds=self.lease)  # type: ignore[attr-defined]
            done = fetch(
                store,
                Errand(feeds=self.feeds),
                self.rules,
                Catalogue(feeds=tuple(self.feeds)),
                clock=lambda: datetime.now(UTC),
                policy=replace(policy_of(name), min_gap=WINDOW),
            )
            store.finish_run(done.run, datetime.now(UTC))
        figures = {"asked": len(done.answers), "cpu": sum(os.times()[:4]), "s": time.time() - began}
        (self.home / name).write_text(json.dumps(figures))

    def figures(self, process: ForkProcess) -> dict[str, float]:
        """Wait for a fetcher; nothing if it failed or was killed."""
        process.join()
        return json.loads((self.home / process.name).read_text()) if not process.exitcode else {}


def main(
    place: str, fetchers: int = 50, number: int = 10_000, killed: int = 5, lease: int = 180
) -> int:
    with tempfile.TemporaryDirectory() as folder:
        home, notes = Path(folder), Path(folder, "asked")
        os.environ.update(environment_of(home))
        here, there = multiprocessing.Pipe()
        server = _FORKS.Process(target=serve, args=(number, notes, there), daemon=True)
        server.start()
        port, rules = here.recv(), load_rules(load_settings(os.environ))
        nursery = Nursery(home=home, rules=rules, feeds=feeds(number, port), lease=lease)
        warm = replace(nursery, feeds=[_feed(WARM, port)])
        warm.work(str(home / "warm.db"), "warm")  # what is made on first use is made before forks
        gc.freeze()
        try:
            return prove(nursery, place, notes, fetchers, killed)
        finally:
            server.kill()


def prove(nursery: Nursery, place: str, notes: Path, fetchers: int, killed: int) -> int:
    began, number, alone = time.time(), len(nursery.feeds), str(nursery.home / "alone.db")
    workers = [nursery.begin(place, f"fetcher-{n}") for n in range(fetchers)]
    while len(asked_in(notes)) < number // 3:
        time.sleep(0.5)
    for one in workers[:killed]:
        one.kill()
    asked = asked_in(notes)
    print(f"killed after {time.time() - began:,.0f} s, {len(asked):,} feeds asked", flush=True)
    survivors = [one for one in map(nursery.figures, workers) if one]
    ended, left = time.time(), number - len(asked_in(notes))
    print(f"{len(survivors)} of {fetchers} fetchers done in {ended - began:,.0f} s")
    print(f"feeds by fetcher: {sorted(one['asked'] for one in survivors)}")
    print(f"CPU s of the survivors: {sum(one['cpu'] for one in survivors):,.0f}", flush=True)
    print(f"one fetcher: {nursery.figures(nursery.begin(alone, 'alone'))}", flush=True)
    time.sleep(max(0.0, ended + nursery.lease - time.time()))
    after = nursery.figures(nursery.begin(place, "next"))
    print(f"left for the next run: {left}; the next run: {after}")
    by_team = {
        host: [name for name in names if name != "alone"] for host, names in asked_in(notes).items()
    }
    victims = {one.name for one in workers[:killed]}
    is_proved = _is_proved(by_team, number, victims, place, alone)
    return 0 if is_proved and len(survivors) == fetchers - killed else 1


def _is_proved(
    asked: dict[str, list[str]], number: int, victims: set[str], place: str, alone: str
) -> bool:
    """Print what is true of the requests and of both stores, and return whether all of it is."""
    living = {host: [one for one in names if one not in victims] for host, names in asked.items()}
    times = Counter(len(names) for names in asked.values())
    print(f"requests a feed: {dict(sorted(times.items()))}")
    lines = {
        "each feed was asked": all(asked.get(host_of(n)) for n in range(number)),
        "twice only where a killed fetcher was the first": all(
            len(names) == 1 or names[0] in victims for names in asked.values()
        ),
        "no feed was asked by two that lived": max(map(len, living.values())) == 1,
    }
    with open_store(place) as team, open_store(alone) as one:
        parts, others = _parts(team), _parts(one)
    for name, part in parts.items():
        lines[f"{len(part):,} {name} as of one"] = part == others[name]
    for what, is_true in lines.items():
        print(f"{what}: {'yes' if is_true else 'no'}")
    return all(lines.values())


def _parts(store: Store) -> dict[str, set[object]]:
    """Return what a store holds, without times and row numbers."""
    items, hits = list(store.items(Query())), list(store.hits(Query()))
    members = defaultdict[str | None, set[str]](set)
    for item in items:
        members[item.story].add(item.id)
    return {
        "items": {(one.id, one.item) for one in items},
        "hits": {one.hit for one in hits},
        "stories": {frozenset(ids) for ids in members.values()},
        "visits": {(item.id, visits) for item, visits in store.visits(Query())},
        "feeds": set(store.feed_states()),
    }


def _rss(told: list[dict[str, str]]) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{one['id']}</guid><title>{escape(one['title'])}</title>"
        f"<pubDate>{_lately(one['published'])}</pubDate>"
        f"<link>https://example.org/{one['id']}</link></item>"
        for one in told
    )
    head = "<title>News</title><link>https://example.org/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _lately(published: str) -> str:
    """Return a time of the last two days: an older one is not believed, and then the time of the
    request would decide on stories."""
    return format_datetime(_BEGAN - (NOW - datetime.fromisoformat(published)) / 50)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
