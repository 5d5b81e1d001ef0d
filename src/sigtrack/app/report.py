"""`sigtrack report`: the hits of a window, and what is new among them since the last look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sigtrack.app.grouping import story_of
from sigtrack.app.hits import FIELDS, Group, Headings, count, record_of, tables_of, without_articles
from sigtrack.app.window import Wanted, query_of
from sigtrack.model import Block, Feed, Note, Report, Role
from sigtrack.store import Found, Look, Store

READER = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the answer is laid out. `is_look`: a person sees it, so what is new now will not be."""

    group: Group = "watchlist"
    limit: int | None = None
    is_look: bool = True


def report(
    store: Store,
    wanted: Wanted,
    shape: Shape,
    *,
    headings: Headings,
    feeds: Iterable[Feed],
    now: datetime,
    zone: tzinfo,
    roles: Mapping[str, Role] | None = None,
    expected: Sequence[Block] = (),
) -> Report:
    """Tables by group with counts, or records; the reader's place is remembered for next time.

    `expected` is what watchlists expect (see `app.expect`), shown below the hits.
    """
    query = query_of(wanted, store, feeds, now, zone)
    records: list[Mapping[str, Any]] = []
    found = list(without_articles(_recorded(store.hits(query), records)))
    last = store.last_look(READER)
    tables = tables_of(
        found,
        group=shape.group,
        headings=headings,
        zone=zone,
        new_after=last.hit if last else 0,
        limit=shape.limit,
        roles=roles,
    )
    if shape.is_look:
        store.look(READER, now)
    note = Note(text=summary_of(found, wanted.since, last, zone))
    blocks: tuple[Block, ...] = (note, *tables, *expected)
    return Report(title="Signals", blocks=blocks, records=tuple(records), fields=FIELDS)


def _recorded(hits: Iterable[Found], records: list[Mapping[str, Any]]) -> Iterator[Found]:
    """The hits as they pass by, each put on record while its article is at hand."""
    for one in hits:
        records.append(record_of(one.stored, one.hit))
        yield one


def summary_of(found: list[Found], since: str, last: Look | None, zone: tzinfo) -> str:
    """One sentence: how much, from how many, and how much of it the reader has not seen."""
    if not found:
        return f"no hits {_window(since)}"
    items = {one.stored.id for one in found}
    stories = {story_of(one.stored) for one in found}
    sources = {one.stored.item.feed for one in found}
    text = (
        f"{count(len(items), 'item')} {_in_stories(len(items), len(stories))}"
        f"with {count(len(found), 'hit')} "
        f"from {count(len(sources), 'source')} {_window(since)}"
    )
    if last is None:
        return text
    new = len({one.stored.id for one in found if one.number > last.hit})
    seen = last.at.astimezone(zone)
    return f"{text}; {new or 'nothing'} new since the last look on {seen:%Y-%m-%d %H:%M}"


def _in_stories(items: int, stories: int) -> str:
    if stories == items:
        return ""
    return "in 1 story " if stories == 1 else f"in {stories:,} stories "


def _window(since: str) -> str:
    match since:
        case "all":
            return "in the whole store"
        case "last-fetch":
            return "since the last fetch"
        case "last-digest":
            return "since the last digest"
    return f"since {since}" if "-" in since else f"in the last {since}"
