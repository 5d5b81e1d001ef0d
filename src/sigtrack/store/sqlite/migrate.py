"""Bring a database file to the schema of this sigtrack, or say why it cannot be done.

The version is in the file's header (PRAGMA user_version), so opening a current file costs one read.
All steps run in one transaction: a migration that dies leaves the file as it was.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from sigtrack.errors import Busy, InputUnreadable, StoreNewer
from sigtrack.store.sql.schema import APPLICATION_ID, STEPS, Step
from sigtrack.store.sqlite.connection import SqliteDatabase, damaged


def prepare(database: SqliteDatabase, *, patience: float, steps: Sequence[Step] = STEPS) -> None:
    """Make a new, old or current file usable.

    Raises StoreNewer or StoreCorrupt, without writing anything, if the file is not ours to change.
    """
    version = _version(database, len(steps))
    if database.read_only:
        if version < len(steps):
            raise InputUnreadable(
                f"{database.name} was written by an older sigtrack and must be upgraded first",
                hint="run any sigtrack command as a user who may write to the file",
            )
        return
    _patiently_use_wal(database, patience)
    database.execute("PRAGMA synchronous = NORMAL")  # a kill loses nothing; a power cut may
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA cache_size = -16000")
    if version < len(steps):
        _migrate(database, steps)


def _version(database: SqliteDatabase, newest: int) -> int:
    version = int(database.value("PRAGMA user_version"))
    owner = int(database.value("PRAGMA application_id"))
    empty = version == owner == 0 and not database.value("SELECT count(*) FROM sqlite_schema")
    if owner != APPLICATION_ID and not empty:
        raise damaged(database.name, "it belongs to another program")
    if version > newest:
        raise StoreNewer(
            f"{database.name} was written by a newer sigtrack (schema {version}, "
            f"this one knows {newest})",
            hint="upgrade with: pip install -U sigtrack",
        )
    return version


def _migrate(database: SqliteDatabase, steps: Sequence[Step]) -> None:
    with database.transaction():
        version = _version(database, len(steps))  # another process may have been faster
        for step in steps[version:]:
            for statement in step:
                database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {len(steps)}")


def _patiently_use_wal(database: SqliteDatabase, patience: float) -> None:
    """Changing the journal mode ignores the busy timeout: two first runs at once need this loop."""
    deadline = time.monotonic() + patience
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except Busy:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.02)
