"""How far each watchlist, and each kind of reading, has read the revisions.

One number is enough, because revisions are read in row order. A mark with another fingerprint
counts as nothing read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sigtrack.store.sql.database import Database, Row, upsert
from sigtrack.store.sql.rows import check_kinds


class ReadMark(NamedTuple):
    """`upto` is the last revision that was read, `older` the last that only older rules read."""

    fingerprint: str
    upto: int
    older: int = 0

    def upto_by(self, fingerprint: str) -> int:
        """Return the last revision that the rules of this fingerprint have read."""
        return self.upto if self.fingerprint == fingerprint else 0


UNREAD = ReadMark("", 0)


def marks_in(database: Database) -> dict[str, ReadMark]:
    rows = database.rows("SELECT watchlist, fingerprint, upto, older FROM marks")
    return dict(database.read(_mark, row) for row in rows)


def _mark(row: Row) -> tuple[str, ReadMark]:
    check_kinds(row, "ttii")
    return row[0], ReadMark(*row[1:])


def keep(database: Database, marks: Mapping[str, ReadMark]) -> None:
    database.execute_many(
        upsert("marks", "watchlist, fingerprint, upto, older", key="watchlist"),
        [(name, *marks[name]) for name in sorted(marks)],
    )
