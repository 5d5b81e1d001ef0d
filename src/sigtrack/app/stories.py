"""`sigtrack stories`: events, each with everything that tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from sigtrack.app.grouping import lead_first, story_of
from sigtrack.app.hits import (
    ID_SHOWN,
    count,
    key_of_times,
    time_of,
    without_article,
    without_articles,
)
from sigtrack.app.window import Wanted, query_of
from sigtrack.model import Cell, Column, Feed, Marked, Note, Report, Role, StoredItem, Table
from sigtrack.store import Query, Store

FIELDS = ("story", "lead", "items", "uids", "sources", "first", "last")
_ALSO = 3  # sources named beside the lead's


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
) -> Report:
    """Stories of which an item is wanted, widest told first; `every` asks for items without hits.

    A story is told whole: what tells it outside the window, or hits nothing, belongs to it. One
    item alone is a story as well.
    """
    query = query_of(wanted, store, feeds, now, zone)
    found = [lead_first(items, roles) for items in _whole(store, _asked(store, query, every))]
    found.sort(key=lambda story: (-len(story), -_last(story).timestamp(), story_of(story[0])))
    several = [story for story in found if len(story) > 1]
    shown = several[:limit] if limit else several
    blocks: list[Note | Table] = [Note(text=_summary(found, several))]
    if shown:
        blocks.append(_table(shown, len(several) - len(shown)))
    records = tuple(map(_record, found))
    return Report(title="Stories", blocks=tuple(blocks), records=records, fields=FIELDS)


def _asked(store: Store, query: Query, every: bool) -> dict[str, StoredItem]:
    """Items by id, without their articles: a month of them fills the memory."""
    if every:
        items = store.items(replace(query, watchlists=(), priority=None, after_hit=None))
        return {stored.id: without_article(stored) for stored in items}
    found = without_articles(store.hits(query))
    return {one.stored.id: one.stored for one in found}


def _whole(store: Store, asked: Mapping[str, StoredItem]) -> Iterable[Sequence[StoredItem]]:
    names = {story_of(stored) for stored in asked.values()}
    members = {stored.id: without_article(stored) for stored in store.items_of_stories(names)}
    stories: dict[str, list[StoredItem]] = {}
    for stored in {**asked, **members}.values():  # a run that was cut off leaves items without
        stories.setdefault(story_of(stored), []).append(stored)
    return stories.values()


def _last(story: Sequence[StoredItem]) -> datetime:
    return max(stored.moment for stored in story)


def _record(story: Sequence[StoredItem]) -> dict[str, Any]:
    items = sorted(story, key=lambda stored: (stored.moment, stored.id))
    return {
        "story": story_of(items[0]),
        "lead": story[0].id,
        "items": [stored.id for stored in items],
        "uids": [stored.item.uid for stored in items],
        "sources": sorted({stored.item.feed for stored in items}),
        "first": items[0].moment,
        "last": items[-1].moment,
    }


def _summary(found: Sequence[Sequence[StoredItem]], several: Sequence[object]) -> str:
    if not found:
        return "no stories"
    items = sum(map(len, found))
    stories = f"{len(found):,} stories" if len(found) > 1 else "1 story"
    return f"{count(items, 'item')} in {stories}, {len(several):,} of them told more than once"


def _table(shown: Sequence[Sequence[StoredItem]], left_out: int) -> Table:
    left = f"{left_out} not shown, -n 0 shows all" if left_out else ""
    return Table(
        columns=(
            Column(name="when"),
            Column(name="headline", kind="main"),
            Column(name="items", align="right"),
            Column(name="sources"),
            Column(name="id", kind="key"),
        ),
        rows=tuple(map(_cells, shown)),
        caption=", ".join(filter(None, (key_of_times(story[0] for story in shown), left))),
    )


def _cells(story: Sequence[StoredItem]) -> tuple[Cell, ...]:
    lead = story[0]
    item = lead.item
    sources = list(dict.fromkeys(stored.item.feed for stored in story))
    more = len(sources) - 1 - _ALSO
    names = ", ".join(sources[: 1 + _ALSO]) + (f" +{more}" if more > 0 else "")
    title = Marked(text=item.title, link=item.url, language=item.language)
    return (time_of(lead), title, len(story), names, lead.id[:ID_SHOWN])
