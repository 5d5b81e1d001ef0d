"""One item, read: its folded fields, which needles stand where, and whom it names.

A reading answers every question of the rules about one item and remembers the answers; most items
are asked nothing, so nothing is worked out before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple, Protocol

from sigtrack.match.marks import NO_COVER, Cover, Mark, Row, longest
from sigtrack.match.needles import Judge, Needle
from sigtrack.match.plan import Ask, Named, Plan, TermPlan
from sigtrack.model import Actor, Item, Span
from sigtrack.text.fold import Folded, fold
from sigtrack.text.scripts import end_of_words, is_mostly_hangul, words_between

LEAD_WORDS = 50
BARE_DISTANCE = 8


class Finder(Protocol):
    def find(self, text: str) -> list[tuple[int, int, int]]: ...


FieldName = Literal["title", "summary", "text"]


class Match(NamedTuple):
    """A term seen: one mark, or two for a NEAR, in the order of the text."""

    term: TermPlan
    marks: tuple[Mark, ...]


class Naming(NamedTuple):
    mark: Mark
    named: Named


@dataclass(frozen=True, slots=True)
class _Field:
    name: FieldName
    folded: Folded
    base: int  # where it begins in the joined text that the finder sees


class Reading:
    """One item with the words of a plan found in it."""

    def __init__(self, plan: Plan, item: Item, finder: Finder) -> None:
        self._plan = plan
        self._item = item
        self._fields = _fields_of(item)
        self._finds: dict[int, list[Mark]] = {}  # by index into `plan.letters`
        self._standing: dict[int, tuple[Mark, ...]] = {}  # by index into `plan.needles`
        self._named: dict[Ask, tuple[Mark, ...]] = {}
        for letters, start, end in finder.find("\n".join(f.folded.lower for f in self._fields)):
            self._finds.setdefault(letters, []).append(self._mark(start, end))

    @cached_property
    def needles_found(self) -> frozenset[int]:
        """Indices of the plan's needles whose letters stand somewhere, tests not yet applied."""
        by_letters = self._plan.by_letters
        return frozenset(needle for letters in self._finds for needle in by_letters[letters])

    def in_lead(self, mark: Mark) -> bool:
        return mark.end <= self._leads[mark.field]

    def is_title(self, mark: Mark) -> bool:
        return mark.field == 0

    def matches(self, term: TermPlan, masks: Cover = NO_COVER) -> list[Match]:
        """Every place where the term stands, as far as no mask covers it."""
        left = self._stand(term.left, term, masks)
        if not term.right:
            return [Match(term, (mark,)) for mark in left]
        if not left:
            return []
        return self._pairs(term, left, self._stand(term.right, term, masks))

    def countries(self) -> dict[str, list[Mark]]:
        """Who is named, by country (persons and offices count for theirs, venues for none)."""
        found: dict[str, list[Mark]] = {}
        for mark, named in self._namings:
            actor = named.actor
            if actor.country and actor.kind != "venue" and self._in_office(actor):
                found.setdefault(actor.country, []).append(mark)
        return found

    def span(self, mark: Mark, term: TermPlan) -> Span:
        """The mark in the publisher's own text."""
        field = self._fields[mark.field]
        start, end = field.folded.origin(mark.start, mark.end)
        return Span(field=field.name, start=start, end=end, term=term.spelling, place=term.place)

    def _mark(self, start: int, end: int) -> Mark:
        index = len(self._fields) - 1
        while self._fields[index].base > start:
            index -= 1
        base = self._fields[index].base
        return Mark(index, start - base, end - base)

    @cached_property
    def _leads(self) -> tuple[int, ...]:
        """By field: where the lead of the item ends in it."""
        title, *bodies = self._fields
        firsts = [end_of_words(body.folded.text, LEAD_WORDS) for body in bodies[:1]]
        return (len(title.folded.text), *firsts, *(0 for _ in bodies[1:]))

    @cached_property
    def _judges(self) -> tuple[Judge, ...]:
        """By field: who decides whether a find is a word."""
        korean = _is_korean(self._item)
        return tuple(
            Judge(
                field.folded,
                korean=korean,
                title=field.name == "title",
                singles=self._plan.singles,
            )
            for field in self._fields
        )

    def _needle(self, index: int) -> tuple[Mark, ...]:
        """Where the needle stands as a word, by its own rules."""
        if index not in self._standing:
            self._standing[index] = tuple(self._words(index))
        return self._standing[index]

    def _words(self, index: int) -> Iterator[Mark]:
        needle = self._plan.needles[index]
        for find in self._finds.get(self._plan.letters_of[index], ()):
            span = self._judges[find.field].span(needle, find.start, find.end)
            if span and (not needle.literals or self._is_literal(needle, find)):
                yield Mark(find.field, *span)

    def _actor(self, ask: Ask) -> tuple[Mark, ...]:
        if ask not in self._named:
            self._named[ask] = tuple(n.mark for n in self._namings if self._stands_for(n, ask))
        return self._named[ask]

    def _stands_for(self, naming: Naming, ask: Ask) -> bool:
        actor = naming.named.actor
        if actor.id == ask.actor:
            return naming.named.kind == "name" or not ask.names_only
        return (
            actor.country == ask.actor
            and not ask.names_only
            and actor.kind in ("person", "office")
            and self._in_office(actor)
        )

    def _is_literal(self, needle: Needle, find: Mark) -> bool:
        """Quoted words stand in the publisher's own spelling, marks included."""
        folded = self._fields[find.field].folded
        for literal in needle.literals:
            at = find.start + literal.at
            start, end = folded.origin(at, at + literal.length)
            room = len(literal.letters)
            around = folded.original[max(0, end - room) : start + room]
            if literal.letters not in around.lower():
                return False
        return True

    def _stand(self, asks: tuple[Ask, ...], term: TermPlan, masks: Cover) -> list[Mark]:
        marks = {
            mark
            for ask in asks
            for mark in (self._actor(ask) if ask.actor else self._needle(ask.needle))
        }
        if term.title_only:
            marks = {mark for mark in marks if self.is_title(mark)}
        return sorted(m for m in marks if not masks.touches(m)) if marks else []

    def _pairs(self, term: TermPlan, left: list[Mark], right: list[Mark]) -> list[Match]:
        """Each operand with its nearest others: if those are too far, all are."""
        lefts, rights = Row(left), Row(right)
        pairs = {(a, b) for a in left for b in rights.neighbours(a)}
        pairs |= {(a, b) for b in right for a in lefts.neighbours(b)}
        wanted = {(min(a, b), max(a, b)) for a, b in pairs if a < b or not term.ordered}
        return [Match(term, pair) for pair in sorted(wanted) if self._is_near(*pair, term.distance)]

    def _is_near(self, first: Mark, second: Mark, most: int) -> bool:
        text = self._fields[first.field].folded.text
        return words_between(text, first.end, second.start, most) is not None

    def _in_office(self, actor: Actor) -> bool:
        """Persons count for their country while they hold an office (always, if undated)."""
        published = self._item.published
        if not actor.tenures or published is None:
            return True
        day: date = published.date()
        return any(
            (t.since is None or t.since <= day) and (t.until is None or day < t.until)
            for t in actor.tenures
        )

    @cached_property
    def _namings(self) -> tuple[Naming, ...]:
        """Whom the item names: the longest span wins, and bare surnames need company."""
        found = [
            Naming(mark, named)
            for needle in self.needles_found
            for named in self._plan.names.get(needle, ())
            for mark in self._needle(needle)
        ]
        kept = longest(naming.mark for naming in found)
        masked = {(n.mark, n.named.actor.id) for n in found if n.named.kind == "mask"}
        found = [n for n in found if n.mark in kept and (n.mark, n.named.actor.id) not in masked]
        full = [n for n in found if n.named.kind != "bare"]
        bare = [n for n in found if n.named.kind == "bare"]
        return (*full, *self._in_company(bare, full))

    def _in_company(self, bare: list[Naming], full: list[Naming]) -> Iterator[Naming]:
        """The surnames near which a title stands, or another actor of the same country."""
        company: dict[str | None, Row] = {}
        for mark, named in bare:
            country = named.actor.country
            if country not in company:
                others = (n.mark for n in full if n.named.actor.country == country)
                company[country] = Row({*others, *self._titles})
            for other in company[country].neighbours(mark):
                if self._is_near(min(mark, other), max(mark, other), BARE_DISTANCE):
                    yield Naming(mark, named)
                    break

    @cached_property
    def _titles(self) -> frozenset[Mark]:
        needles = (needle for needle in self.needles_found if needle in self._plan.titles)
        return frozenset(mark for n in needles for mark in self._needle(n))


def _fields_of(item: Item) -> tuple[_Field, ...]:
    """The title, always, and what there is of summary and text."""
    texts: list[tuple[FieldName, str]] = [("title", item.title)]
    texts += [("summary", item.summary)] if item.summary else []
    texts += [("text", item.text)] if item.text else []
    fields = []
    base = 0
    for name, text in texts:
        fields.append(_Field(name, fold(text), base))
        base += len(fields[-1].folded.text) + 1
    return tuple(fields)


def _is_korean(item: Item) -> bool:
    language = (item.language or "").partition("-")[0].lower()
    return language == "ko" or is_mostly_hangul(f"{item.title} {item.summary}")
