"""One document: bytes in, `Parsed` or `Unreadable` out.

The one entry for every dialect. It never raises on what a stranger sent, fetches nothing and
knows no clock. What a body is, its charset and its dialect are each decided in their own file.
"""

from __future__ import annotations

from dataclasses import replace

from sigtrack.model import Parsed, Unreadable
from sigtrack.parse import charset, sniff
from sigtrack.parse.items import Source
from sigtrack.parse.jsonfeed import parse_json
from sigtrack.parse.rhythm import rhythm_of
from sigtrack.parse.syndication import parse_xml

VERSION = 1  # counted up when the same bytes give other items, so that all feeds are read again
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
    """The items of a feed document, or why it is none.

    `url` is the feed's own address, the base of relative links that the document leaves open
    ("" for a file: then the document says whose it is), `content_type` the HTTP header (for its
    charset).
    `language`, `country` and `timezone` are the caller's knowledge of the feed: for items that do
    not say theirs, for the charset of bytes that fit no label, and for the zone of times without
    one.
    Items beyond `limit` are left out and counted in `cut`.
    """
    if kind := sniff.binary_kind(body):
        return Unreadable(reason=f"{kind}, not a feed")
    decoded = charset.decode(body, content_type=content_type, language=language)
    if not decoded.text.strip("\ufeff\0 \t\r\n"):
        return Unreadable(reason="an empty body, not a feed")
    source = Source(feed=feed, url=url, language=language, country=country, timezone=timezone)
    parsed = _parse(decoded.text, source, limit)
    if isinstance(parsed, Parsed):
        ttl, quiet = rhythm_of(decoded.text)
        parsed = replace(parsed, ttl=parsed.ttl or ttl, quiet=quiet)
    if decoded.note and isinstance(parsed, Parsed):
        return replace(parsed, notes=(decoded.note, *parsed.notes))
    return parsed


def _parse(text: str, source: Source, limit: int) -> Parsed | Unreadable:
    if text.lstrip("\ufeff\0 \t\r\n")[:1] in ("{", "["):
        return parse_json(text, source, limit=limit)
    if sniff.is_page(text):
        return Unreadable(reason=f"{sniff.what_it_is(text)}, not a feed")
    return parse_xml(text, source, limit=limit)
