"""Groups items into stories: items that tell of one event, from any publisher, in any language.

An event includes its whole duration and the answers to it: a visit from arrival to end, a launch,
the reactions to it and the account of state media.

Every item is reduced to what it tells (`tellings`): who and what is named in title and lead, its
numbers, and the other words. Two items tell of one event if they share enough of that (`likeness`)
within one day. Stories grow from the most alike pairs, as long as their items are alike on average;
two items that contradict each other count against it. So a chain of similar items does not become
one story. What the whole day talks about counts less on that day, but a report does not count less
because many feeds reprint it.

Pure: takes tellings in the order of time and returns stories. What an item names is passed in as a
value, and so is the function that knows how close two titles are in meaning. The same items give
the same stories, in whatever order they arrived. Work and memory depend on the items of two days,
so a million items are processed as a stream.

A title that another feed had within half a day before is a reprint: it joins the first item with
this title and is not compared, so eighty copies cost and weigh as much as one. Only items within
one day (`WITHIN`) are compared, and only if they share something: each fact and word leads to the
items that hold it. Facts and words shared by more than `CROWD` items of the last day are ignored
when looking for candidates: items that share nothing else are not alike. Pairs that are alike tie
items to bundles. When nothing more can be tied to a bundle, its stories are formed and the bundle
is dropped. Pairs in two languages wait for the end of the day, so that the meanings of their titles
are computed together.

Pairs that are alike are joined into stories, the most alike first. Two groups are joined if their
items are alike on average. The average is of log-odds (hundredths, as `likeness` returns them): a
pair without any likeness counts a little against it, and a contradiction counts much. Items that
are more than a day apart are not compared and do not count. Each joining also has a fixed cost: two
single headlines must be more alike than two groups, where many pairs agree. One doubtful item does
not separate what many others join. In a story of few items nothing outweighs a doubt: items without
a firm tie to another one leave it (`firm_in`). A story is limited in time: first and last item must
be near enough. Likenesses are whole numbers, and of equal pairs the smaller ids come first, so the
groups depend only on the set of items.

`find_changed_stories` finds what a few new or edited items change without comparing the others
again. Whether two items report the same event depends on these two items and on how hot their words
are on their days. So new items change the stories of items similar to them, and of items whose
words they make hotter. From these items the ties lead to everything that is tied to them, now or
before, and only these stories are formed again. The result equals that of `find_stories` for all
items of these days; tests compare both. All tellings of the days are in memory.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import combinations, compress

from sigtrack.analyze.stories.likeness import (
    NO_HEAT,
    OPEN,
    Closeness,
    Heat,
    Heats,
    are_parts,
    by_day,
    contradict,
    is_firm,
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
        mean = STRANGERS + (self._sums[one][other] - _DOUBT) / _compared(
            self._moments[one], self._moments[other]
        )
        return (-mean, one, other, *self.sizes(one, other))

    def is_too_long(self, one: str, other: str) -> bool:
        return _length(self._moments[one], self._moments[other]) > LONGEST

    def join(self, one: str, other: str) -> None:
        """Make group `other` a part of group `one`."""
        self._moments[one] = sorted(self._moments[one] + self._moments.pop(other))
        self.members[one] += self.members.pop(other)
        for third, like in self._sums.pop(other).items():
            del self._sums[third][other]
            if third != one:
                together = self._sums[one].get(third, 0) + like
                self._sums[one][third] = self._sums[third][one] = together


def _compared(one: Sequence[datetime], other: Sequence[datetime]) -> int:
    """Return how many pairs are near enough to be compared. Both are in the order of time."""
    few, many = sorted((one, other), key=len)
    if _length(one, other) <= WITHIN:
        return len(few) * len(many)
    return sum(
        bisect_right(many, moment + WITHIN) - bisect_left(many, moment - WITHIN) for moment in few
    )


def _length(one: Sequence[datetime], other: Sequence[datetime]) -> timedelta:
    return max(one[-1], other[-1]) - min(one[0], other[0])


_LEAST_TIES = 4
_TIED, _TORN = 0.18, 0.1  # of the pairs of two groups
_PARTIES = 2  # a leader and his country are two
_ONE_SUBJECT = 0.4  # two parts of one summit have .4 to .8
_ONE_DEED = 0.75  # of one country alone, such as a launch that its neighbours report
_LASTS = timedelta(hours=72)


def join_parts(
    groups: Iterable[Sequence[Telling]], alike: Mapping[Pair, int], apart: Iterable[Pair]
) -> list[list[str]]:
    """Join groups that report parts of one event, and return the ids of all groups.

    Arrival, talks and statement of a summit are told in other words, so the two groups are not
    alike on average. They are parts of one event if enough of their pairs are alike, hardly any
    contradict each other, and the groups as wholes tell the same: they are about the same two
    persons or countries, and about what their titles name most. Groups of one item have no such
    whole. The most similar groups are joined first.

    `alike` and `apart` are those of `clusters_of`, but a pair that may be an answer and what it
    answers, or the plan and the meeting (`are_parts`), is as alike as it is.
    """
    parts = _Parts(groups, alike, apart)
    ways = {pair: way for pair in parts.ties if (way := parts.way(*pair))}
    while ways:
        one, other = min(ways, key=lambda pair: (-ways[pair], pair))
        parts.join(one, other)
        ways = {pair: way for pair, way in ways.items() if not {one, other} & {*pair}}
        beside = [pair for pair in parts.ties if one in pair]
        ways |= {pair: way for pair in beside if (way := parts.way(*pair))}
    return [whole.ids for whole in parts.wholes.values()]


@dataclass(slots=True)
class _Whole:
    """A group as a whole. `moments` are in the order of time. `named` counts the items that name a
    person or country; `told` sums the weights of facts and of the words of titles, in whole
    numbers, so that their order does not matter."""

    ids: list[str]
    moments: list[datetime]
    named: Counter[str]
    told: Counter[str]

    @property
    def parties(self) -> set[str]:
        return {name for name, items in self.named.items() if 2 * items >= len(self.ids)}

    def take_in(self, other: _Whole) -> None:
        self.ids += other.ids
        self.moments = sorted(self.moments + other.moments)
        self.named += other.named
        self.told += other.told


def _whole_of(group: Sequence[Telling]) -> _Whole:
    named, told = Counter[str](), Counter[str]()
    for telling in group:
        named.update({*telling.persons, *telling.countries})
        told.update({**telling.facts, **telling.words})
    moments = sorted(telling.moment for telling in group)
    return _Whole(ids=[telling.id for telling in group], moments=moments, named=named, told=told)


class _Parts:
    """Groups by their smallest id, with how many of the pairs of two groups are alike (`ties`) or
    contradict each other (`tears`)."""

    def __init__(
        self,
        groups: Iterable[Sequence[Telling]],
        alike: Mapping[Pair, int],
        apart: Iterable[Pair],
    ) -> None:
        self.wholes = {min(t.id for t in group): _whole_of(group) for group in groups}
        self._home = {id: first for first, whole in self.wholes.items() for id in whole.ids}
        torn = set(apart)
        self.ties = self._between(pair for pair in alike if alike[pair] > 0 and pair not in torn)
        self._tears = self._between(torn)

    def _between(self, pairs: Iterable[Pair]) -> Counter[Pair]:
        homes = ([self._home[id] for id in pair if id in self._home] for pair in pairs)
        return Counter(pair_of(*both) for both in homes if len(both) > 1 and both[0] != both[1])

    def way(self, one: str, other: str) -> float:
        """Return how much the two tell the same, 0.0 if they are not parts of one event."""
        pair, mine, theirs = pair_of(one, other), self.wholes[one], self.wholes[other]
        if self.ties[pair] < _LEAST_TIES or _length(mine.moments, theirs.moments) > _LASTS:
            return 0.0
        compared = _compared(mine.moments, theirs.moments)
        if self.ties[pair] < _TIED * compared or self._tears[pair] > _TORN * compared:
            return 0.0
        shared = len(mine.parties & theirs.parties)
        least = _ONE_SUBJECT if shared >= _PARTIES else _ONE_DEED
        alike = _cosine(mine.told, theirs.told) if shared else 0.0
        return alike if alike >= least else 0.0

    def join(self, one: str, other: str) -> None:
        """Make group `other` a part of group `one`, the smaller id."""
        self.wholes[one].take_in(self.wholes.pop(other))
        for counts in (self.ties, self._tears):
            for pair in [pair for pair in counts if other in pair]:
                count = counts.pop(pair)
                (third,) = {*pair} - {other}
                if third != one:
                    counts[pair_of(one, third)] += count


def _cosine(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    product = sum(weight * other[key] for key, weight in one.items() if key in other)
    lengths = [sum(weight * weight for weight in told.values()) for told in (one, other)]
    return product / math.sqrt(lengths[0] * lengths[1]) if product else 0.0


_MANY = 6  # items, of which none needs a firm tie


def firm_in(group: Sequence[str], firm: Iterable[Pair]) -> list[str]:
    """Return the items of a group that belong to its story: all if they are many, otherwise those
    with a firm tie to another item of the group."""
    if len(group) >= _MANY:
        return [*group]
    held = {id for pair in firm if {*pair} <= {*group} for id in pair}
    return [id for id in group if id in held]


def _firm_pairs(
    group: Iterable[str], members: Mapping[str, Telling], alike: Mapping[Pair, int]
) -> Iterator[Pair]:
    for pair in combinations(sorted(group), 2):
        if pair in alike and is_firm(members[pair[0]], members[pair[1]], alike[pair]):
            yield pair


REPRINTED = timedelta(hours=12)  # a later copy starts a day of its own
_LEAST_FACT = 24  # weaker facts find no candidates, because every third item has them
CROWD = 200  # titles that share a word within a day; if there are more, it finds no candidates
PROMISING = 35  # two words, or a rare thing

_Pair = tuple[Telling, Telling]


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
        for pair, like in _alike(_compared_on(day, recent, bundles), closeness):
            bundles.tie(*pair, like)
        recent.tidy()
        yield from bundles.close(before=recent.moment - WITHIN)
    yield from bundles.close(before=None)


def _compared_on(day: Iterable[Telling], recent: _Recent, bundles: Bundles) -> Iterator[_Pair]:
    """Add the tellings of a day, and yield the pairs of each before the next is added."""
    for telling in day:
        recent.move_to(telling.moment)
        if first := recent.reprinted(telling):
            bundles.add_reprint(telling, first)
            continue
        bundles.add(telling)
        for other in recent.candidates(telling):
            yield telling, other
        recent.add(telling)


def _alike(pairs: Iterable[_Pair], closeness: Closeness | None) -> Iterator[tuple[_Pair, int]]:
    """Yield the pairs that are more alike than strangers, with their likeness. Those whose meaning
    decides come last, because meanings are asked for together."""
    least = OPEN if closeness else STRANGERS
    doubts: list[_Pair] = []
    likes: list[int] = []
    for pair in pairs:
        like = likeness(*pair, least)
        if closeness and may_translate(*pair, like):
            doubts.append(pair)
            likes.append(like)
        elif like > STRANGERS:
            yield pair, like
    if closeness and doubts:
        for pair, like, cosine in zip(doubts, likes, closeness(doubts), strict=True):
            if (meant := with_meaning(like, cosine)) > STRANGERS:
                yield pair, meant


class _Recent:
    """Tellings of the last day before `moment`, by what they hold. Each has a number, in the order
    of adding."""

    moment: datetime

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

    def move_to(self, moment: datetime) -> None:
        """Forget the tellings of more than a day before this moment."""
        self.moment = moment
        while self._first < self._next and self._told[self._first].moment < moment - WITHIN:
            self._told.pop(self._first).let_go()
            self._first += 1

    def tidy(self) -> None:
        """Drop keys that no telling holds any more; otherwise they would fill memory."""
        stale = [key for key, held in self._holders.items() if not held or held[-1] < self._first]
        for key in stale:
            del self._holders[key]
        self._titles = {t: number for t, number in self._titles.items() if number in self._told}


def keys_of(telling: Telling, heat: Heat = NO_HEAT) -> dict[str, int]:
    """Return the keys that lead from a telling to others, with their weights."""
    facts = {
        fact: cooler
        for fact, weight in telling.facts.items()
        if weight >= _LEAST_FACT and (cooler := heat.at_most(fact, weight)) >= _LEAST_FACT
    }
    words = {word: heat.at_most(word, weight) for word, weight in telling.words.items()}
    title = f"= {telling.title}"  # for one feed, in which it is no reprint
    return {title: PROMISING, **dict.fromkeys(telling.company, PROMISING), **facts, **words}


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
        self._parts: dict[str, list[tuple[Pair, int]]] = {}  # contradict, but may be parts
        self._reprints: defaultdict[str, list[Telling]] = defaultdict(list)

    def add(self, telling: Telling) -> None:
        self._of[telling.id] = _Bundle([telling])

    def add_reprint(self, telling: Telling, first: Telling) -> None:
        self._reprints[first.id].append(telling)

    def tie(self, one: Telling, other: Telling, like: int) -> None:
        if like <= STRANGERS:
            return
        pair = pair_of(one.id, other.id)
        if contradict(one, other, like):
            if are_parts(one, other):
                self._parts.setdefault(pair[0], []).append((pair, like))
            else:
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
        parts: dict[Pair, int] = {}
        for id in members:
            del self._of[id]
            apart += (pair for pair in self._apart.pop(id, ()) if pair[1] in members)
            for pairs, known in ((self._loose, bundle.alike), (self._parts, parts)):
                found = pairs.pop(id, ())
                known.update((pair, like) for pair, like in found if pair[1] in members)
        moments = {id: telling.moment for id, telling in members.items()}
        together = clusters_of(moments, bundle.alike, (*apart, *parts))
        if len(together) > 1:
            groups = ([members[id] for id in group] for group in together)
            together = join_parts(groups, {**bundle.alike, **parts}, apart)
        together = [firm_in(group, _firm_pairs(group, members, bundle.alike)) for group in together]
        alone = members.keys() - {id for group in together for id in group}
        for group in (*filter(None, together), *([id] for id in sorted(alone))):
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


def find_changed_stories(
    tellings: Iterable[Telling],
    before: Mapping[str, Telling | None],
    closeness: Closeness | None = None,
) -> Iterator[Story]:
    """Yield the stories of these tellings that may have changed, in no particular order.

    `before` maps the ids of changed items to their earlier telling (None: the item is new). Every
    story that differs from the earlier one is among the results. `closeness` is used as in
    `find_stories`.
    """
    if not before:
        return
    now = _Web(tellings)
    then = _Past(now, before)
    reached = found = then.touched()
    alike = list(_alike(then.pairs(), closeness and then.closeness(closeness)))
    tied = now.tied_to(reached, alike)
    likes: list[tuple[_Pair, int]] = []
    compared: set[int] = set()
    while found:
        alike = list(_alike(now.pairs(found, compared), closeness))
        likes += alike
        found = now.with_reprints(tied | now.tied_to(reached, alike) | found) - reached
        reached, tied = reached | found, set()
    yield from _formed(now, reached, likes)


def _formed(
    web: _Web, reached: Iterable[int], likes: Iterable[tuple[_Pair, int]]
) -> Iterator[Story]:
    """Form the stories of these places, which must include everything that is tied to them."""
    bundles = Bundles()
    for place in sorted(reached):
        first = web.first_of(place)
        if first != place:
            bundles.add_reprint(web.telling(place), web.telling(first))
        else:
            bundles.add(web.telling(place))
    for pair, like in likes:
        bundles.tie(*pair, like)
    return bundles.close(before=None)


_NO_SLACK: Mapping[str, int] = {}


class _Web:
    """All tellings of some days, by their places in the order of time, with an index by their
    keys."""

    def __init__(self, tellings: Iterable[Telling]) -> None:
        self.told = sorted(tellings, key=lambda t: (t.moment, t.id))
        self.places = {telling.id: place for place, telling in enumerate(self.told)}
        self.heats = Heats(self.told)
        self.telling = cache(self._telling)
        self.keys = cache(self._keys)
        self.titled: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for place, telling in enumerate(self.told):
            self.titled[telling.language, telling.title].append(place)
        self._moments = [telling.moment for telling in self.told]
        self._begin = cache(lambda place: self.since(self._moments[place]))
        self._days = [moment.toordinal() for moment in self._moments]
        self._run_of = {place: run for run in self._runs() for place in run}
        self._firsts_in = cache(self._reprints)
        self._holders_on = cache(self._index)

    def _telling(self, place: int) -> Telling:
        """Return a telling with the weights of its day."""
        telling = self.told[place]
        return self.heats[self._days[place]].cooled(telling)

    def _keys(self, place: int) -> Mapping[str, int]:
        return keys_of(self.told[place], self.heats[self._days[place]])

    def _index(self, day: int) -> Mapping[str, list[int]]:
        """Return the places of a day by their keys. Made on request: most days are not needed."""
        holders: defaultdict[str, list[int]] = defaultdict(list)
        start, end = (bisect_left(self._days, one) for one in (day, day + 1))
        for place in range(start, end):
            if self.first_of(place) == place:
                for key in self.keys(place):
                    holders[key].append(place)
        return holders

    def holders(self, key: str, start: int, end: int) -> list[int]:
        """Return the places from `start` to before `end` that hold the key, without reprints."""
        if start >= end:
            return []
        found: list[int] = []
        for day in range(self._days[start], self._days[end - 1] + 1):
            if held := self._holders_on(day).get(key):
                found += held[bisect_left(held, start) : bisect_left(held, end)]
        return found

    def _runs(self) -> Iterator[tuple[int, ...]]:
        """Yield the places of each title that may be reprints of each other: each is near the one
        before it. Others need no look at what their titles tell."""
        for places in self.titled.values():
            run = places[:1]
            for place in places[1:]:
                if self._moments[place] - self._moments[run[-1]] > REPRINTED:
                    if len(run) > 1:
                        yield tuple(run)
                    run = []
                run.append(place)
            if len(run) > 1:
                yield tuple(run)

    def _reprints(self, run: tuple[int, ...]) -> Mapping[int, int]:
        """Return the places of reprints in a run, each with the place of its original."""
        firsts = {}
        first = run[0]
        for place in run[1:]:
            near = self._moments[place] - self._moments[first] <= REPRINTED
            if near and is_reprint(self.telling(first), self.told[place]):
                firsts[place] = first
            else:
                first = place
        return firsts

    def first_of(self, place: int) -> int:
        """Return the place of the original of a reprint, or the place itself."""
        run = self._run_of.get(place)
        return self._firsts_in(run).get(place, place) if run else place

    def with_reprints(self, places: Iterable[int]) -> set[int]:
        """Return these places with their originals and with all reprints of them."""
        found = set(places)
        for run in {self._run_of[place] for place in found if place in self._run_of}:
            firsts = {self.first_of(place) for place in run if place in found}
            found.update(place for place in run if self.first_of(place) in firsts)
        return found

    def pairs(self, places: Iterable[int], compared: set[int]) -> Iterator[_Pair]:
        """Yield the pairs to compare for these places, and add the places to those that have been
        `compared`, whose pairs are left out."""
        for place in places:
            if self.first_of(place) == place:
                compared.add(place)
                telling = self.telling(place)
                for other in self.candidates(self.keys(place), telling.moment, place):
                    if other not in compared:
                        yield telling, self.telling(other)

    def tied_to(self, reached: set[int], alike: Iterable[tuple[_Pair, int]]) -> set[int]:
        """Return the places that these pairs tie to others and that are not reached yet."""
        return {
            place
            for (one, other), like in alike
            if like > 0 and (place := self.places[other.id]) not in reached
            if not contradict(one, other, like)
        }

    def place_of(self, telling: Telling) -> int:
        """Return the place of a telling, or where it would be."""
        return bisect_left(self.told, (telling.moment, telling.id), key=lambda t: (t.moment, t.id))

    def candidates(
        self,
        keys: Mapping[str, int],
        moment: datetime,
        place: int,
        slack: Mapping[str, int] = _NO_SLACK,
    ) -> list[int]:
        """Return the places that share enough keys with a telling at this place: itself, too, if it
        stands there.

        `slack` says by how many the holders of a key may exceed CROWD.
        """
        shared: defaultdict[int, int] = defaultdict(int)
        start, end = self.since(moment), self.until(moment)
        for key, weight in keys.items():
            held = self.holders(key, start, end)
            earlier = bisect_left(held, place)
            most = CROWD + slack.get(key, 0)
            if earlier <= most:
                for other in held[:earlier]:
                    shared[other] += weight
            for other in held[earlier:]:
                if len(held) <= CROWD or self.crowd(held, other) <= most:
                    shared[other] += self.keys(other)[key]
        return [other for other, weight in shared.items() if weight >= PROMISING]

    def crowd(self, held: Sequence[int], place: int) -> int:
        """Return how many of the places that hold a key are within a day before this place."""
        return bisect_left(held, place) - bisect_left(held, self._begin(place))

    def since(self, moment: datetime) -> int:
        """Return the first place within a day of the moment."""
        return bisect_left(self._moments, moment - WITHIN)

    def until(self, moment: datetime) -> int:
        """Return the place after the last one within a day of the moment."""
        return bisect_right(self._moments, moment + WITHIN)


class _Past:
    """What was different before the items changed."""

    def __init__(self, now: _Web, before: Mapping[str, Telling | None]) -> None:
        self._now = now
        self._before = before
        older = [telling for telling in before.values() if telling]
        self._heats = now.heats.without(before.keys(), older)
        changed = (*(now.told[place] for place in self._other_words()), *older)
        self._days = {t.moment.toordinal() + n for t in changed for n in (-1, 0, 1)}
        touched = self._with_titles({*self._other_words(), *self._hotter()})
        moments = [t.moment for t in (*(now.told[place] for place in touched), *older)]
        self._first, self._last = min(moments), max(moments)
        self._slack = self._other_holders(touched)
        self._touched = touched.union(*map(self._crowded, self._slack))

    def touched(self) -> set[int]:
        """Return the places whose ties may have changed."""
        return self._touched

    def pairs(self) -> Iterator[_Pair]:
        """Yield the pairs of these places that were compared before, and perhaps some more."""
        now = self._now
        for telling in map(self._telling, self._touched):
            if telling:
                place = now.place_of(telling)
                others = now.candidates(keys_of(telling), telling.moment, place, self._slack)
                yield from ((telling, now.telling(o)) for o in others if o not in self._touched)

    def closeness(self, known: Closeness) -> Closeness:
        """Return the closeness of pairs as it was before. A pair with an edited title is assumed to
        mean the same: forming a story again without need does no harm."""
        now = self._now

        def closeness(pairs: Sequence[_Pair]) -> list[float]:
            asked = [one.title == now.told[now.places[one.id]].title for one, _ in pairs]
            cosines = iter(known([*compress(pairs, asked)]) if any(asked) else ())
            return [next(cosines) if one else 1.0 for one in asked]

        return closeness

    def _telling(self, place: int) -> Telling | None:
        """Return the telling with its former words and weights."""
        telling = self._now.told[place]
        telling_then = self._before.get(telling.id, telling)
        if telling_then is None:
            return None
        return self._heats[telling_then.moment.toordinal()].cooled(telling_then)

    def _other_words(self) -> Iterator[int]:
        return (self._now.places[id] for id in self._before)

    def _hotter(self) -> Iterator[int]:
        """Yield the places whose words weigh more or less than before."""
        heats = self._now.heats
        others = {day: heats[day].differs_from(self._heats[day]) for day in self._days}
        for place, telling in enumerate(self._now.told):
            differs = others.get(telling.moment.toordinal())
            if differs is not None and differs(telling):
                yield place

    def _with_titles(self, places: set[int]) -> set[int]:
        """Add all places with the same titles: they may have become reprints or originals."""
        titled = self._now.titled
        told = (self._now.told[place] for place in places)
        older = (telling for telling in self._before.values() if telling)
        titles = {(telling.language, telling.title) for telling in (*told, *older)}
        return places.union(*(titled[title] for title in titles if title in titled))

    def _other_holders(self, changed: Iterable[int]) -> Counter[str]:
        """Return for each key by how many its holders may have changed."""
        now, slack = self._now, Counter[str]()
        for place in changed:
            then, telling = self._telling(place), now.told[place]
            mine = now.keys(place).keys()
            theirs = keys_of(then).keys() if then else set()
            alone = then and len(now.titled[telling.language, telling.title]) == 1
            slack.update(mine ^ theirs if alone else mine | theirs)
        return slack

    def _crowded(self, key: str) -> set[int]:
        """Return the places for which the key has become a crowd, or has stopped being one."""
        now, slack = self._now, self._slack[key]
        held = now.holders(key, now.since(self._first), now.until(self._last))
        if len(held) <= CROWD - slack:
            return set()
        near = range(CROWD - slack + 1, CROWD + slack + 1)
        return {place for place in held if self._now.crowd(held, place) in near}
