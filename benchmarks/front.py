"""Count important events in the first lines of a report, and test each part of a story's weight.

    python benchmarks/front.py GOLD DAYS [SOURCE ...]

DAYS is a folder of days (DAY.jsonl, items as `sigtrack import` takes them). GOLD is a file of JSON
lines: the `day` of an event, and the uids of the `items` that report it. Each day is imported into
its own store. Items of the named sources are an official publisher's. Two figures are printed for
the full weight, and then with one part left out at a time: the number of events in the first lines,
and, of all pairs of a story that reports an event and a story that does not, the share in which the
first weighs more (a tie counts half).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sigtrack.analyze.weight import heaviest, weight_of, worth_first
from sigtrack.app.in_force import InForce
from sigtrack.app.report import Background
from sigtrack.config import load_settings
from sigtrack.model import Priority, Role
from sigtrack.speech import Words
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.views.stories import Weighed

Events = Sequence[frozenset[str]]
# For each part of a weight, the traits with which this part adds nothing.
PARTS: Mapping[str, Mapping[str, Any]] = {
    "(nothing)": {},
    "priority": {"priority": Priority.LOW},
    "no act": {"idle": False},
    "watchlists": {"watchlists": 1},
    "rank": {"rank": None},
    "governments": {"governments": 0},
    "at home": {"at_home": 0},
    "how often it is told": {"items": 1, "publishers": 1, "languages": 1},
    "official": {"official": False},
    "comment": {"comment": False},
    "business": {"business": False},
    "what stands above": {"subjects": frozenset()},
}


def main() -> None:
    gold: dict[str, list[frozenset[str]]] = defaultdict(list)
    for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
        event = json.loads(line)
        gold[event["day"]].append(frozenset(event["items"]))
    roles = dict.fromkeys(sys.argv[3:], Role.MINISTRY)
    files = {day: Path(sys.argv[2], f"{day}.jsonl") for day in sorted(gold)}
    days = [(weighed(file, roles), gold[day]) for day, file in files.items()]
    total = sum(len(events) for _, events in days)
    print(f"{'taken out':22}{f'first, of {total}':>14}{'in order':>10}")
    for name, without in PARTS.items():
        first, order = figures(days, without)
        print(f"{name:22}{first:14}{order:10.3f}")


def weighed(file: Path, roles: Mapping[str, Role]) -> list[Weighed]:
    with tempfile.TemporaryDirectory() as home:
        places = ("HOME", *(f"XDG_{kind}_HOME" for kind in ("CONFIG", "DATA", "STATE", "CACHE")))
        environment = os.environ | dict.fromkeys(places, home) | {"SIGTRACK_DB": f"{home}/s.db"}
        command = [sys.executable, "-m", "sigtrack", "import", str(file)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        settings = load_settings(environment)
        with open_store(f"{home}/s.db") as store:
            query = Query()
            words = Words("en", now=settings.clock(), zone=settings.zone())
            background = Background(store, InForce(settings), words)
            background.roles = dict(roles)  # the days name feeds of their own
            return background.scales(query, {}).weigh(store.hits(query))


def figures(
    days: Sequence[tuple[Sequence[Weighed], Events]], without: Mapping[str, Any]
) -> tuple[int, float]:
    first, orders = 0, []
    for stories, events in days:
        traits = [replace(story.traits, **without) for story in stories]
        places = sorted(range(len(stories)), key=lambda n: -weight_of(traits[n]))
        chosen = heaviest([(weight_of(traits[n]), traits[n].subjects) for n in places])
        shown = worth_first([traits[n] for n in places], chosen)
        uids = [{stored.item.uid for stored in stories[n].items} for n in places]
        first += sum(any(event & uids[n] for n in shown) for event in events)
        told = [any(event & some for event in events) for some in uids]
        orders.append(_order([weight_of(traits[n]) for n in places], told))
    return first, sum(orders) / len(orders)


def _order(weights: Sequence[int], told: Sequence[bool]) -> float:
    some = [weight for weight, tells in zip(weights, told, strict=True) if tells]
    others = [weight for weight, tells in zip(weights, told, strict=True) if not tells]
    right = sum((one > other) + (one == other) / 2 for one in some for other in others)
    return right / (len(some) * len(others) or 1)


if __name__ == "__main__":
    main()
