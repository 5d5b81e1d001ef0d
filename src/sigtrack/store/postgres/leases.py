"""Leases say which fetcher may ask which host. They end by the server's clock.

Hosts are leased, not feeds, because politeness concerns hosts: one request at a time, with a rest
between two. A fetcher that has a host asks all its feeds. A fetcher that dies stops renewing its
leases, so others get its hosts a few minutes later.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from datetime import timedelta

from sigtrack.store.postgres.connection import PostgresDatabase

LEASE = timedelta(minutes=3)  # a feed answers or fails in half a minute
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
    """The leases of one run. `renew` is called whenever an answer is saved."""

    def __init__(self, database: PostgresDatabase, run: int, lease: timedelta = LEASE) -> None:
        self._database = database
        self._run = run
        self._seconds = lease.total_seconds()
        self._met: set[str] = set()
        self._renewed = time.monotonic()

    def take(self, hosts: Collection[str], at_most: int) -> list[str]:
        """Lease at most `at_most` of these hosts and return them.

        Waits if the free hosts only rest; returns nothing if other runs hold all of them.
        """
        self._meet(hosts)
        wanted = json.dumps(sorted(hosts))
        while True:
            rows = self._database.rows(_TAKE, (wanted, at_most, self._run, self._seconds))
            self._renewed = time.monotonic()
            if rows:
                return [row[0] for row in rows]
            rest = self._database.value(_RESTING, (wanted,))
            if rest is None:
                return []
            time.sleep(max(rest, 0.0) + 0.01)

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
