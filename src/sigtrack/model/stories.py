"""Stories and visits: what an item names and tells, and what all items together tell of one event;
also what readers say of items.

Countries are ISO 3166-1 alpha-2. Days are written as far as they are known: "2026-01-13",
"2026-01", "2026", or None. Places are spelled as the publisher wrote them in a `Visit`, and by
their first name in the gazetteer in a `Stay`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from sigtrack.model.rules import Actor, Phase, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A person or thing named in an item, and where: code points, half-open, in the item's field.

    `in_office`: whether a person holds one of its offices when the item is published (true for
    every actor without tenures).
    """

    actor: Actor
    field: Literal["title", "summary", "text"]
    start: int
    end: int
    in_office: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The ids of items that tell of one event, earliest first. A single item is a story too.

    `id` is the id of the first item, `lead` that of the earliest item of the most official role.
    `first` and `last` are moments (see `StoredItem.moment`).
    """

    id: str
    lead: str
    items: tuple[str, ...]
    first: datetime
    last: datetime


MarkKind = Literal["done", "star", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMark:
    """A reader's mark on an item: that it is done, that it matters (star), or a note.

    `note` holds the words of the note. `story` is the story that now has the item (the item's own
    id if none has it).
    """

    item: str
    story: str
    kind: MarkKind
    note: str
    at: datetime


Stance = Literal["agrees", "doubts", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a second reader says of a hit: whether the words of the item are about the signal.

    `quote` stands letter for letter in the title, summary or text of the item. `question` is the
    fingerprint of what was asked of it, `prompt` the version of the words around the question, and
    `model` the name of the reader. `at` is when it answered.
    """

    stance: Stance
    quote: str
    reason: str
    question: str
    prompt: int
    model: str
    at: datetime


def whole_day(told: str | None) -> date | None:
    """Return the day, or None if no more than its month is known."""
    return date.fromisoformat(told) if told and len(told) == len("2026-01-13") else None


class Level(StrEnum):
    """The protocol, if the text names it; highest first."""

    STATE = "state"
    OFFICIAL = "official"
    WORKING = "working"
    INFORMAL = "informal"
    SIDELINES = "sidelines"
    UNSPECIFIED = "unspecified"

    @property
    def height(self) -> int:
        """5 (state) to 0 (not told)."""
        return len(Level) - 1 - list(Level).index(self)


class Rank(StrEnum):
    """The rank of the visitor; highest first."""

    LEADER = "leader"
    MINISTER = "minister"
    ENVOY = "envoy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who visits.

    `name` is the first name in the gazetteer, or else the office in the publisher's words; `actor`
    is the id in the gazetteer, "" if the text names only an office.
    """

    country: str
    name: str
    rank: Rank
    actor: str = ""

    def is_of(self, wanted: Actor) -> bool:
        """Whether this is the wanted person, or comes from the wanted country."""
        if wanted.kind == "person":
            return wanted.id == self.actor
        return self.country == (wanted.country or wanted.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one item tells about a visit.

    There are several `visitors` if they meet in a third country. `host_country` is None if two
    sides meet and the text does not say where. `site` names the place in the same way for every
    language ("nara"), `place` is what the publisher wrote. `spans` are the words from which the
    visit was read.
    """

    visitors: tuple[Visitor, ...]
    host_country: str | None
    phase: Phase
    place: str | None = None
    site: str = ""
    date: str | None = None
    until: str | None = None  # the last day, if it is told
    level: Level = Level.UNSPECIFIED
    rank: Rank = Rank.LEADER
    spans: tuple[Span, ...] = ()

    def is_from_to(self, who: Actor | None, host: Actor | None) -> bool:
        """Whether `who` is a visitor or its country, and `host` the host country or place.

        None means anybody, or anywhere.
        """
        is_whose = who is None or any(visitor.is_of(who) for visitor in self.visitors)
        return is_whose and (host is None or _is_at(self.host_country, (self.site,), host))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something that became known about a visit, when, and by which item."""

    kind: Literal["first", "phase", "date", "venue", "level"]
    value: str
    at: datetime
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One visitor in one country, as all reports together tell it: a line of the timeline.

    `sites` are in the order of the stay if that is told. `stories` counts reports; those of one
    story count once. `evidence` are item ids, oldest first. `last_report` is when the latest of
    them was published, by the publisher's clock. `official`: an official publisher is among the
    sources. `lapsed`: it was planned for days that are over, and nobody has reported since that it
    took place.
    """

    visitor: Visitor
    host_country: str
    phase: Phase
    sites: tuple[str, ...] = ()
    date: str | None = None
    until: str | None = None
    level: Level = Level.UNSPECIFIED
    evidence: tuple[str, ...] = ()
    stories: int = 0
    sources: int = 0
    history: tuple[Turn, ...] = ()
    last_report: datetime | None = None
    official: bool = False
    lapsed: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether an official publisher or two publishers tell of it."""
        return self.official or self.sources > 1

    def is_from_to(self, who: Actor | None, host: Actor | None) -> bool:
        """Like `Visit.is_from_to`, for a stay."""
        is_whose = who is None or self.visitor.is_of(who)
        return is_whose and (host is None or _is_at(self.host_country, self.sites, host))


def _is_at(country: str | None, sites: Sequence[str], wanted: Actor) -> bool:
    if wanted.kind == "venue":
        return wanted.name in sites
    return country == (wanted.country or wanted.id)
