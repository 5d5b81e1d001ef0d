"""The store of a team: `SqlStore` on a server. Several machines share runs, hosts and mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sigtrack.model import Change, FeedState
from sigtrack.store.interface import FullText, Mode, Run, RunKind, Saved
from sigtrack.store.postgres.connection import PostgresDatabase
from sigtrack.store.postgres.leases import LEASE, Leases
from sigtrack.store.postgres.schema import prepare
from sigtrack.store.sql.store import SqlStore

_RUN, _SENDING, _MATCHING = "run", "sending", "matching"  # locks


def open_postgres(address: str, *, mode: Mode, patience: float) -> PostgresStore:
    """Open the store; see `sigtrack.store.open_store`."""
    database = PostgresDatabase(address)
    try:
        prepare(database, create=mode == "create")
    except BaseException:
        database.close()
        raise
    return PostgresStore(database, patience=patience)


class PostgresStore(SqlStore):
    """Several fetches may run at once; an import or a rematch runs alone."""

    shared = True

    def __init__(
        self, database: PostgresDatabase, *, patience: float, lease: timedelta = LEASE
    ) -> None:
        super().__init__(database)
        self._server = database
        self._patience = patience
        self.lease = lease
        self._leases: Leases | None = None
        self._claimed: RunKind | None = None

    def _claim(self, kind: RunKind) -> None:
        self._server.lock(_RUN, who=kind, patience=self._patience, shared=kind == "fetch")
        self._claimed = kind

    def _give_up(self) -> None:
        if self._claimed is not None:
            self._server.unlock(_RUN, shared=self._claimed == "fetch")
            self._claimed = None

    def begin_run(self, kind: RunKind, at: datetime) -> Run:
        run = super().begin_run(kind, at)
        # The lock tells other runs that this one is alive.
        self._server.lock(f"{_RUN} {run.number}", who=kind, patience=None)
        self._leases = Leases(self._server, run.number, self.lease)
        return run

    def _is_dead(self, run: Run) -> bool:
        return self._server.is_free(f"{_RUN} {run.number}")

    def begin_sending(self) -> None:
        self._server.lock(_SENDING, who="digest", patience=self._patience)

    def clock_ahead(self) -> timedelta:
        now = datetime.now(UTC)
        theirs: datetime = self._server.value("SELECT clock_timestamp()")
        ahead = theirs.astimezone(UTC) - now
        return ahead if abs(ahead) >= timedelta(seconds=1) else timedelta(0)

    def take_hosts(self, hosts: Collection[str], at_most: int) -> list[str]:
        assert self._leases is not None, "hosts are taken by a run"
        return self._leases.take(hosts, at_most)

    def give_back_hosts(self, rests: Mapping[str, float]) -> None:
        assert self._leases is not None
        self._leases.give_back(rests)

    @contextmanager
    def matching(self) -> Iterator[None]:
        self._server.lock(_MATCHING, who=self._claimed or "matching", patience=None)
        try:
            yield
        finally:
            self._server.unlock(_MATCHING)

    def backup(self, path: Path) -> None:
        from sigtrack.store.sqlite import copied_file, open_sqlite

        with (  # close the copy, so that it is one file, before it gets its final name
            copied_file(path) as temporary,
            open_sqlite(temporary, mode="create", patience=self._patience) as copy,
        ):
            self.copy_to(copy)

    def save(
        self, changes: Sequence[Change], at: datetime, *, state: FeedState | None = None
    ) -> Saved:
        saved = super().save(changes, at, state=state)
        if self._leases is not None:
            self._leases.renew()
        return saved

    def save_full_texts(self, texts: Iterable[FullText]) -> None:
        super().save_full_texts(texts)
        if self._leases is not None:
            self._leases.renew()

    def save_feed_states(self, states: Iterable[FeedState]) -> None:
        super().save_feed_states(states)
        if self._leases is not None:
            self._leases.renew()
