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
from collections.abc import Callable, Iterator
from typing import Any

import feedparser

from sigtrack.model import Origin, Parsed, Unreadable
from sigtrack.parse.items import (
    TITLE_LENGTH,
    Draft,
    ItemMaker,
    Source,
    absolute_link,
    first_address,
    language_tag,
)
from sigtrack.parse.markup import body_text, headline_text
from sigtrack.parse.sniff import what_it_is
from sigtrack.parse.xmltext import bounded, root_of, xml_of
from sigtrack.text import clean, safe_link

_ITEM = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_EXTENSION = re.compile(
    r"</?(?:(?!(?:content|dc|dcterms|atom|rdf|rss):)[A-Za-z_][\w.-]{0,40}:[A-Za-z_]"
    r"|(?:category|keywords|tags|image|textinput|width|height|license|newlocation)(?=[\s/>]))"
    r"[^<>]*>",
    re.IGNORECASE,
)
# An RSS link with an address that is none (at://…) in an attribute, which hides that in its words
_LINK = re.compile(
    r"<((?:atom:)?link)\s([^<>]*[^<>/])>(?=\s*(?:<!\[CDATA\[\s*)?https?://)", re.IGNORECASE
)
_OTHER_ADDRESS = re.compile(r"""\b(?:href|url|uri)\s*=\s*["'](?!\s*https?:)""", re.IGNORECASE)
# feedparser tells `type="text"` apart from nothing only under a name that it does not know
_SAID_TEXT = re.compile(
    r"""(<(?:atom(?:10)?:)?(?:title|summary|content)\s[^<>]{0,300}?\btype\s*=\s*)(["'])text\2"""
)
_LITERAL = "text/x-literal"
_ADDRESS = re.compile(r"<?(?:mailto:)?[^\s@<>()]{1,64}@[^\s@<>()]{1,255}>?")
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_DAY = 86_400.0
_CAPTION = "media"


class _OurWay:
    """Where feedparser mixes up what we tell apart.

    Its handlers take the words of other vocabularies for the description, or for the article if
    there is a description already. Here they are parts of the content that say whose they are.
    """

    # A guid is a name: feedparser would make "12345" the address of something.
    can_be_relative_uri = feedparser.api.StrictFeedParser.can_be_relative_uri - {"id"}

    def _start_media_description(self, attributes: Any) -> None:
        self._start_words_of(_CAPTION, attributes, "text/html")

    def _start_dc_description(self, attributes: Any) -> None:
        self._start_words_of("dc", attributes, "text/html")

    def _start_itunes_summary(self, attributes: Any) -> None:
        self._start_words_of("itunes", attributes, "text/plain")

    def _start_words_of(self: Any, whose: str, attributes: Any, kind: str) -> None:
        self.push_content("content", attributes, kind, 1)
        self.contentparams["of"] = whose

    def _end_words(self: Any) -> None:
        self.pop_content("content")

    _end_media_description = _end_dc_description = _end_itunes_summary = _end_words


class _LooseParser(_OurWay, feedparser.api.LooseFeedParser):  # type: ignore[misc]
    pass


class _StrictParser(_OurWay, feedparser.api.StrictFeedParser):  # type: ignore[misc]
    """Here elements are closed, so that it is known what is within what."""

    def _start_item(self, attributes: Any) -> None:
        self._item_depth = self.depth
        super()._start_item(attributes)

    _start_entry = _start_item

    def _start_link(self, attributes: Any) -> None:
        if not self.inentry or self.insource or self.depth <= self._item_depth + 1:
            super()._start_link(attributes)  # else it is the link of something in the item


feedparser.api.LooseFeedParser = _LooseParser
feedparser.api.StrictFeedParser = _StrictParser


def parse_xml(text: str, source: Source, *, limit: int) -> Parsed | Unreadable:
    """The items of a document in characters, at most `limit` of them."""
    xml = xml_of(text)
    short, cut = _shortened(xml.text, limit)
    short, overlong = bounded(short)
    short = _LINK.sub(_link_of_its_words, short)
    if root_of(short) in ("feed", "entry"):
        short = _SAID_TEXT.sub(rf"\1\2{_LITERAL}\2", short)
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


def _link_of_its_words(found: re.Match[str]) -> str:
    return f"<{found[1]}>" if _OTHER_ADDRESS.search(found[2]) else found[0]


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
    # An entry of Atom is by the authors of its feed unless it names others (RFC 4287 4.2.1).
    shared = _authors(about) if dialect.startswith("atom") else ()
    items = tuple(maker.make(_draft(entry, shared, declared)) for entry in entries[:limit])
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


def _draft(entry: Any, authors: tuple[str, ...], declared: str | None) -> Draft:
    summary, text = _words(entry)
    identifier = _word(entry, "dc_identifier") or _word(entry, "dcterms_identifier")
    link = _link(entry) or (identifier if identifier.startswith("http") else "")
    original = _word(entry, "feedburner_origlink") or _word(entry, "pheedo_origlink")
    return Draft(
        uid=_word(entry, "id") or identifier,
        title=_text_of(_part(entry, "title"), headline_text),
        link=link,
        # No link of its own: the file of an episode may be elsewhere tomorrow, so it is not an id.
        original=original or ("" if link else first_address(_hrefs(entry, "enclosure"))),
        summary=summary,
        text=text,
        language=_word(entry, "language") or _language_of_words(entry, declared),
        dates=tuple(_word(entry, key) for key in ("published", "created", "updated")),
        authors=_authors(entry) or authors,
        categories=tuple(_categories(entry)),
    )


def _authors(entry: Any) -> tuple[str, ...]:
    """Names; an address stands only where there is no name at all.

    Of one author the words are read here: feedparser believes that domains end in four letters.
    """
    people = _dicts(entry, "authors")
    if len(people) < 2:
        written = headline_text(_word(entry, "author")).strip()
        name = _ADDRESS.sub("", written).replace("()", "").strip()
        name = name[1:-1] if name[:1] + name[-1:] == "()" else name
        return tuple(filter(None, (name or written,)))
    names = tuple(filter(None, (_word(one, "name") for one in people)))
    addresses = tuple(filter(None, (_word(one, "email") for one in people)))
    return tuple(map(headline_text, names)) or addresses


def _categories(entry: Any) -> Iterator[str]:
    for tag in _dicts(entry, "tags"):
        name = _word(tag, "label") or _word(tag, "term")
        if not name.startswith(("http://", "https://")):  # kinds of things, for machines
            yield headline_text(name)


def _dicts(entry: Any, key: str) -> list[Any]:
    value = dict.get(entry, key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _word(entry: Any, key: str) -> str:
    # dict.get, for feedparser's own answers "updated" with "published" and warns
    value = dict.get(entry, key)
    return value if isinstance(value, str) else ""


def _language_of_words(entry: Any, declared: str | None) -> str:
    """xml:lang where the words stand: the first that is not just that of the feed."""
    details = [dict.get(entry, "title_detail"), *_dicts(entry, "content")]
    details.append(dict.get(entry, "summary_detail"))
    found = [_word(detail, "language") for detail in details if isinstance(detail, dict)]
    languages = list(filter(None, found))
    own = (language for language in languages if language_tag(language) != declared)
    return next(own, next(iter(languages), ""))


def _link(entry: Any) -> str:
    """What feedparser chose, unless that is only an id: then an alternate link, if the item has
    one, and the id only if it is a whole address. What an item of RDF is about is such an id."""
    name = _word(entry, "id")
    chosen = _word(entry, "link") or ("" if dict.__contains__(entry, "guidislink") else name)
    alternate = _href(entry, "alternate", chosen)
    if alternate or chosen != name:
        return alternate or chosen
    return safe_link(chosen)


def _href(about: Any, rel: str, wanted: str = "") -> str:
    """Where the links of this kind lead: to `wanted` if one does, else where the first does."""
    found = _hrefs(about, rel)
    return wanted if wanted in found else next(iter(found), "")


def _hrefs(about: Any, rel: str) -> list[str]:
    links = [link for link in _dicts(about, "links") if _word(link, "rel") == rel]
    return [href for link in links if (href := _word(link, "href"))]


def _words(entry: Any) -> tuple[str, str]:
    """Summary and article as plain text.

    The description is the summary and the content the article. What else describes the item
    stands in for either, a caption only where there are no other words.
    feedparser copies the article into an absent summary; then only the article is kept.
    """
    parts = [part for part in _dicts(entry, "content") if _readable(part)]
    articles = [part for part in parts if not _word(part, "of")]
    others = [part for part in parts if _word(part, "of") not in ("", _CAPTION)]
    lead = _part(entry, "summary")
    if not lead["value"] and not articles:
        others = others or parts
    told = {_word(part, "value") for part in articles}
    if not lead["value"] or lead["value"] in told:
        others = [part for part in others if _word(part, "value") not in told]
        lead, others = next(iter(others), {}), others[1:]
    articles = articles or others
    if not articles:
        return _text_of(lead, headline_text if lead.get("type") == "text/plain" else body_text), ""
    text = _text_of(max(articles, key=lambda part: len(_word(part, "value"))), body_text)
    is_told = lead.get("value") in {_word(part, "value") for part in articles}
    return "" if is_told else _text_of(lead, body_text), text


def _text_of(part: Any, reader: Callable[[str], str]) -> str:
    """Without markup; as it is, if the publisher says that it is text."""
    value = _word(part, "value")
    return value if _word(part, "type") == _LITERAL else reader(value)


def _readable(part: Any) -> bool:
    kind = _word(part, "type")
    return bool(_word(part, "value")) and (
        kind.startswith("text/") or kind.endswith(("xml", "html"))
    )


def _part(entry: Any, key: str) -> dict[str, str]:
    """A field as one of the parts of its content would be."""
    detail = dict.get(entry, f"{key}_detail")
    kind = _word(detail, "type") if isinstance(detail, dict) else ""
    return {"value": _word(entry, key), "type": kind}
