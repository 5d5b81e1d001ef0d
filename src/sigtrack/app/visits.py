"""`sigtrack visits`: who went to whom, when and where, with the items that report it.

The store has what single items report (see `readings`); here it becomes one timeline.
`visits_table`, `visits_matrix` and `visits_sequence` display it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from sigtrack.analyze.visits.stays import VisitReport, merge, settled
from sigtrack.app.hits import when
from sigtrack.app.readings import ReadingRules, Readings
from sigtrack.app.window import Wanted, query_of
from sigtrack.errors import Misuse
from sigtrack.model import Actor, Feed, Problem, Stay, StoredItem, Visit
from sigtrack.store import Query, Store
from sigtrack.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsAsked:
    """Whose visits, and to whom: ids of the gazetteer without @; "" for all."""

    who: str = ""
    host: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All stays that the items of a window report, and the days of the earliest and latest item.

    `items` have no summary or text. `problems` say which readings are incomplete.
    """

    stays: tuple[Stay, ...]
    items: tuple[tuple[StoredItem, Visit], ...]
    read: int
    since: date | None
    until: date | None = None
    problems: tuple[Problem, ...] = ()


def timeline_of(
    told: Iterable[tuple[StoredItem, tuple[Visit, ...]]],
    extent: tuple[int, StoredItem | None, StoredItem | None],
    officials: Collection[str] = (),
) -> Timeline:
    """Build the timeline from visits by item, and from the number of items with the earliest and
    the latest of them. `officials` are the feeds of official publishers."""
    items = sorted(told, key=lambda one: one[0].number)
    number, first, last = extent
    return Timeline(
        stays=tuple(merge(reports_in(items, officials))),
        items=tuple((stored, _main(visits)) for stored, visits in items),
        read=number,
        since=first.moment.date() if first else None,
        until=last.moment.date() if last else None,
    )


def reports_in(
    told: Iterable[tuple[StoredItem, tuple[Visit, ...]]], officials: Collection[str] = ()
) -> Iterator[VisitReport]:
    """Yield all reports of these items."""
    for stored, visits in told:
        yield from reports_of(stored, visits, officials)


def reports_of(
    stored: StoredItem, visits: Iterable[Visit], officials: Collection[str] = ()
) -> Iterator[VisitReport]:
    for visit in visits:
        yield VisitReport(
            item=stored.id,
            at=when(stored),
            source=stored.item.feed,
            visit=visit,
            story=stored.story,
            official=stored.item.feed in officials,
        )


def _main(visits: Sequence[Visit]) -> Visit:
    """Return the first visit with a known host country, else the first."""
    return next((visit for visit in visits if visit.host_country), visits[0])


def all_stays(readings: Readings) -> tuple[Stay, ...]:
    """Return the stays that all stored items report together."""
    return tuple(merge(reports_in(readings.visits(Query()))))


def read_timeline(
    store: Store,
    wanted: Wanted,
    feeds: Sequence[Feed],
    rules: ReadingRules,
    *,
    now: datetime,
    zone: tzinfo,
    sure: bool = False,
) -> Timeline:
    """Return the timeline of a window, as it is at `now`. `sure`: only visits that an official
    publisher or two publishers report."""
    query = query_of(wanted, store, feeds, now, zone)
    readings = Readings(store, rules)
    officials = {feed.id for feed in feeds if feed.role.is_official}
    told = timeline_of(readings.visits(query), store.extent(query), officials)
    stays = tuple(stay for stay in settled(told.stays, now) if stay.is_sure or not sure)
    kept = {item for stay in stays for item in stay.evidence} if sure else None
    items = tuple(one for one in told.items if kept is None or one[0].id in kept)
    return replace(told, stays=stays, items=items, problems=readings.problems("visits"))


def actor_of(given: str, actors: Mapping[str, Actor]) -> Actor:
    """Return an actor of the gazetteer by `@KR` or `KR`. Raises Misuse if there is none."""
    id = given.lstrip("@")
    actor = actors.get(id) or actors.get(id.upper()) or actors.get(id.lower())
    if actor is None:
        from sigtrack.text.documents import did_you_mean

        otherwise = "a country is its code (@KR), a person an id (@takaichi)"
        raise Misuse(
            f"there is no actor {clean(given)!r}",
            hint=did_you_mean(id, actors, otherwise, sign="@"),
        )
    return actor


def chosen(
    stays: Iterable[Stay], asked: VisitsAsked, actors: Mapping[str, Actor]
) -> Iterator[Stay]:
    """Return the stays of `who` with `host`."""
    who, host = both(asked, actors)
    return (stay for stay in stays if stay.is_from_to(who, host))


def both(asked: VisitsAsked, actors: Mapping[str, Actor]) -> tuple[Actor | None, Actor | None]:
    """Return who and host as actors; None for everybody. Raises Misuse for an unknown one."""
    who = actor_of(asked.who, actors) if asked.who else None
    return who, actor_of(asked.host, actors) if asked.host else None
