"""The feeds that a page offers, for `feeds add` of an address that is no feed.

First what the page declares (`<link rel="alternate" type="application/rss+xml">`, as browsers
did), then links that look like feeds: many ministries have only an orange icon. Only http(s).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from sigtrack.parse.charset import decode
from sigtrack.text import clean, safe_link

_TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
}
_LOOKS = re.compile(
    r"(?:^|[/._-])(?:rss2?|atom|feeds?|rdf)(?:$|[/._-])|\.(?:rss|rdf|atom)$|[?&]feed=|/index\.xml$",
    re.IGNORECASE,
)
_MOST = 50  # feeds of one page
_LARGEST = 2 * 1024 * 1024  # bytes that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """`declared` feeds are certain, the others only look like one. `type`: rss, atom, rdf, json."""

    url: str
    title: str = ""
    type: str = ""
    declared: bool = True


def find_feeds(html: bytes, url: str, content_type: str = "") -> tuple[FoundFeed, ...]:
    """The feeds that a page names: declared ones first, each address once, at most 50."""
    page = _Page(url)
    page.feed(decode(html[:_LARGEST], content_type=content_type).text)
    page.close()
    found: dict[str, FoundFeed] = {}
    for feed in (*page.declared, *page.looking_like):
        found.setdefault(feed.url, feed)
    found.pop(url, None)
    return tuple(found.values())[:_MOST]


class _Page(HTMLParser):
    def __init__(self, url: str):
        super().__init__()
        self.declared: list[FoundFeed] = []
        self.looking_like: list[FoundFeed] = []
        self._base = url
        self._anchor = ""  # address of the link that we are in
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and given.get("href"):
            self._base = _join(self._base, given["href"]) or self._base
        elif tag == "link":
            self._declare(given)
        elif tag == "a":
            self._anchor = _join(self._base, given.get("href", ""))
            self._words = [given.get("title", "")]

    def handle_data(self, data: str) -> None:
        if self._anchor:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "a" or not self._anchor:
            return
        if _looks_like_a_feed(self._anchor):
            title = clean(" ".join(self._words))[:200]
            self.looking_like.append(FoundFeed(url=self._anchor, title=title, declared=False))
        self._anchor = ""

    def _declare(self, given: dict[str, str]) -> None:
        kind = _TYPES.get(given.get("type", "").partition(";")[0].strip().lower(), "")
        url = _join(self._base, given.get("href", ""))
        if kind and url and "alternate" in given.get("rel", "").lower().split():
            title = clean(given.get("title", ""))[:200]
            self.declared.append(FoundFeed(url=url, title=title, type=kind))


def _join(base: str, href: str) -> str:
    if not href.strip():
        return ""
    try:
        return safe_link(urljoin(base, href.strip()))
    except ValueError:
        return ""


def _looks_like_a_feed(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_LOOKS.search(parts.path) or _LOOKS.search(f"?{parts.query}"))
