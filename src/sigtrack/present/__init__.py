"""A report becomes text: for eyes, for pipes and for machines.

`render` is pure: it yields text and neither prints nor looks at the environment, so what it
gives depends on its arguments alone. The blocks of a report go to `table` (Rich on a terminal,
plain lines on a pipe), `md` and `html`; its records to `json`, `jsonl` and `csv`.

Each format is a module of this name with a function `render(report, surface)`. It is imported
when it is asked for, because Rich costs more than all the others together. Outside text is
clean when it arrives; every format makes it harmless once more (`cells.safe`), since one
forgotten `clean` must not hand a terminal to a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from sigtrack.errors import Misuse
from sigtrack.model import Note, Table
from sigtrack.model.briefing import Briefing
from sigtrack.present.cells import zone_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from sigtrack.model import Report

__all__ = ["FEED", "FORMATS", "FOR_PEOPLE", "PAGE", "Surface", "render", "with_zone"]

FORMATS = ("table", "json", "jsonl", "csv", "md")
PAGE = "html"  # further formats, of commands that offer them
FEED = "atom"
FOR_PEOPLE = ("table", "md", PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What is written on: `width` in terminal cells (None = unknown), times are told in `zone`."""

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
    """The report as chunks of text that end in newlines.

    `terminal` allows the `table`, which has the given `width`. Its escape sequences are bold, dim
    and links only without `colour`; without `escapes` (for a terminal that knows none) it has none,
    and matched words stand between « and ». A briefing is for the page and the feed.
    """
    if format not in (*FORMATS, PAGE, FEED):
        raise Misuse(f"there is no format {format!r}", hint=f"one of: {', '.join(FORMATS)}")
    page = "briefing" if isinstance(report, Briefing) else "page"
    name = {"table": "table" if terminal else "plain", PAGE: page}.get(format, format)
    module = cast("_Format", import_module(f"sigtrack.present.{name}"))
    return module.render(report, Surface(zone=zone, width=width, colour=colour, escapes=escapes))


def with_zone(report: Report | Briefing, zone: tzinfo) -> Report | Briefing:
    """For people: with a word on top in which zone its times are, if it has any. The latest of
    them decides whether it is summer. A briefing says it by itself."""
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
    said = f"times in {zone_name(latest, zone)}"
    first, *others = report.blocks
    if isinstance(first, Note) and first.level == "plain":
        return replace(report, blocks=(replace(first, text=f"{first.text} · {said}"), *others))
    return replace(report, blocks=(Note(text=said), *report.blocks))


class _Format(Protocol):
    def render(self, report: Report | Briefing, surface: Surface) -> Iterator[str]: ...
