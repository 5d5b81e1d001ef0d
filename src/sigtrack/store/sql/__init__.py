"""The parts of a store, written once in SQL for SQLite and PostgreSQL, and the store of all parts.

`database` says what an engine must do, `schema` what it holds; the rest is the store, by what is
asked of it: `feeds` (feeds and runs), `items` (saving), `readings` (also of watchlists), `reading`
(queries), `stories`, `outbox`, `texts` (whole texts) and `care`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sigtrack.store.interface import Run, RunKind
from sigtrack.store.sql import feeds
from sigtrack.store.sql.care import CarePart, NamesPart, copy_all
from sigtrack.store.sql.feeds import FeedsPart
from sigtrack.store.sql.items import ItemsPart
from sigtrack.store.sql.outbox import OutboxPart
from sigtrack.store.sql.reading import QuestionsPart
from sigtrack.store.sql.readings import MatchingPart, ReadingsPart
from sigtrack.store.sql.stories import ItemMarksPart, OpinionsPart, StoriesPart
from sigtrack.store.sql.texts import FullTextsPart, StatementsPart


class Store(
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
    """The store of all parts; an engine is a subclass, and says what is abstract here.

    A context manager. Leaving it closes the store and releases its locks. Every method may raise
    one of `sigtrack.errors` (Busy, DiskFull, NoPermission, StoreCorrupt, ...) and never an error of
    the database engine.
    """

    shared = False  # whether several fetchers, on several machines, may work on it at once

    @property
    def name(self) -> str:
        """The path or address as messages show it (credentials masked)."""
        return self._database.name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def begin_run(self, kind: RunKind, at: datetime) -> Run:
        """Claim the store for writing items and hits, until `finish_run` or the process ends.

        Raises Busy if another run holds it for longer than the store's patience. In a shared store
        several fetches may run at once; every other run is alone.
        """
        self._claim(kind)
        try:
            return feeds.begin_run(self._database, kind, at, self._is_dead)
        except BaseException:
            self._give_up()
            raise

    def finish_run(self, run: Run, at: datetime) -> None:
        """Mark the run as finished and reported. Else the next run of its kind continues it."""
        feeds.finish_run(self._database, run, at)
        self._give_up()

    def copy_to(self, other: Store) -> None:
        """Copy everything to another store; rows keep their numbers. Raises Misuse, and changes
        nothing, if the other store is not empty."""
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

    # What only a shared store has to do: elsewhere one run has everything for itself.

    def clock_ahead(self) -> timedelta:
        """How far the clock of the store's server is ahead of this machine's."""
        return timedelta(0)

    def take_hosts(self, hosts: Collection[str], at_most: int) -> list[str]:
        """Claim some of these hosts for this run, at most `at_most`, and return them. No other run
        asks them until they are given back or this run is dead. Empty if others have them all."""
        return list(hosts)

    def give_back_hosts(self, rests: Mapping[str, float]) -> None:
        """Let other runs ask these hosts, each after so many seconds of rest."""

    def matching(self) -> AbstractContextManager[None]:
        """Claim what follows the saving of items: matching, reading, and forming stories. Waits
        until no other run is doing it."""
        return nullcontext()

    def is_matched_next(self) -> bool:
        """Whether another run waits for its turn in `matching`: it does what this one leaves."""
        return False

    @abstractmethod
    def begin_sending(self) -> None:
        """Claim the outbox until the store is closed. Raises Busy if another process holds it."""

    @abstractmethod
    def backup(self, path: Path) -> None:
        """Write a consistent copy to a file, also during a run. Raises CannotWrite if `path`
        exists."""
