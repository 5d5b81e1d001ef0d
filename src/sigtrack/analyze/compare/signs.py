"""Signs that the second of two sentences about one object is harder or softer.

Each sign has a way and a weight. Signs are rungs of criticism and of opposition, demands and
promises, words of force and of hedging, sums, dates, and planned work. All are differences between
the two sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sigtrack.analyze.compare.reading import AGREED, Reading
from sigtrack.model import LadderStep

LEAD, MENTION, LEAVE = 3, 2, 1
BOTH_ONLY = "partnership"  # "alliance" alone is not a grade given to anybody
_OPPOSITION = "opposition"
_OF_FAULT = frozenset(("concern", _OPPOSITION, "denuclearization"))
_KEEPS, _GROWS = 1, 2


class Sign(NamedTuple):
    """A sign. `way`: 1 harder, -1 softer, 0 neither.

    `pull`: how much it counts if signs contradict each other. `leads`: the change has the highest
    weight, whatever the object is.
    """

    way: int
    weight: int
    pull: int = 1
    leads: bool = False


def steps(
    old: Reading | None, new: Reading | None, *, are_near: bool = True
) -> tuple[LadderStep, ...]:
    """Return all ladders on which the two sentences have different rungs.

    If the sentences only share their object, only the ladders of fault and of the object count,
    because the sentences agree on other things.
    """
    before, after = (one.rungs if one else {} for one in (old, new))
    return tuple(
        LadderStep(ladder=name, rung_before=before.get(name), rung_after=after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
        and (name != BOTH_ONLY or (name in before and name in after))
        and (are_near or name in _OF_FAULT)
    )


def force_signs(old: Reading, new: Reading) -> Iterator[Sign]:
    before, after = old.strongest("criticism"), new.strongest("criticism")
    blames = old.blames or new.blames
    if blames and before != after:
        is_step = min(before, after) > 0 and abs(after - before) > 1
        yield _by_steps(after - before)._replace(leads=is_step)
    before, after = old.rungs.get(_OPPOSITION, 0), new.rungs.get(_OPPOSITION, 0)
    if before and after and before != after:
        yield _by_steps(after - before)
    yield from _act_signs(old, new, blames)
    more = sum(_count(new, kind) - _count(old, kind) for kind in ("force", "utmost"))
    if more:
        yield Sign(way_of(more), MENTION)
    more = _exactness(old, new)
    if more:
        yield Sign(way_of(more), MENTION)
    if {_pace(old), _pace(new)} == {_KEEPS, _GROWS}:
        yield Sign(way_of(_pace(new) - _pace(old)), MENTION)
    more = new.has("condition") - old.has("condition")
    if more:
        yield Sign(more, LEAD)


def _exactness(old: Reading, new: Reading) -> int:
    """Return how much more exact the second is: sums, a date of a promise, fewer hedges."""
    more = _count(old, "hedge") - _count(new, "hedge")
    more += way_of(sum(new.amounts) - sum(old.amounts))
    if min(old.commitment, new.commitment) >= AGREED:
        more += new.has("date") - old.has("date")
    return more


def _pace(one: Reading) -> int:
    """Return whether something should grow or only be kept; 0 if neither is said."""
    if "grow" in one.values("same"):
        return _GROWS
    return _KEEPS if one.has("keep") else 0


def _count(one: Reading, kind: str) -> int:
    return len(one.clues.get(kind, ()))


def _act_signs(old: Reading, new: Reading, blames: bool) -> Iterator[Sign]:
    """Yield signs of demands on others and of own promises; one instead of the other is neutral."""
    asked, asks = old.strongest("demand"), new.strongest("demand")
    bound, binds = old.commitment, new.commitment
    asks_instead = bound >= AGREED and asks > 1 and not asked and not binds
    binds_instead = binds >= AGREED and asked > 1 and not asks and not bound
    if asks_instead or binds_instead:
        yield Sign(0, MENTION)
        return
    if asked != asks:
        yield _by_steps(asks - asked)
    if not blames and bound and binds and bound != binds:
        yield _by_steps(binds - bound)


def work_signs(old: Reading, new: Reading) -> Iterator[Sign]:
    """Yield a neutral sign if planned work comes or goes, and one for a date, which binds."""
    if new.has("programme") != old.has("programme"):
        yield Sign(0, MENTION)
    more = new.has("date") - old.has("date")
    if more:
        yield Sign(more, MENTION)


def _by_steps(difference: int) -> Sign:
    return Sign(way_of(difference), LEAD if abs(difference) > 1 else MENTION)


def way_of(difference: float) -> int:
    return (difference > 0) - (difference < 0)
