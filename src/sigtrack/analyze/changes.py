"""Which parsed items are new, which are new revisions of known items, and which are unchanged.

Publishers identify items badly: a new guid at every fetch, one guid for all items, or no guid; one
link for many notices; the same item twice in a document. So an item is recognised by three handles,
which are hashes of its id, of its link, and of its link with its title. How far a handle is trusted
depends on the feed:

- A guid identifies an item, whatever happens to title and link, unless several items carry it.
- Otherwise the same title under the same link is the same item. If all guids of a document are
  unknown but several of its titles are known, the feed changes its guids at every fetch.
- Without a guid, another title is another item, even under the same link, because ministries put
  every notice of a series on one page. It is an edited title only if both were published in the
  same minute.
- Without a guid, the same title under a link that differs only in its query is the same item, as
  long as no document has held both: some sites put a new session into every link they send.
- Without a link, title and date together identify the item.

Titles are compared without case, width, spaces and punctuation. Pure: this module knows no store
and no clock. It takes the known items as an argument and returns the changes to save.

Handles are the hashes by which an item is recognised in a later document. An item has a handle for
its id, for its link, and for its link with its title. An item without an id has a fourth handle,
for its title and its link without the query, because some sites put a new session into every link
at every visit. Handles are 64-bit hashes, so that a store can keep them and look them up without
knowing what they mean. Titles are compared without case, width, spaces and punctuation; addresses
without scheme, tracking parameters and closing slash.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import count
from urllib.parse import urlsplit

from sigtrack.frozen import frozen
from sigtrack.model import Change, Item, KnownItem, Origin

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
        unnamed = page and not item.named
        self.page = handle("page", item.feed, page, self.title) if unnamed else None
        every = (self.called, self.words, self.place, self.page)
        self.handles = tuple(one for one in every if one is not None)


@lru_cache(maxsize=4096)  # handles are asked for first, and then compared
def _place_of(url: str) -> str:
    """Return the address without scheme, tracking parameters and closing slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = _TRACKING.sub("", parts.query).lstrip("&")
    host, path = parts.netloc.lower(), parts.path.rstrip("/")
    short = parts._replace(scheme="", netloc=host, path=path, query=query)
    return short.geturl().removeprefix("//")


def page_of(place: str) -> str:
    """Return the address without its query, or "" if it has no query."""
    page, query, _ = place.partition("?")
    return page if query else ""


def _title_of(item: Item) -> str:
    return folded(item.title) or folded(item.summary) or item.fingerprint


@lru_cache(maxsize=4096)
def folded(title: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", title).casefold()))


def alike(one: str, other: str) -> float:
    # Of texts under 200 characters the library leaves no frequent characters out.
    return SequenceMatcher(None, one[:199], other[:199]).ratio()


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
    text = "\0".join(parts).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), signed=True)


def suffix(handle: int) -> str:
    return handle.to_bytes(8, signed=True).hex()[:8]


REPOSTED_WITHIN = timedelta(hours=20)  # less than a day: daily briefings share title and link
EDITED_WITHIN = timedelta(days=1)  # publishers move the date of an item when they edit it
VERSIONS_ALIKE = 0.6  # of two entries with one guid in a document
TITLES_ALIKE = 0.5  # a guid that moved to another link


def handles_of(items: Iterable[Item]) -> frozenset[int]:
    """Return every handle of these items: what to ask the store for before `find_changes`."""
    return frozenset(handle for item in items for handle in Notice(item).handles)


def find_changes(known: Sequence[KnownItem], items: Sequence[Item]) -> list[Change]:
    """Return the new items and new revisions in one document of a feed, in the document's order.

    `known` must hold at least the known items that share a handle with `items` (see `handles_of`);
    more do no harm. `items` have their fingerprints. If an item stands twice in the document, the
    one published later is used.
    """
    memory = _Memory(known)
    notices = _once(_trusting([Notice(item) for item in items], memory))
    matched = _recognise(notices, memory)
    names = _Names(memory, notices)
    changes = []
    for notice in notices:
        old = matched.get(id(notice))
        change = _new(notice, names) if old is None else _revised(notice, old)
        if change is not None:
            changes.append(change)
    return changes


class _Memory:
    """The known items of the feed by handle, and which of them have been recognised already."""

    def __init__(self, known: Sequence[KnownItem]) -> None:
        self.known = known
        self._by_handle: defaultdict[int | None, list[KnownItem]] = defaultdict(list)
        self._claimed: set[str] = set()
        for one in self.known:
            for one_handle in one.handles:
                self._by_handle[one_handle].append(one)

    def carrying(self, handle: int | None) -> list[KnownItem]:
        return self._by_handle.get(handle, [])

    def free(self, handle: int | None) -> list[KnownItem]:
        return [one for one in self.carrying(handle) if one.uid not in self._claimed]

    def claim(self, one: KnownItem) -> None:
        self._claimed.add(one.uid)


# Inside one document


def _trusting(notices: list[Notice], memory: _Memory) -> list[Notice]:
    groups: defaultdict[int, list[Notice]] = defaultdict(list)
    for notice in notices:
        groups[notice.called].append(notice)
    for called, group in groups.items():
        if len(memory.carrying(called)) > 1 or not _versions_of_one(group):
            for notice in group:
                notice.trusted = False
    return notices


def _versions_of_one(group: list[Notice]) -> bool:
    """Whether entries with one id look like versions of one entry (RFC 4287 4.1.1)."""
    titles = {notice.title for notice in group}
    if len(titles) == 1:
        return True
    places = {notice.place for notice in group}
    return len(titles) == 2 and len(places) == 1 and alike(*titles) >= VERSIONS_ALIKE


def _once(notices: list[Notice]) -> list[Notice]:
    by_name = _latest_of(notices, _name_in_document)
    return _latest_of(by_name, _content_in_document)


def _name_in_document(notice: Notice) -> object:
    if notice.trusted:
        return notice.called
    return notice.words if notice.place else (notice.words, notice.called, notice.item.published)


def _content_in_document(notice: Notice) -> object:
    if notice.place is None:
        return id(notice)
    return notice.words, notice.item.published, notice.item.fingerprint


def _latest_of(notices: list[Notice], key: Callable[[Notice], object]) -> list[Notice]:
    chosen: dict[object, Notice] = {}
    for notice in notices:
        name = key(notice)
        if name not in chosen or _later(notice.item, chosen[name].item):
            chosen[name] = notice
    return list(chosen.values())


def _later(one: Item, other: Item) -> bool:
    if one.published is None:
        return False
    return other.published is None or one.published > other.published


# Against what is known


@frozen(kw_only=False)
class _Evidence:
    """How the feed as a whole behaves.

    `volatile`: its ids change at every fetch. `restless`: the queries of its links do.
    """

    volatile: bool
    restless: bool
    present: frozenset[int]  # ids in the document
    crowded: frozenset[int | None]  # places with several titles, in the document or known
    doubled: frozenset[int | None]  # pages that the document holds under several queries


def _recognise(notices: list[Notice], memory: _Memory) -> dict[int, KnownItem]:
    """Return the known item of each notice, by the notice's id(); none is used twice."""
    evidence = _evidence(notices, memory)
    matched: dict[int, KnownItem] = {}
    passes: tuple[Callable[[Notice], KnownItem | None], ...] = (
        lambda notice: _by_name(notice, memory),
        lambda notice: _by_words(notice, memory, evidence, exact=True),
        lambda notice: _by_words(notice, memory, evidence, exact=False),
        lambda notice: _by_place(notice, memory, evidence),
        lambda notice: _by_page(notice, memory, evidence),
    )
    for find in passes:
        for notice in notices:
            if id(notice) not in matched and (old := find(notice)) is not None:
                matched[id(notice)] = old
                memory.claim(old)
    return matched


def _evidence(notices: list[Notice], memory: _Memory) -> _Evidence:
    strangers = [notice for notice in notices if not memory.carrying(notice.called)]
    familiar = {notice.words for notice in strangers if memory.carrying(notice.words)}
    titles: defaultdict[int | None, set[str]] = defaultdict(set)
    for notice in notices:
        titles[notice.place].add(notice.title)
        for one in memory.carrying(notice.place):
            titles[notice.place].add(folded(one.title))
    crowded = {place for place, some in titles.items() if len(some) > 2}
    counts = Counter(notice.place for notice in notices)
    crowded |= {place for place, times in counts.items() if times > 1}
    pages = Counter(notice.page for notice in notices)
    return _Evidence(
        volatile=len(strangers) == len(notices) and len(familiar) > 1,
        restless=_is_restless(notices, memory),
        present=frozenset(notice.called for notice in notices),
        crowded=frozenset(crowded),
        doubled=frozenset(page for page, times in pages.items() if times > 1),
    )


def _is_restless(notices: list[Notice], memory: _Memory) -> bool:
    """Whether no link with a query is known, but several are known by title without it."""
    queried = [notice for notice in notices if notice.page is not None]
    familiar = {notice.page for notice in queried if memory.carrying(notice.page)}
    return len(familiar) > 1 and not any(memory.carrying(notice.words) for notice in queried)


def _by_name(notice: Notice, memory: _Memory) -> KnownItem | None:
    if not notice.trusted:
        return None
    free = memory.free(notice.called)
    return free[0] if free and not _moved_to_another(notice, free[0]) else None


def _moved_to_another(notice: Notice, old: KnownItem) -> bool:
    """Whether a guid now belongs to another item.

    Some feeds hold one item at a time and give all of them the same guid. Then link, title and date
    have changed, and only the guid is left.
    """
    if notice.place is None or notice.place in old.handles or not old.url:
        return False
    gap = _gap(notice.item, old)
    late = gap is None or gap > EDITED_WITHIN
    return late and alike(notice.title, folded(old.title)) < TITLES_ALIKE


def _by_words(
    notice: Notice, memory: _Memory, evidence: _Evidence, *, exact: bool
) -> KnownItem | None:
    at = notice.item.published
    free = (old for old in memory.free(notice.words) if not exact or old.published == at)
    same = (old for old in free if _same_notice(notice, old, evidence))
    return next((old for old in same if not _still_listed(notice, old, evidence)), None)


def _same_notice(notice: Notice, old: KnownItem, evidence: _Evidence) -> bool:
    """Whether a known item with this title and link (perhaps none) is this item with another id."""
    if evidence.volatile:
        return True
    if old.pruned:  # its date was removed with its words, so only its id can tell
        return notice.called in old.handles or (notice.place is not None and not notice.trusted)
    gap = _gap(notice.item, old)
    if notice.place is None:
        return gap == timedelta(0) or (gap is None and not notice.trusted)
    return gap is None or gap <= REPOSTED_WITHIN or not notice.trusted


def _by_place(notice: Notice, memory: _Memory, evidence: _Evidence) -> KnownItem | None:
    if notice.place in evidence.crowded:
        return None
    free = [old for old in memory.free(notice.place) if not old.pruned]
    if len(free) != 1:
        return None
    renamed = evidence.volatile and notice.item.named
    return free[0] if renamed or _same_minute(notice.item, free[0]) else None


def _by_page(notice: Notice, memory: _Memory, evidence: _Evidence) -> KnownItem | None:
    free = [
        old
        for old in memory.free(notice.page)
        if (gap := _gap(notice.item, old)) is None or gap <= REPOSTED_WITHIN
    ]
    if not evidence.restless:
        several = notice.page in evidence.doubled or len(memory.carrying(notice.page)) > 1
        return None if several or not free else free[0]
    same_words = [old for old in free if old.fingerprint == notice.item.fingerprint]
    return next(reversed(same_words or free), None)


def _still_listed(notice: Notice, old: KnownItem, evidence: _Evidence) -> bool:
    """Whether the known item stands in this document under its own id as well."""
    return notice.trusted and bool((old.handles & evidence.present) - {notice.called})


def _same_minute(item: Item, old: KnownItem) -> bool:
    """Whether both were published at the same time. Times on the full hour prove nothing."""
    at = item.published
    return at is not None and at == old.published and bool(at.minute or at.second)


def _gap(item: Item, old: KnownItem) -> timedelta | None:
    if item.published is None or old.published is None:
        return None
    return abs(item.published - old.published)


# What is to be saved


def _revised(notice: Notice, old: KnownItem) -> Change | None:
    if old.pruned or notice.item.fingerprint == old.fingerprint:
        return None
    item = replace(notice.item, uid=old.uid)
    return Change(kind="revised", item=item, handles=notice.handles)


def _new(notice: Notice, names: _Names) -> Change:
    item = replace(notice.item, uid=names.give(notice))
    return Change(kind="new", item=item, handles=notice.handles)


class _Names:
    """Gives uids to new items: the item's own uid, with a suffix if the uid is not unique.

    If several items of a document have one uid, each new one gets a suffix, so that their order
    does not matter. So does a new item if its uid is the id of any known item, because a store
    returns only the newest of many, and the name must not be that of an older one.
    """

    def __init__(self, memory: _Memory, notices: list[Notice]) -> None:
        self._memory = memory
        self._taken = {one.uid for one in memory.known}
        self._wanted = Counter(notice.called for notice in notices)

    def give(self, notice: Notice) -> str:
        uid = notice.item.uid
        shared = self._wanted[notice.called] > 1 or self._memory.carrying(notice.called)
        if shared or uid in self._taken:
            uid = next(name for name in _other_names(notice) if name not in self._taken)
        self._taken.add(uid)
        return uid


def _other_names(notice: Notice) -> Iterator[str]:
    item = notice.item
    name = f"{item.uid}#{suffix(handle(str(notice.words), str(item.published)))}"
    yield name
    for n in count(1):
        yield f"{name}.{n}"
