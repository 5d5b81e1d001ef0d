"""Finding needles by looking for each in turn: slow, obvious, the judge of every faster finder."""

from __future__ import annotations

from collections.abc import Sequence


class ByScan:
    """`find(text)` gives (needle index, start, end) of every occurrence, overlapping ones too."""

    def __init__(self, needles: Sequence[str]) -> None:
        self._needles = tuple(needles)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        finds = []
        for index, needle in enumerate(self._needles):
            at = text.find(needle)
            while at >= 0:
                finds.append((index, at, at + len(needle)))
                at = text.find(needle, at + 1)
        return finds
