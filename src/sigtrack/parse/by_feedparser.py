"""Read any document with feedparser.

feedparser is the reference: what it takes for an item is an item. It gets UTF-8 bytes that
`markup` has cleaned, and runs without its sanitizer and resolver, which take a third of the time.
Ids stay as the publisher sent them, and links stay relative: `items` makes them absolute.
feedparser applies xml:base itself.

It always gets a stream, because `feedparser.parse(b"/etc/passwd")` would open that file. Some of
its code is quadratic, and it may raise on broken input, so `workers` runs it under limits. It takes
60 ms and 12 MiB to import, so it is imported for the first document that is not plain.
"""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from sigtrack.frozen import frozen
from sigtrack.model import Unreadable
from sigtrack.parse.markup import bounded, root_of, xml_of
from sigtrack.parse.plain import CAPTION, ITEM, LITERAL

_ITEM_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_EXTENSION = re.compile(
    r"</?(?:(?!(?:content|dc|dcterms|atom|rdf|rss):)[A-Za-z_][\w.-]{0,40}:[A-Za-z_]"
    r"|(?:category|keywords|tags|image|textinput|width|height|license|newlocation)(?=[\s/>]))"
    r"[^<>]*>",
    re.IGNORECASE,
)
# An RSS link whose attribute holds an unusable address (at://…), which hides the one in its text
_LINK = re.compile(
    r"<((?:atom:)?link)\s([^<>]*[^<>/])>(?=\s*(?:<!\[CDATA\[\s*)?https?://)", re.IGNORECASE
)
_OTHER_ADDRESS = re.compile(r"""\b(?:href|url|uri)\s*=\s*["'](?!\s*https?:)""", re.IGNORECASE)
# feedparser reports `type="text"` only if it has a name that feedparser does not know
_SAID_TEXT = re.compile(
    r"""(<(?:atom(?:10)?:)?(?:title|summary|content)\s[^<>]{0,300}?\btype\s*=\s*)(["'])text\2"""
)
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


class _OurWay:
    """Handlers for elements that feedparser mixes up.

    feedparser takes the words of other vocabularies for the description, or for the article if
    there is a description already. Here they become parts of the content, and "of" names their
    vocabulary.
    """

    # A guid is a name: without this, feedparser makes an address of "12345".
    can_be_relative_uri = feedparser.api.StrictFeedParser.can_be_relative_uri - {"id"}

    def _start_media_description(self, attributes: Any) -> None:
        self._start_words_of(CAPTION, attributes, "text/html")

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
    """Elements are closed here, so the parser knows which element is inside which."""

    def _start_item(self, attributes: Any) -> None:
        self._item_depth = self.depth
        super()._start_item(attributes)

    _start_entry = _start_item

    def _start_link(self, attributes: Any) -> None:
        if not self.inentry or self.insource or self.depth <= self._item_depth + 1:
            super()._start_link(attributes)  # deeper, it is the link of something in the item


feedparser.api.LooseFeedParser = _LooseParser
feedparser.api.StrictFeedParser = _StrictParser


@frozen(kw_only=False)
class FeedparserDocument:
    """A document as feedparser reads it. `cut` counts items left out, `overlong` fields cut."""

    document: Any
    dialect: str
    cut: int
    overlong: int


def read_any(text: str, limit: int) -> FeedparserDocument | Unreadable:
    """Read a document in characters, with at most `limit` items."""
    xml, doctype = xml_of(text)
    short, cut = _shortened(xml, limit)
    short, overlong = bounded(short)
    short = _LINK.sub(_link_of_its_words, short)
    if root_of(short) in ("feed", "entry"):
        short = _SAID_TEXT.sub(rf"\1\2{LITERAL}\2", short)
    document = _read_somehow(short)
    if isinstance(document, Unreadable):
        return document
    netscape = "netscape" in doctype.lower()
    return FeedparserDocument(
        document, "rss091n" if netscape else document["version"] or "", cut, overlong
    )


def _shortened(xml: str, limit: int) -> tuple[str, int]:
    """Cut the items beyond the limit before any expensive step, and count them."""
    starts = [found.start() for found in ITEM.finditer(xml)]
    if len(starts) <= limit:
        return xml, 0
    ends = [found.end() for found in _ITEM_END.finditer(xml, starts[-1])]
    end = ends[-1] if ends else xml.find(">", starts[-1]) + 1 or len(xml)
    return xml[: starts[limit]] + xml[end:], len(starts) - limit


def _link_of_its_words(found: re.Match[str]) -> str:
    return f"<{found[1]}>" if _OTHER_ADDRESS.search(found[2]) else found[0]


def _read_somehow(xml: str) -> Any:
    """Run feedparser. If it raises on odd values in extensions that we do not use, run it without
    them."""
    try:
        return _read(xml)
    except MemoryError:
        raise  # the limit of this process: `workers` reports it
    except Exception:  # noqa: BLE001 - a stranger's bytes may provoke anything in feedparser
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
