"""Turns a report into text: for people, for pipes and for machines.

`render` is pure: it yields text and neither prints nor reads the environment, so its output depends
on its arguments alone. The blocks of a report go to `table` (Rich on a terminal), `plain` (lines on
a pipe), `md` and `page`; its records go to JSON, JSON Lines and CSV (`records`). A briefing becomes
a page or a feed (`page`), and a digest a mail (`letter`).

A format is a function of a report and a surface. Its module is imported only when it is used,
because Rich costs more than all the others together. Text from outside is already clean when it
arrives. Every format makes it harmless once more (`cells.safe`), because one forgotten `clean` must
not let a stranger control a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from importlib import import_module
from typing import cast

from sigtrack.errors import Misuse
from sigtrack.frozen import frozen
from sigtrack.model import Briefing, Note, Report, Table
from sigtrack.present.cells import zone_name
from sigtrack.speech import Messages

FORMATS = ("table", "json", "jsonl", "csv", "md")
PAGE = "html"  # further formats, of commands that offer them
FEED = "atom"
FOR_PEOPLE = ("table", "md", PAGE)
_RENDERERS = {  # the module of each format, and the function in it
    "table": ("table", "render"),
    "plain": ("plain", "render"),
    "md": ("md", "render"),
    "json": ("records", "render_json"),
    "jsonl": ("records", "render_jsonl"),
    "csv": ("records", "render_csv"),
    PAGE: ("page", "render_page"),
    "briefing": ("page", "render_briefing"),
    FEED: ("page", "render_atom"),
}


@frozen
class Surface:
    """The target of the output: `width` in terminal cells (None = unknown), `zone` for times."""

    zone: tzinfo
    width: int | None = None
    colour: bool = False
    escapes: bool = True


def render(
    report: Report | Briefing,
    format: str,
    *,
    width: int | None,
    colour: bool,
    terminal: bool,
    zone: tzinfo,
    escapes: bool = True,
) -> Iterator[str]:
    """Return the report as chunks of text that end in newlines. Raises Misuse for other formats.

    `terminal` selects the `table` for terminals, which has the given `width`. Without `colour` its
    escape sequences are only bold, dim and links. Without `escapes` (for a terminal that supports
    none) it has no escape sequences, and matched words stand between « and ». A briefing can only
    be rendered as the page or the feed.
    """
    if format not in (*FORMATS, PAGE, FEED):
        raise Misuse(f"there is no format {format!r}", hint=f"one of: {', '.join(FORMATS)}")
    if format == PAGE and isinstance(report, Briefing):
        format = "briefing"
    elif format == "table" and not terminal:
        format = "plain"
    module, function = _RENDERERS[format]
    rendered = getattr(import_module(f"sigtrack.present.{module}"), function)
    surface = Surface(zone=zone, width=width, colour=colour, escapes=escapes)
    return cast("Iterator[str]", rendered(report, surface))


def with_zone(report: Report | Briefing, zone: tzinfo) -> Report | Briefing:
    """Add the time zone to a report for people, at the top, if the report has any times.

    The latest time decides whether it is summer time. A briefing names its zone itself.
    """
    if isinstance(report, Briefing):
        return report
    cells = (
        cell
        for block in report.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    )
    latest = max((cell for cell in cells if isinstance(cell, datetime)), default=None)
    if latest is None:
        return report
    said = Messages(report.language).say("times in {zone}", zone=zone_name(latest, zone))
    first, *others = report.blocks
    if isinstance(first, Note) and first.level == "plain":
        return replace(report, blocks=(replace(first, text=f"{first.text} · {said}"), *others))
    return replace(report, blocks=(Note(text=said), *report.blocks))
