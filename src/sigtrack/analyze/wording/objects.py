"""What a sentence is about, as a set of units that can be compared: stems, or pairs of characters.

Latin words give their stems, Hangul words their part before the particle, Han and Kana every pair
of neighbours. Words that join others, and words that every statement has, are left out.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from sigtrack.lexicon import shipped_lexicon
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import HAN, HANGUL, KANA, classes_of
from sigtrack.text.stems import stem, without_particle

_UNIT = re.compile(rf"[{HAN}{KANA}]+|[{HANGUL}]+|[^\W_{HAN}{KANA}{HANGUL}]+")


def units_of(text: str, span: tuple[int, int] | None = None) -> frozenset[str]:
    """Return the units of a sentence without the words of `span` (half-open, in `text`)."""
    if span is not None:
        text = f"{text[: span[0]]} {text[span[1] :]}"
    units: set[str] = set()
    for found in _UNIT.finditer(fold_text(text).lower()):
        units.update(_units(found[0]))
    return frozenset(units)


def _units(word: str) -> set[str]:
    match classes_of(word[0]):
        case "c" | "k":
            return {a + b for a, b in pairwise(word)} or {word}
        case "h":
            return {without_particle(word)}
    stemmed = stem(word)
    return set() if stemmed in _said_by_all() else {stemmed}


@cache
def _said_by_all() -> frozenset[str]:
    return frozenset(map(stem, shipped_lexicon().words("joint", "everywhere")))
