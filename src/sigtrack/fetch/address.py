"""The address of a request, in the form in which it is sent, and the secrets that are sent with it.

An `Address` holds no credentials and no fragment, so neither can be sent by accident. Host names
in other scripts are written in ASCII (RFC 5891), and characters that a request line must not hold
are quoted. The cookie, credentials and headers of a feed are sent to the feed's own host only.
Secrets are read from a file or the environment for each request and are not kept in memory.
"""

from __future__ import annotations

import ipaddress
import os
import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from sigtrack.fetch.trouble import Unfetchable
from sigtrack.fetch.wire import Headers
from sigtrack.files import NotAFile, open_file
from sigtrack.model import Feed

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
