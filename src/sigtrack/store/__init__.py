"""Where items and hits are kept: `interface` has the values that a store takes and gives, `sql` the
store for two engines: `sqlite` (a file) and `postgres` (a server, for a team)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sigtrack.errors import Misuse, NoStore
from sigtrack.store.interface import Mode
from sigtrack.text import clean

if TYPE_CHECKING:
    from sigtrack.store.scans import ScanStore
    from sigtrack.store.sql import Store


_SERVERS = ("postgresql://", "postgres://")
_PASSWORD = re.compile(r"([?&](?:ssl)?password=)[^&]*")


def is_on_server(place: str) -> bool:
    """Whether a place names a database on a server, which is no file of this machine."""
    return place.startswith(_SERVERS)


def shown_place(place: str) -> str:
    """A place as it may be shown: without the password, wherever it stands in a URL."""
    if not is_on_server(place):
        return place
    scheme, _, rest = _PASSWORD.sub(r"\1…", place).partition("://")
    login, at, where = rest.rpartition("@")  # a password may hold anything, also a slash
    return clean(f"{scheme}://{login.partition(':')[0]}{at}{where}")


def is_there(place: str) -> bool:
    """Whether there is a store at a place; nothing is made."""
    if not is_on_server(place):
        return Path(place).exists()
    try:
        open_store(place, mode="read").close()
    except NoStore:
        return False
    return True


def open_store(
    place: str,
    *,
    mode: Mode = "create",
    patience: float = 5.0,
    warn: Callable[[str], object] | None = None,
) -> Store:
    """Open the store at a path or a URL. Only mode "create" makes a store where there is none.

    Mode "write" needs a store that can be written. Mode "read" accepts a read-only one, but still
    migrates it and records looks if it can be written. `patience`: seconds to wait for another run
    or writer before Busy is raised. `warn` is called if the file exists but is empty, before it is
    used as a new store. The folder of a scan can be opened in mode "read" (see `scans`).
    """
    if is_on_server(place):
        return _open_on_server(place, mode=mode, patience=patience)
    from sigtrack.store.sqlite import open_sqlite

    if (found := scan_at(place)) is not None:
        if mode != "read":
            raise Misuse(
                f"{place} is the output of a scan, and no database",
                hint="name a database with --db",
            )
        return cast("Store", found)  # of which it answers some questions, and refuses the others
    return open_sqlite(place, mode=mode, patience=patience, warn=warn)


def _open_on_server(place: str, *, mode: Mode, patience: float) -> Store:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Misuse(
            "a database on a PostgreSQL server needs the extra postgres, which is not installed",
            hint="pip install 'sigtrack[postgres]'",
        ) from None
    from sigtrack.store.postgres import open_postgres

    return open_postgres(place, mode=mode, patience=patience)


def scan_at(place: str | Path) -> ScanStore | None:
    """The output of a scan, if a folder is one; see `scans`."""
    if not os.path.isfile(os.path.join(place, "scan.jsonl")):  # noqa: PTH113, PTH118 - never raises
        return None
    from sigtrack.store.scans import ScanStore

    return ScanStore(str(place))


def files_of_store(place: str) -> tuple[Path, ...]:
    """Return the files that belong to the store at a path, whether or not they exist: the database,
    the files that SQLite puts beside it, and the locks.

    A store on a server has none. Raises Misuse if this kind of store is not supported.
    """
    if is_on_server(place):
        return ()
    from sigtrack.store.sqlite import files_of

    return files_of(place)


def unwritable(place: str) -> str | None:
    """Return the file or folder that keeps this user from writing a store at a path, or None.

    Opens, creates and changes nothing.
    """
    from sigtrack.store.sqlite import unwritable_at

    return unwritable_at(place)
