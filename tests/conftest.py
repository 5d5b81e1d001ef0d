"""Fixtures that several files of tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import Desk
from feed_server import FeedServer, Site, feed_server

__all__ = ["feed_server"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "home")
    desk.watch()
    return desk


@pytest.fixture
def site(feed_server: FeedServer) -> Site:
    return feed_server.site()
