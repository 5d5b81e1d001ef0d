"""What a store takes and gives, in the words of the field. `store.sql.Store` is the store itself.

A store keeps what feeds published (items, their revisions, the state of each feed) and what was
found in them (hits). Items are facts: they are only ever added, and a silent edit adds a revision.
Hits are derived: they can be dropped and found again at any time. The store itself answers which
revisions are still to be matched, so a run that dies leaves nothing half done. Statements are a
separate archive: texts that the user chose, kept until the user removes them.

Order is row order. Revisions and hits are numbered when they are committed, and numbers are never
reused, so a clock that jumps back changes no answer to "what is new".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from sigtrack.frozen import frozen
from sigtrack.model import Hit, Priority, StoredItem

RunKind = Literal["fetch", "import", "rematch"]
Mode = Literal["create", "write", "read"]  # why a store is opened


@frozen
class Run:
    """One fetch, import or rematch, and the state of the store when it began.

    `after_hit` and `after_revision` are the last numbers given out before it began. If a run died,
    the next run of its kind takes over these numbers, so that what the dead run stored but never
    reported is still new.
    """

    number: int
    kind: RunKind
    began: datetime
    finished: datetime | None
    after_hit: int
    after_revision: int


@frozen
class Saved:
    """The ids of items that a save added or revised, without changes that were already stored."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()


Kind = Literal["visits", "wording", "phrases"]  # kinds of readings of items
KINDS: tuple[Kind, ...] = get_args(Kind)
NOTHING: Mapping[Any, str] = MappingProxyType({})


@frozen
class Batch:
    """Revisions that some watchlists have not matched and some kinds of reading not read: numbers
    above `after`, up to and including `upto`."""

    fingerprints: Mapping[str, str]  # id of each watchlist -> its fingerprint
    kinds: Mapping[Kind, str] = field(default_factory=dict)  # the same for readings
    after: int
    upto: int
    items: tuple[StoredItem, ...]


@frozen
class ReadState:
    """How far some kinds of readings have got. Revisions after `upto` are unread, those up to
    `by_older` were read by older rules; `older` is the number of items in them."""

    upto: int
    older: int
    by_older: int = 0

    def is_present(self, number: int) -> bool:
        """Whether the present rules have read this revision."""
        return self.by_older < number <= self.upto


class Outline(NamedTuple):
    """As much of an item as counting needs. `number` is that of its latest revision. Items of one
    `story` are counted once (an item without a story shares one with items of the same words)."""

    id: str
    number: int
    feed: str
    story: str
    moment: datetime
    revision: int
    revised_at: datetime | None


class Extent(NamedTuple):
    """The items of one feed: the moments of the earliest and the latest, and the lowest and the
    highest number of their latest revisions."""

    feed: str
    earliest: datetime
    latest: datetime
    lowest: int
    highest: int


class Linked(NamedTuple):
    """A revision with a hit whose linked page may be asked. `letters` is how many the feed itself
    brought, `tries` how often the page was asked in vain."""

    revision: int
    feed: str
    url: str
    language: str | None
    letters: int
    tries: int


@frozen
class FullText:
    """What the linked page of a revision said when it was asked at `url`.

    `text` is "" if it gave none, for the `reason`. `due_at` is when to ask again, None = never.
    `matched`: the watchlists that had read the revision before have read the text.
    """

    revision: int
    url: str
    at: datetime
    text: str = ""
    tries: int = 1
    due_at: datetime | None = None
    reason: str = ""
    matched: bool = True


class Member(NamedTuple):
    """As much of an item as a list of stories needs. `number` is that of its latest revision,
    `moment` is on the publisher's clock. An item that is in no story yet is its own story."""

    story: str
    number: int
    id: str
    uid: str
    feed: str
    moment: datetime


class KeptTelling(NamedTuple):
    """An item with its kept telling. `number` is that of its latest revision. `text` is the telling
    of that revision, made with the rules `reader`. `older` is the telling of the revision before,
    for an item that is in no story. Both are "" if none is kept."""

    id: str
    feed: str
    number: int
    revision: int
    story: str | None
    reader: str
    text: str
    older: str


class Found(NamedTuple):
    """A hit and the revision where it was found. `number` stays when the hit is found again."""

    stored: StoredItem
    hit: Hit
    number: int


@frozen
class Query:
    """A selection of items or hits. Empty tuples mean all; `since <= moment < until`.

    `languages` are primary tags: "zh" also finds "zh-Hant". `priority` is the lowest that is
    wanted. `after_hit` and `after_revision` go by row order (see `Run` and `Look`), not by the
    clock. Watchlists, priority and after_hit apply to hits only. `starred`: only items of stories
    with a starred item.
    """

    since: datetime | None = None
    until: datetime | None = None
    after_hit: int | None = None
    after_revision: int | None = None
    watchlists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    priority: Priority | None = None
    starred: bool = False
    limit: int | None = None


@frozen
class Look:
    """How far a reader had got when it last looked.

    Hits after `hit` and revisions after `revision` are new to it. So are the hits in `unseen`: they
    have earlier numbers, but it was not shown them.
    """

    at: datetime
    hit: int
    revision: int
    unseen: frozenset[int] = frozenset()

    def is_new(self, hit: int) -> bool:
        return hit > self.hit or hit in self.unseen


@frozen
class DigestChoice:
    """What a digest is made of: the hits that it has not told yet, newest moment first.

    `number` is the number that its mail will have. `last` is the digest's look before this mail,
    `upto` its look after it. `answers` is the Message-ID of its mail before this one ("" for none).
    """

    digest: str
    number: int
    at: datetime
    last: Look | None
    upto: Look
    answers: str
    found: tuple[Found, ...]


@frozen
class MailDraft:
    """A mail that is written but not yet in the outbox. `body` is its bytes, headers included.

    `by_hand`: the recipients were named for this mail only and are in no config.
    """

    message_id: str
    subject: str
    sender: str
    body: bytes
    recipients: tuple[str, ...]
    by_hand: bool = False


@frozen
class Delivery:
    """One mail to one recipient. "dropped": refused for too long, or no longer wanted.

    `reason` is the latest answer of the server; `told`: the user has been told of it.
    `refused_since` is when the server first refused for good (5xx), if it has refused ever since.
    """

    recipient: str
    by_hand: bool
    state: Literal["waiting", "sent", "dropped"]
    tried_at: datetime | None
    refused_since: datetime | None
    reason: str
    told: bool


@frozen
class Mail:
    """A digest in the outbox. Its bytes and Message-ID stay the same however often it is sent."""

    number: int
    digest: str
    made_at: datetime
    message_id: str
    subject: str
    sender: str
    body: bytes
    deliveries: tuple[Delivery, ...] = ()


@frozen
class Census:
    """The store in figures. `hits` counts the hits shown, by watchlist; `size` is in bytes."""

    items: int
    revisions: int
    pruned: int
    feeds: int
    hits: Mapping[str, int]
    statements: int
    first: datetime | None
    last: datetime | None
    size: int
    schema: int
