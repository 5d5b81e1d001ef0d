"""Reads one word of a term: its marks, its stars, its letters.

    word = ["=" | "~"] ["*"] (letters | "quoted letters") ["*"]

A mark without effect, or a star that would match half the dictionary, is an error here, so that a
watchlist never promises what the matcher does not do.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from sigtrack.model import Word
from sigtrack.model.rules import TERM_FIELDS
from sigtrack.text import clean
from sigtrack.text.scripts import HIRAGANA, is_cjk, is_hangul

_WORD = re.compile(
    r'([=~]?)(\*?)(?:"((?:\\.|[^"\\])*)"|([^"*]+))(\*?)',
    re.DOTALL,
)
# Nothing can be wrong with these words.
_PLAIN = re.compile(f"[A-Za-z0-9\uac00-\ud7a3\u4e00-\u9fff{HIRAGANA}\u30a1-\u30fa]+")
QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_SHORT_CAPITALS = re.compile(r"[A-Z]{2,3}")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+")
_LOOKALIKE_MARKS = {"＝": "=", "～": "~", "〜": "~", "∼": "~", "＠": "@", "＄": "$"}


class Wrong(Exception):
    """What is wrong with a term; `parse_term` makes a `Problem` of it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def comparable(literal: str) -> str:
    """Return letters composed and of ordinary width, only for questions about script and length."""
    return unicodedata.normalize("NFKC", literal)


def shown(source: str) -> str:
    """Return the user's own words for a message: one safe line, quoted, and cut if it is long."""
    line = clean(source[:400])
    return f'"{line}"' if len(line) <= 60 else f'"{line[:60]}…"'


@lru_cache(maxsize=1 << 16)  # the words of all watchlists: many are in more than one term
def read_word(token: str) -> Word:
    """Return the word that a token spells. Raises `Wrong`."""
    if _PLAIN.fullmatch(token):
        return Word(literal=token)
    found = _WORD.fullmatch(token)
    if found is None:
        raise Wrong(*_why_no_word(token))
    mark, head, quoted, plain, tail = found.groups()
    if quoted is not None:
        literal = re.sub(r'\\(["\\])', r"\1", quoted)
    else:
        literal = plain
        _refuse_marks(token, plain)
    word = Word(
        literal=literal,
        mark="=" if mark == "=" else "~" if mark else "",
        head=bool(head),
        tail=bool(tail),
        quoted=quoted is not None,
    )
    _refuse_meaningless(token, word)
    return word


def _why_no_word(token: str) -> tuple[str, str]:
    if '"' in token and QUOTED.sub("", token).strip("=~*"):
        return (
            f"quotes enclose only a part of {shown(token)}",
            'quote the whole word: "\\"G7+1\\""',
        )
    if not token.strip("=~*"):
        return (f"{shown(token)} is a mark without a word", "write the word right after the mark")
    return (
        f"there is a star or mark in the middle of {shown(token)}",
        "a star ends a word (denuclear*) or begins a Hangul one (*회담); = and ~ come first",
    )


def _refuse_marks(token: str, plain: str) -> None:
    first = plain[0]
    if first in _LOOKALIKE_MARKS:
        raise Wrong(
            f"{shown(token)} begins with the full-width {first}",
            f"type the plain {_LOOKALIKE_MARKS[first]}",
        )
    if "~" in plain or first == "=":
        raise Wrong(
            f"= or ~ is in the wrong place in {shown(token)}",
            "one mark, before the star and the letters; quote a mark to search for it",
        )
    if first in "$@":
        raise Wrong(
            f"{shown(token)} puts a mark before a $group or @actor",
            "a reference takes no mark; quote a sign to search for it",
        )
    field, colon, rest = plain.partition(":")
    if colon and field in TERM_FIELDS:
        raise Wrong(
            f"{field}: is in the middle, before {shown(rest)}",
            "it comes first and applies to the whole term; use all for words elsewhere",
        )


def _refuse_meaningless(token: str, word: Word) -> None:
    literal = comparable(word.literal)
    if not literal.strip():
        raise Wrong("there is nothing between the quotes", "write what to look for")
    if not word.quoted and not any(letter.isalnum() or letter in "&+" for letter in literal):
        raise Wrong(f"{shown(token)} has no letter or digit", "put marks to search for in quotes")
    if word.mark == "~":
        _refuse_idle_tilde(token, literal)
    if word.head and not is_hangul(literal[0]) and not is_cjk(literal[0]):
        raise Wrong(
            f"{shown(token)} begins with a star",
            "only Hangul words may have any beginning (*회담); list the whole words instead",
        )
    if word.tail:
        _refuse_short_stem(token, literal)


def _refuse_idle_tilde(token: str, literal: str) -> None:
    pieces = re.split(r"[^\w]+", literal.replace(".", ""))
    if not any(_SHORT_CAPITALS.fullmatch(piece) for piece in pieces):
        raise Wrong(
            f"~ does nothing in {shown(token)}",
            "it stands before two or three capitals (~AI), which are otherwise matched in "
            "capitals only; all other words are matched in any case without it",
        )


def _refuse_short_stem(token: str, literal: str) -> None:
    if is_hangul(literal[-1]) or is_cjk(literal[-1]):
        return
    if not literal[-1].isalnum() and not _ACRONYM.fullmatch(literal):
        raise Wrong(
            f"the star of {shown(token)} does not follow a letter",
            "write denuclear*, without any sign before the star: these are not regular expressions",
        )
    if sum(letter.isalnum() for letter in _last_run(literal)) < 3:
        raise Wrong(
            f"{shown(token)} would match too much",
            "a star needs three letters or digits before it; list the whole words instead",
        )


def _last_run(literal: str) -> str:
    """Return the letters after the last change of script."""
    at = len(literal)
    while at and not is_hangul(literal[at - 1]) and not is_cjk(literal[at - 1]):
        at -= 1
    return literal[at:]
