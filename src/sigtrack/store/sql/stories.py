"""Which story each item is in.

An item without a story is one whose latest words have not been compared with those of other items
yet. So the store itself answers which items are still to be grouped, as it does for matching.

The mark ":stories" names the encoder with which stories were formed ("" for none). A vector belongs
to a revision, because an edit may change the title.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sigtrack.model import Story
from sigtrack.store.interface import KeptTelling
from sigtrack.store.sql.database import Database, Row, StorePart, upsert
from sigtrack.store.sql.marks import ReadMark, keep, marks_in
from sigtrack.store.sql.rows import check_kinds, microseconds, stamp, time

_MARK = ":stories"
_DAY = microseconds(timedelta(days=1))
# Remainders of numbers before 1970 are negative.
_UNTOLD = """
    SELECT DISTINCT r.moment - ((r.moment % ?1) + ?1) % ?1
    FROM items i JOIN revisions r ON r.number = i.latest
    WHERE i.story IS NULL
    ORDER BY 1
"""
# The earlier text of an edited item is asked for, because the stories of similar items change too.
_TOLD = """
    SELECT i.id, i.feed, r.number, r.revision, i.story, coalesce(t.reader, ''),
        coalesce(t.content, ''),
        CASE WHEN i.story IS NULL AND r.revision > 1 THEN coalesce((
            SELECT o.content FROM revisions p JOIN tellings o ON o.revision = p.number
            WHERE p.item = i.number AND p.number < r.number ORDER BY p.number DESC LIMIT 1
        ), '') ELSE '' END
    FROM revisions r
    CROSS JOIN items i ON i.number = r.item AND i.latest = r.number
    LEFT JOIN tellings t ON t.revision = r.number
    WHERE r.moment >= ? AND r.moment < ?
    ORDER BY r.moment, r.number
"""
_FORGET_TELLINGS = """
    DELETE FROM tellings WHERE revision IN (
        SELECT t.revision FROM tellings t JOIN revisions r ON r.number = t.revision
        WHERE r.moment < ?
    )
"""


class Stories(StorePart):
    def untold_days(self) -> list[datetime]:
        return [self._database.read(_time, row) for row in self._database.rows(_UNTOLD, (_DAY,))]

    def tellings(self, since: datetime, until: datetime) -> Iterator[KeptTelling]:
        rows = self._database.each(_TOLD, (stamp(since), stamp(until)))
        return (self._database.read(_told, row) for row in rows)

    def keep_tellings(self, reader: str, texts: Mapping[int, str], since: datetime | None) -> None:
        with self._database.transaction():
            self._database.execute_many(
                upsert(
                    "tellings",
                    "revision, reader, content",
                    key="revision",
                    source="SELECT number, ?2, ?3 FROM revisions WHERE number = ?1",
                ),
                [(number, reader, text) for number, text in texts.items()],
            )
            if since is not None:
                self._database.execute(_FORGET_TELLINGS, (stamp(since),))

    def save_stories(self, told: Iterable[Story]) -> None:
        rows = [(story.id, item) for story in told for item in story.items]
        with self._database.transaction():
            self._database.execute_many(
                "UPDATE items SET story = ?1 WHERE id = ?2 AND latest IS NOT NULL", rows
            )

    def untell(self, since: datetime | None) -> None:
        with self._database.transaction():
            _untell(self._database, since)

    def stories_encoder(self) -> str | None:
        mark = marks_in(self._database).get(_MARK)
        return None if mark is None else mark.fingerprint

    def renew_stories(self, encoder: str, since: datetime | None) -> None:
        before = self.stories_encoder()
        if before == encoder:
            return
        with self._database.transaction():
            keep(self._database, {_MARK: ReadMark(encoder, 0)})
            if (before or "") != encoder:  # no mark: formed without any
                _untell(self._database, since)

    def vectors(self, model: str, ids: Collection[str]) -> dict[str, bytes]:
        rows = self._database.rows(
            """
            SELECT i.id, v.content FROM items i JOIN vectors v ON v.revision = i.latest
            WHERE v.model = ? AND i.id IN (SELECT value FROM json_each(?))
            """,
            (model, json.dumps(sorted(ids))),
        )
        return dict(self._database.read(_vector, row) for row in rows)

    def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        with self._database.transaction():
            self._database.execute_many(
                upsert(
                    "vectors",
                    "revision, model, content",
                    key="revision",
                    source="SELECT latest, ?2, ?3 FROM items WHERE id = ?1 AND latest IS NOT NULL",
                ),
                [(id, model, vectors[id]) for id in sorted(vectors)],
            )


def _untell(database: Database, since: datetime | None) -> None:
    if since is None:
        database.execute("UPDATE items SET story = NULL")
    else:
        database.execute(
            """
            UPDATE items SET story = NULL
            WHERE latest IN (SELECT number FROM revisions WHERE moment >= ?)
            """,
            (stamp(since),),
        )


def _told(row: Row) -> KeptTelling:
    check_kinds(row, "ttiiTttt")
    return KeptTelling._make(row)


def _vector(row: Row) -> tuple[str, bytes]:
    check_kinds(row, "tb")
    return row[0], row[1]


def _time(row: Row) -> datetime:
    check_kinds(row, "i")
    return time(row[0])
