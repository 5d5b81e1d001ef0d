"""Reads one string of a watchlist into a tree.

The grammar is small enough to be read without a generator: a term is cut into words and brackets,
the words around one NEAR or BEFORE are its two units, and a unit is a choice in brackets, a
reference, or a phrase.

    term   = [field ":"] unit [ ("NEAR" | "BEFORE") "/" 1..50 unit ]
    field  = "title" | "author" | "category"
    unit   = "(" phrase { "OR" phrase } ")" | phrase
    phrase = $group | $shared/group | @actor [":names" | ":people"] | piece { [" "] piece }
    piece  = word | class, with brackets for what differs: visit(s/ed), [to/will] visit
    word   = ["=" | "~"] ["*"] (letters | "quoted letters") ["*"]
    class  = "#" id | "@" CC ":cities"           id: small latin letters and digits, hyphens between

An operator of another search language between two sides is read as ours. A phrase with brackets is
a choice of the phrases that it stands for. A class ends where its id ends. Hangul, Han or Kana
directly after it is the next piece of the phrase, and directly before it the piece before. Other
letters need a space beside a class.

A term that cannot mean anything is a `Problem` with its cure. A term that may mean something else
than its writer thinks gets a warning from `sigtrack.watch.watchlists`. `str(term)` is the canonical
spelling: reading it gives the same tree.

A word has marks, stars and letters. A mark without effect, or a star that would match half the
dictionary, is an error here, so that a watchlist never promises what the matcher does not do. It is
also known here what users of other search languages write (Factiva, Nexis, Meltwater, web search).
Their operators that mean NEAR or BEFORE are read as ours. Their fields, wildcards and signs mean
nothing here, so they would find nothing or something else: for these there is advice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import cast

from sigtrack.lexicon.books import MOST_MEANT, other_spelling, spelled_out
from sigtrack.model import (
    Choice,
    ClassName,
    Near,
    Phrase,
    Place,
    Problem,
    Reference,
    Term,
    Unit,
    Word,
)
from sigtrack.model.rules import TERM_FIELDS, Part, TermField
from sigtrack.text import clean
from sigtrack.text.regex import regex
from sigtrack.text.scripts import HIRAGANA, is_cjk, is_hangul

_MARKED_WORD = regex(r'([=~]?)(\*?)(?:"((?:\\.|[^"\\])*)"|([^"*]+))(\*?)', re.DOTALL)
# Nothing can be wrong with these words.
_PLAIN = regex(f"[A-Za-z0-9\uac00-\ud7a3\u4e00-\u9fff{HIRAGANA}\u30a1-\u30fa]+")
QUOTED = regex(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_SHORT_CAPITALS = regex(r"[A-Z]{2,3}")
_ACRONYM = regex(r"(?:[^\W\d_]\.)+")
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
    found = _MARKED_WORD.fullmatch(token)
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
_NEAR_OF_OTHERS = regex(
    r"(?:(?P<any>near/?|w/|within/)|onear/?|adj/?|pre/|before/?)(?P<words>[1-9]|[1-4][0-9]|50)",
    re.IGNORECASE,
)
_IN_SENTENCE = {"w/s": "NEAR/50", "near/s": "NEAR/50", "/s": "NEAR/50", "pre/s": "BEFORE/50"}
JOINED_NEAR = r"(?i:near|onear|adj|before)[0-9]{1,2}"  # operators that look like words
_OPERATOR = regex(
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
_FIELD_OF_OTHERS = regex(rf"({'|'.join(_FIELDS)}):(?=.)", re.IGNORECASE)
_WILDCARD = regex(r"\w[?!](?=\w)|(?<![A-Z])\b[a-z]{3,}[?!]\Z")


def operator_of(token: str) -> str | None:
    """Return NEAR/5 for near5, w/5 and within/5, and BEFORE/5 for pre/5, adj5 and onear/5.

    "In one sentence" (w/s, pre/s) is NEAR/50 and BEFORE/50, because NEAR never leaves a sentence.
    """
    if in_sentence := _IN_SENTENCE.get(token.lower()):
        return in_sentence
    found = _NEAR_OF_OTHERS.fullmatch(token)
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
    elif field := _FIELD_OF_OTHERS.match(literal):
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


LONGEST = 2_000  # characters of one term; the longest useful terms have 200
FARTHEST = 50  # words between the two sides of NEAR

# What differs: [to/will] anywhere, and (s/ed) or ( ) at once behind letters.
_NO_OPERATOR = r"(?![^][()]*\b(?:NEAR/|BEFORE/|OR\b))"
_EACH = rf'\[{_NO_OPERATOR}[^]["()/]*/[^]["()]*\]'
_ENDINGS = rf'(?<=[^\s(:])\({_NO_OPERATOR}[^]["()]*\)'
_TOKEN = regex(rf'\s+|(?:{_EACH}|{_ENDINGS}|"(?:\\.|[^"\\])*"|[^\s()"])+|[()]', re.DOTALL)
_UNQUOTED_TOKEN = regex(rf"(?:{_EACH}|{_ENDINGS}|[^\s()])+|[()]")
_DIFFERS = regex(rf"{_EACH}|{_ENDINGS}")
_NEAR = regex(r"(NEAR|BEFORE)(?:/(.*))?", re.DOTALL)
_ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_REFERENCE = regex(rf"(\$)((?:shared/)?{_ID})|(@)({_ID})(?::(names|people))?")
_FIELD = regex(rf"({'|'.join(TERM_FIELDS)}):")
_ALMOST_A_FIELD = regex(rf"\s*({'|'.join(TERM_FIELDS)})\s*[:：]", re.IGNORECASE)
_CLASS = regex(r"#[a-z][a-z0-9]*(?:-[a-z0-9]+)*|@[A-Z]{2}:cities(?![a-z0-9-])")
_NO_CLASS = regex(r"[=~*]*[#＃][A-Za-z][^\"]*")
_SEPARATORS = regex(r"[-‐‑‒–—―−/]+")  # alone they are the space between two words
# Nine in ten terms are only words: these need no further checks.
_WORD = r"[=~]?\*?[^\W_](?:[^\W_]|[-'.*])*"
_WORDS = regex(rf"(?!(?:.* )?(?:OR|NEAR|BEFORE|{JOINED_NEAR})(?: |\Z)){_WORD}(?: {_WORD})*")
_JOINTS = "-‐‑‒–—―−/·・"  # beside a class they are a space
_NOWHERE = Place()
_LOOKALIKES = (
    ("“”„‟〝〞＂", '"', "straight double quotes"),
    ("（）", "( )", "plain brackets"),
    ("＊∗﹡", "*", "the plain star"),
)
_ANY_LOOKALIKE = regex(f"[{''.join(letters for letters, _, _ in _LOOKALIKES)}]")


def parse_term(source: str, place: Place = _NOWHERE) -> Term | Problem:
    """Return the tree of a term, or a problem that says what is wrong with it. Never raises."""
    try:
        if len(source) <= LONGEST and _WORDS.fullmatch(source):
            return Term(body=Phrase(words=tuple(map(read_word, source.split(" ")))), place=place)
        return _term(source, place)
    except Wrong as wrong:
        return place.problem(wrong.message, wrong.hint)


def _term(source: str, place: Place) -> Term:
    _refuse_unreadable(source)
    rest = source.strip()
    field: TermField | None = None
    if found := _FIELD.match(rest):
        field, rest = cast(TermField, found[1]), rest[found.end() :]
    if found := _ALMOST_A_FIELD.match(rest):
        name = found[1].lower()
        raise Wrong(
            f"{shown(source)} does not begin with one plain {name}:",
            f"write {name}: once, in lower case, at the very beginning; quote a word that is "
            f'looked for: "\\"{name}:\\""',
        )
    tokens = _in_our_words(_cut(rest))
    if not tokens:
        raise Wrong("a term is empty", "delete it, or write the words to look for")
    if _ANY_LOOKALIKE.search(rest):
        for token in tokens:
            _refuse_lookalikes(token)
    written = source if any(map(_has_brackets, tokens)) else ""
    return Term(body=_body(tokens, source), field=field, place=place, source=written)


def _refuse_unreadable(source: str) -> None:
    if len(source) > LONGEST:
        raise Wrong(
            f"the term {shown(source)} has {len(source):,} characters, the most is {LONGEST:,}",
            "one string is one term: write a list of strings",
        )
    for letter in source if not source.isprintable() else "":
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in "\t\n\r":
            raise Wrong(
                f"{shown(source)} holds the invisible character U+{ord(letter):04X}",
                "type the term again: pasted text often carries such characters",
            )


def _cut(text: str) -> list[str]:
    if '"' not in text:
        return _UNQUOTED_TOKEN.findall(text)
    tokens = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise Wrong(
                f"a double quote is not closed in {shown(text)}",
                'quote both ends, or write \\" for a quote that is looked for',
            )
        if not found[0].isspace():
            tokens.append(found[0])
        position = found.end()
    return tokens


def _in_our_words(tokens: list[str]) -> list[str]:
    """Replace an operator of another search language between two sides by NEAR or BEFORE.

    Elsewhere it stays a word, so that terms that were valid before are still valid.
    """
    at = [i for i, token in enumerate(tokens) if operator_of(token) or _NEAR.fullmatch(token)]
    if len(at) != 1 or at[0] in (0, len(tokens) - 1):
        return tokens
    before, operator, behind = tokens[: at[0]], tokens[at[0]], tokens[at[0] + 1 :]
    if before.count("(") != before.count(")"):
        return tokens
    return [*before, operator_of(operator) or operator, *behind]


def _refuse_lookalikes(token: str) -> None:
    plain = QUOTED.sub("", token)
    for letters, right, name in _LOOKALIKES:
        if any(letter in letters for letter in plain):
            raise Wrong(
                f"{shown(token)} holds a typographic or full-width mark where {right} is expected",
                f"use {name}; to look for the mark itself, put the word in straight double quotes",
            )


def _body(tokens: Sequence[str], source: str) -> Unit | Near:
    at = [i for i, token in enumerate(tokens) if _NEAR.fullmatch(token)]
    if not at:
        return _unit(tokens, source)
    if len(at) > 1:
        raise Wrong(
            f"{shown(source)} has more than one NEAR or BEFORE",
            'write one in a term; use all = [["…"], ["…"]] for words that must be there as well',
        )
    middle = at[0]
    ordered, distance = _distance(tokens[middle], source)
    sides = tokens[:middle], tokens[middle + 1 :]
    if not all(sides):
        raise Wrong(
            f"{tokens[middle]} needs words on both sides in {shown(source)}",
            'to look for the word itself, quote it: "\\"NEAR\\""',
        )
    left, right = (_unit(side, source) for side in sides)
    return Near(left=left, right=right, distance=distance, ordered=ordered)


def _distance(token: str, source: str) -> tuple[bool, int]:
    found = _NEAR.fullmatch(token)
    assert found
    name, digits = found[1], found[2]
    cure = f"write {name}/8 for at most 8 words between, or use all if the distance does not matter"
    if digits is None:
        raise Wrong(f"{name} without a distance in {shown(source)}", cure)
    if not re.fullmatch(r"[1-9][0-9]?", digits) or int(digits) > FARTHEST:
        raise Wrong(f"{shown(token)} has no distance from 1 to {FARTHEST}", cure)
    return name == "BEFORE", int(digits)


def _unit(tokens: Sequence[str], source: str) -> Unit:
    if "(" not in tokens and ")" not in tokens:
        meant = tuple(_meant(tokens, source))
        return meant[0] if len(meant) == 1 else Choice(options=meant)
    inside = tokens[1:-1]
    if tokens[0] != "(" or tokens[-1] != ")" or "(" in inside or ")" in inside:
        raise Wrong(
            f"the brackets of {shown(source)} do not enclose one whole side",
            "write (A OR B) alone or beside NEAR/n, without brackets inside; "
            "quote brackets to search for them: '\"(전문)\"'",
        )
    if any(_NEAR.fullmatch(token) for token in inside):
        raise Wrong(f"NEAR is inside brackets in {shown(source)}", "write two terms")
    options = (phrase for option in _split_at_or(inside) for phrase in _option(option, source))
    return Choice(options=tuple(options))


def _split_at_or(tokens: Sequence[str]) -> list[list[str]]:
    options: list[list[str]] = [[]]
    for token in tokens:
        if token == "OR":
            options.append([])
        else:
            options[-1].append(token)
    return options


def _option(tokens: Sequence[str], source: str) -> Iterator[Phrase | Reference]:
    if not tokens:
        raise Wrong(
            f"an alternative is empty in {shown(source)}",
            "write (A OR B), with words on both sides",
        )
    return _meant(tokens, source)


def _meant(tokens: Sequence[str], source: str) -> Iterator[Phrase | Reference]:
    """Yield the phrases that a phrase with brackets stands for, or the phrase itself."""
    if not any(map(_has_brackets, tokens)):
        yield _phrase(tokens, source)
        return
    written = " ".join(tokens)
    meant = spelled_out(written)
    if len(meant) == 1 and meant[0] == written:
        raise Wrong(f"{shown(source)} stands for more than {MOST_MEANT} phrases", "write two terms")
    for phrase in dict.fromkeys(meant):
        yield _phrase(phrase.split(), source)


def _has_brackets(token: str) -> bool:
    return '"' not in token and _DIFFERS.search(token) is not None


def _phrase(tokens: Sequence[str], source: str) -> Phrase | Reference:
    if "OR" in tokens:
        raise Wrong(
            f"OR is outside brackets in {shown(source)}",
            'write two strings, or (A OR B) beside NEAR; quote the word itself: "\\"OR\\""',
        )
    if any(token[0] in "$@" and not _CLASS.match(token) for token in tokens):
        return _reference(tokens, source)
    words = tuple(
        word for token in tokens if not _SEPARATORS.fullmatch(token) for word in _pieces(token)
    )
    if not words:
        raise Wrong(f"{shown(source)} has nothing to look for", "write at least one word")
    return Phrase(words=words)


def _pieces(token: str) -> list[Word | ClassName]:
    """Return a word, or the classes of a token with the words between them."""
    found = [] if '"' in token else list(_CLASS.finditer(token))
    if not found:
        if _NO_CLASS.fullmatch(token):
            raise Wrong(
                f"{shown(token)} names no class",
                f"write it in small letters: #{token.lstrip('=~*#＃').lower()[:60]}; "
                "quote a sign to search for it",
            )
        return [read_word(token)]
    pieces: list[Word | ClassName] = []
    at, joined = 0, False
    for one in found:
        if one.start() > at:
            joined = _add_words(token[at : one.start()], token, pieces, joined=joined, before=True)
        elif pieces:
            raise Wrong(
                f"two classes are without a space in {shown(token)}",
                "write a space; between Han and Kana it is ignored",
            )
        pieces.append(ClassName(name=one[0], joined=joined))
        at, joined = one.end(), True
    if at < len(token):
        _add_words(token[at:], token, pieces, joined=True, before=False)
    return pieces


def _add_words(
    text: str, token: str, pieces: list[Word | ClassName], *, joined: bool, before: bool
) -> bool:
    """Add the words beside a class. Returns whether the next piece is joined to them."""
    first, last = text[0], text[-1]
    if first in _JOINTS:
        joined = False
    elif joined and not _is_unspaced(first):
        raise _wrong_beside(token, text)
    if last in _JOINTS:
        before = False
    elif before and not _is_unspaced(last):
        raise _wrong_beside(token, text)
    if plain := text.strip(_JOINTS):
        pieces.append(replace(read_word(plain), joined=joined))
    return before


def _wrong_beside(token: str, text: str) -> Wrong:
    if text[0] in "=~*" or text[-1] in "=~*":
        return Wrong(
            f"a class takes no mark and no star, as in {shown(token)}",
            "write the class alone; its words carry their own",
        )
    return Wrong(
        f"{shown(text)} is beside a class without a space in {shown(token)}",
        "write a space; only Hangul, Han and Kana may be directly beside a class",
    )


def _is_unspaced(letter: str) -> bool:
    plain = comparable(letter)[0]
    return is_hangul(plain) or is_cjk(plain)


def _reference(tokens: Sequence[str], source: str) -> Reference:
    found = _REFERENCE.fullmatch(tokens[0])
    if len(tokens) > 1:
        raise Wrong(
            f"a $group or @actor is inside a phrase in {shown(source)}",
            "it must be alone: join it with NEAR/n or all; quote a sign to search for it, "
            "'\"$5\" billion'",
        )
    if found is None:
        raise Wrong(
            f"{shown(tokens[0])} names no group or actor",
            "write $name, $shared/name, @KR, @KR:names, @KR:people, @KR:cities or @takaichi, "
            "without any other mark; quote a sign to search for it",
        )
    if found[1]:
        return Reference(kind="$", id=found[2])
    return Reference(kind="@", id=found[4], part=cast(Part, found[5] or ""))


def in_both_spellings(term: Term, *, is_chinese: bool | None) -> Term:
    """Return the term with the other Chinese spelling of its phrases, where that is certain.

    `is_chinese` says whether the list is Chinese; None if it may hold other languages. Words in
    quotes, words marked with =, and single characters stay as they are written. A term is the same
    whichever of the two spellings it was written in.
    """
    if is_chinese is False or str(term).isascii():
        return term
    body = term.body
    if isinstance(body, Near):
        left, right = (_both(unit, is_chinese) for unit in (body.left, body.right))
        both: Unit | Near = replace(body, left=left, right=right)
    else:
        both = _both(body, is_chinese)
    return term if both == body else replace(term, body=both, source=term.as_written)


def _both(unit: Unit, is_chinese: bool | None) -> Unit:
    found: dict[Phrase | Reference, None] = {}
    for option in unit.options if isinstance(unit, Choice) else (unit,):
        other = _other(option, is_chinese) if isinstance(option, Phrase) else None
        found.update(dict.fromkeys(sorted((option, other), key=str) if other else (option,)))
    return Choice(options=tuple(found)) if len(found) > 1 else unit


def _other(phrase: Phrase, is_chinese: bool | None) -> Phrase | None:
    words = tuple(_other_word(word, is_chinese) for word in phrase.words)
    return None if words == phrase.words else Phrase(words=words)


def _other_word(word: Word | ClassName, is_chinese: bool | None) -> Word | ClassName:
    if isinstance(word, ClassName) or word.quoted or word.mark == "=" or len(word.literal) < 2:
        return word
    other = other_spelling(word.literal, is_chinese=bool(is_chinese))
    return word if other is None else replace(word, literal=other[1])
