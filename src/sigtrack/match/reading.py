"""One item, read: its folded fields, which needles are found where, and whom it names.

A reading answers every question of the rules about one item and remembers the answers. Most items
need few answers, so everything is computed only when it is needed.

A mark is a position in a field. A statement of 100 kB names Japan 3,000 times, so which marks
overlap, and which stand next to each other, is looked up in sorted rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from sigtrack.lexicon.finder import Finder
from sigtrack.match.needles import Chain, ClassPiece, Core, Judge, StandingWord
from sigtrack.match.needles import Field as ClassField
from sigtrack.match.plan import Ask, Chained, Letters, Named, Plan, Side, TermPlan, Terms
from sigtrack.model import Actor, ClassWord, Item, Mention, Scope, Span
from sigtrack.model.rules import ANY, Part
from sigtrack.text import primary_language
from sigtrack.text.fold import fold
from sigtrack.text.scripts import (
    CLASS_OF,
    end_of_words,
    guess_language,
    is_mostly_hangul,
    is_of_another,
    words_between,
)


class Mark(NamedTuple):
    """A stretch of folded text, never empty. `field` is an index into the reading's fields."""

    field: int
    start: int
    end: int

    def overlaps(self, other: Mark) -> bool:
        return self.field == other.field and self.start < other.end and other.start < self.end


def nearest_pairs(some: MarkRow, others: MarkRow) -> set[tuple[Mark, Mark]]:
    """Return the pairs of a mark and its neighbours on the other side, each pair once."""
    pairs = {(a, b) for a in some.marks for b in others.neighbours(a)}
    return pairs | {(a, b) for b in others.marks for a in some.neighbours(b)}


class MarkRow:
    """Marks in order."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.marks = sorted(marks)
        self._by_end = sorted(self.marks, key=_end)
        self._ends = [*map(_end, self._by_end)]

    def neighbours(self, mark: Mark) -> list[Mark]:
        """Return the last mark that ends before `mark`, and the first that begins after it."""
        field, start, end = mark
        before = bisect_right(self._ends, (field, start)) - 1
        after = bisect_left(self.marks, (field, end, 0))
        found = [self._by_end[before]] if before >= 0 else []
        if after < len(self.marks):
            found.append(self.marks[after])
        return [one for one in found if one.field == field]


class Cover:
    """The stretches that marks cover together."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._stretches: list[Mark] = []
        for mark in sorted(marks):
            last = self._stretches[-1] if self._stretches else None
            if last is not None and last.overlaps(mark):
                self._stretches[-1] = last._replace(end=max(last.end, mark.end))
            else:
                self._stretches.append(mark)

    def __bool__(self) -> bool:
        return bool(self._stretches)

    def touches(self, mark: Mark) -> bool:
        last = _last_before_end(self._stretches, mark)
        return last is not None and last.overlaps(mark)


NO_COVER = Cover(())


def longest(marks: Iterable[Mark]) -> set[Mark]:
    """Return the marks that overlap no longer mark; of equally long ones, the first is kept."""
    every = sorted(set(marks))
    if not any(map(Mark.overlaps, every, every[1:])):
        return set(every)  # as nearly always
    kept: list[Mark] = []
    for mark in sorted(every, key=lambda m: m.start - m.end):
        last = _last_before_end(kept, mark)
        if last is None or not last.overlaps(mark):
            kept.insert(bisect_left(kept, mark), mark)
    return set(kept)


def _last_before_end(apart: list[Mark], mark: Mark) -> Mark | None:
    """Return, from sorted marks without overlap, the one that may overlap the end of `mark`."""
    at = bisect_left(apart, Mark(mark.field, mark.end, 0))
    return apart[at - 1] if at else None


def _end(mark: Mark) -> tuple[int, int]:
    return mark.field, mark.end


LEAD_WORDS = 50
BARE_DISTANCE = 8
PEER_DISTANCE = 1
_PARTS: tuple[Part, ...] = ("", "names", "people")
_STAY_BEHIND = ("spokesperson", "ambassador", "official")  # offices that are not `@KR:people`


FieldFind = tuple[int, int, int]  # of letters: a field, start and end there
ProseName = Literal["title", "summary", "text", "full_text"]
BylineName = Literal["author", "category"]


class Match(NamedTuple):
    """A term that was found: one mark, or two for a NEAR, in the order of the text."""

    term: TermPlan
    marks: tuple[Mark, ...]


Told = Mapping[Mark, frozenset[StandingWord]]  # the words of classes that stand in a mark


class ActorNaming(NamedTuple):
    mark: Mark
    named: Named


class Reading:
    """An item with the words of a plan found in it."""

    def __init__(
        self,
        plan: Plan,
        item: Item,
        finder: Finder,
        word_of: Callable[[int, int], ClassWord] | None = None,
    ) -> None:
        """`word_of` returns where a word of a class is written, for spans."""
        self._plan = plan
        self._word_of = word_of
        self._item = item
        prose, bylines = _prose_of(item), _bylines_of(item) if plan.reads_bylines else ()
        self._fields = [fold(text) for _, text in (*prose, *bylines)]
        self._prose = [name for name, _ in prose]
        self._bylines = [name for name, _ in bylines]  # these fields follow
        self._words: list[Letters] = []
        self._places: dict[int, list[FieldFind]] = {}  # by letters, in the order of `_words`
        for number in (0, *range(len(prose), len(self._fields))):
            self._find(finder, number)
        self._words_in_title = self._words[:]  # or in author or category
        for number in range(1, len(prose)):
            self._find(finder, number)
        self._standing: dict[int, list[Mark]] = {}  # by needle
        self._sides: dict[int, list[Mark]] = {}  # by number of a side
        self._stood: dict[tuple[int, str | None, int], list[Mark]] = {}
        self._matched: dict[tuple[int, int], list[Match]] = {}  # by term and masks
        self._classes: dict[int, Told] = {}  # by number of a class
        self._chains: dict[int, Told] = {}  # by number of a chain
        self._covers: dict[int, Cover] = {}  # by number of a list of masks
        self._standing_terms: dict[tuple[int, Scope], bool] = {}  # by number of a list

    @cached_property
    def needles_found(self) -> frozenset[int]:
        """Indices of the plan's needles whose letters were found, usually as a word. A set, since
        two sets are compared by the smaller one, and the keys of a dictionary by the other."""
        return frozenset(self._by_needle)

    @cached_property
    def _by_needle(self) -> dict[int, list[FieldFind]]:
        found = zip(self._words, self._places.values(), strict=True)
        return {needle: places for word, places in found for needle in word.needles}

    def conditions_met(self) -> int:
        """Return the bits of the plan's conditions that these needles may meet."""
        met = 0
        for word in self._words:
            met |= word.conditions
        for word in self._words_in_title:
            met |= word.in_title
        for chained in self._chained:
            met |= chained.conditions
        for chained in self._chained_in_title:
            met |= chained.in_title
        return met

    @cached_property
    def classes_found(self) -> frozenset[int]:
        """The numbers of the classes of which some word may stand here."""
        return _classes_of(self._words)

    @cached_property
    def sides_found(self) -> frozenset[int]:
        """The numbers of the sides that these needles may serve."""
        return _sides_of(self._words, self._chained)

    @cached_property
    def sides_in_title(self) -> frozenset[int]:
        """The sides that may count for a signal that reads only the title.

        These stand in the title, or in author or category, where terms with a field look.
        """
        return _sides_of(self._words_in_title, self._chained_in_title)

    def sides_in(self, scope: Scope) -> frozenset[int]:
        """Return the numbers of the sides that may be found in the scope."""
        return self.sides_in_title if scope is Scope.TITLE else self.sides_found

    @cached_property
    def _chained(self) -> list[Chained]:
        """The chains of which all classes and the longest words may stand here."""
        classes = self.classes_found
        if not classes:
            return []
        text, chained = self._text, self._plan.chained
        return [
            one
            for number in classes
            if number in chained
            for letters, some in chained[number]
            if letters in text
            for one in some
            if one.classes <= classes
        ]

    @cached_property
    def _chained_in_title(self) -> list[Chained]:
        if not self._chained:
            return []
        classes = _classes_of(self._words_in_title)
        return [one for one in self._chained if one.classes <= classes]

    @cached_property
    def nameable(self) -> frozenset[str]:
        """The only countries that can be named; faster than finding which are named."""
        return frozenset().union(*[word.countries for word in self._words])

    @cached_property
    def nameable_in_title(self) -> frozenset[str]:
        return frozenset().union(*[word.countries for word in self._words_in_title])

    def in_lead(self, mark: Mark) -> bool:
        """Whether a mark is in the title or the first words of the summary (or else text).

        A term for author or category is searched there, whatever the scope of its signal is.
        """
        if self._is_byline(mark):
            return True
        if mark.field == 0 or mark.end <= LEAD_WORDS:  # so few letters cannot be more words
            return mark.field <= 1
        return mark.field == 1 and mark.end <= self._end_of_lead

    def in_scope(self, scope: Scope) -> Callable[[Mark], bool] | None:
        """Return a function that says whether a mark is in the scope; None if all marks are."""
        if scope == Scope.TITLE:
            return self.in_title
        return self.in_lead if scope == Scope.LEAD else None

    def in_title(self, mark: Mark) -> bool:
        return mark.field == 0 or self._is_byline(mark)

    def _is_byline(self, mark: Mark) -> bool:
        return mark.field >= len(self._prose)

    def matches(
        self, terms: Terms, masks: Cover = NO_COVER, sides: frozenset[int] | None = None
    ) -> list[Match]:
        """Return every place where one of the terms stands and no mask covers it.

        With `sides`, only terms that have all their sides among these are searched.
        """
        return [
            match
            for term in terms.possible(self.sides_found if sides is None else sides)
            for match in self._matches(term, masks)
        ]

    def stands(self, terms: Terms, scope: Scope) -> bool:
        """Whether one of the terms is in the scope, masked or not. The answer is remembered,
        because signals share lists of terms."""
        key = terms.number, scope
        if key not in self._standing_terms:
            self._standing_terms[key] = self._stands_somewhere(terms, scope)
        return self._standing_terms[key]

    def _stands_somewhere(self, terms: Terms, scope: Scope) -> bool:
        in_scope, sides, lookup = self.in_scope(scope), self.sides_in(scope), terms.lookup
        for side in lookup.lefts & sides:
            for place in lookup.by_side[side]:
                term = terms.terms[place]
                if not self._side(term.left):
                    break  # none of the terms with this side can stand
                if term.right is not None and term.right.number not in sides:
                    continue
                matches = self._matches(term, NO_COVER)
                if matches and in_scope is None:
                    return True
                if any(all(map(in_scope, match.marks)) for match in matches if in_scope):
                    return True
        return False

    def cover(self, masks: Terms) -> Cover:
        """Return what the masks cover. The signals of a file share most of their masks."""
        if masks.number not in self._covers:
            marks = [mark for match in self.matches(masks) for mark in match.marks]
            self._covers[masks.number] = Cover(marks) if marks else NO_COVER
        return self._covers[masks.number]

    def stand_within(self, mark: Mark, other: Mark, most: int) -> bool:
        """Whether two marks overlap, or share a sentence with at most `most` words between them."""
        if mark.field != other.field:
            return False
        first, second = sorted((mark, other))
        return second.start < first.end or self._is_near(first, second, most)

    @cached_property
    def countries(self) -> Mapping[str, list[Mark]]:
        """The marks of each country named, by persons and offices too, but not by venues."""
        found: dict[str, list[Mark]] = {}
        for mark, named in self._namings_in_prose:
            actor = named.actor
            if actor.country and actor.kind != "venue" and self._in_office(actor):
                found.setdefault(actor.country, []).append(mark)
        return found

    def mentions(self) -> tuple[Mention, ...]:
        """Return everyone and everything named, with places in the publisher's own text."""
        return tuple(
            self._mention(mark, named.actor)
            for mark, named in sorted(
                self._namings_in_prose, key=lambda n: (n.mark, n.named.actor.id)
            )
            if named.kind != "mask"
        )

    def _mention(self, mark: Mark, actor: Actor) -> Mention:
        start, end = self._fields[mark.field].origin(mark.start, mark.end)
        name = self._prose[mark.field]
        assert name != "full_text", "mentions are those of the feed's words"
        return Mention(
            actor=actor,
            field=name,
            start=start,
            end=end,
            in_office=self._in_office(actor),
        )

    def span(self, mark: Mark, term: TermPlan) -> Span:
        """Return the mark as a span of the publisher's own text."""
        start, end = self._fields[mark.field].origin(mark.start, mark.end)
        return Span(
            field=self._names[mark.field],
            start=start,
            end=end,
            term=term.spelling,
            place=term.place,
            classes=self._class_words(mark, term),
        )

    def _class_words(self, mark: Mark, term: TermPlan) -> tuple[ClassWord, ...]:
        """Return the words of the lexicon that stand there for the term."""
        sides = (term.left, term.right) if term.right else (term.left,)
        if not any(side.classes or side.chains for side in sides):
            return ()
        told = {
            one
            for side in sides
            for found in (*map(self._class, side.classes), *map(self._chain, side.chains))
            for one in found.get(mark, ())
        }
        word_of = self._word_of
        return tuple(word_of(one.number, one.needle) for one in sorted(told)) if word_of else ()

    def mark(self, span: Span) -> Mark:
        """Return the mark, in folded text, of a span in the publisher's own text."""
        number = self._names.index(span.field)
        return Mark(number, *self._fields[number].within(span.start, span.end))

    @cached_property
    def _names(self) -> list[ProseName | BylineName]:
        return [*self._prose, *self._bylines]

    @cached_property
    def _end_of_lead(self) -> int:
        return end_of_words(self._fields[1].text, LEAD_WORDS)

    @cached_property
    def _judges(self) -> tuple[Judge, ...]:
        """The judge of each field, which decides whether a find is a word."""
        # A judge that asked this reading would keep it alive, and its text.
        korean = _InKorean(self._item)
        return tuple(
            Judge(
                field,
                korean=korean,
                title=number == 0,
                singles=self._plan.singles,
                partners=self._plan.partners,
            )
            for number, field in enumerate(self._fields)
        )

    @cached_property
    def _language(self) -> str:
        """The language of the feed or, if it is not ko, ja or zh, the language of the script."""
        language = primary_language(self._item.language)
        if language in ("ko", "ja", "zh"):
            return language
        return guess_language(f"{self._item.title} {self._item.summary}") or ""

    def _find(self, finder: Finder, number: int) -> None:
        """Find the letters that stand as a word in a field, judged by the characters beside them.

        Letters alone (`us` in "house") would make most signals work for nothing. Nearly every item
        ends here, so this loop is what matching costs.
        """
        lower = self._fields[number].lower
        text = f"{lower}\n"  # a line end also stands at -1, before the first letter
        words, places, found = self._plan.words, self._places, self._words
        for letters, start, end in finder.find(lower):
            word = words[letters]
            if (
                CLASS_OF[text[start - 1]] == word.bars_before
                or CLASS_OF[text[end]] == word.bars_after
                or (word.spellings and not any(map(self._originals.__contains__, word.spellings)))
            ):
                continue
            if letters in places:
                places[letters].append((number, start, end))
            else:
                places[letters] = [(number, start, end)]
                found.append(word)

    @cached_property
    def _text(self) -> str:
        return "\n".join([field.lower for field in self._fields])

    @cached_property
    def _originals(self) -> str:
        """All fields in the publisher's own spelling, in small letters."""
        return "\n".join([field.original_lower for field in self._fields])

    def _stands(self, index: int, places: Iterable[FieldFind] | None = None) -> list[Mark]:
        """Return where a needle stands, by its own rules; `places` are those of its letters."""
        if index not in self._standing:
            needle, marks = self._plan.needles[index], []
            for field, start, end in places or self._by_needle[index]:
                span = self._judges[field].span(needle, start, end)
                if span is not None:
                    marks.append(Mark(field, *span))
            self._standing[index] = marks
        return self._standing[index]

    @cached_property
    def _named(self) -> Mapping[Ask, list[Mark]]:
        """Where somebody stands for an entry of the gazetteer, or for a country."""
        named: dict[Ask, list[Mark]] = defaultdict(list)
        anyone, names, people = (named[Ask(ANY, part)] for part in _PARTS)
        for mark, (actor, kind) in self._namings:
            is_country, is_name = actor.kind == "country", kind == "name"
            named[Ask(actor.id)].append(mark)
            if is_name:
                named[Ask(actor.id, "names")].append(mark)
            if is_country:
                anyone.append(mark)
                if is_name:
                    names.append(mark)
            elif actor.country and actor.kind != "venue" and self._in_office(actor):
                named[Ask(actor.country)].append(mark)
                anyone.append(mark)
                if self._is_sent(actor):
                    named[Ask(actor.country, "people")].append(mark)
                    people.append(mark)
        return named

    @cached_property
    def _asked_for(self) -> frozenset[Ask]:
        return frozenset(self._named)

    def _matches(self, term: TermPlan, masks: Cover) -> list[Match]:
        """Return where the term stands. A list of terms is asked whether it stands anywhere, and
        for a hit, where."""
        key = id(term), id(masks)  # covers live as long as the reading
        if key not in self._matched:
            self._matched[key] = self._match(term, masks)
        return self._matched[key]

    def _match(self, term: TermPlan, masks: Cover) -> list[Match]:
        left = self._stand(term.left, term, masks)
        if term.right is None:
            return [Match(term, (mark,)) for mark in left]
        right = self._stand(term.right, term, masks) if left else left
        return self._pairs(term, left, right) if right else []

    def _stand(self, side: Side, term: TermPlan, masks: Cover) -> list[Mark]:
        """Return where the side may stand for the term. Terms and signals share most sides."""
        marks = self._side(side)
        if not marks or not (term.field or self._bylines or masks):
            return marks
        key = side.number, term.field, id(masks)  # covers live as long as the reading
        if key not in self._stood:
            if term.field:
                marks = [mark for mark in marks if self._names[mark.field] == term.field]
            elif self._bylines:
                marks = [mark for mark in marks if not self._is_byline(mark)]
            if masks:
                marks = [mark for mark in marks if not masks.touches(mark)]
            self._stood[key] = marks
        return self._stood[key]

    def _side(self, side: Side) -> list[Mark]:
        """Return every place of one of its words, actors, classes and phrases, sorted."""
        if side.number not in self._sides:
            marks: set[Mark] = set()
            for needle in self.needles_found & side.needles:
                marks.update(self._stands(needle))
            for ask in self._asked_for & side.actors if side.actors else ():
                marks.update(self._named[ask])
            for number in side.classes:
                if number in self.classes_found:
                    marks.update(self._class(number))
            for chain in side.chains:
                if chain.classes <= self.classes_found:
                    marks.update(self._chain(chain))
            self._sides[side.number] = sorted(marks)
        return self._sides[side.number]

    def _class(self, number: int) -> Told:
        """Return where a word of the class stands alone."""
        if number not in self._classes:
            found: dict[Mark, set[StandingWord]] = {}
            for needle in self._needles_of(number):
                for mark in self._stands(needle):
                    found.setdefault(mark, set()).add(StandingWord(mark.start, number, needle))
            self._classes[number] = {mark: frozenset(words) for mark, words in found.items()}
        return self._classes[number]

    def _needles_of(self, number: int) -> list[int]:
        """Return the needles of a class that were found, usually as a word."""
        found, of_class = self._words, self._plan.classes[number].words
        return [n for one in found if number in one.classes for n in one.needles if n in of_class]

    def _chain(self, chain: Chain) -> Told:
        """Return where a phrase with classes stands."""
        if chain.number not in self._chains:
            found: dict[Mark, set[StandingWord]] = {}
            if not all(letters in self._text for letters in chain.letters):
                return self._chains.setdefault(chain.number, {})
            for piece in chain.pieces:
                if isinstance(piece, ClassPiece):
                    self._find_cores(piece.number)
            for number, field in enumerate(self._class_fields):
                for start, end, words in field.chains(chain):
                    found.setdefault(Mark(number, start, end), set()).update(words)
            self._chains[chain.number] = {mark: frozenset(words) for mark, words in found.items()}
        return self._chains[chain.number]

    @cached_property
    def _class_fields(self) -> tuple[ClassField, ...]:
        """The fields for phrases with classes, whose words are searched if needed."""
        needles = self._plan.needles
        return tuple(
            ClassField(judge, field.lower, {}, needles)
            for judge, field in zip(self._judges, self._fields, strict=True)
        )

    def _find_cores(self, number: int) -> None:
        """Find the letters of a class in the fields, whatever stands beside them."""
        fields = self._class_fields
        if number in fields[0].cores:
            return
        for field in fields:
            field.cores[number] = {}
        for needle in self._needles_of(number):
            for place, start, end in self._by_needle[needle]:
                last = fields[place].judge.core(self._plan.needles[needle], start, end)
                if last is not None:
                    cores = fields[place].cores[number]
                    cores.setdefault(start, []).append(Core(start, last, needle))

    def _pairs(self, term: TermPlan, left: list[Mark], right: list[Mark]) -> list[Match]:
        """Pair each mark with its nearest others: if these are too far away, all are."""
        pairs = nearest_pairs(MarkRow(left), MarkRow(right))
        wanted = {(a, b) if a < b else (b, a) for a, b in pairs if a < b or not term.ordered}
        return [Match(term, pair) for pair in sorted(wanted) if self._is_near(*pair, term.distance)]

    def _is_near(self, first: Mark, second: Mark, most: int) -> bool:
        text = self._fields[first.field].text
        return words_between(text, first.end, second.start, most) is not None

    def _in_office(self, actor: Actor) -> bool:
        """Whether a person counts for its country: in office, or always if undated."""
        return not actor.tenures or any(self._offices_of(actor))

    def _is_sent(self, actor: Actor) -> bool:
        """Whether a person holds an office whose holder meets others for the state."""
        sent = (office not in _STAY_BEHIND for office in self._offices_of(actor))
        return actor.kind == "person" and any(sent)

    def _offices_of(self, actor: Actor) -> Iterator[str]:
        """Yield the offices held on the publisher's day, or all offices if the item has no date."""
        published = self._item.published
        day: date | None = published.date() if published else None
        for held in actor.tenures:
            began = day is None or held.since is None or held.since <= day
            if began and (day is None or held.until is None or day < held.until):
                yield held.office

    @property
    def _namings_in_prose(self) -> Iterator[ActorNaming]:
        """Namings outside bylines: an author does not tell what an item is about."""
        return (naming for naming in self._namings if not self._is_byline(naming.mark))

    @cached_property
    def _namings(self) -> tuple[ActorNaming, ...]:
        """Whom the item names: the longest span wins, and bare surnames need company."""
        found = [
            ActorNaming(mark, named)
            for word, (letters, places) in zip(self._words, self._places.items(), strict=True)
            for needle, named in word.names
            if self._is_meant(letters, named)
            for mark in self._stands(needle, places)
        ]
        kept = longest([naming.mark for naming in found])
        masked = {(n.mark, n.named.actor.id) for n in found if n.named.kind == "mask"}
        found = [n for n in found if n.mark in kept and (n.mark, n.named.actor.id) not in masked]
        full = [n for n in found if n.named.kind != "bare"]
        bare = [n for n in found if n.named.kind == "bare"]
        return (*full, *self._in_company(bare, full))

    def _is_meant(self, letters: int, named: Named) -> bool:
        """Whether a character that languages read differently stands for this country here."""
        countries = self._plan.contested.get(self._plan.letters[letters])
        if countries is None:
            return True
        return named.actor.country == countries.get(self._language, countries[""])

    def _in_company(
        self, bare: list[ActorNaming], full: list[ActorNaming]
    ) -> Iterator[ActorNaming]:
        """Yield the surnames that count.

        They stand near a title or near another actor of the same country, or side by side with
        somebody who meets others for another country (Lee and Takaichi), and no given name of
        another stands behind them (China's Li Yanqing).
        """
        if not bare:
            return
        company: dict[str | None, MarkRow] = {}
        peers = MarkRow({n.mark for n in full if self._is_sent(n.named.actor)})
        for mark, named in bare:
            text = self._fields[mark.field].text
            if is_of_another(text, mark.start, mark.end, named.actor.name):
                continue
            country = named.actor.country
            if country not in company:
                others = (n.mark for n in full if n.named.actor.country == country)
                company[country] = MarkRow({*others, *self._titles})
            if self._has_near(mark, company[country], BARE_DISTANCE) or self._has_near(
                mark, peers, PEER_DISTANCE
            ):
                yield ActorNaming(mark, named)

    def _has_near(self, mark: Mark, row: MarkRow, most: int) -> bool:
        others = row.neighbours(mark)
        return any(self._is_near(min(mark, one), max(mark, one), most) for one in others)

    @cached_property
    def _titles(self) -> frozenset[Mark]:
        needles = (needle for needle in self.needles_found if needle in self._plan.titles)
        return frozenset(mark for n in needles for mark in self._stands(n))


def _prose_of(item: Item) -> tuple[tuple[ProseName, str], ...]:
    """Return the title (always), and summary and texts if there are any."""
    texts: tuple[tuple[ProseName, str], ...] = (
        ("summary", item.summary),
        ("text", item.text),
        ("full_text", item.full_text),
    )
    return (("title", item.title), *((name, text) for name, text in texts if text))


def _bylines_of(item: Item) -> tuple[tuple[BylineName, str], ...]:
    texts: tuple[tuple[BylineName, str], ...] = (
        ("author", item.author),
        ("category", item.category),
    )
    return tuple((name, text) for name, text in texts if text)


def _classes_of(words: list[Letters]) -> frozenset[int]:
    return frozenset().union(*[word.classes for word in words if word.classes])


def _sides_of(words: list[Letters], chained: list[Chained]) -> frozenset[int]:
    return frozenset([one.side for one in chained]).union(*[word.sides for word in words])


class _InKorean:
    """Tells whether an item is in Korean; few items ask."""

    def __init__(self, item: Item) -> None:
        self._item = item
        self._is: bool | None = None

    def __call__(self) -> bool:
        if self._is is None:
            self._is = primary_language(self._item.language) == "ko" or is_mostly_hangul(
                f"{self._item.title} {self._item.summary}"
            )
        return self._is
