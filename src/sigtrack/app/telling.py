"""Group items into stories: new items are compared with items of the days around them.

If the extra `semantic` is installed, titles in two languages are compared by meaning as well, and
days that were grouped without it (or by another model) are grouped again.

The store itself knows which items have no story yet, so a run that dies loses nothing. Only the
days around new items are grouped again: an event of today does not change the stories of last week.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sigtrack.analyze.stories import (
    Telling,
    find_stories,
    gist_of,
    telling_of,
    word_keys,
)
from sigtrack.app.meanings import Encoder, closeness_with
from sigtrack.app.names import Names
from sigtrack.app.rules import Rules
from sigtrack.model import Item, Role
from sigtrack.store import Query, Store

_DAY = timedelta(days=1)
# How far from a new item stories can change: it lowers the weight of facts that the next day tells
# again, and items of that day are tied to those of another.
_CHANGED = 2 * _DAY
_READ = 3 * _DAY  # a story that begins two days before must be read whole


class Teller:
    """Reads items as input for grouping."""

    def __init__(self, names: Names, roles: Mapping[str, Role]) -> None:
        self._topics = names.topics
        self._matcher = names.matcher()
        self._plain = word_keys(self._topics.plain)
        self._roles = roles

    def telling(self, id: str, item: Item, moment: datetime) -> Telling:
        gist = gist_of(item)
        return telling_of(
            gist,
            self._matcher.mentions(gist),
            self._topics.weight,
            id=id,
            moment=moment,
            role=self._roles.get(item.feed, Role.AGGREGATOR),
            plain=self._plain,
        )


def tell_pending(
    store: Store,
    rules: Rules,
    roles: Mapping[str, Role],
    encoder: Encoder | None = None,
    renewed: datetime | None = None,
) -> None:
    """Give every item of the store a story. Items that were grouped with another encoder are
    grouped again, from the moment `renewed` on (None: all items)."""
    store.renew_stories(encoder.version if encoder else "", renewed)
    days = store.untold_days()
    if not days:
        return
    teller = Teller(rules.names, roles)
    closeness = closeness_with(encoder, store) if encoder else None
    for first, last in _stretches(days):
        since, until = first - _CHANGED, last + _DAY + _CHANGED
        found = find_stories(_tellings(store, teller, since, until), closeness)
        store.save_stories(s for s in found if s.last >= since and s.first < until)


def _stretches(days: Iterable[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Join days that are better grouped together, because the same items would be read for both."""
    first = last = None
    for day in days:
        if first is not None and last is not None and day - last > 2 * _READ:
            yield first, last
            first = None
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last


def _tellings(store: Store, teller: Teller, since: datetime, until: datetime) -> Iterator[Telling]:
    query = Query(since=since - _READ, until=until + _READ)
    for stored in store.items(query, oldest_first=True):
        yield teller.telling(stored.id, stored.item, stored.moment)
