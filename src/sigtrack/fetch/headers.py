"""What the headers of an answer say about time, in seconds. Pure; invalid values are ignored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|,)\s*(?:no-store|no-cache)\b", re.IGNORECASE)
_LONGEST_VALIDATOR = 512


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return Retry-After (RFC 9110 10.2.3) in seconds from now, at least 0; None if absent."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    return _seconds_until(value, now)


def max_age(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how long the answer stays fresh: max-age or else Expires (RFC 9111 4.2.1), or None."""
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return None
    if said := _MAX_AGE.search(control):
        return float(said[1])
    if not (expires := headers.get("expires", "")):
        return None
    return _seconds_until(expires, _moment(headers.get("date", "")) or now)


def validator(headers: Mapping[str, str], name: str) -> str:
    """Return an ETag or Last-Modified that can be sent back unchanged, else ""."""
    value = headers.get(name, "").strip()
    fit = value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR
    return value if fit else ""


def _seconds_until(date: str, now: datetime) -> float | None:
    moment = _moment(date)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date[:100])
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
