"""Scan generated archives: CPU seconds a million items, memory, and what a kill changes.

    python benchmarks/archive.py [ITEMS ...]       default: 250000 500000
    python benchmarks/archive.py --killed ITEMS [DIPLOMATIC]
    python benchmarks/archive.py --through ITEMS [DIPLOMATIC]

The archives are Parquet with composed headlines in four languages, 20,000 different ones repeated
with other numbers behind them, and all shipped watchlists; one process scans. Beside it the bare
matcher reads 20,000 of the same items in a loop: what any way of scanning must at least do. A scan
also reads rows, makes items of them, counts them, and reads visits and wording where it hits, so
the ratio depends on how many items are hit; it is printed too. DIPLOMATIC headlines are the part
that the watchlists may hit: of 0.05 one item in seventy-five is hit, of 0.45 one in ten.

With --through, an archive of many tasks is scanned by two processes, of which one is killed
(`kill -9`) after the first task. At half of the tasks all of it is killed, and the same command
goes on. With --killed, one process that nobody disturbs scans it before. The exit code is 1 if a
file of its output differs from those of the two.
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

import pyarrow as pa
from pyarrow import parquet

import questions
from measure import Cost, cost_of
from questions import environment_of
from sigtrack.app.in_force import load_catalogue
from sigtrack.app.rules import load_rules
from sigtrack.config import load_settings
from sigtrack.parse.records import RowReader

SIZES = (250_000, 500_000)
DIFFERENT = 20_000
GROUP = 1_000  # rows
PADDING = 200  # letters
FOR_DIPLOMATS = 0.05  # an archive of all news, not of ministries
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


def scan(path: Path, home: Path) -> tuple[Cost, dict[str, int]]:
    """Return what a scan costs, and what it came to."""
    folder = path.with_suffix(".scan")
    command = ("scan", str(path), "--to", str(folder), "-j", "1", "-q")
    cost = cost_of([*_SIGTRACK, *command], environment_of(home))
    return cost, sums_of(folder)


def killed(items: int, diplomatic: float, *, alone: bool) -> int:
    questions.DIPLOMATIC = diplomatic
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ.update(environment_of(home))
        some = list(_some())
        path, cut = home / "archive.parquet", home / "cut"
        archive(path, items, some, padded=True)
        print(f"{items:,} items, {path.stat().st_size / 1e6:,.0f} MB", flush=True)
        least = bare(some, home)
        print(f"bare matcher: {least:,.0f} CPU s a million items", flush=True)
        if alone:
            cost, done = scan(path, home)
            print(f"{done}, undisturbed: {_told(cost, items, least)}", flush=True)
        cost, after = interrupted([*_SIGTRACK, "scan", str(path), "--to", str(cut), "-q"], cut)
        print(f"{sums_of(cut)}; the rest: {_told(cost, items - after, least)}", flush=True)
        return 1 if alone and _differ(path.with_suffix(".scan"), cut) else 0


def interrupted(command: list[str], folder: Path) -> tuple[Cost, int]:
    """Kill one of two processes after the first task, and all of them at half. Return what the rest
    costs, and how many items were done before."""
    with subprocess.Popen([*command, "-j", "2"], stdout=subprocess.DEVNULL) as process:
        _until(process, folder, 1)
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
        os.kill(int(workers.split()[0]), signal.SIGKILL)
        tasks = _tasks(folder)[0]
        _until(process, folder, tasks // 2)
        process.kill()
    done, items = _tasks(folder)[1], sums_of(folder)["items"]
    print(f"killed after {done} of {tasks} tasks, {items:,} items", flush=True)
    return cost_of([*command, "-j", "2"]), items


def _told(cost: Cost, items: int, least: float) -> str:
    each = cost.cpu / items * 1e6
    figures = f"{items:,} items in {cost.cpu:,.0f} CPU s and {cost.wall:,.0f} s"
    return f"{figures}, {each:,.0f} a million (× {each / least:.2f}), at most {cost.peak:,.0f} MiB"


def _differ(whole: Path, cut: Path) -> bool:
    files = sorted(one.relative_to(whole) for one in whole.glob("*/*.parquet"))
    others = [one for one in files if (whole / one).read_bytes() != (cut / one).read_bytes()]
    print(f"{len(files)} files, {len(others)} of them differ")
    return bool(others)


def sums_of(folder: Path) -> dict[str, int]:
    lines = map(json.loads, (folder / "scan.jsonl").read_text("utf-8").splitlines())
    done = [line for line in lines if "kept" in line]
    return {name: sum(one[name] for one in done) for name in ("items", "kept", "hits")}


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
    if sys.argv[1:2] in (["--killed"], ["--through"]):
        size, part = int(sys.argv[2]), float(sys.argv[3]) if sys.argv[3:] else FOR_DIPLOMATS
        sys.exit(killed(size, part, alone=sys.argv[1] == "--killed"))
    main(tuple(map(int, sys.argv[1:])) or SIZES)
