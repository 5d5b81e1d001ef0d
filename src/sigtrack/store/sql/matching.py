"""What is still to be matched, and the hits that were found.

How far a watchlist has read is one number (see `marks`), so no row is needed for each item and
watchlist. It moves in the transaction that saves the hits.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sigtrack.model import Hit, StoredItem
from sigtrack.store.interface import Batch
from sigtrack.store.sql import marks
from sigtrack.store.sql.database import Database, Part, upsert
from sigtrack.store.sql.rows import ITEM_COLUMNS, spans_json, stamp, stored_item

_UNREAD = f"""
    SELECT {ITEM_COLUMNS}
    FROM revisions r
    JOIN items i ON i.number = r.item
    JOIN texts t ON t.number = r.text
    WHERE r.number > ? AND r.number <= ?
    ORDER BY r.number
    LIMIT ?
"""
_NOT_BEYOND = """
    UPDATE marks SET
        upto = CASE WHEN upto < ?1 THEN upto ELSE ?1 END,
        older = CASE WHEN older < ?1 THEN older ELSE ?1 END
"""
_SAVE_SIGHTING = upsert(
    "sightings", "revision, hit, moment, priority, score, spans", key="revision, hit"
)
_MOST_LETTERS = 4_000_000  # of a batch: 500 articles of a megabyte would fill the memory


class Matching(Part):
    def pending(self, fingerprints: Mapping[str, str]) -> int:
        return pending(self._database, fingerprints)

    def unmatched(self, fingerprints: Mapping[str, str], limit: int = 500) -> Iterator[Batch]:
        return unmatched(self._database, fingerprints, limit)

    def save_hits(self, batch: Batch, hits: Iterable[tuple[StoredItem, Hit]], at: datetime) -> int:
        found = list(hits)  # matching runs here, before the write lock is taken
        with self._database.transaction():
            positions = _positions(self._database, batch.fingerprints)
            current = {name for name, position in positions.items() if position >= batch.after}
            _clear(self._database, batch, current)
            mine = [(stored, hit) for stored, hit in found if hit.watchlist in current]
            new = sum(_save_hit(self._database, stored, hit, at) for stored, hit in mine)
            upto = {name: max(batch.upto, positions[name]) for name in current}
            marks.keep(
                self._database, {n: marks.Mark(batch.fingerprints[n], upto[n]) for n in upto}
            )
        return new

    def match_from(self, fingerprints: Mapping[str, str], since: datetime | None) -> None:
        upto = last_before(self._database, since)
        with self._database.transaction():
            marks.keep(
                self._database, {name: marks.Mark(one, upto) for name, one in fingerprints.items()}
            )

    def keep_zones(self, zones: Mapping[str, str]) -> None:
        known = {row[0]: row[1] for row in self._database.rows("SELECT feed, zone FROM zones")}
        changed = {feed: zone for feed, zone in zones.items() if known.get(feed, "") != zone}
        if not changed:
            return
        first = self._database.value(
            """
            SELECT min(r.number) FROM revisions r JOIN items i ON i.number = r.item
            WHERE i.feed IN (SELECT value FROM json_each(?))
            """,
            (json.dumps(sorted(changed)),),
        )
        with self._database.transaction():
            self._database.execute_many(
                upsert("zones", "feed, zone", key="feed"), sorted(changed.items())
            )
            if first is not None:
                self._database.execute(_NOT_BEYOND, (first - 1,))

    def followed_rules(self) -> dict[str, str]:
        known = marks.marks_in(self._database)
        return {name: mark.fingerprint for name, mark in known.items()}

    def forget_watchlists(self, keep: Collection[str]) -> int:
        others = "watchlist NOT IN (SELECT value FROM json_each(?)) AND watchlist NOT LIKE ':%'"
        kept = (json.dumps(sorted(keep)),)
        with self._database.transaction():
            self._database.execute(
                f"DELETE FROM sightings WHERE hit IN (SELECT number FROM hits WHERE {others})", kept
            )
            dropped = self._database.execute(f"DELETE FROM hits WHERE {others}", kept)
            self._database.execute(f"DELETE FROM marks WHERE {others}", kept)
        return dropped


def pending(database: Database, fingerprints: Mapping[str, str]) -> int:
    if not fingerprints:
        return 0
    least = min(_positions(database, fingerprints).values())
    return int(database.value("SELECT count(*) FROM revisions WHERE number > ?", (least,)))


def unmatched(database: Database, fingerprints: Mapping[str, str], limit: int) -> Iterator[Batch]:
    positions = _positions(database, fingerprints)
    while positions:
        end = database.last_number("revisions")
        after = min(positions.values())
        if after >= end:
            return
        ahead = [position for position in positions.values() if position > after]
        batch = _batch(database, after, min([end, *ahead]), limit)
        mine = {name: fingerprints[name] for name, at in positions.items() if at == after}
        yield Batch(fingerprints=mine, after=after, upto=batch[0], items=batch[1])
        positions.update(dict.fromkeys(mine, batch[0]))


def _batch(
    database: Database, after: int, end: int, limit: int
) -> tuple[int, tuple[StoredItem, ...]]:
    """Return the last number that the batch covers, and its items."""
    items: list[StoredItem] = []
    letters = 0
    for row in database.each(_UNREAD, (after, end, limit)):
        items.append(database.read(stored_item, row))
        letters += len(items[-1].item.summary) + len(items[-1].item.text)
        if len(items) == limit or letters > _MOST_LETTERS:
            return items[-1].number, tuple(items)
    return end, tuple(items)


def _positions(database: Database, fingerprints: Mapping[str, str]) -> dict[str, int]:
    known = marks.marks_in(database)
    return {
        name: known.get(name, marks.UNREAD).upto_by(fingerprint)
        for name, fingerprint in fingerprints.items()
    }


def _clear(database: Database, batch: Batch, watchlists: Collection[str]) -> None:
    database.execute(
        """
        DELETE FROM sightings
        WHERE revision > ? AND revision <= ? AND (
            SELECT watchlist FROM hits WHERE number = hit
        ) IN (SELECT value FROM json_each(?))
        """,
        (batch.after, batch.upto, json.dumps(sorted(watchlists))),
    )


def _save_hit(database: Database, stored: StoredItem, hit: Hit, at: datetime) -> bool:
    """Return whether this signal is new to this item."""
    row = database.row("SELECT item, moment FROM revisions WHERE number = ?", (stored.number,))
    if row is None:
        return False  # pruned since the batch was read
    item, moment = row
    signal = (item, hit.watchlist, hit.signal)
    known = database.value(
        "SELECT number FROM hits WHERE item = ? AND watchlist = ? AND signal = ?", signal
    )
    number = known or database.insert(
        "hits", "item, watchlist, signal, found_at", (*signal, stamp(at))
    )
    database.execute(
        _SAVE_SIGHTING,
        (stored.number, number, moment, hit.priority.rank, hit.score, spans_json(hit.spans)),
    )
    return known is None


def last_before(database: Database, since: datetime | None) -> int:
    """Return the number of the revision before the first one from that moment on; 0 for none."""
    if since is None:
        return 0
    asked = "SELECT min(number) FROM revisions WHERE moment >= ?"
    first = database.value(asked, (stamp(since),))
    return first - 1 if first else database.last_number("revisions")
