"""The interface of an engine: SQL in one dialect, and the few things that engines do differently.

The other modules of this package are written once, for SQLite and PostgreSQL. Placeholders are `?`
or `?1`; a list is passed as JSON (`json_each`); times are whole numbers. All SQL is understood by
both engines or can be translated word by word by `postgres.connection`. Row numbers come from
`next_number`, so both engines count in the same way: consecutively, in the order of commits, and
no number twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from sigtrack.errors import Busy, SigtrackError, StoreCorrupt, StoreNewer

if TYPE_CHECKING:
    from sigtrack.text.search import Spelled

APPLICATION_ID = 0x53696754  # "SigT": whose file this is

Row = tuple[Any, ...]
Step = tuple[str, ...]  # the statements that lead from one version of the schema to the next
Values = Sequence[Any]
Indexed = Literal["words", "bylines"]  # title and body by text; author and category by revision
_Read = TypeVar("_Read")


@cache
def schema_steps() -> tuple[Step, ...]:
    """Return the steps of `schema.sql`, in order; their number is the version of the schema."""
    text = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    _, *steps = text.split("\n-- step: ")
    return tuple(map(_statements, steps))


def _statements(step: str) -> Step:
    _, *lines = step.splitlines()
    sql = "\n".join(line for line in lines if not line.startswith("--"))
    return tuple(one.strip() for one in sql.split(";") if one.strip())


def index_of(spelled: Spelled) -> Indexed:
    return "words" if spelled.field in ("", "title") else "bylines"


class SearchIndex(ABC):
    """The search index. It stores tokens (see `text.search`), separated by spaces."""

    @abstractmethod
    def add(self, index: Indexed, rows: Iterable[tuple[int, str, str]]) -> None:
        """Add rows: each a number and the tokens of its two columns."""

    @abstractmethod
    def drop(self, index: Indexed, number: int, tokens: tuple[str, str]) -> None:
        """Remove a row. `tokens` are those that were added."""

    @abstractmethod
    def holds(self, spelled: Spelled) -> tuple[str, ...]:
        """Return a condition and its values: true if any spelling is there. `of_revision` makes
        one of a revision `r` of conditions on one index."""

    def of_revision(self, index: Indexed, condition: str) -> str:
        return condition

    @abstractmethod
    def scores(self, wanted: Sequence[Spelled]) -> tuple[str, ...]:
        """Return a SELECT of `text` and `score`, and its values, for texts that contain something
        wanted. The score is BM25, where lower is better. Empty if nothing is wanted."""


class Database(ABC):
    """A connection to a database. `name` is its name in messages."""

    name: str
    read_only: bool
    index: SearchIndex
    _lasting: tuple[str, str]  # statements before and after
    _snapshot: tuple[str, str]
    _given: dict[str, int] | None = None  # the last number of each table, inside a transaction

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _run(self, sql: str, values: Values) -> Any:
        """Run a statement and return its cursor (of DB-API 2.0)."""

    @abstractmethod
    def trouble(self) -> AbstractContextManager[None]:
        """Errors of the engine become ours in this block."""

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run a statement and return the number of rows changed."""
        with self.trouble():
            return int(self._run(sql, values).rowcount)

    @abstractmethod
    def execute_many(self, sql: str, rows: Iterable[Values]) -> None: ...

    @abstractmethod
    def stored_number(self, table: str) -> int:
        """Return the last number that was given out before this transaction."""

    def rows(self, sql: str, values: Values = ()) -> list[Row]:
        with self.trouble():
            return list(self._run(sql, values).fetchall())

    def row(self, sql: str, values: Values = ()) -> Row | None:
        with self.trouble():
            return cast("Row | None", self._run(sql, values).fetchone())

    @abstractmethod
    def each(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """Yield rows as they are read, a few in memory at a time: an article may be 1 MB long."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything or nothing. Only one process writes at a time; others wait at the
        start. A transaction within another belongs to the outer one."""
        if self._given is not None:
            yield
            return
        try:
            self._begin()
            self._given = {}
            yield
            self._commit()
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._given = None

    @abstractmethod
    def _begin(self) -> None:
        """Begin a transaction and wait for the turn to write."""

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _roll_back(self) -> None:
        """End what has failed. Raises nothing: the file or the connection may be lost."""

    def lasting(self) -> AbstractContextManager[None]:
        """What is committed here survives a power cut, because other people will be told of it."""
        return self._between(*self._lasting)

    def snapshot(self) -> AbstractContextManager[None]:
        """All reads in this block see the database at one moment, while others may write."""
        return self._between(*self._snapshot)

    @contextmanager
    def _between(self, before: str, after: str) -> Iterator[None]:
        self.execute(before)
        try:
            yield
        finally:
            with suppress(SigtrackError):  # the connection may be lost
                self.execute(after)

    @abstractmethod
    def columns(self, table: str) -> list[str]: ...

    @abstractmethod
    def set_last_number(self, table: str, number: int) -> None:
        """Make later rows get higher numbers than this. Call it inside a transaction."""

    @abstractmethod
    def schema(self) -> int:
        """The version of the schema of the database."""

    @abstractmethod
    def size(self) -> int:
        """The bytes on disk."""

    @abstractmethod
    def faults(self) -> list[str]:
        """Return what the engine itself finds wrong."""

    @abstractmethod
    def lost_references(self) -> int:
        """Return how many rows refer to rows that do not exist."""

    @abstractmethod
    def damaged(self, reason: str) -> StoreCorrupt: ...

    def last_number(self, table: str) -> int:
        """Return the last number ever given out, even if its row was deleted."""
        given = (self._given or {}).get(table)
        return self.stored_number(table) if given is None else given

    def next_number(self, table: str) -> int:
        """Return the number for a new row. Call it in a transaction, which has the write lock."""
        assert self._given is not None
        self._given[table] = self.last_number(table) + 1
        return self._given[table]

    def insert(self, table: str, columns: str, values: Values) -> int:
        """Add a row to a numbered table, inside a transaction, and return its number."""
        number = self.next_number(table)
        places = ", ".join("?" * (len(values) + 1))
        sql = f"INSERT INTO {table} (number, {columns}) VALUES ({places})"
        self.execute(sql, (number, *values))
        return number

    def fill(self, table: str, columns: str, rows: Iterable[Values]) -> None:
        places = ", ".join("?" * (columns.count(",") + 1))
        self.execute_many(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)

    def loading(self) -> AbstractContextManager[None]:
        """A whole store is filled in this block, inside a transaction."""
        return nullcontext()

    def value(self, sql: str, values: Values = ()) -> Any:
        row = self.row(sql, values)
        return None if row is None else row[0]

    def values(self, reader: Callable[[Row], _Read], sql: str, values: Values = ()) -> list[_Read]:
        """Return all rows as values; see `read`."""
        return list(self.read_all(reader, self.rows(sql, values)))

    def first(self, reader: Callable[[Row], _Read], sql: str, values: Values = ()) -> _Read | None:
        """Return the first row as a value, None if there is none; see `read`."""
        row = self.row(sql, values)
        return None if row is None else self.read(reader, row)

    def read(self, reader: Callable[[Row], _Read], row: Row) -> _Read:
        """Return the row as a value. Raises StoreCorrupt if no sigtrack can have written the row.

        A damaged page may give bytes for a text, a number for a name, or the year 300,000.
        """
        return next(self.read_all(reader, (row,)))

    def read_all(
        self, reader: Callable[[Row], _Read], rows: Iterable[Row]
    ) -> Generator[_Read, None, None]:
        try:
            yield from map(reader, rows)
        except (TypeError, ValueError, OverflowError, LookupError):
            raise self.damaged("a row holds values that were never written") from None


class StorePart:
    """A part of a store: what is asked of it, beside the functions that only it needs."""

    def __init__(self, database: Database) -> None:
        self._database = database


def busy(name: str, who: str = "another program") -> Busy:
    return Busy(
        f"{who} is writing to {name}", hint="it is safe to run this again when that has ended"
    )


def newer(name: str, version: int, known: int) -> StoreNewer:
    return StoreNewer(
        f"{name} was written by a newer sigtrack (schema {version}, this one knows {known})",
        hint="upgrade with: pip install -U sigtrack",
    )


def upsert(table: str, columns: str, *, key: str, source: str = "") -> str:
    """Return SQL that adds a row or replaces the row with the same key. `source` is a SELECT with a
    WHERE that replaces the values."""
    names = [name.strip() for name in columns.split(",")]
    keys = [name.strip() for name in key.split(",")]
    taken = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    given = source or f"VALUES ({', '.join('?' * len(names))})"
    return f"INSERT INTO {table} ({columns}) {given} ON CONFLICT ({key}) DO UPDATE SET {taken}"
