"""Measure what `sigtrack fetch` costs, against feed readers that a user might choose instead.

    python benchmarks/fetch.py [FEEDS] [--only cold,304,same,tenth] [--headlines FILE.jsonl ...]

A web server in its own process serves FEEDS (1,000) feeds of 30 items, one on each host
(127.x.y.z), and waits 50 ms before each answer. Headlines come from files (`title`, `summary`,
`lang` in each line) or are composed. There are four runs into one database: a cold start; nothing
changed and the server says so (304); the same bytes again as 200; three new items in one feed of
ten. Each line gives CPU seconds (user and system, of the whole process tree), wall seconds and peak
memory (PSS of the tree, MiB).

Peers are lemon24/reader (`pip install reader`, 8 workers) and newsboat; a peer that is not
installed is named as missing. sigtrack runs with all shipped watchlists, stories and readings,
which the peers do not have.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from urllib.request import urlopen

from measure import cost_of

ITEMS = 30
DELAY = 0.05  # seconds before each answer
PORT = 8099
RUNS = ("cold", "304", "same", "tenth")
_READER = (
    "import sys; from reader import make_reader; r = make_reader(sys.argv[1])\n"
    "for url in open(sys.argv[2]).read().split(): r.add_feed(url, exist_ok=True)\n"
    "r.update_feeds(workers=8, scheduled=False)"
)


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        server = subprocess.Popen(
            (sys.executable, __file__, "--serve", str(arguments.feeds), *arguments.headlines)
        )
        try:
            _wait_for_server()
            peers = _peers(home, arguments.feeds)
            for run in arguments.only.split(","):
                urlopen(f"http://127.0.0.1:{PORT}/now/{run}").read()
                for peer, command in peers.items():
                    print(f"{run:6} {peer:9}", _measured(command, home) if command else "missing")
        finally:
            server.kill()
            server.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("feeds", nargs="?", type=int, default=1000)
    parser.add_argument("--only", default=",".join(RUNS))
    parser.add_argument("--headlines", nargs="*", default=[])
    parser.add_argument("--serve", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(_serve(int(arguments.serve[0]), arguments.serve[1:]))
        raise SystemExit
    return arguments


def _url(feed: int) -> str:
    return f"http://127.50.{feed // 250}.{feed % 250 + 1}:{PORT}/{feed}.xml"


# The feeds


async def _serve(feeds: int, files: Sequence[str]) -> None:
    headlines = _headlines(files)
    run = "cold"
    bodies: dict[tuple[int, int], bytes] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal run
        request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        target = request.split(" ", 2)[1]
        if target.startswith("/now/"):
            run = target.removeprefix("/now/")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            await asyncio.sleep(DELAY)
            feed = int(target.strip("/").removesuffix(".xml"))
            newer = 3 if run == "tenth" and feed % 10 == 0 else 0
            if (feed, newer) not in bodies:
                bodies[feed, newer] = _document(feed, newer, headlines)
            writer.write(_answer(bodies[feed, newer], f'"{feed}-{newer}"', request, run))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", PORT, backlog=1000)
    async with server:
        await server.serve_forever()


def _answer(body: bytes, etag: str, request: str, run: str) -> bytes:
    head = f"ETag: {etag}\r\nConnection: close\r\n"
    if etag in request and run != "same":
        return f"HTTP/1.1 304 Not Modified\r\n{head}\r\n".encode()
    kind = "Content-Type: application/rss+xml; charset=utf-8\r\n"
    return f"HTTP/1.1 200 OK\r\n{head}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _document(feed: int, newer: int, headlines: Sequence[dict[str, str]]) -> bytes:
    items = "".join(
        _item(feed, number, headlines[(feed * (ITEMS + 3) + number) % len(headlines)])
        for number in range(newer, newer + ITEMS)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>Feed {feed}</title><link>http://feeds.example/{feed}</link>"
        f"<description>Of the benchmark</description>{items}</channel></rss>"
    ).encode()


def _item(feed: int, number: int, headline: dict[str, str]) -> str:
    dice = random.Random(feed * 100 + number)
    at = datetime.now(UTC) - timedelta(minutes=dice.randrange(7 * 24 * 60))
    link = f"http://feeds.example/{feed}/{number}"
    return (
        f"<item><title>{escape(headline['title'])}</title><link>{link}</link>"
        f"<guid>{link}</guid><pubDate>{format_datetime(at)}</pubDate>"
        f"<description>{escape(headline.get('summary') or '')}</description></item>\n"
    )


def _headlines(files: Sequence[str]) -> list[dict[str, str]]:
    if files:
        lines = (line for file in files for line in Path(file).read_text("utf-8").splitlines())
        found = [json.loads(line) for line in lines]
    else:
        found = _composed(30_000)
    random.Random(1).shuffle(found)
    return found


def _composed(number: int) -> list[dict[str, str]]:
    dice = random.Random(2)
    who = ["Seoul", "Tokyo", "Beijing", "Washington", "the ministry", "the mayor", "a striker"]
    does = ["meets", "warns", "visits", "praises", "sues", "trains with", "writes to"]
    what = ["leaders", "talks on tariffs", "the committee", "farmers", "a summit", "the harbour"]
    return [
        {"title": f"{dice.choice(who)} {dice.choice(does)} {dice.choice(what)} {n}".capitalize()}
        for n in range(number)
    ]


def _wait_for_server() -> None:
    for _ in range(100):
        try:
            urlopen(f"http://127.0.0.1:{PORT}/now/cold").read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"no server on port {PORT}")


# The readers


def _peers(home: Path, feeds: int) -> dict[str, Sequence[str] | None]:
    urls = [_url(feed) for feed in range(feeds)]
    (home / "urls").write_text("\n".join(urls) + "\n")
    return {
        "sigtrack": _sigtrack(home, urls),
        "reader": _lemon24(home),
        "newsboat": _newsboat(home),
    }


def _sigtrack(home: Path, urls: Sequence[str]) -> Sequence[str]:
    config = home / "sigtrack"
    config.mkdir()
    entries = (
        f'[[feed]]\nid = "bench-{n}"\nurl = "{url}"\ngroup = "bench"\nallow_private = true\n'
        for n, url in enumerate(urls)
    )
    (config / "feeds.toml").write_text("\n".join(entries))
    place = str(home / "sigtrack.db")
    return (sys.executable, "-m", "sigtrack", "fetch", "--group", "bench", "--db", place)


def _lemon24(home: Path) -> Sequence[str] | None:
    if importlib.util.find_spec("reader") is None:
        return None
    return (sys.executable, "-c", _READER, str(home / "reader.db"), str(home / "urls"))


def _newsboat(home: Path) -> Sequence[str] | None:
    found = shutil.which("newsboat")
    if found is None:
        return None
    (home / "newsboat").write_text("reload-threads 8\nmax-items 0\n")
    files = ("-C", home / "newsboat", "-c", home / "newsboat.db", "-u", home / "urls")
    return (found, *map(str, files), "-x", "reload")


def _measured(command: Sequence[str], home: Path) -> str:
    places = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home / "state"}
    places |= {"XDG_DATA_HOME": home / "data", "XDG_CACHE_HOME": home / "cache"}
    try:
        cost = cost_of(command, os.environ | {name: str(place) for name, place in places.items()})
    except subprocess.CalledProcessError as error:
        return f"failed with exit code {error.returncode}"
    return f"{cost.cpu:7.2f} CPU s {cost.wall:7.2f} s {cost.peak:6.0f} MiB"


if __name__ == "__main__":
    main()
