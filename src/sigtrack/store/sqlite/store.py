"""The store as its callers see it, and how a file becomes one."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from sigtrack import files
from sigtrack.errors import (
    Busy,
    CannotWrite,
    DiskFull,
    InputUnreadable,
    Misuse,
    NoPermission,
    SigtrackError,
)
from sigtrack.model import (
    ArchivedStatement,
    Change,
    FeedState,
    Hit,
    ItemMark,
    KnownItem,
    MarkKind,
    Origin,
    Renaming,
    StoredItem,
    Story,
    Visit,
)
from sigtrack.store.interface import (
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
    Outline,
    Query,
    Read,
    Run,
    RunKind,
    Saved,
)
from sigtrack.store.sqlite import (
    care,
    feeds,
    item_marks,
    items,
    matching,
    names,
    outbox,
    reading,
    readings,
    statements,
    stories,
)
from sigtrack.store.sqlite.connection import Database, damaged, forbidden
from sigtrack.store.sqlite.lock import RUN, SENDING, RunLock
from sigtrack.store.sqlite.migrate import prepare

if TYPE_CHECKING:
    from sigtrack.text.search import Search

_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")


def open_sqlite(
    place: str | Path,
    *,
    read_only: bool,
    patience: float,
    warn: Callable[[str], object] | None = None,
) -> SqliteStore:
    """See `sigtrack.store.open_store`."""
    path = _path(str(place))
    if path.is_dir():
        raise CannotWrite(f"{path} is a folder", hint="name a file with --db")
    if read_only and not path.exists():
        raise InputUnreadable(
            f"there is no database at {path}", hint="begin with: sigtrack fetch, or sigtrack demo"
        )
    _refuse_other_files(path)
    if warn and path.is_file() and _size(path) == 0:
        warn(
            f"{path} is empty; it is used as a new database\n"
            "  if you expected a database there, put a backup in its place, or name another "
            "file with --db"
        )
    if not read_only:
        _make_folder(path)
        _create(path, patience)
        return SqliteStore(_open(path, "rwc", patience), patience=patience)
    return SqliteStore(_open_to_read(path, patience), patience=patience)


def files_of(place: str) -> tuple[Path, ...]:
    """See `sigtrack.store.files_of_store`."""
    path = _path(place)
    real = os.path.realpath(path)
    return path, *(Path(f"{real}{suffix}") for suffix in (*_BESIDE, RUN, SENDING))


def unwritable_at(place: str) -> str | None:
    """See `sigtrack.store.unwritable`. Besides the file these are its locks, and the folder, in
    which SQLite makes and removes the journal."""
    for file in files_of(place):
        if os.access(file, os.F_OK) and not os.access(file, os.R_OK | os.W_OK):
            return str(file)
    folder = _path(place).absolute().parent
    while not os.access(folder, os.F_OK):  # False, and no error, where nobody may look for it
        folder = folder.parent
    return None if os.access(folder, os.W_OK | os.X_OK) else str(folder)


def _path(place: str) -> Path:
    if place.startswith("sqlite:///"):
        place = place.removeprefix("sqlite:///")
    elif "://" in place:
        raise Misuse(
            f"{place.partition('://')[0]} databases are not supported",
            hint="name a file, which is kept as SQLite",
        )
    return Path(place).expanduser()


def _refuse_other_files(path: Path) -> None:
    """SQLite takes a file shorter than a header for an empty database and overwrites it, and
    deletes the WAL beside an empty one, whatever that holds."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError:
        return  # opening it will say why
    if head and head != _MAGIC:
        raise damaged(str(path), "file is not a database")
    if not head and _size(Path(f"{path}-wal")):
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
    """A database that is not there yet, for its owner only and complete when it gets its name.

    So no other run meets a file of no bytes, and no umask opens it; SQLite gives the mode of a
    database to the files beside it. Where no file can be made, opening it will say why.
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
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what it holds is in one file
        finally:
            database.close()
        with suppress(FileExistsError):  # another run was faster
            files.publish(temporary, target)
    except OSError as error:
        raise CannotWrite(f"cannot write {path} ({error.strerror})") from error
    finally:
        for suffix in ("", *_BESIDE):
            Path(f"{temporary}{suffix}").unlink(missing_ok=True)


def _open(path: Path, mode: str, patience: float, *, name: str | None = None) -> Database:
    database = Database(path, mode=mode, patience=patience, name=name)
    try:
        prepare(database, patience=patience)
    except BaseException:
        database.close()
        raise
    return database


def _open_to_read(path: Path, patience: float) -> Database:
    """Writable if it can be, so that looks are recorded; else as it can be had.

    In a folder that cannot be written WAL cannot be used; when no run has left a WAL behind, the
    file itself holds everything and is read as it stands.
    """
    try:
        return _open(path, "rw", patience)
    except (NoPermission, DiskFull, Busy):
        with suppress(SigtrackError):
            return _open(path, "ro", patience)
        if _size(Path(f"{path}-wal")) == 0:
            return _open(path, "immutable", patience)
        raise


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


class SqliteStore:
    """Each method says in `store.interface.Store` what it promises."""

    def __init__(self, database: Database, *, patience: float) -> None:
        self._database = database
        self._patience = patience
        self._lock = RunLock(database.path)
        self._sending = RunLock(database.path, SENDING)

    @property
    def name(self) -> str:
        return self._database.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()
        self._lock.release()
        self._sending.release()

    def feed_states(self) -> dict[str, FeedState]:
        return feeds.feed_states(self._database)

    def save_feed_states(self, states: Iterable[FeedState]) -> None:
        with self._database.transaction():
            feeds.save_states(self._database, states)

    def usual_gaps(self) -> dict[str, float]:
        return feeds.usual_gaps(self._database)

    def begin_run(self, kind: RunKind, at: datetime) -> Run:
        self._lock.acquire(kind, self._patience)
        try:
            return feeds.begin_run(self._database, kind, at)
        except BaseException:
            self._lock.release()
            raise

    def finish_run(self, run: Run, at: datetime) -> None:
        feeds.finish_run(self._database, run, at)
        self._lock.release()

    def last_run(self, kind: RunKind) -> Run | None:
        return feeds.last_run(self._database, kind)

    def known(self, feed: str, handles: Collection[int]) -> list[KnownItem]:
        return items.known(self._database, feed, handles)

    def misnamed(self, feed: str) -> list[KnownItem]:
        return names.misnamed(self._database, feed)

    def rename(self, feed: str, renamings: Iterable[Renaming]) -> None:
        names.rename(self._database, feed, renamings)

    def origin(self, feed: str) -> Origin | None:
        return names.origin(self._database, feed)

    def keep_origin(self, feed: str, origin: Origin) -> None:
        names.keep_origin(self._database, feed, origin)

    def save(
        self, changes: Sequence[Change], at: datetime, *, state: FeedState | None = None
    ) -> Saved:
        return items.save(self._database, changes, at, state)

    def pending(self, fingerprints: Mapping[str, str]) -> int:
        return matching.pending(self._database, fingerprints)

    def unmatched(self, fingerprints: Mapping[str, str], limit: int = 500) -> Iterator[Batch]:
        return matching.unmatched(self._database, fingerprints, limit)

    def save_hits(self, batch: Batch, hits: Iterable[tuple[StoredItem, Hit]], at: datetime) -> int:
        return matching.save_hits(self._database, batch, hits, at)

    def keep_zones(self, zones: Mapping[str, str]) -> None:
        matching.keep_zones(self._database, zones)

    def match_from(self, fingerprints: Mapping[str, str], since: datetime | None) -> None:
        matching.match_from(self._database, fingerprints, since)

    def forget_watchlists(self, keep: Collection[str]) -> int:
        return matching.forget_watchlists(self._database, keep)

    def hits(self, query: Query) -> Iterator[Found]:
        return reading.hits(self._database, query)

    def renew_readings(self, fingerprints: Mapping[Kind, str], since: datetime | None) -> None:
        readings.renew(self._database, fingerprints, since)

    def unread_count(self, fingerprints: Mapping[Kind, str]) -> int:
        return readings.unread_count(self._database, fingerprints)

    def unread_revisions(
        self, fingerprints: Mapping[Kind, str], limit: int = 500
    ) -> Iterator[Batch]:
        return readings.unread(self._database, fingerprints, limit)

    def save_readings(
        self, batch: Batch, told: Iterable[tuple[StoredItem, Mapping[Kind, Any]]]
    ) -> None:
        readings.save(self._database, batch, told)

    def read_so_far(self, fingerprints: Mapping[Kind, str]) -> Read:
        return readings.read_so_far(self._database, fingerprints)

    def visits(self, query: Query) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
        return reading.visits_of(self._database, query)

    def readings(self, kind: Kind, first: int, last: int) -> Iterator[tuple[int, Any]]:
        return readings.kept(self._database, kind, first, last)

    def outlines(self, query: Query) -> Iterator[Outline]:
        return reading.outlines(self._database, query)

    def revision(self, number: int) -> StoredItem:
        return reading.revision(self._database, number)

    def extent(self, query: Query) -> tuple[int, StoredItem | None, StoredItem | None]:
        return reading.extent(self._database, query)

    def untold_days(self) -> list[datetime]:
        return stories.untold_days(self._database)

    def save_stories(self, told: Iterable[Story]) -> None:
        stories.save_stories(self._database, told)

    def untell(self, since: datetime | None) -> None:
        stories.untell(self._database, since)

    def members(self, query: Query, *, every: bool) -> Iterator[Member]:
        return reading.members(self._database, query, every=every)

    def items_of_stories(self, ids: Collection[str]) -> Iterator[StoredItem]:
        return reading.items_of_stories(self._database, ids)

    def mark_items(self, items: Collection[str], kind: MarkKind, note: str, at: datetime) -> None:
        item_marks.mark(self._database, items, kind, note, at)

    def unmark_items(self, items: Collection[str], kind: MarkKind, note: str) -> int:
        return item_marks.unmark(self._database, items, kind, note)

    def marks_of_stories(self, ids: Collection[str]) -> list[ItemMark]:
        return item_marks.marks_of_stories(self._database, ids)

    def items(self, query: Query, *, oldest_first: bool = False) -> Iterator[StoredItem]:
        return reading.items(self._database, query, oldest_first=oldest_first)

    def search(
        self, asked: Search, query: Query, *, order: Literal["date", "rank"] = "date"
    ) -> Iterator[StoredItem]:
        from sigtrack.store.sqlite import search  # what no other question needs: 20 ms

        return search.search(self._database, asked, query, order)

    def get(self, prefix: str) -> StoredItem:
        return reading.get(self._database, prefix)

    def revisions(self, id: str) -> list[StoredItem]:
        return reading.revisions(self._database, id)

    def edited(self, query: Query) -> Iterator[StoredItem]:
        return reading.edited(self._database, query)

    def hits_of(self, id: str) -> list[Found]:
        return reading.hits_of(self._database, id)

    def look(self, reader: str, at: datetime, hit: int | None = None) -> bool:
        if self._database.read_only:
            return False
        try:
            feeds.look(self._database, reader, at, hit)
        except (Busy, CannotWrite, NoPermission):
            return False
        return True

    def last_look(self, reader: str) -> Look | None:
        return feeds.last_look(self._database, reader)

    def keep_statement(self, statement: ArchivedStatement) -> bool:
        return statements.keep(self._database, statement)

    def statements(self, format: str | None = None) -> list[ArchivedStatement]:
        return statements.statements(self._database, format)

    def find_statements(self, prefix: str) -> list[ArchivedStatement]:
        return statements.find(self._database, prefix)

    def remove_statement(self, id: str) -> None:
        statements.remove(self._database, id)

    def unread(self, digest: str, query: Query, at: datetime) -> Choice:
        return outbox.unread(self._database, digest, query, at)

    def choose(
        self, digest: str, query: Query, at: datetime, write: Callable[[Choice], Draft | None]
    ) -> Mail | None:
        return outbox.choose(self._database, digest, query, at, write)

    def take_as_read(self, digest: str, at: datetime) -> int:
        return outbox.take_as_read(self._database, digest, at)

    def begin_sending(self) -> None:
        self._sending.acquire("digest", self._patience)

    def waiting(self) -> list[Mail]:
        return outbox.waiting(self._database)

    def mail(self, number: int) -> Mail:
        return outbox.mail(self._database, number)

    def save_deliveries(self, mail: int, deliveries: Iterable[Delivery]) -> None:
        outbox.save_deliveries(self._database, mail, deliveries)

    def census(self) -> Census:
        return care.census(self._database)

    def check(self) -> list[str]:
        return care.check(self._database)

    def backup(self, path: Path) -> None:
        care.backup(self._database, path)

    def prunable(self, before: datetime) -> int:
        return care.prunable(self._database, before)

    def prune(self, before: datetime) -> int:
        return care.prune(self._database, before)
