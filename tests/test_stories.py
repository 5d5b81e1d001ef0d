"""Which items tell one event: the lead, what never goes together, and the laws of stories."""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations, pairwise, permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flood
from gold.score import main
from gold.stories import load
from sigtrack.analyze.stories import (
    STRANGERS,
    Pair,
    clusters_of,
    find_changed_stories,
    find_stories,
    firm_in,
    join_parts,
    pair_of,
)
from sigtrack.analyze.stories.likeness import (
    OPEN,
    SURE,
    are_parts,
    by_day,
    contradict,
    is_firm,
    likeness,
    log_odds,
)
from sigtrack.analyze.stories.tellings import (
    Telling,
    as_text,
    bare_title,
    from_text,
    gist_of,
    is_column,
    is_round_up,
    titled_in,
)
from sigtrack.app.intake import Teller
from sigtrack.app.rules import shipped_rules
from sigtrack.lexicon import load_lexicon, shipped_lexicon
from sigtrack.model import Item, Role, Story
from sigtrack.watch.catalogues import load_topics

NOON = datetime(2026, 1, 13, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUMMIT = {
    "en": "Lee, Takaichi agree in Nara to keep shuttle diplomacy going",
    "ko": "한일 정상, 나라서 회담…셔틀외교 지속 합의",
    "ja": "日韓首脳、奈良で会談　シャトル外交の継続で一致",
    "zh": "李在明與高市早苗奈良會談　延續穿梭外交",
}


@cache
def teller() -> Teller:
    roles = {"ministry": Role.MINISTRY, "agency": Role.AGENCY, "paper": Role.NEWSPAPER}
    return Teller(shipped_rules().readings, roles)


def tell(
    title: str, lang: str = "en", at: datetime = NOON, *, feed: str = "paper", summary: str = ""
) -> Telling:
    item = Item(feed=feed, uid=title, title=title, summary=summary, language=lang, published=at)
    return teller().telling(f"{feed}:{title}", item, at)


def stories(*tellings: Telling) -> list[Story]:
    return list(find_stories(sorted(tellings, key=lambda t: t.moment)))


def together(*tellings: Telling) -> bool:
    return len(stories(*tellings)) == 1


def groups(found: Iterable[Story]) -> set[frozenset[str]]:
    return {frozenset(story.items) for story in found}


# --- the gold stories


def test_gold_stories_do_not_fall_below_their_floors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stories"]) == 0, capsys.readouterr().err


# --- what is one story


def test_a_summit_told_in_four_languages_is_one_story() -> None:
    assert together(*(tell(title, lang) for lang, title in SUMMIT.items()))


def test_who_is_to_lead_a_country_next_is_one_story_in_two_languages() -> None:
    one = tell("North Korea's next leader may be Kim's daughter, lawmakers hear", feed="agency")
    other = tell("“김주애, 후계자로 굳어지는 단계”…정보위 보고", "ko")
    assert together(one, other)


def test_an_update_and_a_reprint_are_told_with_the_first_report() -> None:
    first = tell("N. Korea fires ballistic missile toward East Sea: JCS", feed="agency")
    update = tell("(2nd LD) N. Korea fires ballistic missiles toward East Sea: JCS", feed="agency")
    reprint = tell("N. Korea fires ballistic missile toward East Sea: JCS - Pacific Wire")
    assert together(first, update, reprint)


def test_headlines_without_a_known_name_are_joined_by_their_words() -> None:
    one = tell("Jellyfish museum on Odesa seafront becomes unlikely wartime hit", feed="agency")
    other = tell("Jellyfish museum is wartime hit on Odesa seafront")
    assert together(one, other)


def test_a_short_headline_that_two_feeds_have_letter_for_letter_is_one_story() -> None:
    title = "FACT SHEET: Quad leaders in Tokyo"
    assert together(tell(title, feed="agency"), tell(title))
    assert not together(tell(title), tell("FACT SHEET: Quad ministers in Delhi", feed="agency"))


def test_a_headline_that_tells_all_of_another_joins_it_though_it_tells_more() -> None:
    short = tell('김여정 "정동영 무인기 유감표시 다행"', "ko", feed="agency")
    long = tell('김여정 "정동영 상식적 행동…무인기 침투 유감 표명 다행", 재발 방지 촉구', "ko")
    assert together(short, long)


def test_a_country_of_which_the_other_does_not_speak_counts_against_them() -> None:
    one = tell("Xi lands in Seoul", feed="agency")
    same = tell("Seoul awaits Xi")
    more = tell("Seoul awaits Xi and Iran")
    assert likeness(one, same) > likeness(one, more)


def test_a_title_of_which_the_other_tells_next_to_nothing_is_doubtful() -> None:
    one = tell("Ukrainian drone strikes push up Russian petrol prices", feed="agency")
    own = "football harvest theatre railway vaccine orchard museum weather lottery ballet"

    def with_own(number: int) -> int:
        words = " ".join(own.split()[:number])
        return likeness(one, tell(f"Kiev hits Russian farm with drone strike {words}"))

    assert with_own(4) - with_own(6) < 50 < with_own(8) - with_own(10)


def test_whom_they_speak_about_is_no_guest_at_their_table() -> None:
    one = tell('트럼프 "김정은 올해 만나고 싶다"…이재명 대통령 제안에 화답', "ko", feed="agency")
    other = tell('트럼프, 이재명 대통령 제안에 "올해 만나고 싶다" 화답', "ko")
    assert together(one, other)


def test_actors_alone_are_no_event() -> None:
    strike = tell("Israel strikes Gaza hospital", feed="agency")
    assert together(strike, tell("Gaza hospital hit by Israel"))
    assert not together(strike, tell("Israel and Gaza: a lawmaker looks back in anger"))


def test_rare_things_of_which_the_other_does_not_speak_count_against_them() -> None:
    one = tell("Xi lands in Seoul", feed="agency")
    same = tell("Seoul awaits Xi")
    more = tell("Seoul awaits Xi and Nvidia")
    assert likeness(one, same) > likeness(one, more)


def test_two_persons_are_compared_on_a_day_full_of_both() -> None:
    def at(n: int) -> datetime:
        return NOON + n * timedelta(minutes=1)

    crowd = [tell(f"Lee: item {n}", at=at(n), feed=f"f{n}") for n in range(300)]
    crowd += [tell(f"Trump: item {n}", at=at(n), feed=f"g{n}") for n in range(300)]
    one = tell("Trump says he hopes to see Kim Jong Un, Lee at his side", at=at(9), feed="agency")
    other = tell("트럼프 “김정은 만나고 싶다” 이재명 대통령에 밝혀", "ko", at=at(12))
    assert any({one.id, other.id} <= set(story.items) for story in stories(*crowd, one, other))


def test_other_numbers_count_against_them() -> None:
    one = tell("Seoul pledges $350 billion for shipyards in Philadelphia")
    same = tell("Docks await $350 billion from Seoul", feed="agency")
    more = tell("Docks await $150 billion from Seoul", feed="agency")
    none = tell("Docks await billions from Seoul", feed="agency")
    assert likeness(one, same) > likeness(one, none) > likeness(one, more)


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("en", "Xi arrives in Pyongyang for state visit", "Xi wraps up state visit to Pyongyang"),
        (
            "en",
            "Xi arrives in Lhasa for Xizang anniversary",
            "Xi attends gala marking Xizang anniversary in Lhasa",
        ),
        (
            "en",
            "Mexico imposes tariffs of up to 50% on Chinese goods",
            "China urges Mexico to drop tariffs on Chinese goods",
        ),
        (
            "ko",
            "김정은 “비핵화는 절대 없다…트럼프와 좋은 추억”",
            "외교부, ‘비핵화 없다’ 김정은에 “대화의 문 열려 있다”",
        ),
        (
            "en",
            "North Korea scales back its missile tests before party congress",
            "Why North Korea has scaled back its missile tests",
        ),
    ],
)
def test_acts_of_one_visit_reactions_and_comments_belong_to_the_event(
    lang: str, one: str, other: str
) -> None:
    assert together(tell(one, lang, feed="agency"), tell(other, lang, at=NOON + HOUR))


# --- however often it is told


@pytest.mark.parametrize("number", [10, 20, 40, 80, 320])
def test_an_event_told_in_five_wordings_and_four_languages_is_one_story(number: int) -> None:
    told, around = flooded(number, within=6 * HOUR)
    assert [story for story in stories(*told, *around) if touches(story, told)] == [
        story for story in stories(*told) if len(story.items) == number
    ]


def test_an_event_told_for_a_day_and_a_half_is_one_story() -> None:
    told, around = flooded(80, within=36 * HOUR)
    (story,) = (story for story in stories(*told, *around) if touches(story, told))
    assert set(story.items) == {telling.id for telling in told}


def test_a_flood_leaves_the_other_stories_of_its_day_as_they_are() -> None:
    told, around = flooded(320, within=6 * HOUR)
    ids = {telling.id for telling in told}
    beside = {items for items in groups(stories(*told, *around)) if not items & ids}
    without = groups(stories(*around))
    assert len(without ^ beside) <= len(without) // 50


def test_another_launch_stays_apart_from_a_flood() -> None:
    told, around = flooded(80, within=6 * HOUR)
    next_day = tell(flood.LAUNCH["en"][0], at=NOON + 38 * HOUR)
    satellite = tell("Japan launches weather satellite from Tanegashima", at=NOON + HOUR)
    found = stories(*told, *around, next_day, satellite)
    (story,) = (story for story in found if touches(story, told))
    assert not {next_day.id, satellite.id} & set(story.items)


def flooded(number: int, *, within: timedelta) -> tuple[list[Telling], list[Telling]]:
    """The tellings of one event, and those of 600 other headlines of these days."""
    told = flood.copies(number, begin=NOON, within=within)
    around = flood.others(600, begin=NOON - 10 * HOUR, within=44 * HOUR, seed=14)
    return [told_by(item) for item in told], [told_by(item) for item in around]


def told_by(item: Item) -> Telling:
    assert item.published
    return teller().telling(item.uid, item, item.published)


def touches(story: Story, tellings: Iterable[Telling]) -> bool:
    return not {telling.id for telling in tellings}.isdisjoint(story.items)


# --- what it costs and how it is named


def test_of_an_item_of_many_megabytes_little_is_kept() -> None:
    item = Item(
        feed="paper",
        uid="big",
        title="Nara " * 1_000_000,
        summary="summit " * 1_000_000,
        text="talks " * 1_000_000,
        published=NOON,
    )
    assert len(pickle.dumps(teller().telling("big", item, NOON))) < 10_000


def test_the_lead_is_the_earliest_item_of_the_most_official_role() -> None:
    paper = tell(SUMMIT["ko"], "ko", NOON)
    late = tell(f"[종합] {SUMMIT['ko']}", "ko", NOON + 2 * HOUR, feed="ministry")
    early = tell(SUMMIT["ja"], "ja", NOON + HOUR, feed="ministry")
    (story,) = stories(paper, late, early)
    assert story.lead == early.id
    assert story.id == story.items[0] == paper.id
    assert story.items == (paper.id, early.id, late.id)
    assert (story.first, story.last) == (NOON, NOON + 2 * HOUR)


def test_a_later_item_leaves_the_name_of_a_story_as_it_is() -> None:
    first, second = tell(SUMMIT["en"]), tell(SUMMIT["ja"], "ja", NOON + HOUR)
    later = tell(SUMMIT["zh"], "zh", NOON + 3 * HOUR)
    assert stories(first, second)[0].id == stories(first, second, later)[0].id == first.id


# --- what is not


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("日・スロベニア外相会談", "日・スロバキア外相会談"),
        ("第15回日米韓次官協議（結果）", "第16回日米韓次官協議（結果）"),
        (
            "2026年6月3日外交部发言人毛宁主持例行记者会",
            "2026年6月4日外交部发言人毛宁主持例行记者会",
        ),
        (
            "Sept. 3 briefing of the foreign ministry on Hormuz",
            "Sept. 4 briefing of the foreign ministry on Hormuz",
        ),
        ("イスラエルによるカタール攻撃", "イスラエルによるカタール攻撃（外務大臣談話）"),
        (
            "Remarks by President Biden on wildfires",
            "Remarks by President Biden at a campaign reception",
        ),
        (
            "中国外務次官、金杉大使を呼び出し抗議　首相の台湾答弁めぐり",
            "外務次官、中国大使を呼び出し　総領事の投稿に抗議",
        ),
        ("Putin arrives on four-day visit to China", "Putin to set out on four-day visit to China"),
        ("习近平会见古巴国家主席迪亚斯-卡内尔", "习近平会见越南国家主席梁强"),
        ("王毅同朝鲜外相崔善姬会谈", "李强会见朝鲜外相崔善姬"),
        ("한일 외교차관, 도쿄서 협의", "한미일 외교차관, 도쿄서 협의"),
        ("石破首相、靖国に「真榊」奉納", "石破首相の靖国奉納に韓国外務省が抗議"),
        (
            "Joint statement on a framework for a United States-Argentina trade agreement",
            "Joint statement on a framework for a United States-Switzerland trade agreement",
        ),
        (
            "Lee visits Nara for summit with Takaichi",
            "Lee to visit Nara next week for Takaichi summit",
        ),
    ],
)
def test_two_events_that_look_like_one_stay_apart(one: str, other: str) -> None:
    lang = "ko" if "가" <= one[0] <= "힣" else "en" if one.isascii() else "ja"
    lang = "zh" if "会见" in one + other or "发言人" in one else lang
    assert not together(tell(one, lang), tell(other, lang))


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        # another pair at the table
        (
            "en",
            "Remarks by President Biden, Prime Minister Kishida and Prime Minister Modi in Tokyo",
            "Remarks by President Biden and Prime Minister Modi in Tokyo",
        ),
        (
            "en",
            "Xi Jinping meets Mongolian President Khurelsukh in Beijing",
            "Xi, Putin, Khurelsukh meet in Beijing",
        ),
        # a plan and its calling off
        ("ja", "高市首相のAPEC首脳会議出席", "高市首相のAPEC首脳会議出席の取りやめ"),
        ("ko", "한일 정상회담, 나라서 내주 개최", "한일 정상회담, 나라서 내주 개최 취소"),
        # one form, another thing in it
        (
            "en",
            "Xi Jinping meets Lao president in Beijing",
            "Xi Jinping meets Cuban president in Beijing",
        ),
        ("ko", "몽골, 배터리 관세 인상 검토", "몽골, 철강 관세 인상 검토"),
    ],
)
def test_another_table_a_calling_off_and_one_form_are_told_apart(
    lang: str, one: str, other: str
) -> None:
    assert not together(tell(one, lang, feed="agency"), tell(other, lang))


def test_that_an_item_lists_several_events_counts_against_it() -> None:
    event = tell("Xi and Modi shake hands in Tianjin")
    plain = "Tianjin ready for Modi, volcano erupts on Kyushu"
    whole, listed = (tell(title, feed="agency") for title in (plain, f"{plain}: daily highlights"))
    assert likeness(event, whole) > likeness(event, listed) + 150


@pytest.mark.parametrize(
    ("title", "round_up"),
    [
        ("Week ahead for currencies: two central banks meet", True),
        ("[한빛통신 이 시각 헤드라인] - 07:30", True),
        ("本周前瞻：两国总理将会晤", True),
        ("1月5日会员早报：两国总理将会晤 港口罢工结束", True),
        ("【早报】两国总理将会晤；港口罢工结束", True),
        ("周末要闻汇总：两国总理将会晤；港口罢工结束", True),
        ("[나라 증시 전략] 회담 앞두고 혼조", True),
        ("两国总理将会晤 | 今夜看点", True),
        ("联合早报：两国总理将会晤", False),
        ("Fiji news: Ferry strike ends in Suva", True),
        ("Breaking news: Ferry strike ends in Suva", False),
        ("The papers that leaked were genuine, ministry says", False),
    ],
)
def test_a_round_up_is_known_by_its_title(title: str, round_up: bool) -> None:
    assert is_round_up(title) == round_up


def test_across_languages_the_same_actors_in_a_hot_week_are_not_enough() -> None:
    hours = [NOON + n * timedelta(minutes=1) for n in range(300)]
    crowd = [tell(f"Xi and Kim: item {n}", at=at, feed=f"f{n}") for n, at in enumerate(hours)]
    one = tell("시진핑·김정은, 베이징서 정상회담", "ko", feed="agency")
    other = tell("Who are the officials joining Kim for talks with Xi")
    assert not any({one.id, other.id} <= set(s.items) for s in stories(*crowd, one, other))


def test_two_releases_of_one_form_are_two_stories() -> None:
    one = "FACT SHEET: How the Inflation Reduction Act helps Black communities"
    other = "FACT SHEET: How the Inflation Reduction Act helps rural communities"
    assert contradict(tell(one, feed="ministry"), tell(other, feed="ministry"))
    assert not contradict(tell(one), tell(other, feed="agency"))


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("EV fires fan fears: SCMP daily highlights", True),
        ("[사설] 한미 동맹의 앞날", True),
        ("트럼프가 부산을 고른 이유", True),
        ("社説：日中関係の行方", True),
        ("锐评：谁在搅局", True),
        ("[항구의 방산톡] 한미 조선 협력의 앞날", True),
        ("[게시판] 항구도서관, 바다 사진전", True),
        ("[외교부 브리핑] 한일 외교장관 통화", False),
        ("My trip to a port that nobody may see", True),
        ("U.S. resuming tests benefits Russia — expert", True),
        ("中方为何禁止部分新西兰议员入境？外交部回应", False),
        ("Could a ferry bring two neighbours together?", True),
        ("국교 60년 맞은 두 이웃, 이번엔 손잡을까", True),
        ("“배 100척 사겠다” 섬나라의 다음 행보는", True),
        ("두 총리 8일 나라서 회담…셔틀외교 이어질까", False),
        ("총리, 나라서 이웃 정상과 만나", False),
        ("나라서 다시 마주한 시진핑·김정은", False),
        ("英 언론 “두 총리, 내달 나라서 만난다”", False),
        ("한빛硏 “항로 재개, 두 이웃에 이득”", True),
        ("首脳会談はなぜ奈良なのか", True),
        ("渡り船の再開、専門家「半年はかかる」", True),
        ("两国总理为何选在奈良会面", True),
        ("国际人士高度评价奈良会晤", True),
        ("两国总理会谈后渡轮能否复航？", True),
        ("外交部：渡轮何时复航？请问日方", False),
        ("Is the ferry back? Two neighbours see a chance", True),
        ("Old quarrel looms over talks of two neighbours", True),
        ("As the ferry returns, two neighbours count the cost", True),
        ("As of today, ferries sail again", False),
        ("My week on a ferry that nobody may take", True),
        ("Ferry to make both islands richer — economist", True),
        ("외신, 나라 회담에 “따뜻한 분위기”", True),
        ("두 이웃 사이 섬나라의 ‘줄타기 외교’", True),
        ("두 이웃 사이에 낀 항구의 딜레마", True),
        ("통일부 “평화가 우선 과제”", False),
        ("【焦点】渡り船の再開で何が変わるか", True),
        ("专家：渡轮复航对两国有利", True),
        ("一文读懂奈良会谈", True),
        ("海港观察丨两国渡轮能走多远", True),
        ("两国渡轮能复航吗", True),
        ("专家组抵达奈良", False),
        ("外交部：渡轮已复航", False),
        ("Show of force: how North Korea tested a missile", True),
        ("‘A door left ajar’: Why two neighbours talk again", True),
        ("Inside the harbour that two neighbours share", True),
        ("Insider: ferry sails again", False),
        ("Ferry pact: inside the last points of dispute", True),
        ("Handshakes at the pier: a short history of two neighbours", True),
        ("Ferry pact brings peace closer — Harbour’s ex-PM", True),
        ("Two neighbours sign ferry pact — ambassador", False),
        ("국민 절반, 두 이웃 회담에 긍정적[리얼미터]", True),
        ("[요즘 항구는] 등대 축제 한창", True),
        ("[News&How] 두 이웃 회담서 ‘항로’가 사라졌다", True),
        ("North Korea fires missile", False),
    ],
)
def test_a_column_is_known_by_its_title(title: str, column: bool) -> None:
    assert is_column(title) == column


@pytest.mark.parametrize(
    ("title", "days"),
    [
        ("Briefing of March 3", {"on 3-3"}),
        ("Briefing of Sept. 9", {"on 9-9"}),
        ("Leaders visit shrine to mark 80 years since defeat", set()),
        ("Decision 12 of the council, visite mardi 2", set()),
    ],
)
def test_a_day_of_a_series_stands_behind_a_month_and_no_word_like_one(
    title: str, days: set[str]
) -> None:
    assert tell(title).issues == days


def test_the_next_launch_is_another_story() -> None:
    first = tell("N. Korea fires ballistic missile toward East Sea", feed="agency")
    second = tell("N. Korea fires ballistic missile toward East Sea", at=NOON + 30 * HOUR)
    assert not together(first, second)


def test_a_chain_of_neighbours_does_not_become_one_story() -> None:
    ids = "abcdefgh"
    alike = dict.fromkeys(pairwise(ids), 200)
    assert max(map(len, clusters_of(dict.fromkeys(ids, NOON), alike, []))) == 2


def test_two_items_that_contradict_each_other_are_not_joined_by_a_third() -> None:
    moments = dict.fromkeys("abc", NOON)
    alike = dict.fromkeys([("a", "b"), ("b", "c"), ("a", "c")], 400)
    assert clusters_of(moments, alike, [("a", "c")]) == [["a", "b"]]


def test_one_contradiction_does_not_part_what_many_others_join() -> None:
    ids = "abcdefgh"
    alike = {pair_of(one, other): 400 for one in ids for other in ids if one != other}
    (story,) = clusters_of(dict.fromkeys(ids, NOON), alike, [("a", "h")])
    assert sorted(story) == list(ids)


def test_groups_of_which_all_pairs_say_the_same_need_less_than_two_items() -> None:
    few, many = dict.fromkeys("ab", NOON), dict.fromkeys("abcdef", NOON)
    sure = {("a", "b"): 400, ("b", "c"): 400, ("a", "c"): 400}
    sure |= {pair_of(one, other): 400 for one, other in ("de", "ef", "df")}
    doubtful = {(one, other): 60 for one in "abc" for other in "def"}
    assert clusters_of(few, {("a", "b"): 60}, []) == []
    assert len(clusters_of(many, {**sure, **doubtful}, [])) == 1


def test_a_story_ends_after_two_days_however_alike_its_items_are() -> None:
    moments = {id: NOON + 20 * n * HOUR for n, id in enumerate("abcd")}
    alike = {("a", "b"): 500, ("b", "c"): 400, ("c", "d"): 300}
    assert clusters_of(moments, alike, []) == [["a", "b", "c"]]


def test_items_too_far_apart_to_be_compared_say_nothing() -> None:
    moments = {"a": NOON, "b": NOON + 20 * HOUR, "c": NOON + 40 * HOUR}
    alike = {("a", "b"): 400, ("b", "c"): 140}
    assert clusters_of(moments, alike, []) == [["a", "b", "c"]]
    near = dict.fromkeys("abc", NOON)
    assert clusters_of(near, alike, []) == [["a", "b"]]


# --- parts of one event


def needed(one: Telling, other: Telling) -> int:
    """What likeness makes the tie of two items firm."""
    return next(like for like in range(SURE + 1) if is_firm(one, other, like))


def test_two_titles_of_one_language_that_share_few_words_must_be_more_alike() -> None:
    told = tell("China curbs rare earth exports, markets nervous")
    nothing, word, words = (
        tell(f"Japan fears new Chinese rare earth limits{more}", feed="agency")
        for more in ("", ", exports fall", ", exports fall, markets shaken")
    )
    assert needed(told, nothing) > needed(told, word) > needed(told, words)
    foreign = tell("日本、中国のレアアース規制を警戒", "ja", feed="agency")
    assert needed(told, foreign) == needed(told, words)


@pytest.mark.parametrize("shared", ["Lee", "3.4%"])
def test_a_person_or_number_that_two_titles_share_counts_as_a_word(shared: str) -> None:
    one, other = tell(f"Tariffs rise: {shared}"), tell(f"{shared} on duties", feed="agency")
    without = tell("Tariffs rise")
    assert needed(one, other) < needed(without, other)


def test_two_titles_of_one_paper_must_be_more_alike_than_those_of_two() -> None:
    one, other = "中 희토류 수출 통제에 日 긴장", "일본, 중국 희토류 대책 마련 착수"
    assert together(tell(one, "ko"), tell(other, "ko", feed="agency"))
    assert not together(tell(one, "ko"), tell(other, "ko"))


def test_a_comment_must_be_more_like_an_event_than_another_report_of_it() -> None:
    event = tell("Ferry between the islands sails again, crowds cheer")
    report, comment = (
        tell(title, feed="agency")
        for title in ("Ferry sails again, crowds cheer", "Opinion: ferry sails again, crowds cheer")
    )
    assert needed(event, comment) == needed(event, report) + 100
    assert needed(comment, replace(comment, feed="paper")) == needed(event, report)


def test_an_item_without_a_firm_tie_leaves_a_story_of_few_items() -> None:
    assert firm_in(["a", "b", "c"], [("a", "b"), ("c", "x")]) == ["a", "b"]
    assert firm_in(["a", "b"], []) == []
    assert firm_in([*"abcde"], [("a", "b")]) == ["a", "b"]
    assert firm_in([*"abcdef"], [("a", "b")]) == [*"abcdef"]


def arrivals(at: datetime = NOON) -> list[Telling]:
    titles = ("Lee lands in Nara for summit with Takaichi", "Takaichi greets Lee at Nara airport")
    return [tell(title, at=at, feed=feed) for title in titles for feed in ("paper", "agency")]


def statements(at: datetime = NOON) -> list[Telling]:
    titles = ("Lee, Takaichi adopt joint statement in Nara", "Takaichi, Lee pledge shuttle visits")
    return [tell(title, at=at, feed=feed) for title in titles for feed in ("paper", "agency")]


def ties(one: Sequence[Telling], other: Sequence[Telling], number: int) -> dict[Pair, int]:
    pairs = [pair_of(a.id, b.id) for a in one for b in other]
    return dict.fromkeys(pairs[:number], 50)


def test_parts_of_a_summit_that_some_headlines_tie_are_one_story() -> None:
    one, other = arrivals(), statements()
    (whole,) = join_parts([one, other], ties(one, other, 4), [])
    assert sorted(whole) == sorted(telling.id for telling in (*one, *other))


def test_a_few_ties_or_a_small_share_of_them_join_no_parts() -> None:
    one, other = arrivals(), statements()
    assert len(join_parts([one, other], ties(one, other, 3), [])) == 2
    more = [tell(f"Lee and Takaichi in Nara, day {n}", feed=f"paper {n}") for n in range(20)]
    assert len(join_parts([one, more], ties(one, more, 14), [])) == 2
    assert len(join_parts([one, more], ties(one, more, 15), [])) == 1


def test_parts_that_contradict_each_other_stay_apart() -> None:
    one, other = arrivals(), statements()
    alike = ties(one, other, 16)
    assert len(join_parts([one, other], alike, [*alike][:1])) == 1
    assert len(join_parts([one, other], alike, [*alike][:2])) == 2


def test_ties_join_no_groups_that_as_wholes_tell_other_things() -> None:
    one = arrivals()
    quarrel = "Japan, South Korea fishing crews collide over squid quotas and steel tariffs"
    other = [tell(f"{quarrel}, item {n}") for n in "abcd"]
    assert len(join_parts([one, other], ties(one, other, 16), [])) == 2


def test_groups_without_two_parties_in_common_are_not_known_to_be_parts() -> None:
    one = [tell(f"Heavy rain floods the valley, item {n}") for n in "abcd"]
    other = [tell(f"Valley counts damage after heavy rain, item {n}") for n in "abcd"]
    assert len(join_parts([one, other], ties(one, other, 16), [])) == 2


VISITS = "Putin visits disputed Kuril islands"
ANSWERS = "Takaichi protests Putin visit to Kuril islands"


def test_an_answer_and_what_it_answers_may_be_parts_though_they_contradict() -> None:
    one, other = tell(VISITS), tell(ANSWERS)
    assert contradict(one, other)
    assert are_parts(one, other)


def test_a_report_that_adds_the_answer_and_repeats_the_rest_is_no_other_event() -> None:
    report = tell("북한 “한국 핵잠 보유 승인은 엄중 사태, 도미노 초래”", "ko")
    added = tell("북한 “한국 핵잠 승인 엄중 사태, 도미노 초래”…미국에 반발", "ko", feed="agency")
    assert together(report, added)
    assert contradict(report, added)  # if it is not sure that they are alike


def test_a_headline_with_other_spaces_or_in_another_order_is_no_other_thing() -> None:
    one = tell("북한, 최근 서해 위성발사장서 로켓엔진 연소시험 진행한 듯", "ko")
    other = tell("북한, 서해위성발사장서 최근 로켓엔진 연소시험 진행한 듯", "ko", feed="agency")
    assert together(one, other)


def test_a_planned_meeting_and_the_meeting_may_be_parts_though_they_contradict() -> None:
    plan = tell("Kim Jong Un to hold summit with Xi Jinping in Beijing")
    held = tell("Kim Jong Un, Xi Jinping hold summit in Beijing")
    assert contradict(plan, held)
    assert are_parts(plan, held)


def test_reports_of_an_act_and_of_its_answers_are_one_story() -> None:
    acts = [
        f"{VISITS}{more}"
        for more in ("", " for first time", ", sparking anger in Tokyo", " to watch drills")
    ]
    answers = [
        f"{ANSWERS}{more}"
        for more in ("", " as unacceptable", " as a provocation", " with strong words")
    ]
    told = [
        tell(title, feed=f"paper {n}", at=NOON + n * timedelta(minutes=9))
        for n, title in enumerate((*acts, *answers))
    ]
    (story,) = find_stories(told)
    assert len(story.items) == len(told)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # no answer; another act is answered; both titles tell too little of the same
        (VISITS, "Putin watches drills off Kuril islands"),
        (VISITS, "Takaichi protests Xi visit to Pyongyang"),
        ("Putin praises farmers", "Takaichi protests Putin remark on whaling"),
    ],
)
def test_what_answers_something_else_is_no_answer(one: str, other: str) -> None:
    assert not are_parts(tell(one), tell(other))


def test_two_reports_of_one_launch_by_two_neighbours_are_parts_of_it() -> None:
    """They share one country alone, so they must tell nearly the same."""
    launch = "North Korea fires ballistic missile off its coast"
    one = [tell(f"{launch}, Seoul says, item {n}") for n in "abcd"]
    other = [tell(f"{launch}, Tokyo says, item {n}") for n in "abcd"]
    assert len(join_parts([one, other], ties(one, other, 8), [])) == 1
    drill = [tell(f"North Korea shows off new tank factory, item {n}") for n in "abcd"]
    assert len(join_parts([one, drill], ties(one, drill, 8), [])) == 2


@pytest.mark.parametrize(("hours", "number"), [(72, 1), (73, 2)])
def test_parts_of_one_event_lie_within_three_days(hours: int, number: int) -> None:
    one, other = arrivals(), statements(NOON + 20 * HOUR)
    other.append(tell("Lee, Takaichi end talks in Nara", at=NOON + hours * HOUR))
    assert len(join_parts([one, other], ties(one, other, 8), [])) == number


def test_the_order_of_groups_does_not_matter_for_their_parts() -> None:
    some = [arrivals(), statements(), arrivals(NOON + HOUR), statements(NOON + 2 * HOUR)]
    some = [
        [replace(telling, id=f"{n} {telling.id}") for telling in group]
        for n, group in enumerate(some)
    ]
    alike = {k: v for a, b in combinations(some, 2) for k, v in ties(a, b, 5).items()}
    joined = {
        frozenset(map(frozenset, join_parts(order, alike, []))) for order in permutations(some)
    }
    assert len(joined) == 1


def test_what_everybody_talks_about_tells_less_on_that_day() -> None:
    war = [tell(f"Iran, item {n}", at=NOON + n * timedelta(minutes=1)) for n in range(100)]
    quiet = tell("Iran, item 200", at=NOON + 72 * HOUR)
    days = [list(day) for day in by_day([*war, quiet])]
    assert days[0][0].facts["IR"] < days[1][0].facts["IR"] == quiet.facts["IR"]


def test_what_is_made_of_a_headline_for_pairs_goes_when_nothing_more_is_compared() -> None:
    titles = ("Lee in Nara", "Snow in Busan", "Iran opens strait", "Rice prices up")
    told = [tell(title, at=NOON + n * 20 * HOUR) for n, title in enumerate(titles)]
    stories = find_stories(told)
    assert next(stories).items == (told[0].id,)
    assert not vars(told[0])
    assert vars(told[2])


def test_what_one_report_tells_a_hundred_times_does_not_tell_less() -> None:
    copies = [tell("Iran opens strait to tankers", feed=f"paper-{n}") for n in range(100)]
    (day,) = map(list, by_day(copies))
    assert {telling.facts["IR"] for telling in day} == {copies[0].facts["IR"]}


def test_tellings_out_of_order_are_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="order of time"):
        list(find_stories([tell("b", at=NOON), tell("a", at=NOON - 48 * HOUR)]))


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        # each title names a country of which the other does not speak
        (
            "ko",
            "한일 국방장관 회담 “방산·우주 협력 확대”",
            "안규백, 필리핀 국방장관과 회담…방산·우주 협력 확대",
        ),
        # two countries at one table, three at the other, and both talk about a fourth
        (
            "ko",
            "한미일 외교장관 “북한 비핵화 원칙 재확인”",
            "한미 정상회담, 북한 비핵화 원칙 재확인",
        ),
    ],
)
def test_partners_and_tables_tell_two_events_apart(lang: str, one: str, other: str) -> None:
    assert not together(tell(one, lang, feed="agency"), tell(other, lang))


def test_what_a_market_does_is_not_what_moved_it() -> None:
    event = tell("Iran and America agree on a ceasefire that leaves doubts")
    told = tell("Doctors hopeful as Iran and America agree on a ceasefire", feed="agency")
    market = tell("Bitcoin hopeful as Iran and America agree on a ceasefire", feed="agency")
    assert likeness(event, told) > likeness(event, market)


def test_titles_of_one_feed_with_one_form_are_a_series() -> None:
    one = tell("Is Oakridge Holdings Inc. a good stock to buy now?", feed="paper")
    other = tell("Is Milltown Company LLC a good stock to buy now?", feed="paper")
    assert contradict(one, other)


def test_a_launch_is_one_story_whatever_kind_of_missile_papers_name() -> None:
    assert together(
        tell("북한, 화성포 시험발사…동해 섬 명중", "ko"),
        tell("북한, 탄도미사일 시험발사…동해 섬 명중", "ko", feed="agency"),
    )
    topics = load_topics(shipped_lexicon())
    kinds = shipped_lexicon().topics.section("kind")
    assert {f"thing:{one}" for some in kinds.values() for one in some}.isdisjoint(topics.actors)
    assert {f"thing:{one}" for one in kinds} <= topics.actors.keys()


@pytest.mark.parametrize(
    ("lang", "other"),
    [
        ("ko", "[속보] “북한 탄도 미사일 가능성 물체 이미 낙하 추정”"),
        ("ja", "北朝鮮から飛翔体、EEZ外に落下か 防衛省"),
        ("en", "North Korean projectile landed outside EEZ, Tokyo says"),
    ],
)
def test_what_others_saw_fall_was_launched(lang: str, other: str) -> None:
    launch = tell("[속보] 합참 “북한, 동쪽 방향으로 미상 발사체 발사”", "ko", feed="agency")
    assert together(launch, tell(other, lang))


def test_a_country_counts_little_beside_its_place_and_no_name_counts_twice() -> None:
    place, country = tell("Lee lands in Singapore"), tell("Lee speaks of Laos")
    assert place.facts["SG"] < country.facts["LA"]
    assert not any(fact.startswith("place:") for fact in tell("Gaza hospital hit").facts)


def test_round_numbers_tell_less_and_the_stamp_of_a_day_nothing() -> None:
    facts = tell("Duty of 10% on 37% of 200 goods, 20260112 list").facts
    assert facts["10%"] < facts["37%"] and facts["#200"] < facts["37%"]
    assert not any(fact.startswith("#2.") for fact in facts)


WORDS_OF_NUMBERS = st.sampled_from(
    ["June", "Jan.", "th", "percent", "million", "억", "万", "第", "제", "次", "차", "月", "日", "일", "%", ", "]
)  # fmt: skip


@given(words=st.lists(WORDS_OF_NUMBERS, max_size=8).map("".join))
def test_words_of_numbers_and_days_tell_nothing_without_a_digit(words: str) -> None:
    """In a title with a digit, which tells nothing itself, they are looked at."""
    without, looked_at = tell(words), tell(f"{words} ; 7")
    assert (without.facts, without.issues) == (looked_at.facts, looked_at.issues)
    assert without.planned is looked_at.planned is False


# --- titles


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("(2nd LD) Lee lands in Nara", "Lee lands in Nara"),
        ("[속보] [2보] 이 대통령, 나라 도착", "이 대통령, 나라 도착"),
        ("【速報】日韓首脳が会談", "日韓首脳が会談"),
        ("UPDATE 4-China widens controls", "China widens controls"),
        ("Lee lands in Nara - Harbor Daily", "Lee lands in Nara"),
        ("Lee lands in Nara | World | Harbor Daily", "Lee lands in Nara"),
        ("李在明抵達奈良訪問｜海港新聞 @HARBORNEWS │ 海港新聞網", "李在明抵達奈良訪問"),
        ("中国、輸入を停止（東海通信）", "中国、輸入を停止"),
        ("South Korea-Japan talks", "South Korea-Japan talks"),
        ("[속보]", "[속보]"),
        ("", ""),
    ],
)
def test_a_title_is_compared_without_what_hangs_on_it(title: str, bare: str) -> None:
    assert bare_title(title) == bare


@pytest.mark.parametrize(
    ("summary", "read"),
    [
        ("(하버빌=한빛통신) 김하나 이두리 특파원 = 이 대통령이 도착했다", "이 대통령이 도착했다"),
        ("（海港社記者林一一奈良12日電）總統抵達", "總統抵達"),
        ("【ハーバービル共同】大統領が到着した", "大統領が到着した"),
        ("[Harbor Post] The president landed", "The president landed"),
        ("The president (73) landed", "The president (73) landed"),
        ("", ""),
    ],
)
def test_a_summary_is_read_without_the_dateline_of_an_agency(summary: str, read: str) -> None:
    assert gist_of(Item(feed="f", uid="1", title="t", summary=summary)).summary == read


# --- laws


GOLD = load()


@cache
def gold_tellings() -> Mapping[str, Telling]:
    roles = {told.source: told.role for told in GOLD}
    reader = Teller(shipped_rules().readings, roles)
    items = {told.id: told.item() for told in GOLD if told.part == "work"}
    return {
        id: reader.telling(id, item, item.published) for id, item in items.items() if item.published
    }


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_stories_do_not_depend_on_the_order_of_arrival(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(sorted(gold_tellings())), unique=True, max_size=80))
    tellings = [gold_tellings()[id] for id in chosen]
    shuffled = data.draw(st.permutations(tellings))
    assert set(stories(*tellings)) == set(stories(*shuffled))


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_every_item_is_in_exactly_one_story(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(sorted(gold_tellings())), unique=True, max_size=80))
    told = [id for story in stories(*(gold_tellings()[id] for id in chosen)) for id in story.items]
    assert sorted(told) == sorted(chosen)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_items_far_from_a_story_do_not_change_it(data: st.DataObject) -> None:
    ids = sorted(gold_tellings())
    middle = gold_tellings()[data.draw(st.sampled_from(ids))].moment
    near = [t for t in gold_tellings().values() if abs(t.moment - middle) < timedelta(days=8)]
    around = {s for s in stories(*near) if abs(s.first - middle) < timedelta(days=3)}
    assert around <= set(stories(*gold_tellings().values()))


@given(one=st.sampled_from(range(300)), other=st.sampled_from(range(300)))
def test_likeness_and_contradiction_know_no_first_and_second(one: int, other: int) -> None:
    a, b = (list(gold_tellings().values())[n] for n in (one, other))
    assert likeness(a, b) == likeness(b, a)
    assert contradict(a, b) == contradict(b, a)


@given(
    one=st.sampled_from(range(300)),
    other=st.sampled_from(range(300)),
    least=st.sampled_from((OPEN, STRANGERS)),
)
def test_only_of_pairs_that_are_far_apart_the_likeness_is_not_worked_out(
    one: int, other: int, least: int
) -> None:
    a, b = (list(gold_tellings().values())[n] for n in (one, other))
    exact = min(SURE, round(100 * log_odds(a, b, least=-math.inf)))
    found = likeness(a, b, least)
    assert a.title == b.title or found == exact or exact <= found <= least


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_what_new_and_edited_items_change_is_what_telling_all_again_changes(
    data: st.DataObject,
) -> None:
    ids = data.draw(st.lists(st.sampled_from(sorted(gold_tellings())), unique=True, max_size=120))
    tellings = {id: gold_tellings()[id] for id in ids}
    before: dict[str, Telling | None] = {}
    for id in data.draw(st.lists(st.sampled_from(ids), unique=True, max_size=8)) if ids else ():
        earlier = gold_tellings()[data.draw(st.sampled_from(sorted(gold_tellings())))]
        was_there = data.draw(st.booleans())
        before[id] = replace(earlier, id=id, feed=tellings[id].feed) if was_there else None
    closeness = _by_length if data.draw(st.booleans()) else None
    then = (telling for telling in {**tellings, **before}.values() if telling)
    whole = set(find_stories(_in_time(tellings.values()), closeness))
    changed = set(find_changed_stories(tellings.values(), before, closeness))
    assert whole - set(find_stories(_in_time(then), closeness)) <= changed <= whole


def test_a_word_that_becomes_everybodys_changes_stories_without_a_new_item() -> None:
    flooded = [tell(f"Lee: {n} {n}{n}", feed=f"f{n}") for n in range(100, 340)]
    pair = [tell("Lee in Nara"), tell("Lee sees Nara", feed="other")]
    whole = set(find_stories(_in_time((*flooded, *pair))))
    before = dict.fromkeys(telling.id for telling in flooded[60:])
    then = set(find_stories(_in_time((*flooded[:60], *pair))))
    changed = set(find_changed_stories((*flooded, *pair), before))
    assert whole - then <= changed <= whole


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_stories_that_grow_by_what_is_new_are_those_of_all_items_together(
    data: st.DataObject,
) -> None:
    told = _in_time(gold_tellings().values())  # items that come one after the other share events
    start = data.draw(st.integers(0, len(told) - 40))
    coming = data.draw(st.permutations(told[start : start + 40]))
    closeness = _by_length if data.draw(st.booleans()) else None
    here: dict[str, Telling] = {}
    story_of: dict[str, Story] = {}
    while coming:
        number = data.draw(st.sampled_from((1, 4, 20)))
        new, coming = coming[:number], coming[number:]
        edited = data.draw(st.lists(st.sampled_from(sorted(here)), max_size=2)) if here else []
        before = dict.fromkeys((one.id for one in new), None) | {id: here[id] for id in edited}
        words = {id: data.draw(st.sampled_from(told)) for id in edited}
        here |= {one.id: one for one in new}
        here |= {id: replace(words[id], id=id, feed=here[id].feed) for id in edited}
        for story in find_changed_stories(here.values(), before, closeness):
            story_of |= dict.fromkeys(story.items, story)
    assert set(story_of.values()) == set(find_stories(_in_time(here.values()), closeness))


def _in_time(tellings: Iterable[Telling]) -> list[Telling]:
    return sorted(tellings, key=lambda telling: telling.moment)


def _by_length(pairs: Sequence[tuple[Telling, Telling]]) -> list[float]:
    return [min(len(a.title), len(b.title)) / max(len(a.title), len(b.title)) for a, b in pairs]


def test_a_telling_is_kept_as_it_is() -> None:
    for id, telling in gold_tellings().items():
        text = as_text(telling)
        kept = from_text(text, id=id, feed=telling.feed, role=telling.role)
        assert replace(kept, titled=titled_in(text)) == telling


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "[]", "{}", "[1,2,3]", '["x"' + ",0" * 12 + "]"),
        '["2026-01-13T12:00:00+00:00","en","Lee",false,{"KR":"much"},{},{},{},[],[],[],[],[]]',
        '["2026-01-13T12:00:00+00:00","en",7,false,{"KR":45},{},{},{},[],[],[],[],[]]',
    ],
)
def test_what_is_no_telling_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(text, id="a", feed="f", role=Role.AGENCY)


@pytest.mark.parametrize(
    "text", ["", "1", "[]", "{}", "[1,2,3]", '[[["KR",0]]]', '[[["KR","0",3]]]', "[[[0,0,3]]]"]
)
def test_what_names_nobody_in_a_title_is_not_taken_for_names(text: str) -> None:
    with pytest.raises(ValueError):
        titled_in(text)


def test_a_pair_has_one_name() -> None:
    assert pair_of("b", "a") == pair_of("a", "b") == ("a", "b")


# --- topics


def test_every_topic_has_words_in_two_languages_and_a_name_of_its_own() -> None:
    topics = load_topics(shipped_lexicon())
    names = [id.partition(":")[2] for id in topics.actors]
    assert len(set(names)) == len(names) >= 200
    for actor in topics.actors.values():
        assert len({name.isascii() for name in actor.names}) == 2, actor.id


def test_common_names_are_names_that_exist() -> None:
    topics = load_topics(shipped_lexicon())
    assert not topics.common.keys() - topics.actors.keys() - shipped_rules().actors.keys()


def test_a_place_of_the_users_is_a_topic_unless_it_is_known(tmp_path: Path) -> None:
    def place(site: str, names: str) -> str:
        return f'[[place]]\ncountry = "JP"\nsite = "{site}"\nkind = "city"\nnames = "{names}"\n'

    (tmp_path / "places.toml").write_text(
        place("Beppu", "Beppu, 別府")
        + place("Beppu", "Kannawa, 別府")  # another part of it
        + place("Minami", "OSAKA, Namba")  # a topic under another name
        + place("Nara", "Nara, Naramachi"),  # a venue of the gazetteer
        "utf-8",
    )
    lexicon, problems = load_lexicon(tmp_path)
    assert problems == ()
    actors = shipped_rules().actors
    shipped, mine = (load_topics(one, actors.values()) for one in (shipped_lexicon(), lexicon))
    more = {
        id: set(actor.names) - set(shipped.actors[id].names if id in shipped.actors else ())
        for id, actor in mine.actors.items()
        if actor != shipped.actors.get(id)
    }
    assert more == {"place:beppu": {"Beppu", "別府", "Kannawa"}, "place:osaka": {"Namba"}}
    assert mine.common == shipped.common
