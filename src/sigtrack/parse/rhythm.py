"""When a publisher wants to be asked, according to the part of a document before its first item.

`ttl`, `skipHours` and `skipDays` are from RSS 2.0, `updatePeriod` and `updateFrequency` from the
syndication module of RSS 1.0, which most blogs write. They are read from the text, because the
readers of items do not keep them. Pure.
"""

from __future__ import annotations

import re

_DAY = 86_400.0
_PERIODS = {
    "hourly": 3_600.0,
    "daily": _DAY,
    "weekly": 7 * _DAY,
    "monthly": 30 * _DAY,
    "yearly": 365 * _DAY,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY_HOUR = (1 << 7 * 24) - 1
_LONGEST_HEAD = 100_000  # characters
_ITEM = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_FACT = re.compile(
    r"<(?:[\w.-]{1,40}:)?(ttl|updatePeriod|updateFrequency|hour|day)(?:\s[^<>]{0,200})?>"
    r"\s{0,20}(?:<!\[CDATA\[)?\s{0,20}([\w.]{1,12})",
    re.IGNORECASE,
)


def rhythm_of(text: str) -> tuple[float | None, int]:
    """Return the seconds between two requests, and the hours in which no request is wanted.

    The seconds are at most a day; None = not given. Bit n of the hours is hour n of the week in
    UTC, where hour 0 is Monday 0:00 to 1:00. If all hours are marked, that is a mistake and none
    counts.
    """
    end = found.start() if (found := _ITEM.search(text)) else len(text)
    facts: dict[str, list[str]] = {}
    for name, value in _FACT.findall(text, 0, min(end, _LONGEST_HEAD)):
        facts.setdefault(name.lower(), []).append(value.lower())
    return _seconds(facts), _quiet(facts)


def _seconds(facts: dict[str, list[str]]) -> float | None:
    ttl = _number(facts.get("ttl", [""])[0]) * 60
    if "updateperiod" in facts or "updatefrequency" in facts:
        period = _PERIODS.get(facts.get("updateperiod", ["daily"])[0], 0.0)
        often = _number(facts.get("updatefrequency", ["1"])[0]) or 1.0
        ttl = ttl or period / often
    return min(ttl, _DAY) if ttl > 0 else None


def _quiet(facts: dict[str, list[str]]) -> int:
    hours = {int(value) % 24 for value in facts.get("hour", ()) if value.isdecimal()}
    days = {_DAYS.index(value) for value in facts.get("day", ()) if value in _DAYS}
    bits = 0
    for hour in range(7 * 24):
        if hour % 24 in hours or hour // 24 in days:
            bits |= 1 << hour
    return 0 if bits == _EVERY_HOUR else bits


def _number(written: str) -> float:
    try:
        number = float(written)
    except ValueError:
        return 0.0
    return number if 0 < number < float("inf") else 0.0
