"""Units of text that can be counted and compared: runs of words, and what a sentence is about.

A run has two to five words of Latin and Hangul letters, or four to twelve characters of Han and
Kana, near the anchors of a text. It is cut at commas, numbers, names of the gazetteer and formulas
of the catalogue, so that the result is language and not news about who met whom. It neither begins
nor ends with a word that only joins others. Han and Kana that almost always stand in one longer
word are a part of it and not a phrase (首脳会 of 首脳会談). Latin words count as their stems,
Hangul words without their particle.

What a sentence is about is a set of units: stems of Latin words, Hangul words without their
particle, and every pair of neighbours in Han and Kana.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from sigtrack.lexicon import shipped_lexicon
from sigtrack.text.fold import Stems, fold_text, stem, without_particle
from sigtrack.text.scripts import HAN, HANGUL, HIRAGANA, KANA, classes_of

WORDS = range(2, 6)
CHARACTERS = range(4, 13)
_CUT = 0.8  # share of the places of a run that lie in one longer run
_HAN_RUN = re.compile(rf"[{HAN}{KANA}]+")
# Brackets and quotation marks; an apostrophe behind a Latin word is a possessive.
_BRACKET = re.compile(r"[()\[\]（）［］〔〕【】“”‘\"「」『』《》]|(?<=[^A-Za-z])['’]")
_OPENS_KANA = re.compile(rf"[{HAN}\u30a1-\u30fa]")
_LONG_VOWEL = "\u30fc"

Spans = Iterable[tuple[int, int]]


class _Token(NamedTuple):
    key: str
    start: int
    end: int
    can_open: bool
    can_close: bool


class _Word(NamedTuple):
    """A word as part of runs, whatever stands beside it; `kept` letters of it count."""

    key: str
    kept: int
    can_open: bool
    can_close: bool


@cache
def joining() -> frozenset[str]:
    """Return English words that only join others, and months and days, in small letters."""
    english = shipped_lexicon().language("en")
    dates = (*english.section("months").values(), *english.section("weekdays").values())
    return frozenset((*english.words("joint", "edge"), *(max(d, key=len).lower() for d in dates)))


@cache
def _datelines() -> frozenset[str]:
    return frozenset(shipped_lexicon().language("ko").words("joint", "edge"))


@cache
def _closed_han() -> frozenset[str]:
    return frozenset(shipped_lexicon().language("zh").words("joint", "edge"))


@cache
def _joins() -> re.Pattern[str]:
    return re.compile(f"[{HIRAGANA}{''.join(_closed_han())}]")


@cache
def _clause_ends() -> tuple[str, ...]:
    return shipped_lexicon().language("ko").words("ending", "clause")


def cuts(places: Mapping[str, int]) -> set[str]:
    """Return runs of Han and Kana that are cut out of a longer word. `places` counts all runs.

    A run with a particle after it is not a longer word: 新風外交に期待 leaves 新風外交 whole.
    """
    found: set[str] = set()
    for longer, number in places.items():
        if classes_of(longer[0]) not in "ck":
            continue
        for start, end in combinations(range(len(longer) + 1), 2):
            run = longer[start:end]
            beside = longer[max(start - 1, 0) : start] + longer[end : end + 1]
            if run in places and _joins().sub("", beside) and number > _CUT * places[run]:
                found.add(run)
    return found


def is_name(words: str) -> bool:
    """Whether all words except joining words have capitals: Golden Dome, Spirit of X."""
    weighty = [word for word in words.split() if word.lower() not in joining()]
    return bool(weighty) and all(word[0].isupper() for word in weighty)


def runs(stems: Stems, covered: Spans, language: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield keys and ranges of all runs of a sentence."""
    apart = _apart(covered)
    for stretch in _stretches(stems, apart):
        keys = [token.key for token in stretch]
        for first, token in enumerate(stretch):
            if not token.can_open:
                continue
            for past in range(first + WORDS.start, min(first + WORDS.stop, len(keys) + 1)):
                last = stretch[past - 1]
                if last.can_close:
                    yield " ".join(keys[first:past]), (token.start, last.end)
    for start, run_text in _han_runs(stems.original, apart):
        yield from _character_runs(run_text, start, language)


def key_of(words: str) -> str:
    """Return the key of a run as it is written."""
    if classes_of(words[0]) in "ck":
        return words
    found = (_word(word) for word, *_ in Stems(words).tokens())
    return " ".join(one.key for one in found if one)


def _apart(covered: Spans) -> list[tuple[int, int]]:
    """Return the ranges in order, those that overlap as one."""
    apart: list[tuple[int, int]] = []
    for one in sorted(covered):
        if apart and one[0] < apart[-1][1]:
            apart[-1] = apart[-1][0], max(one[1], apart[-1][1])
        else:
            apart.append(one)
    return apart


def _stretches(stems: Stems, covered: Sequence[tuple[int, int]]) -> Iterator[list[_Token]]:
    """Yield words in a row with nothing between them."""
    text = stems.original
    stretch: list[_Token] = []
    cover = iter((*covered, (len(text), len(text))))
    covered_from, covered_to = next(cover)
    for word, start, end, mark in stems.tokens():
        if stretch and (mark or _is_bracketed(text, stretch[-1].end, start)):
            yield stretch
            stretch = []
        while covered_to <= start:
            covered_from, covered_to = next(cover)
        is_unit = text[start - 1 : start].isdigit()  # 24일 is a day, not a word of its own
        found = None if is_unit or covered_from < end else _word(word)
        if found is not None:
            past = end - len(word) + found.kept
            can_open, can_close = found.can_open, found.can_close
            if "-" in text:  # half of a word with a hyphen is neither a beginning nor an end
                can_open = can_open and text[max(start - 1, 0) : start] != "-"
                can_close = can_close and text[past : past + 1] != "-"
            stretch.append(_Token(found.key, start, past, can_open, can_close))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _is_bracketed(text: str, start: int, end: int) -> bool:
    """Whether a bracket or quotation mark stands there, which folding removes."""
    return text[start:end] != " " and _BRACKET.search(text, start, end) is not None


@lru_cache(maxsize=1 << 13)
def _word(word: str) -> _Word | None:
    """Return None for what parts runs: marks, numbers, Han and Kana."""
    kind = classes_of(word[0])
    if kind in "ck " or any(map(str.isdigit, word)):
        return None
    if kind == "h":
        key = without_particle(word)
        can_open = key not in _datelines()
        return _Word(key, len(key), can_open, can_open and not key.endswith(_clause_ends()))
    is_weighty = word not in joining()
    return _Word(stem(word), len(word), is_weighty, is_weighty)


def _han_runs(text: str, covered: Spans) -> Iterator[tuple[int, str]]:
    """Yield Han and Kana in a row, without covered ranges."""
    if text.isascii():
        return
    at = 0
    for start, end in (*covered, (len(text), len(text))):
        for found in _HAN_RUN.finditer(text, at, start):
            yield found.start(), found[0]
        at = end


def _character_runs(run: str, at: int, language: str) -> Iterator[tuple[str, tuple[int, int]]]:
    edges = [*map(_opens_chinese if language == "zh" else _opens_japanese, run)]
    for first, can_open in enumerate(edges):
        if not can_open:
            continue
        for last in range(first + CHARACTERS.start, min(first + CHARACTERS.stop, len(run) + 1)):
            if edges[last - 1] or run[last - 1] == _LONG_VOWEL:
                yield run[first:last], (at + first, at + last)


def _opens_chinese(char: str) -> bool:
    return char not in _closed_han()


@lru_cache(maxsize=1 << 13)
def _opens_japanese(char: str) -> bool:
    return _OPENS_KANA.match(char) is not None


_UNIT = re.compile(rf"[{HAN}{KANA}]+|[{HANGUL}]+|[^\W_{HAN}{KANA}{HANGUL}]+")


def units_of(text: str, span: tuple[int, int] | None = None) -> frozenset[str]:
    """Return the units of a sentence without the words of `span` (half-open, in `text`)."""
    if span is not None:
        text = f"{text[: span[0]]} {text[span[1] :]}"
    units: set[str] = set()
    for found in _UNIT.finditer(fold_text(text).lower()):
        units.update(_units(found[0]))
    return frozenset(units)


def _units(word: str) -> set[str]:
    match classes_of(word[0]):
        case "c" | "k":
            return {a + b for a, b in pairwise(word)} or {word}
        case "h":
            return {without_particle(word)}
    stemmed = stem(word)
    return set() if stemmed in _said_by_all() else {stemmed}


@cache
def _said_by_all() -> frozenset[str]:
    return frozenset(map(stem, shipped_lexicon().words("joint", "everywhere")))
