"""Which story an item is in.

An item without a story is one whose latest words have not been compared with those of others yet:
the queue of what is to be told is a question to the store, as it is for matching.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sigtrack.model import Story
from sigtrack.store.sqlite.connection import Database, Row
from sigtrack.store.sqlite.rows import check_kinds, microseconds, stamp, time

_DAY = microseconds(timedelta(days=1))
# Remainders of numbers before 1970 are negative.
_UNTOLD = """
    SELECT DISTINCT r.moment - ((r.moment % ?1) + ?1) % ?1
    FROM items i JOIN revisions r ON r.number = i.latest
    WHERE i.story IS NULL
    ORDER BY 1
"""


def untold_days(database: Database) -> list[datetime]:
    return [database.read(_time, row) for row in database.rows(_UNTOLD, (_DAY,))]


def _time(row: Row) -> datetime:
    check_kinds(row, "i")
    return time(row[0])


def save_stories(database: Database, stories: Iterable[Story]) -> None:
    rows = [(story.id, item) for story in stories for item in story.items]
    with database.transaction():
        database.execute_many(
            "UPDATE items SET story = ?1 WHERE id = ?2 AND latest IS NOT NULL", rows
        )


def untell(database: Database, since: datetime | None) -> None:
    with database.transaction():
        if since is None:
            database.execute("UPDATE items SET story = NULL")
        else:
            database.execute(
                """
                UPDATE items SET story = NULL
                WHERE latest IN (SELECT number FROM revisions WHERE moment >= ?)
                """,
                (stamp(since),),
            )
