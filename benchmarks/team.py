"""Prove that many fetchers on one PostgreSQL server ask each feed once, though some are killed.

    python benchmarks/team.py URL [FETCHERS FEEDS KILLED LEASE]        default: 50 10000 5 180

URL is an empty schema of a server. LEASE says after how many silent seconds a fetcher counts as
dead; fifty of them on two cores that others use may be silent for minutes. Every feed has its own
host on loopback and five composed headlines, and is due once in the time that this takes. When a
third of the feeds has been asked, some fetchers are killed (`kill -9`). When the others are done,
one fetcher with a file asks the same feeds; when the leases of the killed ones are over, one more
fetcher of the team runs, as with cron. The output gives CPU seconds and times, and what was proved,
line by line; the exit code is 1 if one of these lines says "no" or a fetcher failed that was not
killed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from questions import environment_of, headlines
from sigtrack.app.fetch import Errand, fetch, policy_of
from sigtrack.app.rules import load_rules
from sigtrack.config import load_settings
from sigtrack.model import Feed
from sigtrack.store import Query, Store, open_store

WINDOW = 6 * 3600.0  # seconds between two requests for a feed: longer than the proof takes
ITEMS = 5
_HOST = re.compile(rb"\r\nhost: ([\d.]+)", re.IGNORECASE)
_FETCHER = re.compile(rb"\r\nuser-agent: \S+ \([^)]*\) (\S+)", re.IGNORECASE)


class Server(threading.Thread):
    """A server for every host of loopback at one port. It notes which fetchers asked each host."""

    def __init__(self, number: int) -> None:
        super().__init__(daemon=True)
        self.asked: defaultdict[str, list[str]] = defaultdict(list)
        titles = (one["title"] for one in headlines(number * ITEMS))
        self._bodies = {
            host_of(n): _rss(list(itertools.islice(titles, ITEMS))) for n in range(number)
        }
        self._ready = threading.Event()
        self.port = 0
        self.start()
        self._ready.wait()

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "0.0.0.0", 0, backlog=4096)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            host, fetcher = (_said(head, one) for one in (_HOST, _FETCHER))
            self.asked[host].append(fetcher)
            body = self._bodies[host]
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


def _said(head: bytes, header: re.Pattern[bytes]) -> str:
    found = header.search(head)
    return found[1].decode() if found else ""


def host_of(number: int) -> str:
    return f"127.{20 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"


def feeds(number: int, port: int) -> list[Feed]:
    return [
        Feed(id=f"f{n:05}", url=f"http://{host_of(n)}:{port}/feed.xml", allow_private=True)
        for n in range(number)
    ]


def work(place: str, name: str, number: int, port: int, lease: int) -> None:
    """Run one fetcher, in its own process."""
    settings = load_settings(os.environ)
    rules, catalogue = load_rules(settings), feeds(number, port)
    began = time.time()
    with open_store(place) as store:
        if store.shared:
            store.lease = timedelta(seconds=lease)  # type: ignore[attr-defined]
        done = fetch(
            store,
            Errand(feeds=catalogue),
            rules,
            catalogue,
            clock=lambda: datetime.now(UTC),
            policy=replace(policy_of(name), min_gap=WINDOW),
        )
        store.finish_run(done.run, datetime.now(UTC))
    figures = {"asked": len(done.answers), "cpu": sum(os.times()[:4]), "s": time.time() - began}
    print(json.dumps(figures))


def main(
    place: str, fetchers: int = 50, number: int = 10_000, killed: int = 5, lease: int = 180
) -> int:
    with tempfile.TemporaryDirectory() as folder:
        home, server = Path(folder), Server(number)
        asked, alone = server.asked, str(home / "alone.db")

        def begin(place: str, name: str, feeds: int = number) -> subprocess.Popen[bytes]:
            told = (place, name, str(feeds), str(server.port), str(lease))
            command = [sys.executable, __file__, "--work", *told]
            return subprocess.Popen(command, env=environment_of(home), stdout=subprocess.PIPE)

        _figures(begin(str(home / "warm.db"), "warm", 1))  # keeps the rules
        asked.clear()
        began = time.time()
        workers = {f"fetcher-{n}": begin(place, f"fetcher-{n}") for n in range(fetchers)}
        while len(asked) < number // 3:
            time.sleep(0.1)
        victims = set(list(workers)[:killed])
        for name in victims:
            workers[name].kill()
        print(f"killed after {time.time() - began:,.0f} s, {len(asked):,} feeds asked", flush=True)
        survivors = [one for one in map(_figures, workers.values()) if one]
        ended = time.time()
        print(f"{len(survivors)} of {fetchers} fetchers done in {ended - began:,.0f} s")
        print(f"feeds by fetcher: {sorted(one['asked'] for one in survivors)}")
        print(f"CPU s of the survivors: {sum(one['cpu'] for one in survivors):,.0f}", flush=True)
        left = number - len(asked)
        by_team = {host: list(names) for host, names in asked.items()}
        print(f"one fetcher: {_figures(begin(alone, 'alone'))}", flush=True)
        time.sleep(max(0.0, ended + lease - time.time()))
        print(f"left for the next run: {left}; the next run: {_figures(begin(place, 'next'))}")
        for host, names in asked.items():
            by_team[host] = [name for name in names if name != "alone"]
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


def _figures(worker: subprocess.Popen[bytes]) -> dict[str, float]:
    out, _ = worker.communicate()
    return json.loads(out) if worker.returncode == 0 else {}


def _rss(titles: list[str]) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(one)}</guid><title>{escape(one)}</title>"
        f"<link>https://example.org/{n}</link></item>"
        for n, one in enumerate(titles)
    )
    head = "<title>News</title><link>https://example.org/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


if __name__ == "__main__":
    if sys.argv[1] == "--work":
        work(*sys.argv[2:4], *map(int, sys.argv[4:]))
    else:
        sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
