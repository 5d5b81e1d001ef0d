"""The parts of a request's address, in the form in which they are sent. Pure.

An `Address` holds no credentials and no fragment, so neither can be sent by accident. Host names
in other scripts are written in ASCII (RFC 5891), and characters that a request line must not hold
are quoted.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,252}")
_TARGET = re.compile(r"[A-Za-z0-9!$%&'()*+,./:;=?@_~-]*")
_SAFE = "!$%&'()*+,/:;=?@~"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Address:
    """`host` is in ASCII and lower case, without brackets; `target` is the path and the query."""

    scheme: str
    host: str
    port: int | None  # None = the default port of the scheme
    target: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Return the address that `url` spells, of any scheme or none. Raises ValueError."""
        parts = urlsplit(_printable(url))
        if parts.scheme and not parts.netloc and "://" not in url:
            raise ValueError("an address has // behind its scheme")
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
    if not (port.isascii() and port.isdecimal() and len(port) <= 9):
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
