"""A process that is killed at any moment loses nothing that was saved and doubles nothing.

The writer below does what a fetch does (save feeds, match, save hits). It is killed with SIGKILL
somewhere between its steps and started again until it has come to its end; the store is then
compared, row by row, with that of a writer that nobody killed.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sigtrack.store import open_store
from sigtrack.store.interface import Query

ROOT = Path(__file__).parents[1]
EDITIONS = 2
PER_FEED = 4


WRITER = f"""
import os, sys
from sigtrack.analyze.changes import find_changes, handles_of
from sigtrack.model import FeedState
from sigtrack.store import open_store
from stored import NOW, hit, item

FINGERPRINTS = {{"nara": "1", "late": "1"}}

def step():
    os.write(1, b".")

def save(feed, edition):
    items = [
        item(f"Nara {{feed}} {{n}}" + " late" * edition, feed=feed, uid=str(n), text="words " * 99)
        for n in range({PER_FEED})
    ]
    changes = find_changes(store.known(feed, handles_of(items)), items)
    step()
    store.save(changes, NOW, state=FeedState(feed=feed, failures=edition + 1))
    step()

def match():
    for batch in store.batches(FINGERPRINTS, limit=3):
        found = [
            (one, hit(one, name))
            for one in batch.items
            for name in FINGERPRINTS
            if name in one.item.title.lower()
        ]
        store.save_hits(batch, found, NOW)
        step()

with open_store(sys.argv[1]) as store:
    run = store.begin_run("fetch", NOW)
    done = {{feed: state.failures for feed, state in store.feed_states().items()}}
    for feed in map(str, range(int(sys.argv[2]))):
        for edition in range(done.get(feed, 0), {EDITIONS}):
            match()
            save(feed, edition)
    match()
    store.finish_run(run, NOW)
"""


def write(place: Path, feeds: int, *, steps: int | None = None, under: Sequence[str] = ()) -> bool:
    """Whether the writer came to its end; after `steps` of them it is killed."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    with subprocess.Popen(
        [*under, sys.executable, "-c", WRITER, str(place), str(feeds)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        while steps is None or steps > 0:
            told = len(process.stdout.read1(8))
            if not told:
                break
            steps = None if steps is None else steps - told
        if steps is not None:
            process.kill()
    assert process.returncode in (0, -9)
    return process.returncode == 0


def contents(place: Path) -> dict[str, list[object]]:
    """Everything that the number of runs does not decide."""
    with open_store(str(place)) as store:
        assert store.check() == []
        assert store.pending({"nara": "1", "late": "1"}) == 0
        shown = list(store.hits(Query()))
    tables = ("items", "handles", "texts", "revisions", "marks", "hits", "sightings", "feeds")
    connection = sqlite3.connect(place)
    rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    connection.close()
    return {**{name: sorted(some) for name, some in rows.items()}, "shown": list(shown)}


def whole(place: Path, feeds: int) -> dict[str, list[object]]:
    assert write(place, feeds)
    found = contents(place)
    assert len(found["revisions"]) == feeds * EDITIONS * PER_FEED
    assert len(found["shown"]) == feeds * PER_FEED * 2
    return found


def killed(place: Path, feeds: int, times: int, chance: random.Random) -> dict[str, list[object]]:
    for _ in range(times):
        if write(place, feeds, steps=chance.randint(1, feeds)):
            break  # it was done before it could be killed
    assert write(place, feeds)
    return contents(place)


@pytest.mark.slow
def test_a_writer_killed_ten_times_leaves_what_a_whole_one_leaves(tmp_path: Path) -> None:
    unharmed = whole(tmp_path / "whole.db", 25)
    assert killed(tmp_path / "killed.db", 25, 10, random.Random(1)) == unharmed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_writer_killed_sixty_times_leaves_what_a_whole_one_leaves(
    tmp_path: Path, seed: int
) -> None:
    unharmed = whole(tmp_path / "whole.db", 25)
    assert killed(tmp_path / "killed.db", 25, 10, random.Random(seed)) == unharmed


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 2, 3, 4])  # for several cores: every fourth write each
def test_a_writer_killed_at_every_write_in_turn_leaves_what_a_whole_one_leaves(
    tmp_path: Path, first: int
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace, which kills at a chosen call, is not installed")
    unharmed = whole(tmp_path / "whole.db", 1)
    for n in range(first, 1000, 4):
        place = tmp_path / f"{n}.db"
        calls = f"inject=pwrite64,ftruncate,unlink:signal=KILL:when={n}"
        if write(place, 1, under=["strace", "-qq", "-o", "/dev/null", "-e", calls]):
            assert n > 20
            return
        assert write(place, 1)
        assert contents(place) == unharmed, n
    raise AssertionError("the writer never came to its end")
