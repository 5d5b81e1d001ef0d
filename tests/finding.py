"""The slow and obvious finder, by which every faster one is judged."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from sigtrack.lexicon.finder import Find


class ByScan:
    """Looks for each needle in turn."""

    def __init__(self, needles: Sequence[str]) -> None:
        self._needles = tuple(needles)

    def find(self, text: str) -> list[Find]:
        finds = []
        for index, needle in enumerate(self._needles):
            at = text.find(needle)
            while at >= 0:
                finds.append((index, at, at + len(needle)))
                at = text.find(needle, at + 1)
        return sorted(finds, key=itemgetter(2, 1))
