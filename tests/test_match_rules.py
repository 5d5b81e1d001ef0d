"""What a signal makes of its terms."""

from datetime import date

import pytest

from matching import day, hit, item, matcher, seen, signal, words
from sigtrack.match import Matcher
from sigtrack.model import Actor, Feed, Priority, Role, Scope, Watchlist, item_id


def test_any_is_one_of_its_terms():
    assert hit(signal("Nara", "Kyoto"), item("in Kyoto"))
    assert not hit(signal("Nara", "Kyoto"), item("in Osaka"))


def test_all_is_every_group_by_one_of_its_terms():
    both = signal(all_=[["Lee", "Yoon"], ["Nara", "Kyoto"]])
    assert hit(both, item("Lee in Nara"))
    assert hit(both, item("Yoon", summary="went to Kyoto"))
    assert not hit(both, item("Lee and Yoon"))


def test_any_and_all_are_both_needed():
    both = signal("summit", all_=[["Lee"]])
    assert hit(both, item("Lee summit"))
    assert not hit(both, item("summit"))
    assert not hit(both, item("Lee"))


def test_a_masked_word_does_not_count_but_the_same_word_elsewhere_does():
    masked = signal("Nara", ignore=["Nara Smith"])
    assert not hit(masked, item("Nara Smith cooks"))
    where = item("Nara Smith goes to Nara")
    assert [s.start for s in hit(masked, where).spans] == [19]


def test_a_mask_needs_to_overlap_only():
    assert not hit(signal("joint statement"), item("joint"))
    assert not hit(
        signal("joint statement", ignore=["statement of account"]),
        item("joint statement of account"),
    )


def test_masks_apply_to_groups_operands_and_vetoes():
    where = item("joint statement of account from Nara")
    mask = ["statement of account"]
    assert not hit(signal("Nara", all_=[["statement"]], ignore=mask), where)
    assert not hit(signal("Nara NEAR/9 statement", ignore=mask), where)
    assert not hit(signal("Nara", none=["statement"]), where)
    assert hit(signal("Nara", none=["statement"], ignore=mask), where)


def test_masked_words_still_count_as_distance():
    where = item("Lee of South China Sea fame in Nara")
    assert not hit(signal("Lee NEAR/5 Nara", ignore=["South China Sea"]), where)
    assert hit(signal("Lee NEAR/6 Nara", ignore=["South China Sea"]), where)


def test_a_korean_mountain_is_masked():
    where = item("북한산 등산, 북한 발사")
    found = hit(signal("북한*", ignore=["북한산*"]), where)
    assert [s.start for s in found.spans] == [8]


def test_a_mask_in_the_title_masks_nothing_in_the_summary():
    assert hit(signal("Nara", ignore=["Nara Smith"]), item("Nara Smith", summary="Nara"))


def test_a_veto_hides_the_item_wherever_it_stands():
    vetoed = signal("trade", none=["shares"], scope=Scope.TITLE)
    assert hit(vetoed, item("trade"))
    assert not hit(vetoed, item("trade", text="shares fall"))


def test_a_veto_of_the_title_hides_by_the_title_only():
    vetoed = signal("trade", none=["title:shares"])
    assert hit(vetoed, item("trade", summary="shares fall"))
    assert not hit(vetoed, item("shares and trade"))


def test_unless_switches_a_veto_off():
    vetoed = signal("trade", none=["shares"], unless=["because of tariffs"])
    assert not hit(vetoed, item("trade shares fall"))
    assert hit(vetoed, item("trade shares fall because of tariffs"))


LEAD = " ".join(["word"] * 48)


@pytest.mark.parametrize(
    ("scope", "where", "is_hit"),
    [
        (Scope.TITLE, item("Nara"), True),
        (Scope.TITLE, item("x", summary="Nara"), False),
        (Scope.LEAD, item("Nara"), True),
        (Scope.LEAD, item("x", summary=f"{LEAD} x Nara"), True),
        (Scope.LEAD, item("x", summary=f"{LEAD} x x Nara"), False),
        (Scope.LEAD, item("x", text=f"{LEAD} x Nara"), True),
        (Scope.LEAD, item("x", text=f"{LEAD} x x Nara"), False),
        (Scope.LEAD, item("x", summary="y", text="Nara"), False),
        (Scope.ANY, item("x", summary="y", text=f"{LEAD} x x Nara"), True),
    ],
)
def test_where_a_signal_looks(scope, where, is_hit):
    assert bool(hit(signal("Nara", scope=scope), where)) is is_hit


def test_the_lead_of_a_japanese_summary_has_a_hundred_characters():
    lead = signal("奈良", scope=Scope.LEAD)
    assert hit(lead, item("x", summary="字" * 98 + "奈良"))
    assert not hit(lead, item("x", summary="字" * 99 + "奈良"))


def test_both_sides_of_a_pair_stand_where_the_signal_looks():
    lead = signal("Lee NEAR/50 Nara", scope=Scope.LEAD)
    assert not hit(lead, item("x", summary=f"Lee {LEAD} x Nara"))


@pytest.mark.parametrize(
    ("terms", "title", "is_hit"),
    [
        (["trade"], "trade and trade", True),
        (["trade"], "trade", False),
        (["trade", "talks"], "trade, talks", True),
        (["trade", "trade talks"], "trade talks", False),
        (["trade", "trade talks", "talks"], "trade talks", True),
    ],
)
def test_min_hits_counts_words_that_do_not_overlap(terms, title, is_hit):
    assert bool(hit(signal(*terms, min_hits=2), item(title))) is is_hit


def test_min_hits_counts_over_all_fields():
    assert hit(signal("trade", min_hits=2), item("trade", summary="trade"))


@pytest.mark.parametrize(
    ("langs", "where", "is_hit"),
    [
        (("ko",), item("Nara", language="ko"), True),
        (("ko",), item("Nara", language="ko-KR"), True),
        (("ja",), item("Nara", language="ko"), False),
        (("zh", "ko"), item("Nara 나라현에서"), True),
        (("zh",), item("Nara 나라현에서"), False),
        (("zh",), item("Nara"), True),
        (("zh",), item("Nara", language="zh-Hant"), True),
        (("zh-Hant",), item("Nara", language="zh-hant-TW"), True),
        (("zh-Hant",), item("Nara", language="zh-Hans"), False),
    ],
)
def test_languages_are_asked_and_an_unknown_one_passes(langs, where, is_hit):
    assert bool(hit(signal("Nara", langs=langs), where)) is is_hit


def test_a_signal_asks_the_feeds_that_it_names_or_describes():
    url = "https://www.mofa.go.jp/rss.xml"
    feed = Feed(id="f", url=url, role=Role.MINISTRY, country="JP", group="japan")

    def is_hit(**keys: object) -> bool:
        return bool(matcher(signal("Nara", **keys), feeds=(feed,)).hits(item("Nara")))

    for source in ("role:ministry", "country:JP", "group:japan", "*.go.jp", "*.www.mofa.go.jp"):
        assert is_hit(sources=("g", source))
        assert not is_hit(not_sources=(source,))
    for source in ("role:agency", "country:KR", "group:korea", "*.jp.net", "*.o.jp", "go.jp"):
        assert not is_hit(sources=("g", source))
    assert is_hit(sources=("f",))
    assert not is_hit(sources=("f",), not_sources=("f",))


@pytest.mark.parametrize(
    ("published", "is_hit"),
    [
        ("2026-01-12T23:59", False),
        ("2026-01-13", True),
        ("2026-01-14T23:59", True),
        ("2026-01-15", False),
        (None, True),
    ],
)
def test_a_signal_has_its_first_and_last_day(published, is_hit):
    limited = signal("Nara", since=date(2026, 1, 13), until=date(2026, 1, 14))
    where = item("Nara", published=published and day(published))
    assert bool(hit(limited, where)) is is_hit


def test_a_hit_says_whose_it_is_and_how_much_it_weighs():
    where = item("Lee in Nara", summary="Lee, in Nara, trade")
    found = hit(signal("trade", "Lee", "Nara", priority=Priority.HIGH), where)
    assert (found.item, found.watchlist, found.signal) == (item_id("f", "u"), "w", "s")
    assert found.score == 10 * 3 + 3 + 2
    assert hit(signal("trade"), where).score == 10 * 2 + 1
    assert words(found, where) == ["Lee", "Nara", "Lee", "Nara", "trade"]


def test_a_group_shows_the_first_of_its_words():
    where = item("Seoul and Lee, Lee", summary="Lee")
    (span,) = hit(signal(all_=[["Lee", "Seoul"]]), where).spans
    assert (span.field, span.start, span.term) == ("title", 0, "Seoul")


def test_hits_come_in_the_order_of_the_files_and_only_of_the_watchlists_asked_for():
    lists = [
        Watchlist(id=id_, signals=(signal("Nara", id="2"), signal("Nara", id="1")))
        for id_ in ("b", "a")
    ]
    both = Matcher(lists, {})
    assert [(h.watchlist, h.signal) for h in both.hits(item("Nara"))] == [
        ("b", "2"), ("b", "1"), ("a", "2"), ("a", "1")
    ]  # fmt: skip
    assert {h.watchlist for h in both.hits(item("Nara"), frozenset("a"))} == {"a"}
    assert both.hits(item("Nara"), frozenset()) == []


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (signal("Kyoto"), "none of its words"),
        (signal("Nara", all_=[["Lee"], ["Kyoto"]]), "no word of `all` group 2: Kyoto (line 0)"),
        (signal("Nara", min_hits=2), "1 of 2 separate words"),
        (signal("Nara", min_actors=2), "0 of 2 countries named (none)"),
        (signal("Nara", none=["Lee"]), "vetoed"),
        (signal("Nara", langs=("ko",)), "only for items in ko"),
        (signal("Nara", sources=("g",)), "only for g"),
        (signal("Nara", not_sources=("f",)), "not for f"),
        (signal("Nara", since=date(2026, 1, 14)), "only from 2026-01-14"),
        (signal("Nara", until=date(2026, 1, 12)), "only until 2026-01-12"),
        (signal("Nara"), ""),
    ],
)
def test_a_signal_says_why_it_did_not_hit(what, reason):
    where = item("Lee in Nara", language="en", published=day("2026-01-13"))
    (verdict,) = matcher(what).explain(where)
    assert verdict.reason == reason
    assert (verdict.hit is None) is bool(reason)


@pytest.mark.parametrize(
    ("what", "lacking"),
    [
        (signal("Lee"), 0),
        (signal("Yoon"), 0),
        (signal("Lee", all_=[["Kyoto"]]), 1),
        (signal("Lee", all_=[["Kyoto"], ["Osaka"]]), 2),
        (signal("Yoon", all_=[["Nara"]]), 0),
        (signal(all_=[["Lee"], ["Kyoto"]]), 1),
        (signal(all_=[["Kyoto"], ["Lee"]]), 0),
        (signal("Lee", none=["Nara"]), 1),
        (signal("Nara", ignore=["in Nara"]), 1),
        (signal("Nara", ignore=["in Nara"], all_=[["Kyoto"]]), 2),
    ],
)
def test_a_miss_whose_own_words_stand_there_says_how_much_it_lacks(what, lacking):
    (verdict,) = matcher(what).explain(item("Lee in Nara"))
    assert verdict.lacking == lacking


def test_an_explanation_shows_what_was_found_what_was_masked_and_what_vetoed():
    where = item("Lee, Nara Smith, shares")
    (masked,) = matcher(signal("Nara", ignore=["Nara Smith"])).explain(where)
    assert [(s.start, s.end) for s in masked.masked] == [(5, 9)]
    (vetoed,) = matcher(signal("Lee", none=["shares"])).explain(where)
    assert [(s.start, s.end) for s in vetoed.found] == [(0, 3)]
    assert [(s.start, s.end) for s in vetoed.vetoed] == [(17, 23)]


def test_an_item_without_words_gives_no_hit():
    assert hit(signal("Nara"), item()) is None
    assert hit(signal("Nara"), item(summary="Nara"))
    assert matcher().hits(item("Nara")) == []


def test_a_term_of_marks_only_never_hits_and_breaks_nothing():
    assert seen('"***"', "*** and more") == []
    assert seen('("***" OR Nara)', "*** Nara") == ["Nara"]


def test_a_word_that_stands_ten_thousand_times_is_shown_where_it_stands_first():
    where = item("Nara", text="Nara " * 10_000 + "Lee")
    shown = words(hit(signal("Nara", "Lee"), where), where)
    assert shown == ["Nara"] * 100 + ["Lee"]


BY_KIM = item(
    "Talks on trade in Nara",
    summary="The minister spoke.",
    author="Kim Min-ji, 박선영 기자",
    categories=("Trade policy", "한미관계", "Nara; Tokyo"),
)


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("author:Kim", ["Kim"]),
        ("author:Kim Min-ji", ["Kim Min-ji"]),
        ("author:박선영", ["박선영"]),
        ("author:(Lee OR 박선영)", ["박선영"]),
        ("author:Kim BEFORE/3 박선영", ["Kim", "박선영"]),
        ("category:trade", ["Trade"]),
        ("category:*관계", ["한미관계"]),
        ("category:=Nara", ["Nara"]),
        ("Kim", []),
        ("한미관계", []),
        ("policy", []),
        ("title:Kim", []),
        ("author:trade", []),
        ("category:Kim", []),
        ("category:minister", []),
        ("category:policy 한미관계", []),  # two categories are no phrase
        ("category:trade NEAR/5 한미관계", ["Trade", "한미관계"]),
    ],
)
def test_a_term_looks_at_author_or_category_only_when_it_says_so(term, found):
    assert words(hit(signal(term), BY_KIM), BY_KIM) == found


def test_where_a_signal_looks_is_no_matter_to_a_term_that_names_its_field():
    for scope in Scope:
        by_kim = signal("trade", all_=[["author:Kim"]], scope=scope)
        assert words(hit(by_kim, BY_KIM), BY_KIM) == ["trade", "Kim"]
    bare = item("Trade", author="Kim")  # its author stands where else the summary does
    assert hit(signal("Kim", scope=Scope.LEAD), bare) is None
    assert hit(signal("trade", all_=[["author:Kim"]], scope=Scope.LEAD), bare)


def test_an_author_can_veto_and_be_masked():
    assert hit(signal("trade", none=["author:Kim"]), BY_KIM) is None
    assert hit(signal("trade", none=["Kim"]), BY_KIM)
    assert hit(signal("author:Kim", ignore=["author:Kim Min-ji"]), BY_KIM) is None
    assert hit(signal("author:Kim", ignore=["Kim Min-ji"]), BY_KIM)


def test_an_actor_can_be_asked_for_as_author_but_does_not_count_as_named():
    actors = {"KR": Actor(id="KR", kind="country", country="KR", names=("Kim",))}
    assert hit(signal("author:@KR"), BY_KIM, actors)
    assert hit(signal("@KR"), BY_KIM, actors) is None
    assert hit(signal("trade", all_=[["author:Kim"]], min_actors=1), BY_KIM, actors) is None
