"""Marks the words that differ between two versions of a sentence.

Words of Latin, Hangul and Katakana letters are compared as wholes, Han and Hiragana character by
character. Ranges are joined if only a space, a mark or one such character is between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from sigtrack.analyze.compare.passages import without_marker
from sigtrack.model.statements import Mark
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import HAN, KANA, KATAKANA

_LETTER = rf"[^\W_{HAN}{KANA}]"
_WORD = re.compile(rf"[{KATAKANA}]+|[{HAN}{KANA}]|{_LETTER}+(?:['’.,]{_LETTER}+)*")
# Pairs of equal words that `difflib` may compare: it takes 25 s for 1,500 words that repeat three.
# A sentence of 100 words has about 300. Above the limit, only equal words at both ends are
# unmarked.
_MOST_LIKE = 20_000
_NEAR = 1  # letters between two ranges of Han or Kana that are joined


def marks(before: str, after: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Return half-open ranges in `before` and in `after`, in order."""
    old, new = _words(before), _words(after)
    blocks = list(_different([key for key, _ in old], [key for key, _ in new]))
    return (
        _joined(before, (_range(old, a, b) for a, b, _, _ in blocks if a < b)),
        _joined(after, (_range(new, a, b) for _, _, a, b in blocks if a < b)),
    )


def _different(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield ranges of words that differ: from and to in `old`, then in `new`."""
    counts = Counter(old), Counter(new)
    if sum(count * counts[1][word] for word, count in counts[0].items()) > _MOST_LIKE:
        start = _same_at_the_start(old, new)
        end = _same_at_the_start(old[start:][::-1], new[start:][::-1])
        yield start, len(old) - end, start, len(new) - end
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield a, b, c, d


def _same_at_the_start(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


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
