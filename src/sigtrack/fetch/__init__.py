"""Download the documents of feeds: politely, within bounds, and only from public addresses.

`policy` is the arithmetic (when to ask, what an outcome means). `client` asks one feed and `crawl`
asks many at once (`from sigtrack.fetch.crawl import crawl`). `pages` asks for linked pages, which
robots.txt may forbid. `files` reads a document from disk. Names are imported on first use, so a
program that only needs the arithmetic never loads the network code.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sigtrack.fetch.policy import (
    FetchPolicy,
    News,
    is_due,
    is_frozen,
    next_state,
    no_network,
    not_a_feed,
    resumed,
    state_of,
    tidings,
    validators,
)

if TYPE_CHECKING:
    from sigtrack.fetch.client import Client
    from sigtrack.fetch.files import read_feed_file
    from sigtrack.fetch.guard import Proxies, system_resolver

__all__ = [
    "Client",
    "FetchPolicy",
    "News",
    "Proxies",
    "is_due",
    "is_frozen",
    "next_state",
    "no_network",
    "not_a_feed",
    "read_feed_file",
    "resumed",
    "state_of",
    "system_resolver",
    "tidings",
    "validators",
]

_LATER = {
    "Client": "client",
    "Proxies": "guard",
    "read_feed_file": "files",
    "system_resolver": "guard",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
