"""Finding every word that a visit is told with, in one pass, as tokens of two layers.

One layer is who, where and what they do (names, titles, verbs: the longest wins); the other is how
it is told (marks of time, level, refusal, telephone), which may overlap the first. What the words
are says `vocabulary`; when a find counts as a word is decided here, script by script.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.incumbents import Holders
from sigtrack.lexicon.finder import ByAho, Finder
from sigtrack.model import Phase, Rank
from sigtrack.text.scripts import classes_of, hangul_may_go_on

Kind = Literal[
    "country", "group", "place", "person", "title", "nobody", "act", "many",
    "mask", "mark", "over", "level", "remote", "veto",
]  # fmt: skip
Side = Literal["after", "before", "both"]
_MORE_PARTICLES = frozenset(clues.words("particle", "ko"))
_WHOLE = frozenset(clues.words("whole", "ko"))
_TOLD = ("mark", "over", "level", "remote", "veto")


@dataclass(frozen=True, slots=True)
class Act:
    """A verb or noun of travel: `side` is where its place stands, `host` the place within it."""

    kind: str  # go, trip, leave, host, meet, attend
    phase: Phase | None
    side: Side
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
    """Spellings to entries, and the finder of them."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    holders: Holders = field(default_factory=dict)
    _entries: list[list[Entry]] = field(default_factory=list)  # in the order of the needles
    _finder: Finder = field(default_factory=lambda: ByAho(()))

    def add(self, letters: str, entry: Entry, *, first: bool) -> None:
        """Under its folded spelling; of several meanings the first listed counts."""
        if letters:
            listed = self.entries.setdefault(letters, [])
            if entry not in listed:
                listed.insert(0 if first else len(listed), entry)

    def close(self) -> Lexicon:
        """Ready to find; nothing can be added any more."""
        self._entries = list(self.entries.values())
        self._finder = ByAho(list(self.entries))
        return self

    def tokens(self, text: str, lang: str) -> tuple[list[Token], list[Token]]:
        """(who, where and what, sorted and without overlaps; how it is told)."""
        lower = text.lower()
        classes = classes_of(text) + " "
        said: list[Token] = []
        told: dict[Kind, list[Token]] = {}
        for index, start, end in self._finder.find(lower):
            meant = [e for e in self._entries[index] if not e.lang or e.lang == lang]
            if not meant or _is_cut(classes, start, end):
                continue
            find = _Find(lower, classes, start, end, lang)
            for entry in meant:
                if _counts(entry, find, text):
                    token = Token(start, end, entry.kind, entry.value, entry.bare)
                    if entry.kind in _TOLD:
                        told.setdefault(entry.kind, []).append(token)
                    else:
                        said.append(token)
        return _longest(said), [t for tokens in told.values() for t in _longest(tokens)]


# Tests of a find


class _Find(NamedTuple):
    """Letters that stand there; `classes` as of `scripts.classes_of`, one longer."""

    lower: str
    classes: str
    start: int
    end: int
    lang: str

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def word(self) -> str:
        return self.lower[self.start : self.end]

    @property
    def before(self) -> str:
        return self.classes[self.start - 1] if self.start else " "

    @property
    def after(self) -> str:
        return self.classes[self.end]


def _is_cut(classes: str, start: int, end: int) -> bool:
    """Latin letters go on before or after."""
    if classes[start] == "s" and start and classes[start - 1] == "s":
        return True
    return classes[end - 1] == "s" and classes[end] == "s"


def _counts(entry: Entry, find: _Find, text: str) -> bool:
    if entry.exact and text[find.start : find.end] != entry.exact:
        return False
    return _is_word(entry, find)


def _is_word(entry: Entry, find: _Find) -> bool:
    """A word of its own: by script, and by how much a few letters prove."""
    first = find.classes[find.start]
    if first == "h" and find.size <= 2:
        return _is_hangul_word(entry, find)
    if first == "c" and find.size == 1 and entry.kind == "country":
        return _is_abbreviation(find)
    return not (first == "k" and find.before == "k" and find.size <= 2)


def _is_hangul_word(entry: Entry, find: _Find) -> bool:
    """Names of one or two syllables begin a word, and end it or take a particle (see TERMS)."""
    is_name = entry.kind in ("country", "group", "place", "person", "nobody")
    if find.before == "h" and (is_name or find.size == 1 or find.word in _WHOLE):
        return False
    is_act = find.size == 2 and not is_name  # a verb's noun: anything may follow
    return is_act or hangul_may_go_on(find.lower, find.start, find.end, also=_MORE_PARTICLES)


def _is_abbreviation(find: _Find) -> bool:
    """北 and 美: in Korean within at most three Han characters, elsewhere alone."""
    if find.lang != "ko":
        return (
            find.before == find.after == " "
            and not find.lower[find.start - 1 : find.start].isdigit()
        )
    start, end = find.start, find.end
    while start and find.classes[start - 1] == "c":
        start -= 1
    while find.classes[end] == "c":
        end += 1
    return end - start <= 3


def _longest(tokens: list[Token]) -> list[Token]:
    """Sorted, without overlaps, and without masks; persons of one name stay together."""
    if len(tokens) == 1 and tokens[0].kind != "mask":
        return tokens
    kept: list[Token] = []
    taken: list[tuple[int, int]] = []
    for token in sorted(tokens, key=lambda t: (t.start - t.end, t.kind == "mask")):
        at = (token.start, token.end)
        overlaps = any(start < token.end and token.start < end for start, end in taken)
        if overlaps and (token.kind != "person" or at not in taken):
            continue
        taken.append(at)
        kept.append(token)
    return sorted((t for t in kept if t.kind != "mask"), key=lambda t: (t.start, t.end))
