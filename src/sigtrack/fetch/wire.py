"""Send one request over one connection and read the answer, in HTTP/1.1 with h11.

There is no pool. Requests to one host are a second apart; a reused connection that the server has
just closed would look like a dead feed; and a connection opened for a feed that may use private
addresses must not serve a feed that may not.

Sockets are used directly: whoever holds a `Link` closes it at once, without a turn of the event
loop, so nothing stays open when a request is cancelled at any moment.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, Self, TypeVar

import h11

from sigtrack.fetch.trouble import Unfetchable

Headers = list[tuple[bytes, bytes]]
T = TypeVar("T")

_PIECE = 64 * 1024  # bytes read at once


class Link(Protocol):
    """A connection. `receive` returns b"" at its end."""

    async def receive(self) -> bytes: ...
    async def send(self, data: bytes) -> None: ...
    def close(self) -> None: ...


class PlainLink:
    """A connected socket that does not block."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._loop = asyncio.get_running_loop()

    async def receive(self) -> bytes:
        return await self._loop.sock_recv(self._socket, _PIECE)

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._socket, data)

    def close(self) -> None:
        self._socket.close()


class TlsLink:
    """TLS over any link, so also inside a tunnel through a proxy that itself uses TLS."""

    def __init__(self, link: Link, context: ssl.SSLContext, host: str) -> None:
        self._link = link
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=host.rstrip(".")
        )

    @classmethod
    async def over(cls, link: Link, context: ssl.SSLContext, host: str) -> Self:
        """Return the link after the handshake, which checks the certificate against `host`.

        Closes the link if the handshake fails.
        """
        try:
            secure = cls(link, context, host)
            await secure._done(secure._tls.do_handshake)
        except BaseException:
            link.close()
            raise
        return secure

    async def receive(self) -> bytes:
        try:
            return await self._done(lambda: self._tls.read(_PIECE))
        except ssl.SSLEOFError:
            return b""  # many servers close without a TLS goodbye: h11 knows if a body is whole

    async def send(self, data: bytes) -> None:
        await self._done(lambda: self._tls.write(data))

    def close(self) -> None:
        self._link.close()

    async def _done(self, step: Callable[[], T]) -> T:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._send_records()
                if data := await self._link.receive():
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                await self._send_records()
                return result

    async def _send_records(self) -> None:
        if self._outgoing.pending:
            await self._link.send(self._outgoing.read())


class HttpAnswer:
    """The head of an answer, and its body piece by piece. Header names are in lower case."""

    def __init__(self, link: Link, talk: h11.Connection, response: h11.Response) -> None:
        self._link = link
        self._talk = talk
        self.status = response.status_code
        self.phrase = response.reason.decode("latin-1")
        self.headers = _by_name(response.headers)

    async def piece(self) -> bytes:
        """Return the next piece of the body, b"" at its end."""
        while True:
            event = self._talk.next_event()
            if isinstance(event, h11.Data):
                return bytes(event.data)
            if event is not h11.NEED_DATA:
                return b""
            self._talk.receive_data(await self._link.receive())

    def close(self) -> None:
        self._link.close()


async def ask(
    link: Link,
    target: str,
    headers: Headers,
    *,
    max_head: int,
    method: str = "GET",
    body: bytes = b"",
) -> HttpAnswer:
    """Send one request and return its answer, after reading a head of at most `max_head` bytes.

    Closes the link if it fails.
    """
    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=max_head)
    try:
        events = (
            h11.Request(method=method, target=target, headers=headers),
            *((h11.Data(data=body),) if body else ()),
            h11.EndOfMessage(),
        )
        await link.send(b"".join(talk.send(event) or b"" for event in events))
        return HttpAnswer(link, talk, await _head(link, talk, max_head))
    except BaseException:
        link.close()
        raise


async def _head(link: Link, talk: h11.Connection, max_head: int) -> h11.Response:
    """Read the head. h11 bounds one head, but not a flood of "100 Continue" before it."""
    received = 0
    while not isinstance(event := talk.next_event(), h11.Response):
        if event is not h11.NEED_DATA:
            continue  # 1xx
        if received > max_head:
            raise Unfetchable("sent headers that never end")
        data = await link.receive()
        if not data:
            raise Unfetchable("hung up without an answer")
        received += len(data)
        talk.receive_data(data)
    return event


def _by_name(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return one value for each name: repeated headers are joined (RFC 9110 5.3)."""
    found: dict[str, str] = {}
    for raw_name, raw in headers:
        name = raw_name.decode("ascii")
        try:
            value = raw.decode("utf-8")  # addresses in Location, although the RFC forbids it
        except UnicodeDecodeError:
            value = raw.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
