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

from sigtrack.match.needles import Judge
from sigtrack.match.plan import Ask, Named, Plan, TermPlan
from sigtrack.model import Actor, Item, Span
from sigtrack.text.fold import Folded, fold
from sigtrack.text.scripts import end_of_words, is_mostly_hangul, words_between

LEAD_WORDS = 50
BARE_DISTANCE = 8
_MOST_PAIRS = 64  # occurrences of one operand of a NEAR that are tried, from the front


class Finder(Protocol):
    def find(self, text: str) -> list[tuple[int, int, int]]: ...


FieldName = Literal["title", "summary", "text"]


class Mark(NamedTuple):
    """Where something stands in folded text. `field` is an index into the reading's fields."""

    field: int
    start: int
    end: int

    def overlaps(self, other: Mark) -> bool:
        return self.field == other.field and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Match:
    """A term seen: one mark, or two for a NEAR."""

    term: TermPlan
    marks: tuple[Mark, ...]


class Naming(NamedTuple):
    mark: Mark
    named: Named


@dataclass(frozen=True)
class _Field:
    name: FieldName
    folded: Folded
    lead: int  # where the lead of the item ends in this field
    judge: Judge


class Reading:
    """`finds` are (index into `plan.letters`, start, end) in the fields joined by line breaks."""

    def __init__(self, plan: Plan, item: Item, finder: Finder) -> None:
        self._plan = plan
        self._item = item
        self._fields = self._read(item)
        self._finds: dict[int, list[Mark]] = {}
        self._marks: dict[int, tuple[Mark, ...]] = {}
        self._sort(finder)

    @property
    def letters_found(self) -> set[int]:
        """Indices of the plan's letters that stand somewhere, tests not yet applied."""
        return set(self._finds)

    def in_lead(self, mark: Mark) -> bool:
        return mark.end <= self._fields[mark.field].lead

    def is_title(self, mark: Mark) -> bool:
        return self._fields[mark.field].name == "title"

    def matches(self, term: TermPlan, masks: tuple[Mark, ...] = ()) -> list[Match]:
        """Every place where the term stands, as far as no mask covers it."""
        left = self._stand(term.left, term, masks)
        if not term.right:
            return [Match(term, (mark,)) for mark in left]
        if not left:
            return []
        return list(self._pairs(term, left, self._stand(term.right, term, masks)))

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

    def _read(self, item: Item) -> list[_Field]:
        korean = item.language == "ko" or is_mostly_hangul(f"{item.title} {item.summary}")
        texts: list[tuple[FieldName, str]] = [("title", item.title)]
        texts += [("summary", item.summary)] if item.summary else []
        texts += [("text", item.text)] if item.text else []
        lead_field = "summary" if item.summary else "text"
        fields = []
        for name, text in texts:
            folded = fold(text)
            lead = len(folded.text) if name == "title" else 0
            if name == lead_field:
                lead = end_of_words(folded.text, LEAD_WORDS)
            judge = Judge(
                folded.text,
                folded.lower,
                korean=korean,
                title=name == "title",
                singles=self._plan.singles,
            )
            fields.append(_Field(name, folded, lead, judge))
        return fields

    def _sort(self, finder: Finder) -> None:
        base = 0
        bases = []
        for field in self._fields:
            bases.append(base)
            base += len(field.folded.lower) + 1
        for letters, start, end in finder.find("\n".join(f.folded.lower for f in self._fields)):
            index = len(bases) - 1
            while bases[index] > start:
                index -= 1
            mark = Mark(index, start - bases[index], end - bases[index])
            self._finds.setdefault(letters, []).append(mark)

    def _needle(self, index: int) -> tuple[Mark, ...]:
        """Where the needle stands as a word, by its own rules."""
        if index not in self._marks:
            needle = self._plan.needles[index]
            marks = []
            for find in self._finds.get(self._plan.letters_of[index], ()):
                span = self._fields[find.field].judge.span(needle, find.start, find.end)
                if span is None:
                    continue
                mark = Mark(find.field, *span)
                if not needle.literal or self._is_literal(needle.literal, mark):
                    marks.append(mark)
            self._marks[index] = tuple(marks)
        return self._marks[index]

    def _is_literal(self, literal: str, mark: Mark) -> bool:
        """Quoted words stand in the publisher's own spelling, marks included."""
        folded = self._fields[mark.field].folded
        start, end = folded.origin(mark.start, mark.end)
        room = len(literal)
        return literal in folded.original[max(0, start - room) : end + room].lower()

    def _stand(self, asks: tuple[Ask, ...], term: TermPlan, masks: tuple[Mark, ...]) -> list[Mark]:
        marks: set[Mark] = set()
        for ask in asks:
            marks.update(self._needle(ask.needle) if ask.needle >= 0 else self._actor(ask))
        if term.title_only:
            marks = {mark for mark in marks if self.is_title(mark)}
        return sorted(m for m in marks if not any(map(m.overlaps, masks)))

    def _pairs(self, term: TermPlan, left: list[Mark], right: list[Mark]) -> Iterator[Match]:
        for a in left[:_MOST_PAIRS]:
            for b in right[:_MOST_PAIRS]:
                if a.field != b.field or a.overlaps(b) or (term.ordered and b < a):
                    continue
                first, second = (a, b) if a < b else (b, a)
                text = self._fields[a.field].folded.text
                if words_between(text, first.end, second.start, term.distance) is not None:
                    yield Match(term, (first, second))

    def _actor(self, ask: Ask) -> Iterator[Mark]:
        for mark, named in self._namings:
            actor = named.actor
            if (actor.id == ask.actor and (named.kind == "name" or not ask.names_only)) or (
                actor.country == ask.actor
                and not ask.names_only
                and actor.kind in ("person", "office")
                and self._in_office(actor)
            ):
                yield mark

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
            for letters in self._finds
            for needle in self._plan.by_letters[letters]
            for named in self._plan.names.get(needle, ())
            for mark in self._needle(needle)
        ]
        found.sort(key=lambda n: (n.mark.start - n.mark.end, n.mark))
        kept: list[Naming] = []
        for naming in found:
            if not any(
                naming.mark.overlaps(longer.mark) and naming.mark != longer.mark for longer in kept
            ):
                kept.append(naming)
        masked = {n.mark for n in kept if n.named.kind == "mask"}
        kept = [n for n in kept if n.mark not in masked]
        full = [n for n in kept if n.named.kind != "bare"]
        return tuple(n for n in kept if n.named.kind != "bare" or self._has_company(n, full))

    def _has_company(self, bare: Naming, full: list[Naming]) -> bool:
        country = bare.named.actor.country
        company = [n.mark for n in full if n.named.actor.country == country]
        for letters in self._finds:
            for needle in self._plan.by_letters[letters]:
                if needle in self._plan.titles:
                    company += self._needle(needle)
        return any(self._is_near(bare.mark, mark) for mark in company)

    def _is_near(self, a: Mark, b: Mark) -> bool:
        if a.field != b.field or a.overlaps(b):
            return False
        first, second = (a, b) if a < b else (b, a)
        text = self._fields[a.field].folded.text
        return words_between(text, first.end, second.start, BARE_DISTANCE) is not None
