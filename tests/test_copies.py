"""Copies of the process share long work, and nothing that befalls one of them changes the result."""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

from sigtrack.app import copies
from sigtrack.app.copies import Copies
from sigtrack.app.in_force import Catalogue
from sigtrack.app.intake import match_pending
from sigtrack.app.rules import shipped_rules
from sigtrack.model import Item
from sigtrack.store import open_store
from stored import NOW, item, new

can_share = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="copies are made on Linux, where there are two cores",
)
PIECES = range(2_000)


def all_of(shared: Copies[Any], pieces: Sequence[int] = PIECES) -> list[Any]:
    """What is made of the pieces in batches of different sizes."""
    cuts = [0, *(cut for cut in (700, 1_300, 1_305) if cut < len(pieces)), len(pieces)]
    batches = [pieces[one:other] for one, other in pairwise(cuts)]
    made = [*shared.each(batches, list)]
    assert [batch for batch, _ in made] == batches
    return [one for _, some in made for one in some]


def where(piece: int) -> tuple[int, int]:
    """A piece of work that takes a while, and says in which process it was done."""
    sum(range(2_000))
    return piece, os.getpid()


def test_what_is_made_comes_in_the_order_of_the_pieces() -> None:
    with Copies(lambda piece: 2 * piece) as shared:
        assert all_of(shared) == [2 * piece for piece in PIECES]
        assert all_of(shared, PIECES[:5]) == [0, 2, 4, 6, 8]
        assert all_of(shared, ()) == []


@can_share
def test_many_pieces_are_done_in_several_processes() -> None:
    with Copies(where) as shared:
        places = {place for _, place in all_of(shared)}
    assert os.getpid() in places
    assert len(places) > 1


def test_few_pieces_are_done_here() -> None:
    with Copies(where) as shared:
        assert {place for _, place in all_of(shared, PIECES[:100])} == {os.getpid()}


@can_share
def test_copies_are_gone_after_the_block() -> None:
    with Copies(where) as shared:
        places = {place for _, place in all_of(shared)} - {os.getpid()}
    for place in places:
        with pytest.raises(ProcessLookupError):
            os.kill(place, 0)


@can_share
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGINT])
def test_what_a_copy_leaves_behind_is_done_here(end: signal.Signals) -> None:
    here, calls = os.getpid(), [0]

    def ends(piece: int) -> int:
        calls[0] += 1
        if os.getpid() != here and calls[0] > 300:
            os.kill(os.getpid(), end)
        return sum(range(1_000)) * 0 + piece

    with Copies(ends) as shared:
        assert all_of(shared) == [*PIECES]
        assert all_of(shared) == [*PIECES]


@can_share
def test_a_copy_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_PATIENCE", 0.1)
    here = os.getpid()

    def hangs(piece: int) -> int:
        if os.getpid() != here:
            signal.pause()
        return piece

    with Copies(hangs) as shared:
        assert all_of(shared) == [*PIECES]


@pytest.mark.parametrize("bad", [10, 1_000, 1_999])
def test_an_error_is_raised_here_wherever_its_piece_was_tried(bad: int) -> None:
    def refuses(piece: int) -> int:
        if piece == bad:
            raise ValueError(f"piece {piece}")
        return piece

    with pytest.raises(ValueError, match=f"piece {bad}"), Copies(refuses) as shared:
        all_of(shared)


@can_share
def test_what_cannot_be_handed_back_is_made_here() -> None:
    with Copies(lambda piece: (piece, threading.Lock())[: 1 + (piece == 1_500)]) as shared:
        made = all_of(shared)
    assert [one[0] for one in made] == [*PIECES]


@can_share
def test_a_copy_has_no_open_file_but_its_line(tmp_path: Path) -> None:
    def files(_: int) -> tuple[int, list[str]]:
        folder = Path("/proc/self/fd")
        found = [str(one.readlink()) for one in folder.iterdir() if one.is_symlink()]
        return os.getpid(), sorted({*found} - {os.devnull, f"/proc/{os.getpid()}/fd"})

    with (tmp_path / "open").open("w"), Copies(files) as shared:
        made = [names for place, names in all_of(shared, PIECES[:400]) if place != os.getpid()]
    assert made
    assert all(len(names) == 1 and names[0].startswith("socket:") for names in made)


_KILLED = """
import os, signal
from sigtrack.app.copies import Copies
with Copies(lambda piece: (sum(range(2000)), os.getpid())[1]) as shared:
    print(*{*[one for _, made in shared.each([range(2000)], list) for one in made]} - {os.getpid()}, flush=True)
    signal.pause()
"""


@can_share
def test_copies_end_with_a_process_that_is_killed() -> None:
    process = subprocess.Popen((sys.executable, "-c", _KILLED), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process, process.stdout:
        ends = [os.pidfd_open(int(place)) for place in process.stdout.readline().split()]
        process.kill()
        assert ends
        for end in ends:
            assert select.select([end], [], [], 30)[0]
            os.close(end)


def test_another_thread_works_alone() -> None:
    made: list[tuple[int, int]] = []

    def work() -> None:
        with Copies(where) as shared:
            made.extend(all_of(shared))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert {place for _, place in made} == {os.getpid()}


@can_share
def test_a_store_is_the_same_whether_its_items_were_read_here_or_in_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contents(name: str, many: int) -> str:
        monkeypatch.setattr(copies, "_MANY", many)
        with open_store(str(tmp_path / name)) as store:
            store.save([new(one) for one in _items()], NOW)
            assert match_pending(store, shipped_rules(), Catalogue(), NOW) > 100
        with closing(sqlite3.connect(tmp_path / name)) as database:
            return "\n".join(database.iterdump())

    assert contents("alone.db", 10_000) == contents("shared.db", 100)


def _items() -> Iterator[Item]:
    with (Path(__file__).parent / "gold" / "items.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, islice(lines, 400)):
            yield item(row["title"], uid=row["id"], summary=row["summary"], language=row["lang"])
