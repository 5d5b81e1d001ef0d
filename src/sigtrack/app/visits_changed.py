"""Visits that changed in a window, for `report`: what was known before beside what is known now.

The comparison is that of a digest (see `digest_visits`); here a window takes the place of the last
mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from sigtrack.analyze.visits import merge, settled
from sigtrack.app.digest_visits import changed_visits, changes
from sigtrack.app.digest_words import Words
from sigtrack.app.readings import Readings
from sigtrack.app.visits import reports_of
from sigtrack.model import Actor, Block
from sigtrack.store import Query

_HISTORY = timedelta(days=90)  # before the window: a visit known for longer is told as new


def changed_in(
    readings: Readings,
    query: Query,
    actors: Mapping[str, Actor],
    *,
    now: datetime,
    zone: tzinfo,
) -> Sequence[Block]:
    """Nothing where the window has no beginning on the clock: then there is no "before"."""
    since = query.since
    if since is None:
        return ()
    told = list(readings.told(Query(since=since - _HISTORY)))
    new = {stored.id for stored, _ in told if stored.moment >= since}
    if not new:
        return ()
    before = (
        r for stored, visits in told if stored.id not in new for r in reports_of(stored, visits)
    )
    every = (report for stored, visits in told for report in reports_of(stored, visits))
    found = changes(settled(merge(before), since), settled(merge(every), now), new, since.date())
    return changed_visits(found, actors, Words("en", now=now, zone=zone))
