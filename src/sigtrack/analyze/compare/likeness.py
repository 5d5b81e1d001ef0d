"""How alike the sentences of two statements are: the weight of what they share.

This is Dice's coefficient of their units. A unit weighs more if fewer sentences of both texts have
it. An object that both sentences name counts in addition to its words, and so does, a little, what
is said about it: of two sentences about one thing, the one in the same role is nearer. Weights are
whole numbers, so that sums do not depend on the order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from math import log

from sigtrack.analyze.compare.objects import Objects
from sigtrack.analyze.compare.reading import FORMAL, Reading

# Below it two sentences are about different things. Long sentences share more by chance: among
# pairs of the leaders' texts of 2021 to 2025 that were read, most pairs under 0.35 were wrong; and
# so were those under 0.5 if only one sentence blames, or if they name different countries.
_LEAST, _LEAST_OF_LONG, _LEAST_OF_OTHERS = 0.28, 0.35, 0.5
_LEAST_BETWEEN = 0.2  # for the only two sentences left between neighbours that stayed
_LONG = 14  # units
_LEAST_FORMAL = 0.15  # for courtesies (a toast for a banquet), and for who met where
# For two that are not each other's nearest but name one object, by weight of the object.
_LEAST_SHARED = (1.0, 0.4, 0.3, 0.2)
_NAMED = 0.8  # weight of an object that both name, relative to an equally rare word
_SAID = 0.35  # weight of a word of saying, relative to a word of the object
_PLACE = 0.04  # for the same place in the text, if sentences are otherwise equally alike
_MOST = 60  # sentences of a side with a unit; more frequent units find no pairs

Pair = tuple[int, int]


class Likeness:
    """Likeness between the sentences of two statements. `parties` are the countries that speak."""

    def __init__(
        self,
        old: Sequence[Reading],
        new: Sequence[Reading],
        parties: frozenset[str],
        objects: Objects,
        pulse: Callable[[], None],
    ) -> None:
        self._pulse = pulse
        self._old, self._new, self._parties, self._objects = old, new, parties, objects
        self._weights = _weights([one.units | one.said for one in (*old, *new)])
        self._names = _weights([one.objects for one in (*old, *new)], _NAMED)
        self._totals = [[_total(one, self._weights) for one in side] for side in (old, new)]

    def likely(self, paired: Mapping[int, int]) -> dict[Pair, float]:
        """Return all pairs that may be one sentence: 0 to 1, and a little more for the same place.

        Sentences that are already `paired` (old to new) are left out, but they count for word
        weights.
        """
        found: dict[Pair, float] = {}
        for i, j in _candidates(self._old, self._new, paired):
            alike = self._of(i, j)
            if alike and alike >= self._least(self._old[i], self._new[j]):
                away = abs((i + 0.5) / len(self._old) - (j + 0.5) / len(self._new))
                found[i, j] = min(alike, 1.0) + _PLACE * (1 - away)
        return found

    def between(self, paired: Mapping[int, int], staying: Collection[Pair]) -> dict[Pair, float]:
        """Return pairs of single unpaired sentences between neighbours that did not move."""
        gone = set(paired.values())
        ends = [(-1, -1), *sorted(staying), (len(self._old), len(self._new))]
        found: dict[Pair, float] = {}
        for (i, j), (next_i, next_j) in pairwise(ends):
            left = [one for one in range(i + 1, next_i) if one not in paired]
            come = [one for one in range(j + 1, next_j) if one not in gone]
            if len(left) == len(come) == 1:
                alike = self._of(left[0], come[0])
                if alike >= _LEAST_BETWEEN:
                    found[left[0], come[0]] = alike
        return found

    def on_one_object(self, same: Mapping[int, int]) -> dict[Pair, float]:
        """Return all pairs that name one object, without those in `same`."""
        kept = set(same.values())
        found: dict[Pair, float] = {}
        named = [[self._objects.of(one) for one in side] for side in (self._old, self._new)]
        for i, j in _candidates(self._old, self._new, {}):
            objects = named[0][i] & named[1][j]
            if objects and i not in same and j not in kept:
                alike = self._of(i, j)
                if alike >= _LEAST_SHARED[self._objects.level(objects)]:
                    found[i, j] = alike
        return found

    def _of(self, i: int, j: int) -> float:
        """Return Dice's coefficient. What is said counts only if the object is shared."""
        self._pulse()
        old, new = self._old[i], self._new[j]
        shared = _sum(old.units & new.units, self._weights)
        if not shared or old.is_heading != new.is_heading:
            return 0.0
        shared += int(_SAID * _sum(old.said & new.said, self._weights))
        named = _sum(old.objects & new.objects, self._names)
        return 2 * (shared + named) / (self._totals[0][i] + self._totals[1][j] + 2 * named)

    def _least(self, one: Reading, other: Reading) -> float:
        if FORMAL & one.units & other.units:
            return _LEAST_FORMAL
        named = [each.countries - self._parties for each in (one, other)]
        is_of_others = all(named) and not named[0] & named[1]
        most = _LEAST_OF_OTHERS if is_of_others or one.blames != other.blames else _LEAST_OF_LONG
        length = min(len(one.units), len(other.units), _LONG)
        return _LEAST + (most - _LEAST) * length / _LONG


def _candidates(
    old: Sequence[Reading], new: Sequence[Reading], paired: Mapping[int, int]
) -> set[Pair]:
    """Return pairs that share a unit which is not in too many sentences."""
    holding: dict[str, list[int]] = defaultdict(list)
    gone = set(paired.values())
    for j, one in enumerate(new):
        for unit in one.units if j not in gone else ():
            holding[unit].append(j)
    return {
        (i, j)
        for i, one in enumerate(old)
        if i not in paired
        for unit in one.units
        if len(holding.get(unit, ())) <= _MOST
        for j in holding.get(unit, ())
    }


def _weights(sentences: Sequence[Collection[str]], factor: float = 1.0) -> Mapping[str, int]:
    seen = Counter(unit for one in sentences for unit in one)
    return {
        unit: round(1000 * factor * (0.4 + log(1 + len(sentences) / count)))
        for unit, count in seen.items()
    }


def _total(one: Reading, weights: Mapping[str, int]) -> int:
    return _sum(one.units, weights) + int(_SAID * _sum(one.said, weights))


def _sum(units: Iterable[str], weights: Mapping[str, int]) -> int:
    return sum(weights[unit] for unit in units)
