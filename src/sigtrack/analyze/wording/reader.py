"""Reads what one item says: formulas, steps on ladders, and the runs of words of every sentence.

What is read depends on the item alone, not on who asks: which sentences are near a hit, and which
ladder is for whose publishers, is asked when items are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zlib import crc32

from sigtrack.analyze.fixed_phrases import FixedPhrases
from sigtrack.analyze.wording.corpus import Sentence, fields_of, language_of, sentences_of
from sigtrack.analyze.wording.grams import runs
from sigtrack.analyze.wording.ladders import LadderReader
from sigtrack.model import Formulary, FormulaUse, Item, Run, RungUse, Runs, WordingRead
from sigtrack.text.stems import Stems


class WordingReader:
    """`names` (people, countries) and formulas are never part of a run."""

    def __init__(self, formulary: Formulary, names: Iterable[str]) -> None:
        wordings = (
            (word, (formula.id, word))
            for formula in formulary.formulas
            for words in formula.wordings.values()
            for word in words
        )
        self._formulas = FixedPhrases(wordings)
        self._names = FixedPhrases((name, "") for name in names)
        self._ladders = LadderReader(formulary.ladders)

    def read(self, item: Item) -> tuple[WordingRead, Runs]:
        language = language_of(item)
        steps: list[RungUse] = []
        found: list[Run] = []
        for sentence in sentences_of(item):
            stems = Stems(sentence.text)
            steps += self._ladders.steps(sentence, stems, language)
            found += self._runs(sentence, stems, language)
        return WordingRead(tuple(self._uses(item)), tuple(steps)), Runs.of(found)

    def _uses(self, item: Item) -> Iterator[FormulaUse]:
        """The first use of each formula."""
        seen: set[str] = set()
        for field, text in fields_of(item):
            for one in self._formulas.find(Stems(text)):
                formula, wording = one.owner
                if formula not in seen:
                    seen.add(formula)
                    yield FormulaUse(formula, wording, field, one.start, one.end)

    def _runs(self, sentence: Sentence, stems: Stems, language: str) -> Iterator[Run]:
        covered = [
            (one.start, one.end)
            for phrases in (self._formulas, self._names)
            for one in phrases.find(stems)
        ]
        at = sentence.start
        for key, (start, end) in runs(sentence.text, covered, language):
            yield Run(crc32(key.encode()), sentence.field, at + start, at + end)
