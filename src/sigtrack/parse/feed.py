"""Read one document: bytes in, `Parsed` or `Unreadable` out.

This is the one entry for every dialect. It never raises because of the input, fetches nothing and
reads no clock. Other modules decide what a body is, its charset and its dialect.
"""

from __future__ import annotations

from dataclasses import replace

from sigtrack.model import Parsed, Unreadable
from sigtrack.parse import charset, sniff
from sigtrack.parse.items import DocumentSource
from sigtrack.parse.jsonfeed import parse_json
from sigtrack.parse.rhythm import rhythm_of
from sigtrack.parse.syndication import parse_xml

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
    if kind := sniff.binary_kind(body):
        return Unreadable(reason=f"{kind}, not a feed")
    decoded = charset.decode(body, content_type=content_type, language=language)
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
    if sniff.is_page(text):
        return Unreadable(reason=f"{sniff.what_it_is(text)}, not a feed")
    return parse_xml(text, source, limit=limit)
