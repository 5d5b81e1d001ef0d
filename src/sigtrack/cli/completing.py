"""What the Tab key proposes: ids of watchlists, feeds, items and digests.

Each proposal comes with its title, which zsh and fish show. Whatever goes wrong here proposes
nothing: nobody wants a traceback in the line that they are typing.
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

    del proposals.__wrapped__  # the parser looks through it, and asks for what stands there
    return proposals


def _fitting(proposed: Proposals, incomplete: str) -> Proposals:
    return ((id, _harmless(title)) for id, title in proposed if id.startswith(incomplete))


def _harmless(title: str) -> str:
    """Shells evaluate what they are given here, and a headline is a stranger's."""
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
    """Feeds, also those that are no longer asked, and roles of feeds."""
    from sigtrack.app.catalogue import load_catalogue
    from sigtrack.model import Role

    yield from ((f"role:{role}", "") for role in Role)
    titles = {feed.id: feed.title for feed in load_catalogue(frame.settings).feeds}
    yield from titles.items()
    with frame.store("read") as store:
        yield from ((id, "") for id in store.sources() if id not in titles)


@_quietly
def items(frame: Frame) -> Proposals:
    """The latest, since ids of old ones are not typed."""
    from sigtrack.app.hits import ID_SHOWN
    from sigtrack.store import Query

    with frame.store("read") as store:
        for stored in store.items(Query(limit=_MOST)):
            yield stored.id[:ID_SHOWN], stored.item.title


@_quietly
def digests(frame: Frame) -> Proposals:
    yield from ((name, "") for name in frame.settings.digests)
