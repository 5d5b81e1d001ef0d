"""The catalogue of formulas and ladders, as written in `phrases.toml`.

The shipped file is trusted: `tests/test_phrases.py` checks its form. A user's file adds formulas,
and wordings to known formulas; `lexicon.schema` defines what it may hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sigtrack.lexicon import LANGUAGES, Entry, Lexicon, shipped_lexicon, words_of
from sigtrack.model import Formula, Formulary, Ladder

OWN = "own"  # the topic of a user's formula that names none


def load_formulary(lexicon: Lexicon | None = None) -> Formulary:
    """Return formulas and ladders in the order of the files; without a lexicon the shipped ones."""
    book = (lexicon or shipped_lexicon()).phrases
    by_id: dict[str, list[Entry]] = {}
    for entry in book.entries("phrase"):
        by_id.setdefault(entry.text("id"), []).append(entry)
    ladders = book.pages[0].values["ladder"]
    return Formulary(
        formulas=tuple(map(_formula, by_id.values())), ladders=tuple(map(_ladder, ladders))
    )


def _formula(entries: Sequence[Entry]) -> Formula:
    """Join entries with one id: the first describes the formula, and all give it words."""
    wordings = {
        language: tuple(dict.fromkeys(chain.from_iterable(e.words(language) for e in entries)))
        for language in LANGUAGES
    }
    raw = entries[0].values
    return Formula(
        id=raw["id"],
        topic=raw.get("topic", OWN),
        wordings={language: words for language, words in wordings.items() if words},
        who=tuple(raw.get("who", ())),
        present=raw.get("present", ""),
        absent=raw.get("absent", ""),
        change=raw.get("change", ""),
        opposes=tuple(raw.get("opposes", ())),
        ladder=raw.get("ladder"),
        rung=raw.get("rung"),
        between=raw.get("between", False),
    )


def _ladder(raw: Mapping[str, Any]) -> Ladder:
    return Ladder(
        id=raw["id"],
        title=raw["title"],
        rungs={
            language: tuple(
                words_of(rung.split("|"), is_chinese=language == "zh") for rung in raw[language]
            )
            for language in LANGUAGES
            if language in raw
        },
        country=raw.get("country"),
        is_object=raw.get("object", False),
    )
