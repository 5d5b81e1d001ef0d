"""`--output`: a report is written whole, where it is wanted, and over nothing that sigtrack needs."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from desk import Desk


def test_a_report_never_replaces_the_database(stocked: Desk) -> None:
    before = stocked.db.read_bytes()
    done = stocked.run("report", "--db", stocked.db, "-o", stocked.db, code=2)
    assert f"--output {stocked.db} would replace the database" in done.err
    assert stocked.db.read_bytes() == before


def every_own_file(desk: Desk) -> list[Path]:
    (desk.config / "config.toml").write_text(f'[mail]\nca_file = "{desk.home}/ca.pem"\n')
    (desk.config / "actors.toml").write_text("")
    for name in ("ca.pem", "password"):
        (desk.home / name).write_text("secret")
    beside = [
        Path(f"{desk.db}{suffix}")
        for suffix in ("-wal", "-shm", "-journal", ".lock", ".outbox.lock")
    ]
    config = [desk.config / name for name in ("config.toml", "actors.toml", ".feeds.toml.lock")]
    watchlists = [desk.watchlists / name for name in ("lighthouses.toml", "new.txt", "a/b.txt")]
    others = [desk.home / "ca.pem", desk.home / "password"]
    return [desk.db, *beside, desk.feeds_file, *config, *watchlists, *others]


def test_no_output_takes_the_place_of_a_file_that_sigtrack_needs(stocked: Desk) -> None:
    password = {"SIGTRACK_SMTP_PASSWORD_FILE": str(stocked.home / "password")}
    for path in every_own_file(stocked):
        before = path.read_bytes() if path.exists() else None
        for command in (["report"], ["feeds", "export"], ["compare", "x.txt", "y.txt"]):
            done = stocked.run(*command, "-o", path, code=2, **password)
            assert f"--output {path} would replace a" in done.err or path == stocked.db
        assert (path.read_bytes() if path.exists() else None) == before
    eml = stocked.run("digest", "--eml", stocked.db, code=2).err
    assert f"--eml {stocked.db} would replace the database" in eml


def test_nor_under_another_name(stocked: Desk) -> None:
    before = stocked.db.read_bytes()
    soft, hard = stocked.home / "soft.md", stocked.home / "hard.md"
    soft.symlink_to(stocked.db)
    hard.hardlink_to(stocked.db)
    spelled = stocked.db.parent / ".." / stocked.db.parent.name / stocked.db.name
    later = stocked.home / "later.md"
    later.symlink_to(stocked.home / "new.db")
    for path in (soft, hard, spelled):
        stocked.run("report", "-o", path, code=2)
    stocked.run("report", "--db", f"sqlite:///{stocked.db}", "-o", stocked.db, code=2)
    stocked.run("fetch", "--db", stocked.home / "new.db", "-o", later, code=2)
    assert stocked.db.read_bytes() == before
    assert not (stocked.home / "new.db").exists()


def test_a_report_that_fails_leaves_the_last_one(stocked: Desk) -> None:
    path = stocked.home / "report.json"
    stocked.run("report", "-f", "json", "-o", path)
    before = path.read_bytes()
    done = stocked.start_and_wait(
        "report", "--since", "all", "-f", "json", "-o", path,
        under=("prlimit", "--fsize=1000"), code=74,
        environment={"PYTHONDONTWRITEBYTECODE": "1"},  # else a cold cache would be cut off as well
    )  # fmt: skip
    assert "choose another file with --output" in done.err
    assert path.read_bytes() == before
    assert [one for one in stocked.home.iterdir() if one.name.startswith(".sigtrack")] == []


@pytest.mark.slow
def test_a_report_goes_to_pipes_devices_and_what_the_shell_has_opened(stocked: Desk) -> None:
    plain = stocked.start_and_wait("report", "-f", "csv").out
    assert stocked.start_and_wait("report", "-f", "csv", "-o", "/dev/stdout").out == plain
    stocked.run("report", "-f", "csv", "-o", "/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    log = stocked.home / "log.csv"
    log.write_text("yesterday\n")
    with log.open("ab") as opened:
        process = stocked.start("report", "-f", "csv", "-o", "/dev/stdout", stdout=opened)
    with process:
        assert process.communicate(timeout=600)[1] == b""
    assert log.read_bytes().decode() == "yesterday\n" + plain
    pipe = stocked.home / "pipe"
    os.mkfifo(pipe)
    with stocked.start("report", "-f", "csv", "-o", pipe) as process:
        assert pipe.read_bytes().decode() == plain
        assert process.wait(600) == 0


def test_a_report_is_written_as_its_link_and_mode_say(stocked: Desk) -> None:
    real, link = stocked.home / "real.md", stocked.home / "link.md"
    real.write_text("old")
    real.chmod(0o604)
    link.symlink_to(real)
    stocked.run("report", "-o", link, "-f", "md")
    assert link.is_symlink()
    assert real.read_text().startswith("#")
    assert stat.S_IMODE(real.stat().st_mode) == 0o604


def test_a_csv_for_excel_begins_with_a_mark_and_no_other_format_does(stocked: Desk) -> None:
    plain, marked = (stocked.run("report", "-f", "csv", *more).out for more in ((), ("--bom",)))
    assert marked == f"\ufeff{plain}"
    assert "--bom is for csv" in stocked.run("report", "-f", "json", "--bom", code=2).err
