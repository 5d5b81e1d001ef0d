"""Commands that are killed, run side by side or run out of disk: nothing lost, nothing twice.

How a killed fetch continues is in `test_cli_fetch`; every write call in turn in `test_store_kill`.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import LIGHTHOUSES, Desk, rss
from feed_server import FeedServer, Site
from sigtrack.store import open_store
from sigtrack.store.interface import Query

ITEMS = 1600
FEEDS = 6


@pytest.fixture
def shelf(desk: Desk) -> Path:
    """A file of items, every eighth of them a hit."""
    path = desk.home / "shelf.jsonl"
    rows = (
        f'{{"id": "{n}", "title": "{"Lighthouse" if n % 8 == 0 else "Item"} {n}"}}'
        for n in range(ITEMS)
    )
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def kill_sometime(desk: Desk, *arguments: object, chance: random.Random) -> None:
    with desk.start(*arguments) as process:
        time.sleep(chance.uniform(0.25, 1.0))  # start-up is about a quarter of a second
        process.kill()


def each_once(desk: Desk, hits: int) -> None:
    with open_store(str(desk.db)) as store:
        assert store.check() == []
        assert store.census().items == store.census().revisions == ITEMS
        assert dict(store.census().hits) == {"lighthouses": hits}
        uids = [found.stored.item.uid for found in store.hits(Query())]
    assert len(uids) == len(set(uids)) == hits


def import_among_kills(desk: Desk, shelf: Path, kills: int, chance: random.Random) -> None:
    for _ in range(kills):
        kill_sometime(desk, "import", shelf, chance=chance)
    desk.start_and_wait("import", shelf)
    each_once(desk, ITEMS // 8)


def rematch_among_kills(desk: Desk, kills: int, chance: random.Random) -> None:
    """With a watchlist that was edited, so that all other items are hit."""
    desk.watch(LIGHTHOUSES.replace('"lighthouse*"', '"item"'))
    for _ in range(kills):
        kill_sometime(desk, "rematch", chance=chance)
    desk.start_and_wait("rematch")
    each_once(desk, ITEMS - ITEMS // 8)


@pytest.mark.slow
def test_a_rematch_killed_at_any_moment_and_run_again_finds_every_hit_once(
    desk: Desk, shelf: Path
) -> None:
    desk.run("import", shelf)
    rematch_among_kills(desk, 2, random.Random(1))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_imports_and_rematches_killed_fifty_times_leave_every_item_and_hit_once(
    desk: Desk, shelf: Path, seed: int
) -> None:
    chance = random.Random(seed)
    import_among_kills(desk, shelf, 6, chance)
    rematch_among_kills(desk, 6, chance)


# --- side by side


@pytest.fixture
def newsstand(desk: Desk, feed_server: FeedServer) -> Desk:
    """Six feeds of sixty items."""
    desk.feeds(
        {
            f"feed{n}": feed_server.site().serve(
                "/", rss(*(f"Lighthouse {n} {k} is lit" for k in range(60)))
            )
            for n in range(FEEDS)
        }
    )
    return desk


@pytest.mark.slow
@pytest.mark.parametrize("runs", [2, 4])
def test_of_runs_at_once_one_works_and_the_others_wait_or_say_so(
    newsstand: Desk, runs: int
) -> None:
    started = [newsstand.start("fetch") for _ in range(runs)]
    ended = []
    for process in started:
        with process:
            out, err = process.communicate(timeout=600)
        ended.append((process.returncode, err.decode()))
        assert process.returncode == 0 or not out
    assert any(code == 0 for code, _ in ended)
    for code, err in ended:
        if code:
            assert code == 75
            assert err.startswith("sigtrack: another sigtrack run (fetch, process ")
        else:
            assert err == ""
    with open_store(str(newsstand.db)) as store:
        assert store.check() == []
        census = store.census()
        assert census.items == census.revisions == census.hits["lighthouses"] == FEEDS * 60


@pytest.mark.slow
def test_readers_backups_and_writers_of_every_kind_at_once_do_not_harm_each_other(
    newsstand: Desk, shelf: Path
) -> None:
    newsstand.run("import", shelf)
    commands: list[tuple[object, ...]] = [
        ("fetch",),
        ("import", shelf),
        ("rematch", "--since", "all"),
        ("report", "--since", "all", "-f", "jsonl"),
        ("search", "lighthouse"),
        *(("db", "backup", newsstand.home / f"copy{n}.db") for n in range(3)),
        ("db", "check"),
    ]
    started = [newsstand.start(*command) for command in commands]
    for command, process in zip(commands, started, strict=True):
        with process:
            _, err = process.communicate(timeout=600)
        assert process.returncode in (0, 75), (command, err)
        assert b"Traceback" not in err
    for n in range(3):
        with open_store(str(newsstand.home / f"copy{n}.db"), mode="read") as copy:
            assert copy.check() == []
            assert copy.census().items >= ITEMS
    newsstand.run("fetch", *(f"feed{n}" for n in range(FEEDS)))
    with open_store(str(newsstand.db)) as store:
        assert store.check() == []
        assert store.census().items == ITEMS + FEEDS * 60


# --- no room


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


LONG = tuple(f"Lighthouse {k} is lit {'and seen ' * 60}{k}" for k in range(300))


@pytest.mark.slow
def test_a_fetch_onto_a_full_disk_says_so_and_is_done_when_there_is_room_again(
    desk: Desk, site: Site, small_disk: Path
) -> None:
    desk.feeds({"harbour": site.serve("/", rss(*LONG))})
    full_then_roomy(desk, ("fetch",), small_disk, len(LONG))


@pytest.mark.slow
def test_an_import_onto_a_full_disk_says_so_and_is_done_when_there_is_room_again(
    desk: Desk, shelf: Path, small_disk: Path
) -> None:
    full_then_roomy(desk, ("import", shelf), small_disk, ITEMS)


def full_then_roomy(desk: Desk, command: tuple[object, ...], disk: Path, items: int) -> None:
    db = disk / "sigtrack.db"
    done = desk.start_and_wait(*command, "--db", db, code=74)
    assert done.err.startswith(f"sigtrack: cannot write to {db}: no space is left")
    assert "make room and run it again" in done.err
    subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
    desk.start_and_wait(*command, "--db", db)
    with open_store(str(db)) as store:
        assert store.check() == []
        assert store.census().items == items


@pytest.mark.slow
def test_a_limit_on_file_size_stops_a_fetch_with_74_and_loses_nothing(
    desk: Desk, site: Site
) -> None:
    desk.feeds({"harbour": site.serve("/", rss(*LONG))})
    done = desk.start_and_wait("fetch", under=("prlimit", "--fsize=300000"), code=74)
    assert "no space is left, or a limit on file size was reached" in done.err
    assert "300 new items" in desk.run("fetch").out
