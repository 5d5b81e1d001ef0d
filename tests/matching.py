"""Watchlists, items and words in one line each, for tests of what is matched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sigtrack.lexicon import words_of
from sigtrack.match import Matcher
from sigtrack.model import Actor, Hit, Item, Signal, Term, Watchlist
from sigtrack.watch.terms import parse_term


def terms(*spellings: str) -> tuple[Term, ...]:
    parsed = tuple(map(parse_term, spellings))
    assert all(isinstance(term, Term) for term in parsed), parsed
    return parsed  # type: ignore[return-value]


def signal(*any_: str, all_: Iterable[Iterable[str]] = (), **keys: Any) -> Signal:
    for key in ("ignore", "none", "unless"):
        keys[key] = terms(*keys.get(key, ()))
    groups = tuple(terms(*group) for group in all_)
    return Signal(**{"id": "s", "any": terms(*any_), "all": groups, **keys})


def words_in_line(line: str) -> set[str]:
    """What a line of a data file may stand for, Chinese in either spelling."""
    text = line.partition(" = ")[2] or line
    parts = (text.strip(" ,'\""), *re.findall('"([^"]*)"', text))
    return {word for part in parts for word in words_of(part, is_chinese=True)}


def item(title: str = "", **keys: Any) -> Item:
    return Item(**{"feed": "f", "uid": "u", "title": title, **keys})


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def matcher(*signals: Signal, actors: Mapping[str, Actor] | None = None, **keys: Any) -> Matcher:
    return Matcher([Watchlist(id="w", signals=signals)], actors or {}, **keys)


def hit(what: Signal, where: Item, actors: Mapping[str, Actor] | None = None) -> Hit | None:
    found = matcher(what, actors=actors).hits(where)
    return found[0] if found else None


def words(found: Hit | None, where: Item) -> list[str]:
    """The publisher's letters under the spans of a hit."""
    return [getattr(where, s.field)[s.start : s.end] for s in found.spans] if found else []


def seen(term: str, title: str, **keys: Any) -> list[str]:
    """What a term marks in a title."""
    where = item(title, **keys)
    return words(hit(signal(term), where), where)
