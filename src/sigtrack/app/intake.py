"""Store items, match what is unmatched with the watchlists, and group items into stories.

Fetch, import and rematch end here. Items are saved before they are matched, and the store itself
knows which revisions are unmatched: a run that dies in between loses nothing, and the next run goes
on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from sigtrack.analyze.changes import find_changes, handles_of
from sigtrack.analyze.handles import find_renamings, same_publisher
from sigtrack.app.meanings import installed_encoder, refuse_mix
from sigtrack.app.readings import RENEWED, Progress, read_pending
from sigtrack.app.rules import Rules
from sigtrack.app.telling import Tellings, tell_pending
from sigtrack.errors import Misconfigured
from sigtrack.match import Matcher
from sigtrack.model import Change, Feed, Hit, Item, Parsed, StoredItem
from sigtrack.store import Batch, Store
from sigtrack.watch.feeds import feed_id_for

_TELLINGS_KEPT = timedelta(days=21)  # what a feed brings is mostly of the last days


def changes_of(store: Store, feed: str, items: Sequence[Item]) -> list[Change]:
    """Return what is new or revised among the items of one document of the feed.

    Items that still have the uids of an older sigtrack are renamed first.
    """
    if items and (known := store.misnamed(feed)):
        store.rename(feed, find_renamings(known, items))
    return find_changes(store.known(feed, handles_of(items)), items)


def of_its_publisher(
    store: Store, feed: str, parsed: Parsed, taken: Collection[str]
) -> tuple[str, tuple[Item, ...]]:
    """Return the feed id for the items of a file, and the items with that id.

    The id is `feed`, which is the name of the file, unless a file of that name by another publisher
    was stored before; then it is made from what the document says of itself. `taken` ids belong to
    feeds of the catalogue. The first document stored under an id decides for the next ones, so that
    a folder of snapshots is one feed.
    """
    about = parsed.origin
    tried = {*taken}
    id = feed
    while not _is_free_for(store, id, parsed):
        tried |= {feed, id}
        id = feed_id_for(about.itself or about.site, about.title, tried)
    store.keep_origin(id, about)
    return id, tuple(replace(item, feed=id) for item in parsed.items)


def _is_free_for(store: Store, id: str, parsed: Parsed) -> bool:
    origin = store.origin(id)
    if origin is None or same_publisher(origin, parsed.origin):
        return True
    items = [replace(item, feed=id) for item in parsed.items]
    titles = {(one.uid, one.title) for one in store.known(id, handles_of(items))}
    return any((item.uid, item.title) in titles for item in items)


def refuse_other_rules(store: Store, rules: Rules) -> None:
    """Raises Misconfigured if a shared store was last matched and read with other rules than those
    of this machine, or its stories were formed with another encoder.

    Two machines with different rules would match everything again by turns, and each would drop the
    watchlists that it does not have. While a file of this machine is broken, it is unknown which
    watchlists it lacks.
    """
    if not store.shared:
        return
    refuse_mix(store)
    theirs, ours = store.followed_rules(), rules.index.fingerprints()
    lists = {name: one for name, one in theirs.items() if not name.startswith(":")}
    differing = sorted(name for name, one in lists.items() if ours.get(name, one) != one)
    more = sorted(ours.keys() - lists.keys()) if lists else []
    less = [] if rules.index.broken else sorted(lists.keys() - ours.keys())
    found = ((differing, "differs"), (more, "is only here"), (less, "is not here"))
    wrong = [f"{name} {what}" for names, what in found for name in names]
    read = {f":{kind}": one for kind, one in rules.readings.fingerprints.items()}
    if not wrong and any(theirs.get(kind, one) != one for kind, one in read.items()):
        wrong = ["names, words or the version of sigtrack differ"]
    if wrong:
        raise Misconfigured(
            f"the rules of this machine are not those that {store.name} was matched with: "
            f"{', '.join(wrong)}",
            problems=(),
            hint="give all machines of a team the same config folder and version of sigtrack, or "
            "let all follow this one: sigtrack rematch",
        )


class Matching:
    """Matches what some watchlist has not read, as often as it is asked. `feeds` are those of the
    catalogue."""

    def __init__(self, store: Store, rules: Rules, feeds: Sequence[Feed]) -> None:
        self.new = 0  # hits that the store did not have
        self._store = store
        self._feeds = feeds
        self._rules = rules

    def match(self, at: datetime, progress: Progress | None = None) -> int:
        """Return how many revisions were matched."""
        fingerprints = self._rules.index.fingerprints()
        waiting = self._store.pending(fingerprints) if progress else 0
        done = 0
        for batch in self._store.unmatched(fingerprints):
            self.new += self._store.save_hits(batch, _hits(self._matcher, batch), at)
            done += len(batch.items)
            if progress:
                progress(done, max(waiting, done))
        return done

    def match_full_texts(self, at: datetime) -> None:
        """Match revisions whose linked page has been read since they were matched."""
        fingerprints = self._rules.index.fingerprints()
        for number in self._store.unmatched_full_texts():
            stored = self._store.revision(number)
            batch = Batch(fingerprints=fingerprints, after=number - 1, upto=number, items=(stored,))
            with self._store.together():
                self.new += self._store.save_hits(batch, _hits(self._matcher, batch), at)
                self._store.full_text_is_matched(number)

    @cached_property
    def _matcher(self) -> Matcher:
        return self._rules.matcher(self._feeds)  # half a second saved when nothing is new


def match_pending(
    store: Store,
    rules: Rules,
    feeds: Sequence[Feed],
    at: datetime,
    progress: Progress | None = None,
    matching: Matching | None = None,
    *,
    renew: bool = False,
) -> int:
    """Match everything that some watchlist has not read; return how many hits are new to the store.

    Then read items for visits and wording, and group the items that are in no story. Readings by
    older rules and stories by another encoder are renewed for the last 90 days. In a shared store
    this needs `renew` if others would have to follow (see `refuse_other_rules`). `feeds` are those
    of the catalogue.

    Hits of watchlists that no longer exist are dropped, unless a file is broken: then it is unknown
    which watchlists the user wants. `matching` is what the run has used before, if it has.
    """
    matching = matching or Matching(store, rules, feeds)
    with store.matching():
        if not renew:
            refuse_other_rules(store, rules)
        if not rules.index.broken:
            store.forget_watchlists(rules.index.fingerprints())
        done = matching.match(at, progress)
        store.renew_readings(rules.readings.fingerprints, at - RENEWED)
        roles, kept = {feed.id: feed.role for feed in feeds}, at - _TELLINGS_KEPT
        tellings = Tellings(store, rules, roles, kept)
        read_pending(store, rules.readings, None if done else progress, tellings.add)
        tellings.save()
        tell_pending(store, rules, roles, installed_encoder(), at - RENEWED, kept)
    return matching.new


def _hits(matcher: Matcher, batch: Batch) -> Iterable[tuple[StoredItem, Hit]]:
    wanted = frozenset(batch.fingerprints)
    for stored in batch.items:
        for hit in matcher.hits(stored.item, wanted):
            yield stored, hit
