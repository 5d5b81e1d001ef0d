"""The items in which wording is measured: what was said, by whom and when.

A `SaidItem` is an item as needed for counting; its words come from `Texts`, and few items need
them. Near a hit of a watchlist are the sentence of the hit and its neighbours. An item that is hit
in its title is about the theme, so all of it is near.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from sigtrack.model import FIELDS, Field, Item, Role, Span, StoredItem
from sigtrack.text.scripts import guess_language
from sigtrack.text.sentences import sentences, unwrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A publisher. `id` is that of the feed. A feed outside the catalogue has no country."""

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


class SaidItem(NamedTuple):
    """One revision of an item: `number` counts in the store, `revision` in the item.

    `story` is counted once. `said_at` is when these words were first seen: after a silent edit,
    this is not the day of publication. `anchors` are where a watchlist hit it; None = no watchlist
    was named, everything is near. `is_hit`: some watchlist has hit it. `form` is the kind of text
    (see `WordingRead`).
    """

    id: str
    number: int
    revision: int
    publisher: Publisher
    story: str
    moment: datetime
    said_at: datetime
    anchors: tuple[Span, ...] | None = None
    is_hit: bool = False
    form: str = ""

    @property
    def kin(self) -> tuple[str, str]:
        """The publisher and the kind of text, so that like is compared with like.

        A newspaper that reports a statement does not publish a statement, so its texts have no
        kind.
        """
        is_press = self.publisher.country is not None and not self.publisher.is_official
        return self.publisher.id, "" if is_press else self.form

    def sides(self, parties: str) -> tuple[str, ...]:
        """Return the governments in `parties`, and the publisher's own if it is official."""
        publisher = self.publisher
        mine = (publisher.country,) if publisher.is_official and publisher.country else ()
        return tuple(dict.fromkeys((*parties.split(), *mine)))

    @property
    def is_partly_near(self) -> bool:
        return self.anchors is not None and all(span.field != "title" for span in self.anchors)


order_of = attrgetter("moment", "id")  # for a `SaidItem`; a hundred thousand are sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSentence:
    """A sentence: a half-open range of a field. `text` is unwrapped, with the same length."""

    field: Field
    start: int
    end: int
    text: str


class Texts:
    """The items themselves, each loaded once."""

    def __init__(self, stored_of: Callable[[SaidItem], StoredItem]) -> None:
        self._stored_of = stored_of
        self._stored: dict[int, StoredItem] = {}
        self._near: dict[int, tuple[SaidSentence, ...]] = {}

    def stored(self, told: SaidItem) -> StoredItem:
        if told.number not in self._stored:
            self._stored[told.number] = self._stored_of(told)
        return self._stored[told.number]

    def words(self, told: SaidItem, field: Field, start: int, end: int) -> str:
        text: str = getattr(self.stored(told).item, field)
        return unwrap(text)[start:end]

    def near(self, told: SaidItem) -> tuple[SaidSentence, ...]:
        """Return the sentences near an anchor."""
        if told.number not in self._near:
            every = sentences_of(self.stored(told).item)
            beside = _near(every, told.anchors or ())
            self._near[told.number] = beside if told.is_partly_near else every
        return self._near[told.number]

    def is_near(self, told: SaidItem, field: Field, at: int) -> bool:
        """Whether a place in a field is in a sentence near an anchor."""
        if not told.is_partly_near:
            return True
        return any(one.field == field and one.start <= at < one.end for one in self.near(told))


def language_of(item: Item) -> str:
    told = (item.language or "").partition("-")[0]
    return told or guess_language(f"{item.title} {item.summary}") or "en"


def fields_of(item: Item) -> Iterator[tuple[Field, str]]:
    """Yield the words of the item, unwrapped, without a summary that only begins the text."""
    for field in FIELDS:
        text = unwrap(getattr(item, field))
        if text and not (field == "summary" and text.rstrip("… .") in item.text):
            yield field, text


def sentences_of(item: Item) -> tuple[SaidSentence, ...]:
    return tuple(
        SaidSentence(field=field, start=start, end=end, text=text[start:end])
        for field, text in fields_of(item)
        for start, end in sentences(text)
    )


def _near(every: tuple[SaidSentence, ...], anchors: Iterable[Span]) -> tuple[SaidSentence, ...]:
    near: set[int] = set()
    for number, one in enumerate(every):
        if any(s.field == one.field and s.start < one.end and s.end > one.start for s in anchors):
            near |= {
                beside
                for beside in (number - 1, number, number + 1)
                if 0 <= beside < len(every) and every[beside].field == one.field
            }
    return tuple(every[number] for number in sorted(near))
