"""The archive of statements in the store: kept, found, told apart, and out of reach of pruning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from sigtrack.model import ArchivedStatement, fingerprint_of, statement_id
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.store.sql.database import schema_steps
from sigtrack.store.sqlite import prepare
from sigtrack.store.sqlite.connection import SqliteDatabase
from stored import DAY, NOW, item, poll


def statement(
    text: str = "We met in Nara.", day: str = "2026-01-13", series: str = "japan-rok-leaders"
) -> ArchivedStatement:
    fingerprint = fingerprint_of("", "", text)
    return ArchivedStatement(
        id=statement_id(series, fingerprint),
        series=series,
        level="leaders",
        date=date.fromisoformat(day),
        title="Joint Press Announcement",
        url="https://nara.test/1",
        language="zh-Hant",
        text=text,
        fingerprint=fingerprint,
        added_at=NOW,
    )


def test_a_statement_comes_back_as_it_was_kept(store: Store) -> None:
    kept = statement("第一段。\n\n第二段。")
    assert store.keep_statement(kept)
    assert store.statements() == [kept]
    assert store.find_statements(kept.id[:3]) == [kept]
    assert store.find_statements("0" if kept.id[0] != "0" else "1") == []
    bare = replace(statement("other"), language=None, url="", level="")
    store.keep_statement(bare)
    assert store.find_statements(bare.id) == [bare]


def test_the_same_words_in_one_series_are_kept_once(store: Store) -> None:
    assert store.keep_statement(statement())
    again = replace(statement(), title="Another title", date=date(2030, 1, 1))
    assert not store.keep_statement(again)
    assert store.statements() == [statement()]
    assert store.keep_statement(statement(series="scm"))


def test_statements_come_by_series_and_day_whatever_the_order_of_adding(store: Store) -> None:
    for text, day, series in (
        ("c", "2024-11-15", "b"),
        ("a", "2022-11-13", "b"),
        ("d", "2024-11-15", "b"),
        ("e", "2026-01-01", "a"),
        ("b", "2023-08-18", "b"),
    ):
        store.keep_statement(statement(text, day, series))
    assert [one.text for one in store.statements()] == ["e", "a", "b", "c", "d"]
    assert [one.text for one in store.statements("b")] == ["a", "b", "c", "d"]
    assert store.statements("c") == []


def test_a_removed_statement_is_gone_and_can_be_added_again(store: Store) -> None:
    store.keep_statement(statement())
    store.remove_statement(statement().id)
    store.remove_statement("ffffffffffff")
    assert store.statements() == []
    assert store.keep_statement(statement())


def test_pruning_leaves_the_archive_alone(store: Store) -> None:
    poll(store, [item("An old headline")])
    store.keep_statement(statement(day="1998-10-08"))
    assert store.prune(NOW + 400 * DAY) == 1
    assert list(store.items(Query())) == []
    assert store.census().statements == 1
    assert store.check() == []


def test_a_backup_carries_the_archive(store: Store, tmp_path: Path) -> None:
    store.keep_statement(statement())
    store.backup(tmp_path / "copy.db")
    with open_store(str(tmp_path / "copy.db"), mode="read") as copy:
        assert copy.statements() == [statement()]


def test_a_database_from_before_the_archive_gets_one_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    before = next(
        n for n, step in enumerate(schema_steps()) if any("TABLE statements" in s for s in step)
    )
    database = SqliteDatabase(path, mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[:before])
    database.execute("INSERT INTO runs VALUES (1, 'fetch', 0, 1, 0, 0)")
    database.close()
    with open_store(str(path)) as store:
        assert store.keep_statement(statement())
        last = store.last_run("fetch")
        assert last is not None
        assert last.number == 1
