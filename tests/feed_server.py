"""A web server on loopback that can be slow, huge, wrong or rude.

It speaks raw sockets, so that nothing stops it from breaking the rules. It runs in a thread of its
own and so serves synchronous tests, asyncio tests and whole processes alike. Each site stands at
an address of its own (127.x.y.z), since politeness is counted by host.

    site = feed_server.site()
    url = site.serve("/feed.xml", b"<rss/>", ETag='"1"')     # a correct answer, 304 included
    url = site.say("/rude", b"HTTP/1.1 200 OK\\r\\n...")       # these bytes, then close
    url = site.play("/drip", script)                         # async def script(request, writer)
    site.requests                                            # what was asked, in order

A `Clock` is the event loop of a client that is to meet its deadlines, which no test waits for.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]  # names in lower case; what comes twice is joined
    reader: asyncio.StreamReader = field(compare=False, repr=False)  # what follows


Script = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
T = TypeVar("T")


@dataclass
class Site:
    """One host. `most_at_once` is the largest number of requests that were open together."""

    host: str
    port: int = 0
    scheme: str = "http"
    requests: list[Request] = field(default_factory=list)
    open_now: int = 0
    most_at_once: int = 0
    _scripts: dict[str, Script] = field(default_factory=dict)

    def url(self, path: str, host: str | None = None) -> str:
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"

    def play(self, path: str, script: Script) -> str:
        self._scripts[path] = script
        return self.url(path)

    def say(self, path: str, raw: bytes) -> str:
        async def script(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(raw)

        return self.play(path, script)

    def serve(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Underscores in header names become hyphens. Knows If-None-Match and If-Modified-Since."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def script(request: Request, writer: asyncio.StreamWriter) -> None:
            if status == 200 and _unchanged(request, named):
                writer.write(answer(304, b"", named))
            else:
                writer.write(answer(status, body, named))

        return self.play(path, script)

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        return self.serve(path, b"", status, Location=target)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_now += 1
        self.most_at_once = max(self.most_at_once, self.open_now)
        try:
            if request := await _read_request(reader):
                self.requests.append(request)
                await self._scripts.get(request.target, _not_found)(request, writer)
            else:
                writer.write(answer(400, b"this is not HTTP"))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass  # the client had enough
        finally:
            self.open_now -= 1
            writer.close()


class FeedServer:
    """Sites on demand. A context manager: leaving it closes every socket."""

    _hosts = itertools.count(1)

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def site(self, tls: ssl.SSLContext | None = None) -> Site:
        """A new host, with an address that no other site of this process has."""
        n = next(self._hosts)
        site = Site(host=f"127.77.{n // 250}.{n % 250 + 1}", scheme="https" if tls else "http")
        self._call(self._open(site, tls))
        return site

    def __enter__(self) -> FeedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Awaitable[None]) -> None:
        asyncio.run_coroutine_threadsafe(_awaited(work), self._loop).result(timeout=600)

    async def _open(self, site: Site, tls: ssl.SSLContext | None) -> None:
        # Not a coroutine: a connection must be known here before anybody can cancel its talk.
        def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talk = self._loop.create_task(site._meet(reader, writer))
            self._talks[talk] = writer
            talk.add_done_callback(self._talks.pop)

        server = await asyncio.start_server(meet, site.host, 0, ssl=tls, limit=2**20)
        site.port = server.sockets[0].getsockname()[1]
        self._servers.append(server)

    async def _close(self) -> None:
        # A connection accepted while its server is closed would be left half made by asyncio.
        await _let_callbacks_run()
        for server in self._servers:
            server.close()
        talks = dict(self._talks)
        for talk, writer in talks.items():
            talk.cancel()
            writer.transport.abort()
        await asyncio.gather(*talks, return_exceptions=True)
        await _let_callbacks_run()  # closed connections say goodbye


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time passes when a test says so, however busy the machine is.

    `a_piece` is what each piece that is received takes, in seconds.
    """

    def __init__(self, *, a_piece: float = 0.0) -> None:
        self._ahead = 0.0
        self._a_piece = a_piece
        super().__init__()

    def time(self) -> float:
        return super().time() + self._ahead

    def skip(self, seconds: float) -> None:
        """Let this time pass at once. May be called from any thread."""
        self.call_soon_threadsafe(self._pass, seconds)

    def _pass(self, seconds: float) -> None:
        self._ahead += seconds

    async def sock_recv(self, sock: socket.socket, n: int) -> bytes:
        piece = await super().sock_recv(sock, n)
        self._pass(self._a_piece)
        return piece

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Once, as asyncio.run does it."""
        with asyncio.Runner(loop_factory=lambda: self) as runner:
            return runner.run(work)

    def silence(self, seconds: float) -> Script:
        """A server that says nothing, which is soon noticed: this time passes when it was asked."""

        async def script(_: Request, writer: asyncio.StreamWriter) -> None:
            self.skip(seconds)
            await asyncio.Event().wait()

        return script


@pytest.fixture
def clock() -> Iterator[Clock]:
    with closing(Clock()) as loop:
        yield loop


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


def answer(status: int, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """A correct HTTP/1.1 answer; given headers win over those that we would set."""
    named = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode("latin-1") + body


async def for_ever(writer: asyncio.StreamWriter, piece: bytes, pause: float = 0.0) -> None:
    """Send a piece again and again until the client goes away."""
    while not writer.is_closing():
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)


def hang_up(writer: asyncio.StreamWriter) -> None:
    """Reset the connection instead of closing it."""
    link = writer.get_extra_info("socket")
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _unchanged(request: Request, headers: dict[str, str]) -> bool:
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    if etag and "if-none-match" in request.headers:
        return request.headers["if-none-match"] == etag
    return modified is not None and request.headers.get("if-modified-since") == modified


async def _not_found(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(404, b"no such page"))


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    """None for a TLS handshake, which would otherwise wait for ever."""
    head = await reader.readexactly(1)
    if head == b"\x16":
        return None
    head += await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for name, _, value in (line.partition(":") for line in lines):
        before = headers.get(name.lower())
        headers[name.lower()] = f"{before}, {value.strip()}" if before else value.strip()
    return Request(method, target, headers, reader)


async def _let_callbacks_run() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def _awaited(work: Awaitable[None]) -> None:
    await work
