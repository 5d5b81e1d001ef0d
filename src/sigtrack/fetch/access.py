"""The cookie, credentials and headers of a feed, which are sent to the feed's own host only.

Secrets are read from a file or the environment for each request and are not kept in memory.
"""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path

from sigtrack.fetch.address import Address, credentials_in
from sigtrack.fetch.trouble import Unfetchable
from sigtrack.fetch.wire import Headers
from sigtrack.files import NotAFile, open_file
from sigtrack.model import Access, Feed

_LONGEST_SECRET = 4096


def is_at_own_host(feed: Feed, url: Address) -> bool:
    """Return whether `url` has the scheme, host and port of the feed's url, or https for its http.

    Any other address gets no secrets.
    """
    if feed.access == _USUAL and "@" not in feed.url:
        return False  # nothing is kept for it
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
            return file.readline(_LONGEST_SECRET).decode("utf-8").strip()
    except NotAFile as error:
        reason = f"it {error.what}"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except RuntimeError:  # expanduser
        reason = "it has a name that is not known"
    except OSError as error:
        reason = (error.strerror or "").lower()
    raise Unfetchable(f"was not asked: the {what} file {path} cannot be read: {reason}")


_USUAL = Access()
