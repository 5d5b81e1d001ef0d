"""How well the shipped watchlists do on items that we labelled by hand.

An item is right in a watchlist if the watchlist hits it and its label says so. `score` is pure:
labels and predictions in, a table out; only `shipped` knows the matcher.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gold.measure import (
    ALL,
    HERE,
    LANGUAGES,
    Labelled,
    Measured,
    Negatives,
    Part,
    Row,
    Table,
    part_of,
    read_lines,
)
from sigtrack.model import Item

FIVE = ("joint-statements", "trade", "tech", "north-korea", "trilateral")
SEVEN = (*FIVE, "visits-venues", "language-of-thaw")


def part_by_batch(id: str) -> Part:
    """As `part_of`, but what the first batch (numbers below 1000) held out has been read."""
    part = part_of(id)
    return "read" if part == "held-out" and int(id.rpartition("-")[2]) < 1000 else part


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold(Labelled):
    labels: frozenset[str]
    negative_kind: str | None

    @property
    def part(self) -> Part:
        return part_by_batch(self.id)


def load(path: Path = HERE / "items.jsonl") -> list[Gold]:
    return [Gold(**(raw | {"labels": frozenset(raw["labels"])})) for raw in read_lines(path)]


def score(gold: Sequence[Gold], predictions: Mapping[str, frozenset[str]]) -> Table:
    """Count per watchlist and language; an id without a prediction has no labels.

    `micro-five` and `micro-seven` sum the counts of five and of all seven watchlists.
    Labels outside the seven are not looked at.
    """
    rows: list[Row] = []
    sums: list[Row] = []
    negatives = []
    for lang in (ALL, *LANGUAGES):
        chosen = [item for item in gold if lang in (ALL, item.lang)]
        single = [_row(label, lang, chosen, predictions) for label in SEVEN]
        rows += single
        sums += [_sum("micro-five", lang, single[: len(FIVE)]), _sum("micro-seven", lang, single)]
        hard = [item for item in chosen if item.negative_kind]
        hit = sum(bool(_predicted(item, predictions)) for item in hard)
        negatives.append(Negatives(lang=lang, hit=hit, total=len(hard)))
    rows += sums
    return Table(rows=tuple(rows), negatives=tuple(negatives), alone="hard-negatives-left-alone")


def _predicted(item: Gold, predictions: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return predictions.get(item.id, frozenset()) & frozenset(SEVEN)


def _row(
    label: str, lang: str, gold: Iterable[Gold], predictions: Mapping[str, frozenset[str]]
) -> Row:
    seen = [(label in item.labels, label in _predicted(item, predictions)) for item in gold]
    counts = {"tp": (True, True), "fp": (False, True), "fn": (True, False)}
    return Row(name=label, lang=lang, **{key: seen.count(pair) for key, pair in counts.items()})


def _sum(name: str, lang: str, rows: Sequence[Row]) -> Row:
    tp, fp, fn = (sum(getattr(row, key) for row in rows) for key in ("tp", "fp", "fn"))
    return Row(name=name, lang=lang, tp=tp, fp=fp, fn=fn)


def shipped() -> Callable[[Item], Iterable[str]]:
    """The matcher with the shipped watchlists; imported late, so that `score` needs none."""
    from sigtrack.app.rules import shipped_rules

    matcher = shipped_rules().matcher()
    return lambda item: {hit.watchlist for hit in matcher.hits(item)}


def predict(
    gold: Iterable[Gold], labels_of: Callable[[Item], Iterable[str]]
) -> dict[str, frozenset[str]]:
    return {item.id: frozenset(labels_of(item.item())) for item in gold}


def errors(gold: Iterable[Gold], predictions: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for item in gold:
        got = _predicted(item, predictions)
        signs = [f"+{x}" for x in sorted(got - item.labels)]
        signs += [f"-{x}" for x in sorted(item.labels - got)]
        if signs:
            kind = f" [{item.negative_kind}]" if item.negative_kind else ""
            yield f"{item.id} {' '.join(signs)}{kind} | {item.title} | {item.summary}"


def measured(labels_of: Callable[[Item], Iterable[str]]) -> Callable[[Part], Measured]:
    gold = load()

    def of(part: Part) -> Measured:
        chosen = [item for item in gold if item.part == part]
        predictions = predict(chosen, labels_of)
        table = score(chosen, predictions)
        lines = table.lines("watchlist", "hard negatives hit")
        return Measured(
            lines=("", f"{part}: {len(chosen)} items", *lines),
            figures=table.figures(),
            errors=errors(chosen, predictions),
        )

    return of
