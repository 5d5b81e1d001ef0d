"""`sigtrack statements`: the archive of statements by series, kept for later comparisons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sigtrack.app.compare_inputs import Source
from sigtrack.app.hits import ID_SHOWN, count
from sigtrack.errors import InputUnreadable, Misuse
from sigtrack.model import (
    LEVELS,
    ArchivedStatement,
    Cell,
    Column,
    Marked,
    Note,
    Report,
    Table,
    fingerprint_of,
    statement_id,
)
from sigtrack.store import Store
from sigtrack.text import clean, safe_link
from sigtrack.watch.keys import ID

FIELDS = ("statement", "series", "level", "date", "title", "url", "lang", "characters")
_COLUMNS = (
    Column(name="date", kind="key"),
    Column(name="title", kind="main"),
    Column(name="level"),
    Column(name="lang"),
    Column(name="characters", align="right"),
    Column(name="id", kind="key"),
)
_PAIR = (Column(name="", kind="key"), Column(name="", kind="main"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementWish:
    """What the user says of a text. "" and None take the value from the text."""

    series: str
    date: str = ""
    title: str = ""
    level: str = ""
    url: str = ""


def add(store: Store, source: Source, wish: StatementWish, *, at: datetime) -> Report:
    """Add the text to the archive, or report that it is there already."""
    new = _statement(source, wish, at)
    if store.keep_statement(new):
        there = len(store.statements(new.series))
        text = f"{new.id[:ID_SHOWN]} added to {new.series}: {_named(new)}"
        hint = f"the {count(there, 'text')} of it: sigtrack statements list --series {new.series}"
        blocks = (Note(text=text, level="good"), Note(text=hint))
        return Report(blocks=blocks, records=(_record(new),), fields=FIELDS)
    (known,) = store.find_statements(new.id)
    text = f"the archive has these words already: {known.id[:ID_SHOWN]}, {_named(known)}"
    hint = f"to give it another date or title: sigtrack statements remove {known.id[:ID_SHOWN]}"
    return Report(
        blocks=(Note(text=text, level="warning"), Note(text=hint)),
        records=(_record(known),),
        fields=FIELDS,
    )


def list_statements(store: Store, series: str | None) -> Report:
    """List the archive by series, oldest first."""
    found = store.statements(series)
    by_name: dict[str, list[ArchivedStatement]] = {}
    for one in found:
        by_name.setdefault(one.series, []).append(one)
    blocks: tuple[Table | Note, ...] = tuple(_table(name, some) for name, some in by_name.items())
    if not blocks:
        what = f"no statement of {series}" if series else "no statement"
        blocks = (Note(text=f"the archive has {what}; sigtrack statements add puts one into it"),)
    return Report(
        title="Statements", blocks=blocks, records=tuple(map(_record, found)), fields=FIELDS
    )


def show(store: Store, prefix: str) -> Report:
    """Show the facts about a statement and its whole text."""
    one = _get(store, prefix)
    facts: tuple[tuple[Cell, ...], ...] = (
        ("series", one.series),
        ("date", f"{one.date}"),
        ("level", one.level or "not said"),
        ("language", one.language or "unknown"),
        ("link", one.url or "none"),
        ("added", one.added_at),
        ("id", one.id),
    )
    # An empty note is an empty line, which separates paragraphs.
    first, *rest = one.text.split("\n\n")
    paragraphs = [Note(text=first), *(Note(text=part) for text in rest for part in ("", text))]
    return Report(
        title=one.title,
        blocks=(Table(columns=_PAIR, rows=facts), *paragraphs),
        records=(_record(one) | {"text": one.text},),
    )


def remove(store: Store, prefix: str) -> Report:
    one = _get(store, prefix)
    store.remove_statement(one.id)
    return Report(blocks=(Note(text=f"{_named(one)} removed from {one.series}", level="good"),))


def _statement(source: Source, wish: StatementWish, at: datetime) -> ArchivedStatement:
    if not re.fullmatch(ID, wish.series):
        raise Misuse(
            f'"{clean(wish.series)}" cannot be the name of a series',
            hint="lower-case letters, digits and hyphens: who and on what level, "
            "such as us-japan-rok-ministers",
        )
    fingerprint = fingerprint_of("", "", source.text)
    return ArchivedStatement(
        id=statement_id(wish.series, fingerprint),
        series=wish.series,
        level=_level(wish),
        date=_day(wish.date) if wish.date else _known_day(source),
        title=clean(wish.title) or source.title or source.name,
        url=_link(wish.url) or source.url,
        language=source.tongue,
        text=source.text,
        fingerprint=fingerprint,
        added_at=at,
    )


def _level(wish: StatementWish) -> str:
    """Return the user's level, or the one at the end of the series: us-japan-rok-vice-ministers."""
    if wish.level and wish.level not in LEVELS:
        raise Misuse(
            f'there is no level "{clean(wish.level)}"', hint=f"one of: {', '.join(LEVELS)}"
        )
    told = (level for level in LEVELS if f"-{wish.series}".endswith(f"-{level}"))
    return wish.level or max(told, key=len, default="")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misuse(f'"{clean(text)}" is not a day', hint="write it like 2024-01-05") from None


def _known_day(source: Source) -> date:
    if source.date is None:
        raise Misuse(f"{source.name} does not say its date", hint="add --date 2024-01-05")
    return source.date


def _link(url: str) -> str:
    link = safe_link(url)
    if url and not link:
        raise Misuse(f"{clean(url)} is not an http(s) address")
    return link


def _get(store: Store, prefix: str) -> ArchivedStatement:
    wanted = prefix.strip().lower()
    found = store.find_statements(wanted) if re.fullmatch("[0-9a-f]{3,12}", wanted) else []
    if not found:
        raise InputUnreadable(
            f'no statement has an id that begins with "{clean(prefix)}"',
            hint="look at: sigtrack statements list",
        )
    if len(found) > 1:
        some = ", ".join(one.id for one in found[:5])
        raise InputUnreadable(
            f'several statements have an id that begins with "{clean(prefix)}"', hint=some
        )
    return found[0]


def _table(series: str, some: Sequence[ArchivedStatement]) -> Table:
    rows = tuple(
        (
            f"{one.date}",
            Marked(text=one.title, link=one.url, language=one.language),
            one.level,
            one.language,
            len(one.text),
            one.id[:ID_SHOWN],
        )
        for one in some
    )
    return Table(title=series, caption=count(len(rows), "text"), columns=_COLUMNS, rows=rows)


def _named(one: ArchivedStatement) -> str:
    return f"{one.title} ({one.date})"


def _record(one: ArchivedStatement) -> dict[str, Any]:
    values = (one.id, one.series, one.level, one.date, one.title, one.url, one.language)
    return dict(zip(FIELDS, (*values, len(one.text)), strict=True))
