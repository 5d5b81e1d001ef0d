"""What goes out: a report has blocks for people and records for machines.

Cells stay typed (a time is a datetime, a headline is `Marked`) until a format renders them, so each
format decides how a mark, a link or a time looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sigtrack.frozen import frozen
from sigtrack.model.stories import ChangeKind


@frozen
class Marked:
    """A publisher's text with its matched words: `spans` are half-open code point ranges."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    link: str = ""
    language: str | None = None


@frozen
class Seen:
    """The time when we first saw an item without a believable date.

    Formats show that it is not the item's own date: `label` and the day.
    """

    at: datetime
    label: str = "seen"


Cell = None | str | int | float | datetime | Seen | Marked


@frozen
class Column:
    """A column of a table. `kind` says how a terminal may lay it out.

    A "main" column gets the remaining width and wraps; a "side" column never wraps and may be
    dropped on a narrow terminal, last ones first; a "below" column stands below the main one on a
    terminal, and is never dropped or cut. A cell of a main column takes at most three lines of a
    terminal, or as many as it needs if the column is `whole`.
    """

    name: str
    kind: Literal["main", "side", "key", "below"] = "side"
    align: Literal["left", "right"] = "left"
    whole: bool = False


def columns_of(*told: str) -> tuple[Column, ...]:
    """Return columns by their names. Behind a bar stands what is unusual of one: "hits|key right"
    is of the kind "key" and aligned to the right."""
    return tuple(_column(*one.partition("|")[::2]) for one in told)


def _column(name: str, unusual: str) -> Column:
    column = Column(name=name)
    for word in unusual.split():
        match word:
            case "main" | "key" | "below":
                column = replace(column, kind=word)
            case "right":
                column = replace(column, align=word)
            case "whole":
                column = replace(column, whole=True)
            case _:
                raise ValueError(f"{word!r} says nothing of a column")
    return column


@frozen
class Table:
    """A table. `emphasis[i]` says how row i stands out; rows beyond its end are plain."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    caption: str = ""
    emphasis: tuple[Literal["", "new", "urgent", "dim"], ...] = ()


@frozen
class Note:
    """A sentence of ours. `text` may hold cleaned words from outside, but no markup."""

    text: str
    level: Literal["plain", "good", "warning"] = "plain"


@frozen
class DiffRow:
    """What happened to one sentence. `head` says it in words, `kind` by a sign before it.

    `before` and `after` are the old and the new sentence, None if there is none; their spans are
    the words that differ. A row without `head` is a sentence that was kept. `is_break`: a new
    paragraph begins here.
    """

    kind: ChangeKind
    before: Marked | None = None
    after: Marked | None = None
    head: tuple[str, ...] = ()
    is_break: bool = False


@frozen
class Diff:
    """Two texts side by side, or one below the other if the terminal is too narrow.

    `old` and `new` name the two texts; several diffs of the same two texts have one heading.
    """

    rows: tuple[DiffRow, ...]
    old: str
    new: str
    title: str = ""
    caption: str = ""


Block = Table | Note  # a part of any report or letter


@frozen
class Report:
    """The output of a command.

    `language` is that of our words in the blocks (BCP 47). `records` are the JSON objects of the
    machine formats: dicts of str, numbers, bools, None, aware datetimes, lists and dicts of these.
    `fields` are their keys in order, if known, so that a CSV file without rows still has a heading.
    """

    title: str = ""
    blocks: tuple[Block | Diff, ...] = ()
    language: str = "en"
    records: tuple[Mapping[str, Any], ...] = ()
    fields: tuple[str, ...] = ()
