"""Saving items and revisions, and recognising those that are already stored."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sigtrack.model import Change, FeedState, KnownItem, StoredItem, item_id
from sigtrack.store.interface import Saved
from sigtrack.store.sql.database import Database, Indexed, Row, StorePart
from sigtrack.store.sql.feeds import save_states
from sigtrack.store.sql.rows import (
    categories_json,
    check_kinds,
    offset_of,
    stamp,
    stamp_or_none,
    text_digest,
    time,
    time_or_none,
)

# Thousands of items may share a handle (one link for all); the newest are enough to compare.
PER_HANDLE = 40

_KNOWN = """
    SELECT i.number, i.uid, r.url, t.title, r.fingerprint, r.published,
        CASE WHEN i.latest IS NULL THEN 1 ELSE 0 END,
        (SELECT json_group_array(h.handle) FROM handles h WHERE h.item = i.number),
        coalesce(r.named, 1)
    FROM items i
    LEFT JOIN revisions r ON r.number = i.latest
    LEFT JOIN texts t ON t.number = r.text
    WHERE i.feed = ? {}
    ORDER BY i.number
"""

# The newest of those that carry a handle; the row order of `handles` is that of its key.
_CARRYING = """
    SELECT h.item
    FROM json_each(?1) AS wanted
    JOIN handles AS h ON h.handle = CAST(wanted.value AS BIGINT)
    WHERE h.item >= coalesce(
        (
            SELECT item FROM handles WHERE handle = CAST(wanted.value AS BIGINT)
            ORDER BY item DESC LIMIT 1 OFFSET ?2
        ),
        0
    )
"""
_THERE = """
    SELECT i.id, i.feed, i.uid, i.number, i.first_seen, i.latest, r.revision, r.fingerprint
    FROM items i LEFT JOIN revisions r ON r.number = i.latest
    WHERE i.id IN (SELECT value FROM json_each(?))
"""
_TEXTS = """
    SELECT digest, number, title, summary, text
    FROM texts
    WHERE digest IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
"""
_ADD_ITEM = (
    "INSERT INTO items (number, id, feed, uid, first_seen, latest) VALUES (?, ?, ?, ?, ?, ?)"
)
_ADD_TEXT = "INSERT INTO texts (number, digest, title, summary, text) VALUES (?, ?, ?, ?, ?)"
_ADD_REVISION = """
    INSERT INTO revisions (number, item, revision, revised_at, moment, published, language, url,
        imported, named, fingerprint, text, author, categories, "offset")
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_HANDLE = "INSERT INTO handles (handle, item) VALUES (?, ?) ON CONFLICT DO NOTHING"
# An edited item may belong to another story.
_REVISE = "UPDATE items SET latest = ?, story = NULL WHERE number = ?"
_WRITTEN = (_ADD_ITEM, _ADD_TEXT, _ADD_REVISION, _REVISE, _ADD_HANDLE)  # first what others refer to


class ItemsPart(StorePart):
    def known(self, feed: str, handles: Collection[int]) -> list[KnownItem]:
        """Return items of the feed that have one of these handles (see `analyze.changes`), oldest
        first, pruned ones included."""
        some = "AND i.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
        carrying = (json.dumps(sorted(handles)), PER_HANDLE - 1)
        numbers = json.dumps(sorted({row[0] for row in self._database.rows(_CARRYING, carrying)}))
        rows = self._database.rows(_KNOWN.format(some), (feed, numbers))
        return list(self._database.read_all(_known, rows))

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is saved within is committed at its end: all or nothing, and cheaper than one by
        one. What was saved within is seen by questions that are asked within."""
        with self._database.transaction():
            yield

    def save(
        self, changes: Sequence[Change], at: datetime, *, state: FeedState | None = None
    ) -> Saved:
        """Save items, revisions and the feed's state in one transaction: all or nothing.

        Saving the same changes again adds nothing. `at` becomes the `first_seen` of new items.
        """
        with self._database.transaction():
            saving = _Saving(self._database, changes, at)
            saving.write()
            if state is not None:
                save_states(self._database, [state])
        return Saved(new=tuple(saving.new), revised=tuple(saving.revised))


def _known(row: Row) -> KnownItem:
    check_kinds(row, "itTTTIiti")
    return KnownItem(
        uid=row[1],
        url=row[2] or "",
        title=row[3] or "",
        fingerprint=row[4] or "",
        published=time_or_none(row[5]),
        pruned=bool(row[6]),
        handles=frozenset(json.loads(row[7])),
        named=bool(row[8]),
    )


class _Saving:
    """The rows of one transaction: made in the order of the changes, written a table at a time.

    One statement a table costs less than one a row. What is there is asked first.
    """

    def __init__(self, database: Database, changes: Sequence[Change], at: datetime) -> None:
        self.new: list[str] = []
        self.revised: list[str] = []
        self._database = database
        self._at = at
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)
        self._indexed: dict[Indexed, list[tuple[int, str, str]]] = {"words": [], "bylines": []}
        names = [item_id(one.item.feed, one.item.uid) for one in changes]
        digests = [text_digest(one.item) for one in changes]
        self._there = {
            row[:3]: database.read(_latest, row[3:])
            for row in database.rows(_THERE, (json.dumps(names),))
        }
        self._texts: defaultdict[int, list[Row]] = defaultdict(list)
        for digest, *text in database.rows(_TEXTS, (json.dumps(digests),)):
            self._texts[digest].append(tuple(text))
        for change, id, digest in zip(changes, names, digests, strict=True):
            self._take(change, id, digest)

    def write(self) -> None:
        for statement in _WRITTEN:
            if rows := self._rows[statement]:
                self._database.execute_many(statement, rows)
        for index, tokens in self._indexed.items():
            if tokens:
                self._database.index.add(index, tokens)

    def _take(self, change: Change, id: str, digest: int) -> None:
        """Words that are there already change nothing."""
        item = change.item
        key = (id, item.feed, item.uid)
        if key not in self._there:
            number = self._database.next_number("items")
            stored = StoredItem(id=id, item=item, first_seen=self._at)
            revision = self._add_revision(number, stored, digest)
            self._rows[_ADD_ITEM].append((number, *key, stamp(self._at), revision))
            self.new.append(id)
        else:
            number, first_seen, latest, which, fingerprint = self._there[key]
            if latest is None or fingerprint == item.fingerprint:
                return
            stored = StoredItem(
                id=id, item=item, first_seen=first_seen, revision=which + 1, revised_at=self._at
            )
            revision = self._add_revision(number, stored, digest)
            self._rows[_REVISE].append((revision, number))
            self.revised.append(id)
        row = (number, stored.first_seen, revision, stored.revision, item.fingerprint)
        self._there[key] = row
        self._rows[_ADD_HANDLE] += ((handle, number) for handle in change.handles)

    def _add_revision(self, number: int, stored: StoredItem, digest: int) -> int:
        item, revision = stored.item, self._database.next_number("revisions")
        self._rows[_ADD_REVISION].append(
            (
                revision,
                number,
                stored.revision,
                stamp_or_none(stored.revised_at),
                stamp(stored.moment),
                stamp_or_none(item.published),
                item.language,
                item.url,
                item.imported,
                item.named,
                item.fingerprint,
                self._text(digest, (item.title, item.summary, item.text)),
                item.author,
                categories_json(item.categories),
                offset_of(item.published),
            )
        )
        if item.author or item.categories:
            byline = indexed_byline(item.author, item.categories)
            self._indexed["bylines"].append((revision, *byline))
        return revision

    def _text(self, digest: int, words: tuple[str, str, str]) -> int:
        for number, *there in self._texts[digest]:
            if tuple(there) == words:
                return int(number)
        number = self._database.next_number("texts")
        self._texts[digest].append((number, *words))
        self._rows[_ADD_TEXT].append((number, digest, *words))
        self._indexed["words"].append((number, *indexed(*words)))
        return number


def _latest(row: Row) -> tuple[int, datetime, int | None, int, str]:
    """Return number and first_seen of the item; of its latest revision the number (None if pruned),
    the count of the revision, and the fingerprint."""
    check_kinds(row, "iiIIT")
    number, first_seen, latest, revision, fingerprint = row
    if latest is not None and revision is None:
        raise ValueError("its latest revision is gone")
    return number, time(first_seen), latest, revision or 0, fingerprint or ""


def indexed(title: str, summary: str, text: str) -> tuple[str, str]:
    """Return what the search index holds of an item's words."""
    from sigtrack.text.search import index_tokens  # of no use where nothing is saved

    return index_tokens(title), index_tokens(f"{summary}\n{text}")


def indexed_byline(author: str, categories: Sequence[str]) -> tuple[str, str]:
    """Return what the search index holds of an item's author and categories."""
    from sigtrack.text.search import index_tokens

    return index_tokens(author), index_tokens("\n".join(categories))
