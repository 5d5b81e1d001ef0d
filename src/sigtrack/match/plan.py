"""All watchlists as one needle table and one small program a signal.

Equal needles are looked for once, whoever asks for them. Terms become tuples of options, each an
index into the needle table or an actor; evaluating them is arithmetic on spans.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sigtrack.match.needles import Ease, Needle, needle_of
from sigtrack.model import (
    Actor,
    Choice,
    Near,
    Phrase,
    Place,
    Reference,
    Signal,
    Term,
    Unit,
    Watchlist,
    Word,
)

# Part of every watchlist's fingerprint: raise it when the meaning of terms changes, and everything
# stored is matched again.
MATCHER_VERSION = 1

# Words beside which a bare surname is a person of state. By language, but read together.
TITLES = (
    *("President", "Prime Minister", "Premier", "Minister", "Chairman", "Secretary", "Ambassador"),
    *("Envoy", "Chancellor", "leader", "leaders", "administration", "government"),
    *("대통령", "총리", "주석", "장관", "위원장", "외상", "부장", "국가주석", "특사", "대사"),
    *("정부", "정상"),
    *("大統領", "首相", "主席", "外相", "長官", "総書記", "大臣", "特使", "政権", "首脳"),
    *("总统", "總統", "总理", "總理", "外长", "外長", "部长", "部長", "主席", "总书记", "總書記"),
)


# What may not stand before and after letters, and their needles with what each of them bars.
Easy = tuple[str, str, tuple[tuple[int, str, str, Ease], ...]]
Kind = Literal["name", "metonym", "bare", "mask"]
_KINDS: tuple[Kind, ...] = ("name", "metonym", "bare", "mask")


class Named(NamedTuple):
    """A name of the gazetteer as a needle; a mask stands for no one."""

    needle: int
    actor: Actor
    kind: Kind


class Ask(NamedTuple):
    """Whom a term asks for: an entry or a country of the gazetteer."""

    actor: str
    names_only: bool


@dataclass(frozen=True, slots=True)
class Side:
    """The alternatives of a unit. Equal sides are mostly one object, with one number."""

    number: int
    needles: frozenset[int]
    actors: frozenset[Ask]


@dataclass(frozen=True, slots=True)
class TermPlan:
    """`right` is None unless the term is a NEAR."""

    left: Side
    right: Side | None
    distance: int
    ordered: bool
    title_only: bool
    spelling: str
    place: Place


@dataclass(frozen=True, slots=True)
class Terms:
    """A list of terms. The same list is one object, with one number.

    Sides (by number) lead to the terms that may stand where they do, so that an item asks as many
    questions as it has words, not as many as the list has terms.
    """

    number: int
    terms: tuple[TermPlan, ...]
    by_side: Mapping[int, tuple[int, ...]]  # left side: places in `terms`
    alone: frozenset[int]  # sides of terms that are no NEAR
    near: Mapping[int, frozenset[int]]  # left side of a NEAR: those on the right

    def __bool__(self) -> bool:
        return bool(self.terms)

    def is_possible(self, sides: Set[int]) -> bool:
        """Whether there is a term with all its sides among these; quicker than to list them."""
        if not self.alone.isdisjoint(sides):
            return True
        near = self.near
        return any(not near[side].isdisjoint(sides) for side in near.keys() & sides)

    def possible(self, sides: Set[int]) -> list[TermPlan]:
        """The terms with all their sides among these, in the order of the list."""
        by_side = self.by_side
        places = sorted(place for side in by_side.keys() & sides for place in by_side[side])
        terms = [self.terms[place] for place in places]
        return [term for term in terms if term.right is None or term.right.number in sides]


@dataclass(frozen=True, slots=True)
class SignalPlan:
    watchlist: str
    signal: Signal
    any: Terms
    all: tuple[Terms, ...]
    none: Terms
    ignore: Terms
    unless: Terms
    conditions: int  # a bit for `any` and for each group of `all`

    def is_possible(self, sides: Set[int]) -> bool:
        """Whether each condition has a term with all its sides among these."""
        wanted = (self.any, *self.all) if self.any else self.all
        return all(terms.is_possible(sides) for terms in wanted)


class Uses:
    """Which sides, and so which conditions, a needle may serve; worked out when it is first met.

    Of the 20,000 needles of the shipped watchlists a day's items meet a tenth.
    """

    def __init__(
        self,
        sides: Mapping[int, Sequence[int]],
        askers: Mapping[str, Sequence[int]],
        names: Mapping[int, Sequence[Named]],
        conditions: Mapping[int, int],
    ) -> None:
        self._sides = sides  # by needle
        self._askers = askers  # sides that ask for an actor or country
        self._names = names  # by needle
        self._conditions = conditions  # bits by side
        self._known: dict[int, tuple[frozenset[int], int]] = {}

    def of(self, needle: int) -> tuple[frozenset[int], int]:
        """The numbers of the sides, and the bits of the conditions."""
        if needle not in self._known:
            sides = set(self._sides.get(needle, ()))
            for named in self._names.get(needle, ()):
                for asked in {named.actor.id, named.actor.country or named.actor.id}:
                    sides.update(self._askers.get(asked, ()))
            bits = 0
            for side in sides:
                bits |= self._conditions.get(side, 0)
            self._known[needle] = (frozenset(sides), bits)
        return self._known[needle]


@dataclass(frozen=True, slots=True)
class Plan:
    needles: tuple[Needle, ...]
    letters: tuple[str, ...]  # the distinct letters to find
    by_letters: tuple[tuple[int, ...], ...]  # needles that share them
    easy: tuple[Easy, ...]  # by letters
    uses: Uses
    names: Mapping[int, Sequence[Named]]  # by needle
    titles: frozenset[int]
    signals: tuple[SignalPlan, ...]
    singles: frozenset[str]  # one-character needles


def plan_of(watchlists: Iterable[Watchlist], actors: Mapping[str, Actor]) -> Plan:
    """Compile; watchlists are already checked, so every reference exists."""
    table = _Table()
    names: dict[int, list[Named]] = {}
    for named in _names(table, actors):
        names.setdefault(named.needle, []).append(named)
    titles = frozenset(i for i in map(table.add_text, TITLES) if i is not None)
    signals = tuple(
        _signal_plan(table, watchlist.id, signal)
        for watchlist in watchlists
        for signal in watchlist.signals
    )
    letters, by_letters = _distinct(table.needles)
    return Plan(
        needles=tuple(table.needles),
        letters=letters,
        by_letters=by_letters,
        easy=tuple(_easy(table.needles, group) for group in by_letters),
        uses=Uses(table.sides, table.askers, names, table.conditions),
        names=names,
        titles=titles,
        signals=signals,
        singles=frozenset(needle.letters for needle in table.needles if needle.is_single),
    )


class _Table:
    """What was compiled so far: equal needles, sides and lists of terms are one.

    `conditions` counts conditions in bits, by side: an item whose words together do not serve all
    conditions of a signal cannot hit it. Lists and choices are known by the identity of their
    parts: groups share them, and a hash of all their words would cost more than it saves.
    """

    def __init__(self) -> None:
        self.needles: list[Needle] = []
        self.sides: dict[int, list[int]] = {}  # by needle
        self.askers: dict[str, list[int]] = {}  # by actor or country
        self.conditions: dict[int, int] = {}
        self._known: dict[Needle, int] = {}
        self._sides: dict[object, Side] = {}
        self._terms: dict[tuple[int, ...], Terms] = {}

    def add(self, phrase: Phrase) -> int | None:
        needle = needle_of(phrase)
        if needle is None:
            return None
        if needle not in self._known:
            self._known[needle] = len(self.needles)
            self.needles.append(needle)
        return self._known[needle]

    def add_text(self, name: str) -> int | None:
        """A name of the gazetteer: words that may carry `=`, `~` or a star at the end."""
        return self.add(Phrase(words=tuple(map(_word, name.split()))))

    def terms(self, terms: Sequence[Term]) -> Terms:
        key = tuple(map(id, terms))
        if key not in self._terms:
            plans = tuple(map(self._term, terms))
            by_side: dict[int, list[int]] = {}
            for place, plan in enumerate(plans):
                by_side.setdefault(plan.left.number, []).append(place)
            self._terms[key] = Terms(
                number=len(self._terms),
                terms=plans,
                by_side={side: tuple(places) for side, places in by_side.items()},
                alone=frozenset(plan.left.number for plan in plans if plan.right is None),
                near=_near(plans),
            )
        return self._terms[key]

    def condition(self, groups: Sequence[Terms]) -> int:
        """The bits of these lists of terms, each of which must be met."""
        bits = 0
        for terms in groups:
            bit = 1 << terms.number
            bits |= bit
            for side in terms.by_side:
                self.conditions[side] = self.conditions.get(side, 0) | bit
        return bits

    def _term(self, term: Term) -> TermPlan:
        near = term.body if isinstance(term.body, Near) else None
        left, *right = term.units
        return TermPlan(
            left=self._side(left),
            right=self._side(right[0]) if right else None,
            distance=near.distance if near else 0,
            ordered=near.ordered if near else False,
            title_only=term.title_only,
            spelling=str(term),
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
        for option in options:
            if isinstance(option, Reference):
                actors.add(Ask(option.id, option.names_only))
            elif (needle := self.add(option)) is not None:
                needles.add(needle)
        for needle in needles:
            self.sides.setdefault(needle, []).append(number)
        for actor in {ask.actor for ask in actors}:
            self.askers.setdefault(actor, []).append(number)
        return Side(number=number, needles=frozenset(needles), actors=frozenset(actors))


def _word(spelling: str) -> Word:
    literal = spelling.lstrip("=~").rstrip("*")
    mark: Literal["", "=", "~"] = ""
    if spelling[0] == "=":
        mark = "="
    elif spelling[0] == "~":
        mark = "~"
    return Word(literal=literal, mark=mark, tail=spelling.endswith("*"))


def _names(table: _Table, actors: Mapping[str, Actor]) -> Iterable[Named]:
    for actor in actors.values():
        groups = (actor.names, actor.metonyms, actor.bare, actor.masks)
        for kind, group in zip(_KINDS, groups, strict=True):
            for name in group:
                needle = table.add_text(name)
                if needle is not None:
                    yield Named(needle, actor, kind)


def _distinct(needles: Sequence[Needle]) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    by_letters: dict[str, list[int]] = {}
    for index, needle in enumerate(needles):
        by_letters.setdefault(needle.letters, []).append(index)
    return tuple(by_letters), tuple(map(tuple, by_letters.values()))


def _near(plans: Iterable[TermPlan]) -> dict[int, frozenset[int]]:
    rights: dict[int, set[int]] = {}
    for plan in plans:
        if plan.right is not None:
            rights.setdefault(plan.left.number, set()).add(plan.right.number)
    return {side: frozenset(numbers) for side, numbers in rights.items()}


def _easy(needles: Sequence[Needle], group: Iterable[int]) -> Easy:
    """Most finds (`us` in "house") end at what all needles with the same letters bar."""
    members = tuple(
        (n, needles[n].bars_before, needles[n].bars_after, needles[n].ease) for n in group
    )
    before = {bar for _, bar, _, _ in members}
    after = {bar for _, _, bar, _ in members}
    return (
        before.pop() if len(before) == 1 else "",
        after.pop() if len(after) == 1 else "",
        members,
    )


def _signal_plan(table: _Table, watchlist: str, signal: Signal) -> SignalPlan:
    any_ = table.terms(signal.any)
    all_ = tuple(table.terms(group) for group in signal.all)
    return SignalPlan(
        watchlist=watchlist,
        signal=signal,
        any=any_,
        all=all_,
        none=table.terms(signal.none),
        ignore=table.terms(signal.ignore),
        unless=table.terms(signal.unless),
        conditions=table.condition([any_, *all_] if any_ else all_),
    )
