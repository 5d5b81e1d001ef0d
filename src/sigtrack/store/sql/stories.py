"""Which story each item is in, the marks of the reader, and what a second reader says of texts.

An item without a story is one whose latest words have not been compared with those of other items
yet. So the store itself answers which items are still to be grouped, as it does for matching. The
mark ":stories" names the encoder with which stories were formed ("" for none). A vector belongs to
a revision, because an edit may change the title.

A reader's mark belongs to an item and not to a story: stories may change whenever an item comes in.
An opinion belongs to a row of `texts`: wire copy with the same words is asked about once, and an
edit has other words, so it is asked about again. It goes with its text.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import get_args

from sigtrack.model import ItemMark, MarkKind, Opinion, Stance, Story
from sigtrack.store.interface import KeptTelling
from sigtrack.store.sql.database import Database, StorePart, upsert
from sigtrack.store.sql.readings import ReadMark, keep_marks, marks_in
from sigtrack.store.sql.rows import RowForm, microseconds, stamp

STARRED = """
    coalesce(i.story, i.id) IN (
        SELECT coalesce(j.story, j.id)
        FROM item_marks m JOIN items j ON j.number = m.item WHERE m.kind = 'star'
    )
"""
# Items that pruning leaves alone.
MARKED_TO_STAY = "SELECT item FROM item_marks WHERE kind IN ('star', 'note')"
_THESE = "id IN (SELECT value FROM json_each(?1))"
_MARK_READ = RowForm(ItemMark, "item t, story t, kind t, note t, at m", kind=get_args(MarkKind))
_MARKS = """
    SELECT i.id, coalesce(i.story, i.id), m.kind, m.note, m.at
    FROM item_marks m JOIN items i ON i.number = m.item
"""


class ItemMarksPart(StorePart):
    def mark_items(self, items: Collection[str], kind: MarkKind, note: str, at: datetime) -> None:
        """Mark these items, in one transaction. Marking again sets the time of the mark to `at`."""
        self._database.execute(
            upsert(
                "item_marks",
                "item, kind, note, at",
                key="item, kind, note",
                source=f"SELECT number, ?2, ?3, ?4 FROM items WHERE {_THESE}",
            ),
            (json.dumps(sorted(items)), kind, note, stamp(at)),
        )

    def unmark_items(self, items: Collection[str], kind: MarkKind, note: str) -> int:
        """Remove this mark from these items; return how many there were. "" as a note removes all
        notes of the items."""
        return self._database.execute(
            f"""
            DELETE FROM item_marks
            WHERE item IN (SELECT number FROM items WHERE {_THESE})
                AND kind = ?2 AND (?3 = '' OR note = ?3)
            """,
            (json.dumps(sorted(items)), kind, note),
        )

    def marks_of_stories(self, ids: Collection[str]) -> list[ItemMark]:
        """Return the marks of all items in these stories, earliest first. An id may also be that of
        an item that is in no story."""
        return self._database.values(
            _MARK_READ.value,
            f"""
            {_MARKS}
            WHERE coalesce(i.story, i.id) IN (SELECT value FROM json_each(?))
            ORDER BY m.at, i.number
            """,
            (json.dumps(sorted(ids)),),
        )


def read_item_marks(database: Database) -> None:
    """Read every mark, as a check. Raises StoreCorrupt for a mark that cannot be read."""
    for row in database.each(_MARKS):
        database.read(_MARK_READ.value, row)


OPINION = RowForm(
    Opinion,
    "question t, prompt i, model t, stance t, quote t, reason t, at m",
    stance=get_args(Stance),
)
_OF_REVISIONS = f"""
    SELECT r.number, {", ".join(f"o.{column}" for column in OPINION.columns.split(", "))}
    FROM revisions r JOIN opinions o ON o.text = r.text
    WHERE r.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
    ORDER BY o.at, r.number, o.question, o.prompt, o.model
"""


class OpinionsPart(StorePart):
    def opinions(self, revisions: Collection[int]) -> list[tuple[int, Opinion]]:
        """Return the opinions on the words of these revisions, with their numbers, earliest first.
        Revisions with the same words share them."""
        return self._database.values(
            lambda row: (row[0], OPINION.value(row[1:])),
            _OF_REVISIONS,
            (json.dumps(sorted(revisions)),),
        )

    def keep_opinion(self, revision: int, opinion: Opinion) -> None:
        """Save an opinion on the words of a revision. It replaces an earlier one of the same model
        on the same question with the same prompt. Nothing happens if the revision was pruned."""
        self._database.execute(
            upsert(
                "opinions",
                f"text, {OPINION.columns}",
                key="text, question, prompt, model",
                source="SELECT text, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM revisions WHERE number = ?1",
            ),
            (revision, *OPINION.row(opinion)),
        )


_MARK = ":stories"
_TIME = RowForm(tuple, "day m")
_KEPT = RowForm(tuple, "content t")
_VECTOR = RowForm(tuple, "id t, content b")
_TELLING = RowForm(
    KeptTelling, "id t, feed t, number i, revision i, story T, reader t, text t, older t"
)
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


class StoriesPart(StorePart):
    def untold_days(self) -> list[datetime]:
        """Return the UTC days (their midnights) with items that are in no story yet, in order."""
        return [day for (day,) in self._database.values(_TIME.value, _UNTOLD, (_DAY,))]

    def tellings(self, since: datetime, until: datetime) -> Iterator[KeptTelling]:
        """Yield the items with `since <= moment < until`, the earliest first."""
        rows = self._database.each(_TOLD, (stamp(since), stamp(until)))
        return self._database.read_all(_TELLING.value, rows)

    def telling(self, number: int, reader: str) -> str | None:
        """Return the telling of a revision as text, if one by this reader is kept."""
        query = "SELECT content FROM tellings WHERE revision = ? AND reader = ?"
        kept = self._database.first(_KEPT.value, query, (number, reader))
        return kept[0] if kept else None

    def keep_tellings(self, reader: str, texts: Mapping[int, str], since: datetime | None) -> None:
        """Keep the tellings of revisions, as text by revision number, and drop those of items with
        a moment before `since`, in one transaction."""
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
        """Save the story of each item, in one transaction. Pruned and unknown items are skipped."""
        rows = [(story.id, item) for story in told for item in story.items]
        with self._database.transaction():
            self._database.execute_many(
                "UPDATE items SET story = ?1 WHERE id = ?2 AND latest IS NOT NULL", rows
            )

    def untell(self, since: datetime | None) -> None:
        """Take the items from this moment on out of their stories (None: all items)."""
        with self._database.transaction():
            _untell(self._database, since)

    def stories_encoder(self) -> str | None:
        """Return the encoder with which stories were formed; None before the first run."""
        mark = marks_in(self._database).get(_MARK)
        return None if mark is None else mark.fingerprint

    def renew_stories(self, encoder: str, since: datetime | None) -> None:
        """If stories were formed with another encoder ("" for none), take items out of them, as
        `untell` does, and record this encoder."""
        before = self.stories_encoder()
        if before == encoder:
            return
        with self._database.transaction():
            keep_marks(self._database, {_MARK: ReadMark(encoder, 0)})
            if (before or "") != encoder:  # no mark: formed without any
                _untell(self._database, since)

    def vectors(self, model: str, ids: Collection[str]) -> dict[str, bytes]:
        """Return the vectors that this model made of the present titles of these items, by id.
        Items without one are left out."""
        rows = self._database.values(
            _VECTOR.value,
            """
            SELECT i.id, v.content FROM items i JOIN vectors v ON v.revision = i.latest
            WHERE v.model = ? AND i.id IN (SELECT value FROM json_each(?))
            """,
            (model, json.dumps(sorted(ids))),
        )
        return dict(rows)

    def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Save vectors by item id, replacing those of other models, in one transaction."""
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
