"""Who used a phrase when, and the change: new, risen, fallen, gone, steady, or too little text.

Uses are counted by story: a wire report and its forty reprints say a thing once, at the time of the
first. A phrase is new only if the first items of its stories are by two publishers or by an
official one. No change is reported if the past is shorter than `ENOUGH` sentences.

How sure a change is tells an exact test on counts that compares like with like. Each publisher is a
table of its own (stories with and without a phrase, now and before), so a newspaper that is read
only since last week changes nothing. Under the null hypothesis the uses of each table are spread by
chance over the two times, in a hypergeometric distribution. Over all publishers, the uses of now
are the sum of such numbers (the exact test for stratified 2 by 2 tables: Mantel and Haenszel 1959,
Mehta, Patel and Gray 1985). With one publisher this is Fisher's exact test. Counts are whole
numbers, and with a handful of uses the whole probability of what was seen makes every change look
like chance; half of it counts (the mid-p of Lancaster 1961).

A `SaidItem` is an item as needed for counting; its words come from `Texts`, and few items need
them. Near a hit of a watchlist are the sentence of the hit and its neighbours. An item that is hit
in its title is about the theme, so all of it is near.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import combinations
from math import erfc, exp, lgamma, sqrt
from operator import attrgetter
from typing import Literal, NamedTuple

from sigtrack.frozen import frozen
from sigtrack.model import FIELDS, UNNAMED, Field, Item, Role, Span, StoredItem, WordingRead
from sigtrack.text import primary_language
from sigtrack.text.scripts import guess_language
from sigtrack.text.sentences import sentences, unwrap


@frozen
class Publisher:
    """A publisher. `id` is that of the feed. A feed outside the catalogue has no country."""

    id: str
    country: str | None = None
    role: Role = Role.AGGREGATOR

    @property
    def is_official(self) -> bool:
        return self.role.is_official

    @property
    def side(self) -> str:
        """`KR official`, `JP press`; `press` if the country is unknown: whose words these are."""
        return " ".join(filter(None, (self.country, "official" if self.is_official else "press")))


class SaidItem(NamedTuple):
    """One revision of an item: `number` counts in the store, `revision` in the item.

    `story` is counted once. `said_at` is when these words were first seen: after a silent edit,
    this is not the day of publication. `anchors` are where a watchlist hit it; None = no watchlist
    was named, everything is near. `is_hit`: some watchlist has hit it. `form` is the kind of text
    (see `WordingRead`).
    """

    id: str
    number: int
    revision: int
    publisher: Publisher
    story: str
    moment: datetime
    said_at: datetime
    anchors: tuple[Span, ...] | None = None
    is_hit: bool = False
    form: str = ""

    @property
    def kin(self) -> tuple[str, str]:
        """The publisher and the kind of text, so that like is compared with like.

        A newspaper that reports a statement does not publish a statement, so its texts have no
        kind.
        """
        is_press = self.publisher.country is not None and not self.publisher.is_official
        return self.publisher.id, "" if is_press else self.form

    def sides(self, parties: str) -> tuple[str, ...]:
        """Return the governments in `parties`, and the publisher's own if it is official."""
        publisher = self.publisher
        return _sides(parties, publisher.country if publisher.is_official else None)

    @property
    def is_partly_near(self) -> bool:
        return self.anchors is not None and all(span.field != "title" for span in self.anchors)


@lru_cache(maxsize=4096)
def _sides(parties: str, own: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*parties.split(), *((own,) if own else ()))))


def may_count(read: WordingRead, *, is_official: bool = False) -> bool:
    """Whether a text names two governments, one beside a formula, or one that an official publisher
    speaks of: no other text is between governments."""
    several = bool(read.parties) if is_official else " " in read.parties
    return several or any(use.parties for use in read.formulas)


order_of = attrgetter("moment", "id")  # for a `SaidItem`; a hundred thousand are sorted


@frozen
class SaidSentence:
    """A sentence: a half-open range of a field. `text` is unwrapped, with the same length."""

    field: Field
    start: int
    end: int
    text: str


class Texts:
    """The items themselves, each loaded once."""

    def __init__(self, stored_of: Callable[[SaidItem], StoredItem]) -> None:
        self._stored_of = stored_of
        self._stored: dict[int, StoredItem] = {}
        self._near: dict[int, tuple[SaidSentence, ...]] = {}

    def stored(self, told: SaidItem) -> StoredItem:
        if told.number not in self._stored:
            self._stored[told.number] = self._stored_of(told)
        return self._stored[told.number]

    def words(self, told: SaidItem, field: Field, start: int, end: int) -> str:
        text: str = getattr(self.stored(told).item, field)
        return unwrap(text)[start:end]

    def near(self, told: SaidItem) -> tuple[SaidSentence, ...]:
        if told.number not in self._near:
            every = sentences_of(self.stored(told).item)
            beside = _near(every, told.anchors or ())
            self._near[told.number] = beside if told.is_partly_near else every
        return self._near[told.number]

    def is_near(self, told: SaidItem, field: Field, at: int) -> bool:
        """Whether a place in a field is in a sentence near an anchor."""
        if not told.is_partly_near:
            return True
        return any(one.field == field and one.start <= at < one.end for one in self.near(told))


def language_of(item: Item) -> str:
    told = primary_language(item.language)
    return told or guess_language(f"{item.title} {item.summary}") or "en"


def fields_of(item: Item) -> Iterator[tuple[Field, str]]:
    """Yield the words of the item, unwrapped, without a summary that only begins the text."""
    for field in FIELDS:
        text = unwrap(getattr(item, field))
        if text and not (field == "summary" and text.rstrip("… .") in item.text):
            yield field, text


def sentences_of(item: Item) -> tuple[SaidSentence, ...]:
    return tuple(
        SaidSentence(field=field, start=start, end=end, text=text[start:end])
        for field, text in fields_of(item)
        for start, end in sentences(text)
    )


def _near(every: tuple[SaidSentence, ...], anchors: Iterable[Span]) -> tuple[SaidSentence, ...]:
    near: set[int] = set()
    for number, one in enumerate(every):
        if any(s.field == one.field and s.start < one.end and s.end > one.start for s in anchors):
            near |= {
                beside
                for beside in (number - 1, number, number + 1)
                if 0 <= beside < len(every) and every[beside].field == one.field
            }
    return tuple(every[number] for number in sorted(near))


SURE = 0.05  # chance explains one change in twenty
PERHAPS = 0.25
_WORDS = ((0.001, "sure"), (0.01, "very likely"), (SURE, "likely"), (PERHAPS, "perhaps"))
_EXACT = 300  # up to this many uses, all ways to spread them are counted
_ALIKE = 1 + 1e-7  # two ways that are equally likely, apart from rounding


class Counts(NamedTuple):
    """Counts of one publisher: stories with the phrase, and all stories."""

    now: int
    of_now: int
    before: int
    of_before: int


@frozen
class Chance:
    """How likely it is that a change is chance.

    `p`: how often chance alone gives a larger change, up or down, and half as often one as large.
    `z`: the change in standard deviations, > 0 is a rise; 0 if nothing can be compared.
    """

    p: float = 1.0
    z: float = 0.0

    @property
    def words(self) -> str:
        return words_for(self.p)


def words_for(p: float) -> str:
    """Return in words how sure a change with this `p` is."""
    return next((words for most, words in _WORDS if p < most), "may be chance")


def chance_of(tables: Iterable[Counts]) -> Chance:
    """Test tables of publishers, without those that have no stories at a time or no uses."""
    useful = [one for one in tables if one.of_now and one.of_before and one.now + one.before]
    mean = sum(map(_mean, useful))
    variance = sum(map(_variance, useful))
    if variance <= 0:
        return Chance()
    seen = sum(one.now for one in useful)
    z = (seen - mean) / sqrt(variance)
    if sum(one.now + one.before for one in useful) > _EXACT:
        return Chance(p=erfc(abs(z) / sqrt(2)), z=z)
    ways = [1.0]
    first = 0
    for one in useful:
        least, more = _ways(one)
        ways, first = _sums(ways, more), first + least
    there = ways[seen - first]
    rarer = sum(way for way in ways if way * _ALIKE < there)
    alike = sum(way for way in ways if there <= way * _ALIKE <= there * _ALIKE**2)
    return Chance(p=rarer + alike / 2, z=z)


def _mean(one: Counts) -> float:
    return (one.now + one.before) * one.of_now / (one.of_now + one.of_before)


def _variance(one: Counts) -> float:
    every, uses = one.of_now + one.of_before, one.now + one.before
    if every < 2:
        return 0.0
    return _mean(one) * (one.of_before / every) * (every - uses) / (every - 1)


def _ways(one: Counts) -> tuple[int, list[float]]:
    """Return the least number of uses of now, and the probability of it and each higher number."""
    uses = one.now + one.before
    least, most = max(0, uses - one.of_before), min(uses, one.of_now)
    every = _log_of(one.of_now + one.of_before, uses)
    return least, [
        exp(_log_of(one.of_now, n) + _log_of(one.of_before, uses - n) - every)
        for n in range(least, most + 1)
    ]


def _log_of(of: int, chosen: int) -> float:
    """Return the logarithm of the number of ways to choose `chosen` of `of`."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def _sums(one: list[float], other: list[float]) -> list[float]:
    """Return the distribution of the sum of two independent numbers."""
    if len(other) == 2:  # most publishers use a phrase once
        none, once = other
        return [a * once + b * none for a, b in zip((0.0, *one), (*one, 0.0), strict=True)]
    sums = [0.0] * (len(one) + len(other) - 1)
    for n, a in enumerate(one):
        for m, b in enumerate(other):
            sums[n + m] += a * b
    return sums


ENOUGH = 30  # sentences of the past; with fewer, a share is a guess
_FEWEST = 3  # stories in all, needed to show a rise or a fall
_BINS = 12  # parts of the trend of a short time
_MONTHS = 3  # from this many months on, the trend is by months
_BARS = 18  # at most in a trend, so that a terminal shows the last ones

Change = Literal["new", "risen", "steady", "fallen", "gone", "too-little-text"]
CHANGES: tuple[Change, ...] = ("new", "risen", "gone", "fallen", "steady", "too-little-text")
TrendBy = Literal["month", "quarter", "year", "twelfth"]
Kin = tuple[str, str]  # publisher and kind of text
_SIZES: Mapping[TrendBy, int] = {"month": 1, "quarter": 3, "year": 12}  # in months
LabelOf = Callable[[SaidItem], str]


@frozen
class Window:
    """The past is `baseline <= moment < since`, now is `since <= moment`; None = open.

    Without `since` everything is now, and nothing can be compared.
    """

    since: datetime | None = None
    baseline: datetime | None = None

    def is_now(self, moment: datetime) -> bool:
        return self.since is None or moment >= self.since


@frozen
class Use:
    """A phrase in an item: a half-open range of one of its fields, with governments beside it."""

    told: SaidItem
    field: Field
    start: int
    end: int
    parties: tuple[str, ...] = ()


@frozen
class Share:
    """`stories` of `of` stories."""

    stories: int = 0
    of: int = 0

    @property
    def rate(self) -> float:
        """Stories per 1,000 stories."""
        return _per_thousand(self.stories, self.of)


@frozen
class PhraseRow:
    """One phrase.

    `uses` are those of now or, if the phrase is gone, those of the past; uses beside two
    governments come first, then the latest. `count` counts items, `now` and `before` stories.
    `item_rate` and `item_rate_before` are per 1,000 items, so that a story counts as often as it
    was told. `parts` are shares by label.
    """

    phrase: str
    id: str | None  # id of the formula; None = outside the catalogue
    topic: str
    change: Change
    chance: Chance  # empty if the past is too short
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

    @property
    def between(self) -> tuple[str, ...]:
        """The two governments that most of its stories name, if two stories do; else none."""
        pairs: dict[tuple[str, ...], set[str]] = defaultdict(set)
        stories: set[str] = set()
        for use in self.uses:
            named = sorted({*use.parties} - {UNNAMED})
            for pair in combinations(named, 2):
                pairs[pair].add(use.told.story)
                stories.add(use.told.story)
        ranked = sorted(((len(some), pair) for pair, some in pairs.items()), reverse=True)
        most, next_most = ([count for count, _ in ranked] + [0, 0])[:2]
        is_clear = most > max(next_most, 1) and 2 * most > len(stories)
        return ranked[0][1] if is_clear else ()


class Corpus:
    """All items of the past and of now, sorted, with the totals to divide by."""

    def __init__(
        self,
        told: Iterable[SaidItem],
        window: Window,
        texts: Texts,
        label_of: LabelOf | None = None,
    ) -> None:
        self.told: tuple[SaidItem, ...] = tuple(sorted(told, key=order_of))
        self.texts = texts
        self.window = window
        self._label_of = label_of

    @cached_property
    def sentences_before(self) -> int:
        """The number of near sentences of the past, counted up to about `ENOUGH`."""
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
    def _led(self) -> Mapping[bool, Mapping[str, Kin]]:
        """For now (True) and the past: the publisher and kind of the first text of each story.

        A story may be in both.
        """
        led: dict[bool, dict[str, Kin]] = {True: {}, False: {}}
        for one in self.told:
            led[self.window.is_now(one.moment)].setdefault(one.story, one.kin)
        return led

    @cached_property
    def _led_by(self) -> Mapping[bool, Counter[Kin]]:
        return {is_now: Counter(kins.values()) for is_now, kins in self._led.items()}

    @property
    def now(self) -> int:
        return len(self._led[True])

    @property
    def before(self) -> int:
        return len(self._led[False])

    @cached_property
    def items_now(self) -> int:
        return sum(self.window.is_now(one.moment) for one in self.told)

    @property
    def items_before(self) -> int:
        return len(self.told) - self.items_now

    @cached_property
    def labels(self) -> Mapping[str, int]:
        """The number of stories by label, labels in order."""
        stories: dict[str, set[str]] = defaultdict(set)
        for one in self.told if self._label_of else ():
            assert self._label_of is not None
            stories[self._label_of(one)].add(one.story)
        return {label: len(stories[label]) for label in sorted(stories)}

    @cached_property
    def trend_by(self) -> TrendBy:
        if not self.told:
            return "twelfth"
        months = _month_of(self.told[-1]) - _month_of(self.told[0]) + 1
        if months < _MONTHS:
            return "twelfth"
        return next((unit for unit, size in _SIZES.items() if months <= size * _BARS), "year")

    @cached_property
    def _bins(self) -> tuple[int, ...]:
        stories: list[set[str]] = [set() for _ in range(self._bin(self.told[-1]) + 1)]
        for one in self.told:
            stories[self._bin(one)].add(one.story)
        return tuple(map(len, stories))

    def _bin(self, told: SaidItem) -> int:
        if self.trend_by != "twelfth":
            size = _SIZES[self.trend_by]
            return _month_of(told) // size - _month_of(self.told[0]) // size
        first, last = self.told[0].moment, self.told[-1].moment
        past = (told.moment - first) / (last - first) if last > first else 0.0
        return min(int(past * _BINS), _BINS - 1)

    def row(
        self, phrase: str, uses: Iterable[Use], *, id: str | None, topic: str = ""
    ) -> PhraseRow:
        ordered = sorted(uses, key=lambda use: order_of(use.told))
        firsts = _first_of_stories(use.told for use in ordered)
        change, chance = self._judged(firsts)
        now = sum(self.window.is_now(one.moment) for one in firsts)
        recent = [use for use in ordered if self.window.is_now(use.told.moment)]
        count = len({use.told.id for use in recent})
        count_before = len({use.told.id for use in ordered}) - count
        return PhraseRow(
            phrase=phrase,
            id=id,
            topic=topic,
            change=change,
            chance=chance,
            count=count,
            now=Share(stories=now, of=self.now),
            before=Share(stories=len(firsts) - now, of=self.before),
            item_rate=_per_thousand(count, self.items_now),
            item_rate_before=_per_thousand(count_before, self.items_before),
            first=ordered[0],
            last=ordered[-1],
            publishers=tuple(dict.fromkeys(use.told.publisher for use in ordered)),
            uses=_best_first(recent or ordered),
            trend=self._trend(firsts),
            parts=self._parts(ordered) if self._label_of else None,
        )

    def judged(self, told: Iterable[SaidItem]) -> tuple[Change, Chance]:
        """Return change and chance as in the row, from the items that use the phrase, in order."""
        return self._judged(_first_of_stories(told))

    def _judged(self, firsts: Sequence[SaidItem]) -> tuple[Change, Chance]:
        if not self.has_past:
            return "too-little-text", Chance()
        now = [one for one in firsts if self.window.is_now(one.moment)]
        chance = chance_of(self._tables(firsts))
        if len(now) == len(firsts) and _is_borne_out(now):
            return "new", chance
        has_changed = chance.p < PERHAPS and len(firsts) >= _FEWEST
        more = len(now) * self.before - (len(firsts) - len(now)) * self.now  # all publishers
        if has_changed and chance.z > 0 and more > 0 and len(now) > 1:
            return "risen", chance
        if has_changed and chance.z < 0 and more < 0:
            return ("fallen" if now else "gone"), chance
        return ("steady" if 0 < len(now) < len(firsts) else "too-little-text"), chance

    def _tables(self, firsts: Iterable[SaidItem]) -> Iterable[Counts]:
        """Return a table for each publisher and kind of text that leads a story with the phrase."""
        uses: dict[bool, Counter[Kin]] = {True: Counter(), False: Counter()}
        for one in firsts:
            is_now = self.window.is_now(one.moment)
            uses[is_now][self._led[is_now][one.story]] += 1
        return [
            Counts(
                *(uses[True][kin], self._led_by[True][kin]),
                *(uses[False][kin], self._led_by[False][kin]),
            )
            for kin in sorted(uses[True].keys() | uses[False].keys())
        ]

    def _trend(self, firsts: Iterable[SaidItem]) -> tuple[float, ...]:
        counts = [0] * len(self._bins)
        for one in firsts:
            counts[self._bin(one)] += 1
        return tuple(count / (of or 1) for count, of in zip(counts, self._bins, strict=True))

    def _parts(self, ordered: Iterable[Use]) -> Mapping[str, Share]:
        assert self._label_of is not None
        stories: dict[str, set[str]] = defaultdict(set)
        for use in ordered:
            stories[self._label_of(use.told)].add(use.told.story)
        return {
            label: Share(stories=len(stories[label]), of=of) for label, of in self.labels.items()
        }


def _month_of(told: SaidItem) -> int:
    """Return the months since the year 0."""
    return told.moment.year * 12 + told.moment.month - 1


def _per_thousand(number: int, of: int) -> float:
    return 1000 * number / of if of else 0.0


def _first_of_stories(ordered: Iterable[SaidItem]) -> list[SaidItem]:
    firsts: dict[str, SaidItem] = {}
    for one in ordered:
        firsts.setdefault(one.story, one)
    return list(firsts.values())


def _best_first(ordered: Sequence[Use]) -> tuple[Use, ...]:
    """Sort uses beside two governments first, then the latest."""
    latest_first = list(reversed(ordered))
    latest_first.sort(key=lambda use: -min(len(use.parties), 2))
    return tuple(latest_first)


def _is_borne_out(firsts: Iterable[SaidItem]) -> bool:
    publishers = {one.publisher for one in firsts}
    return len(publishers) > 1 or any(one.is_official for one in publishers)


@frozen
class Contrast:
    """The part in which a phrase differs most from all other parts.

    `p` is corrected for the number of parts. A part that has the phrase more often comes before one
    that has it less often, unless that may be chance.
    """

    label: str
    p: float
    is_more: bool


def contrast(row: PhraseRow) -> Contrast | None:
    parts = row.parts or {}
    if not parts:
        return None
    stories, of = sum(one.stories for one in parts.values()), sum(one.of for one in parts.values())
    found = {
        label: chance_of((Counts(one.stories, one.of, stories - one.stories, of - one.of),))
        for label, one in parts.items()
    }

    def rank(label: str) -> tuple[bool, float, str]:
        one = found[label]
        return not (one.z > 0 and one.p * len(parts) < SURE), one.p, label

    label = min(found, key=rank)
    p = min(1.0, found[label].p * len(parts))
    return Contrast(label=label, p=p, is_more=found[label].z > 0)
