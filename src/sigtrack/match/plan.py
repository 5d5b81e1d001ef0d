"""All watchlists as one needle table and one small program a signal.

Equal needles are looked for once, whoever asks for them. Terms become tuples of options, each an
index into the needle table or an actor; evaluating them is arithmetic on spans.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sigtrack.match.needles import Needle, needle_of
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
    *(
        "대통령",
        "총리",
        "주석",
        "장관",
        "위원장",
        "외상",
        "부장",
        "국가주석",
        "특사",
        "대사",
        "정부",
        "정상",
    ),
    *("大統領", "首相", "主席", "外相", "長官", "総書記", "大臣", "特使", "政権", "首脳"),
    *("总统", "總統", "总理", "總理", "外长", "外長", "部长", "部長", "主席", "总书记", "總書記"),
)


Kind = Literal["name", "metonym", "bare", "mask"]
_KINDS: tuple[Kind, ...] = ("name", "metonym", "bare", "mask")


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the gazetteer as a needle; a mask stands for no one."""

    needle: int
    actor: Actor
    kind: Kind


@dataclass(frozen=True, slots=True)
class Ask:
    """One alternative of a unit: a needle, or an actor (or country) of the gazetteer."""

    needle: int = -1
    actor: str = ""
    names_only: bool = False


@dataclass(frozen=True, slots=True)
class TermPlan:
    """`right` is empty unless the term is a NEAR. Without one of `needs` nothing of it stands."""

    left: tuple[Ask, ...]
    right: tuple[Ask, ...]
    distance: int
    ordered: bool
    title_only: bool
    needs: frozenset[int]  # needles
    spelling: str
    place: Place


Terms = tuple[TermPlan, ...]


@dataclass(frozen=True, slots=True)
class SignalPlan:
    watchlist: str
    signal: Signal
    any: Terms
    all: tuple[Terms, ...]
    none: Terms
    ignore: Terms
    unless: Terms
    triggers: tuple[frozenset[int], ...]  # needles; without one of each it cannot hit


@dataclass(frozen=True, slots=True)
class Plan:
    needles: tuple[Needle, ...]
    letters: tuple[str, ...]  # the distinct letters to find
    by_letters: tuple[tuple[int, ...], ...]  # needles that share them
    letters_of: tuple[int, ...]  # by needle: its place in `letters`
    names: Mapping[int, tuple[Named, ...]]  # by needle
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
    places = {text: place for place, text in enumerate(letters)}
    return Plan(
        needles=tuple(table.needles),
        letters=letters,
        by_letters=by_letters,
        letters_of=tuple(places[needle.letters] for needle in table.needles),
        names={needle: tuple(found) for needle, found in names.items()},
        titles=titles,
        signals=signals,
        singles=frozenset(needle.letters for needle in table.needles if needle.is_single),
    )


class _Table:
    """Needles by first use; equal ones are one. `naming`: those that name an actor or country."""

    def __init__(self) -> None:
        self.needles: list[Needle] = []
        self.naming: dict[str, set[int]] = {}
        self._known: dict[Needle, int] = {}

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
                    table.naming.setdefault(actor.id, set()).add(needle)
                    table.naming.setdefault(actor.country or actor.id, set()).add(needle)
                    yield Named(needle, actor, kind)


def _distinct(needles: Sequence[Needle]) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    by_letters: dict[str, list[int]] = {}
    for index, needle in enumerate(needles):
        by_letters.setdefault(needle.letters, []).append(index)
    return tuple(by_letters), tuple(map(tuple, by_letters.values()))


def _signal_plan(table: _Table, watchlist: str, signal: Signal) -> SignalPlan:
    any_ = _terms(table, signal.any)
    all_ = tuple(_terms(table, group) for group in signal.all)
    groups = [any_, *all_] if any_ else all_
    triggers = (frozenset(n for term in group for n in term.needs) for group in groups)
    return SignalPlan(
        watchlist=watchlist,
        signal=signal,
        any=any_,
        all=all_,
        none=_terms(table, signal.none),
        ignore=_terms(table, signal.ignore),
        unless=_terms(table, signal.unless),
        triggers=tuple(sorted(triggers, key=len)),
    )


def _terms(table: _Table, terms: Iterable[Term]) -> Terms:
    return tuple(_term_plan(table, term) for term in terms)


def _term_plan(table: _Table, term: Term) -> TermPlan:
    near = term.body if isinstance(term.body, Near) else None
    left, *right = term.units
    asks = _asks(table, left)
    return TermPlan(
        left=asks,
        right=_asks(table, right[0]) if right else (),
        distance=near.distance if near else 0,
        ordered=near.ordered if near else False,
        title_only=term.title_only,
        needs=frozenset(n for ask in asks for n in _needs(table, ask)),
        spelling=str(term),
        place=term.place,
    )


def _asks(table: _Table, unit: Unit) -> tuple[Ask, ...]:
    asks: list[Ask] = []
    for option in unit.options if isinstance(unit, Choice) else (unit,):
        if isinstance(option, Reference):
            asks.append(Ask(actor=option.id, names_only=option.names_only))
        elif (needle := table.add(option)) is not None:
            asks.append(Ask(needle=needle))
    return tuple(asks)


def _needs(table: _Table, ask: Ask) -> Iterable[int]:
    return table.naming.get(ask.actor, ()) if ask.actor else (ask.needle,)
