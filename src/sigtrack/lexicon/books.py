"""The data files as books of words: the shipped pages first, the user's pages after them.

Words are written so that none is written twice:

    meet, meets            commas and line ends separate words
    [to/will] visit        each of the parts in square brackets
    visit(s/ed)            the word as it is, and with each of the endings in round brackets
    联合声明                and its other Chinese spelling (聯合聲明), if that is certain
    "force+utmost" = '…'   the words stand under each of the two keys

Everything that reads the files uses `words_of`, so the words are the same as if each were written
out.

Who looks for 联合声明 alone finds nothing in Taipei. The tables ([han] of the lexicon) hold the
characters that are frequent in foreign-policy news and whose other form is certain. A word of the
data files and of watchlists stands for both spellings. The tables are not a converter: if a
character is missing, there is no other spelling, because half a converted word (钢鐵) would be
wrong. Japanese has forms of its own (発, 対, 総) and shares others with either side (国, 会, 談),
so a word that could be Japanese has no certain other spelling.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import chain, product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigtrack.frozen import frozen
from sigtrack.model import Place, Problem, Rank

if TYPE_CHECKING:
    from sigtrack.text.toml_lines import Lines


LANGUAGES = ("en", "ko", "ja", "zh")
_DATA = Path(__file__).parents[1] / "data"
_PLACES = "places.toml"
_TOPICS = "topics.toml"
_PHRASES = "phrases.toml"
GAZETTEER = "actors.toml"
ZONES = "zones.toml"
KINDS_OF_PLACE = ("city", "region", "palace", "base", "airport", "venue")
_MIXED = frozenset((_PLACES, _TOPICS, _PHRASES, GAZETTEER))  # words of all languages in one list
# The kind of each file; all other files are languages.
_KINDS = {_PLACES: "places", _TOPICS: "topics", _PHRASES: "phrases"}
_NOTHING = r"(?!)"
RANKS = tuple(map(str, Rank))
_KEY = re.compile(r"\A\s*[\w.\"'-]+\s*=\s*")
# Not what stands between "that's" and "it's".
_QUOTED = re.compile(r"(?<![^\s=\[,])(?:\"([^\"]*)\"|'([^']*)')")
_SCRIPT = re.compile(r"\{(HAN|KANA|HANGUL)\}")

Key = str | int


def is_site(word: str) -> bool:
    """Whether a word of topics.toml names a place of places.toml: #Los Angeles."""
    return word.startswith("#")


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for one of the words, longest first; without words it never matches."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or _NOTHING


@dataclass(frozen=True)
class Page:
    """One file: its `path` as shown to the user, its text, and its values."""

    path: str
    text: str
    values: Mapping[str, Any]

    @cached_property
    def _lines(self) -> Lines:
        from sigtrack.text.toml_lines import Lines, tokens_of  # imported only to explain a word

        return Lines.of_tokens(tokens_of(self.text))

    @cached_property
    def _text_lines(self) -> list[str]:
        return self.text.split("\n")

    def at(self, *path: Key) -> Any:
        """Return the value at a path of keys, None if there is none."""
        value: Any = self.values
        for key in path:
            if isinstance(value, Mapping):
                value = value.get(str(key))
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def words(self, *path: Key) -> tuple[str, ...]:
        """Return the words of a key (in actors.toml of all languages below it), or none."""
        value = self.at(*path)
        if isinstance(value, Mapping):
            return tuple(word for key in value for word in self.words(*path, key))
        return words_of(value, is_chinese=self.is_chinese(*path))

    def is_chinese(self, *path: Key) -> bool | None:
        """Whether words have a second Chinese spelling. None: yes, unless they may be Japanese."""
        if path[-1] in LANGUAGES:
            return path[-1] == "zh"
        name = self.path.rpartition("/")[2]
        return None if name in _MIXED else name == "zh.toml" and path[0] != "han"

    def place_of(self, word: str, *path: Key) -> Place:
        """Return the line of a word at or below `path`, or that of `path` if it is not found."""
        return self.places_of((word,), *path)[word]

    def places_of(self, words: Iterable[str], *path: Key) -> dict[str, Place]:
        """Return the line of each word, as `place_of` does, in one pass over the text."""
        first = self._lines.of(*path)
        is_chinese = self.is_chinese(*path)
        places = dict.fromkeys(words, Place(path=self.path, line=first))
        sought = set(places)
        for number in range(first, len(self._text_lines) + 1):
            if not sought:
                break
            for part in _parts_of(self._text_lines[number - 1]):
                here = sought.intersection(words_of(part, is_chinese=is_chinese))
                places.update(dict.fromkeys(here, Place(path=self.path, line=number)))
                sought -= here
        return places


def _parts_of(line: str) -> Iterator[str]:
    """Yield what may be words in a line of a file: quoted texts, and the line without its key."""
    yield _KEY.sub("", line).strip("'\" ,")
    yield from (found[1] or found[2] for found in _QUOTED.finditer(line))


@frozen(kw_only=False)
class Entry:
    """One `[[heading]]` of a page, with its keys."""

    page: Page
    heading: str
    index: int

    @property
    def values(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.page.values[self.heading][self.index]
        return found

    def text(self, key: str) -> str:
        """Return the text of a key, "" if there is none."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def words(self, key: str = "words") -> tuple[str, ...]:
        return self.page.words(self.heading, self.index, key)

    def place(self, word: str, key: str = "words") -> Place:
        return self.page.place_of(word, self.heading, self.index, key)


@frozen(kw_only=False)
class Book:
    """One file of the lexicon on all its pages. Words keep the order of the pages."""

    pages: tuple[Page, ...]

    @property
    def added(self) -> Book:
        """The book with the user's pages only."""
        return Book(self.pages[1:])

    def words(self, *path: str) -> tuple[str, ...]:
        """Return the words of one key, as in `words("months", "1")`; empty if there are none."""
        return tuple(dict.fromkeys(w for page in self.pages for w in page.words(*path)))

    def section(self, *path: str) -> dict[str, tuple[str, ...]]:
        """Return the words by key, for all keys of a table that hold words."""
        keys = dict.fromkeys(key for page in self.pages for key in self._keys(page, path))
        return {key: self.words(*path, key) for key in keys}

    @staticmethod
    def _keys(page: Page, path: Sequence[str]) -> Iterator[str]:
        table = page.at(*path)
        if isinstance(table, Mapping):
            yield from (key for key, value in table.items() if isinstance(value, str | list))

    def offices(self, rank: str) -> tuple[str, ...]:
        """Return the titles of a rank. Titles of one country without a rank count as ministers'."""
        listed = self.words("offices", rank)
        if rank != "minister":
            return listed
        others = (self.words("offices", other) for other in RANKS if other != rank)
        higher = set(chain.from_iterable(others))
        owned = (self.section("offices", part).values() for part in ("home", "of"))
        titles = dict.fromkeys(chain(listed, *chain.from_iterable(owned)))
        return tuple(title for title in titles if title not in higher)

    def by_word(self, *path: str) -> dict[str, str]:
        """Return the key of each word of a table; the last key if a word has several."""
        return {word: key for key, words in self.section(*path).items() for word in words}

    def pattern(self, *path: str) -> str:
        """Return a regular expression without its line ends, with scripts filled in."""
        found = (page.at(*path) for page in self.pages)
        text = next((value for value in found if isinstance(value, str)), "")
        if _SCRIPT.search(text):
            from sigtrack.text import scripts  # 10 ms, which few commands need

            text = _SCRIPT.sub(lambda found: str(getattr(scripts, found[1])), text)
        return text.replace("\n", "")

    def entries(self, heading: str) -> tuple[Entry, ...]:
        return tuple(
            Entry(page, heading, index)
            for page in self.pages
            for index, values in enumerate(page.values.get(heading, ()))
            if values  # a user's entry with a mistake is empty
        )

    def place_of(self, word: str, *path: str) -> Place:
        """Return where a word of a key is written. Shipped pages come before the user's."""
        owners = [page for page in self.pages if word in page.words(*path)]
        return (owners or self.pages)[0].place_of(word, *path)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All books. `added` are the user's checked pages by file name ("lang/ko.toml").

    Two lexicons are never equal, so that results can be cached by lexicon.
    """

    added: Mapping[str, Page] = field(default_factory=dict)
    _books: dict[str, Book] = field(default_factory=dict, compare=False, repr=False)

    @property
    def fingerprint(self) -> str:
        """A hash of the words that the user has added (without remarks); "" for none."""
        if not self.added:
            return ""
        values = {name: page.values for name, page in self.added.items()}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def language(self, code: str) -> Book:
        """Return the book of one of LANGUAGES, or of "west", which holds only months."""
        return self._book(f"lang/{code}.toml")

    @property
    def places(self) -> Book:
        return self._book(_PLACES)

    @property
    def topics(self) -> Book:
        return self._book(_TOPICS)

    @cached_property
    def sites(self) -> Mapping[str, tuple[Entry, ...]]:
        """Places by the name that sigtrack gives them."""
        found: dict[str, tuple[Entry, ...]] = {}
        for place in self.places.entries("place"):
            site = place.text("site")
            found[site] = (*found.get(site, ()), place)
        return found

    def topic(self, section: str, id: str) -> tuple[str, ...]:
        """Return the words of a topic. #Site in the file stands for the names of that place."""
        words = map(self._named, self.topics.words(section, id))
        return tuple(dict.fromkeys(chain.from_iterable(words)))

    def _named(self, word: str) -> tuple[str, ...]:
        if not is_site(word):
            return (word,)
        return tuple(name for one in self.sites.get(word[1:], ()) for name in one.words("names"))

    @property
    def phrases(self) -> Book:
        """The formulas and ladders as they are written. Users cannot add to the ladders."""
        return self._book(_PHRASES)

    @property
    def gazetteer(self) -> Book:
        """The actors as they are written; `sigtrack.watch` decides which of them are in force."""
        return self._book(GAZETTEER)

    def words(self, *path: str) -> tuple[str, ...]:
        """Return the words of one key in every language, in the order of LANGUAGES."""
        found = (word for code in LANGUAGES for word in self.language(code).words(*path))
        return tuple(dict.fromkeys(found))

    def offices(self, rank: str) -> tuple[str, ...]:
        """Return the titles of a rank in every language."""
        found = (title for code in LANGUAGES for title in self.language(code).offices(rank))
        return tuple(dict.fromkeys(found))

    def by_word(self, *path: str) -> dict[str, str]:
        """Return the key of each word of a table, for all languages."""
        found = [self.language(code).by_word(*path) for code in LANGUAGES]
        return {word: key for one in found for word, key in one.items()}

    def pattern(self, *path: str) -> str:
        """Return the patterns of all languages joined; without any, one that never matches."""
        found = (self.language(code).pattern(*path) for code in LANGUAGES)
        return "|".join(text for text in found if text) or _NOTHING

    def _book(self, name: str) -> Book:
        if name not in self._books:
            pages = (_shipped_page(name), self.added.get(name))
            self._books[name] = Book(tuple(page for page in pages if page is not None))
        return self._books[name]


_kept: list[Callable[[str], Mapping[str, Any] | None]] = []  # at most one


def read_pages_from(kept: Callable[[str], Mapping[str, Any] | None]) -> None:
    """Ask this for the values of a shipped file that was not read yet (None: it has none): to read
    the four languages as TOML takes 12 ms."""
    _kept[:] = [kept]


def shipped_values() -> dict[str, dict[str, Any]]:
    """Return the values of shipped files by name, for `read_pages_from`. The gazetteer, which has
    dates, is not among them: it is only read where rules are loaded from files."""
    languages = (f"lang/{code}.toml" for code in (*LANGUAGES, "west"))
    return {name: _parsed(_text_of(name)) for name in (*languages, *_KINDS, ZONES)}


def values_of_shipped(name: str) -> Mapping[str, Any]:
    """Return the values of a shipped file, as they were kept if they were."""
    return _kept_values(name) or _parsed(_text_of(name))


def _kept_values(name: str) -> Mapping[str, Any] | None:
    return _kept[0](name) if _kept else None


def _text_of(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")


def _parsed(text: str) -> dict[str, Any]:
    import tomllib  # imported here, because matching may need no words

    return under_each_key(tomllib.loads(text))


@cache
def _shipped_page(name: str) -> Page:
    """Read a shipped file, which is trusted: a test checks shipped files against the schema."""
    text = _text_of(name)
    return Page(name, text, _kept_values(name) or _parsed(text))


@cache
def shipped_lexicon() -> Lexicon:
    """Return the lexicon without anything of the user's."""
    return Lexicon()


def load_lexicon(folder: Path | None) -> tuple[Lexicon, tuple[Problem, ...]]:
    """Return the lexicon with the user's files in `folder`, and all problems of them by line.

    Missing files or a missing folder change nothing. If a file has errors, its correct parts are
    used.
    """
    names = (*(f"lang/{code}.toml" for code in LANGUAGES), *_KINDS)
    there = [name for name in names if folder is not None and _is_there(folder / name)]
    if folder is None or not there:
        return shipped_lexicon(), ()
    from sigtrack.lexicon.schema import read_page  # most users have no such file

    added: dict[str, Page] = {}
    problems: list[Problem] = []
    for name in there:
        page, found = read_page(folder / name, _KINDS.get(name, "language"))
        problems += found
        if page is not None:
            added[name] = page
    lexicon = Lexicon(added)
    return lexicon, (*problems, *_unknown_sites(lexicon))


def _unknown_sites(lexicon: Lexicon) -> Iterator[Problem]:
    from sigtrack.text.documents import did_you_mean

    topics = lexicon.topics.added
    for id, words in topics.section("places").items():
        for site in (word[1:] for word in words if is_site(word)):
            if site not in lexicon.sites:
                yield topics.place_of(f"#{site}", "places", id).problem(
                    f"places.toml has no site {site}",
                    did_you_mean(site, lexicon.sites, "write a site of that file, as in #Osaka"),
                )


def _is_there(file: Path) -> bool:
    return file.exists() or file.is_symlink()


def keys_of(written: str) -> tuple[str, ...]:
    """Return the keys that one written key stands for: two for force+utmost, one for +09:00."""
    keys = tuple(written.split("+"))
    return keys if all(keys) else (written,)


def under_each_key(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table in which the words of a key that is several stand under each of these."""
    found: dict[str, Any] = {}
    for written, value in table.items():
        if isinstance(value, Mapping):
            found[written] = under_each_key(value)
            continue
        for key in keys_of(written):
            found[key] = _both(found[key], value) if key in found else value
    return found


def _both(one: str | list[str], other: str | list[str]) -> str | list[str]:
    if isinstance(one, str) and isinstance(other, str):
        return f"{one}\n{other}"
    listed = (v.replace("\n", ",").split(",") if isinstance(v, str) else v for v in (one, other))
    return [word for words in listed for word in words]


MOST_MEANT = 500  # words that one word with brackets may stand for
_BRACKETS = re.compile(r"\[(?P<each>[^][()]*)\]|\((?P<endings>[^][()]*)\)")


def words_of(value: object, *, is_chinese: bool | None = False) -> tuple[str, ...]:
    """Return the words of one key, each once. `value` is a list, or a text with commas or lines.

    `is_chinese` says whether the words have another spelling. None is for a list in several
    languages: then only words that cannot be Japanese have another spelling.
    """
    if isinstance(value, str):
        return _words_in(value, is_chinese)
    parts = value if isinstance(value, list) else ()
    words = (w for part in parts if isinstance(part, str) and (w := part.strip()))
    return _meant(words, is_chinese)


@lru_cache(maxsize=16_384)
def _words_in(text: str, is_chinese: bool | None) -> tuple[str, ...]:
    parts = text.replace("\n", ",").split(",")
    return _meant((word for part in parts if (word := part.strip())), is_chinese)


def _meant(written: Iterator[str], is_chinese: bool | None) -> tuple[str, ...]:
    words = dict.fromkeys(one for word in written for one in spelled_out(word))
    if is_chinese is False:
        return tuple(words)
    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        if not word.isascii() and (other := other_spelling(word, is_chinese=bool(is_chinese))):
            found[other[1]] = None
    return tuple(found)


def spelled_out(word: str) -> Sequence[str]:
    """Return the words that a word with brackets stands for.

    Returns the word itself if the brackets are wrong or stand for too many words.
    """
    if "[" not in word and "(" not in word:
        return (word,)
    words, end = [""], 0
    for found in _BRACKETS.finditer(word):
        inside = f"/{found['endings']}" if found["each"] is None else found["each"]
        each = inside.split("/")
        if len(words) * len(each) > MOST_MEANT:
            return (word,)
        before = word[end : found.start()]
        words = [f"{start}{before}{one}" for start in words for one in each]
        end = found.end()
    return [f"{start}{word[end:]}" for start in words]


_MOST_SPELLINGS = 100  # of one search word; a word of six characters seldom has more than 50

# Each of the two old character sets holds the forms of its own side, and few of the other side.
_CHARACTER_SET = {"traditional": "big5", "simplified": "gb2312"}


@frozen
class _Tables:
    """Characters by their other form, and what is known about them."""

    simpler: Mapping[str, str]
    fuller: Mapping[str, str]
    same: Mapping[str, str]  # all forms of a character, including the Japanese
    japan: Mapping[str, str]  # by the traditional form
    known: frozenset[str]  # of both sides
    uncertain: frozenset[str]  # simplified forms that stand for several characters
    japanese: frozenset[str]
    not_japanese: frozenset[str]  # traditional forms that Japanese has simplified
    in_japanese: frozenset[str]  # simplified forms that Japanese shares
    read_otherwise: frozenset[str]  # words that mean something else in Japan or Korea


@cache
def _tables() -> _Tables:
    chinese, japanese = (shipped_lexicon().language(code) for code in ("zh", "ja"))
    pairs, one_way = (chinese.words("han", key) for key in ("pairs", "one-way"))
    of_japan = japanese.words("han", "pairs")
    return _Tables(
        same=_joined((*pairs, *one_way, *of_japan)),
        japan={pair[1]: pair[0] for pair in of_japan},
        known=frozenset("".join((*pairs, *one_way))),
        simpler={pair[0]: pair[1] for pair in (*pairs, *one_way)},
        fuller={pair[1]: pair[0] for pair in pairs},
        uncertain=frozenset(pair[1] for pair in one_way),
        japanese=frozenset(pair[0] for pair in of_japan),
        not_japanese=frozenset("".join(chinese.words("han", "not-japanese"))),
        in_japanese=frozenset("".join(chinese.words("han", "in-japanese"))),
        read_otherwise=frozenset(chinese.words("han", "read-otherwise")),
    )


def other_spelling(word: str, *, is_chinese: bool = False) -> tuple[str, str] | None:
    """Return ("traditional" or "simplified", the word in it), or None if none is certain.

    Unless the word is known to be Chinese, it must hold a character that Japanese does not use.
    """
    tables = _tables()
    if tables.known.isdisjoint(word):  # most words
        return None
    full = {char for char in word if char in tables.simpler}
    simple = {char for char in word if char in tables.fuller}
    if not is_chinese:
        from sigtrack.text import scripts

        if word in tables.read_otherwise or "k" in scripts.classes_of(word):
            return None
        if not tables.japanese.isdisjoint(word):
            return None
        if not full & tables.not_japanese and simple <= tables.in_japanese:
            return None
    if full and not simple:
        return _whole("simplified", "".join(tables.simpler.get(char, char) for char in word))
    if simple and not full and tables.uncertain.isdisjoint(word):
        return _whole("traditional", "".join(tables.fuller.get(char, char) for char in word))
    return None


def spellings_of(word: str) -> tuple[str, ...]:
    """Return the spellings of a word in China, Taiwan and Japan, the given one first.

    For example 会谈, 會談, 会談. Characters are combined freely, so some of the spellings may be
    used nowhere. A long word with more than a hundred combinations has only the three pure forms.
    """
    tables = _tables()
    choices = [tables.same.get(char, char) for char in word]
    if prod(map(len, choices)) <= _MOST_SPELLINGS:
        return tuple(dict.fromkeys((word, *map("".join, product(*choices)))))
    simple = "".join(tables.simpler.get(char, char) for char in word)
    full = "".join(tables.fuller.get(char, char) for char in simple)
    return tuple(
        dict.fromkeys((word, simple, full, "".join(tables.japan.get(char, char) for char in full)))
    )


def may_be_japanese(word: str) -> bool:
    """Whether no character of the word is one that Japan has given up or never had."""
    tables = _tables()
    chinese = tables.not_japanese.union(tables.fuller) - tables.in_japanese
    return chinese.isdisjoint(word) and _is_in(word, "shift_jis")


def as_simplified(word: str) -> str:
    """Return a word of Han as mainland China writes it, "" if some character is uncertain."""
    tables = _tables()
    full = {japanese: full for full, japanese in tables.japan.items()}
    spelled = (full.get(char, char) for char in word)
    simple = "".join(tables.simpler.get(char, char) for char in spelled)
    return simple if _is_in(simple, _CHARACTER_SET["simplified"]) else ""


def _joined(pairs: Iterable[str]) -> dict[str, str]:
    """Return, for each character, all characters that the pairs connect with it."""
    groups: dict[str, str] = {}
    for pair in pairs:
        every = "".join(dict.fromkeys("".join(groups.get(char, char) for char in pair)))
        groups.update(dict.fromkeys(every, every))
    return groups


def _whole(form: str, word: str) -> tuple[str, str] | None:
    """Return the form and the word, or None if some character is still in the other form."""
    return (form, word) if _is_in(word, _CHARACTER_SET[form]) else None


def _is_in(word: str, character_set: str) -> bool:
    try:
        word.encode(character_set)
    except UnicodeEncodeError:
        return False
    return True
