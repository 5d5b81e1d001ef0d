"""Countries near a word, whoever stands for them; everybody at once; one character for a country."""

from __future__ import annotations

from datetime import date

import pytest

from matching import day, hit, item, matcher, signal, words
from sigtrack.model import Actor, Journey, Phase, Tenure, Visit, Visitor, VisitRule
from sigtrack.model.rules import Scope


def _actor(id_: str, kind: str, country: str | None, *names: str, **keys: object) -> Actor:
    return Actor(id=id_, kind=kind, country=country, names=names, **keys)


def _in(office: str) -> tuple[Tenure, ...]:
    return (Tenure(office=office, since=date(2025, 6, 4)),)


ACTORS = {
    actor.id: actor
    for actor in (
        _actor("KR", "country", "KR", "South Korea", metonyms=("Seoul",)),
        _actor("JP", "country", "JP", "Japan", "日", metonyms=("Tokyo",)),
        _actor("DE", "country", "DE", "Germany", "独", "德"),
        _actor("RU", "country", "RU", "Russia", "ロ", "俄", "俄方"),
        _actor("IR", "country", "IR", "イラン", "伊朗"),
        _actor("lee", "person", "KR", "Lee Jae-myung", bare=("Lee",), tenures=_in("head-of-state")),
        _actor("takaichi", "person", "JP", "Takaichi", tenures=_in("head-of-government")),
        _actor("kihara", "person", "JP", "Kihara", tenures=_in("spokesperson")),
        _actor("jp-mofa", "office", "JP", "外務省"),
    )
}


def _found(what, title: str, **keys: object) -> list[str]:
    where = item(title, published=day("2026-01-13"), **keys)
    return words(hit(what, where, ACTORS), where)


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        pytest.param("@any", "Seoul and Germany", ["Seoul", "Germany"], id="every country"),
        pytest.param("@any", "外務省", ["外務省"], id="their offices"),
        pytest.param("@any:names", "Seoul and Germany", ["Germany"], id="their names"),
        pytest.param("@any:people", "Takaichi in Japan", ["Takaichi"], id="their people"),
        pytest.param("@any:people", "Kihara says", [], id="no spokespersons"),
        pytest.param("@JP:people", "Takaichi, Lee Jae-myung", ["Takaichi"], id="people of one"),
    ],
)
def test_a_term_may_ask_for_everybody(term, title, marked):
    assert _found(signal(term), title) == marked


def test_people_are_those_in_office_on_the_day():
    where = item("Takaichi", published=day("2025-06-03"))
    assert hit(signal("@any:people"), where, ACTORS) is None


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("Germany and Japan hold talks", ["talks"], id="two before it"),
        pytest.param("Talks of Takaichi with Seoul", ["Talks"], id="a person and a capital"),
        pytest.param("Germany holds talks", [], id="one"),
        pytest.param("Japan in talks with Japan", [], id="one country twice"),
        pytest.param("Germany in talks. Japan waits", [], id="another sentence"),
        pytest.param("Germany in talks a b c d e f Japan", [], id="too far"),
        pytest.param("Germany in talks, Japan a b; talks", ["talks"], id="near one of two words"),
    ],
)
def test_countries_stand_within_reach_of_a_word(title, marked):
    assert _found(signal("talks", min_actors=2, actors_within=4), title) == marked


def test_either_word_of_a_near_may_be_the_one_within_reach():
    what = signal("leader BEFORE/8 in Seoul", min_actors=2, actors_within=1)
    assert _found(what, "Germany leader gets a salute in Seoul, Japan") == ["leader", "in Seoul"]


def test_what_is_within_reach_must_be_in_scope():
    what = signal("talks", min_actors=2, actors_within=4, scope=Scope.TITLE)
    assert _found(what, "Germany in talks", summary="Germany, Japan talks") == []


def test_the_explanation_says_how_many_countries_are_missing():
    what = signal("talks", min_actors=2, actors_within=4)
    verdict, *_ = matcher(what, actors=ACTORS).explain(item("Germany in talks"))
    assert verdict.reason == "not 2 countries within 4 words of one of its words"


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("Lee, Takaichi to meet", ["Lee"], id="beside somebody in office elsewhere"),
        pytest.param("Lee tells the crowd of Takaichi", [], id="not if words stand between"),
        pytest.param("Lee, Kihara to meet", [], id="nor beside a spokesperson"),
    ],
)
def test_a_bare_surname_counts_beside_a_peer(title, marked):
    assert _found(signal("@lee"), title) == marked


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("独首相、初の訪印", ["独"], id="before an office"),
        pytest.param("21日首相が会見", [], id="a day"),
        pytest.param("同日首相が会見", [], id="half of another word"),
        pytest.param("日食を見る", [], id="before another word"),
    ],
)
def test_one_character_is_a_country_before_an_office(title, marked):
    assert _found(signal("@any"), title, language="ja") == marked


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("独イラン協議が難航", ["独"], id="before another country in Kana"),
        pytest.param("首相、独メルツ首相と会談", ["独"], id="before a name in Kana with an office"),
        pytest.param("独政府が抗議", ["独"], id="before its government"),
        pytest.param("孤独イランの夜", [], id="half of another word"),
        pytest.param("激しさが増す独イラン", [], id="behind Kana, where it may end a word"),
        pytest.param("カストロ首相が就任", [], id="the end of a name is none"),
        pytest.param("ロドリゲス首相が就任", [], id="nor the beginning of one"),
    ],
)
def test_one_character_is_a_country_at_the_head_of_a_clause_in_japanese(title, marked):
    assert _found(signal("@DE", "@RU"), title, language="ja") == marked


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("俄称击退进攻 德称继续援助", ["俄", "德"], id="before what it says"),
        pytest.param("德媒称伊朗退让", ["德", "伊朗"], id="before its press"),
        pytest.param("准备与俄谈判", ["俄"], id="with whom others talk"),
        pytest.param("部长会见德外长", ["德"], id="whose minister is met"),
        pytest.param("一见美容师就笑", [], id="before a word that is no office"),
        pytest.param("与俄罗斯套娃合影", [], id="not before another word"),
        pytest.param("品德称赞", [], id="half of another word"),
    ],
)
def test_one_character_is_a_country_at_the_head_of_a_clause_in_chinese(title, marked):
    assert _found(signal("@any"), title, language="zh") == marked


def _visit(host: str | None) -> Visit:
    return Visit(
        visitors=(Visitor(country="KR", name="", rank="leader", actor=None),),
        host_country=host,
        phase=Phase.PLANNED,
        spans=(),
    )


@pytest.mark.parametrize(("anywhere", "host", "asked"), [
    (True, None, True), (True, "JP", True), (False, None, False), (False, "JP", True),
])  # fmt: skip
def test_talks_without_a_place_count_where_they_are_asked_for(anywhere, host, asked):
    rule = VisitRule(journey=Journey(anywhere=anywhere))
    plan = matcher(signal("a", visit=rule)).plan.signals[0].visit
    assert plan is not None
    assert plan.asks_for(_visit(host)) is asked


@pytest.mark.parametrize(
    ("terms", "hits"),
    [
        pytest.param(("summit",), True, id="what stands there"),
        pytest.param(("talks",), False, id="not what stands below"),
        pytest.param(("summit NEAR/5 talks",), False, id="nor half of a term"),
        pytest.param(("author:Kim",), True, id="who wrote it"),
    ],
)
def test_a_signal_that_looks_at_the_title_is_tried_for_what_it_may_see(terms, hits):
    what = signal(*terms, scope=Scope.TITLE)
    where = item("A summit", summary="Talks there.", author="Kim")
    assert (hit(what, where) is not None) is hits


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Takaichi in talks", ""),
        ("Takaichi in talks", "Seoul waits."),
        ("Lee, Takaichi in talks", ""),
        ("Talks in the house of the Seouls", "Tokyo and Germany in talks"),
        ("日独 talks", ""),
    ],
)
def test_what_is_passed_over_for_want_of_countries_would_not_hit(title, summary, scope):
    asks = matcher(signal("talks", min_actors=2, scope=scope), actors=ACTORS)
    where = item(title, summary=summary, published=day("2026-01-13"))
    (verdict,) = asks.explain(where)
    assert bool(asks.hits(where)) == (verdict.hit is not None)
