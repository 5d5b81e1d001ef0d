"""Feeds, runs and looks: what was learned of each feed, and how far each reader has read."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from sigtrack.errors import Busy, CannotWrite, NoPermission
from sigtrack.model import FeedState
from sigtrack.store.interface import Look, Run, RunKind
from sigtrack.store.sql.database import Database, StorePart, upsert
from sigtrack.store.sql.rows import FEED_STATE, RowForm, microseconds, stamp

_RUN = RowForm(Run, "number i, kind t, began m, finished M, after_hit i, after_revision i")
_RUNS = f"SELECT {_RUN.columns} FROM runs"
_LOOK = RowForm(Look, "at m, hit i, revision i")
_SAVE_STATE = upsert("feeds", FEED_STATE.columns, key="feed")
_FEED_DAY = RowForm(tuple, "feed t, day i")
_NUMBER = RowForm(tuple, "number i")
_SECONDS = 86_400.0  # of a day
_MICROSECONDS = microseconds(timedelta(days=1))
_FEWEST_DAYS = 5
_DAYS = f"""
    SELECT DISTINCT
        i.feed,
        CASE WHEN r.published < i.first_seen + {_MICROSECONDS}
            THEN r.published ELSE i.first_seen END / {_MICROSECONDS}
    FROM items i
    JOIN revisions r ON r.number = i.latest
    ORDER BY 1, 2
"""


class FeedsPart(StorePart):
    def feed_states(self, feeds: Collection[str] | None = None) -> dict[str, FeedState]:
        """Return the states by feed, of these feeds or of all."""
        sql = f"SELECT {FEED_STATE.columns} FROM feeds"
        values: tuple[str, ...] = ()
        if feeds is not None:
            sql += " WHERE feed IN (SELECT value FROM json_each(?))"
            values = (json.dumps(sorted(feeds)),)
        found = self._database.values(FEED_STATE.value, f"{sql} ORDER BY feed", values)
        return {state.feed: state for state in found}

    def save_feed_states(self, states: Iterable[FeedState]) -> None:
        """Save the states of feeds that brought no items (not modified, failed, gone)."""
        with self._database.transaction():
            save_states(self._database, states)

    def usual_gaps(self) -> dict[str, float]:
        """Return the median of the seconds between days on which a feed brought something, by feed.
        Feeds with fewer than five such days are left out.

        Days are compared, because a ministry that posts ten items at noon is not silent an hour
        later. The publisher's date decides, unless it is more than a day ahead of our clock.
        """
        days: dict[str, list[int]] = {}
        for feed, day in self._database.values(_FEED_DAY.value, _DAYS):
            days.setdefault(feed, []).append(day)
        return {
            feed: sorted(b - a for a, b in pairwise(some))[(len(some) - 1) // 2] * _SECONDS
            for feed, some in days.items()
            if len(some) >= _FEWEST_DAYS
        }

    def sources(self) -> list[str]:
        """Return the ids of all feeds with stored items, sorted."""
        sql = "SELECT DISTINCT feed FROM items ORDER BY feed"
        return [row[0] for row in self._database.rows(sql)]

    def is_empty(self) -> bool:
        """Whether no item is stored."""
        return self._database.row("SELECT 1 FROM items LIMIT 1") is None

    def last_run(self, kind: RunKind) -> Run | None:
        """Return the latest run, finished or not. `Query(after_hit=run.after_hit)` has its hits."""
        sql = f"{_RUNS} WHERE kind = ? ORDER BY number DESC LIMIT 1"
        return self._database.first(_RUN.value, sql, (kind,))

    def last_look(self, reader: str) -> Look | None:
        return last_look(self._database, reader)

    def look(
        self, reader: str, at: datetime, hit: int | None = None, unseen: Collection[int] = ()
    ) -> bool:
        """Record that `reader` ("report", "digest:NAME") has seen all hits up to now, or up to
        `hit`, except `unseen`. Return False if the store cannot be written; reading goes on without
        it."""
        database, key = self._database, _no_digest(reader)
        if database.read_only:
            return False
        try:
            with database.transaction():
                here = look_here(database, at)
                set_look(database, reader, here if hit is None else replace(here, hit=hit))
                database.execute("DELETE FROM unseen WHERE digest = ?", (key,))
                database.execute_many(
                    "INSERT INTO unseen (digest, hit) SELECT ?, number FROM hits WHERE number = ?",
                    [(key, one) for one in sorted(unseen)],
                )
        except (Busy, CannotWrite, NoPermission):
            return False
        return True


def save_states(database: Database, states: Iterable[FeedState]) -> None:
    """Runs inside the caller's transaction."""
    database.execute_many(_SAVE_STATE, map(FEED_STATE.row, states))


def begin_run(
    database: Database, kind: RunKind, at: datetime, is_dead: Callable[[Run], bool]
) -> Run:
    with database.transaction():
        dead = [run for run in _untold_runs(database, kind) if is_dead(run)]
        after = (
            min((run.after_hit for run in dead), default=database.last_number("hits")),
            min((run.after_revision for run in dead), default=database.last_number("revisions")),
        )
        number = database.insert(
            "runs", "kind, began, after_hit, after_revision", (kind, stamp(at), *after)
        )
    return Run(
        number=number,
        kind=kind,
        began=at,
        finished=None,
        after_hit=after[0],
        after_revision=after[1],
    )


def finish_run(database: Database, run: Run, at: datetime) -> None:
    database.execute("UPDATE runs SET finished = ? WHERE number = ?", (stamp(at), run.number))


def _untold_runs(database: Database, kind: RunKind) -> list[Run]:
    """Those without an end whose news no later run tells, or has told."""
    return database.values(
        _RUN.value,
        f"""
        {_RUNS} r WHERE kind = ? AND finished IS NULL AND NOT EXISTS (
            SELECT 1 FROM runs later
            WHERE later.kind = r.kind AND later.number > r.number
                AND later.after_hit <= r.after_hit AND later.after_revision <= r.after_revision
        )
        ORDER BY number
        """,
        (kind,),
    )


def _no_digest(reader: str) -> str:
    """The key of a reader's hits in `unseen`. No digest has such a name."""
    return f":{reader}"


def look_here(database: Database, at: datetime) -> Look:
    hit, revision = (database.last_number(table) for table in ("hits", "revisions"))
    return Look(at=at, hit=hit, revision=revision)


def set_look(database: Database, reader: str, look: Look) -> None:
    """Runs inside the caller's transaction."""
    database.execute(
        upsert("looks", f"reader, {_LOOK.columns}", key="reader"), (reader, *_LOOK.row(look))
    )


def last_look(database: Database, reader: str) -> Look | None:
    sql = f"SELECT {_LOOK.columns} FROM looks WHERE reader = ?"
    look = database.first(_LOOK.value, sql, (reader,))
    if look is None:
        return None
    sql = "SELECT hit FROM unseen WHERE digest = ?"
    unseen = database.values(_NUMBER.value, sql, (_no_digest(reader),))
    return replace(look, unseen=frozenset(hit for (hit,) in unseen))
