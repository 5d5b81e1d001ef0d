"""A search means the same whoever answers it, finds words of four languages where they stand, and
is refused where it cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.errors import Misuse
from sigtrack.lexicon.books import spellings_of
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.text.search import (
    AnyOf,
    Every,
    Nearby,
    Search,
    Searched,
    SearchJudge,
    Spelled,
    Spelling,
    Without,
    index_tokens,
    parse_search,
    tokens_of,
)
from stored import item, poll

Finds = Callable[[Search, str, str], bool]
NAMES = {
    "@KP": ("North Korea", "DPRK", "북한", "조"),
    "@US": ("US", "Washington"),
    "#tax": ("tariff*",),
}


def read(search: str) -> Search:
    return parse_search(search, lambda word: NAMES.get(word) or spellings_of(word))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def finds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Finds]:
    """Whether a store finds an item of this title and summary; the judge must say the same."""
    numbers = count()
    if request.param == "sqlite":
        place = str(tmp_path_factory.mktemp("search") / "store.db")
    else:
        place = request.getfixturevalue("schemas").new()
    with open_store(place) as store:

        def look(search: Search, title: str, summary: str = "") -> bool:
            feed = f"f{next(numbers)}"
            poll(store, [item(title, feed=feed, summary=summary, author="Kim", categories=("US",))])
            only = Query(sources=(feed,))
            by_date, by_rank = (
                bool(list(store.search(search, only, order=order))) for order in ("date", "rank")
            )
            searched = Searched(title, f"{summary}\n", "Kim", ("US",))
            assert by_date == by_rank == SearchJudge(search).stands_in(searched)
            return by_date

        yield look


# --- what stands there


def test_alphabets_are_kept_whole_and_other_scripts_in_pairs() -> None:
    assert index_tokens("The G7 issued a 共同声明 (정상회담).") == (
        "the g7 issued a 共同 同声 声明 明 정상 상회 회담 담"
    )


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("声明", "日韓が共同声明を発表"),
        ("회담", "한일 정상회담을 열었다"),
        ("首脳会談", "奈良で首脳会談"),
        ("韓", "訪韓"),
        ("韓", "韓国へ"),
        ("カタカナ", "ｶﾀｶﾅ"),
        ("NARA", "In Nara, not Tokyo"),
        ("ｎａｒａ", "Nara"),
        ("élysée", "Elysee"),
        ("elysee", "l'Élysée"),
        ("lee nara", "In Nara, Lee"),
        ('"joint statement"', "a Joint-Statement was issued"),
        ("“joint statement”", "a joint statement"),
        ("U.S.", "the U.S. and Japan"),
        ("denuc*", "denuclearisation"),
        ('"complete denuc*"', "complete denuclearisation"),
        ("G7サミット", "廣島G7サミット閉幕"),
        ('"共同声明 summit"', "共同声明 summit"),
        ("nara -kyoto", "in Nara"),
        ("회담*", "정상회담을"),
        ("会谈", "習近平會談"),
        ("會談", "外相会談"),
        ("会談", "中美会谈"),
        ("发展", "經濟發展"),
        ("聯合声明", "两国联合声明"),
        ("kyoto OR nara", "in Nara"),
        ("kyoto tokyo OR nara", "in Nara"),
        ("(kyoto OR nara) lee", "Lee in Nara"),
        ("NOT kyoto", "in Nara"),
        ("NOT (kyoto OR tokyo) nara", "in Nara"),
        ("NOT NOT nara", "in Nara"),
        ("lee NEAR/2 nara", "in Nara today, Lee said"),
        ("nara NEAR/2 lee", "in Nara today, Lee said"),
        ("(kyoto OR nara) NEAR/1 lee", "Nara: Lee speaks"),
        ("韓 NEAR/3 会談", "日韓首脳会談"),
        ("@KP NEAR/3 #tax", "North Korea defies tariffs"),
        ("@kp OR @KP", "북한 미사일"),
        ("@US", "the US and Japan"),
        ("author:kim category:us", "Nara"),
        ("title:(nara OR kyoto)", "in Nara"),
        ('"not" nara', "not Nara"),
        ('"@KP" nara', "KP: Nara"),
    ],
)
def test_what_is_there_is_found(finds: Finds, search: str, text: str) -> None:
    names = NAMES | {"@kp": ("nobody",)}
    tree = parse_search(search, lambda word: names.get(word) or spellings_of(word))
    assert finds(tree, text, "")


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("声同", "共同声明"),
        ("北朝鮮", "北京と朝鮮"),
        ("nar", "Nara"),
        ('"statement joint"', "joint statement"),
        ("nara kyoto", "Nara"),
        ("nara -kyoto", "Nara and Kyoto"),
        ("-kyoto", "Kyoto"),
        ("NOT trump", "Trump speaks"),
        ("NOT @US", "the US and Japan"),
        ("@US", "tell us more"),
        ("@KP", "조선소"),
        ("lee NEAR/2 nara", "Lee will soon fly to Nara"),
        ("kyoto OR lee nara", "in Nara"),
        ("title:lee", "Nara"),
        ("author:lee", "Lee"),
        ("会谈", "会議"),
    ],
)
def test_what_is_not_there_is_not_found(finds: Finds, search: str, text: str) -> None:
    assert not finds(read(search), text, "Lee" if search.startswith("title") else "")


def test_a_name_spelled_without_letters_stands_in_no_item(finds: Finds) -> None:
    marks = Spelled((Spelling("!?"),))
    for text in ("Nara !?", "XX"):
        assert not finds(marks, text, "")
        assert finds(Without(marks), text, "")
        assert finds(AnyOf((marks, read("nara OR xx"))), text, "")


LETTERS = "Nara nara US us 会談 會谈 한일 회담 a"
WORDS = st.sampled_from(["nara", "NARA US", "us", "会談", "谈", "한일", "회", "a", "na"])
SPELLINGS = st.builds(Spelling, WORDS, st.booleans(), st.booleans())
SPELLED = st.builds(
    lambda some, field: Spelled(tuple(some), field),
    st.lists(SPELLINGS, min_size=1, max_size=2),
    st.sampled_from(["", "title", "author", "category"]),
)
NEARBY = st.builds(
    lambda one, other, far: Nearby(one, Spelled(other.spellings, one.field), far),
    *(SPELLED, SPELLED, st.integers(1, 3)),
)
TREES: st.SearchStrategy[Search] = st.recursive(
    SPELLED | NEARBY,
    lambda part: (
        st.builds(Without, part)
        | st.builds(lambda some: Every(tuple(some)), st.lists(part, min_size=1, max_size=3))
        | st.builds(lambda some: AnyOf(tuple(some)), st.lists(part, min_size=1, max_size=3))
    ),
    max_leaves=5,
)
TEXTS = st.lists(st.sampled_from([*LETTERS.split(), "会谈", ".", "Élan"]), max_size=7).map(" ".join)


@given(TREES, TEXTS, TEXTS)
def test_a_store_finds_what_the_judge_says(
    finds: Finds, search: Search, title: str, summary: str
) -> None:
    finds(search, title, summary)


@given(st.text(alphabet="공동성명声G7 a-ー・々", min_size=1, max_size=12), st.data())
def test_every_part_of_a_run_is_found(finds: Finds, text: str, data: st.DataObject) -> None:
    runs = [word for word in text.split() if index_tokens(word) and word.isalnum()]
    for run in runs:
        if all(ord(c) > 0x3000 for c in run):
            start = data.draw(st.integers(0, len(run) - 1))
            end = data.draw(st.integers(start + 1, len(run)))
            assert finds(parse_search(run[start:end]), text, "")


# --- marks


@pytest.mark.parametrize(
    ("search", "title", "marked"),
    [
        ("nara OR lee", "Lee in Nara", ["Lee", "Nara"]),
        ("会谈 -东京", "奈良で首脳会談", ["会談"]),
        ("韓", "訪韓と韓国", ["韓", "韓"]),
        ("denuc*", "on denuclearisation now", ["denuclearisation"]),
        ('"joint statement"', "The Joint-Statement", ["Joint-Statement"]),
        ("カナ", "ｶﾅ", ["ｶﾅ"]),
        ("summary", "none of it", []),
        ("author:kim", "Kim", []),
    ],
)
def test_found_words_are_marked_where_they_stand(
    search: str, title: str, marked: list[str]
) -> None:
    assert [title[start:end] for start, end in SearchJudge(read(search)).marks_in(title)] == marked


@given(st.text(max_size=30))
def test_a_token_with_its_place_is_a_token_of_the_index(text: str) -> None:
    tokens = tokens_of(text)
    assert all(0 <= one.start < one.end <= len(text) for one in tokens)
    if text.isascii():
        assert [one.text for one in tokens] == index_tokens(text).split()


# --- what cannot be read


@pytest.mark.parametrize(
    ("search", "place", "told"),
    [
        ("trump OR", 7, "OR has nothing after it"),
        ("OR trump", 1, "OR has nothing before it"),
        ("a AND AND b", 7, "AND has nothing before it"),
        ("NOT", 1, "NOT has nothing after it"),
        ("a (b OR c", 3, "( is not closed"),
        ("a ) b", 3, ") closes a bracket that is not open"),
        ("()", 2, ") has nothing before it"),
        ('say "joint', 5, '" opens quotes that are not closed'),
        ("titel:nara", 1, "titel: is not a field"),
        ("https://nara.test", 1, "https: is not a field"),
        ("x title: nara", 3, "title: has nothing after it"),
        ("a NEAR b", 3, "NEAR cannot be read"),
        ("a NEAR/99 b", 3, "NEAR/99 cannot be read"),
        ("a near/3 b", 3, "near/3 cannot be read"),
        ("a BEFORE/3 b", 3, "BEFORE/3 cannot be read"),
        ("a NEAR/3 (b c)", 3, "NEAR/3 stands beside AND, NOT or NEAR"),
        ("title:a NEAR/3 b", 9, "NEAR/3 joins two fields"),
        ("a NEAR/3 b NEAR/3 c", 12, "NEAR/3 is the second in a row"),
        ("trump or xi", 7, "or is in small letters"),
        ("not trump", 1, "not is in small letters"),
        ("den*clear", 1, "den*clear has a * where no * can be"),
        ("$shared/leaders", 1, "$shared/leaders has a $ where no $ can be"),
        ("a !", 3, "! has no letter or digit"),
        ('""', 1, "has no letter or digit"),
        ("(" * 30 + "a" + ")" * 30, 21, "( is more than 20 brackets deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(search: str, place: int, told: str) -> None:
    with pytest.raises(Misuse) as refused:
        read(search)
    assert refused.value.message.startswith(f"search, character {place}:")
    assert told in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("search", ["", "  ", "a" * 2_001, "a " * 201])
def test_nothing_and_far_too_much_are_refused(search: str) -> None:
    with pytest.raises(Misuse):
        read(search)


@given(st.text(alphabet='nar NEAR/3ORT():"*-@#会談\\', max_size=20))
def test_a_search_is_read_or_refused_and_never_fails(finds: Finds, text: str) -> None:
    try:
        tree = parse_search(text, lambda word: spellings_of(word.lstrip("@#") or "x"))
    except Misuse:
        return
    finds(tree, "Nara 会談", "near")
