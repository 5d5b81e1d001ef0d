"""A report as a page of its own: nothing remote, no script, at home in the dark and on paper.

Two texts stand side by side, or one below the other on a narrow screen; words that went are <del>
and words that came are <ins>, each in its language, so that a reader without colours, or who
listens, has them too. Jinja escapes whatever the publishers wrote. The letter of a digest is
another thing (`html`): mail programs read style attributes only.
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
