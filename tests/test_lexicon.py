"""The lexicon: shipped words, the user's words beside them, and what is said of a wrong file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import words_in_line
from sigtrack.analyze.compare import compare
from sigtrack.lexicon import LANGUAGES, Lexicon, any_of, load_lexicon, shipped_lexicon, words_of
from sigtrack.lexicon.books import is_site, spelled_out
from sigtrack.lexicon.classes import Classes
from sigtrack.lexicon.schema import MOST_WORDS, problems_of
from sigtrack.watch.catalogues import load_formulary

DATA = Path(__file__).parents[1] / "src" / "sigtrack" / "data"
NAMES = [*(f"lang/{code}.toml" for code in (*LANGUAGES, "west")), "places.toml", "topics.toml"]

KINDS = {"places.toml": "places", "topics.toml": "topics"}


def said(folder: Path) -> list[tuple[int, str]]:
    return [(p.place.line, p.message) for p in load_lexicon(folder)[1]]


@pytest.fixture
def korean(tmp_path: Path) -> Path:
    (tmp_path / "lang").mkdir()
    return tmp_path / "lang" / "ko.toml"


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_file_passes_the_check_of_a_users_file(name: str) -> None:
    text = (DATA / name).read_text("utf-8")
    assert problems_of(name, text, KINDS.get(name, "language")) == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_file_opens_with_a_page_for_linguists(name: str) -> None:
    text = (DATA / name).read_text("utf-8")
    page = text.partition("\nformat = 1")[0]
    assert page.startswith("# ")
    assert all(line.startswith("#") for line in page.strip().split("\n"))
    assert name in page, "the page tells which file a user writes"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_twelve_months_and_seven_days(code: str) -> None:
    book = shipped_lexicon().language(code)
    months, days = book.section("months"), book.section("weekdays")
    assert list(months) == [str(number) for number in range(1, 13)]
    assert list(days) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    words = [word for listed in (*months.values(), *days.values()) for word in listed]
    assert len(words) == len(set(words))


def test_words_are_parted_by_commas_and_line_ends_and_stand_once() -> None:
    assert words_of("\na b, c,\n d\ne,a b\n") == ("a b", "c", "d", "e")
    assert words_of(["one, two", " three "]) == ("one, two", "three")
    assert words_of(None) == words_of(" , ") == ()


def test_brackets_stand_for_words_that_differ_in_one_piece() -> None:
    assert words_of("visit(s/ed), [to/will] visit") == (
        *("visit", "visits", "visited"),
        *("to visit", "will visit"),
    )
    assert words_of("[국빈/공식] 방문(한)")[1] == "국빈 방문한"
    assert words_of(["fees(, at last)"]) == ("fees", "fees, at last")


PIECES = st.text("aé국会 -=*", max_size=4)
GROUPS = st.lists(PIECES, min_size=1, max_size=4)


@given(st.lists(st.tuples(PIECES, st.booleans(), GROUPS), max_size=4), PIECES)
def test_a_word_with_brackets_is_every_way_through_them(
    parts: list[tuple[str, bool, list[str]]], end: str
) -> None:
    written = "".join(
        f"{before}({'/'.join(some)})" if may_miss else f"{before}[{'/'.join(some)}]"
        for before, may_miss, some in parts
    )
    ways = (
        [before + one for one in ["", *some][not may_miss :]] for before, may_miss, some in parts
    )
    assert list(spelled_out(written + end)) == ["".join(way) + end for way in product(*ways)]


@pytest.mark.parametrize("word", ["visit(s", "visit)s", "[to/will visit", "(a/b/c/d/e/f/g/h)" * 3])
def test_brackets_that_cannot_be_read_are_told(word: str, korean: Path, tmp_path: Path) -> None:
    korean.write_text(f"[weekdays]\nmon = '월욜, {word}'\n", "utf-8")
    assert said(tmp_path) == [(2, f'the brackets of "{word}" cannot be read')]
    assert load_lexicon(tmp_path)[0].language("ko").added.words("weekdays", "mon") == ("월욜",)


def test_a_word_that_belongs_under_two_keys_stands_once(korean: Path, tmp_path: Path) -> None:
    korean.write_text(
        """[statement]
force = "쇠심줄 같은"
"force+utmost" = "바위 같은, 무쇠 같은"
"met+agenda" = ["잔을 들며, 웃으며"]
[weekdays]
mon = "월욜"
""",
        "utf-8",
    )
    lexicon, problems = load_lexicon(tmp_path)
    assert problems == ()
    added = lexicon.language("ko").added
    assert added.words("statement", "force") == ("쇠심줄 같은", "바위 같은", "무쇠 같은")
    assert added.words("statement", "utmost") == ("바위 같은", "무쇠 같은")
    assert added.words("statement", "met") == added.words("statement", "agenda")
    assert added.words("statement", "met") == ("잔을 들며, 웃으며",)
    assert set(added.section("statement")) == {"force", "utmost", "met", "agenda"}
    assert added.place_of("무쇠 같은", "statement", "force").line == 3
    assert added.place_of("무쇠 같은", "statement", "utmost").line == 3


def test_each_of_two_keys_of_a_word_must_be_there(korean: Path, tmp_path: Path) -> None:
    korean.write_text('[statement]\n"force+utmots" = "바위 같은"\n', "utf-8")
    assert said(tmp_path) == [(2, "there is no key force+utmots in [statement]")]


def test_a_chinese_word_stands_for_its_other_spelling(tmp_path: Path) -> None:
    (tmp_path / "lang").mkdir()
    for code in ("zh", "ja"):
        file = tmp_path / "lang" / f"{code}.toml"
        file.write_text("[weekdays]\nmon = '''\n东京,\n訪問'''\n", "utf-8")
    (tmp_path / "places.toml").write_text(
        '[[place]]\ncountry = "CN"\nsite = "Anlu"\nnames = "安陆, 東京, トン海, 東海"\n', "utf-8"
    )
    lexicon, problems = load_lexicon(tmp_path)
    assert problems == ()
    chinese = lexicon.language("zh").added
    assert chinese.words("weekdays", "mon") == ("东京", "東京", "訪問", "访问")
    assert chinese.place_of("访问", "weekdays", "mon").line == 4
    assert lexicon.language("ja").added.words("weekdays", "mon") == ("东京", "訪問")
    (place,) = lexicon.places.added.entries("place")
    assert place.words("names") == ("安陆", "安陸", "東京", "トン海", "東海")


def test_one_of_many_words_is_found_at_its_longest() -> None:
    assert re.findall(any_of(("met", "met with", "a.b")), "met with a.b axb") == ["met with", "a.b"]
    assert re.findall(any_of(()), "any") == []


def test_a_word_of_all_languages() -> None:
    assert shipped_lexicon().words("weekdays", "mon")[:4] == ("Mon", "Monday", "월", "월요일")


def test_a_word_tells_its_line_in_the_shipped_file() -> None:
    place = shipped_lexicon().language("ko").place_of("화요일", "weekdays", "tue")
    assert place.path == "lang/ko.toml"
    assert "화요일" in (DATA / place.path).read_text("utf-8").split("\n")[place.line - 1]


@pytest.mark.parametrize("name", NAMES)
def test_every_word_tells_a_line_that_holds_it(name: str) -> None:
    lines = (DATA / name).read_text("utf-8").split("\n")
    book = Lexicon()._book(name)
    for path, words in _all_words(book.pages[0].values):
        for word in (words[0], words[-1]):
            place = book.pages[0].place_of(word, *path)
            assert word in words_in_line(lines[place.line - 1]), (path, word)


def _all_words(value: object, *path: str | int) -> Iterator[tuple[list[str | int], list[str]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if (*path, key)[0] != "patterns":
                yield from _all_words(inner, *path, key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _all_words(inner, *path, index)
    elif words := words_of(value):
        yield list(path), list(words)


def test_nothing_is_read_before_it_is_asked_for() -> None:
    lexicon = Lexicon()
    assert lexicon._books == {}
    lexicon.language("ja")
    assert list(lexicon._books) == ["lang/ja.toml"]


def test_a_title_of_one_country_that_stands_in_no_rank_is_a_ministers(
    korean: Path, tmp_path: Path
) -> None:
    korean.write_text(
        "[offices]\nleader = '섭정'\n[offices.home]\nKR = '우주청장, 섭정'\n[offices.of]\nUS = '상무수장'\n",
        "utf-8",
    )
    lexicon, _ = load_lexicon(tmp_path)
    book = lexicon.language("ko").added
    assert book.offices("minister") == ("우주청장", "상무수장")
    assert book.offices("leader") == ("섭정",)
    assert {"우주청장", "상무수장", "minister"} <= set(lexicon.offices("minister"))
    assert "섭정" not in lexicon.offices("minister")
    ministers = Classes(lexicon, {})["#minister"]
    assert ministers.places()["우주청장"].line == 4
    assert "섭정" not in ministers.words


def test_a_topic_names_places_by_what_they_are_called_in_their_file(tmp_path: Path) -> None:
    (tmp_path / "places.toml").write_text(
        '[[place]]\ncountry = "JP"\nsite = "Beppu"\nnames = "Beppu, 別府"\n', "utf-8"
    )
    (tmp_path / "topics.toml").write_text(
        "[places]\nspa = '''\n#Beppu, hot spring,\n#Bepu'''\n", "utf-8"
    )
    lexicon, problems = load_lexicon(tmp_path)
    assert lexicon.topic("places", "spa") == ("Beppu", "別府", "hot spring")
    assert [(p.place.line, p.message, p.hint) for p in problems] == [
        (4, "places.toml has no site Bepu", "did you mean Beppu?")
    ]
    spa = Classes(lexicon, {})["#spa"]
    assert set(spa.words) == {"Beppu", "別府", "hot spring"}
    assert spa.places()["別府"].path == str(tmp_path / "places.toml")


def test_every_place_that_a_shipped_topic_names_is_there() -> None:
    lexicon = shipped_lexicon()
    for words in lexicon.topics.section("places").values():
        assert {word[1:] for word in words if is_site(word)} <= lexicon.sites.keys()


def test_the_classes_of_acts_are_the_same_in_every_language() -> None:
    classes = {
        code: {act.text("class") for act in shipped_lexicon().language(code).entries("act")}
        for code in LANGUAGES
    }
    known = {"visit", "travel", "depart", "arrive", "stay", "leave", "return", "host", "meet"}
    known |= {"attend", "sign", "call", "message"}
    assert classes["en"] == known
    assert all(some <= known for some in classes.values())


# Files of the user


def test_without_files_of_the_user_the_shipped_lexicon_is_in_force(tmp_path: Path) -> None:
    assert load_lexicon(tmp_path) == (shipped_lexicon(), ())
    assert load_lexicon(None) == (shipped_lexicon(), ())
    assert load_lexicon(tmp_path / "nowhere") == (shipped_lexicon(), ())


def test_the_users_words_are_added_and_know_their_line(korean: Path, tmp_path: Path) -> None:
    korean.write_text("[weekdays]\n# mine\nmon = '''\n월욜,\n첫날\n'''\n", "utf-8")
    lexicon, problems = load_lexicon(tmp_path)
    assert problems == ()
    book = lexicon.language("ko")
    assert book.words("weekdays", "mon") == ("월", "월요일", "월욜", "첫날")
    assert book.section("weekdays")["tue"] == ("화", "화요일")
    place = book.place_of("첫날", "weekdays", "mon")
    assert (place.path, place.line) == (str(korean), 5)
    assert book.place_of("월요일", "weekdays", "mon").path == "lang/ko.toml"
    assert shipped_lexicon().language("ko").words("weekdays", "mon") == ("월", "월요일")


def test_a_word_that_holds_a_comma_stands_in_a_list(korean: Path, tmp_path: Path) -> None:
    korean.write_text('[weekdays]\nmon = ["월, 화", "월욜"]\n', "utf-8")
    lexicon, problems = load_lexicon(tmp_path)
    assert problems == ()
    assert lexicon.language("ko").words("weekdays", "mon")[2:] == ("월, 화", "월욜")


def test_every_mistake_is_told_with_its_line_and_the_rest_counts(
    korean: Path, tmp_path: Path
) -> None:
    korean.write_text(
        """format = 2
month = 3
[weekday]
mon = "월욜"
[months]
13 = "십삼월"
1 = 5
2 = ["이월", 7]
3 = " , "
4 = "사월"
""",
        "utf-8",
    )
    lexicon, problems = load_lexicon(tmp_path)
    assert [(p.place.line, p.message, p.hint) for p in problems] == [
        (1, "this file has an unknown format", "write format = 1"),
        (2, "there is no section month here", "did you mean months?"),
        (3, "there is no section weekday here", "did you mean weekdays?"),
        (6, "there is no key 13 in [months]", "did you mean 3?"),
        (7, "1 holds no words", "write 1 = 'one, another'"),
        (8, "a word is not text", 'write 2 = ["one", "two"]'),
        (9, "3 is empty", "write words, or delete the line"),
    ]
    assert {p.place.path for p in problems} == {str(korean)}
    assert lexicon.language("ko").words("months", "4") == ("4월", "사월")


def test_patterns_are_not_the_users(korean: Path, tmp_path: Path) -> None:
    korean.write_text("[patterns.dates]\nday = '('\n", "utf-8")
    assert said(tmp_path) == [(1, "[patterns] cannot be added to")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[months\n", ""),
        (b"\xff\xfe", "this file is saved as UTF-16"),
        ("months = '1월'\n".encode(), "months holds no keys"),
        ("[months]\n1 = '1\u202e월'\n".encode(), ""),
        (f"[months]\n1 = '{'가' * 200}'\n".encode(), ""),
    ],
)
def test_a_broken_file_changes_nothing(
    korean: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    korean.write_bytes(content)
    lexicon, problems = load_lexicon(tmp_path)
    assert len(problems) == 1 and message in problems[0].message and problems[0].hint
    assert lexicon.language("ko").section("months") == (
        shipped_lexicon().language("ko").section("months")
    )


def test_a_link_that_leads_nowhere_is_told(korean: Path, tmp_path: Path) -> None:
    korean.symlink_to(tmp_path / "gone")
    assert said(tmp_path) == [(0, "there is no such file")]


def test_a_wrong_entry_is_told_and_left_out(korean: Path, tmp_path: Path) -> None:
    korean.write_text(
        """[[act]]
class = "visit"
kind = "trip"
side = "behind"
words = "들른다"

[[act]]
kind = "trip"
word = "들렀다"

[[act]]
class = "visit"
kind = "trip"
side = "before"
words = "들를"
""",
        "utf-8",
    )
    lexicon, problems = load_lexicon(tmp_path)
    assert [(p.place.line, p.message, p.hint) for p in problems] == [
        (4, '"behind" cannot be side here', "write one of before, after, both, letter"),
        (7, "class is missing", 'write class = "visit"'),
        (7, "words is missing", "write words = '…'"),
        (9, "there is no key word in [[act]]", "did you mean words?"),
    ]
    mine = [a for a in lexicon.language("ko").entries("act") if a.page.path == str(korean)]
    assert [act.words() for act in mine] == [("들를",)]
    assert mine[0].place("들를").line == 15


def test_places_of_the_user_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "places.toml"
    file.write_text('[[place]]\ncountry = "Japan"\nsite = "Toyama"\nnames = "富山"\n', "utf-8")
    assert said(tmp_path) == [(2, '"Japan" cannot be country here')]


def test_the_fingerprint_is_that_of_the_words_and_not_of_remarks(
    korean: Path, tmp_path: Path
) -> None:
    def fingerprint(text: str) -> str:
        korean.write_text(text, "utf-8")
        return load_lexicon(tmp_path)[0].fingerprint

    once = fingerprint("[weekdays]\nmon = '월욜'\n")
    assert once and fingerprint("# mine\n[weekdays]\nmon = '월욜' # sic\n") == once
    assert fingerprint("[weekdays]\nmon = '월욜, 첫날'\n") != once
    assert shipped_lexicon().fingerprint == ""


def test_a_file_of_too_many_words_is_told_once(korean: Path, tmp_path: Path) -> None:
    many = ", ".join(f"word {n}" for n in range(MOST_WORDS + 1))
    korean.write_text(f"[weekdays]\nmon = '{many}'\ntue = 'more'\n", "utf-8")
    assert said(tmp_path) == [(2, "this file has more than 20,000 words")]
    assert load_lexicon(tmp_path)[0].language("ko").words("weekdays", "mon") == ("월", "월요일")


# Who reads with it


def test_a_users_word_of_criticism_counts_when_statements_are_compared(
    korean: Path, tmp_path: Path
) -> None:
    old, new = (
        f"양측은 한반도 정세를 논의하였다. 그들은 북한의 핵 개발에 대해 {what}을 표명하였다."
        for what in ("씁쓸함", "통분함")
    )
    formulary = load_formulary()
    assert next(c.direction for c in compare(old, new, formulary).changes) == "neutral"
    korean.write_text("[criticism]\n3 = '씁쓸함'\n7 = '통분함'\n", "utf-8")
    lexicon, problems = load_lexicon(tmp_path)
    assert problems == ()
    assert next(c.direction for c in compare(old, new, formulary, lexicon).changes) == "hardened"


def test_a_key_of_several_countries_is_checked(korean: Path, tmp_path: Path) -> None:
    korean.write_text("[parties]\nKR-JP = '한일'\nkr = '우리'\n", "utf-8")
    assert said(tmp_path) == [(3, "there is no key kr in [parties]")]
