"""Finding all needles in one pass (Aho and Corasick 1975), by ahocorasick_rs.

Overlapping search: leftmost-longest loses 0.12 % of the hits, because a longer needle that then
fails the word test has already eaten the shorter one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick, MatchKind


class ByAho:
    """Same contract as `by_scan.ByScan`; order of finds differs."""

    def __init__(self, needles: Sequence[str]) -> None:
        self._automaton = AhoCorasick(needles, matchkind=MatchKind.Standard) if needles else None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        if self._automaton is None or not text:
            return []
        return self._automaton.find_matches_as_indexes(text, overlapping=True)
