"""What goes out: a report is blocks for people and records for machines.

Cells stay typed (a time is a datetime, a headline is `Marked`) until a format renders them, so
each format decides for itself how a mark, a link or a time looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sigtrack.model.statements import ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Outside text with the words that matched: spans are half-open code point ranges in `text`."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    link: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When we first saw what has no date that can be believed; formats say that it is so."""

    at: datetime


Cell = None | str | int | float | datetime | Seen | Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`kind` tells a format what it may do: a "main" column takes the room that is left and wraps;
    a "side" column is never wrapped and may be dropped on a narrow terminal, last ones first; a
    "below" column stands on a terminal below the main one, and is never dropped or cut.
    A cell of a main column takes three lines of a terminal at most, a `whole` one all it needs."""

    name: str
    kind: Literal["main", "side", "key", "below"] = "side"
    align: Literal["left", "right"] = "left"
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`emphasis[i]` says how row i stands out; shorter than rows = plain."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    caption: str = ""
    emphasis: tuple[Literal["", "new", "urgent", "dim"], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence of ours; `text` may hold outside words, which are cleaned but not markup."""

    text: str
    level: Literal["plain", "good", "warning"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """What became of one sentence. `head` says it in words, `kind` by a sign before it.

    `before` and `after` are the old and the new sentence, None where there is none; their spans
    are the words that differ. A row without `head` goes on quietly: a sentence that was kept.
    `is_break`: a new paragraph begins here.
    """

    kind: ChangeKind
    before: Marked | None = None
    after: Marked | None = None
    head: tuple[str, ...] = ()
    is_break: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Two texts side by side, or one below the other where there is no room. `old` and `new` say
    which texts these are; tables of the same two are headed once."""

    rows: tuple[DiffRow, ...]
    old: str
    new: str
    title: str = ""
    caption: str = ""


Block = Table | Note  # of any report and any letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`records` are the JSON objects of the machine formats: dicts of str, numbers, bools, None,
    aware datetimes, lists and dicts of these. `fields` are their keys in order, as far as they are
    known: a CSV file without rows then still has its heading."""

    title: str = ""
    blocks: tuple[Block | Diff, ...] = ()
    records: tuple[Mapping[str, Any], ...] = ()
    fields: tuple[str, ...] = ()
