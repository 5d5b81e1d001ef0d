"""What comes in: feeds, what one request came to, and the items that it brought."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit


class Role(StrEnum):
    """Who speaks in a feed, most official first (the order of definition is the order used)."""

    LEADER_OFFICE = "leader-office"
    MINISTRY = "ministry"
    IGO = "igo"
    AGENCY = "agency"
    BROADCASTER = "broadcaster"
    NEWSPAPER = "newspaper"
    SPECIALIST = "specialist"
    THINK_TANK = "think-tank"
    AGGREGATOR = "aggregator"

    @property
    def is_official(self) -> bool:
        """A government or an organisation of governments speaks for itself."""
        return self in (Role.LEADER_OFFICE, Role.MINISTRY, Role.IGO)

    @property
    def officiality(self) -> int:
        """0 for the most official voice."""
        return _OFFICIALITY[self]


_OFFICIALITY = {role: number for number, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What the user (or the catalogue) wrote of a feed; `paused` is the reason, None = active."""

    id: str
    url: str
    title: str = ""
    language: str | None = None  # BCP 47, e.g. "ko", "zh-Hant"
    country: str | None = None  # ISO 3166-1 alpha-2
    timezone: str | None = None  # IANA name, e.g. "Asia/Seoul"; None = the country's main one
    role: Role = Role.AGGREGATOR
    group: str = ""  # what the user calls some of them together: "japan"
    paused: str | None = None
    allow_private: bool = False  # may stand on a loopback or private address
    note: str = ""


TOGETHER = ("role", "group", "country")  # what feeds have in common, as in "group:japan"


def names_several(source: str) -> bool:
    """Whether a source, as users write it, stands for all feeds that have something in common:
    "role:ministry", "group:japan", "country:KR", or "*.go.jp", where they are published."""
    kind, _, name = source.partition(":")
    return bool(kind in TOGETHER and name) or source.startswith("*.")


def is_meant(source: str, feed: Feed) -> bool:
    """Whether a source, as users write it (an id, or see `names_several`), stands for this feed."""
    kind, _, name = source.partition(":")
    if not names_several(source):
        return source == feed.id
    if source.startswith("*."):
        host = urlsplit(feed.url).hostname or ""
        return f".{host}".endswith(source[1:].lower())
    value = str(getattr(feed, kind) or "")
    return value == (name.upper() if kind == "country" else name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What we learned of a feed by asking. Durations in seconds, times aware UTC.

    All of it was learned at one `address` (see `address_key`) and holds for no other; "" = it is
    not known at which, because it was learned before that was kept.
    """

    feed: str
    address: str = ""
    url: str = ""  # where a permanent redirect (301, 308) sent us; "" = the feed's own url
    etag: str = ""
    last_modified: str = ""
    full_at: datetime | None = None  # last request without validators that brought a body
    first_asked_at: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None  # last answer that was a feed, or "not modified"
    changed_at: datetime | None = None  # last time an item was new or revised
    due_at: datetime | None = None
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    reason: str = ""  # of the last failure
    told: bool = False  # the user has been told of this row of failures
    paused: str | None = None  # paused by ourselves: gone, or never answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body arrived: `body` is free of transfer and content encodings, its charset is not read."""

    feed: str
    at: datetime
    seconds: float
    status: int
    url: str  # where the body was found, after redirects
    moved_to: str | None  # the target when every redirect on the way was permanent
    body: bytes
    asked: str = ""  # where the feed was asked, without credentials; "" for a file
    moved_status: int | None = None  # 301 or 308, as the first of them said
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    max_age: float | None = None  # seconds, from Cache-Control or Expires
    full: bool = True  # asked without validators

    @property
    def home(self) -> str:
        """The feed's own address, by which its relative links are resolved.

        A temporary redirect does not change it: a publisher may send every request to another
        edge host.
        """
        return self.moved_to or self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    feed: str
    at: datetime
    seconds: float
    status: int = 304
    moved_to: str | None = None
    moved_status: int | None = None
    max_age: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """410: the publisher says that the feed will not come back."""

    feed: str
    at: datetime
    seconds: float
    status: int = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A dead feed is a value. `reason` is for the user: lower case, without full stop."""

    feed: str
    at: datetime
    seconds: float
    reason: str
    status: int | None = None
    retry_after: float | None = None  # seconds
    offline: bool = False  # the name could not be resolved or no route: perhaps there is no network
    asked: bool = True  # False: put off without a request, because its host wants to be left alone


Outcome = Fetched | NotModified | Gone | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The publisher's words, cleaned once: no markup, no control characters, http(s) links only.

    `text` is empty unless the feed carries the whole article. `uid` is what the publisher calls
    the item (guid, id), exactly as sent, else a hash of the link, else of source, title and date.
    `author` and `categories` are no part of the fingerprint: another author makes no revision.

    `published` is aware. What is parsed has the offset that the publisher wrote (UTC if none); what
    comes from the store has that of the publisher's clock (see `lexicon.zones`), so that its date
    is the day which the words mean by "today".
    """

    feed: str
    uid: str
    title: str
    url: str = ""
    summary: str = ""
    text: str = ""
    language: str | None = None
    published: datetime | None = None
    fingerprint: str = ""  # of title, summary and text; see `fingerprint_of`
    imported: bool = False
    named: bool = True  # the publisher gave the uid; False = we made it from link or words
    author: str = ""  # names, separated by commas; an address only where there is no name
    categories: tuple[str, ...] = ()

    @property
    def category(self) -> str:
        """All categories as one text, in which spans can point at them."""
        return "; ".join(self.categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """What must be remembered of a stored item to recognise it when its feed is read again."""

    uid: str
    url: str
    title: str
    fingerprint: str  # of the latest revision
    published: datetime | None
    handles: frozenset[int]  # see `analyze.changes`
    pruned: bool = False  # a tombstone: words and title are gone
    named: bool = True  # see `Item`


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """Stored items of one feed that are one item, by their uids as stored, the oldest first, and
    what it is called, where it stands and by what it is recognised from now on."""

    former: tuple[str, ...]
    uid: str
    url: str
    handles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a document says of itself: its own address, that of its site, and its title.

    Addresses are absolute http(s) or empty.
    """

    itself: str = ""
    site: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One document read. `items` in the document's order; `cut` counts items beyond the limit."""

    items: tuple[Item, ...]
    origin: Origin = Origin()
    language: str | None = None
    ttl: float | None = None  # seconds
    dialect: str = ""  # "rss20", "atom10", "json1", ... (feedparser's names)
    cut: int = 0
    undated: int = 0
    notes: tuple[str, ...] = ()  # what was repaired or lost, for the user


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A body that is not a feed, or that broke its reader; `reason` is as in `Failed`."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a parsed item means for the store: not there before, or there with other words.

    `uid` is the identity under which it is stored (the item's own, unless that is not to be
    trusted: one guid for all items, guids that change at every fetch).
    """

    kind: Literal["new", "revised"]
    item: Item
    handles: tuple[int, ...] = ()  # by which it will be recognised; see `analyze.changes`


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item as the store knows it: `number` is the row order of its revision, oldest first.

    `first_seen` is of the item, `revised_at` of this revision (None for the first). All times have
    the offset of the publisher's clock: `moment.date()` is the publisher's day.
    """

    id: str  # see `item_id`
    item: Item
    first_seen: datetime
    revision: int = 1
    number: int = 0
    revised_at: datetime | None = None
    story: str | None = None

    @property
    def moment(self) -> datetime:
        """The time that windows ask about: the publisher's, where it can be believed, else ours."""
        published = self.item.published
        if published is None:
            return self.first_seen
        near = self.first_seen - _EARLIEST <= published <= self.first_seen + _LATEST
        return published if near or self.item.imported else self.first_seen


def address_key(url: str) -> str:
    """Tells one address of a feed from another: 16 hex digits, which show no password of it."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def item_id(feed: str, uid: str) -> str:
    """The first 12 hex digits of sha256 over feed id and uid, separated by NUL."""
    return hashlib.sha256(f"{feed}\0{uid}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def fingerprint_of(title: str, summary: str, text: str) -> str:
    """Same words, same fingerprint: spaces and format characters alone make no revision.

    All whitespace and every character of the Unicode classes Cc, Cf and Zs, and hyphens and
    dashes (which publishers exchange silently) are left out before hashing.
    """
    words = "\0".join(map(_counted, (title, summary, text)))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _counted(text: str) -> str:
    text = "".join(text.split())
    for dash in _DASHES:
        text = text.replace(dash, "")
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


_EARLIEST = timedelta(days=3)
_LATEST = timedelta(days=1)
_DASHES = "-‐‑‒–—―−"
