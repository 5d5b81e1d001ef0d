"""A digest as a mail: plain text of 76 columns, as mutt shows it, and HTML.

None of our lines of text is longer, but addresses are never broken, whatever their length. Matched
words stand between « and ».

The HTML has one column, no remote images, and a dark mode. Mail programs read `style` attributes
and often nothing else, so every rule of `digest.css` is written into the tags that have its class.
Those for the dark mode go into the head, for the programs that read it. Jinja escapes the
publishers' words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import assert_never

from markupsafe import Markup

from sigtrack.model import Block, Card, Digest, LetterSection, Note, Table
from sigtrack.present.cells import NOTE_MARKS, ROW_MARKS, full_rows, link_of, one_line, quoted, wrap
from sigtrack.present.page import templates
from sigtrack.present.plain import text_of
from sigtrack.text.scripts import cells_wide

WIDTH = 76
_RULE = re.compile(r"\.(\w+)\{(.*)\}")
_INDENT = "  "
_SEPARATOR = " · "


def render_text(digest: Digest, zone: tzinfo) -> str:
    """Return lines that end in "\\n"; `zone` is for times in tables."""
    parts = [_paragraph(digest.summary)]
    parts += [_part(part, zone) for part in digest.parts]
    parts.append(_footer(digest))
    return "\n".join("".join(f"{line}\n" for line in part) for part in map(list, parts) if part)


def _part(part: LetterSection | Block, zone: tzinfo) -> Iterator[str]:
    match part:
        case LetterSection():
            return _section(part)
        case Note():
            return _paragraph(f"{NOTE_MARKS.get(part.level, '')} {part.text}".lstrip())
        case Table():
            return _table(part, zone)
        case _:
            assert_never(part)


def _section(section: LetterSection) -> Iterator[str]:
    title = one_line(section.title)
    yield title
    yield "-" * min(cells_wide(title), WIDTH)
    for number, card in enumerate(section.cards):
        if number:
            yield ""
        yield from _card(card)


def _card(card: Card) -> Iterator[str]:
    mark = f"{ROW_MARKS['urgent']} " if card.urgent else _INDENT
    yield from _wrapped(quoted(card.headline), first=mark)
    yield from _wrapped(_SEPARATOR.join(map(one_line, card.facts)))
    if card.quote:
        yield from _wrapped(quoted(card.quote), first="  | ", rest="  | ")
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
        texts = filter(None, (text_of(cell, zone) for cell in row))
        mark = ROW_MARKS.get(emphasis, "")
        yield from _wrapped(f"{mark} {_SEPARATOR.join(texts)}".lstrip(), first="- ")
        yield from (f"{_INDENT}{link}" for link in dict.fromkeys(map(link_of, row)) if link)


def _footer(digest: Digest) -> Iterator[str]:
    """Yield the footer after "-- ", so that programs leave it out of replies (RFC 3676 4.3)."""
    yield "-- "
    for sentence, command in digest.footer:
        yield from _paragraph(sentence)
        if command:
            yield f"{_INDENT}{one_line(command)}"


def _paragraph(text: str) -> Iterator[str]:
    return _wrapped(one_line(text), first="", rest="")


def _wrapped(text: str, *, first: str = _INDENT, rest: str = _INDENT) -> Iterator[str]:
    lines, _ = wrap(text, WIDTH - len(rest), most=1_000, size=cells_wide)
    for number, (start, end) in enumerate(lines):
        yield f"{rest if number else first}{text[start:end]}"


def styles() -> tuple[dict[str, str], dict[str, str]]:
    """Return the rules of `digest.css` by class: those of each mail, and those of the dark mode."""
    sheet = Path(__file__).with_name("digest.css").read_text(encoding="utf-8")
    light, _, dark = sheet.partition("@media")
    return dict(_RULE.findall(light)), dict(_RULE.findall(dark))


def render_html(digest: Digest, zone: tzinfo) -> str:
    """Return a complete document; `zone` is for times in tables."""
    light, dark = styles()

    def look(*names: str) -> Markup:
        """Return the attributes of a tag with these classes. They are ours: nothing to escape."""
        style = ";".join(light[name] for name in names)
        return Markup('class="{}" style="{}"').format(" ".join(names), Markup(style))

    return (
        templates()
        .get_template("digest.html.jinja")
        .render(
            digest=digest,
            zone=zone,
            look=look,
            dark=Markup(_dark(dark)),
            marks=ROW_MARKS | NOTE_MARKS,
            text_of=text_of,
        )
    )


def _dark(rules: Mapping[str, str]) -> str:
    said = "".join(
        f".{name}{{{';'.join(f'{one} !important' for one in rule.split(';'))}}}"
        for name, rule in rules.items()
    )
    return f"@media (prefers-color-scheme:dark){{{said}}}"
