"""The store as the rest of sigtrack sees it, in the words of the field.

A store keeps what feeds published (items, their revisions, the state of each feed) and what was
found in them (hits). Items are facts: they are only ever added, and a silent edit adds a revision.
Hits are derived: they can be dropped and found again at any time. The store itself answers which
revisions are still to be matched, so a run that dies leaves nothing half done. Statements are a
separate archive: texts that the user chose, kept until the user removes them.

Order is row order. Revisions and hits are numbered when they are committed, and numbers are never
reused, so a clock that jumps back changes no answer to "what is new".

Every method may raise one of `sigtrack.errors` (Busy, DiskFull, NoPermission, StoreCorrupt, ...)
and never an error of the database engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, Self, get_args

from sigtrack.frozen import frozen
from sigtrack.model import (
    ArchivedStatement,
    Change,
    FeedState,
    Hit,
    ItemMark,
    KnownItem,
    MarkKind,
    Opinion,
    Origin,
    Priority,
    StoredItem,
    Story,
    Visit,
)

if TYPE_CHECKING:
    from sigtrack.text.search import Search

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


@frozen
class Batch:
    """Revisions to match with some watchlists: numbers above `after`, up to and including
    `upto`."""

    fingerprints: Mapping[str, str]  # id of each watchlist -> its fingerprint
    after: int
    upto: int
    items: tuple[StoredItem, ...]


Kind = Literal["visits", "wording", "phrases"]  # kinds of readings of items
KINDS: tuple[Kind, ...] = get_args(Kind)


@frozen
class ReadState:
    """How far some kinds of readings have got. Revisions after `upto` are unread; `older` is the
    number of items that only older rules have read."""

    upto: int
    older: int


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
    deliveries: tuple[Delivery, ...]


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


class Store(Protocol):
    """A context manager. Leaving it closes the store and releases its locks."""

    @property
    def name(self) -> str:
        """The path or address as messages show it (credentials masked)."""
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

    def feed_states(self, feeds: Collection[str] | None = None) -> dict[str, FeedState]:
        """Return the states by feed, of these feeds or of all."""
        ...

    def save_feed_states(self, states: Iterable[FeedState]) -> None:
        """Save the states of feeds that brought no items (not modified, failed, gone)."""
        ...

    def usual_gaps(self) -> dict[str, float]:
        """Return the median of the seconds between days on which a feed brought something, by feed.
        Feeds with fewer than five such days are left out.

        Days are compared, because a ministry that posts ten items at noon is not silent an hour
        later. The publisher's date decides, unless it is more than a day ahead of our clock.
        """
        ...

    def sources(self) -> list[str]:
        """Return the ids of all feeds with stored items, sorted."""
        ...

    def begin_run(self, kind: RunKind, at: datetime) -> Run:
        """Claim the store for writing items and hits, until `finish_run` or the process ends.

        Raises Busy if another run holds it for longer than the store's patience. In a shared store
        several fetches may run at once; every other run is alone.
        """
        ...

    def finish_run(self, run: Run, at: datetime) -> None:
        """Mark the run as finished and reported. Else the next run of its kind continues it."""
        ...

    def last_run(self, kind: RunKind) -> Run | None:
        """Return the latest run, finished or not. `Query(after_hit=run.after_hit)` has its hits."""
        ...

    # fetching together

    def clock_ahead(self) -> timedelta:
        """How far the clock of the store's server is ahead of this machine's."""
        ...

    def take_hosts(self, hosts: Collection[str], at_most: int) -> list[str]:
        """Claim some of these hosts for this run, at most `at_most`, and return them. No other run
        asks them until they are given back or this run is dead. Empty if others have them all."""
        ...

    def give_back_hosts(self, rests: Mapping[str, float]) -> None:
        """Let other runs ask these hosts, each after so many seconds of rest."""
        ...

    def matching(self) -> AbstractContextManager[None]:
        """Claim what follows the saving of items: matching, reading, and forming stories. Waits
        until no other run is doing it."""
        ...

    def is_matched_next(self) -> bool:
        """Whether another run waits for its turn in `matching`: it does what this one leaves."""
        ...

    # items

    def known(self, feed: str, handles: Collection[int]) -> list[KnownItem]:
        """Return items of the feed that have one of these handles (see `analyze.changes`), oldest
        first, pruned ones included."""
        ...

    def origin(self, feed: str) -> Origin | None:
        """Return what the first document stored under this feed id said of itself."""
        ...

    def keep_origin(self, feed: str, origin: Origin) -> None:
        """Save the origin of a feed; an origin that is already there stays."""
        ...

    def save(
        self, changes: Sequence[Change], at: datetime, *, state: FeedState | None = None
    ) -> Saved:
        """Save items, revisions and the feed's state in one transaction: all or nothing.

        Saving the same changes again adds nothing. `at` becomes the `first_seen` of new items.
        """
        ...

    def together(self) -> AbstractContextManager[None]:
        """What is saved within is committed at its end: all or nothing, and cheaper than one by
        one. What was saved within is seen by questions that are asked within."""
        ...

    # matching

    def pending(self, fingerprints: Mapping[str, str]) -> int:
        """Return how many revisions some of these watchlists (id to fingerprint) have not read."""
        ...

    def unmatched(self, fingerprints: Mapping[str, str], limit: int = 500) -> Iterator[Batch]:
        """Yield what is to be matched, oldest first, in batches of at most `limit` revisions, or
        fewer if they are long.

        Watchlists that have got equally far share a batch. Pass each batch to `save_hits`.
        """
        ...

    def save_hits(self, batch: Batch, hits: Iterable[tuple[StoredItem, Hit]], at: datetime) -> int:
        """Replace the hits of the batch's watchlists in its revisions, and record that they have
        read them, in one transaction. Return how many hits are new to the store.

        Each hit comes with the item of the batch where it was found (a batch may hold several
        revisions of one item). A signal that is found again in a later revision, or after an edit
        of the watchlist, keeps its number: one item, one alert.
        """
        ...

    def keep_zones(self, zones: Mapping[str, str]) -> None:
        """Save the time zones of publishers: feed id to IANA name, "" if none is known.

        If a feed's zone changes, its items count as not matched, and so does everything stored
        after the first of them. Feeds that are not named keep their zone.
        """
        ...

    def match_from(self, fingerprints: Mapping[str, str], since: datetime | None) -> None:
        """Let these watchlists match again from the first revision whose moment is not before
        `since` (None: all revisions). Older revisions count as read and keep their hits."""
        ...

    def followed_rules(self) -> dict[str, str]:
        """Return the fingerprints with which items were last matched and read: by watchlist, and
        by kind of reading with a colon before it (":visits")."""
        ...

    def forget_watchlists(self, keep: Collection[str]) -> int:
        """Drop the hits of all watchlists but these; return how many were dropped."""
        ...

    # full texts of linked pages

    def linked_pages(self, since: datetime, now: datetime) -> list[Linked]:
        """Return the latest revisions with a hit and a moment from `since` on whose linked page
        was not asked yet, or is due again: the most important first, then the newest.

        Items whose feed carries the article, and imported ones, are left out.
        """
        ...

    def save_full_texts(self, texts: Iterable[FullText]) -> None:
        """Save what pages said, in one transaction. Pruned revisions are skipped."""
        ...

    def full_text(self, revision: int) -> FullText | None: ...

    def full_text_at(self, url: str, since: datetime) -> FullText | None:
        """Return the last text that a page at this address gave from `since` on."""
        ...

    def unmatched_full_texts(self) -> list[int]:
        """Return the numbers of the revisions whose text is still to be matched."""
        ...

    def full_text_is_matched(self, revision: int) -> None: ...

    # readings of items

    def renew_readings(self, fingerprints: Mapping[Kind, str], since: datetime | None) -> None:
        """Let revisions that other rules have read be read again, from the first one whose moment
        is not before `since` (None: all). Older revisions keep their readings."""
        ...

    def unread_count(self, fingerprints: Mapping[Kind, str]) -> int:
        """Return how many revisions are unread."""
        ...

    def unread_revisions(
        self, fingerprints: Mapping[Kind, str], limit: int = 500
    ) -> Iterator[Batch]:
        """Yield unread revisions, as `unmatched` does. Pass each batch to `save_readings`."""
        ...

    def save_readings(
        self, batch: Batch, told: Iterable[tuple[StoredItem, Mapping[Kind, Any]]]
    ) -> None:
        """Replace the readings of the batch, and record that it is read, in one transaction. Each
        item comes with a reading for every kind of the batch: a tuple of `Visit`, a `WordingRead`
        or `Runs`."""
        ...

    def read_so_far(self, fingerprints: Mapping[Kind, str]) -> ReadState: ...

    def visits(self, query: Query) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
        """Yield items whose latest revision tells of visits, newest moment first. Summaries and
        texts are left out, because nobody needs them here and some have megabytes."""
        ...

    def readings(
        self, kind: Kind, numbers: Collection[int], upto: int
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and reading of those of these revisions that are not above `upto`.
        Revisions without anything of the kind are left out."""
        ...

    def outlines(
        self,
        query: Query,
        numbers: Collection[int] | None = None,
        *,
        all_of: Collection[str] = (),
    ) -> Iterator[Outline]:
        """Yield items in their latest revision, in no order; `limit` does not apply. With
        `numbers`: only these revisions, items that were edited, and items of the feeds `all_of`."""
        ...

    def extents(self, query: Query) -> Iterator[Extent]:
        """Yield the extent of each feed that has items; `limit` does not apply."""
        ...

    def hit_revisions(self, query: Query) -> set[int]:
        """Return the numbers of latest revisions that have hits of the query."""
        ...

    def revision(self, number: int) -> StoredItem:
        """Return the item in the revision of this number. Raises InputUnreadable if pruned."""
        ...

    def extent(self, query: Query) -> tuple[int, StoredItem | None, StoredItem | None]:
        """Return how many items are in the window, and the earliest and the latest of them."""
        ...

    # stories

    def untold_days(self) -> list[datetime]:
        """Return the UTC days (their midnights) with items that are in no story yet, in order."""
        ...

    def tellings(self, since: datetime, until: datetime) -> Iterator[KeptTelling]:
        """Yield the items with `since <= moment < until`, the earliest first."""
        ...

    def keep_tellings(self, reader: str, texts: Mapping[int, str], since: datetime | None) -> None:
        """Keep the tellings of revisions, as text by revision number, and drop those of items with
        a moment before `since`, in one transaction."""
        ...

    def save_stories(self, told: Iterable[Story]) -> None:
        """Save the story of each item, in one transaction. Pruned and unknown items are skipped."""
        ...

    def untell(self, since: datetime | None) -> None:
        """Take the items from this moment on out of their stories (None: all items)."""
        ...

    def stories_encoder(self) -> str | None:
        """Return the encoder with which stories were formed; None before the first run."""
        ...

    def renew_stories(self, encoder: str, since: datetime | None) -> None:
        """If stories were formed with another encoder ("" for none), take items out of them, as
        `untell` does, and record this encoder."""
        ...

    def vectors(self, model: str, ids: Collection[str]) -> dict[str, bytes]:
        """Return the vectors that this model made of the present titles of these items, by id.
        Items without one are left out."""
        ...

    def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Save vectors by item id, replacing those of other models, in one transaction."""
        ...

    def members(self, query: Query, *, every: bool) -> Iterator[Member]:
        """Yield, in no order, all members of the stories in which the query finds an item with
        hits, or with `every` any item."""
        ...

    def items_of_stories(self, ids: Collection[str]) -> Iterator[StoredItem]:
        """Yield all items of these stories, story by story, earliest first."""
        ...

    # what the reader marks

    def mark_items(self, items: Collection[str], kind: MarkKind, note: str, at: datetime) -> None:
        """Mark these items, in one transaction. Marking again sets the time of the mark to `at`."""
        ...

    def unmark_items(self, items: Collection[str], kind: MarkKind, note: str) -> int:
        """Remove this mark from these items; return how many there were. "" as a note removes all
        notes of the items."""
        ...

    def marks_of_stories(self, ids: Collection[str]) -> list[ItemMark]:
        """Return the marks of all items in these stories, earliest first. An id may also be that of
        an item that is in no story."""
        ...

    # what a second reader says of hits

    def opinions(self, revisions: Collection[int]) -> list[tuple[int, Opinion]]:
        """Return the opinions on the words of these revisions, with their numbers, earliest first.
        Revisions with the same words share them."""
        ...

    def keep_opinion(self, revision: int, opinion: Opinion) -> None:
        """Save an opinion on the words of a revision. It replaces an earlier one of the same model
        on the same question with the same prompt. Nothing happens if the revision was pruned."""
        ...

    # reading

    def hits(self, query: Query) -> Iterator[Found]:
        """Yield hits in the latest revision of items, newest moment first."""
        ...

    def items(self, query: Query, *, oldest_first: bool = False) -> Iterator[StoredItem]:
        """Yield items in their latest revision, newest moment first unless `oldest_first`."""
        ...

    def search(
        self, asked: Search, query: Query, *, order: Literal["date", "rank"] = "date"
    ) -> Iterator[StoredItem]:
        """Yield items whose latest revision fits the search, as `text.search.SearchJudge` decides:
        the latest first ("date"), or the best fit first ("rank")."""
        ...

    def get(self, prefix: str) -> StoredItem:
        """Return the item whose id begins so (3 characters or more), in its latest revision.

        Raises InputUnreadable if there is none, or more than one (the hint lists them).
        """
        ...

    def revisions(self, id: str) -> list[StoredItem]:
        """Return every revision of the item, oldest first."""
        ...

    def edited(self, query: Query) -> Iterator[StoredItem]:
        """Yield revisions that replaced an earlier one, the latest edit first. The window of the
        query applies to the time of the edit."""
        ...

    def hits_by_feed(self, query: Query) -> Mapping[str, int]:
        """Return how many of the hits are in items of each feed; `limit` does not apply."""
        ...

    def hits_of(self, id: str) -> list[Found]:
        """Return the hits in every revision of the item, latest revision first."""
        ...

    def look(
        self, reader: str, at: datetime, hit: int | None = None, unseen: Collection[int] = ()
    ) -> bool:
        """Record that `reader` ("report", "digest:NAME") has seen all hits up to now, or up to
        `hit`, except `unseen`. Return False if the store cannot be written; reading goes on without
        it."""
        ...

    def last_look(self, reader: str) -> Look | None: ...

    # the archive of statements

    def keep_statement(self, statement: ArchivedStatement) -> bool:
        """Add a statement. Return False, and add nothing, if its series has the same words
        already."""
        ...

    def statements(self, series: str | None = None) -> list[ArchivedStatement]:
        """Return the statements of all series, or of one, by series, day and order of adding."""
        ...

    def find_statements(self, prefix: str) -> list[ArchivedStatement]:
        """Return the statements whose id (hex digits in lower case) begins so; may be empty."""
        ...

    def remove_statement(self, id: str) -> None:
        """Remove a statement for good. Nothing happens if there is none of this id."""
        ...

    # digests and their outbox

    def unread(self, digest: str, query: Query, at: datetime) -> DigestChoice:
        """Return what the next mail of the digest would be made of; write nothing.

        The watchlists and priority of the query narrow it. Hits that they leave out count as read
        as soon as the mail is made.
        """
        ...

    def choose(
        self,
        digest: str,
        query: Query,
        at: datetime,
        write: Callable[[DigestChoice], MailDraft | None],
    ) -> Mail | None:
        """Pass the unread hits to `write`, put its draft into the outbox and move the digest's
        look, all in one transaction. Nothing changes if `write` returns None."""
        ...

    def take_as_read(self, digest: str, at: datetime) -> int:
        """Count every hit up to now as read by this digest; return how many had not been read."""
        ...

    def begin_sending(self) -> None:
        """Claim the outbox until the store is closed. Raises Busy if another process holds it."""
        ...

    def waiting(self) -> list[Mail]:
        """Return mails that some recipient is still to get, oldest first, with all deliveries."""
        ...

    def mail(self, number: int) -> Mail:
        """Raises InputUnreadable if there is no such mail (it was never made, or was pruned)."""
        ...

    def save_deliveries(self, mail: int, deliveries: Iterable[Delivery]) -> None:
        """Save the new states of these deliveries, in one transaction."""
        ...

    # care

    def census(self) -> Census: ...

    def check(self) -> list[str]:
        """Return what is wrong with the store, in sentences; an empty list if all is well."""
        ...

    def backup(self, path: Path) -> None:
        """Write a consistent copy to a file, also during a run. Raises CannotWrite if `path`
        exists."""
        ...

    def copy_to(self, other: Store) -> None:
        """Copy everything to another store; rows keep their numbers. Raises Misuse, and changes
        nothing, if the other store is not empty."""
        ...

    def prunable(self, before: datetime) -> int:
        """Return how many items `prune` would remove."""
        ...

    def prune(self, before: datetime) -> int:
        """Remove items whose moment is before `before`, with their hits; return how many. Items
        with a star or a note stay.

        A tombstone stays of each, so that it is not new again if a feed still lists it. Mails made
        before that time go too, unless they are waiting or the last of their digest. The archive of
        statements stays.
        """
        ...
