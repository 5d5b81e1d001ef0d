"""Completion by the Tab key: ids of watchlists, feeds, items and digests.

Each proposal has a title, which zsh and fish show. After any error there are no proposals, because
nobody wants a traceback in the line that they are typing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import wraps
from itertools import islice
from typing import TypeAlias

from sigtrack.cli.frame import Flags, Frame
from sigtrack.errors import SigtrackError

_MOST = 200
_TITLE = 60  # letters
_SIGNS = frozenset(" ,.?!-")

Proposals: TypeAlias = Iterator[tuple[str, str]]


def _quietly(propose: Callable[[Frame], Proposals]) -> Callable[[str], list[tuple[str, str]]]:
    @wraps(propose, assigned=("__name__", "__doc__"))
    def proposals(incomplete: str) -> list[tuple[str, str]]:
        found: Iterable[tuple[str, str]] = ()
        with suppress(SigtrackError, OSError):
            found = list(islice(_fitting(propose(Frame(Flags())), incomplete), _MOST))
        return list(found)

    del proposals.__wrapped__  # else typer unwraps it and asks for the original's parameters
    return proposals


def _fitting(proposed: Proposals, incomplete: str) -> Proposals:
    return ((id, _harmless(title)) for id, title in proposed if id.startswith(incomplete))


def _harmless(title: str) -> str:
    """Keep letters, digits and a few signs: shells evaluate proposals, and anyone writes
    headlines."""
    return "".join(c for c in title if c.isalnum() or c in _SIGNS)[:_TITLE]


@_quietly
def watchlists(frame: Frame) -> Proposals:
    from sigtrack.app.index import load_index

    yield from load_index(frame.settings).headings.watchlists.items()


@_quietly
def feeds(frame: Frame) -> Proposals:
    from sigtrack.app.catalogue import load_catalogue

    yield from ((feed.id, feed.title) for feed in load_catalogue(frame.settings).feeds)


@_quietly
def sources(frame: Frame) -> Proposals:
    """Roles, feeds of the catalogue, and feeds that only the database knows."""
    from sigtrack.app.catalogue import load_catalogue
    from sigtrack.model import Role

    yield from ((f"role:{role}", "") for role in Role)
    titles = {feed.id: feed.title for feed in load_catalogue(frame.settings).feeds}
    yield from titles.items()
    with frame.store("read") as store:
        yield from ((id, "") for id in store.sources() if id not in titles)


@_quietly
def items(frame: Frame) -> Proposals:
    """The latest items; nobody types ids of old ones."""
    from sigtrack.store import Query
    from sigtrack.views.hits import ID_SHOWN

    with frame.store("read") as store:
        for stored in store.items(Query(limit=_MOST)):
            yield stored.id[:ID_SHOWN], stored.item.title


@_quietly
def digests(frame: Frame) -> Proposals:
    yield from ((name, "") for name in frame.settings.digests)
