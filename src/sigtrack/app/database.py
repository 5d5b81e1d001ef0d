"""`sigtrack db`: facts about the store, checks, backups and pruning."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

from sigtrack.app.hits import count
from sigtrack.app.window import moment_of
from sigtrack.model import Cell, Column, Note, Report, Table
from sigtrack.store import Store
from sigtrack.text import clean

_PAIR = (Column(name="", kind="key"), Column(name="", kind="main"))


def info(store: Store) -> Report:
    census = store.census()
    facts: dict[str, Cell] = {
        "database": store.name,
        "size": f"{census.size / 1e6:,.1f} MB, format {census.schema}",
        "feeds": census.feeds,
        "items": census.items,
        "revisions": census.revisions,
        "pruned": census.pruned,
        "first item": census.first or "none",
        "last item": census.last or "none",
        "hits": sum(census.hits.values()),
        "statements": census.statements,
    }
    tables = [Table(title="Database", columns=_PAIR, rows=tuple(facts.items()))]
    if census.hits:
        columns = (Column(name="watchlist", kind="key"), Column(name="hits", align="right"))
        tables.append(Table(title="Hits", columns=columns, rows=tuple(census.hits.items())))
    record = {
        "database": store.name,
        "size": census.size,
        "schema": census.schema,
        "feeds": census.feeds,
        "items": census.items,
        "revisions": census.revisions,
        "pruned": census.pruned,
        "first": census.first,
        "last": census.last,
        "hits": dict(census.hits),
        "statements": census.statements,
    }
    return Report(blocks=tuple(tables), records=(record,))


def check(store: Store) -> Report:
    """Return one record and one warning for each problem."""
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


def prune(store: Store, before: str, *, now: datetime, zone: tzinfo) -> Report:
    moment = moment_of(before, now, zone)
    removed = store.prune(moment)
    text = f"{_from_before(removed, moment, zone)} removed"
    return Report(blocks=(Note(text=text),), records=({"pruned": removed},))


def rehearse_prune(store: Store, before: str, *, now: datetime, zone: tzinfo) -> Report:
    """Report what `prune` would remove, without removing it."""
    moment = moment_of(before, now, zone)
    old = store.prunable(moment)
    text = f"{_from_before(old, moment, zone)} would be removed, of {store.census().items:,}"
    return Report(blocks=(Note(text=text),), records=({"would_prune": old},))


def _from_before(items: int, moment: datetime, zone: tzinfo) -> str:
    return f"{count(items, 'item')} from before {moment.astimezone(zone):%Y-%m-%d %H:%M}"
