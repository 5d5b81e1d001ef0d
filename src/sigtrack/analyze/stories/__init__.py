"""Groups items into stories: items that tell of one event, from any publisher, in any language.

An event includes its whole duration and the answers to it: a visit from arrival to end, a launch,
the reactions to it and the account of state media.

Every item is reduced to what it tells (`tellings`): who and what is named in title and lead, its
numbers, and the other words. Two items tell of one event if they share enough of that (`likeness`)
within one day. Stories grow from the most alike pairs, as long as their items are alike on average;
two items that contradict each other count against it (`stream`). So a chain of similar items
does not become one story. What the whole day talks about counts less on that day
(`heat`), but a report does not count less because many feeds reprint it.

Pure: takes tellings in the order of time and returns stories. What an item names is passed in as a
value, and so is the function that knows how close two titles are in meaning. The same items give
the same stories, in whatever order they arrived. Work and memory depend on the items of two days,
so a million items are processed as a stream.

`find_changed_stories` finds what a few new or edited items change without comparing the others
again. Whether two items report the same event depends on these two items and on how hot their words
are on their days. So new items change the stories of items similar to them, and of items whose
words they make hotter. From these items the ties lead to everything that is tied to them, now or
before, and only these stories are formed again. The result equals that of `find_stories` for all
items of these days; tests compare both. All tellings of the days are in memory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import compress

from sigtrack.analyze.stories.heat import Heats
from sigtrack.analyze.stories.likeness import (
    Closeness,
    contradict,
    is_reprint,
    likeness,
    may_translate,
    with_meaning,
)
from sigtrack.analyze.stories.stream import (
    CROWD,
    PROMISING,
    REPRINTED,
    WITHIN,
    Bundles,
    find_stories,
    keys_of,
)
from sigtrack.analyze.stories.tellings import (
    Telling,
    as_text,
    from_text,
    gist_of,
    is_column,
    telling_of,
    word_keys,
)
from sigtrack.model import Story

_Pair = tuple[Telling, Telling]


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
    likes: dict[tuple[int, int], int] = {}
    pairs = then.pairs()
    tied = _together(pairs, _likes(pairs, closeness and then.closeness(closeness)))
    while found:
        places = [pair for pair in now.pairs(found) if pair not in likes]
        pairs = [(now.telling(one), now.telling(other)) for one, other in places]
        alike = _likes(pairs, closeness)
        likes |= zip(places, alike, strict=True)
        tied |= _together(pairs, alike)
        found = now.with_reprints({now.places[id] for id in tied} | found) - reached
        reached, tied = reached | found, set()
    yield from _formed(now, reached, likes)


def _likes(pairs: Sequence[_Pair], closeness: Closeness | None) -> list[int]:
    likes = [likeness(*pair) for pair in pairs]
    if closeness is None:
        return likes
    doubts = [place for place, pair in enumerate(pairs) if may_translate(*pair, likes[place])]
    if doubts:
        cosines = closeness([pairs[place] for place in doubts])
        for place, cosine in zip(doubts, cosines, strict=True):
            likes[place] = with_meaning(likes[place], cosine)
    return likes


def _together(pairs: Sequence[_Pair], likes: Sequence[int]) -> set[str]:
    """Return the ids of the items that are tied by these pairs."""
    alike = (pair for pair, like in zip(pairs, likes, strict=True) if like > 0)
    return {one.id for pair in alike if not contradict(*pair) for one in pair}


def _formed(
    web: _Web, reached: Iterable[int], likes: Mapping[tuple[int, int], int]
) -> Iterator[Story]:
    """Form the stories of these places, which must include everything that is tied to them."""
    bundles = Bundles()
    firsts = set()
    for place in sorted(reached):
        first = web.first_of(place)
        if first != place:
            bundles.add_reprint(web.telling(place), web.telling(first))
        else:
            bundles.add(web.telling(place))
            firsts.add(place)
    for (one, other), like in likes.items():
        if one in firsts and other in firsts:
            bundles.tie(web.telling(one), web.telling(other), like)
    return bundles.close(before=None)


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
        self._days = [moment.toordinal() for moment in self._moments]
        self._firsts = dict(self._reprints())
        self._copies: defaultdict[int, list[int]] = defaultdict(list)
        for copy, first in self._firsts.items():
            self._copies[first].append(copy)
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
            if place not in self._firsts:
                for key in self.keys(place):
                    holders[key].append(place)
        return holders

    def holders(self, key: str, start: int, end: int) -> list[int]:
        """Return the places from `start` to before `end` that hold the key, without reprints."""
        if start >= end:
            return []
        found: list[int] = []
        for day in range(self._days[start], self._days[end - 1] + 1):
            held = self._holders_on(day).get(key, [])
            found += held[bisect_left(held, start) : bisect_left(held, end)]
        return found

    def _reprints(self) -> Iterator[tuple[int, int]]:
        """Yield the places of reprints, each with the place of its original."""
        for first, *others in self.titled.values():
            for place in others:
                near = self._moments[place] - self._moments[first] <= REPRINTED
                if near and is_reprint(self.telling(first), self.told[place]):
                    yield place, first
                else:
                    first = place  # noqa: PLW2901

    def first_of(self, place: int) -> int:
        """Return the place of the original of a reprint, or the place itself."""
        return self._firsts.get(place, place)

    def with_reprints(self, places: Iterable[int]) -> set[int]:
        """Return these places with their originals and with all reprints of them."""
        firsts = set(map(self.first_of, places))
        return firsts.union(*(self._copies.get(first, ()) for first in firsts))

    def pairs(self, places: Iterable[int]) -> set[tuple[int, int]]:
        """Return the pairs of places to compare for these places, the earlier place first."""
        found = set()
        for place in places:
            if place not in self._firsts:
                others = self.candidates(self.keys(place), self._moments[place], place, Counter())
                found |= {(min(place, other), max(place, other)) for other in others}
        return found

    def place_of(self, telling: Telling) -> int:
        """Return the place of a telling, or where it would be."""
        return bisect_left(self.told, (telling.moment, telling.id), key=lambda t: (t.moment, t.id))

    def candidates(
        self, keys: Mapping[str, int], moment: datetime, place: int, slack: Counter[str]
    ) -> list[int]:
        """Return the places that share enough keys with a telling at this place.

        `slack` says by how many the holders of a key may exceed CROWD.
        """
        shared: Counter[int] = Counter()
        start, end = self.since(moment), self.until(moment)
        for key, weight in keys.items():
            held = self.holders(key, start, end)
            earlier = bisect_left(held, place)
            if earlier <= CROWD + slack[key]:
                for other in held[:earlier]:
                    shared[other] += weight
            for other in held[earlier:]:
                if len(held) <= CROWD or self.crowd(held, other) <= CROWD + slack[key]:
                    shared[other] += self.keys(other)[key]
        return [other for other, weight in shared.items() if weight >= PROMISING and other != place]

    def crowd(self, held: Sequence[int], place: int) -> int:
        """Return how many of the places that hold a key are within a day before this place."""
        return bisect_left(held, place) - bisect_left(held, self.since(self._moments[place]))

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
        same = (telling for telling in now.told if telling.id not in before)
        self._heats = Heats(sorted((*same, *older), key=lambda t: t.moment))
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

    def pairs(self) -> list[_Pair]:
        """Return the pairs of these places that were compared before, and perhaps some more."""
        now, pairs = self._now, []
        for telling in map(self._telling, self._touched):
            if telling:
                place = now.place_of(telling)
                others = now.candidates(keys_of(telling), telling.moment, place, self._slack)
                pairs += [(telling, now.telling(o)) for o in others if o not in self._touched]
        return pairs

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


__all__ = [
    "Closeness",
    "Telling",
    "as_text",
    "find_changed_stories",
    "find_stories",
    "from_text",
    "gist_of",
    "is_column",
    "telling_of",
    "word_keys",
]
