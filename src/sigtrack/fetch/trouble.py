"""Why a feed could not be fetched, in words for the user.

Our own checks raise `Unfetchable`. `EXPECTED` lists every error that the network and its libraries
may raise, and `in_words` puts them into words. Any other error is a bug and stays a traceback.
"""

from __future__ import annotations

import errno
import re
import ssl
from collections.abc import Iterator

import h11

from sigtrack.text import clean, mask_credentials

_LONGEST_REASON = 200
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
_ERRNO_WORDS = {
    errno.ECONNREFUSED: "refused the connection",
    errno.ECONNRESET: "broke off the connection",
    errno.EPIPE: "broke off the connection",
    errno.ETIMEDOUT: "could not be reached in time",
    errno.EMFILE: "was not asked, because too many files are open here",
}
_PROTOCOL_WORDS = (
    ("incomplete chunked read", "hung up in the middle of its body"),
    ("without sending complete message body", "hung up in the middle of its body"),
    ("conflicting content-length", "sent two different lengths for one body"),
    ("bad content-length", "sent a Content-Length that is not a number"),
    ("too long", "sent headers that never end"),
    ("too large", "sent headers that never end"),
    ("illegal status line", "does not speak HTTP"),
    ("illegal request line", "does not speak HTTP"),
    ("no response line", "does not speak HTTP"),
    ("_switch_upgrade", "wants to speak another protocol than HTTP"),
    ("illegal header", "sent headers that are not HTTP"),
    ("illegal chunk header", "sent chunks that are not HTTP"),
    ("malformed chunk footer", "sent chunks that are not HTTP"),
)
_COUNTS = re.compile(r"received (\d+) bytes, expected (\d+)")


class Unfetchable(Exception):
    """A feed that cannot be fetched. `reason` continues a sentence that begins with its name.

    `offline`: a name or a route was not found, so perhaps there is no network at all.
    """

    def __init__(self, reason: str, *, offline: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offline = offline


class RequestRefused(Unfetchable):
    """A page that its host does not want us to read; it was not asked."""


# Every error of sockets and TLS is an OSError. UnicodeError: TLS encodes host names again.
EXPECTED = (Unfetchable, h11.RemoteProtocolError, OSError, UnicodeError)


def in_words(error: Exception) -> tuple[str, bool]:
    """Return the reason (one line, safe to print, without credentials) and whether we may be
    offline."""
    reason, offline = _in_words(error)
    return mask_credentials(clean(reason))[:_LONGEST_REASON], offline


def _in_words(error: Exception) -> tuple[str, bool]:
    if isinstance(error, Unfetchable):
        return error.reason, error.offline
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _tls_words(cause), False
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return "cannot be reached: there is no route to it", True
        if isinstance(cause, OSError) and cause.errno in _ERRNO_WORDS:
            return _ERRNO_WORDS[cause.errno], False
    match error:
        case UnicodeError():
            return "has an address that is not valid", False
        case h11.RemoteProtocolError():
            return _protocol_words(str(error)), False
    return f"could not be fetched ({error or type(error).__name__})", False


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a certificate that is not to be trusted ({error.verify_message})"
    reason = (error.reason or "no reason given").replace("_", " ").lower()
    return f"does not speak TLS as it should ({reason})"


def _protocol_words(text: str) -> str:
    for part, words in _PROTOCOL_WORDS:
        if part in text.lower():
            counts = _COUNTS.search(text)
            return f"{words} ({counts[1]} of {counts[2]} bytes came)" if counts else words
    return f"broke the rules of HTTP ({text})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
