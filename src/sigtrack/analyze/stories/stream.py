"""Turns tellings in the order of time into stories, and keeps only what is still undecided.

A title that another feed had within half a day before is a reprint: it joins the first item with
this title and is not compared, so eighty copies cost and weigh as much as one. Only items within
one day (`WITHIN`) are compared, and only if they share something: each fact and word leads to the
items that hold it. Facts and words shared by more than `_CROWD` items of the last day are ignored
when looking for candidates: items that share nothing else are not alike. Pairs that are alike tie
items to bundles. When nothing more can be tied to a bundle, its stories are formed and the bundle
is dropped.

Pairs in two languages wait for the end of the day, so that the meanings of their titles are
computed together.

Pairs that are alike are joined into stories, the most alike first. Two groups are joined if their
items are alike on average. The average is of log-odds (hundredths, as `likeness` returns them): a
pair without any likeness counts a little against it, and a contradiction counts much. Items that
are more than a day apart are not compared and do not count. Each joining also has a fixed cost: two
single headlines must be more alike than two groups, where many pairs agree. So a chain of
neighbours does not become one story, and one doubtful item does not separate what many others join.
A story is limited in time: first and last item must be near enough.

Likenesses are whole numbers, and of equal pairs the smaller ids come first, so the groups depend
only on the set of items.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from sigtrack.analyze.stories.heat import NO_HEAT, Heat, by_day
from sigtrack.analyze.stories.likeness import (
    Closeness,
    contradict,
    is_reprint,
    likeness,
    may_translate,
    with_meaning,
)
from sigtrack.analyze.stories.tellings import Telling
from sigtrack.model import Story

Pair = tuple[str, str]  # the smaller id first
WITHIN = timedelta(hours=24)  # only items this near are compared
LONGEST = timedelta(hours=48)
STRANGERS = -60  # what a pair counts that is not more alike than this
_APART = -400  # for a contradiction
_DOUBT = 90


def pair_of(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def clusters_of(
    moments: Mapping[str, datetime], alike: Mapping[Pair, int], apart: Iterable[Pair]
) -> list[list[str]]:
    """Return groups of two or more ids.

    `alike` has all pairs above STRANGERS. `apart` has contradictions, which override `alike`.
    """
    groups = _Groups(moments, {**alike, **dict.fromkeys(apart, _APART)})
    ways = [way for pair in alike if (way := groups.way(*pair)) and way[0] <= 0]
    heapify(ways)
    while ways:
        _, one, other, mine, theirs = heappop(ways)
        if groups.sizes(one, other) != (mine, theirs) or groups.is_too_long(one, other):
            continue  # one of the two has grown since, or is part of another group
        groups.join(one, other)
        for third in groups.neighbours(one):
            way = groups.way(*pair_of(one, third))
            if way[0] <= 0:
                heappush(ways, way)
    return [members for members in groups.members.values() if len(members) > 1]


_Way = tuple[float, str, str, int, int]  # minus the mean, two groups and their sizes


class _Groups:
    """Groups by the id that stands for them.

    For two groups, the sum over their pairs of likeness minus STRANGERS is kept.
    """

    def __init__(self, moments: Mapping[str, datetime], likes: Mapping[Pair, int]) -> None:
        self.members = {id: [id] for id in moments}
        self._moments = {id: [moment] for id, moment in moments.items()}  # each in order of time
        self._sums: dict[str, dict[str, int]] = {id: {} for id in moments}
        for (one, other), like in likes.items():
            self._sums[one][other] = self._sums[other][one] = like - STRANGERS

    def neighbours(self, one: str) -> Iterable[str]:
        return self._sums[one]

    def sizes(self, one: str, other: str) -> tuple[int, int]:
        return len(self.members.get(one, ())), len(self.members.get(other, ()))

    def way(self, one: str, other: str) -> _Way:
        mean = STRANGERS + (self._sums[one][other] - _DOUBT) / self._compared(one, other)
        return (-mean, one, other, *self.sizes(one, other))

    def _compared(self, one: str, other: str) -> int:
        """Return how many pairs are near enough to be compared."""
        few, many = sorted((self._moments[one], self._moments[other]), key=len)
        if self._length(one, other) <= WITHIN:
            return len(few) * len(many)
        return sum(
            bisect_right(many, moment + WITHIN) - bisect_left(many, moment - WITHIN)
            for moment in few
        )

    def is_too_long(self, one: str, other: str) -> bool:
        return self._length(one, other) > LONGEST

    def _length(self, one: str, other: str) -> timedelta:
        mine, theirs = self._moments[one], self._moments[other]
        return max(mine[-1], theirs[-1]) - min(mine[0], theirs[0])

    def join(self, one: str, other: str) -> None:
        """Make group `other` a part of group `one`."""
        self._moments[one] = sorted(self._moments[one] + self._moments.pop(other))
        self.members[one] += self.members.pop(other)
        for third, like in self._sums.pop(other).items():
            del self._sums[third][other]
            if third != one:
                together = self._sums[one].get(third, 0) + like
                self._sums[one][third] = self._sums[third][one] = together


REPRINTED = timedelta(hours=12)  # a later copy starts a day of its own
_LEAST_FACT = 24  # weaker facts find no candidates, because every third item has them
CROWD = 200  # titles that share a word within a day; if there are more, it finds no candidates
PROMISING = 35  # two words, or a rare thing

_Doubt = tuple[Telling, Telling, int]  # a pair, and its likeness before its meaning is known


def find_stories(
    tellings: Iterable[Telling], closeness: Closeness | None = None
) -> Iterator[Story]:
    """Yield stories, in no particular order. Every item is in exactly one, often alone.

    `closeness` is used only for pairs in two languages that share a fact, and joins no others.
    Raises ValueError if the tellings are not in the order of their moments (equal moments in any
    order). Ids must be unique.
    """
    recent, bundles = _Recent(), Bundles()
    for day in by_day(tellings):
        doubts: list[_Doubt] = []
        for telling in sorted(day, key=lambda t: (t.moment, t.id)):
            recent.forget(telling.moment - WITHIN)
            if first := recent.reprinted(telling):
                bundles.add_reprint(telling, first)
                continue
            bundles.add(telling)
            for other in recent.candidates(telling):
                like = likeness(telling, other)
                if closeness and may_translate(telling, other, like):
                    doubts.append((telling, other, like))
                else:
                    bundles.tie(telling, other, like)
            recent.add(telling)
        if closeness and doubts:
            _settle(doubts, closeness, bundles)
        recent.tidy()
        yield from bundles.close(before=max(t.moment for t in day) - WITHIN)
    yield from bundles.close(before=None)


def _settle(doubts: Iterable[_Doubt], closeness: Closeness, bundles: Bundles) -> None:
    cosines = closeness([(one, other) for one, other, _ in doubts])
    for (one, other, like), cosine in zip(doubts, cosines, strict=True):
        bundles.tie(one, other, with_meaning(like, cosine))


class _Recent:
    """Tellings of the last day, by what they hold. Each has a number, in the order of adding."""

    def __init__(self) -> None:
        self._told: dict[int, Telling] = {}
        # Most keys have one holder, for which a deque would take 624 bytes.
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._titles: dict[tuple[str, str], int] = {}
        self._first = self._next = 0

    def add(self, telling: Telling) -> None:
        self._told[self._next] = telling
        self._titles[telling.language, telling.title] = self._next
        for key in keys_of(telling):
            self._holders[key].append(self._next)
        self._next += 1

    def candidates(self, telling: Telling) -> list[Telling]:
        """Return the tellings that may share enough with this one, in no particular order."""
        shared: defaultdict[int, int] = defaultdict(int)
        for key, weight in keys_of(telling).items():
            holders = self._holders.get(key)
            if holders is None:
                continue
            if holders and holders[0] < self._first:
                del holders[: bisect_left(holders, self._first)]
            if len(holders) <= CROWD:
                for number in holders:
                    shared[number] += weight
        told = self._told
        return [told[number] for number, weight in shared.items() if weight >= PROMISING]

    def reprinted(self, telling: Telling) -> Telling | None:
        """Return the telling of another feed with the same title."""
        number = self._titles.get((telling.language, telling.title))
        first = None if number is None else self._told.get(number)
        if first is None or telling.moment - first.moment > REPRINTED:
            return None
        return first if is_reprint(first, telling) else None

    def forget(self, before: datetime) -> None:
        while self._first < self._next and self._told[self._first].moment < before:
            del self._told[self._first]
            self._first += 1

    def tidy(self) -> None:
        """Drop keys that no telling holds any more; otherwise they would fill memory."""
        stale = [key for key, held in self._holders.items() if not held or held[-1] < self._first]
        for key in stale:
            del self._holders[key]
        self._titles = {t: number for t, number in self._titles.items() if number in self._told}


def keys_of(telling: Telling, heat: Heat = NO_HEAT) -> dict[str, int]:
    """Return the keys that lead from a telling to others, with their weights."""
    facts = {fact: heat.at_most(fact, weight) for fact, weight in telling.facts.items()}
    return {
        **{fact: weight for fact, weight in facts.items() if weight >= _LEAST_FACT},
        **{word: heat.at_most(word, weight) for word, weight in telling.words.items()},
        **dict.fromkeys(telling.company, PROMISING),
        f"= {telling.title}": PROMISING,  # for one feed, in which it is no reprint
    }


@dataclass(slots=True)
class _Bundle:
    """Items that are tied to each other, directly or through others."""

    members: list[Telling]
    alike: dict[Pair, int] = field(default_factory=dict)

    def take_in(self, other: _Bundle) -> None:
        self.members += other.members
        self.alike |= other.alike


class Bundles:
    """What is not decided yet, by item id."""

    def __init__(self) -> None:
        self._of: dict[str, _Bundle] = {}
        # Pairs that do not tie matter only if something else ties their items.
        self._loose: dict[str, list[tuple[Pair, int]]] = {}
        self._apart: dict[str, list[Pair]] = {}
        self._reprints: defaultdict[str, list[Telling]] = defaultdict(list)

    def add(self, telling: Telling) -> None:
        self._of[telling.id] = _Bundle([telling])

    def add_reprint(self, telling: Telling, first: Telling) -> None:
        self._reprints[first.id].append(telling)

    def tie(self, one: Telling, other: Telling, like: int) -> None:
        if like <= STRANGERS:
            return
        pair = pair_of(one.id, other.id)
        if contradict(one, other):
            self._apart.setdefault(pair[0], []).append(pair)
            return
        if like <= 0:
            self._loose.setdefault(pair[0], []).append((pair, like))
            return
        mine, theirs = self._of[one.id], self._of[other.id]
        if mine is not theirs:
            if len(mine.members) < len(theirs.members):
                mine, theirs = theirs, mine
            mine.take_in(theirs)
            for member in theirs.members:
                self._of[member.id] = mine
        mine.alike[pair] = like

    def close(self, before: datetime | None) -> Iterator[Story]:
        """Yield stories of bundles whose last item is before `before`, or of all (None)."""
        for id in list(self._of):
            bundle = self._of.get(id)
            if bundle is None or bundle.members[0].id != id:
                continue
            if before is None or max(m.moment for m in bundle.members) < before:
                yield from self._stories(bundle)

    def _stories(self, bundle: _Bundle) -> Iterator[Story]:
        members = {telling.id: telling for telling in bundle.members}
        apart: list[Pair] = []
        for id in members:
            del self._of[id]
            apart += (pair for pair in self._apart.pop(id, ()) if pair[1] in members)
            loose = self._loose.pop(id, ())
            bundle.alike.update((pair, like) for pair, like in loose if pair[1] in members)
        moments = {id: telling.moment for id, telling in members.items()}
        together = clusters_of(moments, bundle.alike, apart)
        alone = members.keys() - {id for group in together for id in group}
        for group in (*together, *([id] for id in sorted(alone))):
            reprints = [copy for id in group for copy in self._reprints.pop(id, ())]
            yield story_of([*(members[id] for id in group), *reprints])


def story_of(tellings: Iterable[Telling]) -> Story:
    """Return a story: its id is that of its first item, its lead the most official item."""
    items = sorted(tellings, key=lambda t: (t.moment, t.id))
    lead = min(items, key=lambda t: (t.role.officiality, t.moment, t.id))
    return Story(
        id=items[0].id,
        lead=lead.id,
        items=tuple(item.id for item in items),
        first=items[0].moment,
        last=items[-1].moment,
    )
