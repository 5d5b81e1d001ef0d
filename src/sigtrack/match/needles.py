"""A phrase as a needle to look for, and the rules that decide whether a find counts.

Finding the folded letters is not enough: the word may continue (`chip` in "chipset"), have the
wrong case (`US` in "trust us"), or be a part of another word (북한 in 북한산). The rules differ by
script, because one rule for all scripts would be wrong in each.

A phrase may hold classes of the lexicon: `to #city`, `#leader #meet`. A class is one set of needles
for all phrases that use it. A phrase finds the words of its first class and checks what stands
beside each: literal words are compared there, further classes must have a word there. So a class of
a thousand words costs a phrase no more than its finds. Between two pieces there is one space, or
nothing if a Han or Kana letter is beside the seam, or if they are joined (`#city` and a particle).
A phrase begins as its first piece would alone, and ends as a whole phrase of the same letters does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from sigtrack.frozen import frozen
from sigtrack.lexicon import shipped_lexicon
from sigtrack.lexicon.books import RANKS
from sigtrack.model import Phrase, Word
from sigtrack.text.fold import Folded, fold_word
from sigtrack.text.regex import regex
from sigtrack.text.scripts import (
    CLASS_OF,
    FREE_HANGUL,
    KATAKANA,
    LONGEST_WORD,
    REST_OF_HANGUL,
    REST_OF_SPACED,
    classes_of,
    end_of_word,
    hangul_may_go_on,
    is_cjk,
    is_han,
    is_hangul,
    is_spaced,
    start_of_word,
)

_AFTER_COUNTRIES = (
    *(("row", "after"), ("statement", "document"), ("statement", "talks")),
    *(("marks", "over"), ("clues", "made-known")),
)
# Words of two or three capitals; letters of another script are a border (AI반도체).
_CAPITALS = re.compile(r"(?<![A-Za-z0-9'])[A-Z]{2,3}(?![A-Za-z0-9'])")


# What may be a surname between a country of one character and an office.
_KANA_NAME = regex(f"[{KATAKANA}]{{2,12}}")
_REST_OF_SPACED = regex(REST_OF_SPACED)


@frozen(kw_only=False)
class Stretch:
    """Letters at an offset of a needle, and their length when folded."""

    at: int
    length: int
    letters: str


@frozen(kw_only=False)
class Needle:
    """What to look for. `letters` are folded and lower case; the case of `exact` counts.

    `head` and `tail` switch off the word test at that side (a star); `rest` must follow the letters
    (a phrase with a star inside); `literals` must be there in the publisher's own spelling.
    """

    letters: str
    exact: tuple[Stretch, ...] = ()
    head: bool = False
    tail: bool = False
    rest: str = ""
    literals: tuple[Stretch, ...] = ()

    @property
    def bars_before(self) -> str:
        """The class of character that must not stand before, "" if it depends."""
        kind = classes_of(self.letters[:3])
        if self.head or self.is_single:
            return ""
        if kind[0] == "s":
            return "s"
        return "h" if kind[0] == "h" and kind != "hhh" else ""

    @property
    def bars_after(self) -> str:
        """The same for the character after it."""
        is_open = self.tail or self.rest
        return "" if is_open or classes_of(self.letters[-1]) != "s" else "s"

    @property
    def is_single(self) -> bool:
        """Whether it is one Han or Kana character: 北, 美, ロ."""
        return len(self.letters) == 1 and is_cjk(self.letters) and not self.rest


def needle_of(phrase: Phrase) -> Needle | None:
    """Return the needle of a phrase without classes; None if only marks are left after folding."""
    plain_words = [word for word in phrase.words if isinstance(word, Word)]
    words = [(word, folded) for word in plain_words if (folded := fold_word(word.literal))]
    if not words:
        return None
    plain = _count_plain([word for word, _ in words])
    joined = " ".join([folded for _, folded in words[:plain]])
    letters = joined.lower()
    # Most words are in small letters without marks: then any case and spelling counts.
    is_strict = letters != joined or any(word.mark or word.quoted for word, _ in words)
    exact, literals = _stretches(words[:plain]) if is_strict else ((), ())
    return Needle(
        letters=letters,
        exact=exact,
        head=words[0][0].head,
        tail=words[-1][0].tail,
        rest=_rest(words[plain - 1 :]) if plain < len(words) else "",
        literals=literals,
    )


def _stretches(
    words: Iterable[tuple[Word, str]],
) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """Return the stretches whose case counts, and those whose spelling counts."""
    exact: list[Stretch] = []
    literals: list[Stretch] = []
    at = 0
    for word, folded in words:
        exact += _in_this_case(word, folded, at)
        if word.quoted and word.literal != folded:
            literals.append(Stretch(at, len(folded), word.literal.lower()))
        at += len(folded) + 1
    return tuple(exact), tuple(literals)


def _rest(words: Sequence[tuple[Word, str]]) -> str:
    """Return the pattern of what follows the first of these words."""
    return "".join(
        _pattern(before, word, folded) for (before, _), (word, folded) in pairwise(words)
    )


def _count_plain(words: Sequence[Word]) -> int:
    """Return how many words stand before the first star inside the phrase."""
    for n, (word, following) in enumerate(pairwise(words), start=1):
        if word.tail or following.head:
            return n
    return len(words)


def _in_this_case(word: Word, folded: str, at: int) -> list[Stretch]:
    if word.mark == "=":
        return [Stretch(at, len(folded), folded)]
    if word.mark == "~":
        return []
    return [Stretch(at + m.start(), len(m[0]), m[0]) for m in _CAPITALS.finditer(folded)]


def _pattern(before: Word, word: Word, folded: str) -> str:
    """Return the regular expression of a word inside a phrase with stars, for text of any case."""
    body = re.escape(folded)
    if word.mark != "=" and (word.mark == "~" or not _CAPITALS.fullmatch(folded)):
        body = f"(?i:{body})"
    head = REST_OF_HANGUL if word.head else ""
    return f"{_rest_of(before) if before.tail else ''} {head}{body}"


def _rest_of(word: Word) -> str:
    last = fold_word(word.literal)[-1]
    if is_hangul(last):
        return REST_OF_HANGUL
    return REST_OF_SPACED if is_spaced(last) else ""


class Judge:
    """Decides, within one folded text, whether a find of a needle counts.

    `korean` says whether a single Han character is newspaper shorthand here; `singles` are all
    one-character needles of the plan, `partners` the names of countries in Kana.
    """

    __slots__ = ("_folded", "_korean", "_lower", "_partners", "_singles", "_text", "_title")

    def __init__(
        self,
        folded: Folded,
        *,
        korean: Callable[[], bool],
        title: bool,
        singles: frozenset[str],
        partners: tuple[str, ...] = (),
    ) -> None:
        self._folded = folded
        self._text = folded.text
        self._lower = folded.lower
        self._korean = korean
        self._title = title
        self._singles = singles
        self._partners = partners

    def span(self, needle: Needle, start: int, end: int) -> tuple[int, int] | None:
        """Return the span that counts (with a star, including the rest of its word), or None."""
        if end - start == 1 and needle.is_single:
            counts = self.core(needle, start, end) is not None and self._single_counts(start)
            return (start, end) if counts else None
        last = self.core(needle, start, end)
        if last is None or not self.begins(needle, start, last):
            return None
        if not self.ends(needle, start, last):
            return None
        return self.start(needle, start), self.end(needle, last)

    def core(self, needle: Needle, start: int, end: int) -> int | None:
        """Return where the letters at `start` end, with what must follow them inside the phrase.

        Returns None if case or spelling differs. The borders of the word are not checked.
        """
        for stretch in needle.exact:
            if not self._text.startswith(stretch.letters, start + stretch.at):
                return None
        if needle.literals and not self._is_literal(needle, start):
            return None
        if needle.rest:
            follows = _follows(needle.rest, self._text, end)
            return follows.end() if follows else None
        return end

    def begins(self, needle: Needle, start: int, end: int) -> bool:
        """Whether a word begins there, if the needle asks for that."""
        if needle.head or start == 0:
            return True
        lower = self._lower
        first, before = CLASS_OF[lower[start]], CLASS_OF[lower[start - 1]]
        if first == "h":
            free = lower[start : min(end, start + FREE_HANGUL)]
            return before != "h" or classes_of(free) == "h" * FREE_HANGUL
        if first in "ck":
            alone = start + 1 < len(lower) and CLASS_OF[lower[start + 1]] not in "ck"
            return not (alone and first == before == "c")
        return before != "s" and not _is_in_number(lower, start - 1)

    def ends(self, needle: Needle, start: int, end: int) -> bool:
        """Whether a word that began at `start` ends there, if the needle asks for that."""
        lower = self._lower
        last = CLASS_OF[lower[end - 1]]
        # Two syllables of another word: 통상 (trade) of 통상적 (usual).
        if last == "h" and lower.startswith(_words_apart().get(lower[end - 2 : end], ()), end):
            return False
        if needle.tail or end >= len(lower):
            return True
        if last == "h":
            return hangul_may_go_on(lower, start, end)
        return last != "s" or (CLASS_OF[lower[end]] != "s" and not _is_in_number(lower, end))

    def start(self, needle: Needle, start: int) -> int:
        """Return the start, including the head of the word that a star takes in."""
        return start_of_word(self._lower, start) if needle.head else start

    def end(self, needle: Needle, end: int) -> int:
        """Return the end, including the rest of the word that a star takes in."""
        return end_of_word(self._lower, end) if needle.tail else end

    def is_open(self, at: int) -> bool:
        """Whether a Han or Kana letter stands before or after: there words need no space."""
        around = self._lower[max(0, at - 1) : at + 1]
        return 0 < at < len(self._lower) and any(CLASS_OF[char] in "ck" for char in around)

    def _is_literal(self, needle: Needle, start: int) -> bool:
        """Whether quoted words stand there in the publisher's own spelling, including marks."""
        folded = self._folded
        if not all(literal.letters in folded.original_lower for literal in needle.literals):
            return False  # cheaper than finding the place
        for literal in needle.literals:
            first, end = folded.origin(start + literal.at, start + literal.at + literal.length)
            room = len(literal.letters)
            around = folded.original[max(0, end - room) : first + room]
            if literal.letters not in around.lower():
                return False
        return True

    def _single_counts(self, at: int) -> bool:
        lower, singles = self._lower, self._singles
        start, end = at, at + 1
        least, most = max(0, at - LONGEST_WORD), min(len(lower), at + LONGEST_WORD)
        while start > least and lower[start - 1] in singles:
            start -= 1
        while end < most and lower[end] in singles:
            end += 1
        before = lower[start - 1] if start else ""
        after = lower[end] if end < len(lower) else ""
        if self._korean():
            return not (before and is_han(before)) and not (after and is_han(after))
        if before and is_han(before):
            return end - start == 1 and self._is_spoken_to(before, end)
        if end - start == 1:
            opens = self._title and not lower[:start].strip() and after in (",", ":")
            if opens or self._is_paired(at) or self._has_office(before, end):
                return True
            heads = not (before.isdigit() or is_cjk(before))
            return heads and is_han(lower[at]) and self._acts(end)
        return not (after and is_han(after)) or _stands_at(end, lower, _after_countries())

    def _has_office(self, before: str, end: int) -> bool:
        """Whether an office follows: 独首相, ロ外相; but not 21日首相, マドゥーロ大統領."""
        is_kana = not is_han(self._lower[end - 1])
        ends_word = before.isdigit() or (is_kana and is_cjk(before))
        return not ends_word and _stands_at(end, self._lower, _offices())

    def _acts(self, end: int) -> bool:
        """Whether what stands behind a country of one character leaves no doubt that it is one.

        Its government acts or speaks (俄称, 米政府), another country follows (米イラン), or a name
        in Kana with an office (英スターマー首相). A clause must begin with it: 〜する中イランが.
        """
        lower = self._lower
        if _stands_at(end, lower, _acts_of_countries()) or lower.startswith(self._partners, end):
            return True
        name = _KANA_NAME.match(lower, end)
        return name is not None and _stands_at(name.end(), lower, _offices())

    def _is_spoken_to(self, before: str, end: int) -> bool:
        """Whether others talk with that country of one character, or meet its minister: 与乌谈判,
        会见菲外长."""
        if before not in _talking():
            return False
        if _stands_at(end, self._lower, _talked()):
            return True
        # Not in Japanese, where the same letters end other words: 同日首相が.
        return _stands_at(end, self._lower, _offices()) and "k" not in classes_of(self._lower)

    def _is_paired(self, at: int) -> bool:
        """Whether a middle dot and a partner with a longer name follow: 日・EU."""
        partner = self._text[at + 2 : at + 3]
        has_name = (is_cjk(partner) and not is_han(partner)) or partner.isupper()
        return bool(partner) and has_name and self._folded.is_before_dot(at)


def _is_in_number(text: str, at: int) -> bool:
    """Whether a decimal point stands here: 5 is not a word of 3.5."""
    return text[at] in ".," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


@cache
def _words_apart() -> dict[str, tuple[str, ...]]:
    """Return how Korean words continue that are not forms of the two syllables they begin with."""
    rests: dict[str, tuple[str, ...]] = {}
    for word in shipped_lexicon().words("compound", "apart"):
        rests[word[:2]] = (*rests.get(word[:2], ()), word[2:])
    return rests


@cache
def _after_countries() -> _Beginnings:
    """Return the words after a run of one-character country names in Japanese and Chinese.

    For example 日韩首脳, 中美经贸: an office, a paper, talks, what both did or said, or a word that
    the languages list.
    """
    words = map(shipped_lexicon().words, *zip(*_AFTER_COUNTRIES, strict=True))
    return _beginnings(chain(_ranked(), *words))


@cache
def _offices() -> _Beginnings:
    """Return the offices in Japanese and Chinese that may follow a country of one character."""
    return _beginnings(word for word in _ranked() if len(word) > 1 and is_han(word[0]))


@cache
def _acts_of_countries() -> _Beginnings:
    """Return what a government does that headlines call by one character: 俄称, 米政府."""
    return _beginnings(shipped_lexicon().words("row", "alone"))


@cache
def _talking() -> frozenset[str]:
    return frozenset(shipped_lexicon().words("clues", "beside-letters"))


@cache
def _talked() -> _Beginnings:
    return _beginnings(shipped_lexicon().words("row", "talk"))


_Beginnings = Mapping[str, tuple[str, ...]]  # words by their first letter


def _beginnings(words: Iterable[str]) -> _Beginnings:
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        found[word[0]] = (*found.get(word[0], ()), word)
    return found


def _stands_at(at: int, text: str, words: _Beginnings) -> bool:
    """Whether one of the words begins there. To compile a pattern of them would take 50 ms."""
    return text.startswith(words.get(text[at : at + 1], ()), at)


def _ranked() -> Iterator[str]:
    for rank in RANKS:
        yield from shipped_lexicon().offices(rank)


def _follows(rest: str, text: str, at: int) -> re.Match[str] | None:
    """Match what must follow inside a phrase. The rest of its first word, with which it mostly
    begins, is matched by itself: to compile it once more takes 2 ms for each phrase."""
    begun = _REST_OF_SPACED.match(text, at) if rest.startswith(REST_OF_SPACED) else None
    if begun is None:
        return _compiled(rest).match(text, at)
    return _compiled(rest.removeprefix(REST_OF_SPACED)).match(text, begun.end())


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@frozen(kw_only=False)
class ClassPiece:
    """Any word of the class with this number."""

    number: int
    joined: bool


@frozen(kw_only=False)
class WordPiece:
    """Literal words."""

    needle: Needle
    joined: bool


@dataclass(frozen=True)
class Chain:
    """The pieces in order. At least one is a class, and no two WordPieces are neighbours."""

    number: int
    pieces: tuple[ClassPiece | WordPiece, ...]

    @cached_property
    def first(self) -> int:
        """The index of the first class among the pieces."""
        return next(n for n, piece in enumerate(self.pieces) if isinstance(piece, ClassPiece))

    @cached_property
    def classes(self) -> frozenset[int]:
        """The numbers of its classes."""
        return frozenset(p.number for p in self.pieces if isinstance(p, ClassPiece))

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """Letters that a text must contain to hold the phrase."""
        return tuple(p.needle.letters for p in self.pieces if isinstance(p, WordPiece))


class Core(NamedTuple):
    """A word of a class: where its letters stand, and its needle."""

    start: int
    end: int
    needle: int


class StandingWord(NamedTuple):
    """A word of a class that stands in a text."""

    start: int
    number: int  # of the class
    needle: int


Cores = dict[int, dict[int, list[Core]]]  # by class, by start


@frozen(kw_only=False)
class Field:
    """One field of an item, with the words of classes in it."""

    judge: Judge
    lower: str
    cores: Cores
    needles: Sequence[Needle]

    def chains(self, chain: Chain) -> Iterator[tuple[int, int, tuple[StandingWord, ...]]]:
        """Yield start and end of each find, and the words of its classes, in order."""
        first = chain.first
        piece = chain.pieces[first]
        assert isinstance(piece, ClassPiece)
        for row in self.cores.get(piece.number, {}).values():
            for core in row:
                start = self._beginning(chain, first, core)
                if start is not None:
                    words = (StandingWord(core.start, piece.number, core.needle),)
                    needle = self.needles[core.needle]
                    for end, all_words in self._ends(chain, first, core.end, needle, words):
                        stop = self._stop(chain, start, end, all_words)
                        if stop is not None:
                            yield start, stop, all_words

    def _beginning(self, chain: Chain, first: int, core: Core) -> int | None:
        """Return where the phrase with this first class word begins, None if it does not."""
        if first == 0:
            begins = self.judge.begins(self.needles[core.needle], core.start, core.end)
            return core.start if begins else None
        before, piece = chain.pieces[0], chain.pieces[first]
        assert isinstance(before, WordPiece)
        end = self._back_over_seam(core.start, joined=piece.joined)
        return None if end is None else self._words_before(before.needle, end)

    def _words_before(self, needle: Needle, end: int) -> int | None:
        """Return where literal words that end at `end` begin, the first place of several."""
        length = len(needle.letters)
        # A star takes the rest of a word; there are at most as many stars as words.
        stars = needle.tail + needle.rest.count("{0,")
        at = max(0, end - length - len(needle.rest) - stars * LONGEST_WORD)
        while True:
            at = self.lower.find(needle.letters, at, end)
            if at < 0:
                return None
            core = self.judge.core(needle, at, at + length)
            ends = core is not None and self.judge.end(needle, core) == end
            if ends and self.judge.begins(needle, at, at + length):
                return self.judge.start(needle, at)
            at += 1

    def _ends(
        self, chain: Chain, at: int, end: int, needle: Needle, words: tuple[StandingWord, ...]
    ) -> Iterator[tuple[int, tuple[StandingWord, ...]]]:
        """Yield where the letters of the last piece end, and the words of all classes.

        The letters of the piece at index `at` end at `end`; if its `needle` has a star, the rest of
        the word follows, which `_stop` adds to the last piece.
        """
        if at + 1 == len(chain.pieces):
            yield end, words
            return
        piece = chain.pieces[at + 1]
        start = self._over_seam(
            end if piece.joined else self.judge.end(needle, end), joined=piece.joined
        )
        if start is None:
            return
        if isinstance(piece, ClassPiece):
            for core in self.cores.get(piece.number, {}).get(start, ()):
                row = (*words, StandingWord(start, piece.number, core.needle))
                following = self.needles[core.needle]
                yield from self._ends(chain, at + 1, core.end, following, row)
            return
        for begin in self._word_starts(piece.needle, start):
            last = self.judge.core(piece.needle, begin, begin + len(piece.needle.letters))
            if last is None:
                continue
            if found := list(self._ends(chain, at + 1, last, piece.needle, words)):
                yield from found
                return

    def _word_starts(self, needle: Needle, start: int) -> Iterator[int]:
        """Yield where the letters of literal words that begin at `start` may stand.

        There may be several places if the words have a head with a star; the last place comes
        first.
        """
        if not needle.head:
            if self.lower.startswith(needle.letters, start):
                yield start
            return
        at = min(len(self.lower), start + LONGEST_WORD)
        while (at := self.lower.rfind(needle.letters, start, at + len(needle.letters))) >= 0:
            if self.judge.start(needle, at) == start:
                yield at
            at -= 1
            if at < start:
                return

    def _stop(
        self, chain: Chain, start: int, end: int, words: tuple[StandingWord, ...]
    ) -> int | None:
        """Return where the phrase ends, with the rest of its last word; None inside a word."""
        last = chain.pieces[-1]
        needle = last.needle if isinstance(last, WordPiece) else self.needles[words[-1].needle]
        if not self.judge.ends(needle, start, end):
            return None
        return self.judge.end(needle, end)

    def _over_seam(self, end: int, *, joined: bool) -> int | None:
        """Return where the next piece begins."""
        if joined:
            return end
        if self.lower[end : end + 1] == " ":
            return end + 1
        return end if self.judge.is_open(end) else None

    def _back_over_seam(self, start: int, *, joined: bool) -> int | None:
        """Return where the previous piece ended."""
        if joined:
            return start
        if start and self.lower[start - 1] == " ":
            return start - 1
        return start if self.judge.is_open(start) else None
