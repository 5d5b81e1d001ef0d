"""What was said, by whom and when: the items that wording is measured on.

A `Told` is an item with its publisher and the places where a watchlist hit it. Near a hit are the
sentence in which it stands and its neighbours; what is hit in its title is about the theme, and
all of it is near.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from sigtrack.model import Role, Span, StoredItem
from sigtrack.text.scripts import guess_language
from sigtrack.text.sentences import sentences
from sigtrack.text.unwrap import unwrap

Field = Literal["title", "summary", "text"]
FIELDS: tuple[Field, ...] = ("title", "summary", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """`id` is the feed's. A feed that the catalogue does not know has no country."""

    id: str
    country: str | None = None
    role: Role = Role.AGGREGATOR

    @property
    def is_official(self) -> bool:
        return self.role.is_official

    @property
    def side(self) -> str:
        """`KR official`, `JP press`: whose words these are."""
        return f"{self.country or '??'} {'official' if self.is_official else 'press'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A half-open range of a field; `text` is unwrapped, so as long as the range."""

    field: Field
    start: int
    end: int
    text: str
    is_near: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """`anchors` None = no watchlist was named, and everything is near."""

    stored: StoredItem
    publisher: Publisher
    anchors: tuple[Span, ...] | None = None

    @property
    def id(self) -> str:
        return self.stored.id

    @property
    def moment(self) -> datetime:
        return self.stored.moment

    @property
    def story(self) -> str:
        """What is counted once. Without stories the same words are the same story."""
        return self.stored.story or self.stored.item.fingerprint or self.id

    @property
    def order(self) -> tuple[datetime, str]:
        return self.moment, self.id

    @property
    def said_at(self) -> datetime:
        """When these words were first seen: after a silent edit, not the day of publication."""
        return self.stored.revised_at or self.moment

    @cached_property
    def language(self) -> str:
        item = self.stored.item
        told = (item.language or "").partition("-")[0]
        return told or guess_language(f"{item.title} {item.summary}") or "en"

    def fields(self) -> Iterator[tuple[Field, str]]:
        """The words of the item, unwrapped; a summary that only begins the text is left out."""
        item = self.stored.item
        for field in FIELDS:
            text = unwrap(getattr(item, field))
            if text and not (field == "summary" and text.rstrip("… .") in item.text):
                yield field, text

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        found: list[Sentence] = []
        for field, text in self.fields():
            cuts = list(sentences(text))
            near = self._near(field, cuts)
            found += [
                Sentence(field=field, start=a, end=b, text=text[a:b], is_near=n in near)
                for n, (a, b) in enumerate(cuts)
            ]
        return tuple(found)

    def _near(self, field: Field, cuts: list[tuple[int, int]]) -> set[int]:
        if self.anchors is None or any(span.field == "title" for span in self.anchors):
            return set(range(len(cuts)))
        spans = [span for span in self.anchors if span.field == field]
        with_anchor = {
            number
            for number, (start, end) in enumerate(cuts)
            if any(span.start < end and span.end > start for span in spans)
        }
        return {near for number in with_anchor for near in (number - 1, number, number + 1)}
