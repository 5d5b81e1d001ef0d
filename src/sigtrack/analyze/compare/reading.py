"""Cuts a statement into sentences, headings and items of lists, and reads what each of them holds.

Read are clues (words that criticise, demand, promise, press, hedge, thank or name), formulas,
rungs, amounts, and the object. The object is a set of units (stems, pairs of characters, concepts):
what is left without verbs of saying, words of force and words that every statement has. Words of
one meaning are one unit, so a synonym does not make another object.

The topic of a sentence comes from words and formulas, or else from who speaks. Which objects weigh
most between two governments, and which of them harden a statement, is in tables of topics.toml. A
country counts as named if it does not speak in the statement, a set phrase if naming it is news (an
award, nuclear capabilities).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from sigtrack.analyze.fixed_phrases import FixedPhrases, FoundPhrase, longest
from sigtrack.analyze.wording.grams import units_of
from sigtrack.lexicon import LANGUAGES, Book, Lexicon, any_of, shipped_lexicon
from sigtrack.model import Formulary, Passage
from sigtrack.model.stories import ChangeKind
from sigtrack.text.fold import Stems, fold_text
from sigtrack.text.scripts import HAN, HANGUL, KANA, KATAKANA, classes_of, guess_language
from sigtrack.text.sentences import sentences, unwrap

_BULLET = "-*•·‧∙●○◯◦▪▫■□◆◇▶▷※〇–—>#"
_SPACES = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}{KANA}、，]) (?=[{HAN}{KANA}、，])")
_MOST_WORDS = 120  # a list of names can be several pages long
_MOST_LETTERS = 2000  # used if words cannot be told apart; no sentence is longer
_COMMA = re.compile(r"[;,](?=\s)|[；，、]")
_HAS_WORD = re.compile(r"[^\W_]")


def passages_of(text: str) -> tuple[Passage, ...]:
    """Return passages in the order of the text, with all words, but without rules and asterisks."""
    text, given = unwrap(text), text
    found: list[Passage] = []
    paragraph, line = -1, -1
    for start, end in _joined(text):
        begins = text.rfind("\n", 0, start) + 1
        if begins != line:
            paragraph, line = paragraph + 1, begins
        for first, last in _parted(text, start, end):
            words = _words(text[first:last], given[first:last])
            found.append(Passage(text=words, start=first, end=last, paragraph=paragraph))
    return tuple(found)


# A title before the first sentence of its paragraph: in bold letters or in capitals.
_TITLE = re.compile(
    r"\*\*(?P<bold>[^*\n]{3,120})\*\*(?P<colon>:?)\s+(?=\S)|[A-Z][^a-z\n]{9,119}:\s+(?=\S)"
)
_BULLETED = re.compile(rf"[{re.escape(_BULLET)}]+\s+(?=\S)")


def _parted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the title before a sentence and the pieces of the sentence, without its bullet."""
    if bullet := _BULLETED.match(text, start, end):
        start = bullet.end()
    title = _TITLE.match(text, start, end)
    if title and _is_title(title):
        first, last = title.span("bold") if title["bold"] else title.span()
        yield first, last - len(text[first:last]) + len(text[first:last].rstrip())
        start = title.end()
    yield from _cut(text, start, end)


def _is_title(found: re.Match[str]) -> bool:
    bold = found["bold"]
    return (
        bold is None
        or bool(found["colon"])
        or bold.endswith(":")
        or (bold.isupper() and " " in bold)
    )


def _words(text: str, given: str) -> str:
    """Return the text on one line. Han and Kana get no space where a line was broken."""
    line = _SPACES.sub(" ", text)
    return _BETWEEN_HAN.sub("", line) if "\n" in given else line


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, cut at semicolons or commas into pieces of at most 120 words."""
    is_vast = end - start > _MOST_LETTERS
    if not is_vast and len(text[start:end].split()) <= _MOST_WORDS:
        yield start, end
        return
    marks = [found for found in _COMMA.finditer(text, start + 1, end) if found.end() < end]
    strong = [found.end() for found in marks if found[0] in ";；"]
    places = strong or [found.end() for found in marks] or [(start + end) // 2] * is_vast
    if not places:
        yield start, end
        return
    middle = min(places, key=lambda place: abs(place - (start + end) / 2))
    yield from _cut(text, start, middle)
    yield from _cut(text, middle + len(text[middle:end]) - len(text[middle:end].lstrip()), end)


def without_marker(text: str) -> str:
    """Return a passage without its number or bullet, unless there is nothing else."""
    marker = _marker().match(text)
    rest = text[marker.end() :] if marker else text
    return rest if _HAS_WORD.search(rest) else text


def words_of(text: str) -> str:
    """Return what two passages with the same words share: folded, no marker, single spaces."""
    folded = fold_text(without_marker(text)).lower()
    return " ".join(folded.strip(" .。;:!?,").split()) or text


@cache
def _marker() -> re.Pattern[str]:
    """Return a pattern for what may stand before an item: a bullet, a number, a counting word."""
    return re.compile(
        rf"\s*(?:[{re.escape(_BULLET)}]+"
        r"|[(（\[]?(?:\d{1,2}|[ivx]{1,4}|[IVX]{1,4}|[a-zA-Z])[.)）\]]|[①-⑳]"
        rf"|{shipped_lexicon().pattern('patterns', 'statement', 'item')}|\*\*)"
        r"(?:\s+|$|(?=[^\sA-Za-z\d]))"
    )


def _joined(text: str) -> Iterator[tuple[int, int]]:
    """Yield sentences; one that is only a marker is joined with what follows on the same line."""
    waiting: int | None = None
    last = 0
    for start, end in sentences(text):
        if waiting is not None and "\n" in text[last:start]:
            if _HAS_WORD.search(text[waiting:last]):
                yield waiting, last
            waiting = None
        first = start if waiting is None else waiting
        last = end
        if _marker().fullmatch(text[start:end]) or not _HAS_WORD.search(text[start:end]):
            waiting = first
            continue
        yield first, end
        waiting = None
    if waiting is not None and _HAS_WORD.search(text[waiting:last]):
        yield waiting, last


_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def amounts_of(text: str) -> tuple[float, ...]:
    """Return amounts in the order of the text, without bare numbers such as dates and names."""
    numbers, scales = _numbers(), _scales()
    text = _written().sub(lambda one: f"{numbers[one[1].lower()]} ", text)
    found = _amount().finditer(text.translate(_DIGITS))
    return tuple(
        float(one["number"].replace(",", "")) * scales.get((one["scale"] or "").lower(), 1.0)
        for one in found
        if one["money"] or one["percent"] or one["scale"] or one["unit"]
    )


@cache
def _scales() -> Mapping[str, float]:
    """Return the factor of each word that may follow a number."""
    return {word: float(factor) for word, factor in shipped_lexicon().by_word("scale").items()}


@cache
def _numbers() -> Mapping[str, str]:
    return shipped_lexicon().by_word("number")


@cache
def _written() -> re.Pattern[str]:
    """Small shares are written as words: "Two percent of GDP"."""
    percent = any_of(shipped_lexicon().words("counted", "percent"))
    return re.compile(rf"\b({any_of(_numbers())}) (?={percent})", re.IGNORECASE)


@cache
def _amount() -> re.Pattern[str]:
    lexicon = shipped_lexicon()
    keys = ("percent", "share", "heads", "money")
    units = [word for key in keys for word in lexicon.words("counted", key)]
    return re.compile(
        r"(?P<money>[$€£¥₩])?\s?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)\s?-?(?P<percent>[%％])?"
        rf"(?P<scale>{any_of(_scales())})?\s?(?P<unit>{any_of(units)})?",
        re.IGNORECASE,
    )


NO_SET = "none"  # key of longer phrases that mean something else, and of parties without a country
_SECTIONS = (
    *("criticism", "demand", "commitment", "set", "same", "country", "parties"),
    *("topic", "object"),
)
# Finds of a layer hide those inside them ("concern" in "serious concern").
_LAYERS: Sequence[tuple[str, ...]] = (
    ("criticism", "force", "hedge"),
    ("commitment",),
    ("demand",),
    ("same",),
    ("country", "parties"),
    ("negation", "affirmed"),
    ("condition", "free"),
    ("ought", "must", "ours"),
    ("agenda", "met", "answered"),
    ("set",),
    ("object",),
    ("filler",),
)
_LAYER_OF = {kind: number for number, kinds in enumerate(_LAYERS) for kind in kinds}


class Clue(NamedTuple):
    """`value` is the key of the word in its section: a number, a name, country codes, or ""."""

    kind: str
    value: str


Clues = Mapping[str, Sequence[FoundPhrase[Clue]]]


class ClueFinder:
    def __init__(self, language: Book) -> None:
        listed = list(_clues(language))
        self._phrases = FixedPhrases((word, clue) for word, clue in listed if "*" not in word)
        self._pieces = [(word.strip("*"), clue) for word, clue in listed if "*" in word]

    def find(self, text: str, stems: Stems) -> Clues:
        """Return clues by kind, in the order of the text; `stems` are those of the text."""
        layers: dict[int | str, list[FoundPhrase[Clue]]] = defaultdict(list)
        for one in (*self._phrases.find(stems), *self._pieces_in(text)):
            layers[_LAYER_OF.get(one.owner.kind, one.owner.kind)].append(one)
        clues: dict[str, list[FoundPhrase[Clue]]] = defaultdict(list)
        for found in layers.values():
            for one in longest(found):
                clues[one.owner.kind].append(one)
        return clues

    def _pieces_in(self, text: str) -> Iterator[FoundPhrase[Clue]]:
        for piece, clue in self._pieces:
            at = text.find(piece)
            if at >= 0:
                yield FoundPhrase(at, at + len(piece), clue)


@lru_cache(maxsize=8)
def clue_finder(lexicon: Lexicon, language: str) -> ClueFinder:
    return ClueFinder(lexicon.language(language if language in LANGUAGES else "en"))


def _clues(language: Book) -> Iterator[tuple[str, Clue]]:
    for section in _SECTIONS:
        for key, words in language.section(section).items():
            yield from ((word, Clue(section, key)) for word in words)
            if key in _CONTESTED:
                yield from ((word, Clue("dispute", "")) for word in words)
    statement = language.section("statement")
    for kind, words in statement.items():
        yield from ((word, Clue(kind, "")) for word in words)
    # It is news if a contested sea or island is named or no longer named, as for a country.
    places = set(statement["dispute"]).intersection(statement["opposition"])
    countries = language.section("country").values()
    yield from ((word, Clue("set", word)) for word in sorted(places.difference(*countries)))


_CONTESTED = frozenset(("china-rights",))  # objects that are named only where they are disputed
_HANGUL_WORD = re.compile(f"[{HANGUL}]{{2,}}")
_KATAKANA_WORD = re.compile(f"[{KATAKANA}]{{2,}}")
_SAID = ("criticism", "commitment", "demand", "force", "hedge", "filler")  # not part of an object
SHARED, AGREED = 3, 4  # on the scale of commitment
CONCERN = 3  # on the scale of criticism; below it nobody is blamed
# Units of every sentence that thanks, dines or congratulates, and of every sentence about who met.
FORMAL = frozenset(("courtesy:", "met:"))
_OPPOSITION = "opposition"  # the ladder for Taiwan and the seas, and the clue that these are meant
GOAL = "denuclearization"  # the ladder; in all its forms it is one object
NAMED = 4  # its rung on which the word itself is used
_CONCEPTS = ("same", "country", "mood")
_ROOT = 6  # letters of a stem that identify its family: culture, cultural
_END_OF_SENTENCE = re.compile(r"[.。!?！？…][\"'”’»）)】〉》」』]*\s*\Z")
_LONGEST_HEADING = 90

Rung = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class SentenceReading:
    """What a sentence holds.

    `text` is the passage without its bullet; the clues point into it. `words` are equal if two
    sentences say the same. `wordings`: the words of each formula, longest if there are several.
    `rungs`: the strongest rung of each ladder, `rung_words` its words, unless a sentence beside it
    says them. `units` are the object, `said` is what is said about it, as kinds and numbers; both
    are for likeness.
    """

    passage: Passage
    text: str
    words: str
    clues: Clues
    wordings: Mapping[str, str]
    rungs: Mapping[str, int]
    rung_words: Mapping[str, str]
    units: frozenset[str]
    said: frozenset[str]
    amounts: tuple[float, ...]
    is_heading: bool
    context: frozenset[str] = frozenset()

    def strongest(self, kind: str) -> int:
        """Return the highest number of a kind in the sentence; 0 if there is none."""
        return max((int(one.owner.value) for one in self.clues.get(kind, ())), default=0)

    @property
    def commitment(self) -> int:
        """How binding it is: 0, or 1 to 5. Reaffirming the importance only shares a view."""
        most = self.strongest("commitment")
        return min(most, SHARED) if self.has("importance") and most <= AGREED else most

    @property
    def sets(self) -> frozenset[str]:
        """Names of the set phrases. Longer phrases that mean something else have no name."""
        return self.values("set") - {NO_SET}

    @cached_property
    def formulas(self) -> frozenset[str]:
        return frozenset(self.wordings)

    @cached_property
    def blames(self) -> bool:
        return self.strongest("criticism") >= CONCERN

    def has(self, kind: str) -> bool:
        return bool(self.clues.get(kind))

    def values(self, kind: str) -> frozenset[str]:
        return frozenset(one.owner.value for one in self.clues.get(kind, ()))

    @cached_property
    def objects(self) -> frozenset[str]:
        """What the sentence speaks about, whatever it says about it."""
        return self.values("object") - {NO_SET}

    @cached_property
    def countries(self) -> frozenset[str]:
        named = self.values("country") | self.values("parties")
        return frozenset(code for codes in named - {NO_SET} for code in codes.split("-"))


_MOVES = ("criticism", "demand", "country", "parties", "set", "object", "force", "utmost")
_GRADED = ("criticism", "demand")


def with_what_moved(
    one: SentenceReading, other: SentenceReading, beside: Sequence[SentenceReading]
) -> SentenceReading:
    """Return `one` with the clues of `other` that it lacks and that a sentence `beside` it holds.

    So what only went to another sentence is no difference between the two. These clues point into
    the text of `other`.
    """
    clues = dict(one.clues)
    for kind in _MOVES if beside else ():
        if kind == "criticism" and one.blames:
            continue  # it says itself how much it blames
        missing = list(other.clues.get(kind, ()))
        for found in clues.get(kind, ()):
            _take(missing, found)
        elsewhere = (found for each in beside for found in each.clues.get(kind, ()))
        moved = [taken for found in elsewhere if (taken := _take(missing, found))]
        clues[kind] = [*clues.get(kind, ()), *moved]
    rungs, words = dict(one.rungs), dict(one.rung_words)
    for ladder, rung in other.rungs.items():
        near = max((each.rungs.get(ladder, 0) for each in beside), default=0)
        if min(rung, near) > rungs.get(ladder, 0):
            rungs[ladder] = min(rung, near)
            words.pop(ladder, None)
    return replace(one, clues=clues, rungs=rungs, rung_words=words)


def _take(missing: list[FoundPhrase[Clue]], found: FoundPhrase[Clue]) -> FoundPhrase[Clue] | None:
    """Take out of `missing` what says the same as `found`, or the same less strongly."""
    for clue in missing:
        kind, value = clue.owner
        is_less = kind in _GRADED and int(value) <= int(found.owner.value)
        if is_less or clue.owner == found.owner:
            missing.remove(clue)
            return clue
    return None


def language_of(text: str) -> str:
    """Return the language by script. A few Han names do not make an English text Chinese."""
    kinds = classes_of(text)
    foreign = sum(map(kinds.count, "chk"))
    return (guess_language(text) if foreign > kinds.count("s") else None) or "en"


class SentenceReader:
    """Reads sentences of one language with the words of lexicon and catalogue for it."""

    def __init__(
        self, formulary: Formulary, language: str, lexicon: Lexicon, pulse: Callable[[], None]
    ) -> None:
        self._pulse = pulse
        self._clues = clue_finder(lexicon, language)
        self._formulas = FixedPhrases(
            (word, one.id) for one in formulary.formulas for word in one.wordings.get(language, ())
        )
        self._rungs: FixedPhrases[Rung] = FixedPhrases(
            (word, (one.id, number))
            for one in formulary.ladders
            if one.country is None
            for number, words in enumerate(one.rungs.get(language, ()), start=1)
            for word in words
        )

    def read_all(self, passages: Iterable[Passage]) -> list[SentenceReading]:
        found: list[SentenceReading] = []
        named: dict[int, frozenset[str]] = defaultdict(frozenset)
        for passage in passages:
            one = self._read(passage)
            named[passage.paragraph] |= one.countries
            found.append(one)
        return [replace(one, context=named[one.passage.paragraph]) for one in found]

    def _read(self, passage: Passage) -> SentenceReading:
        self._pulse()
        text = without_marker(passage.text)
        stems = Stems(text)
        clues = self._clues.find(text, stems)
        on_ladders = _strongest(self._rungs.find(stems))
        if not clues.get(_OPPOSITION):  # "condemn" is on this ladder, but something else is meant
            on_ladders.pop(_OPPOSITION, None)
        rungs = {ladder: one.owner[1] for ladder, one in on_ladders.items()}
        goal = {GOAL} if rungs.get(GOAL, 0) >= NAMED else set()
        said = frozenset(
            f"{kind} {one.owner.value}" for kind in _SAID[:3] for one in clues.get(kind, ())
        )
        return SentenceReading(
            passage=passage,
            text=text,
            words=words_of(text),
            clues=_without_set_phrases(clues),
            wordings={
                one.owner: _POSSESSIVE.sub("", text[one.start : one.end])
                for one in sorted(self._formulas.find(stems), key=lambda one: one.end - one.start)
            },
            rungs=rungs,
            rung_words={ladder: text[one.start : one.end] for ladder, one in on_ladders.items()},
            units=_object_of(text, clues) | goal,
            said=said,
            amounts=amounts_of(text),
            is_heading=_is_heading(text) and not said,
        )


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and not _END_OF_SENTENCE.search(text)


def _strongest(found: Iterable[FoundPhrase[Rung]]) -> dict[str, FoundPhrase[Rung]]:
    """Return the strongest find on each ladder."""
    by_ladder: dict[str, list[FoundPhrase[Rung]]] = {}
    for one in found:
        by_ladder.setdefault(one.owner[0], []).append(one)
    return {
        ladder: max(longest(every), key=lambda one: one.owner[1])
        for ladder, every in by_ladder.items()
    }


def _without_set_phrases(clues: Clues) -> Clues:
    """Drop words of force inside set phrases: "close" in "close communication" presses nobody."""
    force = [
        one
        for one in clues.get("force", ())
        if not any(
            same.start <= one.start and one.end <= same.end and same[:2] != one[:2]
            for same in clues.get("same", ())
        )
    ]
    return {**clues, "force": force}


def _object_of(text: str, clues: Clues) -> frozenset[str]:
    said = [(one.start, one.end) for kind in _SAID for one in clues.get(kind, ())]
    meant = [
        one
        for kind in _CONCEPTS
        for one in clues.get(kind, ())
        if not any(start <= one.start and one.end <= end for start, end in said)
    ]
    concepts = {f"{one.owner.kind}:{one.owner.value}" for one in meant}
    concepts |= {kind for kind in FORMAL if clues.get(kind.rstrip(":"))}
    left = _blanked(text, [*said, *((one.start, one.end) for one in meant)])
    names = set(_KATAKANA_WORD.findall(left))  # each is one word, because foreign names are
    stems = {unit[:_ROOT] for unit in units_of(_KATAKANA_WORD.sub(" ", left))}
    pairs = {a + b for word in _HANGUL_WORD.findall(left) for a, b in pairwise(word)}
    # If nothing is left, what is said is the object: "They expressed concern."
    return frozenset(concepts | names | stems | pairs) or units_of(text)


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


LEAD, MENTION, LEAVE = 3, 2, 1  # weights of a change: what a reader does with it
_NEAR = 20  # letters from the beginning of a sentence to its subject
_OF_NORTH = frozenset(("missiles", "north-talks"))  # objects that lead because they are the North's
LAST = 99
UNKNOWN = 0


class Objects:
    """Objects of statements in which `parties` speak; these countries are not objects."""

    def __init__(self, lexicon: Lexicon, parties: Set[str]) -> None:
        book = lexicon.topics
        self._levels = {  # an object that the user has raised has the highest weight
            name: level
            for level in (LEAVE, MENTION, LEAD)
            for name in book.words("weight", f"{level}")
        }
        self._alone = frozenset(book.words("weight", "alone"))
        self._levels |= dict.fromkeys(self._alone, LEAD)
        self._places = {name: place for place, name in enumerate(book.words("weight", "3"))}
        for pair, names in book.section("weight", "lead").items():
            if set(pair.split("-")) == parties:
                self._levels |= dict.fromkeys(names, LEAD)
        self._harder = frozenset(book.words("way", "harder"))
        self._softer = frozenset(book.words("way", "softer"))
        self._promised = [
            country
            for pair, countries in book.section("way", "promised").items()
            if set(pair.split("-")) == parties
            for country in countries
        ]
        self._parties = parties

    def of(self, one: SentenceReading) -> frozenset[str]:
        """Return named objects, countries that do not speak, and each pair of these ("KP-RU")."""
        others = sorted(one.countries - self._parties)
        pairs = ("-".join(pair) for pair in combinations(others, 2))
        if not others and (light := self._mostly_light(one)):
            return light
        named = one.objects | {name for name in (*others, *pairs) if name in self._levels}
        about = one.countries or one.context
        if about - self._parties and not self._alone & about:
            named -= _OF_NORTH  # missiles of Iran, diplomacy with Russia
        return named - self._alone or named

    def _mostly_light(self, one: SentenceReading) -> frozenset[str]:
        """Return what is left by a reader, if it is named more often than what is mentioned.

        "ASEAN's pandemic recovery and health security" is about health.
        """
        named = [found.owner.value for found in one.clues.get("object", ())]
        levels = Counter(self._levels.get(name, UNKNOWN) for name in named)
        if levels[LEAD] or levels[LEAVE] <= levels[MENTION]:
            return frozenset()
        return frozenset(name for name in named if self._levels.get(name) == LEAVE)

    def level(self, objects: Iterable[str]) -> int:
        """3 lead with it, 2 mention it, 1 leave it; 0 for no object."""
        return max((self._levels.get(name, UNKNOWN) for name in objects), default=UNKNOWN)

    def led(self, objects: Iterable[str]) -> int:
        """Return how many of them have the highest weight."""
        return sum(self._levels.get(name) == LEAD for name in objects)

    def place(self, objects: Set[str]) -> int:
        """Return the place of the first of them in the table, which is the order of reporting."""
        return min((self._places[name] for name in objects & self._places.keys()), default=LAST)

    def harden(self, objects: Set[str]) -> bool:
        return bool(objects & self._harder)

    def promise(self, one: SentenceReading) -> bool:
        """Whether the sentence begins with a party that was asked for promises."""
        named = one.clues.get("country", ())
        first = next(iter(named), None)
        return first is not None and first.owner.value in self._promised and first.start < _NEAR

    def soften(self, objects: Set[str]) -> bool:
        """Whether something is offered and nothing is demanded."""
        return bool(objects & self._softer)


_POSSESSIVE = re.compile("['’]s?\\Z")
Names = tuple[ChangeKind, tuple[str, ...]]  # the kind of the change, and the words of the text


def named(old: SentenceReading, new: SentenceReading, known: Set[str]) -> Names:
    """Return what only one version of a sentence names; nothing if the goal is another one.

    `known` are the countries that speak, and set phrases that both texts have.
    """
    if old.rungs.get(GOAL) != new.rungs.get(GOAL):
        return "reworded", ()
    before, after = _names(old, known), _names(new, known)
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    if gone and not come:
        return "unnamed", tuple(word for name, word in before.items() if name in gone)
    if come and not gone:
        return "named", tuple(word for name, word in after.items() if name in come)
    return "reworded", ()


def named_nowhere(one: SentenceReading, other: Set[str], *, is_old: bool) -> Names:
    """Return set phrases that the other text has nowhere. `other` has all its set phrases."""
    found = {name: word for name, word in _names(one, ()).items() if name[0] == "set"}
    words = tuple(word for (_, name), word in found.items() if name not in other)
    return ("unnamed" if is_old else "named", words) if words else ("reworded", ())


def _names(one: SentenceReading, known: Collection[str]) -> dict[tuple[str, str], str]:
    """Return the first words for each name, in the order of the text."""
    found = [
        found
        for kind in ("country", "set")
        for found in one.clues.get(kind, ())
        if found.owner.value != NO_SET and found.owner.value not in known
    ]
    names: dict[tuple[str, str], str] = {}
    for each in sorted(found):
        names.setdefault(each.owner, _POSSESSIVE.sub("", one.text[each.start : each.end]))
    return names


AGENDA, COURTESY = "agenda", "courtesy"
LIGHT_TOPICS = (AGENDA, COURTESY)
_SAYS_LITTLE = frozenset(("naming", "form", "korea", "atmosphere", "protest"))
# Every text of its kind has these, so adding or dropping them is no news by itself.
_ROUTINE = frozenset(
    (
        *("multilateral-trading-system", "mutual-respect-winwin", "communication-channels"),
        *("agree-to-continue", "supply-chain-resilience", "asean-centrality", "trilateral-usjk"),
        *("trilateral-cjk", "economic-security", "emerging-tech", "future-oriented", "ironclad"),
        *(
            "unsc-resolutions",
            "investment-pledge",
            "visit-level",
            "humanitarian-history",
            "comfort-women",
        ),
        *("shuttle-diplomacy", "new-phase", "golden-age-us-japan", "changes-unseen"),
        *("critical-minerals", "territorial-integrity", "free-navigation", "defense-agreements"),
        *("currency-swap", "restraint", "security-guarantees", "international-law-violation"),
        *("reciprocal-tariffs", "trade-act-301", "trade-truce"),
    )
)
_FIRST_SENTENCES = 4  # these say who meets
_OF_PARTIES: Mapping[frozenset[str], str] = {
    frozenset(("JP", "KR")): "japan-korea",
    frozenset(("CN", "KR")): "china-korea",
    frozenset(("CN", "JP")): "china-japan",
    frozenset(("US", "JP")): "us-japan",
    frozenset(("US", "KR")): "alliance",
    frozenset(("US", "JP", "KR")): "trilateral",
    frozenset(("CN", "JP", "KR")): "trilateral",
    frozenset(("US", "JP", "PH")): "trilateral",
}
# If topics have equally many words in a sentence, the one that weighs more in the region wins.
_ORDER = (
    *("taiwan", "north-korea", "china", "history", "china-japan", "china-korea", "alliance"),
    *("trilateral", "order", "tech", "trade", "thaw", "us-japan", "japan-korea"),
)


def routine_of(formulary: Formulary) -> frozenset[str]:
    """Return the formulas whose adding and dropping is no news."""
    return _ROUTINE | {one.id for one in formulary.formulas if one.topic in _SAYS_LITTLE}


def parties_of(
    statements: Sequence[Sequence[SentenceReading]], spoken_of: Set[str]
) -> frozenset[str]:
    """Return the countries that speak: those of the first sentence of each text that names two.

    The place of the meeting is named in only one text, the speakers are named in both. Who is at
    war does not speak, nor who is `spoken_of` beside two others.
    """
    named: list[frozenset[str]] = []
    for readings in statements:
        first = [found for one in readings[:_FIRST_SENTENCES] if (found := _speakers(one))]
        first = [some - spoken_of if len(some - spoken_of) > 1 else some for some in first]
        both = [countries for countries in first if len(countries) > 1]
        named += (both or first)[:1]
    common = frozenset.intersection(*named) if named else frozenset()
    return common if len(common) > 1 else frozenset().union(*named)


def _speakers(one: SentenceReading) -> frozenset[str]:
    """Return the countries named; if one word names several ("G7 leaders"), only these speak."""
    groups = one.values("parties") - {NO_SET}
    if len(groups) == 1:
        return frozenset(next(iter(groups)).split("-"))
    return frozenset() if one.has("threat") and not one.has("met") else one.countries


class SentenceTopics:
    def __init__(self, formulary: Formulary, parties: frozenset[str]) -> None:
        self._of_formula = {
            one.id: one.topic for one in formulary.formulas if one.topic not in _SAYS_LITTLE
        }
        self._routine = routine_of(formulary)
        self._usual = _OF_PARTIES.get(parties, "")

    def of(self, readings: Collection[SentenceReading]) -> str:
        """Return the topic of all sentences of one change together."""
        if not any(map(self._is_weighty, readings)):
            if all(one.has("courtesy") for one in readings):
                return COURTESY
            if all(one.has("agenda") or one.is_heading for one in readings):
                return AGENDA
        votes: Counter[str] = Counter()
        for one in readings:
            votes.update(found.owner.value for found in one.clues.get("topic", ()))
            votes.update(
                self._of_formula[name] for name in one.formulas if name in self._of_formula
            )
        return min(votes, key=lambda name: (-votes[name], _place(name)), default=self._usual)

    def _is_weighty(self, one: SentenceReading) -> bool:
        return (
            one.blames
            or one.has("must")
            or one.has("dispute")
            or one.has("mood")
            or bool(one.formulas - self._routine)
        )


def _place(topic: str) -> int:
    return _ORDER.index(topic) if topic in _ORDER else len(_ORDER)
