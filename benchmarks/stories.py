"""Measure the time and memory that forming stories takes, from 10,000 items to a million.

    python benchmarks/stories.py [ITEMS ...]        default: 10000 100000 1000000

The items are a synthetic mixture like the day of a desk: 3,000 items, a third of them in stories of
2 to 12 items over some hours (reprints with a suffix, other headlines, three other languages), the
rest alone. Names, topics and filler words are drawn from the shipped catalogues by Zipf's law, so
some are everywhere. Each size runs in its own process, whose peak memory is given. Reading the
items (names and topics) and forming stories are timed separately, in CPU seconds.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from sigtrack.analyze.stories import find_stories
from sigtrack.analyze.stories.tellings import Telling
from sigtrack.app.intake import Teller
from sigtrack.app.rules import shipped_rules
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Item, Role
from sigtrack.watch.catalogues import load_topics

A_DAY = 3000
SIZES = (10_000, 100_000, 1_000_000)
LANGUAGES = ("en", "ko", "ja", "zh")
SCRIPTS = {"en": ("a", "z"), "ko": ("가", "힣"), "ja": ("ァ", "ヶ"), "zh": ("一", "龥")}
SOURCES = {f"source-{n}": role for n, role in enumerate(list(Role) * 11)}
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        measure(int(sys.argv[2]))
        return
    print(f"{'items':>10}{'stories':>10}{'read s':>9}{'form s':>9}{'µs each':>9}{'MiB':>7}")
    for size in map(int, sys.argv[1:] or SIZES):
        subprocess.run([sys.executable, __file__, "--one", str(size)], check=True)


def measure(size: int) -> None:
    teller = Teller(shipped_rules().readings, SOURCES)
    spent = [0.0]
    began = time.process_time()
    stories = sum(len(s.items) > 1 for s in find_stories(_read(teller, size, spent)))
    total = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    forming = total - sum(spent)
    each = total / size * 1e6
    print(f"{size:10,}{stories:10,}{spent[0]:9.1f}{forming:9.1f}{each:9.0f}{memory:7.0f}")


def _read(teller: Teller, size: int, spent: list[float]) -> Iterator[Telling]:
    """Yield tellings, with items made as they are needed; the time for making them is excluded."""
    spent.append(0.0)
    made_at = time.process_time()
    for number, item in enumerate(items(size)):
        assert item.published
        read_at = time.process_time()
        telling = teller.telling(f"{number:012x}", item, item.published)
        told_at = time.process_time()
        spent[0] += told_at - read_at
        spent[1] += read_at - made_at
        yield telling
        made_at = time.process_time()


def items(size: int) -> Iterator[Item]:
    """Yield items in the order of time; the same ones for the same size."""
    chance = random.Random(size)
    mill = _Mill(chance)
    pending: list[Item] = []
    for number in range(size):
        at = BEGINNING + timedelta(days=number / A_DAY)
        if not pending or chance.random() < 0.7:
            event = mill.event()
            if chance.random() < 0.07:
                pending += [mill.item(event, at) for _ in range(chance.randint(1, 11))]
            yield mill.item(event, at)
        else:
            told = pending.pop(chance.randrange(min(60, len(pending))))
            yield Item(
                feed=told.feed,
                uid=f"{number}",
                title=told.title,
                summary=told.summary,
                language=told.language,
                published=at,
            )


class _Mill:
    """Makes events and items. An event is a few names and topics; an item mentions some of them, in
    one language."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        actors = list(shipped_rules().actors.values())
        topics = list(load_topics(shipped_lexicon()).actors.values())
        self._names = [_by_language(a.names) for a in actors + topics]
        chance.shuffle(self._names)
        self._weights = list(accumulate(1 / (n + 3) for n in range(len(self._names))))
        self._words = {tongue: _vocabulary(tongue, chance) for tongue in LANGUAGES}
        self._zipf = list(accumulate(1 / (n + 10) for n in range(20_000)))
        self._count = 0

    def event(self) -> tuple[list[dict[str, str]], dict[str, list[str]]]:
        names = self._chance.choices(self._names, cum_weights=self._weights, k=5)
        words = {
            tongue: self._chance.choices(found, cum_weights=self._zipf, k=9)
            for tongue, found in self._words.items()
        }
        return names, words

    def item(self, event: tuple[list[dict[str, str]], dict[str, list[str]]], at: datetime) -> Item:
        self._count += 1
        names, words = event
        tongue = self._chance.choice(LANGUAGES)
        told = [n[tongue] for n in self._chance.sample(names, 4) if tongue in n]
        told += self._chance.sample(words[tongue], 4)
        self._chance.shuffle(told)
        return Item(
            feed=self._chance.choice(list(SOURCES)),
            uid=str(self._count),
            title=" ".join(told),
            summary=" ".join(self._chance.sample(words[tongue], 6)),
            language=tongue,
            published=at,
        )


def _by_language(names: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        for tongue, (first, last) in SCRIPTS.items():
            if first <= name.lower().lstrip("=~")[0] <= last:
                found.setdefault(tongue, name.lstrip("=~"))
    return found


def _vocabulary(tongue: str, chance: random.Random) -> list[str]:
    first, last = (ord(letter) for letter in SCRIPTS[tongue])
    length = (4, 9) if tongue == "en" else (2, 4)
    return [
        "".join(chr(chance.randint(first, last)) for _ in range(chance.randint(*length)))
        for _ in range(20_000)
    ]


if __name__ == "__main__":
    main()
