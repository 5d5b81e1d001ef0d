"""`sigtrack visits --matrix`: visits by visitor and host, intervals, and return visits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sigtrack.app.hits import count
from sigtrack.app.visits import Timeline, VisitsAsked, chosen
from sigtrack.app.visits_cells import days_of, key_to, level_of, name_of, symbol_and_days, symbol_of
from sigtrack.app.visits_records import record_of
from sigtrack.model import Actor, Block, Cell, Column, Note, Phase, Report, Stay, Table, whole_day

_COLUMNS = (
    Column(name="visitor", kind="key"),
    Column(name="host", kind="key"),
    Column(name="visits", kind="main"),
    Column(name="since the last", align="right"),
    Column(name="returned"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """All `stays` of visitors from one country in another. `gap` is the number of days between the
    last two, `back` the return visit."""

    visitor: str
    host: str
    stays: Sequence[Stay]
    gap: int | None
    back: Stay | None


def matrix_of(timeline: Timeline, asked: VisitsAsked, actors: Mapping[str, Actor]) -> Report:
    """Return a row for each pair of countries, by their codes, without cancelled visits. A limit
    keeps the pairs with most visits."""
    pairs = _pairs(timeline, asked, actors)
    busiest = sorted(pairs, key=lambda pair: -len(pair.stays))[: asked.limit]
    note = f"{count(len(pairs), 'pair')} of visitor and host"
    if timeline.since:
        note += f"; no item tells of visits before {timeline.since} or after {timeline.until}"
    blocks: tuple[Block, ...] = (Note(text=note),)
    if pairs:
        rows = tuple(_row(pair, actors) for pair in pairs if pair in busiest)
        left = len(pairs) - len(rows)
        key = key_to(stay for pair in pairs if pair in busiest for stay in pair.stays)
        caption = f"{key}; {left} not shown, -n 0 shows all" if left else key
        blocks += (Table(title="Who goes to whom", columns=_COLUMNS, rows=rows, caption=caption),)
    return Report(title="Visits", blocks=blocks, records=tuple(map(_record, pairs)))


def _pairs(timeline: Timeline, asked: VisitsAsked, actors: Mapping[str, Actor]) -> list[_Pair]:
    found: dict[tuple[str, str], list[Stay]] = {}
    for stay in chosen(timeline.stays, asked, actors):
        if stay.phase is not Phase.CANCELLED:
            found.setdefault((stay.visitor.country, stay.host_country), []).append(stay)
    return [
        _Pair(
            visitor=visitor,
            host=host,
            stays=stays,
            gap=_interval(stays),
            back=_returned(stays, timeline.stays),
        )
        for (visitor, host), stays in sorted(found.items())
    ]


def _row(pair: _Pair, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    return (
        name_of(pair.visitor, actors),
        name_of(pair.host, actors),
        ", ".join(map(_day_and_phase, pair.stays)),
        "" if pair.gap is None else count(pair.gap, "day"),
        symbol_and_days(pair.back) if pair.back else "not told",
    )


def _day_and_phase(stay: Stay) -> str:
    return " ".join(filter(None, (days_of(stay), symbol_of(stay), level_of(stay))))


def _record(pair: _Pair) -> dict[str, Any]:
    return {
        "visitor_country": pair.visitor,
        "host_country": pair.host,
        "visits": [record_of(stay) for stay in pair.stays],
        "interval": pair.gap,
        "returned": pair.back.date if pair.back else None,
    }


def _interval(stays: Sequence[Stay]) -> int | None:
    """Return the days between the last two visits with a known day."""
    days = [day for s in stays if (day := whole_day(s.date))]
    return (days[-1] - days[-2]).days if len(days) > 1 else None


def _returned(stays: Sequence[Stay], every: Iterable[Stay]) -> Stay | None:
    """Return the visit by which the host returned the last of these visits."""
    last = max((s.date for s in stays if s.date), default=None)
    visitor, host = stays[-1].visitor, stays[-1].host_country
    back = [
        s
        for s in every
        if s.visitor.country == host
        and s.host_country == visitor.country
        and s.visitor.rank == visitor.rank
        and s.phase is not Phase.CANCELLED
        and s.date
        and last
        and s.date > last
    ]
    return back[0] if back else None
