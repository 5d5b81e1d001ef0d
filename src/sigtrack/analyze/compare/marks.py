"""Which words of two versions of a sentence differ, as ranges for the eye.

Words of Latin and Hangul letters are compared whole, Han and Kana one by one; ranges that only a
space, a mark or one such character parts are one range.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from sigtrack.analyze.compare.passages import without_marker
from sigtrack.model.statements import Mark
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import HAN, KANA

_WORD = re.compile(rf"[{HAN}{KANA}]|[^\W_{HAN}{KANA}]+(?:['’.,][^\W_{HAN}{KANA}]+)*")
_NEAR = 1  # letters between two ranges of Han or Kana that are still one


def marks(before: str, after: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Half-open ranges in `before` and in `after`, in order."""
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(
        None, [key for key, _ in old], [key for key, _ in new], autojunk=False
    )
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    return (
        _joined(before, (_range(old, a, b) for _, a, b, _, _ in blocks if a < b)),
        _joined(after, (_range(new, a, b) for _, _, _, a, b in blocks if a < b)),
    )


def _words(text: str) -> list[tuple[str, Mark]]:
    skipped = len(text) - len(without_marker(text))
    return [(fold_text(found[0]).lower(), found.span()) for found in _WORD.finditer(text, skipped)]


def _range(words: Sequence[tuple[str, Mark]], first: int, behind: int) -> Mark:
    return words[first][1][0], words[behind - 1][1][1]


def _joined(text: str, ranges: Iterable[Mark]) -> tuple[Mark, ...]:
    found: list[Mark] = []
    for start, end in ranges:
        between = text[found[-1][1] : start] if found else ""
        if found and len(between.strip()) <= _NEAR:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)
