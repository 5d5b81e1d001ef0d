"""What a store asks of an engine: SQL in one dialect, and the few things that engines do each in
their own way.

The parts beside this file are written once, for SQLite and PostgreSQL. Placeholders are `?` or
`?1`; a list is handed over as JSON (`json_each`); times are whole numbers; what is written is SQL
that both understand, or that `postgres.connection` can translate word by word. Numbers of rows
come from `next_number`, so that both engines count the same: one after the other, in the order of
commits, and no number twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sigtrack.errors import StoreCorrupt

if TYPE_CHECKING:
    from sigtrack.text.search import Spelled

Row = tuple[Any, ...]
Values = Sequence[Any]
Indexed = Literal["words", "bylines"]  # title and body by text; author and category by revision
_Read = TypeVar("_Read")


class Index(ABC):
    """The search index. What is put in are tokens (see `text.grams`), separated by spaces."""

    @abstractmethod
    def add(self, index: Indexed, rows: Iterable[tuple[int, str, str]]) -> None:
        """Put in numbers, each with the tokens of both columns."""

    @abstractmethod
    def drop(self, index: Indexed, number: int, tokens: tuple[str, str]) -> None:
        """`tokens` are those that were put in."""

    @abstractmethod
    def holds(self, spelled: Spelled) -> tuple[str, ...]:
        """SQL and its values: true of a revision `r` in which one of the spellings stands."""

    @abstractmethod
    def scores(self, wanted: Sequence[Spelled]) -> tuple[str, ...]:
        """A SELECT of `text` and `score`, and its values: how well the texts that hold something
        wanted fit, by BM25, of which the least is the best. Empty if nothing is wanted."""


class Database(ABC):
    """A connection. `name` is what messages call the database."""

    name: str
    read_only: bool
    index: Index
    _given: dict[str, int] | None = None  # the last numbers of tables, inside a transaction

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def execute(self, sql: str, values: Values = ()) -> int:
        """How many rows were changed."""

    @abstractmethod
    def execute_many(self, sql: str, rows: Iterable[Values]) -> None: ...

    @abstractmethod
    def stored_number(self, table: str) -> int:
        """The last number that was given out before this transaction."""

    @abstractmethod
    def rows(self, sql: str, values: Values = ()) -> list[Row]: ...

    @abstractmethod
    def row(self, sql: str, values: Values = ()) -> Row | None: ...

    @abstractmethod
    def each(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """Rows as they are read, a few in memory at a time: an article may have a megabyte."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Commit all or nothing. Only one process writes at a time; others wait at the start. A
        transaction within another is a part of it."""

    @abstractmethod
    def lasting(self) -> AbstractContextManager[None]:
        """What is committed here outlives a power cut: the world will hear of it."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[None]:
        """What is read here is as it was at one moment, whoever writes meanwhile."""

    @abstractmethod
    def columns(self, table: str) -> list[str]: ...

    @abstractmethod
    def set_last_number(self, table: str, number: int) -> None:
        """Inside a transaction: let the next row have a later number than this."""

    @abstractmethod
    def schema(self) -> int:
        """Which version of the schema the database has."""

    @abstractmethod
    def size(self) -> int:
        """Bytes on disk."""

    @abstractmethod
    def faults(self) -> list[str]:
        """What the engine itself finds wrong."""

    @abstractmethod
    def lost_references(self) -> int:
        """How many rows point to rows that are gone."""

    @abstractmethod
    def damaged(self, reason: str) -> StoreCorrupt: ...

    def last_number(self, table: str) -> int:
        """The last number ever given out, also to a row that is gone."""
        given = (self._given or {}).get(table)
        return self.stored_number(table) if given is None else given

    def next_number(self, table: str) -> int:
        """Number a new row. Inside a transaction, because only the holder of the write lock may."""
        assert self._given is not None
        self._given[table] = self.last_number(table) + 1
        return self._given[table]

    def insert(self, table: str, columns: str, values: Values) -> int:
        """Add a row to a table whose rows are numbered, inside a transaction; its number."""
        number = self.next_number(table)
        places = ", ".join("?" * (len(values) + 1))
        sql = f"INSERT INTO {table} (number, {columns}) VALUES ({places})"
        self.execute(sql, (number, *values))
        return number

    def value(self, sql: str, values: Values = ()) -> Any:
        row = self.row(sql, values)
        return None if row is None else row[0]

    def read(self, reader: Callable[[Row], _Read], row: Row) -> _Read:
        """The row as a value. Raises StoreCorrupt for a row that no sigtrack has written.

        A damaged page may give bytes for a text, a number for a name, or a year of 300,000.
        """
        try:
            return reader(row)
        except (TypeError, ValueError, OverflowError, LookupError):
            raise self.damaged("a row holds values that were never written") from None


class Part:
    """Some of what a store does: its methods say in `store.interface.Store` what they promise."""

    def __init__(self, database: Database) -> None:
        self._database = database


def upsert(table: str, columns: str, *, key: str, source: str = "") -> str:
    """SQL that adds a row, or replaces the one with the same key. `source`: a SELECT with a WHERE,
    in place of values."""
    names = [name.strip() for name in columns.split(",")]
    keys = [name.strip() for name in key.split(",")]
    taken = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    given = source or f"VALUES ({', '.join('?' * len(names))})"
    return f"INSERT INTO {table} ({columns}) {given} ON CONFLICT ({key}) DO UPDATE SET {taken}"
