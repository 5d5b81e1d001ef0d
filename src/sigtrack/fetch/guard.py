"""Which addresses we may connect to, checked on the address that a connection really uses.

To check names is not enough: a name may lead to a private address, or to another address at the
second look-up, and `http://2130706433/` is 127.0.0.1. So this module looks names up, judges each
address, and connects to exactly that address. Every hop of a redirect passes through here too.

The user's proxies are read from the environment as other programs do. The user chose the proxy, so
it may have any address. Behind a proxy only literal IP addresses can be judged; the proxy itself
looks names up.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sigtrack.errors import Misconfigured
from sigtrack.fetch.trouble import Unfetchable, in_words
from sigtrack.model import Problem
from sigtrack.text import clean, mask_proxy, proxy_address

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Return the addresses of a host and port, best first; `socket.gaierror` if there are none."""

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
_MOST_ADDRESSES = 4  # tried for one name


def refusal(address: str) -> str | None:
    """Return what is wrong with an address ("a private address"), or None if it is public."""
    ip: _Address = ipaddress.ip_address(address)
    if ip in _NAT64:
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
    """Return the address that a host spells, in any way that C libraries read; None = a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))  # 0x7f.1, 017700000001, 2130706433
    except OSError:
        pass
    return "127.0.0.1" if f".{host.rstrip('.')}".endswith(".localhost") else None


def check(host: str, address: str) -> None:
    """Raise `Unfetchable` if the address of that host is not public."""
    if wrong := refusal(address):
        where = host if host == address else f"{host} ({address})"
        raise Unfetchable(f"leads to {wrong}, {where}; allow_private = true would allow it")


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Look a name up with the operating system, in a thread that never delays the end of the run.

    A thread pool would not do: a few dead names would fill it, and Python joins it on exit.
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
        except (OSError, ValueError) as error:  # ValueError: not a valid name (IDNA, NUL)
            result = error
        with suppress(RuntimeError):  # the loop is closed, so nobody waits for the answer
            loop.call_soon_threadsafe(tell, result)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    return await found


async def connect(
    host: str,
    port: int,
    *,
    resolver: Resolver,
    allow_private: bool,
    seconds: float,
) -> socket.socket:
    """Return a connection to the first address of the host that is public and accepts it.

    `seconds` is the time limit for each address. Raises Unfetchable or OSError with the reason.
    """
    why: Exception = Unfetchable(f"has a name without an address ({host})", offline=True)
    for address in (await _addresses(host, port, resolver))[:_MOST_ADDRESSES]:
        try:
            if not allow_private:
                check(host, address)
            return await _connected(address, port, seconds)
        except (Unfetchable, OSError) as error:
            _, no_route = in_words(why)
            # If IPv6 has no route, report what happened with IPv4.
            why = error if no_route else why
    raise why


async def _addresses(host: str, port: int, resolver: Resolver) -> Sequence[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        return await resolver(host, port)
    except socket.gaierror as error:
        later = error.errno == socket.EAI_AGAIN
        why = "could not be looked up" if later else "is not known"
        raise Unfetchable(f"cannot be found (the name {host} {why})", offline=True) from None
    except ValueError:
        raise Unfetchable(f"cannot be found ({host} is not a valid name)") from None


async def _connected(address: str, port: int, seconds: float) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    link = socket.socket(family, socket.SOCK_STREAM)
    try:
        link.setblocking(False)
        # The end of a TLS handshake and the request are two small packets: without this option
        # the second one waits.
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(link, (address, port))
    except BaseException as error:
        link.close()
        if isinstance(error, TimeoutError):
            raise Unfetchable("could not be reached in time") from None
        raise
    return link


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """The proxy address for each scheme ("" = none), and `bypass` as in NO_PROXY."""

    http: str = ""
    https: str = ""
    bypass: str = ""

    @classmethod
    def from_environment(cls) -> Proxies:
        """Read HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case."""
        every = _variable("ALL_PROXY")
        return cls(
            http=_checked(_variable("HTTP_PROXY") or every, "HTTP_PROXY"),
            https=_checked(_variable("HTTPS_PROXY") or every, "HTTPS_PROXY"),
            bypass=_variable("NO_PROXY"),
        )

    def of(self, scheme: str, host: str) -> str:
        """Return the proxy for a host, "" = none. A loopback address is never proxied."""
        if not (proxy := self.https if scheme == "https" else self.http):
            return ""
        address = literal(host) or ""
        is_here = address.startswith("127.") or address == "::1"
        return "" if is_here or self._bypassed(host) else proxy

    def _bypassed(self, host: str) -> bool:
        for rule in self.bypass.replace(",", " ").lower().split():
            domain = rule.lstrip("*").lstrip(".")
            if rule == "*" or (domain and f".{host}".endswith(f".{domain}")):
                return True
        return False


def _variable(name: str) -> str:
    """Return the variable; the lower-case name wins even if it is empty, as in urllib and curl."""
    return os.environ.get(name.lower(), os.environ.get(name, ""))


def _checked(url: str, name: str) -> str:
    usable = proxy_address(url) if url else ""
    if usable or not url:
        return usable
    problem = Problem(
        message=f"{name} is {mask_proxy(clean(url))}, which cannot be used as a proxy",
        hint="write http://host:port; in a password / is written %2F, @ %40, # %23 and % %25; "
        "SOCKS proxies are not supported",
    )
    raise Misconfigured(problem.message, problems=[problem], hint=problem.hint)
