"""What is looked for and what was found: watchlists, signals, terms, spans and hits.

A term is a small tree. `str(term)` is its canonical spelling, and parsing that spelling gives the
same tree:

    term    = ["title:" | "author:" | "category:"] (unit | near)
    near    = unit (NEAR|BEFORE)/n unit
    unit    = choice | phrase | reference
    choice  = "(" phrase | reference { OR phrase | reference } ")"
    phrase  = piece { [" "] piece }         no space before a piece that is `joined`
    piece   = word | class
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field as dataclass_field
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Literal

from sigtrack.frozen import frozen


class Phase(StrEnum):
    """How far a visit has come when the item is published."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    DONE = "done"
    CANCELLED = "cancelled"  # called off, or postponed: then the date is the new one


@frozen
class Journey:
    """A journey such as "@KR > @JP": visitor and host, by their ids in the gazetteer; "" means any.

    `anywhere` ("@KR > ?"): talks whose place is not told count as well.
    """

    visitor: str = ""
    host: str = ""
    anywhere: bool = False

    def __str__(self) -> str:
        host = "?" if self.anywhere else _spelled(self.host)
        return f"{_spelled(self.visitor)} > {host}"


def _spelled(actor: str) -> str:
    return f"@{actor}" if actor else "any"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """1 (low) to 4 (urgent)."""
        return _RANKS[self]


_RANKS = {priority: rank for rank, priority in enumerate(Priority, start=1)}


class Scope(StrEnum):
    """The part of an item that a signal reads: title, title and first 50 words, or all."""

    TITLE = "title"
    LEAD = "lead"
    ANY = "any"


@frozen
class Place:
    """A file of the user and a line in it; line 0 = unknown."""

    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def short(self) -> str:
        """The place without folders, except `lang/` for the files of languages."""
        folder, _, name = str(self).rpartition("/")
        return f"lang/{name}" if folder.rpartition("/")[2] == "lang" else name

    def problem(self, message: str, hint: str = "", *, warning: bool = False) -> Problem:
        """Return what is wrong at this place; an error unless it is a warning."""
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        return Problem(message=message, hint=hint, place=self, severity=severity)


@frozen
class Problem:
    """A mistake in a user's file, with advice how to correct it. Warnings stop nothing."""

    message: str
    hint: str = ""
    place: Place = Place()
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place.path else ""
        what = "" if self.severity == "error" else "warning: "
        return f"{where}{what}{self.message}" + (f" ({self.hint})" if self.hint else "")


class _Spelled:
    """Keeps its spelling and is hashed by it, because both are needed a hundred thousand times."""

    __slots__ = ("_spelling",)
    _spelling: str

    def __str__(self) -> str:
        try:
            return self._spelling
        except AttributeError:
            object.__setattr__(self, "_spelling", self._spell())
            return self._spelling

    def __hash__(self) -> int:
        return hash(str(self))

    def _spell(self) -> str:
        raise NotImplementedError


@frozen
class Word:
    """A word of a phrase. `literal` is what the user wrote, without marks and quotes."""

    literal: str
    mark: Literal["", "=", "~"] = ""
    head: bool = False  # leading *: any beginning (Hangul only)
    tail: bool = False  # trailing *: any ending
    quoted: bool = False
    joined: bool = False  # to the class before it, without a space

    def __str__(self) -> str:
        body = self.literal
        if self.quoted:
            escaped = body.replace("\\", "\\\\").replace('"', '\\"')
            body = f'"{escaped}"'
        return f"{self.mark}{'*' * self.head}{body}{'*' * self.tail}"


@frozen
class ClassName:
    """A class of words of the lexicon, used like a word: `#meet`, `#city`, `@KR:cities`."""

    name: str
    joined: bool = False  # to the word before it

    def __str__(self) -> str:
        return self.name


@frozen
class Phrase(_Spelled):
    """Words and classes side by side. A single class is a phrase as well."""

    words: tuple[Word | ClassName, ...]

    __hash__ = _Spelled.__hash__  # otherwise the dataclass makes its own

    def _spell(self) -> str:
        first, *others = self.words
        return str(first) + "".join(f"{'' if w.joined else ' '}{w}" for w in others)

    @property
    def classes(self) -> tuple[ClassName, ...]:
        return tuple(word for word in self.words if isinstance(word, ClassName))


Part = Literal["", "names", "people"]
ANY = "any"  # used instead of an actor's id: every country


@frozen
class Reference:
    """A reference to terms elsewhere: `$group`, `$shared/group` or `@actor`.

    `part` is "names" or "people" if only these of a country are meant. `@any` is every country.
    """

    kind: Literal["$", "@"]
    id: str
    part: Part = ""

    def __str__(self) -> str:
        return f"{self.kind}{self.id}{':' * bool(self.part)}{self.part}"


@frozen
class Choice(_Spelled):
    options: tuple[Phrase | Reference, ...]

    __hash__ = _Spelled.__hash__  # otherwise the dataclass makes its own

    def _spell(self) -> str:
        return "(" + " OR ".join(map(str, self.options)) + ")"


Unit = Choice | Phrase | Reference


@frozen
class Near:
    """Two units in one field and sentence, with at most `distance` words strictly between."""

    left: Unit
    right: Unit
    distance: int
    ordered: bool = False  # BEFORE: left comes first

    def __str__(self) -> str:
        return f"{self.left} {'BEFORE' if self.ordered else 'NEAR'}/{self.distance} {self.right}"


TermField = Literal["title", "author", "category"]
TERM_FIELDS: tuple[TermField, ...] = ("title", "author", "category")
BYLINES = ("author", "category")  # fields that are searched only by terms that name them


@frozen
class Term(_Spelled):
    """One string of a watchlist. Terms with the same spelling are equal, wherever they stand.

    `field` is the only field that the term searches; None means title, summary and text. Once
    `$groups` are replaced, `str(term)` may have thousands of words; `source` is then what the user
    wrote.
    """

    body: Unit | Near
    field: TermField | None = None
    place: Place = dataclass_field(default=Place(), compare=False)
    source: str = dataclass_field(default="", compare=False)

    __hash__ = _Spelled.__hash__  # otherwise the dataclass makes its own

    def _spell(self) -> str:
        return f"{self.field}:{self.body}" if self.field else str(self.body)

    @property
    def as_written(self) -> str:
        """The term for people: with the names of groups instead of their words."""
        return self.source or str(self)

    @property
    def units(self) -> tuple[Unit, ...]:
        return (self.body.left, self.body.right) if isinstance(self.body, Near) else (self.body,)

    @property
    def options(self) -> Iterator[Phrase | Reference]:
        for unit in self.units:
            yield from unit.options if isinstance(unit, Choice) else (unit,)

    def references(self) -> Iterator[Reference]:
        return (option for option in self.options if isinstance(option, Reference))

    def classes(self) -> Iterator[ClassName]:
        for option in self.options if "#" in str(self) else ():  # nearly all have none
            if isinstance(option, Phrase):
                yield from option.classes


Terms = tuple[Term, ...]


@frozen
class Example:
    """A headline that a signal must hit, or must not hit."""

    text: str
    place: Place = dataclass_field(default=Place(), compare=False)

    def __str__(self) -> str:
        return self.text


@frozen
class VisitRule:
    """An item must tell of this visit, in one of these phases (in any phase if there are none)."""

    journey: Journey
    phases: tuple[Phase, ...] = ()
    place: Place = dataclass_field(default=Place(), compare=False)

    def __str__(self) -> str:
        return f'visit = "{self.journey}"'


# The lists of terms as they stand in the file, with their `$groups`: key and terms, in order.
Written = tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class SignalHead:
    """A signal without its terms and examples: what reports show, and which items it reads."""

    id: str
    title: str = ""
    why: str = ""
    priority: Priority = Priority.NORMAL
    scope: Scope = Scope.ANY
    min_hits: int = 1
    min_actors: int = 0
    actors_within: int = 0  # words from a word of `any`; 0 = anywhere in scope
    sources: tuple[str, ...] = ()  # as in `is_meant`
    not_sources: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    since: date | None = None  # key `from`
    until: date | None = None
    place: Place = dataclass_field(default=Place(), compare=False)


@frozen
class Signal(SignalHead):
    """One thing to watch. `$groups` are already replaced by their terms, `@actors` are not.

    `any`: at least one term. `all`: one term of every group. `visit`: a visit like it. `ignore`:
    masks. `none`: vetoes, switched off by `unless`. `ignore`, `none` and `unless` include those of
    the file.
    """

    any: Terms = ()
    all: tuple[Terms, ...] = ()
    visit: VisitRule | None = None
    none: Terms = ()
    ignore: Terms = ()
    unless: Terms = ()
    should_match: tuple[Example, ...] = ()
    should_not_match: tuple[Example, ...] = ()
    written: Written = dataclass_field(default=(), compare=False)

    @property
    def size(self) -> int:
        """The number of its terms. A visit counts as one."""
        lists = (self.any, *self.all, self.none, self.ignore, self.unless)
        return sum(map(len, lists)) + (self.visit is not None)

    def head(self) -> SignalHead:
        return SignalHead(**{one.name: getattr(self, one.name) for one in fields(SignalHead)})


@frozen
class Expectation:
    """Something that a watchlist expects, so that its absence is a signal.

    It is fulfilled by a hit of one of `signals` ("watchlist/signal", or a whole watchlist) or by
    the visit. It counts from `after` on: a day, or the first day of a visit. `by` is its last day,
    or a number of days after `after` (0 is the same day).
    """

    id: str
    title: str = ""
    why: str = ""
    signals: tuple[str, ...] = ()
    visit: Journey | None = None
    after: date | Journey | None = None
    by: date | int = 0
    place: Place = dataclass_field(default=Place(), compare=False)


@frozen
class WatchlistHead:
    """A watchlist without its terms: what every command can know at low cost.

    `fingerprint` covers everything that decides what the watchlist hits.
    """

    id: str
    title: str = ""
    why: str = ""
    signals: tuple[SignalHead, ...] = ()
    expects: tuple[Expectation, ...] = ()
    fingerprint: str = ""
    # Terms of the file that apply to all signals.
    written: Written = dataclass_field(default=(), compare=False)
    place: Place = dataclass_field(default=Place(), compare=False)
    shipped: bool = False
    replaces: bool = False  # it replaces the shipped watchlist with its id, on purpose
    stale: bool = False  # the file is broken now; this is its last good version


@frozen
class Watchlist(WatchlistHead):
    """A watchlist, one file about one theme, with everything in it."""

    signals: tuple[Signal, ...] = ()

    def head(self) -> WatchlistHead:
        values = {one.name: getattr(self, one.name) for one in fields(WatchlistHead)}
        return WatchlistHead(**values | {"signals": tuple(one.head() for one in self.signals)})


@frozen
class Tenure:
    """A time in an office: `since` is included, `until` is not; None = open."""

    office: str
    since: date | None = None
    until: date | None = None


def _plain(name: str) -> str:
    """Drop the marks of exact case: =To =Lam is To Lam."""
    return " ".join(word.lstrip("=~") for word in name.split(" "))


@frozen
class Actor:
    """An entry of the gazetteer.

    `names` are full names in any language. `titles` and `metonyms` (capital, seat, offices) count
    for `@KR` but not for `@KR:names`. `bare` are surnames shared by many people: they count only
    with another actor of that country, or a title, within eight words. `masks` are words in which a
    name does not count ("South China Sea"). `country` is None for bodies that represent no country.
    A topic is nobody: its names are the words for one thing, act or place in several languages, and
    `label` is what all of them mean, where the first of them is too narrow.
    """

    id: str
    kind: Literal["country", "person", "office", "venue", "topic"]
    country: str | None
    names: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    meaning: str = ""
    checked: str = ""
    label: str = ""

    @property
    def name(self) -> str:
        """The label, or the first of its names, as people write it; the id if it has no name."""
        return self.label or (_plain(self.names[0]) if self.names else self.id)

    @property
    def capital(self) -> str:
        """The capital of a country: the first of its metonyms, "" if it has none."""
        return _plain(self.metonyms[0]) if self.metonyms else ""


@frozen
class ClassWord:
    """A word of the lexicon that matched as part of its class, and its line in the data file."""

    name: str  # of the class: "#city"
    word: str  # as it is written in the file
    place: Place = dataclass_field(default=Place(), compare=False)

    def __str__(self) -> str:
        return f"{self.word} is {self.name} ({self.place})"


@frozen
class Span:
    """Where a term was found: code points, half-open, in a field of the item (see `Item.category`).

    `classes` are the words of the lexicon that were found for the classes of the term.
    """

    field: Literal["title", "summary", "text", "full_text", "author", "category"]
    start: int
    end: int
    term: str  # canonical spelling
    place: Place = dataclass_field(default=Place(), compare=False)
    classes: tuple[ClassWord, ...] = ()


@frozen
class Hit:
    """A signal found in an item.

    `spans` are sorted by field (title, summary, text, full_text, author, category), then by place.
    """

    item: str  # item id
    watchlist: str
    signal: str
    priority: Priority
    score: int
    spans: tuple[Span, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The watchlist and its signal, which together name what was found."""
        return self.watchlist, self.signal

    @property
    def needs_full_text(self) -> bool:
        """Whether the words of the feed alone do not make it, only those of the linked page."""
        return any(span.field == "full_text" for span in self.spans)
