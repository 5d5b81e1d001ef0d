"""Measure how fast the shipped watchlists match, against simple alternatives, in one run.

    python benchmarks/matching.py [HEADLINES.jsonl ...]

Three ways are timed on the same items: sigtrack's matcher (all rules, spans and scores), one `re`
alternation of the same needles, and a plain `in` for each needle. The last two only find letters:
they do not know words, scripts, actors or rules. Without files a synthetic mixture is used, in
which one item in ten is about diplomacy. The alternation and the loop are slow, so they get a
sample, and rates are compared. Time is processor time, and the ways take turns, so that a busy
machine slows all of them equally.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sigtrack.app.rules import shipped_rules
from sigtrack.model import Item
from sigtrack.text import clean

SAMPLE = 400
TURNS = 5
# A name, the work on one item, the items, and their text for counting bytes.
Way = tuple[str, Callable[[Any], object], Sequence[Any], Sequence[str]]
DIPLOMATIC = (
    "South Korean President Lee and Japanese Prime Minister Takaichi issue a joint statement",
    "이 대통령, 다카이치 총리와 정상회담…공동성명 채택",
    "日韓首脳が会談、経済安全保障で協力を確認",
    "中韩外长举行会谈 就朝鲜半岛局势交换意见",
)
OTHER = (
    "The library reopens on Saturday with longer hours and a new reading room for children",
    "Quarterly results beat expectations as demand for household goods recovered in the south",
    "Police appeal for witnesses after a lorry overturned on the coast road near the harbour",
    "전국 대체로 맑고 일교차 커…아침 최저 영하 3도",
    "지역 축제 사흘 동안 관광객 12만 명 찾아",
    "週末は各地で晴れ、花粉の飛散量はやや多い見込み",
    "駅前の商店街で創業百年の菓子店が店を閉じる",
    "本市新建三条地铁线路年底前开工",
    "昨晚一场大雨让城南多条道路积水",
)
ONE_IN = 10  # items of a general feed: one is about diplomacy


def main() -> None:
    items = _read(sys.argv[1:]) if len(sys.argv) > 1 else _made()
    matcher = shipped_rules().matcher()
    letters = matcher.plan.letters
    texts = [f"{item.title}\n{item.summary}".lower() for item in items]
    sample = random.Random(1).sample(texts, min(SAMPLE, len(texts)))
    alternation = re.compile("|".join(map(re.escape, letters)))
    print(f"{len(items):,} items, {len(letters):,} needles")
    ways: list[Way] = [
        ("sigtrack, all rules", matcher.hits, items, texts),
        ("re alternation", alternation.findall, sample, sample),
        ("in, needle by needle", lambda text: [n for n in letters if n in text], sample, sample),
    ]
    ours, theirs, _ = _rates(ways)
    hits = sum(len(matcher.hits(item)) for item in items)
    print(f"{hits:,} hits; {ours / theirs:.0f} times the alternation")


def _rates(ways: Sequence[Way]) -> list[float]:
    """Return items a second on one core, and print them with the megabytes of UTF-8 a second."""
    seconds = [0.0 for _ in ways]
    for turn in range(TURNS):
        for way, (_, work, items, _) in enumerate(ways):
            began = time.process_time()
            for item in items[turn::TURNS]:
                work(item)
            seconds[way] += time.process_time() - began
    rates = []
    for taken, (name, _, items, texts) in zip(seconds, ways, strict=True):
        size = sum(len(text.encode()) for text in texts)
        rates.append(len(items) / taken)
        print(f"{name:22} {rates[-1]:10,.0f} items/s {size / taken / 1e6:8.2f} MB/s")
    return rates


def _read(paths: list[str]) -> list[Item]:
    items = []
    for path in paths:
        for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            items.append(
                Item(
                    feed=row.get("source") or "file",
                    uid=f"{path}-{number}",
                    title=clean(row["title"]),
                    summary=clean(row.get("summary") or ""),
                    language=row.get("lang"),
                )
            )
    return items


def _made(number: int = 20_000) -> list[Item]:
    dice = random.Random(1)
    made = []
    for n in range(number):
        sentences = OTHER if dice.randrange(ONE_IN) else DIPLOMATIC
        title, *summary = dice.choices(sentences, k=3)
        made.append(Item(feed="made", uid=str(n), title=f"{title} {n}", summary=" ".join(summary)))
    return made


if __name__ == "__main__":
    main()
