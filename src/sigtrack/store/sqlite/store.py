"""The store as a whole, and how a database file is opened or created."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta
from pathlib import Path

from sigtrack import files
from sigtrack.errors import (
    Busy,
    CannotWrite,
    DiskFull,
    Misuse,
    NoPermission,
    NoStore,
    SigtrackError,
)
from sigtrack.store.interface import (
    Mode,
    Run,
    RunKind,
)
from sigtrack.store.sql.store import SqlStore
from sigtrack.store.sqlite.connection import SqliteDatabase, damaged, forbidden, size_of
from sigtrack.store.sqlite.lock import RUN, SENDING, RunLock
from sigtrack.store.sqlite.migrate import prepare

_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")


def open_sqlite(
    place: str | Path,
    *,
    mode: Mode,
    patience: float,
    warn: Callable[[str], object] | None = None,
) -> SqliteStore:
    """See `sigtrack.store.open_store`."""
    path = _path(str(place))
    if path.is_dir():
        raise CannotWrite(f"{path} is a folder", hint="name a file with --db")
    if mode != "create" and not path.exists():
        raise NoStore(
            f"there is no database at {path}", hint="begin with: sigtrack fetch, or sigtrack demo"
        )
    _refuse_other_files(path)
    if warn and path.is_file() and size_of(path) == 0:
        warn(
            f"{path} is empty; it is used as a new database\n"
            "  if you expected a database there, put a backup in its place, or name another "
            "file with --db"
        )
    if mode == "create":
        _make_folder(path)
        _create(path, patience)
        database = _open(path, "rwc", patience)
    elif mode == "write":
        database = _open(path, "rw", patience)
    else:
        database = _open_to_read(path, patience)
    return SqliteStore(database, patience=patience)


def files_of(place: str) -> tuple[Path, ...]:
    """See `sigtrack.store.files_of_store`."""
    path = _path(place)
    real = os.path.realpath(path)
    return path, *(Path(f"{real}{suffix}") for suffix in (*_BESIDE, RUN, SENDING))


def unwritable_at(place: str) -> str | None:
    """See `sigtrack.store.unwritable`. The files are the database and its locks; the folder must be
    writable because SQLite creates and removes the journal there."""
    for file in files_of(place):
        if os.access(file, os.F_OK) and not os.access(file, os.R_OK | os.W_OK):
            return str(file)
    folder = _path(place).absolute().parent
    while not os.access(folder, os.F_OK):  # False as well where the parent is unreadable
        folder = folder.parent
    return None if os.access(folder, os.W_OK | os.X_OK) else str(folder)


def _path(place: str) -> Path:
    if place.startswith("sqlite:///"):
        place = place.removeprefix("sqlite:///")
    elif "://" in place:
        raise Misuse(
            f"{place.partition('://')[0]} databases are not supported",
            hint="name a file, which is kept as SQLite, or postgresql://user@host/database",
        )
    return Path(place).expanduser()


def _refuse_other_files(path: Path) -> None:
    """SQLite would overwrite a file shorter than a header, because it takes it for an empty
    database, and would delete the WAL beside an empty file, whatever it holds."""
    try:
        with files.open_file(path) as file:
            head = file.read(len(_MAGIC))
    except files.NotAFile as error:
        raise CannotWrite(f"{path} {error.what}", hint="name a file with --db") from None
    except OSError:
        return  # opening it will say why
    if head and head != _MAGIC:
        raise damaged(str(path), "file is not a database")
    if not head and size_of(Path(f"{path}-wal")):
        raise damaged(str(path), f"it is empty, but {path.name}-wal holds changes to it")


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except PermissionError:
        raise forbidden(str(path)) from None
    except OSError as error:
        raise CannotWrite(
            f"cannot make the folder {path.parent} ({error.strerror})",
            hint="name another file with --db",
        ) from error


def _create(path: Path, patience: float) -> None:
    """Create a database for its owner only, which gets its name when it is complete.

    So no other run meets an empty file, and no umask opens it to others; SQLite gives the files
    beside a database the same mode. If no file can be created, opening it will say why.
    """
    target = Path(os.path.realpath(path))
    if target.exists():
        return
    try:
        temporary = files.make_beside(target, files.PRIVATE)
    except OSError:
        return
    try:
        database = _open(temporary, "rw", patience, name=str(path))
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # moves everything into one file
        finally:
            database.close()
        with suppress(FileExistsError):  # another run was faster
            files.publish(temporary, target)
    except OSError as error:
        raise CannotWrite(f"cannot write {path} ({error.strerror})") from error
    finally:
        for suffix in ("", *_BESIDE):
            Path(f"{temporary}{suffix}").unlink(missing_ok=True)


def _open(path: Path, mode: str, patience: float, *, name: str | None = None) -> SqliteDatabase:
    database = SqliteDatabase(path, mode=mode, patience=patience, name=name)
    try:
        prepare(database, patience=patience)
    except BaseException:
        database.close()
        raise
    return database


def _open_to_read(path: Path, patience: float) -> SqliteDatabase:
    """Open the file for writing if possible, so that looks are recorded; else read-only.

    In a folder that cannot be written WAL cannot be used. If no run has left a WAL behind, the file
    itself holds everything and is opened as immutable.
    """
    try:
        return _open(path, "rw", patience)
    except (NoPermission, DiskFull, Busy):
        with suppress(SigtrackError):
            return _open(path, "ro", patience)
        if size_of(Path(f"{path}-wal")) == 0:
            return _open(path, "immutable", patience)
        raise


class SqliteStore(SqlStore):
    """One run at a time, kept apart by a lock beside the file."""

    shared = False

    def __init__(self, database: SqliteDatabase, *, patience: float) -> None:
        super().__init__(database)
        self._file = database.path
        self._patience = patience
        self._lock = RunLock(database.path)
        self._sending = RunLock(database.path, SENDING)

    def close(self) -> None:
        super().close()
        self._lock.release()
        self._sending.release()

    def _claim(self, kind: RunKind) -> None:
        self._lock.acquire(kind, self._patience)

    def _give_up(self) -> None:
        self._lock.release()

    def _is_dead(self, run: Run) -> bool:
        return True  # it would have the lock

    def begin_sending(self) -> None:
        self._sending.acquire("digest", self._patience)

    def clock_ahead(self) -> timedelta:
        return timedelta(0)

    def take_hosts(self, hosts: Collection[str], at_most: int) -> list[str]:
        return list(hosts)

    def give_back_hosts(self, rests: Mapping[str, float]) -> None:
        pass

    def matching(self) -> AbstractContextManager[None]:
        return nullcontext()

    def backup(self, path: Path) -> None:
        with copied_file(path) as temporary:
            self._database.execute("VACUUM INTO ?", (str(temporary),))  # it accepts an empty file


@contextmanager
def copied_file(path: Path) -> Iterator[Path]:
    """An empty file to be filled, for its owner only, which has its name when it is complete."""
    if path.exists() or path.is_symlink():
        raise _taken(path)
    temporary = None
    try:
        temporary = files.make_beside(path, files.PRIVATE)
        yield temporary
        _flush(temporary)
        files.publish(temporary, path)
    except FileExistsError:
        raise _taken(path) from None
    except PermissionError:
        raise NoPermission(f"no permission to write {path}", hint="name another file") from None
    except OSError as error:
        raise CannotWrite(f"cannot write {path} ({error.strerror})") from error
    finally:
        if temporary:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _taken(path: Path) -> CannotWrite:
    return CannotWrite(f"{path} exists already and is not overwritten", hint="name another file")


def _flush(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
