"""What one item says, as far as `wording` counts it: formulas, steps on ladders, runs of words.

Offsets are code points in a field of the item, half-open. All of it is kept in the store, so that
nobody reads a text again to count what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from struct import pack, unpack
from typing import Literal, NamedTuple, Self

Field = Literal["title", "summary", "text"]
FIELDS: tuple[Field, ...] = ("title", "summary", "text")

_BYTES = 4  # of a number
_START, _LENGTH = 16, 14  # bits of a place; the field has the rest
LONGEST_FIELD = 1 << _START
_LONGEST_RUN = 1 << _LENGTH


UNNAMED = "XX"  # a government that is meant and not named, as in "both countries"


class FormulaUse(NamedTuple):
    """The most telling use of a formula in an item, and which of its wordings that is.

    `parties` are the governments in its sentence, or if these are fewer in the headline, in their
    order and joined by spaces: "KR CN". Of several uses the one with the most counts, then the
    first.
    """

    formula: str
    wording: str
    field: Field
    start: int
    end: int
    parties: str = ""


class RungUse(NamedTuple):
    """The strongest rung (from 1) of a ladder in a sentence. The sentence is `start` to `end` of
    the field, the ladder's words are `first` to `last` of the sentence; `parties` are the
    governments in it, as in a `FormulaUse`; `units` are numbers of what it is about."""

    ladder: str
    rung: int
    field: Field
    start: int
    end: int
    first: int
    last: int
    parties: str
    units: tuple[int, ...]


class WordingRead(NamedTuple):
    """`parties` are the governments in the headline and the first lines, `form` the kind of text
    that the headline names ("joint", "readout", "remarks" ...; "" = none, as in a newspaper)."""

    formulas: tuple[FormulaUse, ...] = ()
    steps: tuple[RungUse, ...] = ()
    parties: str = ""
    form: str = ""


class Run(NamedTuple):
    """Words in a row. `number` is a checksum of their key: two keys share one in four billion."""

    number: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of an item in the order of the text: four bytes each for number and place, because
    an item has thirty of them. Whoever asks only which runs there are decodes no places."""

    packed_numbers: bytes = b""
    packed_places: bytes = b""

    @classmethod
    def of(cls, runs: Iterable[Run]) -> Self:
        """Of fields up to `LONGEST_FIELD`; what is longer than 16,383 letters is no phrase."""
        kept = [one for one in runs if one.end - one.start < _LONGEST_RUN]
        places = (
            (FIELDS.index(one.field) << _LENGTH | one.end - one.start) << _START | one.start
            for one in kept
        )
        form = f"<{len(kept)}I"
        return cls(pack(form, *(one.number for one in kept)), pack(form, *places))

    @property
    def numbers(self) -> tuple[int, ...]:
        return _unpacked(self.packed_numbers)

    def __iter__(self) -> Iterator[Run]:
        return map(_run, self.numbers, _unpacked(self.packed_places))

    def first_of(self, wanted: Collection[int]) -> Iterator[Run]:
        """The first run of each number that is wanted and there."""
        left = set(wanted)
        for number, place in zip(self.numbers, _unpacked(self.packed_places), strict=True):
            if number in left:
                left.remove(number)
                yield _run(number, place)


def _run(number: int, place: int) -> Run:
    start, length = place % LONGEST_FIELD, (place >> _START) % _LONGEST_RUN
    return Run(number, FIELDS[place >> _START + _LENGTH], start, start + length)


def _unpacked(packed: bytes) -> tuple[int, ...]:
    return unpack(f"<{len(packed) // _BYTES}I", packed)
