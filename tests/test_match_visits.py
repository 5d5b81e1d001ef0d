"""What a signal makes of the visits that an item tells, read by the reader with the gazetteer."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finding import ByScan
from matching import item, signal, terms
from sigtrack.lexicon.finder import ByAho
from sigtrack.match import Matcher
from sigtrack.model import Journey, Phase, Place, Scope, VisitRule, Watchlist
from sigtrack.text.fold import fold
from visiting import PUBLISHED, actors, reader

FEW = {  # of the gazetteer: compiling all of it takes 0.2 s
    id: actors()[id] for id in ("KR", "JP", "CN", "lee-jae-myung", "takaichi", "nara")
}


def visit(spelled: str, *phases: Phase) -> VisitRule:
    who, host = ("" if side == "any" else side.lstrip("@") for side in spelled.split(" > "))
    return VisitRule(
        journey=Journey(visitor=who, host=host), phases=phases, place=Place(path="w.toml", line=7)
    )


def matcher(*signals, finder=ByAho, reading=None):
    reading = reading or reader().visits
    lists = [Watchlist(id="w", signals=signals)]
    return Matcher(lists, FEW, visits=reading, finder=finder)


def verdict(what, where):
    (only,) = matcher(what).explain(where)
    hits = matcher(what).hits(where)
    assert hits == ([only.hit] if only.hit else [])
    return only


def headline(title, **keys):
    return item(title, published=PUBLISHED, **keys)


LEE = headline("Lee Jae-myung leaves for Tokyo for summit with Takaichi")


@pytest.mark.parametrize(
    ("asked", "is_hit"),
    [
        ("@KR > @JP", True),
        ("@lee-jae-myung > @JP", True),
        ("@KR > any", True),
        ("any > @JP", True),
        ("any > any", True),
        ("@JP > @KR", False),
        ("@KR > @CN", False),
        ("@takaichi > any", False),
        ("any > @nara", False),
    ],
)
def test_a_signal_hits_what_tells_its_visit_whoever_is_named_besides(asked, is_hit):
    assert bool(verdict(signal(visit=visit(asked)), LEE).hit) is is_hit


@pytest.mark.parametrize(
    "title",
    ["Takaichi arrives in Seoul", "다카이치 총리, 서울 도착", "高市首相が訪韓", "高市早苗访问韩国"],
)
def test_a_visit_is_the_same_in_every_language(title):
    assert verdict(signal(visit=visit("@JP > @KR")), headline(title)).hit


def test_a_place_can_be_the_host():
    nara = signal(visit=visit("@KR > @nara"))
    assert verdict(nara, headline("Lee Jae-myung arrives in Nara for talks with Takaichi")).hit
    assert not verdict(nara, headline("Lee Jae-myung arrives in Osaka for a visit")).hit


def test_only_the_phases_that_are_asked_for_count():
    called_off = signal(visit=visit("any > any", Phase.CANCELLED))
    assert verdict(called_off, headline("経産相、訪中見送り")).hit
    assert not verdict(called_off, LEE).hit


def test_the_words_of_the_visit_are_the_evidence_with_the_line_of_the_file():
    found = verdict(signal(visit=visit("@KR > @JP")), LEE).hit
    assert [LEE.title[s.start : s.end] for s in found.spans] == [
        "Lee Jae-myung",
        "leaves for",
        "Tokyo",
    ]
    assert {(s.term, str(s.place)) for s in found.spans} == {('visit = "@KR > @JP"', "w.toml:7")}


def test_it_is_said_that_no_such_visit_is_told_and_which_one_is():
    other = verdict(signal(visit=visit("@JP > @KR")), LEE)
    assert other.reason == "this visit is not reported, only KR > JP (ongoing)"
    assert (
        verdict(signal(visit=visit("@JP > @KR")), item("Fog")).reason
        == "this visit is not reported"
    )


def test_talks_whose_place_is_not_told_are_no_visit():
    assert not verdict(signal(visit=visit("any > any")), headline("日韓首脳が会談")).hit


def test_whoever_a_leader_receives_has_come_to_him_and_to_no_place_that_is_asked_for():
    guest = headline("李强会见日本首相")
    assert verdict(signal(visit=visit("@JP > any")), guest).hit
    assert not verdict(signal(visit=visit("@JP > @CN")), guest).hit
    assert verdict(signal(visit=visit("@JP > @CN")), headline("赵乐际会见日本首相")).hit


def test_words_and_the_visit_are_both_needed():
    both = signal("summit", all_=[["@takaichi"]], visit=visit("@KR > @JP"))
    assert verdict(both, LEE).hit
    assert not verdict(both, headline("Lee Jae-myung leaves for Tokyo")).hit
    missing = verdict(both, headline("Takaichi speaks of a summit"))
    assert missing.reason == "this visit is not reported"
    assert missing.found  # a near miss: its words stand there


def test_who_is_named_without_a_visit_is_no_near_miss():
    assert not verdict(signal(all_=[["@KR"]], visit=visit("any > any")), item("Korea votes")).found


def test_a_visit_counts_unless_all_its_words_are_masked():
    all_ = ["Lee Jae-myung leaves for Tokyo"]
    hidden = verdict(signal(visit=visit("@KR > @JP"), ignore=all_), LEE)
    assert not hidden.hit and hidden.masked
    some = verdict(signal(visit=visit("@KR > @JP"), ignore=["leaves for"]), LEE).hit
    assert [LEE.title[s.start : s.end] for s in some.spans] == ["Lee Jae-myung", "Tokyo"]


def test_a_mask_covers_words_that_folding_moved():
    where = headline("ＡＢＣ・・・ &: 李在明大統領が来日")
    assert verdict(signal(visit=visit("@KR > @JP")), where).hit
    assert not verdict(signal(visit=visit("@KR > @JP"), ignore=["李在明大統領が来日"]), where).hit


def test_vetoes_and_their_exceptions_keep_their_meaning():
    vetoed = signal(visit=visit("any > any"), none=["summit"])
    assert verdict(vetoed, LEE).reason == "vetoed"
    excused = signal(visit=visit("any > any"), none=["summit"], unless=["Takaichi"])
    assert verdict(excused, LEE).hit


def test_languages_and_days_keep_their_meaning():
    assert not verdict(
        signal(visit=visit("any > any"), langs=("ko",)), headline(LEE.title, language="en")
    ).hit
    assert not verdict(signal(visit=visit("any > any"), until=PUBLISHED.date().replace(year=2020)), LEE).hit  # fmt: skip


def test_a_visit_of_the_title_is_read_from_the_title_alone():
    where = headline(
        "Lee Jae-myung speaks of the future", summary="He arrived in Tokyo on Tuesday."
    )
    told = headline("Lee Jae-myung on visit", summary="President Lee Jae-myung arrived in Tokyo.")
    for one in (where, told):
        assert not verdict(signal(visit=visit("@KR > @JP"), scope=Scope.TITLE), one).hit
    assert verdict(signal(visit=visit("@KR > @JP")), told).hit
    assert verdict(signal(visit=visit("@KR > @JP"), scope=Scope.TITLE), LEE).hit


def test_a_visit_after_the_first_fifty_words_is_not_in_the_lead():
    late = headline("The week", summary=f"{'word ' * 60}. Lee Jae-myung arrived in Tokyo.")
    soon = headline("The week", summary=f"{'word ' * 5}. Lee Jae-myung arrived in Tokyo.")
    assert verdict(signal(visit=visit("@KR > @JP")), late).hit
    assert not verdict(signal(visit=visit("@KR > @JP"), scope=Scope.LEAD), late).hit
    assert verdict(signal(visit=visit("@KR > @JP"), scope=Scope.LEAD), soon).hit


def test_an_item_is_read_once_and_only_if_its_words_allow_a_hit():
    asked = []

    def reading(where):
        asked.append(where.title)
        return reader().visits(where)

    several = matcher(
        signal("summit", visit=visit("@KR > any")),
        signal("summit", visit=visit("any > @JP"), id="t", scope=Scope.TITLE),
        reading=reading,
    )
    assert len(several.hits(LEE)) == 2
    several.hits(item("Fog over the harbour"))
    assert asked == [LEE.title]


# Laws

WHO = ("Lee Jae-myung", "Takaichi", "이재명 대통령", "高市首相", "李在明大統領", "President")
ACTS = (
    " visits ",
    " arrives in ",
    " leaves for ",
    " 방문 ",
    "が訪韓",
    "访问",
    ", talks with ",
    " ",
)
WHERE = ("Tokyo", "Seoul", "도쿄", "北京", "Nara", "Japan", "")
TAILS = ("", " (planned)", " called off", " 취소", "、見送り", ". ", " — ＡＢＣ")
sentences = st.builds("{}{}{}{}".format, *map(st.sampled_from, (WHO, ACTS, WHERE, TAILS)))
items = st.builds(
    headline, sentences, summary=sentences | st.just(""), text=st.just("") | sentences
)
some = st.lists(st.sampled_from(WHO + WHERE[:-1]), max_size=2).map(lambda words: terms(*words))
sides = st.sampled_from(("", "KR", "JP", "CN", "lee-jae-myung", "nara"))
rules = st.builds(
    VisitRule,
    journey=st.builds(Journey, visitor=sides, host=sides),
    phases=st.lists(st.sampled_from(Phase), max_size=2).map(tuple),
)
signals = st.builds(
    signal,
    visit=rules,
    all_=st.just(()) | st.lists(st.sampled_from(WHO), min_size=1, max_size=3).map(lambda w: (w,)),
    scope=st.sampled_from(Scope),
)


@settings(max_examples=40)  # each compiles several matchers
@given(signals, some, some, items)
def test_both_finders_give_the_same_hits_and_explanations_agree(what, veto, mask, where):
    what = _with(what, none=veto, ignore=mask)
    fast, plain = matcher(what), matcher(what, finder=ByScan)
    assert fast.hits(where) == plain.hits(where)
    assert fast.hits(where) == [one.hit for one in fast.explain(where) if one.hit]


@settings(max_examples=40)  # each compiles several matchers
@given(signals, some, items)
def test_another_mask_or_phase_adds_no_hit_and_any_takes_none_away(what, mask, where):
    bare = bool(matcher(what).hits(where))
    assert bool(matcher(_with(what, ignore=mask)).hits(where)) <= bare
    anybody = _with(what, visit=VisitRule(journey=Journey()))
    assert bare <= bool(matcher(anybody).hits(where))


def _with(what, **keys):
    return replace(what, **keys)


@given(st.text(alphabet="aＡ 가각·・.…&㎞日韓ｶﾞ-’U", max_size=12), st.data())
def test_what_folding_made_of_a_stretch_leads_back_to_it(text, data):
    folded = fold(text)
    if folded.text:
        start = data.draw(st.integers(0, len(folded.text) - 1))
        end = data.draw(st.integers(start + 1, len(folded.text)))
        first, last = folded.within(*folded.origin(start, end))
        assert first <= start and end <= last
        assert folded.origin(first, last) == folded.origin(start, end)


def test_the_spelling_of_the_rule_is_what_the_file_says():
    assert re.fullmatch(r'visit = "any > @JP"', str(visit("any > @JP")))
