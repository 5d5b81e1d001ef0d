"""Ask for the pages that items link to, if robots.txt (RFC 9309) allows it.

A feed is offered to programs; a page is not. So before the first page of a host, and before a
redirect leads to another host, its robots.txt is read, once a run, with the guards and limits of
any other request. What it says to `sigtrack` counts, else what it says to all. A file that cannot
be reached (no answer, 5xx, 429) forbids everything for now; any other answer without rules allows
everything.

A page may be at a private address only if it is at the feed's own host, and that feed may be.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sigtrack.fetch.address import Address, Headers
from sigtrack.fetch.client import EMPTY, Client
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.fetch.transport import HttpAnswer
from sigtrack.fetch.trouble import RequestRefused, Unfetchable
from sigtrack.model import Failed, Feed, FeedState, Fetched, Outcome, address_key

if TYPE_CHECKING:
    from protego import Protego

TOKEN = "sigtrack"  # what robots.txt calls us
REFUSAL = "was not asked, because its robots.txt forbids it"
_ROBOTS = "/robots.txt"
_READ = 512 * 1024  # bytes of a robots.txt; RFC 9309 2.5 asks for 500 KiB
_TOO_MANY = 429


def page_job(key: str, url: str, feed: Feed) -> tuple[Feed, FeedState]:
    """Return the job of `crawl` that asks for a page which an item of the feed links to.

    `key` becomes the feed of the outcome. The feed's secrets go to the feed's own host only, as
    with a feed that has moved to that address.
    """
    home = feed.url or url
    state = FeedState(feed=key, address=address_key(home), url=url)
    return replace(feed, id=key, url=home), state


class PageClient(Client):
    """A `Client` for jobs made by `page_job`. A page that robots.txt forbids is `Failed` and not
    `asked`."""

    accept = b"text/html, application/xhtml+xml;q=0.9, text/plain;q=0.8"

    def __init__(self, policy: FetchPolicy, **more: Any) -> None:
        super().__init__(policy, **more)
        self._rules: dict[str, Protego | None] = {}  # by origin; None = nothing is forbidden
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, url: Address, feed: Feed, conditions: Headers) -> HttpAnswer:
        feed = replace(feed, allow_private=feed.allow_private and _is_home(feed, url))
        if feed.id != _ROBOTS and not await self._permits(url, feed):
            raise RequestRefused(REFUSAL)
        return await super().send(url, feed, conditions)

    async def _permits(self, url: Address, feed: Feed) -> bool:
        origin = f"{url.scheme}://{url.authority}"
        async with self._asking[origin]:  # two pages may be redirected to one host
            if origin not in self._rules:
                self._rules[origin] = await self._read(f"{origin}{_ROBOTS}", feed)
                await asyncio.sleep(self.policy.rest_of(url.host))
        rules = self._rules[origin]
        return rules is None or rules.can_fetch(str(url), TOKEN)

    async def _read(self, address: str, feed: Feed) -> Protego | None:
        outcome = await self.get(*page_job(_ROBOTS, address, feed))
        if isinstance(outcome, Fetched):
            from protego import Protego  # an extra

            return Protego.parse(outcome.body[:_READ].decode("utf-8", "replace"))
        if _allows_everything(outcome):
            return None
        assert isinstance(outcome, Failed)
        reason = f"was not asked, because its robots.txt {outcome.reason}"
        raise Unfetchable(reason, offline=outcome.offline)


def _is_home(feed: Feed, url: Address) -> bool:
    try:
        home = Address.of(feed.url)
    except ValueError:
        return False
    return (home.host, home.port) == (url.host, url.port)


def _allows_everything(outcome: Outcome) -> bool:
    """Whether a robots.txt that was not read has no rules, rather than being out of reach."""
    if not isinstance(outcome, Failed) or outcome.reason.endswith(EMPTY):
        return True
    return outcome.status not in (None, _TOO_MANY) and 400 <= outcome.status < 500
