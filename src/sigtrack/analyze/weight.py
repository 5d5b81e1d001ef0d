"""The weight of a story, and which few stories a reader should see first.

A weight is a sum of a few parts in whole points, so that each part can be said in words: what the
watchlists ask for, who is named, how widely the story is told. The points are round numbers chosen
by hand and then tested: each part was taken out alone on days of real headlines (see DESIGN.md),
and parts that changed nothing were removed.

One event often makes several stories: a launch, a reaction to it, an account on the day after. So
the first lines are chosen one after another, and a story loses points for each subject that lines
above it already cover. What is left is light if it has few points, or hardly more to tell than the
first lines.

Pure: takes what is known of stories, returns points and places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sigtrack.frozen import frozen
from sigtrack.model import Priority, Rank
from sigtrack.speech import ENGLISH, Messages, message

FRONT = 7  # lines that a reader takes in at one glance
_PRIORITY = {Priority.LOW: 0, Priority.NORMAL: 2, Priority.HIGH: 4, Priority.URGENT: 6}
_RANK = {Rank.LEADER: 2, Rank.MINISTER: 1, Rank.ENVOY: 1}
_MOST_LISTS = 3  # watchlists that count, beyond the first
_MOST_GOVERNMENTS = _MOST_AT_HOME = 2
_DOUBLED = 2  # points for each doubling of the number of publishers
_AT_HOME = 2  # for each country
_OFFICIAL = 1
_EXPECTED = 2
_COMMENT = _BUSINESS = -2
_ALIKE = 2.5  # points that a story loses for each line above that covers all its subjects
_ALIKE_BELOW = 1.25  # the same below the first lines
_LIGHT = 5  # a light story has less than this part of the points of the heaviest
_LEAST = 3.5  # or less than this on a day without a heavy one
_REPEATED, _LIGHTER = 0.9, 2 / 3  # of its subjects by one line, and of the points of that line


@frozen
class Traits:
    """What is known of a story.

    `priority` is the priority of its best hit, `watchlists` the number of watchlists that hit it.
    `rank` is the highest rank of the people in office who are named, None if nobody is named.
    `governments` is the number of governments of which somebody or something is named, `at_home`
    the number of named countries that the reader's desk watches. `items` counts the items that a
    watchlist hits; `publishers` and `languages` count all items of the story. Each is at least 1.
    `official`: one of the publishers is a government or a body of governments. `expected`: a
    watchlist expects it. `comment`: its title opens like a comment or a round-up. `business`: it is
    about a company or a market. `subjects` are what the story is about, for `heaviest`.
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


@frozen
class WeightPart:
    """Some points of a weight, and the reason for them."""

    points: int
    what: str


def parts_of(traits: Traits, messages: Messages = ENGLISH) -> tuple[WeightPart, ...]:
    """Return the parts of a story's weight. Parts without points are left out."""
    return tuple(part for part in _parts(traits, messages) if part.points)


def weight_of(parts: Sequence[WeightPart]) -> int:
    return sum(part.points for part in parts)


def _parts(traits: Traits, messages: Messages) -> Iterator[WeightPart]:
    say = messages.say
    yield WeightPart(points=_PRIORITY[traits.priority], what=say(_SIGNAL[traits.priority]))
    lists = min(traits.watchlists - 1, _MOST_LISTS)
    yield WeightPart(points=lists, what=say("hit by {n} watchlists", n=traits.watchlists))
    if traits.rank:
        yield WeightPart(points=_RANK[traits.rank], what=say(_IN_OFFICE[traits.rank]))
    governments = min(traits.governments, _MOST_GOVERNMENTS)
    yield WeightPart(points=governments, what=say(_GOVERNMENTS[governments]))
    at_home = min(traits.at_home, _MOST_AT_HOME)
    yield WeightPart(points=_AT_HOME * at_home, what=say(_DESK[at_home]))
    yield WeightPart(points=_telling(traits), what=_told(traits, messages))
    yield WeightPart(points=_OFFICIAL * traits.official, what=say("an official publisher tells it"))
    yield WeightPart(points=_EXPECTED * traits.expected, what=say("a watchlist expects it"))
    yield WeightPart(points=_COMMENT * traits.comment, what=say("a comment or a round-up"))
    business = traits.business and not traits.rank  # a minister's tariff moves markets as well
    yield WeightPart(points=_BUSINESS * business, what=say("about a company or a market"))


def _telling(traits: Traits) -> int:
    doubled = _DOUBLED * math.log2(traits.publishers) + math.log2(traits.items)
    return round(doubled) + traits.languages - 1


_SIGNAL = {
    Priority.LOW: message("a signal of low priority"),
    Priority.NORMAL: message("a signal of normal priority"),
    Priority.HIGH: message("a signal of high priority"),
    Priority.URGENT: message("a signal of urgent priority"),
}
_IN_OFFICE = {
    Rank.LEADER: message("a leader in office is named"),
    Rank.MINISTER: message("a minister in office is named"),
    Rank.ENVOY: message("an envoy in office is named"),
}
_GOVERNMENTS = (
    message("no government is named"),
    message("one government is named"),
    message("two governments are named"),
)
_DESK = (
    message("no country of your desk is named"),
    message("a country of your desk is named"),
    message("two countries of your desk are named"),
)


def _told(traits: Traits, messages: Messages) -> str:
    """ "told by 1 publisher", "told 12 times by 5 publishers in 2 languages"."""
    publishers = messages.plural("{n} publisher", "{n} publishers", traits.publishers)
    by = in_languages(publishers, traits.languages, messages)
    if traits.items <= traits.publishers:
        return messages.say("told by {publishers}", publishers=by)
    return messages.say("told {n} times by {publishers}", n=f"{traits.items:,}", publishers=by)


def in_languages(publishers: str, languages: int, messages: Messages) -> str:
    """Add to publishers in how many languages they tell a story, if in more than one."""
    if languages < 2:
        return publishers
    return messages.say("{publishers} in {n} languages", publishers=publishers, n=languages)


def heaviest(stories: Sequence[tuple[int, frozenset[str]]], most: int = FRONT) -> tuple[int, ...]:
    """Return the places in `stories` of the stories to show first, best first, at most `most`.

    `stories` are pairs of weight and subjects. Of equal stories the first is chosen.
    """
    left = dict.fromkeys(range(len(stories)), 0.0)  # how much of each is covered already
    chosen: list[int] = []
    while left and len(chosen) < most:
        place = max(left, key=lambda one: stories[one][0] - _ALIKE * left[one])
        chosen.append(place)
        del left[place]
        for one in left:
            left[one] += _share(stories[one][1], stories[place][1])
    return tuple(chosen)


def light_below(
    stories: Sequence[tuple[int, frozenset[str]]], first: Sequence[int]
) -> frozenset[int]:
    """Return the places of the stories that a reader of the first lines can do without.

    `stories` are pairs of weight and subjects, `first` the places of the first lines, best first.
    Light are asides and most repeats of the first lines: what is left of their weight, without
    what these lines cover, is less than a fifth of the heaviest, or little on any day; or one line
    covers nearly all their subjects and weighs clearly more.
    """
    if not first:
        return frozenset()
    above = [stories[place] for place in first]
    least = max(_LEAST, above[0][0] / _LIGHT)

    def is_light(weight: int, subjects: frozenset[str]) -> bool:
        covered = [(_share(subjects, other), points) for points, other in above]
        return weight - _ALIKE_BELOW * sum(share for share, _ in covered) < least or any(
            share >= _REPEATED and weight <= _LIGHTER * points for share, points in covered
        )

    others = set(range(len(stories))).difference(first)
    return frozenset(place for place in others if is_light(*stories[place]))


def _share(subjects: frozenset[str], above: frozenset[str]) -> float:
    """Return the share of a story's subjects that another story has as well."""
    return len(subjects & above) / len(subjects) if subjects else 0.0
