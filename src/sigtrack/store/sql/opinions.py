"""What a second reader says of texts.

An opinion belongs to a row of `texts` and not to an item: wire copy with the same words is asked
about once, and an edit has other words, so it is asked about again. The row goes with its text.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import get_args

from sigtrack.model import Opinion, Stance
from sigtrack.store.sql.database import Part, Row, upsert
from sigtrack.store.sql.rows import check_kinds, stamp, time

OPINION_COLUMNS = "o.stance, o.quote, o.reason, o.question, o.prompt, o.model, o.at"
_OF_REVISIONS = f"""
    SELECT r.number, {OPINION_COLUMNS}
    FROM revisions r JOIN opinions o ON o.text = r.text
    WHERE r.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
    ORDER BY o.at, r.number, o.question, o.prompt, o.model
"""


class Opinions(Part):
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
