"""Decides what a change means: harder or softer language, and with which weight.

Signs are collected, each with a direction and a weight: rungs of criticism and of opposition,
demands and promises, words of force and of hedging, sums, dates, planned work. Their sum gives the
direction, the heaviest sign gives the weight, limited by the weight of the object. All signs are
differences between old and new. So with the texts exchanged the same sentences are heavy, and what
was softened is hardened. A formula or a mood counts as dropped only if the other text has it
nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from sigtrack.analyze.compare.pairing import Kin
from sigtrack.analyze.compare.reading import (
    AGREED,
    CONCERN,
    COURTESY,
    LAST,
    LEAD,
    LEAVE,
    LIGHT_TOPICS,
    MENTION,
    NAMED,
    SHARED,
    UNKNOWN,
    Objects,
    SentenceReading,
    routine_of,
)
from sigtrack.frozen import frozen
from sigtrack.model import Formulary, LadderStep
from sigtrack.model.stories import Direction

BOTH_ONLY = "partnership"  # "alliance" alone is not a grade given to anybody
_OPPOSITION = "opposition"
_OF_FAULT = frozenset(("concern", _OPPOSITION, "denuclearization"))
_KEEPS, _GROWS = 1, 2
_URGED = 2  # on the scale of demand


class Sign(NamedTuple):
    """A sign. `way`: 1 harder, -1 softer, 0 neither.

    `pull`: how much it counts if signs contradict each other. `leads`: the change has the highest
    weight, whatever the object is. `is_word`: words of force, hedging or keeping.
    """

    way: int
    weight: int
    pull: int = 1
    leads: bool = False
    is_word: bool = False


def steps(
    old: SentenceReading | None, new: SentenceReading | None, *, are_near: bool = True
) -> tuple[LadderStep, ...]:
    """Return all ladders on which the two sentences have different rungs.

    If the sentences only share their object, only the ladders of fault and of the object count,
    because the sentences agree on other things.
    """
    before, after = (one.rungs if one else {} for one in (old, new))
    return tuple(
        LadderStep(
            ladder=name,
            rung_before=before.get(name),
            rung_after=after.get(name),
            words_before=old.rung_words.get(name) if old else None,
            words_after=new.rung_words.get(name) if new else None,
        )
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
        and (name != BOTH_ONLY or (name in before and name in after))
        and (are_near or name in _OF_FAULT)
    )


def force_signs(old: SentenceReading, new: SentenceReading) -> Iterator[Sign]:
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
        is_word = _count(new, "utmost") == _count(old, "utmost")
        yield Sign(way_of(more), MENTION, is_word=is_word)
    more = _exactness(old, new)
    if more:
        is_hedge = _count(old, "hedge") != _count(new, "hedge")
        yield Sign(way_of(more), MENTION, is_word=is_hedge)
    if {_pace(old), _pace(new)} == {_KEEPS, _GROWS}:
        yield Sign(way_of(_pace(new) - _pace(old)), MENTION, is_word=True)
    more = new.has("condition") - old.has("condition")
    if more:
        yield Sign(more, LEAD)


def _exactness(old: SentenceReading, new: SentenceReading) -> int:
    """Return how much more exact the second is: sums, a date of a promise, fewer hedges."""
    more = _count(old, "hedge") - _count(new, "hedge")
    more += way_of(sum(new.amounts) - sum(old.amounts))
    if min(old.commitment, new.commitment) >= AGREED:
        more += new.has("date") - old.has("date")
    return more


def _pace(one: SentenceReading) -> int:
    """Return whether something should grow or only be kept; 0 if neither is said."""
    if "grow" in one.values("same"):
        return _GROWS
    return _KEEPS if one.has("keep") else 0


def _reproaches(one: SentenceReading) -> int:
    return sum(int(found.owner.value) >= CONCERN for found in one.clues.get("criticism", ()))


def _count(one: SentenceReading, kind: str) -> int:
    return len(one.clues.get(kind, ()))


def _act_signs(old: SentenceReading, new: SentenceReading, blames: bool) -> Iterator[Sign]:
    """Yield signs of demands on others and of own promises.

    What binds the speakers more is harder, unless it is talks that they hold out.
    """
    asked, asks = _demanded(old), _demanded(new)
    bound, binds = old.commitment, new.commitment
    if asked != asks:
        yield _by_steps(asks - asked)
    if not blames and bound and binds and bound != binds:
        is_held_out = old.has("offer") and new.has("offer")
        yield _by_steps(bound - binds if is_held_out else binds - bound)


def _demanded(one: SentenceReading) -> int:
    return max(one.strongest("demand"), _URGED if one.has("must") else 0)


def work_signs(old: SentenceReading, new: SentenceReading) -> Iterator[Sign]:
    """Yield a neutral sign if planned work comes or goes."""
    if new.has("programme") != old.has("programme"):
        yield Sign(0, MENTION)


def _by_steps(difference: int) -> Sign:
    return Sign(way_of(difference), LEAD if abs(difference) > 1 else MENTION)


def way_of(difference: float) -> int:
    return (difference > 0) - (difference < 0)


_DISCUSSED = 1  # on the scale of commitment
_OPPOSED = 5  # on the scale of criticism
_STRONGLY = 8  # condemned strongly, or in the strongest terms
_PULL = 2  # of objects and names, against other signs
_SAME_WORDS = 0.6  # likeness from which a negation reverses the statement itself
LOOSE = 0.55  # likeness below which words of force and hedging may differ by chance
_SLIGHT = 0.75  # likeness from which a single word is not worth weight 3
_MUCH = 50  # letters of the objects that only one sentence names, enough to mention the change
_OTHER_WORDS = 0.35  # below this likeness a rewording without a sign is mentioned
# Everybody is against protectionism: opposing it in these words blames nobody.
_CREEDS = frozenset(("multilateral-trading-system", "mutual-respect-winwin", "changes-unseen"))
_OTHER_SET_WORDS = 0.85  # the same for a sentence with a formula, in which every word was weighed
_OFFERS = frozenset(("dialogue-no-preconditions", "peaceful-coexistence-kr", "strategic-stability"))
_CUSHIONS = frozenset(("one-china",))  # "basic positions unchanged" is one of its wordings
_HISTORY = frozenset(("history", "china-japan"))
_DIRECTIONS: Mapping[int, Direction] = {1: "hardened", 0: "neutral", -1: "softened"}
_WAYS: Mapping[Direction, int] = {direction: way for way, direction in _DIRECTIONS.items()}


class ChangeVerdict(NamedTuple):
    """Direction and weight of a change.

    Verdicts with the same weight are ordered by `level` and `place` of the objects, then by `rank`,
    the greatest first.
    """

    direction: Direction | None
    weight: int
    rank: int = 0
    level: int = UNKNOWN
    place: int = LAST


@frozen
class Holdings:
    """What a text holds anywhere."""

    formulas: frozenset[str]
    sets: frozenset[str]
    countries: frozenset[str]
    has_mood: bool
    has_cushion: bool

    @classmethod
    def of(cls, readings: Sequence[SentenceReading]) -> Holdings:
        return cls(
            formulas=frozenset(name for one in readings for name in one.formulas),
            sets=frozenset(name for one in readings for name in one.sets),
            countries=frozenset(code for one in readings for code in one.countries),
            has_mood=any(one.has("mood") for one in readings),
            has_cushion=any(one.has("cushion") for one in readings),
        )


class ChangeJudge:
    def __init__(
        self,
        formulary: Formulary,
        parties: frozenset[str],
        usual: frozenset[str],
        objects: Objects,
        old: Holdings,
        new: Holdings,
    ) -> None:
        self._objects = objects
        self._places = [one.id for one in formulary.ladders if one.is_object]
        self._routine = routine_of(formulary)
        self._parties = parties
        self._known = parties | usual  # named so often that their naming is no news
        self._passed = self._routine | (old.formulas & new.formulas)  # no news
        self._shared_sets = old.sets & new.sets
        self._has_new_mood = old.has_mood != new.has_mood
        self._has_new_cushion = old.has_cushion != new.has_cushion

    def reworded(
        self, old: SentenceReading, new: SentenceReading, topic: str, similarity: float, kin: Kin
    ) -> ChangeVerdict:
        if kin in ("come", "gone"):
            return self._beside(old, new, topic, kin)
        if kin in ("split", "joined"):
            return self._part(old, new)
        if topic in LIGHT_TOPICS:
            return self._of_light(topic, old, new)
        signs = tuple(self._signs(old, new, topic, similarity)) or tuple(work_signs(old, new))
        verdict = _together(signs) if signs else self._without_signs(old, new, similarity)
        is_unsure = similarity < LOOSE and _are_unsure(signs)
        if kin == "far":
            way = self._far(old, new, topic)
            verdict = verdict._replace(direction=_DIRECTIONS[way]) if way else verdict
        elif is_unsure or verdict.direction == "neutral":
            verdict = self._by_what_is_named(verdict, old, new)
        if similarity < LOOSE and self._has_no_side(old, new):
            verdict = verdict._replace(direction="neutral")
        level, place = self._standing(old, new)
        weight = min(verdict.weight, level or LEAD)
        is_slight = similarity >= _SLIGHT and not (old.has("dispute") or new.has("dispute"))
        is_more = signs and weight == MENTION and level == LEAD and not is_slight
        if is_more or any(one.leads for one in signs):
            weight = LEAD
        return verdict._replace(weight=weight, level=level, place=place)

    def _signs(
        self, old: SentenceReading, new: SentenceReading, topic: str, similarity: float
    ) -> Iterator[Sign]:
        yield from self._object_signs(old, new)
        if not (_is_occasion(old) and _is_occasion(new)):
            yield from force_signs(old, new)
        yield from self._formula_signs(old, new)
        yield from self._name_signs(old, new, topic)
        if old.has("negation") != new.has("negation") and similarity >= _SAME_WORDS:
            yield Sign(0, LEAD, leads=True)

    def _by_what_is_named(
        self, verdict: ChangeVerdict, old: SentenceReading, new: SentenceReading
    ) -> ChangeVerdict:
        way = self._tie_break(old, new)
        weight = LEAD if way else verdict.weight
        return verdict._replace(direction=_DIRECTIONS[way], weight=weight)

    def _tie_break(self, old: SentenceReading, new: SentenceReading) -> int:
        """Return the direction by how much is demanded, reproached and named; 0 if equally much."""
        gone, come = (self._objects.of(one) for one in (old, new))
        more = way_of(_count(new, "demand") - _count(old, "demand"))
        more += way_of(_reproaches(new) - _reproaches(old))
        more += self._objects.harden(come - gone) - self._objects.harden(gone - come)
        return way_of(more)

    def _without_signs(
        self, old: SentenceReading, new: SentenceReading, similarity: float
    ) -> ChangeVerdict:
        is_set = (old.formulas & new.formulas) - self._routine
        is_other = similarity < (_OTHER_SET_WORDS if is_set else _OTHER_WORDS)
        is_other = is_other or sum(map(len, old.units ^ new.units)) >= _MUCH
        return ChangeVerdict("neutral", MENTION if is_other else LEAVE)

    def alone(self, one: SentenceReading, topic: str) -> ChangeVerdict:
        """Return the verdict on an added sentence; for a dropped one the direction is reversed."""
        if topic in LIGHT_TOPICS:
            verdict = self._of_light(topic, one)
            return verdict._replace(direction=None) if topic == COURTESY else verdict
        verdict = self._told_alone(one, topic)
        level, place = self._standing(one)
        weight = _of_alone(verdict.weight, level, one)
        if one.text.rstrip("* ").endswith((":", "：")):  # it leads in to a list, which says more
            is_title = one.is_heading or one.text.isupper()
            weight = min(weight, LEAVE if is_title else MENTION)
        return verdict._replace(weight=weight, level=level, place=place)

    def _of_light(self, topic: str, *readings: SentenceReading) -> ChangeVerdict:
        """Return the verdict on who met; an exercise or a treaty that it names is mentioned."""
        is_named = topic != COURTESY and self._standing(*readings)[0] == LEAD
        return ChangeVerdict("neutral", MENTION if is_named else LEAVE)

    def _has_no_side(self, *readings: SentenceReading) -> bool:
        """Whether they speak only of what is mentioned and neither hardens nor softens."""
        objects = frozenset[str]().union(*map(self._objects.of, readings))
        has_side = self._objects.harden(objects) or self._objects.soften(objects)
        if has_side or self._objects.level(objects) != MENTION:
            return False
        return not any(self._takes_a_side(one) for one in readings)

    def _takes_a_side(self, one: SentenceReading) -> bool:
        is_said = (
            one.blames or one.has("offer") or one.has("dispute") or one.strongest("demand") > 1
        )
        return is_said or bool(one.countries - self._parties) or self._objects.promise(one)

    def _standing(self, *readings: SentenceReading) -> tuple[int, int]:
        """Return the weight of the objects, and the place of the first of them.

        A formula is left by no reader because of its object: a ban on content is about culture.
        """
        objects = frozenset[str]().union(*map(self._objects.of, readings))
        level = self._objects.level(objects)
        if level == LEAVE and any(one.formulas - self._routine for one in readings):
            level = UNKNOWN
        return level, self._objects.place(objects)

    def _beside(
        self, old: SentenceReading, new: SentenceReading, topic: str, kin: Kin
    ) -> ChangeVerdict:
        """Return the verdict on a sentence that has no partner of its own."""
        return self.alone(new, topic) if kin == "come" else turned(self.alone(old, topic))

    def _part(self, old: SentenceReading, new: SentenceReading) -> ChangeVerdict:
        """Return the verdict on what now stands in a sentence of its own, or no longer does."""
        way = len(new.sets - self._shared_sets) - len(old.sets - self._shared_sets)
        if old.blames and new.blames:
            way = way_of(new.strongest("criticism") - old.strongest("criticism"))
        way += len(new.formulas - self._passed) - len(old.formulas - self._passed)
        level, place = self._standing(old, new)
        weight = level if way else min(level, MENTION)
        return ChangeVerdict(_DIRECTIONS[way_of(way)], weight or LEAVE, level=level, place=place)

    def _far(self, old: SentenceReading, new: SentenceReading, topic: str) -> int:
        """Return the direction of the new sentence minus that of the old; 0 if they are equal."""
        if old.blames and new.blames:
            return way_of(new.strongest("criticism") - old.strongest("criticism"))
        gone, come = (self.alone(one, topic).direction or "neutral" for one in (old, new))
        return way_of(_WAYS[come] - _WAYS[gone])

    def _told_alone(self, one: SentenceReading, topic: str) -> ChangeVerdict:
        formulas = one.formulas - self._passed
        return (
            self._of_tone(one, formulas)
            or self._of_offer(one, topic, formulas)
            or self._of_stance(one)
        )

    def _of_tone(self, one: SentenceReading, formulas: Set[str]) -> ChangeVerdict | None:
        """Return the verdict on a new mood, on a cushion, and on blame."""
        if one.has("mood") and self._has_new_mood:
            return ChangeVerdict("hardened" if one.has("claim") else "neutral", LEAD, 3)
        if one.has("cushion") and self._has_new_cushion and not _has_force(one):
            return ChangeVerdict("softened", LEAD, 4)
        if not one.blames:
            return None
        if _is_weak(one):
            return ChangeVerdict("neutral", MENTION)
        is_usual = one.formulas & _CREEDS and one.strongest("criticism") <= _OPPOSED
        weight = MENTION if is_usual and not formulas else LEAD
        return ChangeVerdict("hardened", weight, 6 if formulas else 4)

    def _of_offer(
        self, one: SentenceReading, topic: str, formulas: Set[str]
    ) -> ChangeVerdict | None:
        """Return the verdict on what is promised, offered, welcomed, or said in set words."""
        objects = self._objects.of(one)
        if self._objects.promise(one) and not one.has("offer"):
            return ChangeVerdict("hardened", LEAD, 3)
        held_out = _offers(one, topic) or self._objects.soften(objects)
        presses = one.has("dispute") or formulas - _OFFERS or self._presses(one)
        if held_out and not presses:
            return ChangeVerdict("softened", MENTION, 2)
        if _is_weak(one):
            is_harder = formulas or self._names_what_hardens(one)
            return ChangeVerdict("hardened" if is_harder else "neutral", MENTION, 1)
        if formulas and one.commitment != _DISCUSSED:
            return ChangeVerdict("hardened", LEAD, 5)
        if _asks_for_talks(one, topic) and not self._objects.harden(objects):
            return ChangeVerdict("neutral", LEAD, 3)
        return None

    def _of_stance(self, one: SentenceReading) -> ChangeVerdict:
        if self._demands(one) or one.has("dispute"):
            return ChangeVerdict("hardened", LEAD, 3)
        objects = self._objects.of(one)
        is_stance = self._objects.harden(objects) and not one.has("relief")
        is_work = one.has("programme") and self._objects.level(objects) < LEAD
        if is_stance and one.commitment >= SHARED and not is_work:
            return ChangeVerdict("hardened", LEAD, 2)
        if one.has("programme"):
            return ChangeVerdict("neutral", MENTION, 1)
        is_reproach = one.has("threat") and one.countries - self._parties
        if is_reproach or self._names_what_hardens(one):
            return ChangeVerdict("hardened", MENTION, 1)
        return ChangeVerdict("neutral", MENTION if one.commitment else LEAVE)

    def _names_what_hardens(self, one: SentenceReading) -> bool:
        """Whether it names what is led with and hardens a statement in whatever words."""
        objects = self._objects.of(one)
        is_led = self._objects.level(objects) == LEAD and self._objects.harden(objects)
        return is_led and not (one.has("relief") or one.has("agenda"))

    def _presses(self, one: SentenceReading) -> bool:
        """Whether the sentence demands talks; it is no offer then, unless it says so."""
        return not one.has("offer") and (_demanded(one) > 1 or one.has("ought"))

    def _demands(self, one: SentenceReading) -> bool:
        # To ask something of a country that does not speak is a demand on it.
        is_asked = _demanded(one) > (0 if one.countries - self._parties else 1)
        is_told = one.has("ought") and bool(one.countries)
        return is_asked or is_told or one.has("claim")

    def _object_signs(self, old: SentenceReading, new: SentenceReading) -> Iterator[Sign]:
        for ladder in self._places:
            before, after = old.rungs.get(ladder, 0), new.rungs.get(ladder, 0)
            if before == after or (ladder == BOTH_ONLY and not (before and after)):
                continue
            named = min(before, after) > 0 or max(before, after) >= NAMED
            yield Sign(way_of(after - before), LEAD if named else MENTION, _PULL)

    def _formula_signs(self, old: SentenceReading, new: SentenceReading) -> Iterator[Sign]:
        passed = self._passed
        if old.has("cushion") != new.has("cushion"):
            passed |= _CUSHIONS
        for formulas, way in ((old.formulas - new.formulas, -1), (new.formulas - old.formulas, 1)):
            yield from (Sign(way, LEAD) for _ in formulas - passed - _OFFERS)
        more = _holds_out(new) - _holds_out(old)
        if more:
            yield Sign(-more, MENTION)
        more = new.has("cushion") - old.has("cushion")
        if more and self._has_new_cushion:
            yield Sign(-more, LEAD)
        before, after = (one.sets - self._shared_sets for one in (old, new))
        if before != after:
            yield Sign(way_of(len(after) - len(before)), LEAD)
        if old.has("mood") != new.has("mood") and self._has_new_mood:
            yield Sign(0, LEAD)

    def _name_signs(self, old: SentenceReading, new: SentenceReading, topic: str) -> Iterator[Sign]:
        """Yield signs about who is blamed or urged, and about documents on history."""
        blames = any(
            one.blames or one.strongest("demand") > 1 or one.has("threat") for one in (old, new)
        )
        before, after = (one.countries - self._known for one in (old, new))
        more = len(after - before) - len(before - after)
        if more and (blames or topic in _HISTORY):
            yield Sign(way_of(more), LEAD, _PULL, leads=True)
        more = new.has("document") - old.has("document")
        if more:
            yield Sign(more, LEAD if topic in _HISTORY else MENTION)


def _of_alone(weight: int, level: int, one: SentenceReading) -> int:
    if level == UNKNOWN:
        if one.strongest("criticism") >= _STRONGLY:
            return LEAD
        is_known = one.formulas or one.has("mood") or one.has("claim")
        return weight if is_known else min(weight, MENTION)
    if level < LEAD:
        return min(weight, level)
    return max(weight, MENTION) if _is_weak(one) else LEAD


def turned(verdict: ChangeVerdict) -> ChangeVerdict:
    """Return the verdict for the opposite change."""
    match verdict.direction:
        case "hardened":
            return verdict._replace(direction="softened")
        case "softened":
            return verdict._replace(direction="hardened")
    return verdict


def _is_occasion(one: SentenceReading) -> bool:
    """Whether it tells who met and how warmly; grand words about that press nobody."""
    is_formal = one.has("met") or one.has("agenda") or one.has("courtesy")
    binds = one.blames or one.strongest("demand") > 1 or one.has("condition")
    return is_formal and not binds


def _is_weak(one: SentenceReading) -> bool:
    """Whether it only welcomes, encourages or hears."""
    return one.has("welcome") and one.commitment <= SHARED


def _has_force(one: SentenceReading) -> bool:
    return one.has("force") or one.strongest("demand") > 1


def _asks_for_talks(one: SentenceReading, topic: str) -> bool:
    """Whether it calls on an adversary only to talk: a demand and an offer in one."""
    is_called = one.strongest("demand") > 1 and topic == "north-korea" and one.has("talks")
    return is_called and not (one.has("threat") or one.has("condition"))


def _holds_out(one: SentenceReading) -> bool:
    return one.has("offer") or bool(one.formulas & _OFFERS)


def _offers(one: SentenceReading, topic: str) -> bool:
    return one.has("offer") or (one.has("talks") and topic == "north-korea")


def _are_unsure(signs: Iterable[Sign]) -> bool:
    """Whether all are words of force, hedging or keeping, or some are and signs disagree."""
    signs = list(signs)
    words = [one.is_word for one in signs]
    return all(words) or (any(words) and {1, -1} <= {one.way for one in signs})


def _together(signs: Iterable[Sign]) -> ChangeVerdict:
    signs = list(signs)
    way = way_of(sum(one.way * (one.weight - 1) * one.pull for one in signs))
    weight = max(one.weight for one in signs)
    return ChangeVerdict(_DIRECTIONS[way], weight, sum(one.weight * one.pull for one in signs))
