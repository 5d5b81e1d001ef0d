"""Fixtures that several files of tests share."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from desk import FORTNIGHT, Begun, Desk
from feed_server import FeedServer, Site, clock, feed_server
from smtp_server import mail
from team import _emptied, place, schemas, store, team_place

__all__ = ["_emptied", "clock", "feed_server", "mail", "place", "schemas", "store", "team_place"]

# No test judges time: a busy machine is not a fault of ours. The same code is tried with the same
# examples, so that a change is judged by what it changed; `--hypothesis-profile=explore` looks
# for new ones, and for more.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", _PATIENT)
settings.register_profile("same", _PATIENT, derandomize=True, max_examples=30)
settings.load_profile("same")

# A command reads some 100,000 small values of what is kept of the rules, and each time the garbage
# of the whole run would be looked for again, a tenth of its time: it is looked for between tests.
gc.set_threshold(2_000_000, 10, 10)

# Hundreds of processes are started, and each would compile all modules of sigtrack anew: half of
# the time of a command.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell starts what it puts in the background deaf to Ctrl-C, and every process that a test starts
# would inherit this: the commands under test are those of a user at a terminal.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """All tests and modules stay until the end, so nobody need look at them again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    if gc.get_count()[0] > 1_000_000:
        gc.collect()


@pytest.fixture(scope="session")
def _set_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Path]:
    """A desk that has read a fortnight of lighthouses, and the same before it read anything."""
    folder = tmp_path_factory.mktemp("desk")
    desk = Desk(folder / "home")
    desk.watch()
    path = desk.home / "fortnight.jsonl"
    path.write_text(FORTNIGHT, encoding="utf-8")
    desk.run("import", path)
    path.unlink()
    shutil.copy(desk.db, folder / "fortnight.db")
    return desk, desk.keep(folder / "kept")


@pytest.fixture(scope="session")
def fortnight(_set_out: tuple[Desk, Path]) -> Path:
    """A database with a fortnight of lighthouses in four languages, made once."""
    return _set_out[1].with_name("fortnight.db")


@pytest.fixture
def _bare(_set_out: tuple[Desk, Path], tmp_path: Path) -> Iterator[Desk]:
    left, kept = _set_out
    desk = Desk.again(left.home, kept)
    yield desk
    desk.home.rename(tmp_path / "home")


@pytest.fixture
def desk(_bare: Desk) -> Desk:
    """A desk at its second command: what was made of its rules is kept. All stand in one place, one
    after the other; a desk that was left is found in the folder of its test."""
    return _bare


@pytest.fixture(scope="session")
def _beginnings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("beginnings")


@pytest.fixture
def begun(_bare: Desk, _beginnings: Path) -> Begun:
    """Takes what is done at a desk before a test, and does it once: later tests begin with a copy of
    what came of it. It may depend on nothing but the desk and the arguments that follow."""

    def begin(work: Callable[..., object], *arguments: object) -> Desk:
        name = hashlib.sha256(repr((work.__module__, work.__qualname__, arguments)).encode())
        kept = _beginnings / name.hexdigest()
        if kept.exists():
            shutil.rmtree(_bare.home)
            shutil.copytree(kept, _bare.home)
        else:
            work(_bare, *arguments)
            shutil.copytree(_bare.home, kept)
        return _bare

    return begin


@pytest.fixture
def site(feed_server: FeedServer) -> Site:
    return feed_server.site()


@pytest.fixture
def stocked(desk: Desk, fortnight: Path) -> Desk:
    """A desk with that database."""
    return desk.take(fortnight)
