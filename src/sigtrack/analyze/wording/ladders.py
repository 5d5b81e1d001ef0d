"""The same object with a stronger or a weaker word: softened or hardened, with both sentences.

Of each sentence in which a ladder is stepped on, the latest earlier one of the same side about the
same object is sought. Object is what is left when the ladder's own words and those that only
join others are taken away; two objects are the same if the words that they share weigh at
least half of all their words, rare words weighing more. Where the rungs are objects themselves
(denuclearization of what), a fifth is enough. In a sentence with several rungs of a ladder the
strongest stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

from sigtrack.analyze.fixed_phrases import FixedPhrases, Found, longest
from sigtrack.analyze.wording.corpus import Sentence, Told
from sigtrack.analyze.wording.objects import units_of
from sigtrack.analyze.wording.usage import Window
from sigtrack.model import Formulary, Ladder
from sigtrack.text.stems import Stems

SAME = 0.5  # of the weight of two objects
_SAME_EDITED = 0.3  # the two revisions of an item already speak of one thing
_SAME_BUT_OBJECT = 0.2  # where the ladder's words are the object
_MOST = 400  # sentences that share a word before it tells nothing
_FEWEST = 4  # units that two sentences must share: "they discussed it" is about nothing

Rung = tuple[str, int, str]  # ladder, rung counted from 1, language


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A sentence on a ladder, and the half-open range of the ladder's words in it."""

    told: Told
    sentence: Sentence
    ladder: str
    rung: int
    span: tuple[int, int]
    units: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Two sentences about one object. `is_edit`: two revisions of one item."""

    ladder: Ladder
    before: Step
    after: Step
    similarity: float
    is_edit: bool = False

    @property
    def change(self) -> Literal["hardened", "softened"]:
        return "hardened" if self.after.rung > self.before.rung else "softened"

    @property
    def weight(self) -> float:
        return self.similarity * abs(self.after.rung - self.before.rung) + 10 * self.is_edit


class Ladders:
    def __init__(self, formulary: Formulary) -> None:
        self._ladders: Mapping[str, Ladder] = {one.id: one for one in formulary.ladders}
        self._phrases = FixedPhrases(_rungs(formulary.ladders))

    def shifts(
        self,
        told: Iterable[Told],
        window: Window,
        edits: Iterable[tuple[Told, Told]] = (),
    ) -> list[Shift]:
        """One shift a story and ladder, the heaviest first."""
        by_side: dict[tuple[str, str], list[Step]] = defaultdict(list)
        for one in sorted(told, key=lambda one: (one.said_at, one.id)):
            for step in self._steps(one):
                by_side[step.ladder, one.publisher.side].append(step)
        found = [shift for steps in by_side.values() for shift in self._along(steps, window)]
        found += [shift for old, new in edits for shift in self._edited(old, new)]
        return _one_a_story(found)

    def _steps(self, told: Told) -> Iterator[Step]:
        for sentence in told.sentences:
            if sentence.is_near:
                stems = Stems(sentence.text)
                rungs = self._rungs_in(stems, told)
                for ladder, one in rungs.items():
                    span = (one.start, one.end)
                    units = units_of(sentence.text, span)
                    yield Step(
                        told=told,
                        sentence=sentence,
                        ladder=ladder,
                        rung=one.owner[1],
                        span=span,
                        units=units,
                    )

    def _rungs_in(self, stems: Stems, told: Told) -> dict[str, Found[Rung]]:
        """The strongest rung of each ladder that is for this language and country."""
        strongest: dict[str, Found[Rung]] = {}
        by_ladder: dict[str, list[Found[Rung]]] = defaultdict(list)
        for one in self._phrases.find(stems):
            ladder, _, language = one.owner
            country = self._ladders[ladder].country
            if language == told.language and country in (None, told.publisher.country):
                by_ladder[ladder].append(one)
        for ladder, found in by_ladder.items():
            strongest[ladder] = max(longest(found), key=lambda one: (one.owner[1], -one.start))
        return strongest

    def _along(self, steps: Sequence[Step], window: Window) -> Iterator[Shift]:
        weights = _weights(steps)
        holding: dict[str, list[int]] = defaultdict(list)
        for number, step in enumerate(steps):
            if window.is_now(step.told.moment):
                earlier = self._latest_alike(step, steps, holding, weights)
                if earlier and earlier[0].rung != step.rung:
                    yield self._shift(earlier[0], step, earlier[1])
            for unit in step.units:
                holding[unit].append(number)

    def _latest_alike(
        self,
        step: Step,
        steps: Sequence[Step],
        holding: Mapping[str, list[int]],
        weights: Mapping[str, float],
    ) -> tuple[Step, float] | None:
        is_object = self._ladders[step.ladder].is_object
        least, fewest = (_SAME_BUT_OBJECT, 2) if is_object else (SAME, _FEWEST)
        shared: Counter[int] = Counter()
        for unit in step.units:
            numbers = holding.get(unit, ())
            if len(numbers) <= _MOST:
                shared.update(numbers)
        for number in sorted(shared, reverse=True):
            other = steps[number]
            if other.told.story == step.told.story or shared[number] < fewest:
                continue
            alike = _likeness(step.units, other.units, weights)
            if alike >= least:
                return other, alike
        return None

    def _edited(self, old: Told, new: Told) -> Iterator[Shift]:
        before, after = list(self._steps(old)), list(self._steps(new))
        weights = _weights([*before, *after])
        for step in after:
            pairs = [
                (_likeness(step.units, other.units, weights), other)
                for other in before
                if (other.ladder, other.sentence.field) == (step.ladder, step.sentence.field)
            ]
            alike, other = max(pairs, key=lambda pair: pair[0], default=(0.0, step))
            if alike >= _SAME_EDITED and other.rung != step.rung:
                yield self._shift(other, step, alike, is_edit=True)

    def _shift(
        self, before: Step, after: Step, similarity: float, *, is_edit: bool = False
    ) -> Shift:
        return Shift(
            ladder=self._ladders[after.ladder],
            before=before,
            after=after,
            similarity=similarity,
            is_edit=is_edit,
        )


def _rungs(ladders: Iterable[Ladder]) -> Iterator[tuple[str, Rung]]:
    for ladder in ladders:
        for language, rungs in ladder.rungs.items():
            for number, words in enumerate(rungs, start=1):
                yield from ((word, (ladder.id, number, language)) for word in words)


def _weights(steps: Sequence[Step]) -> Mapping[str, float]:
    seen = Counter(unit for step in steps for unit in step.units)
    return {unit: 1 + log(len(steps) / count) for unit, count in seen.items()}


def _likeness(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """Weight of what is shared over the weight of all."""
    every = sum(weights[unit] for unit in one | other)
    return sum(weights[unit] for unit in one & other) / every if every else 0.0


def _one_a_story(shifts: Iterable[Shift]) -> list[Shift]:
    kept: dict[tuple[str, str, str], Shift] = {}
    for shift in sorted(shifts, key=lambda one: (-one.weight, one.after.told.order)):
        key = (shift.ladder.id, shift.after.told.story, shift.after.told.publisher.side)
        kept.setdefault(key, shift)
    return list(kept.values())
