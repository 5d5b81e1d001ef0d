"""Where sentences begin and end, in the publisher's own letters.

Sentences end where they end for NEAR (`scripts.words_between`): at a full stop before a space or
the end, unless it belongs to an abbreviation and was removed by folding; at 。 always; and at a
line break. Pages that join two paragraphs lose the space between them ("the Treaty.President
Biden", 열렸다.합의문은), and Japanese uses ．beside 。: there a stop without a space ends a
sentence. A sentence that continues after its closing mark, in small letters or with a particle, has
not ended: et al. in, "하자."고, （別紙。）。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sigtrack.text.fold import fold
from sigtrack.text.scripts import HAN, HANGUL, HANGUL_ENDINGS, KANA

_END = re.compile(
    rf"。|[.!?](?= |\Z)|[!?](?=[{HAN}{KANA}])|(?<=[{HAN}{KANA}])\.(?=[{HAN}{KANA}])"
    rf"|(?<=[{HANGUL_ENDINGS}])\.(?=[{HANGUL}])"
    r"|(?<=[a-z]{2}|[A-Za-z] )\.(?:\d{1,2}(?= [A-Z])|(?=[A-Z][a-z]* ))"  # or before a footnote
)
_CLOSING = "\"'”’»）)】〉》"
_GOES_ON = "」』"  # …する。」と述べた。
_SMALL = re.compile(r" +[a-z]")
_NUMBERED = re.compile(r"(?<![^\W_])[A-Z][a-z]{1,2}\Z")  # Art. 5, Sec. 301
_BRACKETS = {")": "(", "）": "（"}
_STOPS = ".。．!?！？"

Stretch = tuple[int, int]


def sentences(text: str) -> Iterator[Stretch]:
    """Yield half-open ranges, in order, without white space around; they hold all words."""
    at = 0
    for paragraph in text.split("\n"):
        for start, end in _of_paragraph(paragraph):
            yield at + start, at + end
        at += len(paragraph) + 1


def _of_paragraph(text: str) -> Iterator[Stretch]:
    folded = fold(text)
    start = 0
    for found in _END.finditer(folded.text):
        if _is_inside(folded.text, found):
            continue
        stop = end = folded.origin(found.start(), found.end())[1]
        while end < len(text) and text[end] in _CLOSING:
            end += 1  # the quotation mark after the full stop
        if end < len(text) and _goes_on(text, start, stop, end):
            continue
        yield from _trimmed(text, start, end)
        start = max(start, end)
    yield from _trimmed(text, start, len(text))


def _is_inside(folded: str, found: re.Match[str]) -> bool:
    """Whether a stop stands before small letters, or between a short word and its number."""
    if found[0] != ".":
        return False
    if _SMALL.match(folded, found.end()):
        return True
    is_number = folded[found.end() + 1 : found.end() + 2].isdigit()
    return is_number and _NUMBERED.search(folded, 0, found.start()) is not None


def _goes_on(text: str, start: int, stop: int, end: int) -> bool:
    """Whether the sentence from `start` continues after its closing marks, which end at `end`."""
    following, closing = text[end], text[stop:end]
    if following in _GOES_ON or (closing and following in _STOPS):
        return True
    if closing and re.match(f"[{HANGUL}]", following):
        return True
    opening = _BRACKETS.get(closing[-1:], "")
    return bool(opening) and opening in text[start:stop] and text[start:stop].lstrip()[0] != opening


def _trimmed(text: str, start: int, end: int) -> Iterator[Stretch]:
    words = text[start:end]
    if words.strip():
        yield start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
