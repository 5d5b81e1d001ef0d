"""Decides which signals an item hits, and gives the reason for every hit and miss.

    any      at least one of its terms, `min_hits` of them without overlap
    all      one of the terms of every group
    visit    a visit like it
    ignore   masks: spans that overlap them do not count
    none     vetoes, unless a term of `unless` is found too
    min_actors, in, langs, sources, from, until

Every signal is evaluated in the same way for a hit and for an explanation. If only hits are wanted,
signals that cannot hit are skipped.

The function that reads visits is an argument, because its room is a sibling of this one. An item is
read when the first signal asks for a visit in it; only its title is read if all such signals look
only there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from operator import itemgetter

from sigtrack.frozen import frozen
from sigtrack.lexicon import Lexicon, shipped_lexicon
from sigtrack.lexicon.classes import Places, PlacesOf, WordClass
from sigtrack.lexicon.finder import ByAho, MakeFinder
from sigtrack.match.plan import Plan, SignalPlan, TermPlan, Terms, VisitPlan, plan_of
from sigtrack.match.reading import Cover, Mark, Match, Reading
from sigtrack.model import (
    Actor,
    Feed,
    Hit,
    Item,
    Mention,
    Scope,
    SignalHead,
    Span,
    Visit,
    Watchlist,
    is_meant,
    item_id,
)
from sigtrack.text.scripts import guess_language

ReadVisits = Callable[[Item], Sequence[Visit]]


@dataclass(slots=True)
class ItemVisits:
    """The visits that an item tells, read once for all signals, including talks without a place."""

    item: Item
    read: ReadVisits
    _told: dict[bool, tuple[Visit, ...]] = field(default_factory=dict)

    def of(self, scope: Scope) -> tuple[Visit, ...]:
        item = self.item
        title_only = scope is Scope.TITLE and bool(item.summary or item.text)
        if title_only not in self._told:
            part = replace(item, summary="", text="") if title_only else item
            self._told[title_only] = tuple(self.read(part))
        return self._told[title_only]


@frozen(kw_only=False)
class Sought:
    """The visit of one signal in one item, limited by masks and by the scope of the signal."""

    plan: VisitPlan
    told: tuple[Visit, ...]
    reading: Reading
    masks: Cover
    in_scope: Callable[[Mark], bool] | None

    def spans(self) -> tuple[Span, ...]:
        """Return the words of each such visit; empty if there is none."""
        return tuple(span for visit in self._asked_for() for span in self._evidence(visit))

    def masked(self) -> tuple[Span, ...]:
        """Return the words of visits that would count without a mask."""
        hidden = (visit for visit in self._asked_for() if not any(self._evidence(visit)))
        return tuple(self._ours(span) for visit in hidden for span in visit.spans)

    def shortfall(self) -> str:
        """Return why no visit counts, with the visits that were found instead."""
        others = ", ".join(dict.fromkeys(_in_short(v) for v in self.told if v.host_country))
        return (
            f"this visit is not reported, only {others}" if others else "this visit is not reported"
        )

    def _asked_for(self) -> Iterator[Visit]:
        return (v for v in self.told if self.plan.asks_for(v) and self._is_in_scope(v))

    def _is_in_scope(self, visit: Visit) -> bool:
        return self.in_scope is None or all(
            self.in_scope(self.reading.mark(span)) for span in visit.spans
        )

    def _evidence(self, visit: Visit) -> Iterator[Span]:
        """Yield the words of a visit that no mask covers."""
        for span in visit.spans:
            if not (self.masks and self.masks.touches(self.reading.mark(span))):
                yield self._ours(span)

    def _ours(self, span: Span) -> Span:
        rule = self.plan.rule
        return replace(span, term=str(rule), place=rule.place)


def _in_short(visit: Visit) -> str:
    """Return a visit like KR > JP (planned)."""
    who = "+".join(dict.fromkeys(visitor.country for visitor in visit.visitors))
    return f"{who} > {visit.host_country} ({visit.phase})"


_FIELDS = {"title": 0, "summary": 1, "text": 2, "full_text": 3, "author": 4, "category": 5}
# Places of a term that are kept as evidence: a megabyte about lighthouses names them 29,000 times.
_MOST_PLACES = 100
_TERM_SHOWN = 30  # letters


@frozen
class Verdict:
    """Why a signal hit, or why not. `reason` is for the user; spans are in the item's text.

    `lacking` is the number of conditions that a near miss does not meet. A near miss has the
    signal's own words (those of `any`, or of the first group of `all`), even if a mask covers them.
    In all other cases `lacking` is 0.
    """

    watchlist: str
    signal: SignalHead
    hit: Hit | None
    reason: str = ""
    found: tuple[Span, ...] = ()
    masked: tuple[Span, ...] = ()
    vetoed: tuple[Span, ...] = ()
    lacking: int = 0


class Matcher:
    """Matches items against watchlists.

    `feeds` are those of the catalogue, for `sources = ["role:ministry"]`. `visits` reads the visits
    of an item, for signals that ask for one; without it there are none. `classes` are those that
    terms may use, `places` tell where their words are written (by default the classes are asked).
    `plan` is the plan of these watchlists and actors, if it exists already.
    """

    def __init__(
        self,
        watchlists: Iterable[Watchlist],
        actors: Mapping[str, Actor],
        *,
        feeds: Sequence[Feed] = (),
        visits: ReadVisits = lambda _: (),
        classes: Mapping[str, WordClass] | None = None,
        places: Places | None = None,
        finder: MakeFinder = ByAho,
        lexicon: Lexicon | None = None,
        plan: Plan | None = None,
    ) -> None:
        if plan is None:
            plan = plan_of(watchlists, actors, lexicon or shipped_lexicon(), classes)
        self.plan: Plan = plan
        self._signals = _Signals(plan.signals)
        self._finder = finder(self.plan.letters)
        self._meant = cache(
            lambda source: frozenset(feed.id for feed in feeds if is_meant(source, feed))
        )
        self._visits = visits
        self._asked: tuple[Item | None, tuple[Mention, ...]] = (None, ())
        if places is None:
            places = PlacesOf(classes or {})
        # Looking up the line of a word takes as long as matching an item.
        self._word_of = cache(lambda number, needle: plan.classes[number].word(needle, places))

    def hits(self, item: Item, watchlists: frozenset[str] | None = None) -> list[Hit]:
        """Return all hits of an item, or those of some watchlists, in the order of the files.

        Hits that need the full text of the linked page follow. It takes no hit away and changes
        none: a word of a long page would veto what the publisher's own headline says.
        """
        found = self._hits(_without_page(item), watchlists)
        if item.full_text:
            known = {hit.key for hit in found}
            whole = self._hits(item, watchlists)
            found += [hit for hit in whole if hit.key not in known]
        return found

    def _hits(self, item: Item, watchlists: frozenset[str] | None) -> list[Hit]:
        reading, visits = self._reading(item), ItemVisits(item, self._visits)
        found = []
        for plan in self._signals.possible(reading.conditions_met()):
            if watchlists is not None and plan.watchlist not in watchlists:
                continue
            is_title = plan.signal.scope is Scope.TITLE
            least = plan.signal.min_actors
            if least and least > len(reading.nameable_in_title if is_title else reading.nameable):
                continue
            scope = plan.signal.scope
            if not plan.is_possible(reading.sides_in(scope)):
                continue  # most evaluations would end here
            if self._refusal(plan.signal, item):
                continue
            if plan.visit and not any(map(plan.visit.asks_for, visits.of(scope))):
                continue  # whoever stores the item reads its visits in any case
            if not all(reading.stands(terms, scope) for terms in plan.wanted):
                continue  # and nearly all others here, before any mask is looked for
            trial = _Trial(plan, reading, visits)
            if not trial.reason:
                found.append(trial.hit())
        return found

    def mentions(self, item: Item) -> tuple[Mention, ...]:
        """Return who and what is named in an item, in the order of the text.

        The last answer is kept, because wording and stories ask about one item in a row.
        """
        item = _without_page(item)
        if item != self._asked[0]:
            self._asked = item, self._reading(item).mentions()
        return self._asked[1]

    def explain(self, item: Item) -> list[Verdict]:
        """Return the verdict on every signal, in the order of the files.

        The full text counts only for signals that need it to hit, as in `hits`.
        """
        verdicts = self._verdicts(_without_page(item))
        if not item.full_text:
            return verdicts
        pairs = zip(verdicts, self._verdicts(item), strict=True)
        return [whole if whole.hit and not own.hit else own for own, whole in pairs]

    def _verdicts(self, item: Item) -> list[Verdict]:
        reading, visits = self._reading(item), ItemVisits(item, self._visits)
        verdicts = []
        for plan in self.plan.signals:
            refusal = self._refusal(plan.signal, item)
            verdicts.append(
                Verdict(watchlist=plan.watchlist, signal=plan.signal, hit=None, reason=refusal)
                if refusal
                else _Trial(plan, reading, visits).verdict()
            )
        return verdicts

    def _reading(self, item: Item) -> Reading:
        return Reading(self.plan, item, self._finder, self._word_of)

    def _refusal(self, signal: SignalHead, item: Item) -> str:
        """Return why the signal does not apply to this item at all; "" if it does."""
        if signal.langs and not _speaks(item, signal.langs):
            return f"only for items in {', '.join(signal.langs)}"
        if signal.sources and not self._is_from(item, signal.sources):
            return f"only for {', '.join(signal.sources)}"
        if signal.not_sources and self._is_from(item, signal.not_sources):
            return f"not for {', '.join(signal.not_sources)}"
        day = item.published.date() if item.published else None  # the publisher's day
        if day and signal.since and day < signal.since:
            return f"only from {signal.since}"
        if day and signal.until and day > signal.until:
            return f"only until {signal.until}"
        return ""

    def _is_from(self, item: Item, sources: Iterable[str]) -> bool:
        return any(item.feed == one or item.feed in self._meant(one) for one in sources)


def _without_page(item: Item) -> Item:
    return replace(item, full_text="") if item.full_text else item


class _Signals:
    """The signals by their rarest condition, so that an item asks for those of its own words."""

    def __init__(self, signals: Iterable[SignalPlan]) -> None:
        self._always: list[tuple[int, SignalPlan]] = []  # with their place in the files
        self._by_rarest: dict[int, list[tuple[int, SignalPlan]]] = {}  # by its second bit
        self._rarest = 0
        for place, plan in enumerate(signals):
            bit = plan.rarest.bit_length() - 1
            known = self._by_rarest.setdefault(bit, []) if plan.rarest else self._always
            known.append((place, plan))
            self._rarest |= plan.rarest & plan.rarest << 1

    def possible(self, met: int) -> list[SignalPlan]:
        """Return the signals all of whose conditions are among these bits, in the order of the
        files."""
        found, lacking = [*self._always], ~met
        left = met & met << 1 & self._rarest
        while left:
            bit = left.bit_length() - 1
            found += [one for one in self._by_rarest[bit] if not one[1].conditions & lacking]
            left ^= 1 << bit
        return [plan for _, plan in sorted(found, key=_first)]


def _brief(group: Sequence[TermPlan]) -> str:
    """Return the first terms of a group and their line."""
    first = [group[place] for place in range(min(2, len(group)))]
    written = [term.spelling for term in first]
    shown = [one if len(one) <= _TERM_SHOWN else f"{one[:_TERM_SHOWN]}…" for one in written]
    more = ["…"] if len(group) > len(shown) else []
    return f"{', '.join([*shown, *more])} (line {first[0].place.line})"


def _speaks(item: Item, languages: Iterable[str]) -> bool:
    """Whether an item is in one of the languages. A variant counts: zh-Hant is zh."""
    language = item.language or guess_language(f"{item.title} {item.summary}")
    spoken = f"{language}-".lower()
    return language is None or any(spoken.startswith(f"{one}-".lower()) for one in languages)


class _Trial:
    """Evaluates one signal for one item. Every part is computed only when it is needed."""

    def __init__(self, plan: SignalPlan, reading: Reading, visits: ItemVisits) -> None:
        self._plan = plan
        self._reading = reading
        self._visits = visits
        self._item = visits.item
        self._in_scope = reading.in_scope(plan.signal.scope)
        self._groups: dict[int, list[Match]] = {}

    @cached_property
    def reason(self) -> str:
        """Why there is no hit; "" if there is one."""
        return next(self._shortfalls(), "vetoed" if self._vetoes else "")

    def hit(self) -> Hit:
        signal = self._plan.signal
        spans = self._spans_found()
        terms = {span.term for span in spans}
        in_title = any(span.field == "title" for span in spans)
        return Hit(
            item=item_id(self._item.feed, self._item.uid),
            watchlist=self._plan.watchlist,
            signal=signal.id,
            priority=signal.priority,
            score=10 * signal.priority.rank + len(terms) + 2 * in_title,
            spans=spans,
        )

    def verdict(self) -> Verdict:
        found = self._spans_found() if self._is_near_miss() else ()
        masked = self._masked() if self.reason else ()
        is_near = self.reason and (masked or (found and self._has_own_words()))
        return Verdict(
            watchlist=self._plan.watchlist,
            signal=self._plan.signal,
            hit=None if self.reason else self.hit(),
            reason=self.reason,
            found=found,
            masked=masked,
            vetoed=_in_order(self._spans(self._vetoes)) if self.reason == "vetoed" else (),
            lacking=max(1, sum(1 for _ in self._shortfalls())) if is_near else 0,
        )

    def _is_near_miss(self) -> bool:
        """Whether a word or visit of the signal is found. Countries alone do not count."""
        if self._plan.any:
            return bool(self._found)
        return self._sought is None or bool(self._visit_spans)

    def _has_own_words(self) -> bool:
        """Whether the words that say what is looked for are found.

        Without `any` these are the words of the first group of `all`; the other groups give the
        context.
        """
        return bool(self._plan.any or self._sought or not self._plan.all or self._group(0))

    @cached_property
    def _masks(self) -> Cover:
        return self._reading.cover(self._plan.ignore)

    @cached_property
    def _words(self) -> list[Match]:
        return self._seen(self._plan.any)

    @cached_property
    def _found(self) -> list[Match]:
        """The words of `any`; with `actors_within`, only those with enough countries near them."""
        most = self._plan.signal.actors_within
        return [m for m in self._words if self._has_company(m, most)] if most else self._words

    def _has_company(self, match: Match, most: int) -> bool:
        stands = self._reading.stand_within
        near = (
            any(stands(mark, word, most) for mark in marks for word in match.marks)
            for marks in self._actors.values()
        )
        return sum(near) >= self._plan.signal.min_actors

    def _group(self, place: int) -> list[Match]:
        """Return the matches of the group at this index of `all`."""
        if place not in self._groups:
            self._groups[place] = self._seen(self._plan.all[place])
        return self._groups[place]

    @cached_property
    def _vetoes(self) -> list[Match]:
        vetoes = self._reading.matches(self._plan.none, self._masks)
        return [] if vetoes and self._reading.matches(self._plan.unless, self._masks) else vetoes

    @cached_property
    def _sought(self) -> Sought | None:
        if self._plan.visit is None:
            return None
        told = self._visits.of(self._plan.signal.scope)
        return Sought(self._plan.visit, told, self._reading, self._masks, self._in_scope)

    @cached_property
    def _visit_spans(self) -> tuple[Span, ...]:
        return self._sought.spans() if self._sought else ()

    def _seen(self, terms: Terms) -> list[Match]:
        reading = self._reading
        sides = reading.sides_in(self._plan.signal.scope)
        if not terms.is_possible(sides):
            return []  # before masks are computed
        matches = reading.matches(terms, self._masks, sides)
        if self._in_scope is None:
            return matches
        return [m for m in matches if all(map(self._in_scope, m.marks))]

    def _shortfalls(self) -> Iterator[str]:
        """Yield the conditions that are not met."""
        yield from self._words_lacking()
        for place in range(len(self._plan.all)):
            if not self._group(place):
                yield f"no word of `all` group {place + 1}: {_brief(self._plan.all[place].terms)}"
        least = self._plan.signal.min_actors
        if least and len(named := self._actors.keys()) < least:
            names = ", ".join(sorted(named)) or "none"
            yield f"{len(named)} of {least} countries named ({names})"
        if self._sought and not self._visit_spans:  # last, because reading visits takes longest
            yield self._sought.shortfall()

    def _words_lacking(self) -> Iterator[str]:
        signal = self._plan.signal
        if not self._plan.any:
            return
        if not self._words:
            yield "none of its words"
        elif not self._found:
            most = signal.actors_within
            yield f"not {signal.min_actors} countries within {most} words of one of its words"
        elif signal.min_hits > 1 and (apart := _count_apart(self._found)) < signal.min_hits:
            yield f"{apart} of {signal.min_hits} separate words"

    @cached_property
    def _actors(self) -> dict[str, list[Mark]]:
        """The countries named in scope, and where."""
        named = self._reading.countries.items()
        found = {country: list(filter(self._counts, marks)) for country, marks in named}
        return {country: marks for country, marks in found.items() if marks}

    def _counts(self, mark: Mark) -> bool:
        in_scope = self._in_scope is None or self._in_scope(mark)
        return in_scope and not self._masks.touches(mark)

    def _masked(self) -> tuple[Span, ...]:
        """Return the spans that would have counted without a mask."""
        if not self._masks:
            return ()  # before visits are read, which takes longest
        matches = self._reading.matches(self._plan.any)
        words = self._spans(m for m in matches if any(map(self._masks.touches, m.marks)))
        return _in_order((*words, *(self._sought.masked() if self._sought else ())))

    def _spans_found(self) -> tuple[Span, ...]:
        """Return every place of `any` and the first of each group of `all`, as evidence."""
        groups = filter(None, map(self._group, range(len(self._plan.all))))
        firsts = (min(group, key=_place) for group in groups)
        words = self._spans([*_some_of_each(self._found), *firsts])
        return _in_order((*words, *self._visit_spans))

    def _spans(self, matches: Iterable[Match]) -> list[Span]:
        return [self._reading.span(mark, m.term) for m in matches for mark in m.marks]


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans sorted by field and position, without duplicates."""
    return tuple(sorted(set(spans), key=lambda s: (_FIELDS[s.field], s.start, s.end, s.term)))


def _some_of_each(matches: list[Match]) -> list[Match]:
    """Return the first places of each term; all of them unless there are absurdly many."""
    if len(matches) <= _MOST_PLACES:
        return matches
    kept: list[Match] = []
    seen: Counter[TermPlan] = Counter()
    for match in sorted(matches, key=_place):
        seen[match.term] += 1
        if seen[match.term] <= _MOST_PLACES:
            kept.append(match)
    return kept


_first = itemgetter(0)


def _place(match: Match) -> tuple[Mark, ...]:
    return match.marks


def _count_apart(matches: list[Match]) -> int:
    """Count distinct spans that do not overlap, by greedy choice of the earliest end."""
    count, last = 0, Mark(-1, 0, 0)
    for mark in sorted({m.marks[0] for m in matches}, key=lambda m: (m.field, m.end)):
        if mark.field != last.field or mark.start >= last.end:
            count, last = count + 1, mark
    return count
