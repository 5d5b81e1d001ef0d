"""How well visits are read from headlines, on items that we labelled by hand.

    python tests/gold/score_visits.py                     the work part: table, floors
    python tests/gold/score_visits.py --part all          the other parts as well
    python tests/gold/score_visits.py --errors work       and every item read wrongly
    python tests/gold/score_visits.py --raise             write better figures into the floors
    python tests/gold/score_visits.py --lower "reason"    accept worse ones, with the reason

An item has one gold visit or none. A prediction is right when it names the country of any of the
visitors and the country where it takes place (`core`), the phase too (`core-phase`), the date too
(`core-phase-date`); a prediction for an item without a visit is a false alarm and counts against
precision. The same parts, floors and commands as `score`, but that batches are held out whole:
what came with numbers from 3000 on was measured once and read, what came from 4000 on is held out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sigtrack.model import Item
from sigtrack.text import clean

if not __package__:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from gold.score import (
    ALL,
    HERE,
    LANGUAGES,
    PARTS_OF_BATCHES,
    Negatives,
    Part,
    Row,
    arguments,
    part_of,
    settle,
)

SECOND_BATCH, THIRD_BATCH = 3000, 4000
SLACK = 3  # days between two full dates: the start of a visit is often not told
LEFT_ALONE = "no-visit-left-alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Countries by ISO 3166-1 alpha-2; `date` is YYYY, YYYY-MM, YYYY-MM-DD or None (not told)."""

    visitors: frozenset[str]
    host: str
    phase: str
    date: str | None = None
    place: str | None = None
    level: str = "unspecified"
    rank: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One item as the labellers see it."""

    id: str
    lang: str
    published: str
    source: str
    title: str
    summary: str
    visit: Visit | None

    @property
    def part(self) -> Part:
        number = int(self.id.rpartition("-")[2])
        if number >= THIRD_BATCH:
            return "held-out"
        is_read = number >= SECOND_BATCH or part_of(self.id) == "held-out"
        return "read" if is_read else "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`levels`: of the visits found whose level is told, how many bear it, and how many there are."""

    rows: tuple[Row, ...]
    negatives: tuple[Negatives, ...]
    levels: tuple[int, int]

    def figures(self) -> dict[str, float]:
        """What floors are about: "core-phase.ko" -> F1."""
        found = {f"{row.name}.{row.lang}": row.f1 for row in self.rows}
        return found | {f"{LEFT_ALONE}.{n.lang}": n.left_alone for n in self.negatives}


def core(gold: Visit, got: Visit) -> bool:
    return bool(gold.visitors & got.visitors) and gold.host == got.host


def core_phase(gold: Visit, got: Visit) -> bool:
    return core(gold, got) and gold.phase == got.phase


def core_phase_date(gold: Visit, got: Visit) -> bool:
    return core_phase(gold, got) and same_date(gold.date, got.date)


JUDGES = {"core": core, "core-phase": core_phase, "core-phase-date": core_phase_date}


def same_date(gold: str | None, got: str | None) -> bool:
    """A date that the text does not tell is not judged; a vaguer one is right if it contains."""
    if gold is None:
        return True
    if got is None:
        return False
    if len(gold) == len(got) == len("2026-01-13"):
        return abs((date.fromisoformat(gold) - date.fromisoformat(got)).days) <= SLACK
    return gold.startswith(got) or got.startswith(gold)


def load(path: Path = HERE / "visits.jsonl") -> list[Seen]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Seen(**(raw | {"visit": visit_of(raw["visit"])})) for raw in map(json.loads, lines)]


def visit_of(raw: Mapping[str, Any] | None) -> Visit | None:
    if raw is None:
        return None
    return Visit(
        visitors=frozenset(visitor["country"] for visitor in raw["visitors"]),
        host=raw["host_country"],
        **{key: raw[key] for key in ("phase", "date", "place", "level", "rank")},
    )


def score(gold: Sequence[Seen], predicted: Mapping[str, Visit]) -> Table:
    """Count per judge and language; an id without a prediction has no visit."""
    rows, negatives = [], []
    for lang in (ALL, *LANGUAGES):
        chosen = [item for item in gold if lang in (ALL, item.lang)]
        rows += [_row(name, lang, chosen, predicted) for name in JUDGES]
        without = [item for item in chosen if item.visit is None]
        hit = sum(item.id in predicted for item in without)
        negatives.append(Negatives(lang=lang, hit=hit, total=len(without)))
    return Table(rows=tuple(rows), negatives=tuple(negatives), levels=_levels(gold, predicted))


def _row(name: str, lang: str, gold: Sequence[Seen], predicted: Mapping[str, Visit]) -> Row:
    tp = sum(_right(name, item, predicted) for item in gold)
    told = sum(item.id in predicted for item in gold)
    true = sum(item.visit is not None for item in gold)
    return Row(name=name, lang=lang, tp=tp, fp=told - tp, fn=true - tp)


def _right(name: str, item: Seen, predicted: Mapping[str, Visit]) -> bool:
    got = predicted.get(item.id)
    return item.visit is not None and got is not None and JUDGES[name](item.visit, got)


def _levels(gold: Iterable[Seen], predicted: Mapping[str, Visit]) -> tuple[int, int]:
    found = [item for item in gold if _right("core", item, predicted)]
    pairs = [(item.visit.level, predicted[item.id].level) for item in found if item.visit]
    told = [(true, got) for true, got in pairs if true != "unspecified"]
    return sum(true == got for true, got in told), len(told)


def item_of(seen: Seen) -> Item:
    """The item as it would come out of a feed: cleaned once."""
    return Item(
        feed=seen.source,
        uid=seen.id,
        title=clean(seen.title),
        summary=clean(seen.summary),
        language=seen.lang,
        published=datetime.fromisoformat(seen.published),
    )


def shipped() -> Callable[[Item], Visit | None]:
    """How sigtrack reads visits; imported late, so that `score` needs none of it."""
    from sigtrack.analyze.visits.reader import VisitReader
    from sigtrack.watch import shipped_text
    from sigtrack.watch.actors import load_actors

    reader = VisitReader(load_actors(shipped_text("actors.toml"), None)[0])

    def read(item: Item) -> Visit | None:
        found = reader.main_visit(item)
        if found is None or found.host_country is None:
            return None
        return Visit(
            visitors=frozenset(visitor.country for visitor in found.visitors),
            host=found.host_country,
            **{key: getattr(found, key) for key in ("phase", "date", "place", "level", "rank")},
        )

    return read


def predict(gold: Iterable[Seen], read: Callable[[Item], Visit | None]) -> dict[str, Visit]:
    found = {item.id: read(item_of(item)) for item in gold}
    return {id: visit for id, visit in found.items() if visit}


def show(part: str, size: int, table: Table) -> None:
    print(f"\n{part}: {size} items")
    print(f"{'judged':18}{'lang':5}{'P':>7}{'R':>7}{'F1':>7}{'tp':>6}{'fp':>5}{'fn':>5}")
    for r in sorted(table.rows, key=lambda row: list(JUDGES).index(row.name)):
        print(
            f"{r.name:18}{r.lang:5}{r.precision:7.3f}{r.recall:7.3f}{r.f1:7.3f}"
            f"{r.tp:6}{r.fp:5}{r.fn:5}"
        )
    for n in table.negatives:
        print(f"false alarms, {n.lang}: {n.hit} of {n.total} ({1 - n.left_alone:.1%})")
    print("levels right where told: {} of {}".format(*table.levels))


def show_errors(gold: Iterable[Seen], predicted: Mapping[str, Visit]) -> None:
    for item in gold:
        got = predicted.get(item.id)
        if not (item.visit is None and got is None) and not _right(
            "core-phase-date", item, predicted
        ):
            print(
                f"{item.id} {_brief(item.visit)} got {_brief(got)} | {item.title} | {item.summary}"
            )


def _brief(visit: Visit | None) -> str:
    if visit is None:
        return "no visit"
    return f"{'+'.join(sorted(visit.visitors))} > {visit.host} {visit.phase} {visit.date}"


def main(
    argv: Sequence[str], reader: Callable[[], Callable[[Item], Visit | None]] = shipped
) -> int:
    about, floors = "Score visits on the gold set.", HERE / "floors_visits.toml"
    options = arguments(argv, about, floors, PARTS_OF_BATCHES)
    gold = load()
    predicted = predict(gold, reader())
    figures: dict[str, float] = {}
    for part in PARTS_OF_BATCHES:
        chosen = [item for item in gold if item.part == part]
        if options.part in (part, "all"):
            table = score(chosen, predicted)
            show(part, len(chosen), table)
            figures |= {f"{part}.{name}": value for name, value in table.figures().items()}
        if options.errors == part:
            show_errors(chosen, predicted)
    return settle(options, figures, options.floors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
