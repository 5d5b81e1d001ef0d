"""The catalogue of formulas and ladders, and what `wording` counts of it in one item.

Formulas are the fixed phrases of diplomacy; a ladder is where their words stand from mild to harsh.
Counted are formulas, steps on ladders, and runs of words. Offsets are code points in a field of the
item, half-open. All of it is kept in the store, so that no text is read again to count what it
says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from struct import pack, unpack
from typing import Literal, NamedTuple, Self

Field = Literal["title", "summary", "text"]
FIELDS: tuple[Field, ...] = ("title", "summary", "text")

_BYTES = 4  # bytes of a number
_START, _LENGTH = 16, 14  # bits of a place; the field uses the rest
LONGEST_FIELD = 1 << _START
_LONGEST_RUN = 1 << _LENGTH


UNNAMED = "XX"  # a government that is meant but not named, as in "both countries"


class FormulaUse(NamedTuple):
    """The most telling use of a formula in an item, and the wording that was used.

    `parties` are the governments in its sentence, or those in the headline if the sentence has
    fewer, in order and joined by spaces: "KR CN". If there are several uses, the one with the most
    parties counts, then the first.
    """

    formula: str
    wording: str
    field: Field
    start: int
    end: int
    parties: str = ""


class RungUse(NamedTuple):
    """The strongest rung (from 1) of a ladder in a sentence.

    The sentence is `start` to `end` of the field; the ladder's words are `first` to `last` of the
    sentence. `parties` are the governments in it, as in a `FormulaUse`; `units` are numbers for
    what it is about.
    """

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
    """What was read of an item.

    `parties` are the governments in the headline and the first lines. `form` is the kind of text
    that the headline names ("joint", "readout", "remarks" ...; "" if none, as in a newspaper).
    """

    formulas: tuple[FormulaUse, ...] = ()
    steps: tuple[RungUse, ...] = ()
    parties: str = ""
    form: str = ""


class WordRun(NamedTuple):
    """Words in a row. `number` is a checksum of their key.

    The chance that two keys share a number is one in four billion.
    """

    number: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of an item in the order of the text.

    Number and place take four bytes each, because an item has thirty runs. Places are decoded only
    when a run is read.
    """

    packed_numbers: bytes = b""
    packed_places: bytes = b""

    @classmethod
    def of(cls, runs: Iterable[WordRun]) -> Self:
        """Pack runs of fields up to `LONGEST_FIELD`, dropping runs above 16,383 letters."""
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

    def __iter__(self) -> Iterator[WordRun]:
        return map(_run, self.numbers, _unpacked(self.packed_places))

    def first_of(self, wanted: Collection[int]) -> Iterator[WordRun]:
        """Yield the first run of each wanted number that is present."""
        left = set(wanted)
        for number, place in zip(self.numbers, _unpacked(self.packed_places), strict=True):
            if number in left:
                left.remove(number)
                yield _run(number, place)


def _run(number: int, place: int) -> WordRun:
    start, length = place % LONGEST_FIELD, (place >> _START) % _LONGEST_RUN
    return WordRun(number, FIELDS[place >> _START + _LENGTH], start, start + length)


def _unpacked(packed: bytes) -> tuple[int, ...]:
    return unpack(f"<{len(packed) // _BYTES}I", packed)


Wordings = Mapping[str, tuple[str, ...]]  # by language: en, ko, ja, zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A fixed phrase. `present`, `absent` and `change` say what each of these is a sign of.

    `between`: its words are ordinary elsewhere ("new phase"), so they count only if two governments
    are named beside them, or if a government speaks of another one.
    """

    id: str
    topic: str
    wordings: Wordings  # most usual first
    who: tuple[str, ...] = ()
    present: str = ""
    absent: str = ""
    change: str = ""
    opposes: tuple[str, ...] = ()
    ladder: str | None = None
    rung: int | None = None  # counted from 1
    between: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Words of one meaning in order of strength, weakest first. An empty rung means silence.

    `country` (ISO 3166-1 alpha-2) is set if only one government speaks in these words. `is_object`:
    the rungs name the object itself, and are compared whatever else a sentence says.
    """

    id: str
    title: str
    rungs: Mapping[str, tuple[tuple[str, ...], ...]]  # by language, as many rungs in each
    country: str | None = None
    is_object: bool = False

    def words(self, rung: int) -> str:
        """Return the English name of a rung, counted from 1; "" for silence."""
        named = self.rungs["en"][rung - 1]
        return named[0] if named else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulary:
    formulas: tuple[Formula, ...]
    ladders: tuple[Ladder, ...]
