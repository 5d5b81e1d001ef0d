"""All records as one JSON array, indented by two spaces, written one record at a time."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from sigtrack.present.records import dumps, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigtrack.model import Report
    from sigtrack.present import Surface


def render(report: Report, surface: Surface) -> Iterator[str]:
    before = "["
    for record in report.records:
        yield f"{before}\n{indent(dumps(plain(record, surface.zone), indent=2), '  ')}"
        before = ","
    yield "\n]\n" if report.records else "[]\n"
