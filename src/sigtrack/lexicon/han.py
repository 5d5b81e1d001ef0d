"""Traditional and simplified spellings of the words used in diplomacy.

A watchlist that lists only 联合声明 finds nothing in Taipei. The tables ([han] of the lexicon) hold
the characters that are frequent in foreign-policy news and whose other form is certain. A word of
the data files stands for both spellings; for a watchlist the other spelling is only proposed, and a
person checks it. The tables are not a converter: if a character is missing, there is no other
spelling, because half a converted word (钢鐵) would be wrong. Japanese has forms of its own (発,
対, 総) and shares others with either side (国, 会, 談), so a word that could be Japanese has no
certain other spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod

from sigtrack.lexicon import shipped_lexicon
from sigtrack.text.scripts import classes_of

_MOST_SPELLINGS = 100  # of one search word; a word of six characters seldom has more than 50

# Each of the two old character sets holds the forms of its own side, and few of the other side.
_CHARACTER_SET = {"traditional": "big5", "simplified": "gb2312"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """Characters by their other form, and what is known about them."""

    simpler: Mapping[str, str]
    fuller: Mapping[str, str]
    same: Mapping[str, str]  # all forms of a character, including the Japanese
    japan: Mapping[str, str]  # by the traditional form
    known: frozenset[str]  # of both sides
    uncertain: frozenset[str]  # simplified forms that stand for several characters
    japanese: frozenset[str]
    not_japanese: frozenset[str]  # traditional forms that Japanese has simplified
    in_japanese: frozenset[str]  # simplified forms that Japanese shares
    read_otherwise: frozenset[str]  # words that mean something else in Japan or Korea


@cache
def _tables() -> _Tables:
    chinese, japanese = (shipped_lexicon().language(code) for code in ("zh", "ja"))
    pairs, one_way = (chinese.words("han", key) for key in ("pairs", "one-way"))
    of_japan = japanese.words("han", "pairs")
    return _Tables(
        same=_joined((*pairs, *one_way, *of_japan)),
        japan={pair[1]: pair[0] for pair in of_japan},
        known=frozenset("".join((*pairs, *one_way))),
        simpler={pair[0]: pair[1] for pair in (*pairs, *one_way)},
        fuller={pair[1]: pair[0] for pair in pairs},
        uncertain=frozenset(pair[1] for pair in one_way),
        japanese=frozenset(pair[0] for pair in of_japan),
        not_japanese=frozenset("".join(chinese.words("han", "not-japanese"))),
        in_japanese=frozenset("".join(chinese.words("han", "in-japanese"))),
        read_otherwise=frozenset(chinese.words("han", "read-otherwise")),
    )


def other_spelling(word: str, *, is_chinese: bool = False) -> tuple[str, str] | None:
    """Return ("traditional" or "simplified", the word in it), or None if none is certain.

    Unless the word is known to be Chinese, it must hold a character that Japanese does not use.
    """
    tables = _tables()
    if tables.known.isdisjoint(word):  # most words
        return None
    full = {char for char in word if char in tables.simpler}
    simple = {char for char in word if char in tables.fuller}
    if not is_chinese:
        if word in tables.read_otherwise or "k" in classes_of(word):
            return None
        if not tables.japanese.isdisjoint(word):
            return None
        if not full & tables.not_japanese and simple <= tables.in_japanese:
            return None
    if full and not simple:
        return _whole("simplified", "".join(tables.simpler.get(char, char) for char in word))
    if simple and not full and tables.uncertain.isdisjoint(word):
        return _whole("traditional", "".join(tables.fuller.get(char, char) for char in word))
    return None


def spellings_of(word: str) -> tuple[str, ...]:
    """Return the spellings of a word in China, Taiwan and Japan, the given one first.

    For example 会谈, 會談, 会談. Characters are combined freely, so some of the spellings may be
    used nowhere. A long word with more than a hundred combinations has only the three pure forms.
    """
    tables = _tables()
    choices = [tables.same.get(char, char) for char in word]
    if prod(map(len, choices)) <= _MOST_SPELLINGS:
        return tuple(dict.fromkeys((word, *map("".join, product(*choices)))))
    simple = "".join(tables.simpler.get(char, char) for char in word)
    full = "".join(tables.fuller.get(char, char) for char in simple)
    return tuple(
        dict.fromkeys((word, simple, full, "".join(tables.japan.get(char, char) for char in full)))
    )


def may_be_japanese(word: str) -> bool:
    """Whether no character of the word is one that Japan has given up or never had."""
    tables = _tables()
    chinese = tables.not_japanese.union(tables.fuller) - tables.in_japanese
    return chinese.isdisjoint(word) and _is_in(word, "shift_jis")


def as_simplified(word: str) -> str:
    """Return a word of Han as mainland China writes it, "" if some character is uncertain."""
    tables = _tables()
    full = {japanese: full for full, japanese in tables.japan.items()}
    spelled = (full.get(char, char) for char in word)
    simple = "".join(tables.simpler.get(char, char) for char in spelled)
    return simple if _is_in(simple, _CHARACTER_SET["simplified"]) else ""


def _joined(pairs: Iterable[str]) -> dict[str, str]:
    """Return, for each character, all characters that the pairs connect with it."""
    groups: dict[str, str] = {}
    for pair in pairs:
        every = "".join(dict.fromkeys("".join(groups.get(char, char) for char in pair)))
        groups.update(dict.fromkeys(every, every))
    return groups


def _whole(form: str, word: str) -> tuple[str, str] | None:
    """Return the form and the word, or None if some character is still in the other form."""
    return (form, word) if _is_in(word, _CHARACTER_SET[form]) else None


def _is_in(word: str, character_set: str) -> bool:
    try:
        word.encode(character_set)
    except UnicodeEncodeError:
        return False
    return True
