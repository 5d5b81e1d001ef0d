"""Who used a phrase when, and what that says: new, rising, steady, falling, gone, or too little.

Counted per story: a wire report and its forty reprints say a thing once, at the hour of the first.
A phrase is new only if two publishers or an official one lead stories with it, and nothing is said
of a change where the past is shorter than `ENOUGH` sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from sigtrack.analyze.wording.corpus import Publisher, Texts, Told, order_of
from sigtrack.analyze.wording.odds import SURE, change_of
from sigtrack.model import Field

ENOUGH = 30  # sentences of the past below which a rate is a guess
_BINS = 12  # of the trend

Change = Literal["new", "rising", "steady", "falling", "gone", "too-little-text"]
CHANGES: tuple[Change, ...] = ("new", "rising", "gone", "falling", "steady", "too-little-text")
LabelOf = Callable[[Told], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The past is `baseline <= moment < since`, now is `since <= moment`; None = open.

    Without `since` all is now, and nothing can be compared.
    """

    since: datetime | None = None
    baseline: datetime | None = None

    def is_now(self, moment: datetime) -> bool:
        return self.since is None or moment >= self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A phrase in an item: a half-open range of one of its fields."""

    told: Told
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`stories` of `of` stories."""

    stories: int = 0
    of: int = 0

    @property
    def rate(self) -> float:
        """Per 1,000 stories."""
        return _per_thousand(self.stories, self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One phrase. `uses` are those of now, or if it is gone those of the past; latest first.

    `count` counts items, `now` and `before` stories; `item_rate` and `item_rate_before` are per
    1,000 items, so that a story counts as often as it was told. `parts` are shares by the label
    asked for.
    """

    phrase: str
    id: str | None  # of the formula; None = outside the catalogue
    topic: str
    change: Change
    score: float  # z; see `odds`; 0 where there is too little past
    count: int
    now: Share
    before: Share
    item_rate: float
    item_rate_before: float
    first: Use
    last: Use
    publishers: tuple[Publisher, ...]  # in the order of their first use
    uses: tuple[Use, ...]
    trend: tuple[float, ...] = ()
    parts: Mapping[str, Share] | None = None


class Corpus:
    """All items of the past and of now, in an order of their own, with totals to divide by."""

    def __init__(
        self, told: Iterable[Told], window: Window, texts: Texts, label_of: LabelOf | None = None
    ) -> None:
        self.told: tuple[Told, ...] = tuple(sorted(told, key=order_of))
        self.texts = texts
        self.window = window
        self._label_of = label_of

    @cached_property
    def sentences_before(self) -> int:
        """Near sentences of the past, up to `ENOUGH` and the rest of an item."""
        total = 0
        for one in self.told:
            if total >= ENOUGH or self.window.is_now(one.moment):
                break
            total += len(self.texts.near(one))
        return total

    @property
    def has_past(self) -> bool:
        return self.sentences_before >= ENOUGH

    @cached_property
    def now(self) -> int:
        return len({one.story for one in self.told if self.window.is_now(one.moment)})

    @cached_property
    def before(self) -> int:
        return len({one.story for one in self.told if not self.window.is_now(one.moment)})

    @cached_property
    def items_now(self) -> int:
        return sum(self.window.is_now(one.moment) for one in self.told)

    @property
    def items_before(self) -> int:
        return len(self.told) - self.items_now

    @cached_property
    def labels(self) -> Mapping[str, int]:
        """Stories by label, labels in order."""
        stories: dict[str, set[str]] = defaultdict(set)
        for one in self.told if self._label_of else ():
            assert self._label_of is not None
            stories[self._label_of(one)].add(one.story)
        return {label: len(stories[label]) for label in sorted(stories)}

    @cached_property
    def _bins(self) -> tuple[int, ...]:
        stories: list[set[str]] = [set() for _ in range(_BINS)]
        for one in self.told:
            stories[self._bin(one)].add(one.story)
        return tuple(map(len, stories))

    def _bin(self, told: Told) -> int:
        first, last = self.told[0].moment, self.told[-1].moment
        past = (told.moment - first) / (last - first) if last > first else 0.0
        return min(int(past * _BINS), _BINS - 1)

    def row(self, phrase: str, uses: Iterable[Use], *, id: str | None, topic: str = "") -> Row:
        """What the uses of a phrase (at least one) come to."""
        ordered = sorted(uses, key=lambda use: order_of(use.told))
        firsts = _first_of_stories(ordered)
        now = sum(self.window.is_now(use.told.moment) for use in firsts)
        shares = self._shares(now, len(firsts) - now)
        score = _score(*shares) if self.has_past else 0.0
        recent = [use for use in ordered if self.window.is_now(use.told.moment)]
        count = len({use.told.id for use in recent})
        count_before = len({use.told.id for use in ordered}) - count
        return Row(
            phrase=phrase,
            id=id,
            topic=topic,
            change=self._change(*shares, score, [use.told for use in firsts]),
            score=score,
            count=count,
            now=shares[0],
            before=shares[1],
            item_rate=_per_thousand(count, self.items_now),
            item_rate_before=_per_thousand(count_before, self.items_before),
            first=ordered[0],
            last=ordered[-1],
            publishers=tuple(dict.fromkeys(use.told.publisher for use in ordered)),
            uses=tuple(reversed(recent or ordered)),
            trend=self._trend(firsts),
            parts=self._parts(ordered) if self._label_of else None,
        )

    def change_of(self, now: Iterable[Told], before: Iterable[Told]) -> Change:
        """The same as that of the row, from who uses the phrase now and before, each in order."""
        past = {one.story for one in before}
        firsts: dict[str, Told] = {}
        for one in now:
            if one.story not in past:
                firsts.setdefault(one.story, one)
        shares = self._shares(len(firsts), len(past))
        score = _score(*shares) if self.has_past else 0.0
        return self._change(*shares, score, firsts.values())

    def _shares(self, now: int, before: int) -> tuple[Share, Share]:
        return Share(stories=now, of=self.now), Share(stories=before, of=self.before)

    def _change(self, now: Share, before: Share, score: float, firsts: Iterable[Told]) -> Change:
        if not self.has_past:
            return "too-little-text"
        if not before.stories and _is_borne_out(firsts):
            return "new"
        if score >= SURE:
            return "rising"
        if score <= -SURE:
            return "falling" if now.stories else "gone"
        return "steady" if now.stories and before.stories else "too-little-text"

    def _trend(self, firsts: Iterable[Use]) -> tuple[float, ...]:
        counts = [0] * _BINS
        for use in firsts:
            counts[self._bin(use.told)] += 1
        return tuple(count / (of or 1) for count, of in zip(counts, self._bins, strict=True))

    def _parts(self, ordered: Iterable[Use]) -> Mapping[str, Share]:
        assert self._label_of is not None
        stories: dict[str, set[str]] = defaultdict(set)
        for use in ordered:
            stories[self._label_of(use.told)].add(use.told.story)
        return {
            label: Share(stories=len(stories[label]), of=of) for label, of in self.labels.items()
        }


def _per_thousand(number: int, of: int) -> float:
    return 1000 * number / of if of else 0.0


def _score(now: Share, before: Share) -> float:
    """Stories with items on both sides of the border may have the phrase on one side only."""
    return change_of(now.stories, max(now.of, now.stories), before.stories, before.of)


def _first_of_stories(ordered: Iterable[Use]) -> list[Use]:
    firsts: dict[str, Use] = {}
    for use in ordered:
        firsts.setdefault(use.told.story, use)
    return list(firsts.values())


def _is_borne_out(firsts: Iterable[Told]) -> bool:
    publishers = {one.publisher for one in firsts}
    return len(publishers) > 1 or any(one.is_official for one in publishers)


def contrast(row: Row) -> float:
    """How far the part that stands out most is from the rest: |z|, 0 without parts."""
    parts = list((row.parts or {}).values())
    stories, of = sum(part.stories for part in parts), sum(part.of for part in parts)
    return max(
        (
            abs(change_of(part.stories, part.of, stories - part.stories, of - part.of))
            for part in parts
        ),
        default=0.0,
    )
