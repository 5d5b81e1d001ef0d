"""Reads what one item says: formulas, steps on ladders, governments beside them, runs of words.

The result depends on the item alone. Questions that depend on the user are answered when items are
compared: which sentences are near a hit, for whom a publisher speaks, and which ladders apply to
whose publishers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, pairwise, repeat
from operator import attrgetter
from typing import Any, Literal, NamedTuple
from zlib import crc32

from sigtrack.analyze.fixed_phrases import FixedPhrases, FoundPhrase, PhraseTable, longest
from sigtrack.analyze.wording.grams import runs
from sigtrack.analyze.wording.ladders import rungs_of, steps_of
from sigtrack.analyze.wording.usage import (
    SaidSentence,
    fields_of,
    language_of,
    may_count,
    sentences_of,
)
from sigtrack.frozen import frozen
from sigtrack.lexicon import LANGUAGES, Lexicon
from sigtrack.lexicon.finder import ByAho, MakeFinder
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
)
from sigtrack.text.fold import Stems

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
_OWNED = re.compile(r"['’](?:s\b)?\s")  # its stem is that of the word alone
_KINDS = ("country", "person", "office")

_start = attrgetter("start")

NamesIn = Callable[[Item], Iterable[Mention]]


class _Governments:
    """The governments and their people that an item names, and acts of states, in order."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._found = sorted(mentions, key=lambda one: (one.start, one.end))

    @cached_property
    def _named(self) -> _Places:
        return _Places(filter(_is_government, self._found))

    @cached_property
    def _acts(self) -> _Places:
        return _Places(one for one in self._found if one.actor.id in _ACTS)

    def within(self, field: Field, start: int, end: int) -> list[Mention]:
        return self._named.within(field, start, end)

    def act_within(self, field: Field, start: int, end: int) -> bool:
        """Whether they meet, speak or clash there."""
        return bool(self._acts.within(field, start, end))

    def first(self) -> tuple[str, ...]:
        """Return those of the headline; if it has fewer than two, of the first lines too."""
        named = [one for one in self._found if one.start < _LEAD and _is_government(one)]
        title = [one for one in named if one.field == "title"]
        if len(title) == len(named) or len(_parties(title)) >= _TWO:
            return _parties(title)
        lead = (one for field in FIELDS[1:] for one in named if one.field == field)
        return _parties((*title, *lead))


def _is_government(one: Mention) -> bool:
    return one.in_office and one.actor.kind in _KINDS


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


_PhraseKind = Literal["formula", "rung", "between", "form"]


class _Line(NamedTuple):
    """A sentence, and the phrases found in it by what they are."""

    sentence: SaidSentence
    stems: Stems
    found: Mapping[_PhraseKind, list[FoundPhrase[Any]]]

    def is_whole(self, formula: FoundPhrase[tuple[str, str]]) -> bool:
        """Whether no owner stands in it: the visit of a secretary of state is no state visit."""
        words = self.sentence.text[formula.start : formula.end]
        return not _OWNED.search(words) or bool(_OWNED.search(formula.owner[1]))


class _Company(NamedTuple):
    """The governments named in a place, and whether they act or relations of states are meant."""

    parties: tuple[str, ...] = ()
    is_of_states: bool = False

    @property
    def worth(self) -> int:
        return min(len(self.parties), _TWO)


@frozen
class WordingVocabulary:
    """What items are searched for: a value, so that it can be kept. `names` only part runs."""

    phrases: PhraseTable[tuple[_PhraseKind, Any]]
    names: PhraseTable[str]
    between: frozenset[str]  # formulas that are told only between states


def vocabulary_of(
    formulary: Formulary, names: Iterable[str], lexicon: Lexicon
) -> WordingVocabulary:
    """Return it for these formulas; `names` (people, countries) are never part of a run."""
    formulas = (
        (word, (formula.id, word))
        for formula in formulary.formulas
        for words in formula.wordings.values()
        for word in words
    )
    kinds: dict[_PhraseKind, Iterable[tuple[str, Any]]] = {
        "formula": formulas,
        "rung": rungs_of(formulary.ladders),
        "between": _words(lexicon, "between"),
        "form": (*_words(lexicon, "texts"), *_forms_of(formulary)),
    }
    return WordingVocabulary(
        phrases=PhraseTable.of(
            (word, (kind, owner)) for kind, some in kinds.items() for word, owner in some
        ),
        names=PhraseTable.of((name, "") for name in names),
        between=frozenset(one.id for one in formulary.formulas if one.between),
    )


class WordingReader:
    """Reads items. `names_in` returns who is named in an item, and where."""

    def __init__(
        self, vocabulary: WordingVocabulary, names_in: NamesIn, finder: MakeFinder = ByAho
    ) -> None:
        self._phrases = FixedPhrases(vocabulary.phrases, finder)
        self._names = FixedPhrases(vocabulary.names, finder)
        self._between = vocabulary.between
        self._names_in = names_in

    def read(
        self, item: Item, *, is_hit: bool = True, is_official: bool = False
    ) -> tuple[WordingRead, Runs | None]:
        """Return what an item says, and its runs of words.

        Runs are not read (None) if no comparison asks for them: if no watchlist hits the item, and
        it may not count (see `may_count`).
        """
        language = language_of(item)
        # Of items without a hit, nine in ten hold no phrase, which is seen before they are cut.
        may_tell = is_hit or self._phrases.may_stand_in(text for _, text in fields_of(item))
        lines, title = self._lines(item) if may_tell else ([], None)
        steps = [
            step
            for line in lines
            if (rungs := line.found["rung"])
            for step in steps_of(line.sentence, rungs, language)
        ]
        tells = bool(steps) or any(line.found["formula"] for line in lines)
        is_short = tells or len(item.text) <= _LEAD
        told = item if is_short else replace(item, text=item.text[:_LEAD])
        governments = _Governments(self._names_in(told))
        forms = longest(title.found["form"]) if title else ()
        read = WordingRead(
            tuple(self._uses(lines, governments)),
            tuple(_among(step, governments) for step in steps),
            " ".join(governments.first()),
            forms[0].owner if forms else "",
        )
        if not (is_hit or may_count(read, is_official=is_official)):
            return read, None
        if not may_tell:
            lines, _ = self._lines(item)
        names = self._names.find_in([line.stems for line in lines])
        by_line = map(_runs, lines, names, repeat(language))
        return read, Runs.of(chain.from_iterable(by_line))

    def _lines(self, item: Item) -> tuple[list[_Line], _Line]:
        """Return the sentences, and the whole title as one."""
        sentences = list(sentences_of(item))
        is_first = bool(sentences) and sentences[0].text == item.title
        if not is_first:
            end = len(item.title)
            sentences.append(SaidSentence(field="title", start=0, end=end, text=item.title))
        stems = [Stems(sentence.text) for sentence in sentences]
        lines = list(map(_Line, sentences, stems, map(_by_kind, self._phrases.find_in(stems))))
        return (lines, lines[0]) if is_first else (lines[:-1], lines[-1])

    def _uses(self, lines: Sequence[_Line], governments: _Governments) -> list[FormulaUse]:
        """Return the use of each formula beside two governments, or else one, or else the first."""
        best: dict[str, tuple[int, FormulaUse]] = {}
        title = [line for line in lines if line.sentence.field == "title"]
        for line in lines:
            if not line.found["formula"]:
                continue
            here = _company((line,), governments)
            if here.worth < _TWO:
                here = max(here, _company(title, governments), key=lambda one: one.worth)
            for one in filter(line.is_whole, line.found["formula"]):
                use = _use(one, line.sentence, here)
                is_loose = use.formula in self._between and not here.is_of_states
                if not is_loose and (use.formula not in best or here.worth > best[use.formula][0]):
                    best[use.formula] = here.worth, use
        return [use for _, use in best.values()]


def _company(lines: Iterable[_Line], governments: _Governments) -> _Company:
    parties: dict[str, None] = {}
    said: set[str] = set()
    acts = False
    for sentence, _, found in lines:
        named = governments.within(sentence.field, sentence.start, sentence.end)
        parties |= dict.fromkeys(_parties(named))
        said |= {one.owner for one in found["between"]}
        acts |= _govern(named) or governments.act_within(
            sentence.field, sentence.start, sentence.end
        )
    if "both" in said and len(parties) < _TWO:
        parties[UNNAMED] = None
    return _Company(tuple(parties)[:_MOST], acts or "ties" in said)


def _by_kind(
    found: Iterable[FoundPhrase[tuple[_PhraseKind, Any]]],
) -> Mapping[_PhraseKind, list[FoundPhrase[Any]]]:
    kinds: dict[_PhraseKind, list[FoundPhrase[Any]]] = defaultdict(list)
    for start, end, (kind, owner) in found:
        kinds[kind].append(FoundPhrase(start, end, owner))
    return kinds


def _runs(
    line: _Line, names: Iterable[FoundPhrase[str]], language: str
) -> Iterator[tuple[int, Field, int, int]]:
    """Yield the values of `WordRun`: an item has thirty, which are only packed."""
    sentence, at = line.sentence, line.sentence.start
    covered = [*_ranges(line.found["formula"]), *_whole(_ranges(names))]
    for key, (start, end) in runs(line.stems, covered, language):
        yield crc32(key.encode()), sentence.field, at + start, at + end


def _ranges(found: Iterable[FoundPhrase[Any]]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found]


def _whole(names: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Leave out single characters without a name beside them: 中 in 中央アジア is no country."""
    edges = Counter(chain.from_iterable(names))
    return (one for one in names if one[1] - one[0] > 1 or max(map(edges.__getitem__, one)) > 1)


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
