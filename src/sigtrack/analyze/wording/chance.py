"""How sure it is that a share has changed: an exact test on counts that compares like with like.

Each publisher is a table of its own (stories with and without a phrase, now and before), so a
newspaper that is read only since last week changes nothing. Under the null hypothesis the uses of
each table are spread by chance over the two times, in a hypergeometric distribution. Over all
publishers, the uses of now are the sum of such numbers (the exact test for stratified 2 by 2
tables: Mantel and Haenszel 1959, Mehta, Patel and Gray 1985). With one publisher this is Fisher's
exact test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import erfc, exp, lgamma, sqrt
from typing import NamedTuple

SURE = 0.05  # chance explains one change in twenty
PERHAPS = 0.2
_WORDS = ((0.001, "sure"), (0.01, "very likely"), (SURE, "likely"), (PERHAPS, "perhaps"))
_EXACT = 300  # up to this many uses, all ways to spread them are counted
_ALIKE = 1 + 1e-7  # two ways that are equally likely, apart from rounding


class Counts(NamedTuple):
    """Counts of one publisher: stories with the phrase, and all stories."""

    now: int
    of_now: int
    before: int
    of_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How likely it is that a change is chance.

    `p`: how often chance alone gives a change as large or larger, up or down. `z`: the change in
    standard deviations, > 0 is a rise; 0 if nothing can be compared.
    """

    p: float = 1.0
    z: float = 0.0

    @property
    def words(self) -> str:
        return words_for(self.p)


def words_for(p: float) -> str:
    """Return in words how sure a change with this `p` is."""
    return next((words for most, words in _WORDS if p < most), "may be chance")


def chance_of(tables: Iterable[Counts]) -> Chance:
    """Test tables of publishers, without those that have no stories at a time or no uses."""
    useful = [one for one in tables if one.of_now and one.of_before and one.now + one.before]
    mean = sum(map(_mean, useful))
    variance = sum(map(_variance, useful))
    if variance <= 0:
        return Chance()
    seen = sum(one.now for one in useful)
    z = (seen - mean) / sqrt(variance)
    if sum(one.now + one.before for one in useful) > _EXACT:
        return Chance(p=erfc(abs(z) / sqrt(2)), z=z)
    ways = [1.0]
    first = 0
    for one in useful:
        least, more = _ways(one)
        ways, first = _sums(ways, more), first + least
    there = ways[seen - first]
    return Chance(p=min(1.0, sum(way for way in ways if way <= there * _ALIKE)), z=z)


def _mean(one: Counts) -> float:
    return (one.now + one.before) * one.of_now / (one.of_now + one.of_before)


def _variance(one: Counts) -> float:
    every, uses = one.of_now + one.of_before, one.now + one.before
    if every < 2:
        return 0.0
    return _mean(one) * (one.of_before / every) * (every - uses) / (every - 1)


def _ways(one: Counts) -> tuple[int, list[float]]:
    """Return the least number of uses of now, and the probability of it and each higher number."""
    uses = one.now + one.before
    least, most = max(0, uses - one.of_before), min(uses, one.of_now)
    every = _log_of(one.of_now + one.of_before, uses)
    return least, [
        exp(_log_of(one.of_now, n) + _log_of(one.of_before, uses - n) - every)
        for n in range(least, most + 1)
    ]


def _log_of(of: int, chosen: int) -> float:
    """Return the logarithm of the number of ways to choose `chosen` of `of`."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def _sums(one: list[float], other: list[float]) -> list[float]:
    """Return the distribution of the sum of two independent numbers."""
    sums = [0.0] * (len(one) + len(other) - 1)
    for n, a in enumerate(one):
        for m, b in enumerate(other):
            sums[n + m] += a * b
    return sums
