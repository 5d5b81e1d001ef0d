"""What goes out: a report, the same as one page (a briefing), and a digest as a mail.

A report has blocks for people and records for machines. Cells stay typed (a time is a datetime, a
headline is `Marked`) until a format renders them, so each format decides how a mark, a link or a
time looks. Our own words are finished text, in the reader's language; the publishers' words are
`Marked`, stay in their own language and name it. Days are days of the reader's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

from sigtrack.frozen import frozen
from sigtrack.model.stories import ChangeKind


@frozen
class Marked:
    """A publisher's text with its matched words: `spans` are half-open code point ranges."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    link: str = ""
    language: str | None = None


@frozen
class Seen:
    """The time when we first saw an item without a believable date.

    Formats show that it is not the item's own date: `label` and the day.
    """

    at: datetime
    label: str = "seen"


Cell = None | str | int | float | datetime | Seen | Marked


@frozen
class Column:
    """A column of a table. `kind` says how a terminal may lay it out.

    A "main" column gets the remaining width and wraps; a "side" column never wraps and may be
    dropped on a narrow terminal, last ones first; a "below" column stands below the main one on a
    terminal, and is never dropped or cut. A cell of a main column takes at most three lines of a
    terminal, or as many as it needs if the column is `whole`.
    """

    name: str
    kind: Literal["main", "side", "key", "below"] = "side"
    align: Literal["left", "right"] = "left"
    whole: bool = False


def columns_of(*told: str) -> tuple[Column, ...]:
    """Return columns by their names. Behind a bar stands what is unusual of one: "hits|key right"
    is of the kind "key" and aligned to the right."""
    return tuple(_column(*one.partition("|")[::2]) for one in told)


def _column(name: str, unusual: str) -> Column:
    column = Column(name=name)
    for word in unusual.split():
        match word:
            case "main" | "key" | "below":
                column = replace(column, kind=word)
            case "right":
                column = replace(column, align=word)
            case "whole":
                column = replace(column, whole=True)
            case _:
                raise ValueError(f"{word!r} says nothing of a column")
    return column


@frozen
class Table:
    """A table. `emphasis[i]` says how row i stands out; rows beyond its end are plain."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    caption: str = ""
    emphasis: tuple[Literal["", "new", "urgent", "dim"], ...] = ()


@frozen
class Note:
    """A sentence of ours. `text` may hold cleaned words from outside, but no markup."""

    text: str
    level: Literal["plain", "good", "warning"] = "plain"


@frozen
class DiffRow:
    """What happened to one sentence. `head` says it in words, `kind` by a sign before it.

    `before` and `after` are the old and the new sentence, None if there is none; their spans are
    the words that differ. A row without `head` is a sentence that was kept. `is_break`: a new
    paragraph begins here.
    """

    kind: ChangeKind
    before: Marked | None = None
    after: Marked | None = None
    head: tuple[str, ...] = ()
    is_break: bool = False


@frozen
class Diff:
    """Two texts side by side, or one below the other if the terminal is too narrow.

    `old` and `new` name the two texts; several diffs of the same two texts have one heading.
    """

    rows: tuple[DiffRow, ...]
    old: str
    new: str
    title: str = ""
    caption: str = ""


Block = Table | Note  # a part of any report or letter


@frozen
class Report:
    """The output of a command.

    `language` is that of our words in the blocks (BCP 47). `records` are the JSON objects of the
    machine formats: dicts of str, numbers, bools, None, aware datetimes, lists and dicts of these.
    `fields` are their keys in order, if known, so that a CSV file without rows still has a heading.
    """

    title: str = ""
    blocks: tuple[Block | Diff, ...] = ()
    language: str = "en"
    records: tuple[Mapping[str, Any], ...] = ()
    fields: tuple[str, ...] = ()


LanePhase = Literal["planned", "under way", "over", "called off", "not confirmed"]


@frozen
class OtherTelling:
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
    title: str
    cards: tuple[Card, ...] = ()


@frozen
class Digest:
    """The content of a mail. `language` is that of the labels (BCP 47). `summary` comes first.
    `footer` says how the mail came about: sentences, each with a command to type, or ""."""

    subject: str
    summary: str
    parts: tuple[LetterSection | Block, ...] = ()
    footer: tuple[tuple[str, str], ...] = ()
    language: str = "en"
