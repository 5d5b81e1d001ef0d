"""Finds many spellings in a text at once; no other module knows how.

A finder returns only where the letters stand, including overlapping finds. The caller decides by
the rules of scripts whether they are a word there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Protocol

from ahocorasick_rs import AhoCorasick, MatchKind

_SCANNED = 1_000  # letters of all texts: scanning them takes as long as building the automaton

Find = tuple[int, int, int]  # index of the needle, start and end in the text


class Finder(Protocol):
    """Made of needles, which are distinct and not empty."""

    def find(self, text: str) -> list[Find]:
        """Return every place of every needle, in any order."""


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
    """Build an automaton, or share it: readings, stories and weights look for the same names."""
    return AhoCorasick(needles, matchkind=MatchKind.Standard)


class ByScan:
    """Looks for each needle in turn: slow and obvious, the reference for every faster finder."""

    def __init__(self, needles: Sequence[str]) -> None:
        self._needles = tuple(needles)

    def find(self, text: str) -> list[Find]:
        finds = []
        for index, needle in enumerate(self._needles):
            at = text.find(needle)
            while at >= 0:
                finds.append((index, at, at + len(needle)))
                at = text.find(needle, at + 1)
        return finds


class WhenNeeded:
    """Scans the first short texts, so that one headline builds no automaton (43 ms)."""

    def __init__(self, needles: Sequence[str]) -> None:
        self._needles = needles
        self._scan = ByScan(needles)
        self._left = _SCANNED
        self._aho: ByAho | None = None

    def find(self, text: str) -> list[Find]:
        """Return the finds in the order in which the automaton gives them."""
        self._left -= len(text)
        if self._left >= 0:
            return sorted(self._scan.find(text), key=itemgetter(2, 1))
        if self._aho is None:
            self._aho = ByAho(self._needles)
        return self._aho.find(text)
