"""`sigtrack search QUERY`: items by their words, whether or not a watchlist saw them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from sigtrack.app.hits import ID_SHOWN, count, key_of_times, time_of
from sigtrack.model import Column, Marked, Note, Report, StoredItem, Table
from sigtrack.store import Query, Store

FIELDS = ("item", "uid", "title", "summary", "link", "source", "lang", "published", "first_seen")
_COLUMNS = (
    Column(name="when"),
    Column(name="headline", kind="main"),
    Column(name="source"),
    Column(name="id", kind="key"),
)


Order = Literal["date", "rank"]


def search(store: Store, text: str, query: Query, *, order: Order, limit: int | None) -> Report:
    """The latest revision of items that hold all words of the text."""
    found = list(store.search(text, replace(query, limit=limit), order=order))
    blocks = (_table(text, found),) if found else (Note(text=f"no item holds {text!r}"),)
    return Report(title="Search", blocks=blocks, records=tuple(map(_record, found)), fields=FIELDS)


def _table(text: str, found: list[StoredItem]) -> Table:
    rows = tuple(
        (
            time_of(one),
            Marked(text=one.item.title, link=one.item.url, language=one.item.language),
            one.item.feed,
            one.id[:ID_SHOWN],
        )
        for one in found
    )
    caption = ", ".join(filter(None, (count(len(rows), "item"), key_of_times(found))))
    return Table(title=text, caption=caption, columns=_COLUMNS, rows=rows)


def _record(one: StoredItem) -> dict[str, object]:
    item = one.item
    values = (
        *(one.id, item.uid, item.title, item.summary, item.url, item.feed, item.language),
        *(item.published, one.first_seen),
    )
    return dict(zip(FIELDS, values, strict=True))
