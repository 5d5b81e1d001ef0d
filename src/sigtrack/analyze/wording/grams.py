"""Units of text that can be counted and compared: runs of words, and what a sentence is about.

A run has two to five words of Latin and Hangul letters, or three to twelve characters of Han and
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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, pairwise

from sigtrack.lexicon import shipped_lexicon
from sigtrack.text.fold import fold, fold_text
from sigtrack.text.scripts import HAN, HANGUL, HIRAGANA, KANA, classes_of
from sigtrack.text.stems import stem, without_particle

WORDS = range(2, 6)
CHARACTERS = range(3, 13)
_CUT = 0.8  # share of the places of a run that lie in one longer run
_TOKEN = re.compile(
    rf"[{HAN}{KANA}]+|[{HANGUL}]+|(?:[^\W_{HAN}{KANA}{HANGUL}]|(?<=[^\W_])'(?=[^\W_]))+|[^\s\w]"
)
_BRACKET = re.compile(r"[()\[\]（）［］〔〕【】]")
_OPENS_KANA = re.compile(rf"[{HAN}\u30a1-\u30fa]")
_LONG_VOWEL = "\u30fc"

Spans = Iterable[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Token:
    key: str
    start: int
    end: int
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


def runs(text: str, covered: Spans, language: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield keys and ranges of all runs of a sentence."""
    for stretch in _stretches(text, list(covered), language):
        for first, token in enumerate(stretch):
            if not token.can_open:
                continue
            for length in WORDS:
                run = stretch[first : first + length]
                if len(run) == length and run[-1].can_close:
                    yield " ".join(one.key for one in run), (token.start, run[-1].end)
    for start, run_text in _han_runs(text, list(covered)):
        yield from _character_runs(run_text, start, language)


def key_of(words: str) -> str:
    """Return the key of a run as it is written."""
    tokens = (_token(word, start, end) for start, end, word in _tokens(words))
    return words if classes_of(words[0]) in "ck" else " ".join(one.key for one in tokens if one)


def _stretches(text: str, covered: list[tuple[int, int]], language: str) -> Iterator[list[_Token]]:
    """Yield words in a row with nothing between them."""
    stretch: list[_Token] = []
    for start, end, word in _tokens(text):
        if stretch and _BRACKET.search(text, stretch[-1].start, start):  # folding removes brackets
            yield stretch
            stretch = []
        is_unit = text[start - 1 : start].isdigit()  # 24일 is a day, not a word of its own
        token = None if is_unit or _is_in(start, end, covered) else _token(word, start, end)
        if token is not None:
            stretch.append(_hyphenated(token, text))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _tokens(text: str) -> Iterator[tuple[int, int, str]]:
    folded = fold(text)
    for found in _TOKEN.finditer(folded.text):
        start, end = folded.origin(found.start(), found.end())
        yield start, end, found[0]


def _token(word: str, start: int, end: int) -> _Token | None:
    kind = classes_of(word[0])
    if kind in "ck " or any(map(str.isdigit, word)):
        return None
    if kind == "h":
        key = without_particle(word)
        can_open = key not in _datelines()
        can_close = can_open and not key.endswith(_clause_ends())
        return _Token(key, start, end - len(word) + len(key), can_open, can_close)
    key, is_weighty = stem(word.lower()), word.lower() not in joining()
    return _Token(key, start, end, is_weighty, is_weighty)


def _hyphenated(token: _Token, text: str) -> _Token:
    """Half of a word with a hyphen (Indo-Pacific) is neither a beginning nor an end."""
    is_second = text[max(token.start - 1, 0) : token.start] == "-"
    is_first = text[token.end : token.end + 1] == "-"
    return replace(
        token,
        can_open=token.can_open and not is_second,
        can_close=token.can_close and not is_first,
    )


def _han_runs(text: str, covered: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Yield Han and Kana in a row, without covered ranges."""
    masked = list(text)
    for start, end in covered:
        masked[start:end] = " " * (end - start)
    for found in re.finditer(rf"[{HAN}{KANA}]+", "".join(masked)):
        yield found.start(), found[0]


def _character_runs(run: str, at: int, language: str) -> Iterator[tuple[str, tuple[int, int]]]:
    is_edge = _edge_of(language)
    for first in range(len(run)):
        if not is_edge(run[first]):
            continue
        for length in CHARACTERS:
            last = first + length
            if last <= len(run) and (is_edge(run[last - 1]) or run[last - 1] == _LONG_VOWEL):
                yield run[first:last], (at + first, at + last)


def _edge_of(language: str) -> Callable[[str], bool]:
    if language == "zh":
        closed = _closed_han()
        return lambda char: char not in closed
    return lambda char: _OPENS_KANA.match(char) is not None


def _is_in(start: int, end: int, covered: list[tuple[int, int]]) -> bool:
    return any(start < b and end > a for a, b in covered)


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
