"""The user's proxies, read from the environment as other programs do.

The user chose the proxy, so it may have any address. Behind a proxy only literal IP addresses can
be judged; the proxy itself looks names up.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from sigtrack.errors import Misconfigured
from sigtrack.fetch.guard import literal
from sigtrack.model import Problem
from sigtrack.text import clean, mask_proxy, proxy_address


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
