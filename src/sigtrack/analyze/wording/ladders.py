"""Finds the same object with a stronger or weaker word than before: hardened or softened.

For each sentence with a word of a ladder, the latest earlier sentence of the same speakers about
the same object is searched (see `_speakers`). The object is what is left without the ladder's own
words and words that only join others. Two objects are the same if the words that they share have at
least half of the weight of all their words; rare words weigh more. If the rungs are objects
themselves (denuclearization of what), a fifth is enough. If a sentence has several rungs of a
ladder, the strongest counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import log
from typing import Literal
from zlib import crc32

from sigtrack.analyze.fixed_phrases import FoundPhrase, longest
from sigtrack.analyze.wording.grams import units_of
from sigtrack.analyze.wording.usage import SaidItem, SaidSentence, Texts, Window, order_of
from sigtrack.frozen import frozen
from sigtrack.model import UNNAMED, Ladder, RungUse, WordingRead

SAME = 0.5  # share of the weight of two objects
_SAME_EDITED = 0.3  # two revisions of an item are about one thing already
_SAME_BUT_OBJECT = 0.2  # if the ladder's words are the object
_MOST = 400  # sentences with a word; more frequent words are ignored
_TWO = 2
_FEWEST = 4  # units that two sentences must share: "they discussed it" is about nothing

Rung = tuple[str, int, str]  # ladder, rung counted from 1, language
Said = tuple[SaidItem, WordingRead]
Speakers = tuple[str, ...]


@frozen
class Step:
    """A sentence with a word of a ladder, and the half-open range of the ladder's words in it.

    The sentence has its text only when it is part of a shift.
    """

    told: SaidItem
    sentence: SaidSentence
    ladder: str
    rung: int
    span: tuple[int, int]
    units: frozenset[int]


@frozen
class Shift:
    """Two sentences about one object. `is_edit`: they are from two revisions of one item."""

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


def steps_of(
    sentence: SaidSentence, rungs: Iterable[FoundPhrase[Rung]], language: str
) -> Iterator[RungUse]:
    """Yield the strongest rung of each ladder; `rungs` are all that were found in the sentence."""
    by_ladder: dict[str, list[FoundPhrase[Rung]]] = defaultdict(list)
    for one in rungs:
        if one.owner[2] == language:
            by_ladder[one.owner[0]].append(one)
    for ladder, found in by_ladder.items():
        strongest = max(longest(found), key=lambda one: (one.owner[1], -one.start))
        units = units_of(sentence.text, (strongest.start, strongest.end))
        yield RungUse(
            ladder=ladder,
            rung=strongest.owner[1],
            field=sentence.field,
            start=sentence.start,
            end=sentence.end,
            first=strongest.start,
            last=strongest.end,
            parties="",
            units=tuple(sorted(crc32(unit.encode()) for unit in units)),
        )


@frozen
class Steps:
    """The sentences of now with words of a ladder: their number, the number of those that have an
    earlier sentence to compare with, and those that rose or fell."""

    sentences: int = 0
    compared: int = 0
    shifts: tuple[Shift, ...] = ()


class Ladders:
    """Compares the steps of many items."""

    def __init__(self, ladders: Iterable[Ladder], texts: Texts) -> None:
        self._ladders: Mapping[str, Ladder] = {one.id: one for one in ladders}
        self._texts = texts

    def steps(
        self, said: Iterable[Said], window: Window, edits: Iterable[tuple[Said, Said]] = ()
    ) -> Steps:
        """Return one shift for each story and ladder, the heaviest first.

        `edits` are pairs of an item before and after a silent edit.
        """
        series: dict[tuple[str, Speakers], list[Step]] = defaultdict(list)
        sentences = compared = 0
        for told, read in sorted(said, key=lambda one: (one[0].said_at, one[0].id)):
            is_now = window.is_now(told.moment)
            for use in read.steps:
                for step in self._steps(told, (use,)):
                    sentences += is_now
                    if speakers := _speakers(told, read, use):
                        series[step.ladder, speakers].append(step)
        found = []
        for steps in series.values():
            for before, after, alike in self._along(steps, window):
                compared += 1
                if before.rung != after.rung:
                    found.append(self._shift(before, after, alike))
        found += [shift for old, new in edits for shift in self._edited(old, new)]
        shifts = (self._with_sentences(shift) for shift in _one_a_story(found))
        return Steps(sentences=sentences, compared=compared, shifts=tuple(shifts))

    def _steps(self, told: SaidItem, steps: Iterable[RungUse]) -> Iterator[Step]:
        """Yield the steps that are near a hit, on the ladders of this country."""
        for one in steps:
            ladder = self._ladders.get(one.ladder)
            if ladder is None or ladder.country not in (None, told.publisher.country):
                continue
            if self._texts.is_near(told, one.field, one.start):
                yield Step(
                    told=told,
                    sentence=SaidSentence(field=one.field, start=one.start, end=one.end, text=""),
                    ladder=one.ladder,
                    rung=one.rung,
                    span=(one.first, one.last),
                    units=frozenset(one.units),
                )

    def _with_sentences(self, shift: Shift) -> Shift:
        before, after = map(self._with_sentence, (shift.before, shift.after))
        return replace(shift, before=before, after=after)

    def _with_sentence(self, step: Step) -> Step:
        at = step.sentence
        text = self._texts.words(step.told, at.field, at.start, at.end)
        return replace(step, sentence=replace(at, text=text))

    def _along(self, steps: Sequence[Step], window: Window) -> Iterator[tuple[Step, Step, float]]:
        """Yield sentences of now, each with the earlier sentence and their likeness."""
        weights = _weights(steps)
        holding: dict[int, list[int]] = defaultdict(list)
        for number, step in enumerate(steps):
            if window.is_now(step.told.moment):
                earlier = self._latest_alike(step, steps, holding, weights)
                if earlier:
                    yield earlier[0], step, earlier[1]
            for unit in step.units:
                holding[unit].append(number)

    def _latest_alike(
        self,
        step: Step,
        steps: Sequence[Step],
        holding: Mapping[int, list[int]],
        weights: Mapping[int, float],
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

    def _edited(self, old: Said, new: Said) -> Iterator[Shift]:
        before, after = (list(self._steps(told, read.steps)) for told, read in (old, new))
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


def _speakers(told: SaidItem, read: WordingRead, step: RungUse) -> Speakers | None:
    """Return whose words a sentence is, and to whom. Only equal speakers are compared.

    For a text between governments, these are its kind and all of them. Otherwise it is what one
    government says about another: an official publisher about the one that its sentence names; in
    the press, the first of two that the sentence names, because its words are reported. None if
    nobody can tell.
    """
    publisher = told.publisher
    about = step.parties if step.field == "title" else read.parties
    parties = [one for one in about.split() if one != UNNAMED]
    named = [one for one in step.parties.split() if one != UNNAMED]
    if publisher.is_official and publisher.country:
        mine = publisher.country
        others = [one for one in parties if one != mine] or [one for one in named if one != mine]
        return (publisher.side, read.form, mine, *sorted(others)) if others else None
    if read.form and len(parties) > 1:
        return (publisher.side, read.form, *sorted(parties))
    return (publisher.side, "", *named) if len(named) == _TWO else None


def rungs_of(ladders: Iterable[Ladder]) -> Iterator[tuple[str, Rung]]:
    for ladder in ladders:
        for language, rungs in ladder.rungs.items():
            for number, words in enumerate(rungs, start=1):
                yield from ((word, (ladder.id, number, language)) for word in words)


def _weights(steps: Sequence[Step]) -> Mapping[int, float]:
    seen = Counter(unit for step in steps for unit in step.units)
    return {unit: 1 + log(len(steps) / count) for unit, count in seen.items()}


def _likeness(one: frozenset[int], other: frozenset[int], weights: Mapping[int, float]) -> float:
    """Return the weight of what is shared divided by the weight of all."""
    every = sum(weights[unit] for unit in one | other)
    return sum(weights[unit] for unit in one & other) / every if every else 0.0


def _one_a_story(shifts: Iterable[Shift]) -> list[Shift]:
    kept: dict[tuple[str, str, str], Shift] = {}
    for shift in sorted(shifts, key=lambda one: (-one.weight, order_of(one.after.told))):
        key = (shift.ladder.id, shift.after.told.story, shift.after.told.publisher.side)
        kept.setdefault(key, shift)
    return list(kept.values())
