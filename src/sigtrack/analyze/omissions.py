"""What was expected of a statement and is not in it: formulas that its forerunners all had.

A keyword never shows silence. A formula is expected where every earlier text of the format has it,
or, in a long series, where the last three had it without a break: what began in 2023 may be
missed in 2026 although 2021 did not know it. Formulas are looked for in all languages of the
catalogue at once, so that a series may change its language.

Pure: texts in order of time in, omissions out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from sigtrack.analyze.fixed_phrases import FixedPhrases
from sigtrack.model import Formula, Formulary
from sigtrack.text.sentences import sentences
from sigtrack.text.stems import Stems
from sigtrack.text.unwrap import unwrap

_FORMAL = ("form", "naming")  # how a text is called, and how it calls others: last
UNBROKEN = 3  # texts in a row that make a habit, where not all earlier ones have the formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A formula in its sentence: a half-open range of code points."""

    sentence: str
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.sentence[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """`texts` of the `of` earlier ones, the last ones without a break, have the formula: from the
    one of `since` to the one of `last`, where it has its `place`. `instead`: formulas of the new
    text that compete with it."""

    formula: Formula
    texts: int
    of: int
    since: date
    last: date
    place: Place
    instead: tuple[Formula, ...] = ()


def omissions(
    earlier: Sequence[tuple[date, str]], new: str, formulary: Formulary
) -> tuple[Omission, ...]:
    """The longest-standing first; none without earlier texts. `earlier` is oldest first."""
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


def _unbroken(id: str, texts: Sequence[tuple[date, Mapping[str, Place]]]) -> list[date]:
    """The days of the last texts that have the formula, latest first, up to one without."""
    having = takewhile(lambda text: id in text[1], reversed(texts))
    return [day for day, _ in having]


def _first_finds(text: str, phrases: FixedPhrases[str]) -> dict[str, Place]:
    """Where each formula stands first, by its id, in the order of the text."""
    text = unwrap(text)
    found: dict[str, Place] = {}
    for start, end in sentences(text):
        sentence = text[start:end]
        for one in phrases.find(Stems(sentence)):
            found.setdefault(one.owner, Place(sentence=sentence, start=one.start, end=one.end))
    return found
