"""Find the feeds that a page offers, for `feeds add` of an address that is not a feed.

First come feeds that the page declares (`<link rel="alternate" type="application/rss+xml">`), then
links that look like feeds, because many ministries only show an orange icon. Only http(s).

This uses patterns and not html.parser, which takes minutes for 200 kB of `<a <a <a` and raises on a
damaged `<![CDATA[`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from sigtrack.parse.charset import decode
from sigtrack.parse.markup import ATTRIBUTES, headline_text, unescape, without_hidden
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
_TAG = re.compile(rf"<(/?a|link|base)(?=[\s/>])({ATTRIBUTES})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?:^|(?<=[\s"'/]))([^\s"'<>/=]{1,40})\s*=\s*(?:"([^"<]*)"|'([^'<]*)'|([^\s"'<>]+))"""
)
_MOST = 50  # feeds of one page
_LARGEST = 2 * 1024 * 1024  # bytes of a page that are searched


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed of a page. `declared` ones are certain, others only look like feeds. `type` is rss,
    atom, rdf or json."""

    url: str
    title: str = ""
    type: str = ""
    declared: bool = True


def find_feeds(html: bytes, url: str, content_type: str = "") -> tuple[FoundFeed, ...]:
    """Return the feeds that a page names: declared ones first, each address once, at most 50."""
    page = without_hidden(decode(html[:_LARGEST], content_type=content_type).text)
    found: dict[str, FoundFeed] = {}
    for feed in sorted(_candidates(page, url), key=lambda feed: not feed.declared):
        found.setdefault(feed.url, feed)
    found.pop(url, None)
    return tuple(found.values())[:_MOST]


def _candidates(page: str, base: str) -> Iterator[FoundFeed]:
    for found in _TAG.finditer(page):
        name = found[1].lower()
        given = _attributes(found[2])
        url = _join(base, given.get("href", ""))
        if name == "base":
            base = url or base
        elif name == "link" and (kind := _declared(given)) and url:
            yield FoundFeed(url=url, title=clean(given.get("title", ""))[:200], type=kind)
        elif name == "a" and _looks_like_a_feed(url):
            words = given.get("title") or _words_after(page, found.end())
            yield FoundFeed(url=url, title=clean(words)[:200], declared=False)


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(text)
    }


def _declared(given: dict[str, str]) -> str:
    if "alternate" not in given.get("rel", "").lower().split():
        return ""
    return _TYPES.get(given.get("type", "").partition(";")[0].strip().lower(), "")


def _words_after(page: str, start: int) -> str:
    inside = page[start : start + 500]
    return headline_text(re.split(r"</?a[\s>]", inside, maxsplit=1, flags=re.IGNORECASE)[0])


def _join(base: str, href: str) -> str:
    if not href.strip():
        return ""
    try:
        return safe_link(urljoin(base, href.strip()))
    except ValueError:
        return ""


def _looks_like_a_feed(url: str) -> bool:
    parts = urlsplit(url)
    return bool(url) and bool(_LOOKS.search(parts.path) or _LOOKS.search(f"?{parts.query}"))
