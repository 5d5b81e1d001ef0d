"""How well real statements are compared, on changes that two readers listed independently.

The texts are not ours, so `statements.jsonl` keeps where each sentence stands: [first, last) letter
of the body with its white space collapsed. A change of the tool names one of a list if each side
that the list quotes overlaps the same side of the tool. A change is *agreed* if both lists have it
and the two overlap in the same way. The pairs of the part *read* have one list only, and all of it
counts: it was written from the texts before the pair was compared, and its mistakes are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gold.measure import HERE, Measured, Part, share

# The pairs that rules are never developed on, by the days of their texts.
HELD_OUT = frozenset(
    (
        *(("2023-01-13", "2024-04-10"), ("2023-04-26", "2025-11-13"), ("2023-08-18", "2024-08-17")),
        *(("2023-12-16", "2024-07-11"), ("2025-05-12", "2025-08-11")),
    )
)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    kind: str
    before: Span | None
    after: Span | None
    direction: str
    weight: int
    important: bool = False
    about: str = ""


@dataclass(slots=True, kw_only=True)
class Pair:
    old: str
    new: str
    lists: dict[str, list[Change]] = field(default_factory=dict)

    @property
    def part(self) -> Part:
        if len(self.lists) < 2:
            return "read"
        return "held-out" if self.days in HELD_OUT else "work"

    @property
    def days(self) -> tuple[str, str]:
        return self.old[:10], self.new[:10]

    def agreed(self) -> Iterator[tuple[Change, Change]]:
        """Each change of the first list with its twin of the second, or itself if there is none."""
        first, *others = self.lists.values()
        if not others:
            yield from zip(first, first, strict=True)
            return
        left = list(others[0])
        for one in first:
            twin = next((two for two in left if same(one, two) and same(two, one)), None)
            if twin is not None:
                left.remove(twin)
                yield one, twin


def overlap(one: Span | None, two: Span | None) -> bool:
    """By at least half of the shorter."""
    if one is None or two is None:
        return False
    shared = min(one[1], two[1]) - max(one[0], two[0])
    return 2 * shared >= min(one[1] - one[0], two[1] - two[0])


def same(gold: Change, told: Change) -> bool:
    """Whether what is told names the change: on each side that the gold quotes."""
    sides = ((gold.before, told.before), (gold.after, told.after))
    return all(overlap(*both) for both in sides if both[0] is not None)


def body_of(path: Path) -> str:
    return " ".join(path.read_text("utf-8").partition("\n---\n")[2].split())


def load(path: Path = HERE / "statements.jsonl") -> list[Pair]:
    pairs: dict[tuple[str, str], Pair] = {}
    for line in path.read_text("utf-8").splitlines():
        raw: dict[str, Any] = json.loads(line)
        old, new = raw.pop("old"), raw.pop("new")
        pair = pairs.setdefault((old, new), Pair(old=old, new=new))
        for side in ("before", "after"):
            raw[side] = tuple(raw[side]) if raw[side] else None
        pair.lists.setdefault(raw.pop("list"), []).append(Change(**raw))
    return list(pairs.values())


def told_of(pair: Pair, folder: Path) -> list[Change]:
    """What the tool says, in its order, without what was kept."""
    from sigtrack.analyze import compare
    from sigtrack.watch.catalogues import load_formulary

    texts = [
        (folder / f"{name}.txt").read_text("utf-8").partition("\n---\n")[2]
        for name in (pair.old, pair.new)
    ]
    bodies = [" ".join(text.split()) for text in texts]
    changes = compare.compare(*texts, load_formulary()).changes
    return [
        Change(
            kind=one.kind,
            before=_place(bodies[0], one.before),
            after=_place(bodies[1], one.after),
            direction=one.direction or "neutral",
            weight=one.weight,
            about=f"{one.before} | {one.after}",
        )
        for one in changes
        if one.kind not in ("kept", "moved")
    ]


def _place(body: str, quoted: str | None) -> Span | None:
    if quoted is None:
        return None
    first = body.find(" ".join(quoted.split()))
    return (first, first + len(" ".join(quoted.split()))) if first >= 0 else (-1, -1)


@dataclass(slots=True)
class Share:
    right: int = 0
    asked: int = 0

    def add(self, right: bool) -> None:
        self.right += right
        self.asked += 1

    def __str__(self) -> str:
        return f"{share(self.right, self.asked):.2f} ({self.right}/{self.asked})"


class Scores:
    """Shares by figure, with a line for each mistake."""

    def __init__(self) -> None:
        self.figures: dict[str, Share] = {}
        self.errors: list[str] = []

    def ask(self, figure: str, right: bool, mistake: str) -> None:
        self.figures.setdefault(figure, Share()).add(right)
        if not right:
            self.errors.append(f"{figure}: {mistake}")


def score(pairs: Iterable[Pair], folder: Path) -> Scores:
    scores = Scores()
    for pair in pairs:
        told, agreed = told_of(pair, folder), list(pair.agreed())
        for one, two in agreed:
            _ask_listed(scores, one, two, told, _quotes(pair, one, folder))
        for row in told[:10]:
            on_both = all(any(same(g, row) for g in listed) for listed in pair.lists.values())
            scores.ask("first ten on both", on_both, f"{pair.new[:10]} {row.kind} | {row.about}")
        spoken_of = [both for both in agreed if all(map(_is_in_both, both))]
        for row in told:
            if row.kind in ("added", "dropped"):
                side = "after" if row.kind == "added" else "before"
                twin = next(
                    (g for g, _ in spoken_of if overlap(getattr(g, side), getattr(row, side))), None
                )
                about = f"{row.kind} | {twin.about if twin else ''} | {row.about}"
                scores.ask("added or dropped rightly", twin is None, about)
    return scores


def _is_in_both(change: Change) -> bool:
    return change.before is not None and change.after is not None


def _ask_listed(
    scores: Scores, one: Change, two: Change, told: Sequence[Change], quotes: str
) -> None:
    found = next((t for t in told if same(one, t) or same(two, t)), None)
    about = f"{one.about} | {quotes}"
    if one.important and two.important:
        scores.ask("recall of important", found is not None, about)
    if found is None:
        return
    if one.direction == two.direction:
        right = found.direction == one.direction
        scores.ask("direction", right, f"{found.direction} for {one.direction} | {about}")
    if one.weight == two.weight:
        wrong = f"{found.weight} for {one.weight} | {about}"
        scores.ask("exact weight", found.weight == one.weight, wrong)
        scores.ask("never 1 for 3", {found.weight, one.weight} != {1, 3}, wrong)


def _quotes(pair: Pair, change: Change, folder: Path) -> str:
    sides = ((pair.old, change.before), (pair.new, change.after))
    return " -> ".join(body_of(folder / f"{n}.txt")[slice(*s)] if s else "-" for n, s in sides)


def measured(folder: Path) -> Callable[[Part], Measured]:
    """`folder` holds the texts. Mistakes quote them, so those of the held-out are not listed."""

    def of(part: Part) -> Measured:
        mine = [pair for pair in load() if pair.part == part]
        agreed = sum(len(list(pair.agreed())) for pair in mine)
        scores = score(mine, folder)
        shares = (f"  {name:26}{share}" for name, share in scores.figures.items())
        return Measured(
            lines=(f"{part}: {len(mine)} pairs, {agreed} changes on both lists", *shares),
            figures={},
            errors=scores.errors if part != "held-out" else (),
        )

    return of
