"""The weight of a story, and which few stories a reader should see first.

A weight is a sum of a few parts in whole points, so that each part can be said in words: what the
watchlists ask for, who is named, how widely the story is told. The points are round numbers chosen
by hand and then tested: each part was taken out alone on days of real headlines (see DESIGN.md),
and parts that changed nothing were removed.

One event often makes several stories: a launch, a reaction to it, an account on the day after. So
the first lines are chosen one after another, and a story loses points for each subject that lines
above it already cover. On a thin day there are fewer of them. What is left is light if it has few
points, or hardly more to tell than the first lines.

Pure: takes what is known of stories, returns points and places.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from sigtrack.frozen import frozen
from sigtrack.model import Priority, Rank
from sigtrack.speech import ENGLISH, Messages, message

FRONT = 7  # lines that a reader takes in at one glance
_PRIORITY = {Priority.LOW: 0, Priority.NORMAL: 2, Priority.HIGH: 4, Priority.URGENT: 6}
_RANK = {Rank.LEADER: 2, Rank.SPEAKER: 1, Rank.MINISTER: 1, Rank.ENVOY: 1}
_MOST_LISTS = 3  # watchlists that count, beyond the first
_MOST_GOVERNMENTS = 2
_DOUBLED = 2  # points for each doubling of the number of publishers
_AT_HOME = 0, 2, 3  # for no country, one, and more
_OFFICIAL = 1
_EXPECTED = 2
_IDLE = -3
_COMMENT = -4
_BUSINESS = -3
_ALWAYS = 3  # first lines, however little they weigh
_FIRST, _OF_FIRST = 5.5, 0.75  # points of each further one, and that part of the middle one's
_ALIKE = 2.5  # points that a story loses for each line above that covers all its subjects
_ALIKE_BELOW = 1.25  # the same below the first lines
_LIGHT = 0.45  # a light story has less than this part of the points of a middle one of these lines
_LEAST, _ENOUGH = 4.5, 7.0  # but never less than the one, and never more than the other
_SIGNAL_TELLS, _JOURNEY_TELLS = 0.5, 2.5  # beside a name or a topic
_REPEATED = 0.5  # of what a story is about, by one line above
_TOLD_ABOVE = 1.5  # the same by all of the first lines, each counted alone
_COMPARED = 40  # lines above


@frozen
class Traits:
    """What is known of a story.

    `priority` is the priority of its best hit, `watchlists` the number of watchlists that hit it.
    `idle`: its headlines neither name an act nor quote somebody whom they name: what a leader
    wears, or what he may want, is not what he does.
    `rank` is the highest rank of the people in office who are named, None if nobody is named.
    `governments` is the number of governments of which somebody or something is named, `at_home`
    the number of named countries that the reader's desk watches. `items` counts the items that a
    watchlist hits; `publishers` and `languages` count all items of the story. Each is at least 1.
    `official`: one of the publishers is a government or a body of governments. `expected`: a
    watchlist expects it. `comment`: its title opens like a comment or a round-up. `business`: its
    headline is about a company or a market, and not about somebody in office: a minister's tariff
    moves markets as well. `subjects` are what the story is about, for `heaviest`.
    """

    priority: Priority
    idle: bool = False
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

    def is_aside(self, is_near: bool) -> bool:
        """Whether a reader can do without it, whatever it weighs: a comment, or what one publisher
        tells of countries far from the desk, unless a signal of high priority hits it. `is_near`:
        the heaviest stories name countries of the desk."""
        is_far = is_near and self.governments and not self.at_home
        is_small = self.publishers == 1 and self.priority.rank < Priority.HIGH.rank
        return self.comment or bool(is_far and is_small)


@frozen
class WeightPart:
    """Some points of a weight, and the reason for them."""

    points: int
    what: str


def parts_of(traits: Traits, messages: Messages = ENGLISH) -> tuple[WeightPart, ...]:
    """Return the parts of a story's weight. Parts without points are left out."""
    told = zip(_points(traits), _reasons(traits, messages), strict=True)
    return tuple(WeightPart(points=points, what=what) for points, what in told if points)


def weight_of(traits: Traits) -> int:
    """Return the sum of the parts of a story's weight."""
    return sum(_points(traits))


def _points(traits: Traits) -> tuple[int, ...]:
    """Return the points of each part, in the order of `_reasons`."""
    return (
        _PRIORITY[traits.priority],
        _IDLE * traits.idle,
        min(traits.watchlists - 1, _MOST_LISTS),
        _RANK[traits.rank] if traits.rank else 0,
        _governments(traits),
        _AT_HOME[_at_home(traits)],
        _telling(traits),
        _OFFICIAL * traits.official,
        _EXPECTED * traits.expected,
        _COMMENT * traits.comment,
        _BUSINESS * traits.business,
    )


def _reasons(traits: Traits, messages: Messages) -> tuple[str, ...]:
    say = messages.say
    return (
        say(_SIGNAL[traits.priority]),
        say("no headline names an act"),
        say("hit by {n} watchlists", n=traits.watchlists),
        say(_IN_OFFICE[traits.rank]) if traits.rank else "",
        say(_GOVERNMENTS[_governments(traits)]),
        say(_DESK[_at_home(traits)]),
        _told(traits, messages),
        say("an official publisher tells it"),
        say("a watchlist expects it"),
        say("a comment or a round-up"),
        say("about a company or a market"),
    )


def _governments(traits: Traits) -> int:
    return min(traits.governments, _MOST_GOVERNMENTS)


def _at_home(traits: Traits) -> int:
    return min(traits.at_home, len(_AT_HOME) - 1)


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
    Rank.SPEAKER: message("a speaker of parliament is named"),
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
            subjects, above = stories[one][1], stories[place][1]
            left[one] += len(subjects & above) / len(subjects) if subjects else 0.0
    return tuple(chosen)


def worth_first(
    stories: Sequence[Traits], chosen: Sequence[int], kept: Collection[int] = ()
) -> tuple[int, ...]:
    """Return those of the chosen first lines that a reader would not miss, always those `kept`.

    `chosen` are places in `stories`, best first. Left out is what one publisher tells if a line
    above names half of what it names. Below the first few lines asides are left out too, and what
    has few points: on a thin day that is hardly news. If even the middle line has few points, as
    with lists of signals that name nobody, the others need not have more.
    """
    named = [frozenset(one for one in traits.subjects if "/" not in one) for traits in stories]
    telling = _telling_of(named)
    weights = {place: weight_of(stories[place]) for place in chosen}
    middle = sorted(weights.values())[len(chosen) // 2] if chosen else 0
    least = min(_FIRST, middle, _OF_FIRST * middle)
    is_near = any(stories[place].at_home for place in chosen)
    shown: list[int] = []
    for line, place in enumerate(chosen):
        traits = stories[place]
        is_news = line < _ALWAYS or (weights[place] >= least and not traits.is_aside(is_near))
        whole = sum(telling[one] for one in named[place]) or 1.0
        covered = (sum(telling[one] for one in named[place] & named[above]) for above in shown)
        is_repeat = traits.publishers == 1 and max(covered, default=0.0) >= _REPEATED * whole
        if place in kept or (is_news and not is_repeat):
            shown.append(place)
    return tuple(shown)


def light_below(
    stories: Sequence[tuple[int, frozenset[str]]], first: Sequence[int]
) -> frozenset[int]:
    """Return the places of the stories that a reader of the first lines can do without.

    `stories` are pairs of weight and subjects, the heaviest first; `first` are the places of the
    first lines, best first. Light are asides and repeats. Of an aside little weight is left without
    what the first lines cover: little on any day, or beside the middle one of them. A repeat tells
    what one line above tells, the first or another, or what most of the first lines tell in part.
    Subjects of which few stories tell count for more, signals for half, who goes where for more: on
    the day of a summit everything is about the two leaders.
    """
    if not first:
        return frozenset()
    telling = _telling_of([subjects for _, subjects in stories])
    middle = sorted(stories[place][0] for place in first)[len(first) // 2]
    least = min(max(_LEAST, _LIGHT * middle), _ENOUGH)
    lines: dict[str, list[int]] = {}  # lines above, from 0, by subject
    above = 0
    light: set[int] = set()
    for place in (*first, *(place for place in range(len(stories)) if place not in first)):
        weight, subjects = stories[place]
        if above >= len(first):
            whole = sum(telling[one] for one in subjects)
            covered = [0.0] * above
            for one in subjects:
                for line in lines.get(one, ()):
                    covered[line] += telling[one] / whole
            often = sum(covered[: len(first)])
            is_repeat = often >= _TOLD_ABOVE or max(covered) >= _REPEATED
            if is_repeat or weight - _ALIKE_BELOW * often < least:
                light.add(place)
                continue
            if above >= _COMPARED:
                continue
        for one in subjects:
            lines.setdefault(one, []).append(above)
        above += 1
    return frozenset(light)


def _telling_of(stories: Sequence[frozenset[str]]) -> Mapping[str, float]:
    """Return what each subject tells of a story: more, the fewer stories have it, and most for who
    goes where."""
    seen = Counter(chain.from_iterable(stories))
    return {
        one: math.log2(1 + len(stories) / times)
        * (_SIGNAL_TELLS if "/" in one else _JOURNEY_TELLS if ">" in one else 1)
        for one, times in seen.items()
    }
