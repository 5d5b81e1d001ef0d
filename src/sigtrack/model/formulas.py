"""Formulas, the fixed phrases of diplomacy, and the ladders on which their words stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Wordings = Mapping[str, tuple[str, ...]]  # by language: en, ko, ja, zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A fixed phrase. `present`, `absent` and `change` say what each of these is a sign of.

    `between`: its words are ordinary elsewhere ("new phase"), so they count only if two governments
    are named beside them, or if a government speaks of another one.
    """

    id: str
    topic: str
    wordings: Wordings  # most usual first
    who: tuple[str, ...] = ()
    present: str = ""
    absent: str = ""
    change: str = ""
    opposes: tuple[str, ...] = ()
    ladder: str | None = None
    rung: int | None = None  # counted from 1
    between: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Words of one meaning in order of strength, weakest first. An empty rung means silence.

    `country` (ISO 3166-1 alpha-2) is set if only one government speaks in these words. `is_object`:
    the rungs name the object itself, and are compared whatever else a sentence says.
    """

    id: str
    title: str
    rungs: Mapping[str, tuple[tuple[str, ...], ...]]  # by language, as many rungs in each
    country: str | None = None
    is_object: bool = False

    def words(self, rung: int) -> str:
        """Return the English name of a rung, counted from 1; "" for silence."""
        named = self.rungs["en"][rung - 1]
        return named[0] if named else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulary:
    formulas: tuple[Formula, ...]
    ladders: tuple[Ladder, ...]
