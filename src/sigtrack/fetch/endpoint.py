"""Send JSON to one address of the user's own choice, and read the answer.

Unlike a feed this address may be private: the user named it, and nothing else is ever connected to.
A redirect is an answer like any other and is not followed, so the key goes to this address only.
Each exchange is bounded by one deadline for everything and by the length of the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sigtrack.fetch.address import Address, Proxies, Resolver, system_resolver
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.fetch.transport import HttpAnswer, Inflater, Transport
from sigtrack.fetch.trouble import EXPECTED, Unfetchable, in_words
from sigtrack.frozen import frozen
from sigtrack.model import Feed

_LONGEST_REPLY = 256 * 1024  # bytes; an answer of a few words has one or two thousand


@frozen
class Reply:
    """The whole answer of an endpoint, of any status. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Endpoint:
    """One address, the key for it ("" = none), and the seconds that an exchange may take.

    The proxies are those of the environment; a loopback address is never proxied.
    """

    def __init__(self, url: str, *, key: str = "", seconds: float) -> None:
        self._address = Address.of(url)
        self._seconds = seconds
        self._as_feed = Feed(id="endpoint", url=url, allow_private=True)
        self._transport = Transport(
            policy=FetchPolicy(),
            resolver=_resolver_of(self._address.host),
            proxies=Proxies.from_environment(),
            tls=None,
        )
        self._headers = [
            (b"User-Agent", FetchPolicy().user_agent.encode()),
            (b"Content-Type", b"application/json"),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"close"),
            *([(b"Authorization", f"Bearer {key}".encode())] if key else ()),
        ]

    def post(self, body: bytes) -> Reply:
        """Send one request, and wait for the answer. Raises Unfetchable, with a reason that
        continues a sentence about the host."""
        return asyncio.run(self._exchange(body))

    async def _exchange(self, body: bytes) -> Reply:
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                answer = await self._transport.send(
                    self._address, self._headers, self._as_feed, is_own=True, body=body
                )
                try:
                    sent = await _body(answer)
                finally:
                    answer.close()
        except EXPECTED as error:
            late = f"did not answer within {self._seconds:g} s"
            raise Unfetchable(late if deadline.expired() else in_words(error)[0]) from None
        return Reply(status=answer.status, headers=answer.headers, body=sent)


async def _body(answer: HttpAnswer) -> bytes:
    inflater = Inflater(answer.headers.get("content-encoding", ""), _LONGEST_REPLY)
    while piece := await answer.piece():
        for _ in inflater.feed(piece):
            await asyncio.sleep(0)  # the deadline is looked at between two steps
    return inflater.finish()


def _resolver_of(host: str) -> Resolver:
    """What is called localhost is this machine, whatever a name service says of it."""
    return _this_machine if host.rstrip(".") == "localhost" else system_resolver


async def _this_machine(_host: str, _port: int) -> Sequence[str]:
    return ("127.0.0.1", "::1")
