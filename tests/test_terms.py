"""The term grammar: what each spelling means, and the cure for what means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.model import (
    Choice,
    ClassName,
    Near,
    Phrase,
    Place,
    Problem,
    Reference,
    Term,
    Word,
)
from sigtrack.watch.terms import parse_term


def read(source: str) -> Term:
    term = parse_term(source)
    assert isinstance(term, Term), str(term)
    return term


def wrong(source: str) -> Problem:
    problem = parse_term(source, Place(path="w.toml", line=7))
    assert isinstance(problem, Problem), str(problem)
    assert problem.severity == "error"
    assert problem.place.line == 7
    assert problem.hint
    return problem


def phrase(*words: str) -> Phrase:
    return Phrase(words=tuple(Word(literal=word) for word in words))


def test_a_word_and_a_phrase():
    assert read("summit").body == phrase("summit")
    assert read("  joint \n statement ").body == phrase("joint", "statement")
    assert str(read("joint   statement")) == "joint statement"


def test_dashes_and_slashes_between_words_are_the_space_of_the_phrase():
    assert read("US - Japan / ROK – talks").body == phrase("US", "Japan", "ROK", "talks")
    assert read("US-Japan").body == phrase("US-Japan")


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("visit(s/ed)", "(visit OR visits OR visited)"),
        ("[to/will] visit", "(to visit OR will visit)"),
        ("[to be/was] signed", "(to be signed OR was signed)"),
        ("공동( )성명*", "(공동성명* OR 공동 성명*)"),
        ("[美/韩][拟/将]", "(美拟 OR 美将 OR 韩拟 OR 韩将)"),
        ("#city[へ/で]", "(#cityへ OR #cityで)"),
        ("=[US/UK] envoy*", "(=US envoy* OR =UK envoy*)"),
        ("title:(deny OR den[ies/ied]) NEAR/5 @KR", "title:(deny OR denies OR denied) NEAR/5 @KR"),
        ("talk(s) BEFORE/3 Nara", "(talk OR talks) BEFORE/3 Nara"),
    ],
)
def test_brackets_say_what_differs(source: str, meant: str):
    assert str(read(source)) == meant
    assert read(source) == read(meant)
    assert read(source).as_written == source


@pytest.mark.parametrize("source", ["[속보] 회담", "[a NEAR/3 b/c]", "[a", '"[to/will]"', "(a/b)"])
def test_brackets_in_which_nothing_differs_are_marks_as_ever(source: str):
    assert not isinstance(read(source).body, Choice) or source == "(a/b)"
    assert read(source).as_written == str(read(source))


def test_a_term_stands_for_no_more_than_five_hundred_phrases():
    eight = "[a/b/c/d/e/f/g/h]"
    assert len(list(read(f"x{eight}{eight}").options)) == 64
    assert "500" in wrong(f"x{eight}{eight}{eight}").message


def test_marks_of_a_word():
    assert read("denuclear*").body == Phrase(words=(Word(literal="denuclear", tail=True),))
    assert read("*회담").body == Phrase(words=(Word(literal="회담", head=True),))
    assert read("=Nara").body == Phrase(words=(Word(literal="Nara", mark="="),))
    assert read("~AI").body == Phrase(words=(Word(literal="AI", mark="~"),))
    assert read("=Blue =House*").body == Phrase(
        words=(Word(literal="Blue", mark="="), Word(literal="House", mark="=", tail=True))
    )


def test_quotes_take_every_mark_literally():
    assert read('"[전문]"').body == Phrase(words=(Word(literal="[전문]", quoted=True),))
    assert read(r'"say \"no\" \\ (A*)"').body == Phrase(
        words=(Word(literal=r'say "no" \ (A*)', quoted=True),)
    )
    assert read('the "OR" case').body == Phrase(
        words=(Word(literal="the"), Word(literal="OR", quoted=True), Word(literal="case"))
    )


def test_near_and_before():
    term = read("Lee NEAR/8 Takaichi Sanae")
    assert term.body == Near(left=phrase("Lee"), right=phrase("Takaichi", "Sanae"), distance=8)
    assert read("Lee BEFORE/5 Nara").body == Near(
        left=phrase("Lee"), right=phrase("Nara"), distance=5, ordered=True
    )
    assert str(read("A NEAR/50 B")) == "A NEAR/50 B"


@pytest.mark.parametrize("operator", ["w/5", "W/5", "near5", "near/5", "NEAR5", "within/5"])
def test_near_as_other_search_languages_write_it(operator: str):
    assert read(f"Lee {operator} (Xi OR Takaichi)") == read("Lee NEAR/5 (Xi OR Takaichi)")


@pytest.mark.parametrize(
    ("operator", "ours"),
    [("w/s", "NEAR/50"), ("W/S", "NEAR/50"), ("/s", "NEAR/50"), ("pre/s", "BEFORE/50")],
)
def test_in_one_sentence_is_the_farthest_distance_since_near_leaves_no_sentence(
    operator: str, ours: str
):
    assert read(f"Lee {operator} Xi") == read(f"Lee {ours} Xi")


@pytest.mark.parametrize("operator", ["pre/5", "adj5", "onear/5", "before/5"])
def test_before_as_other_search_languages_write_it(operator: str):
    assert read(f"title:Lee {operator} Nara") == read("title:Lee BEFORE/5 Nara")


@pytest.mark.parametrize(
    "term",
    [
        "Lee near5",
        "near5 Lee",
        "Lee w/60 Xi",
        "Lee w/5 Xi w/5 Nara",
        "(Lee w/5 Xi)",
        "w5 Xi",
        "Lee w/s",
    ],
)
def test_an_operator_that_joins_no_two_sides_stays_a_word(term: str):
    assert not isinstance(read(term).body, Near)


def test_a_choice_alone_and_beside_near():
    choice = Choice(options=(phrase("trade", "deal"), Reference(kind="@", id="KR")))
    assert read("(trade deal OR @KR)").body == choice
    assert read("(trade deal OR @KR)NEAR/6 $text").body == Near(
        left=choice, right=Reference(kind="$", id="text"), distance=6
    )


def names(source: str) -> list[str]:
    """What stands in a phrase, piece by piece; + before what is joined to the piece before it."""
    body = read(source).body
    assert isinstance(body, Phrase)
    return [f"{'+' * one.joined}{one}" for one in body.words]


def test_a_class_stands_alone_beside_near_in_brackets_and_in_the_title():
    meet, city = ClassName(name="#meet"), ClassName(name="@KR:cities")
    assert read("#meet").body == Phrase(words=(meet,))
    assert read("title:#meet").field == "title"
    assert read("(#meet OR @KR:cities) BEFORE/5 #leader").body == Near(
        left=Choice(options=(Phrase(words=(meet,)), Phrase(words=(city,)))),
        right=Phrase(words=(ClassName(name="#leader"),)),
        distance=5,
        ordered=True,
    )
    assert [one.name for one in read("(#meet OR summit) NEAR/2 to #city").classes()] == [
        "#meet",
        "#city",
    ]


def test_a_class_in_a_phrase_ends_where_its_id_ends():
    assert names("to #city") == ["to", "#city"]
    assert names("visit* the #city talks*") == ["visit*", "the", "#city", "talks*"]
    assert names("#cityへ") == ["#city", "+へ"]
    assert names("訪#city") == ["訪", "+#city"]
    assert names("#cityから#cityへ") == ["#city", "+から", "+#city", "+へ"]
    assert names("@KR:cities에서 #meet") == ["@KR:cities", "+에서", "#meet"]
    assert names("#city회담*") == ["#city", "+회담*"]
    assert names("#export-control policy") == ["#export-control", "policy"]


def test_a_hyphen_a_slash_or_a_middle_dot_beside_a_class_is_a_space():
    assert names("#leader-#meet") == names("#leader - #meet") == ["#leader", "#meet"]
    assert names("#city・#city") == names("#city/#city") == ["#city", "#city"]
    assert names("北京・#city") == ["北京", "#city"]


def test_a_class_sign_in_quotes_or_before_no_small_letter_is_literal():
    assert names('"#meet"') == ['"#meet"']
    assert names("C# #1 #회담") == ["C#", "#1", "#회담"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("=#meet", "takes no mark"),
        ("~#meet", "takes no mark"),
        ("*#meet", "takes no mark"),
        ("#meet*", "takes no mark"),
        ("#city*회담", "takes no mark"),
        ("#Meet", "names no class"),
        ("＃meet", "names no class"),
        ("#leader#meet", "without a space"),
        ("#cityA", "without a space"),
        ("#city's", "without a space"),
        ("abc#city", "without a space"),
        ("#city,", "without a space"),
        ('#city"へ"', "quotes enclose only a part"),
        ("@KR:towns", "names no group or actor"),
        ("to @KR:names", "is inside a phrase"),
    ],
)
def test_what_cannot_stand_beside_a_class_is_refused_with_a_cure(source: str, message: str):
    assert message in wrong(source).message


def test_references():
    assert read("$name").body == Reference(kind="$", id="name")
    assert read("$shared/name-2").body == Reference(kind="$", id="shared/name-2")
    assert read("@KR").body == Reference(kind="@", id="KR")
    assert read("@KR:names").body == Reference(kind="@", id="KR", part="names")
    assert read("@lee-jae-myung").body == Reference(kind="@", id="lee-jae-myung")


def test_title_applies_to_the_whole_term():
    term = read("title:Lee NEAR/3 Nara")
    assert term.field == "title"
    assert isinstance(term.body, Near)
    assert read("title: Nara") == read("title:Nara")
    assert str(read("title: @KR")) == "title:@KR"


def test_a_term_may_look_at_author_or_category_alone():
    assert read("author:Kim") == Term(body=phrase("Kim"), field="author")
    assert read("category: trade NEAR/3 policy").field == "category"
    assert str(read("author: (Kim OR @KR)")) == "author:(Kim OR @KR)"
    assert read('"author:Kim"').body == Phrase(words=(Word(literal="author:Kim", quoted=True),))


def test_lower_case_near_and_or_are_ordinary_words():
    assert read("near or before").body == phrase("near", "or", "before")


def test_a_term_remembers_where_it_stands_but_equals_its_twin():
    here = parse_term("summit", Place(path="w.toml", line=3))
    assert isinstance(here, Term)
    assert here.place.line == 3
    assert here == read("summit")


@pytest.mark.parametrize("source", ["A NEAR/3 B NEAR/3 C", "A NEAR B", "A NEAR/51 B", "A NEAR/0 B"])
def test_near_that_is_no_single_near_within_fifty_words_points_to_all(source: str):
    assert "all" in wrong(source).hint


@pytest.mark.parametrize(
    "source",
    [
        "",
        "   ",
        "title:",
        "A NEAR/3",
        "NEAR/3 A",
        "A NEAR/-1 B",
        "A NEAR/3.5 B",
        "A NEAR/ B",
        "A NEAR/" + "9" * 6000 + " B",
        "BEFORE/3",
        "A OR B",
        "OR",
        "(A OR)",
        "( OR B)",
        "()",
        "(A OR B",
        "A OR B)",
        "((A OR B))",
        "(A OR B) C",
        "(A OR B) (C OR D)",
        "A (B)",
        "A(B OR C)",
        "(A NEAR/3 B)",
    ],
)
def test_a_shape_that_means_nothing_is_a_problem(source: str):
    wrong(source)


@pytest.mark.parametrize(
    "source", ["denu*clear", "북*한", "**북한", "북한**", "*", "=", "~", "=*", '"A"B']
)
def test_a_mark_in_an_odd_place_is_a_problem(source: str):
    wrong(source)


@pytest.mark.parametrize("source", ["*ization", "*ия", "*5G"])
def test_only_hangul_takes_any_beginning(source: str):
    assert "Hangul" in wrong(source).hint


@pytest.mark.parametrize("source", ["AI*", "на*", "U.S.*", "5G*", "美AI*", "joint st*", '"ab"*'])
def test_a_star_needs_three_letters(source: str):
    assert "three letters" in wrong(source).hint


def test_a_star_after_a_sign_is_no_regular_expression():
    assert "regular expression" in wrong("denuclear.*").hint


@pytest.mark.parametrize("source", ["북*", "한*", "對미*", "共同*", "*首脳", "F-35*", "tar*"])
def test_stars_on_hangul_han_and_long_words_are_read(source: str):
    read(source)


@pytest.mark.parametrize(
    "source", ["~summit", "~ai", "~북한", "a~b", "AI~", "~NATO", "~~AI", "=~AI"]
)
def test_a_tilde_anywhere_but_before_short_capitals_is_a_problem(source: str):
    assert "~" in wrong(source).message


@pytest.mark.parametrize("source", ["~U.S.", "~ROK", "~US-ROK", "~ＡＩ"])
def test_a_tilde_before_short_capitals_is_read(source: str):
    read(source)


@pytest.mark.parametrize(
    "source", ["visit to @JP", "$text statement", "$5 billion", "(new @KR OR B)", "@KR @JP"]
)
def test_a_reference_stands_alone(source: str):
    assert "must be alone" in wrong(source).hint


@pytest.mark.parametrize(
    "source", ["$", "@", "@KR:name", "$a/b", "$shared/", "@KR,", "=@KR", "@KR*"]
)
def test_a_reference_that_is_none_is_a_problem(source: str):
    wrong(source)


@pytest.mark.parametrize("source", ["“joint statement”", "（A OR B）", "북한＊"])
def test_typographic_marks_are_explained(source: str):
    assert "typographic" in wrong(source).message


@pytest.mark.parametrize("source", ["＝Nara", "～AI", "＠KR", "＄text"])
def test_full_width_marks_are_explained(source: str):
    assert "full-width" in wrong(source).message


@pytest.mark.parametrize(
    "source", ["Title:Nara", "title：Nara", "title:title:Nara", "Lee title:Nara"]
)
def test_title_in_another_spelling_or_place_is_a_problem(source: str):
    assert "title:" in wrong(source).message


@pytest.mark.parametrize(
    ("source", "field"),
    [("Author:Kim", "author"), ("author：Kim", "author"), ("title:author:Kim", "author"),
     ("trade author:Kim", "author"), ("CATEGORY:x", "category"), ("a NEAR/3 category:x", "category")],
)  # fmt: skip
def test_author_and_category_in_another_spelling_or_place_are_a_problem(source: str, field: str):
    assert f"{field}:" in wrong(source).message


@pytest.mark.parametrize(
    "source", ["sum\u200bmit", "\ufeffsummit", "sum\x00mit", "\u202esummit", "\ud800"]
)
def test_invisible_characters_are_named(source: str):
    assert "U+" in wrong(source).message


def test_a_quote_that_is_not_closed_is_a_problem():
    assert "not closed" in wrong('"joint statement').message


def test_an_endless_term_is_a_problem():
    wrong("word " * 1000)


def test_a_message_is_one_safe_line():
    problem = wrong("\x1b[31m " + "x" * 300)
    assert "\x1b" not in str(problem)
    assert len(problem.message) < 200


LETTERS = st.text("abzÉñ0북한日本か'&", min_size=3, max_size=6).filter(
    lambda text: any(map(str.isalnum, text)) and text[-1].isalnum()
)
PLAIN = st.builds(Word, literal=LETTERS, mark=st.sampled_from(["", "="]))
QUOTED = st.builds(
    Word, literal=st.text('ab"\\ ()*=~$@북', min_size=1).filter(str.strip), quoted=st.just(True)
)
STARRED = st.builds(
    Word, literal=st.text("북한회담", min_size=1), head=st.booleans(), tail=st.booleans()
)
ACRONYMS = st.builds(Word, literal=st.sampled_from(["AI", "ROK", "U.S."]), mark=st.just("~"))
PHRASES = st.builds(
    Phrase, words=st.lists(PLAIN | QUOTED | STARRED | ACRONYMS, min_size=1, max_size=4).map(tuple)
)
REFERENCES = st.builds(
    Reference, kind=st.just("$"), id=st.sampled_from(["text", "shared/a-b"])
) | st.builds(
    Reference,
    kind=st.just("@"),
    id=st.sampled_from(["KR", "takaichi"]),
    part=st.sampled_from(["", "names", "people"]),
)
CHOICES = st.builds(
    Choice, options=st.lists(PHRASES | REFERENCES, min_size=1, max_size=3).map(tuple)
)
UNITS = PHRASES | REFERENCES | CHOICES
NEARS = st.builds(Near, left=UNITS, right=UNITS, distance=st.integers(1, 50), ordered=st.booleans())
TERMS = st.builds(
    Term,
    body=UNITS | NEARS,
    field=st.none() | st.sampled_from(["title", "author", "category"]),
)


@given(term=TERMS)
def test_reading_the_canonical_spelling_gives_the_same_term(term: Term):
    assert parse_term(str(term)) == term


@given(source=st.text() | st.text('abcNEAROR/5 ()*="~$@:\\-,.titl북한回“'))
def test_any_text_is_a_term_or_a_problem_and_terms_have_one_spelling(source: str):
    term = parse_term(source)
    if isinstance(term, Term):
        assert parse_term(str(term)) == term
        assert str(parse_term(str(term))) == str(term)


ORDINARY = st.text(st.sampled_from("aZU9é한회日ガー１ⓐﾞ.-'*=~"), min_size=1, max_size=5)


@given(words=st.lists(ORDINARY, min_size=1, max_size=3))
def test_words_alone_are_what_they_are_in_a_choice(words: list[str]):
    alone, choice = parse_term(" ".join(words)), parse_term(f"({' '.join(words)})")
    if isinstance(alone, Term):
        assert isinstance(choice, Term)
        assert choice.body == Choice(options=(alone.body,))  # type: ignore[arg-type]
    else:
        assert isinstance(choice, Problem)
        assert choice.hint == alone.hint


PIECES = [
    "NEAR/5",
    "BEFORE/3",
    "OR",
    "(",
    ")",
    "title:",
    "author:",
    "category:",
    "북한*",
    "summit",
    '"a b"',
    "@KR",
    "$x",
    "-",
    "#city",
    "@KR:cities",
    "へ",
    "・",
]


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=8), gap=st.sampled_from([" ", ""]))
def test_any_row_of_pieces_is_a_term_or_a_problem(pieces: list[str], gap: str):
    term = parse_term(gap.join(pieces))
    if isinstance(term, Term):
        assert parse_term(str(term)) == term
