"""Watchlist files: what they mean, what is said of mistakes, and what stays in force."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from subprocess import check_output

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.model import (
    Actor,
    Choice,
    Feed,
    Journey,
    Near,
    Phase,
    Priority,
    Problem,
    Role,
    Scope,
    Signal,
    VisitRule,
    Watchlist,
)
from sigtrack.watch import shipped_watchlists as shipped
from sigtrack.watch.folders import Loaded, TryExamples, load_watchlists
from sigtrack.watch.tables import keys_of, new_watchlist_text, watchlist_schema
from sigtrack.watch.versions import LastGood, Version, fingerprint_of_actors
from sigtrack.watch.watchlists import Known, load_shared, load_watchlist

ACTORS = {
    id: Actor(id=id, kind=kind, country=country, names=(id,))
    for id, kind, country in [
        ("KR", "country", "KR"),
        ("JP", "country", "JP"),
        ("CN", "country", "CN"),
        ("takaichi", "person", "JP"),
    ]
}
SHARED, _ = load_shared(
    "_shared.toml",
    'format = 1\n[terms]\nstates = ["@KR", "@JP"]\nnear = ["A NEAR/3 B"]',
    Known(actors=ACTORS, shared={}),
)
KNOWN = Known(actors=ACTORS, shared=SHARED)


def text_of(signal: str = 'any = ["summit"]', head: str = "", id: str = "w") -> str:
    return f'format = 1\nid = "{id}"\n{head}\n[[signal]]\nid = "s"\n{signal}\n'


def load(text: str) -> Watchlist:
    watchlist, problems = load_watchlist("w.toml", textwrap.dedent(text), KNOWN)
    assert watchlist is not None, "\n".join(map(str, problems))
    return watchlist


def signal(body: str, head: str = "") -> Signal:
    return load(text_of(body, head)).signals[0]


def problems(text: str) -> tuple[Problem, ...]:
    watchlist, found = load_watchlist("w.toml", textwrap.dedent(text), KNOWN)
    assert (watchlist is None) == any(one.severity == "error" for one in found)
    return found


def the_problem(text: str) -> Problem:
    errors = [one for one in problems(text) if one.severity == "error"]
    assert len(errors) == 1, "\n".join(map(str, errors))
    assert errors[0].hint
    return errors[0]


def warnings(body: str, head: str = "") -> list[str]:
    return [str(one) for one in problems(text_of(body, head)) if one.severity == "warning"]


def spelled(terms: object) -> list[str]:
    return [str(term) for term in terms]  # type: ignore[attr-defined]


def test_the_watchlist_of_the_design_loads():
    watchlist = load('''\
        format = 1
        id     = "w"
        title  = "Joint statements"
        why    = "What both sides sign says more than what either side tells its press."

        [terms]
        text = ["joint statement*", "joint declaration*", "공동성명", "공동언론발표", "共同声明", "共同プレス発表", "联合声明", "聯合聲明"]

        [[signal]]
        id       = "issued"
        title    = "A joint statement is issued, planned or refused"
        priority = "high"                         # low | normal | high | urgent
        any      = ["$text", "statement NEAR/3 jointly"]
        all      = [["@KR", "@JP", "@CN"]]
        none     = ["title:crossword"]
        ignore   = ["joint statement of account*"]
        should_match     = ["Lee, Takaichi issue joint statement in Nara after summit", "日韓首脳、奈良で共同声明を発表"]
        should_not_match = ["Tokyo bank mails a joint statement of account to customers"]
        ''')  # fmt: skip
    (one,) = watchlist.signals
    assert watchlist.title == "Joint statements"
    assert one.priority is Priority.HIGH
    assert len(one.any) == 8  # 联合声明 and 聯合聲明 are one term
    assert spelled(one.all[0]) == ["@KR", "@JP", "@CN"]
    assert spelled(one.none) == ["title:crossword"]
    assert [example.place.line for example in one.should_match] == [17, 17]
    assert one.place.line == 9


def test_every_key_of_a_signal_is_read():
    one = signal("""
        title = "T"
        why = "W"
        any = ["a", "b"]
        unless = ["c"]
        in = "lead"
        min_hits = 2
        actors_within = 6
        min_actors = 3
        sources = ["yonhap", "role:ministry"]
        not_sources = ["role:aggregator"]
        langs = ["ko", "zh-Hant"]
        from = 2026-01-04
        until = 2026-02-01
    """)
    assert (one.title, one.why, one.scope) == ("T", "W", Scope.LEAD)
    assert (one.min_hits, one.min_actors, one.actors_within) == (2, 3, 6)
    assert one.sources == ("yonhap", "role:ministry")
    assert one.not_sources == ("role:aggregator",)
    assert one.langs == ("ko", "zh-Hant")
    assert (one.since, one.until) == (date(2026, 1, 4), date(2026, 2, 1))
    assert spelled(one.unless) == ["c"]


def test_a_list_by_language_is_the_union_of_its_lists():
    one = signal(
        'any.en = ["a", "$g"]\nany.ko = ["북한", "a"]',
        '[terms.g]\nen = ["x"]\nja = ["y"]',
    )
    assert spelled(one.any) == ["a", "x", "y", "북한"]


def test_masks_and_vetoes_of_the_file_apply_to_each_signal():
    one = signal('any = ["a"]\nnone = ["n2"]', 'ignore = ["i"]\nnone.en = ["n1"]\nunless = ["u"]\n')
    assert (spelled(one.ignore), spelled(one.none), spelled(one.unless)) == (
        ["i"],
        ["n2", "n1"],
        ["u"],
    )


def test_groups_become_their_terms_and_keep_their_lines():
    one = signal(
        'any = ["title:$g"]\nall = [["$g", "z"], ["$shared/states"]]',
        '[terms]\ng = ["x",\n "$h"]\nh = ["y"]',
    )
    assert spelled(one.any) == ["title:x", "title:y"]
    assert [term.place.line for term in one.any] == [4, 6]
    assert spelled(one.all[0]) == ["x", "y", "z"]
    assert spelled(one.all[1]) == ["@KR", "@JP"]
    assert one.all[1][0].place.path == "_shared.toml"


def test_a_group_beside_near_or_in_brackets_is_a_choice_of_its_words():
    one = signal(
        'any = ["$g NEAR/3 (C OR $g OR $shared/states)", "(D OR $g)"]',
        '[terms]\ng = ["A B", "(C OR E)"]',
    )
    near = one.any[0].body
    assert isinstance(near, Near)
    assert str(near.left) == "(A B OR C OR E)"
    assert str(near.right) == "(C OR A B OR E OR @KR OR @JP)"
    assert isinstance(one.any[1].body, Choice)
    assert str(one.any[1]) == "(D OR A B OR C OR E)"


def test_a_term_is_shown_as_the_user_wrote_it_with_the_names_of_groups():
    written = ["$g NEAR/3 (C OR $g OR $shared/states)", "(D OR $g)", "title:$g"]
    one = signal(f"any = {json.dumps(written)}", '[terms]\ng = ["A B", "(C OR E)"]')
    shown = [term.as_written for term in one.any]
    assert shown == [*written[:2], "title:A B", "title:(C OR E)"]


@pytest.mark.parametrize(
    ("head", "term"),
    [("", "$shared/near NEAR/3 x"), ('[terms]\ng = ["title:x"]', "(a OR $g)")],
)
def test_a_group_with_near_or_title_cannot_stand_beside_near(head: str, term: str):
    assert "cannot stand here" in the_problem(text_of(f'any = ["{term}"]', head)).message


def test_a_group_can_be_looked_for_in_one_field():
    desk = signal('any = ["author:$desk"]', '[terms]\ndesk = ["Kim", "박선영", "author:Lee"]')
    assert spelled(desk.any) == ["author:Kim", "author:박선영", "author:Lee"]
    assert [term.as_written for term in desk.any] == ["author:Kim", "author:박선영", "author:Lee"]
    mixed = text_of('any = ["title:$desk"]', '[terms]\ndesk = ["Kim", "author:Lee"]')
    assert 'the group holds "author:Lee"' in the_problem(mixed).message


def test_a_group_that_comes_to_itself_is_named():
    problem = the_problem(text_of('any = ["$a"]', '[terms]\na = ["$b"]\nb = ["x", "$a"]'))
    assert "$a > $b > $a" in problem.message


def test_names_that_do_not_exist_come_with_a_proposal():
    text = text_of('any = ["$txt", "@kr", "@takaich", "$shared/state"]', '[terms]\ntext = ["x"]')
    assert [one.hint for one in problems(text) if one.severity == "error"] == [
        "did you mean @KR?",
        "did you mean @takaichi?",
        "did you mean $text?",
        "did you mean $shared/states?",
    ]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (text_of(head=f'title = "{"t" * 200_000}"'), 3, "title"),
        (text_of(head=f'why = "{"t" * 200_000}"'), 3, "why"),
        (text_of(f'any = ["summit"]\ntitle = "{"t" * 201}"'), 7, "title"),
        (text_of(f'any = ["summit"]\nshould_match = ["summit {"t" * 2_000}"]'), 7, "should_match"),
    ],
)
def test_a_title_or_reason_that_is_too_long_is_refused_by_line(text: str, line: int, key: str):
    problem = the_problem(text)
    assert problem.place.line == line
    assert re.match(rf"{key} has [\d,]+ characters, the most is [\d,]+", problem.message)
    assert len(str(problem)) < 200


def test_an_id_of_200_kb_is_refused_in_a_short_sentence():
    problem = the_problem(text_of(id="w" * 200_000))
    assert problem.place.line == 2
    assert len(str(problem)) < 300


def test_an_unused_group_is_checked_as_well():
    assert "@XX" in the_problem(text_of(head='[terms]\na = ["@XX"]')).message
    assert "$no" in the_problem(text_of(head='[terms]\na = ["$no"]')).message


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ('any = "summit"', 6, 'any = ["one term"'),
        ('any = [1]', 6, "must be a string"),
        ('any = {en = "x"}', 6, "any.en is not a list"),
        ('any.english_words = ["x"]', 6, "not a language"),
        ('any = ["a"]\nall = ["b", "c"]', 7, '[["b"], ["c"]]'),
        ('all = [["b"], []]', 6, "is empty"),
        ('all = {en = ["b"]}', 6, "all is a table"),
        ('any = []', 4, "has nothing to look for"),
        ('none = ["x"]', 4, "has nothing to look for"),
        ('visit = "Lee to Japan"', 6, '"any > @JP"'),
        ('visit = ["@KR > @JP"]', 6, "not a visit"),
        ('visit = "@KR > @JPN"', 6, "did you mean @JP?"),
        ('visit = "@takaichy > any"', 6, "did you mean @takaichi?"),
        ('visit = "any > any"\nphase = ["over"]', 7, "phases: planned, ongoing"),
        ('visit = "any > any"\nphase = ["cancelled", "planed"]', 7, "did you mean planned?"),
        ('visit = "any > any"\nphase = "planned"', 7, '["one", "two"]'),
        ('any = ["a"]\nphase = ["planned"]', 7, "phase needs a visit"),
        ('vist = "any > @JP"\nany = ["a"]', 6, "did you mean visit?"),
        ('any = ["a"]\npriority = "hihg"', 7, "did you mean high?"),
        ('any = ["a"]\npriority = 3', 7, "a number"),
        ('any = ["a"]\nin = "headline"', 7, "title, lead, any"),
        ('any = ["a"]\nmin_hits = 0', 7, "from 1 to"),
        ('any = ["a"]\nmin_hits = true', 7, "true or false"),
        ('any = ["a"]\nmin_hits = 0xFFFFFFFFFFFFFFFFFFFFFFFF', 7, "from 1 to"),
        ('any = ["a"]\nmin_actors = "2"', 7, "without quotes"),
        ('all = [["a"]]\nmin_hits = 2', 7, "words of any"),
        ('all = [["a"]]\nmin_actors = 2\nactors_within = 4', 8, "words of any"),
        ('any = ["a"]\nactors_within = 4', 7, "words of any"),
        ('any = ["a"]\nsources = ["role:ministri"]', 7, "did you mean ministry?"),
        ('any = ["a"]\nsources = "yonhap"', 7, '["one", "two"]'),
        ('any = ["a"]\nlangs = ["english!"]', 7, "language"),
        ('any = ["a"]\nfrom = "2026-01-04"', 7, "2026-01-05, without quotes"),
        ('any = ["a"]\nfrom = 2026-01-04T00:00:00Z', 7, "without quotes"),
        ('any = ["a"]\nfrom = 2026-01-04\nuntil = 2026-01-03', 8, "before from"),
        ('any = ["a"]\nshould_match = "x"', 7, '["one", "two"]'),
        ('any = ["a"]\nshould_match = [""]', 7, "not text"),
        ('any = ["a"]\nanny = ["b"]', 7, "did you mean any?"),
        ('any = ["a"]\nformat = 1', 7, "belongs to the file"),
        ('any = ["a"]\nscope = "title"', 7, "write in"),
        ('any = ["joint sta*tement"]', 6, "middle"),
        ('any = ["x",\n  "A NEAR B"]', 7, "all"),
        ('any = ["a"]\n[[signal]]\nid = "s"\nany = ["b"]', 8, "two signals"),
        ('any = ["a"]\n[[signal]]\nany = ["b"]', 7, "id is missing"),
        ('any = ["a"]\n[[signal]]\nid = "Big Words"\nany = ["b"]', 8, '"big-words"'),
    ],
)  # fmt: skip
def test_a_mistake_in_a_signal_names_its_line_and_cure(body: str, line: int, words: str):
    problem = the_problem(text_of(body))
    assert words in problem.message + " " + problem.hint, str(problem)
    assert problem.place.line == line, str(problem)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('', 1, "format is missing"),
        ('id = "w"', 1, "format is missing"),
        ('format = 2', 1, "upgrade"),
        ('format = "1"', 1, "write format = 1"),
        ('format = true', 1, "write format = 1"),
        ('format = 1\nid = "w"', 1, "no signal"),
        ('format = 1\nid = "w"\n[signal]\nid = "s"', 3, "[[signal]]"),
        ('format = 1\nid = "w"\nsignal = ["x"]', 3, "[[signal]]"),
        ('format = 1\nid = "w"\nterms = 3\n[[signal]]\nid="s"\nany=["a"]', 3, "[terms]"),
        ('format = 1\nid = "w"\n[terms]\ntitle = "x"\n[[signal]]\nid="s"\nany=["a"]', 4, "above [terms]"),
        ('format = 1\nid = "w"\n[terms]\n"a b" = ["x"]\n[[signal]]\nid="s"\nany=["a"]', 4, "name of a group"),
        ('format = 1\nid = "w"\n[terms]\na = []\n[[signal]]\nid="s"\nany=["a"]', 4, "is empty"),
        ('format = 1\nid = "w"\npriority = "high"\n[[signal]]\nid="s"\nany=["a"]', 3, "below [[signal]]"),
        ('format = 1\ntitle = 3\nid = "w"\n[[signal]]\nid="s"\nany=["a"]', 2, "words in quotes"),
        ('format = 1\nid = 3\n[[signal]]\nid="s"\nany=["a"]', 2, "id is a number"),
        ('format = 1\nid = “w”', 2, "typographic"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_names_its_line_and_cure(text: str, line: int, words: str):
    problem = the_problem(text)
    assert words in problem.message + " " + problem.hint, str(problem)
    assert problem.place.line == line, str(problem)


def test_all_mistakes_are_told_at_once_in_the_order_of_lines():
    found = problems(text_of('any = ["A NEAR B", "@XX"]\nprority = "low"', 'titel = "x"'))
    assert [one.place.line for one in found] == [3, 6, 6, 7]


def test_a_shared_file_with_signals_is_explained():
    _, found = load_shared("_shared.toml", 'format = 1\n[[signal]]\nid = "x"', KNOWN)
    assert "watchlist file" in found[0].hint


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("회담", "*회담"),
        ("한", "one syllable"),
        ("北", "one Han character"),
        ("共同*", "does nothing"),
        ("*首脳", "does nothing"),
        ("Lee w/60 Nara", "NEAR/5"),
        ("Lee w/p Nara", "NEAR/5"),
        ("Lee AND Nara", "use all"),
        ("url:mofa", 'sources = ["*.go.jp"]'),
        ("intitle:summit", "write title:"),
        ("byline:Kim", "write author:"),
        ("/summits?/", "not a regular expression"),
        ("organi?ation", "organi*"),
        ("tariff!", "tariff*"),
        ("-baseball", "none or ignore"),
        ("Lee, Takaichi", "cannot continue after the mark"),
        ("[속보]", "double quotes"),
        ("나라", "나라현"),
    ],
)
def test_a_term_that_may_surprise_is_a_warning(term: str, words: str):
    (warning,) = warnings(f'any = ["{term}"]')
    assert words in warning


@pytest.mark.parametrize(
    "terms",
    [
        '"*회담"',
        '"회담", "정상회담"',
        '"회담", "*회담"',
        '"联合公报", "聯合公報"',
        '"G7领导人", "聯合公報"',
        '"共同声明", "日韓首脳", "外相会談"',
        '"10,000 troops", "U.S. Forces", "Xi\'s", "AT&T", "북한"',
        '\'"[속보]"\', "北韓"',
        '"Lee w/5 Nara", "w/o rice", "AT&T/SK", "G20:", "and", "What?", "Yahoo!"',
    ],
)
def test_terms_that_are_as_they_should_be_are_not_remarked_on(terms: str):
    assert warnings(f"any = [{terms}]") == []


def test_without_advice_a_watchlist_is_the_same_and_errors_are_told():
    silent = replace(KNOWN, advice=False)
    text = text_of('any = ["나라"]')
    assert load_watchlist("w.toml", text, silent) == (load(text), ())
    assert load_watchlist("w.toml", text_of('any = ["a", "("]'), silent)[1] != ()


def test_a_group_that_a_file_does_not_borrow_lends_it_no_compound():
    shared, _ = load_shared("_shared.toml", 'format = 1\n[terms]\nmeet = ["*회담"]', KNOWN)
    known = replace(KNOWN, shared=shared)

    def told(terms: str) -> int:
        return len(load_watchlist("w.toml", text_of(f"any = [{terms}]"), known)[1])

    assert told('"회담"') == 1
    assert told('"회담", "$shared/meet"') == 0


def test_a_country_in_place_of_a_language_is_warned_of():
    (one,) = warnings('any = ["a"]\nlangs = ["ko", "kr"]')
    assert "did you mean ko" in one


@pytest.mark.parametrize(
    ("source", "cure"),
    [
        ("habour", "did you mean harbour"),
        ("country:KR", "feeds list"),
        ("group:korea", "feeds list"),
        ("*.go.kr", "feeds list"),
        ("mofa.go.jp", '"*.mofa.go.jp"'),
        ("role:agency", "feeds list"),
    ],
)
def test_a_source_that_is_no_feed_is_warned_of(source: str, cure: str):
    harbour = Feed(
        id="harbour",
        url="https://www.mofa.go.jp/rss",
        country="JP",
        role=Role.MINISTRY,
        group="japan",
    )
    known = replace(KNOWN, feeds=(harbour,))
    right = '"harbour", "country:JP", "group:japan", "*.go.jp", "role:ministry"'
    text = text_of(f'any = ["a"]\nsources = [{right}]\nnot_sources = ["{source}"]')
    (one,) = load_watchlist("w.toml", text, known)[1]
    assert (one.severity, one.place.line) == ("warning", 8)
    assert cure in str(one)
    assert load_watchlist("w.toml", text, KNOWN)[1] == ()


def test_terms_that_cancel_each_other_are_warned_of():
    assert "is in none" in warnings('any = ["a", "b"]\nnone = ["b"]')[0]


def test_a_file_named_otherwise_than_its_id_is_warned_of():
    (one,) = problems(text_of(id="other"))
    assert (one.severity, one.place.line) == ("warning", 2)


def test_the_fingerprint_follows_the_rules_and_nothing_else():
    base = load(text_of('any = ["a", "b"]\ntitle = "x"\nshould_match = ["m"]')).fingerprint
    assert load(text_of('# c\n\nany = ["b", "a"]\nwhy = "y"')).fingerprint == base
    assert load(text_of('any = ["$g"]', '[terms]\ng = ["a", "b"]')).fingerprint == base
    for other in (
        'any = ["a"]',
        'all = [["a", "b"]]',
        'any = ["a", "b"]\nlangs = ["ko"]',
        'any = ["a", "b"]\npriority = "high"',
        'any = ["a", "title:b"]',
        'any = ["a", "b"]\nvisit = "any > @JP"',
    ):
        assert load(text_of(other)).fingerprint != base


def test_a_list_that_asks_for_no_author_keeps_the_fingerprint_of_before():
    """Else everything stored would be matched again; where `author:kim` was two words, it must."""
    printed = load(text_of('any = ["summit", "title:Nara"]')).fingerprint
    assert printed.startswith("6a9d86e1d4f83843")
    assert not load(text_of('any = ["author:Kim"]')).fingerprint.startswith("814a1ca922232e8d")


def test_the_fingerprint_follows_the_visit_and_its_phases():
    def printed(lines: str) -> str:
        return load(text_of(lines)).fingerprint

    base = printed('visit = "@KR > @JP"\nphase = ["planned", "done"]')
    assert printed('visit = "@KR>@JP"\nphase = ["done", "planned"]') == base
    assert len({base, printed('visit = "@KR > @JP"'), printed('visit = "@KR > any"')}) == 3


def test_a_visit_is_read_with_its_sides_phases_and_line():
    rule = signal('visit = "@KR > any"\nphase = ["planned", "cancelled"]').visit
    assert rule == VisitRule(
        journey=Journey(visitor="KR", host=""), phases=(Phase.PLANNED, Phase.CANCELLED)
    )
    assert rule.place.line == 6
    assert signal('visit = "any > any"').visit == VisitRule(journey=Journey())
    assert signal('any = ["a"]').visit is None


@pytest.mark.parametrize(
    ("table", "key", "allowed"),
    [
        ("signal", "priority", Priority),
        ("signal", "phase", Phase),
        ("signal", "in", Scope),
        ("feed", "role", Role),
    ],
)
def test_a_key_allows_what_the_code_knows(table: str, key: str, allowed: Iterable[str]) -> None:
    assert keys_of(table)[key].one_of == tuple(allowed)


def test_the_schema_takes_the_visits_that_the_loader_takes():
    below = watchlist_schema()["properties"]["signal"]["items"]
    assert {"required": ["visit"]} in below["anyOf"]
    assert below["properties"]["phase"]["items"]["enum"] == list(Phase)
    pattern = below["properties"]["visit"]["pattern"]
    for spelled, is_right in {
        "@KR > @JP": True,
        "any>@takaichi": True,
        "any > any": True,
        "KR > JP": False,
        "@KR": False,
        "@KR > @JP > @CN": False,
    }.items():
        told = problems(text_of(f'visit = "{spelled}"'))
        assert bool(re.search(pattern, spelled)) is is_right is not bool(told)


def test_the_fingerprint_covers_the_gazetteer_only_where_actors_are_named():
    def prints(body: str, gazetteer: str, version: str = "1") -> str:
        known = Known(actors=ACTORS, shared={}, gazetteer=gazetteer, matcher_version=version)
        watchlist, _ = load_watchlist("w.toml", text_of(body), known)
        assert watchlist
        return watchlist.fingerprint

    assert prints('any = ["a"]', "g1") == prints('any = ["a"]', "g2")
    assert prints('any = ["@KR"]', "g1") != prints('any = ["@KR"]', "g2")
    assert prints('any = ["a"]\nmin_actors = 2', "g1") != prints(
        'any = ["a"]\nmin_actors = 2', "g2"
    )
    assert prints('visit = "any > any"', "g1") != prints('visit = "any > any"', "g2")
    assert prints('any = ["a"]', "g1", "1") != prints('any = ["a"]', "g1", "2")


def test_the_fingerprint_of_actors_does_not_depend_on_their_order():
    turned = dict(reversed(ACTORS.items()))
    assert fingerprint_of_actors(turned) == fingerprint_of_actors(ACTORS)
    assert fingerprint_of_actors({**ACTORS, "US": ACTORS["KR"]}) != fingerprint_of_actors(ACTORS)


def test_a_new_watchlist_is_right_from_the_start():
    for title in ("Trade", 'He said "no" \\ \n # [x]', ""):
        watchlist, found = load_watchlist("trade.toml", new_watchlist_text("trade", title), KNOWN)
        assert watchlist is not None
        assert found == ()
        assert watchlist.id == "trade"
        assert watchlist.signals[0].should_match


def test_the_schema_knows_every_key_and_demands_what_the_loader_demands():
    schema = watchlist_schema()
    signal_schema = schema["properties"]["signal"]["items"]
    assert set(schema["required"]) == {"format", "id"}
    assert schema["anyOf"] == [{"required": ["signal"]}, {"required": ["expect"]}]
    assert {"any", "all", "should_not_match", "until"} <= set(signal_schema["properties"])
    assert signal_schema["properties"]["priority"]["enum"] == list(Priority)


# Folders


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return folder(tmp_path / "shipped", trade=text_of('any = ["$shared/x"]', id="trade"))


def folder(path: Path, **texts: str) -> Path:
    path.mkdir(exist_ok=True)
    (path / "_shared.toml").write_text('format = 1\n[terms]\nx = ["tariff*"]\n', "utf-8")
    for name, text in texts.items():
        (path / f"{name}.toml").write_text(text, "utf-8")
    return path


def load_both(
    ours: Path,
    user: Path | None,
    state: Path | None = None,
    try_examples: TryExamples | None = None,
) -> Loaded:
    return load_watchlists(ours, user, actors=ACTORS, last_good=state, try_examples=try_examples)


def fallen(loaded: Loaded) -> tuple[str, ...]:
    return tuple(one.place.path for one in loaded.fallen)


def failing_if_wrong(tried: list[str]) -> TryExamples:
    """Examples that say "wrong" fail; `tried` is told the ids of what was tried."""

    def try_examples(watchlists: Sequence[Watchlist]) -> list[Problem]:
        tried.extend(watchlist.id for watchlist in watchlists)
        return [
            Problem(message=f"{example.text} fails", place=example.place)
            for watchlist in watchlists
            for signal in watchlist.signals
            for example in signal.should_match
            if example.text == "wrong"
        ]

    return try_examples


def test_shipped_watchlists_load_without_a_folder_of_the_user(ours: Path, tmp_path: Path):
    for user in (None, tmp_path / "none"):
        loaded = load_both(ours, user)
        assert loaded.problems == ()
        assert [(one.id, one.shipped) for one in loaded.watchlists] == [("trade", True)]


MINE = text_of('any = ["mine"]', id="trade")


def replacing(text: str) -> str:
    return text.replace("\nid", "\nreplaces = true\nid", 1)


def test_a_users_file_that_says_so_replaces_the_shipped_one_of_its_id(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user", trade=replacing(MINE))
    loaded = load_both(ours, user)
    (one,) = loaded.watchlists
    assert (one.shipped, loaded.problems) == (False, ())
    assert spelled(one.signals[0].any) == ["mine"]


def test_a_new_file_with_the_id_of_a_shipped_one_silences_nothing(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user", mine=MINE)
    for _ in range(2):
        loaded = load_both(ours, user, tmp_path / "state")
        assert [(one.id, one.shipped) for one in loaded.watchlists] == [("trade", True)]
        assert fallen(loaded) == (str(user / "mine.toml"),)
        (error,) = [one for one in loaded.problems if one.severity == "error"]
        assert (error.place.path, error.place.line) == (str(user / "mine.toml"), 2)
        assert "is that of a shipped watchlist" in error.message
        assert "choose another id" in error.hint and "replaces = true" in error.hint


def test_a_file_that_takes_the_id_of_a_shipped_one_later_keeps_what_it_was(
    ours: Path, tmp_path: Path
):
    state, user = tmp_path / "state", folder(tmp_path / "user", mine=text_of(id="mine"))
    load_both(ours, user, state)
    (user / "mine.toml").write_text(MINE, "utf-8")
    loaded = load_both(ours, user, state)
    assert [(one.id, one.shipped, one.stale) for one in loaded.watchlists] == [
        ("mine", False, True),
        ("trade", True, False),
    ]
    assert "error" in {one.severity for one in loaded.problems}


def test_replacing_what_is_not_shipped_is_advised_on(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user", trad=replacing(text_of(id="trad")))
    loaded = load_both(ours, user)
    assert [one.id for one in loaded.watchlists] == ["trad", "trade"]
    (warning,) = loaded.problems
    assert (warning.severity, warning.hint) == ("warning", "did you mean trade?")


def test_replaces_is_true_or_false(ours: Path, tmp_path: Path):
    text = replacing(MINE).replace("= true", '= "yes"')
    loaded = load_both(ours, folder(tmp_path / "user", trade=text))
    assert [one.shipped for one in loaded.watchlists] == [True]
    assert "write replaces = true, without quotes" in loaded.problems[0].hint


def example(text: str, word: str = "first") -> str:
    return text_of(f'any = ["{word}"]\nshould_match = ["{text}"]', id="mine")


def test_a_file_whose_examples_fail_is_out_of_force(ours: Path, tmp_path: Path):
    state, user = tmp_path / "state", folder(tmp_path / "user", mine=example("wrong"))
    tried: list[str] = []
    for _ in range(2):
        loaded = load_both(ours, user, state, failing_if_wrong(tried))
        assert [one.id for one in loaded.watchlists] == ["trade"]
        assert fallen(loaded) == (str(user / "mine.toml"),)
        assert [one.message for one in loaded.problems] == ["wrong fails"]
    assert tried == ["mine", "mine"]


def test_a_file_whose_examples_fail_leaves_its_last_good_version_in_force(
    ours: Path, tmp_path: Path
):
    state, user = tmp_path / "state", folder(tmp_path / "user", mine=example("right"))
    tried: list[str] = []
    for _ in range(3):
        assert load_both(ours, user, state, failing_if_wrong(tried)).problems == ()
    assert tried == ["mine"]  # once for a text
    (user / "mine.toml").write_text(example("wrong", "second"), "utf-8")
    loaded = load_both(ours, user, state, failing_if_wrong(tried))
    mine = loaded.watchlists[0]
    assert (mine.stale, fallen(loaded), spelled(mine.signals[0].any)) == (True, (), ["first"])
    assert "wrong fails" in [one.message for one in loaded.problems]
    (user / "mine.toml").write_text("format = 1\nid =", "utf-8")
    loaded = load_both(ours, user, state, failing_if_wrong(tried))
    assert spelled(loaded.watchlists[0].signals[0].any) == ["first"]
    assert "wrong fails" not in [one.message for one in loaded.problems]  # it stands in no file


def test_examples_are_tried_again_when_the_matcher_or_the_actors_are_others(
    ours: Path, tmp_path: Path
):
    user = folder(tmp_path / "user", mine=example("right"))
    tried: list[str] = []
    for version in ("1", "1", "2", "2"):
        load_watchlists(
            ours,
            user,
            actors=ACTORS,
            last_good=tmp_path / "state",
            matcher_version=version,
            try_examples=failing_if_wrong(tried),
        )
    assert tried == ["mine", "mine"]


def test_a_version_kept_without_trying_its_examples_is_tried_before_it_is_used(
    ours: Path, tmp_path: Path
):
    state, user = tmp_path / "state", folder(tmp_path / "user", mine="format = 1\nid =")
    for text, ids in ((example("right"), ["mine", "trade"]), (example("wrong"), ["trade"])):
        LastGood(state).keep(user / "mine.toml", Version(text=text))  # as it was until 2026-11
        loaded = load_both(ours, user, state, failing_if_wrong([]))
        assert [one.id for one in loaded.watchlists] == ids


def test_groups_of_the_user_are_for_the_users_files(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user", mine=text_of('any = ["$shared/x"]', id="mine"))
    (user / "_shared.toml").write_text('format = 1\n[terms]\nx = ["duty"]\n', "utf-8")
    mine, trade = load_both(ours, user).watchlists
    assert spelled(mine.signals[0].any) == ["duty"]
    assert spelled(trade.signals[0].any) == ["tariff*"]


def test_one_broken_file_stops_no_other(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user", bad="format = 1\nid =", good=text_of(id="good"))
    loaded = load_both(ours, user)
    assert [one.id for one in loaded.watchlists] == ["good", "trade"]
    assert fallen(loaded) == (str(user / "bad.toml"),)
    assert [(one.place.path, one.place.line) for one in loaded.problems] == [
        (str(user / "bad.toml"), 2)
    ]


def test_the_last_good_version_of_a_broken_file_stays_in_force(ours: Path, tmp_path: Path):
    state = tmp_path / "state" / "good"
    user = folder(tmp_path / "user", mine=text_of('any = ["first"]', id="mine"))
    before = load_both(ours, user, state).watchlists[0]
    folder(user, mine=text_of('any = ["fir', id="mine"))
    loaded = load_both(ours, user, state)
    assert fallen(loaded) == ()
    assert loaded.watchlists[0].stale
    assert loaded.watchlists[0].fingerprint == before.fingerprint
    error, warning = sorted(loaded.problems, key=lambda one: one.severity)
    assert (error.severity, warning.severity) == ("error", "warning")
    assert "stays in force" in warning.message
    folder(user, mine=text_of('any = ["second"]', id="mine"))
    loaded = load_both(ours, user, state)
    assert loaded.problems == ()
    assert spelled(loaded.watchlists[0].signals[0].any) == ["second"]


def test_a_link_in_the_place_of_a_last_good_version_is_neither_read_nor_followed(
    ours: Path, tmp_path: Path
):
    state, other = tmp_path / "state", tmp_path / "other"
    user = folder(tmp_path / "user", mine=text_of('any = ["first"]', id="mine"))
    kept = LastGood(state).path_of(user / "mine.toml")
    state.mkdir()
    other.write_text('{"text": "", "shared": ""}', "utf-8")
    kept.symlink_to(other)
    assert LastGood(state).find(user / "mine.toml") is None
    load_both(ours, user, state)
    assert other.read_text("utf-8") == '{"text": "", "shared": ""}'
    assert LastGood(state).find(user / "mine.toml") is not None
    assert not kept.is_symlink()


def test_a_file_that_lost_its_group_stays_in_force_with_the_group_of_then(
    ours: Path, tmp_path: Path
):
    state = tmp_path / "state"
    user = folder(tmp_path / "user", mine=text_of('any = ["$shared/y"]', id="mine"))
    (user / "_shared.toml").write_text('format = 1\n[terms]\ny = ["word"]', "utf-8")
    assert load_both(ours, user, state).problems == ()
    (user / "_shared.toml").write_text('format = 1\n[terms]\nz = ["word"]', "utf-8")
    loaded = load_both(ours, user, state)
    assert loaded.watchlists[0].stale
    assert spelled(loaded.watchlists[0].signals[0].any) == ["word"]


def test_a_broken_shared_file_is_replaced_by_its_last_good_version(ours: Path, tmp_path: Path):
    state = tmp_path / "state"
    user = folder(tmp_path / "user", mine=text_of('any = ["$shared/x"]', id="mine"))
    load_both(ours, user, state)
    (user / "_shared.toml").write_text("format = 1\n[terms", "utf-8")
    loaded = load_both(ours, user, state)
    assert fallen(loaded) == ()
    assert not loaded.watchlists[0].stale
    assert len(loaded.problems) == 2


def test_without_a_last_good_version_the_errors_stand(ours: Path, tmp_path: Path):
    state = tmp_path / "state"
    user = folder(tmp_path / "user", mine="format = 1")
    assert fallen(load_both(ours, user, state))
    assert not state.exists() or len(list(state.iterdir())) == 1  # _shared.toml was good


def test_a_damaged_or_unwritable_state_folder_is_no_catastrophe(ours: Path, tmp_path: Path):
    state = tmp_path / "state"
    user = folder(tmp_path / "user", mine=text_of(id="mine"))
    load_both(ours, user, state)
    for kept in state.iterdir():
        kept.write_text("{")
    folder(user, mine="format = 1")
    assert fallen(load_both(ours, user, state)) == (str(user / "mine.toml"),)
    folder(user, mine=text_of(id="mine"))
    (tmp_path / "file").write_text("")
    loaded = load_both(ours, user, tmp_path / "file")
    assert fallen(loaded) == ()
    assert {one.severity for one in loaded.problems} == {"warning"}


def test_two_files_with_one_id_are_told_and_the_first_counts(ours: Path, tmp_path: Path):
    user = folder(
        tmp_path / "user",
        a=text_of('any = ["first"]', id="a"),
        b=text_of('any = ["second"]', id="a"),
    )
    loaded = load_both(ours, user)
    assert fallen(loaded) == (str(user / "b.toml"),)
    assert spelled(loaded.watchlists[0].signals[0].any) == ["first"]


def test_folders_devices_and_foreign_files_are_explained(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user")
    (user / "a-folder.toml").mkdir()
    (user / "b-link.toml").symlink_to(user / "nowhere")
    (user / "c-zero.toml").symlink_to("/dev/zero")
    os.mkfifo(user / "d-pipe.toml")
    (user / "e-huge.toml").write_bytes(b"#" * (1 << 20) + b"\n")
    (user / "f-utf16.toml").write_text("format = 1", "utf-16")
    (user / "g-korean.toml").write_bytes("format = 1\n# 북한".encode("euc-kr"))
    (user / "h-nul.toml").write_bytes(b"format = 1\n\0")
    (user / "i-loop.toml").symlink_to(user / "i-loop.toml")
    (user / "j.toml.txt").write_text("")
    (user / ".hidden.toml").write_text("nonsense")
    (user / "notes.txt").write_text("nonsense")
    loaded = load_both(ours, user)
    said = {Path(one.place.path).name[:1]: one for one in loaded.problems}
    assert {letter: one.place.line for letter, one in said.items()} == {
        "a": 0, "b": 0, "c": 0, "d": 0, "e": 0, "f": 1, "g": 2, "h": 2, "i": 0, "j": 0
    }  # fmt: skip
    for letter, words in {
        "a": "folder", "b": "no such file", "c": "device", "d": "device", "e": "larger",
        "f": "UTF-16", "g": "UTF-8", "h": "NUL", "i": "itself", "j": "not read",
    }.items():  # fmt: skip
        assert words in said[letter].message
        assert said[letter].hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_explained(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user", mine=text_of(id="mine"))
    (user / "mine.toml").chmod(0)
    assert "may not read" in load_both(ours, user).problems[0].message


def test_a_folder_that_is_a_file_is_explained(ours: Path, tmp_path: Path):
    (tmp_path / "user").write_text("")
    loaded = load_both(ours, tmp_path / "user")
    assert fallen(loaded) == (str(tmp_path / "user"),)
    assert [one.id for one in loaded.watchlists] == ["trade"]


def test_a_hostile_file_name_is_cleaned(ours: Path, tmp_path: Path):
    user = folder(tmp_path / "user")
    (user / "\x1b[31mred.toml").write_text("")
    (user / os.fsdecode(b"\xff.toml")).write_text("")
    for one in load_both(ours, user).problems:
        assert one.place.path.isprintable()
        str(one).encode()


def test_the_shipped_folder_is_found():
    assert shipped().is_dir()


# Absurd input


def test_borrowing_a_large_group_a_thousand_times_is_refused():
    words = ", ".join(f'"w{i}x"' for i in range(2_000))
    signals = "".join(f'[[signal]]\nid = "s{i}"\nany = ["$g", "x"]\n' for i in range(500))
    text = f'format = 1\nid = "w"\n[terms]\ng = [{words}]\n{signals}'
    assert "200,000 terms" in the_problem(text).message


def test_masks_of_a_file_with_very_many_signals_are_counted_too():
    words = ", ".join(f'"w{i}x"' for i in range(2_000))
    signals = "".join(f'[[signal]]\nid = "s{i}"\nany = ["x"]\n' for i in range(500))
    text = f'format = 1\nid = "w"\nignore = [{words}]\n{signals}'
    assert "200,000 terms" in the_problem(text).message


def test_groups_that_double_and_double_come_to_each_term_once():
    rows = "\n".join(f'g{i} = ["$g{i + 1}", "$g{i + 1}"]' for i in range(14))
    one = signal('any = ["$g0"]', f'[terms]\n{rows}\ng14 = ["x"]')
    assert spelled(one.any) == ["x"]


def test_a_long_chain_of_groups_is_refused():
    rows = "\n".join(f'g{i} = ["$g{i + 1}"]' for i in range(3_000))
    found = problems(text_of('any = ["$g0"]', f'[terms]\n{rows}\ng3000 = ["x"]'))
    assert "deep" in found[0].message


def test_too_many_terms_are_said_once():
    words = ", ".join(['"a"'] * 12_000)
    assert "10,000 terms" in the_problem(text_of(f"any = [{words}]")).message


FRAGMENTS = [
    "format = 1\n", 'id = "w"\n', "[terms]\n", "[[signal]]\n", "[signal]\n", "any", "all", "none",
    "ignore", "in", "from", "langs", "min_hits", ".en", ".ko", " = ", "[", "]", "{", "}", ", ",
    '"$g"', '"@KR"', '"A NEAR/3 $g"', '"(a OR $h)"', '"회담"', "'title:\"x\"'", "g", "h", "\n", "1",
    "2026-01-01", "true", '"', "“", "#", "\\", "\t", "\x00", "0xffffffffffffffffffff", "nan", "é",
]  # fmt: skip


@given(
    parts=st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=25),
    head=st.sampled_from(["", 'format = 1\nid = "w"\n', text_of()]),
)
def test_any_text_is_a_watchlist_or_problems(parts: list[str], head: str):
    text = head + "".join(parts)
    watchlist, found = load_watchlist("w.toml", text, KNOWN)
    assert watchlist is not None or any(one.severity == "error" for one in found)
    for problem in found:
        assert problem.message
        assert problem.hint
        assert problem.place.line <= text.count("\n") + 1
        assert "\n" not in str(problem)
    load_shared("_shared.toml", text, KNOWN)


VALUES = st.recursive(
    st.sampled_from(
        [
            *('"a"', '"$g"', '"@KR"', '"A NEAR/3 ($g OR b)"', '""', '"회담"', '"title:$g"', '"**"'),
            *("1", "-1", "1e400", "true", "2026-01-01", "07:00:00", "2026-01-01T00:00:00Z"),
            *("[]", "{}", '"@KR > any"', '"planned"', '"any > @no"'),
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda all: f"[{', '.join(all)}]")
        | st.dictionaries(st.sampled_from(["en", "ko", "x y", "any"]), inner, max_size=2).map(
            lambda all: "{" + ", ".join(f'"{key}" = {value}' for key, value in all.items()) + "}"
        )
    ),
    max_leaves=5,
)
KEYS = [
    "id",
    "title",
    "any",
    "all",
    "none",
    "ignore",
    "unless",
    "in",
    "min_hits",
    "sources",
    "langs",
]
KEYS += [
    "visit",
    "phase",
    "from",
    "until",
    "should_match",
    "priority",
    "terms",
    "signal",
    "format",
    "other",
]


@given(
    top=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3),
    below=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
    groups=st.dictionaries(st.sampled_from(["g", "h", "title"]), VALUES, max_size=2),
)
def test_any_value_under_any_key_is_a_watchlist_or_problems(
    top: dict[str, str], below: dict[str, str], groups: dict[str, str]
):
    def lines(pairs: dict[str, str]) -> str:
        return "\n".join(f"{key} = {value}" for key, value in pairs.items())

    head = lines({"format": "1", "id": '"w"'} | top)
    signal_lines = lines({"id": '"s"'} | below)
    text = f"{head}\n[terms]\n{lines(groups)}\n[[signal]]\n{signal_lines}\n"
    watchlist, found = load_watchlist("w.toml", text, KNOWN)
    assert watchlist is not None or found
    assert all(one.hint for one in found)
    if watchlist is not None:
        again, _ = load_watchlist("w.toml", text, KNOWN)
        assert again == watchlist


def test_loading_watchlists_needs_no_heavy_import():
    code = (
        "import sys; import sigtrack.watch.folders, sigtrack.watch.tables;"
        "print(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    loaded = check_output([sys.executable, "-c", code], text=True, env=os.environ)
    heavy = {"jsonschema", "pydantic", "asyncio", "h11", "feedparser", "tomlkit", "rich", "typer"}
    assert not heavy & set(re.findall(r"'(\w+)'", loaded))
