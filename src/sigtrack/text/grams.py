"""How words become tokens of the search index.

Words in alphabets are folded (NFKC, case) and kept whole. Han, Kana and Hangul have no spaces
between what a reader would call words, so every run of them becomes overlapping pairs: 共同声明 is
共同, 同声, 声明. So a search for 声明 finds it, as a search for 회담 finds 정상회담을. The last
character of a run is a token too, so that a single character, searched as the beginning of a pair,
is found everywhere.

Pure. The index must be rebuilt when `index_tokens` changes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_PAIRED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u1100-\u11ff\ua960-\ua97c"
    "\uac00-\ud7fb\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"(?P<paired>[{_PAIRED}]+)|(?:(?![{_PAIRED}])[^\W_])+")
_PLAIN = re.compile("[A-Za-z0-9]+")

_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")


class Token(NamedTuple):
    """A token and its half-open place in the original text; pairs overlap."""

    text: str
    start: int
    end: int


def index_tokens(text: str, *, keep_case: bool = False) -> str:
    """Return the tokens of a text in order, separated by spaces."""
    if text.isascii():  # nothing to normalize, and nothing in pairs
        return " ".join(_PLAIN.findall(text if keep_case else text.lower()))
    folded = _folded(text, keep_case=keep_case)
    return " ".join(token for run, paired in _runs(folded) for token in _tokens(run, paired))


def tokens_of(text: str) -> list[Token]:
    """Return the same tokens, each with its place."""
    from sigtrack.text.fold import clusters  # 14 ms, which saving items does not need

    starts: list[int] = []
    ends: list[int] = []
    pieces: list[str] = []
    for start, end in clusters(text):
        pieces.append(_folded(text[start:end]))
        starts += [start] * len(pieces[-1])
        ends += [end] * len(pieces[-1])
    found: list[Token] = []
    for run in _RUN.finditer("".join(pieces)):
        at = run.start()
        for token in _tokens(run[0], run["paired"] is not None):
            found.append(Token(token, starts[at], ends[at + len(token) - 1]))
            at += 1 if run["paired"] else 0
    return found


def phrase_tokens(
    words: str, *, begins: bool = False, keep_case: bool = False
) -> tuple[tuple[str, ...], bool]:
    """Return the tokens of words in a row, and whether the last token may be only a beginning.

    It may if `begins`, or if the words end with a single character of Han, Kana or Hangul, which is
    the beginning of a pair.
    """
    runs = _runs(_folded(words, keep_case=keep_case))
    if not runs:
        return (), begins
    *before, (last, paired) = runs
    tokens = [token for run, in_pairs in before for token in _tokens(run, in_pairs)]
    lone = paired and len(last) == 1
    tokens += _tokens(last, paired)[: -1 if paired and not lone else None]
    return tuple(tokens), begins or lone


def without_accents(token: str) -> str:
    """Remove the accents of Latin letters, which searches ignore."""
    if token.isascii():
        return token
    return _ACCENTED.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], token)


def _folded(text: str, *, keep_case: bool = False) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return plain if keep_case else unicodedata.normalize("NFKC", plain.casefold())


def _runs(folded: str) -> list[tuple[str, bool]]:
    return [(m[0], m["paired"] is not None) for m in _RUN.finditer(folded)]


def _tokens(run: str, paired: bool) -> list[str]:
    return [run[i : i + 2] for i in range(len(run))] if paired else [run]
