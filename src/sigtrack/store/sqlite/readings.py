"""What items tell of visits, as it was read.

The reader has a mark among those of the watchlists, and reads the revisions in the same way (see
`matching`). Most revisions tell of no visit and have no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sigtrack.model import StoredItem, Visit
from sigtrack.store.interface import Batch, Read
from sigtrack.store.sqlite.connection import Database, Row
from sigtrack.store.sqlite.matching import last_before, pending, unmatched
from sigtrack.store.sqlite.rows import check_kinds, visits_json

READER = ":visits"  # no watchlist is called so


def unread_count(database: Database, fingerprint: str) -> int:
    return pending(database, {READER: fingerprint})


def unread(database: Database, fingerprint: str, limit: int) -> Iterator[Batch]:
    return unmatched(database, {READER: fingerprint}, limit)


def save(
    database: Database, batch: Batch, told: Iterable[tuple[StoredItem, Sequence[Visit]]]
) -> None:
    found = [(one.number, visits_json(some)) for one, some in told if some]
    fingerprint = batch.fingerprints[READER]
    with database.transaction():
        known, upto, older = _mark(database)
        if known != fingerprint:
            upto = older = 0
        if upto < batch.after:
            return  # somebody lets it be read again from an earlier place
        database.execute(
            "DELETE FROM readings WHERE revision > ? AND revision <= ?", (batch.after, batch.upto)
        )
        database.execute_many(
            """
            INSERT INTO readings (revision, visits)
            SELECT number, ?2 FROM revisions WHERE number = ?1
            """,
            found,  # but for what was pruned since the batch was read
        )
        _keep_mark(database, fingerprint, max(upto, batch.upto), older)


def renew(database: Database, fingerprint: str, since: datetime | None) -> None:
    with database.transaction():
        known, upto, older = _mark(database)
        is_same = known == fingerprint
        by_others = older if is_same else upto
        kept = min(by_others, last_before(database, since))
        if not is_same or kept < by_others:
            _keep_mark(database, fingerprint, kept, kept)


def read_so_far(database: Database, fingerprint: str) -> Read:
    known, upto, older = _mark(database)
    last = older if known == fingerprint else upto
    by_others = "SELECT count(*) FROM items WHERE latest <= ?"
    return Read(upto=upto, older=int(database.value(by_others, (last,))) if last else 0)


def _mark(database: Database) -> tuple[str, int, int]:
    """Fingerprint, the last revision read, and the last of those that older rules have read."""
    row = database.row("SELECT fingerprint, upto, older FROM marks WHERE watchlist = ?", (READER,))
    return ("", 0, 0) if row is None else database.read(_as_mark, row)


def _as_mark(row: Row) -> tuple[str, int, int]:
    check_kinds(row, "tii")
    return row[0], row[1], row[2]


def _keep_mark(database: Database, fingerprint: str, upto: int, older: int) -> None:
    database.execute(
        "INSERT OR REPLACE INTO marks (watchlist, fingerprint, upto, older) VALUES (?, ?, ?, ?)",
        (READER, fingerprint, upto, older),
    )
