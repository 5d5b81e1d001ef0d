"""Ask a team's store and a file the same questions over a million items: CPU seconds and time.

    python benchmarks/million.py URL [POSTMASTER [IMPORTED COPIES]]       default: - 5000 200

URL is an empty schema of a server; POSTMASTER is the process id of that server on this machine,
whose processes are then counted too. Composed headlines of 100 days are imported into a file, and
SQL multiplies its items: each copy has ids of its own, and the copies cover 1,000 days. What is
read from items, their hits and stories are multiplied too. `db copy` then takes the whole file to
the server. Both are asked by turns: medians of five, after a turn that warms caches. All answers
to a question must be the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from measure import TURNS, cost_of
from questions import environment_of, fill
from sigtrack.store import open_store
from sigtrack.store.sql.items import indexed

STRETCH = 100 * 86_400 * 1_000_000  # microseconds
QUESTIONS = (
    ("report", "--since", "7d", "--format", "json"),
    ("report", "--since", "30d", "--watchlist", "trade", "--format", "json"),
    ("search", "serious concern", "--format", "json"),
    ("search", "등대", "--rank", "--format", "json"),
    ("search", "등대 OR 稀土", "--format", "json"),
    ("search", "稀土 NOT title:北京", "--since", "30d", "--format", "json"),
    ("stories", "--since", "30d", "--format", "json"),
    ("visits", "--since", "30d", "--format", "json"),
)
# Columns that are the same in each copy, those that count rows, times, and names.
TABLES = {
    "texts": ("digest, title, summary, text", "number", "", ""),
    "items": ("feed, uid", "number, latest", "first_seen", "id, story"),
    "revisions": (
        'revision, language, url, imported, named, fingerprint, author, categories, "offset"',
        "number, item, text",
        "moment, published, revised_at",
        "",
    ),
    "hits": ("watchlist, signal", "number, item", "found_at", ""),
    "sightings": ("priority, score, spans", "revision, hit", "moment", ""),
    "visits_read": ("content", "revision", "", ""),
    "wording_read": ("content", "revision", "", ""),
    "phrases_read": ("content", "revision", "", ""),
}


def multiply(place: str, copies: int) -> None:
    """Multiply the items of a store. Numbers of each table go on where its rows end."""
    with open_store(place) as store:
        database: Any = store._database  # type: ignore[attr-defined]
        tables = ("texts", "items", "revisions", "hits")
        ends = {table: database.last_number(table) for table in tables}
        step = max(ends.values())
        for number in range(1, copies):
            with database.transaction():
                for table in TABLES:
                    database.execute(_copying(table, step, number))
                for table in tables:
                    database.set_last_number(table, ends[table] + step * number)
                _index(database, ends["texts"], step * number)
        with database.transaction():
            database.execute("UPDATE marks SET upto = upto + ? WHERE upto > 0", (step * number,))
        database.execute("ANALYZE")


def _copying(table: str, end: int, copy: int) -> str:
    same, counted, timed, named = (
        [one for one in columns.split(", ") if one] for columns in TABLES[table]
    )
    step, back = end * copy, STRETCH * (copy % 10)
    values = [
        *same,
        *(f"{one} + {step}" for one in counted),
        *(f"{one} - {back}" for one in timed),
        *(f"{one} || '{copy}'" for one in named),
    ]
    into, first = ", ".join((*same, *counted, *timed, *named)), counted[0]
    chosen = f"SELECT {', '.join(values)} FROM {table} WHERE {first} <= {end}"
    return f"INSERT INTO {table} ({into}) {chosen}"


def _index(database: Any, end: int, step: int) -> None:
    texts = "SELECT number, title, summary, text FROM texts WHERE number <= ?"
    rows = database.rows(texts, (end,))
    database.index.add("words", [(one + step, *indexed(*words)) for one, *words in rows])


def cost(
    place: str, home: Path, question: tuple[str, ...], postmaster: int
) -> tuple[float, float, bytes]:
    """Return CPU seconds of a command, with those of the server, its seconds, and its answer."""
    before, served, began = os.times(), _served(postmaster), time.perf_counter()
    environment = environment_of(home) | {"SIGTRACK_DB": place}
    command = [sys.executable, "-m", "sigtrack", *question]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    after, wall = os.times(), time.perf_counter() - began
    time.sleep(0.3)  # the server waits for its process
    cpu = sum(after[2:4]) - sum(before[2:4]) + _served(postmaster) - served
    return cpu, wall, done.stdout


def _served(postmaster: int) -> float:
    if not postmaster:
        return 0.0
    told = Path(f"/proc/{postmaster}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, told[13:15])) / os.sysconf("SC_CLK_TCK")  # children that have ended


def compare(file: str, url: str, home: Path, postmaster: int) -> bool:
    """Print what each question costs, and return whether all answers are the same."""
    is_same = True
    print(f"{'CPU s and seconds of the file, the server, and ratios':60}")
    for question in QUESTIONS:
        found = [cost(place, home, question, postmaster) for place in (file, url) * (TURNS + 1)]
        a, b, x, y = (median(one[n] for one in found[2 + k :: 2]) for n in (0, 1) for k in (0, 1))
        answers = len({said for *_, said in found})
        is_same = is_same and answers == 1
        said = "the same" if answers == 1 else "OTHER"
        figures = f"{a:7.2f}{b:7.2f}  × {b / a:.2f}{x:9.2f}{y:7.2f}  × {y / x:.2f}"
        print(f"{' '.join(question):60}{figures}  {said}", flush=True)
    return is_same


def main(url: str, postmaster: int = 0, imported: int = 5_000, copies: int = 200) -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, imported)
        file = str(home / "data" / "sigtrack" / "sigtrack.db")
        multiply(file, copies)
        served = _served(postmaster)
        command = [sys.executable, "-m", "sigtrack", "db", "copy", file, url]
        copied = cost_of(command, environment_of(home))
        server = _served(postmaster) - served
        with open_store(url) as team, open_store(file) as one:
            theirs, ours = team.census(), one.census()
        print(f"{theirs.items:,} and {ours.items:,} items, {theirs.size / 1e9:.1f} GB", end="")
        print(
            f" and {ours.size / 1e9:.1f}; db copy: {copied.cpu:.0f} CPU s, server {server:.0f}",
            end="",
        )
        print(f", {copied.wall:.0f} s, at most {copied.peak:.0f} MiB", flush=True)
        return 0 if compare(file, url, home, postmaster) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
