"""How well two statements are compared, on pairs whose changes we listed by hand.

    python tests/gold/score_compare.py                     the work part: table, floors
    python tests/gold/score_compare.py --part all          the held-out part as well
    python tests/gold/score_compare.py --errors work       and every change missed or invented
    python tests/gold/score_compare.py --raise             write better figures into the floors
    python tests/gold/score_compare.py --lower "reason"    accept worse ones, with the reason

A change is found when the tool names the same sentences: on each side nothing where the gold has
nothing, and else the sentence of the gold or nearly so (`_SAME`: a tool may cut a clause off or
leave one on). Recall is asked at weight 3 and at 2 and up, by the weights of the gold; precision
of everything that the tool calls a change. Kinds, directions and weights are shares of what was
found. Single sentences of `changes.jsonl` are asked as well (`single_changes`). The same parts, floors and commands as `score`, only that a pair is held out by its name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from sigtrack.text.fold import fold_text

if not __package__:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from gold.score import ALL, HERE, PARTS, Part, arguments, settle
from gold.single_changes import ask, load_single, mistakes, rate

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
    figures = {"precision": _share(len(found), told)}
    for name, least in (("recall-weight-3", 3), ("recall-weight-2-up", 2), ("recall", 1)):
        heavy = sum(one.weight >= least for one in gold)
        figures[name] = _share(sum(one.weight >= least for one, _ in found), heavy)
    for name in ("kind", "direction", "weight", "topic"):
        same = sum(_value(one, name) == _value(other, name) for one, other in found)
        figures[f"same-{name}"] = _share(same, len(found))
    return figures


def _value(shift: Shift, name: str) -> object:
    """The gold knows no finer kinds of rewording."""
    value = getattr(shift, name)
    return "reworded" if name == "kind" and value in ("named", "unnamed") else value


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def shipped() -> Compare:
    """The comparison as it ships; imported late, so that `score` needs none."""
    from sigtrack.analyze import compare
    from sigtrack.watch.catalogues import load_formulary

    formulary = load_formulary()
    return lambda old, new: map(_shift, compare.compare(old, new, formulary).changes)


def _shift(change: Any) -> Shift:
    return Shift(**{name: getattr(change, name) for name in Shift.__dataclass_fields__})


def show(name: str, figures: Mapping[str, float]) -> None:
    print(f"\n{name}")
    for figure, value in figures.items():
        print(f"  {figure:20}{value:7.3f}")


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


def main(argv: Sequence[str], comparer: Callable[[], Compare] = shipped) -> int:
    about = "Score the comparison of statements on the gold pairs."
    options = arguments(argv, about, HERE / "floors_compare.toml")
    compare = comparer()
    figures: dict[str, float] = {}
    for part in PARTS:
        if options.part not in (part, "all") and options.errors != part:
            continue
        judged = [judge(p, compare(p.old, p.new)) for p in load() if p.part == part]
        answers = ask((one for one in load_single() if one.part == part), compare)
        if options.part in (part, "all"):
            for each in judged:
                show(f"{part}, {each.pair.name}: 1 pair", score([each]))
            show(f"{part}: {len(judged)} pairs", score(judged))
            show(f"{part}: {len(answers)} single sentences", rate(answers))
            figures |= named(part, score(judged) | rate(answers))
        if options.errors == part:
            print("\n".join(line for one in judged for line in errors(one)))
            print("\n".join(mistakes(answers)))
    return settle(options, figures, options.floors)


def named(part: Part, figures: Mapping[str, float]) -> dict[str, float]:
    """As floors name them."""
    return {f"{part}.{name}.{ALL}": value for name, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
