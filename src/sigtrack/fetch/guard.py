"""Where we may connect to: checked at connect time, on the address really used.

Checking names is not enough: a name may lead to a private address, or to another one the second
time, and `http://2130706433/` is 127.0.0.1. So names are looked up here, each address is judged,
and the connection is opened to that very address. Every hop of a redirect comes through here too.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import httpcore

from sigtrack.fetch.trouble import EXPECTED, Unfetchable, in_words

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to addresses, best first. Raises `socket.gaierror` if there are none."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: how IPv6-only networks reach all IPv4
_REFUSED = tuple(
    (ipaddress.ip_network(network), words)
    for network, words in (
        ("100.64.0.0/10", "a carrier's private address"),  # RFC 6598
        ("2002::/16", "an IPv4 address inside IPv6"),  # 6to4
        ("2001::/32", "an IPv4 address inside IPv6"),  # Teredo
        ("::/96", "an IPv4 address inside IPv6"),  # compatible, long deprecated
        ("::ffff:0:0/96", "an IPv4 address inside IPv6"),  # mapped
        ("64:ff9b:1::/48", "a private address"),  # RFC 8215: local NAT64
        ("fec0::/10", "a private address"),  # site-local
    )
)
_MOST_ADDRESSES = 4  # of one name that are tried


def refusal(address: str) -> str | None:
    """What is wrong with an address ("a private address"), or None if it is a public one."""
    ip: _Address = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    kinds = (
        (ip.is_unspecified, "the unspecified address"),
        (ip.is_loopback, "a loopback address"),
        (ip.is_link_local, "a link-local address"),
        (ip.is_multicast, "a multicast address"),
        *((ip in network, words) for network, words in _REFUSED),
        (not ip.is_global, "a private address"),
    )
    return next((words for applies, words in kinds if applies), None)


def literal(host: str) -> str | None:
    """The address that a host spells out, in any spelling that a C library takes; None = a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))  # 0x7f.1, 017700000001, 2130706433
    except (OSError, UnicodeError):
        pass
    return "127.0.0.1" if f".{host.rstrip('.')}".endswith(".localhost") else None


def check(host: str, address: str) -> None:
    """Raises `Unfetchable` if the address of that host is not a public one."""
    if wrong := refusal(address):
        where = host if host == address else f"{host} ({address})"
        raise Unfetchable(f"leads to {wrong}, {where}; allow_private = true would allow it")


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Asks the operating system, in a thread that nobody has to wait for at the end.

    A pool of threads would be filled by a few dead names, and Python joins it before it exits.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def tell(result: list[str] | OSError | ValueError) -> None:
        if found.done():
            return
        if isinstance(result, list):
            found.set_result(result)
        else:
            found.set_exception(result)

    def look_up() -> None:
        result: list[str] | OSError | ValueError
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            result = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        except (OSError, ValueError) as error:  # ValueError: no name at all (IDNA, NUL)
            result = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer any more
            loop.call_soon_threadsafe(tell, result)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    return await found


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections: looks the name up, judges each address, meters what comes in.

    `to_proxy`: it is the user's proxy that is connected to. It may stand anywhere, and when it
    cannot be reached, no feed is to blame.
    """

    def __init__(
        self,
        *,
        resolver: Resolver,
        allow_private: bool,
        to_proxy: bool,
        connect_timeout: float,
        max_head: int,
    ) -> None:
        self._resolver = resolver
        self._allow_private = allow_private or to_proxy
        self._to_proxy = to_proxy
        self._connect_timeout = connect_timeout
        self._max_head = max_head
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            return MeteredStream(await self._connected(host, port), self._max_head)
        except EXPECTED as error:
            if not self._to_proxy:
                raise
            reason, _ = in_words(error)
            raise Unfetchable(f"was not asked: the proxy {host} {reason}", offline=True) from None

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _connected(self, host: str, port: int) -> httpcore.AsyncNetworkStream:
        why: Exception = Unfetchable(f"has a name without an address ({host})", offline=True)
        for address in (await self._addresses(host, port))[:_MOST_ADDRESSES]:
            try:
                if not self._allow_private:
                    check(host, address)
                return await self._plain.connect_tcp(address, port, self._connect_timeout)
            except (Unfetchable, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                _, no_route = in_words(why)
                # Where IPv6 has no route, what became of IPv4 is the reason to give.
                why = error if no_route else why
        raise why

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        try:
            return await self._resolver(host, port)
        except socket.gaierror as error:
            later = error.errno == socket.EAI_AGAIN
            why = "could not be looked up" if later else "is not known"
            raise Unfetchable(f"cannot be found (the name {host} {why})", offline=True) from None
        except ValueError:
            raise Unfetchable(f"cannot be found ({host} is not a valid name)") from None


class MeteredStream(httpcore.AsyncNetworkStream):
    """A connection that ends when the head of an answer is longer than any head should be.

    The libraries bound one header block, but neither a flood of small "100 Continue" answers
    before it nor its processor time. Each request that is written opens a new head;
    `head_has_come` says that what follows is the body, whose reader has a limit of its own.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, max_head: int) -> None:
        self._stream = stream
        self._max_head = max_head
        self._left: int | None = max_head

    def head_has_come(self) -> None:
        self._left = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        if self._left is not None:
            self._left -= len(data)
            # What came together with the end of the head is body: one read may overshoot.
            if self._left + max_bytes < 0:
                raise Unfetchable("sent headers that never end")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._left = self._max_head
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        inner = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return MeteredStream(inner, self._max_head)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
