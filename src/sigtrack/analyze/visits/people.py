"""Persons of the gazetteer whom a sentence names, with the rank that they have that day.

Of several with one name it is the one in office, from a country that the item names. A family name
that goes on with a name we do not know is a stranger's, and a person whose wife, aide or letter is
spoken of does not travel himself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.incumbents import Holders, is_held, rank_of
from sigtrack.analyze.visits.lexicon import Token
from sigtrack.model import Actor, Rank
from sigtrack.text.scripts import classes_of

_FOLLOWING = ("act", "title", "country", "place", "nobody", "person")


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody whom a sentence names.

    `country` is "" where the text does not tell it; `rank` is None for people whose journeys are
    not looked for. `sure` is False for a family name that many bear; `former` is who held an
    office once, and travels for himself unless the host's own leaders see him.
    """

    start: int
    end: int
    country: str
    rank: Rank | None
    name: str = ""
    actor: str = ""
    sure: bool = True
    former: bool = False

    @property
    def travels(self) -> bool:
        return self.rank is not None and self.country != ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an item as a whole says: its language, its day, the countries it names."""

    lang: str
    day: date | None
    countries: frozenset[str]
    holders: Holders


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One meaning of a name."""

    actor: Actor
    rank: Rank
    over: bool
    bare: bool

    def unlikeness(self, setting: Setting) -> tuple[bool, bool, int, bool]:
        is_head = any(tenure.office == "head-of-state" for tenure in self.actor.tenures)
        elsewhere = self.actor.country not in setting.countries
        return self.over, elsewhere, list(Rank).index(self.rank), not is_head


def people_of(text: str, tokens: Sequence[Token], setting: Setting) -> list[Agent]:
    by_span: dict[tuple[int, int], list[Token]] = {}
    for token in tokens:
        if token.kind == "person":
            by_span.setdefault((token.start, token.end), []).append(token)
    found = (_person(text, tokens, named, setting) for named in by_span.values())
    return [person for person in found if person is not None]


def _person(
    text: str, tokens: Sequence[Token], named: Sequence[Token], setting: Setting
) -> Agent | None:
    """None where the letters are no name at all."""
    start, end = named[0].start, named[0].end
    candidates = [one for token in named if (one := _candidate(token, setting.day)) is not None]
    if not candidates:
        return Agent(start, end, "", None)
    if all(one.bare for one in candidates):
        if not _stands_as_name(text, start, end):
            return None
        if _is_a_strangers(text, tokens, end):
            return Agent(start, end, "", None)
    best = min(candidates, key=lambda one: one.unlikeness(setting))
    name, country = best.actor.name, best.actor.country or ""
    rank = best.rank if _is_meant(text, start, end, best, setting.day) else None
    former = best.over and not _still_serves(best.actor, setting.day)
    return Agent(start, end, country, rank, name, best.actor.id, not best.bare, former)


def _candidate(token: Token, day: date | None) -> _Candidate | None:
    rank, over = rank_of(token.value, day)
    return None if rank is None else _Candidate(token.value, rank, over, token.bare)


def _is_meant(text: str, start: int, end: int, one: _Candidate, day: date | None) -> bool:
    """The person himself, in office or called former; the pope travels to the faithful."""
    if one.actor.country == "VA" or clues.NOT_THEMSELVES.match(text, end):
        return False
    former = clues.FORMERLY.search(text, max(0, start - 8), start)
    return not one.over or bool(former) or _still_serves(one.actor, day)


def _still_serves(actor: Actor, day: date | None) -> bool:
    """A former leader with another office today (Medvedev)."""
    return day is None or any(t.office == "official" and is_held(t, day) for t in actor.tenures)


def _stands_as_name(text: str, start: int, end: int) -> bool:
    """One Han character is a family name only where other letters are around (李, 오늘)."""
    if end - start > 1 or text[start].isascii():
        return True
    around = classes_of(text[max(0, start - 1) : start] + text[end : end + 1])
    return "c" not in around and "k" not in around


def _is_a_strangers(text: str, tokens: Sequence[Token], end: int) -> bool:
    """Kim Yong Nam Meets …"""
    if clues.GIVEN_NAME.match(text, end) is None:
        return False
    return not any(t.start == end + 1 and t.kind in _FOLLOWING for t in tokens)
