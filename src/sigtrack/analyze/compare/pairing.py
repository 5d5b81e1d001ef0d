"""Pairs the sentences of the old text with those of the new text, and finds those that moved.

How alike two sentences are is Dice's coefficient of their units. A unit weighs more if fewer
sentences of both texts have it. An object that both name counts in addition to its words, and so
does, a little, what is said about it: of two sentences about one thing, the one in the same role is
nearer. Weights are whole numbers, so that sums do not depend on the order.

Sentences with the same words are paired first. The others are paired one to one, the most alike
first; then partners are exchanged as long as that increases the sum. For a text against itself in
another order this finds the optimal assignment, and the result does not depend on which text is
which. A sentence left over is put beside one that names the same object, holds it, or shares words
with it that hardly any other sentence has, even if that sentence has a partner already, because
paragraphs are split and joined. So a sentence is added or dropped only if nothing in the other text
is close to it and its object.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from itertools import pairwise
from math import log
from typing import Literal
from zlib import crc32

from sigtrack.analyze.compare.reading import FORMAL, Objects, SentenceReading
from sigtrack.frozen import frozen

# Below it two sentences are about different things: among pairs of the leaders' texts of 2021 to
# 2025 that were read, most pairs under 0.35 were wrong. Two that each name an object, and not the
# same one, need more.
_LEAST, _LEAST_OF_OTHERS = 0.35, 0.45
_LEAST_BETWEEN = 0.2  # for the only two sentences left between neighbours that stayed
_LEAST_FORMAL = 0.15  # for courtesies (a toast for a banquet), and for who met where
# For two that are not each other's nearest but name one object, by weight of the object.
_LEAST_SHARED = (1.0, 0.4, 0.25, 0.2)
_LEAST_OF_SINGLE = 0.15  # if no other sentence of the two texts names the object
_LEAST_OF_COUNTRY = 0.2  # if they name a country as well that does not speak
_NAMED = 0.8  # weight of an object that both name, relative to an equally rare word
_SAID = 0.35  # weight of a word of saying, relative to a word of the object
_PLACE = 0.04  # for the same place in the text, if sentences are otherwise equally alike
_ON_OBJECT = 0.1  # for a common object that is led with, so that a sentence goes beside its like
_PART = 0.75  # of the units of a sentence that is a part of another one
_USUAL, _OFTEN = 0.2, 7  # of the sentences of both texts: what more of them name is in all parts
# Two sentences that share three units which at most six have speak of one thing: circumvention,
# evasion and backfilling; a register of damages. Two such units are often a name alone.
_SELDOM, _FEW, _LEAST_OF_SELDOM = 3, 6, 0.2
_ENOUGH = 2  # units of a part; shorter ones are in any long sentence
_MOST = 60  # sentences of a side with a unit; more frequent units find no pairs

Pair = tuple[int, int]
# How two sentences belong together. near: each is the other's nearest. come, gone: what the new or
# the old one says was added to or dropped from a sentence with a nearer partner. split, joined: the
# new or the old one is a part of a sentence with a nearer partner. far: they share an object and
# little else.
Kin = Literal["near", "come", "gone", "split", "joined", "far"]
_OF_PART: Mapping[Kin, Kin] = {"come": "split", "gone": "joined"}


class Likeness:
    """Likeness between the sentences of two statements. `parties` are the countries that speak."""

    def __init__(
        self,
        old: Sequence[SentenceReading],
        new: Sequence[SentenceReading],
        parties: frozenset[str],
        objects: Objects,
        pulse: Callable[[], None],
    ) -> None:
        self._pulse = pulse
        self._old, self._new, self._parties, self._objects = old, new, parties, objects
        self._speakers = {f"country:{code}" for code in parties}
        self._weights = _weights([one.units | one.said for one in (*old, *new)])
        self._names = _weights([one.objects for one in (*old, *new)], _NAMED)
        self._totals = [[_total(one, self._weights) for one in side] for side in (old, new)]
        units = Counter(unit for one in (*old, *new) for unit in one.units)
        self._seldom = {unit for unit, count in units.items() if count <= _FEW} - self._speakers
        self.usual = _usual([one.objects | one.countries for one in (*old, *new)])
        self._named = [[objects.of(one) for one in side] for side in (old, new)]
        self._about = [[named - self.usual for named in side] for side in self._named]
        counts = [Counter(name for named in side for name in named) for side in self._named]
        self._single = {name for name in counts[0] if counts[0][name] == counts[1][name] == 1}

    def likely(self, paired: Mapping[int, int]) -> dict[Pair, float]:
        """Return all pairs that may be one sentence: 0 to 1, and a little more for the same place.

        Sentences that are already `paired` (old to new) are left out, but they count for word
        weights.
        """
        found: dict[Pair, float] = {}
        for i, j in _candidates(self._old, self._new, paired):
            alike = self._of(i, j)
            if alike and alike >= self._least(i, j):
                away = abs((i + 0.5) / len(self._old) - (j + 0.5) / len(self._new))
                found[i, j] = min(alike, 1.0) + _PLACE * (1 - away)
        return found

    def between(self, paired: Mapping[int, int], staying: Collection[Pair]) -> dict[Pair, float]:
        """Return pairs of single unpaired sentences between neighbours that did not move."""
        gone = set(paired.values())
        ends = [(-1, -1), *sorted(staying), (len(self._old), len(self._new))]
        found: dict[Pair, float] = {}
        for (i, j), (next_i, next_j) in pairwise(ends):
            left = [one for one in range(i + 1, next_i) if one not in paired]
            come = [one for one in range(j + 1, next_j) if one not in gone]
            if len(left) == len(come) == 1:
                alike = self._of(left[0], come[0])
                if alike >= _LEAST_BETWEEN:
                    found[left[0], come[0]] = alike
        return found

    def related(self, same: Mapping[int, int], near: Mapping[int, int]) -> dict[Pair, float]:
        """Return all pairs that name one object or one rare thing, or of which one is a part.

        0 to 1, and a little more for each common object that is led with.
        Sentences in `same` are left out, and pairs of two that both have a `near` partner.
        """
        kept, taken = set(same.values()), set(near.values())
        found: dict[Pair, float] = {}
        for i, j in _candidates(self._old, self._new, {}):
            if i in same or j in kept or (i in near and j in taken):
                continue
            objects = self._named[0][i] & self._named[1][j]
            is_part = self.is_part(i, j, "gone") or self.is_part(i, j, "come")
            seldom = len(self._old[i].units & self._new[j].units & self._seldom) >= _SELDOM
            alike = self._of(i, j) if objects or is_part or seldom else 0.0
            is_akin = seldom and alike >= _LEAST_OF_SELDOM
            if is_part or is_akin or (objects and alike >= self._least_shared(i, j, objects)):
                found[i, j] = alike + _ON_OBJECT * self._objects.led(objects)
        return found

    def _least_shared(self, i: int, j: int, objects: Set[str]) -> float:
        least = _LEAST_SHARED[self._objects.level(objects - self.usual)]
        # Food prices since an invasion are not the troops that a third country sends to it.
        leads_alone = self._objects.led(self._named[0][i] ^ self._named[1][j])
        if leads_alone and not self._objects.led(objects):
            return max(least, _LEAST)
        if objects & self._single:
            return _LEAST_OF_SINGLE
        others = (self._old[i].countries & self._new[j].countries) - self._parties - self.usual
        return min(least, _LEAST_OF_COUNTRY) if others else least

    def is_part(self, i: int, j: int, kin: Kin) -> bool:
        """Whether nearly all that the gone or come sentence is about stands in the other one."""
        old, new = self._old[i], self._new[j]
        part = (old if kin == "gone" else new).units - self._speakers
        if old.is_heading != new.is_heading or len(part) < _ENOUGH:
            return False
        shared = old.units & new.units
        if 2 * len(shared) < len(part):  # so most pairs need no sum of weights
            return False
        return _sum(shared, self._weights) >= _PART * _sum(part, self._weights)

    def _of(self, i: int, j: int) -> float:
        """Return Dice's coefficient. What is said counts only if the object is shared."""
        self._pulse()
        old, new = self._old[i], self._new[j]
        shared = _sum(old.units & new.units, self._weights)
        if not shared or old.is_heading != new.is_heading:
            return 0.0
        shared += int(_SAID * _sum(old.said & new.said, self._weights))
        named = _sum(old.objects & new.objects, self._names)
        return 2 * (shared + named) / (self._totals[0][i] + self._totals[1][j] + 2 * named)

    def _least(self, i: int, j: int) -> float:
        one, other = self._old[i], self._new[j]
        about, other_about = self._about[0][i], self._about[1][j]
        if FORMAL & one.units & other.units and not self._objects.led(about ^ other_about):
            return _LEAST_FORMAL
        is_other = about and other_about and not about & other_about
        return _LEAST_OF_OTHERS if is_other else _LEAST


def _candidates(
    old: Sequence[SentenceReading], new: Sequence[SentenceReading], paired: Mapping[int, int]
) -> set[Pair]:
    """Return pairs that share a unit which is not in too many sentences."""
    holding: dict[str, list[int]] = defaultdict(list)
    gone = set(paired.values())
    for j, one in enumerate(new):
        for unit in one.units if j not in gone else ():
            holding[unit].append(j)
    return {
        (i, j)
        for i, one in enumerate(old)
        if i not in paired
        for unit in one.units
        if len(holding.get(unit, ())) <= _MOST
        for j in holding.get(unit, ())
    }


def _weights(sentences: Sequence[Collection[str]], factor: float = 1.0) -> Mapping[str, int]:
    seen = Counter(unit for one in sentences for unit in one)
    return {
        unit: round(1000 * factor * (0.4 + log(1 + len(sentences) / count)))
        for unit, count in seen.items()
    }


def _usual(sentences: Sequence[Collection[str]]) -> frozenset[str]:
    """Return what so many sentences name that it does not tell which of them belong together."""
    seen = Counter(name for one in sentences for name in one)
    least = max(_USUAL * len(sentences), _OFTEN)
    return frozenset(name for name, count in seen.items() if count > least)


def _total(one: SentenceReading, weights: Mapping[str, int]) -> int:
    return _sum(one.units, weights) + int(_SAID * _sum(one.said, weights))


def _sum(units: Iterable[str], weights: Mapping[str, int]) -> int:
    return sum(weights[unit] for unit in units)


_GAIN = 1e-9
_Exchange = tuple[float, tuple[int, int], Pair]  # gain, place, and pair to join


@frozen
class Pairs:
    """All pairs.

    `same`: old to new, with the same words; pairs in `staying` kept their place. `reworded`: how
    alike two sentences are, 0 to 1, and how they belong together. `dropped`, `added`: sentences
    without a pair.
    """

    same: Mapping[int, int]
    staying: Set[Pair]
    reworded: Mapping[Pair, tuple[float, Kin]]
    dropped: Sequence[int]
    added: Sequence[int]


def pair_up(likeness: Likeness, old: Sequence[str], new: Sequence[str]) -> Pairs:
    """Return the pairs. `old` and `new` are the words of all sentences, to find the same ones."""
    same = same_words(old, new)
    likely = likeness.likely(same)
    near = best_pairs(likely)
    staying = in_place([*same.items(), *near.items()], old, new)
    between = likeness.between({**same, **near}, staying)
    likely |= between
    near |= dict(between.keys())
    related = likeness.related(same, near)
    far = best_pairs(_without(related, {**same, **near}))
    beside = {
        pair: _OF_PART[kin] if likeness.is_part(*pair, kin) else kin
        for pair, kin in _nearest(related, {**same, **near, **far}).items()
    }
    reworded: dict[Pair, tuple[float, Kin]] = {
        pair: (likely[pair], "near") for pair in near.items()
    }
    reworded |= {pair: (related[pair], "far") for pair in far.items()}
    reworded |= {pair: (related[pair], kin) for pair, kin in beside.items()}
    paired = [*same.items(), *reworded]
    return Pairs(
        same=same,
        staying=staying,
        reworded=reworded,
        dropped=sorted({*range(len(old))} - {i for i, _ in paired}),
        added=sorted({*range(len(new))} - {j for _, j in paired}),
    )


def same_words(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return pairs with the same words; repeated sentences are paired in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for j, words in enumerate(new):
        places[words].append(j)
    seen: dict[str, int] = defaultdict(int)
    paired: dict[int, int] = {}
    for i, words in enumerate(old):
        if seen[words] < len(places.get(words, ())):
            paired[i] = places[words][seen[words]]
            seen[words] += 1
    return paired


def best_pairs(likeness: Mapping[Pair, float]) -> dict[int, int]:
    """Return the best pairs, old to new; every sentence has at most one partner."""
    paired = _Paired(likeness)
    for pair in sorted(likeness, key=lambda pair: (-likeness[pair], *_middle(pair))):
        if pair[0] not in paired.to_new and pair[1] not in paired.to_old:
            paired.join(pair)
    while gaining := sorted(filter(_is_gain, map(paired.gain, likeness)), reverse=True):
        touched: set[tuple[str, int]] = set()
        for _, _, pair in gaining:
            concerned = paired.concerned(pair)
            if not touched & concerned:
                touched |= concerned
                paired.exchange(pair)
    return paired.to_new


def _is_gain(exchange: _Exchange) -> bool:
    return exchange[0] > _GAIN


def _without(likeness: Mapping[Pair, float], paired: Mapping[int, int]) -> dict[Pair, float]:
    """Return likenesses between sentences that have no partner yet."""
    gone = set(paired.values())
    return {
        (i, j): alike for (i, j), alike in likeness.items() if i not in paired and j not in gone
    }


def _nearest(likeness: Mapping[Pair, float], paired: Mapping[int, int]) -> dict[Pair, Kin]:
    """Return, for each sentence without a partner, the most alike sentence that has one."""
    found: dict[Pair, Kin] = {}
    sides: Sequence[tuple[Kin, Set[int]]] = (("gone", {*paired}), ("come", {*paired.values()}))
    for side, (kin, taken) in enumerate(sides):
        best: dict[int, Pair] = {}
        for pair in sorted(likeness, key=lambda pair: (likeness[pair], *_middle(pair))):
            if pair[side] not in taken:
                best[pair[side]] = pair
        found |= dict.fromkeys(best.values(), kin)
    return found


class _Paired:
    def __init__(self, likeness: Mapping[Pair, float]) -> None:
        self._likeness = likeness
        self.to_new: dict[int, int] = {}
        self.to_old: dict[int, int] = {}

    def join(self, pair: Pair) -> None:
        self.to_new[pair[0]] = pair[1]
        self.to_old[pair[1]] = pair[0]

    def gain(self, pair: Pair) -> _Exchange:
        """Return the gain of joining a pair, and of joining the two that are left by it."""
        i, j = pair
        if self.to_new.get(i) == j:
            return (0.0, (0, 0), pair)
        loss = 0.0
        other_new, other_old = self.to_new.get(i), self.to_old.get(j)
        if other_new is not None:
            loss += self._likeness[i, other_new]
        if other_old is not None:
            loss += self._likeness[other_old, j]
        if other_new is not None and other_old is not None:
            loss -= self._likeness.get((other_old, other_new), 0.0)
        middle = _middle(pair)
        return (self._likeness[pair] - loss, (-middle[0], -middle[1]), pair)

    def concerned(self, pair: Pair) -> set[tuple[str, int]]:
        """Return the sentences of both sides whose pairs change when this pair is joined."""
        i, j = pair
        old, new = {i, self.to_old.get(j, i)}, {j, self.to_new.get(i, j)}
        return {*(("old", one) for one in old), *(("new", one) for one in new)}

    def exchange(self, pair: Pair) -> None:
        other_new, other_old = self.to_new.pop(pair[0], None), self.to_old.pop(pair[1], None)
        if other_new is not None:
            del self.to_old[other_new]
        if other_old is not None:
            del self.to_new[other_old]
        self.join(pair)
        if other_new is None or other_old is None:
            return
        if (other_old, other_new) in self._likeness:
            self.join((other_old, other_new))


def _middle(pair: Pair) -> tuple[int, int]:
    """The same for both directions. Only (1, 2) and (2, 1) tie, which do not exclude each other."""
    return pair[0] + pair[1], abs(pair[0] - pair[1])


def in_place(pairs: Iterable[Pair], old: Sequence[str], new: Sequence[str]) -> set[Pair]:
    """Return the most pairs whose order is the same on both sides; all others have moved.

    If there are several such sets, the one with more letters in the two texts is returned.
    """
    ordered = sorted(pairs)
    best: list[tuple[int, int]] = []  # worth of the best chain ending here, and its previous pair
    for at, (i, j) in enumerate(ordered):
        before = max(((best[k][0], k) for k in range(at) if ordered[k][1] < j), default=(0, -1))
        best.append((before[0] + _worth(old[i]) + _worth(new[j]), before[1]))
    at = max(range(len(best)), key=lambda k: best[k][0], default=-1)
    kept: set[Pair] = set()
    while at >= 0:
        kept.add(ordered[at])
        at = best[at][1]
    return kept


def _worth(words: str) -> int:
    """A sentence outweighs all letters, and letters outweigh the checksum, which breaks ties."""
    return (1 << 60) + (len(words) << 40) + crc32(words.encode())
