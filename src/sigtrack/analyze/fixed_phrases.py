"""Finds fixed phrases in a text, whatever their spelling and inflection, in one pass.

Phrases and texts are compared as stems (`text.fold`), so spaces between stems are word borders.
Han and Kana have no word borders. A Hangul phrase must begin a word and may be followed by a
particle or a verb's ending; from three syllables on, anything may stand before and after it. The
spaces of a Hangul phrase may be missing in a text, because writers differ (안보 협력, 안보협력).

Omissions are formulas that earlier statements of a series had and that a new one lacks. A search
for keywords cannot show what is missing. A formula is expected if every earlier text of the series
has it or, in a long series, if the last three texts have it without a break: a formula that began
in 2023 can be missed in 2026 although the text of 2021 did not have it. Formulas are looked for in
all languages of the catalogue at once, so a series may change its language.

Pure: takes texts in order of time and returns omissions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate, product, takewhile
from typing import Generic, NamedTuple, TypeVar

from sigtrack.frozen import frozen
from sigtrack.lexicon import shipped_lexicon
from sigtrack.lexicon.finder import ByAho, MakeFinder
from sigtrack.model import Formula, Formulary
from sigtrack.text.fold import Stems, stems_of
from sigtrack.text.scripts import FREE_HANGUL, classes_of, hangul_may_go_on
from sigtrack.text.sentences import sentences, unwrap

_MOST_SPACES = 4  # spaces of a phrase of which each may be missing

Owner = TypeVar("Owner")


class FoundPhrase(NamedTuple, Generic[Owner]):
    """A phrase found in a text, with its half-open range in the text (not in the stems)."""

    start: int
    end: int
    owner: Owner


@frozen
class PhraseTable(Generic[Owner]):
    """What to look for, with the owners of each: a value, so that it can be kept."""

    needles: tuple[str, ...]
    owners: tuple[tuple[Owner, ...], ...]
    verb_begins: frozenset[str]  # of Korean

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, Owner]]) -> PhraseTable[Owner]:
        """Takes pairs of phrase and owner, the value that a find returns."""
        owners: dict[str, list[Owner]] = defaultdict(list)
        for phrase, owner in phrases:
            for needle in _needles(phrase):
                if owner not in owners[needle]:
                    owners[needle].append(owner)
        return PhraseTable(
            needles=tuple(owners),
            owners=tuple(map(tuple, owners.values())),
            verb_begins=frozenset(shipped_lexicon().language("ko").words("ending", "verb")),
        )


class FixedPhrases(Generic[Owner]):
    def __init__(
        self,
        phrases: Iterable[tuple[str, Owner]] | PhraseTable[Owner],
        finder: MakeFinder = ByAho,
    ) -> None:
        table = phrases if isinstance(phrases, PhraseTable) else PhraseTable.of(phrases)
        self._owners = table.owners
        self._verb_begins = table.verb_begins
        self._finder = finder(table.needles)

    def find(self, stems: Stems) -> list[FoundPhrase[Owner]]:
        """Return all finds, overlapping ones too, by start and then longest first."""
        return self.find_in((stems,))[0]

    def may_stand_in(self, texts: Iterable[str]) -> bool:
        """Whether some phrase may stand in one of these texts, or in a sentence of it."""
        return bool(self._finder.find("\n".join([Stems(text).text for text in texts])))

    def find_in(self, texts: Sequence[Stems]) -> list[list[FoundPhrase[Owner]]]:
        """Return the finds of each text. All texts are searched in one pass."""
        bases = [0, *accumulate(len(stems.text) + 1 for stems in texts)]
        joined = "\n".join([stems.text for stems in texts])
        found: list[list[FoundPhrase[Owner]]] = [[] for _ in texts]
        for number, start, end in self._finder.find(joined):
            if not hangul_may_go_on(joined, start, end, verbs=self._verb_begins):
                continue
            place = bisect_right(bases, start) - 1
            origin = texts[place].origin(start - bases[place], end - bases[place])
            found[place] += [FoundPhrase(*origin, owner) for owner in self._owners[number]]
        return [sorted(some, key=lambda one: (one.start, -one.end)) for some in found]


def longest(found: Iterable[FoundPhrase[Owner]]) -> list[FoundPhrase[Owner]]:
    """Drop finds that lie inside another find: "concern" in "serious concern"."""
    kept: list[FoundPhrase[Owner]] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.end > kept[-1].end or one[:2] == kept[-1][:2]:
            kept.append(one)
    return kept


def _needles(phrase: str) -> Iterable[str]:
    stems = stems_of(phrase)
    if not stems:
        return
    kinds = classes_of(stems)
    before = " " if kinds[0] == "s" or _is_short_hangul(stems.split(" ")[0]) else ""
    after = " " if kinds[-1] == "s" else ""
    yield f"{before}{stems}{after}"
    if set(kinds) == {"h", " "}:
        yield from (f" {written}" for written in _run_together(stems.split(" ")))


def _run_together(words: list[str]) -> Iterator[str]:
    """Yield the phrase with some or all of its spaces left out."""
    for spaces in product((" ", ""), repeat=min(len(words) - 1, _MOST_SPACES)):
        between = [*spaces, *" " * (len(words) - len(spaces))]
        if "" in spaces:
            yield "".join(word + space for word, space in zip(words, between, strict=True)).strip()


def _is_short_hangul(word: str) -> bool:
    return classes_of(word[0]) == "h" and len(word) < FREE_HANGUL


_FORMAL = ("form", "naming")  # what a text is called and how it calls others; listed last
UNBROKEN = 3  # texts in a row that make a habit, if not all earlier texts have the formula


@frozen
class FormulaPlace:
    """A sentence with a formula, and the formula's half-open range of code points in it."""

    sentence: str
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.sentence[self.start : self.end]


@frozen
class Omission:
    """A formula that is missing in the new text.

    The last `texts` of `of` earlier texts have it without a break, from the text of `since` to the
    text of `last`, where it stands at `place`. `instead` are formulas of the new text that compete
    with it.
    """

    formula: Formula
    texts: int
    of: int
    since: date
    last: date
    place: FormulaPlace
    instead: tuple[Formula, ...] = ()


def omissions(
    earlier: Sequence[tuple[date, str]], new: str, formulary: Formulary
) -> tuple[Omission, ...]:
    """Return the omissions of a new text, the longest-standing formula first.

    `earlier` is oldest first; without earlier texts there are no omissions.
    """
    phrases = FixedPhrases(
        (wording, formula.id)
        for formula in formulary.formulas
        for wordings in formula.wordings.values()
        for wording in wordings
    )
    texts = [(day, _first_finds(text, phrases)) for day, text in earlier]
    now = _first_finds(new, phrases).keys()
    formulas = {formula.id: formula for formula in formulary.formulas}
    found = []
    for id, place in texts[-1][1].items() if texts else ():
        days = _unbroken(id, texts)
        if id in now or len(days) < min(len(texts), UNBROKEN):
            continue
        formula = formulas[id]
        found.append(
            Omission(
                formula=formula,
                texts=len(days),
                of=len(texts),
                since=days[-1],
                last=days[0],
                place=place,
                instead=tuple(formulas[other] for other in formula.opposes if other in now),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.formula.topic in _FORMAL, -one.texts)))


def _unbroken(id: str, texts: Sequence[tuple[date, Mapping[str, FormulaPlace]]]) -> list[date]:
    """Return the days of the last texts that have the formula without a break, latest first."""
    having = takewhile(lambda text: id in text[1], reversed(texts))
    return [day for day, _ in having]


def _first_finds(text: str, phrases: FixedPhrases[str]) -> dict[str, FormulaPlace]:
    """Return the first place of each formula by its id, in the order of the text."""
    text = unwrap(text)
    found: dict[str, FormulaPlace] = {}
    for start, end in sentences(text):
        sentence = text[start:end]
        for one in phrases.find(Stems(sentence)):
            found.setdefault(
                one.owner, FormulaPlace(sentence=sentence, start=one.start, end=one.end)
            )
    return found
