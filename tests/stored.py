"""Items, changes and hits for the tests of the store, as short as they can be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sigtrack.analyze.changes import find_changes, handles_of
from sigtrack.app.readings import ReadingRules
from sigtrack.model import Change, Hit, Item, Priority, Span, StoredItem, fingerprint_of
from sigtrack.store.interface import Query, Saved
from sigtrack.store.sql import Store

NOW = datetime(2026, 1, 14, 9, 30, 15, 123456, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def item(title: str = "Lee meets Takaichi in Nara", **more: object) -> Item:
    words = (title, str(more.get("summary", "")), str(more.get("text", "")))
    given = {"feed": "nara", "uid": "a", "fingerprint": fingerprint_of(*words), **more}
    return Item(title=title, **given)  # type: ignore[arg-type]


def new(one: Item) -> Change:
    return Change(kind="new", item=one, handles=tuple(handles_of([one])))


def poll(store: Store, items: Sequence[Item], at: datetime = NOW) -> Saved:
    """What a fetch does with the items of one document."""
    known = store.known(items[0].feed, handles_of(items)) if items else []
    return store.save(find_changes(known, items), at)


def hit(stored: StoredItem, watchlist: str = "summits", signal: str = "met", **more: object) -> Hit:
    given = {"priority": Priority.NORMAL, "score": 1, "spans": (), **more}
    return Hit(item=stored.id, watchlist=watchlist, signal=signal, **given)  # type: ignore[arg-type]


def span(start: int, end: int, term: str = "Nara") -> Span:
    return Span(field="title", start=start, end=end, term=term)


def match(store: Store, words: dict[str, str], *, version: str = "1", limit: int = 500) -> int:
    """Watchlists of one word each: whatever title holds the word is hit."""
    new_hits = 0
    for batch in store.batches(dict.fromkeys(words, version), limit=limit):
        found = [
            (stored, hit(stored, name))
            for stored in batch.items
            for name in batch.fingerprints
            if words[name] in stored.item.title
        ]
        new_hits += store.save_hits(batch, found, NOW)
    return new_hits


def read_pending(store: Store, rules: ReadingRules) -> None:
    """Read what these rules have not read, as a run does that has nothing to match."""
    for batch in store.batches(kinds=rules.fingerprints):
        told = [(stored, rules.read(stored.item, batch.kinds)) for stored in batch.items]
        store.save_readings(batch, told)


def titles(stored: Iterable[StoredItem]) -> list[str]:
    return [one.item.title for one in stored]


def hit_titles(store: Store, query: Query | None = None) -> list[tuple[str, str]]:
    return [
        (found.hit.watchlist, found.stored.item.title) for found in store.hits(query or Query())
    ]
