#!/usr/bin/env python3
"""Blind draws of real headlines: drawn by seed, labelled twice before they are scored.

    blind.py draw SEED HEADLINES REAL            the 150 items of a draw, as JSON lines
    blind.py gold HEADLINES DRAW...              the labelled items of draws, as JSON lines
    blind.py score HEADLINES DRAW...             how an installed sigtrack does on them

HEADLINES is the folder of shared headlines, REAL the labelled ones that rules are developed on. The
titles are not ours, so what is kept here are hashes of them with both labellings (blind-SEED.jsonl).
A draw leaves out what stands in REAL and in the draws of lower seeds. A label that only one of the
two gave is neither asked for nor held against. Intervals hold 95 of 100 samples of the same items, drawn
with replacement. Standard library only.

The draws press-1 to press-8 are of headlines of many more sources (`PRESS.md`).
"""

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

LANGS = ("en", "ko", "ja", "zh")
LISTS = (
    *("joint-statements", "trade", "tech", "north-korea", "trilateral"),
    *("visits-venues", "language-of-thaw"),
)
CUED, PLAIN = 100, 50
# Rough on purpose, and no list of ours: it only sees to it that a draw is not all weather.
CUE = re.compile(
    r"(?i)\b(?:president|premier|prime minister|minister|envoy|diplomat|embassy|summit|talks|meet|"
    r"meets|meeting|visit|visits|trip|tariff|tariffs|trade|sanctions|export|exports|chip|chips|AI|"
    r"nuclear|missile|treaty|alliance|ties|relations|statement|declaration|Trump|Xi|Putin|Kim|Lee|"
    r"Takaichi|Ishiba|China|Beijing|Japan|Tokyo|Korea|Seoul|Taiwan|Russia|Moscow|Pyongyang|UN|EU|G7)\b"
    r"|대통령|총리|장관|외교|정상|회담|방문|방한|방미|방중|방일|관세|통상|무역|수출|제재|반도체|북한|김정은"
    r"|트럼프|시진핑|푸틴|다카이치|이시바|미국|중국|일본|러시아|성명|[美中日北韓]"
    r"|大臣|首相|大統領|総理|外相|会談|会合|会議|訪問|訪日|訪中|声明|関税|輸出|制裁|半導体|北朝鮮|米国|中国|韓国|ロシア"
    r"|トランプ|外交|協定|総統|总统|總統|主席|总理|總理|外长|外長|部长|部長|会见|會見|会谈|會談|访问|訪問|访华|訪華"
    r"|关税|關稅|出口|贸易|貿易|制裁|芯片|美国|美國|日本|俄|朝鲜|朝鮮|韩国|欧盟|特朗普|川普|外交|声明|聲明"
)


def name_of(title: str) -> str:
    return hashlib.sha256(" ".join(title.split()).encode()).hexdigest()[:20]


def items(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            item = json.loads(line)
            if (item.get("date") or "") >= "2025" and item.get("title") and item["lang"] in LANGS:
                yield item | {"id": name_of(item["title"])}


def draws(folder: Path, real: Path) -> Iterator[list[dict[str, Any]]]:
    """Of seed 1, 2 and so on; each leaves out what stands in those before it."""
    taken = {name_of(json.loads(line)["title"]) for line in real.read_text("utf-8").splitlines()}
    pool = {item["id"]: item for item in items(folder) if item["id"] not in taken}
    for seed in count(1):
        chance = random.Random(seed)
        drawn: list[dict[str, Any]] = []
        for cued, size in ((True, CUED), (False, PLAIN)):
            for place, lang in enumerate(LANGS):
                share = size // len(LANGS) + (place < size % len(LANGS))
                among = [
                    i
                    for i in sorted(pool)
                    if pool[i]["lang"] == lang and (not cued or CUE.search(pool[i]["title"]))
                ]
                drawn += [pool.pop(i) for i in chance.sample(among, share)]
        chance.shuffle(drawn)
        yield drawn


def draw(folder: Path, real: Path, seed: int) -> list[dict[str, Any]]:
    return next(islice(draws(folder, real), seed - 1, None))


def gold(folder: Path, labelled: Path) -> Iterator[dict[str, Any]]:
    known = {item["id"]: item for item in items(folder)}
    for line in labelled.read_text("utf-8").splitlines():
        both = json.loads(line)
        if both["id"] not in known:
            sys.exit(f"{labelled}: a headline of this draw is not in {folder}")
        item = known[both["id"]]
        one, other = map(set, both["labels"])
        visit, visit2 = both["visits"]
        agreed = _without_day(visit) == _without_day(visit2)
        yield {
            "id": item["id"],
            "title": item["title"],
            "summary": item.get("summary") or "",
            "published": item["date"],
            "lang": item["lang"],
            "labels": sorted(one & other),
            "maybe": sorted(one ^ other),
            "visit": visit if agreed else None,
            "visit_maybe": not agreed,
        }


def _without_day(visit: dict[str, Any] | None) -> dict[str, Any] | None:
    return visit and visit | {"date": None}  # how much of a date is told is a matter of taste


def told_by(sigtrack: str, items: list[dict[str, Any]]) -> dict[str, set[str]]:
    """The lists that each item reaches, in a store of its own."""
    found: dict[str, set[str]] = {item["id"]: set() for item in items}
    with tempfile.TemporaryDirectory() as home:
        places = ("HOME", *(f"XDG_{kind}_HOME" for kind in ("CONFIG", "DATA", "STATE", "CACHE")))
        environment = os.environ | dict.fromkeys(places, home) | {"SIGTRACK_DB": f"{home}/s.db"}

        def run(*arguments: str) -> str:
            command = [sigtrack, *arguments]
            done = subprocess.run(command, env=environment, check=True, capture_output=True)
            return done.stdout.decode()

        fields = ("id", "title", "summary", "published", "lang")
        lines = [json.dumps({k: item[k] for k in fields} | {"source": "real"}) for item in items]
        Path(home, "items.jsonl").write_text("\n".join(lines), "utf-8")
        run("import", f"{home}/items.jsonl")
        for line in run("report", "--since", "all", "-n", "0", "--format", "jsonl").splitlines():
            hit = json.loads(line)
            found[hit["uid"]].add(hit["watchlist"])
    return found


Count = tuple[int, int, int]  # right, wrong, missed


def counts(items: list[dict[str, Any]], told: dict[str, set[str]], lists: Iterable[str]) -> Count:
    right = wrong = missed = 0
    for item in items:
        for one in set(lists) - set(item["maybe"]):
            meant, hit = one in item["labels"], one in told[item["id"]]
            right, wrong, missed = (
                right + (meant and hit),
                wrong + (hit > meant),
                missed + (meant > hit),
            )
    return right, wrong, missed


def f1(count: Count) -> float:
    right, wrong, missed = count
    return 2 * right / (2 * right + wrong + missed) if right else float(wrong + missed == 0)


def reached(items: list[dict[str, Any]], told: dict[str, set[str]]) -> float:
    signals = [item for item in items if item["labels"]]
    return sum(bool(told[item["id"]]) for item in signals) / len(signals)


def interval(items: list[dict[str, Any]], figure: Callable[[list[dict[str, Any]]], float]) -> str:
    chance = random.Random(0)
    drawn = sorted(figure(chance.choices(items, k=len(items))) for _ in range(400))
    return f"{drawn[10]:.2f} to {drawn[-11]:.2f}"


def score(items: list[dict[str, Any]], told: dict[str, set[str]]) -> Iterator[str]:
    for name in LISTS:
        yield f"{name:18}{_figures(counts(items, told, [name]))}"
    for lang in LANGS:
        mine = [item for item in items if item["lang"] == lang]
        yield f"all seven, {lang:7}{_figures(counts(mine, told, LISTS))}"
    micro = interval(items, lambda some: f1(counts(some, told, LISTS)))
    yield f"all seven         {_figures(counts(items, told, LISTS))}   F1 {micro}"
    signals = [item for item in items if item["labels"]]
    silent = [item for item in items if not item["labels"] and not item["maybe"]]
    yield (
        f"any list          {reached(items, told):.2f} of {len(signals)} items with a signal"
        f"   {interval(items, lambda some: reached(some, told))}"
    )
    noise = sum(bool(told[item["id"]]) for item in silent)
    yield f"items without a signal that reach a list: {noise} of {len(silent)}"


def _figures(count: Count) -> str:
    right, wrong, missed = count
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return f"P {precision:.2f}  R {recall:.2f}  F1 {f1(count):.2f}  ({right}/{wrong}/{missed})"


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ways = ask.add_subparsers(dest="way", required=True)
    one = ways.add_parser("draw")
    one.add_argument("seed", type=int)
    many, scored = ways.add_parser("gold"), ways.add_parser("score")
    for way in (one, many, scored):
        way.add_argument("headlines", type=Path)
    one.add_argument("real", type=Path)
    for way in (many, scored):
        way.add_argument("draws", type=Path, nargs="+")
    scored.add_argument("--sigtrack", default="sigtrack")
    asked = ask.parse_args()
    if asked.way == "draw":
        found = draw(asked.headlines, asked.real, asked.seed)
    else:
        found = [i for path in asked.draws for i in gold(asked.headlines, path)]
    if asked.way == "score":
        lines = list(score(found, told_by(asked.sigtrack, found)))
    else:
        lines = [json.dumps(item, ensure_ascii=False) for item in found]
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
