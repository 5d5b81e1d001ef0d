"""How much a story weighs, and which few stories a reader must see first.

A weight is a sum of few parts in whole points, so that each of them can be said in words: what the
watchlists ask, who is named, how widely it is told. Points were chosen by hand as round numbers and
then tried: each part was taken out alone on days of real headlines (see DESIGN.md); what changed
nothing there is no part.

One event is often several stories: a launch, a reaction to it, an account of the day after. So the
first lines are chosen one by one, and a story gives way to others by as much of what it is about as
stands there already.

Pure: takes what is known of stories, returns points and places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sigtrack.model import Priority, Rank

FRONT = 7  # lines that are read at one glance
_PRIORITY = {Priority.LOW: 0, Priority.NORMAL: 2, Priority.HIGH: 4, Priority.URGENT: 6}
_RANK = {Rank.LEADER: 2, Rank.MINISTER: 1, Rank.ENVOY: 1}
_MOST_LISTS = 3  # beyond the first
_MOST_GOVERNMENTS = _MOST_AT_HOME = 2
_DOUBLED = 2  # points, each time that twice as many publishers tell it
_AT_HOME = 2  # for each country
_OFFICIAL = 1
_EXPECTED = 2
_COMMENT = _BUSINESS = -2
_ALIKE = 2.5  # points that a story loses for each line above that tells all it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of a story.

    `priority` is that of its best hit, `watchlists` how many hit it. `rank` is the highest of those
    who are named and in office, None if nobody is; `governments` are those for whom somebody or
    something is named. `at_home` is how many countries are named that the reader's desk watches.
    `items` are those that a watchlist hits; `publishers` and `languages` count all that tell it;
    each is at least 1. `official`: a government or a body of governments is among the publishers.
    `expected`: it is what a watchlist waits for. `comment`: it opens as a comment or a round-up
    does; `business`: it is about a company or a market. `subjects` are what it is about, for
    `heaviest`.
    """

    priority: Priority
    watchlists: int = 1
    rank: Rank | None = None
    governments: int = 0
    at_home: int = 0
    items: int = 1
    publishers: int = 1
    languages: int = 1
    official: bool = False
    expected: bool = False
    comment: bool = False
    business: bool = False
    subjects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some points of a weight, and for what."""

    points: int
    what: str


def parts_of(traits: Traits) -> tuple[Part, ...]:
    """What a story weighs, part by part; parts without points are left out."""
    return tuple(part for part in _parts(traits) if part.points)


def weight_of(parts: Sequence[Part]) -> int:
    return sum(part.points for part in parts)


def _parts(traits: Traits) -> Iterator[Part]:
    yield Part(points=_PRIORITY[traits.priority], what=f"a signal of {traits.priority} priority")
    lists = min(traits.watchlists - 1, _MOST_LISTS)
    yield Part(points=lists, what=f"hit by {traits.watchlists} watchlists")
    if traits.rank:
        yield Part(points=_RANK[traits.rank], what=f"{_ARTICLE[traits.rank]} in office is named")
    governments = min(traits.governments, _MOST_GOVERNMENTS)
    yield Part(points=governments, what=_GOVERNMENTS[governments])
    at_home = min(traits.at_home, _MOST_AT_HOME)
    yield Part(points=_AT_HOME * at_home, what=_DESK[at_home])
    yield Part(points=_telling(traits), what=f"told {_times(traits)}")
    yield Part(points=_OFFICIAL * traits.official, what="an official publisher tells it")
    yield Part(points=_EXPECTED * traits.expected, what="a watchlist expects it")
    yield Part(points=_COMMENT * traits.comment, what="a comment or a round-up")
    business = traits.business and not traits.rank  # a minister's tariff moves markets, too
    yield Part(points=_BUSINESS * business, what="about a company or a market")


def _telling(traits: Traits) -> int:
    doubled = _DOUBLED * math.log2(traits.publishers) + math.log2(traits.items)
    return round(doubled) + traits.languages - 1


_ARTICLE = {Rank.LEADER: "a leader", Rank.MINISTER: "a minister", Rank.ENVOY: "an envoy"}
_GOVERNMENTS = ("no government is named", "one government is named", "two governments are named")
_DESK = (
    "no country of your desk is named",
    "a country of your desk is named",
    "two countries of your desk are named",
)


def _times(traits: Traits) -> str:
    by = f"by {told_by(traits.publishers, traits.languages)}"
    return f"{traits.items:,} times {by}" if traits.items > traits.publishers else by


def told_by(publishers: int, languages: int) -> str:
    """ "1 publisher", "5 publishers", "5 publishers in 2 languages"."""
    told = f"{publishers:,} publisher{'' if publishers == 1 else 's'}"
    return f"{told} in {languages} languages" if languages > 1 else told


def heaviest(stories: Sequence[tuple[int, frozenset[str]]], most: int = FRONT) -> tuple[int, ...]:
    """The places in `stories` of those to be shown first, in that order; each place once.

    `stories` are weights and subjects. Of equals the first is taken.
    """
    left = dict.fromkeys(range(len(stories)), 0.0)  # how much of each stands above already
    chosen: list[int] = []
    while left and len(chosen) < most:
        place = max(left, key=lambda one: stories[one][0] - _ALIKE * left[one])
        chosen.append(place)
        del left[place]
        for one in left:
            left[one] += _share(stories[one][1], stories[place][1])
    return tuple(chosen)


def _share(subjects: frozenset[str], above: frozenset[str]) -> float:
    """How much of what a story is about another is about as well."""
    return len(subjects & above) / len(subjects) if subjects else 0.0
