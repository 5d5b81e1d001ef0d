"""One feed asked over HTTP: whatever the server does, the answer is an `Outcome`.

The one httpx client of a run, and around it every bound: a deadline for everything, the length of
heads and bodies, the number of hops, where a hop may lead (`guard`), and who may see credentials.
Nothing here decides when to ask (`policy`) or what a body means (`parse`).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self

import httpx

from sigtrack.fetch import headers as said
from sigtrack.fetch.guard import GuardedBackend, Resolver, check, literal, system_resolver
from sigtrack.fetch.inflate import Inflater
from sigtrack.fetch.policy import FetchPolicy, address_of, in_units, validators
from sigtrack.fetch.proxies import Proxies
from sigtrack.fetch.room import Room
from sigtrack.fetch.transport import ALLOW_PRIVATE, Transport
from sigtrack.fetch.trouble import EXPECTED, Unfetchable, in_words
from sigtrack.model import Failed, Feed, FeedState, Fetched, Gone, NotModified, Outcome
from sigtrack.text import clean, safe_link

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_LONGEST_URL = 2_000  # of an address to be remembered; feeds.toml takes no longer one either
_MOST_PIECES = 20_000  # each costs 20 µs of the loop that all feeds share


def utc_now() -> datetime:
    return datetime.now(UTC)


class Client:
    """An async context manager that lives as long as a run. `now`, `resolver`, `proxies` (default:
    the environment's) and `tls` (default: the certificates that httpx trusts) are the world."""

    def __init__(
        self,
        policy: FetchPolicy | None = None,
        *,
        now: Callable[[], datetime] = utc_now,
        resolver: Resolver = system_resolver,
        proxies: Proxies | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.policy = policy or FetchPolicy()
        self.now = now
        self._resolver = resolver
        self._proxies = Proxies.from_environment() if proxies is None else proxies
        self._http = httpx.AsyncClient(
            transport=Transport(
                backend=self._backend,
                proxies=self._proxies,
                tls=cache(httpx.create_ssl_context if tls is None else lambda: tls),
            ),
            # No cookies: feeds need none, and one publisher's must not follow us to another.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            headers={
                "User-Agent": self.policy.user_agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": "gzip, deflate",
                "Connection": "close",
            },
            timeout=None,  # one deadline around everything instead
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def get(self, feed: Feed, state: FeedState, *, room: Room | None = None) -> Outcome:
        """Ask one feed, conditionally if `validators` says so. Never raises for a dead feed.

        A `Fetched` leaves as many bytes of `room` taken as its body has; all else leaves none.
        """
        room = room or Room(self.policy.total_in_flight)
        held = self.policy.first_share
        # Before the deadline begins: that others are slow is not the fault of this feed.
        await room.take(held)
        return await _Errand(self, feed, state, room, held=held).outcome()

    async def send(self, url: httpx.URL, feed: Feed, conditions: dict[str, str]) -> httpx.Response:
        """One request, one answer with its body still to come. The caller closes it."""
        if url.scheme not in ("http", "https") or not url.host:
            raise Unfetchable("has an address that is neither http nor https")
        if url.port is not None and not 0 < url.port < 65536:
            raise Unfetchable("has an address that is not valid")
        proxied = self._proxies.of(url.scheme, url.host) and not feed.allow_private
        if proxied and (address := literal(url.host)):
            check(url.host, address)
        request = self._http.build_request(
            "GET", url, headers=conditions, extensions={ALLOW_PRIVATE: feed.allow_private}
        )
        auth = _credentials(httpx.URL(feed.url), url)
        try:
            return await self._http.send(request, auth=auth, stream=True, follow_redirects=False)
        except (httpx.InvalidURL, httpx.RemoteProtocolError):
            # Our transport does not raise these: httpx reads the next address ahead of us.
            raise Unfetchable("redirects to an address that is not valid") from None

    def _backend(self, allow_private: bool, to_proxy: bool) -> GuardedBackend:
        return GuardedBackend(
            resolver=self._resolver,
            allow_private=allow_private,
            to_proxy=to_proxy,
            connect_timeout=self.policy.connect_timeout,
            max_head=self.policy.max_head,
        )


class _Errand:
    """One feed on its way: what was learned so far, and what is held of the room."""

    def __init__(
        self, client: Client, feed: Feed, state: FeedState, room: Room, *, held: int
    ) -> None:
        self._client = client
        self._policy = client.policy
        self._feed = feed
        self._url = address_of(feed, state)
        self._room = room
        self._held = held
        self._at = client.now()
        self._began = time.perf_counter()
        self._conditions = validators(state, self._at, client.policy)
        self._moved_to: str | None = None
        self._moved_status: int | None = None
        self._status: int | None = None
        self._arrived: int | None = None  # bytes of the body, None while there is none
        self._cramped = False  # waiting for room

    async def outcome(self) -> Outcome:
        kept = 0
        try:
            async with asyncio.timeout(self._policy.deadline):
                outcome = await self._follow()
            kept = len(outcome.body) if isinstance(outcome, Fetched) else 0
        except TimeoutError:
            outcome = self._failed(self._overdue())
        except EXPECTED as error:
            reason, offline = in_words(error)
            outcome = self._failed(reason, offline=offline)
        finally:
            self._room.give_back(self._held - kept)
        return outcome

    async def _follow(self) -> Outcome:
        url = httpx.URL(self._url).copy_with(userinfo=b"", fragment=None)
        permanent = True
        for hop in range(self._policy.max_redirects + 1):
            answer = await self._client.send(url, self._feed, self._conditions)
            try:
                self._status = answer.status_code
                target = _target(answer, url)
                if target is None:
                    if hop and permanent and len(moved_to := safe_link(str(url))) <= _LONGEST_URL:
                        self._moved_to = moved_to or None
                    return await self._understood(answer, url)
            finally:
                await answer.aclose()
            downgraded = url.scheme == "https" and target.scheme == "http"
            permanent = permanent and answer.status_code in _PERMANENT and not downgraded
            self._moved_status = self._moved_status or answer.status_code
            url = target
        raise Unfetchable(f"redirects more than {self._policy.max_redirects} times")

    async def _understood(self, answer: httpx.Response, url: httpx.URL) -> Outcome:
        match answer.status_code:
            case 304 if self._conditions:
                return NotModified(
                    **self._move(),
                    max_age=said.max_age(answer.headers, self._at),
                    **self._common(),
                )
            case 410:
                return Gone(**self._common())
            case 200 | 203 | 226:
                return self._fetched(answer, url, await self._body(answer))
        wish = said.retry_after(answer.headers, self._at)
        return self._failed(f"answered {_status_words(answer.status_code)}", retry_after=wish)

    def _fetched(self, answer: httpx.Response, url: httpx.URL, body: bytes) -> Fetched:
        return Fetched(
            status=answer.status_code,
            url=safe_link(str(url)),
            body=body,
            asked=safe_link(self._url),
            content_type=clean(answer.headers.get("content-type", ""))[:200],
            etag=said.validator(answer.headers, "etag"),
            last_modified=said.validator(answer.headers, "last-modified"),
            max_age=said.max_age(answer.headers, self._at),
            full=not self._conditions,
            **self._move(),
            **self._common(),
        )

    async def _body(self, answer: httpx.Response) -> bytes:
        inflater = Inflater(answer.headers.get("content-encoding", ""), self._policy.max_body)
        announced = answer.headers.get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > self._policy.max_body:
            raise Unfetchable(f"sent a body of more than {in_units(self._policy.max_body)}")
        self._arrived = pieces = 0
        async for piece in answer.aiter_raw():
            self._arrived += len(piece)
            pieces += 1
            if pieces > _MOST_PIECES:
                raise Unfetchable(f"sent its body in more than {_MOST_PIECES:,} pieces")
            for _ in inflater.feed(piece):
                if inflater.size > self._held:
                    await self._hold_whole_body()
        if not (body := inflater.finish()):
            raise Unfetchable(f"answered {self._status} with an empty body")
        return body

    async def _hold_whole_body(self) -> None:
        """Waiting here counts against the deadline: large bodies are rare, and often an attack."""
        self._cramped = True
        more = self._policy.max_body - self._held
        await self._room.take(more, leave=self._policy.other_shares)
        self._held += more
        self._cramped = False

    def _overdue(self) -> str:
        limit = f"{self._policy.deadline:g} s"
        if self._arrived is None:
            return f"did not answer within {limit}"
        if self._cramped:
            return f"has a large body, for which there was no room within {limit}"
        return f"needed more than {limit} to send its body ({in_units(self._arrived)} came)"

    def _failed(
        self, reason: str, *, retry_after: float | None = None, offline: bool = False
    ) -> Failed:
        common = self._common()
        return Failed(
            reason=reason, status=self._status, retry_after=retry_after, offline=offline, **common
        )

    def _move(self) -> dict[str, Any]:
        status = self._moved_status if self._moved_to else None
        return {"moved_to": self._moved_to, "moved_status": status}

    def _common(self) -> dict[str, Any]:
        seconds = time.perf_counter() - self._began
        return {"feed": self._feed.id, "at": self._at, "seconds": seconds}


def _target(answer: httpx.Response, url: httpx.URL) -> httpx.URL | None:
    """Where a redirect leads, without the credentials that a server may have put there."""
    if answer.status_code not in _REDIRECTS:
        return None
    location = answer.headers.get("location", "").strip()
    if not location:
        raise Unfetchable(f"answered {answer.status_code} without saying where to")
    try:
        target = url.join(location).copy_with(userinfo=b"", fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise Unfetchable("redirects to an address that is not valid") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise Unfetchable("redirects to an address that is neither http nor https")
    return target


def _credentials(written: httpx.URL, url: httpx.URL) -> httpx.BasicAuth | None:
    """Those that the user wrote into the feed's url, for the very host they were written for."""
    if not written.userinfo or written.host != url.host:
        return None
    same = (written.scheme, written.port) == (url.scheme, url.port)
    upgraded = (written.scheme, written.port, url.scheme, url.port) == ("http", None, "https", None)
    return httpx.BasicAuth(written.username, written.password) if same or upgraded else None


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
