"""Records for machines: as a JSON array, as JSON Lines and as CSV, from the plain values of JSON.

CSV is that of RFC 4180 (CRLF at line ends, UTF-8 without BOM) for spreadsheets. A cell is flat:
spans are their texts joined by " | ", other lists are joined by "; ", and anything deeper is JSON.
Text that a spreadsheet would read as a formula gets a leading apostrophe (OWASP, CSV injection);
numbers come from us and stay numbers.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from io import StringIO
from textwrap import indent
from typing import Any

from sigtrack.model import Report
from sigtrack.present import Surface
from sigtrack.present.cells import local, safe

# DEL, C1; soft hyphen; format characters (bidi, zero width, tags); line separators; surrogates.
_STEERING = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def plain(value: Any, zone: tzinfo) -> Any:
    """Return JSON values: times as ISO 8601 with the zone's offset, NaN and infinity as null."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case float():
            return value if math.isfinite(value) else None
        case datetime():
            return local(value, zone).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(part, zone) for key, part in value.items()}
        case Sequence() | frozenset():
            return [plain(part, zone) for part in value]
    raise TypeError(f"a record cannot hold {type(value).__name__}")


def dumps(value: Any, *, indent: int | None = None) -> str:
    """Return JSON in which letters of all languages are written as they are.

    Characters that control a terminal or that some readers take for a line break, and lone
    surrogates, are written as escapes. So the value stays the same and the text is harmless.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _STEERING.sub(lambda match: json.dumps(match[0])[1:-1], text)


def render_json(report: Report, surface: Surface) -> Iterator[str]:
    """Yield one JSON array, indented by two spaces, one record at a time."""
    before = "["
    for record in report.records:
        yield f"{before}\n{indent(dumps(plain(record, surface.zone), indent=2), '  ')}"
        before = ","
    yield "\n]\n" if report.records else "[]\n"


def render_jsonl(report: Report, surface: Surface) -> Iterator[str]:
    """Yield one JSON object per line, for `jq` and for streams."""
    for record in report.records:
        yield f"{dumps(plain(record, surface.zone))}\n"


_FORMULA = frozenset("=+-@＝＋－＠")


def render_csv(report: Report, surface: Surface) -> Iterator[str]:
    fields = tuple(dict.fromkeys([*report.fields, *(f for r in report.records for f in r)]))
    if not fields:
        return
    yield _csv_line([_csv_text(field) for field in fields])
    for record in report.records:
        yield _csv_line([_csv_cell(plain(record.get(field), surface.zone)) for field in fields])


def _csv_line(cells: list[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return _csv_text(value)
        case [{"text": str()}, *_]:
            return _csv_text(" | ".join(str(span.get("text", "")) for span in value))
        case list() if not any(isinstance(part, dict | list) for part in value):
            parts = (part if isinstance(part, str) else dumps(part) for part in value)
            return _csv_text("; ".join(parts))
    return _csv_text(dumps(value))


def _csv_text(text: str) -> str:
    shown = "\n".join(map(safe, text.split("\n")))
    risky = text[:1] in ("\t", "\r", "\n") or shown.lstrip()[:1] in _FORMULA
    return f"'{shown}" if risky else shown
