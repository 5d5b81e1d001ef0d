"""Measure how many items a second `sigtrack visits` reads on one core.

    python benchmarks/visits.py [ITEMS]

Reads ITEMS (20,000) composed items in four languages: one in three is about a visit, one in three
has a word for travel but no visit, and one in three has neither. The target is 5,000 a second.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime

from sigtrack.analyze.visits.reader import VisitReader
from sigtrack.model import Item
from sigtrack.watch import shipped_text
from sigtrack.watch.actors import load_actors

VISITS = (
    ("en", "South Korean president arrives in Tokyo", "He will meet Takaichi on Tuesday."),
    ("en", "Macron wraps up state visit to China", "The French president flew home on Friday."),
    ("ko", "이 대통령, 내달 4∼7일 국빈 방중", "베이징에서 정상회담을 하고 상하이로 이동한다."),
    ("ko", "조현 외교장관, 도쿄 도착", "이와야 외무상과 회담할 예정이다."),
    ("ja", "英首相、31日に来日", "高市首相と会談する見通しだ。"),
    ("zh", "法国总统马克龙抵达北京", "访问为期三天。"),
)
NEAR_MISSES = (
    ("en", "Korean lawmakers visit Tokyo museum", "The delegation met local residents."),
    ("ko", "일본 관광객 방문 사상 최대", "서울을 찾는 사람이 늘었다."),
    ("ja", "駐日大使が着任、羽田空港に到着", "外務省が発表した。"),
    ("zh", "网站访问异常 系统已恢复", "部分用户无法登录。"),
)
OTHERS = (
    ("en", "Central bank keeps rates unchanged", "Inflation is slowing, the governor said."),
    ("ko", "반도체 수출 석 달째 증가", "산업부는 통계를 발표했다."),
    ("ja", "台風が本州に接近、大雨に警戒", "気象庁が注意を呼びかけた。"),
    ("zh", "芯片股领涨两市", "成交额放大。"),
)


def items(number: int) -> list[Item]:
    dice = random.Random(1)
    made = []
    for n in range(number):
        lang, title, summary = dice.choice(dice.choice((VISITS, NEAR_MISSES, OTHERS)))
        made.append(
            Item(
                feed="bench",
                uid=str(n),
                title=f"{title} {n}",
                summary=summary,
                language=lang,
                published=datetime(2026, 1, 10, tzinfo=UTC),
            )
        )
    return made


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    actors, _ = load_actors(shipped_text("actors.toml"), None)
    began = time.perf_counter()
    reader = VisitReader(actors)
    print(f"built in {1000 * (time.perf_counter() - began):.0f} ms")
    made = items(number)
    began = time.process_time()
    found = sum(bool(reader.visits(item)) for item in made)
    taken = time.process_time() - began
    print(f"{number:,} items, {found:,} with a visit: {number / taken:,.0f} items a second")


if __name__ == "__main__":
    main()
