"""`sigtrack stories`: events, each with all items that report it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Self

from sigtrack.app.window import Wanted, query_of
from sigtrack.model import Cell, Column, Feed, Marked, Note, Report, Role, StoredItem, Table
from sigtrack.store import Member, Store
from sigtrack.views.hits import ID_SHOWN, count, key_of_times, officiality, story_of, time_of
from sigtrack.views.stories import Parts

FIELDS = ("story", "lead", "items", "uids", "sources", "first", "last")
_ALSO = 3  # sources named besides the lead's


def stories(
    store: Store,
    wanted: Wanted,
    *,
    every: bool,
    limit: int | None,
    feeds: Iterable[Feed],
    roles: Mapping[str, Role],
    now: datetime,
    zone: tzinfo,
    parts: Parts = lambda _: "",
) -> Report:
    """Report stories with some wanted item, the largest first; `every` counts items without hits.

    A story is complete: items outside the window or without hits belong to it. Single items are
    stories as well.
    """
    query = query_of(wanted, store, feeds, now, zone)
    if every:
        query = replace(query, watchlists=(), priority=None, after_hit=None)
    found = [
        _GroupedStory.of(members, roles) for members in _by_story(store.members(query, every=every))
    ]
    found.sort(key=lambda one: (-len(one.items), -one.items[-1].moment.timestamp(), one.id))
    several = [one for one in found if len(one.items) > 1]
    shown = several[:limit] if limit else several
    blocks: list[Note | Table] = [Note(text=_summary(found, several))]
    if shown:
        leads = [store.revision(one.lead.number) for one in shown]
        told = _parts(store, shown, parts)
        blocks.append(_table(shown, leads, told, len(several) - len(shown)))
    records = tuple(map(_record, found))
    return Report(title="Stories", blocks=tuple(blocks), records=records, fields=FIELDS)


@dataclass(frozen=True, slots=True)
class _GroupedStory:
    """`items` are sorted by time, earliest first."""

    lead: Member
    items: tuple[Member, ...]

    @classmethod
    def of(cls, members: Iterable[Member], roles: Mapping[str, Role]) -> Self:
        items = sorted(members, key=lambda one: (one.moment, one.id))
        return cls(min(items, key=lambda one: officiality(one.feed, roles)), tuple(items))

    @property
    def id(self) -> str:
        return self.lead.story

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds of the items, the lead's first."""
        return tuple(dict.fromkeys((self.lead.feed, *(one.feed for one in self.items))))


def _by_story(members: Iterable[Member]) -> Iterable[list[Member]]:
    stories: dict[str, list[Member]] = {}
    for one in members:
        stories.setdefault(one.story, []).append(one)
    return stories.values()


def _record(story: _GroupedStory) -> dict[str, Any]:
    return {
        "story": story.id,
        "lead": story.lead.id,
        "items": [one.id for one in story.items],
        "uids": [one.uid for one in story.items],
        "sources": sorted(set(story.feeds)),
        "first": story.items[0].moment,
        "last": story.items[-1].moment,
    }


def _summary(found: Sequence[_GroupedStory], several: Sequence[object]) -> str:
    if not found:
        return "no stories"
    items = sum(len(one.items) for one in found)
    stories = f"{len(found):,} stories" if len(found) > 1 else "1 story"
    return f"{count(items, 'item')} in {stories}, {len(several):,} of them told more than once"


def _parts(store: Store, shown: Sequence[_GroupedStory], parts: Parts) -> list[str]:
    items: dict[str, list[StoredItem]] = {one.id: [] for one in shown}
    for stored in store.items_of_stories(items):
        items[story_of(stored)].append(stored)
    return [parts(stored.item for stored in items[one.id]) for one in shown]


def _table(
    shown: Sequence[_GroupedStory], leads: Sequence[StoredItem], parts: Sequence[str], left_out: int
) -> Table:
    left = f"{left_out} not shown, -n 0 shows all" if left_out else ""
    return Table(
        columns=(
            Column(name="when"),
            Column(name="headline", kind="main"),
            Column(name="items", align="right"),
            Column(name="sources"),
            Column(name="id", kind="key"),
            Column(name="parts", kind="below"),
        ),
        rows=tuple(map(_cells, shown, leads, parts)),
        caption=", ".join(filter(None, (key_of_times(leads), left))),
    )


def _cells(story: _GroupedStory, lead: StoredItem, parts: str) -> tuple[Cell, ...]:
    item = lead.item
    more = len(story.feeds) - 1 - _ALSO
    names = ", ".join(story.feeds[: 1 + _ALSO]) + (f" +{more}" if more > 0 else "")
    title = Marked(text=item.title, link=item.url, language=item.language)
    return (time_of(lead), title, len(story.items), names, lead.id[:ID_SHOWN], parts)
