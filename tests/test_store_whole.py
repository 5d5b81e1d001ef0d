"""Every change of the store happens as a whole or not at all.

What ends a change in the middle is real: a trigger of SQLite makes one of its statements fail, as a
full disk or a kill would.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sigtrack.errors import Misuse
from sigtrack.model import FeedState, Runs, Story, item_id
from sigtrack.store.interface import FullText
from sigtrack.store.sql import Store
from sigtrack.store.sql.care import copy_all
from sigtrack.store.sqlite import SqliteStore, open_sqlite
from stored import DAY, NOW, hit_titles, item, match, new, poll
from team import run_sql

LISTS = {"nara": "Nara", "kobe": "Kobe"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """With two items and everything that can be made of them."""
    with open_sqlite(path, mode="create", patience=1) as store:
        poll(store, [item("Nara", uid="a")])
        poll(store, [item("Kobe", uid="b")], NOW - DAY)
        match(store, LISTS)
        ids = [item_id("nara", uid) for uid in "ab"]
        store.mark_items(ids, "done", "", NOW)
        store.save_stories(story(id) for id in ids)
        read(store)
        store.keep_tellings("1", {2: "told"}, None)
        yield store


def story(id: str, name: str = "") -> Story:
    return Story(id=name or id, lead=id, items=(id,), first=NOW, last=NOW)


def read(store: Store, number: int = 0) -> None:
    """Phrases of both items."""
    runs = Runs(bytes([number] * 4), bytes(4))
    for batch in store.batches(kinds={"phrases": f"{number}"}):
        store.save_readings(batch, [(one, {"phrases": runs}) for one in batch.items])


@contextmanager
def broken_off_at(path: Path, moment: str) -> Iterator[None]:
    """In this block a change fails at a moment like "DELETE ON texts"."""
    run_sql(str(path), f"CREATE TRIGGER off BEFORE {moment} BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(sqlite3.Error, match="full"):
        yield
    run_sql(str(path), "DROP TRIGGER off")


def everything(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [line for line in database.iterdump() if "sqlite_schema" not in line]


def pages(number: int) -> FullText:
    return FullText(revision=number, url="u", at=NOW, text="A text.")


CHANGES: dict[str, tuple[str, Callable[[Store], object]]] = {
    "items and the state of their feed": (
        "INSERT ON feeds",
        lambda store: store.save([new(item("Oslo", uid="c"))], NOW, state=FeedState(feed="nara")),
    ),
    "states of feeds": (
        "INSERT ON feeds WHEN new.feed = 'b'",
        lambda store: store.save_feed_states([FeedState(feed="a"), FeedState(feed="b")]),
    ),
    "a prune": ("DELETE ON texts", lambda store: store.prune(NOW + DAY)),
    "a rematch from a day on": (
        "UPDATE ON marks WHEN new.watchlist = 'nara'",
        lambda store: store.match_from(dict.fromkeys(LISTS, "2"), None),
    ),
    "another time zone": (
        "UPDATE ON marks",
        lambda store: store.keep_zones({"nara": "Asia/Tokyo"}),
    ),
    "forgotten watchlists": ("DELETE ON marks", lambda store: store.forget_watchlists([])),
    "readings": ("UPDATE ON marks", lambda store: read(store, 1)),
    "renewed readings": (
        "INSERT ON marks WHEN new.watchlist = ':wording'",
        lambda store: store.renew_readings({"visits": "1", "wording": "1"}, None),
    ),
    "stories": (
        "UPDATE OF story ON items WHEN new.number = 2",
        lambda store: store.save_stories(story(item_id("nara", uid), "x") for uid in "ab"),
    ),
    "stories by another encoder": (
        "UPDATE OF story ON items",
        lambda store: store.renew_stories("another", None),
    ),
    "tellings": (
        "DELETE ON tellings",
        lambda store: store.keep_tellings("1", {1: "told"}, NOW),
    ),
    "vectors": (
        "INSERT ON vectors WHEN new.revision = 2",
        lambda store: store.keep_vectors("1", {item_id("nara", uid): b"v" for uid in "ab"}),
    ),
    "texts of pages": (
        "INSERT ON full_texts WHEN new.revision = 2",
        lambda store: store.save_full_texts(map(pages, (1, 2))),
    ),
    "a look": ("INSERT ON unseen", lambda store: store.look("report", NOW, unseen=[1])),
}


@pytest.mark.parametrize(("moment", "change"), CHANGES.values(), ids=CHANGES)
def test_a_change_that_is_broken_off_has_not_happened_and_can_be_made_again(
    store: SqliteStore, path: Path, moment: str, change: Callable[[Store], object]
) -> None:
    before = everything(path)
    with broken_off_at(path, moment):
        change(store)
    assert everything(path) == before
    change(store)
    assert everything(path) != before
    assert store.check() == []


def test_a_copy_that_is_broken_off_leaves_nothing_and_can_be_made_again(
    store: SqliteStore, path: Path
) -> None:
    place = path.with_name("other.db")
    with open_sqlite(place, mode="create", patience=1) as other:
        with broken_off_at(place, "INSERT ON sightings"):
            copy_all(store._database, other._database)
        copy_all(store._database, other._database)
        assert hit_titles(other) == hit_titles(store) != []
        with pytest.raises(Misuse, match="holds something already"):
            copy_all(store._database, other._database)
