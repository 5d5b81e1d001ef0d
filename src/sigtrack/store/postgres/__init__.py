"""The store of a team: one PostgreSQL database, many fetchers and readers.

`store.sql` does most of the work. This package holds what PostgreSQL does differently: `connection`
translates SQL and the server's errors and has the search index; the store makes the tables, divides
hosts among fetchers, and separates runs, matching and mail by advisory locks. A writer takes a lock
for its transaction, as in SQLite: rows are numbered in the order of commits, so a reader who has
read up to a number never misses a row with a lower one.

The schema is that of `store/sql/schema.sql`, with two more tables. Texts compare by their bytes
(COLLATE "C") as in SQLite, whatever the locale of the server. `numbers` holds the last number of
each table, and totals. `hosts` holds the leases: which run may ask a host, and until when by the
server's clock; a host without a run rests. The views for other programs are not made: they are
written in SQLite's SQL, and a backup is a file that has them.

Hosts are leased, not feeds, because politeness concerns hosts: one request at a time, with a rest
between two. A fetcher that has a host asks all its feeds. A fetcher that dies stops renewing its
leases, so others get its hosts a few minutes later.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sigtrack.errors import NoStore
from sigtrack.store.interface import Mode, Run, RunKind
from sigtrack.store.postgres.connection import SCHEMA, PostgresDatabase
from sigtrack.store.sql import Store
from sigtrack.store.sql.database import newer, schema_steps

LEASE = timedelta(minutes=3)  # a feed answers or fails in half a minute
_AMONG = 4  # hosts chosen by chance for each that is leased
_MEET = """
    INSERT INTO hosts (host) SELECT value FROM json_each(?) ORDER BY value ON CONFLICT DO NOTHING
"""
_TAKE = """
    WITH free AS (
        SELECT host FROM hosts
        WHERE host IN (SELECT value FROM json_each(?1)) AND until <= clock_timestamp()
        LIMIT ?2 FOR UPDATE SKIP LOCKED
    )
    UPDATE hosts SET run = ?3, until = clock_timestamp() + ?4 * interval '1 second'
    FROM free WHERE hosts.host = free.host
    RETURNING hosts.host
"""
_RESTING = """
    SELECT extract(epoch FROM min(until) - clock_timestamp())::float8 FROM hosts
    WHERE host IN (SELECT value FROM json_each(?)) AND run IS NULL
"""


class Leases:
    """The leases of one run. `renew` is called whenever something was saved."""

    def __init__(self, database: PostgresDatabase, run: int, lease: timedelta) -> None:
        self._database = database
        self._run = run
        self._seconds = lease.total_seconds()
        self._met: set[str] = set()
        self._renewed = time.monotonic()

    def take(self, hosts: Collection[str], at_most: int) -> list[str]:
        """Lease at most `at_most` of these hosts and return them.

        Of many hosts a few are chosen by chance: fetchers that all begin with the same ones would
        mostly get what another has just asked. Waits if the free hosts only rest; returns nothing
        if other runs hold all of them.
        """
        few = _AMONG * at_most
        if len(hosts) > few and (taken := self._take(random.sample(list(hosts), few), at_most)):
            return taken
        while not (taken := self._take(hosts, at_most)):
            rest = self._database.value(_RESTING, (json.dumps(sorted(hosts)),))
            if rest is None:
                return []
            time.sleep(max(rest, 0.0) + 0.01)
        return taken

    def _take(self, hosts: Collection[str], at_most: int) -> list[str]:
        self._meet(hosts)
        wanted = json.dumps(sorted(hosts))
        rows = self._database.rows(_TAKE, (wanted, at_most, self._run, self._seconds))
        self._renewed = time.monotonic()
        return [row[0] for row in rows]

    def _meet(self, hosts: Collection[str]) -> None:
        if new := sorted({*hosts} - self._met):
            self._database.execute(_MEET, (json.dumps(new),))
            self._met.update(new)

    def renew(self) -> None:
        if time.monotonic() - self._renewed < self._seconds / 4:
            return
        self._database.execute(
            "UPDATE hosts SET until = clock_timestamp() + ? * interval '1 second' WHERE run = ?",
            (self._seconds, self._run),
        )
        self._renewed = time.monotonic()

    def give_back(self, rests: Mapping[str, float]) -> None:
        self._database.execute_many(
            "UPDATE hosts SET run = NULL, until = clock_timestamp() + ?1 * interval '1 second'"
            " WHERE host = ?2 AND run = ?3",
            [(rest, host, self._run) for host, rest in sorted(rests.items())],
        )


_OURS = """
    CREATE TABLE numbers (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
    CREATE TABLE hosts (
        host TEXT COLLATE "C" PRIMARY KEY,
        run BIGINT,
        until TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
    );
"""
_INDEX = """
    CREATE TABLE {0} (
        number BIGINT PRIMARY KEY,
        {1} TEXT COLLATE "C" NOT NULL,
        {2} TEXT COLLATE "C" NOT NULL,
        length BIGINT NOT NULL,
        tokens TSVECTOR
    );
    CREATE INDEX {0}_by_tokens ON {0} USING GIN (tokens);
    CREATE INDEX {0}_without ON {0} (number) WHERE tokens IS NULL
"""
_TYPES = {"INTEGER": "BIGINT", "TEXT": 'TEXT COLLATE "C"', "BLOB": "BYTEA"}
_TYPE = re.compile(rf"\b({'|'.join(_TYPES)})\b")
_VIRTUAL = re.compile(r"\s*CREATE VIRTUAL TABLE (\w+) USING fts5 \(\s*(\w+), (\w+),")
_OF_VIEWS = re.compile(r"\s*(?:CREATE|DROP) VIEW ")
_CREATED = re.compile(r"CREATE (?:VIRTUAL )?TABLE (\w+)")


def prepare(database: PostgresDatabase, *, create: bool) -> None:
    """Make an empty, old or current schema usable.

    Raises NoStore if there is no store and `create` is false, StoreNewer for a later schema, and
    StoreCorrupt if the schema is not one that sigtrack may change.
    """
    steps = schema_steps()
    if _version(database, create=create) == len(steps):
        return
    with database.transaction():
        version = _version(database, create=create)  # another process may have been faster
        if version == 0 and (taken := _taken(database)):
            raise database.damaged(f"another program has a table {taken} there")
        statements = [_OURS] if version == 0 else []
        found = (statement for step in steps[version:] for statement in step)
        statements += [translated(one) for one in found if not _OF_VIEWS.match(one)]
        database.script(";".join(statements))
        database.set_last_number(SCHEMA, len(steps))


def _version(database: PostgresDatabase, *, create: bool) -> int:
    version, newest = database.schema(), len(schema_steps())
    if version > newest:
        raise newer(database.name, version, newest)
    if version == 0 and not create:
        raise NoStore(
            f"there is no database of sigtrack in {database.name}",
            hint="begin with: sigtrack fetch, or copy one there with: sigtrack db copy",
        )
    return version


def _taken(database: PostgresDatabase) -> str:
    """Return a table of this schema that has the name of one of ours, "" if there is none."""
    ours = {name for step in schema_steps() for one in step for name in _CREATED.findall(one)}
    theirs = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
    rows = database.rows(theirs)
    return min(ours & {row[0] for row in rows}, default="")


def translated(statement: str) -> str:
    """Translate a statement of a migration step for PostgreSQL."""
    if index := _VIRTUAL.match(statement):
        return _INDEX.format(*index.groups())
    statement = statement.replace(" AUTOINCREMENT", "").replace("WITHOUT ROWID", "")
    statement = statement.replace("COLUMN offset", 'COLUMN "offset"')
    return _TYPE.sub(lambda found: _TYPES[found[0]], statement)


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


class PostgresStore(Store):
    """Several fetches may run at once; an import or a rematch runs alone."""

    shared = True

    def __init__(self, database: PostgresDatabase, *, patience: float) -> None:
        super().__init__(database)
        self._server = database
        self._patience = patience
        self.lease = LEASE
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
        self._server.committed = self._leases.renew
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

    def is_matched_next(self) -> bool:
        return self._server.is_awaited(_MATCHING)

    def backup(self, path: Path) -> None:
        from sigtrack.store.sqlite import copied_file, open_sqlite

        with (  # close the copy, so that it is one file, before it gets its final name
            copied_file(path) as temporary,
            open_sqlite(temporary, mode="create", patience=self._patience) as copy,
        ):
            self.copy_to(copy)
