"""Hits made into tables for people and records for machines; fetch, report and demo share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Literal

from sigtrack.errors import Misuse
from sigtrack.model import Cell, Column, Hit, Marked, Span, StoredItem, Table
from sigtrack.store import Found
from sigtrack.text import clean

Group = Literal["watchlist", "source", "day", "none"]
GROUPS: tuple[Group, ...] = ("watchlist", "source", "day", "none")
ID_SHOWN = 6  # hex digits of an item's id in tables; any unique prefix is accepted
FIELDS = (
    *("item", "uid", "title", "link", "source", "lang", "published", "first_seen", "story"),
    *("watchlist", "signal", "priority", "score", "spans"),
)


@dataclass(slots=True, kw_only=True)
class Row:
    """An item with those of its hits that stand in one table."""

    stored: StoredItem
    hits: list[Hit] = field(default_factory=list)
    is_new: bool = False

    @property
    def rank(self) -> int:
        return max(hit.priority.rank for hit in self.hits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Titles of watchlists, in the order in which they are shown."""

    watchlists: Mapping[str, str]

    def of(self, watchlist: str) -> str:
        return self.watchlists.get(watchlist, watchlist)

    def check(self, asked: Iterable[str]) -> None:
        """Raises Misuse for a watchlist that does not exist."""
        for id in asked:
            if id not in self.watchlists:
                raise Misuse(
                    f"there is no watchlist {clean(id)!r}",
                    hint=f"one of: {', '.join(self.watchlists)}",
                )


def tables_of(
    found: Sequence[Found],
    *,
    group: Group,
    headings: Headings,
    zone: tzinfo,
    new_after: int | None,
    limit: int | None,
) -> list[Table]:
    """One table a group, the most important rows first; `limit` rows a table, None = all.

    Hits with a number above `new_after` are new to the reader; None marks nothing.
    """
    key, title, order = _grouping(group, headings, zone)
    groups: dict[str, dict[str, Row]] = {}
    for stored, hit, number in found:
        rows = groups.setdefault(key(stored, hit), {})
        row = rows.setdefault(stored.id, Row(stored=stored))
        row.hits.append(hit)
        row.is_new |= new_after is not None and number > new_after
    return [
        _table(title(name), list(groups[name].values()), group, headings, limit)
        for name in sorted(groups, key=order)
    ]


def records_of(found: Iterable[Found]) -> tuple[Mapping[str, Any], ...]:
    """The objects of the machine formats, in the order given."""
    return tuple(record_of(stored, hit) for stored, hit, _ in found)


def record_of(stored: StoredItem, hit: Hit) -> dict[str, Any]:
    item = stored.item
    return {
        "item": stored.id,
        "uid": item.uid,
        "title": item.title,
        "link": item.url,
        "source": item.feed,
        "lang": item.language,
        "published": item.published,
        "first_seen": stored.first_seen,
        "story": stored.story,
        "watchlist": hit.watchlist,
        "signal": hit.signal,
        "priority": str(hit.priority),
        "score": hit.score,
        "spans": [_span_record(stored, span) for span in hit.spans],
    }


def marked_title(stored: StoredItem, hits: Iterable[Hit]) -> Marked:
    """The headline with every word in it that some hit rests on."""
    item = stored.item
    spans = {(s.start, s.end) for hit in hits for s in hit.spans if s.field == "title"}
    return Marked(
        text=item.title, spans=tuple(sorted(spans)), link=item.url, language=item.language
    )


def _span_record(stored: StoredItem, span: Span) -> dict[str, Any]:
    text: str = getattr(stored.item, span.field)
    return {
        "field": span.field,
        "start": span.start,
        "end": span.end,
        "text": text[span.start : span.end],
        "term": span.term,
    }


def when(stored: StoredItem) -> datetime:
    """The time to show: the publisher's, unless it lies in the future; else when we saw it."""
    published = stored.item.published
    return published if published and published <= stored.moment else stored.moment


def _grouping(
    group: Group, headings: Headings, zone: tzinfo
) -> tuple[Callable[[StoredItem, Hit], str], Callable[[str], str], Callable[[str], Any]]:
    """How to name a hit's group, what to call it, and in which order groups stand."""
    match group:
        case "watchlist":
            order = list(headings.watchlists)
            return (
                lambda _, hit: hit.watchlist,
                headings.of,
                lambda name: (order.index(name) if name in order else len(order), name),
            )
        case "source":
            return (lambda stored, _: stored.item.feed, str, str)
        case "day":
            return (lambda stored, _: _day(when(stored), zone), str, _latest_first)
        case "none":
            return (lambda _, __: "", lambda _: "", str)


def _day(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).date().isoformat()


def _latest_first(day: str) -> int:
    return -int(day.replace("-", ""))


def _table(
    title: str, rows: list[Row], group: Group, headings: Headings, limit: int | None
) -> Table:
    rows.sort(key=lambda row: (-row.rank, -when(row.stored).timestamp(), row.stored.id))
    shown = rows[:limit] if limit else rows
    columns = [Column(name="when"), Column(name="headline", kind="main")]
    if group != "source":
        columns.append(Column(name="source", kind="key"))
    columns += [Column(name="id"), Column(name="signal")]
    return Table(
        title=title,
        caption=_caption(rows, len(rows) - len(shown)),
        columns=tuple(columns),
        rows=tuple(_cells(row, group, headings) for row in shown),
        emphasis=tuple(_emphasis(row) for row in shown),
    )


def _cells(row: Row, group: Group, headings: Headings) -> tuple[Cell, ...]:
    cells: list[Cell] = [when(row.stored), marked_title(row.stored, row.hits)]
    if group != "source":
        cells.append(row.stored.item.feed)
    names = dict.fromkeys(hit.signal if group == "watchlist" else hit.watchlist for hit in row.hits)
    return (*cells, row.stored.id[:ID_SHOWN], ", ".join(names))


def _emphasis(row: Row) -> Literal["", "new", "urgent", "dim"]:
    if row.rank == 4:
        return "urgent"
    return "new" if row.is_new else ""


def _caption(rows: list[Row], left_out: int) -> str:
    new = sum(row.is_new for row in rows)
    parts = [count(len(rows), "item")]
    if new:
        parts.append(f"{new} new" if new < len(rows) else "all new")
    if left_out:
        parts.append(f"{left_out} not shown, -n 0 shows all")
    return ", ".join(parts)


def count(number: int, noun: str) -> str:
    """`1 item`, `2 items`, `1,204 items`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
