"""What is looked for: names and offices of the gazetteer, and the tables of four languages.

A country's names come from the gazetteer; a name that two of them share is a group (한미, 中美),
and what is only about a country (대북, 在韓, 驻华) hides it. Cities, gatherings, shorthand are in
`places`; verbs and titles in the tables of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

from sigtrack.analyze.visits import places, words_en, words_ja, words_ko, words_zh
from sigtrack.analyze.visits.incumbents import RANKS, holders_of
from sigtrack.analyze.visits.lexicon import Act, Entry, Lexicon, Office, Site
from sigtrack.model import Actor, Phase, Rank
from sigtrack.text.fold import fold_word
from sigtrack.text.scripts import classes_of, is_hangul

_LANGUAGES: Mapping[str, Any] = {"en": words_en, "ko": words_ko, "ja": words_ja, "zh": words_zh}
_SHORT = {"ko": places.SHORT_KO, "ja": places.SHORT_JA, "zh": places.SHORT_ZH}
_HOME = {"ko": "KR", "ja": "JP"}
_ABOUT = frozenset("대주재반탈항駐驻在対对對涉反脱")
_ABBREVIATIONS = frozenset("한북미일중러영佛獨印伊濠韓日米美朝華华中北露俄ロ英")
# Names of the gazetteer that are a country and an office in one word: 米大統領, タイ外相.
_LEADING = ("大統領", "首相", "国王", "대통령", "총리")
_TITLES = (
    *(*_LEADING, "国務長官", "国防長官", "財務長官", "商務長官", "外相", "通商代表"),
    *("장관", "외무"),
)
_LEADERS = (*("통령", "총리", "의장", "总理", "總理", "总书记", "主席", "委员长"),)
_NAMES = ("country", "group", "place", "person", "mask")
# A union has a capital and no soil of its own: who goes to Brussels goes to Belgium.
_NO_SOIL = frozenset(("EU",))


def build(actors: Mapping[str, Actor]) -> Lexicon:
    """The lexicon of a gazetteer; it takes some 0.1 s, so it is built once a run."""
    lexicon = Lexicon(holders=holders_of(actors))
    _add_countries(lexicon, actors)
    _add_places(lexicon, actors)
    for actor in actors.values():
        if actor.kind in ("person", "office") and actor.country:
            _add_official(lexicon, actor)
        _add(lexicon, actor.masks, Entry("mask", None))
    for lang, words in _LANGUAGES.items():
        _add_offices(lexicon, lang, words)
        _add_acts(lexicon, lang, words)
        _add_told(lexicon, lang, words)
    for lang, short in _SHORT.items():
        _add_shorthand(lexicon, lang, dict(_pairs(short)))
    return lexicon.close()


# Names


def _add_countries(lexicon: Lexicon, actors: Mapping[str, Actor]) -> None:
    owners: dict[str, dict[str, str]] = {}
    for actor in actors.values():
        if actor.kind == "country":
            for name in actor.names:
                owners.setdefault(fold_word(name.lstrip("=~")).lower(), {})[actor.id] = name
    for letters, named in owners.items():
        _add(lexicon, list(named.values())[:1], _country(letters, tuple(named)))


def _country(letters: str, owners: tuple[str, ...]) -> Entry:
    """What a name of these countries stands for."""
    if len(owners) > 1:
        return Entry("group", owners)
    if letters.endswith(_TITLES) and len(letters) > 3:
        rank = Rank.LEADER if letters.endswith(_LEADING) else Rank.MINISTER
        return Entry("title", Office(rank, owners[0]))
    return Entry("mask", None) if _is_about(letters) else Entry("country", owners[0])


def _is_about(letters: str) -> bool:
    return letters[0] in _ABOUT and len(letters) > 1 and letters[1] in _ABBREVIATIONS


def _add_places(lexicon: Lexicon, actors: Mapping[str, Actor]) -> None:
    for actor in actors.values():
        if actor.kind == "country" and actor.metonyms and actor.id not in _NO_SOIL:
            for name in actor.metonyms:
                _add(lexicon, (name,), Entry("place", Site(actor.id, actor.capital, True)))
    for country, site, names in _rows(places.CITIES):
        _add(lexicon, names, Entry("place", Site(country, site)))
    for actor in actors.values():
        if actor.kind == "venue" and actor.country:
            site = actor.name
            _add(lexicon, actor.names, Entry("place", Site(actor.country, site)), first=True)
    for country, site, names in _rows(places.GATHERINGS):
        _add(lexicon, names, Entry("many", Site(country, site)), first=True)
    known = {fold_word(n).lower() for *_, names in _rows(places.GATHERINGS) for n in names}
    for name in _words(places.MULTILATERAL):
        if fold_word(name).lower() not in known:
            _add(lexicon, (name,), Entry("many", None))


def _add_official(lexicon: Lexicon, actor: Actor) -> None:
    if actor.kind == "person":
        _add(lexicon, actor.names, Entry("person", actor))
        _add(lexicon, actor.bare, Entry("person", actor, bare=True))
        return
    rank = RANKS.get(actor.tenures[0].office) if actor.tenures else None
    if rank:
        _add(lexicon, actor.names, Entry("title", Office(rank, actor.country or "")))


# Words of the languages


def _add_offices(lexicon: Lexicon, lang: str, words: Any) -> None:
    fixed = dict(_fixed(words.FIXED))
    home = dict.fromkeys(_words(getattr(words, "HOME", "")), _HOME.get(lang, ""))
    home |= dict.fromkeys(_words(getattr(words, "HOME_HANT", "")), "TW")
    ranks = {title: _rank(title) for title in (*fixed, *home)}
    for rank, listed in zip(Rank, (words.LEADERS, words.MINISTERS, words.ENVOYS), strict=True):
        ranks |= dict.fromkeys(_words(listed), rank)
    for title, rank in ranks.items():
        plural = lang == "en" and title.endswith("s") and not title.endswith("ss")
        office = Office(rank, fixed.get(title, ""), home.get(title, ""), plural)
        _add(lexicon, (title,), Entry("title", office, lang=lang))
    _add(lexicon, _words(words.NOBODIES), Entry("nobody", None, lang=lang))


def _fixed(text: str) -> Iterator[tuple[str, str]]:
    for line in text.strip().splitlines():
        country, _, titles = line.partition(": ")
        for title in _words(titles):
            yield title, country


def _rank(title: str) -> Rank:
    """Of a title that stands in no list of its own."""
    return Rank.LEADER if title.endswith(_LEADERS) else Rank.MINISTER


def _add_acts(lexicon: Lexicon, lang: str, words: Any) -> None:
    for kind, phase, side, listed in words.ACTS:
        act = Act(kind, Phase(phase) if phase else None, side)
        _add(lexicon, _words(listed), Entry("act", act, lang=lang))


def _add_told(lexicon: Lexicon, lang: str, words: Any) -> None:
    for phase, listed in words.MARKS.items():
        _add(lexicon, _words(listed), Entry("mark", Phase(phase), lang=lang))
    _add(lexicon, _words(words.OVER), Entry("over", None, lang=lang))
    for level, listed in words.LEVELS.items():
        _add(lexicon, _words(listed), Entry("level", level, lang=lang))
    _add(lexicon, _words(words.REMOTE), Entry("remote", None, lang=lang))
    _add(lexicon, _words(words.VETOES), Entry("veto", None, lang=lang))


def _add_shorthand(lexicon: Lexicon, lang: str, short: Mapping[str, str]) -> None:
    """방중, 訪韓, 来日: a verb and a country in two letters."""
    words = _LANGUAGES[lang]
    for (verb, kind, phase), letter in product(getattr(words, "DIRECTIONS", ()), short):
        if verb + letter in getattr(words, "OTHER_WORDS", ()):
            continue
        act = Act(kind, Phase(phase) if phase else None, "before", short[letter])
        _add(lexicon, (verb + letter,), Entry("act", act, lang=lang), first=True)


def _add(lexicon: Lexicon, names: Iterable[str], entry: Entry, *, first: bool = False) -> None:
    for name in names:
        folded = fold_word(name.lstrip("=~"))
        exact = folded if entry.kind in _NAMES and _is_exact(name, folded) else ""
        lexicon.add(folded.lower(), replace(entry, exact=exact), first=first)


def _is_exact(name: str, folded: str) -> bool:
    """=Turkey, and two or three capitals (US), unless written ~AI."""
    short = folded.isascii() and folded.isupper() and len(folded) <= 3
    return name.startswith("=") or (short and not name.startswith("~"))


# Reading the tables


def _words(text: str) -> tuple[str, ...]:
    return tuple(w for w in (one.strip() for one in text.replace("\n", ",").split(",")) if w)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in _words(text):
        letter, country = pair.rsplit(" ", 1)
        yield letter, country


def _rows(text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for line in text.strip().replace("\n  ", " ").splitlines():
        head, _, names = line.partition(": ")
        country, _, site = head.partition(" | ")
        yield country, site, _words(names)


@cache
def _letters(lang: str) -> dict[str, str]:
    pairs = _pairs(_SHORT.get(lang, ""))
    return {letter: country for letter, country in pairs if len(letter) == 1}


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
    goes_on = classes_of(text[at - 1]) == classes_of(text[at]) and text[at - 1] not in _BESIDE
    return [] if goes_on and len(found) == 1 else found


_BESIDE = frozenset("与與同和跟及访訪晤会會对對")
