"""Finds fixed phrases in a text, whatever their spelling and inflection, in one pass.

Phrases and texts are compared as stems (`text.stems`), so spaces between stems are word borders.
Han and Kana have no word borders. A Hangul phrase must begin a word and may be followed by a
particle or a verb's ending; from three syllables on, anything may stand before and after it. The
spaces of a Hangul phrase may be missing in a text, because writers differ (안보 협력, 안보협력).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, product
from typing import Generic, NamedTuple, TypeVar

from sigtrack.lexicon import shipped_lexicon
from sigtrack.lexicon.finder import ByAho
from sigtrack.text.scripts import FREE_HANGUL, classes_of, hangul_may_go_on
from sigtrack.text.stems import Stems, stems_of

_MOST_SPACES = 4  # spaces of a phrase of which each may be missing

Owner = TypeVar("Owner")


class FoundPhrase(NamedTuple, Generic[Owner]):
    """A phrase found in a text, with its half-open range in the text (not in the stems)."""

    start: int
    end: int
    owner: Owner


class FixedPhrases(Generic[Owner]):
    def __init__(self, phrases: Iterable[tuple[str, Owner]]) -> None:
        """Takes pairs of phrase and owner, the value that a find returns."""
        owners: dict[str, list[Owner]] = defaultdict(list)
        for phrase, owner in phrases:
            for needle in _needles(phrase):
                if owner not in owners[needle]:
                    owners[needle].append(owner)
        self._owners = tuple(map(tuple, owners.values()))
        self._verb_begins = frozenset(shipped_lexicon().language("ko").words("ending", "verb"))
        self._finder = ByAho(list(owners))

    def find(self, stems: Stems) -> list[FoundPhrase[Owner]]:
        """Return all finds, overlapping ones too, by start and then longest first."""
        return self.find_in((stems,))[0]

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
