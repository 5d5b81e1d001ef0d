"""What the rest of sigtrack may ask of a store, in the field's words.

A store keeps what feeds said (items, their revisions, what we learned of each feed) and what was
found in them (hits). Items are facts: they are only ever added, and a silent edit is a further
revision. Hits are derived: they can be dropped and found again at any time, and "what is still to
be matched" is a question to the store, so that a run that dies leaves nothing half done.
Statements are an archive of their own: texts that the user chose, kept until the user removes them.

Order is row order. Revisions and hits are numbered as they are committed, never reused; a clock
that jumps back changes no answer to "what is new".

Every method may raise one of `sigtrack.errors` (Busy, DiskFull, NoPermission, StoreCorrupt, ...)
and never an error of the database engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, Self, get_args

from sigtrack.model import (
    ArchivedStatement,
    Change,
    FeedState,
    Hit,
    ItemMark,
    KnownItem,
    MarkKind,
    Origin,
    Priority,
    Renaming,
    StoredItem,
    Story,
    Visit,
)

if TYPE_CHECKING:
    from sigtrack.text.search import Search

RunKind = Literal["fetch", "import", "rematch"]
Mode = Literal["create", "write", "read"]  # what a store is opened for


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One fetch, import or rematch, and how far the store had come when it began.

    `after_hit` and `after_revision` are the last numbers given out before it. A run that died is
    continued by the next of its kind, which takes over where the dead one began: what it stored
    but never told is still new.
    """

    number: int
    kind: RunKind
    began: datetime
    finished: datetime | None
    after_hit: int
    after_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save added, by item id. Changes that were already there are not counted."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Revisions to be matched with some watchlists: all those after `after`, up to `upto`."""

    fingerprints: Mapping[str, str]  # of the watchlists to be matched, by id
    after: int
    upto: int
    items: tuple[StoredItem, ...]


Kind = Literal["visits", "wording", "phrases"]  # of what is read of items
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How far some kinds have been read: revisions after `upto` have not, and `older` items have
    been read by older rules only."""

    upto: int
    older: int


class Outline(NamedTuple):
    """As little of an item as counting needs: `number` is that of its latest revision, `story`
    what is counted once (without stories the same words are the same story)."""

    id: str
    number: int
    feed: str
    story: str
    moment: datetime
    revision: int
    revised_at: datetime | None


class Member(NamedTuple):
    """An item of a story as little as a list of stories needs; `number` is that of its latest
    revision, `moment` on the publisher's clock. An item that no run has told is its own story."""

    story: str
    number: int
    id: str
    uid: str
    feed: str
    moment: datetime


class Found(NamedTuple):
    """A hit in the revision where it was found. `number` stays when the hit is found again."""

    stored: StoredItem
    hit: Hit
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which items or hits. Empty tuples mean all; `since <= moment < until`.

    `languages` are primary tags: "zh" also finds "zh-Hant". `priority` is the least wanted.
    `after_hit` and `after_revision` go by row order (see `Run` and `Look`), not by the clock.
    Watchlists, priority and after_hit apply to hits only. `starred`: only what is in a story with
    a starred item.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How far a reader had come when it last looked: hits after `hit` and revisions after
    `revision` are new to it, and so are the hits in `unseen`, which it was not shown."""

    at: datetime
    hit: int
    revision: int
    unseen: frozenset[int] = frozenset()

    def is_new(self, hit: int) -> bool:
        return hit > self.hit or hit in self.unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a digest is made of: the hits that it has not told yet, newest moment first.

    `number` is the number that its mail will have; `last` is its look before this one, `upto` the
    look that it will have with this mail, `answers` the Message-ID of its mail before this one
    ("" = there was none).
    """

    digest: str
    number: int
    at: datetime
    last: Look | None
    upto: Look
    answers: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail that is written but not yet in the outbox. `body` is its bytes, headers included.

    `by_hand`: these recipients were named for this one mail and stand in no config.
    """

    message_id: str
    subject: str
    sender: str
    body: bytes
    recipients: tuple[str, ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One mail to one recipient. "dropped": refused for too long, or no longer wanted.

    `reason` is what the server said last, `told` whether the user has been told of it,
    `refused_since` when it first refused for good (5xx) if it has done so ever since.
    """

    recipient: str
    by_hand: bool
    state: Literal["waiting", "sent", "dropped"]
    tried_at: datetime | None
    refused_since: datetime | None
    reason: str
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A digest in the outbox: the same bytes and Message-ID however often it is sent."""

    number: int
    digest: str
    made_at: datetime
    message_id: str
    subject: str
    sender: str
    body: bytes
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """The store in figures. `hits` are those shown, by watchlist; `size` in bytes on disk."""

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


class Store(Protocol):
    """A context manager; leaving it closes the store and lets others run."""

    @property
    def name(self) -> str:
        """The path or address, as users see it in messages (credentials masked)."""
        ...

    @property
    def shared(self) -> bool:
        """Whether several fetchers, on several machines, may work on it at once."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def close(self) -> None: ...

    # feeds and runs

    def feed_states(self) -> dict[str, FeedState]: ...

    def save_feed_states(self, states: Iterable[FeedState]) -> None:
        """Remember what was learned of feeds that brought no items (not modified, failed, gone)."""
        ...

    def usual_gaps(self) -> dict[str, float]:
        """Seconds that usually lie between two days on which a feed brought something: the
        median. A feed of fewer than five such days is left out: too little is known of it.

        Days, because a ministry that posts ten items at noon is not silent an hour later. They
        are the publisher's, where its clock is not ahead of ours.
        """
        ...

    def sources(self) -> list[str]:
        """The ids of all feeds of which items are stored, sorted."""
        ...

    def begin_run(self, kind: RunKind, at: datetime) -> Run:
        """Claim the store for writing items and hits, until `finish_run` or the process ends.

        Raises Busy when another run holds it for longer than the store's patience. In a shared
        store fetches run beside each other, and every other run alone.
        """
        ...

    def finish_run(self, run: Run, at: datetime) -> None:
        """Told and done. Without this the next run of the kind continues this one."""
        ...

    def last_run(self, kind: RunKind) -> Run | None:
        """The latest run, finished or not: `Query(after_hit=run.after_hit)` are its hits."""
        ...

    # fetching together

    def clock_ahead(self) -> timedelta:
        """How far the clock by which a team goes is ahead of this machine's."""
        ...

    def take_hosts(self, hosts: Collection[str], at_most: int) -> list[str]:
        """Those of these hosts, about `at_most`, that the run may now ask and nobody else does,
        until they are given back or the run is dead. Empty if others ask all of them."""
        ...

    def give_back_hosts(self, rests: Mapping[str, float]) -> None:
        """Let others ask these hosts, each after so many seconds of rest."""
        ...

    def matching(self) -> AbstractContextManager[None]:
        """Claim what follows when items are saved: matching, reading and telling. Waits for
        another run that is about it."""
        ...

    # items

    def known(self, feed: str, handles: Collection[int]) -> list[KnownItem]:
        """Items of the feed that carry one of these handles (see `analyze.changes`), oldest
        first; pruned ones too."""
        ...

    def misnamed(self, feed: str) -> list[KnownItem]:
        """All items of the feed, oldest first, if they still are called as an older sigtrack
        called them; else none. Hand what comes of them to `rename`."""
        ...

    def rename(self, feed: str, renamings: Iterable[Renaming]) -> None:
        """Call items by other uids, and make one of several that are one, in one transaction;
        the feed is no longer misnamed.

        The first of several stays. It takes over what the others have and it has not: revisions
        with other words, hits, handles. Every id that an item ever had keeps finding it.
        """
        ...

    def origin(self, feed: str) -> Origin | None:
        """What the document said of itself whose items were the first under this id."""
        ...

    def keep_origin(self, feed: str, origin: Origin) -> None:
        """Remember it; one that is there already stays."""
        ...

    def save(
        self, changes: Sequence[Change], at: datetime, *, state: FeedState | None = None
    ) -> Saved:
        """Items, revisions and the feed's state, in one transaction: all or nothing.

        Saving the same changes again adds nothing. `at` becomes `first_seen` of what is new.
        """
        ...

    # matching

    def pending(self, fingerprints: Mapping[str, str]) -> int:
        """How many revisions some of these watchlists (id to fingerprint) have not seen."""
        ...

    def unmatched(self, fingerprints: Mapping[str, str], limit: int = 500) -> Iterator[Batch]:
        """What is to be matched, oldest first, at most `limit` revisions at once, or fewer if
        they are long.

        Watchlists that have come equally far share a batch. Hand each batch to `save_hits`.
        """
        ...

    def save_hits(self, batch: Batch, hits: Iterable[tuple[StoredItem, Hit]], at: datetime) -> int:
        """Replace what the batch's watchlists had found in its revisions, and remember that they
        have seen them, in one transaction; how many hits are new to the store.

        Each hit comes with the item of the batch in which it was found (a batch may hold several
        revisions of one item). The same signal in a later revision, or found again after an edit
        of the watchlist, keeps its number: one item, one alert.
        """
        ...

    def keep_zones(self, zones: Mapping[str, str]) -> None:
        """Remember by which clocks publishers go: feed id to IANA name, "" = none is known.

        Items of a feed that goes by another clock than before count as not matched, and with them
        what was stored later. Feeds that are not named keep the clock that they have.
        """
        ...

    def match_from(self, fingerprints: Mapping[str, str], since: datetime | None) -> None:
        """Let these watchlists match again from the first revision whose moment is not before
        `since` (None: from the beginning); what is older counts as seen and keeps its hits."""
        ...

    def forget_watchlists(self, keep: Collection[str]) -> int:
        """Drop the hits of every other watchlist; how many were dropped."""
        ...

    # what items tell, as it was read

    def renew_readings(self, fingerprints: Mapping[Kind, str], since: datetime | None) -> None:
        """Let what was read by other rules than these be read again, from the first revision whose
        moment is not before `since` (None: all of it); what is older keeps its reading."""
        ...

    def unread_count(self, fingerprints: Mapping[Kind, str]) -> int:
        """How many revisions are to be read."""
        ...

    def unread_revisions(
        self, fingerprints: Mapping[Kind, str], limit: int = 500
    ) -> Iterator[Batch]:
        """What is to be read, as `unmatched` has it. Hand each batch to `save_readings`."""
        ...

    def save_readings(
        self, batch: Batch, told: Iterable[tuple[StoredItem, Mapping[Kind, Any]]]
    ) -> None:
        """Replace what had been read of the batch, and remember that it is read, in one
        transaction. Of each item all kinds of the batch are told: a tuple of `Visit`, a
        `WordingRead`, `Runs`."""
        ...

    def read_so_far(self, fingerprints: Mapping[Kind, str]) -> Read: ...

    def visits(self, query: Query) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
        """Items whose latest revision tells of visits, newest moment first; without articles,
        as nobody reads them here and some have megabytes."""
        ...

    def readings(self, kind: Kind, first: int, last: int) -> Iterator[tuple[int, Any]]:
        """What was read of the revisions with these numbers, both included: number and reading.
        Those that tell nothing are missing."""
        ...

    def outlines(self, query: Query) -> Iterator[Outline]:
        """Items in their latest revision, in no order; `limit` does not apply."""
        ...

    def hit_revisions(self, query: Query) -> set[int]:
        """Numbers of the latest revisions that some watchlist of the query has hit."""
        ...

    def revision(self, number: int) -> StoredItem:
        """The item in the revision of this number. Raises InputUnreadable if it was pruned."""
        ...

    def extent(self, query: Query) -> tuple[int, StoredItem | None, StoredItem | None]:
        """How many items are in the window, the earliest and the latest of them."""
        ...

    # stories

    def untold_days(self) -> list[datetime]:
        """The UTC days (their midnights) with items that are in no story yet, in order."""
        ...

    def save_stories(self, told: Iterable[Story]) -> None:
        """Remember in which story each item is, in one transaction; items that are pruned or
        were never there are passed over."""
        ...

    def untell(self, since: datetime | None) -> None:
        """Take the items from this moment on out of their stories (None: all items)."""
        ...

    def stories_encoder(self) -> str | None:
        """With which encoder the stories were formed; None if none has been formed yet."""
        ...

    def renew_stories(self, encoder: str, since: datetime | None) -> None:
        """Take items out of their stories, as `untell` does, if these were formed with another
        encoder than this ("" = with none), and remember this one."""
        ...

    def vectors(self, model: str, ids: Collection[str]) -> dict[str, bytes]:
        """What this model has made of the titles of these items as they now are, by id; those of
        which it has made nothing are missing."""
        ...

    def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Keep them by item id, in place of what another model has made, in one transaction."""
        ...

    def members(self, query: Query, *, every: bool) -> Iterator[Member]:
        """Everything in the stories of which an item is asked for that has hits, or with `every`
        any item; in no order."""
        ...

    def items_of_stories(self, ids: Collection[str]) -> Iterator[StoredItem]:
        """Everything in these stories, story by story, earliest first."""
        ...

    # what the reader marks

    def mark_items(self, items: Collection[str], kind: MarkKind, note: str, at: datetime) -> None:
        """Mark these items, in one transaction. The same mark again moves its time to `at`."""
        ...

    def unmark_items(self, items: Collection[str], kind: MarkKind, note: str) -> int:
        """Take this mark off them; "" as a note takes off all notes. How many items had it."""
        ...

    def marks_of_stories(self, ids: Collection[str]) -> list[ItemMark]:
        """Marks of items in these stories, or of these ids and in no story; the earliest first."""
        ...

    # reading

    def hits(self, query: Query) -> Iterator[Found]:
        """Hits in the latest revision of items, newest moment first."""
        ...

    def items(self, query: Query, *, oldest_first: bool = False) -> Iterator[StoredItem]:
        """Items in their latest revision, newest moment first unless asked otherwise."""
        ...

    def search(
        self, asked: Search, query: Query, *, order: Literal["date", "rank"] = "date"
    ) -> Iterator[StoredItem]:
        """Items whose latest revision is what is asked for, as `text.search.Judge` says;
        the latest first, or those that hold most of the words."""
        ...

    def get(self, prefix: str) -> StoredItem:
        """The item whose id begins so (3 characters or more), in its latest revision. Ids that it
        had before it was renamed count.

        Raises InputUnreadable when there is none, or more than one (the hint lists them).
        """
        ...

    def revisions(self, id: str) -> list[StoredItem]:
        """Every revision of the item, oldest first."""
        ...

    def edited(self, query: Query) -> Iterator[StoredItem]:
        """Revisions that took the place of others, the latest edit first. The window of the query
        is that of the edits."""
        ...

    def hits_of(self, id: str) -> list[Found]:
        """Hits in every revision of the item, latest revision first."""
        ...

    def look(
        self, reader: str, at: datetime, hit: int | None = None, unseen: Collection[int] = ()
    ) -> bool:
        """Remember that `reader` ("report", "digest:NAME") has seen all hits up to now, or up to
        `hit`, but for `unseen`. False when it could not be written down: reading goes on without.
        """
        ...

    def last_look(self, reader: str) -> Look | None: ...

    # the archive of statements

    def keep_statement(self, statement: ArchivedStatement) -> bool:
        """Add it; False, and nothing changes, if its series has a text of the same words."""
        ...

    def statements(self, series: str | None = None) -> list[ArchivedStatement]:
        """All, or those of one series: by series, then day, then the order in which they came."""
        ...

    def find_statements(self, prefix: str) -> list[ArchivedStatement]:
        """Those whose id (hex digits in lower case) begins so; may be none."""
        ...

    def remove_statement(self, id: str) -> None:
        """Take it out for good; nothing happens if there is none of this id."""
        ...

    # digests and their outbox

    def unread(self, digest: str, query: Query, at: datetime) -> Choice:
        """What the next mail of the digest would be made of; nothing is written.

        Watchlists and priority of the query narrow it; what they leave out counts as read when
        the mail is made.
        """
        ...

    def choose(
        self, digest: str, query: Query, at: datetime, write: Callable[[Choice], Draft | None]
    ) -> Mail | None:
        """Hand what is unread to `write`, put its draft into the outbox and remember what the
        digest has told, all in one transaction. With no draft nothing is changed."""
        ...

    def take_as_read(self, digest: str, at: datetime) -> int:
        """What exists is old news to this digest; how many hits that are."""
        ...

    def begin_sending(self) -> None:
        """Claim the outbox until the store is closed. Raises Busy when another process has it."""
        ...

    def waiting(self) -> list[Mail]:
        """Mails that some recipient has not got yet, oldest first, with all deliveries."""
        ...

    def mail(self, number: int) -> Mail:
        """Raises InputUnreadable when there is none (it was never made, or was pruned)."""
        ...

    def save_deliveries(self, mail: int, deliveries: Iterable[Delivery]) -> None:
        """Remember what became of these, in one transaction."""
        ...

    # care

    def census(self) -> Census: ...

    def check(self) -> list[str]:
        """What is wrong with the store, in sentences; empty when all is well."""
        ...

    def backup(self, path: Path) -> None:
        """A consistent copy in a file, also while a run is writing. Raises CannotWrite if `path`
        exists."""
        ...

    def copy_to(self, other: Store) -> None:
        """Everything into another store, which must be empty; rows keep their numbers. Raises
        Misuse, and changes nothing, if it holds anything."""
        ...

    def prunable(self, before: datetime) -> int:
        """How many items `prune` would remove."""
        ...

    def prune(self, before: datetime) -> int:
        """Remove items whose moment is earlier, with their hits; how many. What is starred or has
        a note stays.

        A tombstone stays of each, so that a feed that still lists it does not make it new again.
        Mails made before then go too, unless one is waiting or the last of its digest. The archive
        of statements stays.
        """
        ...
