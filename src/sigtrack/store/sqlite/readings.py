"""What items tell of visits, as it was read.

The reader has a mark among those of the watchlists, and reads the revisions in the same way (see
`matching`). Most revisions tell of no visit and have no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sigtrack.model import StoredItem, Visit
from sigtrack.store.interface import Batch, Read
from sigtrack.store.sqlite.connection import Database
from sigtrack.store.sqlite.marks import UNREAD, Mark, keep, marks_in
from sigtrack.store.sqlite.matching import last_before, pending, unmatched
from sigtrack.store.sqlite.rows import visits_json

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
        mark = _mark(database)
        if mark.upto_by(fingerprint) < batch.after:
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
        older = mark.older if mark.fingerprint == fingerprint else 0
        upto = max(mark.upto_by(fingerprint), batch.upto)
        keep(database, {READER: Mark(fingerprint, upto, older)})


def renew(database: Database, fingerprint: str, since: datetime | None) -> None:
    with database.transaction():
        mark = _mark(database)
        by_others = _last_by_others(mark, fingerprint)
        kept = min(by_others, last_before(database, since))
        if mark.fingerprint != fingerprint or kept < by_others:
            keep(database, {READER: Mark(fingerprint, kept, kept)})


def read_so_far(database: Database, fingerprint: str) -> Read:
    mark = _mark(database)
    last = _last_by_others(mark, fingerprint)
    by_others = "SELECT count(*) FROM items WHERE latest <= ?"
    return Read(upto=mark.upto, older=int(database.value(by_others, (last,))) if last else 0)


def _mark(database: Database) -> Mark:
    return marks_in(database).get(READER, UNREAD)


def _last_by_others(mark: Mark, fingerprint: str) -> int:
    return mark.older if mark.fingerprint == fingerprint else mark.upto
