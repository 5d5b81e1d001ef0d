"""What is still to be matched or read, the hits that were found, and the readings of items.

How far a watchlist, or a kind of reading, has read the revisions is one number, its mark, because
revisions are read in row order: no row is needed for each item and watchlist. A mark moves in the
transaction that saves the hits or readings. One with another fingerprint counts as nothing read.
Each kind of reading has a table; a revision that tells nothing of a kind has no row in it. Runs of
words have a row if they were read: see `analyze.wording.reader`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sigtrack.model import Hit, Runs, StoredItem
from sigtrack.store.interface import NOTHING, Batch, Kind, ReadState
from sigtrack.store.sql.database import Database, Row, StorePart, upsert
from sigtrack.store.sql.rows import (
    ITEM_COLUMNS,
    RowForm,
    phrases,
    phrases_bytes,
    spans_json,
    stamp,
    stored_item,
    visits,
    visits_json,
    wording,
    wording_json,
)


class ReadMark(NamedTuple):
    """`upto` is the last revision that was read, `older` the last that only older rules read."""

    fingerprint: str
    upto: int
    older: int = 0

    def upto_by(self, fingerprint: str) -> int:
        """Return the last revision that the rules of this fingerprint have read."""
        return self.upto if self.fingerprint == fingerprint else 0


UNREAD = ReadMark("", 0)
_MARK_ROW = RowForm(tuple, "watchlist t, fingerprint t, upto i, older i")


def marks_in(database: Database) -> dict[str, ReadMark]:
    marks = database.values(_MARK_ROW.value, f"SELECT {_MARK_ROW.columns} FROM marks")
    return {name: ReadMark(*mark) for name, *mark in marks}


def keep_marks(database: Database, marks: Mapping[str, ReadMark]) -> None:
    database.execute_many(
        upsert("marks", _MARK_ROW.columns, key="watchlist"),
        [(name, *marks[name]) for name in sorted(marks)],
    )


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


class MatchingPart(StorePart):
    def pending(
        self, fingerprints: Mapping[str, str] = NOTHING, kinds: Mapping[Kind, str] = NOTHING
    ) -> int:
        """Return how many revisions some of these watchlists (id to fingerprint), or of these
        kinds of reading, have not read."""
        readers = {**fingerprints, **_readers(kinds)}
        if not readers:
            return 0
        least = min(_positions(self._database, readers).values())
        return int(
            self._database.value("SELECT count(*) FROM revisions WHERE number > ?", (least,))
        )

    def batches(
        self,
        fingerprints: Mapping[str, str] = NOTHING,
        kinds: Mapping[Kind, str] = NOTHING,
        limit: int = 500,
        letters: int = _MOST_LETTERS,
    ) -> Iterator[Batch]:
        """Yield what is to be matched with watchlists and to be read, oldest first, in batches of
        at most `limit` revisions, and no further one after so many letters.

        Watchlists and kinds that have got equally far share a batch. Pass a batch with watchlists
        to `save_hits`, one with kinds to `save_readings`.
        """
        positions = _positions(self._database, {**fingerprints, **_readers(kinds)})
        while positions:
            end = self._database.last_number("revisions")
            after = min(positions.values())
            if after >= end:
                return
            ahead = [position for position in positions.values() if position > after]
            upto, items = _batch(self._database, after, min([end, *ahead]), limit, letters)
            mine = {name for name, at in positions.items() if at == after}
            yield Batch(
                fingerprints={name: one for name, one in fingerprints.items() if name in mine},
                kinds={kind: one for kind, one in kinds.items() if f":{kind}" in mine},
                after=after,
                upto=upto,
                items=items,
            )
            positions.update(dict.fromkeys(mine, upto))

    def save_hits(self, batch: Batch, hits: Iterable[tuple[StoredItem, Hit]], at: datetime) -> int:
        """Replace the hits of the batch's watchlists in its revisions, and record that they have
        read them, in one transaction. Return how many hits are new to the store.

        Each hit comes with the item of the batch where it was found (a batch may hold several
        revisions of one item). A signal that is found again in a later revision, or after an edit
        of the watchlist, keeps its number: one item, one alert.
        """
        found = list(hits)  # matching runs here, before the write lock is taken
        with self._database.transaction():
            positions = _positions(self._database, batch.fingerprints)
            current = {name for name, position in positions.items() if position >= batch.after}
            _clear(self._database, batch, current)
            mine = [(stored, hit) for stored, hit in found if hit.watchlist in current]
            new = sum(_save_hit(self._database, stored, hit, at) for stored, hit in mine)
            upto = {name: max(batch.upto, positions[name]) for name in current}
            keep_marks(self._database, {n: ReadMark(batch.fingerprints[n], upto[n]) for n in upto})
        return new

    def match_from(self, fingerprints: Mapping[str, str], since: datetime | None) -> None:
        """Let these watchlists match again from the first revision whose moment is not before
        `since` (None: all revisions). Older revisions count as read and keep their hits."""
        upto = last_before(self._database, since)
        with self._database.transaction():
            keep_marks(
                self._database, {name: ReadMark(one, upto) for name, one in fingerprints.items()}
            )

    def keep_zones(self, zones: Mapping[str, str]) -> None:
        """Save the time zones of publishers: feed id to IANA name, "" if none is known.

        If a feed's zone changes, its items count as not matched, and so does everything stored
        after the first of them. Feeds that are not named keep their zone.
        """
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
        """Return the fingerprints with which items were last matched and read: by watchlist, and
        by kind of reading with a colon before it (":visits")."""
        return {name: mark.fingerprint for name, mark in marks_in(self._database).items()}

    def forget_watchlists(self, keep: Collection[str]) -> int:
        """Drop the hits of all watchlists but these; return how many were dropped."""
        others = "watchlist NOT IN (SELECT value FROM json_each(?)) AND watchlist NOT LIKE ':%'"
        kept = (json.dumps(sorted(keep)),)
        with self._database.transaction():
            self._database.execute(
                f"DELETE FROM sightings WHERE hit IN (SELECT number FROM hits WHERE {others})", kept
            )
            dropped = self._database.execute(f"DELETE FROM hits WHERE {others}", kept)
            self._database.execute(f"DELETE FROM marks WHERE {others}", kept)
        return dropped


def _batch(
    database: Database, after: int, end: int, limit: int, most: int
) -> tuple[int, tuple[StoredItem, ...]]:
    """Return the last number that the batch covers, and its items."""
    items: list[StoredItem] = []
    letters = 0
    for row in database.each(_UNREAD, (after, end, limit)):
        items.append(database.read(stored_item, row))
        letters += len(items[-1].item.summary) + len(items[-1].item.text)
        if len(items) == limit or letters > most:
            return items[-1].number, tuple(items)
    return end, tuple(items)


def _positions(database: Database, fingerprints: Mapping[str, str]) -> dict[str, int]:
    known = marks_in(database)
    return {
        name: known.get(name, UNREAD).upto_by(fingerprint)
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


# How each kind is written, and how it is read back.
FORMS: Mapping[Kind, tuple[Callable[[Any], str | bytes], Callable[[Any], object]]] = {
    "visits": (visits_json, visits),
    "wording": (wording_json, wording),
    "phrases": (phrases_bytes, phrases),
}


_SPARSE = 4  # from one revision in four on, to read all between them costs less than to look


def table_of(kind: Kind) -> str:
    return f"{kind}_read"


class ReadingsPart(StorePart):
    def save_readings(
        self, batch: Batch, told: Iterable[tuple[StoredItem, Mapping[Kind, Any]]]
    ) -> None:
        """Replace the readings of the batch, and record that it is read, in one transaction. Each
        item comes with a reading for every kind of the batch: a tuple of `Visit`, a `WordingRead`
        or `Runs`."""
        kinds = [kind for kind in FORMS if kind in batch.kinds]
        rows: dict[Kind, list[Row]] = {kind: [] for kind in kinds}
        for stored, read in told:  # reading runs here, before the write lock is taken
            for kind in kinds:
                if found := read[kind]:
                    rows[kind].append((stored.number, FORMS[kind][0](found)))
        with self._database.transaction():
            for kind in kinds:
                _save(self._database, batch, kind, rows[kind])

    def add_phrases(self, phrases: Mapping[int, Runs]) -> None:
        """Keep the runs of words of revisions that were read without them."""
        with self._database.transaction():
            self._database.execute_many(
                f"""
                INSERT INTO {table_of("phrases")} (revision, content)
                SELECT number, ?2 FROM revisions WHERE number = ?1
                ON CONFLICT (revision) DO NOTHING
                """,
                [(number, phrases_bytes(runs)) for number, runs in phrases.items()],
            )

    def renew_readings(self, fingerprints: Mapping[Kind, str], since: datetime | None) -> None:
        """Let revisions that other rules have read be read again, from the first one whose moment
        is not before `since` (None: all). Older revisions keep their readings."""
        if not _renewed(self._database, fingerprints, since):
            return  # does not block other writers without need
        with self._database.transaction():
            keep_marks(self._database, _renewed(self._database, fingerprints, since))

    def read_so_far(self, fingerprints: Mapping[Kind, str]) -> ReadState:
        marks = {kind: _mark(self._database, kind) for kind in fingerprints}
        last = max(_last_by_others(marks[kind], one) for kind, one in fingerprints.items())
        by_others = "SELECT count(*) FROM items WHERE latest <= ?"
        return ReadState(
            upto=min(mark.upto for mark in marks.values()),
            older=int(self._database.value(by_others, (last,))) if last else 0,
            by_older=last,
        )

    def readings(
        self, kind: Kind, numbers: Collection[int], upto: int
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and reading of those of these revisions that are not above `upto`.
        Revisions without anything of the kind are left out."""
        first, last = min(numbers, default=0), min(max(numbers, default=0), upto)
        where = "revision BETWEEN ? AND ?"
        values: list[Any] = [first, last]
        if _SPARSE * len(numbers) < last - first:
            where += " AND revision IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
            values.append(json.dumps(list(numbers)))
        rows = self._database.each(
            f"SELECT revision, content FROM {table_of(kind)} WHERE {where}", values
        )
        read, wanted = FORMS[kind][1], (row for row in rows if row[0] in numbers)
        return self._database.read_all(lambda row: (row[0], read(row[1])), wanted)


def _readers(fingerprints: Mapping[Kind, str]) -> dict[str, str]:
    """The keys of the kinds among the marks. No watchlist has such a name."""
    return {f":{kind}": fingerprint for kind, fingerprint in fingerprints.items()}


def _save(database: Database, batch: Batch, kind: Kind, rows: Iterable[Row]) -> None:
    fingerprint = batch.kinds[kind]
    mark = _mark(database, kind)
    if mark.upto_by(fingerprint) < batch.after:
        return  # another process lets it be read again from an earlier revision
    table = table_of(kind)
    database.execute(
        f"DELETE FROM {table} WHERE revision > ? AND revision <= ?", (batch.after, batch.upto)
    )
    database.execute_many(
        f"""
        INSERT INTO {table} (revision, content)
        SELECT number, ?2 FROM revisions WHERE number = ?1
        """,
        rows,  # revisions that were pruned since the batch was read are skipped
    )
    older = mark.older if mark.fingerprint == fingerprint else 0
    upto = max(mark.upto_by(fingerprint), batch.upto)
    keep_marks(database, {f":{kind}": ReadMark(fingerprint, upto, older)})


def _renewed(
    database: Database, fingerprints: Mapping[Kind, str], since: datetime | None
) -> dict[str, ReadMark]:
    changed: dict[str, ReadMark] = {}
    for kind, fingerprint in fingerprints.items():
        mark = _mark(database, kind)
        by_others = _last_by_others(mark, fingerprint)
        kept = min(by_others, last_before(database, since)) if by_others else 0
        if mark.fingerprint != fingerprint or kept < by_others:
            changed[f":{kind}"] = ReadMark(fingerprint, kept, kept)
    return changed


def forget(database: Database, revisions: str) -> None:
    """Drop what is kept of these revisions, a SELECT of numbers."""
    for table in (*map(table_of, FORMS), "vectors", "tellings", "full_texts"):
        database.execute(f"DELETE FROM {table} WHERE revision IN ({revisions})")


def _mark(database: Database, kind: Kind) -> ReadMark:
    return marks_in(database).get(f":{kind}", UNREAD)


def _last_by_others(mark: ReadMark, fingerprint: str) -> int:
    return mark.older if mark.fingerprint == fingerprint else mark.upto
