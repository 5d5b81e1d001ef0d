"""Joins lines that were broken at a fixed width.

Statements often arrive as text of about 70 columns, and a line break otherwise ends a sentence. Two
lines of a block are joined in two cases: the first line is long, and it ends no sentence or the
second line continues in small letters; or the first word of the second line would not have fitted
into the width that nearly all lines of the text keep. They are not joined if the second begins a
list item. Continued lines are often indented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sigtrack.text.scripts import cells_wide

_LONG = 50  # letters of a line that was broken because of its length
_WIDTHS = range(40, 101)  # columns at which texts are usually broken
_LEAST_LINES = 6  # lines needed to know the width of a text
_KEEPING = 0.95  # share of the lines: an address is longer than any width
_ENDS = re.compile(r"(?:[^A-Z]\.|[!?。．:;])\Z")  # the stop of U.S. may end no sentence
_ITEM = re.compile(
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
        is_one = _goes_on(line.rstrip(), following.strip(), width)
        parts += (" " if is_one else "\n", following)
    return "".join(parts)


def _goes_on(line: str, following: str, width: int) -> bool:
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
