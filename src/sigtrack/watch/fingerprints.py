"""Fingerprints of everything that decides the hits of a watchlist.

The store asks "which items has this watchlist not seen?" by fingerprint. So it changes whenever the
rules, the gazetteer that they use, or the matcher change, and never when a comment, a title, an
example or the order of a list changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from sigtrack.lexicon.classes import WordClass
from sigtrack.model import Actor, Signal, Term
from sigtrack.model.rules import BYLINES, Terms


def fingerprint_of_rules(
    watchlist_id: str,
    signals: Iterable[Signal],
    *,
    gazetteer: str,
    matcher_version: str,
    classes: Mapping[str, WordClass],
) -> str:
    """Return 64 hex digits.

    `gazetteer` (see `fingerprint_of_actors`) counts only if the signals use actors. Of `classes`,
    only those that the signals name count.
    """
    signals = sorted(signals, key=lambda signal: signal.id)
    content = {
        "watchlist": watchlist_id,
        "signals": [_rules(signal) for signal in signals],
        "gazetteer": gazetteer if any(map(_names_actors, signals)) else "",
        "matcher": matcher_version,
        **_contents(signals, classes),
    }
    return _hash(content)


def fingerprint_of_actors(actors: Mapping[str, Actor]) -> str:
    """Return the fingerprint of a gazetteer, without meanings and check dates."""
    return _hash([_actor(actors[id]) for id in sorted(actors)])


def _rules(signal: Signal) -> dict[str, object]:
    return {
        "id": signal.id,
        "priority": signal.priority,
        "any": _spelled(signal.any),
        "all": sorted(_spelled(group) for group in signal.all),
        "none": _spelled(signal.none),
        "ignore": _spelled(signal.ignore),
        "unless": _spelled(signal.unless),
        "in": signal.scope,
        "min": [signal.min_hits, signal.min_actors],
        "sources": [sorted(signal.sources), sorted(signal.not_sources), sorted(signal.langs)],
        "days": [str(signal.since), str(signal.until)],
        **({"within": signal.actors_within} if signal.actors_within else {}),
        **_visit(signal),
        **_bylines(signal),
    }


def _visit(signal: Signal) -> dict[str, object]:
    """Return the visit, if any, so that watchlists without visits keep their fingerprints."""
    if signal.visit is None:
        return {}
    return {"visit": str(signal.visit.journey), "phase": sorted(signal.visit.phases)}


def _bylines(signal: Signal) -> dict[str, object]:
    """Return a mark if a term searches author or category.

    Before these fields existed, `author:kim` meant two words.
    """
    looks = any(term.field in BYLINES for term in _terms(signal))
    return {"bylines": True} if looks else {}


def _contents(
    signals: Iterable[Signal], classes: Mapping[str, WordClass]
) -> dict[str, dict[str, list[str]]]:
    """Return the words of each class.

    Empty without classes, so that such watchlists keep their fingerprints.
    """
    names = {one.name for signal in signals for term in _terms(signal) for one in term.classes()}
    words = {name: sorted(classes[name].words) for name in sorted(names) if name in classes}
    return {"classes": words} if words else {}


def _spelled(terms: Terms) -> list[str]:
    return sorted(map(str, terms))


def _names_actors(signal: Signal) -> bool:
    return (signal.min_actors > 0 or signal.visit is not None) or any(
        True for term in _terms(signal) for _ in term.references()
    )


def _terms(signal: Signal) -> Iterator[Term]:
    for terms in (signal.any, *signal.all, signal.none, signal.ignore, signal.unless):
        yield from terms


def _actor(actor: Actor) -> list[object]:
    tenures = [[one.office, str(one.since), str(one.until)] for one in actor.tenures]
    words = [sorted(some) for some in (actor.names, actor.metonyms, actor.bare, actor.masks)]
    return [actor.id, actor.kind, actor.country, *words, tenures]


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
