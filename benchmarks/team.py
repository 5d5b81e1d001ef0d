"""Test how many fetchers one PostgreSQL server carries, and whether each feed is asked once.

    python benchmarks/team.py URL [FETCHERS FEEDS KILLED]        default: 50 10000 5

URL is an empty schema of a server. Every feed has its own host on loopback and five composed
headlines. When a third of the feeds has been asked, some fetchers are killed (`kill -9`). When the
others are done and the leases of the killed ones are over, one more fetcher runs, as with cron. The
output gives the requests for each feed, the items and hits compared with those of one fetcher with
a file, the CPU seconds of a fetcher, and the time.
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
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from questions import environment_of, headlines
from sigtrack.app.fetch import Errand, fetch, policy_of
from sigtrack.app.rules import load_rules
from sigtrack.config import load_settings
from sigtrack.model import Feed
from sigtrack.store import Query, Store, open_store

LEASE = timedelta(seconds=60)
ITEMS = 5
_HOST = re.compile(rb"\r\nhost: ([\d.]+)", re.IGNORECASE)


class Server(threading.Thread):
    """A server for every host of loopback at one port. It counts the requests for each host."""

    def __init__(self, number: int) -> None:
        super().__init__(daemon=True)
        self.asked: Counter[str] = Counter()
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
            found = _HOST.search(head)
            host = found[1].decode() if found else ""
            self.asked[host] += 1
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


def host_of(number: int) -> str:
    return f"127.{20 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"


def feeds(number: int, port: int) -> list[Feed]:
    return [
        Feed(id=f"f{n:05}", url=f"http://{host_of(n)}:{port}/feed.xml", allow_private=True)
        for n in range(number)
    ]


def work(place: str, number: int, port: int) -> None:
    """Run one fetcher, in its own process."""
    settings = load_settings(os.environ)
    rules, catalogue = load_rules(settings), feeds(number, port)
    began = time.time()
    with open_store(place) as store:
        if store.shared:
            store.lease = LEASE  # type: ignore[attr-defined]
        done = fetch(
            store,
            Errand(feeds=catalogue),
            rules,
            catalogue,
            clock=lambda: datetime.now(UTC),
            policy=policy_of(""),
        )
        store.finish_run(done.run, datetime.now(UTC))
    figures = {"asked": len(done.answers), "cpu": sum(os.times()[:4]), "s": time.time() - began}
    print(json.dumps(figures))


def start(place: str, number: int, port: int, home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, __file__, "--work", place, str(number), str(port)]
    return subprocess.Popen(command, env=environment_of(home), stdout=subprocess.PIPE)


def main(place: str, fetchers: int = 50, number: int = 10_000, killed: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, server = Path(folder), Server(number)
        _figures(start(str(home / "warm.db"), 1, server.port, home))  # compiles and keeps the rules
        server.asked.clear()
        began = time.time()
        workers = [start(place, number, server.port, home) for _ in range(fetchers)]
        while len(server.asked) < number // 3:
            time.sleep(0.1)
        for worker in workers[:killed]:
            worker.kill()
        figures = [_figures(worker) for worker in workers]
        survivors = [one for one in figures if one]
        print(f"{len(survivors)} of {fetchers} fetchers done in {time.time() - began:,.0f} s")
        print(f"feeds by fetcher: {sorted(one['asked'] for one in survivors)}")
        cpu = sum(one["cpu"] for one in survivors)
        print(
            f"CPU s of the survivors: {cpu:,.0f}, slowest {max(o['s'] for o in survivors):,.0f} s"
        )
        missing = number - len(server.asked)
        time.sleep(LEASE.total_seconds())
        last = _figures(start(place, number, server.port, home))
        times = Counter(server.asked[host_of(n)] for n in range(number))
        print(f"not asked before the next run: {missing}; then: {last}")
        print(f"requests a feed: {dict(sorted(times.items()))}")
        alone = str(home / "alone.db")
        print(f"one fetcher: {_figures(start(alone, number, server.port, home))}")
        with open_store(place) as team, open_store(alone) as one:
            print(f"items of the team {_told(team)[0]:,}, the same: {_told(team) == _told(one)}")


def _figures(worker: subprocess.Popen[bytes]) -> dict[str, float]:
    out, _ = worker.communicate()
    return json.loads(out) if worker.returncode == 0 else {}


def _told(store: Store) -> tuple[int, set[str], set[tuple[str, str, str]], set[str]]:
    items = {one.id for one in store.items(Query())}
    hits = {(one.stored.id, one.hit.watchlist, one.hit.signal) for one in store.hits(Query())}
    return len(items), items, hits, set(store.feed_states())


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
        work(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main(sys.argv[1], *map(int, sys.argv[2:]))
