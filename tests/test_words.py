"""Words of languages stand in the data files, and there once."""

from __future__ import annotations

import ast
import re
import tokenize
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from sigtrack.lexicon.books import Page, is_site, keys_of, spelled_out, words_of

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


# Where Python holds several words that the files have as words of the world: none but these.
LISTED_BESIDES: Mapping[str, str] = {
    "lexicon/schema.py": "keys of the files",
    "parse/__init__.py": "days as a feed names those on which it brings nothing",
    "parse/dates.py": "months as RFC 822 writes them, whatever the language of the feed",
    "text/fold.py": BELOW,
    "watch/actors.py": "names of offices in files, which are no words of a text",
}
SEVERAL = 4


def collections_in(path: Path) -> Iterator[set[str]]:
    """The texts of each tuple, list or set, and the keys of each dictionary, in small letters."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            held = node.keys if isinstance(node, ast.Dict) else node.elts
            yield {
                one.value.lower()
                for one in held
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }


def test_no_list_of_english_words_stands_in_python() -> None:
    tables = ("months", "weekdays", "offices", "posts", "place", "gathering", "country", "person")
    names = ("lang/en.toml", "places.toml", "actors.toml")
    listed = (word for name in names for word in words_in(name))
    words = {word.lower() for word, where in listed if where[0] in tables and len(word) > 2}
    found = {
        str(path.relative_to(SOURCE))
        for path in sorted(SOURCE.rglob("*.py"))
        if any(len(words & texts) >= SEVERAL for texts in collections_in(path))
    }
    assert found == LISTED_BESIDES.keys()


# Spellings

FILES = (
    *("lang/en.toml", "lang/ko.toml", "lang/ja.toml", "lang/zh.toml", "lang/west.toml"),
    "places.toml",
    *("actors.toml", "topics.toml", "phrases.toml"),
)
# Keys whose text is not a word of a language that is looked for.
NO_WORDS = frozenset(
    (
        *("format", "checked", "note", "id", "title", "country", "site", "kind", "class", "phase"),
        *("side", "topic", "since", "until", "office", "rung", "role", "who", "basis", "opposes"),
        *("present", "absent", "change", "meaning", "ladder"),
    )
)
NO_SECTIONS = frozenset(("patterns", "han", "ambiguous", "called"))
# Tables of topics, objects and countries.
OF_IDS = frozenset(("business", "kind", "weight", "way", "part"))
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


@pytest.mark.parametrize("name", FILES)
def test_no_key_lists_a_word_twice(name: str) -> None:
    under = {
        word: [(*where[:-1], key) for where in found for key in keys_of(where[-1])]
        for word, found in spellings(name).items()
    }
    assert {word: found for word, found in under.items() if len(set(found)) < len(found)} == {}


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


# In two places

# What each part of the files is asked. A word that two parts have is asked two things, and each part
# has only those words that answer its own: a "summit" is where leaders come to, a topic that every
# third headline has, and what a statement tells of who met; "agreed" is a meeting that is over, and
# a step between "discussed" and "signed".
ASKED = {
    "visit": "who goes where and whom he meets, how far that has come, and who travels for no state",
    "day": "which day or hour a text means",
    "statement": "what a sentence of a statement blames, asks, promises, and of which object",
    "headline": "what publishers put around the news",
    "label": "what is no phrase of its own: titles, times, and words that only join others",
    "row": "what may stand beside a country of one letter, or at the end of a compound",
    "actor": "who is named, and which state that is",
    "place": "where something is, by whatever name",
    "topic": "what makes two headlines one event, and how much it tells that they share it",
    "common": "which of these names and topics are everywhere",
    "plain": "which words tell nothing, because every other headline has them",
    "formula": "which set phrase of diplomacy is used",
    "ladder": "which step it is from weak to strong",
}
PARTS = {
    **dict.fromkeys(("act", "marks", "levels", "vetoes", "relative", "posts"), "visit"),
    **dict.fromkeys(("clues", "offices"), "visit"),
    **dict.fromkeys(("months", "weekdays", "day-parts", "eras", "units", "zone"), "day"),
    **dict.fromkeys(("criticism", "demand", "commitment", "statement", "set", "same"), "statement"),
    **dict.fromkeys(("country", "parties", "topic", "object"), "statement"),
    **dict.fromkeys(("counted", "scale", "number"), "statement"),
    **dict.fromkeys(("headline", "ordinal"), "headline"),
    **dict.fromkeys(("between", "texts", "label", "joint"), "label"),
    **dict.fromkeys(("name", "compound", "row", "letters", "ending"), "row"),
}
PART_OF_FILE: Mapping[str, Mapping[str, str]] = {
    "places.toml": defaultdict(lambda: "place"),
    "actors.toml": defaultdict(lambda: "actor"),
    "topics.toml": {
        **dict.fromkeys(("acts", "things", "places"), "topic"),
        "common": "common",
        "plain": "plain",
    },
    "phrases.toml": {"phrase": "formula", "ladder": "ladder"},
}


def part_of(name: str, where: Where) -> str:
    return PART_OF_FILE.get(name, PARTS)[where[0]]


def in_two_places() -> dict[tuple[str, str], int]:
    """How often a spelling stands in these two parts, or twice in one, whatever the file."""
    found: dict[str, set[tuple[str, Where]]] = defaultdict(set)
    for name in FILES:
        for word, where in words_in(name):
            found[word].add((name, where))
    pairs: Counter[tuple[str, str]] = Counter()
    for places in found.values():
        for one, other in combinations(sorted(part_of(*place) for place in places), 2):
            pairs[one, other] += 1
    return dict(pairs)


def test_every_part_says_what_it_is_asked() -> None:
    of_files = (part for parts in PART_OF_FILE.values() for part in parts.values())
    parts = {*PARTS.values(), *of_files, "place", "actor"}
    assert parts == ASKED.keys()


def test_no_spelling_stands_in_two_places_without_a_reason() -> None:
    assert in_two_places().keys() - TWICE.keys() == set()


def test_no_more_spellings_stand_in_two_places_than_did() -> None:
    """More: put the word where its meaning stands already. Fewer: write the lower number below."""
    assert in_two_places() == {parts: number for parts, (number, _) in TWICE.items()}


TWICE: Mapping[tuple[str, str], tuple[int, str]] = {
    ("actor", "actor"): (
        355,
        "the name of two states together (日韩) is written with each of them; a name and its office",
    ),
    ("actor", "common"): (1, "said by name, because the list says how common it is"),
    ("actor", "day"): (5, "日 and 周日 are days and, beside other letters, masks of Japan"),
    ("actor", "formula"): (45, "a formula that is a name: three states, a paper, a doctrine"),
    ("actor", "label"): (15, "an office that is a state's, and a title before any office"),
    ("actor", "place"): (45, "a body that meets, and where; a capital, and the town"),
    ("actor", "plain"): (4, "今日 and 平台 mask a letter for a country"),
    ("actor", "row"): (67, "letters for countries, and what makes them none"),
    ("actor", "statement"): (
        270,
        "whom a sentence is about, also where no name of the state stands",
    ),
    ("actor", "topic"): (
        115,
        "a journey named with its country (访日); a dispute named after a place",
    ),
    ("actor", "visit"): (
        93,
        "offices of one state; days and verbs that mask a letter for a country",
    ),
    ("common", "label"): (1, "an ambassador is everywhere, and a title"),
    ("common", "ladder"): (1, "an alliance is everywhere, and a step"),
    ("common", "plain"): (1, "banks are a topic of many headlines, and a word of most"),
    ("common", "statement"): (12, "an object of a statement that is everywhere in the news"),
    ("common", "topic"): (38, "a topic is called by one of its words"),
    ("common", "visit"): (5, "who travels for no state, and is everywhere in the news"),
    ("day", "day"): (
        35,
        "日 is a day and Sunday, 月 a month and Monday; Japanese and Chinese share months",
    ),
    ("day", "label"): (
        28,
        "a day is no phrase, and the words of half a day stand in no other list",
    ),
    ("day", "plain"): (7, "hours of the day stand in every release"),
    ("day", "row"): (13, "日, 土 and 金 are days and countries"),
    ("day", "visit"): (
        2,
        "pm is an hour and a head of government; 초 a second and the first days of a month",
    ),
    ("formula", "formula"): (
        14,
        "two formulas with one word (a court's ruling on two disputes); acronyms of any language",
    ),
    ("formula", "ladder"): (61, "a step of a ladder that is a set phrase as well"),
    ("formula", "row"): (1, "a doctrine behind two countries of one letter"),
    ("formula", "statement"): (
        274,
        "a set phrase that a sentence holds, and what it blames or promises by it",
    ),
    ("formula", "topic"): (124, "a set phrase that is what the news is about"),
    ("formula", "visit"): (32, "levels of visits are formulas of protocol"),
    ("headline", "headline"): (9, "a mark that opens a headline, and stands in brackets"),
    ("headline", "label"): (6, "how and why open a column, and join words"),
    ("headline", "plain"): (2, "opinion and 談話 stand in every other headline"),
    ("headline", "row"): (1, "호 is a number in a row, and Australia"),
    ("headline", "statement"): (2, "a speech that is a document, and who said it, in brackets"),
    ("headline", "topic"): (4, "a comment that is a column, and an answer to an event"),
    ("headline", "visit"): (7, "experts end a column, and travel for no state"),
    ("label", "label"): (
        18,
        "Japanese and Chinese share titles; before is a time and a former title",
    ),
    ("label", "place"): (2, "a ministry as a title, and as a house"),
    ("label", "plain"): (
        92,
        "a word that joins others, and one that no headline lacks: each list measured by itself",
    ),
    ("label", "row"): (38, "titles beside a surname; letters that are times"),
    ("label", "statement"): (72, "words that every sentence has"),
    ("label", "topic"): (11, "a title that is a topic: ambassadors"),
    ("label", "visit"): (
        173,
        "times and titles: what they tell of a journey, and that they are no phrase",
    ),
    ("ladder", "ladder"): (49, "a word that is a step of two ladders, or of two languages (CVID)"),
    ("ladder", "plain"): (7, "a step that stands in every release"),
    ("ladder", "row"): (11, "a verb behind a country of one letter"),
    ("ladder", "statement"): (
        251,
        "a step as wording counts it, and its degree as two sentences are compared",
    ),
    ("ladder", "topic"): (40, "a step that is an event: agreed, signed, denuclearization"),
    ("ladder", "visit"): (21, "what is told so is over, and is a step"),
    ("place", "statement"): (10, "a group of states that an order of the world is about"),
    ("place", "topic"): (53, "a gathering, and the news about it"),
    ("place", "visit"): (1, "a level of a visit that is a kind of gathering"),
    ("plain", "row"): (41, "a title beside a surname, which every headline has"),
    ("plain", "statement"): (
        119,
        "a word of every statement and of every headline: each list measured by itself",
    ),
    ("plain", "topic"): (10, "a word of a topic that tells nothing where the topic is not meant"),
    ("plain", "visit"): (137, "offices and times of a journey, which every headline has"),
    ("row", "row"): (
        52,
        "one letter is one country in several languages; what stands behind a row, and behind one",
    ),
    ("row", "statement"): (
        101,
        "a verb behind a country of one letter, and what it blames or promises",
    ),
    ("row", "topic"): (74, "a verb behind a country of one letter, and the event"),
    ("row", "visit"): (119, "titles beside a surname; surnames, and letters for countries"),
    ("statement", "statement"): (
        778,
        "a word blames, presses, names topic and object at once; Japanese and Chinese share words",
    ),
    ("statement", "topic"): (
        654,
        "an object of a statement, of any weight, and what news is about, by its rarity",
    ),
    ("statement", "visit"): (
        351,
        "what a sentence tells of a meeting, and how far the journey to it has come",
    ),
    ("topic", "topic"): (25, "an arrival is a visit as well; a word that two events share"),
    ("topic", "visit"): (
        578,
        "a verb with its phase and the side of its place, and an event without them",
    ),
    ("visit", "visit"): (
        645,
        "a title has a rank and a post; a verb of two phases; Japanese and Chinese share words",
    ),
}
