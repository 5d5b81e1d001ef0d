"""Measure how long a command takes to start, against a bare interpreter, in one run.

    python benchmarks/startup.py [ITEMS]

Fills a store with ITEMS (100,000) items, of which one in fifty has a hit, and times whole
processes: `python -c pass`, `sigtrack --help`, `sigtrack report --since 7d` on that store, and a
headline tried on the shipped watchlists as the first run has kept them. The target for a report is
four times the bare interpreter plus 150 ms. Figures are medians of fifteen runs, taken in turns.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from measure import cost_of, medians
from sigtrack.analyze.changes import find_changes
from sigtrack.app.rules import shipped_rules
from sigtrack.model import Hit, Item, Priority, Span, fingerprint_of
from sigtrack.store import open_store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RUNS = 15
FEEDS = 50


def fill(path: str, number: int) -> None:
    dice = random.Random(1)
    words = [
        "summit",
        "talks",
        "Seoul",
        "Tokyo",
        "Beijing",
        "tariff",
        "chip",
        "statement",
        "visit",
        "leaders",
        "new",
    ]
    with open_store(path) as store:
        run = store.begin_run("import", NOW)
        for feed in range(FEEDS):
            items = [_item(f"feed-{feed}", n, dice, words) for n in range(number // FEEDS)]
            store.save(find_changes([], items), NOW)
        for batch in store.batches({"trade": "1", "tech": "1"}):
            hits = [
                (stored, _hit(stored.id, name))
                for stored in batch.items
                for name in batch.fingerprints
                if dice.random() < 0.02
            ]
            store.save_hits(batch, hits, NOW)
        readings = shipped_rules().readings
        for batch in store.batches(kinds=readings.fingerprints):
            told = [(one, readings.read(one.item, batch.kinds)) for one in batch.items]
            store.save_readings(batch, told)
        store.finish_run(run, NOW)


def _item(feed: str, number: int, dice: random.Random, words: list[str]) -> Item:
    title = f"{' '.join(dice.choices(words, k=9))} {number}"
    return Item(
        feed=feed,
        uid=f"{feed}-{number}",
        url=f"https://example.org/{feed}/{number}",
        title=title,
        published=NOW - timedelta(minutes=dice.randrange(365 * 24 * 60)),
        language="en",
        imported=True,
        fingerprint=fingerprint_of(title, "", ""),
    )


def _hit(item: str, watchlist: str) -> Hit:
    span = Span(field="title", start=0, end=6, term="summit")
    return Hit(
        item=item,
        watchlist=watchlist,
        signal="talks",
        priority=Priority.NORMAL,
        score=21,
        spans=(span,),
    )


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "store.db")
        fill(path, number)
        environment = os.environ | {
            "SIGTRACK_DB": path,
            "SIGTRACK_CONFIG": "",
            "XDG_CONFIG_HOME": folder,
            "XDG_STATE_HOME": folder,
            "SIGTRACK_NOW": NOW.isoformat(),
        }
        sigtrack = [sys.executable, "-m", "sigtrack"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "sigtrack --help": [*sigtrack, "--help"],
            "sigtrack report": [*sigtrack, "report", "--since", "7d"],
            "watchlists test": [*sigtrack, "watchlists", "test", "Summit in Nara"],
        }
        costs = medians(
            {name: partial(cost_of, command, environment) for name, command in commands.items()},
            turns=RUNS,
        )
    taken = {name: 1000 * cost.wall for name, cost in costs.items()}
    allowed = 4 * taken["python -c pass"] + 150
    print(f"{number:,} items; allowed {allowed:.0f} ms")
    for name, milliseconds in taken.items():
        print(f"{name:18} {milliseconds:6.0f} ms")


if __name__ == "__main__":
    main()
