"""Where items and hits are kept: `interface` defines what a store does, `sqlite` implements it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sigtrack.errors import Misuse
from sigtrack.store.interface import (
    KINDS,
    Batch,
    Census,
    Choice,
    Delivery,
    Draft,
    Found,
    Kind,
    Look,
    Mail,
    Member,
    Mode,
    Outline,
    Query,
    Read,
    Run,
    RunKind,
    Saved,
    Store,
    Told,
)

if TYPE_CHECKING:
    from sigtrack.store.scans import ScanStore

__all__ = [
    "KINDS",
    "Batch",
    "Census",
    "Choice",
    "Delivery",
    "Draft",
    "Found",
    "Kind",
    "Look",
    "Mail",
    "Member",
    "Mode",
    "Outline",
    "Query",
    "Read",
    "Run",
    "RunKind",
    "Saved",
    "Store",
    "Told",
    "files_of_store",
    "open_store",
    "scan_at",
    "unwritable",
]


def open_store(
    place: str,
    *,
    mode: Mode = "create",
    patience: float = 5.0,
    warn: Callable[[str], object] | None = None,
) -> Store:
    """Open the store at a path. Only mode "create" makes a store where there is none.

    Mode "write" needs a store that can be written. Mode "read" accepts a read-only one, but still
    migrates it and records looks if it can be written. `patience`: seconds to wait for another run
    or writer before Busy is raised. `warn` is called if the file exists but is empty, before it is
    used as a new store. The folder of a scan can be opened in mode "read" (see `scans`).
    """
    from sigtrack.store.sqlite import open_sqlite

    if (found := scan_at(place)) is not None:
        if mode != "read":
            raise Misuse(
                f"{place} is the output of a scan, and no database",
                hint="name a database with --db",
            )
        return cast(Store, found)  # of which it answers some questions, and refuses the others
    return open_sqlite(place, mode=mode, patience=patience, warn=warn)


def scan_at(place: str | Path) -> ScanStore | None:
    """The output of a scan, if a folder is one; see `scans`."""
    if not (Path(place) / "scan.jsonl").is_file():
        return None
    from sigtrack.store.scans import ScanStore

    return ScanStore(str(place))


def files_of_store(place: str) -> tuple[Path, ...]:
    """Return the files that belong to the store at a path, whether or not they exist: the database,
    the files that SQLite puts beside it, and the locks.

    Raises Misuse if this kind of store is not supported.
    """
    from sigtrack.store.sqlite import files_of

    return files_of(place)


def unwritable(place: str) -> str | None:
    """Return the file or folder that keeps this user from writing a store at a path, or None.

    Opens, creates and changes nothing.
    """
    from sigtrack.store.sqlite import unwritable_at

    return unwritable_at(place)
