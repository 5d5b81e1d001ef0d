"""How alike the sentences of two statements are: the weight of what they share.

Dice's coefficient of their units, a unit weighing more the fewer sentences of both texts have it;
what is said of the object counts a little, so that of two sentences about one thing the one in the
same role is nearer. Weights are whole numbers: sums do not depend on the order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

from sigtrack.analyze.compare.reading import FORMAL, Reading

# Below it two sentences are about different things. Long ones share more by chance: of pairs of
# the leaders' texts of 2021 to 2025 that were read, those under 0.35 were mostly wrong.
_LEAST, _LEAST_OF_LONG = 0.28, 0.35
_LONG = 14  # units
_LEAST_FORMAL = 0.15  # and of courtesies, a toast for a banquet; or of who met where
_SAID = 0.35  # what a word of saying weighs against one of the object
_PLACE = 0.04  # for the same place in the text, between sentences that are else alike
_MOST = 60  # sentences of a side that share a unit before it brings none together

Pair = tuple[int, int]


def likenesses(
    old: Sequence[Reading], new: Sequence[Reading], paired: Mapping[int, int]
) -> dict[Pair, float]:
    """Of all pairs that may be one sentence: 0 to 1, and a little for the same place.

    Sentences that are `paired` already (old to new) are left out, but weigh words.
    """
    weights = _weights([*old, *new])
    totals = [[_total(one, weights) for one in side] for side in (old, new)]
    found: dict[Pair, float] = {}
    for i, j in _candidates(old, new, paired):
        shared = _sum(old[i].units & new[j].units, weights)
        if not shared:
            continue
        shared += int(_SAID * _sum(old[i].said & new[j].said, weights))
        alike = 2 * shared / (totals[0][i] + totals[1][j])
        if alike >= _least(old[i], new[j]):
            away = abs((i + 0.5) / len(old) - (j + 0.5) / len(new))
            found[i, j] = min(alike, 1.0) + _PLACE * (1 - away)
    return found


def _least(one: Reading, other: Reading) -> float:
    if FORMAL & one.units & other.units:
        return _LEAST_FORMAL
    length = min(len(one.units), len(other.units), _LONG)
    return _LEAST + (_LEAST_OF_LONG - _LEAST) * length / _LONG


def _candidates(
    old: Sequence[Reading], new: Sequence[Reading], paired: Mapping[int, int]
) -> set[Pair]:
    """Pairs that share a unit which is not in every sentence."""
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


def _weights(readings: Sequence[Reading]) -> Mapping[str, int]:
    seen = Counter(unit for one in readings for unit in one.units | one.said)
    return {
        unit: round(1000 * (0.4 + log(1 + len(readings) / count))) for unit, count in seen.items()
    }


def _total(one: Reading, weights: Mapping[str, int]) -> int:
    return _sum(one.units, weights) + int(_SAID * _sum(one.said, weights))


def _sum(units: Iterable[str], weights: Mapping[str, int]) -> int:
    return sum(weights[unit] for unit in units)
