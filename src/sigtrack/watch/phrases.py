"""The catalogue of formulas and ladders, as written in `phrases.toml`.

The file travels with the program and is trusted: `tests/test_phrases.py` holds it to its shape.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from sigtrack.model import Formula, Formulary, Ladder

LANGUAGES = ("en", "ko", "ja", "zh")


def load_formulary(text: str) -> Formulary:
    """Formulas and ladders in the order of the file."""
    raw = tomllib.loads(text)
    return Formulary(
        formulas=tuple(map(_formula, raw["phrase"])), ladders=tuple(map(_ladder, raw["ladder"]))
    )


def _formula(raw: Mapping[str, Any]) -> Formula:
    return Formula(
        id=raw["id"],
        topic=raw["topic"],
        wordings={language: tuple(raw[language]) for language in LANGUAGES if language in raw},
        who=tuple(raw["who"]),
        present=raw["present"],
        absent=raw.get("absent", ""),
        change=raw.get("change", ""),
        opposes=tuple(raw.get("opposes", ())),
        ladder=raw.get("ladder"),
        rung=raw.get("rung"),
    )


def _ladder(raw: Mapping[str, Any]) -> Ladder:
    return Ladder(
        id=raw["id"],
        title=raw["title"],
        rungs={
            language: tuple(_words(rung) for rung in raw[language])
            for language in LANGUAGES
            if language in raw
        },
        country=raw.get("country"),
        is_object=raw.get("object", False),
    )


def _words(rung: str) -> tuple[str, ...]:
    return tuple(word for word in rung.split(" | ") if word)
