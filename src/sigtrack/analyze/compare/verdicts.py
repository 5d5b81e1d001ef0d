"""What a change is worth: harder or softer language, and how much of it.

Signs are collected, each with a direction and a weight, and taken together: the heaviest gives the
weight, the sum the direction. Everything is a difference of old and new, so that with the texts
changed round the same sentences are heavy, and what was softened is hardened. A formula or a mood
counts as gone only if the other text has it nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sigtrack.analyze.compare.reading import AGREED, NAMED, SHARED, Reading
from sigtrack.analyze.compare.signs import (
    BOTH_ONLY,
    LEAD,
    LEAVE,
    MENTION,
    Sign,
    force_signs,
    way_of,
    work_signs,
)
from sigtrack.analyze.compare.topics import COURTESY, LIGHT_TOPICS, routine_of
from sigtrack.model import Formulary
from sigtrack.model.statements import Direction

_OPPOSED = 5  # on the scale of criticism
_PULL = 2  # of objects and of names, against other signs
_MANY = 3  # signs of weight 2 that together are worth leading with
_SAME_WORDS = 0.6  # likeness from which a negation turns what was said, and not another clause
_OTHER_WORDS = 0.35  # likeness below which a rewording without a sign is worth a mention
# Against protectionism is everybody: who opposes in these words blames nobody.
_CREEDS = frozenset(("multilateral-trading-system", "mutual-respect-winwin", "changes-unseen"))
_OTHER_SET_WORDS = 0.85  # and if it has a formula, around which each word was weighed
_OFFERS = frozenset(("dialogue-no-preconditions", "peaceful-coexistence-kr"))
_BINDING = frozenset(("north-korea", "alliance", "taiwan", "order", "china"))
_HISTORY = frozenset(("history", "china-japan"))
_DENUCLEARIZATION = "denuclearization"


class Verdict(NamedTuple):
    """`rank` orders verdicts of one weight, the greatest first."""

    direction: Direction | None
    weight: int
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a text holds somewhere."""

    formulas: frozenset[str]
    sets: frozenset[str]
    has_mood: bool
    names_denuclearization: bool

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> Holdings:
        return cls(
            formulas=frozenset(name for one in readings for name in one.formulas),
            sets=frozenset(name for one in readings for name in one.sets),
            has_mood=any(one.has("mood") for one in readings),
            names_denuclearization=any(map(_names_denuclearization, readings)),
        )


class Judge:
    def __init__(
        self, formulary: Formulary, parties: frozenset[str], old: Holdings, new: Holdings
    ) -> None:
        self._objects = [one.id for one in formulary.ladders if one.is_object]
        self._routine = routine_of(formulary)
        self._parties = parties
        self._shared = old.formulas & new.formulas
        self._shared_sets = old.sets & new.sets
        self._has_new_mood = old.has_mood != new.has_mood
        self._has_new_goal = old.names_denuclearization != new.names_denuclearization

    def reworded(self, old: Reading, new: Reading, topic: str, similarity: float) -> Verdict:
        if topic in LIGHT_TOPICS:
            return Verdict("neutral", LEAVE)
        signs = list(self._object_signs(old, new))
        if not (_is_occasion(old) and _is_occasion(new)):
            signs += force_signs(old, new)
        signs += [*self._formula_signs(old, new), *self._name_signs(old, new, topic)]
        if old.has("negation") != new.has("negation") and similarity >= _SAME_WORDS:
            signs.append(Sign(0, LEAD))
        if not signs:
            signs = list(work_signs(old, new))
        if signs:
            return _together(signs)
        is_set = (old.formulas & new.formulas) - self._routine
        is_other = similarity < (_OTHER_SET_WORDS if is_set else _OTHER_WORDS)
        return Verdict("neutral", MENTION if is_other else LEAVE)

    def alone(self, one: Reading, topic: str) -> Verdict:
        """Of a sentence that was added; for one that was dropped the direction is turned."""
        if topic in LIGHT_TOPICS:
            return Verdict(None if topic == COURTESY else "neutral", LEAVE)
        formulas = one.formulas - self._routine - self._shared
        blames = one.blames
        is_weak = one.has("welcome") and one.commitment <= SHARED
        if one.has("mood") and self._has_new_mood:
            return Verdict("hardened" if one.has("claim") else "neutral", LEAD, 3)
        if one.has("cushion"):
            return Verdict("softened", LEAD, 4)
        if is_weak and blames:
            return Verdict("neutral", MENTION)
        if blames:
            is_usual = one.formulas & _CREEDS and one.strongest("criticism") <= _OPPOSED
            return Verdict(
                "hardened", MENTION if is_usual and not formulas else LEAD, 6 if formulas else 4
            )
        if _offers(one, topic) and not one.has("dispute") and not formulas - _OFFERS:
            return Verdict("softened", MENTION, 2)
        if is_weak:
            return Verdict("hardened" if formulas else "neutral", MENTION, 1)
        if formulas:
            return Verdict("hardened", LEAD, 5)
        if self._demands(one) or one.has("dispute"):
            return Verdict("hardened", LEAD, 3)
        if one.has("programme"):
            return Verdict("neutral", MENTION, 1)
        if one.commitment >= AGREED and self._is_binding(one, topic):
            return Verdict("hardened", LEAD, 1)
        return Verdict("neutral", MENTION if one.commitment else LEAVE)

    def _is_binding(self, one: Reading, topic: str) -> bool:
        """Security or somebody else is spoken of, and not only because such parties meet."""
        return (topic in _BINDING and one.has("topic")) or bool(one.countries - self._parties)

    def _demands(self, one: Reading) -> bool:
        is_told = one.has("ought") and bool(one.countries or one.has("claim"))
        is_goal = self._has_new_goal and _names_denuclearization(one)
        return one.strongest("demand") > 1 or is_told or one.has("claim") or is_goal

    def _object_signs(self, old: Reading, new: Reading) -> Iterator[Sign]:
        for ladder in self._objects:
            before, after = old.rungs.get(ladder, 0), new.rungs.get(ladder, 0)
            if before == after or (ladder == BOTH_ONLY and not (before and after)):
                continue
            named = min(before, after) > 0 or max(before, after) >= NAMED
            yield Sign(way_of(after - before), LEAD if named else MENTION, _PULL)

    def _formula_signs(self, old: Reading, new: Reading) -> Iterator[Sign]:
        passed = self._routine | self._shared
        for formulas, way in ((old.formulas - new.formulas, -1), (new.formulas - old.formulas, 1)):
            yield from (Sign(way, LEAD) for _ in formulas - passed - _OFFERS)
        more = _holds_out(new) - _holds_out(old)
        if more:
            yield Sign(-more, MENTION)
        more = new.has("cushion") - old.has("cushion")
        if more:
            yield Sign(-more, LEAD)
        before, after = (one.sets - self._shared_sets for one in (old, new))
        if before != after:
            yield Sign(way_of(len(after) - len(before)), LEAD)
        if old.has("mood") != new.has("mood") and self._has_new_mood:
            yield Sign(0, LEAD)

    def _name_signs(self, old: Reading, new: Reading, topic: str) -> Iterator[Sign]:
        """Who is blamed or urged, and on which papers history rests."""
        blames = any(
            one.blames or one.strongest("demand") > 1 or one.has("threat") for one in (old, new)
        )
        before, after = (one.countries - self._parties for one in (old, new))
        more = len(after - before) - len(before - after)
        if more and (blames or topic in _HISTORY):
            yield Sign(way_of(more), LEAD, _PULL)
        more = new.has("document") - old.has("document")
        if more:
            yield Sign(more, LEAD if topic in _HISTORY else MENTION)


def turned(verdict: Verdict) -> Verdict:
    """For the change the other way round."""
    match verdict.direction:
        case "hardened":
            return verdict._replace(direction="softened")
        case "softened":
            return verdict._replace(direction="hardened")
    return verdict


def _is_occasion(one: Reading) -> bool:
    """It tells who met and how warmly, whatever else; grand words for that press nobody."""
    is_formal = one.has("met") or one.has("agenda") or one.has("courtesy")
    binds = one.blames or one.strongest("demand") > 1 or one.has("condition")
    return is_formal and not binds


def _names_denuclearization(one: Reading) -> bool:
    return one.rungs.get(_DENUCLEARIZATION, 0) >= NAMED


def _holds_out(one: Reading) -> bool:
    return one.has("offer") or bool(one.formulas & _OFFERS)


def _offers(one: Reading, topic: str) -> bool:
    return one.has("offer") or (one.has("talks") and topic == "north-korea")


def _together(signs: Iterable[Sign]) -> Verdict:
    signs = list(signs)
    way = way_of(sum(one.way * (one.weight - 1) * one.pull for one in signs))
    weight = max(one.weight for one in signs)
    if way and sum(one.way == way for one in signs) >= _MANY:
        weight = LEAD
    direction: Direction = "hardened" if way > 0 else "softened" if way < 0 else "neutral"
    return Verdict(direction, weight, sum(one.weight * one.pull for one in signs))
