"""The archive of statements: texts to compare with the next statement of the same series.

A series says who speaks and on what level, as a slug: `us-japan-rok-ministers`. The user chooses
the texts of the archive, so it is kept apart from the items of feeds and outlives them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

LEVELS = ("leaders", "ministers", "vice-ministers", "advisors", "officials")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedStatement:
    """A statement in the archive. `date` is the day on which it was issued.

    `text` is cleaned, with an empty line between paragraphs. `level` is one of `LEVELS` or "",
    `language` a tag or None. `fingerprint` covers the words only, so a text read from a file and
    the same text read from an address are one statement.
    """

    id: str
    series: str
    level: str
    date: date
    title: str
    url: str
    language: str | None
    text: str
    fingerprint: str
    added_at: datetime


def statement_id(series: str, fingerprint: str) -> str:
    """Return 12 hex digits, as for items. The same words in the same series have the same id."""
    return hashlib.sha256(f"{series}\0{fingerprint}".encode()).hexdigest()[:12]
