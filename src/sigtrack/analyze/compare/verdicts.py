"""What a change is worth: harder or softer language, and how much of it.

Signs are collected, each with a direction and a weight, and taken together: the heaviest gives the
weight, the sum the direction. Everything is a difference of old and new, so that with the texts
changed round the same sentences are heavy, and what was softened is hardened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sigtrack.analyze.compare.reading import Reading
from sigtrack.analyze.compare.topics import COURTESY, LIGHT_TOPICS, SAYS_LITTLE
from sigtrack.model import Formulary, LadderStep
from sigtrack.model.statements import Direction

LEAD, MENTION, LEAVE = 3, 2, 1
_CONCERN = 3  # on the scale of criticism; below it nobody is blamed
_NAMED = 4  # rung of denuclearization on which the word itself is said
_MANY = 3  # signs of weight 2 that together are worth leading with
_OTHER_WORDS = 0.5  # likeness below which a rewording without a sign is worth a mention
# What an offer, a mood, or every text has: it comes and goes without being news by itself.
_OFFERS = frozenset(("dialogue-no-preconditions", "peaceful-coexistence-kr"))
_ROUTINE = frozenset(
    (
        *("multilateral-trading-system", "mutual-respect-winwin", "communication-channels"),
        *("agree-to-continue", "supply-chain-resilience", "asean-centrality", "trilateral-usjk"),
        *("trilateral-cjk", "economic-security", "emerging-tech", "future-oriented", "ironclad"),
        *("unsc-resolutions", "investment-pledge", "visit-level", "humanitarian-history"),
        *("shuttle-diplomacy", "new-phase", "golden-age-us-japan"),
    )
)
_BINDING = frozenset(("north-korea", "alliance", "taiwan", "order", "china", "trilateral"))
_BOTH_ONLY = frozenset(("partnership",))  # "alliance" alone is no grade given to anybody
_OPPOSITION = "opposition"


class Verdict(NamedTuple):
    direction: Direction | None
    weight: int


class _Sign(NamedTuple):
    """`way`: 1 harder, -1 softer, 0 neither."""

    way: int
    weight: int


class Judge:
    def __init__(self, formulary: Formulary) -> None:
        self._objects = [one.id for one in formulary.ladders if one.is_object]
        self._routine = _ROUTINE | {
            one.id for one in formulary.formulas if one.topic in SAYS_LITTLE
        }

    def reworded(self, old: Reading, new: Reading, topic: str, similarity: float) -> Verdict:
        if topic in LIGHT_TOPICS:
            return Verdict("neutral", LEAVE)
        signs = [*self._object_signs(old, new), *_force_signs(old, new)]
        signs += [*self._formula_signs(old, new), *_name_signs(old, new, topic)]
        if not signs:
            signs = list(_work_signs(old, new))
        if not signs:
            return Verdict("neutral", LEAVE if similarity >= _OTHER_WORDS else MENTION)
        return _together(signs)

    def alone(self, one: Reading, topic: str) -> Verdict:
        """Of a sentence that was added; for one that was dropped the direction is turned."""
        if topic in LIGHT_TOPICS:
            return Verdict(None if topic == COURTESY else "neutral", LEAVE)
        formulas = one.formulas - self._routine
        blames = one.strongest("criticism") >= _CONCERN
        is_weak = one.has("welcome") and one.strongest("commitment") <= MENTION
        if one.has("mood"):
            return Verdict("hardened" if one.has("claim") else "neutral", LEAD)
        if is_weak and blames:
            return Verdict("neutral", MENTION)
        if blames:
            is_usual = one.formulas & self._routine and not formulas
            return Verdict("hardened", MENTION if is_usual and topic == "trade" else LEAD)
        if one.has("offer") and not one.has("dispute") and not formulas - _OFFERS:
            return Verdict("softened", MENTION)
        if is_weak:
            return Verdict("hardened" if formulas else "neutral", MENTION)
        if formulas or self._binds(one) or one.has("dispute"):
            return Verdict("hardened", LEAD)
        if one.has("programme"):
            return Verdict("neutral", MENTION)
        if one.strongest("commitment") >= LEAD and topic in _BINDING:
            return Verdict("hardened", LEAD)
        return Verdict("neutral", MENTION if one.strongest("commitment") else LEAVE)

    def _binds(self, one: Reading) -> bool:
        demands = one.strongest("demand") > 1 or one.has("claim")
        return demands or one.rungs.get("denuclearization", 0) >= _NAMED

    def _object_signs(self, old: Reading, new: Reading) -> Iterator[_Sign]:
        for ladder in self._objects:
            before, after = old.rungs.get(ladder, 0), new.rungs.get(ladder, 0)
            if before == after or (ladder in _BOTH_ONLY and not (before and after)):
                continue
            named = min(before, after) > 0 or max(before, after) >= _NAMED
            yield _Sign(_way(after - before), LEAD if named else MENTION)

    def _formula_signs(self, old: Reading, new: Reading) -> Iterator[_Sign]:
        for formulas, way in ((old.formulas - new.formulas, -1), (new.formulas - old.formulas, 1)):
            for name in sorted(formulas - self._routine):
                is_offer = name in _OFFERS
                yield _Sign(-way if is_offer else way, MENTION if is_offer else LEAD)
        if old.has("mood") != new.has("mood"):
            yield _Sign(0, LEAD)


def turned(verdict: Verdict) -> Verdict:
    """For the change the other way round."""
    match verdict.direction:
        case "hardened":
            return Verdict("softened", verdict.weight)
        case "softened":
            return Verdict("hardened", verdict.weight)
    return verdict


def steps(old: Reading | None, new: Reading | None) -> tuple[LadderStep, ...]:
    """All ladders on which the two sentences stand on other rungs."""
    before, after = (one.rungs if one else {} for one in (old, new))
    return tuple(
        LadderStep(ladder=name, rung_before=before.get(name), rung_after=after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _force_signs(old: Reading, new: Reading) -> Iterator[_Sign]:
    before, after = old.strongest("criticism"), new.strongest("criticism")
    blames = max(before, after) >= _CONCERN
    if blames and before != after:
        yield _by_steps(after - before)
    before, after = old.rungs.get(_OPPOSITION, 0), new.rungs.get(_OPPOSITION, 0)
    if before and after and before != after:
        yield _by_steps(after - before)
    before, after = old.strongest("demand"), new.strongest("demand")
    if before != after:
        yield _by_steps(after - before)
    before, after = old.strongest("commitment"), new.strongest("commitment")
    if not blames and before and after and before != after:
        yield _by_steps(after - before)
    for kind, way in (("force", 1), ("hedge", -1)):
        more = len(new.clues.get(kind, ())) - len(old.clues.get(kind, ()))
        if more:
            yield _Sign(way * _way(more), MENTION)


def _name_signs(old: Reading, new: Reading, topic: str) -> Iterator[_Sign]:
    """Who is blamed, and on which papers history rests."""
    blames = max(old.strongest("criticism"), new.strongest("criticism")) >= _CONCERN
    more = len(new.countries - old.countries) - len(old.countries - new.countries)
    if more and (blames or topic == "history"):
        yield _Sign(_way(more), LEAD)
    more = new.has("document") - old.has("document")
    if more:
        yield _Sign(more, LEAD if topic in ("history", "china-japan", "taiwan") else MENTION)


def _work_signs(old: Reading, new: Reading) -> Iterator[_Sign]:
    for kind in ("programme", "date"):
        more = new.has(kind) - old.has(kind)
        if more:
            yield _Sign(more, MENTION)


def _by_steps(difference: int) -> _Sign:
    return _Sign(_way(difference), LEAD if abs(difference) > 1 else MENTION)


def _way(difference: int) -> int:
    return (difference > 0) - (difference < 0)


def _together(signs: Iterable[_Sign]) -> Verdict:
    signs = list(signs)
    way = _way(sum(one.way * (one.weight - 1) for one in signs))
    weight = max(one.weight for one in signs)
    if sum(one.way == way for one in signs) >= _MANY and way:
        weight = LEAD
    direction: Direction = "hardened" if way > 0 else "softened" if way < 0 else "neutral"
    return Verdict(direction, weight)
