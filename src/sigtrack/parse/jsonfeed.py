"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not read.

It accepts what publishers get wrong: numbers as ids and dates, and a missing version if there are
items. An item that is not an object still counts as an item: nothing is dropped silently.
"""

from __future__ import annotations

import json
from typing import Any

from sigtrack.model import Origin, Parsed, Unreadable
from sigtrack.parse.items import (
    TITLE_LENGTH,
    DocumentSource,
    Draft,
    ItemMaker,
    first_address,
    language_tag,
)
from sigtrack.parse.markup import body_text, headline_text
from sigtrack.text import clean, safe_link

_VERSION = "jsonfeed.org/version/1"
_OF_AN_ITEM = ("id", "url", "external_url", "title", "summary", "content_text", "content_html")


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
    return _parsed(document, items if isinstance(items, list) else [], source, limit)


def _is_feed(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    version, items = _word(document, "version"), document.get("items")
    if _VERSION in version or not isinstance(items, list):
        return _VERSION in version
    return "title" in document or (version in ("1", "1.0", "1.1") and any(map(_is_item, items)))


def _is_item(item: object) -> bool:
    return isinstance(item, dict) and any(key in item for key in _OF_AN_ITEM)


def _parsed(
    document: dict[str, Any], items: list[Any], source: DocumentSource, limit: int
) -> Parsed:
    declared = language_tag(_word(document, "language"))
    origin = Origin(
        itself=safe_link(_word(document, "feed_url")),
        site=safe_link(_word(document, "home_page_url")),
        title=clean(headline_text(_word(document, "title")))[:TITLE_LENGTH],
    )
    maker = ItemMaker(source, declared=declared, base=source.url or origin.itself or origin.site)
    shared = _authors(document)  # for items that name no author
    return Parsed(
        items=tuple(maker.make(_draft(item, shared)) for item in items[:limit]),
        origin=origin,
        language=declared or language_tag(source.language),
        dialect="json11" if "1.1" in _word(document, "version") else "json1",
        cut=max(0, len(items) - limit),
        undated=maker.undated,
        notes=maker.notes(),
    )


def _draft(item: object, authors: tuple[str, ...]) -> Draft:
    if not isinstance(item, dict):
        return Draft(title=_scalar(item), authors=authors)
    link = _word(item, "url") or _word(item, "external_url")
    attached = (_word(one, "url") for one in _list(item, "attachments") if isinstance(one, dict))
    return Draft(
        uid=_word(item, "id"),
        title=headline_text(_word(item, "title")),
        link=link,
        original="" if link else first_address(attached),
        summary=headline_text(_word(item, "summary")),
        text=_word(item, "content_text") or body_text(_word(item, "content_html")),
        language=_word(item, "language"),
        dates=(_word(item, "date_published"), _word(item, "date_modified")),
        authors=_authors(item) or authors,
        categories=tuple(map(_scalar, _list(item, "tags"))),
    )


def _authors(thing: dict[str, Any]) -> tuple[str, ...]:
    people = (*_list(thing, "authors"), thing.get("author"))
    names = (_word(one, "name") if isinstance(one, dict) else _scalar(one) for one in people)
    return tuple(filter(None, names))


def _list(mapping: dict[str, Any], key: str) -> list[Any]:
    value = mapping.get(key)
    return value if isinstance(value, list) else []


def _word(mapping: dict[str, Any], key: str) -> str:
    return _scalar(mapping.get(key))


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
