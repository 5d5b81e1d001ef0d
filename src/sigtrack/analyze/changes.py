"""Which parsed items are new, which are known with other words, and which are just there again.

Publishers name items badly: a guid for every fetch, one guid for all, none; one link for many
notices; the same item twice in a document. So an item is recognised by three handles, hashes of
what it is called, where it stands, and where it stands under which title, and each handle is
believed only as far as the feed deserves:

- A guid counts, whatever happens to title and link, unless several items carry it.
- Else the same title under the same link is the same item. Guids that nobody has seen before,
  beside titles that are all known, are guids that change at every fetch.
- Without a guid another title is another item, even under the same link: ministries put every
  notice of a series on one page. Only the same minute of publication makes it an edited title.
- Without a link, title and date together are the name.

Titles are compared without case, width, spaces and punctuation. Pure: knows no store and no
clock; what is known comes as an argument and what should be saved is returned.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from urllib.parse import urlsplit

from sigtrack.model import Change, Item, KnownItem, fingerprint_of

REPOSTED_WITHIN = timedelta(hours=20)  # less than a day: daily briefings share title and link
EDITED_WITHIN = timedelta(days=1)  # publishers move the date of an item when they edit it
VERSIONS_ALIKE = 0.6  # two entries of one guid in a document
TITLES_ALIKE = 0.5  # a guid that moved to another link

_TRACKING = re.compile(r"(?:^|&)(?:utm_[a-z]+|fbclid|gclid)=[^&]*")


def handles_of(items: Iterable[Item]) -> frozenset[int]:
    """What to ask the store for before `find_changes`: every handle of these items."""
    return frozenset(handle for item in items for handle in _Notice(item).handles)


def find_changes(known: Iterable[KnownItem], items: Sequence[Item]) -> list[Change]:
    """What one document adds to what is known of its feed, in the document's order.

    `known` must hold at least the items that share a handle with these (see `handles_of`); more do
    no harm. Of an item that stands twice in the document the later published is taken.
    """
    memory = _Memory(known)
    notices = _once(_trusting([_Notice(item) for item in items], memory))
    matched = _recognise(notices, memory)
    taken = {one.uid for one in memory.known}
    changes = []
    for notice in notices:
        old = matched.get(id(notice))
        change = _new(notice, memory, taken) if old is None else _revised(notice, old)
        if change is not None:
            changes.append(change)
    return changes


class _Notice:
    """A parsed item with its handles; `trusted` while its uid may decide who it is."""

    __slots__ = ("called", "handles", "item", "place", "title", "trusted", "words")

    def __init__(self, item: Item) -> None:
        place = _place_of(item.url)
        self.item = item
        self.title = _title_of(item)
        self.trusted = item.named
        self.called = _handle("called", item.feed, item.uid)
        self.place = _handle("place", item.feed, place) if place else None
        self.words = _handle("words", item.feed, place, self.title)
        handles = (self.called, self.words, self.place)
        self.handles = tuple(handle for handle in handles if handle is not None)


class _Memory:
    """What is known of the feed, by handle, and who has been recognised already."""

    def __init__(self, known: Iterable[KnownItem]) -> None:
        self.known = tuple(known)
        self._by_handle: defaultdict[int, list[KnownItem]] = defaultdict(list)
        self._claimed: set[str] = set()
        for one in self.known:
            for handle in one.handles:
                self._by_handle[handle].append(one)

    def carrying(self, handle: int | None) -> list[KnownItem]:
        return self._by_handle.get(handle, []) if handle is not None else []

    def free(self, handle: int | None) -> list[KnownItem]:
        return [one for one in self.carrying(handle) if one.uid not in self._claimed]

    def claim(self, one: KnownItem) -> None:
        self._claimed.add(one.uid)


# Inside one document


def _trusting(notices: list[_Notice], memory: _Memory) -> list[_Notice]:
    groups: defaultdict[int, list[_Notice]] = defaultdict(list)
    for notice in notices:
        groups[notice.called].append(notice)
    for called, group in groups.items():
        if len(memory.carrying(called)) > 1 or not _versions_of_one(group):
            for notice in group:
                notice.trusted = False
    return notices


def _versions_of_one(group: list[_Notice]) -> bool:
    """Several entries with one id are versions of one entry (RFC 4287 4.1.1), if they look it."""
    titles = {notice.title for notice in group}
    if len(titles) == 1:
        return True
    places = {notice.place for notice in group}
    return len(titles) == 2 and len(places) == 1 and _alike(*titles) >= VERSIONS_ALIKE


def _once(notices: list[_Notice]) -> list[_Notice]:
    by_name = _latest_of(notices, _name_in_document)
    return _latest_of(by_name, _content_in_document)


def _name_in_document(notice: _Notice) -> object:
    if notice.trusted:
        return notice.called
    return notice.words if notice.place else (notice.words, notice.called, notice.item.published)


def _content_in_document(notice: _Notice) -> object:
    if notice.place is None:
        return id(notice)
    return notice.words, notice.item.published, _fingerprint(notice.item)


def _latest_of(notices: list[_Notice], key: Callable[[_Notice], object]) -> list[_Notice]:
    chosen: dict[object, _Notice] = {}
    for notice in notices:
        name = key(notice)
        if name not in chosen or _later(notice.item, chosen[name].item):
            chosen[name] = notice
    return list(chosen.values())


def _later(one: Item, other: Item) -> bool:
    if one.published is None or other.published is None:
        return one.published is not None
    return one.published > other.published


# Against what is known


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How the feed as a whole behaves: `volatile` names change at every fetch."""

    volatile: bool
    present: frozenset[int]  # names in the document
    crowded: frozenset[int | None]  # places with several titles, in the document or known


def _recognise(notices: list[_Notice], memory: _Memory) -> dict[int, KnownItem]:
    """The known item of each notice, by the notice's id(); nobody is recognised twice."""
    evidence = _evidence(notices, memory)
    matched: dict[int, KnownItem] = {}
    passes: tuple[Callable[[_Notice], KnownItem | None], ...] = (
        lambda notice: _by_name(notice, memory),
        lambda notice: _by_words(notice, memory, evidence, exact=True),
        lambda notice: _by_words(notice, memory, evidence, exact=False),
        lambda notice: _by_place(notice, memory, evidence),
    )
    for find in passes:
        for notice in notices:
            if id(notice) not in matched and (old := find(notice)) is not None:
                matched[id(notice)] = old
                memory.claim(old)
    return matched


def _evidence(notices: list[_Notice], memory: _Memory) -> _Evidence:
    strangers = [notice for notice in notices if not memory.carrying(notice.called)]
    familiar = {notice.words for notice in strangers if memory.carrying(notice.words)}
    titles: defaultdict[int | None, set[str]] = defaultdict(set)
    for notice in notices:
        titles[notice.place].add(notice.title)
        for one in memory.carrying(notice.place):
            titles[notice.place].add(_fold(one.title) if one.title else one.uid)
    crowded = {place for place, some in titles.items() if place is None or len(some) > 2}
    counts = Counter(notice.place for notice in notices)
    crowded |= {place for place, count in counts.items() if count > 1}
    return _Evidence(
        volatile=len(strangers) == len(notices) and len(familiar) > 1,
        present=frozenset(notice.called for notice in notices),
        crowded=frozenset(crowded),
    )


def _by_name(notice: _Notice, memory: _Memory) -> KnownItem | None:
    if not notice.trusted:
        return None
    free = memory.free(notice.called)
    return free[0] if free and not _moved_to_another(notice, free[0]) else None


def _moved_to_another(notice: _Notice, old: KnownItem) -> bool:
    """One guid for everything in a feed of one item at a time: all that is left is the guid."""
    if old.pruned or notice.words in old.handles:
        return False
    if notice.place is None or notice.place in old.handles or not old.url:
        return False
    gap = _gap(notice.item, old)
    late = gap is None or gap > EDITED_WITHIN
    return late and _alike(notice.title, _fold(old.title)) < TITLES_ALIKE


def _by_words(
    notice: _Notice, memory: _Memory, evidence: _Evidence, *, exact: bool
) -> KnownItem | None:
    for old in memory.free(notice.words):
        if exact:
            if old.published == notice.item.published and not _still_listed(notice, old, evidence):
                return old
        elif _same_notice(notice, old, evidence):
            return old
    return None


def _same_notice(notice: _Notice, old: KnownItem, evidence: _Evidence) -> bool:
    if old.pruned or evidence.volatile:
        return not _still_listed(notice, old, evidence)
    gap = _gap(notice.item, old)
    if notice.trusted:
        near = gap is None or gap <= REPOSTED_WITHIN
        return notice.place is not None and near and not _still_listed(notice, old, evidence)
    return notice.place is not None or gap is None


def _by_place(notice: _Notice, memory: _Memory, evidence: _Evidence) -> KnownItem | None:
    if notice.place in evidence.crowded:
        return None
    free = [old for old in memory.free(notice.place) if not old.pruned]
    if len(free) != 1 or _still_listed(notice, free[0], evidence):
        return None
    renamed = evidence.volatile and notice.item.named
    return free[0] if renamed or _same_minute(notice.item, free[0]) else None


def _still_listed(notice: _Notice, old: KnownItem, evidence: _Evidence) -> bool:
    """The known item's own name stands in this document too, so this is another one."""
    if not notice.trusted:
        return False
    return bool((old.handles & evidence.present) - {notice.called})


def _same_minute(item: Item, old: KnownItem) -> bool:
    """Published at the same time of day: dates without one (on the hour) prove nothing."""
    at = item.published
    return at is not None and at == old.published and bool(at.minute or at.second)


def _gap(item: Item, old: KnownItem) -> timedelta | None:
    if item.published is None or old.published is None:
        return None
    return abs(item.published - old.published)


# What is to be saved


def _revised(notice: _Notice, old: KnownItem) -> Change | None:
    item = replace(notice.item, uid=old.uid, fingerprint=_fingerprint(notice.item))
    if old.pruned or item.fingerprint == old.fingerprint:
        return None
    fresh = tuple(handle for handle in notice.handles if handle not in old.handles)
    return Change(kind="revised", item=item, handles=fresh)


def _new(notice: _Notice, memory: _Memory, taken: set[str]) -> Change:
    uid = notice.item.uid
    distrusted = notice.item.named and not notice.trusted
    if distrusted or uid in taken or memory.carrying(notice.called):
        uid = next(name for name in _other_names(notice) if name not in taken)
    taken.add(uid)
    item = replace(notice.item, uid=uid, fingerprint=_fingerprint(notice.item))
    return Change(kind="new", item=item, handles=notice.handles)


def _other_names(notice: _Notice) -> Iterable[str]:
    item = notice.item
    day = item.published.isoformat() if item.published else ""
    yield f"{item.uid}#{_hex(notice.words)}"
    yield f"{item.uid}#{_hex(_handle(str(notice.words), day))}"
    yield f"{item.uid}#{_hex(_handle(str(notice.words), day, _fingerprint(item)))}"
    for n in range(1, 10_000):
        yield f"{item.uid}#{_hex(notice.words)}.{n}"


# How places and titles are compared


def _fingerprint(item: Item) -> str:
    return item.fingerprint or fingerprint_of(item.title, item.summary, item.text)


def _place_of(url: str) -> str:
    """The address without scheme, tracking parameters and closing slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = _TRACKING.sub("", parts.query).lstrip("&")
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    path = parts.path.rstrip("/") + (f"?{query}" if query else "") + fragment
    return parts.netloc.lower() + path if parts.netloc else url


def _title_of(item: Item) -> str:
    return _fold(item.title) or _fold(item.summary) or _fingerprint(item)


@lru_cache(maxsize=4096)
def _fold(title: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", title).casefold() if c.isalnum())


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:200], other[:200], autojunk=False).ratio()


def _handle(*parts: str) -> int:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def _hex(handle: int) -> str:
    return f"{handle & (1 << 64) - 1:016x}"[:8]
