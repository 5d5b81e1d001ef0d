"""Phrases that are no news of wording: runs of only offices, topics and words of time.

"전 대통령" rises when a former president does, "다음 달" when a calendar is full, the name of a
strait when there is a war. They belong into a longer phrase; alone they tell who, when and about
what, but not how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sigtrack.analyze.fixed_phrases import FixedPhrases
from sigtrack.analyze.wording.grams import joining
from sigtrack.lexicon import LANGUAGES, any_of, shipped_lexicon
from sigtrack.text.scripts import HANGUL_PARTICLES, HIRAGANA, classes_of
from sigtrack.text.stems import Stems

_FEWEST = 2  # words of a phrase


class Labels:
    """Offices of all states, with or without the state, words of time, and the given topics."""

    def __init__(
        self, offices: Iterable[str], names: Iterable[str], topics: Iterable[str] = ()
    ) -> None:
        lexicon = shipped_lexicon()
        self._joints = joining()
        self._names = FixedPhrases((name, "") for name in names)
        bare = (self._without_names(office) for office in offices)
        weekdays = (lexicon.language(code).section("weekdays") for code in LANGUAGES)
        days = [max(words, key=len) for week in weekdays for words in week.values()]
        words = (
            *bare,
            *days,
            *topics,
            *lexicon.words("label", "times"),
            *lexicon.words("label", "offices"),
        )
        self._joint = re.compile(f"[{HIRAGANA}]+|{any_of(lexicon.words('joint', 'label'))}")
        self._labels = FixedPhrases((word, "") for word in words if word)

    def are_all_of(self, phrase: str) -> bool:
        """Whether a phrase is nothing but labels.

        It is if less than two words, or three characters, are left without labels and joining
        words. A strike's footage is no more language than a strike.
        """
        left = self._joint.sub(" ", _without(phrase, self._labels))
        words = (
            word
            for word in left.split()
            if word.lower() not in self._joints and word not in HANGUL_PARTICLES
        )
        return sum(2 if _is_long(word) else 1 for word in words) < _FEWEST

    def _without_names(self, office: str) -> str:
        """Return the post without its state: president of South Korea, 韓国大統領."""
        words = _without(office, self._names).split()
        while words and words[-1].lower() in self._joints:
            words.pop()
        while words and words[0].lower() in self._joints:
            words.pop(0)
        return " ".join(words)


def _is_long(word: str) -> bool:
    """Whether a word is long in a script without spaces."""
    return classes_of(word[0]) in "ck" and len(word) > _FEWEST


def _without(text: str, phrases: FixedPhrases[str]) -> str:
    left = list(text)
    for one in phrases.find(Stems(text)):
        left[one.start : one.end] = " " * (one.end - one.start)
    return "".join(left)
