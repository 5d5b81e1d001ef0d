"""Visits are read from headlines: classes of sentences in four languages, and what is none."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.analyze.visits.lexicon import VisitWords, build
from sigtrack.analyze.visits.reader import VisitReader
from sigtrack.lexicon import load_lexicon, shipped_lexicon
from sigtrack.model import Level, Phase, Rank
from visiting import actors, item, main_visit, read, reader, told

PLANS = [
    ("Takaichi to visit Seoul next month", "JP > KR planned"),
    ("French president bound for New Delhi", "FR > IN planned"),
    ("South Korean foreign minister off to Ottawa for defence talks", "KR > CA planned"),
    ("Premier Li Qiang will travel to Hanoi", "CN > VN planned"),
    ("Merz to lead fifty executives on trip to Tokyo", "DE > JP planned"),
    ("Xi Jinping to host Philippine president in Beijing", "PH > CN planned"),
    ("이 대통령, 내달 초 캐나다 방문 예정", "KR > CA planned"),
    ("조현 외교장관, 워싱턴行", "KR > US planned"),
    ("시진핑 방북 추진", "CN > KP planned"),
    ("첫 방문지는 몽골…외교장관 20일 출국", "KR > MN planned"),
    ("이 대통령, 23일 고도 나라 방문", "KR > JP planned"),
    ("高市首相、来週オーストラリア訪問へ", "JP > AU planned"),
    ("独外相が訪韓で調整", "DE > KR planned"),
    ("加首相、来月来日へ", "CA > JP planned"),
    ("越南总理将访华", "VN > CN planned"),
    ("李在明將訪美", "KR > US planned"),
    ("韩国外长赴日出席三国外长会", "KR > JP planned"),
    ("Takaichi to make first trip to Washington as prime minister", "JP > US planned"),
    ("Lee's New York trip to include speech at UN", "KR > US planned"),
    ("통상본부장, 내주 브뤼셀 방문", "KR > BE planned"),
    ("김민석 총리, 또 미국행", "KR > US planned"),
    ("高市首相、ASEAN首脳会議でマレーシアへ", "JP > MY planned"),
    ("シンガポール首相の訪日", "SG > JP planned"),
    ("习近平将对朝鲜民主主义人民共和国进行国事访问", "CN > KP planned"),
    ("王毅将访巴西", "CN > BR planned"),
    ("何立峰將赴馬德里舉行會談", "CN > ES planned"),
    ("朝鲜在特朗普访韩前发射导弹", "US > KR planned"),
]
PRESENCE = [
    ("Lee arrives in Manila", "KR > PH ongoing"),
    ("German foreign minister in Beijing after cancelled trip", "DE > CN ongoing"),
    ("Malaysia's prime minister meets Takaichi in Osaka", "MY > JP ongoing"),
    ("Italian premier gets red carpet in Seoul", "IT > KR ongoing"),
    ("이 대통령, 하노이 도착", "KR > VN ongoing"),
    ("프랑스 대통령 국빈 방한 이틀째", "FR > KR ongoing"),
    ("외교장관, 방콕서 태국 외교장관과 회담", "KR > TH ongoing"),
    ("英首相が来日", "GB > JP ongoing"),
    ("茂木外相、ジャカルタで記者会見", "JP > ID ongoing"),
    ("高市首相がハノイ入り", "JP > VN ongoing"),
    ("法国总统抵达上海", "FR > CN ongoing"),
    ("加拿大总理在北京同李强会谈", "CA > CN ongoing"),
    ("泰國總理抵京", "TH > CN ongoing"),
    ("Modi in China for first time in seven years", "IN > CN ongoing"),
    ("Seoul's security adviser Han in Washington for talks", "KR > US ongoing"),
    ("Trump hosts Syria's Harbouri at White House", "SY > US ongoing"),
    ("Trump welcomes Takaichi to White House", "JP > US ongoing"),
    ("Rubio meets Japanese counterpart in Washington", "JP > US ongoing"),
    ("Video: Putin arrives in New Delhi", "RU > IN ongoing"),
    ("Xi attends dinner hosted by Kim Jong Un", "CN > KP ongoing"),
    ("李대통령, 남아공서 교민 만나", "KR > ZA ongoing"),
    ("트럼프, 경주 도착", "US > KR ongoing"),
    ("러 하원의장, 평양서 김정은 만나", "RU > KP ongoing"),
    ("리창, 김정은이 주최한 만찬에 참석", "CN > KP ongoing"),
    ("ベトナムのラム書記長、訪朝", "VN > KP ongoing"),
    ("赤沢氏が8回目の訪米", "JP > US ongoing"),
    ("视频丨普京抵达新德里", "RU > IN ongoing"),
    ("拉夫罗夫访韩国", "RU > KR ongoing"),
    ("习近平出席金正恩举行的欢迎宴会", "CN > KP ongoing"),
    ("香会上中方发问，菲防长答非所问", "PH > SG ongoing"),
    ("李强会见来访的越共中央总书记苏林", "VN > CN ongoing"),
    ("李强出席第26次中国-东盟领导人会议", "CN > PH ongoing"),
    ("ミャンマートップ、タイ訪問へ", "MM > TH planned"),
    ("王毅在昆明会见缅甸外长", "MM > CN ongoing"),
    ("英国首相抵沪", "GB > CN ongoing"),
]
ENDS = [
    ("Spanish king wraps up state visit to South Korea", "ES > KR done"),
    ("Marcos leaves Tokyo with coast guard pact", "PH > JP done"),
    ("Takaichi returns from Jakarta", "JP > ID done"),
    ("이 대통령, 4박 5일 방미 마치고 귀국", "KR > US done"),
    ("러 외무장관, 방북 마무리", "RU > KP done"),
    ("米国務長官が離日", "US > JP done"),
    ("高市首相、訪米を終え帰国", "JP > US done"),
    ("德国总理结束访华", "DE > CN done"),
    ("王毅結束訪韓行程", "CN > KR done"),
    ("Putin's India visit: key takeaways", "RU > IN done"),
    ("이 대통령 지지율, 방미 후 상승", "KR > US done"),
]
CALLED_OFF = [
    ("Wadephul cancels trip to Seoul", "DE > KR cancelled"),
    ("Polish president postpones visit to Japan", "PL > JP cancelled"),
    ("日외무상 방한 연기", "JP > KR cancelled"),
    ("인도 총리 방중 무산", "IN > CN cancelled"),
    ("仏大統領の訪韓が中止", "FR > KR cancelled"),
    ("経産相、訪中見送り", "JP > CN cancelled"),
    ("印度外长推迟访日", "IN > JP cancelled"),
    ("高市首相のNATO首脳会合出席の取りやめ", "JP > TR cancelled"),
]
NONE = [
    "Ambassador of Japan arrives in Seoul",
    "Korean lawmakers visit Tokyo to meet prime minister",
    "Chip maker's chief executive visits Beijing",
    "Japanese destroyer visits Busan",
    "Lee, Takaichi speak by phone",
    "Xi, Putin hold video call",
    "Takaichi visits quake-hit Noto",
    "Singer visits Tokyo for concert",
    "Tourists visit Kyoto in record numbers",
    "Australian premier welcomes Korea-Japan summit meeting",
    "Prime minister wants to meet Kim Jong Un",
    "Ugandan President Visits Embassy of South Korea",
    "여야 의원단 방일",
    "손흥민 소속팀 방한",
    "주일대사 도쿄 도착",
    "이 대통령, 부산 전통시장 방문",
    "한일 정상 통화",
    "방문자 수 늘어난 누리집",
    "駐日大使が着任",
    "訪日客、過去最多",
    "日韓首脳が電話会談",
    "経団連訪中団が北京到着",
    "高市首相、福島を視察",
    "网站访问异常",
    "驻华大使抵京",
    "球队抵达东京",
    "中俄元首通电话",
    "China's Role in South Sudan",
    "Putin says he is ready to meet Zelensky in Moscow",
    "Seoul denies report Lee will visit Pyongyang",
    "Foreign Minister of Brazil Greets Korean Counterpart",
    "박병석 “시진핑 APEC 참석 요청”",
    "高市首相の訪中、実現見通せず",
    "支援をウクライナへ 茂木外相",
]


FIRST_SENTENCES = [
    # the first sentence has the subject, a day and a place, and the title is about something else
    (
        (
            "전투기 100대 사겠다는 우크라",
            "젤렌스키 우크라이나 대통령은 12일 파리에서 마크롱 프랑스 대통령과 만나 서명했다.",
        ),
        "UA > FR done",
    ),
    (
        (
            "李, 조선업 강조",
            "이재명 대통령이 14일(현지시간) 일본 도쿄에서 원로들을 잇달아 접견하고 협력을 논의했다.",
        ),
        "KR > JP ongoing",
    ),
    (
        ("과일 알리는 여사", "이재명 대통령과 함께 말레이시아를 방문 중인 여사가 시장을 찾았다."),
        "KR > MY ongoing",
    ),
    (
        (
            "Economic officials gather amid a trade war",
            "Treasury Secretary Scott Bessent will meet counterparts at a NATO ministers meeting in Canada.",
        ),
        "US > CA planned",
    ),
]
FORMS = [
    ("Hopes for a visit to Japan by President Trump", "US > JP planned"),
    ("China hosts Thai, Cambodian foreign ministers for talks", "TH+KH > CN ongoing"),
    ("李대통령, 美日 순방 앞두고 참모 회의", "KR > US planned"),
    ("이재명 특사 맞이한 中", "KR > CN ongoing"),
    ("우의장, 가나 대통령 접견", "GH > KR ongoing"),
    ("外務大臣政務官がペルー訪問", "JP > PE ongoing"),
    ("赵乐际会见奥地利联邦委员会主席", "AT > CN ongoing"),
]
NOT_YET = [
    "이시바 미국행 미정…트럼프 방한 일정은 미확정",
    "트럼프 “시진핑, 방미 희망”",
    "서울 나선 대통령 부인, 만찬 참석",
]


@pytest.mark.parametrize(("title", "expected"), [*PLANS, *PRESENCE, *ENDS, *CALLED_OFF, *FORMS])
def test_a_headline_tells_who_goes_where_and_how_far_it_has_come(title, expected):
    assert told(title) == expected


@pytest.mark.parametrize("title", [*NONE, *NOT_YET])
def test_journeys_of_others_and_talks_from_afar_are_no_visits(title):
    assert told(title) == ""


@pytest.mark.parametrize(("texts", "expected"), FIRST_SENTENCES)
def test_the_first_sentences_tell_a_visit_that_the_headline_does_not(texts, expected):
    assert told(*texts) == expected


def test_whoever_is_spoken_of_does_not_travel_to_the_speaker():
    summary = "트럼프 대통령은 백악관에서 폴란드 대통령과 회담하던 중 그 연설을 봤다."
    assert told("트럼프 “시진핑, 연설에서 미국 언급 안 해”", summary) == "PL > US ongoing"
    summary = "14일 경주에서 열린 한미 정상회담에서 두 나라는 북한을 논의했다."
    assert told("트럼프 “김정은과 곧 만날 것”", summary) == "US > KR ongoing"


def test_a_summary_completes_what_the_headline_leaves_out():
    assert told("Macron opens state visit", "He will also go to Chengdu.") == "FR > CN ongoing"
    assert told("Ministers' trip called a success", "Motegi left Warsaw on Monday.") == (
        "JP > PL done"
    )
    assert told("다카이치 총리 국빈급 예우", "방한 중인 총리는 경주에 머문다.") == "JP > KR ongoing"


def test_whoever_meets_in_a_third_country_has_travelled_there():
    visit = read("Rubio, Motegi and Cho Hyun meet in Manila")
    assert visit and visit.host_country == "PH"
    assert [visitor.country for visitor in visit.visitors] == ["US", "JP", "KR"]
    assert told("한일 정상, 뉴욕서 회담") == "KR+JP > US ongoing"
    assert told("中韓外相がクアラルンプールで会談") == "CN+KR > MY ongoing"
    assert told("俄美元首在日内瓦会晤") == "RU+US > CH ongoing"


def test_talks_without_a_place_have_two_sides_and_no_host():
    (visit,) = reader().visits(item("日・ザンビア外相会談", lang="ja"))
    assert visit.host_country is None
    assert [visitor.country for visitor in visit.visitors] == ["JP", "ZM"]
    assert main_visit(reader(), item("日・ザンビア外相会談", lang="ja")) is None


def test_an_office_gets_the_name_of_who_holds_it_that_day():
    in_2024 = datetime(2024, 2, 1, tzinfo=UTC)
    visit = read("Japanese prime minister to visit Seoul")
    before = read("Japanese prime minister to visit Seoul", at=in_2024)
    assert visit and visit.visitors[0].actor == "takaichi"
    assert before and before.visitors[0].actor == "kishida"
    unknown = read("Croatian president arrives in Tokyo")
    assert unknown and unknown.visitors[0].name == "Croatian president"
    assert not unknown.visitors[0].actor


def test_an_office_without_a_country_is_that_of_the_language():
    assert told("외교장관, 하노이 방문") == "KR > VN ongoing"
    assert told("外相がハノイ訪問へ") == "JP > VN planned"
    assert told("Foreign minister visits Hanoi") == ""


def test_one_who_is_no_longer_in_office_does_not_travel_unless_called_former():
    assert told("Biden visits Seoul") == ""
    visit = read("Former president Biden meets President Lee in Seoul")
    assert visit and visit.rank is Rank.ENVOY


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Macron on state visit to Japan", Level.STATE),
        ("이 대통령 공식 방문차 이집트 도착", Level.OFFICIAL),
        ("比大統領が実務訪問で来日", Level.WORKING),
        ("Putin makes unannounced visit to Pyongyang", Level.INFORMAL),
        ("Lee meets Czech president in New York on sidelines of UN", Level.SIDELINES),
        ("Takaichi visits Hanoi", Level.UNSPECIFIED),
    ],
)
def test_the_level_is_the_one_that_is_named(title, level):
    visit = read(title)
    assert visit and visit.level is level


def test_a_summit_that_moves_is_where_it_is_held_in_the_year_of_the_text():
    in_2025 = datetime(2025, 10, 29, tzinfo=UTC)
    title = "高市総理大臣のAPEC首脳会議への出席"
    assert told(title, at=in_2025) == "JP > KR planned"
    assert told(title) == "JP > CN planned"
    assert told(title, at=datetime(2012, 9, 5, tzinfo=UTC)) == ""  # nobody has written it down
    assert told("Officials prepare APEC statement", at=in_2025) == ""


def test_a_summary_that_only_repeats_the_title_does_not_say_how_far_it_has_come():
    title = "王毅出席香格里拉对话会"
    assert told(title, f"{title} 光明网") == told(title) == "CN > SG ongoing"


def test_a_person_begins_with_his_country():
    text = "He spoke during talks with visiting Brazilian President Lula in Beijing."
    assert told("Xi calls for fair order", text) == "BR > CN ongoing"


def test_a_gathering_in_another_country_puts_no_visit_on_its_sidelines():
    told = "이 대통령은 남아프리카공화국에서 열리는 G20 정상회의 참석을 계기로 순방을 시작했다."
    visit = read("李대통령 베트남 도착", told)
    assert visit and visit.host_country == "VN" and visit.level is Level.UNSPECIFIED
    told = "이 대통령은 베트남에서 열리는 G20 정상회의에 참석한다."
    visit = read("李대통령 베트남 도착", told)
    assert visit and visit.level is Level.SIDELINES


def test_the_level_of_another_visit_in_the_summary_is_not_taken():
    visit = read("Lee arrives in Japan", "It is a week after his state visit to China.")
    assert visit and visit.level is Level.UNSPECIFIED


def test_every_country_of_a_tour_is_a_visit():
    visits = reader().visits(item("高市総理大臣のベトナム及びオーストラリア訪問"))
    assert [visit.host_country for visit in visits] == ["VN", "AU"]


def test_a_plan_that_takes_the_place_of_a_cancelled_one_comes_first():
    visits = reader().visits(item("외교장관, 방일 취소하고 급거 미국행"))
    assert (visits[0].host_country, visits[0].phase) == ("US", Phase.PLANNED)


def test_the_place_is_what_the_publisher_wrote_and_its_site_is_one_for_all_languages():
    places = {}
    for title in (
        "Lee to visit Nara",
        "이 대통령 奈良 방문",
        "韓国大統領、奈良を訪問",
        "李在明抵達奈良",
    ):
        visit = read(title)
        assert visit and visit.host_country == "JP"
        places[visit.place] = visit.site
    assert set(places) == {"Nara", "奈良"} and set(places.values()) == {"Nara"}


def test_the_spans_are_the_words_that_tell_it():
    title = "[속보] 이재명 대통령, 내일 도쿄 방문"
    visit = read(title)
    assert visit
    assert [title[span.start : span.end] for span in visit.spans] == [
        "이재명 대통령",
        "도쿄",
        "방문",
    ]


def test_a_users_own_actor_is_read_like_the_shipped_ones():
    ours = replace(actors()["takaichi"], id="arwen", names=("Arwen",), country="NZ", bare=())
    custom = VisitReader({**actors(), "arwen": ours})
    visit = main_visit(custom, item("Arwen arrives in Seoul"))
    assert visit and (visit.visitors[0].country, visit.visitors[0].actor) == ("NZ", "arwen")


WORDS = st.sampled_from(
    [
        "Lee",
        "Takaichi",
        "president",
        "visits",
        "Tokyo",
        "to",
        "대통령",
        "방중",
        "도쿄서",
        "회담",
        "英首相",
        "来日",
        "訪問",
        "へ",
        "抵达",
        "访华",
        "结束",
        "北京",
        "in",
        ",",
        ".",
        ";",
        "…",
        "'",
        "U.S.",
        "日",
        "13-14",
        "Jan",
        "내달",
        "4∼7일",
        "embassy",
        "of",
        "China's",
        "special",
        "envoy",
        "왕",
        "美",
        "中",
    ]
)


@given(words=st.lists(WORDS, max_size=14), lang=st.sampled_from(["en", "ko", "ja", "zh", ""]))
def test_whatever_the_words_the_spans_stand_in_the_text_and_no_host_is_his_own_guest(words, lang):
    title = " ".join(words)
    for visit in reader().visits(item(title, title[::2], lang=lang)):
        assert visit.visitors and all(v.country for v in visit.visitors)
        assert visit.host_country not in {v.country for v in visit.visitors}
        for span in visit.spans:
            text = title if span.field == "title" else title[::2]
            assert 0 <= span.start < span.end <= len(text)
        if visit.date and visit.until:
            assert visit.date <= visit.until


class EveryWord(VisitWords):
    """Takes any letters for words of a visit, and any item for one with two countries."""

    def facts(self, finds):
        return frozenset(("act",))

    def may_name_two(self, facts, texts, lang):
        return True


class ReadsAll(VisitReader):
    """The slow judge: makes tokens and sentences of every item."""

    def __init__(self, vocabulary):
        super().__init__({}, vocabulary=vocabulary)
        self._words = EveryWord(vocabulary)


@cache
def of_all():
    vocabulary = build(actors(), shipped_lexicon())
    return VisitReader({}, vocabulary=vocabulary), ReadsAll(vocabulary)


PIECES = (
    *("", "Modi", "in China", "at the APEC summit", "visits", "Tokyo", "herring", "video call"),
    *(
        "남아공서",
        "이 대통령",
        "중국",
        "방중",
        "브릭스 정상회의",
        "カナダで",
        "首相",
        "来日",
        "米大統領",
        "在北京",
        "访华",
        "印度",
    ),
)


@pytest.mark.parametrize("summary", ["", "Lee Jae-myung lands in Nara", "China", "방한한 특사"])
def test_an_item_that_is_left_out_by_its_letters_or_its_countries_tells_nothing(summary):
    told = 0
    for some in product(PIECES, repeat=3 if summary == "" else 2):
        what = item(" ".join(some), summary)
        quick, whole = (reader.visits(what) for reader in of_all())
        assert quick == whole
        told += bool(quick)
    assert told


@given(words=st.lists(WORDS, max_size=9), lang=st.sampled_from(["en", "ko", "ja", "zh", ""]))
def test_items_of_any_words_are_left_out_only_if_they_tell_nothing(words, lang):
    what = item(" ".join(words), " ".join(words[::2]), lang=lang)
    quick, whole = (reader.visits(what) for reader in of_all())
    assert quick == whole


@given(text=st.text(max_size=300))
def test_no_text_is_too_strange_to_read(text):
    reader().visits(item(text, text))


def test_an_undated_item_has_a_visit_without_a_day():
    visit = read("Lee to visit Nara on Jan. 15", at=None)
    dated = read("Lee to visit Nara on Jan. 15")
    assert visit and visit.date is None
    assert dated and dated.date == "2026-01-15"


def test_a_verb_and_a_city_of_the_users_own_are_read(tmp_path):
    headline = "Takaichi moseys to Bamako on Friday"
    assert told(headline) == ""
    (tmp_path / "lang").mkdir()
    (tmp_path / "lang" / "en.toml").write_text(
        '[[act]]\nclass = "visit"\nkind = "go"\nside = "after"\nwords = "moseys to"\n', "utf-8"
    )
    (tmp_path / "places.toml").write_text(
        '[[place]]\ncountry = "ML"\nsite = "Segou"\nkind = "city"\nnames = "Segou, 세구"\n', "utf-8"
    )
    lexicon, problems = load_lexicon(tmp_path)
    assert problems == ()
    mine = VisitReader(actors(), lexicon)
    for title in (headline.replace("Bamako", "Segou"), "다카이치 총리 세구 방문"):
        visit = main_visit(mine, item(title))
        assert visit is not None and (visit.host_country, visit.site) == ("ML", "Segou")


@pytest.mark.slow
def test_two_people_of_one_title_are_told_in_the_same_order_in_every_run():
    code = (
        "from visiting import read; "
        "v = read('日米外相、釜山で会談'); "
        "print([s.term for s in v.spans], [p.name for p in v.visitors])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parent,
            env={"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert runs == {"['motegi', 'rubio', 'Busan', 'meet'] ['Motegi', 'Rubio']\n"}


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("首次访日前，德国总理默茨谈亚洲政策", "", "DE > JP planned"),
        ("泰国各界高度评价习近平主席访问", "", "CN > TH done"),
        ("Merz wary of tariffs with Trump after White House talks", "", "DE > US done"),
        ("Trump and Modi's brief Oval Office meeting goes well", "", "IN > US ongoing"),
        ("Vienna to host the first talks between Putin and Merz", "", "RU+DE > AT planned"),
        ("War enters a new week", "US-Iran talks in Vienna go on.", "US+IR > AT ongoing"),
    ],
)
def test_the_subject_or_the_place_may_stand_elsewhere_in_the_sentence(title, summary, expected):
    assert told(title, summary) == expected
