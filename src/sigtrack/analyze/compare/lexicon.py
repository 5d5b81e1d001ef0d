"""What words do in a statement: criticise, demand, promise, press, hedge, thank, name.

One small module a language (`words_en` and its siblings) maps a key to words with commas between
them. A key is a kind, and a number or a name:

    criticism 1-10   noting to countermeasures; concern is 3, bare opposition 5, condemning 7
    demand 1-3       asking, urging, demanding (0: of one's own ministers); ought: should and must
                     (ours: what the speakers must)
    commitment 1-5   discussing, welcoming, sharing a view, agreeing or reaffirming, deciding or
                     pledging; words of one number are friends of the same force
    importance       what is only called important is not promised
    welcome          weak verbs: what they govern comes and goes more easily
    force, hedge     what presses a sentence and what loosens it
    offer, talks     talks held out, and the mere word, which is an offer to an adversary only
    programme        work that is set up; claim: what others are held to
    mood             "new phase"; courtesy, agenda, date, document; dispute: contested places
    met              that they met, who and where
    negation         not; affirmed: not only, which negates nothing
    condition        if, provided that; free: "even if", "if possible", which make no condition
    keep             to go on as before; "same grow" is to do more
    threat           whose naming is a reproach; cushion: that a position has not changed
    set NAME         a phrase whose coming and going is news, with words of one kind for each
    set              longer phrases that hold it and are something else
    opposition       the seas and Taiwan, without which nobody stands on the ladder of that name
    same NAME        words of one meaning, taken as equal when sentences are matched
    country CODE     names of a country; parties CODES: one word for several, or seas, for none
    filler           words that every statement has
    topic NAME       what a sentence is about

Words are found as in the catalogue of formulas, whatever their inflection. A star stands for any
letters before or behind: Korean says in endings (나가기로 하였다) what others say in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    ("negation", "affirmed"),
    ("condition", "free"),
    ("ought", "ours"),
    ("set",),
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
        listed = [
            (" ".join(word.split()), Clue(*_key(key)))
            for key, every in words.items()
            for word in every.split(",")
            if word.strip()
        ]
        self._phrases = FixedPhrases((word, clue) for word, clue in listed if "*" not in word)
        self._pieces = [(word.strip("*"), clue) for word, clue in listed if "*" in word]

    def find(self, text: str, stems: Stems) -> Clues:
        """By kind, in the order of the text; `stems` are those of the text."""
        layers: dict[int | str, list[Found[Clue]]] = defaultdict(list)
        for one in (*self._phrases.find(stems), *self._pieces_in(text)):
            layers[_LAYER_OF.get(one.owner.kind, one.owner.kind)].append(one)
        clues: dict[str, list[Found[Clue]]] = defaultdict(list)
        for found in layers.values():
            for one in longest(found):
                clues[one.owner.kind].append(one)
        return clues

    def _pieces_in(self, text: str) -> Iterator[Found[Clue]]:
        for piece, clue in self._pieces:
            at = text.find(piece)
            if at >= 0:
                yield Found(at, at + len(piece), clue)


@cache
def lexicon(language: str) -> Lexicon:
    return Lexicon(_WORDS.get(language, words_en.WORDS))


def _key(key: str) -> tuple[str, str]:
    kind, _, value = key.partition(" ")
    return kind, value
