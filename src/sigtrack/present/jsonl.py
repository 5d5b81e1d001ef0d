"""One JSON object per line, for `jq` and for streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrack.present.records import dumps, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigtrack.model import Report
    from sigtrack.present import Surface


def render(report: Report, surface: Surface) -> Iterator[str]:
    for record in report.records:
        yield f"{dumps(plain(record, surface.zone))}\n"
