"""Turn the bytes of documents into items. Pure: no network, no clock; values in, values out.

`parse_feed` is the one entry for every dialect, RSS 0.9x to 2.0, RDF, Atom, CDF and JSON Feed:
bytes in, `Parsed` or `Unreadable` out. It never raises because of the input. `discovery` decodes a
body and says what it is. `plain` reads the XML that is plainly a feed and `by_feedparser` all
other; both return the same dictionaries: what feedparser takes for an item is an item. `markup`
makes XML safe and removes it from words. `items` makes items of drafts (with `dates`). `records`
reads JSONL and CSV, and `workers` reads documents in processes that can be limited and killed
(`worker` is the code that runs there).

Raw date strings are read here, and ids stay as the publisher sent them. xml:base is applied
already; all other relative links are made absolute later.

feedparser does not read JSON Feed 1.0 and 1.1 (jsonfeed.org). Here publishers may get wrong what
they do: numbers as ids and dates, and a missing version if there are items. An item that is not an
object still counts as an item: nothing is dropped silently.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sigtrack.model import Item, Origin, Parsed, Unreadable
from sigtrack.parse import discovery
from sigtrack.parse.discovery import what_it_is
from sigtrack.parse.items import (
    TITLE_LENGTH,
    DocumentSource,
    Draft,
    ItemMaker,
    absolute_link,
    first_address,
    language_tag,
)
from sigtrack.parse.markup import body_text, headline_text
from sigtrack.parse.plain import CAPTION, LITERAL, read_plain
from sigtrack.text import clean, safe_link
from sigtrack.text.regex import regex

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
        parsed = replace(parsed, ttl=ttl, quiet=quiet)
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
_ITEM = regex(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_FACT = regex(
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


_ADDRESS = regex(r"<?(?:mailto:)?[^\s@<>()]{1,64}@[^\s@<>()]{1,255}>?")


def parse_xml(text: str, source: DocumentSource, *, limit: int) -> Parsed | Unreadable:
    """Return the items of a document in characters, at most `limit` of them."""
    if plain := read_plain(text, limit):
        return _parsed(plain, source, limit, dialect=plain["version"])
    return parse_by_feedparser(text, source, limit=limit)


def parse_by_feedparser(text: str, source: DocumentSource, *, limit: int) -> Parsed | Unreadable:
    """Do the same for any document. The plain reader is tested against this function."""
    from sigtrack.parse.by_feedparser import read_any

    read = read_any(text, limit)
    if isinstance(read, Unreadable):
        return read
    if not read.document["entries"] and not read.document["version"]:
        return Unreadable(reason=f"{what_it_is(text)}, not a feed")
    parsed = _parsed(read.document, source, limit, dialect=read.dialect, overlong=read.overlong)
    return replace(parsed, cut=parsed.cut + read.cut)


def _parsed(
    document: Any, source: DocumentSource, limit: int, *, dialect: str, overlong: int = 0
) -> Parsed:
    about, entries = document["feed"], document["entries"]
    declared = language_tag(_word(about, "language"))
    base = _base(about, source, dialect)
    maker = ItemMaker(source, declared=declared, base=base, shortened=overlong)
    # An Atom entry is by the authors of its feed unless it names others (RFC 4287 4.2.1).
    shared = _authors(about) if dialect.startswith("atom") else ()
    items = tuple(maker.make(_draft(entry, shared, declared)) for entry in entries[:limit])
    origin = _origin(_href(about, "self"), _word(about, "link"), _word(about, "title"))
    return _made(maker, items, origin, declared, dialect, cut=len(entries) - limit)


def _made(
    maker: ItemMaker,
    items: tuple[Item, ...],
    origin: Origin,
    declared: str | None,
    dialect: str,
    *,
    cut: int,
) -> Parsed:
    return Parsed(
        items=items,
        origin=origin,
        language=declared or language_tag(maker.source.language),
        dialect=dialect,
        cut=max(0, cut),
        undated=maker.undated,
        notes=maker.notes(),
    )


def _origin(itself: str, site: str, title: str) -> Origin:
    title = clean(headline_text(title))[:TITLE_LENGTH]
    return Origin(itself=safe_link(itself), site=safe_link(site), title=title)


def _base(about: Any, source: DocumentSource, dialect: str) -> str:
    """Return the base of links without xml:base: the site of an RSS channel, else the feed's own
    address (RFC 4287 2 for Atom), else the address that a document from a file gives for itself.
    """
    site, itself = _word(about, "link"), _href(about, "self")
    if dialect.startswith("atom"):
        return source.url or safe_link(itself) or safe_link(site)
    return absolute_link(site, source.url) or source.url or safe_link(itself)


def _draft(entry: Any, authors: tuple[str, ...], declared: str | None) -> Draft:
    summary, text = _words(entry)
    identifier = _word(entry, "dc_identifier") or _word(entry, "dcterms_identifier")
    link = _link(entry) or (identifier if identifier.startswith("http") else "")
    original = _word(entry, "feedburner_origlink") or _word(entry, "pheedo_origlink")
    return Draft(
        uid=_word(entry, "id") or identifier,
        title=_text_of(_part(entry, "title"), headline_text),
        link=link,
        # An item without a link: the file of an episode may move, so its address is no id.
        original=original or ("" if link else first_address(_hrefs(entry, "enclosure"))),
        summary=summary,
        text=text,
        language=_word(entry, "language") or _language_of_words(entry, declared),
        dates=(_word(entry, "published"), _word(entry, "created"), _word(entry, "updated")),
        authors=_authors(entry) or authors,
        categories=tuple(_categories(entry)),
    )


def _authors(entry: Any) -> tuple[str, ...]:
    """Return names, or an address if there is no name at all.

    A single author is read here, because feedparser believes that domains end in four letters.
    """
    people = _dicts(entry, "authors")
    if len(people) < 2:
        written = headline_text(_word(entry, "author")).strip()
        if "@" not in written and "(" not in written:
            return (written,) if written else ()
        name = _ADDRESS.sub("", written).replace("()", "").strip()
        name = name[1:-1] if name[:1] + name[-1:] == "()" else name
        return tuple(filter(None, (name or written,)))
    names = tuple(filter(None, (_word(one, "name") for one in people)))
    addresses = tuple(filter(None, (_word(one, "email") for one in people)))
    return tuple(map(headline_text, names)) or addresses


def _categories(entry: Any) -> Iterator[str]:
    for tag in _dicts(entry, "tags"):
        name = _word(tag, "label") or _word(tag, "term")
        if not name.startswith(("http://", "https://")):  # those are for machines
            yield headline_text(name)


def _dicts(entry: Any, key: str) -> list[Any]:
    value = dict.get(entry, key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(entry: Any, key: str) -> dict[str, Any]:
    value = dict.get(entry, key)
    return value if isinstance(value, dict) else {}


def _word(entry: Any, key: str) -> str:
    # dict.get: feedparser's own get answers "updated" with "published" and warns
    value = dict.get(entry, key)
    return value if isinstance(value, str) else ""


def _language_of_words(entry: Any, declared: str | None) -> str:
    """Return the xml:lang of the words: the first that differs from that of the feed."""
    details = (
        _dict(entry, "title_detail"),
        *_dicts(entry, "content"),
        _dict(entry, "summary_detail"),
    )
    languages = [language for detail in details if (language := _word(detail, "language"))]
    own = (language for language in languages if language_tag(language) != declared)
    return next(own, languages[0]) if languages else ""


def _link(entry: Any) -> str:
    """Return the link that feedparser chose, unless it is only an id.

    Then return an alternate link if the item has one, else the id if it is a whole address. An
    RDF item's `about` is such an id.
    """
    name = _word(entry, "id")
    chosen = _word(entry, "link") or ("" if dict.__contains__(entry, "guidislink") else name)
    alternate = _href(entry, "alternate", chosen)
    if alternate or chosen != name:
        return alternate or chosen
    return safe_link(chosen)


def _href(about: Any, rel: str, wanted: str = "") -> str:
    """Return where the links of this kind lead: to `wanted` if one does, else the first target."""
    found = _hrefs(about, rel)
    return wanted if wanted in found else next(iter(found), "")


def _hrefs(about: Any, rel: str) -> list[str]:
    links = [link for link in _dicts(about, "links") if _word(link, "rel") == rel]
    return [href for link in links if (href := _word(link, "href"))]


def _words(entry: Any) -> tuple[str, str]:
    """Return the summary and the article as plain text.

    The description is the summary and the content is the article. Other words that describe the
    item replace either if it is missing; a caption does so only if there are no other words.
    feedparser copies the article into an absent summary; then only the article is kept.
    """
    parts = [part for part in _dicts(entry, "content") if _readable(part)]
    articles = [part for part in parts if not _word(part, "of")]
    others = [part for part in parts if _word(part, "of") not in ("", CAPTION)]
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
    """Return the text without markup, or unchanged if the publisher says that it is text."""
    value = _word(part, "value")
    return value if _word(part, "type") == LITERAL else reader(value)


def _readable(part: Any) -> bool:
    kind = _word(part, "type")
    return bool(_word(part, "value")) and (
        kind.startswith("text/") or kind.endswith(("xml", "html"))
    )


def _part(entry: Any, key: str) -> dict[str, str]:
    """Return a field in the form of a part of the content."""
    return {"value": _word(entry, key), "type": _word(_dict(entry, f"{key}_detail"), "type")}


_VERSION = "jsonfeed.org/version/1"
_OF_AN_ITEM = frozenset(
    ("id", "url", "external_url", "title", "summary", "content_text", "content_html")
)


def parse_json(text: str, source: DocumentSource, *, limit: int) -> Parsed | Unreadable:
    """Return the items of a JSON Feed, at most `limit` of them."""
    try:
        # strict=False: bare tabs and line breaks in strings do no harm
        document = json.loads(text.lstrip("\ufeff"), strict=False)
    except RecursionError:
        return Unreadable(reason="JSON nested too deeply, not a feed")
    except ValueError as error:  # a syntax error, or an integer of more than 4,300 digits
        return Unreadable(reason=f"broken JSON, not a feed ({clean(str(error))[:80]})")
    if not _is_feed(document):
        return Unreadable(reason="JSON of another kind, not a feed")
    items = document.get("items")
    return _json_parsed(document, items if isinstance(items, list) else [], source, limit)


def _is_feed(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    version, items = _text_at(document, "version"), document.get("items")
    if _VERSION in version or not isinstance(items, list):
        return _VERSION in version
    return "title" in document or (
        version in ("1", "1.0", "1.1")
        and any(isinstance(one, dict) and not _OF_AN_ITEM.isdisjoint(one) for one in items)
    )


def _json_parsed(
    document: dict[str, Any], items: list[Any], source: DocumentSource, limit: int
) -> Parsed:
    declared = language_tag(_text_at(document, "language"))
    origin = _origin(*(_text_at(document, key) for key in ("feed_url", "home_page_url", "title")))
    maker = ItemMaker(source, declared=declared, base=source.url or origin.itself or origin.site)
    shared = _people(document)  # for items that name no author
    made = tuple(maker.make(_json_draft(item, shared)) for item in items[:limit])
    dialect = "json11" if "1.1" in _text_at(document, "version") else "json1"
    return _made(maker, made, origin, declared, dialect, cut=len(items) - limit)


def _json_draft(item: object, authors: tuple[str, ...]) -> Draft:
    if not isinstance(item, dict):
        return Draft(title=_text_from(item), authors=authors)
    link = _text_at(item, "url") or _text_at(item, "external_url")
    attached = (_text_at(one, "url") for one in _list(item, "attachments") if isinstance(one, dict))
    return Draft(
        uid=_text_at(item, "id"),
        title=headline_text(_text_at(item, "title")),
        link=link,
        original="" if link else first_address(attached),
        summary=headline_text(_text_at(item, "summary")),
        text=_text_at(item, "content_text") or body_text(_text_at(item, "content_html")),
        language=_text_at(item, "language"),
        dates=(_text_at(item, "date_published"), _text_at(item, "date_modified")),
        authors=_people(item) or authors,
        categories=tuple(map(_text_from, _list(item, "tags"))),
    )


def _people(thing: dict[str, Any]) -> tuple[str, ...]:
    people = (*_list(thing, "authors"), thing.get("author"))
    names = (_text_at(one, "name") if isinstance(one, dict) else _text_from(one) for one in people)
    return tuple(filter(None, names))


def _list(mapping: dict[str, Any], key: str) -> list[Any]:
    value = mapping.get(key)
    return value if isinstance(value, list) else []


def _text_at(mapping: dict[str, Any], key: str) -> str:
    return _text_from(mapping.get(key))


def _text_from(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
