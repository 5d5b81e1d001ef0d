"""What readers say of items: the marks of the reader (done, star, notes), and the opinions of a
second reader.

A mark belongs to an item and not to a story: stories may change whenever an item comes in. An
opinion belongs to a row of `texts`: wire copy with the same words is asked about once, and an edit
has other words, so it is asked about again. It goes with its text.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import get_args

from sigtrack.model import ItemMark, MarkKind, Opinion, Stance
from sigtrack.store.sql.database import Database, Row, StorePart, upsert
from sigtrack.store.sql.rows import check_kinds, stamp, time

STARRED = """
    coalesce(i.story, i.id) IN (
        SELECT coalesce(j.story, j.id)
        FROM item_marks m JOIN items j ON j.number = m.item WHERE m.kind = 'star'
    )
"""
# Items that pruning leaves alone.
KEPT = "SELECT item FROM item_marks WHERE kind IN ('star', 'note')"
_THESE = "id IN (SELECT value FROM json_each(?1))"
_MARKS = """
    SELECT i.id, coalesce(i.story, i.id), m.kind, m.note, m.at
    FROM item_marks m JOIN items i ON i.number = m.item
"""

OPINION_COLUMNS = "o.stance, o.quote, o.reason, o.question, o.prompt, o.model, o.at"
_OF_REVISIONS = f"""
    SELECT r.number, {OPINION_COLUMNS}
    FROM revisions r JOIN opinions o ON o.text = r.text
    WHERE r.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
    ORDER BY o.at, r.number, o.question, o.prompt, o.model
"""


class ItemMarks(StorePart):
    def mark_items(self, items: Collection[str], kind: MarkKind, note: str, at: datetime) -> None:
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
        return self._database.execute(
            f"""
            DELETE FROM item_marks
            WHERE item IN (SELECT number FROM items WHERE {_THESE})
                AND kind = ?2 AND (?3 = '' OR note = ?3)
            """,
            (json.dumps(sorted(items)), kind, note),
        )

    def marks_of_stories(self, ids: Collection[str]) -> list[ItemMark]:
        rows = self._database.rows(
            f"""
            {_MARKS}
            WHERE coalesce(i.story, i.id) IN (SELECT value FROM json_each(?))
            ORDER BY m.at, i.number
            """,
            (json.dumps(sorted(ids)),),
        )
        return [self._database.read(_item_mark, row) for row in rows]


def read_all(database: Database) -> None:
    """Read every mark, as a check. Raises StoreCorrupt for a mark that cannot be read."""
    for row in database.each(_MARKS):
        database.read(_item_mark, row)


def move(database: Database, kept: int, other: int) -> None:
    """Give the kept item the marks of the other one, which is merged into it."""
    database.execute(
        """
        INSERT INTO item_marks (item, kind, note, at)
        SELECT ?1, kind, note, at FROM item_marks WHERE item = ?2 ON CONFLICT DO NOTHING
        """,
        (kept, other),
    )
    database.execute("DELETE FROM item_marks WHERE item = ?", (other,))


def _item_mark(row: Row) -> ItemMark:
    check_kinds(row, "tttti")
    if row[2] not in get_args(MarkKind):
        raise ValueError("no such mark")
    return ItemMark(item=row[0], story=row[1], kind=row[2], note=row[3], at=time(row[4]))


class Opinions(StorePart):
    def opinions(self, revisions: Collection[int]) -> list[tuple[int, Opinion]]:
        rows = self._database.rows(_OF_REVISIONS, (json.dumps(sorted(revisions)),))
        return [self._database.read(_numbered, row) for row in rows]

    def keep_opinion(self, revision: int, opinion: Opinion) -> None:
        self._database.execute(
            upsert(
                "opinions",
                "text, question, prompt, model, stance, quote, reason, at",
                key="text, question, prompt, model",
                source="SELECT text, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM revisions WHERE number = ?1",
            ),
            (
                revision,
                opinion.question,
                opinion.prompt,
                opinion.model,
                opinion.stance,
                opinion.quote,
                opinion.reason,
                stamp(opinion.at),
            ),
        )


def _numbered(row: Row) -> tuple[int, Opinion]:
    check_kinds(row[:1], "i")
    return row[0], opinion(row[1:])


def opinion(row: Row) -> Opinion:
    """Return the opinion of a row of `OPINION_COLUMNS`."""
    check_kinds(row, "ttttiti")
    stance, quote, reason, question, prompt, model, at = row
    if stance not in get_args(Stance):
        raise ValueError("no such stance")
    return Opinion(
        stance=stance,
        quote=quote,
        reason=reason,
        question=question,
        prompt=prompt,
        model=model,
        at=time(at),
    )
