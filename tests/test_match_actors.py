"""Who is named in an item."""

from datetime import date

import pytest

from matching import day, hit, item, seen, signal, words
from sigtrack.lexicon import load_lexicon
from sigtrack.match import Matcher
from sigtrack.model import Actor, Scope, Tenure, Watchlist


def _actor(id_: str, kind: str, country: str | None, *names: str, **keys: object) -> Actor:
    return Actor(id=id_, kind=kind, country=country, names=names, **keys)


ACTORS = {
    actor.id: actor
    for actor in (
        _actor("KR", "country", "KR", "South Korea", "Korea", "한국", "韓", metonyms=("Seoul",)),
        _actor("KP", "country", "KP", "North Korea", "북한", "北"),
        _actor("JP", "country", "JP", "Japan", "Japanese", "日本", "日", metonyms=("Tokyo",)),
        _actor("CN", "country", "CN", "China", "People's Republic of China", masks=("South China Sea",)),
        _actor("TW", "country", "TW", "Taiwan", "Republic of China"),
        _actor("EU", "country", "EU", "European Union", "=EU"),
        _actor("lee", "person", "KR", "Lee Jae-myung", bare=("Lee",),
               tenures=(Tenure(office="president", since=date(2025, 6, 4)),)),
        _actor("yoon", "person", "KR", "Yoon Suk-yeol",
               tenures=(Tenure(office="president", since=date(2022, 5, 10), until=date(2025, 4, 4)),)),
        _actor("takaichi", "person", "JP", "Takaichi"),
        _actor("kr-mofa", "office", "KR", "외교부"),
        _actor("nara", "venue", "JP", "Nara"),
    )
}  # fmt: skip


def who(term: str, title: str, published: str | None = None) -> list[str]:
    where = item(title, published=published and day(published))
    return words(hit(signal(term), where, ACTORS), where)


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        pytest.param("@KR", "South Korea", ["South Korea"], id="a name"),
        pytest.param("@KR", "Korea's", ["Korea"], id="a shorter name"),
        pytest.param("@KR", "Seoul says", ["Seoul"], id="a capital"),
        pytest.param("@KR", "외교부는", ["외교부"], id="an office"),
        pytest.param("@KR", "Lee Jae-myung", ["Lee Jae-myung"], id="a holder of an office"),
        pytest.param("@KR:names", "Seoul, 외교부, Lee Jae-myung", [], id="names only"),
        pytest.param("@KR:names", "Korea", ["Korea"], id="a name is a name"),
        pytest.param("@JP", "in Nara", [], id="a venue is not a country"),
        pytest.param("@nara", "in Nara", ["Nara"], id="a venue is itself"),
        pytest.param("@takaichi", "Takaichi in Japan", ["Takaichi"], id="a person is themself"),
        pytest.param("@KR", "North Korea", [], id="North Korea is not Korea"),
        pytest.param("@KP", "North Korea", ["North Korea"], id="North Korea is itself"),
        pytest.param("@TW", "People's Republic of China", [], id="PRC is not the ROC"),
        pytest.param("@CN", "Republic of China", [], id="the ROC is not China"),
        pytest.param("@CN", "South China Sea", [], id="a masked name"),
        pytest.param("@CN", "China in the South China Sea", ["China"], id="masked only there"),
        pytest.param("@JP", "日韓首脳会談", ["日"], id="one Han character"),
        pytest.param("@KR NEAR/3 @JP", "Seoul and Tokyo", ["Seoul", "Tokyo"], id="an operand"),
        pytest.param("(@KR OR @JP)", "Tokyo", ["Tokyo"], id="an alternative"),
        pytest.param("title:@KR", "Seoul", ["Seoul"], id="in the title"),
    ],
)
def test_an_actor_is_named_by(term, title, marked):
    assert who(term, title) == marked


@pytest.mark.parametrize(
    ("title", "published", "marked"),
    [
        ("Yoon Suk-yeol", "2025-04-03T23:59", ["Yoon Suk-yeol"]),
        ("Yoon Suk-yeol", "2025-04-04", []),
        ("Lee Jae-myung", "2025-06-03", []),
        ("Lee Jae-myung", "2025-06-04", ["Lee Jae-myung"]),
        ("Yoon Suk-yeol", None, ["Yoon Suk-yeol"]),
    ],
)
def test_a_person_stands_for_a_country_while_in_office(title, published, marked):
    assert who("@KR", title, published) == marked
    assert who("@lee" if "Lee" in title else "@yoon", title, published) == [title]


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("Lee wins the cup", [], id="alone"),
        pytest.param("President Lee", ["Lee"], id="with a title"),
        pytest.param("Lee of Seoul", ["Lee"], id="with an actor of the country"),
        pytest.param("Lee of Tokyo", [], id="with an actor of another"),
        pytest.param("Lee a b c d e f g h Seoul", ["Lee"], id="eight words away"),
        pytest.param("Lee a b c d e f g h i Seoul", [], id="nine words away"),
        pytest.param("Lee left. Seoul waits", [], id="in another sentence"),
        pytest.param("Lee Jae-myung, Lee", ["Lee Jae-myung", "Lee"], id="with the full name"),
        pytest.param("Lee and Lee", [], id="with another bare one"),
    ],
)
def test_a_bare_surname_needs_company(title, marked):
    assert who("@lee", title) == marked


@pytest.mark.parametrize(
    ("title", "is_he"),
    [
        ("South Korea's Lee Hyo-rin takes the lead in the marathon", False),
        ("South Korea's Lee takes the lead in the talks", True),
        ("South Korea's Lee Takes the Lead in Trade Talks", True),  # each word is written large
        ("Envoys of South Korea met Lee Thursday to talk about chips", True),
        ("South Korea's Lee AI plan is the talk of the town", True),
    ],
)
def test_a_surname_before_the_given_name_of_another_is_his(title, is_he):
    assert bool(who("@lee", title)) is is_he


def test_a_users_title_is_company_for_a_bare_surname(tmp_path):
    (tmp_path / "lang").mkdir()
    (tmp_path / "lang" / "en.toml").write_text("[name]\nbeside = 'strongman'\n", "utf-8")
    lexicon, problems = load_lexicon(tmp_path)
    watchlists = [Watchlist(id="w", signals=(signal("@lee"),))]
    where = item("Strongman Lee speaks")
    assert problems == ()
    assert Matcher(watchlists, ACTORS).hits(where) == []
    assert len(Matcher(watchlists, ACTORS, lexicon=lexicon).hits(where)) == 1


@pytest.mark.parametrize(
    ("title", "least", "is_hit"),
    [
        pytest.param("Seoul, Tokyo talk", 2, True, id="two capitals"),
        pytest.param("Seoul, Korea talk", 2, False, id="one country twice"),
        pytest.param("Takaichi, Lee Jae-myung talk", 2, True, id="two persons"),
        pytest.param("Japan, EU talk", 2, True, id="the EU is one"),
        pytest.param("Japan talk in Nara", 2, False, id="a venue is none"),
        pytest.param("North Korea, Korea, Japan talk", 3, True, id="three"),
        pytest.param("Japan talk on the South China Sea", 2, False, id="a masked name is none"),
    ],
)
def test_distinct_countries_are_counted(title, least, is_hit):
    assert bool(hit(signal("talk", min_actors=least), item(title), ACTORS)) is is_hit


def test_countries_are_counted_where_the_signal_looks_and_no_mask_lies():
    two = {"min_actors": 2}
    assert hit(signal("talk", **two), item("Japan talk", summary="Korea"), ACTORS)
    assert not hit(
        signal("talk", scope=Scope.TITLE, **two), item("Japan talk", summary="Korea"), ACTORS
    )
    assert not hit(
        signal("talk", ignore=["Korea Zinc"], **two), item("Japan, Korea Zinc talk"), ACTORS
    )


def test_a_mask_of_one_entry_does_not_hide_another_entry_of_that_name():
    sea = _actor("sea", "venue", None, "South China Sea")
    where = item("in the South China Sea")
    assert hit(signal("@sea"), where, {**ACTORS, "sea": sea})


def test_who_is_named_is_not_asked_by_plain_words():
    assert seen("Lee", "Lee wins") == ["Lee"]


@pytest.mark.parametrize(
    ("title", "language", "country"),
    [
        pytest.param("日伊首脳が会談", "ja", "IT", id="Italy in Japanese"),
        pytest.param("中伊外长会谈", "zh", "IR", id="Iran in Chinese"),
        pytest.param("伊 총리, 내주 방한", "ko", "IT", id="Italy in Korean"),
        pytest.param("日伊の首脳が会談", None, "IT", id="the script tells where the feed does not"),
        pytest.param("俄伊外长会谈", "en", "IR", id="nor does a feed in another language"),
    ],
)
def test_one_character_is_the_country_that_the_language_of_the_text_means(title, language, country):
    actors = ACTORS | {
        "IT": _actor("IT", "country", "IT", "Italy", "伊"),
        "IR": _actor("IR", "country", "IR", "Iran", "伊朗"),
        "RU": _actor("RU", "country", "RU", "Russia", "俄"),
        "CN": _actor("CN", "country", "CN", "China", "中"),
    }
    where = item(title, language=language)
    told = {code for code in ("IT", "IR") if hit(signal(f"@{code}"), where, actors)}
    assert told == {country}


def test_an_office_or_a_paper_may_follow_a_row_of_countries():
    assert who("@JP", "日韓環境相会合") == ["日"]
    assert who("@JP", "日韓外相、会談へ") == ["日"]
    assert who("@JP", "日韓公报发表") == ["日"]
    assert who("@JP", "日韓風料理の店") == []
