"""Copy a whole store into an empty one, of the same engine or the other.

Rows keep their numbers, and the numbers of deleted rows are not used again, so the record of what
was read, seen and mailed stays right. The search index is built from the texts. Leases of hosts are
not copied: they belong to running fetchers.
"""

from __future__ import annotations

from typing import Any

from sigtrack.errors import Misuse
from sigtrack.store.sql.database import Database
from sigtrack.store.sql.items import indexed, indexed_byline
from sigtrack.store.sql.rows import NO_CATEGORIES, categories

# A table comes after the tables that it refers to.
TABLES = (
    *("feeds", "runs", "looks", "items", "handles", "texts", "revisions", "marks", "hits"),
    *("sightings", "mails", "deliveries", "unseen", "statements", "aliases", "misnamed"),
    *("origins", "zones", "item_marks", "visits_read", "wording_read", "phrases_read", "vectors"),
    *("tellings", "opinions", "full_texts"),
)
_NUMBERED = ("runs", "items", "texts", "revisions", "hits", "mails", "statements")
_BYLINES = """
    SELECT number, author, categories FROM revisions WHERE author <> '' OR categories <> ?
"""


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
        for table in TABLES:
            _copy(source, target, table)
        for table in _NUMBERED:
            target.set_last_number(table, source.last_number(table))
        texts = source.each("SELECT number, title, summary, text FROM texts")
        target.index.add("words", ((number, *indexed(*words)) for number, *words in texts))
        bylines = source.each(_BYLINES, (NO_CATEGORIES,))
        target.index.add(
            "bylines",
            (
                (number, *indexed_byline(author, categories(filed)))
                for number, author, filed in bylines
            ),
        )


def _copy(source: Database, target: Database, table: str) -> None:
    columns = ", ".join(f'"{name}"' for name in source.columns(table))
    places = ", ".join("?" * (columns.count(",") + 1))
    rows: Any = source.each(f"SELECT {columns} FROM {table}")
    target.execute_many(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
