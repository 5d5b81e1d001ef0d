"""Readings of items: a table for each kind.

A kind has a mark, as watchlists have, and reads the revisions in the same way (see `matching`). A
revision that tells nothing of a kind has no row in its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sigtrack.model import StoredItem
from sigtrack.store.interface import Batch, Kind, Read
from sigtrack.store.sql.database import Database, Part, Row, Values
from sigtrack.store.sql.marks import UNREAD, Mark, keep, marks_in
from sigtrack.store.sql.matching import last_before, pending, unmatched
from sigtrack.store.sql.rows import (
    phrases,
    phrases_bytes,
    visits,
    visits_json,
    wording,
    wording_json,
)

# How each kind is written, and how it is read back.
FORMS: Mapping[Kind, tuple[Callable[[Any], str | bytes], Callable[[Any], object]]] = {
    "visits": (visits_json, visits),
    "wording": (wording_json, wording),
    "phrases": (phrases_bytes, phrases),
}


def table_of(kind: Kind) -> str:
    return f"{kind}_read"


class Readings(Part):
    def unread_count(self, fingerprints: Mapping[Kind, str]) -> int:
        return pending(self._database, _readers(fingerprints))

    def unread_revisions(
        self, fingerprints: Mapping[Kind, str], limit: int = 500
    ) -> Iterator[Batch]:
        for batch in unmatched(self._database, _readers(fingerprints), limit):
            mine = {name.removeprefix(":"): one for name, one in batch.fingerprints.items()}
            yield replace(batch, fingerprints=mine)

    def save_readings(
        self, batch: Batch, told: Iterable[tuple[StoredItem, Mapping[Kind, Any]]]
    ) -> None:
        kinds = [kind for kind in FORMS if kind in batch.fingerprints]
        rows: dict[Kind, list[Row]] = {kind: [] for kind in kinds}
        for stored, read in told:  # reading runs here, before the write lock is taken
            for kind in kinds:
                if found := read[kind]:
                    rows[kind].append((stored.number, FORMS[kind][0](found)))
        with self._database.transaction():
            for kind in kinds:
                _save(self._database, batch, kind, rows[kind])

    def renew_readings(self, fingerprints: Mapping[Kind, str], since: datetime | None) -> None:
        if not _renewed(self._database, fingerprints, since):
            return  # does not block other writers without need
        with self._database.transaction():
            keep(self._database, _renewed(self._database, fingerprints, since))

    def read_so_far(self, fingerprints: Mapping[Kind, str]) -> Read:
        marks = {kind: _mark(self._database, kind) for kind in fingerprints}
        last = max(_last_by_others(marks[kind], one) for kind, one in fingerprints.items())
        by_others = "SELECT count(*) FROM items WHERE latest <= ?"
        return Read(
            upto=min(mark.upto for mark in marks.values()),
            older=int(self._database.value(by_others, (last,))) if last else 0,
        )

    def readings(self, kind: Kind, first: int, last: int) -> Iterator[tuple[int, Any]]:
        rows = self._database.each(
            f"SELECT revision, content FROM {table_of(kind)} WHERE revision BETWEEN ? AND ?",
            (first, last),
        )
        return (self._database.read(partial(_kept, kind), row) for row in rows)


def _readers(fingerprints: Mapping[Kind, str]) -> dict[str, str]:
    """The keys of the kinds among the marks. No watchlist has such a name."""
    return {f":{kind}": fingerprint for kind, fingerprint in fingerprints.items()}


def _save(database: Database, batch: Batch, kind: Kind, rows: Iterable[Row]) -> None:
    fingerprint = batch.fingerprints[kind]
    mark = _mark(database, kind)
    if mark.upto_by(fingerprint) < batch.after:
        return  # another process lets it be read again from an earlier revision
    table = table_of(kind)
    database.execute(
        f"DELETE FROM {table} WHERE revision > ? AND revision <= ?", (batch.after, batch.upto)
    )
    database.execute_many(
        f"""
        INSERT INTO {table} (revision, content)
        SELECT number, ?2 FROM revisions WHERE number = ?1
        """,
        rows,  # revisions that were pruned since the batch was read are skipped
    )
    older = mark.older if mark.fingerprint == fingerprint else 0
    upto = max(mark.upto_by(fingerprint), batch.upto)
    keep(database, {f":{kind}": Mark(fingerprint, upto, older)})


def _renewed(
    database: Database, fingerprints: Mapping[Kind, str], since: datetime | None
) -> dict[str, Mark]:
    """Return the marks that change."""
    changed: dict[str, Mark] = {}
    for kind, fingerprint in fingerprints.items():
        mark = _mark(database, kind)
        by_others = _last_by_others(mark, fingerprint)
        kept = min(by_others, last_before(database, since)) if by_others else 0
        if mark.fingerprint != fingerprint or kept < by_others:
            changed[f":{kind}"] = Mark(fingerprint, kept, kept)
    return changed


def _kept(kind: Kind, row: Row) -> tuple[int, object]:
    return row[0], FORMS[kind][1](row[1])


def forget(database: Database, revisions: str, values: Values = ()) -> None:
    """Drop what is kept of these revisions: values, or a SELECT of numbers."""
    for table in (*map(table_of, FORMS), "vectors", "tellings", "full_texts"):
        database.execute(f"DELETE FROM {table} WHERE revision IN ({revisions})", values)


def _mark(database: Database, kind: Kind) -> Mark:
    return marks_in(database).get(f":{kind}", UNREAD)


def _last_by_others(mark: Mark, fingerprint: str) -> int:
    return mark.older if mark.fingerprint == fingerprint else mark.upto
