"""Pairs that are alike become stories, the most alike first.

Two groups become one if no item of one contradicts an item of the other, if all pairs across are
alike on the average, and if first and last are near enough. A pair without a likeness counts
nothing. Average linkage keeps a chain (a, b, c with a and c strangers) from becoming one story;
taking pairs in a fixed order makes the result a matter of the set alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

Pair = tuple[str, str]  # the smaller id first
LONGEST = timedelta(hours=48)
_ON_AVERAGE = 0.8  # of what makes a pair alike


def pair_of(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def clusters_of(
    moments: Mapping[str, datetime],
    alike: Mapping[Pair, float],
    apart: Iterable[Pair],
    *,
    enough: float,
) -> list[list[str]]:
    """Groups of two or more ids. `alike` has every pair that is at all alike; `apart` wins."""
    enemies: dict[str, set[str]] = {}
    for one, other in apart:
        enemies.setdefault(one, set()).add(other)
        enemies.setdefault(other, set()).add(one)
    groups = {id: [id] for id in moments}
    ways = sorted((pair for pair in alike if alike[pair] >= enough), key=lambda p: (-alike[p], p))
    for one, other in ways:
        mine, theirs = groups[one], groups[other]
        if mine is theirs or _is_too_long(mine, theirs, moments):
            continue
        if any(enemies.get(id, set()).intersection(theirs) for id in mine):
            continue
        across = sorted(alike.get(pair_of(a, b), 0.0) for a in mine for b in theirs)
        if sum(across) / len(across) >= enough * _ON_AVERAGE:
            mine.extend(theirs)
            groups.update(dict.fromkeys(theirs, mine))
    return [group for id, group in groups.items() if group[0] == id and len(group) > 1]


def _is_too_long(
    mine: Iterable[str], theirs: Iterable[str], moments: Mapping[str, datetime]
) -> bool:
    times = [moments[id] for group in (mine, theirs) for id in group]
    return max(times) - min(times) > LONGEST
