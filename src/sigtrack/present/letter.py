"""A digest as a mail: plain text of 76 columns, as mutt shows it, and HTML.

None of our lines of text is longer, but addresses are never broken, whatever their length. Matched
words stand between « and ».

The HTML has one column, no remote images, and a dark mode. Mail programs read `style` attributes
and often nothing else, so every rule of `LIGHT` is written into the tags that have its class.
Changes for the dark mode are in `DARK`, which goes into the head for the programs that read it.
Jinja escapes the publishers' words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, assert_never

from markupsafe import Markup

from sigtrack.model import Card, Digest, LetterSection, Note, Table
from sigtrack.present.cells import NOTE_MARKS, ROW_MARKS, full_rows, link_of, one_line, quoted, wrap
from sigtrack.present.page import compiled
from sigtrack.present.plain import text_of
from sigtrack.text.scripts import cells_wide

if TYPE_CHECKING:
    from datetime import tzinfo

    from jinja2 import Template

    from sigtrack.model import Block

WIDTH = 76
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
    for sentence, command in digest.footer.lines:
        yield from _paragraph(sentence)
        if command:
            yield f"{_INDENT}{one_line(command)}"


def _paragraph(text: str) -> Iterator[str]:
    return _wrapped(one_line(text), first="", rest="")


def _wrapped(text: str, *, first: str = _INDENT, rest: str = _INDENT) -> Iterator[str]:
    lines, _ = wrap(text, WIDTH - len(rest), most=1_000, size=cells_wide)
    for number, (start, end) in enumerate(lines):
        yield f"{rest if number else first}{text[start:end]}"


_FONTS = (
    "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Apple SD Gothic Neo',"
    "'Hiragino Sans','PingFang SC','Malgun Gothic','Yu Gothic','Microsoft YaHei',"
    "'Noto Sans CJK KR','Noto Sans',sans-serif"
)
LIGHT = {
    "page": "margin:0;padding:0;background:#ffffff;color:#1b1f24",
    "column": f"max-width:640px;margin:0 auto;padding:20px 18px;font:16px/1.5 {_FONTS}",
    "summary": "margin:0 0 8px;font-size:15px;line-height:1.5;font-weight:400;color:#57606a",
    "title": "margin:30px 0 4px;font-size:13px;line-height:1.4;font-weight:700;"
    "letter-spacing:.05em;text-transform:uppercase;color:#57606a;"
    "border-bottom:1px solid #d0d7de;padding-bottom:4px",
    "alarm": "color:#b3261e;border-bottom-color:#b3261e",
    "card": "margin:0;padding:14px 0 12px",
    "headline": "margin:0;font-size:17px;line-height:1.38;font-weight:600",
    "link": "color:#0b57d0;text-decoration:none",
    "facts": "margin:3px 0 0;font-size:14px;color:#57606a",
    "quote": "margin:8px 0 0;padding:0 0 0 12px;border-left:3px solid #d0d7de",
    "mark": "background:#fff1b8;color:inherit;font-weight:600;padding:0 1px",
    "why": "margin:8px 0 0;font-size:14px;color:#57606a",
    "caption": "margin:10px 0 0;font-size:14px;color:#57606a",
    "rows": "margin:6px 0 0;padding:0 0 0 20px;font-size:15px",
    "foot": "margin:34px 0 0;padding:12px 0 0;border-top:1px solid #d0d7de;font-size:13px;"
    "color:#57606a",
    "line": "margin:0 0 6px",
    "code": "font:12px/1.5 ui-monospace,Menlo,Consolas,monospace;word-break:break-word",
}
DARK = {
    "page": "background:#15181c;color:#e6e8eb",
    "summary": "color:#a3abb5",
    "title": "color:#a3abb5;border-bottom-color:#3a4048",
    "alarm": "color:#ff8a80;border-bottom-color:#ff8a80",
    "link": "color:#8ab4f8",
    "facts": "color:#a3abb5",
    "quote": "border-left-color:#4a515a",
    "mark": "background:#5c4a00;color:#fff3c4",
    "why": "color:#a3abb5",
    "caption": "color:#a3abb5",
    "foot": "color:#a3abb5;border-top-color:#3a4048",
}


def render_html(digest: Digest, zone: tzinfo) -> str:
    """Return a complete document; `zone` is for times in tables."""
    return _template().render(digest=digest, zone=zone)


@cache
def _template() -> Template:
    return compiled(
        "digest.html.jinja",
        kind_of=_kind_of,
        look=_look,
        dark=Markup(_dark()),
        marks=ROW_MARKS | NOTE_MARKS,
        text_of=text_of,
    )


def _kind_of(part: LetterSection | Block) -> str:
    match part:
        case LetterSection():
            return "section"
        case Note():
            return "note"
        case Table():
            return "table"


def _look(*names: str) -> Markup:
    """Return the attributes of a tag with these classes. They are ours and need no escaping."""
    style = ";".join(LIGHT[name] for name in names)
    return Markup('class="{}" style="{}"').format(" ".join(names), Markup(style))


def _dark() -> str:
    rules = "".join(
        f".{name}{{{';'.join(f'{one} !important' for one in rule.split(';'))}}}"
        for name, rule in DARK.items()
    )
    return f"@media (prefers-color-scheme:dark){{{rules}}}"
