"""Lowers the weight of what everybody talks about on a day, for that day.

On the third day of a war, "Iran" and "strike" must not join two headlines. The weight of a name,
topic or word is at most the logarithm of its share in the titles of the day before, the day and the
day after. The share starts at what the weight says (as if that had been seen in `_PRIOR` titles),
and the first `_FREE` titles do not count, because one event alone may have as many.

Titles are counted, not items: a report that eighty feeds reprint in five wordings was written five
times. Otherwise the names of the most reported event of a day would count for nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import groupby
from typing import Any

from sigtrack.analyze.stories.tellings import WORD_IN_LEAD, Telling

_PRIOR = 400
_FREE = 8


@dataclass(frozen=True)
class _Day:
    number: int
    tellings: list[Telling]

    @cached_property
    def titles(self) -> int:
        return len(self._different)

    @cached_property
    def counts(self) -> Counter[str]:
        """The number of different titles with each key."""
        counts: Counter[str] = Counter()
        for telling in self._different.values():
            counts.update(telling.weights.keys())
        return counts

    @cached_property
    def _different(self) -> Mapping[tuple[str, str], Telling]:
        return {(telling.language, telling.title): telling for telling in self.tellings}


@dataclass(frozen=True, slots=True)
class Heat:
    """How often keys occur around one UTC day: `seen` counts the `titles` with a key, without the
    first few."""

    seen: Mapping[str, int]
    titles: int

    def cooled(self, telling: Telling) -> Telling:
        """Return the telling with the weights that it has on this day."""
        if self.seen.keys().isdisjoint(telling.weights):
            return telling
        weights: dict[str, Any] = {
            name: {
                **some,
                **{k: self.at_most(k, some[k], part) for k in some.keys() & self.seen.keys()},
            }
            for name, some, part in _parts(telling)
        }
        return replace(telling, **weights)

    def differs_from(self, other: Heat) -> Callable[[Telling], bool]:
        """Return a function that says whether a telling weighs more or less than with `other`."""
        hot = self.seen.keys() | other.seen.keys()

        @cache
        def is_other(key: str, weight: int, part: int) -> bool:
            return self.at_most(key, weight, part) != other.at_most(key, weight, part)

        return lambda telling: any(
            is_other(key, some[key], part)
            for _, some, part in _parts(telling)
            for key in some.keys() & hot
        )

    def at_most(self, key: str, weight: int, part: int = 1) -> int:
        """Return what is left of a weight; `part` is what it was divided by for its place."""
        seen = self.seen.get(key)
        return weight if seen is None else _at_most(weight * part, seen, self.titles) // part


NO_HEAT = Heat({}, 0)


def _parts(telling: Telling) -> tuple[tuple[str, Mapping[str, int], int], ...]:
    lead = ("lead_words", telling.lead_words, WORD_IN_LEAD)
    return ("facts", telling.facts, 1), ("words", telling.words, 1), lead


class Heats(dict[int, Heat]):
    """The heat of each UTC day, by its ordinal, worked out on demand. The tellings must be in the
    order of time."""

    def __init__(self, tellings: Iterable[Telling]) -> None:
        super().__init__()
        self._days = {day.number: day for day in _days(tellings)}

    def __missing__(self, number: int) -> Heat:
        others = (self._days.get(number - 1), self._days.get(number + 1))
        heat = self[number] = _heat(self._days.get(number) or _Day(number, []), others)
        return heat


def by_day(tellings: Iterable[Telling]) -> Iterator[list[Telling]]:
    """Yield the tellings of each UTC day with their weights on that day.

    Raises ValueError if the tellings are not in the order of time.
    """
    before: _Day | None = None
    today: _Day | None = None
    for tomorrow in _days(tellings):
        if today:
            yield _cooled(today, before, tomorrow)
        before, today = today, tomorrow
    if today:
        yield _cooled(today, before)


def _cooled(day: _Day, *others: _Day | None) -> list[Telling]:
    heat = _heat(day, others)
    return [heat.cooled(telling) for telling in day.tellings]


def _days(tellings: Iterable[Telling]) -> Iterator[_Day]:
    last = 0
    for number, group in groupby(tellings, key=lambda t: t.moment.toordinal()):
        if number < last:
            raise ValueError("tellings must come in the order of time")
        last = number
        yield _Day(number, list(group))


def _heat(day: _Day, others: Iterable[_Day | None]) -> Heat:
    near = [other for other in others if other and abs(other.number - day.number) == 1]
    counts = [other.counts for other in near]
    seen: dict[str, int] = {}
    for key, count in day.counts.items():
        for more in counts:
            if key in more:
                count += more[key]  # noqa: PLW2901
        if count > _FREE:
            seen[key] = count - _FREE
    return Heat(seen, day.titles + sum(other.titles for other in near))


@lru_cache(maxsize=1 << 16)
def _at_most(weight: int, seen: int, titles: int) -> int:
    share = (seen + math.exp(-weight / 10) * _PRIOR) / (titles + _PRIOR)
    return min(weight, max(0, round(-10 * math.log(share))))
