"""Visits that changed in a window, for `report`: the state before compared with the state now.

The comparison is that of a digest (see `digest_visits`), with a window instead of the last mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sigtrack.analyze.visits.stays import merge, settled
from sigtrack.app.digest_visits import HISTORY, changed_visits, changes
from sigtrack.app.readings import Readings
from sigtrack.app.visits import reports_in
from sigtrack.model import Actor, Block
from sigtrack.speech import Words
from sigtrack.store import Query


def changed_in(
    readings: Readings,
    query: Query,
    actors: Mapping[str, Actor],
    *,
    now: datetime,
    words: Words,
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
    before = merge(reports_in(one for one in told if one[0].id not in new))
    every = merge(reports_in(told))
    found = changes(settled(before, since), settled(every, now), new, since.date())
    return changed_visits(found, actors, words)
