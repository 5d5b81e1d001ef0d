"""Joins pairs that are alike into stories, the most alike first.

Two groups are joined if their items are alike on average. The average is of log-odds (hundredths,
as `likeness` returns them): a pair without any likeness counts a little against it, and a
contradiction counts much. Items that are more than a day apart are not compared and do not count.
Each joining also has a fixed cost: two single headlines must be more alike than two groups, where
many pairs agree. So a chain of neighbours does not become one story, and one doubtful item does not
separate what many others join. A story is limited in time: first and last item must be near enough.

Likenesses are whole numbers, and of equal pairs the smaller ids come first, so the groups depend
only on the set of items.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

Pair = tuple[str, str]  # the smaller id first
WITHIN = timedelta(hours=24)  # only items this near are compared
LONGEST = timedelta(hours=48)
STRANGERS = -60  # what a pair counts that is not more alike than this
_APART = -400  # for a contradiction
_DOUBT = 90


def pair_of(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def clusters_of(
    moments: Mapping[str, datetime], alike: Mapping[Pair, int], apart: Iterable[Pair]
) -> list[list[str]]:
    """Return groups of two or more ids.

    `alike` has all pairs above STRANGERS. `apart` has contradictions, which override `alike`.
    """
    groups = _Groups(moments, {**alike, **dict.fromkeys(apart, _APART)})
    ways = [way for pair in alike if (way := groups.way(*pair)) and way[0] <= 0]
    heapify(ways)
    while ways:
        _, one, other, mine, theirs = heappop(ways)
        if groups.sizes(one, other) != (mine, theirs) or groups.is_too_long(one, other):
            continue  # one of the two has grown since, or is part of another group
        groups.join(one, other)
        for third in groups.neighbours(one):
            way = groups.way(*pair_of(one, third))
            if way[0] <= 0:
                heappush(ways, way)
    return [members for members in groups.members.values() if len(members) > 1]


_Way = tuple[float, str, str, int, int]  # minus the mean, two groups and their sizes


class _Groups:
    """Groups by the id that stands for them.

    For two groups, the sum over their pairs of likeness minus STRANGERS is kept.
    """

    def __init__(self, moments: Mapping[str, datetime], likes: Mapping[Pair, int]) -> None:
        self.members = {id: [id] for id in moments}
        self._moments = {id: [moment] for id, moment in moments.items()}  # each in order of time
        self._sums: dict[str, dict[str, int]] = {id: {} for id in moments}
        for (one, other), like in likes.items():
            self._sums[one][other] = self._sums[other][one] = like - STRANGERS

    def neighbours(self, one: str) -> Iterable[str]:
        return self._sums[one]

    def sizes(self, one: str, other: str) -> tuple[int, int]:
        return len(self.members.get(one, ())), len(self.members.get(other, ()))

    def way(self, one: str, other: str) -> _Way:
        mean = STRANGERS + (self._sums[one][other] - _DOUBT) / self._compared(one, other)
        return (-mean, one, other, *self.sizes(one, other))

    def _compared(self, one: str, other: str) -> int:
        """Return how many pairs are near enough to be compared."""
        few, many = sorted((self._moments[one], self._moments[other]), key=len)
        if self._length(one, other) <= WITHIN:
            return len(few) * len(many)
        return sum(
            bisect_right(many, moment + WITHIN) - bisect_left(many, moment - WITHIN)
            for moment in few
        )

    def is_too_long(self, one: str, other: str) -> bool:
        return self._length(one, other) > LONGEST

    def _length(self, one: str, other: str) -> timedelta:
        mine, theirs = self._moments[one], self._moments[other]
        return max(mine[-1], theirs[-1]) - min(mine[0], theirs[0])

    def join(self, one: str, other: str) -> None:
        """Make group `other` a part of group `one`."""
        self._moments[one] = sorted(self._moments[one] + self._moments.pop(other))
        self.members[one] += self.members.pop(other)
        for third, like in self._sums.pop(other).items():
            del self._sums[third][other]
            if third != one:
                together = self._sums[one].get(third, 0) + like
                self._sums[one][third] = self._sums[third][one] = together
