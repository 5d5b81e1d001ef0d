"""Scan generated archives of growing size: CPU seconds a million items, and memory.

    python benchmarks/archive.py [ITEMS ...]       default: 250000 500000

The archives are Parquet with composed headlines in four languages, 20,000 different ones repeated
with other numbers behind them, and all shipped watchlists; one process scans. Beside it the bare
matcher reads 20,000 of the same items in a loop: what any way of scanning must at least do. A scan
also reads rows, makes items of them, counts them, and reads visits and wording where it hits, so
the ratio depends on how many items are hit; it is printed too.
"""

from __future__ import annotations

import json
import os
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
GROUP = 10_000  # rows
FOR_DIPLOMATS = 0.05  # an archive of all news, not of ministries
KEPT = ("id", "source", "lang", "published", "title")


def archive(path: Path, items: int, some: list[dict[str, str]]) -> None:
    schema = pa.schema([(name, pa.string()) for name in KEPT])
    with parquet.ParquetWriter(path, schema, compression="zstd") as file:
        for first in range(0, items, GROUP):
            rows = [_row(number, some) for number in range(first, min(first + GROUP, items))]
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
    cost = cost_of([sys.executable, "-m", "sigtrack", *command], environment_of(home))
    lines = map(json.loads, (folder / "scan.jsonl").read_text("utf-8").splitlines())
    done = [line for line in lines if "kept" in line]
    return cost, {name: sum(one[name] for one in done) for name in ("items", "kept", "hits")}


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
    main(tuple(map(int, sys.argv[1:])) or SIZES)
