"""How far a visit has come, and when: what the body says beside a headline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sigtrack.model import Phase
from visiting import item, read, reader, told

YONHAP = "(서울=연합뉴스) 홍길동 기자 = "


def day(title: str, summary: str = "", **more) -> str | None:
    visit = read(title, summary, **more)
    return visit.date if visit else None


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("高市総理大臣のNATO首脳会議（第2セッション）への出席", "", "JP > TR done"),
        ("英首相、中旬に訪日", "", "GB > JP planned"),
        ("英首相、日本公式訪問へ出発 首脳会談や市民との交流も", "", "GB > JP ongoing"),
        (
            "“한미 정상, 제주에서 만날 것”",
            "대사는 13일 제주에서 열리는 회의에 트럼프 대통령이 참석해 이 대통령을 만날 것이라고 했다.",
            "US > KR planned",
        ),
        ("독일 총리, 방한… 경제안보 논의", "", "DE > KR ongoing"),
        ("ペルー大統領、早期訪日を約束", "", "PE > JP planned"),
        ("日中首脳、来月に会談か 習氏は大阪での総会を欠席", "", "CN > JP planned"),
        (
            "김정은 베이징 도착한 열차",
            "전문가는 중국 행사에 참석한 김정은의 열차가 낡은 것 같다고 했다.",
            "KP > CN ongoing",
        ),
    ],
)
def test_a_word_tells_how_far_only_by_what_stands_beside_it(title, summary, expected):
    assert told(title, summary) == expected


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("Carney, Takaichi hold talks in Tokyo", "The two met on Wednesday.", "CA > JP ongoing"),
        (
            "Carney meets Takaichi in Tokyo",
            "The prime minister goes on to Seoul on Friday.",
            "CA > JP ongoing",
        ),
        (
            "Carney signs pact in Tokyo",
            "The Canadian prime minister's working visit to Japan ends on Friday.",
            "CA > JP ongoing",
        ),
        ("한미 외교장관, 도쿄서 회담", "조현 장관이 루비오 장관을 만났다.", "KR+US > JP done"),
        (
            "한미 외교장관, 도쿄서 회담",
            "회의에 참석 중인 조현 장관이 루비오 장관을 만났다.",
            "KR+US > JP ongoing",
        ),
        ("이 대통령, 도쿄서 회담 추진", "방문 중인 이 대통령은 연설한다.", "KR > JP ongoing"),
        ("독일 외교장관 전용기, 서울 출발", "방한 일정을 마무리했다.", "DE > KR done"),
        ("英外相が訪韓　国際会議に出席へ", "13日夜、仁川空港に着いた。", "GB > KR ongoing"),
        ("英外相、北京を出発", "", "GB > CN done"),
        ("英外相が訪韓", "16日にソウルに到着する。", "GB > KR planned"),
        ("조현, 방미 결과 설명", "조 장관은 워싱턴 일정을 마치고 14일 돌아왔다.", "KR > US done"),
        ("Merz's Asia tour to open in Hanoi", "He goes on to Seoul on Friday.", "DE > VN planned"),
        ("卡尼启程访日，16日晚抵东京", "", "CA > JP planned"),
        ("越南国家主席启程赴韩", "", "VN > KR ongoing"),
        ("日外相赴華府", "", "JP > US planned"),
        (
            "How Takaichi can win at the Tokyo summit",
            "If she lays it out to Carney in full, the day is not wasted.",
            "CA > JP planned",
        ),
        ("加拿大总理访华日方代表团名单公布", "", "CA > CN planned"),
        ("卡尼访华取得了哪些成果", "", "CA > CN done"),
        ("茂木敏充重申立场", "茂木敏充日前赴加拿大出席会议。", "JP > CA done"),
        (
            "시민단체, 한일회담에 유감",
            "단체는 14일 성명을 내고 전날 일본 도쿄에서 열린 한일 정상회담에 유감을 표명했다.",
            "KR > JP done",
        ),
        ("加拿大外长访问日本 将与茂木敏充会谈", "", "CA > JP ongoing"),
        ("英外相の韓国訪問（2月3日から4日）", "", "GB > KR planned"),
        ("外媒评李在明访美", "", "KR > US ongoing"),
        ("Carney heads to Delhi", "", "CA > IN ongoing"),
        ("Lee, Takaichi confirm meeting in Nara today", "", "KR > JP ongoing"),
        ("Carney meets Xi in Beijing before heading to Seoul", "", "CA > CN ongoing"),
        ("加拿大总理声明重申立场", "卡尼访问白宫。", "CA > US ongoing"),
        ("한미회담 장소는 하노이", "두 정상은 하노이에서 회동한다.", "KR+US > VN planned"),
        ("카니, 12년 만의 방한에 기대", "카니 총리가 방한하는 가운데 나왔다.", "CA > KR planned"),
        ("카니 총리 발언에 반박", "카니 총리의 방미 기간 중 나왔다.", "CA > US ongoing"),
        ("카니 방한 15일 확정", "", "CA > KR planned"),
        ("Carney visits Seoul as talks with Tokyo are on hold", "", "CA > KR ongoing"),
        (
            "장관 “카니 방한 주목”",
            "장관은 14일 말했다. 카니는 20일 서울에서 회담한다.",
            "CA > KR planned",
        ),
        ("川普今訪日 將會高市早苗", "", "US > JP ongoing"),
    ],
)
def test_the_body_tells_whether_the_guest_is_still_there(title, summary, expected):
    assert told(title, summary) == expected


def test_a_report_of_an_agency_is_read_behind_its_dateline():
    assert told("합참 발표", YONHAP + "마크롱 프랑스 대통령이 14일 도쿄에 도착했다.") == (
        "FR > JP ongoing"
    )


@pytest.mark.parametrize(
    ("title", "summary", "first"),
    [
        ("Merz cancels trip to Tokyo", "He was due there on Friday.", "2026-01-16"),
        ("德国总理拟三月访日", "", "2026-03"),
        ("독일 총리, 27∼30일 일본 방문", "", "2026-01-27"),
        ("독일 총리, 내년 4월 일본 방문", "", "2027-04"),
        ("독일 총리 일본 방문 조율", "이런 보도가 13일 나왔다.", None),
        ("독일 총리, 이달 말 일본 방문", "12일(현지시간) 로이터통신에 따르면 그렇다.", "2026-01"),
        ("독일 총리, 내달 일본 방문", "관세는 12일부터 미국 워싱턴에서 논의한다.", "2026-02"),
        ("German chancellor leaves for Tokyo", "", "2026-01-14"),
        ("독일 외교장관, 일본 향해 출국", "", "2026-01-14"),
        ("德国总理启程访日", "", "2026-01-14"),
        ("德國外長訪台", "代表團停留至22日。", "2026-01"),
        ("独外相の訪韓が中止", "月内に予定していた。", "2026-01"),
        ("German chancellor to visit Tokyo", "They met in Berlin on Dec. 20, 2024.", None),
    ],
)
def test_a_day_of_report_of_another_stop_or_year_is_no_day_of_the_visit(title, summary, first):
    assert day(title, summary) == first


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("What the Xi-Trump summit in South Korea brought", "", "CN+US > KR ongoing"),
        ("[영상] 마크롱 방한직전 연설", "", "FR > KR planned"),
        (
            "루비오, 모테기와 첫 회담",
            YONHAP + "마코 루비오 미국 국무장관이 14일 도쿄에서 모테기 일본 외무상과 처음으로...",
            "US > JP ongoing",
        ),
        ("한미일 정상, 교토 호텔서 회담", "", "KR+US > JP ongoing"),
        ("モディ・インド首相の訪日", "", "IN > JP planned"),
        ("モディ・インド首相の訪日（令和8年1月8日～10日）", "", "IN > JP done"),
        ("モディ・インド首相の訪日（令和8年1月12日～15日）", "", "IN > JP ongoing"),
    ],
)
def test_names_with_hyphens_labels_and_summaries_cut_short_are_read(title, summary, expected):
    assert told(title, summary) == expected


def test_a_title_tells_its_subject_first():
    assert told("트럼프 방한 직전, 北외무상 모스크바서 푸틴과 회담") == "KP > RU ongoing"


def test_what_was_years_ago_is_no_visit():
    title = "Allies weigh their words"
    assert told(title, "Trump met Kim Jong Un in Singapore in 2018, for a day.") == ""
    assert told("동맹의 말", "트럼프 대통령은 2019년 6월 오사카에서 시진핑 주석을 만났다.") == ""


@pytest.mark.parametrize(
    "title",
    [
        "조선중앙TV, 김정은 기록영화 방영",
        "Trump calls on China to buy more soybeans",
        "Takaichi arrives in Osaka for talks with governors",
        "Dutch officials visit DPRK embassy",
    ],
)
def test_other_words_and_journeys_at_home_are_no_visits(title):
    assert told(title) == ""


def test_who_sends_an_envoy_does_not_travel():
    summary = (
        "Vice President Han Zheng met Park Byeong-seug, special envoy of President of the"
        " Republic of Korea (ROK) Lee Jae-myung, in Beijing on Tuesday."
    )
    (visit, *_) = reader().visits(
        item("Chinese VP meets envoy", summary, at=datetime(2025, 8, 26, tzinfo=UTC))
    )
    assert "lee-jae-myung" not in {visitor.actor for visitor in visit.visitors}
    assert visit.phase is not Phase.PLANNED


def test_a_meeting_has_those_who_meet_and_not_those_who_speak_of_it():
    visit = read("젤렌스키 '이번주 부산서 미중 정상회담'")
    assert visit and {visitor.country for visitor in visit.visitors} == {"US", "CN"}
    visit = read("US, China trade chiefs to meet in Paris before Trump-Xi summit")
    assert visit is None or all(visitor.actor != "trump" for visitor in visit.visitors)


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("이 대통령, 일본으로 출발", "전용기는 14일 오전 떠났다.", "KR > JP ongoing"),
        ("German chancellor leaves for state visit to Japan", "", "DE > JP ongoing"),
        ("习近平离京对越南进行国事访问", "", "CN > VN ongoing"),
        ("高市首相、韓国へ出発した", "", "JP > KR ongoing"),
        ("독일 총리, 베이징역서 출발", "방중을 마무리했다.", "DE > CN done"),
        ("외교장관 갑자기 미국행", "조현 장관은 14일 미국으로 출국했다.", "KR > US ongoing"),
    ],
)
def test_whoever_has_set_out_is_under_way(title, summary, expected):
    assert told(title, summary) == expected


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("독일 총리 방중 마지막 날", "13일 오후 베이징 시내가 막혔다.", "DE > CN done"),
        ("Carney's final day in Tokyo visit", "", "CA > JP done"),
        ("한미 정상, 도쿄서 회담", "두 정상은 12일 만났다.", "KR+US > JP done"),
        ("한미 정상회담 도쿄서 열릴 수도", "재무장관은 13일 이렇게 말했다.", "KR+US > JP planned"),
        ("Oil rises after Trump-Takaichi summit in Tokyo", "", "US > JP done"),
        ("習主席の訪朝巡り臆測", "", "CN > KP planned"),
        ("德国外长：期待访华", "", "DE > CN planned"),
        ("普京访华正在筹备", "", "RU > CN planned"),
        ("泽连斯基：将与特朗普在纽约会面", "", "UA > US planned"),
        ("How will tariffs affect Merz's Japan visit?", "", "DE > JP planned"),
        ("Merz to meet Takaichi in Tokyo", "They meet on Friday.", "DE > JP planned"),
        ("독일 총리, 이번 달 하순 일본 방문", "", "DE > JP planned"),
        ("김정은, 방중전 무기 시찰", "", "KP > CN planned"),
        ("한미 장관 회동", "조현 장관과 루비오 장관은 14일 도쿄에서 만났다.", "KR+US > JP done"),
        (
            "조현 만난 왕이 “협력”",
            "왕이 부장은 13일 방중한 조현 장관과 만나 회담했다.",
            "KR > CN done",
        ),
        ("法国总统可能访问日本？", "", "FR > JP planned"),
        (
            "Macron arrives to boost ties",
            "Macron is on a five-day visit to Japan, where he will hold talks with Takaichi.",
            "FR > JP ongoing",
        ),
        ("How the Macron visit to Beijing could change trade", "", "FR > CN planned"),
        ("Merz-Macron talks in Tokyo won't end the dispute", "", "DE+FR > JP planned"),
        ("Starmer's Vietnam visit to test his trade plans", "", "GB > VN planned"),
        (
            "Takaichi interrupts talks with Macron, Merz",
            "The consultations in Tokyo are expected to continue.",
            "FR+DE > JP ongoing",
        ),
        (
            "독일 국방장관, 판문점 방문",
            "독일 국방장관이 14일 판문점을 방문했다.",
            "DE > KR ongoing",
        ),
        (
            "북한, 외무성 부상 유엔총회 참석 보도",
            "북한은 외무성 부상이 뉴욕에서 열리는 유엔총회 참석차 출국했다고 14일 밝혔다.",
            "KP > US ongoing",
        ),
    ],
)
def test_a_day_or_word_that_is_known_bounds_the_phase(title, summary, expected):
    assert told(title, summary) == expected


def test_the_next_stops_of_a_journey_under_way_are_still_planned():
    visits = reader().visits(item("카니 총리, 태국·베트남 순방 중", lang="ko"))
    assert [(v.host_country, v.phase) for v in visits][1:] == [("VN", Phase.PLANNED)]


def test_a_bare_day_that_is_past_this_month_is_not_taken_for_one_far_ahead():
    assert day("독일 총리, 23일 일본 방문", at=datetime(2026, 1, 3, 3, tzinfo=UTC)) == "2026-01-23"


def test_a_gathering_and_a_meeting_that_are_both_left_out_are_called_off():
    assert told("習氏、国連総会を欠席 トランプ氏とのニューヨークでの会談も見送り").endswith(
        "cancelled"
    )


def test_a_direction_in_another_clause_does_not_put_a_visit_ahead():
    assert told("メルツ首相、日本初訪問 「脱依存」へ首脳会談3時間") == "DE > JP ongoing"


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        # What is asked, hoped or agreed of a visit lies ahead of it.
        ("莫迪访华要谈些什么", "", "IN > CN planned"),
        ("财长的话会影响莫迪访华吗？发言人回应", "", "IN > CN planned"),
        ("外交部：双方就莫迪总理访华事保持沟通", "", "IN > CN planned"),
        ("莫迪访华不受选举结果影响", "", "IN > CN planned"),
        ("各界高度期待莫迪出席论坛并对韩国进行国事访问", "", "IN > KR planned"),
        ("莫迪启程访华前发表讲话", "", "IN > CN planned"),
        ("폭설에 파업까지…모디 방중 또 차질?", "", "IN > CN planned"),
        (
            "Modi embarks on two-day Kenya visit",
            "He is set to be guest of honor.",
            "IN > KE ongoing",
        ),
        # Who has left his own country is on his way, whatever lies ahead of him.
        # A mark belongs to the journey beside it, or to what somebody says of something else.
        (
            "모디 방한 앞둔 北, 최선희 방러 보도",
            "북한이 모디 인도 총리의 방한을 앞두고 러시아와 관계를 강화한다는 입장을 밝혔다.",
            "KP > RU ongoing",
        ),
        (
            "모디 총리 “양국 관계 앞으로 더 강화할 것”",
            "모디 총리는 이날 일본 도쿄에서 한 연설에서 “협력을 앞으로 더 넓혀 나갈 것”이라고 강조.",
            "IN > JP ongoing",
        ),
        (
            "Talks in doubt",
            "Iran has ruled out direct talks as Jared Kushner is due to arrive in Pakistan.",
            "US > PK planned",
        ),
        ("莫迪訪坎培拉談新協議 日本將參加演習", "", "IN > AU ongoing"),
        ("US-Iran talks to begin Thursday in Oman", "", "US+IR > OM planned"),
    ],
)
def test_a_phase_is_told_by_what_belongs_to_the_journey(title, summary, expected):
    assert told(title, summary) == expected


def test_the_month_of_a_past_visit_is_not_told_where_it_may_be_the_month_before():
    title = "Modi wraps up visit to Kenya"
    assert day(title, at=datetime(2026, 1, 14, 3, tzinfo=UTC)) == "2026-01"
    assert day(title, at=datetime(2026, 1, 2, 3, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("What happens when Modi visits Tokyo", "", "IN > JP planned"),
        ("If Merz arrives in Ankara, protests are sure", "", "DE > TR planned"),
        ("What to expect from Modi's visit to Tokyo", "", "IN > JP planned"),
        ("Carney to push trade during India visit", "", "CA > IN planned"),
        ("Carney hopes for trade during India visit", "He will visit Delhi.", "CA > IN planned"),
        ("Macron set to press his case at Ankara summit in Turkey", "", "FR > TR planned"),
        ("德国总理默茨访华能否成行", "", "DE > CN planned"),
        ("Rubio's visit to India comes as Delhi seeks a deal", "", "US > IN ongoing"),
        ("Ten injured after blasts during Macron visit to Syria", "", "FR > SY ongoing"),
    ],
)
def test_a_visit_told_with_if_or_when_is_to_come(title, summary, expected):
    assert told(title, summary) == expected
