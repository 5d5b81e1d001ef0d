"""The address of a request: its form, whether we may connect to it, and the secrets that go to it.

An `Address` holds no credentials and no fragment, so neither can be sent by accident. Host names
in other scripts are written in ASCII (RFC 5891), and characters that a request line must not hold
are quoted. The cookie, credentials and headers of a feed are sent to the feed's own host only.
Secrets are read from a file or the environment for each request and are not kept in memory.

Whether we may connect is checked on the address that a connection really uses. To check names is
not enough: a name may lead to a private address, or to another address at the second look-up, and
`http://2130706433/` is 127.0.0.1. So `connect` looks names up, judges each address, and connects to
exactly that address. Every hop of a redirect passes through here too.

The user's proxies are read from the environment as other programs do. The user chose the proxy, so
it may have any address. Behind a proxy only literal IP addresses can be judged; the proxy itself
looks names up.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import socket
import threading
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from sigtrack.errors import Misconfigured
from sigtrack.fetch.trouble import Unfetchable, in_words
from sigtrack.files import NotAFile, open_file
from sigtrack.frozen import frozen
from sigtrack.model import Feed, Problem
from sigtrack.text import clean, mask_proxy, proxy_address

Headers = list[tuple[bytes, bytes]]

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,252}")
_TARGET = re.compile(r"[A-Za-z0-9!$%&'()*+,./:;=?@_~-]*")
_SAFE = "!$%&'()*+,/:;=?@~"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@frozen(kw_only=False)
class Address:
    """`host` is in ASCII and lower case, without brackets; `target` is the path and the query."""

    scheme: str
    host: str
    port: int | None  # None = the default port of the scheme
    target: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Return the address that `url` spells, of any scheme. Raises ValueError."""
        parts = urlsplit(_printable(url))
        if "://" not in url:
            raise ValueError("an address has :// behind its scheme")
        port = _port_of(parts.netloc)
        return cls(
            scheme=parts.scheme,
            host=_ascii_name(parts.hostname or ""),
            port=None if port == _PORTS.get(parts.scheme) else port,
            target=_quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else ""),
        )

    def join(self, reference: str) -> Address:
        """Return the address that a reference (RFC 3986 5.2) on a page of this address leads to."""
        return Address.of(urljoin(str(self), _printable(reference)))

    @property
    def authority(self) -> str:
        """The host and port as the header Host gives them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def port_used(self) -> int:
        return _PORTS[self.scheme] if self.port is None else self.port

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def credentials_in(url: str) -> tuple[str, str]:
    """Return the user and password written before the host, both "" if there are none."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def _printable(url: str) -> str:
    if _CONTROL.search(url):
        raise ValueError("an address holds no control characters")  # urlsplit would drop some
    return url


def _port_of(netloc: str) -> int | None:
    """Return the port as written, even above 65535: the code that connects refuses it."""
    _, _, port = netloc.rpartition("@")[2].rpartition("]")[2].partition(":")
    if not port:
        return None
    if not (port.isascii() and port.isdecimal()):
        raise ValueError("a port is a number")
    return int(port)


def _ascii_name(host: str) -> str:
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    if not host.isascii():
        import idna  # 10 ms, and few feeds need it

        host = idna.encode(host).decode("ascii")
    if host and not _NAME.fullmatch(host):
        raise ValueError("a host is written in letters, digits and hyphens")
    return host


def _quoted(part: str) -> str:
    return part if _TARGET.fullmatch(part) else quote(part, safe=_SAFE)


_LONGEST_SECRET = 4096


def is_at_own_host(feed: Feed, url: Address) -> bool:
    """Return whether `url` has the scheme, host and port of the feed's url, or https for its http.

    Any other address gets no secrets.
    """
    try:
        written = Address.of(feed.url)
    except ValueError:
        return False
    if written.host != url.host:
        return False
    before, now = (written.scheme, written.port), (url.scheme, url.port)
    return before == now or (before, now) == (("http", None), ("https", None))


def own_headers(feed: Feed) -> Headers:
    """Return the headers of the feed that hold secrets.

    Raises Unfetchable if a secret cannot be read, because to the server a request without it
    would look like a request with a wrong secret.
    """
    access = feed.access
    found = [(name.encode(), value.encode()) for name, value in access.headers]
    if cookie := _secret("cookie", access.cookie_file, access.cookie_env):
        found.append((b"Cookie", cookie.encode()))
    if access.user or access.password_file or access.password_env:
        password = _secret("password", access.password_file, access.password_env)
        return found + basic("Authorization", access.user, password)
    return found + basic("Authorization", *credentials_in(feed.url))


def basic(name: str, user: str, password: str) -> Headers:
    """Return the header of basic authentication (RFC 7617), or no header if both are empty."""
    if not user and not password:
        return []
    return [(name.encode(), b"Basic " + b64encode(f"{user}:{password}".encode()))]


def _secret(what: str, file: str, variable: str) -> str:
    if file:
        secret, where = _first_line(what, Path(file)), f"the {what} file {file}"
    else:
        secret, where = os.environ.get(variable, "").strip(), f"the variable {variable}"
    if (file or variable) and not (secret and secret.isprintable()):
        raise Unfetchable(f"was not asked: {where} holds no {what}")
    return secret


def _first_line(what: str, path: Path) -> str:
    try:
        with open_file(path.expanduser()) as file:
            line = file.readline(_LONGEST_SECRET + 1)
        if len(line) <= _LONGEST_SECRET:
            return line.decode("utf-8").strip()
        reason = f"its first line has more than {_LONGEST_SECRET:,} bytes"
    except NotAFile as error:
        reason = f"it {error.what}"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except RuntimeError:  # expanduser
        reason = "it has a name that is not known"
    except OSError as error:
        reason = (error.strerror or "").lower()
    raise Unfetchable(f"was not asked: the {what} file {path} cannot be read: {reason}")


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


@frozen
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
