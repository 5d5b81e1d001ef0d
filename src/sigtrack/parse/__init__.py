"""Turn the bytes of documents into items. Pure: no network, no clock; values in, values out.

`parse_feed` is the one entry for every dialect: bytes in, `Parsed` or `Unreadable` out. It never
raises because of the input. `discovery` decodes a body and says what it is, and `syndication` reads
feeds in JSON, and feeds in XML by `plain` or `by_feedparser`; `markup` makes XML safe and removes
it from words. `items` makes items of drafts (with `dates`). `records` reads JSONL and CSV, and
`workers` reads documents in processes that can be limited and killed (`worker` is the code that
runs there).
"""

from __future__ import annotations

import re
from dataclasses import replace

from sigtrack.model import Parsed, Unreadable
from sigtrack.parse import discovery
from sigtrack.parse.items import DocumentSource
from sigtrack.parse.syndication import parse_json, parse_xml

VERSION = 1  # raised when the same bytes give other items, so that all feeds are read again
LIMIT = 2_000  # items of one document


def parse_feed(
    body: bytes,
    *,
    feed: str,
    url: str = "",
    content_type: str = "",
    language: str | None = None,
    country: str | None = None,
    timezone: str | None = None,
    limit: int = LIMIT,
) -> Parsed | Unreadable:
    """Return the items of a feed document, or the reason why it is not one.

    `url` is the feed's own address, the base of relative links if the document gives no other
    ("" for a file: then the document names its site). `content_type` is the HTTP header, read for
    its charset. `language`, `country` and `timezone` are what the caller knows of the feed: they
    serve items that do not name theirs, bytes that fit no charset label, and times without a zone.
    Items beyond `limit` are left out and counted in `cut`.
    """
    if kind := discovery.binary_kind(body):
        return Unreadable(reason=f"{kind}, not a feed")
    decoded = discovery.decode(body, content_type=content_type, language=language)
    if not decoded.text.strip("\ufeff\0 \t\r\n"):
        return Unreadable(reason="an empty body, not a feed")
    source = DocumentSource(
        feed=feed, url=url, language=language, country=country, timezone=timezone
    )
    parsed = _parse(decoded.text, source, limit)
    if isinstance(parsed, Parsed):
        ttl, quiet = rhythm_of(decoded.text)
        parsed = replace(parsed, ttl=parsed.ttl or ttl, quiet=quiet)
    if decoded.note and isinstance(parsed, Parsed):
        return replace(parsed, notes=(decoded.note, *parsed.notes))
    return parsed


def _parse(text: str, source: DocumentSource, limit: int) -> Parsed | Unreadable:
    if text.lstrip("\ufeff\0 \t\r\n")[:1] in ("{", "["):
        return parse_json(text, source, limit=limit)
    if discovery.is_page(text):
        return Unreadable(reason=f"{discovery.what_it_is(text)}, not a feed")
    return parse_xml(text, source, limit=limit)


# When a publisher wants to be asked is read from the text before the first item, because readers of
# items do not keep it: `ttl`, `skipHours` and `skipDays` of RSS 2.0, `updatePeriod` and
# `updateFrequency` of the syndication module of RSS 1.0, which most blogs write.
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
