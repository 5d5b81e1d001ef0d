"""A body that is not a feed: what it is, in words that help the user, and the feeds that it offers.

Servers answer 200 with a login page, a maintenance page or an API error. `what_it_is` names it. It
looks only at the beginning, and all it knows of feeds are the names of their root elements.

`find_feeds` serves `feeds add` of an address that is not a feed. First come feeds that the page
declares (`<link rel="alternate" type="application/rss+xml">`), then links that look like feeds,
because many ministries only show an orange icon. Only http(s).

This uses patterns and not html.parser, which takes minutes for 200 kB of `<a <a <a` and raises on a
damaged `<![CDATA[`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from sigtrack.parse.charset import decode
from sigtrack.parse.markup import ATTRIBUTES, headline_text, root_of, unescape, without_hidden
from sigtrack.text import clean, safe_link

_BINARY = (
    (b"%PDF-", "a PDF file"),
    (b"\x1f\x8b", "gzip data"),
    (b"PK\x03\x04", "a zip file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BZh", "bzip2 data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
)
_ANY_FEED = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel|item|entry)(?=[\s/>])", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]*>([^<]{1,500})</title", re.IGNORECASE)
_PASSWORD = re.compile(r"""<input[^<>]*type\s*=\s*["']?password""", re.IGNORECASE)
_HEAD = 65_536
_OTHER_ROOTS = {
    "opml": "an OPML list of feeds (sigtrack feeds import reads those)",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "svg": "a picture",
}


def binary_kind(body: bytes) -> str:
    """Return the name of a well-known binary format, or "" ."""
    return next((name for magic, name in _BINARY if body.startswith(magic)), "")


def is_page(text: str) -> bool:
    """Return whether this is HTML without any trace of a feed, so that no parser need read it."""
    start = text[:_HEAD].lstrip().lower()
    page = start.startswith("<!doctype html") or root_of(text) in ("html", "head", "body")
    return page and not _ANY_FEED.search(text)


def what_it_is(text: str) -> str:
    """Return what it is, in words that fit before ", not a feed"."""
    root = root_of(text)
    start = text[:_HEAD].lstrip().lower()
    if start.startswith("<!doctype html") or root in ("html", "head", "body", "script", "div", "p"):
        return _page(text)
    if start[:1] in ("{", "["):
        return "JSON of another kind"
    if root in ("rss", "feed", "rdf", "channel"):
        return f"<{root}> of no known format"
    if root and start.startswith("<"):
        return _OTHER_ROOTS.get(root, f"XML of another kind (<{clean(root)}>)")
    return "plain text" if start.strip() else "an empty body"


def _page(text: str) -> str:
    head = text[:_HEAD]
    if _PASSWORD.search(head):
        return "a login page"
    found = _TITLE.search(head)
    title = clean(headline_text(found[1])) if found else ""
    return f'an HTML page ("{title[:80]}")' if title else "an HTML page"


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
