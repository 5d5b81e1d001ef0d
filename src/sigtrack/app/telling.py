"""Group items into stories: new items are compared with items of the days around them.

If the extra `semantic` is installed, titles in two languages are also compared by meaning, and
days that were grouped without it (or by another model) are grouped again.

The store knows which items have no story yet, so a run that dies loses nothing. Only the days
around new items are grouped again: an event of today does not change the stories of last week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from sigtrack.analyze.stories import (
    Closeness,
    Telling,
    as_text,
    find_changed_stories,
    find_stories,
    from_text,
    gist_of,
    telling_of,
    word_keys,
)
from sigtrack.app.meanings import Encoder, closeness_with
from sigtrack.app.names import Names
from sigtrack.app.rules import Rules
from sigtrack.match import Matcher
from sigtrack.model import Item, Role, StoredItem, Story
from sigtrack.store import KeptTelling, Store
from sigtrack.watch.catalogues import Topics

_DAY = timedelta(days=1)
# How far from a new item stories can change: the item lowers the weight of facts that the next day
# repeats, and items of that day are tied to items of the day after.
_CHANGED = 2 * _DAY
_READ = 3 * _DAY  # a story that begins two days earlier must be read completely


# If the window holds fewer items than this, and at most one in four is new, only the stories that
# the new items change are formed again. This keeps all items of the window in memory.
_FEW = 10_000
_ONE_IN = 4
_AT_ONCE = 1_000  # tellings saved in one transaction


class Teller:
    """Reads items into tellings, the input for grouping."""

    def __init__(self, names: Callable[[], Names], roles: Mapping[str, Role]) -> None:
        self._names = names
        self._roles = roles

    def telling(self, id: str, item: Item, moment: datetime) -> Telling:
        gist = gist_of(item)
        return telling_of(
            gist,
            self._matcher.mentions(gist),
            self._topics.weight,
            id=id,
            moment=moment,
            role=self.role(item.feed),
            plain=self._plain,
        )

    def role(self, feed: str) -> Role:
        return self._roles.get(feed, Role.AGGREGATOR)

    @cached_property
    def _topics(self) -> Topics:
        return self._names().topics

    @cached_property
    def _matcher(self) -> Matcher:
        return self._names().matcher()

    @cached_property
    def _plain(self) -> frozenset[str]:
        return word_keys(self._topics.plain)


class Tellings:
    """Tellings of items, from the store or read again; those from moment `since` on are kept."""

    def __init__(
        self, store: Store, rules: Rules, roles: Mapping[str, Role], since: datetime | None
    ) -> None:
        self._store = store
        self._teller = Teller(lambda: rules.names, roles)
        self._reader = rules.index.tellings
        self._since = since
        self._made: dict[int, str] = {}

    def telling(self, told: KeptTelling) -> Telling:
        if told.reader == self._reader and (kept := self._read(told, told.text)):
            return kept
        telling = self._of(told, self._store.revision(told.number))
        self._keep(told.number, telling)
        return telling

    def add(self, stored: StoredItem) -> None:
        """Read an item that is in no story yet, while it is read for other purposes: then it is
        loaded once, and its names are found once."""
        if stored.story is None and self._since is not None and stored.moment >= self._since:
            telling = self._teller.telling(stored.id, stored.item, stored.moment)
            self._keep(stored.number, telling)

    def _keep(self, number: int, telling: Telling) -> None:
        if self._since is not None and telling.moment >= self._since:
            self._made[number] = as_text(telling)
            if len(self._made) >= _AT_ONCE:
                self.save()

    def before(self, told: KeptTelling) -> Telling | None:
        """Return the telling of the item when stories were last formed, None if the item is new."""
        if told.story is not None:
            return self._read(told, told.text)
        if told.revision == 1:
            return None
        if earlier := self._read(told, told.older):
            return earlier
        earlier_revisions = self._store.revisions(told.id)[:-1]
        return self._of(told, earlier_revisions[-1]) if earlier_revisions else None

    def is_changed(self, told: KeptTelling) -> bool:
        by_others = bool(told.text) and told.reader != self._reader
        return told.story is None or by_others

    def save(self) -> None:
        if self._made:
            self._store.keep_tellings(self._reader, self._made, self._since)
            self._made = {}

    def _of(self, told: KeptTelling, stored: StoredItem) -> Telling:
        return self._teller.telling(told.id, stored.item, stored.moment)

    def _read(self, told: KeptTelling, text: str) -> Telling | None:
        with suppress(ValueError):
            return from_text(text, id=told.id, feed=told.feed, role=self._teller.role(told.feed))
        return None


def tell_pending(
    store: Store,
    rules: Rules,
    roles: Mapping[str, Role],
    encoder: Encoder | None = None,
    renewed: datetime | None = None,
    kept: datetime | None = None,
) -> None:
    """Give every item of the store a story.

    Items that were grouped with another encoder are grouped again, from the moment `renewed` on
    (None: all items). The tellings of items from the moment `kept` on are kept for the next run.
    """
    store.renew_stories(encoder.version if encoder else "", renewed)
    days = store.untold_days()
    if not days:
        return
    tellings = Tellings(store, rules, roles, kept)
    closeness = closeness_with(encoder, store) if encoder else None
    for first, last in _stretches(days):
        since, until = first - _CHANGED, last + _DAY + _CHANGED
        found = _found(store, tellings, (since - _READ, until + _READ), closeness)
        stories = [story for story in found if story.last >= since and story.first < until]
        tellings.save()
        store.save_stories(stories)


def _found(
    store: Store, tellings: Tellings, window: tuple[datetime, datetime], closeness: Closeness | None
) -> Iterator[Story]:
    told = list(islice(store.tellings(*window), _FEW))
    changed = [one for one in told if tellings.is_changed(one)]
    if len(told) == _FEW or len(changed) * _ONE_IN > len(told):
        return find_stories(map(tellings.telling, store.tellings(*window)), closeness)
    before = {one.id: tellings.before(one) for one in changed}
    return find_changed_stories(map(tellings.telling, told), before, closeness)


def _stretches(days: Iterable[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Join days that would read the same items, so that they are grouped together."""
    first = last = None
    for day in days:
        if first is not None and last is not None and day - last > 2 * _READ:
            yield first, last
            first = None
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last
