"""Finds many spellings in a text at once; no other module knows how.

A finder returns only where the letters stand, including overlapping finds. The caller decides by
the rules of scripts whether they are a word there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count, islice
from operator import itemgetter
from typing import Protocol

from ahocorasick_rs import AhoCorasick, MatchKind

_START, _LONGER = 4, 8  # letters by which needles are looked up
_FEW = 50_000  # letters: to find them by their starts takes as long as to build the automaton
_KEPT = 64  # texts whose finds are kept
_LONG = 4_000  # letters of a text whose finds are not kept

Find = tuple[int, int, int]  # index of the needle, start and end in the text


class Finder(Protocol):
    """Made of needles, which are distinct and not empty."""

    def find(self, text: str) -> list[Find]:
        """Return every place of every needle: by its end, of the same end the longest first."""


MakeFinder = Callable[[Sequence[str]], Finder]


class ByAho:
    """Finds all needles in one pass (Aho and Corasick 1975), with ahocorasick_rs.

    The search is overlapping: leftmost-longest would lose 0.12 % of the hits, because a longer
    needle that fails the word test would hide the shorter one. The library chooses how to store its
    states: its full table (`DFA`) takes seven times as long to build, needs 50 MiB for the words of
    visits, and finds more slowly.
    """

    def __init__(self, needles: Sequence[str]) -> None:
        self._automaton = _automaton(tuple(needles)) if needles else None

    def find(self, text: str) -> list[Find]:
        if self._automaton is None or not text:
            return []
        return self._automaton.find_matches_as_indexes(text, overlapping=True)


@lru_cache(maxsize=4)
def _automaton(needles: tuple[str, ...]) -> AhoCorasick:
    """Build an automaton, or return it again for the same needles."""
    return AhoCorasick(needles, matchkind=MatchKind.Standard)


class ByStart:
    """Looks at each letter for the needles that begin there.

    It is made in a tenth of the time of an automaton, and finds fifteen times more slowly.
    """

    def __init__(self, needles: Iterable[str] = ()) -> None:
        self._numbers: Mapping[str, int] = {}
        self._letters: set[str] = set()
        self._starts: set[str] = set()
        self._longer_starts: set[str] = set()
        self._lengths: set[int] = set()
        numbers = dict(zip(needles, count()))
        self.add(numbers.keys(), numbers)

    def add(self, new: Collection[str], numbers: Mapping[str, int]) -> None:
        """Look for these as well; `numbers` are those of all needles, with the new ones."""
        self._numbers = numbers
        self._lengths.update(map(len, new))
        self._letters.update([one for one in new if len(one) == 1])
        self._starts.update(map(itemgetter(slice(_START)), new))
        self._longer_starts.update(map(itemgetter(slice(_LONGER)), new))
        lengths = sorted(self._lengths)
        self._short = [n for n in lengths if 1 < n < _START]
        self._middle = [n for n in lengths if _START <= n < _LONGER]
        self._long = [n for n in lengths if n >= _LONGER]

    def find(self, text: str) -> list[Find]:
        numbers, starts, size = self._numbers, self._starts, len(text)
        found: list[Find] = []
        if not self._letters.isdisjoint(text):
            found += [
                (numbers[one], at, at + 1) for at, one in enumerate(text) if one in self._letters
            ]
        found += [
            (numbers[piece], at, at + n)
            for n in self._short
            for at in range(size - n + 1)
            if (piece := text[at : at + n]) in numbers
        ]
        for at in [at for at in range(size - _START + 1) if text[at : at + _START] in starts]:
            is_long = text[at : at + _LONGER] in self._longer_starts
            for n in chain(self._middle, self._long) if is_long else self._middle:
                if (piece := text[at : at + n]) in numbers and at + n <= size:
                    found.append((numbers[piece], at, at + n))
        return sorted(found, key=itemgetter(2, 1))


class OneFinder:
    """One automaton for the needles of all that search the same texts.

    Watchlists, names and visits share half of their words, so one automaton is built in half of the
    time of three (57 of 102 ms). Each of them gets a finder of its own part of the needles. The
    finds of the last short texts are kept, so a text is searched once for all of them.

    A few texts are searched without the automaton, which would take longer to build.
    """

    def __init__(self) -> None:
        self._parts: list[Sequence[str]] = []
        self._numbers: dict[str, int] = {}  # of all needles
        self._indices: list[dict[int, int] | range] = []  # by part: by number, the index there
        self._few: ByStart | None = ByStart()
        self._left = _FEW
        self._aho = ByAho(())
        self._found: dict[str, list[Find]] = {}  # of the last texts

    def of(self, needles: Sequence[str]) -> Finder:
        """Add a part, and return the finder of its needles."""
        self._parts.append(needles)
        return _Part(self, len(self._parts) - 1)

    def find(self, part: int, text: str) -> list[Find]:
        """Return the places of the needles of a part, by their indices there."""
        if part >= len(self._indices):
            self._join()
        found = self._found.get(text)
        if found is None:
            found = self._keep(text, self._find(text))
        own = self._indices[part]
        if isinstance(own, range):  # the first part: the same numbers
            size = len(own)
            return [one for one in found if one[0] < size]
        return [(own[n], start, end) for n, start, end in found if n in own]

    def _join(self) -> None:
        """Number the needles of the parts that are new. Finds that were kept lack theirs."""
        numbers, before = self._numbers, len(self._numbers)
        for needles in self._parts[len(self._indices) :]:  # 80,000 needles, so no loop in Python
            if not numbers:
                numbers.update(zip(needles, count()))
                self._indices.append(range(len(needles)))
                continue
            new = [one for one in needles if one not in numbers]
            numbers.update(zip(new, count(len(numbers))))
            self._indices.append(dict(zip(map(numbers.__getitem__, needles), count())))
        self._found.clear()
        if self._few is not None:
            self._few.add(tuple(islice(numbers, before, None)), numbers)
        elif len(numbers) > before:
            self._aho = ByAho(tuple(numbers))

    def _find(self, text: str) -> list[Find]:
        if self._few is not None:
            self._left -= len(text)
            if self._left >= 0:
                return self._few.find(text)
            self._few, self._aho = None, ByAho(tuple(self._numbers))
        return self._aho.find(text)

    def _keep(self, text: str, found: list[Find]) -> list[Find]:
        if len(self._found) == _KEPT:
            self._found.clear()
        if len(text) <= _LONG:
            self._found[text] = found
        return found


class _Part:
    def __init__(self, whole: OneFinder, number: int) -> None:
        self._whole = whole
        self._number = number

    def find(self, text: str) -> list[Find]:
        return self._whole.find(self._number, text)
