"""A visit that somebody waits for: "@KR > @JP", whose to whom, and how far it has come.

Watchlists ask for one (`visit` of a signal or of an expectation); what is told of visits stands in
`visits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """How far a visit has come, judged when the item was published."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    DONE = "done"
    CANCELLED = "cancelled"  # called off, or put off: then the date is the new one


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """ "@KR > @JP": whose visit to whom, by the ids of the gazetteer; "" is any.

    `anywhere` ("@KR > ?"): talks count as well whose place is not told.
    """

    visitor: str = ""
    host: str = ""
    anywhere: bool = False

    def __str__(self) -> str:
        host = "?" if self.anywhere else _spelled(self.host)
        return f"{_spelled(self.visitor)} > {host}"


def _spelled(actor: str) -> str:
    return f"@{actor}" if actor else "any"
