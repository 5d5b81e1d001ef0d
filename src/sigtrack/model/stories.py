"""Stories, visits and statements: what an item names and tells, what all items together tell of one
event, what readers say of items, and how statements say it.

Countries are ISO 3166-1 alpha-2. Days are written as far as they are known: "2026-01-13",
"2026-01", "2026", or None. Places are spelled as the publisher wrote them in a `Visit`, and by
their first name in the gazetteer in a `Stay`.

Statements: the archive holds texts to compare with the next statement of the same series. A series
says who speaks and on what level, as a slug: `us-japan-rok-ministers`. The user chooses the texts
of the archive, so it is kept apart from the items of feeds and outlives them. In a comparison,
sentences are counted from 0 in each text. A change holds its sentences in the publisher's letters
(lines that were broken at a fixed width are joined by a space), and its marks are half-open ranges
of code points in those strings.

Formulas are the fixed phrases of diplomacy; a ladder is where their words stand from mild to harsh.
`wording` counts formulas, steps on ladders, and runs of words. Offsets are code points in a field
of the item, half-open. All of it is kept in the store, so that no text is read again to count what
it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from struct import pack, unpack
from typing import Literal, NamedTuple, Self

from sigtrack.frozen import frozen
from sigtrack.model.rules import Actor, Phase, Span


@frozen
class Mention:
    """A person or thing named in an item, and where: code points, half-open, in the item's field.

    `in_office`: whether a person holds one of its offices when the item is published (true for
    every actor without tenures).
    """

    actor: Actor
    field: Literal["title", "summary", "text"]
    start: int
    end: int
    in_office: bool = True


@frozen
class Story:
    """The ids of items that tell of one event, earliest first. A single item is a story too.

    `id` is the id of the first item, `lead` that of the earliest item of the most official role.
    `first` and `last` are moments (see `StoredItem.moment`).
    """

    id: str
    lead: str
    items: tuple[str, ...]
    first: datetime
    last: datetime


MarkKind = Literal["done", "star", "note"]


@frozen
class ItemMark:
    """A reader's mark on an item: that it is done, that it matters (star), or a note.

    `note` holds the words of the note. `story` is the story that now has the item (the item's own
    id if none has it).
    """

    item: str
    story: str
    kind: MarkKind
    note: str
    at: datetime


Stance = Literal["agrees", "doubts", "unsure"]


@frozen
class Opinion:
    """What a second reader says of a hit: whether the words of the item are about the signal.

    `quote` stands letter for letter in the title, summary or text of the item. `question` is the
    fingerprint of what was asked of it, `prompt` the version of the words around the question, and
    `model` the name of the reader. `at` is when it answered.
    """

    stance: Stance
    quote: str
    reason: str
    question: str
    prompt: int
    model: str
    at: datetime


def whole_day(told: str | None) -> date | None:
    """Return the day, or None if no more than its month is known."""
    return date.fromisoformat(told) if told and len(told) == len("2026-01-13") else None


class Level(StrEnum):
    """The protocol, if the text names it; highest first."""

    STATE = "state"
    OFFICIAL = "official"
    WORKING = "working"
    INFORMAL = "informal"
    SIDELINES = "sidelines"
    UNSPECIFIED = "unspecified"

    @property
    def height(self) -> int:
        """5 (state) to 0 (not told)."""
        return _HEIGHTS[self]


_HEIGHTS = {level: height for height, level in enumerate(reversed(Level))}


class Rank(StrEnum):
    """The rank of the visitor; highest first. A speaker presides over a parliament."""

    LEADER = "leader"
    SPEAKER = "speaker"
    MINISTER = "minister"
    ENVOY = "envoy"


@frozen
class Visitor:
    """Somebody who visits.

    `name` is the first name in the gazetteer, or else the office in the publisher's words; `actor`
    is the id in the gazetteer, "" if the text names only an office.
    """

    country: str
    name: str
    rank: Rank
    actor: str = ""

    def is_of(self, wanted: Actor) -> bool:
        """Whether this is the wanted person, or comes from the wanted country."""
        if wanted.kind == "person":
            return wanted.id == self.actor
        return self.country == (wanted.country or wanted.id)


@frozen
class Visit:
    """What one item tells about a visit.

    There are several `visitors` if they meet in a third country. `host_country` is None if two
    sides meet and the text does not say where. `site` names the place in the same way for every
    language ("nara"), `place` is what the publisher wrote. `spans` are the words from which the
    visit was read.
    """

    visitors: tuple[Visitor, ...]
    host_country: str | None
    phase: Phase
    place: str | None = None
    site: str = ""
    date: str | None = None
    until: str | None = None  # the last day, if it is told
    level: Level = Level.UNSPECIFIED
    rank: Rank = Rank.LEADER
    spans: tuple[Span, ...] = ()

    @property
    def is_guess(self) -> bool:
        """Whether only a head of state or government is told to receive the visitors, who may be
        abroad himself; then the place is not told."""
        return any(span.term == "receive" for span in self.spans)

    def is_from_to(self, who: Actor | None, host: Actor | None) -> bool:
        """Whether `who` is a visitor or its country, and `host` the host country or place.

        None means anybody, or anywhere.
        """
        is_whose = who is None or any(visitor.is_of(who) for visitor in self.visitors)
        return is_whose and (host is None or _is_at(self.host_country, (self.site,), host))


@frozen
class Turn:
    """Something that became known about a visit, when, and by which item."""

    kind: Literal["first", "phase", "date", "venue", "level"]
    value: str
    at: datetime
    item: str


@frozen
class Stay:
    """One visitor in one country, as all reports together tell it: a line of the timeline.

    `sites` are in the order of the stay if that is told. `stories` counts reports; those of one
    story count once. `evidence` are item ids, oldest first. `last_report` is when the latest of
    them was published, by the publisher's clock. `official`: an official publisher is among the
    sources. `lapsed`: it was planned for days that are over, and nobody has reported since that it
    took place.
    """

    visitor: Visitor
    host_country: str
    phase: Phase
    sites: tuple[str, ...] = ()
    date: str | None = None
    until: str | None = None
    level: Level = Level.UNSPECIFIED
    evidence: tuple[str, ...] = ()
    stories: int = 0
    sources: int = 0
    history: tuple[Turn, ...] = ()
    last_report: datetime | None = None
    official: bool = False
    lapsed: bool = False

    @property
    def is_sure(self) -> bool:
        return self.official or self.sources > 1

    def is_from_to(self, who: Actor | None, host: Actor | None) -> bool:
        """Like `Visit.is_from_to`, for a stay."""
        is_whose = who is None or self.visitor.is_of(who)
        return is_whose and (host is None or _is_at(self.host_country, self.sites, host))


def _is_at(country: str | None, sites: Sequence[str], wanted: Actor) -> bool:
    if wanted.kind == "venue":
        return wanted.name in sites
    return country == (wanted.country or wanted.id)


ChangeKind = Literal[
    "kept",
    "added",
    "added-beside",
    "dropped",
    "dropped-beside",
    "reworded",
    "replaced",
    "named",
    "unnamed",
    "moved",
]
Direction = Literal["hardened", "softened", "neutral"]
FormulaChangeKind = Literal["kept", "added", "dropped", "hardened", "softened"]
Mark = tuple[int, int]


@frozen
class Passage:
    """A sentence, a heading or a list item of one text.

    `start` and `end` are half-open, in the whole text as it was given. `paragraph` counts from 0;
    passages with the same number were one line (or one broken line) of the text.
    """

    text: str
    start: int
    end: int
    paragraph: int


@frozen
class LadderStep:
    """What a change does on one ladder.

    Rungs count from 1; if a sentence has several, the strongest counts. None means that the
    sentence does not stand on the ladder, or that there is no sentence; no words, that the rung is
    that of a sentence beside it.
    """

    ladder: str
    rung_before: int | None
    rung_after: int | None
    words_before: str | None = None
    words_after: str | None = None


@frozen
class StatementChange:
    """What happened to one sentence.

    Every sentence of both texts is in a change; in several changes if a paragraph was split or two
    were joined.

    `kind`: kept = same words, same place in the order; moved = same words elsewhere; reworded =
    other words, wherever they stand; named and unnamed = reworded, and `names` (a country, an
    award) stand only in the new or only in the old sentence; replaced = an old sentence gave way
    to one on the same object that hardly resembles it; added-beside and dropped-beside = added or
    dropped, and the other side is what the other text says nearest to it. `before` and `at_before`
    are None for added sentences, `after` and `at_after` for dropped ones. `at_before` and
    `at_after` are the numbers of the sentence in the old and in the new text. `similarity`: 1.0 =
    same words, 0.0 = one side is missing. `topic`: a topic of the catalogue (north-korea, taiwan,
    trade ...), or `agenda` (who met when and where, papers signed), or `courtesy`; "" if unknown.
    `direction` is that of the language, from old to new; None for kept, for moved, and for a
    courtesy that was added or dropped. `weight`: 3 lead with it, 2 mention it, 1 leave it; 1 for
    kept.
    `marks_before`, `marks_after`: the words that differ in a reworded sentence; otherwise empty.
    `steps`: ladders on which the sentence rose or fell. `gone`, `come`: ids of the formulas that
    only the old or only the new sentence has.
    """

    kind: ChangeKind
    before: str | None
    after: str | None
    at_before: int | None
    at_after: int | None
    similarity: float
    topic: str
    direction: Direction | None
    weight: int
    marks_before: tuple[Mark, ...] = ()
    marks_after: tuple[Mark, ...] = ()
    steps: tuple[LadderStep, ...] = ()
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The sentence that it is about: what is gone, or else what stands there now."""
        is_gone = self.after is None or self.kind == "dropped-beside"
        return (self.before if is_gone else self.after) or ""


@frozen
class FormulaChange:
    """A formula or ladder of the catalogue that at least one of the two texts uses.

    `id` is the id of the formula, or of the ladder if `is_ladder`. `words_before`, `words_after`:
    how each text says it, "" if it does not (for a ladder, on the strongest rung). `before` and
    `after` count the sentences that have it. `rung_before` and `rung_after`: for a ladder, the
    strongest rung in each text; for a formula, its own rung on the side where it stands; None =
    none. `change`: kept, added or dropped by the counts; hardened
    or softened if a ladder's strongest rung differs.
    """

    id: str
    topic: str
    words_before: str
    words_after: str
    before: int
    after: int
    change: FormulaChangeKind
    rung_before: int | None = None
    rung_after: int | None = None
    is_ladder: bool = False


@frozen
class Comparison:
    """The result of a comparison.

    `changes` are in the order in which an analyst would report them: heaviest first; agenda,
    courtesies and kept sentences last. `formulas`: added, dropped and changed ones first. `old` and
    `new`: all sentences.
    """

    changes: tuple[StatementChange, ...]
    formulas: tuple[FormulaChange, ...]
    old: tuple[Passage, ...]
    new: tuple[Passage, ...]

    def in_text_order(self) -> Iterator[StatementChange]:
        """Yield the changes like a red-lined draft: in the order of the new text, with each dropped
        sentence after the sentence that preceded it."""
        by_new: dict[int | None, list[StatementChange]] = {}
        for one in self.changes:
            by_new.setdefault(one.at_after, []).append(one)
        dropped = {one.at_before: one for one in self.changes if one.at_after is None}
        behind = 0
        while behind in dropped:
            yield dropped.pop(behind)
            behind += 1
        for number in range(len(self.new)):
            yield from sorted(by_new[number], key=lambda one: -one.similarity)
            for change in by_new[number]:
                if change.at_before is not None:
                    behind = change.at_before + 1
                    while behind in dropped:
                        yield dropped.pop(behind)
                        behind += 1


LEVELS = ("leaders", "ministers", "vice-ministers", "advisors", "officials")


@frozen
class ArchivedStatement:
    """A statement in the archive. `date` is the day on which it was issued.

    `text` is cleaned, with an empty line between paragraphs. `level` is one of `LEVELS` or "",
    `language` a tag or None. `fingerprint` covers the words only, so a text read from a file and
    the same text read from an address are one statement.
    """

    id: str
    series: str
    level: str
    date: date
    title: str
    url: str
    language: str | None
    text: str
    fingerprint: str
    added_at: datetime


def statement_id(series: str, fingerprint: str) -> str:
    """Return 12 hex digits, as for items. The same words in the same series have the same id."""
    return hashlib.sha256(f"{series}\0{fingerprint}".encode()).hexdigest()[:12]


Field = Literal["title", "summary", "text"]
FIELDS: tuple[Field, ...] = ("title", "summary", "text")
_FIELD_NUMBER = {field: number for number, field in enumerate(FIELDS)}

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


@frozen(kw_only=False)
class Runs:
    """The runs of an item in the order of the text.

    Number and place take four bytes each, because an item has thirty runs. Places are decoded only
    when a run is read.
    """

    packed_numbers: bytes = b""
    packed_places: bytes = b""

    @classmethod
    def of(cls, runs: Iterable[tuple[int, Field, int, int]]) -> Self:
        """Pack the values of `WordRun` for fields up to `LONGEST_FIELD`, dropping runs above 16,383
        letters."""
        numbers, places = [], []
        for number, field, start, end in runs:
            if end - start < _LONGEST_RUN:
                numbers.append(number)
                places.append((_FIELD_NUMBER[field] << _LENGTH | end - start) << _START | start)
        form = f"<{len(numbers)}I"
        return cls(pack(form, *numbers), pack(form, *places))

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


@frozen
class Formula:
    """A fixed phrase.

    `between`: its words are ordinary elsewhere ("new phase"), so they count only if two governments
    are named beside them, or if a government speaks of another one.
    """

    id: str
    topic: str
    wordings: Wordings  # most usual first
    opposes: tuple[str, ...] = ()
    ladder: str | None = None
    rung: int | None = None  # counted from 1
    between: bool = False


@frozen
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


@frozen
class Formulary:
    formulas: tuple[Formula, ...]
    ladders: tuple[Ladder, ...]
