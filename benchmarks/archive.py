"""Scan generated archives of growing size: CPU seconds a million items, and memory.

    python benchmarks/archive.py [ITEMS ...]       default: 250000 500000
    python benchmarks/archive.py --killed [ITEMS]  default: 500000

The archives are Parquet with composed headlines in four languages, 20,000 different ones repeated
with other numbers behind them, and all shipped watchlists; one process scans. Beside it the bare
matcher reads 20,000 of the same items in a loop: what any way of scanning must at least do. A scan
also reads rows, makes items of them, counts them, and reads visits and wording where it hits, so
the ratio depends on how many items are hit; it is printed too.

With --killed, one item in ten is hit, and an archive of many tasks is scanned twice: by one process
that nobody disturbs, and by two of which one is killed (`kill -9`) after the first task. At half of
the tasks all of it is killed, and the same command goes on. The exit code is 1 if a file of the
output differs.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

import questions
from measure import cost_of
from questions import environment_of
from sigtrack.app.in_force import load_catalogue
from sigtrack.app.rules import load_rules
from sigtrack.config import load_settings
from sigtrack.parse.records import RowReader

SIZES = (250_000, 500_000)
DIFFERENT = 20_000
GROUP = 1_000  # rows
PADDING = 2_000  # letters
FOR_DIPLOMATS = 0.05  # an archive of all news, not of ministries
ONE_IN_TEN = 0.45  # so many for diplomats that one item in ten is hit
KEPT = ("id", "source", "lang", "published", "title")
_SIGTRACK = (sys.executable, "-m", "sigtrack")


def archive(path: Path, items: int, some: list[dict[str, str]], *, padded: bool = False) -> None:
    """Write an archive. If it is `padded`, it has a large column that nobody reads, not packed, so
    that a few items make many tasks."""
    schema = pa.schema([(name, pa.string()) for name in (*KEPT, *(["padding"] if padded else []))])
    packing = "none" if padded else "zstd"
    with parquet.ParquetWriter(path, schema, compression=packing) as file:
        for first in range(0, items, GROUP):
            rows = [_row(number, some) for number in range(first, min(first + GROUP, items))]
            if padded:
                rows = [row | {"padding": row["id"].zfill(PADDING)} for row in rows]
            file.write_table(pa.Table.from_pylist(rows, schema=schema))


def _row(number: int, some: list[dict[str, str]]) -> dict[str, str]:
    told = some[number % len(some)]
    return told | {"id": str(number), "title": f"{told['title']} {number}"}


def bare(some: list[dict[str, str]], home: Path) -> float:
    """Return the CPU seconds that the matcher takes for a million items, without making them."""
    settings = load_settings(environment_of(home))
    rules, catalogue = load_rules(settings), load_catalogue(settings)
    matcher, reader = rules.matcher(catalogue.feeds), RowReader("archive", catalogue.zones())
    empty = dict.fromkeys(("summary", "text", "link", "author", "categories"), "")
    items = [reader.item(empty | _row(number, some)) for number in range(len(some))]
    for item in items[:500]:
        matcher.hits(item)  # compiles what is compiled on first use
    began = time.process_time()
    for item in items:
        matcher.hits(item)
    return (time.process_time() - began) / len(items) * 1e6


def scan(path: Path, home: Path) -> tuple[Any, dict[str, Any]]:
    """Return what a scan costs, and what it came to."""
    folder = path.with_suffix(".scan")
    command = ("scan", str(path), "--to", str(folder), "-j", "1", "-q")
    cost = cost_of([*_SIGTRACK, *command], environment_of(home))
    lines = map(json.loads, (folder / "scan.jsonl").read_text("utf-8").splitlines())
    done = [line for line in lines if "kept" in line]
    return cost, {name: sum(one[name] for one in done) for name in ("items", "kept", "hits")}


def killed(items: int = 500_000) -> int:
    questions.DIPLOMATIC = ONE_IN_TEN
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ.update(environment_of(home))
        some = list(_some())
        path, cut = home / "archive.parquet", home / "cut"
        archive(path, items, some, padded=True)
        print(f"{items:,} items, {path.stat().st_size / 1e6:,.0f} MB", flush=True)
        cost, done = scan(path, home)
        whole = path.with_suffix(".scan")
        print(f"{done}: {cost.cpu:,.0f} CPU s, at most {cost.peak:,.0f} MiB", flush=True)
        command = [*_SIGTRACK, "scan", str(path), "--to", str(cut), "-j", "2", "-q"]
        tasks, _ = _tasks(whole)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            _until(process, cut, 1)
            workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
            os.kill(int(workers.split()[0]), signal.SIGKILL)
            _until(process, cut, tasks // 2)
            process.kill()
        print(f"killed after {_tasks(cut)[1]} of {tasks} tasks", flush=True)
        cost = cost_of(command)
        print(f"the rest by two processes: {cost.cpu:,.0f} CPU s, at most {cost.peak:,.0f} MiB")
        files = sorted(one.relative_to(whole) for one in whole.glob("*/*.parquet"))
        others = [one for one in files if (whole / one).read_bytes() != (cut / one).read_bytes()]
        print(f"{len(files)} files, {len(others)} of them differ")
        return 1 if others else 0


def _tasks(folder: Path) -> tuple[int, int]:
    """Return how many tasks a scan has, and how many of them are done."""
    manifest = folder / "scan.jsonl"
    told = manifest.read_text("utf-8") if manifest.exists() else ""
    return told.count('"pieces"'), told.count('"kept"')


def _until(process: subprocess.Popen[bytes], folder: Path, done: int) -> None:
    while _tasks(folder)[1] < done:
        assert process.poll() is None, "the scan ended before it could be killed"
        time.sleep(0.05)


def main(sizes: tuple[int, ...]) -> None:
    questions.DIPLOMATIC = FOR_DIPLOMATS
    some = list(_some())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ.update(environment_of(home))
        least = bare(some, home)
        print(f"bare matcher: {least:,.0f} CPU s a million items")
        before = None
        archive(home / "first.parquet", 2_000, some)
        scan(home / "first.parquet", home)  # compiles what later scans find compiled
        for size in sizes:
            path = home / f"{size}.parquet"
            archive(path, size, some)
            cost, done = scan(path, home)
            assert done["items"] == size
            line = f"{size:>10,} items, {path.stat().st_size / 1e6:,.0f} MB, {done['kept']:,} hit: "
            line += f"{cost.cpu:,.0f} CPU s, {cost.cpu / size * 1e6:,.0f} a million"
            if before:  # without what starting costs
                each = (cost.cpu - before[1]) / (size - before[0]) * 1e6
                line += f", growing by {each:,.0f} (× {each / least:.2f})"
            print(f"{line}, at most {cost.peak:,.0f} MiB", flush=True)
            before = size, cost.cpu


def _some() -> Iterator[dict[str, str]]:
    for one in questions.headlines(DIFFERENT):
        yield {name: one[name] for name in KEPT}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--killed"]:
        sys.exit(killed(*map(int, sys.argv[2:])))
    main(tuple(map(int, sys.argv[1:])) or SIZES)
