"""Cuts a statement into the parts that are compared: sentences, headings, items of a list.

Lines that were broken at a fixed width are joined first. A number, a letter or a bullet before an
item is a part of it, not a sentence of its own. It does not count when words are compared, because
a paragraph that moves gets a new number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Passage
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import HAN, KANA
from sigtrack.text.sentences import sentences
from sigtrack.text.unwrap import unwrap

_BULLET = "-*•·‧∙●○◯◦▪▫■□◆◇▶▷※〇–—>#"
_SPACES = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}{KANA}、，]) (?=[{HAN}{KANA}、，])")
_MOST_WORDS = 120  # a list of names can be several pages long
_MOST_LETTERS = 2000  # used if words cannot be told apart; no sentence is longer
_COMMA = re.compile(r"[;,](?=\s)|[；，、]")
_HAS_WORD = re.compile(r"[^\W_]")


def passages_of(text: str) -> tuple[Passage, ...]:
    """Return passages in the order of the text, with all words, but without rules and asterisks."""
    text, given = unwrap(text), text
    found: list[Passage] = []
    paragraph, line = -1, -1
    for start, end in _joined(text):
        begins = text.rfind("\n", 0, start) + 1
        if begins != line:
            paragraph, line = paragraph + 1, begins
        for first, last in _cut(text, start, end):
            words = _words(text[first:last], given[first:last])
            found.append(Passage(text=words, start=first, end=last, paragraph=paragraph))
    return tuple(found)


def _words(text: str, given: str) -> str:
    """Return the text on one line. Han and Kana get no space where a line was broken."""
    line = _SPACES.sub(" ", text)
    return _BETWEEN_HAN.sub("", line) if "\n" in given else line


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, cut at semicolons or commas into pieces of at most 120 words."""
    is_vast = end - start > _MOST_LETTERS
    if not is_vast and len(text[start:end].split()) <= _MOST_WORDS:
        yield start, end
        return
    marks = [found for found in _COMMA.finditer(text, start + 1, end) if found.end() < end]
    strong = [found.end() for found in marks if found[0] in ";；"]
    places = strong or [found.end() for found in marks] or [(start + end) // 2] * is_vast
    if not places:
        yield start, end
        return
    middle = min(places, key=lambda place: abs(place - (start + end) / 2))
    yield from _cut(text, start, middle)
    yield from _cut(text, middle + len(text[middle:end]) - len(text[middle:end].lstrip()), end)


def without_marker(text: str) -> str:
    """Return a passage without its number or bullet, unless there is nothing else."""
    marker = _marker().match(text)
    rest = text[marker.end() :] if marker else text
    return rest if _HAS_WORD.search(rest) else text


def words_of(text: str) -> str:
    """Return what two passages with the same words share: folded, no marker, single spaces."""
    folded = fold_text(without_marker(text)).lower()
    return " ".join(folded.strip(" .。;:!?,").split()) or text


@cache
def _marker() -> re.Pattern[str]:
    """Return a pattern for what may stand before an item: a bullet, a number, a counting word."""
    return re.compile(
        rf"\s*(?:[{re.escape(_BULLET)}]+"
        r"|[(（\[]?(?:\d{1,2}|[ivx]{1,4}|[IVX]{1,4}|[a-zA-Z])[.)）\]]|[①-⑳]"
        rf"|{shipped_lexicon().pattern('patterns', 'statement', 'item')}|\*\*)"
        r"(?:\s+|$|(?=[^\sA-Za-z\d]))"
    )


def _joined(text: str) -> Iterator[tuple[int, int]]:
    """Yield sentences; one that is only a marker is joined with what follows on the same line."""
    waiting: int | None = None
    last = 0
    for start, end in sentences(text):
        if waiting is not None and "\n" in text[last:start]:
            if _HAS_WORD.search(text[waiting:last]):
                yield waiting, last
            waiting = None
        first = start if waiting is None else waiting
        last = end
        if _marker().fullmatch(text[start:end]) or not _HAS_WORD.search(text[start:end]):
            waiting = first
            continue
        yield first, end
        waiting = None
    if waiting is not None and _HAS_WORD.search(text[waiting:last]):
        yield waiting, last
