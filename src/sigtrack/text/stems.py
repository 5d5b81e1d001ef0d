"""Makes words comparable beyond their spelling: inflection, clause marks, British and American.

A formula must be found as "strongly opposed any attempt" if the catalogue says "strongly oppose any
attempts". So a text is rewritten as its stems with one space between them, and a phrase is found in
it by plain search. Latin words lose regular endings (the first steps of Porter 1980: what is joined
wrongly is joined in the same way on both sides). Han, Kana and Hangul stay as folding leaves them,
and are cut where the script changes. Commas are removed; the end of a sentence or clause becomes
`|`, which no phrase crosses.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from sigtrack.text.fold import Folded, fold
from sigtrack.text.scripts import HAN, HANGUL, HANGUL_PARTICLES, KANA, classes_of

BORDER = "|"
_TOKEN = re.compile(
    rf"(?P<cjk>[{HAN}{KANA}]+)|(?P<hangul>[{HANGUL}]+)"
    rf"|(?P<spaced>(?:[^\W_{HAN}{KANA}{HANGUL}]|(?<=[^\W_])'(?=[^\W_]))+)"
    r"|(?P<border>[。;:!?]|\.(?= |\Z))"
)
_SPELLINGS = (("isation", "ization"), ("defence", "defense"), ("favour", "favor"))
_VOWEL = re.compile("[aeiouy]")
_SHORTEST = 4  # letters that a stem needs to lose an ending: noted is not "not"


class Stems:
    """A text as stems. `text` has one space before, between and after them."""

    __slots__ = ("_ends", "_folded", "_places", "_starts", "original", "text")

    def __init__(self, text: str) -> None:
        self.original = text
        self._folded: Folded = fold(text)
        self._places: list[int] = []  # where each stem starts in `text`
        self._starts: list[int] = []  # and where its word starts in the folded text
        self._ends: list[int] = []
        pieces = [" "]
        at = 1
        for found in _TOKEN.finditer(self._folded.lower):
            piece = found[0]
            if found.lastgroup == "spaced":
                piece = stem(piece)
            elif found.lastgroup == "border":
                piece = BORDER
            start, end = found.span()
            self._places.append(at)
            self._starts.append(start)
            self._ends.append(end)
            pieces += (piece, " ")
            at += len(piece) + 1
        self.text = "".join(pieces)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the publisher's text for a range of `text` (without outer spaces)."""
        start += self.text[start] == " "
        end -= self.text[end - 1] == " "
        return self._folded.origin(self._of(start, 0), self._of(end - 1, 1))

    def tokens(self) -> Iterator[tuple[str, int, int, str]]:
        """Yield each token in small letters, its range in the publisher's text, and what stands
        between it and the token before, without spaces."""
        lower, origin, before = self._folded.lower, self._folded.origin, 0
        for start, end in zip(self._starts, self._ends, strict=True):
            yield lower[start:end], *origin(start, end), lower[before:start].strip()
            before = end

    def _of(self, at: int, beyond: int) -> int:
        """Return a place in the folded text: exact without stems, otherwise the word's border."""
        number = bisect_right(self._places, at) - 1
        start, end = self._starts[number], self._ends[number]
        if classes_of(self._folded.lower[start]) in "ckh":
            return start + at - self._places[number] + beyond
        return end if beyond else start


def stems_of(text: str) -> str:
    """Return the stems of a phrase with one space between them."""
    return Stems(text).text.strip()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of a folded lower-case word. A stem is no word: do not stem it again."""
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    word = word.removesuffix("'s")
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    elif word.endswith("s") and len(word) > 3 and word[-2] not in "su'" and word[-2:] != "is":
        word = word[:-1]
    word = _without_tense(word)
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST else word


def without_particle(word: str) -> str:
    """Return a Hangul word without the particle at its end, if two syllables remain."""
    for length in (2, 1):
        if len(word) > length + 1 and word[-length:] in HANGUL_PARTICLES:
            return word[:-length]
    return word


def _without_tense(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return f"{word[:-3]}y"
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _SHORTEST and _VOWEL.search(rest):
            is_doubled = rest[-1] == rest[-2] and rest[-1] not in "lsze"
            return rest[:-1] if is_doubled else rest
    return word
