"""The archive of statements: whole texts, kept until the user removes them."""

from __future__ import annotations

from datetime import date

from sigtrack.model import ArchivedStatement
from sigtrack.store.sql.database import Database, Row, StorePart
from sigtrack.store.sql.rows import check_kinds, stamp, time

_COLUMNS = "id, format, level, day, title, url, language, text, fingerprint, added_at"
_ORDER = "ORDER BY format, day, number"


class StatementsPart(StorePart):
    def keep_statement(self, statement: ArchivedStatement) -> bool:
        with self._database.transaction():
            if self._database.row("SELECT 1 FROM statements WHERE id = ?", (statement.id,)):
                return False
            self._database.insert("statements", _COLUMNS, _row(statement))
        return True

    def statements(self, series: str | None = None) -> list[ArchivedStatement]:
        return statements(self._database, series)

    def find_statements(self, prefix: str) -> list[ArchivedStatement]:
        sql = f"SELECT {_COLUMNS} FROM statements WHERE id >= ? AND id < ? {_ORDER}"
        rows = self._database.rows(sql, (prefix, prefix + "g"))
        return [self._database.read(_statement, row) for row in rows]

    def remove_statement(self, id: str) -> None:
        self._database.execute("DELETE FROM statements WHERE id = ?", (id,))


def statements(database: Database, series: str | None) -> list[ArchivedStatement]:
    where, values = ("", ()) if series is None else ("WHERE format = ?", (series,))
    sql = f"SELECT {_COLUMNS} FROM statements {where} {_ORDER}"
    return [database.read(_statement, row) for row in database.rows(sql, values)]


def _row(statement: ArchivedStatement) -> Row:
    return (
        statement.id,
        statement.series,
        statement.level,
        statement.date.isoformat(),
        statement.title,
        statement.url,
        statement.language,
        statement.text,
        statement.fingerprint,
        stamp(statement.added_at),
    )


def _statement(row: Row) -> ArchivedStatement:
    check_kinds(row, "ttttttTtti")
    return ArchivedStatement(
        id=row[0],
        series=row[1],
        level=row[2],
        date=date.fromisoformat(row[3]),
        title=row[4],
        url=row[5],
        language=row[6],
        text=row[7],
        fingerprint=row[8],
        added_at=time(row[9]),
    )
