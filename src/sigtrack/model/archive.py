"""The archive of statements: texts that are compared with the next one of the same series.

A series is who speaks and on what level, as a slug: `us-japan-rok-ministers`. The archive is the
user's own choice of texts, so it is kept apart from what feeds brought and outlives it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

LEVELS = ("leaders", "ministers", "vice-ministers", "advisors", "officials")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedStatement:
    """`text`: cleaned, paragraphs separated by an empty line. `date`: the day it was issued.

    `level` is one of `LEVELS` or "", `language` a tag or None. `fingerprint` is of the words
    alone: the same text reached from a file and from an address is one.
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
    """12 hex digits, as for items: the same words in the same series have the same id."""
    return hashlib.sha256(f"{series}\0{fingerprint}".encode()).hexdigest()[:12]
