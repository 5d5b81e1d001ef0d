"""What words do in a statement: criticise, demand, promise, press, hedge, thank, name.

One small module a language (`words_en` and its siblings) maps a key to words with commas between
them. A key is a kind, and a number or a name:

    criticism 1-10   noting to countermeasures; concern is 3, bare opposition 5, condemning 7
    demand 1-3       asking, urging, demanding (also: should, must)
    commitment 1-4   discussing, sharing a view, agreeing or reaffirming, deciding or pledging;
                     words of one number are friends of the same force
    welcome          weak verbs: what they govern comes and goes more easily
    force, hedge     what presses a sentence and what loosens it
    offer            talks held out; programme: work that is set up; claim: what others are held to
    mood             "new phase"; courtesy, agenda, date, document; dispute: contested places
    same NAME        words of one meaning, taken as equal when sentences are matched
    country CODE     names of a country; parties CODES: one word for several
    filler           words that every statement has
    topic NAME       what a sentence is about

Words are found as in the catalogue of formulas, whatever their inflection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from sigtrack.analyze.compare import words_en, words_ja, words_ko, words_zh
from sigtrack.analyze.fixed_phrases import FixedPhrases, Found, longest
from sigtrack.text.stems import Stems

# Finds of one layer hide those that lie inside them ("concern" in "serious concern").
_LAYERS: Sequence[tuple[str, ...]] = (
    ("criticism", "force", "hedge"),
    ("commitment",),
    ("demand",),
    ("same",),
    ("country", "parties"),
    ("filler",),
)
_LAYER_OF = {kind: number for number, kinds in enumerate(_LAYERS) for kind in kinds}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": words_en.WORDS,
    "ko": words_ko.WORDS,
    "ja": words_ja.WORDS,
    "zh": words_zh.WORDS,
}


class Clue(NamedTuple):
    """`value` is what the key says behind the kind: a number, a name, country codes, or ""."""

    kind: str
    value: str


Clues = Mapping[str, Sequence[Found[Clue]]]


class Lexicon:
    def __init__(self, words: Mapping[str, str]) -> None:
        self._phrases = FixedPhrases(
            (" ".join(word.split()), Clue(*_key(key)))
            for key, listed in words.items()
            for word in listed.split(",")
            if word.strip()
        )

    def find(self, stems: Stems) -> Clues:
        """By kind, in the order of the text."""
        layers: dict[int | str, list[Found[Clue]]] = defaultdict(list)
        for one in self._phrases.find(stems):
            layers[_LAYER_OF.get(one.owner.kind, one.owner.kind)].append(one)
        clues: dict[str, list[Found[Clue]]] = defaultdict(list)
        for found in layers.values():
            for one in longest(found):
                clues[one.owner.kind].append(one)
        return clues


@cache
def lexicon(language: str) -> Lexicon:
    return Lexicon(_WORDS.get(language, words_en.WORDS))


def _key(key: str) -> tuple[str, str]:
    kind, _, value = key.partition(" ")
    return kind, value
