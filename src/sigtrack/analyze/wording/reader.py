"""Reads what one item says: formulas, steps on ladders, governments beside them, runs of words.

The result depends on the item alone. Questions that depend on the user are answered when items are
compared: which sentences are near a hit, for whom a publisher speaks, and which ladders apply to
whose publishers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple
from zlib import crc32

from sigtrack.analyze.fixed_phrases import FixedPhrases, FoundPhrase, longest
from sigtrack.analyze.wording.corpus import SaidSentence, language_of, sentences_of
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
    RungUse,
    Runs,
    WordingRead,
    WordRun,
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

_start = attrgetter("start")

NamesIn = Callable[[Item], Iterable[Mention]]


class _Governments:
    """The governments and their people that an item names, and acts of states, in order."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        found = sorted(mentions, key=lambda one: (one.start, one.end))
        self._named = _Places(o for o in found if o.in_office and o.actor.kind in _KINDS)
        self._acts = _Places(one for one in found if one.actor.id in _ACTS)

    def within(self, field: Field, start: int, end: int) -> list[Mention]:
        return self._named.within(field, start, end)

    def act_within(self, field: Field, start: int, end: int) -> bool:
        """Whether they meet, speak or clash there."""
        return bool(self._acts.within(field, start, end))

    def first(self) -> tuple[str, ...]:
        """Return those of the headline; if it has fewer than two, of the first lines too."""
        title = self.within("title", 0, _LEAD)
        if len(_parties(title)) >= _TWO:
            return _parties(title)
        lead = (one for field in FIELDS[1:] for one in self.within(field, 0, _LEAD))
        return _parties((*title, *lead))


class _Places:
    """Mentions by where they begin: a statement of 50 kB names Japan a thousand times."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._by_field: dict[Field, list[Mention]] = defaultdict(list)
        for one in mentions:
            self._by_field[one.field].append(one)

    def within(self, field: Field, start: int, end: int) -> list[Mention]:
        some = self._by_field.get(field, [])
        first, last = (bisect_left(some, at, key=_start) for at in (start, end))
        return some[first:last]


class _Line(NamedTuple):
    """A sentence and its formulas."""

    sentence: SaidSentence
    stems: Stems
    formulas: list[FoundPhrase[tuple[str, str]]]


class _Company(NamedTuple):
    """The governments named in a place, and whether they act or relations of states are meant."""

    parties: tuple[str, ...] = ()
    is_of_states: bool = False

    @property
    def worth(self) -> int:
        return min(len(self.parties), _TWO)


class WordingReader:
    """Reads items. `names` (people, countries) and formulas are never part of a run.

    `names_in` returns who is named in an item, and where.
    """

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

    def _line(self, sentence: SaidSentence) -> _Line:
        stems = Stems(sentence.text)
        return _Line(sentence, stems, self._formulas.find(stems))

    def _uses(self, lines: Sequence[_Line], governments: _Governments) -> list[FormulaUse]:
        """Return the use of each formula beside two governments, or else one, or else the first."""
        best: dict[str, tuple[int, FormulaUse]] = {}
        title = [line for line in lines if line.sentence.field == "title"]
        for line in lines:
            if not line.formulas:
                continue
            here = self._company((line,), governments)
            if here.worth < _TWO:
                here = max(here, self._company(title, governments), key=lambda one: one.worth)
            for one in line.formulas:
                use = _use(one, line.sentence, here)
                is_loose = use.formula in self._between and not here.is_of_states
                if not is_loose and (use.formula not in best or here.worth > best[use.formula][0]):
                    best[use.formula] = here.worth, use
        return [use for _, use in best.values()]

    def _company(self, lines: Iterable[_Line], governments: _Governments) -> _Company:
        parties: dict[str, None] = {}
        said: set[str] = set()
        acts = False
        for sentence, stems, _ in lines:
            named = governments.within(sentence.field, sentence.start, sentence.end)
            parties |= dict.fromkeys(_parties(named))
            said |= {one.owner for one in self._of_states.find(stems)}
            acts |= _govern(named) or governments.act_within(
                sentence.field, sentence.start, sentence.end
            )
        if "both" in said and len(parties) < _TWO:
            parties[UNNAMED] = None
        return _Company(tuple(parties)[:_MOST], acts or "ties" in said)

    def _form(self, title: str) -> str:
        """Return the kind of text that a headline names first."""
        found = longest(self._forms.find(Stems(title)))
        return found[0].owner if found else ""

    def _runs(self, line: _Line, language: str) -> Iterator[WordRun]:
        sentence = line.sentence
        names = self._names.find(line.stems)
        covered = [(one.start, one.end) for one in line.formulas]
        covered += [(one.start, one.end) for one in names]
        at = sentence.start
        for key, (start, end) in runs(sentence.text, covered, language):
            yield WordRun(crc32(key.encode()), sentence.field, at + start, at + end)


def _govern(named: Sequence[Mention]) -> bool:
    """Whether somebody who governs is named, or two countries side by side, as in US-China.

    What is said about these is said about governments.
    """
    return any(one.actor.kind != "country" for one in named) or any(
        second.start - first.end <= 1 and first.actor.country != second.actor.country
        for first, second in pairwise(named)
    )


def _use(
    found: FoundPhrase[tuple[str, str]], sentence: SaidSentence, company: _Company
) -> FormulaUse:
    formula, wording = found.owner
    start, end = sentence.start + found.start, sentence.start + found.end
    return FormulaUse(formula, wording, sentence.field, start, end, " ".join(company.parties))


def _among(step: RungUse, governments: _Governments) -> RungUse:
    """Add the governments of its sentence, except those in the ladder's words.

    Whose arms are meant does not tell who speaks.
    """
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
    """Yield words of all languages with their keys."""
    for code in LANGUAGES:
        for key, words in lexicon.language(code).section(section).items():
            yield from ((word, key) for word in words)
