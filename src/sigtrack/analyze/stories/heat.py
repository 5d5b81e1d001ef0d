"""What everybody talks about on a day tells less on that day.

On the third day of a war, "Iran" and "strike" join no two headlines. The weight of a name or topic
is never more than the logarithm of its share in the items of the day before, the day and the day
after; the share begins at what the weight says (as if that had been seen in `_PRIOR` items), and
the first `_FREE` items are not counted, because one event alone may have as many. Each telling also
learns how many items there are around it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from sigtrack.analyze.stories.tellings import Telling

_PRIOR = 400
_FREE = 8


@dataclass(slots=True)
class _Day:
    number: int
    tellings: list[Telling]
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = Counter(fact for telling in self.tellings for fact in telling.facts)


def by_day(tellings: Iterable[Telling]) -> Iterator[list[Telling]]:
    """The tellings of each UTC day with the weights that they have on it.

    Raises ValueError if they do not come in the order of time.
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
    total = len(day.tellings) + sum(len(other.tellings) for other in near)
    most: dict[str, int] = {}
    for fact, count in day.counts.items():
        count += sum(other.counts[fact] for other in near)  # noqa: PLW2901
        if count > _FREE:
            most[fact] = count - _FREE
    return [_cooled(telling, most, total) for telling in day.tellings]


def _cooled(telling: Telling, seen: dict[str, int], total: int) -> Telling:
    hot = telling.facts.keys() & seen.keys()
    if not hot:
        return replace(telling, company=total)
    facts = dict(telling.facts)
    for fact in hot:
        weight = facts[fact]
        share = (seen[fact] + math.exp(-weight / 10) * _PRIOR) / (total + _PRIOR)
        facts[fact] = min(weight, max(0, round(-10 * math.log(share))))
    return replace(telling, facts=facts, company=total)
