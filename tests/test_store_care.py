"""What maintenance must not lose: checks, pruning, the names of files, and copies of a store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sigtrack.model import Origin
from sigtrack.store import open_store
from sigtrack.store.interface import FullText, Query
from sigtrack.store.sql import Store
from sigtrack.store.sql.care import copy_all
from sigtrack.store.sqlite import SqliteStore, open_sqlite
from sigtrack.text.search import parse_search
from stored import DAY, NOW, item, match, poll, titles
from team import run_sql
from test_store_statements import statement

FOUND = "SELECT count(*) FROM {0} WHERE {0} MATCH ?"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def file(path: Path) -> Iterator[SqliteStore]:
    with open_sqlite(path, mode="create", patience=1) as store:
        yield store


def indexed(path: Path, word: str, index: str = "words") -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute(FOUND.format(index), (word,)).fetchone()[0])


def found(store: Store, search: str) -> list[str]:
    return titles(store.search(parse_search(search), Query()))


# Checks


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("INSERT INTO items (number, id, feed, uid, first_seen)"
         " SELECT 9, id, feed, uid, 0 FROM items WHERE number = 1", "1 items are stored twice"),
        ("UPDATE revisions SET text = 2 WHERE number = 1", "1 texts belong to no item"),
        ("DELETE FROM texts WHERE number = 1", "1 revisions have lost their text"),
        ("DELETE FROM revisions WHERE number = 1", "1 items have no latest revision"),
        ("UPDATE texts SET title = 'Naro' WHERE number < 3", "2 texts are not as they were written"),
        ("UPDATE sightings SET score = 'x' WHERE hit = 2", "never written"),
        ("UPDATE statements SET day = 'Tuesday'", "never written"),
        ("UPDATE statements SET text = x'ff'", "never written"),
        ("UPDATE full_texts SET text = 'A hall'", "2 texts are not as they were written"),
        ("UPDATE full_texts SET tries = 'x'", "never written"),
    ],
)  # fmt: skip
def test_damage_of_any_kind_is_named(file: SqliteStore, path: Path, damage: str, said: str) -> None:
    poll(file, [item(f"Nara {uid}", uid=uid) for uid in ("1", "2", "3")])
    file.keep_statement(statement())
    file.save_full_texts(FullText(revision=n, url="u", at=NOW, text="A lamp") for n in (1, 3))
    match(file, {"nara": "Nara"})
    assert file.check() == []
    run_sql(str(path), damage)
    assert any(said in one for one in file.check())


def test_damage_that_only_the_engine_can_see_is_named(file: SqliteStore, path: Path) -> None:
    poll(file, [item("Nara")])
    file.close()
    where = " WHERE revised_at IS NOT NULL"  # the index lacks what it should hold without it
    run_sql(
        str(path),
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_schema SET sql = replace(sql, '{where}', '') WHERE name = 'revisions_edited'",
    )
    with open_store(str(path)) as store:
        assert any("revisions_edited" in one for one in store.check())


# Pruning


def test_nothing_of_a_pruned_item_is_left(file: SqliteStore, path: Path) -> None:
    poll(
        file,
        [
            item("Nara", uid="1", categories=("Trade",), summary="A hall", text="A lamp"),
            item("Kobe", uid="2", author="Kim"),
        ],
    )
    match(file, {"nara": "Nara"})
    ids = [one.id for one in file.items(Query())]
    file.mark_items(ids, "done", "", NOW)
    assert file.prune(NOW + DAY) == 2
    assert file.marks_of_stories(ids) == []
    assert [indexed(path, word) for word in ("nara", "kobe", "hall", "lamp")] == [0, 0, 0, 0]
    assert run_sql(str(path), "SELECT count(*) FROM hits") == [(0,)]
    assert (file.census().feeds, file.census().pruned) == (0, 2)
    assert (indexed(path, "trade", "bylines"), indexed(path, "kim", "bylines")) == (0, 0)
    assert file.check() == []


# Names


def test_what_a_file_said_of_itself_is_kept_as_it_was_first_said(store: Store) -> None:
    said = Origin(itself="https://nara.test/feed", site="https://nara.test", title="Nara")
    store.keep_origin("nara", said)
    store.keep_origin("nara", replace(said, title="Kobe"))
    assert (store.origin("nara"), store.origin("kobe")) == (said, None)


# Copies


@pytest.fixture
def other(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_sqlite(tmp_path / "other.db", mode="create", patience=1) as store:
        yield store


def fill(store: Store) -> None:
    poll(store, [item("Nara", uid="1", author="Kim"), item("Kobe", uid="2", categories=("Trade",))])
    poll(store, [item("Old", uid="3")], NOW - 9 * DAY)
    match(store, {"old": "Old", "nara": "Nara"})
    store.keep_statement(statement())
    store.keep_statement(statement("We met in Kobe."))
    store.remove_statement(statement("We met in Kobe.").id)
    store.finish_run(store.begin_run("fetch", NOW), NOW)
    store.prune(NOW - DAY)


def test_a_copy_is_found_by_the_same_searches_and_counts_on_from_the_same_numbers(
    file: SqliteStore, other: SqliteStore, path: Path
) -> None:
    fill(file)
    skip = "UPDATE sqlite_sequence SET seq = seq + 3"  # the last rows of each table are gone
    run_sql(str(path), "INSERT INTO sqlite_sequence VALUES ('mails', 4)", skip)
    copy_all(file._database, other._database)
    for search in ("nara", "kobe", "author:kim", "category:trade"):
        assert len(found(other, search)) == 1
    numbers = "SELECT name, seq FROM sqlite_sequence WHERE seq > 0 ORDER BY name"
    assert run_sql(str(path.with_name("other.db")), numbers) == run_sql(str(path), numbers)


def test_a_copy_has_nothing_of_what_is_written_while_it_is_made(
    file: SqliteStore, other: SqliteStore, path: Path
) -> None:
    """Another process saves an item as soon as the first one has been copied."""
    fill(file)
    before = file.census().items
    target = other._database._connection
    with open_store(str(path)) as writer:
        target.create_function("save", 0, lambda: bool(poll(writer, [item("Meanwhile", uid="9")])))
        target.execute("CREATE TEMP TRIGGER now AFTER INSERT ON items BEGIN SELECT save(); END")
        copy_all(file._database, other._database)
    assert (other.census().items, file.census().items) == (before, before + 1)
    assert other.check() == []
