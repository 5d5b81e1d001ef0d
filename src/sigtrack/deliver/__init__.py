"""How a digest reaches people: by a mail server, by sendmail, or by chat services.

Each way returns a verdict for every recipient. Only `Accepted` (the server answered 2xx) counts as
sent. `Deferred` and `Refused` are tried again at the next run; `Refused` must also be reported to
the user. A problem that concerns all recipients (no connection, no login) is `Unreachable`.

Mail is in `by_mail`. Chat services and webhooks are reached through Apprise, which is an extra: pip
install 'sigtrack[notify]'. The address of a service contains its secret, so elsewhere a recipient
is named by the service and a hash.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from sigtrack.frozen import frozen
from sigtrack.text import clean, service_of

_LONGEST = 200  # characters of a server's answer that messages show


@frozen
class Envelope:
    """A mail to send. `sender` and `recipients` are bare addresses; `body` is sent as it is."""

    sender: str
    recipients: tuple[str, ...]
    body: bytes


@frozen(kw_only=False)
class Accepted:
    pass


@frozen(kw_only=False)
class Deferred:
    """Not delivered now (4xx, a dropped connection, a time-out). It may have arrived after all."""

    reason: str


@frozen(kw_only=False)
class Refused:
    """Refused for good (5xx)."""

    reason: str


Verdict = Accepted | Deferred | Refused


class Unreachable(Exception):
    """The delivery failed before any recipient was named, so the next mail would fail as well.

    `kind`: "later" may pass by itself; "login" and "refused" need a person to act.
    """

    def __init__(self, reason: str, kind: Literal["later", "login", "refused"] = "later") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


def said(code: int, answer: bytes | str) -> str:
    """Return a server's answer, cleaned for a terminal: "451 try again later"."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return clean(f"{code} {text}")[:_LONGEST]


def verdict_of(code: int, answer: bytes | str) -> Verdict:
    """Return the verdict by the first digit (RFC 5321 4.2.1): all but 2xx and 5xx is Deferred."""
    if 200 <= code < 300:
        return Accepted()
    return Refused(said(code, answer)) if 500 <= code < 600 else Deferred(said(code, answer))


_PREFIX = "notify:"


def service_name(url: str) -> str:
    """Return the name of an address in the outbox and in messages: "notify:slack:1f0e9a"."""
    service = service_of(url) or "unknown"
    return f"{_PREFIX}{service}:{hashlib.sha256(url.encode()).hexdigest()[:6]}"


def is_name(recipient: str) -> bool:
    return recipient.startswith(_PREFIX)


def notify(url: str, *, title: str, text: str) -> Verdict:
    """Raises Unreachable if Apprise is not installed."""
    try:
        import apprise
    except ImportError:
        raise Unreachable(
            "Apprise is not installed: pip install 'sigtrack[notify]'", "refused"
        ) from None
    service = apprise.Apprise()
    if not service.add(url):
        return Refused("Apprise does not know this kind of address")
    if service.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT):
        return Accepted()
    return Deferred("the service did not accept it")
