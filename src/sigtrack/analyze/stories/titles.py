"""Strips from a headline what agencies and portals add to it.

In front: "(2nd LD) ...", "[속보] ...", "【速報】...", "UPDATE 4-...". At the end: "... - Harbor
Daily", "... | 한빛통신", "...（東海通信）", "...(종합)". Used to compare, never to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sigtrack.lexicon import any_of, shipped_lexicon

_BAR = r"[\u4e28\uff5c|\uff1a:]"  # the first is a Han character that looks like a bar
_READ = 300  # characters
_LEAST = 8  # characters of a headline that are always kept


def bare_title(title: str) -> str:
    """Remove every prefix and one suffix. The result is never empty unless the title is."""
    bare = title
    while (found := _before().match(bare)) and found.end() < len(bare):
        bare = bare[found.end() :]
    behind = _behind().search(bare)
    return bare[: behind.start()] if behind and behind.start() >= _LEAST else bare


def is_column(title: str) -> bool:
    """Whether a title announces a comment, a background or a round-up, not an event."""
    return bool(_column().search(title[:_READ])) or is_round_up(title)


def is_round_up(title: str) -> bool:
    """Whether a title lists several events, so that it would join all of them."""
    return bool(_round_up().search(title[:_READ]))


@cache
def _round_up() -> re.Pattern[str]:
    return re.compile(any_of(shipped_lexicon().words("headline", "round-up")), re.IGNORECASE)


@cache
def _before() -> re.Pattern[str]:
    update, flash = (
        any_of(shipped_lexicon().words("headline", key)) for key in ("update", "flash")
    )
    return re.compile(
        r"\s*(?:[\[(【（<〈][^\])】）>〉]{1,12}[\])】）>〉]"
        rf"|(?:{update}) ?\d*[-:]|(?:{flash})[-:])\s*"
    )


@cache
def _behind() -> re.Pattern[str]:
    said = "".join(
        f"(?<!{re.escape(word)})" for word in shipped_lexicon().words("headline", "said")
    )
    return re.compile(
        r"\s*(?:(?:\s[-–—]|[|｜])\s*[^-|｜–—,]{2,24}"
        rf"|[（(][^（()）]{{2,12}}{said}[）)])$"  # a speaker is not an agency
    )


@cache
def _column() -> re.Pattern[str]:
    lexicon = shipped_lexicon()
    begins = lexicon.words("headline", "column-begin")
    return re.compile(
        rf"^\W{{0,3}}(?:{_either('column-begin', filter(str.isascii, begins))})\b"
        rf"|^(?:{any_of(word for word in begins if not word.isascii())})"
        rf"|\b(?:{_either('column-inside')}|(?:{_either('column-end')})$)\b"
        rf"|[\[【<〈](?:{_either('column-bracketed')})[\]】>〉]"
        rf"|(?:{_either('column-label')}){_BAR}"
        rf"|{lexicon.pattern('patterns', 'headline', 'column-anywhere')}",
        re.IGNORECASE,
    )


def _either(key: str, words: Iterable[str] | None = None) -> str:
    """Return a pattern for the words of a key (or other words) and for the pattern of the key."""
    lexicon = shipped_lexicon()
    pattern = lexicon.pattern("patterns", "headline", key)
    listed = any_of(lexicon.words("headline", key) if words is None else words)
    return f"{listed}|{pattern}" if pattern else listed
