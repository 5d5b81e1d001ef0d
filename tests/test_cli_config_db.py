"""`sigtrack config` and `sigtrack db`: where settings come from, and care of the database."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from desk import Desk, rss
from feed_server import Site
from sigtrack.store import open_store
from stored import NOW


def settings(desk: Desk, *arguments: object, **environment: str) -> dict[str, tuple[str, str]]:
    records = desk.run("config", "show", "-f", "jsonl", *arguments, **environment).records
    return {r["setting"]: (r["value"], r["from"]) for r in records}


# --- config


def test_each_setting_says_where_it_comes_from(desk: Desk) -> None:
    file = desk.config / "config.toml"
    assert settings(desk, TZ="")["db"] == (str(desk.db), "default")
    file.write_text('db = "~/file.db"\nsince = "3d"\ntimezone = "Asia/Seoul"\n')
    found = settings(desk, TZ="")
    assert found["db"] == (str(desk.home / "file.db"), str(file))
    assert found["since"] == ("3d", str(file))
    assert found["timezone"] == ("Asia/Seoul", str(file))
    assert found["contact"] == ("not set", "default")
    found = settings(desk, SIGTRACK_DB="/tmp/environment.db", TZ="Asia/Tokyo")
    assert found["db"] == ("/tmp/environment.db", "SIGTRACK_DB")
    assert found["timezone"] == ("Asia/Tokyo", "TZ")
    found = settings(desk, "--db", "/tmp/flag.db", SIGTRACK_DB="/tmp/environment.db")
    assert found["db"] == ("/tmp/flag.db", "--db")


def test_a_setting_of_the_file_names_the_file_on_a_narrow_terminal(desk: Desk) -> None:
    (desk.config / "config.toml").write_text('since = "3d"\n')
    lines = desk.run("config", "show", COLUMNS="60").lines
    (line,) = [line for line in lines if line.startswith("since")]
    assert line.split() == ["since", "config.toml", "3d"]


def test_the_config_file_can_be_named_and_its_folder_is_the_config_folder(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "elsewhere" / "my.toml"
    file.parent.mkdir()
    file.write_text("")
    assert settings(desk, "--config", file)["config"] == (str(file), "--config")
    found = settings(desk, SIGTRACK_CONFIG=str(file))
    assert found["config"] == (str(file), "SIGTRACK_CONFIG")
    assert found["watchlists"] == (str(file.parent / "watchlists"), "not there yet")
    new = tmp_path / "new.toml"
    missing = desk.run("config", "show", "--config", new, code=65)
    advice = f"sigtrack config init --config {new}"
    assert f"{new} does not exist\n  create it with: {advice}\n" in missing.err
    assert desk.run(*advice.split()[1:]).out == f"✓ written: {new}\n"
    desk.run("config", "show", "--config", new)


def test_init_writes_a_file_in_which_every_setting_is_explained_and_none_is_changed(
    desk: Desk,
) -> None:
    before = settings(desk)
    file = desk.config / "config.toml"
    assert desk.run("config", "init").out == f"✓ written: {file}\n"
    assert settings(desk) == before
    text = file.read_text(encoding="utf-8")
    top = text.partition("\n# [")[0].splitlines()  # what stands before the first table
    uncommented = "\n".join(line.removeprefix("# ") for line in top if " = " in line)
    file.write_text(uncommented, encoding="utf-8")
    assert settings(desk)["contact"] == ("desk@example.org", str(file))
    assert "exists already" in desk.run("config", "init", code=73).err
    assert file.read_text(encoding="utf-8") == uncommented


def test_init_with_an_output_writes_the_file_there_and_says_so(desk: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "sample.toml"
    done = desk.run("config", "init", "-o", elsewhere)
    assert (done.out, done.err) == ("", f"written: {elsewhere}\n")
    assert not (desk.config / "config.toml").exists()
    desk.run("config", "init")
    assert elsewhere.read_text("utf-8") == (desk.config / "config.toml").read_text("utf-8")
    assert desk.run("config", "init", "-q", "-o", elsewhere).err == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('dbb = "x"\n', ":1: dbb is not a setting (did you mean db?)"),
        ("\nsince = 7\n", ":2: since must be a period in quotes"),
        ('since = "soon"\n', ":1: since must be a period in quotes"),
        ('db = ""\n', ":1: db must be a text in quotes"),
        ("since = 7d\n", "config.toml:1: "),
        ('timezone = "Mars/Olympus"\n', "timezone 'Mars/Olympus'"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_its_cure(desk: Desk, text: str, said: str) -> None:
    (desk.config / "config.toml").write_text(text)
    code = 2 if "Mars" in text else 78
    assert said in desk.run("report", code=code, TZ="").err


@pytest.mark.parametrize("kind", ["folder", "device", "huge", "binary"])
def test_a_config_that_is_no_text_file_is_said_at_once(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "config.toml"
    if kind == "folder":
        file.mkdir()
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.write_bytes(b"#" * 2_000_000 if kind == "huge" else b"\xff\xfe\x00")
    assert str(file) in desk.run("config", "show", "--config", file, code=78).err


def test_publishers_see_whom_to_write_to(desk: Desk, site: Site) -> None:
    (desk.config / "config.toml").write_text('contact = "desk@example.org"\n')
    desk.feeds({"harbour": site.serve("/feed.xml", rss("Fish"))})
    desk.run("fetch")
    assert site.requests[0].headers["user-agent"].endswith("desk@example.org")


# --- db


def test_info_says_what_the_database_holds(stocked: Desk) -> None:
    (record,) = stocked.run("db", "info", "-f", "jsonl").records
    assert record["items"] == record["revisions"] == 8
    assert record["hits"] == {"lighthouses": 6}
    assert record["database"] == str(stocked.db)
    out = stocked.run("db", "info").out
    assert str(stocked.db) in out
    assert "lighthouses" in out


def test_check_says_that_all_is_well(stocked: Desk) -> None:
    assert stocked.run("db", "check").out == f"✓ {stocked.db} is sound\n"


def test_a_backup_is_a_whole_database_and_never_overwrites(stocked: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with open_store(str(stocked.db)) as store:
        store.begin_run("fetch", NOW)  # also while a fetch is running
        assert f"copied to {copy}" in stocked.run("db", "backup", copy).out
    report = stocked.run("report", "-f", "jsonl").out
    assert stocked.run("report", "-f", "jsonl", "--db", copy).out == report
    assert "exists already" in stocked.run("db", "backup", copy, code=73).err
    assert stocked.run("report", "-f", "jsonl", "--db", copy).out == report


def test_a_database_that_is_not_there_is_not_copied(desk: Desk) -> None:
    done = desk.run("db", "copy", "nope.db", "new.db", code=65)
    assert "there is no database at nope.db" in done.err
    assert "where yours is, says: sigtrack config show" in done.err
    assert not (desk.home / "new.db").exists()


def test_what_was_pruned_does_not_come_back_as_new(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("A lighthouse is lit", "Fish"))})
    desk.run("fetch")
    done = desk.run("db", "prune", "--before", "1d", SIGTRACK_NOW="2026-03-01T00:00:00Z")
    assert done.out == "2 items from before 2026-02-28 00:00 removed\n"
    assert "0 new items, 0 new hits" in desk.run("fetch", SIGTRACK_NOW="2026-03-01T00:00:00Z").out
    assert desk.run("search", "lighthouse", "-f", "jsonl").records == []
    assert desk.run("db", "info", "-f", "jsonl").records[0]["pruned"] == 2


def test_a_rehearsed_pruning_counts_and_removes_nothing(stocked: Desk) -> None:
    done = stocked.run("db", "prune", "--before", "2026-01-10", "--dry-run")
    assert done.out == "2 items from before 2026-01-10 00:00 would be removed, of 8\n"
    assert stocked.run("db", "info", "-f", "jsonl").records[0]["items"] == 8
    assert stocked.run("db", "prune", "--before", "2026-01-10").out.startswith("2 items from")


def test_pruning_needs_a_day_that_makes_sense(stocked: Desk) -> None:
    assert "cannot read" in stocked.run("db", "prune", "--before", "long ago", code=2).err
    assert stocked.run("db", "info", "-f", "jsonl").records[0]["items"] == 8


def test_files_that_sigtrack_makes_are_for_their_owner_and_others_stay_as_they_are(
    desk: Desk, tmp_path: Path
) -> None:
    desk.feeds_file.unlink()
    before = os.umask(0o022)
    try:
        desk.run("config", "init")
        desk.run("feeds", "pause", "yonhap-en")
        desk.run("watchlists", "new", "harbours")
        items = desk.home / "items.jsonl"
        items.write_text('{"title": "A lighthouse is lit"}')
        desk.run("import", items)
        desk.run("db", "backup", tmp_path / "copy.db")
        desk.run("report", "-o", tmp_path / "report.md")
    finally:
        os.umask(before)
    config, ours = desk.config / "config.toml", desk.watchlists / "harbours.toml"
    for path in (config, desk.feeds_file, ours, desk.db, tmp_path / "copy.db"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE((tmp_path / "report.md").stat().st_mode) == 0o644
    desk.feeds_file.chmod(0o664)
    desk.run("feeds", "pause", "yonhap-en", "--off")
    assert stat.S_IMODE(desk.feeds_file.stat().st_mode) == 0o664
