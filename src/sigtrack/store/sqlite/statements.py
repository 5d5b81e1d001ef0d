"""The archive of statements: whole texts, kept until the user removes them."""

from __future__ import annotations

from datetime import date

from sigtrack.model import ArchivedStatement
from sigtrack.store.sqlite.connection import Database, Row
from sigtrack.store.sqlite.rows import check_kinds, stamp, time

_COLUMNS = "id, format, level, day, title, url, language, text, fingerprint, added_at"
_ORDER = "ORDER BY format, day, number"


def keep(database: Database, one: ArchivedStatement) -> bool:
    cursor = database.execute(
        f"INSERT OR IGNORE INTO statements ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(one.id, one.format, one.level, one.date.isoformat(), one.title, one.url),
            *(one.language, one.text, one.fingerprint, stamp(one.added_at)),
        ),
    )
    return cursor.rowcount == 1


def statements(database: Database, format: str | None) -> list[ArchivedStatement]:
    sql = f"SELECT {_COLUMNS} FROM statements WHERE ?1 IS NULL OR format = ?1 {_ORDER}"
    return [database.read(_statement, row) for row in database.rows(sql, (format,))]


def find(database: Database, prefix: str) -> list[ArchivedStatement]:
    sql = f"SELECT {_COLUMNS} FROM statements WHERE id >= ? AND id < ? {_ORDER}"
    rows = database.rows(sql, (prefix, prefix + "g"))
    return [database.read(_statement, row) for row in rows]


def remove(database: Database, id: str) -> None:
    database.execute("DELETE FROM statements WHERE id = ?", (id,))


def _statement(row: Row) -> ArchivedStatement:
    check_kinds(row, "ttttttTtti")
    return ArchivedStatement(
        id=row[0],
        format=row[1],
        level=row[2],
        date=date.fromisoformat(row[3]),
        title=row[4],
        url=row[5],
        language=row[6],
        text=row[7],
        fingerprint=row[8],
        added_at=time(row[9]),
    )
