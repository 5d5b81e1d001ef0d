"""What goes wrong with files and disks: a sentence, a hint, an exit code, and nothing lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest

from sigtrack.errors import (
    Busy,
    CannotWrite,
    DiskFull,
    InputUnreadable,
    NoPermission,
    SigtrackError,
    StoreCorrupt,
    StoreNewer,
)
from sigtrack.store import open_store
from sigtrack.store.interface import Mode, Query
from sigtrack.store.sql import Store
from sigtrack.store.sql.database import schema_steps
from sigtrack.store.sqlite.connection import SqliteDatabase
from stored import NOW, hit_titles, item, match, poll, titles

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
ROOT = Path(__file__).parents[1]

PRELUDE = """
import json, resource, sys
from sigtrack.errors import SigtrackError
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.text.search import parse_search
from stored import NOW, hit_titles, item, match, poll, titles

def told(attempt):
    try:
        said = attempt()
    except SigtrackError as error:
        said = [type(error).__name__, error.exit_code, error.message, error.hint]
    print(json.dumps(said))
"""


def run(code: str, *arguments: object, under: list[str] | None = None) -> object:
    """What a second process printed; `told(f)` prints f's answer or the error it raised."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    done = subprocess.run(
        [*(under or []), sys.executable, "-c", PRELUDE + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A store that holds one item."""
    place = str(tmp_path / "store.db")
    with open_store(place) as store:
        poll(store, [item("Nara", uid="first")])
        match(store, {"nara": "Nara"})
    return place


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A database of one table with one row."""
    path = tmp_path / "small.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE items (number INTEGER PRIMARY KEY AUTOINCREMENT, uid);
            INSERT INTO items (uid) VALUES ('first');
            """
        )
    return path


def opened(path: Path) -> closing[SqliteDatabase]:
    return closing(SqliteDatabase(path, mode="rw", patience=0))


@contextmanager
def other_user_can_see() -> Iterator[Path]:
    """A folder that others may look into; pytest's own are closed to them."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


# Two at once


def test_a_second_run_is_told_who_is_running(place: str) -> None:
    with open_store(place) as store:
        store.begin_run("fetch", NOW)
        said = run(
            "told(lambda: open_store(sys.argv[1], patience=0).begin_run('import', NOW))", place
        )
        assert said == [
            "Busy",
            75,
            f"another sigtrack run (fetch, process {os.getpid()}) is writing to {place}",
            "it is safe to run this again when the other run has ended",
        ]
    run("told(lambda: open_store(sys.argv[1], patience=0).begin_run('import', NOW).kind)", place)


def test_two_runs_of_one_process_do_not_share_the_lock(place: str) -> None:
    with open_store(place, patience=0) as one, open_store(place, patience=0) as other:
        running = one.begin_run("fetch", NOW)
        with pytest.raises(Busy):
            other.begin_run("rematch", NOW)
        one.finish_run(running, NOW)
        other.begin_run("rematch", NOW)


def test_a_run_keeps_its_lock_when_its_own_process_asks_who_holds_it(place: str) -> None:
    link = f"{place}.link"
    Path(link).symlink_to(place)
    with open_store(place) as store:
        store.begin_run("fetch", NOW)
        for spelling in (place, link):
            with open_store(spelling, patience=0) as other, pytest.raises(Busy):
                other.begin_run("rematch", NOW)
        Path(f"{place}.lock").read_bytes()
        said = run(
            "told(lambda: open_store(sys.argv[1], patience=0).begin_run('import', NOW).kind)", place
        )
        assert isinstance(said, list)
        assert said[0] == "Busy" and f"(fetch, process {os.getpid()})" in said[2]


def test_a_lock_file_that_is_a_link_is_refused_and_its_target_left_alone(place: str) -> None:
    diary = Path(f"{place}.diary")
    diary.write_text("mine")
    Path(f"{place}.lock").symlink_to(diary)
    with open_store(place) as store, pytest.raises(CannotWrite, match=r"store\.db\.lock is a link"):
        store.begin_run("fetch", NOW)
    assert diary.read_text() == "mine"


def test_a_run_waits_for_the_one_before_it(place: str) -> None:
    waiting = """
store = open_store(sys.argv[1], patience=30)
print(json.dumps('waiting'), flush=True)
store.begin_run('fetch', NOW)
poll(store, [item('Nara 2', uid='second')])
"""
    with open_store(place) as store:
        running = store.begin_run("fetch", NOW)
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
        second = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + waiting, place],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert second.stdout is not None and second.stdout.readline() == b'"waiting"\n'
        poll(store, [item("Nara 1", uid="between")])
        store.finish_run(running, NOW)
        second.stdout.close()
        assert second.wait() == 0
        assert titles(store.items(Query()))[0] == "Nara 2"


def test_a_lock_dies_with_its_process_even_when_a_worker_lives_on(place: str) -> None:
    forking = """
import os, time
store = open_store(sys.argv[1])
store.begin_run('fetch', NOW)
if os.fork() == 0:
    os.close(1)
    os.close(2)
    time.sleep(5)
    os._exit(0)
print(json.dumps('dead'), flush=True)
os.kill(os.getpid(), 9)
"""
    with pytest.raises(AssertionError):
        run(forking, place)
    with open_store(place, patience=0) as store:
        assert store.begin_run("fetch", NOW).kind == "fetch"


def test_a_locked_database_is_busy_and_no_traceback(place: str) -> None:
    with open_store(place, patience=0) as store:
        writer = SqliteDatabase(Path(place), mode="rw", patience=0)
        with writer.transaction():
            with pytest.raises(Busy, match=f"another program is writing to {place}"):
                poll(store, [item("Seoul", uid="second")])
            assert not store.look("report", NOW)
            assert hit_titles(store) == [("nara", "Nara")]
        writer.close()
        assert poll(store, [item("Seoul", uid="second")]).new


TOLD = {
    DiskFull: (
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC),
        *(sqlite3.SQLITE_IOERR_DIR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE),
        *(sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMMAP),
    ),
    InputUnreadable: (sqlite3.SQLITE_IOERR_READ,),
    Busy: (
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT),
        *(sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
    ),
    StoreCorrupt: (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG),
    NoPermission: (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN),
    sqlite3.Error: (sqlite3.SQLITE_CONSTRAINT,),  # of a sound database: a bug of ours
}


def test_each_error_of_the_engine_is_told_with_the_file_and_what_to_do(small: Path) -> None:
    with opened(small) as database:
        for kind, codes in TOLD.items():
            for code in codes:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = code
                with pytest.raises(kind) as caught, database.trouble():
                    raise error
                if isinstance(caught.value, SigtrackError):
                    assert str(small) in caught.value.message
                    assert caught.value.hint


def test_a_constraint_that_fails_in_a_damaged_file_is_damage(small: Path) -> None:
    with closing(sqlite3.connect(small)) as other:
        other.executescript(
            """
            CREATE TABLE texts ("\x1b[31mtitle");
            INSERT INTO texts VALUES (NULL);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'title"', 'title" NOT NULL');
            """
        )
    with opened(small) as database:
        assert database.faults() == ["NULL value in texts.[31mtitle"]
        with pytest.raises(StoreCorrupt, match=r"\(NULL value in texts\.\[31mtitle\)"):
            database.execute("INSERT INTO texts VALUES (NULL)")
    with opened(small) as database:
        small.write_bytes(b"not a database" * 99)
        with pytest.raises(StoreCorrupt, match="file is not a database"), database.trouble():
            raise sqlite3.IntegrityError


def test_bytes_that_are_no_text_are_damage_and_are_not_shown(small: Path) -> None:
    late = "SELECT iif(key < 16, value, CAST(x'ff1b' AS TEXT)) AS title FROM json_each(?)"
    with opened(small) as database:
        rows = database.each(late, (json.dumps(list(range(20))),))
        assert [row[0] for _, row in zip(range(16), rows, strict=False)] == list(range(16))
        with pytest.raises(StoreCorrupt, match=r"\(a title is not UTF-8\)"):
            next(rows)
        with pytest.raises(StoreCorrupt, match="its schema is not UTF-8"), database.trouble():
            b"\xff".decode()
        with pytest.raises(sqlite3.ProgrammingError):  # a bug of ours
            database.execute("SELECT ?", ())


@pytest.mark.parametrize("mode", ["ro", "immutable"])
def test_a_database_that_is_opened_to_be_read_is_not_written(small: Path, mode: str) -> None:
    with closing(SqliteDatabase(small, mode=mode, patience=1.5)) as database:
        assert database.read_only
        assert database.value("PRAGMA busy_timeout") == 1500
        assert database.value("SELECT count(*) FROM items") == 1
        with pytest.raises(NoPermission, match=str(small)):
            database.execute("DELETE FROM items")
        with pytest.raises(NoPermission, match=str(small)):
            database.execute_many("DELETE FROM items WHERE number = ?", [(1,)])
    with opened(small) as database:
        assert not database.read_only


def test_a_file_that_cannot_be_opened_is_named_as_the_user_named_it(tmp_path: Path) -> None:
    lost = tmp_path / "lost.db"
    with pytest.raises(NoPermission, match=f"cannot open {lost}"):
        SqliteDatabase(lost, mode="rw", patience=0)
    with pytest.raises(NoPermission, match=r"cannot open desk\.db"):
        SqliteDatabase(lost, mode="rw", patience=0, name="desk.db")
    with pytest.raises(sqlite3.OperationalError, match="no such access mode"):
        SqliteDatabase(lost, mode="other", patience=0)


def test_too_many_open_files_are_no_missing_permission(small: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            SqliteDatabase(small, mode="rw", patience=0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_size_of_a_database_counts_what_is_not_yet_in_its_file(small: Path) -> None:
    with opened(small) as database:
        whole = small.stat().st_size
        assert database.size() == whole
        database.execute("UPDATE items SET uid = 'other'")
        assert database.size() == whole + Path(f"{small}-wal").stat().st_size > whole


# All or nothing


def test_an_interrupted_transaction_changes_nothing_and_the_next_one_does(small: Path) -> None:
    with opened(small) as database:
        for stop in (KeyboardInterrupt, ZeroDivisionError):
            with pytest.raises(stop), database.transaction():
                with database.transaction():
                    database.execute("UPDATE items SET uid = 'other'")
                raise stop
            assert database.value("SELECT uid FROM items") == "first"
        with database.transaction():
            database.execute("UPDATE items SET uid = 'other'")
        assert database.value("SELECT uid FROM items") == "other"


def test_why_a_transaction_failed_is_told_even_if_it_cannot_be_undone(small: Path) -> None:
    def refuse(action: int, argument: str | None, *_: object) -> int:
        is_end = action == sqlite3.SQLITE_TRANSACTION and argument == "ROLLBACK"
        return sqlite3.SQLITE_DENY if is_end else sqlite3.SQLITE_OK

    with opened(small) as database:
        database._connection.set_authorizer(refuse)
        with pytest.raises(ZeroDivisionError), database.transaction():
            raise ZeroDivisionError


def test_all_reads_of_a_snapshot_see_one_moment(small: Path) -> None:
    def seen() -> str:
        return str(reader.value("SELECT uid FROM items"))

    with (
        opened(small) as reader,
        opened(small) as writer,
    ):
        with suppress(ZeroDivisionError), reader.snapshot():
            assert seen() == "first"
            writer.execute("UPDATE items SET uid = 'other'")
            assert seen() == "first"
            raise ZeroDivisionError
        assert seen() == "other"


def test_numbers_go_on_where_they_are_set_to(small: Path) -> None:
    with opened(small) as database:
        mails = database.stored_number("mails")
        for number in (7, 5):
            database.set_last_number("items", number)
            assert database.last_number("items") == number
        assert database.last_number("mails") == mails
        with database.transaction():
            assert [database.next_number("items") for _ in range(2)] == [6, 7]


def test_many_first_runs_at_once_make_one_store(tmp_path: Path) -> None:
    place = str(tmp_path / "new" / "store.db")
    code = "poll(open_store(sys.argv[1]), [item(sys.argv[2], uid=sys.argv[2])])"
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PRELUDE + code, place, str(n)],
            env={**os.environ, "PYTHONPATH": path},
        )
        for n in range(4)
    ]
    sizes = set()
    while any(process.poll() is None for process in started):
        with suppress(FileNotFoundError):
            sizes.add(Path(place).stat().st_size)
    assert 0 not in sizes  # complete when it gets its name
    assert [process.wait() for process in started] == [0] * 4
    with open_store(place) as store:
        assert sorted(titles(store.items(Query()))) == ["0", "1", "2", "3"]
        assert store.check() == []


def test_a_new_database_is_for_its_owner_and_an_old_one_stays_as_it_is(tmp_path: Path) -> None:
    place, copy = tmp_path / "store.db", tmp_path / "copy.db"
    before = os.umask(0)
    try:
        with open_store(str(place)) as store:
            poll(store, [item()])
            beside = [Path(f"{place}{suffix}") for suffix in ("", "-wal", "-shm")]
            assert [stat.S_IMODE(one.stat().st_mode) for one in beside] == [0o600] * 3
            store.backup(copy)
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        place.chmod(0o640)
        with open_store(str(place)) as store:
            poll(store, [item(uid="second")])
            assert [stat.S_IMODE(one.stat().st_mode) for one in beside] == [0o640] * 3
    finally:
        os.umask(before)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.db", "store.db"]


def test_a_database_behind_a_link_is_made_where_the_link_leads(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    with open_store(str(tmp_path / "link.db")) as store:
        poll(store, [item()])
    assert (tmp_path / "link.db").is_symlink()
    assert stat.S_IMODE((tmp_path / "real.db").stat().st_mode) == 0o600


# Files that are not what they should be


@pytest.mark.parametrize("body", [b"not a database, but long enough to look like one" * 99, b"x"])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(body)
    for mode in get_args(Mode):
        with pytest.raises(StoreCorrupt, match="damaged or is not a database"):
            open_store(str(path), mode=mode)
    assert path.read_bytes() == body


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url)")
    other.close()
    body = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="belongs to another program"):
        open_store(str(path))
    assert path.read_bytes() == body


def test_a_newer_database_is_left_alone(place: str) -> None:
    other = sqlite3.connect(place)
    other.execute(f"PRAGMA user_version = {len(schema_steps()) + 1}")
    other.close()
    body = Path(place).read_bytes()
    for mode in get_args(Mode):
        with pytest.raises(StoreNewer, match="newer sigtrack") as caught:
            open_store(place, mode=mode)
        assert "pip install -U" in caught.value.hint
    assert Path(place).read_bytes() == body


def test_a_damaged_page_is_said_by_check_and_stops_nothing_else(place: str) -> None:
    with open_store(place) as store:
        poll(store, [item(f"Nara {n}", uid=str(n), text="words " * 200) for n in range(300)])
    body = bytearray(Path(place).read_bytes())
    half = len(body) // 2
    body[half:] = bytes(b ^ 0x5A for b in body[half:])
    Path(place).write_bytes(body)
    with open_store(place) as store:
        assert store.check() != []
        with pytest.raises(SigtrackError, match="damaged"):
            list(store.items(Query()))


def test_a_folder_or_a_pipe_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for mode in get_args(Mode):
        with pytest.raises(CannotWrite, match="is a folder"):
            open_store(str(tmp_path), mode=mode)
        with pytest.raises(CannotWrite, match="pipe is a device or a pipe, not a file"):
            open_store(str(tmp_path / "pipe"), mode=mode)


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="cannot make the folder"):
        open_store(str(tmp_path / "file" / "store.db"))


# Permissions


def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    with other_user_can_see() as folder:
        for path in (folder / "store.db", folder / "new" / "store.db"):
            said = run("told(lambda: open_store(sys.argv[1]).name)", path, under=AS_NOBODY)
            assert isinstance(said, list)
            assert said[:2] == ["NoPermission", 77] and str(path) in said[2] and said[3]


def test_a_report_is_read_where_nothing_can_be_written() -> None:
    code = """
store = open_store(sys.argv[1], mode="read")
print(json.dumps([hit_titles(store), titles(store.search(parse_search('nara'), Query())), store.look('report', NOW)]))
"""
    with other_user_can_see() as folder:
        place = str(folder / "store.db")
        with open_store(place) as store:
            poll(store, [item("Nara")])
            match(store, {"nara": "Nara"})
        Path(place).chmod(0o644)
        assert run(code, place, under=AS_NOBODY) == [[["nara", "Nara"]], ["Nara"], False]
        said = run("told(lambda: poll(open_store(sys.argv[1]), [item()]))", place, under=AS_NOBODY)
        assert isinstance(said, list)
        assert said[:2] == ["NoPermission", 77]


def test_a_report_is_read_while_another_user_writes() -> None:
    code = "told(lambda: hit_titles(open_store(sys.argv[1], mode='read')))"
    with other_user_can_see() as folder:
        place = str(folder / "store.db")
        with open_store(place) as store:
            poll(store, [item("Nara")])
        Path(place).chmod(0o644)
        with open_store(place) as store:
            match(store, {"nara": "Nara"})
            assert run(code, place, under=AS_NOBODY) == [["nara", "Nara"]]


def test_a_file_that_may_not_be_read_is_named() -> None:
    with other_user_can_see() as folder:
        place = str(folder / "store.db")
        with open_store(place) as store:
            poll(store, [item("Nara")])
        code = "told(lambda: open_store(sys.argv[1], mode='read').name)"
        said = run(code, place, under=AS_NOBODY)
        assert isinstance(said, list)
        assert said[:2] == ["NoPermission", 77] and place in said[2]


def test_what_keeps_a_user_from_writing_a_store_is_named() -> None:
    code = """
from sigtrack.store import unwritable
print(json.dumps([unwritable(place) for place in sys.argv[1:]]))
"""
    with other_user_can_see() as ours:
        theirs = ours / "theirs"
        theirs.mkdir()
        theirs.chmod(0o777)
        modes = {"free.db": 0o666, "read.db": 0o644, "run.db": 0o666, "run.db-wal": 0o644}
        for name, mode in modes.items():
            (theirs / name).touch()
            (theirs / name).chmod(mode)
        named = {
            theirs / "free.db": None,
            theirs / "new" / "deep" / "store.db": None,
            theirs / "read.db": str(theirs / "read.db"),
            theirs / "run.db": str(theirs / "run.db-wal"),
            ours / "store.db": str(ours),
            ours / "new" / "store.db": str(ours),
        }
        assert run(code, *named, under=AS_NOBODY) == list(named.values())


# Room


def test_a_limit_on_file_size_is_a_full_disk(place: str) -> None:
    code = """
store = open_store(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
def fill():
    for n in range(100):
        poll(store, [item(f'{n}-{m}', uid=f'{n}-{m}', text=f'{n} {m} ' * 999) for m in range(9)])
told(fill)
"""
    said = run(code, place)
    assert isinstance(said, list)
    assert said[:2] == ["DiskFull", 74] and place in said[2] and said[3]
    with open_store(place) as store:
        assert store.check() == []
        assert "Nara" in titles(store.items(Query()))
        assert poll(store, [item("Seoul", uid="second")]).new


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted")
    try:
        _fill(str(disk / "store.db"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _fill(place: str) -> None:
    code = """
store = open_store(sys.argv[1])
def fill():
    for n in range(1000):
        poll(store, [item(f'title {n}', uid=str(n), text=f'{n} words ' * 99)])
        print(n, file=sys.stderr)
told(fill)
"""
    said = run(code, place)
    assert isinstance(said, list)
    assert said[:2] == ["DiskFull", 74] and place in said[2]
    with open_store(place, mode="read") as store:
        _nothing_is_missing(store)


def _nothing_is_missing(store: Store) -> None:
    kept = sorted(int(one.item.uid) for one in store.items(Query()))
    assert kept == list(range(len(kept))) and kept
    assert store.check() == []
