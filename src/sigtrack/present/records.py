"""Records as the plain values of JSON, from which every machine format starts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sigtrack.present.cells import local

if TYPE_CHECKING:
    from datetime import tzinfo


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
    return _STEERING.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]


# DEL, C1; soft hyphen; format characters (bidi, zero width, tags); line separators; surrogates.
_STEERING = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
