"""What is looked for: names and offices of the gazetteer, and the words of four languages.

A country's names come from the gazetteer; a name that two of them share is a group (한미, 中美),
and what is only about a country (대북, 在韓, 驻华) hides it. Cities, gatherings, titles and verbs
come from the room `lexicon`, with what the user has added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.incumbents import RANKS, holders_of
from sigtrack.analyze.visits.lexicon import Act, Entry, Lexicon, Office, Side, Site
from sigtrack.lexicon import LANGUAGES, Book, shipped_lexicon
from sigtrack.lexicon import Entry as Written
from sigtrack.lexicon import Lexicon as Words
from sigtrack.model import Actor, Phase, Rank
from sigtrack.text.fold import fold_word
from sigtrack.text.scripts import classes_of, is_hangul

_NAMES = ("country", "group", "place", "person", "mask")
# A union has a capital and no soil of its own: who goes to Brussels goes to Belgium.
_NO_SOIL = frozenset(("EU",))
_SIDES: Mapping[str, Side] = {"after": "after", "before": "before", "": "both", "both": "both"}
_LETTER = "letter"  # the side of a verb before one letter for a country


def build(actors: Mapping[str, Actor], words: Words) -> Lexicon:
    """The lexicon of a gazetteer; it takes some 0.1 s, so it is built once a run."""
    lexicon = Lexicon(holders=holders_of(actors))
    _add_countries(lexicon, words, actors)
    _add_places(lexicon, words, actors)
    for actor in actors.values():
        if actor.kind in ("person", "office") and actor.country:
            _add_official(lexicon, actor)
        _add(lexicon, actor.masks, Entry("mask", None))
    for lang in LANGUAGES:
        book = words.language(lang)
        _add_offices(lexicon, lang, book)
        _add_acts(lexicon, lang, book)
        _add_told(lexicon, lang, book)
    for lang in LANGUAGES:
        _add_shorthand(lexicon, lang, words.language(lang))
    return lexicon.close()


# Names


def _add_countries(lexicon: Lexicon, words: Words, actors: Mapping[str, Actor]) -> None:
    owners: dict[str, dict[str, str]] = {}
    for actor in actors.values():
        if actor.kind == "country":
            for name in actor.names:
                owners.setdefault(fold_word(name.lstrip("=~")).lower(), {})[actor.id] = name
    ends = _Ends.of(words)
    for letters, named in owners.items():
        _add(lexicon, list(named.values())[:1], ends.entry(letters, tuple(named)))


@dataclass(frozen=True, slots=True)
class _Ends:
    """What the letters of a name tell: 대북, 在韓 are about a country; 米大統領 has its office."""

    about: frozenset[str]
    letters: frozenset[str]
    offices: Mapping[str, Rank]

    @classmethod
    def of(cls, words: Words) -> _Ends:
        offices = dict.fromkeys(words.words("clues", "office-in-name"), Rank.MINISTER)
        for rank in (Rank.LEADER, Rank.MINISTER):
            for lang in LANGUAGES[1:]:
                some = words.language(lang).offices(rank.value)
                offices |= {office: rank for office in some if office not in offices}
        letters = (words.language(lang).section("letters") for lang in LANGUAGES)
        known = (letter for one in letters for some in one.values() for letter in some)
        about = frozenset(words.words("clues", "about"))
        return cls(about, frozenset(known), offices)

    def entry(self, letters: str, owners: tuple[str, ...]) -> Entry:
        """What a name of these countries stands for."""
        if len(owners) > 1:
            return Entry("group", owners)
        if (rank := self._rank(letters)) is not None:
            return Entry("title", Office(rank, owners[0]))
        is_about = len(letters) > 1 and letters[0] in self.about and letters[1] in self.letters
        return Entry("mask", None) if is_about else Entry("country", owners[0])

    def _rank(self, letters: str) -> Rank | None:
        """By the longest office that the letters end with."""
        if len(letters) <= 3 or letters.isascii():
            return None
        ends = (letters[start:] for start in range(1, len(letters)))
        return next((self.offices[end] for end in ends if end in self.offices), None)


def _add_places(lexicon: Lexicon, words: Words, actors: Mapping[str, Actor]) -> None:
    for actor in actors.values():
        if actor.kind == "country" and actor.metonyms and actor.id not in _NO_SOIL:
            for name in actor.metonyms:
                _add(lexicon, (name,), Entry("place", Site(actor.id, actor.capital, True)))
    for place in words.places.entries("place"):
        site = Site(place.text("country"), place.text("site"))
        _add(lexicon, place.words("names"), Entry("place", site))
    for actor in actors.values():
        if actor.kind == "venue" and actor.country:
            site = Site(actor.country, actor.name)
            _add(lexicon, actor.names, Entry("place", site), first=True)
    known: set[str] = set()
    for gathering in words.places.entries("gathering"):
        names = [n for n in gathering.words("names") if fold_word(n).lower() not in known]
        if country := gathering.text("country"):
            known |= {fold_word(name).lower() for name in names}
            there = Site(country, gathering.text("site"))
            _add(lexicon, names, Entry("many", there), first=True)
        else:
            _add(lexicon, names, Entry("many", None))


def _add_official(lexicon: Lexicon, actor: Actor) -> None:
    if actor.kind == "person":
        _add(lexicon, actor.names, Entry("person", actor))
        _add(lexicon, actor.bare, Entry("person", actor, bare=True))
        return
    rank = RANKS.get(actor.tenures[0].office) if actor.tenures else None
    if rank:
        _add(lexicon, actor.names, Entry("title", Office(rank, actor.country or "")))


# Words of the languages


def _add_offices(lexicon: Lexicon, lang: str, book: Book) -> None:
    home = {title: land for land, some in book.section("offices", "home").items() for title in some}
    fixed = {title: land for land, some in book.section("offices", "of").items() for title in some}
    ranks = {title: rank for rank in Rank for title in book.offices(rank.value)}
    for title, rank in ranks.items():
        plural = lang == "en" and title.endswith("s") and not title.endswith("ss")
        office = Office(rank, fixed.get(title, ""), home.get(title, ""), plural)
        _add(lexicon, (title,), Entry("title", office, lang=lang))
    _add(lexicon, book.words("offices", "nobody"), Entry("nobody", None, lang=lang))


def _add_acts(lexicon: Lexicon, lang: str, book: Book) -> None:
    for act in book.entries("act"):
        if act.text("kind") == "remote":
            _add(lexicon, act.words(), Entry("remote", None, lang=lang))
        elif (side := act.text("side")) != _LETTER:
            _add(lexicon, act.words(), Entry("act", _act(act, _SIDES[side]), lang=lang))


def _act(entry: Written, side: Side, host: str = "") -> Act:
    phase = entry.text("phase")
    return Act(entry.text("kind"), Phase(phase) if phase else None, side, host)


def _add_told(lexicon: Lexicon, lang: str, book: Book) -> None:
    for phase, words in book.section("marks").items():
        mark = Entry("over", None, lang=lang) if phase == "over" else _mark(phase, lang)
        _add(lexicon, words, mark)
    for level, words in book.section("levels").items():
        _add(lexicon, words, Entry("level", level, lang=lang))
    for words in book.section("vetoes").values():
        _add(lexicon, words, Entry("veto", None, lang=lang))


def _mark(phase: str, lang: str) -> Entry:
    return Entry("mark", Phase(phase), lang=lang)


def _add_shorthand(lexicon: Lexicon, lang: str, book: Book) -> None:
    """방중, 訪韓, 来日: a verb and a country in two letters."""
    letters = book.section("letters").items()
    for entry in (act for act in book.entries("act") if act.text("side") == _LETTER):
        others = entry.words("not")
        for verb, (country, some) in product(entry.words(), letters):
            made = [verb + letter for letter in some if verb + letter not in others]
            act = _act(entry, "before", country)
            _add(lexicon, made, Entry("act", act, lang=lang), first=True)


def _add(lexicon: Lexicon, names: Iterable[str], entry: Entry, *, first: bool = False) -> None:
    for name in names:
        folded = fold_word(name.lstrip("=~"))
        exact = folded if entry.kind in _NAMES and _is_exact(name, folded) else ""
        lexicon.add(folded.lower(), replace(entry, exact=exact), first=first)


def _is_exact(name: str, folded: str) -> bool:
    """=Turkey, and two or three capitals (US), unless written ~AI."""
    short = folded.isascii() and folded.isupper() and len(folded) <= 3
    return name.startswith("=") or (short and not name.startswith("~"))


# Letters


@cache
def _letters(lang: str) -> dict[str, str]:
    letters = shipped_lexicon().language(lang).section("letters")
    return {one: country for country, some in letters.items() for one in some if len(one) == 1}


def short_of(text: str, at: int, lang: str) -> list[tuple[int, str]]:
    """The run of one-character countries that ends at `at` (米 of 米大統領, 日米韓 of 日米韓外相):
    pairs of length and country. One character alone counts only where its script begins."""
    letters = _letters(lang)
    found: list[tuple[int, str]] = []
    while at:
        gap = 1 if text[at - 1] == " " and not found and lang == "ko" else 0
        letter = text[at - gap - 1 : at - gap]
        if letter not in letters:
            break
        found.insert(0, (1 + gap, letters[letter]))
        at -= 1 + gap
    if not at or not found:
        return found
    if lang == "ko":
        return [] if is_hangul(text[at]) and is_hangul(text[at - 1]) else found
    last = text[at - 1]
    goes_on = classes_of(last) == classes_of(text[at]) and last not in clues.BESIDE_LETTERS
    return [] if goes_on and len(found) == 1 else found
