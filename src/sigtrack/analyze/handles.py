"""Handles: the hashes by which an item is recognised in a later document of its feed.

An item has a handle for its id, for its link, and for its link with its title. An item without an
id has a fourth handle, for its title and its link without the query, because some sites put a new
session into every link at every visit.

Handles are 64-bit hashes, so that a store can keep them and look them up without knowing what they
mean. Titles are compared without case, width, spaces and punctuation; addresses without scheme,
tracking parameters and closing slash.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from urllib.parse import urlsplit

from sigtrack.model import Item, Origin, fingerprint_of

_TITLES_ALIKE = 0.6  # the titles of two documents; some carry a date
_TRACKING = re.compile(r"(?:^|&)(?:utm_[a-z]+|fbclid|gclid)=[^&]*")


class Notice:
    """A parsed item with its handles. `trusted` says whether its uid may identify it."""

    __slots__ = ("called", "handles", "item", "page", "place", "title", "trusted", "words")

    def __init__(self, item: Item) -> None:
        place = _place_of(item.url)
        self.item = item
        self.title = _title_of(item)
        self.trusted = item.named
        self.called = handle("called", item.feed, item.uid)
        self.place = handle("place", item.feed, place) if place else None
        self.words = handle("words", item.feed, place, self.title)
        page = page_of(place)
        unnamed = bool(page) and not item.named
        self.page = handle("page", item.feed, page, self.title) if unnamed else None
        every = (self.called, self.words, self.place, self.page)
        self.handles = tuple(one for one in every if one is not None)


def fingerprint(item: Item) -> str:
    return item.fingerprint or fingerprint_of(item.title, item.summary, item.text)


def _place_of(url: str) -> str:
    """Return the address without scheme, tracking parameters and closing slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = _TRACKING.sub("", parts.query).lstrip("&")
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    path = parts.path.rstrip("/") + (f"?{query}" if query else "") + fragment
    return parts.netloc.lower() + path if parts.netloc else url


def page_of(place: str) -> str:
    """Return the address without its query, or "" if it has no query."""
    page, query, _ = place.partition("?")
    return page if query else ""


def _title_of(item: Item) -> str:
    return folded(item.title) or folded(item.summary) or fingerprint(item)


@lru_cache(maxsize=4096)
def folded(title: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", title).casefold()))


def alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:200], other[:200], autojunk=False).ratio()


def same_publisher(one: Origin, other: Origin) -> bool:
    """Whether two documents of one file name may be the same feed at two times.

    The feed's own address decides if both documents state it. Otherwise the host of the site and
    the title are compared, each only if both documents have it.
    """
    if one.itself and other.itself:
        return _place_of(one.itself) == _place_of(other.itself)
    hosts = [urlsplit(site).netloc.lower().removeprefix("www.") for site in (one.site, other.site)]
    if all(hosts) and hosts[0] != hosts[1]:
        return False
    titles = folded(one.title), folded(other.title)
    return not all(titles) or alike(*titles) >= _TITLES_ALIKE


def handle(*parts: str) -> int:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def suffix(handle: int) -> str:
    return f"{handle & (1 << 64) - 1:016x}"[:8]
