"""Handles: the hashes by which an item is recognised in a later document of its feed.

An item has a handle for its id, for its link, and for its link with its title. An item without an
id has a fourth handle, for its title and its link without the query, because some sites put a new
session into every link at every visit. Handles are 64-bit hashes, so that a store can keep them and
look them up without knowing what they mean. Titles are compared without case, width, spaces and
punctuation; addresses without scheme, tracking parameters and closing slash.

Some items are stored under names that sigtrack no longer gives. Until schema 6, ids were resolved
like links: `12345` became `https://host/12345`, and behind a redirect to a changing edge host each
host made another item. Items without an id were known by their whole link, so each new session in
the query of a link made another item. When such a feed is read the next time, its new document
tells which stored items are the same. They are joined only if the document proves this habit of the
feed and their titles do not differ.

Pure: takes items and what is known of one feed, and returns what the store should change.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from sigtrack.model import Item, KnownItem, Origin, Renaming, fingerprint_of

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


_ALMOST_ALIKE = 0.5


def find_renamings(known: Sequence[KnownItem], items: Sequence[Item]) -> list[Renaming]:
    """Return how to rename and join stored items of a feed, given a new document of it.

    `known` are all stored items of the feed, oldest first. Each stands in at most one renaming.
    Items that keep their name and handles and are not joined with others are left out.
    """
    feed = items[0].feed if items else ""
    groups = [(group, item.uid, item.url) for group, item in _resolved_ids(known, items)]
    taken = {one.uid for group, *_ in groups for one in group}
    hosts_change = bool(groups)
    rest = [one for one in known if one.uid not in taken and not one.pruned]
    for group in _copies(rest, items, hosts_change=hosts_change):
        groups.append((group, group[0].uid, group[0].url))
        taken.update(one.uid for one in group)
    groups += [([one], one.uid, one.url) for one in rest if one.uid not in taken]
    return [found for group in groups if (found := _renaming(feed, *group))]


def _resolved_ids(
    known: Sequence[KnownItem], items: Iterable[Item]
) -> Iterator[tuple[list[KnownItem], Item]]:
    """Yield each item whose id is not an address, with its copies stored as addresses on any host.

    `1` and `/1` can be resolved to the same address: the first id that claims an address keeps it.
    """
    claimed: set[str] = set()
    by_end: defaultdict[str, list[KnownItem]] = defaultdict(list)
    for one in known:
        by_end[_end(one.uid)].append(one)
    for uid, item in {item.uid: item for item in items if item.named}.items():
        if _is_address(uid):
            continue
        group = [
            one
            for one in by_end[_end(uid)]
            if one.uid == uid
            or (
                one.uid not in claimed
                and _is_address(one.uid)
                and urljoin(one.uid, uid) == one.uid
                and _may_be(one, item)
            )
        ]
        if any(one.uid != uid for one in group):
            claimed.update(one.uid for one in group)
            yield group, item


def _may_be(one: KnownItem, item: Item) -> bool:
    if one.pruned or (one.published is not None and one.published == item.published):
        return True
    return alike(folded(one.title), folded(item.title)) >= _ALMOST_ALIKE


def _copies(
    known: Iterable[KnownItem], items: Sequence[Item], *, hosts_change: bool
) -> Iterator[list[KnownItem]]:
    """Yield groups of stored copies that stand in no document any more, or that never had an id."""
    restless = _queries_change(known, items)
    groups: defaultdict[tuple[object, ...], list[KnownItem]] = defaultdict(list)
    for one in known:
        if hosts_change and one.named and _is_address(one.uid):
            groups["id", _without_host(one.uid), folded(one.title)].append(one)
        elif restless and not one.named and "?" in one.url:
            page = one.url.partition("?")[0]
            groups["page", page, folded(one.title), one.published, one.fingerprint].append(one)
        elif hosts_change and not one.named and one.url:
            groups["link", _without_host(one.url), folded(one.title), one.published].append(one)
    yield from (group for group in groups.values() if len(group) > 1)


def _queries_change(known: Iterable[KnownItem], items: Iterable[Item]) -> bool:
    """Whether no link with a query is known, but some are known by title without it."""
    queried = [item for item in items if not item.named and "?" in item.url]
    unnamed = [one for one in known if not one.named]
    if {item.url for item in queried} & {one.url for one in unnamed}:
        return False
    pages = {(one.url.partition("?")[0], folded(one.title)) for one in unnamed if "?" in one.url}
    return any((item.url.partition("?")[0], folded(item.title)) in pages for item in queried)


def _renaming(feed: str, group: list[KnownItem], uid: str, url: str) -> Renaming | None:
    kept = group[0]
    notice = Notice(Item(feed=feed, uid=uid, title=kept.title, url=url, named=kept.named))
    every = (notice.called,) if kept.pruned else notice.handles
    handles = tuple(sorted(set(every) - kept.handles))
    if len(group) == 1 and uid == kept.uid and not handles:
        return None
    return Renaming(former=tuple(one.uid for one in group), uid=uid, url=url, handles=handles)


def _is_address(uid: str) -> bool:
    try:
        return bool(urlsplit(uid).scheme)
    except ValueError:
        return True


def _end(uid: str) -> str:
    return uid.rstrip("/").rpartition("/")[2]


def _without_host(url: str) -> str:
    try:
        return urlsplit(url)._replace(scheme="", netloc="").geturl()
    except ValueError:
        return url
