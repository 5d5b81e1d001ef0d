"""What comes in: feeds, the outcomes of requests, and the items that they brought.

Also the work of a scan: which files, cut into tasks, and what became of each task.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from sigtrack.frozen import frozen


class Role(StrEnum):
    """The kind of publisher, most official first. Roles are sorted in the order of definition."""

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
        return self in (Role.LEADER_OFFICE, Role.MINISTRY, Role.IGO)

    @property
    def officiality(self) -> int:
        """The place of the role in the order, 0 for the most official."""
        return _OFFICIALITY[self]


_OFFICIALITY = {role: number for number, role in enumerate(Role)}


@frozen
class Access:
    """How a feed is asked, where that is otherwise than all others; "" = as they are.

    A secret is not held here but named: a file of which it is the first line, or a variable of the
    environment. `headers` and `proxy` may hold secrets too and are shown nowhere.
    """

    user_agent: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookie_file: str = ""
    cookie_env: str = ""
    user: str = ""
    password_file: str = ""
    password_env: str = ""
    proxy: str | None = field(default=None, repr=False)  # "" = none, None = the environment's
    ca_file: str = ""
    timeout: float | None = None  # seconds, for everything about the feed


@frozen
class Feed:
    """A feed as the user or the catalogue describes it. `paused` is the reason, None = active."""

    id: str
    url: str
    title: str = ""
    language: str | None = None  # BCP 47, e.g. "ko", "zh-Hant"
    country: str | None = None  # ISO 3166-1 alpha-2
    timezone: str | None = None  # IANA name, e.g. "Asia/Seoul"; None = the country's main one
    role: Role = Role.AGGREGATOR
    group: str = ""  # the user's name for several feeds together: "japan"
    paused: str | None = None
    allow_private: bool = False  # may stand on a loopback or private address
    note: str = ""
    access: Access = Access()


TOGETHER = ("role", "group", "country")  # keys of what feeds have in common, as in "group:japan"


def names_several(source: str) -> bool:
    """Whether a source, as users write it, stands for several feeds.

    These are "role:ministry", "group:japan", "country:KR", and "*.go.jp" for feeds of one domain.
    """
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


@frozen
class FeedState:
    """What sigtrack learned about a feed from its answers. Durations in seconds, times aware UTC.

    It applies only to the `address` (see `address_key`) at which it was learned; "" means that this
    address is unknown, because older versions did not store it.
    """

    feed: str
    address: str = ""
    url: str = ""  # target of a permanent redirect (301, 308); "" = the feed's own url
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
    told: bool = False  # whether the user has been told of this series of failures
    paused: str | None = None  # why sigtrack paused it: gone, or never answered
    gap: int = 0  # seconds between two requests that the last answer asked for
    quiet: int = 0  # hours without requests, as in `Parsed`
    document: str = ""  # hash of the last document, and of how it was read; "" = read it again


@frozen
class Fetched:
    """A body arrived. `body` has no transfer and content encodings; its charset is not read."""

    feed: str
    at: datetime
    seconds: float
    status: int
    url: str  # where the body was found, after redirects
    moved_to: str | None  # the target, if every redirect on the way was permanent
    body: bytes
    asked: str = ""  # where the feed was asked, without credentials; "" for a file
    moved_status: int | None = None  # 301 or 308, from the first such redirect
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    max_age: float | None = None  # seconds, from Cache-Control or Expires
    full: bool = True  # asked without validators

    @property
    def home(self) -> str:
        """The feed's own address, by which its relative links are resolved.

        A temporary redirect does not change it, because a publisher may redirect every request to
        another edge host.
        """
        return self.moved_to or self.asked


@frozen
class NotModified:
    feed: str
    at: datetime
    seconds: float
    status: int = 304
    moved_to: str | None = None
    moved_status: int | None = None
    max_age: float | None = None


@frozen
class Gone:
    """Status 410: the publisher says that the feed will not come back."""

    feed: str
    at: datetime
    seconds: float
    status: int = 410


@frozen
class Failed:
    """A request that failed, as a value. `reason` is for the user: lower case, no full stop."""

    feed: str
    at: datetime
    seconds: float
    reason: str
    status: int | None = None
    retry_after: float | None = None  # seconds
    offline: bool = False  # name not resolved or no route: perhaps there is no network
    asked: bool = True  # False: no request was made, as the host wants a pause or forbids it


Outcome = Fetched | NotModified | Gone | Failed


@frozen
class Item:
    """An item of a feed, cleaned once: no markup, no control characters, http(s) links only.

    `text` is empty unless the feed carries the whole article. `uid` is the publisher's id of the
    item (guid, id), exactly as sent; otherwise a hash of the link, or of source, title and date.
    `author` and `categories` are not part of the fingerprint: another author makes no revision.
    Nor is `full_text`, which is the text of the linked page where `fetch` has read it.
    `published` is aware. In a parsed item it has the offset that the publisher wrote (UTC if none);
    in a stored item it has the offset of the publisher's clock (see `lexicon.zones`), so that its
    date is the day that the words mean by "today".
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
    named: bool = True  # the publisher gave the uid; False = made by us from link or words
    author: str = ""  # names, separated by commas; an address only if there is no name
    categories: tuple[str, ...] = ()
    full_text: str = ""

    @property
    def category(self) -> str:
        """All categories as one text, in which spans can point to them."""
        return "; ".join(self.categories)


@frozen
class KnownItem:
    """What must be kept of a stored item to recognise it when its feed is read again."""

    uid: str
    url: str
    title: str
    fingerprint: str  # of the latest revision
    published: datetime | None
    handles: frozenset[int]  # see `analyze.changes`
    pruned: bool = False  # a tombstone: its words and title were deleted
    named: bool = True  # see `Item`


@frozen
class Origin:
    """What a document says about itself: its own address, the address of its site, and its title.

    Addresses are absolute http(s) or empty.
    """

    itself: str = ""
    site: str = ""
    title: str = ""


@frozen
class Parsed:
    """A parsed document. `items` are in its order; `cut` counts items beyond the limit."""

    items: tuple[Item, ...]
    origin: Origin = Origin()
    language: str | None = None
    ttl: float | None = None  # seconds
    quiet: int = 0  # bit n: the publisher wants no request in hour n of the week (UTC, from Monday)
    dialect: str = ""  # "rss20", "atom10", "json1", ... (feedparser's names)
    cut: int = 0
    undated: int = 0
    notes: tuple[str, ...] = ()  # what was repaired or lost, for the user


@frozen
class Unreadable:
    """A body that is not a feed, or that broke its reader. `reason` is written as in `Failed`."""

    reason: str

    def as_feed(self) -> str:
        """Say what is wrong with a document that should be a feed, after its name."""
        return f"cannot be read as a feed ({self.reason})"


@frozen
class Change:
    """A parsed item that the store must save: a new item, or new words of a known item.

    `item.uid` is the uid under which it is stored. It is the item's own, unless that cannot be
    trusted (one guid for all items, guids that change at every fetch).
    """

    kind: Literal["new", "revised"]
    item: Item
    handles: tuple[int, ...] = ()  # handles by which it will be recognised; see `analyze.changes`


@frozen
class StoredItem:
    """An item as the store returns it. `number` is the row order of its revision, oldest first.

    `first_seen` belongs to the item, `revised_at` to this revision (None for the first). All times
    have the offset of the publisher's clock: `moment.date()` is the publisher's day.
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
        """The time that windows use: `published` if it can be believed, otherwise `first_seen`."""
        published = self.item.published
        if published is None:
            return self.first_seen
        near = self.first_seen - _EARLIEST <= published <= self.first_seen + _LATEST
        return published if near or self.item.imported else self.first_seen


def address_key(url: str) -> str:
    """Return 16 hex digits that identify an address of a feed and reveal no password in it."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def item_id(feed: str, uid: str) -> str:
    """Return the first 12 hex digits of sha256 over feed id and uid, separated by NUL."""
    return hashlib.sha256(f"{feed}\0{uid}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def fingerprint_of(title: str, summary: str, text: str) -> str:
    """Return a hash of the words: changed spaces or format characters alone make no revision.

    All whitespace and every character of the Unicode classes Cc, Cf and Zs, and hyphens and dashes
    (which publishers exchange silently) are left out before hashing.
    """
    words = "\0".join(map(_counted, (title, summary, text)))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _counted(text: str) -> str:
    for mark in _UNCOUNTED if text else "":
        text = text.replace(mark, "")
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


_EARLIEST = timedelta(days=3)
_LATEST = timedelta(days=1)
_UNCOUNTED = " \n-‐‑‒–—―−"  # what of this can be printed; all other space cannot


class Piece(NamedTuple):
    """A file of an archive, or a part of it: bytes of JSONL, row groups of Parquet.

    `kind` is that of the archive, `size` in bytes of the file; `last` is not included, 0 = to the
    end.
    """

    address: str
    kind: str
    size: int
    first: int = 0
    last: int = 0


class Task(NamedTuple):
    """What one process does at a time, and does again if it does not come to its end. Numbers
    begin with 1."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        return sum(piece.size for piece in self.pieces)


@dataclass(slots=True, kw_only=True)
class Done:
    """What a task came to. `kept` are items with hits; `unreadable` are rows that gave no item,
    with an example; `broken` are addresses of files that could not be read to their end, and
    why."""

    task: int
    items: int = 0
    kept: int = 0
    hits: int = 0
    unreadable: int = 0
    example: str = ""
    broken: tuple[tuple[str, str], ...] = ()
