"""Where sentences begin and end, in the publisher's own letters.

The same ends as for NEAR (`scripts.words_between`): a full stop before a space or the end, but not
that of an abbreviation, which folding has taken away; 。 always; and a line break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sigtrack.text.fold import fold
from sigtrack.text.scripts import HAN, KANA

_END = re.compile(rf"。|[.!?](?= |\Z)|[!?](?=[{HAN}{KANA}])")
_CLOSING = "\"'”’»）)】〉》"
_GOES_ON = "」』"  # …する。」と述べた。

Stretch = tuple[int, int]


def sentences(text: str) -> Iterator[Stretch]:
    """Half-open ranges, in order, without the white space around; together they hold all words."""
    at = 0
    for paragraph in text.split("\n"):
        for start, end in _of_paragraph(paragraph):
            yield at + start, at + end
        at += len(paragraph) + 1


def _of_paragraph(text: str) -> Iterator[Stretch]:
    folded = fold(text)
    start = 0
    for found in _END.finditer(folded.text):
        end = folded.origin(found.start(), found.end())[1]
        if text[end : end + 1] in _GOES_ON and end < len(text):
            continue
        while end < len(text) and text[end] in _CLOSING:
            end += 1  # the quotation mark behind the full stop
        yield from _trimmed(text, start, end)
        start = max(start, end)
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Stretch]:
    words = text[start:end]
    if words.strip():
        yield start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
