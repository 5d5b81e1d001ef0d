"""`sigtrack fetch`: download feeds, store their items, and match them.

Each feed passes through the same steps: download, parse in a worker, save the items in one
transaction with the state of the feed. What has been saved is matched while no feed answers, and
when all feeds are done, everything that is unmatched, whichever run stored it.
"""

from __future__ import annotations

import asyncio
import difflib
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

from sigtrack.app.in_force import Catalogue
from sigtrack.app.intake import (
    Matching,
    changes_of,
    match_pending,
    of_its_publisher,
    refuse_other_rules,
)
from sigtrack.app.readings import Progress
from sigtrack.app.rules import Rules
from sigtrack.app.window import feeds_together
from sigtrack.errors import Misuse, SigtrackError
from sigtrack.fetch.address import Resolver, system_resolver
from sigtrack.fetch.client import Client
from sigtrack.fetch.crawl import Job, crawl
from sigtrack.fetch.files import give_back_large_blocks, need_open_files, read_feed_file
from sigtrack.fetch.policy import (
    FetchPolicy,
    News,
    address_of,
    host_of,
    is_due,
    next_state,
    no_network,
    not_a_feed,
    state_of,
    tidings,
)
from sigtrack.frozen import frozen
from sigtrack.model import (
    Failed,
    Feed,
    FeedState,
    Fetched,
    Gone,
    NotModified,
    Outcome,
    Parsed,
    Unreadable,
)
from sigtrack.parse import VERSION
from sigtrack.parse.workers import LARGE, Workers
from sigtrack.store.interface import Query, Run, Saved
from sigtrack.store.sql import Store
from sigtrack.text import clean, mask_credentials
from sigtrack.views.hits import grouped
from sigtrack.watch.feeds import feed_id_for

if TYPE_CHECKING:
    from sigtrack.app.full_texts import TextsRead


NOTHING_SAVED = Saved()
_PARSED_AT_ONCE = 32  # documents in workers or waiting for one, besides those that the crawl holds,
_LARGE_AT_ONCE = 3  # and those among them that are large
_LULL = 0.02  # seconds without an answer, after which some stored items are matched
# Seconds between two answers in a shared store, less the grace: machines whose cron jobs start
# together must not ask each feed once each.
_SHARED_GAP = 720.0
_Wanted = TypeVar("_Wanted")


@frozen
class Answer:
    feed: Feed
    outcome: Outcome
    saved: Saved = NOTHING_SAVED
    news: tuple[News, ...] = ()
    notes: tuple[str, ...] = ()  # shown with --verbose
    alerts: tuple[str, ...] = ()  # shown always

    @property
    def kind(self) -> str:
        match self.outcome:
            case Fetched():
                return "fetched"
            case NotModified():
                return "not-modified"
            case Gone():
                return "gone"
            case Failed(asked=asked):
                return "failed" if asked else "put-off"
        assert_never(self.outcome)

    @property
    def note(self) -> str:
        """What the user should know about the outcome; "" if all is well."""
        reason = [self.outcome.reason] if isinstance(self.outcome, Failed) else []
        moved = [self.move] if News.MOVED in self.news else []
        return "; ".join((*reason, *moved, *self.alerts, *self.notes))

    @property
    def move(self) -> str:
        """The move of the feed to another address; "" if there is none."""
        if not isinstance(self.outcome, Fetched | NotModified) or not self.outcome.moved_to:
            return ""
        target = mask_credentials(self.outcome.moved_to)
        return f"has moved to {target} ({self.outcome.moved_status})"


@frozen
class Fetching:
    """A run that is done but not reported; call `store.finish_run(run)` after the report."""

    run: Run
    answers: tuple[Answer, ...]
    waiting: tuple[Feed, ...]  # not due yet
    paused: int = 0
    next_due: datetime | None
    hits: int  # new to the store
    hits_by_feed: Counter[str] = field(default_factory=Counter)
    texts: TextsRead | None = None  # None = full texts are off

    def all_failed(self) -> bool:
        return bool(self.answers) and all(a.kind in ("failed", "gone") for a in self.answers)

    def is_offline(self) -> bool:
        """Whether nothing could be reached at all, which says nothing about the feeds."""
        return no_network(answer.outcome for answer in self.answers)

    def records(self) -> tuple[dict[str, Any], ...]:
        """The records of `fetch`, one a feed."""
        return tuple(
            {
                "feed": answer.feed.id,
                "outcome": answer.kind,
                "status": getattr(answer.outcome, "status", None),
                "new": len(answer.saved.new),
                "revised": len(answer.saved.revised),
                "hits": self.hits_by_feed[answer.feed.id],
                "seconds": round(answer.outcome.seconds, 3),
                "note": answer.note,
            }
            for answer in self.answers
        )


@frozen
class Errand:
    """What to fetch: feeds if they are due, feeds that the user named, and files."""

    feeds: Sequence[Feed] = ()
    named: Sequence[Feed] = ()
    files: Sequence[tuple[Feed, Path]] = ()


def fetch(
    store: Store,
    errand: Errand,
    rules: Rules,
    catalogue: Catalogue,
    *,
    clock: Callable[[], datetime],
    policy: FetchPolicy,
    resolver: Resolver = system_resolver,
    progress: Progress | None = None,
    full_text: bool = False,
) -> Fetching:
    """Run all steps. The store is claimed for the whole run; raises Busy if another run has it.

    In a shared store other fetchers may work on the same feeds: what one of them is asking, or has
    asked in the last minutes, counts as not due. `full_text` also reads the pages of hits, see
    `app.full_texts`.
    """
    give_back_large_blocks()
    need_open_files(min(policy.workers, len({*errand.feeds, *errand.named})))
    refuse_other_rules(store, rules)
    if store.shared:
        policy = replace(policy, min_gap=max(policy.min_gap, _SHARED_GAP))
        clock = _clock_of(store, clock)
    began = clock()
    run = store.begin_run("fetch", began)
    store.keep_zones(catalogue.zones())
    states = store.feed_states()
    named = {feed.id: feed for feed in errand.named}
    due = {one.id: one for one in errand.feeds if _is_due(one, states, began, policy)} | named
    jobs = [(feed, state_of(feed, states)) for feed in due.values()]
    known = {feed.id for feed in catalogue.feeds}
    matching = Matching(store, rules, catalogue, began)
    expected = len(jobs) + len(errand.files)
    round_ = _Round(store, policy, clock, known, matching, progress, expected)
    portions = leased(
        store,
        policy,
        jobs,
        lambda job: host_of(address_of(*job)),
        lambda jobs: _still_due(jobs, store, named, clock(), policy),
    )
    round_.run(portions, errand.files, resolver)
    match_pending(store, rules, catalogue, clock(), progress, matching)
    wanted = (*errand.feeds, *errand.named)
    texts = round_.full_texts(wanted, resolver) if full_text else None
    # by the user, by the catalogue or by sigtrack
    paused = {feed.id for feed in errand.feeds if feed.paused or state_of(feed, states).paused}
    asked = {answer.feed.id for answer in round_.answers}
    waiting = tuple(f for f in wanted if f.id not in asked and f.id not in paused)
    return Fetching(
        run=run,
        answers=tuple(round_.answers),
        waiting=waiting,
        paused=len(paused),
        next_due=_next_due(waiting, states),
        hits=matching.new,
        hits_by_feed=Counter(store.hits_by_feed(Query(after_hit=run.after_hit))),
        texts=texts,
    )


def errand_of(arguments: Sequence[str], feeds: Sequence[Feed]) -> Errand:
    """Parse the arguments of the command line: feed ids, groups and roles (group:japan), addresses
    and files. Without arguments, all feeds that are due.

    Raises Misuse for an argument that is none of these.
    """
    if not arguments:
        return Errand(feeds=feeds)
    by_id = {feed.id: feed for feed in feeds}
    by_url = {feed.url: feed for feed in feeds}
    named: list[Feed] = []
    files: list[tuple[Feed, Path]] = []
    for argument in arguments:
        if (together := feeds_together(argument, feeds)) is not None:
            named += [feed for feed in together if not feed.paused]
        elif argument in by_id or argument in by_url:
            named.append(by_id.get(argument) or by_url[argument])
        elif "://" in argument:
            named.append(_stranger(argument, {*by_id, *(feed.id for feed in named)}))
        elif Path(argument).exists():
            feed = Feed(id=feed_id_for("", Path(argument).stem, by_id), url="", title=argument)
            files.append((feed, Path(argument)))
        else:
            raise Misuse(
                f"{clean(argument)!r} is neither a feed, an address nor a file",
                hint=_close_to(argument, by_id),
            )
    return Errand(named=named, files=files)


def policy_of(contact: str) -> FetchPolicy:
    """Return the fetch policy of every run. The user agent tells publishers whom to contact.

    Documents that are being parsed need memory as well, so fewer bytes may be in flight.
    """
    usual = FetchPolicy()
    agent = f"{usual.user_agent} {clean(contact)}" if contact else usual.user_agent
    read_meanwhile = _LARGE_AT_ONCE * usual.max_body + _PARSED_AT_ONCE * LARGE
    return replace(usual, user_agent=agent, total_in_flight=usual.total_in_flight - read_meanwhile)


def _stranger(url: str, known: Collection[str]) -> Feed:
    """Return a feed that is in no catalogue, fetched once; its items get an id of their own."""
    if not url.lower().startswith(("http://", "https://")):
        raise Misuse(
            f"{mask_credentials(clean(url))} is not the address of a feed", hint="use http or https"
        )
    return Feed(id=feed_id_for(url, "", known), url=url)


def _close_to(argument: str, known: Mapping[str, Feed]) -> str:
    close = difflib.get_close_matches(argument, known, n=3)
    return f"did you mean {', '.join(close)}?" if close else "sigtrack feeds list shows all feeds"


def _is_due(feed: Feed, states: dict[str, FeedState], now: datetime, policy: FetchPolicy) -> bool:
    return not feed.paused and is_due(state_of(feed, states), now, policy)


def _next_due(waiting: Sequence[Feed], states: dict[str, FeedState]) -> datetime | None:
    times = [state_of(feed, states).due_at for feed in waiting]
    return min((time for time in times if time), default=None)


@frozen(kw_only=False)
class _Arrived:
    """An outcome with its document; None if there is none, or the feed's last is the same.

    `digest` is that of the document, "" if there is none or nothing to compare it with.
    """

    feed: Feed
    state: FeedState | None
    outcome: Outcome
    digest: str
    parsed: Parsed | Unreadable | None


async def _parsed(feed: Feed, outcome: Fetched, workers: Workers) -> Parsed | Unreadable:
    return await workers.parse(
        outcome.body,
        feed=feed.id,
        url=outcome.home,
        content_type=outcome.content_type,
        language=feed.language,
        country=feed.country,
        timezone=feed.timezone,
    )


def _digest_of(feed: Feed, outcome: Fetched) -> str:
    """Return a hash of the document and of everything that decides what its items are."""
    how = (VERSION, outcome.home, outcome.content_type, feed.language, feed.country, feed.timezone)
    digest = hashlib.blake2b(repr(how).encode("utf-8", "surrogatepass"), digest_size=12)
    digest.update(outcome.body)
    return digest.hexdigest()


def _is_large(outcome: Outcome) -> bool:
    return isinstance(outcome, Fetched) and len(outcome.body) > LARGE


def _clock_of(store: Store, clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """Return the clock of the team, which is that of the server."""
    ahead = store.clock_ahead()
    return lambda: clock() + ahead


def _still_due(
    jobs: Sequence[Job], store: Store, named: Collection[str], now: datetime, policy: FetchPolicy
) -> Sequence[Job]:
    """Leave out feeds that another fetcher has asked meanwhile, except those the user named."""
    states = store.feed_states([feed.id for feed, _ in jobs])
    return [
        (feed, state_of(feed, states))
        for feed, _ in jobs
        if feed.id in named or _is_due(feed, states, now, policy)
    ]


def leased(
    store: Store,
    policy: FetchPolicy,
    wanted: Iterable[_Wanted],
    host_in: Callable[[_Wanted], str],
    still: Callable[[Sequence[_Wanted]], Sequence[_Wanted]],
) -> Iterator[Sequence[_Wanted]]:
    """Yield what is wanted of hosts that no other fetcher is asking, some hosts at a time.

    Hosts are given back when the next portion is asked for. `still` returns what is wanted even
    now, as it is now: others may have been faster, but only in a shared store.
    """
    hosts = grouped(wanted, host_in)
    while hosts and (taken := store.take_hosts(hosts, policy.workers)):
        portion: Sequence[_Wanted] = [one for host in taken for one in hosts.pop(host)]
        if store.shared:
            portion = still(portion)
        if portion:
            yield portion
        store.give_back_hosts({host: policy.rest_of(host) for host in taken})
        if 2 * len(portion) < len(taken):  # others are ahead, and with what is left, too
            hosts = grouped(still([one for some in hosts.values() for one in some]), host_in)


@dataclass(eq=False)
class _Round:
    """All feeds of one run: takes outcomes and collects answers, in the order of arrival."""

    store: Store
    policy: FetchPolicy
    clock: Callable[[], datetime]
    catalogue: Collection[str]
    matching: Matching
    progress: Progress | None
    expected: int
    answers: list[Answer] = field(default_factory=list)
    arrived: list[_Arrived] = field(default_factory=list)
    taken: int = 0  # places of documents that are parsed or wait for it
    unmatched: int = 0
    unreached: list[FeedState] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = asyncio.Semaphore(_PARSED_AT_ONCE)
        self.large = asyncio.Semaphore(_LARGE_AT_ONCE)

    def run(
        self,
        portions: Iterable[Sequence[Job]],
        files: Sequence[tuple[Feed, Path]],
        resolver: Resolver,
    ) -> None:
        """Ask the feeds of all portions, then read the files."""
        try:
            asyncio.run(self._go(portions, files, resolver))
        except ExceptionGroup as group:  # a full disk fails several feeds; report it once
            ours, bugs = group.split(SigtrackError)
            if ours is None or bugs is not None:
                raise
            raise ours.exceptions[0] from None

    async def _go(
        self,
        portions: Iterable[Sequence[Job]],
        files: Sequence[tuple[Feed, Path]],
        resolver: Resolver,
    ) -> None:
        client = Client(policy=self.policy, now=self.clock, resolver=resolver)
        async with Workers() as workers:
            for jobs in portions:
                await self._ask(jobs, client, workers)
            for feed, path in files:
                read = read_feed_file(path, feed=feed.id, now=self.clock(), policy=self.policy)
                await self._hold_place(read)
                await self._take(feed, None, read, workers)  # in order: the first decides the id
        self._judge_the_unreached()

    def full_texts(self, wanted: Iterable[Feed], resolver: Resolver) -> TextsRead | None:
        """Read the pages of hits of these feeds and of those that answered; None if offline."""
        if no_network(answer.outcome for answer in self.answers):
            return None
        from sigtrack.app.full_texts import read_full_texts

        return read_full_texts(
            self.store,
            [*(feed for feed in wanted if not feed.paused), *(a.feed for a in self.answers)],
            self.matching,
            clock=self.clock,
            policy=self.policy,
            resolver=resolver,
            progress=self.progress,
        )

    async def _ask(self, jobs: Sequence[Job], client: Client, workers: Workers) -> None:
        known = {feed.id: (feed, state) for feed, state in jobs}
        async with asyncio.TaskGroup() as tasks, aclosing(crawl(jobs, client)) as outcomes:
            matching = tasks.create_task(self._match_in_lulls())
            async for outcome in outcomes:
                await self._hold_place(outcome)
                tasks.create_task(self._take(*known[outcome.feed], outcome, workers))
            matching.cancel()

    async def _match_in_lulls(self) -> None:
        """While no feed answers and none is parsed, match what is stored. All cores share what is
        left in the end.

        A shared store is matched once, at the end: others may be matching, and this would wait.
        """
        if self.store.shared:
            return
        while True:
            before = len(self.answers)
            await asyncio.sleep(_LULL)
            if self.unmatched > 0 and len(self.answers) == before and not self.taken:
                # None, if another run has matched them.
                self.unmatched -= self.matching.match_some(self.clock()) or self.unmatched
                if self.progress:
                    self.progress(len(self.answers), self.expected)

    async def _hold_place(self, outcome: Outcome) -> None:
        """Wait until the outcome's document may be parsed; `_take` gives the place back."""
        await self.places.acquire()
        self.taken += 1
        if _is_large(outcome):
            await self.large.acquire()

    async def _take(
        self, feed: Feed, state: FeedState | None, outcome: Outcome, workers: Workers
    ) -> None:
        digest, parsed = "", None
        try:
            if isinstance(outcome, Fetched):
                digest = "" if state is None else _digest_of(feed, outcome)
                if state is None or state.document != digest:
                    parsed = await _parsed(feed, outcome, workers)
        finally:
            self.taken -= 1
            self.places.release()
            if _is_large(outcome):
                self.large.release()
        self.arrived.append(_Arrived(feed, state, outcome, digest, parsed))
        await asyncio.sleep(0)  # those that were parsed together are saved together
        self._save_arrived()

    def _save_arrived(self) -> None:
        arrived, self.arrived = self.arrived, []
        if not arrived:
            return
        with self.store.together():
            answers = [self._answer(one) for one in arrived]
        self.answers += answers
        self.unmatched += sum(len(one.saved.new) + len(one.saved.revised) for one in answers)
        if self.progress:
            self.progress(len(self.answers), self.expected)

    def _answer(self, one: _Arrived) -> Answer:
        feed, state, outcome = one.feed, one.state, one.outcome
        ttl, quiet = None, 0
        if isinstance(outcome, Fetched):
            if isinstance(one.parsed, Parsed):
                return self._with_items(feed, state, outcome, one.parsed, one.digest)
            if isinstance(one.parsed, Unreadable):
                outcome = not_a_feed(outcome, one.parsed.reason)
            elif state is not None:  # the feed's last document, byte for byte
                ttl, quiet = state.gap, state.quiet
                outcome = replace(outcome, body=b"")
        if state is None:
            return Answer(feed=feed, outcome=outcome)
        jitter = random.random()
        after = next_state(
            feed, state, outcome, policy=self.policy, jitter=jitter, ttl=ttl, quiet=quiet
        )
        if isinstance(outcome, Failed) and outcome.offline:
            self.unreached.append(after)
        else:
            self.store.save_feed_states([after])
        return Answer(feed=feed, outcome=outcome, news=tidings(state, after))

    def _judge_the_unreached(self) -> None:
        """Save feeds without a name or route as failed, unless nothing at all could be reached:
        three days without a network must not pause all feeds of a laptop."""
        if no_network(answer.outcome for answer in self.answers):
            self.answers = [replace(answer, news=()) for answer in self.answers]
        else:
            self.store.save_feed_states(self.unreached)

    def _with_items(
        self, feed: Feed, state: FeedState | None, outcome: Fetched, parsed: Parsed, digest: str
    ) -> Answer:
        """Save the items and the feed's state, which depends on them, in one transaction."""
        alerts = []
        if state is None:  # a file
            id, items = of_its_publisher(self.store, feed.id, parsed, self.catalogue)
            if id != feed.id:
                alerts.append(
                    f'kept under this id, because "{feed.id}" is another publisher\'s file'
                )
            feed, parsed = replace(feed, id=id), replace(parsed, items=items)
        if parsed.cut:
            alerts.append(
                f"{parsed.cut:,} items beyond the first {len(parsed.items):,} were left out"
            )
        changes = changes_of(self.store, feed.id, parsed.items)
        after: FeedState | None = None
        news: tuple[News, ...] = ()
        if state is not None:
            after = next_state(
                feed,
                state,
                outcome,
                policy=self.policy,
                jitter=random.random(),
                ttl=parsed.ttl,
                quiet=parsed.quiet,
                changed=bool(changes),
            )
            after = replace(after, document="" if parsed.cut else digest)
            news = tidings(state, after)
        return Answer(
            feed=feed,
            outcome=replace(outcome, body=b""),  # answers live as long as the run
            saved=self.store.save(changes, outcome.at, state=after),
            news=news,
            notes=parsed.notes,
            alerts=tuple(alerts),
        )
