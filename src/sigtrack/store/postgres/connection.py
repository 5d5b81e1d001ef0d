"""The only module that talks to PostgreSQL. It turns errors of the server into ours.

A few rules translate the SQL of `store.sql`, once for each statement. Locks belong to the
connection: if a process dies the server drops them, within a minute even if its machine died.

The search index holds our own tokens, found with GIN and scored as in FTS5. A row keeps the tokens
of its two columns as text, each token between two spaces (` a b `), so a phrase is a piece of that
text. The GIN index over the tokens finds the few rows that may contain the phrase. This needs only
core PostgreSQL, and no dictionary of the server is used.
"""

from __future__ import annotations

import math
import os
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

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
from sigtrack.store.sql.database import Database, Indexed, Row, SearchIndex, Values, busy
from sigtrack.text import clean
from sigtrack.text.search import without_accents

if TYPE_CHECKING:
    from sigtrack.text.search import Spelled

_COLUMNS: dict[Indexed, tuple[str, str]] = {
    "words": ("title", "body"),
    "bylines": ("author", "category"),
}
_WEIGHTS = (4.0, 1.0)  # of title and body
_K1, _B = 1.2, 0.75
_LONGEST = 200  # characters of a token in the GIN index, which accepts 2,046 bytes
_MOST = 200_000  # characters of the tokens of a row: the limit is 1 MB; longer texts are scanned
ROWS, TOTAL = "texts in the index", "words in the index"  # rows of `numbers`


class _Phrase(NamedTuple):
    """A phrase to look for: `place` in the kept text, `query` among the tokens of GIN."""

    place: str
    query: str
    is_one: bool  # one token, not cut, for which the GIN index alone decides


class TokenIndex(SearchIndex):
    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def add(self, index: Indexed, rows: Iterable[tuple[int, str, str]]) -> None:
        first, second = _COLUMNS[index]
        lengths: list[int] = []

        def made(number: int, *tokens: str) -> tuple[int | str | None, ...]:
            columns = [list(map(without_accents, one.split())) for one in tokens]
            lengths.append(sum(map(len, columns)))
            found_by = _found_by([*columns[0], *columns[1]])
            return (number, *map(_kept, columns), lengths[-1], found_by)

        columns = f"number, {first}, {second}, length, tokens"
        self._database.fill(index, columns, (made(*row) for row in rows))
        if index == "words":
            self._count(len(lengths), sum(lengths))

    def drop(self, index: Indexed, number: int, tokens: tuple[str, str]) -> None:
        self._database.execute(f"DELETE FROM {index} WHERE number = ?", (number,))
        if index == "words":
            self._count(-1, -sum(len(one.split()) for one in tokens))

    def _count(self, rows: int, words: int) -> None:
        self._database.count(ROWS, rows)
        self._database.count(TOTAL, words)

    def holds(self, spelled: Spelled) -> tuple[str, ...]:
        sql, values = _any_of([*_phrases(spelled)], _columns(spelled))
        return (sql, *values)

    def of_revision(self, index: Indexed, condition: str) -> str:
        """The index decides on AND, OR and NOT by itself, and GIN finds the few rows."""
        number = "r.text" if index == "words" else "r.number"
        return f"EXISTS (SELECT 1 FROM {index} x WHERE x.number = {number} AND {condition})"

    def scores(self, wanted: Sequence[Spelled]) -> tuple[str, ...]:
        """Use the formula of FTS5, so that both stores give the same order."""
        counted = [(one, _columns(spelled)) for spelled in wanted for one in _phrases(spelled)]
        if not counted:
            return ()
        rows = self._database.last_number(ROWS)
        usual = self._database.last_number(TOTAL) / max(rows, 1) or 1.0
        scores, holding = [], []
        values: list[str] = []
        of_where: list[str] = []
        for phrase, columns in counted:
            sql, these = _any_of([phrase], columns)
            holding.append(sql)
            of_where += these
            hits = self._count_of(phrase, columns, sql, these)
            others = max(rows - hits, 0)  # texts may have come since the rows were counted
            weight = max(math.log((others + 0.5) / (hits + 0.5)), 1e-6)
            often = " + ".join(
                f"{_WEIGHTS[_COLUMNS['words'].index(column)]} * {_TIMES.format(column)}"
                for column in columns
            )
            values += [phrase.place] * (4 * len(columns))
            bound = f"{_K1} * ({1 - _B} + {_B} * x.length / {usual!r})"
            scores.append(f"{weight!r} * (({often}) * {_K1 + 1.0}) / (({often}) + {bound})")
        sql = f"""
            SELECT x.number AS text, -1.0 * ({" + ".join(scores)}) AS score
            FROM words x WHERE {" OR ".join(holding)}
        """
        return (sql, *values, *of_where)

    def _count_of(
        self, phrase: _Phrase, columns: Sequence[str], sql: str, values: Sequence[str]
    ) -> int:
        """Return how many texts contain a phrase. Where GIN alone decides, few rows are read."""
        count = "SELECT count(*) FROM words x WHERE"
        if not _by_tokens_alone(phrase, columns):
            return int(self._database.value(f"{count} {sql}", values))
        found = self._database.value(f"{count} x.tokens @@ ?::tsquery", (phrase.query,))
        return int(found + self._database.value(f"{count} x.tokens IS NULL AND {sql}", values))


# The number of times that a phrase occurs in a column.
_TIMES = "((length(x.{0}) - length(replace(x.{0}, ?::text, ''))) / length(?::text))::float8"


def _any_of(phrases: Sequence[_Phrase], columns: Sequence[str]) -> tuple[str, list[str]]:
    """Return a condition and its values: true if a row `x` of the index contains a phrase."""
    parts: list[str] = []
    values: list[str] = []
    stands = " OR ".join(f"position(?::text in x.{column}) > 0" for column in columns)
    for phrase in phrases:
        if _by_tokens_alone(phrase, columns):
            by_tokens = "x.tokens IS NOT NULL AND x.tokens @@ ?::tsquery"  # never NULL, for NOT
            parts.append(f"({by_tokens} OR x.tokens IS NULL AND ({stands}))")
        else:
            parts.append(f"((x.tokens @@ ?::tsquery OR x.tokens IS NULL) AND ({stands}))")
        values += [phrase.query, *[phrase.place] * len(columns)]
    return f"({' OR '.join(parts)})" if parts else "false", values


def _by_tokens_alone(phrase: _Phrase, columns: Sequence[str]) -> bool:
    return phrase.is_one and len(columns) > 1


def _phrases(spelled: Spelled) -> Iterator[_Phrase]:
    from sigtrack.store.sql.search import phrases_of  # 20 ms, and only a search needs it

    for words, begins in phrases_of(spelled):
        tokens = list(map(without_accents, words))
        place, query = _kept(tokens), " & ".join(f"'{one[:_LONGEST]}'" for one in tokens)
        if begins:
            place, query = place[:-1], f"{query}:*"
        yield _Phrase(place, query, len(tokens) == 1 and len(tokens[0]) <= _LONGEST)


def _columns(spelled: Spelled) -> tuple[str, ...]:
    return (spelled.field,) if spelled.field else _COLUMNS["words"]


def _kept(tokens: Iterable[str]) -> str:
    return "".join(f" {token} " for token in tokens)


def _found_by(tokens: Iterable[str]) -> str | None:
    """Return a tsvector as PostgreSQL reads it, None if it would be too long."""
    cut = sorted({token[:_LONGEST] for token in tokens})
    if sum(map(len, cut)) > _MOST:
        return None
    return " ".join("'" + one.replace("\\", "\\\\").replace("'", "''") + "'" for one in cut)


OLDEST = 13  # the oldest major version of a server that works
_WRITERS_TURN = 600_000  # milliseconds: fifty fetchers on busy machines save one after the other
_SETTINGS = """
    SET synchronous_commit = off; -- a kill loses nothing; a power cut may
    SET cursor_tuple_fraction = 1; -- answers are read to their end
    SET jit = off;
    SET random_page_cost = 1.1; -- memory or an SSD, not the disks of the default
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
    _lasting = "SET synchronous_commit = on", "SET synchronous_commit = off"
    _snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "ROLLBACK"
    committed: Callable[[], None] | None = None  # is called after each transaction

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

    def _run(self, sql: str, values: Values) -> psycopg.Cursor[Row]:
        return self._connection.execute(translated(sql), _sent(values))

    def script(self, sql: str) -> None:
        """Run several statements at once, untranslated."""
        with self.trouble():
            self._connection.execute(sql)

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        with self.trouble(), self._connection.cursor() as cursor:
            cursor.executemany(translated(sql), map(_sent, rows))

    def fill(self, table: str, columns: str, rows: Iterable[Values]) -> None:
        command = f"COPY {table} ({columns}) FROM STDIN"  # a third of the time of INSERT
        with self.trouble(), self._connection.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row(_sent(row))

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Make the indexes of tokens at the end, which is faster, and tell the planner of it all,
        which it would learn by itself a minute later."""
        for index in _COLUMNS:
            self.script(f"DROP INDEX {index}_by_tokens")
        yield
        for index in _COLUMNS:
            self.script(f"CREATE INDEX {index}_by_tokens ON {index} USING GIN (tokens)")
        tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
        self.script(f"ANALYZE {', '.join(name for (name,) in self.rows(tables))}")

    def stored_number(self, table: str) -> int:
        return self.value("SELECT last FROM numbers WHERE name = ?", (table,)) or 0

    def count(self, name: str, more: int) -> None:
        """Add to a total, inside a transaction."""
        assert self._given is not None
        self._given[name] = self.last_number(name) + more

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

    def _begin(self) -> None:
        """Writers wait for each other: rows are numbered in commit order."""
        self.script(
            f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {_WRITERS_TURN};"
            f"SELECT pg_advisory_xact_lock({key_of('write')})"
        )

    def _commit(self) -> None:
        self.execute_many(_KEEP_NUMBER, list((self._given or {}).items()))
        self.script("COMMIT")
        if self.committed is not None:
            self.committed()

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):  # the connection may be lost, and the transaction too
            self._connection.execute("ROLLBACK")

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
        return [f"texts that are not in the search index: {missing}"] if missing else []

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

    def is_awaited(self, lock: str) -> bool:
        """Return whether another session waits for this lock."""
        return bool(self.value(f"SELECT count(*) {_sessions_at(lock)} AND NOT l.granted"))

    def _holder_of(self, lock: str) -> str:
        found = self.rows(f"SELECT a.application_name::text {_sessions_at(lock)} AND l.granted")
        names = [clean(name) for (name,) in found if name]
        return f"another {names[0]}" if names else "another sigtrack"


SCHEMA = "schema"  # the row of `numbers` with the version of the schema
_KEEP_NUMBER = """
    INSERT INTO numbers (name, last) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET last = excluded.last
"""


def key_of(lock: str) -> str:
    return f"hashtextextended('sigtrack ' || current_schema() || ' {lock}', 0)"


def _sessions_at(lock: str) -> str:
    return f"""
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.objsubid = 1
            AND (l.classid::bigint << 32) | l.objid::bigint = {key_of(lock)}
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """


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
