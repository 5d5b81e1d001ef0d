"""Where sentences begin and end, in the publisher's own letters.

Sentences end where they end for NEAR (`scripts.words_between`): at a full stop before a space or
the end, unless it belongs to an abbreviation and was removed by folding; at 。 always; and at a
line break. Pages that join two paragraphs lose the space between them ("the Treaty.President
Biden", 열렸다.합의문은), and Japanese uses ．beside 。: there a stop without a space ends a
sentence. A sentence that continues after its closing mark, in small letters or with a particle, has
not ended: et al. in, "하자."고, （別紙。）。

Statements often arrive as text of about 70 columns, and a line break otherwise ends a sentence, so
`unwrap` joins such lines first. Two lines of a block are joined in two cases: the first line is
long, and it ends no sentence or the second line continues in small letters; or the first word of
the second line would not have fitted into the width that nearly all lines of the text keep. They
are not joined if the second begins a list item. Continued lines are often indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sigtrack.text.fold import fold
from sigtrack.text.regex import regex
from sigtrack.text.scripts import HAN, HANGUL, HANGUL_ENDINGS, KANA, cells_wide

# Each branch begins with one of the marks, so that `re` skips all other letters quickly.
_END = regex(
    rf"[。.!?](?:(?<=。)|(?= |\Z)|(?<=[!?])(?=[{HAN}{KANA}])|(?<=[{HAN}{KANA}]\.)(?=[{HAN}{KANA}])"
    rf"|(?<=[{HANGUL_ENDINGS}]\.)(?=[{HANGUL}])"
    r"|(?<=[a-z]{2}\.|[A-Za-z] \.)(?:\d{1,2}(?= [A-Z])|(?=[A-Z][a-z]* )))"  # or before a footnote
)
_CLOSING = "\"'”’»）)】〉》"
_GOES_ON = "」』"  # …する。」と述べた。
_SMALL = regex(r" +[a-z]")
_NUMBERED = regex(r"(?<![^\W_])[A-Z][a-z]{1,2}\Z")  # Art. 5, Sec. 301
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
    before = max(0, found.start() - len(" Sec")), found.start()
    return is_number and _NUMBERED.search(folded, *before) is not None


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
    words = text[start:end].rstrip()
    if begun := words.lstrip():
        yield start + len(words) - len(begun), start + len(words)


_LONG = 50  # letters of a line that was broken because of its length
_WIDTHS = range(40, 101)  # columns at which texts are usually broken
_LEAST_LINES = 6  # lines needed to know the width of a text
_KEEPING = 0.95  # share of the lines: an address is longer than any width
_ENDS = regex(r"(?:[^A-Z]\.|[!?。．:;])\Z")  # the stop of U.S. may end no sentence
_ITEM = regex(
    r"[-*•·–—#>|]+(?:\s|\Z)|[#>|•①-⑳]|\*\*\S"
    r"|[(\[（]?(?:\d{1,2}|[ivxIVX]{1,4}|[a-zA-Z])[.)\]）．](?:\s|\Z)"
)


def unwrap(text: str) -> str:
    """Replace line breaks that were made only for the width by spaces; the length stays."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    width = _width([line for line in lines if line.strip()])
    parts = [lines[0]]
    for line, following in pairwise(lines):
        is_one = _is_one_line(line.rstrip(), following.strip(), width)
        parts += (" " if is_one else "\n", following)
    return "".join(parts)


def _is_one_line(line: str, following: str, width: int) -> bool:
    if not line or not following or _ITEM.match(following):
        return False
    if len(line) >= _LONG and (following[0].islower() or not _ENDS.search(line)):
        return True
    word = following[0] if cells_wide(following[0]) > 1 else following.split(maxsplit=1)[0]
    return 0 < width < cells_wide(line) + 1 + cells_wide(word) and not line.endswith(("。", ":"))


def _width(lines: Sequence[str]) -> int:
    """Return the columns that nearly all lines keep; 0 if the lines have no common width."""
    if len(lines) < _LEAST_LINES:
        return 0
    widest = sorted(cells_wide(line.rstrip()) for line in lines)[int(len(lines) * _KEEPING) - 1]
    return widest if widest in _WIDTHS else 0
