"""What all formats for people share: times, numbers, marks, line breaks, and text made harmless.

Text is made harmless character by character, so that the spans of a `Marked` stay valid.

Rich wraps at spaces only. Then a Chinese title after one Latin word starts a new line, and a line
may begin with a comma. Here, Han and Kana may break anywhere except before closing marks and after
opening marks (the common part of JIS X 4051 and GB/T 15834); Latin and Hangul break at spaces, and
a word that is longer than the line breaks where it must.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo

from sigtrack.model import Cell, Diff, DiffRow, Marked, Note, Seen, Table

# How a row or note stands out. The symbols differ in shape, so they work without colour.
ROW_MARKS = {"new": "●", "urgent": "▲"}
NOTE_MARKS = {"good": "✓", "warning": "!"}
DIFF_SIGNS = {
    "kept": " ",
    "added": "+",
    "dropped": "-",
    "moved": ">",
    "added-beside": "+",
    "dropped-beside": "-",
    **dict.fromkeys(("reworded", "replaced", "named", "unnamed"), "~"),
}


def sides_of(row: DiffRow) -> list[tuple[str, Marked]]:
    """Return the sentences of a row to be shown one below the other, each with its sign: - the old
    one, + the new one, and nothing before a sentence that did not change."""
    if row.kind in ("kept", "moved"):
        return [(" ", row.after)] if row.after else []
    signs = (
        " " if row.kind == "added-beside" else "-",
        " " if row.kind == "dropped-beside" else "+",
    )
    both = zip(signs, (row.before, row.after), strict=True)
    return [(sign, text) for sign, text in both if text is not None]


def safe(text: str) -> str:
    """Replace control characters, format characters (such as bidi marks) and lone surrogates.

    White space becomes a space, every other one U+FFFD, so the length stays the same.
    """
    return text if text.isprintable() else "".join(map(_harmless, text))


def one_line(text: str) -> str:
    """Return `safe` text with single spaces, for a column or sentence."""
    return " ".join(safe(text).split())


def local(moment: datetime, zone: tzinfo) -> datetime:
    """Return the moment in the zone; unchanged if that would leave the calendar (year 1, 9999)."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def zone_name(moment: datetime, zone: tzinfo) -> str:
    """Return a name such as KST or CEST, or UTC+04 if the zone has no letters."""
    name = local(moment, zone).tzname() or "UTC"
    return name if name[0].isalpha() else f"UTC{name}"


def words(cell: Cell, zone: tzinfo, *, separator: str = ",") -> str:
    """Return the bare text of a cell, without marks and link; `separator` separates thousands."""
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
        case Seen():  # no wider than a time; the hour of a fetch says nothing about the item
            return f"{one_line(cell.label)} {local(cell.at, zone).date().isoformat()}"
        case str():
            return one_line(cell)


def merged(marked: Marked) -> tuple[tuple[int, int], ...]:
    """Return its spans in order, cut to the text; overlapping and touching spans are joined."""
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


def quoted(marked: Marked | None) -> str:
    """Return the text on one line, with its matched words between « and »."""
    if marked is None:
        return ""
    return one_line("".join(f"«{piece}»" if hit else piece for piece, hit in pieces(marked)))


def pieces(marked: Marked) -> Iterator[tuple[str, bool]]:
    """Yield the safe text in pieces: (piece, whether it is a matched word)."""
    text, at = safe(marked.text), 0
    for start, end in merged(marked):
        if at < start:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def link_of(cell: Cell) -> str:
    """Return the link of a cell, or "" if a format must not write it.

    A link may be written if it is http(s) and holds nothing that needs cleaning.
    """
    link = cell.link if isinstance(cell, Marked) else ""
    fit = link.startswith(("http://", "https://")) and link.isprintable() and " " not in link
    return link if fit else ""


def family_of(block: Table | Note | Diff) -> object:
    """Return a value that is equal for neighbouring blocks to be drawn together.

    These are tables with the same columns and diffs of the same two texts. None for notes.
    """
    match block:
        case Note():
            return None
        case Diff():
            return block.old, block.new
        case Table():
            return block.columns


def full_rows(table: Table) -> Iterator[tuple[tuple[Cell, ...], str]]:
    """Yield each row, with exactly as many cells as there are columns, and its emphasis."""
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


ELLIPSIS = "…"
_ORPHAN = 3  # a last line this short is one Han character or half a word
_TRIES = 6

Lines = tuple[tuple[int, int], ...]


def wrap(text: str, width: int, *, most: int, size: Callable[[str], int]) -> tuple[Lines, bool]:
    """Return lines as half-open ranges of `text`, and whether the last line was cut.

    `size` gives the cells of one character. No line has more than `width` cells, and a last line
    that is cut leaves room for the ellipsis. There are at most `most` lines, and none for blank
    text. Lines are a little shorter if this avoids a single character on the last line.
    """
    lines, cut = _filled(text, width, most, size)
    if cut or len(lines) < 2 or not _orphaned(text, lines, size):
        return lines, cut
    for narrower in range(width - 1, max(width - _TRIES, width // 2), -1):
        other, cut = _filled(text, narrower, most, size)
        if not cut and len(other) == len(lines) and not _orphaned(text, other, size):
            return other, False
    return lines, False


def _orphaned(text: str, lines: Lines, size: Callable[[str], int]) -> bool:
    start, end = lines[-1]
    return sum(map(size, text[start:end])) <= _ORPHAN


def _filled(text: str, width: int, most: int, size: Callable[[str], int]) -> tuple[Lines, bool]:
    lines: list[tuple[int, int]] = []
    at = _skip(text, 0)
    while at < len(text):
        end = _reach(text, at, width, size)
        if end < len(text) and text[end:].strip():
            if len(lines) == most - 1:
                end = _reach(text, at, width - size(ELLIPSIS), size, least=0)
                lines.append((at, _trim(text, at, end)))
                return tuple(lines), True
            end = _break(text, at, end)
        lines.append((at, _trim(text, at, end)))
        at = _skip(text, end)
    return tuple(lines), False


def _reach(text: str, at: int, width: int, size: Callable[[str], int], *, least: int = 1) -> int:
    """Return the end of a line from `at`, at least `least` characters on, so that wrapping ends."""
    used = 0
    for i in range(at, len(text)):
        used += size(text[i])
        if used > width and i >= at + least:
            return i
    return len(text)


def _break(text: str, at: int, end: int) -> int:
    """Return where a line ends at best: between words, else behind a joint of a long name."""
    for may_break in (_may_break, _is_joint):
        for i in range(end, at, -1):
            if may_break(text[i - 1], text[i]):
                return i
    return end


def _is_joint(before: str, after: str) -> bool:
    """Whether a file name or address may go on in the next line: north-|korea.toml:|125."""
    return before in "-_/:" and after not in _CLOSING and after not in "-_/:"


def _may_break(before: str, after: str) -> bool:
    if before.isspace() or after.isspace():
        return True
    if after in _CLOSING or before in _OPENING:
        return False
    # Korean headlines join two halves by an ellipsis without a space: 특사 접견…"방산 협력"
    return before == ELLIPSIS or _stands_alone(before) or _stands_alone(after)


def _stands_alone(character: str) -> bool:
    return any(low <= character <= high for low, high in _HAN_AND_KANA)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _trim(text: str, at: int, end: int) -> int:
    while end > at and text[end - 1].isspace():
        end -= 1
    return end


# CJK marks, Kana, Han, full-width forms, and the planes of rarer Han. Hangul is not among them.
_HAN_AND_KANA = (
    ("\u2e80", "\u312f"),
    ("\u3190", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\uff01", "\uff9f"),
    ("\U00020000", "\U0003ffff"),
)
_OPENING = frozenset("([{<«“‘「『（【〈《〔［｛〖＜")
_CLOSING = frozenset(
    ")]}>»”’」』）】〉》〕］｝〗＞,.!?:;%、。，．！？：；％…‥·・•々ゝゞヽヾ〻ー～〜"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ"
)
