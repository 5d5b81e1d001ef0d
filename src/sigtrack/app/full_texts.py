"""Full texts of hits: `fetch` reads the pages that items with a hit link to.

Off unless the config says `full_text = "hits"`. After matching, each page of the last days is asked
once, as politely as a feed and only if robots.txt allows it (`PageClient`), and read in a worker
with limits. Its text is kept beside the revision and matched. A page that fails is asked again
later, three times at most; one that its publisher refuses is not. What gives fewer words than the
feed itself, a paywall or a question about cookies, is not kept. A page never fails a feed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Literal
from urllib.parse import urldefrag

from sigtrack.app.fetch import leased
from sigtrack.app.intake import Matching
from sigtrack.app.readings import Progress
from sigtrack.fetch.address import Resolver
from sigtrack.fetch.client import PageClient, page_job
from sigtrack.fetch.crawl import crawl
from sigtrack.fetch.policy import DAY, MIB, FetchPolicy, host_of
from sigtrack.model import Failed, Feed, Fetched, Outcome, Unreadable
from sigtrack.parse.document import Document, can_read_pages
from sigtrack.parse.workers import PAGES, Workers
from sigtrack.store.interface import FullText, Linked
from sigtrack.store.sql import Store
from sigtrack.text import clean, mask_credentials
from sigtrack.views.hits import grouped

INSTALL = "pip install 'sigtrack[fulltext]'"
A_HOST = 20  # pages of one host in one run
_ASKED_FOR = timedelta(days=7)  # the age of items whose pages are asked
_SAME_PAGE = timedelta(days=1)  # items that link to one page share its text so long
_RETRIES = 3
_FINAL = frozenset(range(400, 500)) - {408, 425, 429}  # the publisher has decided
_LONGEST = 200_000  # characters that are kept
_BODIES_AT_ONCE = 4  # in the worker or waiting for it

_LinkedPage = tuple[str, Sequence[Linked]]  # an address, and the revisions that link to it
Ending = Literal["read", "refused", "empty", "failed", "put-off"]
_WORDS: Mapping[Ending, str] = {
    "read": "read",
    "refused": "refused by robots.txt",
    "empty": "without a text of their own",
    "failed": "failed",
    "put-off": "left to a later run",
}


def can_read_full_texts() -> bool:
    """Return whether the extra `fulltext` is installed."""
    return can_read_pages() and bool(find_spec("protego"))


def read_full_texts(
    store: Store,
    feeds: Iterable[Feed],
    matching: Matching,
    *,
    clock: Callable[[], datetime],
    policy: FetchPolicy,
    resolver: Resolver,
    progress: Progress | None = None,
) -> TextsRead:
    """Ask for the pages of hits of these feeds, keep their texts, and match them."""
    texts = TextsRead(store, {feed.id: feed for feed in feeds}, clock, policy, progress)
    asyncio.run(texts.go(resolver))
    with store.matching():  # also texts of a run that died
        matching.match_full_texts(clock())
    return texts


def text_of(
    wanted: Linked, outcome: Outcome, read: Document | Unreadable | None, retry: float
) -> tuple[Ending, FullText]:
    """Return what asking for a page came to, and what to keep of it.

    `read` is the page of a `Fetched`. A page that failed is due again `retry` seconds later, and
    after twice as long each further time.
    """
    kept = FullText(revision=wanted.revision, url=wanted.url, at=outcome.at, tries=wanted.tries + 1)
    match outcome, read:
        case Fetched(), Document(text=text) if len(text) > wanted.letters:
            return "read", replace(kept, text=text[:_LONGEST], matched=False)
        case Fetched(), Document():
            return "empty", replace(kept, reason="says no more than the feed")
        case Fetched(), Unreadable(reason=reason):
            return "empty", replace(kept, reason=reason)
        case Failed(asked=False, status=429), _:
            due = _later(outcome, retry)
            return "put-off", replace(kept, reason=outcome.reason, tries=wanted.tries, due_at=due)
        case Failed(asked=False), _:
            return "refused", replace(kept, reason=outcome.reason)
        case Failed(status=status), _ if status not in _FINAL and wanted.tries < _RETRIES:
            due = _later(outcome, retry * 2**wanted.tries)
            return "failed", replace(kept, reason=outcome.reason, due_at=due)
    reason = outcome.reason if isinstance(outcome, Failed) else "is gone (410)"
    return "failed", replace(kept, reason=reason)


def _later(outcome: Failed, seconds: float) -> datetime:
    """Return a time so many seconds ahead, or when the host wants it, but within a day."""
    wait = max(seconds, outcome.retry_after or 0.0)
    return outcome.at + timedelta(seconds=min(wait, DAY))


@dataclass(eq=False)
class TextsRead:
    """The pages of one run, each with the revisions that link to it, and what became of them.
    `troubles` has a line a page, for --verbose."""

    store: Store
    feeds: Mapping[str, Feed]
    clock: Callable[[], datetime]
    policy: FetchPolicy
    progress: Progress | None
    endings: Counter[Ending] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    expected: int = 0

    def __post_init__(self) -> None:
        self.policy = replace(self.policy, max_body=5 * MIB, total_in_flight=48 * MIB)
        self.places = asyncio.Semaphore(_BODIES_AT_ONCE)

    def sentence(self) -> str:
        """Return what the user is told; "" if no page was to be asked."""
        parts = [f"{self.endings[e]} {words}" for e, words in _WORDS.items() if self.endings[e]]
        return f"full texts: {', '.join(parts)}" if parts else ""

    async def go(self, resolver: Resolver) -> None:
        wanted = [page for page in self._wanted().items() if not self._shared(*page)]
        pages: list[_LinkedPage] = []
        of_host: Counter[str] = Counter()
        for url, some in wanted:
            of_host[host_of(url)] += 1
            if of_host[host_of(url)] <= A_HOST:
                pages.append((url, some))
        self.endings["put-off"] += len(wanted) - len(pages)
        self.expected = len(pages)
        client = PageClient(self.policy, now=self.clock, resolver=resolver)
        async with Workers(1, limits=PAGES) as workers:
            for portion in leased(
                self.store, self.policy, pages, lambda page: host_of(page[0]), self._still
            ):
                await self._ask(dict(portion), client, workers)

    def _still(self, pages: Sequence[_LinkedPage]) -> Sequence[_LinkedPage]:
        wanted = self._wanted()
        return [(url, wanted[url]) for url, _ in pages if url in wanted]

    def _wanted(self) -> dict[str, list[Linked]]:
        now = self.clock()
        pages = (
            one._replace(url=urldefrag(one.url).url)
            for one in self.store.linked_pages(now - _ASKED_FOR, now)
            if one.feed in self.feeds
        )
        return grouped(pages, lambda one: one.url)

    def _shared(self, url: str, wanted: Sequence[Linked]) -> bool:
        """Whether another item had the page read of late; then its text is theirs as well."""
        known = self.store.full_text_at(url, self.clock() - _SAME_PAGE)
        if known is None:
            return False
        texts = [replace(known, revision=one.revision, matched=False) for one in wanted]
        self.store.save_full_texts(texts)
        self.endings["read"] += 1
        return True

    async def _ask(
        self, wanted: Mapping[str, Sequence[Linked]], client: PageClient, workers: Workers
    ) -> None:
        jobs = [page_job(url, url, self.feeds[some[0].feed]) for url, some in wanted.items()]
        async with asyncio.TaskGroup() as tasks, aclosing(crawl(jobs, client)) as outcomes:
            async for outcome in outcomes:
                await self.places.acquire()
                tasks.create_task(self._take(wanted[outcome.feed], outcome, workers))

    async def _take(self, wanted: Sequence[Linked], outcome: Outcome, workers: Workers) -> None:
        read = None
        try:
            if isinstance(outcome, Fetched):
                read = await workers.read_page(
                    outcome.body, content_type=outcome.content_type, language=wanted[0].language
                )
        finally:
            self.places.release()
        texts = [text_of(one, outcome, read, self.policy.retry_gap) for one in wanted]
        if not (isinstance(outcome, Failed) and outcome.offline):  # then it says nothing
            self.store.save_full_texts(text for _, text in texts)
        ending, text = texts[0]
        self.endings[ending] += 1
        if text.reason:
            self.troubles.append(f"{mask_credentials(clean(outcome.feed))} {text.reason}")
        if self.progress:
            self.progress(sum(self.endings.values()), self.expected)
