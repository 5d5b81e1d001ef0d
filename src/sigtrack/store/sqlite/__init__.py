"""The store in one SQLite file: WAL, one writer at a time.

`connection` speaks to the engine and turns its errors into ours. Here are the store, the lock that
keeps runs apart, and what brings a file to the schema of `store.sql`, or says why it cannot be
done. The version is in the file's header (PRAGMA user_version), so opening a current file costs one
read. All steps run in one transaction: a migration that dies leaves the file as it was.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sigtrack import files
from sigtrack.errors import (
    Busy,
    CannotWrite,
    DiskFull,
    InputUnreadable,
    Misuse,
    NoPermission,
    NoStore,
    SigtrackError,
)
from sigtrack.files import Lock
from sigtrack.store.interface import Mode, Run, RunKind
from sigtrack.store.sql import Store
from sigtrack.store.sql.database import APPLICATION_ID, Step, newer, schema_steps
from sigtrack.store.sqlite.connection import SqliteDatabase, damaged, forbidden, size_of

RUN, SENDING = ".lock", ".outbox.lock"  # suffixes to the name of the database


class RunLock(Lock):
    def __init__(self, database: Path, suffix: str = RUN) -> None:
        self._database = str(database)
        self._place = f"{os.path.realpath(database)}{suffix}"  # one lock, whatever link is used
        super().__init__(Path(self._place), self._database)

    def acquire(self, who: str, patience: float) -> None:
        """Raises Busy, naming the run that holds the lock, after `patience` seconds."""
        try:
            super().acquire(who, patience)
        except PermissionError:
            raise forbidden(self._database) from None
        except OSError as error:
            message = f"cannot write {self._place} ({error.strerror})"
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(message, hint="make room and run it again") from error
            raise CannotWrite(message) from error


def prepare(
    database: SqliteDatabase, *, patience: float, steps: Sequence[Step] | None = None
) -> None:
    """Make a new, old or current file usable.

    Raises StoreNewer or StoreCorrupt, without writing anything, if the file is not ours to change.
    """
    steps = schema_steps() if steps is None else steps
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
        raise newer(database.name, version, newest)
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


_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")


def open_sqlite(
    place: str | Path, *, mode: Mode, patience: float, warn: Callable[[str], object] | None = None
) -> SqliteStore:
    """See `sigtrack.store.open_store`."""
    path = _path(str(place))
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
            hint="name a file, which is kept as SQLite, or postgresql://host/database",
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


class SqliteStore(Store):
    """One run at a time, kept apart by a lock beside the file."""

    def __init__(self, database: SqliteDatabase, *, patience: float) -> None:
        super().__init__(database)
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
            with suppress(OSError):  # it has its name, as a rule
                temporary.unlink()


def _taken(path: Path) -> CannotWrite:
    return CannotWrite(f"{path} exists already and is not overwritten", hint="name another file")


def _flush(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
