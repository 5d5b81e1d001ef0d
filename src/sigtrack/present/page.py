"""A report as a page of its own: nothing remote, no script, with a dark mode and a print layout.

Two texts stand side by side, or one below the other on a narrow screen. Deleted words are <del> and
new words are <ins>, each with its language, so that they are clear without colours and in a screen
reader. Jinja escapes the publishers' words. The letter of a digest is rendered by `html`, because
mail programs read style attributes only.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sigtrack.model import Diff, Note, Table
from sigtrack.present.cells import DIFF_SIGNS, NOTE_MARKS, words
from sigtrack.present.templates import compiled

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
