"""Every word that a visit is told with, in one automaton: names, offices, verbs, marks.

The names come from the gazetteer, the rest from the tables of the languages. One pass over an
item gives its tokens in two layers: who and where and what they do (the longest wins), and how it
is told (marks of time, level, refusal, telephone), which may overlap the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from sigtrack.analyze.visits import places, words_en, words_ja, words_ko, words_zh
from sigtrack.analyze.visits.incumbents import Holders, holders_of
from sigtrack.model import Actor, Phase, Rank
from sigtrack.text.fold import fold_word
from sigtrack.text.scripts import HANGUL_PARTICLES, HANGUL_SUFFIXES, classes_of, is_hangul

Kind = Literal[
    *("country", "group", "place", "person", "title", "nobody", "act", "many"),
    *("mask", "mark", "over", "level", "remote", "veto"),
]
_TOLD: frozenset[str] = frozenset(("mark", "over", "level", "remote", "veto"))
_LANGUAGES = {"en": words_en, "ko": words_ko, "ja": words_ja, "zh": words_zh}
_SHORT = {"ko": places.SHORT_KO, "ja": places.SHORT_JA, "zh": places.SHORT_ZH}
# 대북, 在韓, 驻华: about a country, not in it.
_ABOUT = frozenset("대주재반탈항駐驻在対对對涉反脱")
_ABBREVIATIONS = frozenset("한북미일중러영佛獨印伊濠韓日米美朝華华中北露俄ロ英")
# Names of the gazetteer that are a country and an office in one word: 米大統領, タイ外相.
_LEADING = ("大統領", "首相", "国王", "대통령", "총리")
_TITLES = (
    *_LEADING,
    "国務長官",
    "国防長官",
    "財務長官",
    "商務長官",
    "外相",
    "外務長官",
    "장관",
    "외무",
    "通商代表",
)
_RANKS: Mapping[str, Rank] = {
    **dict.fromkeys(
        ("head-of-state", "head-of-government", "vice-president", "speaker", "party-leader"),
        Rank.LEADER,
    ),
    **dict.fromkeys(
        (
            *("vice-premier", "foreign-minister", "defence-minister", "trade-minister"),
            *("commerce-minister", "finance-minister", "economy-minister"),
            *("unification-minister", "minister", "vice-minister", "security-adviser"),
            *("negotiator", "chief-of-staff"),
        ),
        Rank.MINISTER,
    ),
    "envoy": Rank.ENVOY,
}


@dataclass(frozen=True, slots=True)
class Act:
    """A verb or noun of travel: `side` is where its place stands, `host` the place within it."""

    kind: str  # go, trip, leave, host, meet, attend
    phase: Phase | None
    side: Literal["after", "before", "both"]
    host: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """What a title says: the rank, and the country where the words alone tell it."""

    rank: Rank
    country: str = ""
    home: str = ""  # the country that is meant when the text names none
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A place: `site` is its name in every language."""

    country: str
    site: str
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of a spelling. `exact` must stand in this case; `lang` limits its texts."""

    kind: Kind
    value: Any
    exact: str = ""
    lang: str = ""
    bare: bool = False


class Token(NamedTuple):
    start: int
    end: int
    kind: Kind
    value: Any
    bare: bool = False


@dataclass(slots=True)
class Lexicon:
    """Spellings to entries, and the automaton over them."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    holders: Holders = field(default_factory=dict)
    _letters: list[str] = field(default_factory=list)
    _finder: Any = None

    def close(self) -> Lexicon:
        self._letters = list(self.entries)
        self._finder = AhoCorasick(self._letters, implementation=Implementation.DFA)
        return self

    def tokens(self, text: str, lang: str) -> tuple[list[Token], list[Token]]:
        """(who, where and what; how it is told), each sorted and without overlaps."""
        lower = text.lower()
        classes = classes_of(text) + " "
        said: list[Token] = []
        told: list[Token] = []
        for index, start, end in self._finder.find_matches_as_indexes(lower, overlapping=True):
            letters = self._letters[index]
            if _cut(letters, lower, classes, start, end):
                continue
            for entry in self.entries[letters]:
                if entry.lang and entry.lang != lang:
                    continue
                if entry.exact and text[start:end] != entry.exact:
                    continue
                if not _whole(entry, letters, lower, classes, start, end, lang):
                    continue
                token = Token(start, end, entry.kind, entry.value, entry.bare)
                (told if entry.kind in _TOLD else said).append(token)
        by_kind = (_longest([t for t in told if t.kind == kind]) for kind in _TOLD)
        return _longest(said), [t for tokens in by_kind for t in tokens]


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
        name = next(iter(named.values()))
        if len(named) > 1:
            value: Any = tuple(named)
            _add(lexicon, (name,), Entry("group", value))
        elif letters.endswith(_TITLES) and len(letters) > 3:
            country = next(iter(named))
            title = next(t for t in _TITLES if letters.endswith(t))
            rank = Rank.LEADER if title in _LEADING else Rank.MINISTER
            _add(lexicon, (name,), Entry("title", Office(rank, country)))
        elif not _is_about(letters):
            _add(lexicon, (name,), Entry("country", next(iter(named))))
        else:
            _add(lexicon, (name,), Entry("mask", None))


def _is_about(letters: str) -> bool:
    return letters[0] in _ABOUT and len(letters) > 1 and letters[1] in _ABBREVIATIONS


def _add_places(lexicon: Lexicon, actors: Mapping[str, Actor]) -> None:
    for actor in actors.values():
        if actor.kind == "country" and actor.metonyms:
            capital = actor.metonyms[0].lstrip("=~")
            for name in actor.metonyms:
                _add(lexicon, (name,), Entry("place", Site(actor.id, capital, True)))
    for country, site, names in _rows(places.CITIES):
        _add(lexicon, names, Entry("place", Site(country, site)))
    for actor in actors.values():
        if actor.kind == "venue" and actor.country:
            site = actor.names[0].lstrip("=~")
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
    rank = _RANKS.get(actor.tenures[0].office) if actor.tenures else None
    if rank:
        _add(lexicon, actor.names, Entry("title", Office(rank, actor.country or "")))


# Words of the languages


def _add_offices(lexicon: Lexicon, lang: str, words: Any) -> None:
    fixed = {
        title: country
        for line in words.FIXED.strip().splitlines()
        for country, _, titles in [line.partition(": ")]
        for title in _words(titles)
    }
    home = dict.fromkeys(_words(getattr(words, "HOME", "")), {"ko": "KR", "ja": "JP"}.get(lang, ""))
    home |= dict.fromkeys(_words(getattr(words, "HOME_HANT", "")), "TW")
    ranked = {Rank.LEADER: words.LEADERS, Rank.MINISTER: words.MINISTERS, Rank.ENVOY: words.ENVOYS}
    for rank, titles in ranked.items():
        for title in _words(titles):
            plural = lang == "en" and title.endswith("s") and not title.endswith("ss")
            office = Office(rank, fixed.get(title, ""), home.get(title, ""), plural)
            _add(lexicon, (title,), Entry("title", office, lang=lang))
    named = {t for titles in ranked.values() for t in _words(titles)}
    for title in (*fixed, *home):
        if title not in named:
            rank = Rank.LEADER if title.endswith(("통령", "총리", "의장", "总理", "总书记", "主席", "委员长", "總理")) else Rank.MINISTER  # fmt: skip
            office = Office(rank, fixed.get(title, ""), home.get(title, ""))
            _add(lexicon, (title,), Entry("title", office, lang=lang))
    _add(lexicon, _words(words.NOBODIES), Entry("nobody", None, lang=lang))


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
        act = Act(kind, Phase(phase) if phase else None, "before", short[letter])
        _add(lexicon, (verb + letter,), Entry("act", act, lang=lang), first=True)


def _add(lexicon: Lexicon, names: Iterable[str], entry: Entry, *, first: bool = False) -> None:
    for name in names:
        exact = ""
        plain = name.lstrip("=~")
        folded = fold_word(plain)
        short = folded.isascii() and folded.isupper() and len(folded) <= 3
        if entry.kind in ("country", "group", "place", "person", "mask"):
            exact = folded if name.startswith("=") or (short and not name.startswith("~")) else ""
        listed = lexicon.entries.setdefault(folded.lower(), [])
        one = Entry(entry.kind, entry.value, exact, entry.lang, entry.bare)
        if one not in listed:
            listed.insert(0, one) if first else listed.append(one)


# Tests of a find


def _cut(letters: str, lower: str, classes: str, start: int, end: int) -> bool:
    """Latin letters go on before or after."""
    first, last = classes[start], classes[end - 1]
    if first == "s" and start and classes[start - 1] == "s":
        return True
    return last == "s" and classes[end] == "s"


def _whole(
    entry: Entry, letters: str, lower: str, classes: str, start: int, end: int, lang: str
) -> bool:
    """Whether it is a word of its own: by script, and by how much a few letters prove."""
    size = end - start
    before = classes[start - 1] if start else " "
    after = classes[end]
    if classes[start] == "h" and size <= 2:
        name = entry.kind in ("country", "group", "place", "person", "nobody")
        if (name or size == 1) and before == "h":
            return False
        return after != "h" or (size > 1 and not name) or _rest(lower, classes, end, size)
    if size == 1 and classes[start] == "c" and entry.kind == "country":
        if lang == "ko":
            return (before not in "c" and after not in "c") or _beside(classes, start)
        return before in " " and after in " " and not lower[start - 1 : start].isdigit()
    return not (classes[start] == "k" and before == "k" and size <= 2)


def _beside(classes: str, start: int) -> bool:
    """Two or three Han characters in a Korean headline: 韓日, 中외교부장."""
    at = start
    while at and classes[at - 1] == "c":
        at -= 1
    end = start
    while classes[end] == "c":
        end += 1
    return end - at <= 3


def _rest(lower: str, classes: str, end: int, size: int) -> bool:
    stop = end
    while classes[stop] == "h":
        stop += 1
    rest = lower[end:stop]
    if rest in HANGUL_PARTICLES or rest in ("로서", "에는", "에서도", "과의", "와의", "행"):
        return True
    return size > 1 and (len(rest) > 1 or rest in HANGUL_SUFFIXES)


def _longest(tokens: list[Token]) -> list[Token]:
    """Sorted, without overlaps; of equals the first named in the lexicon."""
    kept: list[Token] = []
    taken: list[tuple[int, int]] = []
    for token in sorted(tokens, key=lambda t: (t.start - t.end, t.kind == "mask")):
        if any(a < token.end and token.start < b for a, b in taken):
            if (token.start, token.end) not in taken or token.kind != "person":
                continue
        taken.append((token.start, token.end))
        kept.append(token)
    return sorted((t for t in kept if t.kind != "mask"), key=lambda t: (t.start, t.end))


# Reading the tables


def _words(text: str) -> tuple[str, ...]:
    return tuple(w for w in (one.strip() for one in text.replace("\n", ",").split(",")) if w)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in _words(text):
        letter, country = pair.rsplit(" ", 1)
        yield letter, country


def _rows(text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for line in text.strip().splitlines():
        head, _, names = line.partition(": ")
        country, _, site = head.partition(" | ")
        yield country, site, _words(names)


def rank_of(actor: Actor, day: Any) -> tuple[Rank | None, bool]:
    """The rank that a person has that day, and whether the office is over."""
    held = [t for t in actor.tenures if (r := _RANKS.get(t.office)) is not None]
    current = [
        t
        for t in held
        if day is None
        or ((t.since is None or t.since <= day) and (t.until is None or day < t.until))
    ]
    if current:
        return min((_RANKS[t.office] for t in current), key=list(Rank).index), False
    past = [t for t in held if t.until is not None and day is not None and t.until <= day]
    leaders = any(_RANKS[t.office] is Rank.LEADER for t in past)
    return (Rank.ENVOY if leaders else None), True


def short_of(text: str, at: int, lang: str) -> list[tuple[int, str]]:
    """The run of one-character countries that ends at `at` (米 of 米大統領, 日米韓 of 日米韓外相), as
    pairs of length and country; the run stands alone: nothing of its script goes before."""
    short = _LETTERS.get(lang)
    found: list[tuple[int, str]] = []
    while short and at:
        gap = 1 if text[at - 1] == " " and found == [] and lang == "ko" else 0
        letter = text[at - gap - 1 : at - gap]
        if letter not in short:
            break
        found.insert(0, (1 + gap, short[letter]))
        at -= 1 + gap
    if at and found and classes_of(text[at - 1]) == classes_of(text[at]) and lang != "ko":
        return found if len(found) > 1 else []
    if at and found and is_hangul(text[at]) and is_hangul(text[at - 1]):
        return []
    return found


_LETTERS = {
    lang: {letter: country for letter, country in _pairs(short) if len(letter) == 1}
    for lang, short in _SHORT.items()
}
