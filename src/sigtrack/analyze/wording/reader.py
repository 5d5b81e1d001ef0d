"""Reads what one item says: formulas, steps on ladders, which governments stand beside them, and
the runs of words of every sentence.

What is read depends on the item alone, not on who asks: which sentences are near a hit, for whom a
publisher speaks, and which ladder is for whose publishers, is asked when items are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from zlib import crc32

from sigtrack.analyze.fixed_phrases import FixedPhrases, Found, longest
from sigtrack.analyze.wording.corpus import Sentence, language_of, sentences_of
from sigtrack.analyze.wording.grams import runs
from sigtrack.analyze.wording.ladders import LadderReader
from sigtrack.lexicon import LANGUAGES, Lexicon
from sigtrack.model import (
    FIELDS,
    UNNAMED,
    Field,
    Formulary,
    FormulaUse,
    Item,
    Mention,
    Run,
    RungUse,
    Runs,
    WordingRead,
)
from sigtrack.text.stems import Stems

_LEAD = 600  # letters of a text that tell whose it is
_MOST = 8  # more governments are a list of states
_TWO = 2
_ACTS = frozenset(
    (
        *("act:meet", "act:consult", "act:call", "act:visit", "act:statement", "act:sanction"),
        *("thing:partnership", "thing:ceasefire", "thing:ambassador"),
    )
)
# Formulas that name a kind of text.
_FORMS = {
    "form-joint-statement": "joint",
    "form-press-release": "joint",
    "form-readout": "readout",
}
_KINDS = ("country", "person", "office")

NamesIn = Callable[[Item], Iterable[Mention]]


class _Governments:
    """Whom an item names that is or has a government, in the order of the text."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        found = sorted(mentions, key=lambda one: (FIELDS.index(one.field), one.start, one.end))
        self._named = [one for one in found if one.in_office and one.actor.kind in _KINDS]
        self._acts = [one for one in found if one.actor.id in _ACTS]

    def within(self, field: Field, start: int, end: int) -> list[Mention]:
        return [one for one in self._named if one.field == field and start <= one.start < end]

    def act(self, field: Field, start: int, end: int) -> bool:
        """Whether they meet, speak or trade blows in a sentence."""
        return any(one.field == field and start <= one.start < end for one in self._acts)

    def first(self) -> tuple[str, ...]:
        """Of the headline, or if that names fewer than two of the first lines too."""
        title = _parties(one for one in self._named if one.field == "title")
        return (
            title if len(title) > 1 else _parties(one for one in self._named if one.start < _LEAD)
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence as it is read. `parties` are the governments in it, `is_of_states`: one of them
    acts there, or what is between states is spoken of."""

    sentence: Sentence
    stems: Stems
    formulas: tuple[Found[tuple[str, str]], ...]
    parties: tuple[str, ...] = ()
    is_of_states: bool = False


class WordingReader:
    """`names` (people, countries) and formulas are never part of a run. `names_in` tells who is
    named in an item, and where."""

    def __init__(
        self, formulary: Formulary, names: Iterable[str], names_in: NamesIn, lexicon: Lexicon
    ) -> None:
        wordings = (
            (word, (formula.id, word))
            for formula in formulary.formulas
            for words in formula.wordings.values()
            for word in words
        )
        self._formulas = FixedPhrases(wordings)
        self._between = frozenset(one.id for one in formulary.formulas if one.between)
        self._names = FixedPhrases((name, "") for name in names)
        self._names_in = names_in
        self._ladders = LadderReader(formulary.ladders)
        self._of_states = FixedPhrases(_words(lexicon, "between"))
        self._forms = FixedPhrases((*_words(lexicon, "texts"), *_forms_of(formulary)))

    def read(self, item: Item) -> tuple[WordingRead, Runs]:
        language = language_of(item)
        lines = [self._line(sentence) for sentence in sentences_of(item)]
        steps = [
            step
            for line in lines
            for step in self._ladders.steps(line.sentence, line.stems, language)
        ]
        tells = bool(steps) or any(line.formulas for line in lines)
        told = item if tells else replace(item, text=item.text[:_LEAD])
        governments = _Governments(self._names_in(told))
        read = WordingRead(
            tuple(self._uses(lines, governments)),
            tuple(_among(step, governments) for step in steps),
            " ".join(governments.first()),
            self._form(item.title),
        )
        return read, Runs.of(run for line in lines for run in self._runs(line, language))

    def _line(self, sentence: Sentence) -> _Line:
        stems = Stems(sentence.text)
        return _Line(sentence, stems, tuple(self._formulas.find(stems)))

    def _with_parties(self, line: _Line, governments: _Governments) -> _Line:
        at = line.sentence
        named = governments.within(at.field, at.start, at.end)
        said = {one.owner for one in self._of_states.find(line.stems)}
        parties = _parties(named)
        if "both" in said and len(parties) < 2:
            parties = (*parties, UNNAMED)
        is_of_states = "ties" in said or _rule(named) or governments.act(at.field, at.start, at.end)
        return replace(line, parties=parties, is_of_states=is_of_states)

    def _uses(self, lines: Sequence[_Line], governments: _Governments) -> Iterable[FormulaUse]:
        """Of each formula the use beside two governments, else beside one, else the first."""
        title: _Line | None = None
        best: dict[str, tuple[int, FormulaUse]] = {}
        for line in lines:
            if not line.formulas:
                continue
            here = self._with_parties(line, governments)
            if len(here.parties) < _TWO:
                title = title or self._with_parties(lines[0], governments)
                here = max(here, title, key=lambda one: min(len(one.parties), _TWO))
            for one in line.formulas:
                use = _use(one, line.sentence, here)
                worth = min(len(here.parties), _TWO)
                is_loose = use.formula in self._between and not here.is_of_states
                if not is_loose and (use.formula not in best or worth > best[use.formula][0]):
                    best[use.formula] = worth, use
        return [use for _, use in best.values()]

    def _form(self, title: str) -> str:
        """The kind of text that a headline names first."""
        found = longest(self._forms.find(Stems(title)))
        return found[0].owner if found else ""

    def _runs(self, line: _Line, language: str) -> Iterator[Run]:
        sentence = line.sentence
        names = self._names.find(line.stems)
        covered = [(one.start, one.end) for one in line.formulas]
        covered += [(one.start, one.end) for one in names]
        at = sentence.start
        for key, (start, end) in runs(sentence.text, covered, language):
            yield Run(crc32(key.encode()), sentence.field, at + start, at + end)


def _rule(named: Sequence[Mention]) -> bool:
    """Whether somebody who governs is named, or two countries side by side, as in US-China: what is
    said of these is said of governments."""
    return any(one.actor.kind != "country" for one in named) or any(
        second.start - first.end <= 1 and first.actor.country != second.actor.country
        for first, second in pairwise(named)
    )


def _use(found: Found[tuple[str, str]], sentence: Sentence, line: _Line) -> FormulaUse:
    formula, wording = found.owner
    start, end = sentence.start + found.start, sentence.start + found.end
    return FormulaUse(formula, wording, sentence.field, start, end, " ".join(line.parties))


def _among(step: RungUse, governments: _Governments) -> RungUse:
    """With the governments of its sentence, but for those in the ladder's words: of whose arms one
    speaks is no matter of who speaks."""
    first, last = step.start + step.first, step.start + step.last
    named = governments.within(step.field, step.start, step.end)
    beside = (one for one in named if not first <= one.start < last)
    return step._replace(parties=" ".join(_parties(beside)))


def _parties(mentions: Iterable[Mention]) -> tuple[str, ...]:
    countries = (one.actor.country for one in mentions if one.actor.country)
    return tuple(dict.fromkeys(countries))[:_MOST]


def _forms_of(formulary: Formulary) -> Iterator[tuple[str, str]]:
    for formula in formulary.formulas:
        if form := _FORMS.get(formula.id):
            yield from ((word, form) for words in formula.wordings.values() for word in words)


def _words(lexicon: Lexicon, section: str) -> Iterator[tuple[str, str]]:
    """Words of all languages with their keys."""
    for code in LANGUAGES:
        for key, words in lexicon.language(code).section(section).items():
            yield from ((word, key) for word in words)
