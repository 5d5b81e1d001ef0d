"""What goes wrong outside sigtrack: what is said of it, and the exit code."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import random
import re
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import AS_NOBODY, Desk, folder_for_others, on_a_terminal, rss
from feed_server import Request, Site
from sigtrack.cli.commands import app_of
from sigtrack.store import open_store
from stored import NOW

# --- the database


@pytest.mark.slow  # five seconds of patience
def test_a_database_that_another_run_holds_exits_with_75_and_says_who(stocked: Desk) -> None:
    with open_store(str(stocked.db)) as store:
        store.begin_run("fetch", NOW)
        done = stocked.start_and_wait("fetch", code=75)  # after five seconds of patience
        assert done.err.startswith(f"sigtrack: another sigtrack run (fetch, process {os.getpid()})")
        assert "it is safe to run this again" in done.err
        assert "5 items" in stocked.start_and_wait("report").out  # reading is free


@pytest.mark.slow  # five seconds of patience
def test_a_database_that_another_program_locks_exits_with_75(stocked: Desk) -> None:
    connection = sqlite3.connect(stocked.db, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = stocked.start_and_wait("rematch", "--since", "all", code=75)
        assert f"another program is writing to {stocked.db}" in done.err
    finally:
        connection.close()


def test_a_report_before_the_first_fetch_says_how_to_begin(desk: Desk) -> None:
    for command in (["report"], ["search", "x"], ["show", "abcdef"], ["db", "info"]):
        done = desk.run(*command, code=65)
        assert done.err == (
            f"sigtrack: there is no database at {desk.db}\n"
            "  begin with: sigtrack fetch, or sigtrack demo\n"
        )
        assert not desk.db.exists()


@pytest.mark.parametrize("command", [["report"], ["fetch"], ["db", "info"], ["import", "x.jsonl"]])
def test_a_database_of_a_newer_sigtrack_is_left_alone(stocked: Desk, command: list[str]) -> None:
    connection = sqlite3.connect(stocked.db)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = stocked.db.read_bytes()
    done = stocked.run(*command, code=65)
    assert "was written by a newer sigtrack (schema 999" in done.err
    assert "pip install -U sigtrack" in done.err
    assert stocked.db.read_bytes() == before


@pytest.mark.parametrize("command", [["report"], ["fetch"], ["db", "check"]])
@pytest.mark.parametrize(
    "content", [b"not a database, but a diary", b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_file_that_is_no_database_is_left_alone(
    desk: Desk, command: list[str], content: bytes
) -> None:
    desk.db.parent.mkdir(parents=True)
    desk.db.write_bytes(content)
    done = desk.run(*command, code=65)
    assert f"{desk.db} is damaged or is not a database" in done.err
    assert desk.db.read_bytes() == content


def garbled(desk: Desk, sql: str, *values: object) -> Desk:
    with sqlite3.connect(desk.db) as connection:
        connection.execute(sql, values)
    connection.close()
    return desk


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE texts SET summary = CAST(x'46ff1b5d' AS TEXT)",
        "UPDATE revisions SET published = 'soon'",
        *(
            pytest.param(sql, marks=pytest.mark.slow)
            for sql in (
                "UPDATE texts SET title = x'46ff1b5d'",
                "UPDATE sightings SET spans = CAST(x'5bff1b5d' AS TEXT)",
                'UPDATE sightings SET spans = \'[["a"], ["title", "x", 5, "Lee", 0, 12]]\'',
                "UPDATE sightings SET priority = 9",
                "UPDATE items SET first_seen = 9000000000000000000",
            )
        ),
    ],
)
def test_a_row_that_was_never_written_is_damage_and_no_traceback(stocked: Desk, sql: str) -> None:
    """What a damaged page looks like when the engine takes it for sound."""
    desk = garbled(stocked, sql)
    assert desk.run("db", "check", code=1).out.count("!") >= 1
    assert "damaged" in desk.run("doctor", "-q", code=1).out
    (desk.home / "more.jsonl").write_text('{"title": "A lighthouse is lit for ever"}')
    said = ""
    for command in (
        ["report", "--since", "all"],
        ["report", "--since", "all", "-f", "json"],
        ["search", "lighthouse"],
        ["stories", "--since", "all"],
        ["visits", "--since", "all"],
        ["digest", "--stdout"],
        ["import", desk.home / "more.jsonl"],
        ["rematch", "--since", "all"],
    ):
        done = desk.run(*command, code=None)
        assert done.code in (0, 65), (command, done)
        assert "Traceback" not in done.err
        assert "\x1b" not in done.out + done.err
        said += done.err
    assert f"{desk.db} is damaged or is not a database" in said
    assert "put a backup in its place" in said


def test_a_text_that_lost_a_letter_is_found_by_check_and_by_doctor(stocked: Desk) -> None:
    garbled(stocked, "UPDATE texts SET title = replace(title, 'harbour', 'harbor')")
    wrong = "1 texts are not as they were written"
    assert wrong in stocked.run("db", "check", code=1).out
    assert wrong in stocked.run("doctor", "-q", code=1).out


def test_a_damaged_database_is_found_by_check(stocked: Desk) -> None:
    stocked.run("db", "check")
    content = bytearray(stocked.db.read_bytes())
    content[4096 * 5 : 4096 * 12] = b"\xff" * (4096 * 7)
    stocked.db.write_bytes(content)
    done = stocked.run("db", "check", code=1)
    assert done.out.count("!") >= 1
    assert "database fine" not in " ".join(stocked.run("doctor", code=1).out.split())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_damage_anywhere_in_the_file_ends_no_command_in_a_traceback(
    stocked: Desk, seed: int
) -> None:
    chance = random.Random(seed)
    sound = stocked.db.read_bytes()
    (stocked.home / "more.jsonl").write_text('{"title": "A lighthouse is lit for ever"}')
    id = stocked.run("search", "fog", "-f", "jsonl").records[0]["item"]
    body = bytearray(sound)
    page = 4096 * chance.randrange(1, len(body) // 4096)
    for _ in range(chance.choice([5, 50, 5000])):
        body[page + chance.randrange(4096)] = chance.randrange(256)
    for command in (
        ["report", "--since", "all"],
        ["show", id],
        ["search", "lighthouse"],
        ["stories", "--since", "all"],
        ["visits", "--since", "all"],
        ["digest", "--dry-run"],
        ["import", stocked.home / "more.jsonl"],
        ["rematch", "--since", "all"],
        ["wording", "--since", "all"],
        ["db", "info"],
        ["db", "prune", "--before", "2026-01-10"],
    ):
        for suffix in ("-wal", "-shm"):
            Path(f"{stocked.db}{suffix}").unlink(missing_ok=True)
        stocked.db.write_bytes(body)
        done = stocked.run(*command, code=None)
        assert done.code in (0, 65), (command, done)
        assert "Traceback" not in done.err
        assert "\x1b" not in done.out + done.err
    is_damaged = stocked.run("db", "check", code=None).code != 0
    assert stocked.run("doctor", code=None).code == int(is_damaged)


def test_a_database_that_is_a_folder_or_of_another_kind_is_said(desk: Desk) -> None:
    assert "is a folder" in desk.run("fetch", "--db", desk.home, code=73).err
    done = desk.run("fetch", "--db", "mysql://root:s3cret@localhost/x", code=2)
    assert "mysql databases are not supported" in done.err
    assert "s3cret" not in done.err


def test_an_empty_database_file_is_reported_before_it_is_used_as_new(desk: Desk) -> None:
    desk.db.parent.mkdir(parents=True)
    desk.db.touch()
    wrong = [r for r in desk.run("doctor", "-f", "jsonl", code=1).records if r["state"] == "wrong"]
    assert "is empty" in wrong[0]["finding"] and desk.db.stat().st_size == 0
    done = desk.run("fetch", "--quiet")
    assert done.err == (
        f"sigtrack: {desk.db} is empty; it is used as a new database\n"
        "  if you expected a database there, put a backup in its place, or name another file "
        "with --db\n"
    )
    assert desk.run("fetch").err == ""
    other = desk.home / "other.db"
    other.touch()
    assert f"{other} is empty" in desk.run("report", "--db", other).err


def test_an_empty_database_file_beside_which_changes_lie_is_not_used(stocked: Desk) -> None:
    """SQLite would delete them: a file is cut off, and what a killed run left is all there is."""
    with open_store(str(stocked.db)) as store:
        store.begin_run("fetch", NOW)
        wal = stocked.db.with_name(stocked.db.name + "-wal").read_bytes()
    wrecked = stocked.home / "wrecked.db"
    wrecked.touch()
    changes = wrecked.with_name("wrecked.db-wal")
    changes.write_bytes(wal)
    for command in ("fetch", "report"):
        done = stocked.run(command, "--db", wrecked, code=65)
        assert "it is empty, but wrecked.db-wal holds changes to it" in done.err
    assert changes.read_bytes() == wal and wrecked.stat().st_size == 0


def test_bytes_that_are_no_text_on_the_command_line_are_a_usage_error(stocked: Desk) -> None:
    for command in (
        ["report", "--lang"],
        ["report", "--source"],
        ["search"],
        ["fetch"],
        ["watchlists", "test"],
        ["statements", "list", "--series"],
        ["feeds", "pause", "coast", "--reason"],
    ):
        done = stocked.start_and_wait(*command, os.fsdecode(b"\xff"), code=2)
        assert done.err.startswith("sigtrack: '\ufffd' is not text in UTF-8\n"), command


@pytest.mark.slow
def test_a_file_whose_name_is_no_text_can_be_read_and_written(stocked: Desk) -> None:
    name = stocked.home / os.fsdecode(b"\xff.jsonl")
    stocked.start_and_wait("report", "-f", "jsonl", "-o", name)
    stocked.start_and_wait("import", name)
    stocked.start_and_wait("report", "--db", name, code=65)


# --- permissions and room


@pytest.fixture
def open_desk() -> Iterator[Desk]:
    """A desk into which another user may look, but not write."""
    with folder_for_others() as folder:
        desk = Desk(folder / "home")
        desk.watch()
        desk.feeds({"harbour": "http://127.0.0.1:9/feed.xml"})
        items = desk.home / "items.jsonl"
        items.write_text('{"title": "A lighthouse is lit"}')
        desk.run("import", items)
        desk.db.chmod(0o644)
        yield desk


@pytest.mark.slow
def test_a_folder_that_may_not_be_written_can_be_read_but_not_fetched_into(
    open_desk: Desk,
) -> None:
    assert "A «lighthouse» is lit" in open_desk.start_and_wait("report", under=AS_NOBODY).out
    done = open_desk.start_and_wait("fetch", under=AS_NOBODY, code=77)
    assert f"no permission to write to {open_desk.db} or its folder" in done.err
    elsewhere = open_desk.home / "new" / "sigtrack.db"
    other = open_desk.start_and_wait("fetch", "--db", elsewhere, under=AS_NOBODY, code=77)
    assert str(elsewhere) in other.err
    copy = open_desk.home / "copy.db"
    backup = open_desk.start_and_wait("db", "backup", copy, under=AS_NOBODY, code=77)
    assert f"no permission to write {copy}" in backup.err
    for command in (
        ["watchlists", "new", "mine"],
        ["feeds", "pause", "harbour"],
        ["config", "init"],
    ):
        said = open_desk.start_and_wait(*command, under=AS_NOBODY, code=73)
        assert "cannot be written: permission denied" in said.err


@pytest.mark.slow
def test_an_output_that_may_be_written_in_a_folder_that_may_not_is_written(
    open_desk: Desk,
) -> None:
    theirs, ours = open_desk.home / "report.md", open_desk.home / "ours.md"
    for path, mode in ((theirs, 0o666), (ours, 0o644)):
        path.write_text("old")
        path.chmod(mode)
    open_desk.start_and_wait("report", "-f", "md", "-o", theirs, under=AS_NOBODY)
    assert theirs.read_text().startswith("#")
    done = open_desk.start_and_wait("report", "-o", ours, under=AS_NOBODY, code=73)
    assert f"{ours} cannot be written: permission denied" in done.err
    assert ours.read_text() == "old"


@pytest.mark.slow
def test_a_folder_that_may_not_be_entered_is_said_of_the_database_in_it(open_desk: Desk) -> None:
    open_desk.db.parent.chmod(0o700)
    done = open_desk.start_and_wait("report", under=AS_NOBODY, code=77)
    assert done.err.startswith(f"sigtrack: this user may not open {open_desk.db}\n")


@pytest.mark.slow
def test_a_file_that_may_not_be_read_is_named(open_desk: Desk) -> None:
    secret = open_desk.watchlists / "lighthouses.toml"
    secret.chmod(0o600)
    done = open_desk.start_and_wait("watchlists", "check", under=AS_NOBODY, code=1)
    assert str(secret) in done.out
    open_desk.db.chmod(0o600)
    assert str(open_desk.db) in open_desk.start_and_wait("report", under=AS_NOBODY, code=77).err


@pytest.mark.slow
def test_doctor_says_what_keeps_fetch_from_writing(open_desk: Desk) -> None:
    def wrong() -> list[str]:
        done = open_desk.start_and_wait("doctor", "-f", "jsonl", under=AS_NOBODY, code=None)
        parts = ("database", "state")
        return [r["finding"] for r in done.records if r["state"] == "wrong" and r["part"] in parts]

    state, database = wrong()
    assert str(open_desk.home / "state") in state
    assert f"fetch cannot store anything, because this user may not write to {open_desk.db}" in (
        database
    )
    for path in (open_desk.db, open_desk.db.parent, open_desk.home / "state"):
        path.chmod(0o777)
    for path in (open_desk.home / "state").rglob("*"):
        path.chmod(0o777)
    lock = Path(f"{open_desk.db}.lock")  # as a run of another user has left it when it was killed
    lock.touch(0o600)
    assert wrong() == [f"fetch cannot store anything, because this user may not write to {lock}"]
    done = open_desk.start_and_wait("fetch", under=AS_NOBODY, code=77)
    assert str(open_desk.db) in done.err
    lock.chmod(0o666)
    assert wrong() == []
    open_desk.db.parent.chmod(0o700)
    assert str(open_desk.db.parent) in wrong()[0]
    for command in ("fetch", "report"):
        done = open_desk.start_and_wait(command, under=AS_NOBODY, code=77)
        assert f"this user may not open {open_desk.db}" in done.err


@pytest.mark.slow
def test_too_few_open_files_are_said_before_anybody_is_asked(desk: Desk, site: Site) -> None:
    desk.feeds({f"f{n}": site.serve(f"/{n}", rss("A lighthouse is lit")) for n in range(40)})
    done = desk.start_and_wait("fetch", under=("prlimit", "--nofile=16:16"), code=71)
    assert "this needs 96 open files at once, and the limit of this user is 16" in done.err
    assert "ulimit -n 256" in done.err
    assert "Traceback" not in done.err
    assert site.requests == []
    done = desk.start_and_wait("fetch", under=("prlimit", "--nofile=16:256"))
    assert "40 feeds asked" in done.out


@pytest.mark.slow
@pytest.mark.parametrize("files", range(4, 12))
def test_a_report_with_hardly_any_open_files_works_or_says_why(stocked: Desk, files: int) -> None:
    limit = ("prlimit", f"--nofile={files}:{files}")
    done = stocked.start_and_wait("report", under=limit, code=None)
    if done.code != 1:  # Python itself may not even start
        assert done.code in (0, 71), done
        assert "Traceback" not in done.err


def test_an_output_that_cannot_be_written_exits_with_73_or_74(stocked: Desk) -> None:
    done = stocked.run("report", "-o", stocked.home / "no" / "report.md", code=73)
    assert "cannot be written: no such file or directory" in done.err
    assert "choose another file with --output" in done.err
    full = stocked.run("report", "-o", "/dev/full", code=74)
    assert "/dev/full cannot be written: no space left on device" in full.err


@pytest.mark.parametrize(
    ("option", "hint"),
    [("report", "choose another file with --output"), ("-h", "make room, or write it elsewhere")],
)
def test_a_full_disk_behind_stdout_exits_with_74(stocked: Desk, option: str, hint: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = stocked.start(option, stdout=full)
        _, err = done.communicate(timeout=600)
    assert done.returncode == 74
    assert err.decode() == (
        f"sigtrack: the output cannot be written: no space left on device\n  {hint}\n"
    )


def test_a_folder_that_is_gone_below_the_command_is_named(stocked: Desk) -> None:
    gone = stocked.home / "gone"
    gone.mkdir()
    script = 'rmdir "$0" && exec "$@"'
    done = stocked.start_and_wait(
        *("report", "-o", "x.html"), under=("sh", "-c", script, str(gone)), cwd=gone, code=65
    )
    assert "sigtrack: the folder in which this was started is gone\n" in done.err


@pytest.mark.slow
def test_a_limit_on_file_size_is_a_full_disk_and_loses_nothing(desk: Desk) -> None:
    items = desk.home / "items.jsonl"
    rows = (
        json.dumps({"id": n, "title": f"Item {n}", "text": f"{n} words " * 200}) for n in range(900)
    )
    items.write_text("\n".join(rows))
    done = desk.start_and_wait("import", items, under=("prlimit", "--fsize=400000"), code=74)
    assert "no space is left, or a limit on file size was reached" in done.err
    desk.run("import", items)
    with open_store(str(desk.db)) as store:
        assert store.check() == []
        assert store.census().items == 900


# --- signals and pipes


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_the_report_quietly_with_141(desk: Desk) -> None:
    items = desk.home / "items.jsonl"
    items.write_text("\n".join(f'{{"title": "Lighthouse {n} {"x" * 300}"}}' for n in range(2000)))
    desk.run("import", items)
    with desk.start("report", "-f", "jsonl") as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 141
    assert err == b""


async def for_long(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def test_ctrl_c_ends_a_fetch_at_once_with_130_and_keeps_what_was_stored(
    desk: Desk, site: Site
) -> None:
    asked = threading.Event()

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await for_long(request, writer)

    desk.feeds({"slow": site.play("/slow", script)})
    with desk.start("fetch") as process:
        assert asked.wait(600)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert out == b""
    assert (
        err == b"sigtrack: stopped; stored items are kept, and the next run continues from there\n"
    )
    site.serve("/slow", rss("A lighthouse is lit"))
    assert "1 new item, 1 new hit" in desk.run("fetch").out


def test_a_report_into_nothing_is_no_crash(stocked: Desk) -> None:
    done = stocked.start_and_wait("report", under=("sh", "-c", 'exec "$@" >&-', "sh"))
    assert (done.out, done.err) == ("", "")


# --- the environment


def test_a_terminal_gets_colour_and_bold_words_and_a_pipe_does_not(stocked: Desk) -> None:
    shown = on_a_terminal(stocked, "report")
    assert "\x1b[1" in shown
    assert "«" not in shown
    piped = stocked.start_and_wait("report").out
    assert "\x1b" not in piped
    assert "«lighthouse»" in piped


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {}])
def test_no_color_is_honoured(stocked: Desk, wish: dict[str, str]) -> None:
    options = [] if wish else ["--no-color"]
    shown = on_a_terminal(stocked, "report", *options, **wish)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown)


def test_the_table_is_as_wide_as_the_terminal(stocked: Desk) -> None:
    shown = on_a_terminal(stocked, "report", "--no-color", COLUMNS="50")
    plain = re.sub(r"\x1b\][^\x1b]*\x1b\\|\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    heading = next(line for line in plain.splitlines() if line.startswith("Lighthouses"))
    assert len(heading) == 50


def test_a_fetch_on_a_terminal_leaves_no_progress_bar_behind(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("A lighthouse is lit"))})
    shown = on_a_terminal(desk, "fetch")
    assert "1 feed asked: 1 new item, 1 new hit" in shown
    assert "fetching" not in shown.rpartition("1 feed asked")[2]


def test_times_are_shown_where_the_reader_is(stocked: Desk) -> None:
    assert "2026-01-14 09:00" in stocked.run("report").out
    assert "2026-01-14 18:00" in stocked.run("report", TZ="Asia/Tokyo").out
    assert "2026-01-14 18:00" in stocked.start_and_wait("report", environment={"TZ": "JST-9"}).out


def test_a_locale_that_has_no_korean_is_no_crash(stocked: Desk) -> None:
    done = stocked.start_and_wait("report", environment={"PYTHONIOENCODING": "ascii"})
    assert "A ?lighthouse? is lit again" in done.out


def test_a_moment_that_is_none_is_a_usage_error(desk: Desk) -> None:
    done = desk.run("report", code=2, SIGTRACK_NOW="soon")
    assert "cannot read SIGTRACK_NOW='soon' as a time" in done.err


# --- hostile words

EVIL = (
    "[bold red]lighthouse[/bold red] [/b]",
    "lighthouse \x1b[31mred\x1b[0m \x07bell",
    "lighthouse \u202egnihton\u202c \u2066x\u2069",
    "=lighthouse|'/c calc'!A0",
    "@lighthouse(1)",
    "lighthouse <script>alert(1)</script>",
    "lighthouse | `code` *bold* [link](javascript:alert(1))",
    "lighthouse &#x1b;]8;;http://evil.example/&#x1b;\\ click",
)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of hostile headlines, made once."""
    desk = Desk(tmp_path_factory.mktemp("evil") / "home")
    desk.watch()
    items = desk.home / "items.jsonl"
    rows = [
        json.dumps(
            {
                "id": f"\x1b[2J{n}",
                "title": title,
                "summary": title,
                "source": "evil",
                "link": "javascript:alert(1)",
            }
        )
        for n, title in enumerate(EVIL)
    ]
    items.write_text("\n".join(rows))
    assert f"{len(EVIL)} new hits" in desk.run("import", items).out
    return desk.db


@pytest.fixture
def hostile(desk: Desk, evil: Path) -> Desk:
    return desk.take(evil)


@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv", "md"])
def test_a_hostile_headline_reaches_no_output_as_anything_but_words(
    hostile: Desk, format: str
) -> None:
    whole = ["report", "-n", "0"]
    for command in (whole, ["search", "lighthouse"], ["report", "--group", "source"]):
        out = hostile.run(*command, "-f", format).out.removeprefix("\ufeff")
        assert not STEERING.search(out.replace("\r\n", "\n"))
        assert out.count("lighthouse") >= len(EVIL)
        if format == "md":
            assert not re.search(r"(?<!\\)\]\(javascript:|<script", out)


def test_rich_markup_in_a_headline_is_shown_as_it_was_written(hostile: Desk) -> None:
    shown = on_a_terminal(hostile, "report", "-n", "0", "--no-color", COLUMNS="200")
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert "[bold red]lighthouse[/bold red] [/b]" in plain
    left = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "\x1b" not in left


def test_a_formula_in_a_csv_cell_is_defused(hostile: Desk) -> None:
    rows = list(
        csv.reader(io.StringIO(hostile.run("report", "-f", "csv").out.removeprefix("\ufeff")))
    )
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_show_of_a_hostile_item_is_harmless(hostile: Desk) -> None:
    records = hostile.run("report", "-f", "jsonl").records
    for record in [r for r in records if r["title"] in (records[1]["title"], records[2]["title"])]:
        for format in ("table", "json", "md"):
            assert not STEERING.search(hostile.run("show", record["item"], "-f", format).out)
        assert record["link"] == ""


# --- usage


def commands() -> list[tuple[str, ...]]:
    """Every command line that has a help text."""
    found: list[tuple[str, ...]] = [()]
    for command in app_of().registered_commands:
        found.append((command.name or command.callback.__name__,))
    for group in app_of().registered_groups:
        found.append((group.name,))
        for command in group.typer_instance.registered_commands:
            found.append((group.name, command.name or command.callback.__name__))
    return found


COMMON = (
    *("--format", "--output", "--db", "--config", "--quiet", "--verbose", "--no-color", "--help"),
)


def test_every_command_explains_itself_and_every_option(desk: Desk) -> None:
    every = commands()
    assert len(every) > 25
    for command in every:
        done = desk.run(*command, "--help")
        assert done.err == ""
        assert f"Usage: sigtrack {' '.join(command)}".rstrip() in done.out
        if command and command not in {(group.name,) for group in app_of().registered_groups}:
            for option in COMMON:
                assert option in done.out, command
            # an option or argument without a description is a line that ends after its name
            options = done.out.partition("Options:")[2].splitlines()
            assert not [
                line
                for line in options
                if re.fullmatch(r"  -\S.*", line) and "  " not in line.strip()
            ], command


def test_the_design_s_commands_are_there() -> None:
    there = {" ".join(command) for command in commands()}
    wanted = (
        "fetch report search show import rematch demo|watchlists list|watchlists show|"
        "watchlists check|watchlists test|watchlists copy|watchlists new|feeds list|feeds add|"
        "feeds remove|feeds pause|feeds check|feeds import|feeds export|db info|db backup|"
        "db check|db prune|config init|config show"
    )
    first, *rest = wanted.split("|")
    assert {*first.split(), *rest} <= there


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["fetch", "--nonsense"],
        ["show"],
        ["search"],
        ["feeds", "add"],
        ["db", "prune"],
        ["report", "-n", "many"],
    ],
    ids=" ".join,
)
def test_a_command_line_that_makes_no_sense_exits_with_2_and_no_traceback(
    desk: Desk, arguments: list[str]
) -> None:
    done = desk.run(*arguments, code=2)
    assert done.out == ""
    assert "Usage: sigtrack" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("report --since 0001-01-01", "cannot read '0001-01-01' as a time"),
        ("report --until 9999-12-31", "cannot read '9999-12-31' as a time"),
        ("visits --since all --until all", "cannot read 'all' as a time"),
        ("db prune --before 2099-01-01", "--before 2099-01-01 lies in the future"),
        ("compare {item} {item}x --lang xx", "there is no language 'xx'"),
        ("watchlists test fog --lang xx", "there is no language 'xx'"),
        ("watchlists diff nope", "there is no watchlist 'nope'"),
        ("compare {item}@1", "{item}@1 is one text"),
        ("digest --init --dry-run", "--init counts hits as read, and --dry-run"),
        ("digest --init --stdout", "--init counts hits as read, and --dry-run"),
        ("scan {home} --to {db}", "{db} is no folder"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_in_words(
    stocked: Desk, command: str, message: str
) -> None:
    (item, *_) = {
        record["item"] for record in stocked.run("report", "--since", "all", "-f", "jsonl").records
    }
    facts = {"item": item, "home": stocked.home, "db": stocked.db}
    if command.startswith("scan"):
        (stocked.home / "one.jsonl").write_text('{"title": "Fog"}\n')
    done = stocked.run(*command.format(**facts).split(" "), code=2)
    assert done.err.startswith(f"sigtrack: {message.format(**facts)}")
    assert done.out == ""


@pytest.mark.parametrize(
    "command",
    [
        *("report --since", "report --until", "report --db", "visits --who", "stories --priority"),
        *("wording --phrase", "import x.jsonl --source", "fetch", "watchlists test", "scan"),
    ],
)
def test_a_value_that_a_script_left_empty_is_not_passed_over(stocked: Desk, command: str) -> None:
    *_, name = command.removeprefix("sigtrack ").split()
    done = stocked.run(*command.split(), "", code=2)
    told = {"fetch": "feed", "test": "what", "scan": "archive"}.get(name, name.removeprefix("--"))
    assert done.err == (f"sigtrack: the value of {told} is empty\n  write one, or leave it out\n")


def test_a_number_larger_than_any_store_counts_is_none_that_breaks_it(stocked: Desk) -> None:
    huge = "9" * 23
    assert stocked.run("search", "lighthouse", "-n", huge).out == (
        stocked.run("search", "lighthouse", "-n", "0").out
    )
    done = stocked.run("digest", "--again", huge, code=65)
    assert done.err.startswith(f"sigtrack: there is no mail {huge}\n")


def test_a_mark_that_was_not_there_and_an_edit_that_was_not_made_are_said(stocked: Desk) -> None:
    (item, *_) = {
        record["item"] for record in stocked.run("report", "--since", "all", "-f", "jsonl").records
    }
    done = stocked.run("mark", item, "star", "--off")
    assert done.out.startswith(f"it was not starred: {item[:6]} ")
    assert "no edit in the last 7d" in stocked.run("edits", "--all").out
    (stocked.home / "none").mkdir()
    done = stocked.run("scan", str(stocked.home / "none"), code=65)
    assert f"there is no file in {stocked.home / 'none'}" in done.err


def test_the_version_is_said(desk: Desk) -> None:
    assert re.fullmatch(r"sigtrack \d+\.\d+\S*\n", desk.run("--version").out)
