"""Fixtures that several files of tests share."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from desk import FORTNIGHT, Desk
from feed_server import FeedServer, Site, feed_server
from team import _emptied, place, schemas, store, team_place

__all__ = ["_emptied", "feed_server", "place", "schemas", "store", "team_place"]

# No test judges time: a busy machine is not a fault of ours. The same code is tried with the same
# examples, so that a change is judged by what it changed; `--hypothesis-profile=explore` looks
# for new ones.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", _PATIENT)
settings.register_profile("same", _PATIENT, derandomize=True)
settings.load_profile("same")

# A command reads some 100,000 small values of what is kept of the rules, and each time the garbage
# of the whole run would be looked for again: an eighth of its time.
gc.set_threshold(20_000, 10, 10)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "home")
    desk.watch()
    return desk


@pytest.fixture
def site(feed_server: FeedServer) -> Site:
    return feed_server.site()


@pytest.fixture(scope="session")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a fortnight of lighthouses in four languages, made once."""
    desk = Desk(tmp_path_factory.mktemp("fortnight") / "home")
    desk.watch()
    path = desk.home / "fortnight.jsonl"
    path.write_text(FORTNIGHT, encoding="utf-8")
    desk.run("import", path)
    return desk.db


@pytest.fixture
def stocked(desk: Desk, fortnight: Path) -> Desk:
    """A desk with that database."""
    return desk.take(fortnight)
