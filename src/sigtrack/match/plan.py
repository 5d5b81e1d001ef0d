"""All watchlists as one table of needles and one small program for each signal.

Equal needles are searched once, whichever signals use them. Terms become tuples of options, each an
index into the table of needles or an actor; evaluating them is arithmetic on spans.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, reduce
from itertools import groupby
from operator import or_
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sigtrack.frozen import frozen
from sigtrack.lexicon import LANGUAGES, Lexicon
from sigtrack.match.needles import Chain, ClassPiece, Needle, WordPiece, needle_of
from sigtrack.model import (
    Actor,
    Choice,
    ClassName,
    ClassWord,
    Near,
    Phrase,
    Place,
    Reference,
    Scope,
    Signal,
    SignalHead,
    Term,
    Unit,
    Visit,
    VisitRule,
    Watchlist,
    Word,
)
from sigtrack.model.rules import ANY, BYLINES, Part, TermField
from sigtrack.text.scripts import CLASS_OF

if TYPE_CHECKING:
    from sigtrack.lexicon.classes import Places, WordClass

# Part of every watchlist's fingerprint. Raise it when the meaning of terms or the reading of visits
# changes; then everything stored is matched again.
MATCHER_VERSION = 13

_MANY = 300  # words that an actor counts for, since countries stand in every third item

Kind = Literal["name", "metonym", "bare", "mask"]
_KINDS: tuple[Kind, ...] = ("name", "metonym", "bare", "mask")


class Named(NamedTuple):
    """The meaning of a needle in the gazetteer. A mask stands for no one."""

    actor: Actor
    kind: Kind


class Ask(NamedTuple):
    """Whom a term asks for: an entry or a country of the gazetteer, or any country."""

    actor: str
    part: Part = ""

    @property
    def whom(self) -> str:
        """The key to look up names by: people have a key of their own."""
        return f"{self.actor}:people" if self.part == "people" else self.actor


@frozen(kw_only=False)
class ClassPlan:
    """A class of words, shared by all terms that use it; `words` are spelled as in the files."""

    number: int
    name: str  # "#meet"
    words: Mapping[int, str]  # by needle

    def word(self, needle: int, places: Places) -> ClassWord:
        """Return a word with its line, which is no part of a plan: most runs need few lines."""
        word = self.words[needle]
        place = places.get(self.name, {}).get(word)  # None: a file has just been edited
        return ClassWord(name=self.name, word=word, place=place or Place())


@frozen(kw_only=False)
class Side:
    """The alternatives of a unit. Equal sides are usually one object, with one number.

    `classes` are the numbers of classes that stand alone, `chains` are phrases with classes.
    """

    number: int
    needles: frozenset[int]
    actors: frozenset[Ask]
    classes: tuple[int, ...] = ()
    chains: tuple[Chain, ...] = ()


@frozen(kw_only=False)
class TermPlan:
    """A term. `right` is None unless the term is a NEAR."""

    left: Side
    right: Side | None
    distance: int
    ordered: bool
    field: TermField | None
    spelling: str
    place: Place


@frozen(kw_only=False)
class Lookup:
    """Finds, by the numbers of sides, the terms that an item may hold."""

    by_side: Mapping[int, tuple[int, ...]]  # left side: indices in the list of terms
    lefts: frozenset[int]  # the same sides, as a set
    alone: frozenset[int]  # sides of terms without NEAR
    near: Mapping[int, frozenset[int]]  # left side of a NEAR: its right sides


@frozen(kw_only=False)
class Terms:
    """A list of terms. Equal lists are one object, with one number.

    With `lookup`, an item needs as many questions as it has words, not as many as the list has
    terms. `lookup` is an object of its own, because most items do not need it (see `bits`).
    """

    number: int
    terms: Sequence[TermPlan]
    lookup: Lookup

    def __bool__(self) -> bool:
        return bool(self.terms)

    def bits(self, *, titled: bool) -> int:
        """Two bits for each list: the left side of a term is found, and the right side, if any;
        and two more for the same in a title."""
        return 3 << 4 * self.number + 2 * titled

    @property
    def looks_in_title(self) -> bool:
        """Whether all its terms look only there, whatever the scope of the signal is."""
        return all(term.field == "title" for term in self.terms)

    def is_possible(self, sides: frozenset[int]) -> bool:
        """Whether some term has all its sides among these; faster than listing such terms."""
        lookup = self.lookup
        if not lookup.alone.isdisjoint(sides):
            return True
        for side in lookup.lefts & sides:  # noqa: SIM110 - a generator takes longer than the rest
            if not lookup.near[side].isdisjoint(sides):
                return True
        return False

    def possible(self, sides: frozenset[int]) -> list[TermPlan]:
        """Return the terms that have all their sides among these, in the order of the list."""
        by_side, lefts = self.lookup.by_side, self.lookup.lefts
        places = [place for side in lefts & sides for place in by_side[side]]
        terms = [self.terms[place] for place in sorted(places)]
        return [term for term in terms if term.right is None or term.right.number in sides]


@frozen(kw_only=False)
class VisitPlan:
    """A visit that a signal asks for. `who` and `host` are None for anybody and any country."""

    rule: VisitRule
    who: Actor | None
    host: Actor | None

    def asks_for(self, visit: Visit) -> bool:
        phases = self.rule.phases
        if not (visit.host_country or self.rule.journey.anywhere):
            return False
        if visit.is_guess and self.host is not None:
            return False  # he who receives may be abroad
        return visit.is_from_to(self.who, self.host) and (not phases or visit.phase in phases)


@frozen(kw_only=False)
class SignalPlan:
    watchlist: str
    signal: SignalHead
    any: Terms
    all: tuple[Terms, ...]
    visit: VisitPlan | None
    none: Terms
    ignore: Terms
    unless: Terms
    wanted: tuple[Terms, ...]  # `any` if it has terms, and each group of `all`, the rarest first
    near: tuple[Terms, ...]  # those with a NEAR
    conditions: int  # two bits for each of `wanted`
    rarest: int  # those of the one whose words are the fewest, 0 without any

    def is_possible(self, sides: frozenset[int]) -> bool:
        """Whether each list with a NEAR has a term with all its sides among these. Of lists without
        one, `conditions` have told it."""
        for terms in self.near:  # noqa: SIM110
            if not terms.is_possible(sides):
                return False
        return True


@frozen(kw_only=False)
class Letters:
    """What all needles with the same letters have in common; "" and 0 if they have nothing."""

    needles: tuple[int, ...]
    bars_before: str  # ends most finds (`us` in "house")
    bars_after: str
    spellings: tuple[str, ...]  # one of them must be in the item
    sides: frozenset[int]  # numbers of sides that one of the needles may serve
    conditions: int  # the bits of these sides, wherever the letters stand
    in_title: int  # and those that they have if the letters are in a title
    classes: frozenset[int]  # numbers of classes that hold one of the needles
    names: tuple[tuple[int, Named], ...]  # whom the needles may name
    countries: frozenset[str]  # countries that one of the needles may name


class Chained(NamedTuple):
    """A chain, and the side that it may serve."""

    classes: frozenset[int]
    side: int
    conditions: int  # the bits of the side, see `Letters`
    in_title: int


class LazyLetters(dict[int, Letters]):
    """By index of letters; filled when letters are first found.

    The items of a day use a tenth of the 20,000 needles of the shipped watchlists.
    """

    def __init__(self, table: _Table, groups: Sequence[tuple[int, ...]]) -> None:
        super().__init__()
        self._groups = groups
        self._needles = table.needles
        self._names = table.names
        self._sides = table.sides
        self._askers = table.askers
        self._classes = table.classes_of
        self._users = table.users
        self._inner = table.inner
        self._conditions = table.conditions
        self._sets: dict[frozenset[Any], frozenset[Any]] = {}

    def __missing__(self, index: int) -> Letters:
        group = self._groups[index]
        needles = [self._needles[n] for n in group]
        sides = self._shared(side for needle in group for side in self._sides_of(needle))
        conditions = in_title = 0
        for side in sides:
            anywhere, titled = self._conditions.get(side, (0, 0))
            conditions |= anywhere
            in_title |= titled
        classes = self._shared(number for n in group for number in self._classes.get(n, ()))
        names = tuple((n, named) for n in group for named in self._names.get(n, ()))
        self[index] = Letters(
            group,
            "" if classes & self._inner else _common(needle.bars_before for needle in needles),
            _common(needle.bars_after for needle in needles),
            _spellings(needles),
            sides,
            conditions,
            in_title,
            classes,
            names,
            self._shared(named.actor.country for _, named in names if named.actor.country),
        )
        return self[index]

    def _shared(self, some: Iterable[Any]) -> frozenset[Any]:
        """Return a set that equal ones share: most are empty, or those of all names of a country;
        each of its own they take 20 MiB."""
        found = frozenset(some)
        return self._sets.setdefault(found, found)

    def _sides_of(self, needle: int) -> set[int]:
        """Return the sides that the needle may serve, as a word, in a class or as a name."""
        sides = set(self._sides.get(needle, ()))
        for number in self._classes.get(needle, ()):
            sides.update(self._users.get(number, ()))
        for actor, _ in self._names.get(needle, ()):
            whose = {actor.id, actor.country or actor.id, ANY}
            people = {f"{one}:people" for one in whose} if actor.kind == "person" else set()
            for asked in whose | people:
                sides.update(self._askers.get(asked, ()))
        return sides


def _spellings(needles: Iterable[Needle]) -> tuple[str, ...]:
    """Return quoted words, if all needles have some: "일·" is 일 with a mark."""
    quoted = [needle.literals for needle in needles]
    return tuple(first.letters for first, *_ in quoted) if all(quoted) else ()


def _common(bars: Iterable[str]) -> str:
    first, *others = set(bars)
    return "" if others else first


@frozen(kw_only=False)
class Plan:
    """Everything that is read from watchlists and gazetteer to match items; it can be stored."""

    needles: Sequence[Needle]
    letters: tuple[str, ...]  # the distinct letters to find
    words: LazyLetters | Sequence[Letters]  # by index of letters
    names: Mapping[int, Sequence[Named]]  # by needle
    titles: frozenset[int]
    signals: tuple[SignalPlan, ...]
    singles: frozenset[str]  # one-character needles
    partners: tuple[str, ...]  # names of countries in Kana: 米イラン is about two
    contested: Mapping[str, Mapping[str, str]]  # by character and language, see `add_letters`
    reads_bylines: bool  # whether some term searches author or category
    classes: tuple[ClassPlan, ...]  # by number
    # By one of the classes of a chain, and by its longest literal words ("" without any): classes
    # such as countries stand in every second item, so a chain is tried where its words are too.
    chained: Mapping[int, tuple[tuple[str, tuple[Chained, ...]], ...]]

    def whole(self) -> Plan:
        """Return the plan with all letters computed, whether found before or not, to be stored."""
        return replace(self, words=tuple(self.words[n] for n in range(len(self.letters))))


def plan_of(
    watchlists: Iterable[Watchlist],
    actors: Mapping[str, Actor],
    lexicon: Lexicon,
    classes: Mapping[str, WordClass] | None = None,
) -> Plan:
    """Compile a plan. Watchlists are already checked, so every reference and every class exists."""
    table = _Table({} if classes is None else classes)
    table.add_names(actors)
    contested = table.add_letters(actors, lexicon)
    titles = frozenset(
        i for i in map(table.add_text, lexicon.words("name", "beside")) if i is not None
    )
    signals = tuple(
        _signal_plan(table, watchlist.id, signal, actors)
        for watchlist in watchlists
        for signal in watchlist.signals
    )
    by_letters: dict[str, list[int]] = {}
    for index, needle in enumerate(table.needles):
        by_letters.setdefault(needle.letters, []).append(index)
    return Plan(
        needles=tuple(table.needles),
        letters=tuple(by_letters),
        words=LazyLetters(table, tuple(map(tuple, by_letters.values()))),
        names=table.names,
        titles=titles,
        signals=signals,
        singles=frozenset(needle.letters for needle in table.needles if needle.is_single),
        partners=table.names_in_kana(),
        contested=contested,
        reads_bylines=table.reads_bylines,
        classes=tuple(table.classes.values()),
        chained=table.chained(),
    )


class _Table:
    """What has been compiled so far. Equal needles, sides and lists of terms are stored once.

    `conditions` holds two bits for each condition, by side: the left side of a term is found, and
    the right side, if there is one; first those of conditions that words anywhere may meet, then
    those that only words of a title meet. If all words of an item together do not serve all
    conditions of a signal, the item cannot hit it. Lists and choices are recognised by the identity
    of their parts, because groups share them, and hashing all their words would cost more than it
    saves.
    """

    def __init__(self, classes: Mapping[str, WordClass]) -> None:
        self._sources = classes
        self.classes: dict[str, ClassPlan] = {}  # by name, only those that are used
        self.classes_of: dict[int, list[int]] = {}  # by needle
        self.users: dict[int, list[int]] = {}  # numbers of sides, by class that stands alone
        self.inner: set[int] = set()  # classes whose words may follow other letters directly
        self.needles: list[Needle] = []
        self.names: dict[int, list[Named]] = {}  # by needle
        self.sides: dict[int, list[int]] = {}  # by needle
        self.askers: dict[str, list[int]] = {}  # by `Ask.whom`
        self.conditions: dict[int, tuple[int, int]] = {}
        self.reads_bylines = False
        self._phrases: dict[int, tuple[int | None, Phrase]] = {}  # kept, so that ids stay unique
        self._known: dict[Needle, int] = {}
        self._plans: dict[int, TermPlan] = {}
        self._sides: dict[object, Side] = {}
        self._terms: dict[tuple[int, ...], Terms] = {}
        self._sizes: list[int] = []  # by number of a side
        self._chains: list[tuple[Chain, int]] = []  # with the number of the side

    def add(self, phrase: Phrase) -> int | None:
        """Return the index of a phrase's needle. Groups share phrases, so identity is enough."""
        known = self._phrases.get(id(phrase))
        if known is None:
            needle = needle_of(phrase)
            number = None if needle is None else self._number(needle)
            known = self._phrases[id(phrase)] = number, phrase
        return known[0]

    def _number(self, needle: Needle) -> int:
        number = self._known.setdefault(needle, len(self.needles))
        if number == len(self.needles):
            self.needles.append(needle)
        return number

    def add_text(self, name: str) -> int | None:
        """Add a name of the gazetteer: words that may carry `=`, `~` or a star at the end."""
        needle = _needle_of_name(name)
        return None if needle is None else self._number(needle)

    def add_names(self, actors: Mapping[str, Actor]) -> None:
        for actor in actors.values():
            groups = (actor.names, actor.metonyms, actor.bare, actor.masks)
            for kind, group in zip(_KINDS, groups, strict=True):
                for needle in map(self.add_text, group):
                    if needle is not None:
                        self.names.setdefault(needle, []).append(Named(actor, kind))

    def add_letters(
        self, actors: Mapping[str, Actor], lexicon: Lexicon
    ) -> dict[str, dict[str, str]]:
        """Add one-character names that mean another country in some language than in the gazetteer.

        伊 is Italy in Korean and Japanese, Iran in Chinese. Returns, by character and language, the
        country that is meant; the country of the gazetteer, under "", is for languages that do not
        use the character.
        """
        contested: dict[str, dict[str, str]] = {}
        letters = {code: lexicon.language(code).by_word("letters") for code in LANGUAGES}
        for number, named in self.names.items():
            needle, ours = self.needles[number], named[0].actor.country
            if ours is None or not needle.is_single:
                continue
            said = {
                code: country
                for code, countries in letters.items()
                if (country := countries.get(needle.letters, "")) in actors
            }
            if others := dict.fromkeys(country for country in said.values() if country != ours):
                contested[needle.letters] = {"": ours, **said}
                named.extend(Named(actors[country], "name") for country in others)
        return contested

    def names_in_kana(self) -> tuple[str, ...]:
        """Return the names of countries that begin in Kana."""
        return tuple(
            self.needles[number].letters
            for number, named in self.names.items()
            if any(one.kind == "name" and one.actor.kind == "country" for one in named)
            and CLASS_OF[self.needles[number].letters[0]] == "k"
            and not self.needles[number].is_single
        )

    def terms(self, terms: Sequence[Term]) -> Terms:
        key = tuple(map(id, terms))
        if key not in self._terms:
            plans = tuple(map(self._plan, terms))
            by_side: dict[int, list[int]] = {}
            for place, plan in enumerate(plans):
                by_side.setdefault(plan.left.number, []).append(place)
            lefts, near = frozenset(by_side), _near(plans)
            alone = frozenset(plan.left.number for plan in plans if plan.right is None)
            self._terms[key] = Terms(
                number=len(self._terms),
                terms=plans,
                lookup=Lookup(
                    by_side={side: tuple(places) for side, places in by_side.items()},
                    lefts=lefts,
                    alone=alone if near else lefts,
                    near=near,
                ),
            )
        return self._terms[key]

    def condition(self, terms: Terms, scope: Scope) -> int:
        """Return the bits of a list of terms in a signal with this scope."""
        titled = scope is Scope.TITLE or terms.looks_in_title
        bits, lookup = terms.bits(titled=titled), terms.lookup
        left = bits & -bits
        rights = (lookup.alone, *lookup.near.values())
        self._may_meet(lookup.lefts, left, titled=titled)
        self._may_meet(frozenset().union(*rights), bits - left, titled=titled)
        return bits

    def _may_meet(self, sides: Iterable[int], bit: int, *, titled: bool) -> None:
        for side in sides:
            anywhere, in_title = self.conditions.get(side, (0, 0))
            self.conditions[side] = (
                (anywhere, in_title | bit) if titled else (anywhere | bit, in_title)
            )

    def size(self, terms: Terms) -> int:
        """Return about how many words its left sides have: the more, the more often it is found."""
        return sum(self._sizes[side] for side in terms.lookup.lefts)

    def _plan(self, term: Term) -> TermPlan:
        if id(term) not in self._plans:
            self._plans[id(term)] = self._new_plan(term)
        return self._plans[id(term)]

    def _new_plan(self, term: Term) -> TermPlan:
        self.reads_bylines |= term.field in BYLINES
        near = term.body if isinstance(term.body, Near) else None
        left, *right = term.units
        return TermPlan(
            left=self._side(left),
            right=self._side(right[0]) if right else None,
            distance=near.distance if near else 0,
            ordered=near.ordered if near else False,
            field=term.field,
            spelling=term.as_written,
            place=term.place,
        )

    def _side(self, unit: Unit) -> Side:
        options = unit.options if isinstance(unit, Choice) else (unit,)
        key = tuple(map(id, options)) if isinstance(unit, Choice) else unit
        if key not in self._sides:
            self._sides[key] = self._new_side(options)
        return self._sides[key]

    def _new_side(self, options: Iterable[Phrase | Reference]) -> Side:
        number = len(self._sides)
        needles: set[int] = set()
        actors: set[Ask] = set()
        classes: dict[int, None] = {}
        chains: list[Chain] = []
        for option in options:
            if isinstance(option, Reference):
                actors.add(Ask(option.id, option.part))
            elif option.classes:
                first, *others = pieces = self._pieces(option)
                if isinstance(first, ClassPiece) and not others:
                    classes.setdefault(first.number)
                else:
                    chain = Chain(len(self._chains), tuple(pieces))
                    self._chains.append((chain, number))
                    chains.append(chain)
            elif (needle := self.add(option)) is not None:
                needles.add(needle)
        for needle in needles:
            self.sides.setdefault(needle, []).append(number)
        for actor in {ask.whom for ask in actors}:
            self.askers.setdefault(actor, []).append(number)
        for used in classes:
            self.users.setdefault(used, []).append(number)
        held = sum(len(plan.words) for plan in self.classes.values() if plan.number in classes)
        self._sizes.append(len(needles) + held + len(chains) + _MANY * len(actors))
        return Side(
            number=number,
            needles=frozenset(needles),
            actors=frozenset(actors),
            classes=tuple(classes),
            chains=tuple(chains),
        )

    def chained(self) -> dict[int, tuple[tuple[str, tuple[Chained, ...]], ...]]:
        """Return the chains by a class of theirs, the smallest, and by their longest words. All
        sides have conditions now."""
        sizes = [len(plan.words) for plan in self.classes.values()]
        found: dict[int, dict[str, tuple[Chained, ...]]] = {}
        for chain, side in self._chains:
            one = Chained(chain.classes, side, *self.conditions.get(side, (0, 0)))
            of_class = found.setdefault(min(chain.classes, key=sizes.__getitem__), {})
            letters = max(chain.letters, key=len, default="")
            of_class[letters] = (*of_class.get(letters, ()), one)
        return {number: tuple(of_class.items()) for number, of_class in found.items()}

    def _pieces(self, phrase: Phrase) -> list[ClassPiece | WordPiece]:
        """Return the classes and the words between, without marks that fold to nothing."""
        pieces: list[ClassPiece | WordPiece] = []
        for is_class, group in groupby(phrase.words, key=lambda word: isinstance(word, ClassName)):
            words = tuple(group)
            if is_class:
                for one in words:
                    assert isinstance(one, ClassName)
                    before = pieces[-1] if pieces else None
                    joined = one.joined and before is not None
                    piece = ClassPiece(self._class(one.name).number, joined)
                    if joined and isinstance(before, WordPiece):
                        self.inner.add(piece.number)
                    pieces.append(piece)
            elif (needle := needle_of(Phrase(words=words))) is not None:
                pieces.append(WordPiece(needle, words[0].joined))
        return pieces

    def _class(self, name: str) -> ClassPlan:
        if name not in self.classes:
            number = len(self.classes)
            words: dict[int, str] = {}
            for word in self._sources[name].words:
                if (needle := self.add_text(word)) is not None:
                    words.setdefault(needle, word)
            for needle in words:
                self.classes_of.setdefault(needle, []).append(number)
            self.classes[name] = ClassPlan(number, name, words)
        return self.classes[name]


@lru_cache(maxsize=1 << 15)  # the gazetteer has 8,000
def _needle_of_name(name: str) -> Needle | None:
    """Cached, because a fetch compiles the gazetteer twice: for its signals and for its stories."""
    return needle_of(Phrase(words=tuple(map(_word, name.split()))))


def _word(spelling: str) -> Word:
    literal = spelling.lstrip("=~").rstrip("*")
    marks: Mapping[str, Literal["=", "~"]] = {"=": "=", "~": "~"}
    return Word(literal=literal, mark=marks.get(spelling[0], ""), tail=spelling.endswith("*"))


def _near(plans: Iterable[TermPlan]) -> dict[int, frozenset[int]]:
    rights: dict[int, set[int]] = {}
    for plan in plans:
        if plan.right is not None:
            rights.setdefault(plan.left.number, set()).add(plan.right.number)
    return {side: frozenset(numbers) for side, numbers in rights.items()}


def _signal_plan(
    table: _Table, watchlist: str, signal: Signal, actors: Mapping[str, Actor]
) -> SignalPlan:
    any_ = table.terms(signal.any)
    all_ = tuple(table.terms(group) for group in signal.all)
    wanted = sorted((any_, *all_) if any_ else all_, key=table.size)
    bits = [table.condition(terms, signal.scope) for terms in wanted]
    return SignalPlan(
        watchlist=watchlist,
        signal=signal.head(),
        any=any_,
        all=all_,
        visit=VisitPlan(rule, actors.get(rule.journey.visitor), actors.get(rule.journey.host))
        if (rule := signal.visit)
        else None,
        none=table.terms(signal.none),
        ignore=table.terms(signal.ignore),
        unless=table.terms(signal.unless),
        wanted=tuple(wanted),
        near=tuple(terms for terms in wanted if terms.lookup.near),
        conditions=reduce(or_, bits, 0),
        rarest=bits[0] if bits else 0,
    )
