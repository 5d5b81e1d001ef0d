"""A day of news in which one event is told again and again, composed for tests.

The launch is told in five wordings, each in four languages; around it are headlines of other
events, drawn from parts, some of which share the launch's actors and places.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sigtrack.model import Item

LAUNCH = {
    "en": (
        "North Korea fires short-range ballistic missile toward East Sea, Seoul says",
        "Seoul: N. Korea launches short-range ballistic missile into East Sea",
        "N. Korean ballistic missile fired from Wonsan falls into East Sea, JCS says",
        "Pyongyang fires ballistic missile from Wonsan toward East Sea",
        "North Korea launches ballistic missile from Wonsan, South Korea's JCS says",
    ),
    "ko": (
        "북한, 동해상으로 단거리 탄도미사일 발사…합참 발표",
        "합참 “北, 원산서 동해상으로 단거리 탄도미사일 발사”",
        "北, 원산서 탄도미사일 발사…동해상 낙하",
        "북한이 쏜 탄도미사일, 원산서 발사돼 동해에 떨어져",
        "북한, 원산서 동해로 탄도미사일 쏴…합참 “단거리”",
    ),
    "ja": (
        "北朝鮮、日本海へ短距離弾道ミサイル発射　韓国軍発表",
        "韓国軍「北朝鮮が元山から弾道ミサイル発射」日本海に落下",
        "北朝鮮が弾道ミサイルを発射、元山から日本海へ",
        "北朝鮮の弾道ミサイル、元山から発射し日本海に落下",
        "北朝鮮、元山から短距離弾道ミサイルを発射　合同参謀本部",
    ),
    "zh": (
        "朝鲜向东部海域发射短程弹道导弹 韩联参发布消息",
        "韩联参：朝鲜从元山向东海发射短程弹道导弹",
        "朝鲜从元山发射弹道导弹 落入东海",
        "朝鲜发射弹道导弹 从元山飞向东部海域",
        "朝鲜从元山发射短程弹道导弹 韩国军方确认",
    ),
}
_WHO = {
    "en": (
        "North Korea", "South Korea", "Japan", "China", "Taiwan", "Russia", "Vietnam", "Canada",
        "France", "Australia", "Mongolia", "Philippines",
    ),
    "ko": ("북한", "일본", "중국", "대만", "러시아", "베트남", "캐나다", "프랑스", "호주", "몽골"),
    "ja": ("北朝鮮", "韓国", "中国", "台湾", "ロシア", "ベトナム", "カナダ", "フランス", "豪州"),
    "zh": ("朝鲜", "韩国", "日本", "台湾", "俄罗斯", "越南", "加拿大", "法国", "澳大利亚", "蒙古"),
}  # fmt: skip
_WHAT = {
    "en": (
        "opens {} for fishing boats", "raises tax on {}", "plans new rules for {}",
        "sends experts on {} to {who}", "and {who} sign agreement on {}",
        "reports record exports of {}", "court hears case about {}", "parliament debates {}",
        "delays decision on {}", "and {who} dispute over {} goes on",
    ),
    "ko": (
        ", {} 수출 사상 최대", ", {} 관세 인상 검토", "·{who}, {} 협정 서명", ", {} 규제 완화",
        " 의회, {} 법안 논의", ", {} 사업 연기", "서 {} 박람회 개막", ", {} 피해 조사",
    ),
    "ja": (
        "、{}の輸出が過去最多", "、{}の関税引き上げを検討", "と{who}、{}の協定に署名",
        "、{}の規制を緩和", "の議会、{}の法案を審議", "、{}の計画を延期", "で{}の展示会",
    ),
    "zh": (
        "{}出口创新高", "考虑提高{}关税", "与{who}签署{}协议", "放宽{}限制", "议会审议{}法案",
        "推迟{}项目", "举办{}展览会", "调查{}受损情况",
    ),
}  # fmt: skip
_THINGS = {
    "en": (
        "ballistic missile debris", "salmon", "timber", "solar panels", "batteries", "tourism",
        "East Sea ferries", "rice", "railways", "vaccines", "steel", "satellites", "coal", "wine",
        "pensions", "copyright", "ski slopes", "nuclear power", "drones", "museum loans",
    ),
    "ko": (
        "연어", "목재", "태양광", "배터리", "관광", "쌀", "철도", "백신", "철강", "위성", "석탄",
        "연금", "저작권", "스키장", "원전", "드론", "미사일 부품", "박물관",
    ),
    "ja": (
        "サケ", "木材", "太陽光パネル", "蓄電池", "観光", "コメ", "鉄道", "ワクチン", "鉄鋼", "衛星",
        "石炭", "年金", "著作権", "原発", "ドローン", "ミサイル部品",
    ),
    "zh": (
        "三文鱼", "木材", "太阳能", "电池", "旅游", "大米", "铁路", "疫苗", "钢铁", "卫星", "煤炭",
        "养老金", "版权", "核电", "无人机", "导弹零件",
    ),
}  # fmt: skip


def copies(number: int, *, begin: datetime, within: timedelta) -> Iterator[Item]:
    """The launch, told `number` times over `within`, each time by another feed."""
    for n in range(number):
        language = tuple(LAUNCH)[n % 4]
        title = LAUNCH[language][n // 4 % 5]
        yield _item(f"paper-{n}", title, language, begin + within * n / number)


def others(number: int, *, begin: datetime, within: timedelta, seed: int) -> Iterator[Item]:
    """As many headlines of other events, no two alike."""
    chance = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < number:
        language = chance.choice(tuple(_WHO))
        who, other = chance.sample(_WHO[language], 2)
        space = " " if language == "en" else ""
        told = chance.choice(_WHAT[language]).format(chance.choice(_THINGS[language]), who=other)
        title = who + space + told
        if title not in seen:
            seen.add(title)
            feed = f"desk-{chance.randrange(30)}"
            yield _item(feed, title, language, begin + within * chance.random())


def _item(feed: str, title: str, language: str, at: datetime) -> Item:
    return Item(feed=feed, uid=f"{feed} {title}", title=title, language=language, published=at)
