"""A digest as plain text of 76 columns, as mutt shows it. None of our lines is longer.

Addresses are never broken, whatever their length. Matched words stand between « and ».
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

from sigtrack.model import Note, Table
from sigtrack.model.briefing import Card, Digest, Section
from sigtrack.present import plain
from sigtrack.present.cells import NOTE_MARKS, ROW_MARKS, full_rows, link_of, one_line, pieces
from sigtrack.present.wrapping import wrap
from sigtrack.text.scripts import cells_wide

if TYPE_CHECKING:
    from datetime import tzinfo

    from sigtrack.model import Block, Marked

WIDTH = 76
_INDENT = "  "
_SEPARATOR = " · "


def render_text(digest: Digest, zone: tzinfo) -> str:
    """Return lines that end in "\\n"; `zone` is for times in tables."""
    parts = [_paragraph(digest.summary)]
    parts += [_part(part, zone) for part in digest.parts]
    parts.append(_footer(digest))
    return "\n".join("".join(f"{line}\n" for line in part) for part in map(list, parts) if part)


def _part(part: Section | Block, zone: tzinfo) -> Iterator[str]:
    match part:
        case Section():
            return _section(part)
        case Note():
            return _paragraph(f"{NOTE_MARKS.get(part.level, '')} {part.text}".lstrip())
        case Table():
            return _table(part, zone)
        case _:
            assert_never(part)


def _section(section: Section) -> Iterator[str]:
    title = one_line(section.title)
    yield title
    yield "-" * min(cells_wide(title), WIDTH)
    for number, card in enumerate(section.cards):
        if number:
            yield ""
        yield from _card(card)


def _card(card: Card) -> Iterator[str]:
    mark = f"{ROW_MARKS['urgent']} " if card.urgent else _INDENT
    yield from _wrapped(_marked(card.headline), first=mark)
    yield from _wrapped(_SEPARATOR.join(map(one_line, card.facts)))
    if card.quote:
        yield from _wrapped(_marked(card.quote), first="  | ", rest="  | ")
    if card.why:
        yield from _wrapped(one_line(card.why))
    if link := link_of(card.headline):
        yield f"{_INDENT}{link}"


def _table(table: Table, zone: tzinfo) -> Iterator[str]:
    """Yield each row as a paragraph, because a mail has no room for columns side by side."""
    if heading := " — ".join(filter(None, (one_line(table.title), one_line(table.caption)))):
        yield from _paragraph(heading)
        yield "-" * min(cells_wide(heading), WIDTH)
    for row, emphasis in full_rows(table):
        texts = filter(None, (plain.text_of(cell, zone) for cell in row))
        mark = ROW_MARKS.get(emphasis, "")
        yield from _wrapped(f"{mark} {_SEPARATOR.join(texts)}".lstrip(), first="- ")
        yield from (f"{_INDENT}{link}" for link in dict.fromkeys(map(link_of, row)) if link)


def _footer(digest: Digest) -> Iterator[str]:
    """Yield the footer after "-- ", so that programs leave it out of replies (RFC 3676 4.3)."""
    yield "-- "
    for sentence, command in digest.footer.lines:
        yield from _paragraph(sentence)
        if command:
            yield f"{_INDENT}{one_line(command)}"


def _marked(marked: Marked) -> str:
    return one_line("".join(f"«{text}»" if hit else text for text, hit in pieces(marked)))


def _paragraph(text: str) -> Iterator[str]:
    return _wrapped(one_line(text), first="", rest="")


def _wrapped(text: str, *, first: str = _INDENT, rest: str = _INDENT) -> Iterator[str]:
    lines, _ = wrap(text, WIDTH - len(rest), most=1_000, size=cells_wide)
    for number, (start, end) in enumerate(lines):
        yield f"{rest if number else first}{text[start:end]}"
