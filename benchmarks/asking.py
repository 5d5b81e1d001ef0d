"""Time `search` and `report` as whole commands, against bare SQL over the same titles, in one run.

    python benchmarks/asking.py [ITEMS ...]        default: 10000 100000

SQLite's own full-text search (the same trigram index, `bm25` order) and DuckDB (a scan with
`ILIKE`) each run in their own Python process, so every figure includes the start of Python; the
bare interpreter is measured too. The peers leave out most of the work: names for ids, marks on
matched words, weights, stories.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from measure import Cost, cost_of, medians, missing, print_costs
from questions import environment_of, fill, headlines, sigtrack

WORD = "economic coercion"
FTS = """
import sqlite3
found = "select title from found where found match ? order by rank limit 50"
print(sqlite3.connect({path!r}).execute(found, ['"{word}"']).fetchall())
"""
DUCK = """
import duckdb
found = "select title from items where title ilike ? order by published desc limit 50"
print(duckdb.connect({path!r}, read_only=True).execute(found, ["%{word}%"]).fetchall())
"""
DUCK_REPORT = """
import duckdb
counted = "select source, count(*) from items where published > ? group by source order by 2 desc"
database = duckdb.connect({path!r}, read_only=True)
print(database.execute(counted, ["2026-01-13 00:00:00+00"]).fetchall())
"""


def main(sizes: tuple[int, ...] = (10_000, 100_000)) -> None:
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), size)


def _measure(home: Path, size: int) -> None:
    fill(home, size)
    sigtrack(home, "report")  # compiles the rules and keeps them
    _fill_fts(home / "fts.db", size)
    ours = [sys.executable, "-m", "sigtrack"]
    environment = environment_of(home)

    def way(*command: str) -> Callable[[], Cost]:
        return lambda: cost_of(command, environment)

    def python(program: str, path: Path) -> Callable[[], Cost]:
        return way(sys.executable, "-c", program.format(path=str(path), word=WORD))

    bare = way(sys.executable, "-c", "pass")
    duck = bool(find_spec("duckdb"))
    searches = {
        "sigtrack search": way(*ours, "search", f'"{WORD}"'),
        "SQLite FTS5, bare": python(FTS, home / "fts.db"),
    }
    reports = {
        "sigtrack report --since 7d": way(*ours, "report", "--since", "7d", "--format", "json"),
    }
    if duck:
        _fill_duck(home / "duck.db", size)
        searches["DuckDB, scan"] = python(DUCK, home / "duck.db")
        reports["DuckDB, counts only"] = python(DUCK_REPORT, home / "duck.db")
    for name, ways in (("Search", searches), ("Report", reports)):
        print(f"{name} over {size:,} items")
        print_costs(medians(ways | {"python -c pass": bare}))
        missing({"DuckDB": duck})


def _fill_fts(path: Path, size: int) -> None:
    with sqlite3.connect(path) as database:
        database.execute("create virtual table found using fts5(title, tokenize='trigram')")
        rows = ((line["title"],) for line in headlines(size))
        database.executemany("insert into found values (?)", rows)


def _fill_duck(path: Path, size: int) -> None:
    import duckdb

    lines = path.with_name("headlines.jsonl")  # written by `fill`
    with duckdb.connect(str(path)) as database:
        database.execute(f"create table items as select * from read_json_auto('{lines}')")
        count = database.execute("select count(*) from items").fetchone()
    assert count == (size,)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or (10_000, 100_000))
