"""`sigtrack visits --sequence`: the stops of one actor in order, and what is unusual about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sigtrack.analyze.visits.sequence import Claim, Stop, claims_of, stops_of
from sigtrack.app.hits import ID_SHOWN
from sigtrack.app.visits import Timeline, actor_of
from sigtrack.app.visits_cells import (
    EVIDENCE,
    days_of,
    evidence_of,
    key_to,
    level_of,
    name_of,
    place_of,
    symbol_and_days,
    towns_of,
)
from sigtrack.app.visits_records import record_of
from sigtrack.model import Actor, Block, Cell, Column, Note, Report, Stay, Table

_STOPS = (
    Column(name="when", kind="key"),
    Column(name="where", kind="main", whole=True),
    Column(name="level"),
    Column(name="days since", align="right"),
    Column(name="evidence"),
)
_CLAIMS = (Column(name="what", kind="main", whole=True), Column(name="evidence", kind="key"))


def sequence_of(timeline: Timeline, who: str, actors: Mapping[str, Actor]) -> Report:
    """Report the stops, the days between them, and the claims with their evidence."""
    actor = actor_of(who, actors)
    country = actor.country or actor.id
    person = actor.id if actor.kind == "person" else ""
    stops = stops_of(timeline.stays, country, person, timeline.until)
    if not stops or timeline.since is None:
        text = f"no visit of {actor.name} with a known day"
        return Report(title="Sequence", blocks=(Note(text=text),))
    names = {id: name_of(id, actors) for id in {*actors, country}}
    claims = claims_of(stops, actors, names, timeline.since)
    held = [stop for stop in stops if not stop.lapsed]
    return Report(
        title="Sequence",
        blocks=(
            Note(text=_route(held, actor, actors)),
            _table(stops, actor, actors),
            _unusual(claims, f"data from {timeline.since} to {timeline.until}"),
        ),
        records=(*_stop_records(stops), *map(_claim_record, claims)),
    )


def _table(stops: Sequence[Stop], actor: Actor, actors: Mapping[str, Actor]) -> Table:
    rows = tuple(_row(stop, actors) for stop in stops)
    caption = key_to(stop.stay for stop in stops)
    return Table(title=f"Stops of {actor.name}", columns=_STOPS, rows=rows, caption=caption)


def _row(stop: Stop, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    stay = stop.stay
    return (
        symbol_and_days(stay),
        f"{place_of(stay, actors)}{'; no report that it took place' if stop.lapsed else ''}",
        level_of(stay),
        stop.gap,
        evidence_of(stay),
    )


def _unusual(claims: Sequence[Claim], span: str) -> Block:
    if not claims:
        return Note(text=f"the items show nothing unusual ({span})")
    rows = tuple(
        (claim.text, " ".join(id[:ID_SHOWN] for id in claim.evidence[:EVIDENCE]))
        for claim in claims
    )
    return Table(title="What is unusual", columns=_CLAIMS, rows=rows, caption=span)


def _route(stops: Sequence[Stop], actor: Actor, actors: Mapping[str, Actor]) -> str:
    """Beijing and Shanghai 4-7 Jan, then Nara 13-14 Jan."""
    told = [f"{_places(stop.stay, actors)} {days_of(stop.stay)}" for stop in stops[-6:]]
    return f"{actor.name}: {', then '.join(told)}"


def _places(stay: Stay, actors: Mapping[str, Actor]) -> str:
    """Return towns; the table has the halls, airports and palaces within them."""
    towns = [site for site in stay.sites if site in towns_of(actors)] or list(stay.sites[:1])
    return " and ".join(towns[:2]) or name_of(stay.host_country, actors)


def _stop_records(stops: Sequence[Stop]) -> Iterator[dict[str, Any]]:
    for number, stop in enumerate(stops, start=1):
        yield {"stop": number, "gap": stop.gap, **record_of(stop.stay), "lapsed": stop.lapsed}


def _claim_record(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.kind,
        "text": claim.text,
        "since": claim.since.isoformat(),
        "evidence": list(claim.evidence),
    }
