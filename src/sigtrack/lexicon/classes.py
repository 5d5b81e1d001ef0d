"""Classes of words, as watchlists use them: `#meet`, `#leader`, `#city`, `@KR:cities`.

    acts      #visit     [[act]] of each language by `class`, and [acts] of topics.toml
    things    #tariff    [things] and [places] of topics.toml
    ranks     #leader    [offices] of each language: leader, minister, envoy
    formulas  #new-phase [[phrase]] of phrases.toml by `id`
    places    #city      places.toml by `kind`, with the capitals and the venues of actors.toml
    by land   @KR:cities the cities of one country
    states    #country   names of countries and of their people, from actors.toml

A name that stands in several files is one class, and the user's words belong to it; but a formula
is not added to a class of another kind with its name. Single characters belong to no class, because
they can only be read together with the characters beside them, and a class does not look at these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import chain, product
from typing import TypeVar

from sigtrack.frozen import frozen
from sigtrack.lexicon.books import (
    KINDS_OF_PLACE,
    LANGUAGES,
    RANKS,
    Book,
    Key,
    Lexicon,
    Page,
    is_site,
)
from sigtrack.model import Actor, Place
from sigtrack.text.scripts import classes_of

Value = TypeVar("Value")

_CLASSES = {"speaker": ("speaker", "leader")}  # of ranks with more than their own
_CITY = "city"
_COUNTRY = "country"
_TOPICS = ("acts", "things", "places")  # sections of topics.toml
_CITIES = ":cities"
_PLACE, _GATHERING = "place", "gathering"
_KINDS = frozenset((*KINDS_OF_PLACE, _PLACE, _GATHERING, _COUNTRY))


@frozen(kw_only=False)
class Listed:
    """The words of one key of a file; `language` is "" if the file holds several languages."""

    page: Page
    path: tuple[Key, ...]
    words: tuple[str, ...]
    language: str = ""


@frozen(kw_only=False)
class WordClass:
    name: str  # as written in terms: "#meet"
    lists: tuple[Listed, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All words, each once, in the order of the files."""
        return tuple(dict.fromkeys(word for one in self.lists for word in one.words))

    def places(self) -> dict[str, Place]:
        """Return the first line that has each word."""
        places: dict[str, Place] = {}
        for one in self.lists:
            new = [word for word in one.words if word not in places]
            places |= one.page.places_of(new, *one.path)
        return places

    def by_language(self) -> dict[str, list[tuple[str, Place]]]:
        """Return words with lines, under "en", "ko", "ja", "zh", or "ja, zh" for Han alone."""
        found: dict[str, dict[str, Place]] = {code: {} for code in (*LANGUAGES, _EITHER)}
        for one in self.lists:  # the lists of the languages come first
            for word, place in one.page.places_of(one.words, *one.path).items():
                language = one.language or _language_of(word)
                around = ("ja", "zh", language) if language == _EITHER else (language,)
                if not any(word in found[code] for code in around):
                    found[language][word] = place
        return {code: list(words.items()) for code, words in found.items() if words}


_EITHER = "ja, zh"


def _language_of(word: str) -> str:
    """Return the language that the letters of a word belong to."""
    kinds = set(classes_of(word))
    if "h" in kinds:
        return "ko"
    if "k" in kinds:
        return "ja"
    return _EITHER if "c" in kinds else "en"


class Classes(Mapping[str, WordClass]):
    """All classes by name. A file is read when a class that may stand in it is looked up.

    `actors` are those in force: an entry of actors.toml that another entry has replaced gives no
    words. `gazetteer` returns the files from which they come.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        actors: Mapping[str, Actor],
        gazetteer: Callable[[], Book] | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._actors = actors
        self._gazetteer = gazetteer
        self._known: dict[str, WordClass | None] = {}

    def __getitem__(self, name: str) -> WordClass:
        if name not in self._known:
            lists = tuple(self._lists(name))
            self._known[name] = WordClass(name, lists) if lists else None
        found = self._known[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from sorted({*(f"#{id}" for id in self._ids), *self._by_country})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _lists(self, name: str) -> Iterator[Listed]:
        if name.endswith(_CITIES):
            yield from self._by_country.get(name, ())
            return
        id = name.removeprefix("#")
        found = [
            *self._languages.get(id, ()),
            *self._topics(id),
            *(self._sites.get(id, ()) if id in _KINDS else ()),
        ]
        # Their files take 25 ms each to read, which hits of other classes should not cost.
        yield from found or self._formulas.get(id, [])

    @cached_property
    def _ids(self) -> set[str]:
        topics = (self._lexicon.topics.section(section) for section in _TOPICS)
        return {*self._languages, *self._sites, *self._formulas, *chain.from_iterable(topics)}

    @cached_property
    def _languages(self) -> dict[str, list[Listed]]:
        """Ranks and acts by name."""
        found: dict[str, list[Listed]] = {}
        for code in LANGUAGES:
            book = self._lexicon.language(code)
            for page in book.pages:
                for rank, path in _paths_of_offices(page):
                    titles = set(book.offices(rank))
                    if words := tuple(word for word in _words(page, *path) if word in titles):
                        for name in _CLASSES.get(rank, (rank,)):
                            found.setdefault(name, []).append(Listed(page, path, words, code))
            for act in book.entries("act"):
                where = (act.heading, act.index, "words")
                words = _words(act.page, *where)
                if words and act.text("side") != "letter":
                    one = Listed(act.page, where, words, code)
                    found.setdefault(act.text("class"), []).append(one)
        return found

    def _topics(self, id: str) -> Iterator[Listed]:
        """Yield the words of a topic, and the names of the places that it refers to."""
        for section, page in product(_TOPICS, self._lexicon.topics.pages):
            words = _words(page, section, id)
            if own := tuple(word for word in words if not is_site(word)):
                yield Listed(page, (section, id), own)
            for word in filter(is_site, words):
                for place in self._lexicon.sites.get(word[1:], ()):
                    path = (place.heading, place.index, "names")
                    yield Listed(place.page, path, _words(place.page, *path))

    @cached_property
    def _sites(self) -> dict[str, list[Listed]]:
        """Places by kind, whatever their country."""
        found: dict[str, list[Listed]] = {}
        for kind, _, one in self._places():
            found.setdefault(kind, []).append(one)
        return found

    @cached_property
    def _formulas(self) -> dict[str, list[Listed]]:
        found: dict[str, list[Listed]] = {}
        for entry in self._lexicon.phrases.entries("phrase"):
            found.setdefault(entry.text("id"), []).extend(
                Listed(entry.page, (entry.heading, entry.index, code), words, code)
                for code in LANGUAGES
                if (words := _words(entry.page, entry.heading, entry.index, code))
            )
        return found

    @cached_property
    def _by_country(self) -> dict[str, list[Listed]]:
        found: dict[str, list[Listed]] = {}
        for kind, country, one in self._places():
            if kind == _CITY and country:
                found.setdefault(f"@{country}{_CITIES}", []).append(one)
        return found

    def _places(self) -> Iterator[tuple[str, str, Listed]]:
        """Yield kind, country and names of each place."""
        for heading in (_PLACE, _GATHERING):
            for entry in self._lexicon.places.entries(heading):
                path = (heading, entry.index, "names")
                one = Listed(entry.page, path, _words(entry.page, *path))
                yield entry.text("kind") or heading, entry.text("country"), one
        gazetteer = self._gazetteer() if self._gazetteer else self._lexicon.gazetteer
        for entry in gazetteer.entries("country"):
            id = entry.text("id")
            for kind, key, attribute in (
                (_COUNTRY, "names", "names"),
                (_CITY, "capital", "metonyms"),
            ):
                words = _words(entry.page, "country", entry.index, key)
                if words and self._is_in_force(id, attribute, words):
                    yield kind, id, Listed(entry.page, ("country", entry.index, key), words)
        for entry in gazetteer.entries("venue"):
            path = ("venue", entry.index, "names")
            words = _words(entry.page, *path)
            if self._is_in_force(entry.text("id"), "names", words):
                one = Listed(entry.page, path, words)
                yield entry.text("kind") or "venue", entry.text("country"), one

    def _is_in_force(self, id: str, key: str, words: tuple[str, ...]) -> bool:
        actor = self._actors.get(id)
        return actor is not None and set(words) <= set(getattr(actor, key))


Places = Mapping[str, Mapping[str, Place]]


class PlacesOf(Places):
    """Where the words of classes are written: by class and word, looked up class by class."""

    def __init__(self, classes: Mapping[str, WordClass]) -> None:
        self._classes = classes
        self._known: dict[str, Mapping[str, Place]] = {}

    def __getitem__(self, name: str) -> Mapping[str, Place]:
        if name not in self._known:
            self._known[name] = self._classes[name].places()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)


class Later(Mapping[str, Value]):
    """A mapping that is made when a key is first looked up.

    Used for the lines of words, which a hit needs and matching does not; and for shared groups,
    which are not needed if the user has replaced the shipped watchlists.
    """

    def __init__(self, make: Callable[[], Mapping[str, Value]]) -> None:
        self._make: Callable[[], Mapping[str, Value]] | None = make
        self._made: Mapping[str, Value] | None = None

    def _all(self) -> Mapping[str, Value]:
        make = self._make  # read first: another thread may be making it
        if self._made is None:
            assert make is not None
            self._made = make()
            self._make = None  # it may refer to what refers to this
        return self._made

    def __getitem__(self, name: str) -> Value:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _paths_of_offices(page: Page) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each rank with the paths where its titles may stand."""
    for rank in RANKS:
        yield rank, ("offices", rank)
    for part in ("home", "of"):
        yield from (
            ("minister", ("offices", part, land)) for land in page.at("offices", part) or ()
        )


def _words(page: Page, *path: Key) -> tuple[str, ...]:
    """Return the words of more than one character."""
    words = (" ".join(word.split()) for word in page.words(*path))
    return tuple(word for word in words if len(word) > 1)
