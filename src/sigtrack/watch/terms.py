"""One string of a watchlist, read into a tree.

The grammar is small enough to be read without a generator: a term is cut into words and
brackets, the words around one NEAR or BEFORE are its two units, and a unit is a choice in
brackets, a reference, or a phrase.

    term   = ["title:"] unit [ ("NEAR" | "BEFORE") "/" 1..50 unit ]
    unit   = "(" phrase { "OR" phrase } ")" | phrase
    phrase = $group | $shared/group | @actor [":names"] | word { word }
    word   = ["=" | "~"] ["*"] (letters | "quoted letters") ["*"]

What cannot mean anything is a `Problem` with its cure. What means something other than a reader
may think is a warning, and the business of `sigtrack.watch.advice`. `str(term)` is the canonical
spelling: reading it gives the same tree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sigtrack.model import Choice, Near, Phrase, Place, Problem, Reference, Term, Unit, Word
from sigtrack.text import clean
from sigtrack.text.scripts import is_cjk, is_hangul

LONGEST = 2_000  # characters of one term; the longest useful ones have 200
FARTHEST = 50  # words between the two sides of NEAR

_TOKEN = re.compile(r'\s+|[()]|(?:"(?:\\.|[^"\\])*"|[^\s()"])+', re.DOTALL)
_WORD = re.compile(
    r'([=~]?)(\*?)(?:"((?:\\.|[^"\\])*)"|([^"*]+))(\*?)',
    re.DOTALL,
)
_NEAR = re.compile(r"(NEAR|BEFORE)(?:/(.*))?", re.DOTALL)
_ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_REFERENCE = re.compile(rf"(\$)((?:shared/)?{_ID})|(@)({_ID})(:names)?")
_TITLE = re.compile(r"\s*title\s*[:：]", re.IGNORECASE)
_SEPARATORS = re.compile(r"[-‐‑‒–—―−/]+")  # alone they are the space between two words
_SHORT_CAPITALS = re.compile(r"[A-Z]{2,3}")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_NOWHERE = Place()
_LOOKALIKES = (
    ("“”„‟〝〞＂", '"', "straight double quotes"),
    ("（）", "( )", "plain brackets"),
    ("＊∗﹡", "*", "the plain star"),
)
_LOOKALIKE_MARKS = {"＝": "=", "～": "~", "〜": "~", "∼": "~", "＠": "@", "＄": "$"}


def parse_term(source: str, place: Place = _NOWHERE) -> Term | Problem:
    """The tree of one term, or what is wrong with it. Never raises."""
    try:
        return _term(source, place)
    except _Wrong as wrong:
        return Problem(message=wrong.message, hint=wrong.hint, place=place)


def comparable(literal: str) -> str:
    """Letters composed and of ordinary width, for questions about script and length only."""
    return unicodedata.normalize("NFKC", literal)


def shown(source: str) -> str:
    """The user's own words in a message: one safe line, quoted, cut where it gets long."""
    line = clean(source[:400])
    return f'"{line}"' if len(line) <= 60 else f'"{line[:60]}…"'


class _Wrong(Exception):
    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def _term(source: str, place: Place) -> Term:
    _refuse_unreadable(source)
    rest = source.strip().removeprefix("title:")
    title_only = len(rest) < len(source.strip())
    if _TITLE.match(rest):
        raise _Wrong(
            f"{shown(source)} does not begin with one plain title:",
            "write title: once, in lower case, at the very beginning",
        )
    tokens = _cut(rest)
    if not tokens:
        raise _Wrong("a term is empty", "delete it, or write the words to look for")
    for token in tokens:
        _refuse_lookalikes(token)
    return Term(body=_body(tokens, source), title_only=title_only, place=place)


def _refuse_unreadable(source: str) -> None:
    if len(source) > LONGEST:
        raise _Wrong(
            f"the term {shown(source)} has {len(source):,} characters, the most is {LONGEST:,}",
            "one string is one term: write a list of strings",
        )
    for letter in source:
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in "\t\n\r":
            raise _Wrong(
                f"{shown(source)} holds the invisible character U+{ord(letter):04X}",
                "type the term again: pasted text often carries such characters",
            )


def _cut(text: str) -> list[str]:
    tokens = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _Wrong(
                f"a double quote is not closed in {shown(text)}",
                'quote both ends, or write \\" for a quote that is looked for',
            )
        if not found[0].isspace():
            tokens.append(found[0])
        position = found.end()
    return tokens


def _refuse_lookalikes(token: str) -> None:
    plain = _QUOTED.sub("", token)
    for letters, right, name in _LOOKALIKES:
        if any(letter in letters for letter in plain):
            raise _Wrong(
                f"{shown(token)} holds a typographic or full-width mark where {right} is expected",
                f"use {name}; to look for the mark itself, put the word in straight double quotes",
            )


def _body(tokens: Sequence[str], source: str) -> Unit | Near:
    at = [i for i, token in enumerate(tokens) if _NEAR.fullmatch(token)]
    if not at:
        return _unit(tokens, source)
    if len(at) > 1:
        raise _Wrong(
            f"{shown(source)} has more than one NEAR or BEFORE",
            'one a term; use all = [["…"], ["…"]] for words that must be there as well',
        )
    middle = at[0]
    ordered, distance = _distance(tokens[middle], source)
    sides = tokens[:middle], tokens[middle + 1 :]
    if not all(sides):
        raise _Wrong(
            f"{tokens[middle]} needs words on both sides in {shown(source)}",
            'to look for the word itself, quote it: "\\"NEAR\\""',
        )
    left, right = (_unit(side, source) for side in sides)
    return Near(left=left, right=right, distance=distance, ordered=ordered)


def _distance(token: str, source: str) -> tuple[bool, int]:
    found = _NEAR.fullmatch(token)
    assert found
    name, digits = found[1], found[2]
    cure = f"write {name}/8 for at most 8 words between, or use all if the distance is no matter"
    if digits is None:
        raise _Wrong(f"{name} without a distance in {shown(source)}", cure)
    if not re.fullmatch(r"[1-9][0-9]?", digits) or int(digits) > FARTHEST:
        raise _Wrong(f"{shown(token)} has no distance from 1 to {FARTHEST}", cure)
    return name == "BEFORE", int(digits)


def _unit(tokens: Sequence[str], source: str) -> Unit:
    if "(" not in tokens and ")" not in tokens:
        return _phrase(tokens, source)
    inside = tokens[1:-1]
    if tokens[0] != "(" or tokens[-1] != ")" or "(" in inside or ")" in inside:
        raise _Wrong(
            f"the brackets of {shown(source)} do not enclose one whole side",
            "write (A OR B) alone or beside NEAR/n, without brackets inside; "
            "quote brackets that are looked for: '\"(전문)\"'",
        )
    if any(_NEAR.fullmatch(token) for token in inside):
        raise _Wrong(f"NEAR stands inside brackets in {shown(source)}", "write two terms")
    return Choice(options=tuple(_option(option, source) for option in _split_at_or(inside)))


def _split_at_or(tokens: Sequence[str]) -> list[list[str]]:
    options: list[list[str]] = [[]]
    for token in tokens:
        if token == "OR":
            options.append([])
        else:
            options[-1].append(token)
    return options


def _option(tokens: Sequence[str], source: str) -> Phrase | Reference:
    if not tokens:
        raise _Wrong(
            f"an alternative is empty in {shown(source)}",
            "write (A OR B), with words on both sides",
        )
    return _phrase(tokens, source)


def _phrase(tokens: Sequence[str], source: str) -> Phrase | Reference:
    if "OR" in tokens:
        raise _Wrong(
            f"OR stands outside brackets in {shown(source)}",
            'write two strings, or (A OR B) beside NEAR; quote the word itself: "\\"OR\\""',
        )
    if any(token[0] in "$@" for token in tokens):
        return _reference(tokens, source)
    words = tuple(_word(token) for token in tokens if not _SEPARATORS.fullmatch(token))
    if not words:
        raise _Wrong(f"{shown(source)} has nothing to look for", "write at least one word")
    return Phrase(words=words)


def _reference(tokens: Sequence[str], source: str) -> Reference:
    found = _REFERENCE.fullmatch(tokens[0])
    if len(tokens) > 1:
        raise _Wrong(
            f"a $group or @actor stands inside a phrase in {shown(source)}",
            "it stands alone: join it with NEAR/n or all; quote a sign that is looked for, "
            "'\"$5\" billion'",
        )
    if found is None:
        raise _Wrong(
            f"{shown(tokens[0])} names no group or actor",
            "write $name, $shared/name, @KR, @KR:names or @takaichi, without any other mark; "
            "quote a sign that is looked for",
        )
    if found[1]:
        return Reference(kind="$", id=found[2])
    return Reference(kind="@", id=found[4], names_only=bool(found[5]))


def _word(token: str) -> Word:
    found = _WORD.fullmatch(token)
    if found is None:
        raise _Wrong(*_why_no_word(token))
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
    if '"' in token and _QUOTED.sub("", token).strip("=~*"):
        return (
            f"quotes enclose only a part of {shown(token)}",
            'quote the whole word: "\\"G7+1\\""',
        )
    if not token.strip("=~*"):
        return (f"{shown(token)} is a mark without a word", "write the word right after the mark")
    return (
        f"a star or mark stands in the middle of {shown(token)}",
        "a star ends a word (denuclear*) or begins a Hangul one (*회담); = and ~ come first",
    )


def _refuse_marks(token: str, plain: str) -> None:
    first = plain[0]
    if first in _LOOKALIKE_MARKS:
        raise _Wrong(
            f"{shown(token)} begins with the full-width {first}",
            f"type the plain {_LOOKALIKE_MARKS[first]}",
        )
    if "~" in plain or first == "=":
        raise _Wrong(
            f"= or ~ stands in an odd place in {shown(token)}",
            "one mark, before the star and the letters; quote a mark that is looked for",
        )
    if first in "$@":
        raise _Wrong(
            f"{shown(token)} puts a mark before a $group or @actor",
            "a reference takes no mark; quote a sign that is looked for",
        )
    if plain.startswith("title:"):
        raise _Wrong(
            f"title: stands in the middle, before {shown(plain[6:])}",
            "it comes first and applies to the whole term",
        )


def _refuse_meaningless(token: str, word: Word) -> None:
    literal = comparable(word.literal)
    if not literal.strip():
        raise _Wrong("there is nothing between the quotes", "write what to look for")
    if not word.quoted and not any(letter.isalnum() or letter in "&+" for letter in literal):
        raise _Wrong(
            f"{shown(token)} has no letter or digit", "put marks that are looked for in quotes"
        )
    if word.mark == "~":
        _refuse_idle_tilde(token, literal)
    if word.head and not is_hangul(literal[0]) and not is_cjk(literal[0]):
        raise _Wrong(
            f"{shown(token)} begins with a star",
            "only Hangul words take any beginning (*회담); list the whole words instead",
        )
    if word.tail:
        _refuse_short_stem(token, literal)


def _refuse_idle_tilde(token: str, literal: str) -> None:
    pieces = re.split(r"[^\w]+", literal.replace(".", ""))
    if not any(_SHORT_CAPITALS.fullmatch(piece) for piece in pieces):
        raise _Wrong(
            f"~ does nothing in {shown(token)}",
            "it stands before two or three capitals (~AI), which are otherwise matched in "
            "capitals only; all other words are matched in any case without it",
        )


def _refuse_short_stem(token: str, literal: str) -> None:
    if is_hangul(literal[-1]) or is_cjk(literal[-1]):
        return
    if not literal[-1].isalnum() and not _ACRONYM.fullmatch(literal):
        raise _Wrong(
            f"the star of {shown(token)} does not follow a letter",
            "write denuclear*, without any sign before the star: these are not regular expressions",
        )
    if sum(letter.isalnum() for letter in _last_run(literal)) < 3:
        raise _Wrong(
            f"{shown(token)} would match too much",
            "a star needs three letters or digits before it; list the whole words instead",
        )


def _last_run(literal: str) -> str:
    """What stands behind the last change of script."""
    at = len(literal)
    while at and not is_hangul(literal[at - 1]) and not is_cjk(literal[at - 1]):
        at -= 1
    return literal[at:]
