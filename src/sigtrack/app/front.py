"""The default view of `report`: the heaviest stories first, then the others by watchlist.

Each story is shown once. The first few are chosen from all watchlists. Every other story is under
the watchlist where it weighs most, and its other watchlists are named beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sigtrack.analyze.weight import FRONT, heaviest
from sigtrack.app.hits import (
    ID_SHOWN,
    Headings,
    count,
    key_of_times,
    marked_title,
    time_of,
    when,
)
from sigtrack.model import Cell, Column, Level, Phase, Priority, Table, whole_day
from sigtrack.text.scripts import guess_language

if TYPE_CHECKING:
    from sigtrack.app.digest_words import Words
    from sigtrack.app.weights import Weighed

Signals = Mapping[tuple[str, str], str]  # titles by watchlist and signal
_TODAY = timedelta(days=1)
_BETWEEN = " · "
_TOLD = (Phase.PLANNED, Phase.CANCELLED)
_LISTS = 2  # watchlists named beside a story
_THINGS = 3  # things named in a gloss
_COLUMNS = (
    Column(name="when"),
    Column(name="headline", kind="main"),
    Column(name="id", kind="key"),
    Column(name="why", kind="below"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The heaviest stories, and all others by watchlist, in the order of display.

    If all stories of a watchlist are among the first, its list is empty.
    """

    first: tuple[Weighed, ...]
    lists: Mapping[str, tuple[Weighed, ...]]

    def shown(self, limit: int | None) -> Iterator[Weighed]:
        """Yield the stories that are shown if each list has `limit` rows (None = all)."""
        yield from self.first
        for some in self.lists.values():
            yield from some[: limit or None]

    @property
    def stories(self) -> tuple[Weighed, ...]:
        return (*self.first, *(story for some in self.lists.values() for story in some))


def front_of(
    weighed: Sequence[Weighed], late: Sequence[Weighed] = (), *, limit: int | None = None
) -> Front:
    """Choose the first stories, and sort the others by watchlist.

    `weighed` are sorted by weight. `late` stories come after all of them and are never among the
    first. `limit` is the most stories in all (None = no limit).
    """
    most = FRONT if limit is None else min(FRONT, limit)
    places = heaviest([(one.weight, one.traits.subjects) for one in weighed], most)
    others = [story for place, story in enumerate(weighed) if place not in places] + [*late]
    lists: dict[str, list[Weighed]] = {one.watchlists[0]: [] for one in (*weighed, *late)}
    for story in others if limit is None else others[: limit - len(places)]:
        lists[story.watchlists[0]].append(story)
    return Front(
        first=tuple(weighed[place] for place in places),
        lists={id: tuple(some) for id, some in lists.items()},
    )


def first_table(front: Front, headings: Headings, signals: Signals, now: datetime) -> Table:
    """Return the table of the first stories, which no limit cuts."""
    return _table(
        "What weighs most",
        front.first,
        [_why(story, headings, signals, lists=True) for story in front.first],
        "",
        now,
    )


def list_tables(
    front: Front, headings: Headings, signals: Signals, now: datetime, *, limit: int | None
) -> Iterator[Table]:
    """Yield a table for each watchlist, the one with the heaviest story first. Each has at most
    `limit` rows (None = all)."""
    above = {id: [one for one in front.first if one.watchlists[0] == id] for id in front.lists}
    for id, stories in front.lists.items():
        shown = stories[:limit] if limit else stories
        yield _table(
            headings.of(id),
            shown,
            [_why(story, headings, signals, lists=False) for story in shown],
            _caption(stories, above[id], len(stories) - len(shown)),
            now,
        )


def _table(
    title: str, stories: Sequence[Weighed], why: Sequence[str], caption: str, now: datetime
) -> Table:
    undated = key_of_times(story.lead for story in stories)
    return Table(
        title=title,
        caption=", ".join(filter(None, (caption, undated))),
        columns=_COLUMNS,
        rows=tuple(map(_row, stories, why)),
        emphasis=tuple(_emphasis(story, now) for story in stories),
    )


def _row(story: Weighed, why: str) -> tuple[Cell, ...]:
    lead = story.lead
    title = marked_title(lead, story.hits[lead.id])
    return (time_of(lead), title, lead.id[:ID_SHOWN], why)


def _why(story: Weighed, headings: Headings, signals: Signals, *, lists: bool) -> str:
    """Return the line below a headline: remarks, who is named, a gloss if the reader needs one, the
    reason, the publishers, and the watchlists (all of them, or all but the one that heads the
    table).

    "Lee Jae Myung → Japan: Nara · Leaders meet · yna and 3 others in 2 languages · Visits; Trade"
    """
    also = lists_of(story, headings, every=lists)
    return _BETWEEN.join(
        filter(
            None,
            (
                *story.remarks,
                story.who,
                *story.gloss,
                f"expected: {story.expected}" if story.expected else reason_of(story, signals),
                _publishers(story),
                also if lists or not also else f"also {also}",
                f"told in parts: {story.told_parts}" if story.told_parts else "",
            ),
        )
    )


def lists_of(story: Weighed, headings: Headings, *, every: bool) -> str:
    """Name two of the story's watchlists and count the others; without its first unless `every`."""
    ids = story.watchlists[0 if every else 1 :]
    left = len(ids) - _LISTS
    named = "; ".join(map(headings.of, ids[:_LISTS]))
    return f"{named}; +{left}" if left > 0 else named


def reason_of(story: Weighed, signals: Signals) -> str:
    """Return the title of the story's best signal."""
    return signals.get((story.best.watchlist, story.best.signal), story.best.signal)


def gloss_of(story: Weighed, languages: Collection[str], words: Words) -> tuple[str, ...]:
    """Return what was read of a headline in none of these languages: the visit or the act, the day,
    and the subjects. Empty for other headlines."""
    item, gist = story.lead.item, story.gist
    language = item.language or guess_language(item.title) or ""
    if not language or language.partition("-")[0].lower() in languages:
        return ()
    told: list[str] = [*gist.acts[:1]]
    if visit := gist.visit:  # one item alone may not know the present phase, nor the exact month
        told = [words.say(visit.phase)] if visit.phase in _TOLD else []
        told += [words.say(visit.level)] if visit.level is not Level.UNSPECIFIED else []
        told += (
            [words.days(visit.date, visit.until)] if visit.date and whole_day(visit.date) else []
        )
    return tuple(dict.fromkeys(filter(None, (*told, *gist.things[:_THINGS]))))


def _publishers(story: Weighed) -> str:
    others, languages = story.traits.publishers - 1, story.traits.languages
    told = story.lead.item.feed
    if others:
        told += f" and {count(others, 'other publisher')}"
    return f"{told} in {languages} languages" if languages > 1 else told


def _emphasis(story: Weighed, now: datetime) -> Literal["", "new", "urgent", "dim"]:
    if is_urgent(story, now):
        return "urgent"
    return "new" if story.is_new else ""


def is_urgent(story: Weighed, now: datetime) -> bool:
    """Whether the story is urgent and has an item of the last 24 hours."""
    last = max(map(when, story.items))
    return story.traits.priority is Priority.URGENT and last > now - _TODAY


def _caption(stories: Sequence[Weighed], above: Sequence[Weighed], left_out: int) -> str:
    every = [*above, *stories]
    items = sum(len(story.items) for story in every)
    parts = [count(items, "item")]
    if items > len(every):
        parts[0] += " in " + (f"{len(every):,} stories" if len(every) > 1 else "1 story")
    if above:
        parts.append(f"{len(above)} above" if stories else "all above")
    new = sum(story.is_new for story in every)
    if new:
        parts.append(f"{new} new" if new < len(every) else "all new")
    if left_out:
        parts.append(f"{left_out} not shown, -n 0 shows all")
    return ", ".join(parts)
