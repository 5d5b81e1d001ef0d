"""What a digest says of itself, in the language of its readers; headlines stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "story": "{n} new story",
        "stories": "{n} new stories",
        "since": "{what} since {when}",
        "so_far": "{what}",
        "urgent_of": "{n} urgent",
        "times": "times in {zone}",
        "urgent": "Urgent",
        "also": "also {names}",
        "also_more": "also {names} and {n} more",
        "late": "published {when}, seen only now",
        "edited": "words changed {when}",
        "seen": "undated, seen {when}",
        "why": "Why: {signals}",
        "more": "And {n} more.",
        "unheard": "Not heard from",
        "unheard_since": "since {when}",
        "unheard_never": "never yet",
        "no_fetch": "No feed has been asked since {when}: sigtrack fetch does not seem to run.",
        "foot_all": "All of it, in one table:",
        "foot_show": "Why a story is here, word by word (the six letters and digits are its id):",
        "foot_again": "This mail again:",
        "quiet_subject": "Nothing new since {when}",
        "quiet": "Nothing new since {when}. {n} feeds answer, {rest} do not.",
    },
    "ko": {
        "story": "새 소식 {n}건",
        "stories": "새 소식 {n}건",
        "since": "{when} 이후 {what}",
        "so_far": "{what}",
        "urgent_of": "긴급 {n}건",
        "times": "시각은 {zone} 기준",
        "urgent": "긴급",
        "also": "같은 소식: {names}",
        "also_more": "같은 소식: {names} 외 {n}곳",
        "late": "{when} 발표, 이제야 확인",
        "edited": "{when} 문구 수정",
        "seen": "날짜 없음, {when} 확인",
        "why": "이유: {signals}",
        "more": "그 밖에 {n}건.",
        "unheard": "응답 없는 피드",
        "unheard_since": "{when}부터",
        "unheard_never": "응답한 적 없음",
        "no_fetch": "{when} 이후 피드 확인 없음. sigtrack fetch가 실행되지 않는 듯합니다.",
        "foot_all": "전체를 표로 보기:",
        "foot_show": "선정 이유를 단어별로 보기(여섯 자리가 ID입니다):",
        "foot_again": "이 메일 다시 보기:",
        "quiet_subject": "{when} 이후 새 소식 없음",
        "quiet": "{when} 이후 새 소식이 없습니다. 피드 {n}개 응답, {rest}개 무응답.",
    },
    "ja": {
        "story": "新着{n}件",
        "stories": "新着{n}件",
        "since": "{when}以降の{what}",
        "so_far": "{what}",
        "urgent_of": "緊急{n}件",
        "times": "時刻は{zone}",
        "urgent": "緊急",
        "also": "同じ記事: {names}",
        "also_more": "同じ記事: {names} ほか{n}件",
        "late": "{when}公表、今回初めて確認",
        "edited": "{when}に文言変更",
        "seen": "日付なし、{when}に確認",
        "why": "理由: {signals}",
        "more": "ほか{n}件。",
        "unheard": "応答のないフィード",
        "unheard_since": "{when}から",
        "unheard_never": "応答したことがない",
        "no_fetch": "{when}以降フィードを確認していません。sigtrack fetchが動いていないようです。",
        "foot_all": "すべてを表で見る:",
        "foot_show": "選ばれた理由を語ごとに見る（六桁がID）:",
        "foot_again": "このメールをもう一度:",
        "quiet_subject": "{when}以降、新着なし",
        "quiet": "{when}以降、新着はありません。フィード{n}件が応答、{rest}件が無応答。",
    },
    "zh": {
        "story": "{n}条新消息",
        "stories": "{n}条新消息",
        "since": "{when}以来{what}",
        "so_far": "{what}",
        "urgent_of": "{n}条紧急",
        "times": "时间为{zone}",
        "urgent": "紧急",
        "also": "同一消息：{names}",
        "also_more": "同一消息：{names}等另{n}家",
        "late": "{when}发布，现在才看到",
        "edited": "{when}措辞改动",
        "seen": "无日期，{when}看到",
        "why": "原因：{signals}",
        "more": "另有{n}条。",
        "unheard": "没有回应的订阅源",
        "unheard_since": "自{when}起",
        "unheard_never": "从未回应",
        "no_fetch": "{when}以来没有查询过订阅源，sigtrack fetch似乎没有运行。",
        "foot_all": "用一张表查看全部：",
        "foot_show": "逐词查看入选原因（六位字符是ID）：",
        "foot_again": "再看这封邮件：",
        "quiet_subject": "{when}以来没有新消息",
        "quiet": "{when}以来没有新消息。{n}个订阅源有回应，{rest}个没有。",
    },
}
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ko": tuple("월화수목금토일"),
    "ja": tuple("月火水木金土日"),
    "zh": tuple("一二三四五六日"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Words:
    """The sentences and dates of one language. `now` decides which dates need their year."""

    def __init__(self, language: str, *, now: datetime, zone: tzinfo) -> None:
        self._sentences = _SENTENCES[language]
        self._language = language
        self._now = now.astimezone(zone)
        self._zone = zone

    def say(self, sentence: str, **values: object) -> str:
        return self._sentences[sentence].format(**values)

    def stories(self, number: int) -> str:
        return self.say("story" if number == 1 else "stories", n=number)

    def zone(self) -> str:
        return self._now.tzname() or "UTC"

    def time(self, moment: datetime) -> str:
        """ "Sun 4 Jan 09:12", in the zone; with the year if it is another one."""
        local = self._local(moment)
        return f"{self.day(moment)} {local:%H:%M}"

    def day(self, moment: datetime) -> str:
        local = self._local(moment)
        weekday = _DAYS[self._language][local.weekday()]
        other_year = local.year != self._now.year
        match self._language:
            case "en":
                date = f"{weekday} {local.day} {_MONTHS[local.month - 1]}"
                return f"{date} {local.year}" if other_year else date
            case "ko":
                year = f"{local.year}년 " if other_year else ""
                return f"{year}{local.month}월 {local.day}일({weekday})"
        year = f"{local.year}年" if other_year else ""
        weekday = f"（{weekday}）" if self._language == "ja" else f"（周{weekday}）"
        return f"{year}{local.month}月{local.day}日{weekday}"

    def _local(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone(self._zone)
        except OverflowError:  # the years 1 and 9999 have days without a local time
            return moment
