"""Which story an item is in.

An item without a story is one whose latest words have not been compared with those of others yet:
the queue of what is to be told is a question to the store, as it is for matching.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sigtrack.model import Story
from sigtrack.store.sqlite.connection import Part, Row
from sigtrack.store.sqlite.rows import check_kinds, microseconds, stamp, time

_DAY = microseconds(timedelta(days=1))
# Remainders of numbers before 1970 are negative.
_UNTOLD = """
    SELECT DISTINCT r.moment - ((r.moment % ?1) + ?1) % ?1
    FROM items i JOIN revisions r ON r.number = i.latest
    WHERE i.story IS NULL
    ORDER BY 1
"""


class Stories(Part):
    """Which items tell one story."""

    def untold_days(self) -> list[datetime]:
        return [self._database.read(_time, row) for row in self._database.rows(_UNTOLD, (_DAY,))]

    def save_stories(self, told: Iterable[Story]) -> None:
        rows = [(story.id, item) for story in told for item in story.items]
        with self._database.transaction():
            self._database.execute_many(
                "UPDATE items SET story = ?1 WHERE id = ?2 AND latest IS NOT NULL", rows
            )

    def untell(self, since: datetime | None) -> None:
        with self._database.transaction():
            if since is None:
                self._database.execute("UPDATE items SET story = NULL")
            else:
                self._database.execute(
                    """
                    UPDATE items SET story = NULL
                    WHERE latest IN (SELECT number FROM revisions WHERE moment >= ?)
                    """,
                    (stamp(since),),
                )


def _time(row: Row) -> datetime:
    check_kinds(row, "i")
    return time(row[0])
