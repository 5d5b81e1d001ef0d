"""`sigtrack visits`: who went to whom, in which order, and where, with the items that tell it.

Visits are derived, like hits: they are read from the stored items each time, by the gazetteer of
today, some 10,000 items a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sigtrack.analyze.visits import (
    Claim,
    Stop,
    VisitReader,
    claims_of,
    meaning_of,
    merge,
    stops_of,
)
from sigtrack.analyze.visits import (
    Report as Told,
)
from sigtrack.app.hits import ID_SHOWN, count, when, without_article
from sigtrack.app.window import Wanted, query_of
from sigtrack.errors import Misuse
from sigtrack.model import (
    Actor,
    Block,
    Cell,
    Column,
    Feed,
    Level,
    Marked,
    Note,
    Phase,
    Report,
    Stay,
    StoredItem,
    Table,
    Visit,
)
from sigtrack.store import Store
from sigtrack.text import clean

FIELDS = (
    *("visitor", "visitor_country", "host_country", "place", "date", "phase", "level", "rank"),
    "evidence",
)
SYMBOLS: Mapping[Phase, str] = {
    Phase.PLANNED: "○",
    Phase.ONGOING: "◐",
    Phase.DONE: "●",
    Phase.CANCELLED: "✕",
}
_KEY = "○ planned  ◐ under way  ● over  ✕ called off"
_DETAIL = re.compile(r" ?[;:(]")
_EVIDENCE = 3  # ids shown a row; --format json has all


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose visits and to whom: ids of the gazetteer without @, "" = all."""

    who: str = ""
    host: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All stays that the items of a window tell, and since when there are items.

    `items` are without their articles: nobody reads them here, and some have megabytes.
    """

    stays: tuple[Stay, ...]
    items: tuple[tuple[StoredItem, Visit], ...]
    read: int
    since: date | None
    until: date | None = None


def timeline_of(stored: Iterable[StoredItem], reader: VisitReader) -> Timeline:
    """Every item is read once."""
    items: list[tuple[StoredItem, Visit]] = []
    told: list[Told] = []
    read, first, last = 0, None, None
    for one in stored:
        read += 1
        moment = when(one)
        first = moment if first is None or moment < first else first
        last = moment if last is None or moment > last else last
        reports = reports_of(one, reader)
        if reports:
            items.append((without_article(one), reports[0].visit))
            told += reports
    return Timeline(
        stays=tuple(merge(told)),
        items=tuple(items),
        read=read,
        since=first.date() if first else None,
        until=last.date() if last else None,
    )


def reports_of(stored: StoredItem, reader: VisitReader) -> list[Told]:
    """What one item tells of visits, the main one first."""
    item = stored.item
    return [
        Told(item=stored.id, at=when(stored), source=item.feed, visit=visit, story=stored.story)
        for visit in reader.visits(item)
    ]


def read_timeline(
    store: Store,
    wanted: Wanted,
    feeds: Iterable[Feed],
    actors: Mapping[str, Actor],
    *,
    now: datetime,
    zone: tzinfo,
) -> Timeline:
    query = query_of(wanted, store, feeds, now, zone)
    return timeline_of(store.items(query), VisitReader(actors))


def table(timeline: Timeline, asked: Asked, actors: Mapping[str, Actor], since: str) -> Report:
    """A line a stay, in order of the first day."""
    stays = list(chosen(timeline.stays, asked, actors))
    shown = stays[-asked.limit :] if asked.limit else stays
    caption = _KEY if len(shown) == len(stays) else f"{_KEY}; the last {len(shown)} of {len(stays)}"
    columns = (
        Column(name="when", kind="key"),
        Column(name="who", kind="key"),
        Column(name="where", kind="main"),
        Column(name="evidence", kind="key"),
        Column(name="level"),
    )
    rows = tuple(_row(stay, actors) for stay in shown)
    note = Note(text=f"{count(len(stays), 'visit')} in {count(timeline.read, 'item')} {since}")
    blocks: tuple[Block, ...] = (note,)
    if rows:
        blocks += (Table(title="Visits", columns=columns, rows=rows, caption=caption),)
    return Report(
        title="Visits", blocks=blocks, records=tuple(map(record_of, stays)), fields=FIELDS
    )


def by_item(timeline: Timeline, asked: Asked, actors: Mapping[str, Actor]) -> Report:
    """A line an item that tells of a visit, in order of publication."""
    who, host = _both(asked, actors)
    found = [
        (stored, visit)
        for stored, visit in sorted(timeline.items, key=lambda one: (when(one[0]), one[0].id))
        if visit.is_from_to(who, host)
    ]
    columns = (
        Column(name="when"),
        Column(name="headline", kind="main"),
        Column(name="visit", kind="key"),
        Column(name="phase"),
        Column(name="id"),
    )
    shown = found[: asked.limit] if asked.limit else found
    rows = tuple(_item_row(stored, visit) for stored, visit in shown)
    blocks: tuple[Block, ...] = (Note(text=f"{count(len(found), 'item')} with a visit"),)
    if rows:
        blocks += (Table(columns=columns, rows=rows),)
    records = tuple(item_record(stored, visit) for stored, visit in found)
    return Report(title="Visits", blocks=blocks, records=records, fields=("uid", *FIELDS))


def matrix(timeline: Timeline, asked: Asked, actors: Mapping[str, Actor]) -> Report:
    """Visitor by host: every visit of a pair, the days between, and whether it was returned."""
    pairs: dict[tuple[str, str], list[Stay]] = {}
    for stay in chosen(timeline.stays, asked, actors):
        if stay.phase is not Phase.CANCELLED:
            pairs.setdefault((stay.visitor.country, stay.host_country), []).append(stay)
    columns = (
        Column(name="visitor", kind="key"),
        Column(name="host", kind="key"),
        Column(name="visits", kind="main"),
        Column(name="since the last", align="right"),
        Column(name="returned"),
    )
    rows, records = [], []
    for visitor, host in sorted(pairs):
        stays = pairs[visitor, host]
        back = _returned(stays, timeline.stays)
        answer = f"{SYMBOLS[back.phase]} {_days(back)}" if back else "no"
        gap = _interval(stays)
        told = ", ".join(
            f"{_days(stay)} {SYMBOLS[stay.phase]}"
            + (f" {stay.level}" if stay.level is not Level.UNSPECIFIED else "")
            for stay in stays
        )
        since = "" if gap is None else count(gap, "day")
        rows.append((name_of(visitor, actors), name_of(host, actors), told, since, answer))
        records.append(
            {
                "visitor_country": visitor,
                "host_country": host,
                "visits": [record_of(stay) for stay in stays],
                "interval": gap,
                "returned": back.date if back else None,
            }
        )
    blocks: tuple[Block, ...] = (Note(text=f"{count(len(rows), 'pair')} of visitor and host"),)
    if rows:
        blocks += (
            Table(title="Who goes to whom", columns=columns, rows=tuple(rows), caption=_KEY),
        )
    return Report(title="Visits", blocks=blocks, records=tuple(records))


def sequence(timeline: Timeline, who: str, actors: Mapping[str, Actor]) -> Report:
    """One actor's stops in order, with the gaps, and what is unusual about them."""
    actor = actor_of(who, actors)
    country = actor.country or actor.id
    person = actor.id if actor.kind == "person" else ""
    stops = stops_of(timeline.stays, country, person, timeline.until)
    if not stops or timeline.since is None:
        text = f"no visit of {_title(actor)} whose day is told"
        return Report(title="Sequence", blocks=(Note(text=text),))
    names = {id: name_of(id, actors) for id in {*actors, country}}
    claims = claims_of(stops, actors, names, timeline.since)
    columns = (
        Column(name="when", kind="key"),
        Column(name="where", kind="main"),
        Column(name="level"),
        Column(name="days since", align="right"),
        Column(name="evidence"),
    )
    rows = tuple(_stop_row(stop, actors) for stop in stops)
    span = f"data from {timeline.since} to {timeline.until}"
    blocks: list[Block] = [
        Note(text=_story([stop for stop in stops if not stop.lapsed], actor, actors)),
        Table(title=f"Stops of {_title(actor)}", columns=columns, rows=rows, caption=_KEY),
    ]
    if claims:
        blocks.append(_unusual(claims, span))
    else:
        blocks.append(Note(text=f"nothing unusual that the items can tell ({span})"))
    records = (
        *(
            {"stop": number, "gap": stop.gap, "lapsed": stop.lapsed, **record_of(stop.stay)}
            for number, stop in enumerate(stops, start=1)
        ),
        *(
            {
                "claim": claim.kind,
                "text": claim.text,
                "since": claim.since.isoformat(),
                "evidence": list(claim.evidence),
            }
            for claim in claims
        ),
    )
    return Report(title="Sequence", blocks=tuple(blocks), records=records)


# Whose


def actor_of(given: str, actors: Mapping[str, Actor]) -> Actor:
    """An entry of the gazetteer, as `@KR` or `KR`. Raises Misuse."""
    id = given.lstrip("@")
    actor = actors.get(id) or actors.get(id.upper()) or actors.get(id.lower())
    if actor is None:
        raise Misuse(
            f"there is no actor {clean(given)!r}",
            hint="a country is its code (@KR), a person an id (@takaichi)",
        )
    return actor


def chosen(stays: Iterable[Stay], asked: Asked, actors: Mapping[str, Actor]) -> Iterator[Stay]:
    """The stays of `who` with `host`."""
    who, host = _both(asked, actors)
    return (stay for stay in stays if stay.is_from_to(who, host))


def _both(asked: Asked, actors: Mapping[str, Actor]) -> tuple[Actor | None, Actor | None]:
    who = actor_of(asked.who, actors) if asked.who else None
    return who, actor_of(asked.host, actors) if asked.host else None


# Records


def record_of(stay: Stay) -> dict[str, Any]:
    return {
        "visitor": stay.visitor.name,
        "visitor_country": stay.visitor.country,
        "host_country": stay.host_country,
        "place": ", ".join(stay.sites) or None,
        "date": stay.date,
        "phase": str(stay.phase),
        "level": str(stay.level),
        "rank": str(stay.visitor.rank),
        "evidence": list(stay.evidence),
    }


def item_record(stored: StoredItem, visit: Visit) -> dict[str, Any]:
    """The main visit of an item. `host_country` is null for talks whose place is not told."""
    visitor = visit.visitors[0]
    return {
        "uid": stored.item.uid,
        "visitor": visitor.name,
        "visitor_country": visitor.country,
        "host_country": visit.host_country,
        "place": visit.place,
        "date": visit.date,
        "phase": str(visit.phase),
        "level": str(visit.level),
        "rank": str(visit.rank),
        "evidence": [stored.id],
    }


# Cells and sentences


def _row(stay: Stay, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    return (
        f"{SYMBOLS[stay.phase]} {_days(stay)}",
        _who(stay),
        _where(stay, actors),
        _evidence(stay, 1),
        "" if stay.level is Level.UNSPECIFIED else str(stay.level),
    )


def _item_row(stored: StoredItem, visit: Visit) -> tuple[Cell, ...]:
    item = stored.item
    spans = tuple((s.start, s.end) for s in visit.spans if s.field == "title")
    who = "+".join(dict.fromkeys(v.country for v in visit.visitors))
    return (
        when(stored),
        Marked(text=item.title, spans=spans, link=item.url, language=item.language),
        f"{who} → {visit.host_country or '?'}",
        str(visit.phase),
        stored.id[:ID_SHOWN],
    )


def _stop_row(stop: Stop, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    stay = stop.stay
    return (
        f"{SYMBOLS[stay.phase]} {_days(stay)}",
        f"{_where(stay, actors)}{'; no report that it took place' if stop.lapsed else ''}",
        "" if stay.level is Level.UNSPECIFIED else str(stay.level),
        stop.gap,
        _evidence(stay),
    )


def _who(stay: Stay) -> str:
    """KR Lee Jae Myung, or JP minister: the code first, for a narrow table cuts at the end."""
    visitor = stay.visitor
    return f"{visitor.country} {visitor.name if visitor.actor else visitor.rank}"


def _where(stay: Stay, actors: Mapping[str, Actor]) -> str:
    """Japan: Nara (Takaichi's home prefecture), Osaka: the first that has a meaning tells it."""
    country = name_of(stay.host_country, actors)
    places = list(stay.sites[:3])
    for number, site in enumerate(places):
        meaning = _is_told(site, stay, actors)
        if meaning:
            places[number] = f"{site} ({_in_short(meaning)})"
            break
    place = ", ".join(places)
    return place if place.startswith(country) else f"{country}: {place}" if place else country


def _is_told(site: str, stay: Stay, actors: Mapping[str, Actor]) -> str:
    capital = actors[stay.host_country].metonyms[:1] if stay.host_country in actors else ()
    return "" if site in capital else meaning_of(site, actors)


def _in_short(meaning: str) -> str:
    """The gazetteer's note up to its first detail."""
    return _DETAIL.split(meaning, maxsplit=1)[0]


def _evidence(stay: Stay, shown: int = _EVIDENCE) -> str:
    ids = " ".join(id[:ID_SHOWN] for id in stay.evidence[:shown])
    left = stay.stories - min(len(stay.evidence), shown)
    return f"{ids} +{left}" if left > 0 else ids


def _unusual(claims: Sequence[Claim], span: str) -> Table:
    columns = (Column(name="what", kind="main"), Column(name="evidence"))
    rows = tuple(
        (claim.text, " ".join(id[:ID_SHOWN] for id in claim.evidence[:_EVIDENCE]))
        for claim in claims
    )
    return Table(title="What is unusual", columns=columns, rows=rows, caption=span)


def _story(stops: Sequence[Stop], actor: Actor, actors: Mapping[str, Actor]) -> str:
    """Beijing and Shanghai 4-7 Jan, then Nara 13-14 Jan."""
    told = [f"{_places(stop.stay, actors)} {_days(stop.stay)}" for stop in stops[-6:]]
    return f"{_title(actor)}: {', then '.join(told)}"


def _places(stay: Stay, actors: Mapping[str, Actor]) -> str:
    """Towns; halls, airports and palaces within them are left to the table."""
    towns = [site for site in stay.sites if site in towns_of(actors)] or list(stay.sites[:1])
    return " and ".join(towns[:2]) or name_of(stay.host_country, actors)


def towns_of(actors: Mapping[str, Actor]) -> frozenset[str]:
    """Capitals, and venues that are no halls, airports or palaces."""
    capitals = {
        a.metonyms[0].lstrip("=~") for a in actors.values() if a.kind == "country" and a.metonyms
    }
    venues = {a.names[0].lstrip("=~") for a in actors.values() if a.kind == "venue"}
    return frozenset(capitals | {v for v in venues if " " not in v})


def _days(stay: Stay) -> str:
    """4-7 Jan 2026, 13 Jan 2026, Jan 2026, 2026, or a question mark."""
    if stay.date is None:
        return "?"
    if len(stay.date) < len("2026-01-13"):
        return f"{date.fromisoformat(f'{stay.date}-01'):%b %Y}" if "-" in stay.date else stay.date
    first = date.fromisoformat(stay.date)
    if stay.until is None or stay.until == stay.date:
        return f"{first.day} {first:%b %Y}"
    last = date.fromisoformat(stay.until)
    if first.month == last.month:
        return f"{first.day}-{last.day} {last:%b %Y}"
    return f"{first.day} {first:%b} - {last.day} {last:%b %Y}"


def _interval(stays: Sequence[Stay]) -> int | None:
    """Days between the last two visits whose days are told."""
    days = [date.fromisoformat(s.date) for s in stays if s.date and len(s.date) == 10]
    return (days[-1] - days[-2]).days if len(days) > 1 else None


def _returned(stays: Sequence[Stay], every: Iterable[Stay]) -> Stay | None:
    """When the host came in his turn, after the last of these visits."""
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


def name_of(country: str, actors: Mapping[str, Actor]) -> str:
    actor = actors.get(country)
    return actor.names[0].lstrip("=~") if actor and actor.names else country


def _title(actor: Actor) -> str:
    return actor.names[0].lstrip("=~") if actor.names else actor.id
