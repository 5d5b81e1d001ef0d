"""How well two statements are compared, on pairs whose changes we listed by hand.

A change is found when the tool names the same sentences: on each side nothing where the gold has
nothing, and else the sentence of the gold or nearly so (`_SAME`: a tool may cut a clause off or
leave one on). Recall is asked at weight 3 and at 2 and up, by the weights of the gold; precision
of everything that the tool calls a change. Kinds, directions and weights are shares of what was
found. A pair is held out by its name.

A single sentence of `changes.jsonl` is set between the opening sentence of its statement and
nothing, so that the tool knows who speaks. It is right when the tool tells one change, of these two
sentences (or of the one that came or went), with our direction and our weight.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from gold.measure import ALL, HERE, Measured, Part, part_of, read_lines, share
from sigtrack.text.fold import fold_text

HELD_OUT = frozenset(("en-alliance-leaders", "ja-three-ministers"))
_SAME = 0.8  # of the letters of two sentences, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One change, of the gold or of the tool: fields as in the machine format `compare`."""

    kind: str
    before: str | None
    after: str | None
    direction: str | None
    weight: int
    topic: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts without their first line, and what changed."""

    name: str
    old: str
    new: str
    changes: tuple[Shift, ...]

    @property
    def part(self) -> Part:
        return "held-out" if self.name in HELD_OUT else "work"

    @property
    def lang(self) -> str:
        lang = self.name.partition("-")[0]
        return lang if lang in ("ko", "ja", "zh") else "en"


Compare = Callable[[str, str], Iterable[Shift]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pair with what the tool said of it; `found` are (gold, tool) that name one change."""

    pair: Pair
    found: tuple[tuple[Shift, Shift], ...]
    missed: tuple[Shift, ...]
    invented: tuple[Shift, ...]


def load(folder: Path = HERE / "pairs") -> list[Pair]:
    return [_pair(path.parent) for path in sorted(folder.glob("*/changes.json"))]


def _pair(folder: Path) -> Pair:
    raw = json.loads((folder / "changes.json").read_text(encoding="utf-8"))
    return Pair(
        name=folder.name,
        old=_body(folder / "old.txt"),
        new=_body(folder / "new.txt"),
        changes=tuple(Shift(**one) for one in raw),
    )


def _body(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n\n")[2]


def judge(pair: Pair, told: Iterable[Shift]) -> Judged:
    """Each change is found at most once; sentences that were kept are no change."""
    left = [one for one in told if one.kind != "kept"]
    found, missed = [], []
    for gold in pair.changes:
        same = next((one for one in left if _names_the_same(gold, one)), None)
        if same is None:
            missed.append(gold)
        else:
            left.remove(same)
            found.append((gold, same))
    return Judged(pair=pair, found=tuple(found), missed=tuple(missed), invented=tuple(left))


def _names_the_same(gold: Shift, told: Shift) -> bool:
    return _alike(gold.before, told.before) and _alike(gold.after, told.after)


def _alike(gold: str | None, told: str | None) -> bool:
    if not gold or not told:
        return not gold and not told
    gold, told = (" ".join(fold_text(one).lower().split()) for one in (gold, told))
    return gold == told or SequenceMatcher(None, gold, told, autojunk=False).ratio() >= _SAME


def score(judged: Sequence[Judged]) -> dict[str, float]:
    """The figures over all changes of these pairs; 1.0 where there was nothing to get wrong."""
    gold = [one for each in judged for one in each.pair.changes]
    found = [both for each in judged for both in each.found]
    told = len(found) + sum(len(each.invented) for each in judged)
    figures = {"precision": share(len(found), told)}
    for name, least in (("recall-weight-3", 3), ("recall-weight-2-up", 2), ("recall", 1)):
        heavy = sum(one.weight >= least for one in gold)
        figures[name] = share(sum(one.weight >= least for one, _ in found), heavy)
    for name in ("kind", "direction", "weight", "topic"):
        same = sum(_value(one, name) == _value(other, name) for one, other in found)
        figures[f"same-{name}"] = share(same, len(found))
    return figures


def _value(shift: Shift, name: str) -> object:
    """The gold knows no finer kinds of rewording."""
    value = getattr(shift, name)
    is_finer = name == "kind" and value in (
        "named",
        "unnamed",
        "replaced",
        "added-beside",
        "dropped-beside",
    )
    return "reworded" if is_finer else value


def shipped() -> Compare:
    """The comparison as it ships; imported late, so that `score` needs none."""
    from sigtrack.analyze import compare
    from sigtrack.watch.catalogues import load_formulary

    formulary = load_formulary()
    return lambda old, new: map(_shift, compare.compare(old, new, formulary).changes)


def _shift(change: Any) -> Shift:
    return Shift(**{name: getattr(change, name) for name in Shift.__dataclass_fields__})


def errors(judged: Judged) -> Iterator[str]:
    for sign, changes in (("-", judged.missed), ("+", judged.invented)):
        for one in changes:
            yield f"{sign} {judged.pair.name} {one.kind} {one.weight} | {one.before} | {one.after}"
    for gold, told in judged.found:
        wrong = [
            f"{name} {getattr(told, name)} for {getattr(gold, name)}"
            for name in ("kind", "direction", "weight", "topic")
            if _value(gold, name) != _value(told, name)
        ]
        if wrong:
            yield f"~ {judged.pair.name} {', '.join(wrong)} | {gold.before} | {gold.after}"


# Single sentences


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
    told: Shift | None

    @property
    def has_direction(self) -> bool:
        return self.told is not None and self.told.direction == self.gold.direction

    @property
    def has_weight(self) -> bool:
        return self.told is not None and self.told.weight == self.gold.weight


def load_single(path: Path = HERE / "changes.jsonl") -> list[SingleChange]:
    return [SingleChange(**raw) for raw in read_lines(path)]


def ask(changes: Iterable[SingleChange], compare: Compare) -> list[Answer]:
    return [Answer(gold=one, told=_only(one, compare(*one.texts))) for one in changes]


def _only(gold: SingleChange, told: Iterable[Shift]) -> Shift | None:
    changes = [one for one in told if one.kind != "kept"]
    is_it = len(changes) == 1 and (changes[0].before, changes[0].after) == (gold.before, gold.after)
    return changes[0] if is_it else None


def rate(answers: Sequence[Answer]) -> dict[str, float]:
    """Shares of all lines; what was torn in two has neither direction nor weight."""
    right = {
        "found": [one.told is not None for one in answers],
        "direction": [one.has_direction for one in answers],
        "weight": [one.has_weight for one in answers],
        "both": [one.has_direction and one.has_weight for one in answers],
    }
    return {f"single-{name}": share(sum(those), len(those)) for name, those in right.items()}


def mistakes(answers: Iterable[Answer]) -> Iterator[str]:
    for one in answers:
        if not (one.has_direction and one.has_weight):
            told = f"{one.told.direction} {one.told.weight}" if one.told else "not one change"
            gold = one.gold
            wanted = f"{gold.direction} {gold.weight}"
            yield f"~ {gold.id} {gold.what}: {told} for {wanted} | {gold.before} | {gold.after}"


def measured(compare: Compare) -> Callable[[Part], Measured]:
    pairs, single = load(), load_single()

    def of(part: Part) -> Measured:
        judged = [judge(p, compare(p.old, p.new)) for p in pairs if p.part == part]
        answers = ask((one for one in single if one.part == part), compare)
        figures, rates = score(judged), rate(answers)
        return Measured(
            lines=(
                *(line for one in judged for line in _told(part, one)),
                *_shares(f"{part}: {len(judged)} pairs", figures),
                *_shares(f"{part}: {len(answers)} single sentences", rates),
            ),
            figures={f"{name}.{ALL}": value for name, value in (figures | rates).items()},
            errors=(*(line for one in judged for line in errors(one)), *mistakes(answers)),
        )

    return of


def _told(part: Part, judged: Judged) -> Iterator[str]:
    return _shares(f"{part}, {judged.pair.name}: 1 pair", score([judged]))


def _shares(name: str, figures: Mapping[str, float]) -> Iterator[str]:
    yield from ("", name)
    for figure, value in figures.items():
        yield f"  {figure:20}{value:7.3f}"
