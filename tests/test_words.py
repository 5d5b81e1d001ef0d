"""Words of languages stand in the data files, and there once."""

from __future__ import annotations

import re
import tokenize
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from sigtrack.lexicon.books import Page, is_site, spelled_out, words_of

SOURCE = Path(__file__).parents[1] / "src" / "sigtrack"
# Letters as they are read; an escape such as \u4e00 is for a range of a script.
LETTERS = re.compile(
    "[\u1100-\u11ff\u3005\u3040-\u30fa\u30fc-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f]"
)
# How many texts between quotes hold such letters, and why they may. A number may only fall.
BELOW = "it stands below the lexicon, and is a rule about a script"
SAID = "an example in what is said to the user"
MAY_HOLD: Mapping[str, tuple[int, str]] = {
    "text/scripts.py": (10, BELOW),
    "text/fold.py": (6, BELOW),
    "present/cells.py": (2, "marks that begin no line; a rule about a script"),
    "text/documents.py": (1, SAID),
    "watch/watchlists.py": (2, SAID),
    "watch/terms.py": (3, SAID),
}


def quoted(path: Path) -> Iterator[str]:
    """Texts between quotes that are no docstring."""
    before = tokenize.NEWLINE
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            is_text = tokenize.tok_name[token.type] in ("STRING", "FSTRING_MIDDLE")
            if is_text and before not in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
                yield token.string
            if token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.ENCODING):
                before = token.type


def test_no_word_in_hangul_han_or_kana_stands_in_python() -> None:
    found = {
        str(path.relative_to(SOURCE)): sum(1 for text in quoted(path) if LETTERS.search(text))
        for path in sorted(SOURCE.rglob("*.py"))
    }
    assert {p: n for p, n in found.items() if n} == {p: n for p, (n, _) in MAY_HOLD.items()}


# Spellings

FILES = (
    *("lang/en.toml", "lang/ko.toml", "lang/ja.toml", "lang/zh.toml", "lang/west.toml"),
    "places.toml",
    *("actors.toml", "topics.toml", "phrases.toml"),
)
# Keys whose text is not a word of a language.
NO_WORDS = frozenset(
    (
        *("format", "checked", "note", "id", "title", "country", "site", "kind", "class", "phase"),
        *("side", "topic", "since", "until", "office", "rung", "role", "who", "basis", "opposes"),
        *("present", "absent", "change", "meaning", "ladder"),
    )
)
NO_SECTIONS = frozenset(("patterns", "han", "ambiguous"))
OF_IDS = frozenset(("business", "weight", "way", "part"))  # of topics, objects and countries
# In one file a word may stand in two of these, because each asks something else of it.
STATEMENT = (
    *("criticism", "demand", "commitment", "statement", "set", "same", "country", "parties"),
    *("topic", "object"),
)
ASKED_APART: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(STATEMENT), "a word of a statement blames, presses, names topic and object at once"),
    (frozenset(("joint",)), "phrases, objects and stories have joints of their own"),
    (frozenset(("units", "weekdays", "months")), "日 is a day and Sunday, 月 a month and Monday"),
    (frozenset(("offices", "posts")), "a title has a rank, a post, and some a country"),
)
Where = tuple[str, ...]


def words_in(name: str) -> Iterator[tuple[str, Where]]:
    """Each spelling with its table and key (an entry by its number)."""
    values = tomllib.loads((SOURCE / "data" / name).read_text("utf-8"))
    for top, value in values.items():
        if top not in NO_SECTIONS | OF_IDS:
            yield from _words(value, (top,))


def _words(value: Any, where: Where, between: str = "[,\n]") -> Iterator[tuple[str, Where]]:
    if isinstance(value, str):
        key = where[-2] if where[-1].isdecimal() and len(where) > 2 else where[-1]  # of a list
        written = re.split(between, value) if key not in NO_WORDS else ()
        words = (word for one in written for word in spelled_out(one.strip()))
        bare = (word.strip(" =*") for word in words if not is_site(word))
        yield from ((word, where) for word in bare if word)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _words(one, (*where, key))
    elif isinstance(value, list):  # of ladders and phrases: "concern | concerned"
        for number, one in enumerate(value):
            yield from _words(one, (*where, str(number)), "[|]")


def spellings(name: str) -> dict[str, list[Where]]:
    found: dict[str, list[Where]] = defaultdict(list)
    for word, where in words_in(name):
        found[word].append(where)
    return found


def is_asked_apart(places: list[Where]) -> bool:
    tops = {where[0] for where in places}
    return len(set(places)) == len(places) and any(tops <= group for group, _ in ASKED_APART)


@pytest.mark.parametrize("name", FILES)
def test_no_key_lists_a_word_twice(name: str) -> None:
    assert {w: found for w, found in spellings(name).items() if len(set(found)) < len(found)} == {}


@pytest.mark.parametrize("name", FILES)
def test_no_key_writes_a_word_that_another_of_its_words_stands_for(name: str) -> None:
    page = Page(name, "", tomllib.loads((SOURCE / "data" / name).read_text("utf-8")))
    by_key: dict[Where, set[str]] = defaultdict(set)
    for word, where in words_in(name):
        by_key[where].add(word)
    twice = [
        (where, word)
        for where, words in by_key.items()
        for word in words
        for other in words_of(word, is_chinese=page.is_chinese(*where))
        if other != word and other in words
    ]
    assert twice == []


@pytest.mark.parametrize("name", FILES[:4])
def test_ministers_of_one_country_do_not_stand_with_the_ministers_as_well(name: str) -> None:
    owned = {
        w for w, where in words_in(name) if where[:2] in (("offices", "home"), ("offices", "of"))
    }
    assert owned.isdisjoint(w for w, where in words_in(name) if where == ("offices", "minister"))


def in_two_places() -> dict[tuple[str, str], int]:
    """How many spellings two files share, or one file has under two keys (its own name twice)."""
    by_file = {name: spellings(name) for name in FILES}
    shared = {
        (one, other): len(by_file[one].keys() & by_file[other].keys())
        for one, other in combinations(FILES, 2)
    }
    shared |= {
        (name, name): sum(len(set(p)) > 1 and not is_asked_apart(p) for p in found.values())
        for name, found in by_file.items()
    }
    return {files: number for files, number in shared.items() if number}


def test_no_more_spellings_stand_in_two_places_than_did() -> None:
    """More: put the word where its meaning stands already. Fewer: write the lower number below."""
    assert in_two_places() == IN_TWO_PLACES


# Each of these spellings is read by two parts of sigtrack from a list of their own, or means two
# things; as parts come to read one list, the numbers fall. A "new stage" is a formula of relations
# and, to `compare`, the mood of a statement; tariffs and a trade deficit are topics of stories,
# and to `compare` objects with a weight; 新局面 is one spelling of two languages. 2026-11-30: 78
# more, for a verb behind a country of one letter (俄称, 米抗議) shows that it is one, and a few words
# tell who does not travel. Fewer since labels of wording know titles and [relative], and `who` of
# a formula is no word; 70 more that are plain words without which no headline is written ([plain]
# of topics.toml).
IN_TWO_PLACES: Mapping[tuple[str, str], int] = {
    ("lang/en.toml", "lang/west.toml"): 1,
    ("lang/en.toml", "actors.toml"): 2,
    ("lang/en.toml", "topics.toml"): 446,
    ("lang/en.toml", "phrases.toml"): 83,
    ("lang/ko.toml", "lang/ja.toml"): 13,
    ("lang/ko.toml", "lang/zh.toml"): 13,
    ("lang/ko.toml", "places.toml"): 3,
    ("lang/ko.toml", "actors.toml"): 82,
    ("lang/ko.toml", "topics.toml"): 270,
    ("lang/ko.toml", "phrases.toml"): 110,
    ("lang/ja.toml", "lang/zh.toml"): 147,
    ("lang/ja.toml", "places.toml"): 5,
    ("lang/ja.toml", "actors.toml"): 78,
    ("lang/ja.toml", "topics.toml"): 202,
    ("lang/ja.toml", "phrases.toml"): 102,
    ("lang/zh.toml", "places.toml"): 2,
    ("lang/zh.toml", "actors.toml"): 88,
    ("lang/zh.toml", "topics.toml"): 230,
    ("lang/zh.toml", "phrases.toml"): 94,
    ("places.toml", "actors.toml"): 44,
    ("places.toml", "topics.toml"): 52,
    ("places.toml", "phrases.toml"): 3,
    ("actors.toml", "topics.toml"): 108,
    ("actors.toml", "phrases.toml"): 33,
    ("topics.toml", "phrases.toml"): 145,
    ("lang/en.toml", "lang/en.toml"): 208,
    ("lang/ko.toml", "lang/ko.toml"): 187,
    ("lang/ja.toml", "lang/ja.toml"): 151,
    ("lang/zh.toml", "lang/zh.toml"): 177,
    ("places.toml", "places.toml"): 26,
    ("actors.toml", "actors.toml"): 64,
    ("topics.toml", "topics.toml"): 74,
    ("phrases.toml", "phrases.toml"): 98,
}
