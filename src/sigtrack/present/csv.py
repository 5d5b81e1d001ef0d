"""Records as CSV (RFC 4180, CRLF at line ends, UTF-8 without BOM) for spreadsheets.

A cell is flat: spans are their texts joined by " | ", other lists are joined by "; ", and anything
deeper is JSON. Text that a spreadsheet would read as a formula gets a leading apostrophe (OWASP,
CSV injection); numbers come from us and stay numbers.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from sigtrack.present.cells import safe
from sigtrack.present.records import dumps, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigtrack.model import Report
    from sigtrack.present import Surface


def render(report: Report, surface: Surface) -> Iterator[str]:
    fields = tuple(dict.fromkeys([*report.fields, *(f for r in report.records for f in r)]))
    if not fields:
        return
    yield _line([_text(field) for field in fields])
    for record in report.records:
        yield _line([_cell(plain(record.get(field), surface.zone)) for field in fields])


def _line(cells: list[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return _text(value)
        case [{"text": str()}, *_]:
            return _text(" | ".join(str(span.get("text", "")) for span in value))
        case list() if not any(isinstance(part, dict | list) for part in value):
            return _text("; ".join(_flat(part) for part in value))
    return _text(dumps(value))


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)


def _text(text: str) -> str:
    shown = "\n".join(map(safe, text.split("\n")))
    risky = text[:1] in ("\t", "\r", "\n") or shown.lstrip()[:1] in _FORMULA
    return f"'{shown}" if risky else shown


_FORMULA = frozenset("=+-@＝＋－＠")
