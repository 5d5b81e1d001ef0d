"""Where a line of text may end, for headlines in four languages.

Rich wraps at spaces only. Then a Chinese title after one Latin word starts a new line, and a line
may begin with a comma. Here, Han and Kana may break anywhere except before closing marks and after
opening marks (the common part of JIS X 4051 and GB/T 15834); Latin and Hangul break at spaces, and
a word that is longer than the line breaks where it must.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS = "…"
_ORPHAN = 3  # a last line this short is one Han character or half a word
_TRIES = 6

Lines = tuple[tuple[int, int], ...]


def wrap(text: str, width: int, *, most: int, size: Callable[[str], int]) -> tuple[Lines, bool]:
    """Return lines as half-open ranges of `text`, and whether the last line was cut.

    `size` gives the cells of one character. No line has more than `width` cells, and a last line
    that is cut leaves room for the ellipsis. There are at most `most` lines, and none for blank
    text. Lines are a little shorter if this avoids a single character on the last line.
    """
    lines, cut = _filled(text, width, most, size)
    if cut or len(lines) < 2 or not _orphaned(text, lines, size):
        return lines, cut
    for narrower in range(width - 1, max(width - _TRIES, width // 2), -1):
        other, cut = _filled(text, narrower, most, size)
        if not cut and len(other) == len(lines) and not _orphaned(text, other, size):
            return other, False
    return lines, False


def _orphaned(text: str, lines: Lines, size: Callable[[str], int]) -> bool:
    start, end = lines[-1]
    return sum(map(size, text[start:end])) <= _ORPHAN


def _filled(text: str, width: int, most: int, size: Callable[[str], int]) -> tuple[Lines, bool]:
    lines: list[tuple[int, int]] = []
    at = _skip(text, 0)
    while at < len(text):
        end = _reach(text, at, width, size)
        if end < len(text) and text[end:].strip():
            if len(lines) == most - 1:
                end = _reach(text, at, width - size(ELLIPSIS), size, least=0)
                lines.append((at, _trim(text, at, end)))
                return tuple(lines), True
            end = _break(text, at, end)
        lines.append((at, _trim(text, at, end)))
        at = _skip(text, end)
    return tuple(lines), False


def _reach(text: str, at: int, width: int, size: Callable[[str], int], *, least: int = 1) -> int:
    """Return the end of a line from `at`, at least `least` characters on, so that wrapping ends."""
    used = 0
    for i in range(at, len(text)):
        used += size(text[i])
        if used > width and i >= at + least:
            return i
    return len(text)


def _break(text: str, at: int, end: int) -> int:
    for i in range(end, at, -1):
        if _may_break(text[i - 1], text[i]):
            return i
    return end


def _may_break(before: str, after: str) -> bool:
    if before.isspace() or after.isspace():
        return True
    if after in _CLOSING or before in _OPENING:
        return False
    # Korean headlines join two halves by an ellipsis without a space: 특사 접견…"방산 협력"
    return before == ELLIPSIS or _stands_alone(before) or _stands_alone(after)


def _stands_alone(character: str) -> bool:
    return any(low <= character <= high for low, high in _HAN_AND_KANA)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _trim(text: str, at: int, end: int) -> int:
    while end > at and text[end - 1].isspace():
        end -= 1
    return end


# CJK marks, Kana, Han, full-width forms, and the planes of rarer Han. Hangul is not among them.
_HAN_AND_KANA = (
    ("\u2e80", "\u312f"),
    ("\u3190", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\uff01", "\uff9f"),
    ("\U00020000", "\U0003ffff"),
)
_OPENING = frozenset("([{<«“‘「『（【〈《〔［｛〖＜")
_CLOSING = frozenset(
    ")]}>»”’」』）】〉》〕］｝〗＞,.!?:;%、。，．！？：；％…‥·・•々ゝゞヽヾ〻ー～〜"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ"
)
