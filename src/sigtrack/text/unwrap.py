"""Lines that were broken at a fixed width, joined again.

Statements reach us as text of 70 columns or so, and a line break otherwise ends a sentence. A
break is one of the width, not of the writer, if both lines are part of a paragraph: no empty line
between them, a first line that is long and does not end a sentence, a second that is no list item.
"""

from __future__ import annotations

import re

_SHORTEST = 50  # letters of a line that was broken for its length
_BREAK = re.compile(
    rf"(?<=[^\n]{{{_SHORTEST}}})(?<![.!?。:;\n])\n(?=[^\s\-*•·\d#>|])", re.MULTILINE
)


def unwrap(text: str) -> str:
    """The text, as long as before, with a space for each break that is only of the width."""
    return _BREAK.sub(" ", text) if "\n" in text else text
