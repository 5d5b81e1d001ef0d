"""The parts of a store, written once in SQL for SQLite and PostgreSQL, and the store of all parts.

`database` says what an engine must do, `schema` what it holds; the rest is the store, by what is
asked of it: `feeds` (feeds and runs), `items` (saving), `readings` (also of watchlists), `reading`
(queries), `stories`, `outbox`, `texts` (whole texts) and `care`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from datetime import datetime
from types import TracebackType
from typing import Self

from sigtrack.errors import Busy, CannotWrite, NoPermission
from sigtrack.store.interface import Run, RunKind, Store
from sigtrack.store.sql import feeds
from sigtrack.store.sql.care import CarePart, NamesPart, copy_all
from sigtrack.store.sql.feeds import FeedsPart
from sigtrack.store.sql.items import ItemsPart
from sigtrack.store.sql.outbox import OutboxPart
from sigtrack.store.sql.reading import QuestionsPart
from sigtrack.store.sql.readings import MatchingPart, ReadingsPart
from sigtrack.store.sql.stories import ItemMarksPart, OpinionsPart, StoriesPart
from sigtrack.store.sql.texts import FullTextsPart, StatementsPart


class SqlStore(
    CarePart,
    FeedsPart,
    FullTextsPart,
    ItemMarksPart,
    ItemsPart,
    MatchingPart,
    NamesPart,
    OpinionsPart,
    OutboxPart,
    QuestionsPart,
    ReadingsPart,
    StatementsPart,
    StoriesPart,
):
    """Each method says in `store.interface.Store` what it promises."""

    @property
    def name(self) -> str:
        return self._database.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def begin_run(self, kind: RunKind, at: datetime) -> Run:
        self._claim(kind)
        try:
            return feeds.begin_run(self._database, kind, at, self._is_dead)
        except BaseException:
            self._give_up()
            raise

    def finish_run(self, run: Run, at: datetime) -> None:
        feeds.finish_run(self._database, run, at)
        self._give_up()

    def copy_to(self, other: Store) -> None:
        assert isinstance(other, SqlStore)
        copy_all(self._database, other._database)

    @abstractmethod
    def _claim(self, kind: RunKind) -> None:
        """Raises Busy when another run does not let this one begin."""

    @abstractmethod
    def _give_up(self) -> None:
        """Let others run; nothing happens without a claim."""

    @abstractmethod
    def _is_dead(self, run: Run) -> bool:
        """Whether an unfinished run will never be finished."""

    def look(
        self, reader: str, at: datetime, hit: int | None = None, unseen: Collection[int] = ()
    ) -> bool:
        if self._database.read_only:
            return False
        try:
            feeds.look(self._database, reader, at, hit, unseen)
        except (Busy, CannotWrite, NoPermission):
            return False
        return True
