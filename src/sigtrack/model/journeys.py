"""A journey: a visit that somebody waits for, such as "@KR > @JP", and the phases of visits.

Watchlists ask for journeys (`visit` of a signal or of an expectation). What items tell about visits
is in `visits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """How far a visit has come when the item is published."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    DONE = "done"
    CANCELLED = "cancelled"  # called off, or postponed: then the date is the new one


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A journey such as "@KR > @JP": visitor and host, by their ids in the gazetteer; "" means any.

    `anywhere` ("@KR > ?"): talks whose place is not told count as well.
    """

    visitor: str = ""
    host: str = ""
    anywhere: bool = False

    def __str__(self) -> str:
        host = "?" if self.anywhere else _spelled(self.host)
        return f"{_spelled(self.visitor)} > {host}"


def _spelled(actor: str) -> str:
    return f"@{actor}" if actor else "any"
