"""Stories: what an item names, the items that tell of one event, the marks of the reader, and what
a second reader says of hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sigtrack.model.rules import Actor


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
