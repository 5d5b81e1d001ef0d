"""What is no news of wording: runs of nothing but offices and words of time.

"전 대통령" rises when a former president does, "다음 달" when a calendar is full.
Both belong into a longer phrase; alone they say who and when, and not how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sigtrack.analyze.fixed_phrases import FixedPhrases
from sigtrack.text.scripts import HANGUL_PARTICLES
from sigtrack.text.stems import Stems

_TIMES = """
last week, last month, last year, next week, next month, next year, this week, this month,
this year, earlier, later, recently, morning, afternoon, evening, night, weekend, quarter, half,
spring, summer, autumn, fall, winter, early, late, mid, past, coming, previous, following, current,
daily, weekly, monthly, annual, decade, century, hour, minute, ago, since, until

다음, 지난, 이번, 지난해, 올해, 내년, 작년, 금년, 내달, 이달, 달, 주, 주말, 년, 개월, 월, 일, 오늘,
어제, 내일, 그제, 모레, 오전, 오후, 새벽, 아침, 저녁, 밤, 현지, 현지시간, 현지시각, 시간, 시각,
최근, 상반기, 하반기, 분기, 연말, 연초, 연내, 월말, 초, 말, 중순, 하순, 초순, 당일, 전날, 이날,
다음날, 이튿날, 동안, 전, 후, 이후, 이전, 앞서, 월요일, 화요일, 수요일, 목요일, 금요일, 토요일,
일요일, 첫, 두, 세, 번째

今年, 来年, 昨年, 去年, 今月, 来月, 先月, 今週, 来週, 先週, 本日, 今日, 昨日, 明日, 翌日, 前日,
同日, 当日, 午前, 午後, 未明, 早朝, 深夜, 夜, 朝, 年内, 年末, 年始, 年初, 月末, 月内, 週末, 今後,
近日, 最近, 以来, 以降, 以前, 現地時間, 時間, 日間, 年間, 週間, 年度, 今年度, 来年度, 昨年度,
前年度, 上半期, 下半期, 四半期, 前半, 後半, 上旬, 中旬, 下旬, 年, 月, 日, 時, 分, 周年, 月曜日,
火曜日, 水曜日, 木曜日, 金曜日, 土曜日, 日曜日

明年, 上月, 下月, 本月, 个月, 個月, 本周, 上周, 下周, 周末, 本週, 上週, 下週, 今天, 昨天, 明天,
当天, 當天, 上午, 下午, 中午, 凌晨, 晚间, 晚間, 晚上, 当地时间, 當地時間, 时间, 時間, 小时, 小時,
日前, 近期, 近年, 年来, 年來, 以来, 以來, 期间, 期間, 上半年, 下半年, 季度, 一季度, 年底, 月底,
年中, 初, 末, 底, 周, 週, 星期, 礼拜, 一, 二, 三, 四, 五, 六, 七, 八, 九, 十, 两, 兩, 第, 首, 前,
后, 後, 再
"""
# Offices that no state has to itself, and what stands before one. Those of states are actors.
_OFFICES = """
president, vice president, prime minister, deputy prime minister, premier, vice premier,
chancellor, foreign minister, vice foreign minister, deputy foreign minister, defense minister,
trade minister, finance minister, minister, vice minister, secretary, secretary of state,
secretary general, leader, chairman, chief, head, envoy, special envoy, ambassador, spokesperson,
spokesman, spokeswoman, king, queen, emperor, governor, official, senior, former, then, acting,
deputy, top, special, foreign, ministry, foreign ministry, office, presidential, government, state,
national security adviser

대통령, 부통령, 총리, 부총리, 국가주석, 주석, 총서기, 총통, 위원장, 국무위원장, 장관, 차관,
외교장관, 외무장관, 외무상, 외상, 국방장관, 대사, 특사, 대변인, 의장, 국회의장, 수석, 실장,
안보실장, 비서실장, 본부장, 총장, 사무총장, 국왕, 여왕, 왕세자, 정상, 지도자, 당국자, 관계자,
대통령실, 외교부, 국방부, 통일부, 정부, 의원, 대표, 당선인, 여사, 전, 현, 신임, 부

大統領, 副大統領, 首相, 副首相, 総理, 総理大臣, 内閣総理大臣, 国家主席, 主席, 総書記, 書記長, 外相,
外務相, 外務大臣, 外務副大臣, 防衛相, 国防相, 防衛大臣, 経産相, 財務相, 財務大臣, 官房長官,
内閣官房長官, 官房副長官, 長官, 大臣, 副大臣, 大臣政務官, 政務官, 閣僚, 特使, 大使, 報道官,
事務総長, 議長, 国王, 女王, 天皇, 皇太子, 首脳, 大統領府, 首相官邸, 外務省, 防衛省, 外交部, 国防省,
政府, 総務省, 財務省, 法務省, 環境省, 内閣府, 経済産業省, 文部科学省, 国土交通省, 農林水産省,
厚生労働省, 金融庁, 連邦, 次期, 元, 前, 副, 両, 新

总统, 副总统, 總統, 副總統, 首相, 总理, 副总理, 總理, 副總理, 主席, 总书记, 總書記, 外长, 外長,
防长, 防長, 部长, 部長, 副部长, 副部長, 外交部长, 外交部長, 国防部长, 國防部長, 国务卿, 國務卿,
财长, 財長, 大使, 特使, 发言人, 發言人, 秘书长, 秘書長, 议长, 議長, 国王, 國王, 女王, 天皇, 领导人,
領導人, 最高领袖, 领袖, 領袖, 元首, 国家, 國家, 外交部, 國防部, 国防部, 商务部, 商務部, 财政部,
財政部, 公安部, 教育部, 政府, 委员会, 委員會, 委员长, 委員長, 董事长, 董事長, 时任, 時任, 现任,
現任, 候任, 当选, 當選, 代, 新
"""
_JOINT = re.compile("[\u3041-\u3096]+|[的和与與及之]")


class Labels:
    """Offices of all states, with or without the state, and words of time in four languages."""

    def __init__(self, offices: Iterable[str], names: Iterable[str], joints: Iterable[str]) -> None:
        self._joints = frozenset(joints)
        self._names = FixedPhrases((name, "") for name in names)
        bare = (self._without_names(office) for office in offices)
        words = (*bare, *_listed(_TIMES), *_listed(_OFFICES))
        self._labels = FixedPhrases((word, "") for word in words if word)

    def are_all_of(self, phrase: str) -> bool:
        """Whether nothing is left of a phrase without offices, times and what joins them."""
        left = _JOINT.sub(" ", _without(phrase, self._labels))
        return all(
            word.lower() in self._joints or word in HANGUL_PARTICLES for word in left.split()
        )

    def _without_names(self, office: str) -> str:
        """president of South Korea, 韓国大統領: the post, whosever it is."""
        words = _without(office, self._names).split()
        while words and words[-1].lower() in self._joints:
            words.pop()
        while words and words[0].lower() in self._joints:
            words.pop(0)
        return " ".join(words)


def _listed(words: str) -> list[str]:
    return [word.strip() for line in words.split("\n") for word in line.split(",")]


def _without(text: str, phrases: FixedPhrases[str]) -> str:
    left = list(text)
    for one in phrases.find(Stems(text)):
        left[one.start : one.end] = " " * (one.end - one.start)
    return "".join(left)
