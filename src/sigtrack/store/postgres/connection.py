"""The only module that talks to PostgreSQL. It turns errors of the server into ours.

A few rules translate the SQL of `store.sql`, once for each statement. Locks belong to the
connection: if a process dies the server drops them, within a minute even if its machine died.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.raw_cursor import RawCursor
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper

from sigtrack.errors import (
    Busy,
    DiskFull,
    InputUnreadable,
    Misuse,
    NoPermission,
    SigtrackError,
    StoreCorrupt,
)
from sigtrack.store import shown_place
from sigtrack.store.postgres.search import TokenIndex
from sigtrack.store.sql.database import Database, Row, Values, busy
from sigtrack.text import clean

OLDEST = 13  # the oldest major version of a server that works
_WRITERS_TURN = 600_000  # milliseconds: fifty fetchers on busy machines save one after the other
_SETTINGS = """
    SET synchronous_commit = off; -- a kill loses nothing; a power cut may
    SET cursor_tuple_fraction = 1; -- answers are read to their end
    SET jit = off;
    SET client_min_messages = warning
"""
_KEEPALIVE = {
    "connect_timeout": 15,
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
_SERVERS_SIDE = """
    SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
"""
_PIECE = re.compile(r"'[^']*'|\?(\d*)")
_LIST = re.compile(r"json_each\((\$\d+)\)")
_MADE_LIST = re.compile(r"json_group_array\(([\w.]+)\)")
_FEW, _MANY = 16, 2_000  # rows fetched at once: few if they are long
_SHORT = 64 * 1024  # characters: _FEW rows with fewer are short


class PostgresDatabase(Database):
    """A connection to one schema of a database, the first schema of the search path."""

    read_only = False

    def __init__(self, address: str) -> None:
        self.name = shown_place(address)
        self.index = TokenIndex(self)
        self._left: list[str] = []  # cursors that nobody reads any more
        self._cursors = 0
        try:
            self._connection = psycopg.connect(
                address,
                autocommit=True,
                cursor_factory=RawCursor,
                application_name=application(""),
                **_KEEPALIVE,  # type: ignore[arg-type]
            )
        except psycopg.Error as error:
            raise _no_connection(error, self.name) from None
        self._connection.adapters.register_dumper(int, Int8Dumper)
        self._connection.adapters.register_dumper(str, StrDumper)
        try:
            self._check_server()
        except BaseException:
            self._connection.close()
            raise

    def _check_server(self) -> None:
        info = self._connection.info
        if info.server_version < OLDEST * 10_000:
            raise InputUnreadable(
                f"{self.name} is PostgreSQL {info.server_version // 10_000}, and sigtrack needs "
                f"{OLDEST} or newer",
                hint="name another server with --db",
            )
        with self.trouble():
            self._connection.execute(_SETTINGS)
            with suppress(psycopg.Error):  # has no effect over a Unix socket
                self._connection.execute(_SERVERS_SIDE)
        encoding = self.value("SELECT current_setting('server_encoding')")
        if encoding != "UTF8":
            raise InputUnreadable(
                f"{self.name} keeps texts in {encoding}, and sigtrack needs UTF8",
                hint="make one with: createdb --encoding UTF8 --template template0 NAME",
            )
        if self.value("SELECT current_schema()") is None:
            raise InputUnreadable(
                f"{self.name} has no schema of that name",
                hint="make it with CREATE SCHEMA, or name another: ?options=-csearch_path%3DNAME",
            )

    def close(self) -> None:
        self._connection.close()

    def execute(self, sql: str, values: Values = ()) -> int:
        with self.trouble():
            return self._connection.execute(translated(sql), _sent(values)).rowcount

    def script(self, sql: str) -> None:
        """Run several statements at once, untranslated."""
        with self.trouble():
            self._connection.execute(sql)

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        with self.trouble(), self._connection.cursor() as cursor:
            cursor.executemany(translated(sql), map(_sent, rows))

    def stored_number(self, table: str) -> int:
        return self.value("SELECT last FROM numbers WHERE name = ?", (table,)) or 0

    def count(self, name: str, more: int) -> None:
        """Add to a total, inside a transaction."""
        assert self._given is not None
        self._given[name] = self.last_number(name) + more

    def rows(self, sql: str, values: Values = ()) -> list[Row]:
        with self.trouble():
            return self._connection.execute(translated(sql), _sent(values)).fetchall()

    def row(self, sql: str, values: Values = ()) -> Row | None:
        with self.trouble():
            return self._connection.execute(translated(sql), _sent(values)).fetchone()

    def each(self, sql: str, values: Values = ()) -> Iterator[Row]:
        while self._left:
            self.script(f"CLOSE {self._left.pop()}")
        self._cursors += 1
        name = f"each_{self._cursors}"
        alone = self._connection.info.transaction_status == TransactionStatus.IDLE
        held = " WITH HOLD" if alone else ""  # otherwise the cursor ends with the transaction
        with self.trouble():
            self._connection.execute(
                f"DECLARE {name} NO SCROLL CURSOR{held} FOR {translated(sql)}", _sent(values)
            )
        try:
            yield from self._fetched(name)
        finally:  # the reader may stop early, during another statement, so close the cursor later
            if alone:
                self._left.append(name)

    def _fetched(self, cursor: str) -> Iterator[Row]:
        size = _FEW
        while True:
            with self.trouble():
                some = self._connection.execute(f"FETCH {size} FROM {cursor}").fetchall()
            if not some:
                return
            yield from some
            size = _next_size(some, size)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a transaction. Writers wait for each other: rows are numbered in commit order."""
        if self._given is not None:
            yield
            return
        self._given = {}
        try:
            self.script(
                f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {_WRITERS_TURN};"
                f"SELECT pg_advisory_xact_lock({key_of('write')})"
            )
            yield
            self.execute_many(_KEEP_NUMBER, list(self._given.items()))
            self.script("COMMIT")
        except BaseException:
            with suppress(psycopg.Error):  # the connection may be lost, and the transaction too
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._given = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            with suppress(psycopg.Error):
                self._connection.execute("ROLLBACK")

    @contextmanager
    def lasting(self) -> Iterator[None]:
        self.script("SET synchronous_commit = on")
        try:
            yield
        finally:
            with suppress(psycopg.Error):
                self._connection.execute("SET synchronous_commit = off")

    def schema(self) -> int:
        """The version of the schema; 0 = there is no store."""
        there = self.value("SELECT to_regclass(quote_ident(current_schema()) || '.numbers')::text")
        return self.last_number(SCHEMA) if there else 0

    def size(self) -> int:
        return int(
            self.value(
                """
                SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema() AND c.relkind = 'r'
                """
            )
        )

    def columns(self, table: str) -> list[str]:
        rows = self.rows(
            """
            SELECT column_name::text FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position
            """,
            (table,),
        )
        return [row[0] for row in rows]

    def set_last_number(self, table: str, number: int) -> None:
        assert self._given is not None
        self._given[table] = number

    def faults(self) -> list[str]:
        """Return texts that are missing in the search index. The server checks its own files."""
        missing = self.value(
            "SELECT count(*) FROM texts t WHERE NOT EXISTS"
            " (SELECT 1 FROM words w WHERE w.number = t.number)"
        )
        return [f"{missing} texts are not in the search index"] if missing else []

    def lost_references(self) -> int:
        return 0  # the server's foreign keys prevent them

    def damaged(self, reason: str) -> StoreCorrupt:
        return _damaged(self.name, reason)

    # session locks

    def lock(self, name: str, *, who: str, patience: float | None, shared: bool = False) -> None:
        """Take an advisory lock until `unlock`, `close` or the end of the process.

        `patience` is the number of seconds before Busy is raised; None waits without a limit.
        `who` names the holder in the message that others get.
        """
        limit = 0 if patience is None else max(1, round(patience * 1000))
        way = "pg_advisory_lock_shared" if shared else "pg_advisory_lock"
        self.script(f"SET lock_timeout = {limit}")
        try:
            with self.trouble(holder=name):
                self._connection.execute(f"SELECT {way}({key_of(name)})")
        finally:
            self.script("SET lock_timeout = 0")
        self.execute("SELECT set_config('application_name', ?, false)", (application(who),))

    def unlock(self, name: str, *, shared: bool = False) -> None:
        way = "pg_advisory_unlock_shared" if shared else "pg_advisory_unlock"
        self.script(f"SELECT {way}({key_of(name)})")

    def is_free(self, name: str) -> bool:
        """Return whether no other session has this lock. Takes it; call inside a transaction."""
        return bool(self.value(f"SELECT pg_try_advisory_xact_lock({key_of(name)})"))

    @contextmanager
    def trouble(self, holder: str = "") -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            ours = _translated(error, self.name)
            if holder and isinstance(ours, Busy):
                ours = busy(self.name, self._holder_of(holder))
            if ours is None:
                raise
            raise ours from error

    def _holder_of(self, lock: str) -> str:
        found = self.rows(
            f"""
            SELECT a.application_name::text FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                AND (l.classid::bigint << 32) | l.objid::bigint = {key_of(lock)}
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        )
        names = [clean(name) for (name,) in found if name]
        return f"another {names[0]}" if names else "another sigtrack"


SCHEMA = "schema"  # the row of `numbers` with the version of the schema
_KEEP_NUMBER = """
    INSERT INTO numbers (name, last) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET last = excluded.last
"""


def key_of(lock: str) -> str:
    """Return SQL for the key of an advisory lock. Each schema has its own keys."""
    return f"hashtextextended('sigtrack ' || current_schema() || ' {lock}', 0)"


def application(who: str) -> str:
    """Return the session's name for the server: `sigtrack run (fetch, process 7 on desk)`."""
    where = f"process {os.getpid()} on {socket.gethostname()}"
    return f"sigtrack run ({who + ', ' if who else ''}{where}"[:62] + ")"


@lru_cache(maxsize=1024)
def translated(sql: str) -> str:
    """Translate the SQL of `store.sql` for PostgreSQL."""
    count = 0

    def numbered(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] != "?" and not found[1]:
            return found[0]  # a quoted text
        count += 1
        return f"${found[1] or count}"

    sql = _PIECE.sub(numbered, sql).replace("CROSS JOIN", "JOIN")
    sql = _LIST.sub(r"jsonb_array_elements_text(\1::jsonb)", sql)
    return _MADE_LIST.sub(r"coalesce(json_agg(\1), '[]'::json)::text", sql)


def _sent(values: Values) -> list[Any]:
    """Turn flags into numbers, as in SQLite, and remove NUL, which PostgreSQL does not store."""
    return [
        int(one)
        if isinstance(one, bool)
        else one.replace("\0", "\N{REPLACEMENT CHARACTER}")
        if isinstance(one, str)
        else one
        for one in values
    ]


def _next_size(some: list[Row], size: int) -> int:
    letters = sum(len(one) for row in some for one in row if isinstance(one, str | bytes))
    return min(2 * size, _MANY) if letters < _SHORT * size / _FEW else size


def _translated(error: psycopg.Error, name: str) -> SigtrackError | None:
    state = error.sqlstate or ""
    if state in ("53100", "53400"):
        return DiskFull(
            f"cannot write to {name}: no space is left on the server",
            hint="nothing that was saved before is lost; make room and run it again",
        )
    if state in ("55P03", "40P01", "40001", "57014") or state.startswith("53"):
        return busy(name)
    if state in ("42501", "25006"):
        return NoPermission(
            f"no permission in {name}: {_reason(error)}",
            hint="ask its owner for the rights, or name another database with --db",
        )
    if state in ("42P01", "42703", "XX000", "XX001", "XX002"):
        return _damaged(name, _reason(error))
    if isinstance(error, psycopg.OperationalError):
        return InputUnreadable(
            f"the connection to {name} was lost ({_reason(error)})",
            hint="nothing that was saved before is lost; run it again when the server is back",
        )
    return None


def _no_connection(error: psycopg.Error, name: str) -> SigtrackError:
    if isinstance(error, psycopg.ProgrammingError):  # its message quotes the whole address
        return Misuse(
            f"cannot read {name} as the address of a database",
            hint="write it like postgresql://user@host:5432/name, with %40 for an @",
        )
    reason = _reason(error)
    if any(word in reason for word in ("authentication failed", "no password", "pg_hba.conf")):
        return NoPermission(
            f"cannot log in to {name} ({reason})",
            hint="put the password into ~/.pgpass or PGPASSWORD, and check the user",
        )
    return InputUnreadable(
        f"cannot connect to {name} ({reason})",
        hint="check the host, the port and the name of the database",
    )


def _reason(error: psycopg.Error) -> str:
    """Return the first line of the server's message."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return clean(lines[0].removeprefix("connection failed: "))


def _damaged(name: str, reason: str) -> StoreCorrupt:
    return StoreCorrupt(
        f"{name} is damaged or no database of sigtrack ({clean(reason)})",
        hint="nothing was changed; name another database or schema with --db",
    )
