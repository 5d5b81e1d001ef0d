"""A digest as the HTML part of a mail: one column, no remote images, with a dark mode.

Mail programs read `style` attributes and often nothing else, so every rule of `LIGHT` is written
into the tags that have its class. Changes for the dark mode are in `DARK`, which goes into the head
for the programs that read it. Jinja escapes the publishers' words.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from sigtrack.model import Note, Table
from sigtrack.model.briefing import Section
from sigtrack.present.cells import NOTE_MARKS, ROW_MARKS
from sigtrack.present.plain import text_of
from sigtrack.present.templates import compiled

if TYPE_CHECKING:
    from datetime import tzinfo

    from jinja2 import Template

    from sigtrack.model import Block
    from sigtrack.model.briefing import Digest

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


def _kind_of(part: Section | Block) -> str:
    match part:
        case Section():
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
