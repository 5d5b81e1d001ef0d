"""Saving items and revisions, and recognising those that are already stored."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sigtrack.model import Change, FeedState, Item, KnownItem, StoredItem, item_id
from sigtrack.store.interface import Saved
from sigtrack.store.sql.database import Database, Part, Row
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
from sigtrack.text.grams import index_tokens

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


class Items(Part):
    def known(self, feed: str, handles: Collection[int]) -> list[KnownItem]:
        some = "AND i.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
        numbers = json.dumps(sorted(_carrying(self._database, handles)))
        rows = self._database.rows(_KNOWN.format(some), (feed, numbers))
        return [self._database.read(_known, row) for row in rows]

    def save(
        self, changes: Sequence[Change], at: datetime, *, state: FeedState | None = None
    ) -> Saved:
        new, revised = [], []
        with self._database.transaction():
            for change in changes:
                kind, id = _save_change(self._database, change, at)
                if kind == "new":
                    new.append(id)
                elif kind == "revised":
                    revised.append(id)
            if state is not None:
                save_states(self._database, [state])
        return Saved(new=tuple(new), revised=tuple(revised))


def all_known(database: Database, feed: str) -> list[KnownItem]:
    return [database.read(_known, row) for row in database.rows(_KNOWN.format(""), (feed,))]


def _carrying(database: Database, handles: Collection[int]) -> set[int]:
    numbers: set[int] = set()
    for handle in handles:
        rows = database.rows(
            "SELECT item FROM handles WHERE handle = ? ORDER BY item DESC LIMIT ?",
            (handle, PER_HANDLE),
        )
        numbers.update(row[0] for row in rows)
    return numbers


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


def _save_change(database: Database, change: Change, at: datetime) -> tuple[str, str]:
    """Return "new" or "revised" and the id; "" instead if these words are already stored."""
    item = change.item
    id = item_id(item.feed, item.uid)
    row = database.row(
        """
        SELECT i.number, i.first_seen, i.latest, r.revision, r.fingerprint
        FROM items i LEFT JOIN revisions r ON r.number = i.latest
        WHERE i.id = ? AND i.feed = ? AND i.uid = ?
        """,
        (id, item.feed, item.uid),
    )
    if row is None:
        number = database.insert(
            "items", "id, feed, uid, first_seen", (id, item.feed, item.uid, stamp(at))
        )
        _add_revision(database, number, StoredItem(id=id, item=item, first_seen=at))
        add_handles(database, number, change.handles)
        return "new", id
    number, first_seen, latest, revision, fingerprint = database.read(_latest, row)
    if latest is None or fingerprint == item.fingerprint:
        return "", id
    stored = StoredItem(
        id=id, item=item, first_seen=first_seen, revision=revision + 1, revised_at=at
    )
    _add_revision(database, number, stored)
    add_handles(database, number, change.handles)
    return "revised", id


def _latest(row: Row) -> tuple[int, datetime, int | None, int, str]:
    """Return number and first_seen of the item; of its latest revision the number (None if pruned),
    the count of the revision, and the fingerprint."""
    check_kinds(row, "iiIIT")
    number, first_seen, latest, revision, fingerprint = row
    if latest is not None and revision is None:
        raise ValueError("its latest revision is gone")
    return number, time(first_seen), latest, revision or 0, fingerprint or ""


def _add_revision(database: Database, number: int, stored: StoredItem) -> None:
    item = stored.item
    revision = database.insert(
        "revisions",
        """
        item, revision, revised_at, moment, published, language, url, imported, named, fingerprint,
        text, author, categories, "offset"
        """,
        (
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
            _text_number(database, item),
            item.author,
            categories_json(item.categories),
            offset_of(item.published),
        ),
    )
    if item.author or item.categories:
        database.index.add("bylines", revision, indexed_byline(item.author, item.categories))
    # An edited item may belong to another story.
    database.execute(
        "UPDATE items SET latest = ?, story = NULL WHERE number = ?", (revision, number)
    )


def add_handles(database: Database, number: int, handles: Iterable[int]) -> None:
    database.execute_many(
        "INSERT INTO handles (handle, item) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(handle, number) for handle in handles],
    )


def _text_number(database: Database, item: Item) -> int:
    words = (item.title, item.summary, item.text)
    digest = text_digest(item)
    for number, *there in database.rows(
        "SELECT number, title, summary, text FROM texts WHERE digest = ?", (digest,)
    ):
        if tuple(there) == words:
            return int(number)
    number = database.insert("texts", "digest, title, summary, text", (digest, *words))
    database.index.add("words", number, indexed(*words))
    return number


def indexed(title: str, summary: str, text: str) -> tuple[str, str]:
    """Return what the search index holds of a text."""
    return index_tokens(title), index_tokens(f"{summary}\n{text}")


def indexed_byline(author: str, categories: Sequence[str]) -> tuple[str, str]:
    """Return what the search index holds of an item's author and categories."""
    return index_tokens(author), index_tokens("\n".join(categories))
