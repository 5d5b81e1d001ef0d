"""The only module that speaks to SQLite. It turns SQLite's errors into ours.

No module above this one sees a `sqlite3.Error`: a full disk, a locked or damaged file and a folder
without permission each have a class, a sentence with the path in it, and a hint. SQLite does not
notice every damaged page: a row with values of the wrong type is damage too.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sigtrack.errors import DiskFull, InputUnreadable, NoPermission, SigtrackError, StoreCorrupt
from sigtrack.store.sql.database import Database, Indexed, Row, SearchIndex, Values, busy, index_of
from sigtrack.text import clean

if TYPE_CHECKING:
    from sigtrack.text.search import Spelled


_NOT_UTF8 = re.compile(r"Could not decode to UTF-8 column '(\w+)'")

# Failed writes with other causes than a full disk (EFBIG, EDQUOT, EIO).
_WRITE_FAILED = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMMAP,
    }
)


class SqliteDatabase(Database):
    """A connection to one file. `mode` is "rwc" (creates the file), "rw", "ro" or "immutable".

    `name` is what messages call the file; by default its path.
    """

    _lasting = "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"
    _snapshot = "BEGIN", "ROLLBACK"

    def __init__(self, path: Path, *, mode: str, patience: float, name: str | None = None) -> None:
        self.path = path
        self.name = name or str(path)
        self.read_only = mode in ("ro", "immutable")
        self.index = FtsIndex(self)
        query = "immutable=1" if mode == "immutable" else f"mode={mode}"
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?{query}",
                uri=True,
                timeout=patience,
                isolation_level=None,
            )
        except sqlite3.Error as error:
            raise _translated(error, self.name) or error from None

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, values: Values) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def stored_number(self, table: str) -> int:
        return self.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)) or 0

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        with self.trouble():
            self._connection.executemany(sql, rows)

    def each(self, sql: str, values: Values = ()) -> Iterator[Row]:
        with self.trouble():
            cursor = self._run(sql, values)
        while True:
            with self.trouble():
                some = cursor.fetchmany(16)
            if not some:
                return
            yield from some

    def _begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        self.execute("COMMIT")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # a full disk has already rolled back
            with suppress(sqlite3.Error):  # a damaged file may refuse this too; closing does it
                self._connection.execute("ROLLBACK")

    def columns(self, table: str) -> list[str]:
        return [row[0] for row in self.rows("SELECT name FROM pragma_table_info(?)", (table,))]

    def set_last_number(self, table: str, number: int) -> None:
        self.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))

    def schema(self) -> int:
        return int(self.value("PRAGMA user_version"))

    def size(self) -> int:
        return sum(size_of(Path(f"{self.path}{suffix}")) for suffix in ("", "-wal"))

    def faults(self) -> list[str]:
        found = [clean(row[0]) for row in self.rows("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def lost_references(self) -> int:
        return len(self.rows("PRAGMA foreign_key_check"))

    def damaged(self, reason: str) -> StoreCorrupt:
        return damaged(self.name, reason)

    @contextmanager
    def trouble(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            ours = _translated(error, self.name) or self._damage()
            if ours is None:
                raise
            raise ours from error
        except UnicodeDecodeError as error:  # of a message of SQLite that quotes a damaged schema
            raise damaged(self.name, "its schema is not UTF-8") from error

    def _damage(self) -> StoreCorrupt | None:
        """Explain why a correct statement fails: if a page is damaged, a broken constraint or a
        missing table is not a bug of ours."""
        try:
            found = self._connection.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.Error as error:
            return damaged(self.name, str(error))
        return None if found == ("ok",) else damaged(self.name, str(found[0]))


def _translated(error: sqlite3.Error, name: str) -> SigtrackError | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The message quotes the bytes, which must not reach a terminal. Any other error without a
        # code is wrong use of the library: a bug of ours.
        column = _NOT_UTF8.match(str(error))
        return damaged(name, f"a {column[1]} is not UTF-8") if column else None
    if code == sqlite3.SQLITE_FULL or code in _WRITE_FAILED:
        return DiskFull(
            f"cannot write to {name}: no space is left, or a limit on file size was reached",
            hint="nothing that was saved before is lost; make room and run it again",
        )
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return busy(name)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_TOOBIG:
            return damaged(name, str(error))
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return forbidden(name)
        case sqlite3.SQLITE_CANTOPEN:
            return unopenable(name)
        case sqlite3.SQLITE_IOERR:
            return InputUnreadable(
                f"the disk reports an error at {name} ({error})",
                hint="check the disk, then run: sigtrack db check",
            )
    return None


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def damaged(name: str, reason: str) -> StoreCorrupt:
    return StoreCorrupt(
        f"{name} is damaged or is not a database ({clean(reason)})",
        hint="nothing was changed; put a backup in its place, or name another file with --db",
    )


def forbidden(name: str) -> NoPermission:
    return NoPermission(
        f"no permission to write to {name} or its folder",
        hint="run as the owner of the file, or name another file with --db",
    )


def unopenable(name: str) -> NoPermission:
    try:
        os.close(os.open(name, os.O_RDONLY))
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise  # the outermost frame has a message for it
    return NoPermission(
        f"cannot open {name}",
        hint="check the permissions of the file and its folder, or name another file with --db",
    )


_COLUMNS: dict[Indexed, str] = {"words": "title, body", "bylines": "author, category"}


class FtsIndex(SearchIndex):
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, index: Indexed, rows: Iterable[tuple[int, str, str]]) -> None:
        self._database.execute_many(
            f"INSERT INTO {index} (rowid, {_COLUMNS[index]}) VALUES (?, ?, ?)", rows
        )

    def drop(self, index: Indexed, number: int, tokens: tuple[str, str]) -> None:
        # It keeps no text, so it must be told what to take out.
        self._database.execute(
            f"INSERT INTO {index} ({index}, rowid, {_COLUMNS[index]}) VALUES ('delete', ?, ?, ?)",
            (number, *tokens),
        )

    def holds(self, spelled: Spelled) -> tuple[str, ...]:
        expression = _expression(spelled)
        if not expression:
            return ("1 = 0",)
        index = index_of(spelled)
        number = "r.text" if index == "words" else "r.number"
        return (f"{number} IN (SELECT rowid FROM {index} WHERE {index} MATCH ?)", expression)

    def scores(self, wanted: Sequence[Spelled]) -> tuple[str, ...]:
        expression = " OR ".join(filter(None, map(_expression, wanted)))
        if not expression:
            return ()
        score = "bm25(words, 4.0, 1.0) AS score"
        return (f"SELECT rowid AS text, {score} FROM words WHERE words MATCH ?", expression)


def _expression(spelled: Spelled) -> str:
    """An expression for FTS5, "" if there are no tokens. Tokens hold letters and digits only."""
    from sigtrack.store.sql.search import phrases_of  # only searches need it: 20 ms

    written = [f'"{" ".join(tokens)}"{"*" * begins}' for tokens, begins in phrases_of(spelled)]
    column = f"{spelled.field} : " if spelled.field else ""
    return f"{column}({' OR '.join(written)})" if written else ""
