"""One event told once: what is named in an item, items that tell the same event, and what its
reader marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sigtrack.model.rules import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Who or what is named in an item, and where: code points, half-open, in the item's field.

    `in_office`: whether a person holds one of its offices when the item is published (true of
    every actor without tenures).
    """

    actor: Actor
    field: Literal["title", "summary", "text"]
    start: int
    end: int
    in_office: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Items that tell one event, by their ids, earliest first; one item alone is a story too.

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
    """What the reader says of an item: that it is done, that it matters (star), or a note, whose
    words are `note`. `story` is the story that the item is in now (its own id, if in none)."""

    item: str
    story: str
    kind: MarkKind
    note: str
    at: datetime
