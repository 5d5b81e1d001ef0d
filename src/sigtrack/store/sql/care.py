"""Maintenance of what is stored: figures, checks, pruning, and which document a feed id stands for.

A whole store can be copied into an empty one, of the same engine or the other. Rows keep their
numbers, and the numbers of deleted rows are not used again, so the record of what was read, seen
and mailed stays right. The search index is built from the texts. Leases of hosts are not copied:
they belong to running fetchers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sigtrack.errors import Misuse, StoreCorrupt
from sigtrack.model import Origin
from sigtrack.store.interface import Census
from sigtrack.store.sql.database import Database, Row, StorePart
from sigtrack.store.sql.items import indexed, indexed_byline
from sigtrack.store.sql.outbox import prune_mails, read_all
from sigtrack.store.sql.readings import FORMS, forget, table_of
from sigtrack.store.sql.rows import (
    FEED_STATE,
    HIT_COLUMNS,
    ITEM_COLUMNS,
    NO_CATEGORIES,
    RowForm,
    categories,
    hit,
    stamp,
    stored_item,
    text_digest,
)
from sigtrack.store.sql.stories import MARKED_TO_STAY, OPINION, read_item_marks
from sigtrack.store.sql.texts import garbled_texts, statements

_SHOWN = """
    SELECT h.watchlist, count(*)
    FROM sightings s
    JOIN hits h ON h.number = s.hit
    JOIN revisions r ON r.number = s.revision
    JOIN items i ON i.number = r.item AND i.latest = r.number
    GROUP BY h.watchlist
    ORDER BY h.watchlist
"""

# Contradictions between rows, which the engine cannot know.
_CONTRADICTIONS = {
    "{} items have no latest revision": """
        SELECT count(*) FROM items i
        WHERE coalesce(i.latest, 0)
            <> coalesce((SELECT max(r.number) FROM revisions r WHERE r.item = i.number), 0)
    """,
    "{} items are stored twice": """
        SELECT count(*) FROM (SELECT 1 FROM items GROUP BY id, feed, uid HAVING count(*) > 1) twice
    """,
    "{} revisions have lost their text": """
        SELECT count(*) FROM revisions r
        WHERE NOT EXISTS (SELECT 1 FROM texts t WHERE t.number = r.text)
    """,
    "{} texts belong to no item": """
        SELECT count(*) FROM texts t
        WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.text = t.number)
    """,
}

_EVERYTHING = """
    FROM revisions r JOIN items i ON i.number = r.item JOIN texts t ON t.number = r.text
"""


_SPAN = RowForm(tuple, "first M, last M")
_OF_LIST = RowForm(tuple, "watchlist t, hits i")
_TEXT = RowForm(tuple, "number i, title t, summary t, text t")
_BYLINE = RowForm(tuple, "number i, author t, categories t")
_ROWS: tuple[tuple[str, Callable[[Row], object]], ...] = (
    (
        f"SELECT {HIT_COLUMNS} FROM sightings s JOIN hits h ON h.number = s.hit",
        partial(hit, item=""),
    ),
    (f"SELECT {FEED_STATE.columns} FROM feeds", FEED_STATE.value),
    (f"SELECT {OPINION.columns} FROM opinions", OPINION.value),
    *(
        (f"SELECT content FROM {table_of(kind)}", lambda row, read=form[1]: read(row[0]))
        for kind, form in FORMS.items()
    ),
)


class CarePart(StorePart):
    def census(self) -> Census:
        row = self._database.row(
            """
            SELECT
                (SELECT count(*) FROM items WHERE latest IS NOT NULL),
                (SELECT count(*) FROM revisions),
                (SELECT count(*) FROM items WHERE latest IS NULL),
                (SELECT count(DISTINCT feed) FROM items WHERE latest IS NOT NULL),
                (SELECT min(moment) FROM revisions),
                (SELECT max(moment) FROM revisions),
                (SELECT count(*) FROM statements)
            """
        )
        assert row is not None
        first, last = self._database.read(_SPAN.value, row[4:6])
        return Census(
            items=row[0],
            revisions=row[1],
            pruned=row[2],
            feeds=row[3],
            hits=dict(self._database.values(_OF_LIST.value, _SHOWN)),
            statements=row[6],
            first=first,
            last=last,
            size=self._database.size(),
            schema=self._database.schema(),
        )

    def check(self) -> list[str]:
        """Return what is wrong with the store, in sentences; an empty list if all is well."""
        try:
            if wrong := self._database.faults():
                return wrong
            wrong = _unreadable(self._database)
            if broken := self._database.lost_references():
                wrong.append(f"{broken} rows point to rows that are gone")
            for sentence, sql in _CONTRADICTIONS.items():
                if count := self._database.value(sql):
                    wrong.append(sentence.format(count))
        except StoreCorrupt as error:
            return [error.message]
        return wrong

    def prunable(self, before: datetime) -> int:
        """Return how many items `prune` would remove."""
        return int(self._database.value(f"SELECT count(*) {_OLD}", (stamp(before),)))

    def prune(self, before: datetime) -> int:
        """Remove items whose moment is before `before`, with their hits; return how many. Items
        with a star or a note stay.

        A tombstone stays of each (the row that names it, and its handles), so that it is not new
        again if a feed still lists it. Mails made before that time go too, unless they are waiting
        or the last of their digest. The archive of statements stays.
        """
        old = "(SELECT number FROM old)"
        with self._database.transaction():
            self._database.execute("CREATE TEMP TABLE old (number BIGINT PRIMARY KEY)")
            self._database.execute(f"INSERT INTO old SELECT i.number {_OLD}", (stamp(before),))
            count = int(self._database.value("SELECT count(*) FROM old"))
            self._database.execute(
                f"DELETE FROM sightings WHERE hit IN (SELECT number FROM hits WHERE item IN {old})"
            )
            self._database.execute(f"DELETE FROM hits WHERE item IN {old}")
            self._database.execute(f"DELETE FROM item_marks WHERE item IN {old}")
            self._database.execute(f"UPDATE items SET latest = NULL WHERE number IN {old}")
            theirs = f"SELECT number FROM revisions WHERE item IN {old}"
            forget(self._database, theirs)
            drop_bylines(self._database, f"FROM revisions WHERE item IN {old}")
            self._database.execute(f"DELETE FROM revisions WHERE item IN {old}")
            self._database.execute("DROP TABLE old")
            drop_orphaned_texts(self._database)
            prune_mails(self._database, before)
        return count


def _unreadable(database: Database) -> list[str]:
    """Find damage that the engine does not notice: rows and texts that were changed.

    Raises StoreCorrupt for what is not text, or a value of another type.
    """
    garbled = 0
    for row in database.each(f"SELECT digest, {ITEM_COLUMNS} {_EVERYTHING}"):
        stored = database.read(stored_item, row[1:])
        garbled += text_digest(stored.item) != row[0]
    garbled += garbled_texts(database)
    for sql, reader in _ROWS:
        for row in database.each(sql):
            database.read(reader, row)
    read_all(database)
    statements(database, None)
    read_item_marks(database)
    return [f"{garbled} texts are not as they were written"] if garbled else []


_OLD = f"""
    FROM items i JOIN revisions r ON r.number = i.latest
    WHERE r.moment < ? AND i.number NOT IN ({MARKED_TO_STAY})
"""


def drop_bylines(database: Database, of_revisions: str) -> None:
    sql = f"SELECT {_BYLINE.columns} {of_revisions}"
    for number, author, filed in database.values(_BYLINE.value, sql):
        if author or filed != NO_CATEGORIES:
            database.index.drop("bylines", number, indexed_byline(author, categories(filed)))


def drop_orphaned_texts(database: Database) -> None:
    orphans = """
        FROM texts WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.text = texts.number)
    """
    rows = database.each(f"SELECT {_TEXT.columns} {orphans}")
    for number, *words in database.read_all(_TEXT.value, rows):
        database.index.drop("words", number, indexed(*words))
    database.execute(f"DELETE {orphans}")


class NamesPart(StorePart):
    def origin(self, feed: str) -> Origin | None:
        """Return what the first document stored under this feed id said of itself."""
        row = self._database.row("SELECT itself, site, title FROM origins WHERE feed = ?", (feed,))
        return None if row is None else Origin(itself=row[0], site=row[1], title=row[2])

    def keep_origin(self, feed: str, origin: Origin) -> None:
        """Save the origin of a feed; an origin that is already there stays."""
        self._database.execute(
            "INSERT INTO origins (feed, itself, site, title) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (feed, origin.itself, origin.site, origin.title),
        )


# A table comes after the tables that it refers to.
TABLES = (
    *("feeds", "runs", "looks", "items", "handles", "texts", "revisions", "marks", "hits"),
    *("sightings", "mails", "deliveries", "unseen", "statements"),
    *("origins", "zones", "item_marks", "visits_read", "wording_read", "phrases_read", "vectors"),
    *("tellings", "opinions", "full_texts"),
)
_NUMBERED = ("runs", "items", "texts", "revisions", "hits", "mails", "statements")
_BYLINES = f"SELECT {_BYLINE.columns} FROM revisions WHERE author <> '' OR categories <> ?"


def copy_all(source: Database, target: Database) -> None:
    """Copy everything or nothing, as the source is at one moment.

    Raises Misuse if the target is not empty.
    """
    with source.snapshot(), target.transaction():
        for table in TABLES:
            if target.row(f"SELECT 1 FROM {table} LIMIT 1"):
                raise Misuse(
                    f"{target.name} holds something already, and is not overwritten",
                    hint="name a new file, or an empty schema of a server",
                )
        with target.loading():
            for table in TABLES:
                columns = ", ".join(f'"{name}"' for name in source.columns(table))
                target.fill(table, columns, source.each(f"SELECT {columns} FROM {table}"))
            for table in _NUMBERED:
                target.set_last_number(table, source.last_number(table))
            _index(source, target)


def _index(source: Database, target: Database) -> None:
    texts = source.each(f"SELECT {_TEXT.columns} FROM texts")
    target.index.add("words", ((number, *indexed(*words)) for number, *words in texts))
    bylines = source.each(_BYLINES, (NO_CATEGORIES,))
    target.index.add(
        "bylines",
        ((number, *indexed_byline(author, categories(filed))) for number, author, filed in bylines),
    )
