"""`sigtrack visits`: who went to whom, when and where, with the items that report it.

The store has what single items report (see `readings`); here it becomes one timeline, which
`views.visits` displays, and the changes of a window for `report`: the state before it compared with
the state now, as a digest does since its last mail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from sigtrack.analyze.visits.stays import CLOCKS, VisitReport, merge, settled, without_guesses
from sigtrack.app.in_force import InForce
from sigtrack.app.readings import Readings
from sigtrack.model import Actor, Block, Stay, StoredItem, Visit
from sigtrack.speech import Words
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.views.hits import grouped, when
from sigtrack.views.visits import HISTORY, Changed, Timeline, changed_visits, changes


def timeline_of(
    told: Iterable[tuple[StoredItem, tuple[Visit, ...]]],
    extent: tuple[int, StoredItem | None, StoredItem | None],
    officials: Collection[str] = (),
) -> Timeline:
    """Build the timeline from visits by item, and from the number of items with the earliest and
    the latest of them. `officials` are the feeds of official publishers."""
    items = sorted(told, key=lambda one: one[0].number)
    number, first, last = extent
    stays = tuple(merge(reports_in(items, officials)))
    told_of = {item for stay in stays for item in stay.evidence}
    visits_of = ((stored, _main(visits)) for stored, visits in items)
    return Timeline(
        stays=stays,
        items=tuple(
            (stored, visit)
            for stored, visit in visits_of
            if visit.host_country is None or stored.id in told_of
        ),
        read=number,
        since=first.moment.date() if first else None,
        until=last.moment.date() if last else None,
    )


def reports_in(
    told: Iterable[tuple[StoredItem, tuple[Visit, ...]]], officials: Collection[str] = ()
) -> Iterator[VisitReport]:
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


def visits_around(store: Store, query: Query) -> dict[str, list[Visit]]:
    """Return the visits by item that runs have read in the window of a query, without guests whom
    somebody received while he was abroad. Other publishers tell that, so the query's filters do not
    apply."""
    since = query.since - 2 * CLOCKS if query.since else None
    until = query.until + 2 * CLOCKS if query.until else None
    told = list(reports_in(store.visits(Query(since=since, until=until))))
    by_item = grouped(without_guesses(told), lambda report: report.item)
    return {item: [report.visit for report in reports] for item, reports in by_item.items()}


def believed(
    stored: StoredItem,
    visits: Iterable[Visit],
    around: Callable[[], Mapping[str, Collection[Visit]]],
) -> tuple[Visit, ...]:
    """Leave out the guests of an item whom `visits_around`, asked if there are any, has not."""
    return tuple(v for v in visits if not v.is_guess or v in around().get(stored.id, ()))


def _without_absent(
    readings: Readings, store: Store, query: Query
) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
    """Yield the items of a query that tell of visits, without guests whose host was abroad: the
    publisher who tells that may be left out by the query."""
    around = cache(lambda: visits_around(store, query))
    for stored, visits in readings.visits(query):
        if kept := believed(stored, visits, around):
            yield stored, kept


def _main(visits: Sequence[Visit]) -> Visit:
    """Return the first visit with a known host country, else the first."""
    return next((visit for visit in visits if visit.host_country), visits[0])


def all_stays(readings: Readings) -> tuple[Stay, ...]:
    return tuple(merge(reports_in(readings.visits(Query()))))


def read_timeline(store: Store, query: Query, files: InForce, *, sure: bool = False) -> Timeline:
    """Return the timeline of a window, as it is now. `sure`: only visits that an official
    publisher or two publishers report."""
    readings = Readings(store, files.readings)
    officials = {feed.id for feed in files.catalogue.feeds if feed.role.is_official}
    told = timeline_of(_without_absent(readings, store, query), store.extent(query), officials)
    stays = tuple(stay for stay in settled(told.stays, files.now) if stay.is_sure or not sure)
    kept = {item for stay in stays for item in stay.evidence} if sure else None
    items = tuple(one for one in told.items if kept is None or one[0].id in kept)
    return replace(told, stays=stays, items=items, problems=readings.problems("visits"))


def changed_in(
    readings: Readings, query: Query, actors: Mapping[str, Actor], *, words: Words
) -> Sequence[Block]:
    """Return the block of changed visits; nothing if the window has no start on the clock, because
    then there is no earlier state."""
    since = query.since
    if since is None:
        return ()
    told = list(readings.visits(Query(since=since - HISTORY)))
    new = {stored.id for stored, _ in told if stored.moment >= since}
    if not new:
        return ()
    before = reports_in(one for one in told if one[0].id not in new)
    found = changes_between(before, reports_in(told), new, since, words.now)
    return changed_visits(found, actors, words)


def changes_between(
    before: Iterable[VisitReport],
    now: Iterable[VisitReport],
    new: Collection[str],
    last: datetime,
    clock: datetime,
) -> list[Changed]:
    """Return the changed stays, the most important first: those of the `new` items, and what was
    known of them at the `last` look. Other reports count for them too: whoever is abroad receives
    nobody at home."""
    stays = merge(now, of=new)
    known = merge(before, of={item for stay in stays for item in stay.evidence})
    return changes(settled(known, last), settled(stays, clock), new, last.date())
