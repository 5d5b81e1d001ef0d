"""`sigtrack visits`: who went to whom, in which order, and where, with the items that tell it.

Visits are derived, like hits: they are read from the stored items each time, by the gazetteer of
today, some 10,000 items a second. How they are shown is the matter of `visits_table`,
`visits_matrix` and `visits_sequence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from sigtrack.analyze.visits import Report, VisitReader, merge, settled
from sigtrack.app.hits import when, without_article
from sigtrack.app.window import Wanted, query_of
from sigtrack.errors import Misuse
from sigtrack.model import Actor, Feed, Stay, StoredItem, Visit
from sigtrack.store import Store
from sigtrack.text import clean


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
    told: list[Report] = []
    read, first, last = 0, None, None
    for one in stored:
        read += 1
        moment = when(one)
        first = moment if first is None or moment < first else first
        last = moment if last is None or moment > last else last
        reports = reports_of(one, reader)
        if reports:
            items.append((without_article(one), _main(reports)))
            told += reports
    return Timeline(
        stays=tuple(merge(told)),
        items=tuple(items),
        read=read,
        since=first.date() if first else None,
        until=last.date() if last else None,
    )


def reports_of(stored: StoredItem, reader: VisitReader) -> list[Report]:
    """What one item tells of visits, the main one first."""
    item = stored.item
    return [
        Report(item=stored.id, at=when(stored), source=item.feed, visit=visit, story=stored.story)
        for visit in reader.visits(item)
    ]


def _main(reports: Sequence[Report]) -> Visit:
    """The first whose place is told."""
    return next((r.visit for r in reports if r.visit.host_country), reports[0].visit)


def read_timeline(
    store: Store,
    wanted: Wanted,
    feeds: Iterable[Feed],
    reader: VisitReader,
    *,
    now: datetime,
    zone: tzinfo,
) -> Timeline:
    """What the items of a window tell, as it stands at `now`."""
    query = query_of(wanted, store, feeds, now, zone)
    told = timeline_of(store.items(query), reader)
    return replace(told, stays=tuple(settled(told.stays, now)))


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
    who, host = both(asked, actors)
    return (stay for stay in stays if stay.is_from_to(who, host))


def both(asked: Asked, actors: Mapping[str, Actor]) -> tuple[Actor | None, Actor | None]:
    """Who and host as actors; None is anybody, and anywhere. Raises Misuse."""
    who = actor_of(asked.who, actors) if asked.who else None
    return who, actor_of(asked.host, actors) if asked.host else None
