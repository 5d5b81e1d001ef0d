"""Which files are opened as a store, in which way, and what is left beside them."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from sigtrack.errors import Busy, CannotWrite, DiskFull, InputUnreadable, NoStore, StoreCorrupt
from sigtrack.store import files_of_store, open_store, unwritable
from sigtrack.store.interface import Query
from sigtrack.store.sql.database import APPLICATION_ID, Values, schema_steps
from sigtrack.store.sqlite import RunLock, open_sqlite, prepare
from sigtrack.store.sqlite.connection import SqliteDatabase
from stored import NOW, item, poll, titles
from team import run_sql


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store that holds one item."""
    with open_store(str(tmp_path / "store.db")) as store:
        poll(store, [item("Nara")])
    return tmp_path / "store.db"


def beside(path: Path) -> set[str]:
    return {one.name for one in path.parent.iterdir()}


@contextmanager
def no_room(size: int = 8_192) -> Iterator[None]:
    """No file can be longer."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# What is there


def test_an_empty_file_becomes_a_store_with_a_warning_and_no_other_does(
    path: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    empty = tmp_path / "empty.db"
    for place in (path, tmp_path / "new.db"):
        open_store(str(place), warn=said.append).close()
    assert said == []
    empty.touch()
    (tmp_path / "empty.db-wal").touch()  # of a run that had not written anything
    open_store(str(empty), mode="write", warn=said.append).close()
    assert len(said) == 1 and said[0].startswith(f"{empty} is empty; it is used as a new database")
    open_store(str(empty), warn=said.append).close()
    assert len(said) == 1
    quiet = tmp_path / "quiet.db"
    quiet.touch()
    with open_store(str(quiet)) as store:
        assert store.check() == []


def test_an_empty_file_beside_changes_to_it_is_damage_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    (tmp_path / "store.db-wal").write_bytes(b"all the items")
    with pytest.raises(StoreCorrupt, match=r"it is empty, but store\.db-wal holds changes to it"):
        open_store(str(tmp_path / "store.db"))
    assert (tmp_path / "store.db-wal").read_bytes() == b"all the items"


@pytest.mark.parametrize("pragma", ["application_id = 7", "user_version = 7"])
def test_the_database_of_another_program_that_has_no_tables_yet_is_left_alone(
    tmp_path: Path, pragma: str
) -> None:
    place = str(tmp_path / "other.db")
    run_sql(place, f"PRAGMA {pragma}")
    body = Path(place).read_bytes()
    with pytest.raises(StoreCorrupt, match="belongs to another program"):
        open_store(place)
    assert Path(place).read_bytes() == body


@pytest.mark.parametrize("mode", ["read", "write"])
def test_only_who_may_create_makes_a_store(tmp_path: Path, mode: str) -> None:
    with pytest.raises(NoStore, match="there is no database at"):
        open_store(str(tmp_path / "new" / "store.db"), mode=mode)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_made_with_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for _ in range(2):
        open_store(str(path)).close()
        assert beside(path) == {"store.db"}
    assert run_sql(str(path), "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert path.read_bytes()[68:72] == b"SigT"  # so `file` tells whose it is
    assert run_sql(str(path), "PRAGMA journal_mode") == [("wal",)]


def test_the_files_of_a_store_are_named_where_they_are(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "real.db")
    suffixes = ("-wal", "-shm", "-journal", ".lock", ".outbox.lock")
    real = [tmp_path / f"real.db{suffix}" for suffix in suffixes]
    assert list(files_of_store(str(link))) == [link, *real]
    assert files_of_store(f"sqlite:///{link}") == files_of_store(str(link))
    assert unwritable(str(tmp_path / "new" / "deep" / "store.db")) is None


def test_a_new_store_that_finds_no_room_is_named_by_its_own_name_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    with no_room(), pytest.raises(DiskFull) as caught:
        open_store(str(path))
    assert str(path) in caught.value.message and caught.value.hint
    assert list(tmp_path.iterdir()) == []


# Who may write


def test_an_older_database_that_cannot_be_written_must_be_upgraded_first(path: Path) -> None:
    for version, is_read in ((len(schema_steps()), True), (len(schema_steps()) - 1, False)):
        run_sql(str(path), f"PRAGMA user_version = {version}")
        with closing(SqliteDatabase(path, mode="ro", patience=0)) as database:
            if is_read:
                prepare(database, patience=0)
                assert database.value("SELECT count(*) FROM items") == 1
                continue
            with pytest.raises(InputUnreadable, match="older sigtrack") as caught:
                prepare(database, patience=0)
            assert caught.value.hint


def test_a_backup_can_be_read_where_nothing_can_be_written(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with open_store(str(path)) as store:
        store.backup(copy)
    body = copy.read_bytes()
    for mode in ("immutable", "ro"):
        with closing(SqliteDatabase(copy, mode=mode, patience=0)) as database:
            prepare(database, patience=0)
            assert database.value("SELECT count(*) FROM items") == 1
    assert copy.read_bytes() == body


def test_a_store_can_be_opened_and_read_while_another_writes_to_it(path: Path) -> None:
    with (
        closing(SqliteDatabase(path, mode="rw", patience=0)) as other,
        other.transaction(),
        open_store(str(path), patience=0) as store,
    ):
        assert titles(store.items(Query())) == ["Nara"]
        with pytest.raises(Busy):
            poll(store, [item("Kobe", uid="b")])


def test_a_report_is_read_without_room_and_while_another_keeps_the_file_to_itself(
    path: Path,
) -> None:
    with no_room(), open_store(str(path), mode="read") as store:
        assert titles(store.items(Query())) == ["Nara"]
        assert store.look("report", NOW) is False
    with open_store(str(path)) as store:
        with no_room(0):
            assert store.look("report", NOW) is False
        assert store.look("report", NOW) is True
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with open_store(str(path), mode="read", patience=0) as store:
            assert titles(store.items(Query())) == ["Nara"]
        with pytest.raises(Busy):
            open_store(str(path), mode="write", patience=0)


@pytest.mark.parametrize("taken", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_first_run_that_finds_the_file_taken_says_so(path: Path, taken: str) -> None:
    run_sql(str(path), "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"BEGIN {taken}")
        for mode in ("create", "write"):
            with pytest.raises(Busy):
                open_store(str(path), mode=mode, patience=0)
    with open_store(str(path)) as store:
        assert titles(store.items(Query())) == ["Nara"]


def test_a_first_run_waits_until_another_has_done_with_the_file(path: Path) -> None:
    run_sql(str(path), "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")

        class Freed(SqliteDatabase):
            """The other has done when it was met once."""

            def execute(self, sql: str, values: Values = ()) -> int:
                try:
                    return super().execute(sql, values)
                except Busy:
                    other.rollback()
                    raise

        with closing(Freed(path, mode="rw", patience=0)) as database:
            prepare(database, patience=3_600)
            assert database.value("PRAGMA journal_mode") == "wal"


def test_what_another_has_written_and_keeps_to_itself_is_not_read_as_if_it_were_not_there(
    path: Path,
) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("UPDATE texts SET title = 'Kobe'")
        other.commit()
        with pytest.raises(Busy):
            open_store(str(path), mode="read", patience=0)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "deep"
    with pytest.raises(CannotWrite) as caught:
        open_store(str(folder / "store.db"))
    assert caught.value.message == f"cannot make the folder {folder} (Not a directory)"
    assert caught.value.hint == "name another file with --db"


def test_a_file_is_of_one_fetcher_who_takes_all_hosts_at_once(path: Path) -> None:
    with open_store(str(path)) as store:
        assert not store.shared and not store.is_matched_next()
        assert store.take_hosts(["b", "a", "c"], 1) == ["b", "a", "c"]
        store.give_back_hosts({"a": 9})
        assert store.take_hosts(["a"], 1) == ["a"]
        assert store.clock_ahead() == timedelta()
        with store.matching():
            assert titles(store.items(Query())) == ["Nara"]


# Locks


def test_a_run_and_a_sending_have_locks_of_their_own_that_end_with_the_store(path: Path) -> None:
    with open_sqlite(path, mode="write", patience=0) as store:
        store.begin_run("fetch", NOW)
        store.begin_sending()
        assert beside(path) >= {"store.db.lock", "store.db.outbox.lock"}
        with open_sqlite(path, mode="write", patience=0) as other:
            with pytest.raises(Busy, match=r"\(fetch, process \d+.*store\.db"):
                other.begin_run("import", NOW)
            with pytest.raises(Busy, match=r"\(digest, process \d+.*store\.db"):
                other.begin_sending()
    assert beside(path) == {"store.db"}
    with open_sqlite(path, mode="write", patience=0) as store:
        run = store.begin_run("fetch", NOW)
        store.begin_sending()
        store.finish_run(run, NOW)
        assert beside(path) >= {"store.db.outbox.lock"} and "store.db.lock" not in beside(path)


def test_a_run_that_cannot_begin_gives_its_lock_back(path: Path) -> None:
    with (
        open_sqlite(path, mode="write", patience=0) as store,
        closing(sqlite3.connect(path)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="another program is writing"):
            store.begin_run("fetch", NOW)
        assert "store.db.lock" not in beside(path)


def test_a_lock_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    lock = RunLock(tmp_path / "gone" / "store.db")
    with pytest.raises(CannotWrite, match=r"cannot write .*/gone/store\.db\.lock \(No such") as it:
        lock.acquire("fetch", 0)
    assert not isinstance(it.value, DiskFull)
    with no_room(0), pytest.raises(DiskFull, match=r"store\.db\.lock \(File too large") as caught:
        RunLock(tmp_path / "store.db").acquire("fetch", 0)
    assert caught.value.hint == "make room and run it again"


# Backups


@pytest.mark.parametrize("taken", ["file", "link"])
def test_a_backup_that_cannot_be_made_leaves_nothing(
    path: Path, tmp_path: Path, taken: str
) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    if taken == "file":
        copy.write_text("mine")
    else:
        copy.symlink_to("nowhere")
    with open_store(str(path)) as store:
        with pytest.raises(CannotWrite, match="exists already") as caught:
            store.backup(copy)
        assert caught.value.hint
        assert beside(copy) == {"copy.db"}
        copy.unlink()
        store.backup(copy)
    assert beside(copy) == {"copy.db"}


def test_a_backup_that_finds_no_room_leaves_nothing_and_can_be_made_again(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    with open_store(str(path)) as store:
        with no_room(), pytest.raises(DiskFull) as caught:
            store.backup(copy)
        assert caught.value.hint
        assert beside(copy) == set()
        store.backup(copy)
    assert beside(copy) == {"copy.db"}
