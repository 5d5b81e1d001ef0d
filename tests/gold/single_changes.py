"""Single sentences before and after: does the comparison judge each class of change as we do?

A line of `changes.jsonl` is set between the opening sentence of its statement and nothing, so that
the tool knows who speaks. It is right when the tool tells one change, of these two sentences (or
of the one that came or went), with our direction and our weight.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gold.score import HERE, Part, part_of


class Told(Protocol):
    """What is asked of a change that the tool tells."""

    @property
    def kind(self) -> str: ...
    @property
    def before(self) -> str | None: ...
    @property
    def after(self) -> str | None: ...
    @property
    def direction(self) -> str | None: ...
    @property
    def weight(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChange:
    """`before` or `after` is None where the sentence came or went; `what` is the class."""

    id: str
    lang: str
    what: str
    opening: str
    before: str | None
    after: str | None
    direction: str | None
    weight: int

    @property
    def part(self) -> Part:
        return part_of(self.id)

    @property
    def texts(self) -> tuple[str, str]:
        return self._text(self.before), self._text(self.after)

    def _text(self, sentence: str | None) -> str:
        return f"{self.opening}\n{sentence}" if sentence else self.opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`told`: the one change that the tool made of it; None if it made several or none."""

    gold: SingleChange
    told: Told | None

    @property
    def has_direction(self) -> bool:
        return self.told is not None and self.told.direction == self.gold.direction

    @property
    def has_weight(self) -> bool:
        return self.told is not None and self.told.weight == self.gold.weight


def load_single(path: Path = HERE / "changes.jsonl") -> list[SingleChange]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [SingleChange(**json.loads(line)) for line in lines]


def ask(
    changes: Iterable[SingleChange], compare: Callable[[str, str], Iterable[Told]]
) -> list[Answer]:
    return [Answer(gold=one, told=_only(one, compare(*one.texts))) for one in changes]


def _only(gold: SingleChange, told: Iterable[Told]) -> Told | None:
    changes = [one for one in told if one.kind != "kept"]
    is_it = len(changes) == 1 and (changes[0].before, changes[0].after) == (gold.before, gold.after)
    return changes[0] if is_it else None


def rate(answers: Sequence[Answer]) -> dict[str, float]:
    """Shares of all lines; what was torn in two has neither direction nor weight."""
    return {
        "single-found": _share([one.told is not None for one in answers]),
        "single-direction": _share([one.has_direction for one in answers]),
        "single-weight": _share([one.has_weight for one in answers]),
        "single-both": _share([one.has_direction and one.has_weight for one in answers]),
    }


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 1.0


def mistakes(answers: Iterable[Answer]) -> Iterator[str]:
    for one in answers:
        if not (one.has_direction and one.has_weight):
            told = f"{one.told.direction} {one.told.weight}" if one.told else "not one change"
            gold = one.gold
            wanted = f"{gold.direction} {gold.weight}"
            yield f"~ {gold.id} {gold.what}: {told} for {wanted} | {gold.before} | {gold.after}"
