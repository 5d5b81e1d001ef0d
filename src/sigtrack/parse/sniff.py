"""Name what a body is if it is not a feed, in words that help the user.

Servers answer 200 with a login page, a maintenance page or an API error. `what_it_is` names it. It
looks only at the beginning, and all it knows of feeds are the names of their root elements.
"""

from __future__ import annotations

import re

from sigtrack.parse.markup import headline_text
from sigtrack.parse.xmltext import root_of
from sigtrack.text import clean

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
