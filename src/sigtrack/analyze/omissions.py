"""Finds omissions: formulas that earlier statements of a series had and that a new one lacks.

A search for keywords cannot show what is missing. A formula is expected if every earlier text of
the series has it or, in a long series, if the last three texts have it without a break: a formula
that began in 2023 can be missed in 2026 although the text of 2021 did not have it. Formulas are
looked for in all languages of the catalogue at once, so a series may change its language.

Pure: takes texts in order of time and returns omissions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from sigtrack.analyze.fixed_phrases import FixedPhrases
from sigtrack.model import Formula, Formulary
from sigtrack.text.sentences import sentences, unwrap
from sigtrack.text.stems import Stems

_FORMAL = ("form", "naming")  # what a text is called and how it calls others; listed last
UNBROKEN = 3  # texts in a row that make a habit, if not all earlier texts have the formula


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaPlace:
    """A sentence with a formula, and the formula's half-open range of code points in it."""

    sentence: str
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.sentence[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """A formula that is missing in the new text.

    The last `texts` of `of` earlier texts have it without a break, from the text of `since` to the
    text of `last`, where it stands at `place`. `instead` are formulas of the new text that compete
    with it.
    """

    formula: Formula
    texts: int
    of: int
    since: date
    last: date
    place: FormulaPlace
    instead: tuple[Formula, ...] = ()


def omissions(
    earlier: Sequence[tuple[date, str]], new: str, formulary: Formulary
) -> tuple[Omission, ...]:
    """Return the omissions of a new text, the longest-standing formula first.

    `earlier` is oldest first; without earlier texts there are no omissions.
    """
    phrases = FixedPhrases(
        (wording, formula.id)
        for formula in formulary.formulas
        for wordings in formula.wordings.values()
        for wording in wordings
    )
    texts = [(day, _first_finds(text, phrases)) for day, text in earlier]
    now = _first_finds(new, phrases).keys()
    formulas = {formula.id: formula for formula in formulary.formulas}
    found = []
    for id, place in texts[-1][1].items() if texts else ():
        days = _unbroken(id, texts)
        if id in now or len(days) < min(len(texts), UNBROKEN):
            continue
        formula = formulas[id]
        found.append(
            Omission(
                formula=formula,
                texts=len(days),
                of=len(texts),
                since=days[-1],
                last=days[0],
                place=place,
                instead=tuple(formulas[other] for other in formula.opposes if other in now),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.formula.topic in _FORMAL, -one.texts)))


def _unbroken(id: str, texts: Sequence[tuple[date, Mapping[str, FormulaPlace]]]) -> list[date]:
    """Return the days of the last texts that have the formula without a break, latest first."""
    having = takewhile(lambda text: id in text[1], reversed(texts))
    return [day for day, _ in having]


def _first_finds(text: str, phrases: FixedPhrases[str]) -> dict[str, FormulaPlace]:
    """Return the first place of each formula by its id, in the order of the text."""
    text = unwrap(text)
    found: dict[str, FormulaPlace] = {}
    for start, end in sentences(text):
        sentence = text[start:end]
        for one in phrases.find(Stems(sentence)):
            found.setdefault(
                one.owner, FormulaPlace(sentence=sentence, start=one.start, end=one.end)
            )
    return found
