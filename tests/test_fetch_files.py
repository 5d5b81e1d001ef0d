"""Feed documents named on the command line."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sigtrack.fetch.files import read_feed_file
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.model import Failed, Fetched

NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
SMALL = FetchPolicy(max_body=100, total_in_flight=1000)


def read(path: Path) -> Fetched | Failed:
    return read_feed_file(path, feed="local", now=NOW, policy=SMALL)


def reason(path: Path) -> str:
    outcome = read(path)
    assert isinstance(outcome, Failed)
    return outcome.reason


def test_a_file_is_an_outcome_like_any_other(tmp_path):
    path = tmp_path / "나라.xml"
    path.write_bytes(b"<rss/>")
    outcome = read(path)
    assert isinstance(outcome, Fetched)
    assert (outcome.feed, outcome.at, outcome.body) == ("local", NOW, b"<rss/>")
    assert outcome.url == path.as_uri()


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(b"x" * 100)
    assert isinstance(read(path), Fetched)
    path.write_bytes(b"x" * 101)
    assert reason(path) == "is larger than 100 bytes"


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert reason(tmp_path) == "is a folder, not a file"
    assert reason(tmp_path / "pipe") == "is a device or a pipe, not a file"
    assert reason(Path("/dev/zero")) == "is a device or a pipe, not a file"


def test_a_missing_file_is_a_failure_in_plain_words(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    assert reason(tmp_path / "none.xml") == "does not exist"
    assert reason(tmp_path / "file" / "none.xml") == "does not exist"
    assert reason(Path("a\0b")) == "has a name that is not valid"


def test_an_empty_file_is_a_failure(tmp_path):
    (tmp_path / "empty.xml").touch()
    assert reason(tmp_path / "empty.xml") == "is empty"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_failure(tmp_path):
    path = tmp_path / "secret.xml"
    path.write_bytes(b"x")
    path.chmod(0)
    assert reason(path) == "may not be read by you"


def test_a_file_that_leads_in_circles_is_a_failure(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert reason(tmp_path / "a") == "cannot be read (too many levels of symbolic links)"
