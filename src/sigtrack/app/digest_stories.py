"""Chooses the stories of a digest, their order, and the headline of its subject.

The order is that of a report (see `front`). Old items that an edited watchlist finds come last, so
that they displace no news. What is new in a story that was told before is marked as an addition.

Pure: takes weighed stories and the choice that they belong to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sigtrack.app.front import Front, front_of, is_urgent
from sigtrack.config import DigestSettings
from sigtrack.model import Priority, StoredItem
from sigtrack.store import DigestChoice, Found, Look
from sigtrack.text.scripts import cells_wide

if TYPE_CHECKING:
    from sigtrack.app.weights import Weighed

LATE = timedelta(days=1)  # before the last digest: a daily digest has then missed it
_SUBJECT = 78


def was_told(last: Look | None, settings: DigestSettings) -> Callable[[Found], bool] | None:
    """Return a test whether an earlier mail of the digest told a hit; None without a mail."""
    if last is None:
        return None
    least = settings.priority.rank if settings.priority else 0
    return lambda one: (
        one.number <= last.hit
        and (not settings.watchlists or one.hit.watchlist in settings.watchlists)
        and one.hit.priority.rank >= least
    )


def order_of(stories: Sequence[Weighed], last: Look | None, limit: int) -> Front:
    """Return the first lines, and the other stories by watchlist, at most `limit` together.
    `stories` are sorted by weight."""
    news = [story for story in stories if is_news(story, last)]
    return front_of(news, [one for one in stories if not is_news(one, last)], limit=limit)


def is_news(story: Weighed, last: Look | None) -> bool:
    """Whether not all items of the story came, in these words, well before the last digest."""
    return not all(was_read_before(item, last) for item in story.items)


def is_alarm(story: Weighed, last: Look | None, now: datetime) -> bool:
    """Whether the story is urgent today and was not told as urgent before."""
    told = any(one.hit.priority is Priority.URGENT for one in story.before)
    return is_urgent(story, now) and is_news(story, last) and not told


def was_read_before(stored: StoredItem, last: Look | None) -> bool:
    """Whether an item came, in these words, well before the last digest, so that only an edited
    watchlist makes it new."""
    return last is not None and not stored.revised_at and stored.first_seen < last.at - LATE


def subject_of(
    choice: DigestChoice, stories: Sequence[Weighed], front: Front, language: str
) -> str:
    """Return the first headline and the number of other stories, in at most 78 cells.

    If several of the first lines have the same weight, the first one in the readers' language wins.
    """
    first, *_ = front.stories
    equals = [story for story in front.first if story.weight == first.weight]
    known = (one for one in equals if (one.lead.item.language or "").startswith(language))
    first = next(known, first)
    more = f" (+{len(stories) - 1})" if len(stories) > 1 else ""
    mark = "▲ " if is_alarm(first, choice.last, choice.at) else ""
    room = _SUBJECT - cells_wide(mark) - cells_wide(more)
    return f"{mark}{_cut(first.lead.item.title, room)}{more}"


def first_of(news: Sequence[str]) -> str:
    """Return the subject of a digest without stories, in at most 78 cells."""
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
