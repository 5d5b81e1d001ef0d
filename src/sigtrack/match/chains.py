"""Phrases that hold classes of the lexicon: `to #city`, `#leader #meet`.

A class is one set of needles for all phrases that use it. A phrase finds the words of its first
class and checks what stands beside each: literal words are compared there, further classes must
have a word there. So a class of a thousand words costs a phrase no more than its finds.

Between two pieces there is one space, or nothing if a Han or Kana letter is beside the seam, or if
they are joined (`#city` and a particle). A phrase begins as its first piece would alone, and ends
as a whole phrase of the same letters does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from sigtrack.match.needles import Judge, Needle
from sigtrack.text.scripts import LONGEST_WORD


@dataclass(frozen=True, slots=True)
class ClassPiece:
    """Any word of the class with this number."""

    number: int
    joined: bool


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
                    for end, all_words in self._ends(chain, first, core, words):
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
            if self._end_of_words(needle, at, is_last=False) == end and self.judge.begins(
                needle, at, at + length
            ):
                return self.judge.start(needle, at)
            at += 1

    def _end_of_words(self, needle: Needle, at: int, *, is_last: bool) -> int | None:
        """Return where literal words that begin at `at` end.

        If the last word of the phrase has a star, the rest of that word is not included yet;
        `_stop` adds it.
        """
        end = self.judge.core(needle, at, at + len(needle.letters))
        if end is None or is_last:
            return end
        return self.judge.end(needle, end)

    def _ends(
        self, chain: Chain, at: int, core: Core, words: tuple[StandingWord, ...]
    ) -> Iterator[tuple[int, tuple[StandingWord, ...]]]:
        """Yield where the letters of the last piece end, following the class at index `at`."""
        is_last = at + 1 == len(chain.pieces)
        if is_last:
            yield core.end, words
            return
        piece = chain.pieces[at + 1]
        end = core.end if piece.joined else self.judge.end(self.needles[core.needle], core.end)
        start = self._over_seam(end, joined=piece.joined)
        if start is None:
            return
        if isinstance(piece, ClassPiece):
            for following in self.cores.get(piece.number, {}).get(start, ()):
                row = (*words, StandingWord(start, piece.number, following.needle))
                yield from self._ends(chain, at + 1, following, row)
            return
        is_last = at + 2 == len(chain.pieces)
        for begin in self._word_starts(piece.needle, start):
            found = self._end_of_words(piece.needle, begin, is_last=is_last)
            if found is None:
                continue
            if is_last:
                yield found, words
                return
            following_piece = chain.pieces[at + 2]
            assert isinstance(following_piece, ClassPiece)
            after = self._over_seam(found, joined=following_piece.joined)
            if after is None:
                continue
            row_of = self.cores.get(following_piece.number, {}).get(after, ())
            for following in row_of:
                row = (*words, StandingWord(after, following_piece.number, following.needle))
                yield from self._ends(chain, at + 2, following, row)
            if row_of:
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
