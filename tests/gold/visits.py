"""How well visits are read from headlines, on items that we labelled by hand.

An item has one gold visit or none. A prediction is right when it names the country of any of the
visitors and the country where it takes place (`core`), the phase too (`core-phase`), the date too
(`core-phase-date`); a prediction for an item without a visit is a false alarm and counts against
precision. Batches are held out whole: what came with numbers from 3000 on was measured once and read, what came from 4000 on is held out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gold.measure import (
    ALL,
    HERE,
    LANGUAGES,
    Labelled,
    Measured,
    Negatives,
    Part,
    Row,
    Table,
    part_of,
    read_lines,
)
from sigtrack.model import Item

SECOND_BATCH, THIRD_BATCH = 3000, 4000
SLACK = 3  # days between two full dates: the start of a visit is often not told


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
class Seen(Labelled):
    visit: Visit | None

    @property
    def part(self) -> Part:
        number = int(self.id.rpartition("-")[2])
        if number >= THIRD_BATCH:
            return "held-out"
        is_read = number >= SECOND_BATCH or part_of(self.id) == "held-out"
        return "read" if is_read else "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTable(Table):
    """`levels`: of the visits found whose level is told, how many bear it, and how many there are."""

    levels: tuple[int, int]


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
    return [Seen(**(raw | {"visit": visit_of(raw["visit"])})) for raw in read_lines(path)]


def visit_of(raw: Mapping[str, Any] | None) -> Visit | None:
    if raw is None:
        return None
    return Visit(
        visitors=frozenset(visitor["country"] for visitor in raw["visitors"]),
        host=raw["host_country"],
        **{key: raw[key] for key in ("phase", "date", "place", "level", "rank")},
    )


def score(gold: Sequence[Seen], predicted: Mapping[str, Visit]) -> VisitTable:
    """Count per judge and language; an id without a prediction has no visit."""
    by_lang = {
        lang: [item for item in gold if lang in (ALL, item.lang)] for lang in (ALL, *LANGUAGES)
    }
    rows = [_row(name, lang, by_lang[lang], predicted) for name in JUDGES for lang in by_lang]
    negatives = []
    for lang, chosen in by_lang.items():
        without = [item for item in chosen if item.visit is None]
        hit = sum(item.id in predicted for item in without)
        negatives.append(Negatives(lang=lang, hit=hit, total=len(without)))
    return VisitTable(
        rows=tuple(rows),
        negatives=tuple(negatives),
        alone="no-visit-left-alone",
        levels=_levels(gold, predicted),
    )


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


def shipped() -> Callable[[Item], Visit | None]:
    """How sigtrack reads visits; imported late, so that `score` needs none of it."""
    from sigtrack.analyze.visits.reader import VisitReader
    from sigtrack.watch import shipped_text
    from sigtrack.watch.actors import load_actors

    reader = VisitReader(load_actors(shipped_text("actors.toml"), None)[0])

    def read(item: Item) -> Visit | None:
        found = next((visit for visit in reader.visits(item) if visit.host_country), None)
        if found is None:
            return None
        return Visit(
            visitors=frozenset(visitor.country for visitor in found.visitors),
            host=found.host_country,
            **{key: getattr(found, key) for key in ("phase", "date", "place", "level", "rank")},
        )

    return read


def predict(gold: Iterable[Seen], read: Callable[[Item], Visit | None]) -> dict[str, Visit]:
    found = {item.id: read(item.item()) for item in gold}
    return {id: visit for id, visit in found.items() if visit}


def errors(gold: Iterable[Seen], predicted: Mapping[str, Visit]) -> Iterator[str]:
    for item in gold:
        got = predicted.get(item.id)
        if not (item.visit is None and got is None) and not _right(
            "core-phase-date", item, predicted
        ):
            both = f"{_brief(item.visit)} got {_brief(got)}"
            yield f"{item.id} {both} | {item.title} | {item.summary}"


def _brief(visit: Visit | None) -> str:
    if visit is None:
        return "no visit"
    return f"{'+'.join(sorted(visit.visitors))} > {visit.host} {visit.phase} {visit.date}"


def measured(read: Callable[[Item], Visit | None]) -> Callable[[Part], Measured]:
    gold = load()

    def of(part: Part) -> Measured:
        chosen = [item for item in gold if item.part == part]
        predicted = predict(chosen, read)
        table = score(chosen, predicted)
        levels = "levels right where told: {} of {}".format(*table.levels)
        lines = table.lines("judged", "false alarms")
        return Measured(
            lines=("", f"{part}: {len(chosen)} items", *lines, levels),
            figures=table.figures(),
            errors=errors(chosen, predicted),
        )

    return of
