"""A report as a page of its own: nothing remote, no script, with a dark mode and a print layout.

Two texts stand side by side, or one below the other on a narrow screen. Deleted words are <del> and
new words are <ins>, each with its language, so that they are clear without colours and in a screen
reader. Jinja escapes the publishers' words. The letter of a digest is rendered by `letter`, because
mail programs read style attributes only.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from sigtrack.model import Diff, Note, Table
from sigtrack.present.cells import (
    DIFF_SIGNS,
    NOTE_MARKS,
    ROW_MARKS,
    full_rows,
    link_of,
    one_line,
    pieces,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template

    from sigtrack.model import Report
    from sigtrack.present import Surface


def render(report: Report, surface: Surface) -> Iterator[str]:
    template = _template()
    yield from template.generate(report=report, zone=surface.zone)
    yield "\n"


@cache
def _template() -> Template:
    return compiled(
        "page.html.jinja",
        kind_of=_kind_of,
        diff_signs=DIFF_SIGNS,
        note_marks=NOTE_MARKS,
        words=words,
    )


def _kind_of(block: Table | Note | Diff) -> str:
    return type(block).__name__.lower()


def compiled(file: str, **names: object) -> Template:
    """Return the template in this file, in which cells and these `names` can be used."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        full_rows=full_rows, link_of=link_of, pieces=pieces, row_marks=ROW_MARKS
    )
    environment.globals.update(names)
    environment.filters["one_line"] = one_line
    source = files("sigtrack.present").joinpath(file).read_text(encoding="utf-8")
    return environment.from_string(source)
