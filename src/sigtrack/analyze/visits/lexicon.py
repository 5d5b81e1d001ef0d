"""The words that a text is searched for, and the tokens that are found, in two layers.

The search is for names and offices of the gazetteer and for the words of four languages. A name
that two countries share is a group (한미, 中美), and words that are only about a country (대북,
在韓, 驻华) hide its name. One layer is who, where and what they do (names, titles, verbs: the
longest wins). The other layer is how it is told (marks of time, level, refusal, telephone); it may
overlap the first. Whether a find counts as a word is decided here, by the rules of its script.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, Literal, NamedTuple

from sigtrack.frozen import frozen
from sigtrack.lexicon import LANGUAGES, Book, Lexicon, any_of, shipped_lexicon
from sigtrack.lexicon.finder import ByAho, Find, MakeFinder
from sigtrack.model import Actor, Phase, Rank, Tenure
from sigtrack.text.fold import Folded, fold_word
from sigtrack.text.regex import regex
from sigtrack.text.scripts import classes_of, hangul_may_go_on, is_hangul

EASTERN = LANGUAGES[1:]


@cache
def words(key: str, *langs: str, section: str = "clues") -> tuple[str, ...]:
    """Return a list of clues in these languages, or in all languages."""
    books = [shipped_lexicon().language(lang) for lang in langs or LANGUAGES]
    return tuple(dict.fromkeys(word for book in books for word in book.words(section, key)))


def one_of(key: str, *langs: str, section: str = "clues") -> str:
    """Return a regular expression for one of the words of such a list."""
    return any_of(words(key, *langs, section=section))


@cache
def clue(key: str, *langs: str) -> re.Pattern[str]:
    """Return a pattern of these languages, or of all that have it.

    A language without it finds nothing. A pattern that ends at the end of the searched text
    describes what stands before something.
    """
    books = [shipped_lexicon().language(lang) for lang in langs or LANGUAGES]
    found = (book.pattern("patterns", "visits", key) for book in books)
    return re.compile("|".join(text for text in found if text) or r"(?!)")


# What may stand between names in a list.
LIST = regex(
    lambda: rf"(?:{one_of('realm')})? ?(?:,|、| |{one_of('and')}) ?{clue('article').pattern}"
)
Kind = Literal[
    "country", "group", "place", "person", "title", "nobody", "act", "many",
    "mask", "mark", "over", "level", "remote", "veto",
]  # fmt: skip

_TOLD = ("mark", "over", "level", "remote", "veto")


@frozen(kw_only=False)
class Act:
    """A verb or noun of travel. `side` is where its place stands, `host` the place inside it."""

    kind: str  # go, trip, leave, host, meet, attend
    phase: Phase | None
    side: str  # after, before, both
    host: str = ""


@frozen(kw_only=False)
class Office:
    """What a title says: the rank, and the country if the words alone name it."""

    rank: Rank
    country: str = ""
    home: str = ""  # the country that is meant if the text names none
    plural: bool = False


@frozen(kw_only=False)
class Site:
    """A place. `site` is its name, the same for every language."""

    country: str
    site: str
    capital: bool = False


@frozen(kw_only=False)
class Meaning:
    """One meaning of a spelling. `exact` must match the case; `lang` is the only language."""

    kind: Kind
    value: Any
    exact: str = ""
    lang: str = ""
    bare: bool = False


class VisitToken(NamedTuple):
    start: int
    end: int
    kind: Kind
    value: Any
    bare: bool = False


@frozen(kw_only=False)
class Meanings:
    """All meanings of one spelling. Of several that are possible, the first counts."""

    each: tuple[Meaning, ...]


@frozen(kw_only=False)
class Vocabulary:
    """What items are searched for, as a value that can be kept: folded spellings, the meanings of
    each, and who has held which office."""

    letters: tuple[str, ...]
    meant: Sequence[Meanings]
    holders: Holders


_Entries = dict[str, list[Meaning]]  # the meanings that spellings have so far


def facts_of(one: Meaning | VisitToken) -> frozenset[str]:
    """Return the kind, if not of a gathering at a place nobody knows, and countries it may name."""
    kind, value = one.kind, one.value
    if kind in ("country", "group"):
        return frozenset((kind, *((value,) if kind == "country" else value)))
    sites = value.values() if isinstance(value, dict) else (value,)
    lands = (getattr(site, name, "") for site in sites for name in ("country", "home", "host"))
    return frozenset((kind if value or kind != "many" else "", *filter(None, lands)))


class VisitWords:
    """Finds the words of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, finder: MakeFinder = ByAho) -> None:
        self.holders = vocabulary.holders
        self._meant = vocabulary.meant
        self._finder = finder(vocabulary.letters)
        self._facts = cache(
            lambda index: frozenset().union(*map(facts_of, vocabulary.meant[index].each))
        )

    def find(self, folded: Folded) -> list[Find]:
        return self._finder.find(folded.lower)

    def facts(self, finds: Iterable[Find]) -> frozenset[str]:
        """Return the facts of all tokens that these finds can be; faster than `tokens`."""
        return frozenset().union(*[self._facts(index) for index, _, _ in finds])

    def may_name_two(self, facts: Collection[str], texts: Iterable[str], lang: str) -> bool:
        """Whether there may be two countries, as in every visit; a letter is one beside a title."""
        lands = set(filter(str.isupper, facts))
        if len(lands) < 2 and ("title" in facts or "act" in facts):
            lands |= {land for text in texts for one, land in _letters(lang).items() if one in text}
        return len(lands) > 1

    def tokens(
        self, folded: Folded, finds: Iterable[Find], lang: str
    ) -> tuple[list[VisitToken], list[VisitToken]]:
        """Return two lists: who, where and what (sorted, no overlaps); and how it is told."""
        text, lower = folded.text, folded.lower
        classes, langs = classes_of(text), ("", lang)
        said: list[VisitToken] = []
        told: dict[Kind, list[VisitToken]] = {}
        for index, start, end in finds:
            before, after = classes[start - 1 : start], classes[end : end + 1]
            if classes[start] == "s" == before or classes[end - 1] == "s" == after:
                continue  # Latin letters continue before or after
            is_latin = classes[start] == "s"
            for entry in self._meant[index].each:
                if entry.lang not in langs or (entry.exact and entry.exact != text[start:end]):
                    continue
                if is_latin or _is_word(entry, lower, classes, start, end, lang):
                    layer = told.setdefault(entry.kind, []) if entry.kind in _TOLD else said
                    layer.append(VisitToken(start, end, entry.kind, entry.value, entry.bare))
        said = [_before_act(token, lower, said) for token in said]
        return _longest(said), [t for tokens in told.values() for t in _longest(tokens)]


def _is_word(entry: Meaning, lower: str, classes: str, start: int, end: int, lang: str) -> bool:
    """Whether a find is a word of its own, by its script and length."""
    size, before = end - start, classes[start - 1 : start]
    match classes[start]:
        case "h" if size <= 2:
            return _is_hangul_word(entry, lower, classes, start, end)
        case "c" if size == 1 and entry.kind == "country":
            return _is_abbreviation(classes, start, lang)
        case "k":
            return before != "k" or size > 2
    return True


def _is_hangul_word(entry: Meaning, lower: str, classes: str, start: int, end: int) -> bool:
    """Whether a name of one or two syllables begins a word, and ends it or has a particle."""
    is_name = entry.kind in ("country", "group", "place", "person", "nobody")
    whole = is_name or end - start == 1 or lower[start:end] in words("whole", "ko")
    if whole and classes[start - 1 : start] == "h":
        return False
    is_act = end - start == 2 and not is_name  # noun of a verb: anything may follow
    return is_act or hangul_may_go_on(lower, start, end, also=words("particle", "ko"))


def _is_abbreviation(classes: str, at: int, lang: str) -> bool:
    """Whether 北 or 美 is a country: in Korean within three Han, elsewhere alone."""
    before, behind = classes[:at], classes[at + 1 :]
    if lang == "ko":
        return len(before + behind) - len(before.rstrip("c") + behind.lstrip("c")) < 3
    return not (before[-1:] + behind[:1]).strip()


def _longest(tokens: list[VisitToken]) -> list[VisitToken]:
    """Return tokens sorted, without overlaps and masks; persons with one name are all kept."""
    if len(tokens) == 1 and tokens[0].kind != "mask":
        return tokens
    kept: list[VisitToken] = []
    uncut = _without_cut_names(tokens)
    for token in sorted(uncut, key=lambda t: (t.start - t.end, t.kind == "mask")):
        over = [t for t in kept if t.start < token.end and token.start < t.end]
        same = token.kind == "person" and any(t[:2] == token[:2] for t in over)
        if same or not over:
            kept.append(token)
    return sorted((t for t in kept if t.kind != "mask"), key=lambda t: (t.start, t.end))


def _before_act(place: VisitToken, lower: str, tokens: Sequence[VisitToken]) -> VisitToken:
    """Return a name without the verb that makes it sure: 경주| 도착, 나라| 정상회담, タイ|訪問."""
    if place.kind not in ("place", "country"):
        return place
    verbs = (t for t in tokens if t.kind == "act" and t.end == place.end and t.end - t.start > 1)
    start = min((t.start for t in verbs if place.start < t.start), default=place.end)
    return place._replace(end=start - (lower[start - 1] == " "))


def _without_cut_names(tokens: Sequence[VisitToken]) -> Iterator[VisitToken]:
    """Yield tokens without verbs that end in a letter of a longer name: 将访巴|西, 访韩|国."""
    names = {t.start for t in tokens if t.kind in ("country", "place") and t.end - t.start > 1}
    cut = {
        (t.start, t.end) for t in tokens if t.kind == "act" and t.value.host and t.end - 1 in names
    }
    return (t for t in tokens if (t.start, t.end) not in cut)


# What is searched

_OFFICES = {
    Rank.LEADER: "head-of-state head-of-government vice-president party-leader",
    Rank.SPEAKER: "speaker",
    Rank.MINISTER: "vice-premier foreign-minister defence-minister trade-minister commerce-minister"
    " finance-minister economy-minister unification-minister minister vice-minister"
    " security-adviser negotiator chief-of-staff",
    Rank.ENVOY: "envoy",
}
RANKS = {office: rank for rank, offices in _OFFICES.items() for office in offices.split()}
HIGH = (Rank.LEADER, Rank.SPEAKER)  # who receives others at home
Holders = Mapping[str, tuple[tuple[Tenure, Actor], ...]]  # by country and office: "JP premier"

_NAMES = ("country", "group", "place", "person", "mask")
# The EU has a capital but no territory: a visit to Brussels is a visit to Belgium.
_NO_SOIL = frozenset(("EU",))
_LETTER = "letter"  # the side of a verb before one letter for a country


def build(actors: Mapping[str, Actor], words: Lexicon) -> Vocabulary:
    """Collect the words of a gazetteer and of the languages. It takes about 0.1 s."""
    lexicon: _Entries = {}
    for actor in actors.values():
        if actor.kind in ("person", "office") and actor.country:
            _add_official(lexicon, actor)
        _add(lexicon, actor.masks, Meaning("mask", None))
    for lang in LANGUAGES:
        book = words.language(lang)
        _add_offices(lexicon, lang, book)
        _add_acts(lexicon, lang, book)
        _add_told(lexicon, lang, book)
    _add_countries(lexicon, actors)
    _add_places(lexicon, words, actors)
    meant = tuple(Meanings(tuple(some)) for some in lexicon.values())
    return Vocabulary(tuple(lexicon), meant, _holders_of(actors))


def _holders_of(actors: Mapping[str, Actor]) -> Holders:
    """Return everybody in the gazetteer by country and office."""
    found: dict[str, list[tuple[Tenure, Actor]]] = {}
    for actor in actors.values():
        for tenure in actor.tenures if actor.kind == "person" and actor.country else ():
            found.setdefault(f"{actor.country} {tenure.office}", []).append((tenure, actor))
    return {key: tuple(some) for key, some in found.items()}


# Names


def _add_countries(lexicon: _Entries, actors: Mapping[str, Actor]) -> None:
    owners: dict[str, dict[str, str]] = {}
    for actor in actors.values():
        if actor.kind == "country":
            for name in actor.names:
                owners.setdefault(fold_word(name.lstrip("=~")).lower(), {})[actor.id] = name
    for letters, named in owners.items():
        entry = _country(letters, tuple(named), lexicon)
        _add(lexicon, list(named.values())[:1], entry)


def _country(letters: str, owners: tuple[str, ...], lexicon: _Entries) -> Meaning:
    """Return the meaning of a name of these countries.

    대북 and 在韓 are only about one, 米大統領 includes its office.
    """
    if len(owners) > 1:
        return Meaning("group", owners)
    tails = [letters[start:] for start in range(1, len(letters)) if len(letters) > 3]
    titles = (e for tail in tails for e in lexicon.get(tail, ()) if e.kind == "title")
    title = None if letters.isascii() else next(titles, None)
    if title is not None or not set(words("office-in-name")).isdisjoint(tails):
        return Meaning("title", Office(title.value.rank if title else Rank.MINISTER, owners[0]))
    one_letter = any(letters[1:2] in _letters(lang) for lang in LANGUAGES)
    is_about = letters.startswith(words("about")) and one_letter
    return Meaning("mask", None) if is_about else Meaning("country", owners[0])


def _add_places(lexicon: _Entries, words: Lexicon, actors: Mapping[str, Actor]) -> None:
    states = {(actor.id, actor.name) for actor in actors.values() if actor.kind == "country"}
    for actor in actors.values():
        if actor.kind == "country" and actor.metonyms and actor.id not in _NO_SOIL:
            for name in actor.metonyms:
                _add(lexicon, (name,), Meaning("place", Site(actor.id, actor.capital, True)))
    for place in words.places.entries("place"):
        site = Site(place.text("country"), place.text("site"))
        _add(lexicon, place.words("names"), Meaning("place", site))
    for actor in actors.values():
        if actor.kind == "venue" and actor.country:
            # Singapore is a place and the country of its prime minister.
            site = Site(actor.country, actor.name, (actor.country, actor.name) in states)
            _add(lexicon, actor.names, Meaning("place", site), first=True)
    for gathering in words.places.entries("gathering"):
        country, hosts = gathering.text("country"), gathering.text("hosts")
        there = Site(country, gathering.text("site")) if country else None
        years = (one.split() for one in hosts.split(", ") if one)
        known = there or {year: Site(land, "") for year, land in years} or None
        _add(lexicon, gathering.words("names"), Meaning("many", known), first=known is not None)


def _add_official(lexicon: _Entries, actor: Actor) -> None:
    if actor.kind == "person":
        _add(lexicon, actor.names, Meaning("person", actor))
        _add(lexicon, actor.bare, Meaning("person", actor, bare=True))
        return
    rank = RANKS.get(actor.tenures[0].office) if actor.tenures else None
    if rank:
        _add(lexicon, actor.names, Meaning("title", Office(rank, actor.country or "")))


# Words of the languages


def _add_offices(lexicon: _Entries, lang: str, book: Book) -> None:
    home = {title: land for land, some in book.section("offices", "home").items() for title in some}
    fixed = {title: land for land, some in book.section("offices", "of").items() for title in some}
    ranks = {title: rank for rank in Rank for title in book.offices(rank.value)}
    for title, rank in ranks.items():
        plural = lang == "en" and title.endswith("s") and not title.endswith("ss")
        office = Office(rank, fixed.get(title, ""), home.get(title, ""), plural)
        _add(lexicon, (title,), Meaning("title", office, lang=lang))
    _add(lexicon, book.words("offices", "nobody"), Meaning("nobody", None, lang=lang))


def _add_acts(lexicon: _Entries, lang: str, book: Book) -> None:
    """Add verbs. A verb before one letter for a country is one word with it: 방중, 訪韓, 来日."""
    letters = book.section("letters").items()
    for act in book.entries("act"):
        kind, side, phase = act.text("kind"), act.text("side"), act.text("phase")
        told = Act(kind, Phase(phase) if phase else None, side or "both")
        if kind == "remote":
            _add(lexicon, act.words(), Meaning("remote", None, lang=lang))
        elif side != _LETTER:
            _add(lexicon, act.words(), Meaning("act", told, lang=lang))
        else:
            for verb, (country, some) in product(act.words(), letters):
                made = [verb + one for one in some if verb + one not in act.words("not")]
                entry = Meaning("act", replace(told, host=country), lang=lang)
                _add(lexicon, made, entry, first=True)


def _add_told(lexicon: _Entries, lang: str, book: Book) -> None:
    for phase, some in book.section("marks").items():
        entry = Meaning("over", None) if phase == "over" else Meaning("mark", Phase(phase))
        _add(lexicon, some, replace(entry, lang=lang))
    for level, some in book.section("levels").items():
        _add(lexicon, some, Meaning("level", level, lang=lang))
    for some in book.section("vetoes").values():
        _add(lexicon, some, Meaning("veto", None, lang=lang))


def _add(lexicon: _Entries, names: Iterable[str], entry: Meaning, *, first: bool = False) -> None:
    """Add names, as they are folded. Of several meanings, the first listed counts."""
    for name in names:
        folded = fold_word(name.lstrip("=~"))
        # =Turkey is exact, and so are two or three capitals (US), unless they are written ~AI.
        short = folded.isascii() and folded.isupper() and len(folded) <= 3 and name[:1] != "~"
        exact = folded if entry.kind in _NAMES and (name[:1] == "=" or short) else ""
        one = replace(entry, exact=exact) if exact else entry
        listed = lexicon.setdefault(folded.lower(), []) if folded else [one]
        if one not in listed:
            listed.insert(0 if first else len(listed), one)


# Letters


@cache
def _letters(lang: str) -> dict[str, str]:
    letters = shipped_lexicon().language(lang).section("letters")
    return {one: country for country, some in letters.items() for one in some if len(one) == 1}


def short_of(text: str, at: int, lang: str) -> list[tuple[int, str]]:
    """Return the run of one-character countries that ends at `at`, as pairs of length and country.

    米 of 米大統領, 日米韓 of 日米韓外相. One character alone counts only where its script begins.
    """
    letters = _letters(lang)
    found: list[tuple[int, str]] = []
    while at:
        gap = 1 if text[at - 1] == " " and not found and lang == "ko" else 0
        letter = text[at - gap - 1 : at - gap]
        if letter not in letters or text[at - 2 : at] in words("not-letters"):
            break
        found.insert(0, (1 + gap, letters[letter]))
        at -= 1 + gap
    if not at or not found:
        return found
    if lang == "ko":
        return [] if is_hangul(text[at]) and is_hangul(text[at - 1]) else found
    last = text[at - 1]
    goes_on = classes_of(last) == classes_of(text[at]) and last not in words("beside-letters", "zh")
    return [] if goes_on and len(found) == 1 else found
