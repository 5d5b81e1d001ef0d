"""Reads one word of a term: its marks, its stars, its letters.

    word = ["=" | "~"] ["*"] (letters | "quoted letters") ["*"]

A mark without effect, or a star that would match half the dictionary, is an error here, so that a
watchlist never promises what the matcher does not do.

Also what users of other search languages write (Factiva, Nexis, Meltwater, web search). Their
operators that mean NEAR or BEFORE are read as ours. Their fields, wildcards and signs mean nothing
here, so they would find nothing or something else: for these there is advice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
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


# The distance comes with or without a slash: near5, w/5. More than 50 is not a distance here.
_NEAR = re.compile(
    r"(?:(?P<any>near/?|w/|within/)|onear/?|adj/?|pre/|before/?)(?P<words>[1-9]|[1-4][0-9]|50)",
    re.IGNORECASE,
)
_IN_SENTENCE = {"w/s": "NEAR/50", "near/s": "NEAR/50", "/s": "NEAR/50", "pre/s": "BEFORE/50"}
JOINED_NEAR = r"(?i:near|onear|adj|before)[0-9]{1,2}"  # operators that look like words
_OPERATOR = re.compile(
    r"(?i:(?:w|within|pre|o?near|adj|before)/[0-9]+|(?:o?near|adj|before)[0-9]{1,2}"
    r"|(?:w|near|pre)?/[sp])|AND|NOT|ANDNOT"
)
_BY_FIELD = {
    "url inurl site domain host link source rst sn": (
        'addresses are not searched: write sources = ["*.go.jp"], or the id of a feed'
    ),
    "intitle allintitle headline hl hd subject": "write title: instead",
    "by byline creator": "write author: instead",
    "tag tags topic section ns": "write category: instead",
    "lang language la": 'write langs = ["en"] below the signal',
    "country region re": 'write @KR, or sources = ["country:KR"] for its publishers',
    "text intext body content summary lp tp": (
        "leave it out: headline, summary and text are always searched"
    ),
}
_FIELDS = {name: cure for names, cure in _BY_FIELD.items() for name in names.split()}
_FIELD = re.compile(rf"({'|'.join(_FIELDS)}):(?=.)", re.IGNORECASE)
_WILDCARD = re.compile(r"\w[?!](?=\w)|(?<![A-Z])\b[a-z]{3,}[?!]\Z")


def operator_of(token: str) -> str | None:
    """Return NEAR/5 for near5, w/5 and within/5, and BEFORE/5 for pre/5, adj5 and onear/5.

    "In one sentence" (w/s, pre/s) is NEAR/50 and BEFORE/50, because NEAR never leaves a sentence.
    """
    if in_sentence := _IN_SENTENCE.get(token.lower()):
        return in_sentence
    found = _NEAR.fullmatch(token)
    if found is None:
        return None
    return f"{'NEAR' if found['any'] else 'BEFORE'}/{found['words']}"


def remarks_on_word(literal: str) -> Iterator[tuple[str, str]]:
    """Yield message and cure for an unquoted word that has a meaning in another search language."""
    if _OPERATOR.fullmatch(literal):
        yield (
            f"{literal} is searched as a word here",
            "write NEAR/5 between two sides (once in a term, at most 50), or use all or none",
        )
    elif field := _FIELD.match(literal):
        yield f"{field[0]} has no special meaning in {literal}", _FIELDS[field[1].lower()]
    elif found := _WILDCARD.search(literal):
        stem = literal[: found.end() - 1]
        star = f", or a beginning with a star: {stem}*" if len(stem) > 2 else ""
        yield (
            f"{found[0][-1]} is not a wildcard in {literal}",
            f"write each spelling as a term of its own{star}",
        )
    elif literal[0] in "-+" and literal[1:2].isalpha():
        yield (
            f"the sign of {literal} is ignored, so {literal[1:]} is searched",
            "put unwanted words into none or ignore, required words into all",
        )


def remarks_on_phrase(literals: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Like `remarks_on_word`, for unquoted words in a row."""
    first, last = literals[0], literals[-1]
    if first[0] == "/" == last[-1] and len(" ".join(literals)) > 2:
        yield (
            f"{' '.join(literals)} is not a regular expression here: its slashes are spaces",
            "write the words, with a star for any ending: denuclear*",
        )
