"""What stored items tell: visits, the formulas and steps of `wording`, and the runs of words where
it finds phrases that no list has. The run that stores an item reads it once, when it is matched
(`intake`); answers come from the store.

Items that no run has read yet are read when they are needed, so no answer lacks an item. An edit of
the data files (a new office holder, a verb of the user) makes readings old. `fetch` renews those of
the last 90 days, `rematch` all; until then every answer says how many items were read by older
rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sigtrack.app.rules_cache import RulesCache, kept_or_made
from sigtrack.model import (
    LONGEST_FIELD,
    Actor,
    Formulary,
    Item,
    Mention,
    Place,
    Problem,
    Runs,
    StoredItem,
    Visit,
    WordingRead,
)
from sigtrack.store.interface import Kind, Query, ReadState
from sigtrack.views.hits import count, without_article

if TYPE_CHECKING:
    from sigtrack.analyze.visits.reader import VisitReader
    from sigtrack.analyze.wording.reader import WordingReader
    from sigtrack.app.in_force import Index
    from sigtrack.lexicon import Lexicon
    from sigtrack.lexicon.finder import OneFinder
    from sigtrack.match import Matcher
    from sigtrack.store.sql import Store
    from sigtrack.watch.catalogues import Topics

RENEWED = timedelta(days=90)  # the age of readings that `fetch` renews
WORDING: tuple[Kind, ...] = ("wording", "phrases")
_LONGEST = 50_000  # letters of an article: a joint statement has 20,000, a dump megabytes
assert _LONGEST < LONGEST_FIELD
Progress = Callable[[int, int], None]  # done, of how many
Made = TypeVar("Made")

_made: dict[str, tuple[str, object]] = {}  # the last one of each kind, with its fingerprint


def _once(kind: str, fingerprint: str, make: Callable[[], Made]) -> Made:
    """Return what `make` makes. A fingerprint tells all that it is made of, so a process that runs
    several commands makes it once."""
    if not fingerprint:
        return make()
    known = _made.get(kind)
    if known is None or known[0] != fingerprint:
        known = _made[kind] = (fingerprint, make())
    return cast("Made", known[1])


class ReadingRules:
    """The rules for reading items: what they name, their visits and their wording. A reader is made
    for the first item that is read (0.1 s), from what `cache` has of its words.

    `fingerprints` identify the rules of each kind: see `Index.readings`. All words that items are
    searched for, also those of the matchers of `Rules`, are parts of `finder`; what is searched
    for in stems has a finder of its own.
    """

    def __init__(
        self, index: Index, lexicon: Callable[[], Lexicon], cache: RulesCache | None = None
    ) -> None:
        self.fingerprints = index.readings
        self.actors = index.actors
        self._tellings = index.tellings
        self._lexicon = lexicon
        self._cache = cache
        self._asked: tuple[Item | None, tuple[Visit, ...]] = (None, ())

    def visits(self, item: Item) -> tuple[Visit, ...]:
        """Return the visits of an item. The last answer is kept: a signal may ask for it before."""
        last, visits = self._asked
        if item is not last:
            visits = self._visits.visits(item)
            self._asked = item, visits
        return visits

    def remember(self, item: Item, visits: tuple[Visit, ...]) -> None:
        """Let a signal that asks for the visits of this very item get these."""
        self._asked = item, visits

    def wording(
        self, item: Item, *, is_hit: bool = True, is_official: bool = False
    ) -> tuple[WordingRead, Runs | None]:
        return self._wording.read(within_memory(item), is_hit=is_hit, is_official=is_official)

    def read(
        self,
        item: Item,
        kinds: Collection[str],
        *,
        is_hit: bool = True,
        is_official: bool = False,
    ) -> dict[Kind, Any]:
        """Return the readings of an item for these kinds; None where there is nothing. Runs of
        words are read only if `is_hit`, or if the item may be compared."""
        read: dict[Kind, Any] = {}
        if "visits" in kinds:
            read["visits"] = self.visits(item)
        if not set(kinds).isdisjoint(WORDING):
            said, runs = self.wording(item, is_hit=is_hit, is_official=is_official)
            read["wording"] = said if any(said) else None
            read["phrases"] = runs
        return read

    @property
    def lexicon(self) -> Lexicon:
        return self._lexicon()

    @cached_property
    def finder(self) -> OneFinder:
        from sigtrack.lexicon.finder import OneFinder

        return OneFinder()

    @cached_property
    def formulary(self) -> Formulary:
        from sigtrack.watch.catalogues import load_formulary

        return load_formulary(self.lexicon)

    def mentions(self, item: Item) -> tuple[Mention, ...]:
        """Return the actors and topics that an item names, in the order of the text."""
        return self._names.mentions(item)

    @cached_property
    def topics(self) -> Topics:
        from sigtrack.watch.catalogues import load_topics

        def made() -> Topics:
            return load_topics(self.lexicon, self.actors.values())

        return _once("topics", self._tellings, lambda: kept_or_made(self._cache, "topics", made))

    @cached_property
    def _names(self) -> Matcher:
        """A matcher without watchlists, for actors and topics."""
        from sigtrack.match import Matcher, Plan, plan_of

        def plan() -> Plan:
            return plan_of((), {**self.actors, **self.topics.actors}, self.lexicon)

        def made() -> Matcher:
            kept = kept_or_made(self._cache, "names", plan, Plan.whole)
            return Matcher((), {}, plan=kept, finder=self.finder.of)

        return _once("names", self._tellings, made)

    @cached_property
    def _visits(self) -> VisitReader:
        # A run that brings nothing reads nothing, and need not compile the patterns.
        from sigtrack.analyze.visits.lexicon import Vocabulary, build
        from sigtrack.analyze.visits.reader import VisitReader

        def words() -> Vocabulary:
            return build(self.actors, self.lexicon)

        def made() -> VisitReader:
            kept = kept_or_made(self._cache, "visits", words)
            return VisitReader({}, vocabulary=kept, finder=self.finder.of)

        return _once("visits", self.fingerprints["visits"], made)

    @cached_property
    def _wording(self) -> WordingReader:
        from sigtrack.analyze.wording.reader import WordingReader, WordingVocabulary, vocabulary_of
        from sigtrack.lexicon.finder import OneFinder

        def words() -> WordingVocabulary:
            return vocabulary_of(self.formulary, names_in(self.actors), self.lexicon)

        def made() -> WordingReader:
            kept = kept_or_made(self._cache, "wording", words)
            return WordingReader(kept, self.mentions, OneFinder().of)

        return _once("wording", self.fingerprints["wording"], made)


def names_in(actors: Mapping[str, Actor]) -> Iterator[str]:
    """Yield names of people, countries and places. Names of offices are ordinary language."""
    for actor in actors.values():
        if actor.kind != "office":
            yield from (*actor.names, *actor.bare)
        if actor.kind == "country":
            yield from actor.metonyms


def within_memory(item: Item) -> Item:
    """Return the item with title, summary and text cut to `_LONGEST` letters."""
    if max(len(item.title), len(item.summary), len(item.text)) <= _LONGEST:
        return item
    title, summary, text = (part[:_LONGEST] for part in (item.title, item.summary, item.text))
    return replace(item, title=title, summary=summary, text=text)


class Readings:
    """Readings of the items in a store. `progress` is called for texts that are read on demand."""

    def __init__(self, store: Store, rules: ReadingRules, progress: Progress | None = None) -> None:
        self._store = store
        self._rules = rules
        self._progress = progress
        self._fresh: dict[int, Mapping[Kind, Any]] = {}

    def visits(self, query: Query) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
        """Yield items that tell of visits, with summary and text removed, in no order."""
        upto = self._so_far("visits").upto
        after = max(upto, query.after_revision or 0)
        for stored in self._store.items(replace(query, after_revision=after)):
            if visits := self._rules.visits(stored.item):
                yield without_article(stored), visits
        yield from (one for one in self._store.visits(query) if one[0].number <= upto)

    def visits_of(self, stored: StoredItem) -> tuple[Visit, ...]:
        """Return what an item tells in any revision. It is read again only if the present rules
        have not read it: to make the reader takes 0.1 s."""
        if not self._so_far("visits").is_present(stored.number):
            return self._rules.visits(stored.item)
        found = self._of("visits", (stored.number,))
        return next((visits for _, visits in found), ())

    def wording(self, numbers: Collection[int]) -> Iterator[tuple[int, WordingRead]]:
        """Yield the readings of these revisions, in no order; empty ones are left out."""
        return self._of("wording", numbers)

    def phrases(self, numbers: Collection[int]) -> Iterator[tuple[int, Runs]]:
        """Yield the runs of words of these revisions, in no order. They are kept of items that were
        hit or may have been compared when they were read; others are read now."""
        kept = set()
        for number, runs in self._of("phrases", numbers):
            kept.add(number)
            yield number, runs
        for number in numbers:
            if number not in kept:
                yield number, self._read(number)["phrases"]

    def is_read(self, kind: Kind, number: int) -> bool:
        return number <= self._so_far(kind).upto

    def wording_of(self, number: int) -> WordingRead:
        return next((read for _, read in self.wording((number,))), WordingRead())

    def problems(self, *kinds: Kind) -> tuple[Problem, ...]:
        """Warn if some answers come from older rules."""
        older = self._so_far(*kinds).older
        if not older:
            return ()
        were = "was" if older == 1 else "were"
        message, cure = f"{count(older, 'item')} {were} read by older rules", "sigtrack rematch"
        return (Place().problem(message, f"read them again with: {cure}", warning=True),)

    def _so_far(self, *kinds: Kind) -> ReadState:
        return self._store.read_so_far({kind: self._rules.fingerprints[kind] for kind in kinds})

    def _of(self, kind: Kind, numbers: Collection[int]) -> Iterator[tuple[int, Any]]:
        upto = self._so_far(kind).upto
        yield from self._store.readings(kind, numbers, upto)
        waiting = [number for number in numbers if number > upto]
        for done, number in enumerate(waiting, start=1):
            if found := self._read(number).get(kind):
                yield number, found
            if self._progress:
                self._progress(done, len(waiting))

    def _read(self, number: int) -> Mapping[Kind, Any]:
        """Read a revision that no run has read, once for all kinds of wording."""
        if number not in self._fresh:
            item = self._store.revision(number).item
            self._fresh[number] = self._rules.read(item, WORDING)
        return self._fresh[number]
