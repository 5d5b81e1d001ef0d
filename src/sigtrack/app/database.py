"""`sigtrack db`: facts about the store, checks, backups and pruning."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from sigtrack.app.window import moment_of
from sigtrack.errors import Misuse
from sigtrack.model import Note, Report, Table, columns_of
from sigtrack.store import is_on_server, shown_place
from sigtrack.store.sql import Store
from sigtrack.text import clean
from sigtrack.views.hits import count

_CENSUS = (
    *("size", "schema", "feeds", "items", "revisions", "pruned"),
    *("first", "last", "hits", "statements"),
)
_PAIR = columns_of("|key", "|main")

# Facets of the views, in the order of the page.
_FACETS = {
    "hits_readable": ("watchlist", "signal", "week", "source", "language", "priority"),
    "items_readable": ("source", "language"),
    "stories_readable": ("sources",),
    "visits_readable": ("host_country", "phase", "level", "source"),
}
_HIDDEN = (
    *("bylines", "deliveries", "feeds", "full_texts", "handles", "hits", "item_marks"),
    *("items", "looks", "mails", "marks", "opinions", "origins", "phrases_read"),
    *("revisions", "runs", "sightings", "statements", "tellings", "texts", "unseen", "vectors"),
    *("visits_read", "wording_read", "words", "zones", "sqlite_sequence"),
)
_SORTED_BY = {"stories_readable": "last"}
_INDEX = "words"  # of texts; `search` is the number of the row there
_BY_WEEK = """
SELECT week, watchlist, count(DISTINCT item) AS items, count(*) AS hits FROM hits_readable
WHERE :watchlist = '' OR watchlist = :watchlist
GROUP BY week, watchlist ORDER BY week DESC, hits DESC
"""
# The index holds pairs of Korean, Japanese and Chinese letters, which a query from outside has not.
_ANY_WORDS = """
SELECT time, source, language, title, link, watchlists, id FROM items_readable
WHERE title LIKE '%' || :words || '%' OR summary LIKE '%' || :words || '%'
ORDER BY time DESC
"""


def info(store: Store) -> Report:
    census = store.census()
    record = {"database": store.name} | {name: getattr(census, name) for name in _CENSUS}
    shown = {
        **{key: value for key, value in record.items() if key != "schema"},
        "size": f"{census.size / 1e6:,.1f} MB, format {census.schema}",
        "first": census.first or "none",
        "last": census.last or "none",
        "hits": sum(census.hits.values()),
    }
    names = {"first": "first item", "last": "last item"}
    rows = tuple((names.get(key, key), value) for key, value in shown.items())
    tables = [Table(title="Database", columns=_PAIR, rows=rows)]
    if census.hits:
        columns = columns_of("watchlist|key", "hits|right")
        tables.append(Table(title="Hits", columns=columns, rows=tuple(census.hits.items())))
    return Report(blocks=tuple(tables), records=(record,))


def check(store: Store) -> Report:
    wrong = store.check()
    if not wrong:
        return Report(blocks=(Note(text=f"{store.name} is sound", level="good"),))
    return Report(
        blocks=tuple(Note(text=text, level="warning") for text in wrong),
        records=tuple({"problem": text} for text in wrong),
    )


def backup(store: Store, path: Path) -> Report:
    store.backup(path)
    size = path.stat().st_size
    text = f"{store.name} copied to {clean(str(path))}, {size / 1e6:,.1f} MB"
    return Report(
        blocks=(Note(text=text, level="good"),), records=({"backup": str(path), "size": size},)
    )


def copy(old: Store, new: Store) -> Report:
    old.copy_to(new)
    items = new.census().items
    text = f"{old.name} copied to {new.name}, {count(items, 'item')}"
    record = {"from": old.name, "to": new.name, "items": items}
    return Report(blocks=(Note(text=text, level="good"),), records=(record,))


def prune(store: Store, before: str, *, dry_run: bool, now: datetime, zone: tzinfo) -> Report:
    """Remove old items, or with `dry_run` only tell how many these are."""
    moment = moment_of(before, now, zone)
    if moment > now:
        raise Misuse(
            f"--before {clean(before)} lies in the future, and would remove every item",
            hint="write an earlier day, or 0d if all of them are to go",
        )
    items = store.prunable(moment) if dry_run else store.prune(moment)
    old = f"{count(items, 'item')} from before {moment.astimezone(zone):%Y-%m-%d %H:%M}"
    what = f"would be removed, of {store.census().items:,}" if dry_run else "removed"
    record = {"would_prune" if dry_run else "pruned": items}
    return Report(blocks=(Note(text=f"{old} {what}"),), records=(record,))


def datasette_metadata(database: str) -> dict[str, Any]:
    """Return the metadata for Datasette: facets and search of the views, and two queries.

    Datasette calls a database by its file name without suffix. Raises Misuse for what is no file.
    """
    path = Path(database.removeprefix("sqlite:///"))
    if is_on_server(database) or path.is_dir():
        raise Misuse(
            f"Datasette reads SQLite files, and {clean(shown_place(database))} is not one",
            hint="name a database file with --db",
        )
    tables: dict[str, dict[str, Any]] = {table: {"hidden": True} for table in _HIDDEN}
    for view, facets in _FACETS.items():
        tables[view] = {
            "facets": list(facets),
            "sort_desc": _SORTED_BY.get(view, "time"),
            "size": 50,
        }
        if view not in _SORTED_BY:
            tables[view] |= {"fts_table": _INDEX, "fts_pk": "search"}
    queries = {
        "hits_by_week": {"title": "Hits by week", "sql": _BY_WEEK.strip(), "params": ["watchlist"]},
        "any_words": {
            "title": "Headlines and summaries with these words, in any language",
            "sql": _ANY_WORDS.strip(),
            "params": ["words"],
        },
    }
    return {"title": "sigtrack", "databases": {path.stem: {"tables": tables, "queries": queries}}}
