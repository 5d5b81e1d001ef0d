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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from sigtrack.analyze.stories.tellings import WORD_IN_LEAD, Telling

_PRIOR = 400
_FREE = 8


@dataclass(slots=True)
class _Day:
    number: int
    tellings: list[Telling]
    titles: int = field(init=False)
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        different = {(telling.language, telling.title): telling for telling in self.tellings}
        self.titles = len(different)
        self.counts = Counter(key for telling in different.values() for key in telling.weights)


def by_day(tellings: Iterable[Telling]) -> Iterator[list[Telling]]:
    """Yield the tellings of each UTC day with their weights on that day.

    Raises ValueError if the tellings are not in the order of time.
    """
    before: _Day | None = None
    today: _Day | None = None
    for tomorrow in _days(tellings):
        if today:
            yield _heated(today, [d for d in (before, tomorrow) if d])
        before, today = today, tomorrow
    if today:
        yield _heated(today, [before] if before else [])


def _days(tellings: Iterable[Telling]) -> Iterator[_Day]:
    last = 0
    for number, group in groupby(tellings, key=lambda t: t.moment.toordinal()):
        if number < last:
            raise ValueError("tellings must come in the order of time")
        last = number
        yield _Day(number, list(group))


def _heated(day: _Day, others: Iterable[_Day]) -> list[Telling]:
    near = [other for other in others if abs(other.number - day.number) == 1]
    total = day.titles + sum(other.titles for other in near)
    most: dict[str, int] = {}
    for key, count in day.counts.items():
        count += sum(other.counts[key] for other in near)  # noqa: PLW2901
        if count > _FREE:
            most[key] = count - _FREE
    return [_cooled(telling, most, total) for telling in day.tellings]


def _cooled(telling: Telling, seen: Mapping[str, int], total: int) -> Telling:
    def cooled(weights: Mapping[str, int], part: int = 1) -> Mapping[str, int]:
        hot = weights.keys() & seen.keys()
        return {**weights, **{k: _at_most(weights[k] * part, seen[k], total) // part for k in hot}}

    return replace(
        telling,
        facts=cooled(telling.facts),
        words=cooled(telling.words),
        lead_words=cooled(telling.lead_words, WORD_IN_LEAD),
    )


def _at_most(weight: int, seen: int, total: int) -> int:
    share = (seen + math.exp(-weight / 10) * _PRIOR) / (total + _PRIOR)
    return min(weight, max(0, round(-10 * math.log(share))))
