"""Connect to a host, directly or through the user's proxy, send one request, and read the answer.

`address` judges each address when a connection is opened. A step that fails or is cancelled closes
what it has opened.

HTTP/1.1 is spoken with h11, and there is no pool. Requests to one host are a second apart; a reused
connection that the server has just closed would look like a dead feed; and a connection opened for
a feed that may use private addresses must not serve a feed that may not. Sockets are used directly:
whoever holds a `Link` closes it at once, without a turn of the event loop, so nothing stays open
when a request is cancelled at any moment.

Bodies are decompressed within a limit, so that a zip bomb costs no more than the largest body. gzip
and deflate are understood, br and zstd if the extra `compression` is installed. A body that is
compressed twice is refused: it is an attack or an accident. The first bytes count more than the
header, because servers send gzip without saying so and call plain bodies gzip. Only brotli cannot
be recognised by its bytes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import h11

from sigtrack.fetch.address import (
    Address,
    Headers,
    Proxies,
    Resolver,
    basic,
    check,
    connect,
    credentials_in,
    literal,
)
from sigtrack.fetch.policy import FetchPolicy, in_units
from sigtrack.fetch.trouble import EXPECTED, Unfetchable, in_words
from sigtrack.model import Feed

T = TypeVar("T")


class Transport:
    """Sends single requests: no redirects, no retries, no reuse of connections.

    `tls` is as in `Client`.
    """

    def __init__(
        self,
        *,
        policy: FetchPolicy,
        resolver: Resolver,
        proxies: Proxies,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._proxies = proxies
        self._given_tls = tls
        self._contexts: dict[str, ssl.SSLContext] = {}  # by ca_file

    async def send(
        self, url: Address, headers: Headers, feed: Feed, *, is_own: bool, body: bytes = b""
    ) -> HttpAnswer:
        """Send one request and return the answer, its body still unread. The caller closes it.

        `is_own`: the address is at the feed's own host, so the feed's `ca_file` applies. A request
        with a body is a POST.
        """
        if url.scheme not in ("http", "https") or not url.host:
            raise Unfetchable("has an address that is neither http nor https")
        if not 0 < url.port_used < 65536:
            raise Unfetchable("has an address that is not valid")
        tls = self._context(url, feed.access.ca_file if is_own else "")
        headers = [(b"Host", url.authority.encode()), *headers]
        if body:
            headers.append((b"Content-Length", str(len(body)).encode()))
        method = "POST" if body else "GET"
        proxy = feed.access.proxy
        if proxy is None:
            proxy = self._proxies.of(url.scheme, url.host)
        if not proxy:
            link = await self._connected(url, tls, allow_private=feed.allow_private)
            return await self._ask(link, url.target, headers, method, body)
        if not feed.allow_private and (address := literal(url.host)):
            check(url.host, address)
        link = await self._to_proxy(proxy)
        permit = basic("Proxy-Authorization", *credentials_in(proxy))
        if tls is None:
            return await self._ask(link, str(url), headers + permit, method, body)
        link = await self._tunnel(link, url, permit, tls)
        return await self._ask(link, url.target, headers, method, body)

    async def _to_proxy(self, proxy: str) -> Link:
        """Connect to the proxy, at any address. A failure here is not the fault of the feed."""
        try:
            at = Address.of(proxy)
        except ValueError:
            raise Unfetchable("was not asked: its proxy has an address that is not valid") from None
        try:
            return await self._connected(at, self._context(at), allow_private=True)
        except EXPECTED as error:
            reason, _ = in_words(error)
            raise Unfetchable(
                f"was not asked: the proxy {at.host} {reason}", offline=True
            ) from None

    async def _tunnel(self, link: Link, url: Address, permit: Headers, tls: ssl.SSLContext) -> Link:
        """Open a tunnel (RFC 9110 9.3.6) with TLS to the host inside it."""
        port = f":{url.port_used}"
        target = url.authority.removesuffix(port) + port
        answer = await self._ask(link, target, [(b"Host", target.encode()), *permit], "CONNECT")
        if answer.status >= 300:  # no answer has less than 200
            link.close()
            raise Unfetchable(f"was refused by the proxy ({answer.status} {answer.phrase})")
        return await TlsLink.over(link, tls, url.host)  # in TLS, servers never speak first

    async def _connected(
        self, url: Address, tls: ssl.SSLContext | None, *, allow_private: bool
    ) -> Link:
        link = PlainLink(
            await connect(
                url.host,
                url.port_used,
                resolver=self._resolver,
                allow_private=allow_private,
                seconds=self._policy.connect_timeout,
            )
        )
        return link if tls is None else await TlsLink.over(link, tls, url.host)

    async def _ask(
        self, link: Link, target: str, headers: Headers, method: str, body: bytes = b""
    ) -> HttpAnswer:
        head = self._policy.max_head
        return await ask(link, target, headers, max_head=head, method=method, body=body)

    def _context(self, url: Address, ca_file: str = "") -> ssl.SSLContext | None:
        """Return the TLS context for https, None for http.

        It is made on first use, because reading the trusted certificates takes 15 ms.
        """
        if url.scheme == "http":
            return None
        if ca_file not in self._contexts:
            context = _trusting(ca_file) if ca_file else self._given_tls or _trusting_the_usual()
            context.set_alpn_protocols(["http/1.1"])
            self._contexts[ca_file] = context
        return self._contexts[ca_file]


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=Path(ca_file).expanduser())
    except ssl.SSLError:
        reason = "it holds no certificate"
    except RuntimeError:  # expanduser
        reason = "it has a name that is not known"
    except OSError as error:
        reason = (error.strerror or "").lower()
    raise Unfetchable(f"was not asked: ca_file {ca_file} cannot be read: {reason}")


def _trusting_the_usual() -> ssl.SSLContext:
    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


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


_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5"  # the first two of its four magic bytes
_MOST_MEMBERS = 1000  # of one gzip file (RFC 1952 2.2)
_STEP = 256 * 1024
_LARGEST_WINDOW = 23  # 2**23 = 8 MiB, the limit of RFC 9659 for the web


class Inflater:
    """Decompresses a body piece by piece. `size` is its decompressed size so far, at most `limit`.

    60 KB may decompress to 10 MB, so `feed` works in steps of 256 KiB and lets the caller look at
    `size` after each step.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = _single(coding)
        self._limit = limit
        self._wire = 0
        self._head = b""
        self._open: Callable[[], _Engine] | None = None
        self._magic = b""  # the bytes with which another member would begin
        self._engine: _Engine | None = None
        self._begun = False
        self._members = 0
        self._body = BytesIO()
        self.size = 0

    def feed(self, piece: bytes) -> Iterator[None]:
        self._wire += len(piece)
        if self._wire > self._limit:
            raise _too_large(self._limit)
        if not self._begun:
            piece = self._head + piece
            if len(piece) < 2:
                self._head = piece
                return
            self._begin(piece)
        yield from self._take(piece)

    def finish(self) -> bytes:
        if not self._begun and self._head:
            self._write(self._head)
        elif self._engine is not None and not self._engine.eof:
            raise Unfetchable("hung up in the middle of its compressed body")
        return self._body.getvalue()  # shares the buffer: does not copy ten megabytes

    def _begin(self, head: bytes) -> None:
        self._begun = True
        if head.startswith(_GZIP):
            self._open, self._magic = partial(zlib.decompressobj, wbits=31), _GZIP
        elif self._coding == "zstd" and head.startswith(_ZSTD):
            self._open, self._magic = _Zstd, _ZSTD
        elif self._coding == "br":
            self._open = _Brotli
        elif self._coding == "deflate" and not head.lstrip().startswith((b"<", b"{", b"\xef\xbb")):
            # deflate means zlib (RFC 9110 8.4.1.2), but old servers send the bare stream.
            wrapped = head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            self._open = partial(zlib.decompressobj, wbits=15 if wrapped else -15)
        self._engine = self._open() if self._open else None

    def _take(self, piece: bytes) -> Iterator[None]:
        if self._engine is None:
            self._write(piece)
            yield
            return
        full = False  # the last step reached its limit: the engine may hold more
        while piece or full:
            if self._engine.eof and not self._next_member(piece):
                return
            room = min(_STEP, self._limit - self.size + 1)
            try:
                opened = self._engine.decompress(piece, room)
            except (zlib.error, _Damaged):
                raise Unfetchable("sent a compressed body that is damaged") from None
            self._write(opened)
            yield
            full = len(opened) >= room
            piece = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def _next_member(self, piece: bytes) -> bool:
        """Start the next member if another of the same kind begins; ignore anything else as
        padding."""
        if self._open is None or not self._magic or not piece.startswith(self._magic):
            return False
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise Unfetchable(f"sent a body compressed in more than {_MOST_MEMBERS:,} parts")
        self._engine = self._open()
        return True

    def _write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._limit:
            raise _too_large(self._limit)
        self._body.write(data)


def _too_large(limit: int) -> Unfetchable:
    return Unfetchable(f"sent a body of more than {in_units(limit)}")


def _single(coding: str) -> str:
    names = [name.strip().lower().removeprefix("x-") for name in coding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > 1:
        raise Unfetchable("sent a body that is compressed twice")
    if codings and codings[0] not in accepted_codings():
        raise Unfetchable(f"sent a body packed as {codings[0][:20]}, which was not asked for")
    return codings[0] if codings else ""


@cache
def accepted_codings() -> tuple[str, ...]:
    """Return the codings that requests may ask for; br and zstd only if their library is installed.

    brotli before 1.2 does not count: it cannot limit how much it decompresses.
    """
    found = ["gzip", "deflate"]
    with suppress(ImportError):
        import brotli

        if hasattr(brotli.Decompressor, "can_accept_more_data"):
            found.append("br")
    with suppress(ImportError):
        zstd_library()
        found.append("zstd")
    return tuple(found)


class _Damaged(Exception):
    """The library of br or zstd cannot decompress the body."""


class _Engine(Protocol):
    """The interface of zlib. `unconsumed_tail` is empty if the engine keeps its input itself."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Brotli:
    """A brotli decompressor. It may return up to twice as much as asked for."""

    unused_data = unconsumed_tail = b""

    def __init__(self) -> None:
        import brotli

        self._error = brotli.error
        self._opener = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._opener.is_finished())

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return bytes(self._opener.process(data, output_buffer_limit=max_length))
        except self._error:
            raise _Damaged from None


class _Zstd:
    unconsumed_tail = b""

    def __init__(self) -> None:
        library = zstd_library()
        self._error = library.ZstdError
        window = {library.DecompressionParameter.window_log_max: _LARGEST_WINDOW}
        self._opener = library.ZstdDecompressor(options=window)

    @property
    def eof(self) -> bool:
        return bool(self._opener.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._opener.unused_data)

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return bytes(self._opener.decompress(data, max_length))
        except self._error:
            raise _Damaged from None


def zstd_library() -> Any:
    """Return the module of Python 3.14 or later, else the package with the same interface."""
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    return zstd
