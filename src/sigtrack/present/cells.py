"""What every format for people says alike: times, figures, marks, and text made harmless.

Text is made harmless character for character, so that the spans of a `Marked` stay true.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from sigtrack.model import Diff, Marked, Note, Seen, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from sigtrack.model import Cell

# How a row or note stands out; the symbols differ in shape, so that they read without colour.
ROW_MARKS = {"new": "●", "urgent": "▲"}
NOTE_MARKS = {"good": "✓", "warning": "!"}
DIFF_SIGNS = {
    "kept": " ",
    "added": "+",
    "dropped": "-",
    "moved": ">",
    **dict.fromkeys(("reworded", "named", "unnamed"), "~"),
}


def safe(text: str) -> str:
    """The text without controls, format characters (bidi among them) and lone surrogates.

    Each becomes a space where it is white, else U+FFFD: the length stays.
    """
    return text if text.isprintable() else "".join(map(_harmless, text))


def one_line(text: str) -> str:
    """`safe`, and every run of white space is one space: what stands in a column or sentence."""
    return " ".join(safe(text).split())


def local(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in the zone, or as it is where that would leave the calendar (year 1, 9999)."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def zone_name(moment: datetime, zone: tzinfo) -> str:
    """KST, CEST, or UTC+04 where a zone has no letters."""
    name = local(moment, zone).tzname() or "UTC"
    return name if name[0].isalpha() else f"UTC{name}"


def words(cell: Cell, zone: tzinfo, *, separator: str = ",") -> str:
    """The bare text of a cell: no marks, no link; `separator` stands between thousands."""
    match cell:
        case None:
            return ""
        case Marked():
            return safe(cell.text)
        case bool():
            return "yes" if cell else "no"
        case int() | float():
            return _figure(cell).replace(",", separator)
        case datetime():
            return local(cell, zone).isoformat(sep=" ", timespec="minutes")[:16]
        case Seen():  # no wider than a time, and the hour of a fetch says nothing of the item
            return f"seen {local(cell.at, zone).date().isoformat()}"
        case str():
            return one_line(cell)


def merged(marked: Marked) -> tuple[tuple[int, int], ...]:
    """Its spans in order, inside the text, overlapping and touching ones as one."""
    found: list[tuple[int, int]] = []
    size = len(marked.text)
    for start, end in sorted((max(start, 0), min(end, size)) for start, end in marked.spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def quoted(marked: Marked) -> str:
    """On one line, its matched words between « and »."""
    return one_line("".join(f"«{piece}»" if hit else piece for piece, hit in pieces(marked)))


def pieces(marked: Marked) -> Iterator[tuple[str, bool]]:
    """The safe text cut at its marks: (piece, is it a matched word)."""
    text, at = safe(marked.text), 0
    for start, end in merged(marked):
        if at < start:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def link_of(cell: Cell) -> str:
    """Its link if a format may write it: http(s), and nothing in it that needs cleaning."""
    link = cell.link if isinstance(cell, Marked) else ""
    fit = link.startswith(("http://", "https://")) and link.isprintable() and " " not in link
    return link if fit else ""


def family_of(block: Table | Note | Diff) -> object:
    """Equal for neighbours that are drawn together: tables of the same columns, diffs of the same
    two texts. None for notes."""
    match block:
        case Note():
            return None
        case Diff():
            return block.old, block.new
        case Table():
            return block.columns


def full_rows(table: Table) -> Iterator[tuple[tuple[Cell, ...], str]]:
    """Each row, exactly as long as there are columns, with its emphasis."""
    size = len(table.columns)
    for number, row in enumerate(table.rows):
        emphasis = table.emphasis[number] if number < len(table.emphasis) else ""
        yield (*row[:size], *(None,) * (size - len(row))), emphasis


def has_marks(tables: Iterable[Table]) -> bool:
    return any(emphasis in ROW_MARKS for table in tables for emphasis in table.emphasis)


def _harmless(character: str) -> str:
    if unicodedata.category(character) in _STEERING:
        return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"
    return character


def _figure(value: int | float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2g}" if 0 < abs(value) < 0.01 else f"{value:,.2f}"


_STEERING = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
