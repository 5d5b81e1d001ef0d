"""What all measures on the gold sets share: labelled items, parts, counts and floors.

Parts are never mixed in one figure: *work* may be looked at, *held-out* is not, and *read* was held
out until its errors had been looked at. A floor is a figure rounded down to three places; floors
rise when asked and fall only with a reason, which is kept beside them.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sigtrack.model import Item
from sigtrack.text import clean

HERE = Path(__file__).parent
LANGUAGES = ("en", "ko", "ja", "zh")
ALL = "all"

Part = Literal["work", "read", "held-out"]
PARTS: tuple[Part, ...] = ("work", "held-out")
PARTS_OF_BATCHES: tuple[Part, ...] = ("work", "read", "held-out")
Floors = dict[str, float]  # "work.trade.en" -> F1, or the share of hard negatives left alone


def part_of(id: str) -> Part:
    number = int(hashlib.sha256(id.encode()).hexdigest(), 16)
    return "held-out" if number % 3 == 0 else "work"


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One item as the labellers see it; the strings are raw, as a feed would send them."""

    id: str
    lang: str
    published: str
    source: str
    title: str
    summary: str

    def item(self) -> Item:
        """As it would come out of a feed: cleaned once."""
        return Item(
            feed=self.source,
            uid=self.id,
            title=clean(self.title),
            summary=clean(self.summary),
            language=self.lang,
            published=datetime.fromisoformat(self.published),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one part came to: `lines` to print, `figures` by the names of floors without the part
    ("trade.en"), and a line for each mistake."""

    lines: Iterable[str]
    figures: Mapping[str, float]
    errors: Iterable[str]


# Counts


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Counts of one name (a watchlist, a judge of visits) in one language (or all)."""

    name: str
    lang: str
    tp: int
    fp: int
    fn: int

    @property
    def precision(self) -> float:
        return share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        return share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        return share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Negatives:
    """Items of one language that nothing should be told of, and of how many something was."""

    lang: str
    hit: int
    total: int

    @property
    def left_alone(self) -> float:
        return share(self.total - self.hit, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`alone` names the figure of negatives left alone."""

    rows: tuple[Row, ...]
    negatives: tuple[Negatives, ...]
    alone: str

    def figures(self) -> dict[str, float]:
        """What floors are about: "trade.en" -> F1."""
        found = {f"{row.name}.{row.lang}": row.f1 for row in self.rows}
        return found | {f"{self.alone}.{n.lang}": n.left_alone for n in self.negatives}

    def lines(self, column: str, negatives: str) -> Iterator[str]:
        yield f"{column:18}{'lang':5}{'P':>7}{'R':>7}{'F1':>7}{'tp':>6}{'fp':>5}{'fn':>5}"
        for r in self.rows:
            yield (
                f"{r.name:18}{r.lang:5}{r.precision:7.3f}{r.recall:7.3f}{r.f1:7.3f}"
                f"{r.tp:6}{r.fp:5}{r.fn:5}"
            )
        for n in self.negatives:
            yield f"{negatives}, {n.lang}: {n.hit} of {n.total} ({1 - n.left_alone:.1%})"


# Floors


def load_floors(path: Path) -> tuple[Floors, list[dict[str, Any]]]:
    """Floors by dotted name, and the record of those that were lowered."""
    raw = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    lowered = raw.pop("lowered", [])
    floors = {
        f"{part}.{name}.{lang}": float(value)
        for part, names in raw.items()
        for name, values in names.items()
        for lang, value in values.items()
    }
    return floors, lowered


def below(floors: Floors, figures: Mapping[str, float]) -> list[str]:
    """Names of floors that a figure falls short of; what was not measured is not judged."""
    return [name for name, floor in floors.items() if name in figures and figures[name] < floor]


def raised(floors: Floors, figures: Mapping[str, float]) -> Floors:
    return floors | {n: max(down(f), floors.get(n, 0.0)) for n, f in figures.items()}


def lowered(floors: Floors, figures: Mapping[str, float]) -> Floors:
    return floors | {name: down(figures[name]) for name in below(floors, figures)}


def down(figure: float) -> float:
    return math.floor(figure * 1000 + 1e-9) / 1000


def write_floors(path: Path, floors: Floors, record: Sequence[Mapping[str, Any]]) -> None:
    """By part; within a part and a name in the order of `floors`, so that what stood there stays."""
    tables: dict[str, list[str]] = {}
    for name in sorted(floors, key=lambda name: PARTS_OF_BATCHES.index(name.partition(".")[0])):
        head, _, lang = name.rpartition(".")
        tables.setdefault(head, []).append(f"{lang} = {floors[name]:.3f}")
    blocks = ["# Written by score.py: figures that may not fall."]
    blocks += ["\n".join((f"[{head}]", *lines)) for head, lines in tables.items()]
    for entry in record:
        blocks.append("\n".join(("[[lowered]]", *(f"{k} = {_toml(v)}" for k, v in entry.items()))))
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _toml(value: str | list[str]) -> str:
    # A JSON string or list of strings without controls is a TOML one, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
