"""The gazetteer: what it knows, what it must not mix up, and what a user may write."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sigtrack.lexicon import shipped_lexicon
from sigtrack.lexicon.finder import ByAho
from sigtrack.match.plan import plan_of
from sigtrack.match.reading import Reading
from sigtrack.model import Actor, Item, Problem, Tenure
from sigtrack.text.fold import fold_word
from sigtrack.watch import shipped_text
from sigtrack.watch.actors import load_actors

SHIPPED, _ = load_actors(shipped_text("actors.toml"), None)
SMALL = """
[[country]]
id = "KR"
names = 'South Korea, 한국'
capital = 'Seoul'
"""
PLAN = plan_of((), SHIPPED, shipped_lexicon())
FINDER = ByAho(PLAN.letters)


def load(text: str, path: Path) -> tuple[dict[str, Actor], tuple[Problem, ...]]:
    path.write_text(text, "utf-8")
    actors, problems = load_actors(SMALL, path)
    return dict(actors), problems


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "actors.toml"


def countries(title: str, language: str = "en", day: str = "2026-01-13") -> set[str]:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC)
    item = Item(feed="f", uid="u", title=title, language=language, published=published)
    return set(Reading(PLAN, item, FINDER).countries)


def test_a_ministry_whose_name_holds_a_comma_is_one_name() -> None:
    names = SHIPPED["kr-motir"].names
    assert "Ministry of Trade, Industry and Resources" in names
    assert not {"Ministry of Trade", "Industry and Resources"} & set(names)


def test_names_that_differ_in_one_piece_are_written_as_one(mine: Path) -> None:
    text = '[[country]]\nid = "XX"\nnames = "Nor(d/dland), [동/서]나라, 东国, 訪日(團"\nnot.zh = ["联合"]\n'
    _, problems = load(text, mine)
    assert [(p.place.line, p.message) for p in problems] == [(3, '"訪日(團" is not a plain name')]
    actors, problems = load(text.replace("(團", ""), mine)
    assert problems == ()
    assert actors["XX"].names == (
        "Nor",
        "Nord",
        "Nordland",
        "동나라",
        "서나라",
        "东国",
        "東國",
        "訪日",
    )
    assert actors["XX"].masks == ("联合", "聯合")


def test_the_shipped_gazetteer_passes_the_check_of_a_users_file() -> None:
    path = Path(__file__).parents[1] / "src" / "sigtrack" / "data" / "actors.toml"
    actors, problems = load_actors(shipped_text("actors.toml"), path)
    assert problems == ()
    assert actors == SHIPPED


def test_no_name_is_written_in_two_ways_that_are_read_as_one() -> None:
    for actor in SHIPPED.values():
        for words in (actor.names, actor.metonyms, actor.bare, actor.masks):
            read = Counter(
                (word[:1] in "=~", fold_word(word.lstrip("=~")).lower()) for word in words
            )
            assert [word for word, count in read.items() if count > 1] == [], actor.id


def test_no_mask_is_the_name_of_someone() -> None:
    names = defaultdict(set)
    for actor in SHIPPED.values():
        for name in actor.names + actor.metonyms:
            names[name.casefold()].add(actor.id)
    masks = {mask for actor in SHIPPED.values() for mask in actor.masks}
    assert [mask for mask in masks if mask.casefold() in names] == []


def test_everyone_stands_for_a_country_that_is_known() -> None:
    known = {actor.id for actor in SHIPPED.values() if actor.kind == "country"} | {"ASEAN"}
    assert {a.country for a in SHIPPED.values() if a.country} <= known


def test_no_name_is_a_single_syllable_of_hangul_or_two_letters_that_are_words() -> None:
    words = {"in", "no", "it", "us", "my", "to", "be", "am", "or", "me"}
    for actor in SHIPPED.values():
        for name in actor.names + actor.metonyms + actor.bare:
            assert not re.fullmatch("[가-힣]", name), name
            assert name not in words, name


def test_the_five_and_washington_have_had_someone_in_charge_since_2009() -> None:
    for country in ("KR", "KP", "JP", "CN", "US", "TW", "RU"):
        tenures = [
            tenure
            for actor in SHIPPED.values()
            if actor.kind == "person" and actor.country == country
            for tenure in actor.tenures
            if tenure.office in ("head-of-state", "head-of-government", "finance-minister")
        ]
        for year in range(2009, 2026):
            day = date(year, 6, 30)
            assert any(
                (t.since is None or t.since <= day) and (t.until is None or day < t.until)
                for t in tenures
            ), (country, year)


@pytest.mark.parametrize(
    ("title", "language", "expected"),
    [
        ("South Korean President Lee Jae Myung arrives in Beijing", "en", {"KR", "CN"}),
        ("S. Korea, Japan hold talks; N. Korea fires missile", "en", {"KR", "JP", "KP"}),
        ("N.Korea slams U.S.-ROK drills", "en", {"KP", "US", "KR"}),
        ("Lee meets Japan's Takaichi in Nara", "en", {"KR", "JP"} - {"KR"}),
        ("President Lee meets Takaichi Sanae in Nara", "en", {"KR", "JP"}),
        ("People's Republic of China rejects Taiwan claim", "en", {"CN", "TW"}),
        ("Ships collide in South China Sea", "en", set()),
        ("Chinese Taipei wins gold", "en", {"TW"}),
        ("George Washington biography wins prize in Latin America", "en", set()),
        ("Turkey and the EU agree; how to roast a turkey", "en", {"TR", "EU"}),
        ("They trust us in the playoffs", "en", set()),
        ("ASEAN and Seoul sign accord", "en", {"ASEAN", "KR"}),
        ("한·미·일 외교장관회의, 北 비핵화 촉구", "ko", {"KR", "US", "JP", "KP"}),
        ("李대통령, 日나라서 다카이치와 회담", "ko", {"KR", "JP"}),
        ('美재무 "中 환율 조작 여부 검토"', "ko", {"US", "CN"}),
        ("북한산 둘레길에 단풍", "ko", set()),
        ("북미 정상회담 재개 가능성", "ko", {"KP", "US"}),
        ("북미 시장 매출 늘어", "ko", set()),
        ("소상공인 매출 전년 比 5% 증가…5日까지 접수", "ko", set()),
        ("촬영中 사고…자연美 담은 사진전", "ko", set()),
        ("왕이 된 남자 재방송", "ko", set()),
        ("왕이 외교부장, 조현 장관과 통화", "ko", {"CN", "KR"}),
        ("인도주의 지원 확대", "ko", set()),
        ("(서울=연합뉴스) 날씨 맑음", "ko", set()),
        ("日中韓サミット、東京で開催へ", "ja", {"JP", "CN", "KR"}),
        ("日米比首脳会談", "ja", {"JP", "US", "PH"}),
        ("北、ミサイル発射", "ja", {"KP"}),
        ("朝日新聞の世論調査", "ja", set()),
        ("日中の最高気温は30度", "ja", set()),
        ("北米の寒波", "ja", set()),
        ("中国地方で大雨", "ja", set()),
        ("マインドフルネスとコモディティ市場", "ja", set()),
        ("水中ロボットの開発", "ja", set()),
        ("高市首相、李在明大統領と奈良で会談", "ja", {"JP", "KR"}),
        ("过去最高市场份额", "zh", set()),
        ("习近平同李在明会谈", "zh", {"CN", "KR"}),
        ("中美经贸磋商在吉隆坡举行", "zh", {"CN", "US", "MY"}),
        ("朝鲜半岛局势", "zh", set()),
        ("賴清德：台美關係堅若磐石", "zh", {"TW", "US"}),
        ("13日韩国总统抵达北京", "zh", {"KR", "CN"}),
    ],
)
def test_who_is_named(title: str, language: str, expected: set[str]) -> None:
    assert countries(title, language) == expected


def test_a_leader_counts_for_the_country_only_while_in_office() -> None:
    assert countries("Ishiba leaves hospital", day="2025-06-01") == {"JP"}
    assert countries("Ishiba leaves hospital", day="2026-01-13") == set()


def test_without_a_file_of_her_own_the_shipped_actors_are_known(mine: Path) -> None:
    assert load_actors(SMALL, mine) == load_actors(SMALL, None)


def test_her_entry_replaces_the_shipped_one_and_a_new_one_is_added(mine: Path) -> None:
    actors, problems = load(
        """
        checked = "2026-05"
        [[country]]
        id = "KR"
        names.en = ["South Korea"]
        names.ko = ["한국", "남한"]
        not = ["Korean War"]
        [[person]]
        id = "envoy-x"
        country = "KR"
        names = ["Envoy, The", "~ai"]
        bare = "=Park"
        held = [{ office = "envoy", from = 2026-01-01, to = 2026-03-01 }]
        [[body]]
        id = "oecd"
        names = '''
        OECD,
        경제협력개발기구
        '''
        [[office]]
        id = "kr-x"
        country = "KR"
        role = "foreign-minister"
        names = "X minister"
        [[venue]]
        id = "place"
        names = "Place"
        meaning = "far from the capital"
        checked = "2026-01"
        """,
        mine,
    )
    assert problems == ()
    assert actors["KR"].names == ("South Korea", "한국", "남한")
    assert (actors["KR"].metonyms, actors["KR"].masks) == ((), ("Korean War",))
    assert actors["envoy-x"] == Actor(
        id="envoy-x",
        kind="person",
        country="KR",
        names=("Envoy, The", "~ai"),
        bare=("=Park",),
        tenures=(Tenure(office="envoy", since=date(2026, 1, 1), until=date(2026, 3, 1)),),
        checked="2026-05",
    )
    assert (actors["oecd"].kind, actors["oecd"].country) == ("office", None)
    assert actors["oecd"].names == ("OECD", "경제협력개발기구")
    assert actors["kr-x"].tenures == (Tenure(office="foreign-minister"),)
    assert (actors["place"].meaning, actors["place"].checked) == ("far from the capital", "2026-01")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ('[[persn]]\nid = "a"', 1, "no key persn", "did you mean person?"),
        ('[[person]]\nid = "a"\nname = "A"', 3, "no key name", "did you mean names?"),
        ('[[person]]\nnames = "A"', 1, "id is missing", "id ="),
        ('[[person]]\nid = "A B"\nnames = "A"', 2, "cannot be an id", "small letters"),
        ('[[country]]\nid = "kr"\nnames = "A"', 2, "cannot be an id", "two capitals"),
        ('[[person]]\nid = "a"', 1, "no names", "names ="),
        ('[[person]]\nid = "a"\nnames = 5', 3, "holds no words", "names ="),
        ('[[person]]\nid = "a"\nnames = ["A", 5]', 3, "not text", '["one", "two"]'),
        ('[[person]]\nid = "a"\nnames.xx1 = ["A"]', 3, "not a language", "names.en"),
        ('[[person]]\nid = "a"\nnames = "summit*"', 3, "not a plain name", "only = and ~"),
        ('[[person]]\nid = "a"\nnames = ["A", "B @KR"]', 3, "B @KR", "only = and ~"),
        (
            '[[person]]\nid = "a"\nnames = "A"\ncountry = "Korea"',
            4,
            "not a country",
            "two capitals",
        ),
        ('[[person]]\nid = "a"\nnames = "A"\nheld = "x"', 4, "held is text here", "held = ["),
        ('[[person]]\nid = "a"\nnames = "A"\nheld = ["x"]', 4, "not a table", "held = ["),
        (
            '[[person]]\nid = "a"\nnames = "A"\nheld = [{ office = "foreign-minster" }]',
            4,
            "not an office",
            "did you mean foreign-minister?",
        ),
        (
            '[[person]]\nid = "a"\nnames = "A"\nheld = [\n{ office = "envoy", from = "2026" }]',
            5,
            "from is text here",
            "2026-01-05",
        ),
        (
            '[[person]]\nid = "a"\nnames = "A"\n'
            'held = [{ office = "envoy", from = 2026-01-02, to = 2026-01-01 }]',
            4,
            "ends before it begins",
            "from",
        ),
        (
            '[[person]]\nid = "a"\nnames = "A"\nheld = [{ office = "envoy", until = 2026-01-02 }]',
            4,
            "no key until",
            "office",
        ),
        ('[[office]]\nid = "a"\nnames = "A"\nrole = "king"', 4, "not an office", "known are"),
        (
            '[[venue]]\nid = "a"\nnames = "A"\nmeaning = 5',
            4,
            "meaning is a number here",
            "meaning =",
        ),
        ('[[venue]]\nid = "a"\nnames = "A"\nchecked = "May"', 4, "not a month", "2026-03"),
        ('checked = "May"', 1, "not a month", "2026-03"),
        ('[[venue]]\nid = "a"\nnames = "A"\n[[venue]]\nid = "a"\nnames = "A"', 5, "twice", "own"),
        ('[person]\nid = "a"', 1, "person is a table here", "[[person]]"),
        ('person = ["a"]', 1, "not a table", "[[person]]"),
        ("format = 2", 1, "format", "format = 1"),
        ('[[venue]]\nid = "a', 2, "not closed", "quote"),
    ],
)
def test_a_mistake_names_its_line_and_the_cure(
    mine: Path, text: str, line: int, message: str, hint: str
) -> None:
    actors, problems = load(text, mine)
    assert [problem.place.line for problem in problems] == [line]
    assert message in problems[0].message
    assert hint in problems[0].hint
    assert actors["KR"].names == ("South Korea", "한국")


def test_one_syllable_of_hangul_is_a_warning(mine: Path) -> None:
    actors, problems = load('[[person]]\nid = "a"\nnames = "윤, 윤석열"', mine)
    assert "a" in actors
    assert problems[0].severity == "warning"
    assert "bare" in problems[0].hint


def test_a_folder_in_the_place_of_the_file_is_a_problem(mine: Path) -> None:
    mine.mkdir()
    actors, problems = load_actors(SMALL, mine)
    assert list(actors) == ["KR"]
    assert "folder" in problems[0].message
