"""Hits become stories, the most important first, and the first of them a subject.

What an edited watchlist finds in the past comes last: it is told, and pushes no news away.

A story is a list of items, the one that stands for it first; who groups them is an argument. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sigtrack.model import Hit, StoredItem
from sigtrack.present.plain import cells_wide
from sigtrack.store import Choice, Look

Grouping = Callable[[Sequence[StoredItem]], Iterable[Sequence[StoredItem]]]

LATE = timedelta(days=1)  # before the last digest: who sends one a day has then missed it
_URGENT = 4
_SUBJECT = 78


def each_alone(items: Sequence[StoredItem]) -> Iterable[Sequence[StoredItem]]:
    """No item is like another."""
    return [(item,) for item in items]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`items` with the lead first; `hits` of the lead, and the best hit of all items first.

    `is_news`: not all of it had been read before the last digest.
    """

    items: tuple[StoredItem, ...]
    hits: tuple[Hit, ...]
    best: Hit
    is_news: bool = True

    @property
    def lead(self) -> StoredItem:
        return self.items[0]

    @property
    def is_urgent(self) -> bool:
        return self.is_news and self.best.priority.rank == _URGENT


def stories_of(choice: Choice, group: Grouping) -> list[Story]:
    """The most important first, then the latest; news before what is news no more."""
    hits: dict[str, list[Hit]] = {}
    items: dict[str, StoredItem] = {}
    for stored, hit, _ in choice.found:
        items[stored.id] = stored
        hits.setdefault(stored.id, []).append(hit)
    stories = [_story(members, hits, choice.last) for members in group(list(items.values()))]
    stories.sort(key=lambda story: story.lead.id)
    stories.sort(key=lambda story: _said_at(story.lead), reverse=True)
    stories.sort(key=lambda story: (story.is_news, story.best.priority.rank), reverse=True)
    return stories


def was_read_before(stored: StoredItem, last: Look | None) -> bool:
    """An edited watchlist found it: it came, in these words, well before the last digest."""
    return last is not None and not stored.revised_at and stored.first_seen < last.at - LATE


def _story(items: Sequence[StoredItem], hits: Mapping[str, list[Hit]], last: Look | None) -> Story:
    of_lead = sorted(hits[items[0].id], key=_weight, reverse=True)
    best = max((hit for item in items for hit in hits[item.id]), key=_weight)
    is_news = not all(was_read_before(item, last) for item in items)
    return Story(items=tuple(items), hits=tuple(of_lead), best=best, is_news=is_news)


def _said_at(stored: StoredItem) -> datetime:
    """The publisher's time, which orders a first digest; never in our future."""
    return min(stored.item.published or stored.first_seen, stored.first_seen)


def _weight(hit: Hit) -> tuple[int, int]:
    return hit.priority.rank, hit.score


def subject_of(stories: Sequence[Story], language: str) -> str:
    """The most important headline, and how many more there are; at most 78 cells.

    Of those that are equally important, the first in the language of the readers.
    """
    rank = stories[0].best.priority.rank
    equals = [story for story in stories if story.best.priority.rank == rank]
    known = (one for one in equals if (one.lead.item.language or "").startswith(language))
    first = next(known, equals[0])
    more = f" (+{len(stories) - 1})" if len(stories) > 1 else ""
    mark = "▲ " if first.is_urgent else ""
    title = first.lead.item.title
    room = _SUBJECT - cells_wide(mark) - cells_wide(more)
    return f"{mark}{_cut(title, room)}{more}"


def first_of(news: Sequence[str]) -> str:
    """The subject of a digest without stories; at most 78 cells."""
    more = f" (+{len(news) - 1})" if len(news) > 1 else ""
    return f"{_cut(news[0], _SUBJECT - cells_wide(more))}{more}"


def _cut(text: str, room: int) -> str:
    if cells_wide(text) <= room:
        return text
    used = 0
    for at, character in enumerate(text):
        used += cells_wide(character)
        if used > room - 1:
            space = text.rfind(" ", at - 12 if at > 24 else at, at)
            return text[: space if space > 0 else at].rstrip() + "…"
    return text
