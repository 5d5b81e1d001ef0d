"""Which stories a digest tells, in which order, and the first of them as its subject.

The order is that of a report (see `front`). What an edited watchlist finds in the past comes last:
it is told, and pushes no news away. What is new in a story that was told before is told as that.

Pure: takes weighed stories and the choice that they were made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sigtrack.app.front import Front, front_of, is_urgent
from sigtrack.config import DigestSettings
from sigtrack.model import Priority, StoredItem
from sigtrack.store import Choice, Found, Look
from sigtrack.text.scripts import cells_wide

if TYPE_CHECKING:
    from sigtrack.app.weights import Weighed

LATE = timedelta(days=1)  # before the last digest: who sends one a day has then missed it
_SUBJECT = 78


def was_told(last: Look | None, settings: DigestSettings) -> Callable[[Found], bool] | None:
    """Whether an earlier mail of the digest told a hit; None where there was no mail."""
    if last is None:
        return None
    least = settings.priority.rank if settings.priority else 0
    return lambda one: (
        one.number <= last.hit
        and (not settings.watchlists or one.hit.watchlist in settings.watchlists)
        and one.hit.priority.rank >= least
    )


def order_of(stories: Sequence[Weighed], last: Look | None, limit: int) -> Front:
    """The first lines, and the other stories by watchlist; `limit` of all of them. `stories` are in
    the order of weight."""
    news = [story for story in stories if is_news(story, last)]
    return front_of(news, [one for one in stories if not is_news(one, last)], limit=limit)


def is_news(story: Weighed, last: Look | None) -> bool:
    """Not all of it was there well before the last digest."""
    return not all(was_read_before(item, last) for item in story.items)


def is_alarm(story: Weighed, last: Look | None, now: datetime) -> bool:
    """Urgent today, and not told as urgent before."""
    told = any(one.hit.priority is Priority.URGENT for one in story.before)
    return is_urgent(story, now) and is_news(story, last) and not told


def was_read_before(stored: StoredItem, last: Look | None) -> bool:
    """An edited watchlist found it: it came, in these words, well before the last digest."""
    return last is not None and not stored.revised_at and stored.first_seen < last.at - LATE


def subject_of(choice: Choice, stories: Sequence[Weighed], front: Front, language: str) -> str:
    """The first headline, and how many more stories there are; at most 78 cells.

    Of those of the first lines that weigh the same, the first in the language of the readers.
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
