"""Where items and hits are kept: `interface` says what a store does, `sqlite` does it."""

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
    """The store at a path, which only "create" makes where there is none.

    "write" needs one that can be written. For "read" any will do; it is still brought up to date,
    and looks are recorded, if that can be. `patience`: seconds to wait for another run or writer
    before Busy. `warn` hears of a file that is there but empty, before it is used as a new one.
    The folder of a scan can be opened for "read" and answers `wording`, `visits` and `import`.
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
    """The files of the store at a path, there or not: the database, what stands beside it, locks.

    Raises Misuse if such a store is not supported.
    """
    from sigtrack.store.sqlite import files_of

    return files_of(place)


def unwritable(place: str) -> str | None:
    """What keeps this user from writing a store at a path: the file or folder that is in the way.

    None if nothing is. Nothing is opened, made or changed.
    """
    from sigtrack.store.sqlite import unwritable_at

    return unwritable_at(place)
