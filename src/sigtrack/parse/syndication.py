"""RSS 0.9x to 2.0, RDF, Atom and CDF, read by feedparser.

feedparser is the reference: what it takes for an item is an item. We hand it UTF-8 bytes that
`xmltext` has cleaned, without its sanitizer and resolver (a third of the time), read the raw date
strings ourselves and take the markup off its strings. Ids stay as the publisher sent them, and
links are relative until we know what to: xml:base is feedparser's affair, the rest ours.

It is always given a stream: `feedparser.parse(b"/etc/passwd")` would open that file.
Some of its ways are quadratic and it may raise on broken input, so `workers` runs it under limits.
"""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from sigtrack.model import Origin, Parsed, Unreadable
from sigtrack.parse.items import (
    TITLE_LENGTH,
    Draft,
    ItemMaker,
    Source,
    absolute_link,
    language_tag,
)
from sigtrack.parse.markup import body_text, headline_text
from sigtrack.parse.sniff import what_it_is
from sigtrack.parse.xmltext import bounded, xml_of
from sigtrack.text import clean, safe_link

_ITEM = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_EXTENSION = re.compile(
    r"</?(?:(?!(?:content|dc|dcterms|atom|rdf|rss):)[A-Za-z_][\w.-]{0,40}:[A-Za-z_]"
    r"|(?:category|keywords|tags|image|textinput|width|height|license|newlocation)(?=[\s/>]))"
    r"[^<>]*>",
    re.IGNORECASE,
)
# A guid is a name: feedparser would make "12345" the address of something.
for _parser in (feedparser.api.StrictFeedParser, feedparser.api.LooseFeedParser):
    _parser.can_be_relative_uri = _parser.can_be_relative_uri - {"id"}
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_DAY = 86_400.0


def parse_xml(text: str, source: Source, *, limit: int) -> Parsed | Unreadable:
    """The items of a document in characters, at most `limit` of them."""
    xml = xml_of(text)
    short, cut = _shortened(xml.text, limit)
    short, overlong = bounded(short)
    document = _read_somehow(short)
    if isinstance(document, Unreadable):
        return document
    if not document["entries"] and not document["version"]:
        return Unreadable(reason=f"{what_it_is(text)}, not a feed")
    netscape = "netscape" in xml.doctype.lower()
    dialect = "rss091n" if netscape else document["version"] or ""
    return _parsed(document, source, dialect=dialect, limit=limit, cut=cut, overlong=overlong)


def _shortened(xml: str, limit: int) -> tuple[str, int]:
    """The document without the items beyond the limit, before anything costly looks at them."""
    starts = [found.start() for found in _ITEM.finditer(xml)]
    if len(starts) <= limit:
        return xml, 0
    ends = [found.end() for found in _ITEM_END.finditer(xml, starts[-1])]
    end = ends[-1] if ends else xml.find(">", starts[-1]) + 1 or len(xml)
    return xml[: starts[limit]] + xml[end:], len(starts) - limit


def _read_somehow(xml: str) -> Any:
    """feedparser raises on odd values in extensions that we do not use; then without those."""
    try:
        return _read(xml)
    except MemoryError:
        raise  # the limit of the process that we run in, which knows how to say so
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes provoke in feedparser
        pass
    try:
        return _read(_EXTENSION.sub("", xml))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001
        return Unreadable(reason=f"it broke the feed reader ({type(error).__name__})")


def _read(xml: str) -> Any:
    return feedparser.parse(
        io.BytesIO((_DECLARATION + xml).encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _parsed(
    document: Any, source: Source, *, dialect: str, limit: int, cut: int, overlong: int
) -> Parsed:
    about = document["feed"]
    entries = document["entries"]
    declared = language_tag(_word(about, "language"))
    base = _base(about, source, dialect)
    maker = ItemMaker(source, declared=declared, base=base, shortened=overlong)
    items = tuple(maker.make(_draft(entry)) for entry in entries[:limit])
    return Parsed(
        items=items,
        origin=_origin(about),
        language=declared or language_tag(source.language),
        ttl=_ttl(_word(about, "ttl")),
        dialect=dialect,
        cut=cut + max(0, len(entries) - limit),
        undated=maker.undated,
        notes=maker.notes(),
    )


def _origin(about: Any) -> Origin:
    return Origin(
        itself=safe_link(_href(about, "self")),
        site=safe_link(_word(about, "link")),
        title=clean(headline_text(_word(about, "title")))[:TITLE_LENGTH],
    )


def _base(about: Any, source: Source, dialect: str) -> str:
    """What links without xml:base are relative to: the site that an RSS channel belongs to, else
    the feed's own address (RFC 4287 2 for Atom), else what a document from a file says of itself.
    """
    site, itself = _word(about, "link"), _href(about, "self")
    if dialect.startswith("atom"):
        return source.url or safe_link(itself) or safe_link(site)
    return absolute_link(site, source.url) or source.url or safe_link(itself)


def _ttl(raw: str) -> float | None:
    """RSS gives minutes; more than a day is taken for a day, nonsense for nothing."""
    try:
        seconds = float(raw) * 60
    except ValueError:
        return None
    return min(seconds, _DAY) if seconds > 0 else None


def _draft(entry: Any) -> Draft:
    summary, text = _words(entry)
    return Draft(
        uid=_word(entry, "id"),
        title=headline_text(_word(entry, "title")),
        link=_link(entry),
        summary=summary,
        text=text,
        language=_word(entry, "language") or _title_language(entry),
        date=_word(entry, "published") or _word(entry, "created") or _word(entry, "updated"),
    )


def _word(entry: Any, key: str) -> str:
    # dict.get, for feedparser's own answers "updated" with "published" and warns
    value = dict.get(entry, key)
    return value if isinstance(value, str) else ""


def _title_language(entry: Any) -> str:
    """xml:lang where the title stands."""
    detail = dict.get(entry, "title_detail")
    return _word(detail, "language") if isinstance(detail, dict) else ""


def _link(entry: Any) -> str:
    """What feedparser chose, unless that is only an id: then an alternate link, if the item has
    one, and the id only if it is a whole address."""
    chosen = _word(entry, "link")
    alternate = _href(entry, "alternate", chosen)
    if alternate or chosen != _word(entry, "id"):
        return alternate or chosen
    return safe_link(chosen)


def _href(about: Any, rel: str, wanted: str = "") -> str:
    """Where the links of this kind lead: to `wanted` if one does, else where the first does."""
    links = dict.get(about, "links")
    found = [
        href
        for link in (links if isinstance(links, list) else ())
        if _word(link, "rel") == rel and (href := _word(link, "href"))
    ]
    return wanted if wanted in found else next(iter(found), "")


def _words(entry: Any) -> tuple[str, str]:
    """Summary and article as plain text.

    feedparser copies the article into an absent summary; then only the article is kept.
    """
    summary = _word(entry, "summary")
    contents = [value for part in _contents(entry) if (value := _readable(part))]
    article = max(contents, key=len, default="")
    if not article:
        return _plain(dict.get(entry, "summary_detail"), summary), ""
    text = body_text(article)
    if summary in contents:
        return "", text
    return body_text(summary), text


def _contents(entry: Any) -> list[Any]:
    contents = dict.get(entry, "content")
    return contents if isinstance(contents, list) else []


def _readable(part: Any) -> str:
    kind = _word(part, "type")
    return (
        _word(part, "value") if kind.startswith("text/") or kind.endswith(("xml", "html")) else ""
    )


def _plain(detail: Any, summary: str) -> str:
    """Text that says it is text keeps what looks like unknown tags."""
    said_plain = isinstance(detail, dict) and _word(detail, "type") == "text/plain"
    return headline_text(summary) if said_plain else body_text(summary)
