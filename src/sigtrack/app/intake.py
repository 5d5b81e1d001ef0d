"""Items into the store, the store's unmatched items past the watchlists, and all into stories.

Fetch, import and rematch end here. Items are saved before they are matched, and what is unmatched
is asked of the store: a run that dies in between loses nothing, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sigtrack.analyze.changes import find_changes, handles_of
from sigtrack.analyze.renaming import find_renamings
from sigtrack.app.rules import Rules
from sigtrack.app.telling import tell_pending
from sigtrack.match import Matcher
from sigtrack.model import Change, Hit, Item, Role, StoredItem
from sigtrack.store import Batch, Store

Progress = Callable[[int, int], None]  # done, of how many


def changes_of(store: Store, feed: str, items: Sequence[Item]) -> list[Change]:
    """What is new or revised among the items of one document of the feed.

    Items that an older sigtrack stored under names of its own are called by their names first.
    """
    if items and (known := store.misnamed(feed)):
        store.rename(feed, find_renamings(known, items))
    return find_changes(store.known(feed, handles_of(items)), items)


def match_pending(
    store: Store,
    rules: Rules,
    roles: Mapping[str, Role],
    at: datetime,
    progress: Progress | None = None,
) -> int:
    """Match everything that some watchlist has not seen; how many hits are new to the store.
    Then put every item that has no story into one.

    Hits of watchlists that are no longer there are dropped, unless a file is broken: then nobody
    knows which watchlists the user means to have.
    """
    matcher: Matcher | None = None  # half a second for nothing when nothing is new
    fingerprints = rules.fingerprints()
    if not rules.broken:
        store.forget_watchlists(fingerprints)
    waiting = store.pending(fingerprints) if progress else 0
    done = new = 0
    for batch in store.unmatched(fingerprints):
        matcher = matcher or rules.matcher(roles)
        new += store.save_hits(batch, _hits(matcher, batch), at)
        done += len(batch.items)
        if progress:
            progress(done, max(waiting, done))
    tell_pending(store, rules.actors, roles)
    return new


def _hits(matcher: Matcher, batch: Batch) -> Iterable[tuple[StoredItem, Hit]]:
    wanted = frozenset(batch.fingerprints)
    for stored in batch.items:
        for hit in matcher.hits(stored.item, wanted):
            yield stored, hit
