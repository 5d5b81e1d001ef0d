"""Chat services and webhooks through Apprise, an extra: pip install 'sigtrack[notify]'.

The address of a service contains its secret, so elsewhere a recipient is named by the service and a
hash.
"""

from __future__ import annotations

import hashlib

from sigtrack.deliver import Accepted, Deferred, Refused, Unreachable, Verdict
from sigtrack.text import service_of

_PREFIX = "notify:"


def name_of(url: str) -> str:
    """Return the name of an address in the outbox and in messages: "notify:slack:1f0e9a"."""
    service = service_of(url) or "unknown"
    return f"{_PREFIX}{service}:{hashlib.sha256(url.encode()).hexdigest()[:6]}"


def is_name(recipient: str) -> bool:
    return recipient.startswith(_PREFIX)


def send(url: str, *, title: str, text: str) -> Verdict:
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
