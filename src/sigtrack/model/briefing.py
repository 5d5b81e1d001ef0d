"""What is made for a reader without a terminal: a report as one page, and a digest as a mail.

Our own words are finished text, with labels and dates in the reader's language; the publishers'
words are `Marked`, stay in their own language and name it. Days are days of the reader's zone.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from typing import Literal

from sigtrack.frozen import frozen
from sigtrack.model.report import Block, Marked, Seen, Table

LanePhase = Literal["planned", "under way", "over", "called off", "not confirmed"]


@frozen
class OtherTelling:
    """Another item of a story."""

    publisher: str
    headline: Marked
    at: datetime | Seen


@frozen
class StoryLine:
    """A story on the page. `id` is its own id, `item` that of its lead, for `sigtrack show`.

    `lists` are the titles of its watchlists; the story stands under the first. `why` are parts of
    one sentence. `parts` say what its weight is made of. `changed_at` is when its latest item
    arrived or was edited. `also` are its other items, the earliest first.
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
    also: tuple[OtherTelling, ...] = ()


@frozen
class StoryList:
    """The stories under one watchlist. `above` counts its stories among the first lines."""

    title: str
    stories: tuple[StoryLine, ...]
    above: int = 0
    left_out: int = 0


@frozen
class HitCounts:
    """The number of items hit, by watchlist and time.

    Each row is a watchlist with one number for each of `spans`, which are `days` long.
    """

    spans: tuple[str, ...]
    days: int
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def most(self) -> int:
        return max((number for _, numbers in self.rows for number in numbers), default=0)


@frozen
class Lane:
    """One visit on the timeline.

    `first` and `last` are days, both included, or None if no day is known. `is_vague`: only the
    month is known.
    """

    who: str
    where: str
    when: str
    phase: LanePhase
    first: date | None
    last: date | None
    level: str = ""
    evidence: str = ""
    is_vague: bool = False


@frozen
class Trend:
    """A phrase that is used more often.

    `change` says what became of it, and `sure` how sure that is.
    `rate` and `before` are stories with it per 1,000 stories, now and in the baseline; `steps` are
    such rates over time from the beginning of the baseline on.
    """

    change: str
    sure: str
    phrase: Marked
    stories: int
    rate: float
    before: float
    steps: tuple[float, ...]
    first: str
    publisher: str


@frozen
class Briefing:
    """The whole page.

    `since` and `until` are the first and last day of the drawn visits. `title` names the window,
    `asked` says how it is narrowed ("" if it is not). `language` is that of our words.
    """

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
    language: str = "en"

    @property
    def stories(self) -> tuple[StoryLine, ...]:
        """All stories, each once, in the order of the page."""
        return (*self.first, *(story for one in self.lists for story in one.stories))


@frozen
class Card:
    """A story in a few lines.

    `headline` has the link, and is marked only if nothing else is; `quote` is the sentence that
    matched. `facts` are publisher, time and other short facts; `why` is the reason for showing the
    story.
    """

    headline: Marked
    facts: tuple[str, ...]
    quote: Marked | None = None
    why: str = ""
    urgent: bool = False


@frozen
class LetterSection:
    """Stories under one heading."""

    title: str
    cards: tuple[Card, ...] = ()


@frozen
class Footer:
    """How the mail came about: sentences, each with a command to type ("" if there is none)."""

    lines: tuple[tuple[str, str], ...] = ()


@frozen
class Digest:
    """The content of a mail. `language` is that of the labels (BCP 47). `summary` comes first."""

    subject: str
    summary: str
    parts: tuple[LetterSection | Block, ...] = ()
    footer: Footer = field(default=Footer())
    language: str = "en"
