"""Reads one sentence of a statement: clues, formulas, rungs, numbers, and its object.

The object is a set of units (stems, pairs of characters, concepts): what is left without verbs of
saying, words of force and words that every statement has. Words of one meaning are one unit, so a
synonym does not make another object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from sigtrack.analyze.compare.amounts import amounts_of
from sigtrack.analyze.compare.clues import NO_SET, Clues, clue_finder
from sigtrack.analyze.compare.passages import without_marker, words_of
from sigtrack.analyze.fixed_phrases import FixedPhrases, Found, longest
from sigtrack.analyze.wording.objects import units_of
from sigtrack.lexicon import Lexicon
from sigtrack.model import Formulary, Passage
from sigtrack.text.scripts import HANGUL, KATAKANA, classes_of, guess_language
from sigtrack.text.stems import Stems

_HANGUL_WORD = re.compile(f"[{HANGUL}]{{2,}}")
_KATAKANA_WORD = re.compile(f"[{KATAKANA}]{{2,}}")
_SAID = ("criticism", "commitment", "demand", "force", "hedge", "filler")  # not part of an object
SHARED, AGREED = 3, 4  # on the scale of commitment
CONCERN = 3  # on the scale of criticism; below it nobody is blamed
# Units of every sentence that thanks, dines or congratulates, and of every sentence about who met.
FORMAL = frozenset(("courtesy:", "met:"))
_OPPOSITION = "opposition"  # the ladder for Taiwan and the seas, and the clue that these are meant
GOAL = "denuclearization"  # the ladder; in all its forms it is one object
NAMED = 4  # its rung on which the word itself is used
_CONCEPTS = ("same", "country", "mood")
_ROOT = 6  # letters of a stem that identify its family: culture, cultural
_END_OF_SENTENCE = re.compile(r"[.。!?！？…][\"'”’»）)】〉》」』]*\s*\Z")
_LONGEST_HEADING = 90

Rung = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a sentence holds.

    `text` is the passage without its bullet; the clues point into it. `words` are equal if two
    sentences say the same. `rungs`: the strongest rung of each ladder. `units` are the object,
    `said` is what is said about it, as kinds and numbers; both are for likeness.
    """

    passage: Passage
    text: str
    words: str
    clues: Clues
    formulas: frozenset[str]
    rungs: Mapping[str, int]
    units: frozenset[str]
    said: frozenset[str]
    amounts: tuple[float, ...]
    is_heading: bool

    def strongest(self, kind: str) -> int:
        """Return the highest number of a kind in the sentence; 0 if there is none."""
        return max((int(one.owner.value) for one in self.clues.get(kind, ())), default=0)

    @property
    def commitment(self) -> int:
        """How binding it is: 0, or 1 to 5. Reaffirming the importance only shares a view."""
        most = self.strongest("commitment")
        return min(most, SHARED) if self.has("importance") and most <= AGREED else most

    @property
    def sets(self) -> frozenset[str]:
        """Names of the set phrases. Longer phrases that mean something else have no name."""
        return self.values("set") - {NO_SET}

    @cached_property
    def blames(self) -> bool:
        return self.strongest("criticism") >= CONCERN

    def has(self, kind: str) -> bool:
        return bool(self.clues.get(kind))

    def values(self, kind: str) -> frozenset[str]:
        return frozenset(one.owner.value for one in self.clues.get(kind, ()))

    @cached_property
    def objects(self) -> frozenset[str]:
        """What the sentence speaks about, whatever it says about it."""
        return self.values("object") - {NO_SET}

    @cached_property
    def countries(self) -> frozenset[str]:
        named = self.values("country") | self.values("parties")
        return frozenset(code for codes in named - {NO_SET} for code in codes.split("-"))


def language_of(text: str) -> str:
    """Return the language by script. A few Han names do not make an English text Chinese."""
    kinds = classes_of(text)
    foreign = sum(map(kinds.count, "chk"))
    return (guess_language(text) if foreign > kinds.count("s") else None) or "en"


class Reader:
    """Reads sentences of one language with the words of lexicon and catalogue for it."""

    def __init__(
        self, formulary: Formulary, language: str, lexicon: Lexicon, pulse: Callable[[], None]
    ) -> None:
        self._pulse = pulse
        self._clues = clue_finder(lexicon, language)
        self._formulas = FixedPhrases(
            (word, one.id) for one in formulary.formulas for word in one.wordings.get(language, ())
        )
        self._rungs: FixedPhrases[Rung] = FixedPhrases(
            (word, (one.id, number))
            for one in formulary.ladders
            if one.country is None
            for number, words in enumerate(one.rungs.get(language, ()), start=1)
            for word in words
        )

    def read_all(self, passages: Iterable[Passage]) -> list[Reading]:
        return [self._read(one) for one in passages]

    def _read(self, passage: Passage) -> Reading:
        self._pulse()
        text = without_marker(passage.text)
        stems = Stems(text)
        clues = self._clues.find(text, stems)
        rungs = _strongest(self._rungs.find(stems))
        if _OPPOSITION in rungs and not clues.get(_OPPOSITION):
            del rungs[_OPPOSITION]  # "condemn" is on this ladder, but something else is condemned
        goal = {GOAL} if rungs.get(GOAL, 0) >= NAMED else set()
        said = frozenset(
            f"{kind} {one.owner.value}" for kind in _SAID[:3] for one in clues.get(kind, ())
        )
        return Reading(
            passage=passage,
            text=text,
            words=words_of(text),
            clues=_without_set_phrases(clues),
            formulas=frozenset(one.owner for one in self._formulas.find(stems)),
            rungs=rungs,
            units=_object_of(text, clues) | goal,
            said=said,
            amounts=amounts_of(text),
            is_heading=_is_heading(text) and not said,
        )


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and not _END_OF_SENTENCE.search(text)


def _strongest(found: Iterable[Found[Rung]]) -> dict[str, int]:
    by_ladder: dict[str, list[Found[Rung]]] = {}
    for one in found:
        by_ladder.setdefault(one.owner[0], []).append(one)
    return {
        ladder: max(one.owner[1] for one in longest(every)) for ladder, every in by_ladder.items()
    }


def _without_set_phrases(clues: Clues) -> Clues:
    """Drop words of force inside set phrases: "close" in "close communication" presses nobody."""
    force = [
        one
        for one in clues.get("force", ())
        if not any(
            same.start <= one.start and one.end <= same.end and same[:2] != one[:2]
            for same in clues.get("same", ())
        )
    ]
    return {**clues, "force": force}


def _object_of(text: str, clues: Clues) -> frozenset[str]:
    said = [(one.start, one.end) for kind in _SAID for one in clues.get(kind, ())]
    meant = [
        one
        for kind in _CONCEPTS
        for one in clues.get(kind, ())
        if not any(start <= one.start and one.end <= end for start, end in said)
    ]
    concepts = {f"{one.owner.kind}:{one.owner.value}" for one in meant}
    concepts |= {kind for kind in FORMAL if clues.get(kind.rstrip(":"))}
    left = _blanked(text, [*said, *((one.start, one.end) for one in meant)])
    names = set(_KATAKANA_WORD.findall(left))  # each is one word, because foreign names are
    stems = {unit[:_ROOT] for unit in units_of(_KATAKANA_WORD.sub(" ", left))}
    pairs = {a + b for word in _HANGUL_WORD.findall(left) for a, b in pairwise(word)}
    # If nothing is left, what is said is the object: "They expressed concern."
    return frozenset(concepts | names | stems | pairs) or units_of(text)


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)
