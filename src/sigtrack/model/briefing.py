"""What a window comes to as one page: values for a reader who has ten minutes and no terminal.

Words of ours are written out; the publishers' are `Marked` and say their language. Days are those
of the reader's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sigtrack.model.report import Marked, Seen, Table

LanePhase = Literal["planned", "under way", "over", "called off", "not confirmed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One more item of a story."""

    publisher: str
    headline: Marked
    at: datetime | Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story. `id` is that of the story, `item` that of its lead as `show` takes it.

    `lists` are titles of watchlists, the one that it stands under first; `why` are parts of one
    sentence; `parts` say what its weight is made of; `changed_at` is when the latest item came or
    was edited. `also` are its other items, the earliest first.
    """

    id: str
    item: str
    headline: Marked
    at: datetime | Seen
    changed_at: datetime
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    lists: tuple[str, ...]
    why: tuple[str, ...]
    gloss: str
    weight: int
    parts: tuple[str, ...]
    flag: Literal["", "new", "urgent"] = ""
    also: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryList:
    """The stories that stand under one watchlist; `above` stand among the first lines instead."""

    title: str
    stories: tuple[StoryLine, ...]
    above: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HitCounts:
    """Items hit, by watchlist and span of so many days. Each row has a number a span."""

    spans: tuple[str, ...]
    days: int
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def most(self) -> int:
        return max((number for _, numbers in self.rows for number in numbers), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One visit. `first` and `last` are days, both included; None where no day is told. `is_vague`:
    only the month is told."""

    who: str
    where: str
    when: str
    phase: LanePhase
    first: date | None
    last: date | None
    level: str = ""
    evidence: str = ""
    is_vague: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a phrase rises: stories with it, per 1,000 stories now and before, and in steps of the
    time from the beginning of the baseline on; `sure` says how sure it is, in words."""

    change: str
    sure: str
    phrase: Marked
    stories: int
    rate: float
    before: float
    steps: tuple[float, ...]
    first: str
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """`since` and `until` are the days that the visits are drawn over. `title` names the window,
    `asked` what it is narrowed to ("" for nothing)."""

    title: str
    asked: str
    summary: str
    at: datetime
    since: date
    until: date
    first: tuple[StoryLine, ...]
    lists: tuple[StoryList, ...]
    hits: HitCounts
    visits: tuple[Lane, ...] = ()
    visits_left_out: int = 0
    wording: tuple[Trend, ...] = ()
    wording_note: str = ""
    expected: Table | None = None

    @property
    def stories(self) -> tuple[StoryLine, ...]:
        """Each once, in the order of the page."""
        return (*self.first, *(story for one in self.lists for story in one.stories))
