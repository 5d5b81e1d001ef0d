"""What words do in a statement: criticise, demand, promise, press, hedge, thank, name.

The words are in the language's file of the lexicon, under these sections and keys, with their
meaning explained there. The kind of a clue is its section, or its key in [statement].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from sigtrack.analyze.fixed_phrases import FixedPhrases, Found, longest
from sigtrack.lexicon import LANGUAGES, Book, Lexicon
from sigtrack.text.stems import Stems

NO_SET = "none"  # key of longer phrases that mean something else, and of parties without a country
_SECTIONS = (
    *("criticism", "demand", "commitment", "set", "same", "country", "parties"),
    *("topic", "object"),
)
# Finds of a layer hide those inside them ("concern" in "serious concern").
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
    ("object",),
    ("filler",),
)
_LAYER_OF = {kind: number for number, kinds in enumerate(_LAYERS) for kind in kinds}


class Clue(NamedTuple):
    """`value` is the key of the word in its section: a number, a name, country codes, or ""."""

    kind: str
    value: str


Clues = Mapping[str, Sequence[Found[Clue]]]


class ClueFinder:
    def __init__(self, language: Book) -> None:
        listed = list(_clues(language))
        self._phrases = FixedPhrases((word, clue) for word, clue in listed if "*" not in word)
        self._pieces = [(word.strip("*"), clue) for word, clue in listed if "*" in word]

    def find(self, text: str, stems: Stems) -> Clues:
        """Return clues by kind, in the order of the text; `stems` are those of the text."""
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


@lru_cache(maxsize=8)
def clue_finder(lexicon: Lexicon, language: str) -> ClueFinder:
    return ClueFinder(lexicon.language(language if language in LANGUAGES else "en"))


def _clues(language: Book) -> Iterator[tuple[str, Clue]]:
    for section in _SECTIONS:
        for key, words in language.section(section).items():
            yield from ((word, Clue(section, key)) for word in words)
    for kind, words in language.section("statement").items():
        yield from ((word, Clue(kind, "")) for word in words)
