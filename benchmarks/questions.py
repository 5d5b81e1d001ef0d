"""Measure how long questions to a store take, and how that grows, in CPU seconds of the command.

    python benchmarks/questions.py [HEADLINES ...]        default: 25000 50000 100000
    python benchmarks/questions.py --keep FOLDER HEADLINES       makes a store there and stops

The store holds composed headlines over 100 days, a quarter of them in each language. One in four
has a visit, a formula of diplomacy or a sentence on a ladder; the rest is other news. A random
choice fills in the words, and some headlines are repeated by other sources. Each question runs in
its own process, so the start of Python is included. The ratio is the cost of the last doubling.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measure import cost_of

SIZES = (25_000, 50_000, 100_000)
DAYS = 100
NOW = datetime(2026, 1, 20, tzinfo=UTC)
REPRINTED = 0.15
DIPLOMATIC = 0.25  # of all headlines; the rest is other news
QUESTIONS = (
    ("wording", "--since", "7d"),
    ("wording", "--since", "7d", "--baseline", "all"),
    ("wording", "--since", "7d", "--ladders"),
    ("wording", "--by", "month"),
    ("stories", "--since", "all"),
    ("stories", "--since", "all", "--all"),
    ("visits", "--since", "all"),
    ("report", "--since", "7d"),
)
PLACES = {
    "en": ("Seoul", "Tokyo", "Beijing", "Washington", "Hanoi", "Manila", "Canberra", "Delhi"),
    "ko": ("서울", "도쿄", "베이징", "워싱턴", "하노이", "마닐라", "캔버라", "델리"),
    "ja": ("ソウル", "東京", "北京", "ワシントン", "ハノイ", "マニラ", "キャンベラ", "デリー"),
    "zh": ("首尔", "东京", "北京", "华盛顿", "河内", "马尼拉", "堪培拉", "德里"),
}
THINGS = {
    "en": ("fisheries", "chips", "lighthouses", "rare earths", "visas", "shipbuilding", "cabbages"),
    "ko": ("어업", "반도체", "등대", "희토류", "비자", "조선", "배추"),
    "ja": ("漁業", "半導体", "灯台", "レアアース", "査証", "造船", "白菜"),
    "zh": ("渔业", "芯片", "灯塔", "稀土", "签证", "造船", "白菜"),
}
HEADLINES = {
    "en": (
        "{place} and {other} open a new phase in talks on {thing}, {who} says",
        "{who} expresses serious concern over {thing} from {other}",
        "{who} voices concern over {thing} from {other}",
        "South Korean president arrives in {place} for talks on {thing}",
        "Foreign minister to visit {place} on Jan. {day} over {thing}",
        "{place} calls for dialogue without preconditions, {who} reports",
        "Prices of {thing} rise {day} percent in {place} as snow falls",
        "{who}: storm near {place} delays trains, {day} hurt",
        "Economic coercion over {thing} rejected by {place}, {who} says",
    ),
    "ko": (
        "{place}-{other} {thing} 협력 새로운 단계, {who} 밝혀",
        "{who}, {other} {thing}에 심각한 우려 표명",
        "{who}, {other} {thing} 문제에 우려",
        "이 대통령, {day}일 {place} 방문… {thing} 논의",
        "외교장관 {place} 도착, {thing} 회담",
        "{place}에 눈 {day}㎝, {thing} 값 올라",
        "{who} “조건 없는 대화” 촉구, {other} 답 없어",
    ),
    "ja": (
        "{place}と{other}、{thing}で新たな段階へ {who}",
        "{who}、{other}の{thing}に深刻な懸念を表明",
        "{who}、{other}の{thing}に懸念",
        "首相、{day}日に{place}訪問 {thing}を協議",
        "{place}で大雪{day}センチ、{thing}が値上がり",
        "外相が{place}に到着、{thing}で会談へ",
    ),
    "zh": (
        "{place}与{other}就{thing}开启新阶段 {who}",
        "{who}对{other}{thing}问题表示严重关切",
        "{who}对{other}{thing}问题表示关切",
        "总理{day}日访问{place} 商谈{thing}",
        "{place}降雪{day}厘米 {thing}涨价",
        "外长抵达{place} 就{thing}会谈",
    ),
}
OTHERS = {
    "en": "{a} {b} in {place} as {c} {d}",
    "ko": "{place} {a} {b}… {c} {d}",
    "ja": "{place}の{a}{b}、{c}に{d}",
    "zh": "{place}{a}{b} {c}{d}",
}
SYLLABLES = {
    "en": "ba,ce,di,fo,gu,ha,ki,lo,mu,na,pe,ri,so,tu,va,we,yo,za",
    "ko": "가,나,다,라,마,바,사,아,자,차,카,타,파,하,고,노,도,로",
    "ja": "ア,イ,ウ,エ,オ,カ,キ,ク,ケ,コ,サ,シ,ス,セ,ソ,タ,チ,ツ",
    "zh": "安,宝,昌,达,恩,芳,国,海,佳,凯,龙,明,宁,平,庆,瑞,胜,通",
}


def headlines(size: int) -> Iterator[dict[str, str]]:
    """Yield headlines in the order of time; the same ones for the same size."""
    chance = random.Random(size)
    told: list[tuple[str, str]] = []
    for number in range(size):
        at = NOW - timedelta(days=DAYS * (1 - number / size))
        if told and chance.random() < REPRINTED:
            language, title = chance.choice(told[-50:])
        else:
            language = chance.choice(list(HEADLINES))
            title = _headline(language, chance)
            told.append((language, title))
        yield {
            "id": str(number),
            "source": f"paper-{chance.randrange(60)}",
            "lang": language,
            "published": at.isoformat(),
            "title": title,
        }


def _headline(language: str, chance: random.Random) -> str:
    place, other = chance.sample(PLACES[language], 2)
    a, b, c, d = (_word(language, chance) for _ in range(4))
    if chance.random() > DIPLOMATIC:
        return OTHERS[language].format(place=place, a=a, b=b, c=c, d=d)
    what = chance.choice(HEADLINES[language])
    thing = chance.choice(THINGS[language])
    day = chance.randint(1, 28)
    told = what.format(place=place, other=other, who=a.capitalize(), thing=thing, day=day)
    return f"{told} {b} {c}"


def _word(language: str, chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES[language].split(","), k=3))


def environment_of(home: Path) -> dict[str, str]:
    """Return an environment that keeps all files of sigtrack below `home` and fixes the clock."""
    named = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")}
    return {**os.environ, **named, "SIGTRACK_NOW": NOW.isoformat(), "COLUMNS": "120"}


def sigtrack(home: Path, *arguments: str) -> float:
    """Return the CPU seconds that a command takes."""
    return cost_of([sys.executable, "-m", "sigtrack", *arguments], environment_of(home)).cpu


def fill(home: Path, size: int) -> None:
    file = home / "headlines.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(one, ensure_ascii=False)}\n" for one in headlines(size))
    print(f"{size:,} headlines: import {sigtrack(home, 'import', '-q', str(file)):.1f} s", end="")
    database = home / "data" / "sigtrack" / "sigtrack.db"
    print(f", {database.stat().st_size / size:,.0f} bytes an item")


def main() -> None:
    if sys.argv[1:2] == ["--keep"]:
        fill(Path(sys.argv[2]), int(sys.argv[3]))
        return
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    taken: dict[tuple[str, ...], list[float]] = {question: [] for question in QUESTIONS}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), size)
            sigtrack(Path(folder), "report")  # compiles the rules and keeps them
            for question, times in taken.items():
                times.append(sigtrack(Path(folder), *question))
    for question, times in taken.items():
        ratio = times[-1] / times[-2] if len(times) > 1 else 1.0
        columns = "".join(f"{one:8.2f}" for one in times)
        print(f"{' '.join(question):42}{columns}   × {ratio:.2f}")


if __name__ == "__main__":
    main()
