"""A headline without what agencies and portals hang on it.

"(2nd LD) ...", "[속보] ...", "【速報】...", "UPDATE 4-..." in front, "... - Harbor Daily",
"... | 한빛통신", "...（東海通信）", "...(종합)" behind. Used to compare, never to show.
"""

from __future__ import annotations

import re

_BEFORE = re.compile(
    r"\s*(?:[\[(【（<〈][^\])】）>〉]{1,12}[\])】）>〉]"
    r"|(?:UPDATE|WRAPUP|RPT|REFILE) ?\d*[-:]|(?:EXCLUSIVE|BREAKING|ANALYSIS)[-:])\s*"
)
_BEHIND = re.compile(
    r"\s*(?:(?:\s[-–—]|[|｜])\s*[^-|｜–—,]{2,24}"
    r"|[（(][^（()）]{2,12}(?<!談話)(?<!谈话)[）)])$"  # who speaks is no name of an agency
)
_LEAST = 8  # characters of a headline that stay in any case


def bare_title(title: str) -> str:
    """Every prefix goes, and one suffix; what is left is never empty unless the title is."""
    bare = title
    while (found := _BEFORE.match(bare)) and found.end() < len(bare):
        bare = bare[found.end() :]
    behind = _BEHIND.search(bare)
    return bare[: behind.start()] if behind and behind.start() >= _LEAST else bare
