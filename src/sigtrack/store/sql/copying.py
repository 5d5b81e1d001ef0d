"""A whole store into an empty one, of the same engine or the other.

Rows keep their numbers, and numbers that were given out to rows that are gone stay given out, so
that what has been read, seen and mailed means the same there. The search index is made anew from
the texts. Which machine asks which host is not part of a store.
"""

from __future__ import annotations

from typing import Any

from sigtrack.errors import Misuse
from sigtrack.store.sql.database import Database
from sigtrack.store.sql.items import indexed, indexed_byline
from sigtrack.store.sql.rows import NO_CATEGORIES, categories

# What others point to comes before them.
TABLES = (
    *("feeds", "runs", "looks", "items", "handles", "texts", "revisions", "marks", "hits"),
    *("sightings", "mails", "deliveries", "unseen", "statements", "aliases", "misnamed"),
    *("origins", "zones", "item_marks", "visits_read", "wording_read", "phrases_read", "vectors"),
    "tellings",
)
_NUMBERED = ("runs", "items", "texts", "revisions", "hits", "mails", "statements")
_BYLINES = """
    SELECT number, author, categories FROM revisions WHERE author <> '' OR categories <> ?
"""


def copy_all(source: Database, target: Database) -> None:
    """All or nothing, as the source is at one moment. Raises Misuse for a target that is not
    empty."""
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
