"""How well the shipped watchlists do on items that we labelled by hand.

    python tests/gold/score.py                     the work part: table, hard negatives, floors
    python tests/gold/score.py --part all          every part, the held-out too (at the end of a job)
    python tests/gold/score.py --errors work       and every wrong item with its id
    python tests/gold/score.py --raise             write better figures into floors.toml
    python tests/gold/score.py --lower "reason"    accept worse ones, with the reason kept

Parts, told apart by the hash of an item's id, are never mixed in one figure; *read* is what was
held out until its errors had been looked at, when a second batch came. `score` is pure:
labels and predictions in, a table out; only `shipped` knows the matcher. A floor is the figure
rounded down to three places; floors rise with `--raise` and fall only with a reason.
Leaves with 1 if a figure is below its floor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from sigtrack.model import Item
from sigtrack.text import clean

HERE = Path(__file__).parent
FIVE = ("joint-statements", "trade", "tech", "north-korea", "trilateral")
SEVEN = (*FIVE, "visits-venues", "language-of-thaw")
LANGUAGES = ("en", "ko", "ja", "zh")
ALL = "all"
LEFT_ALONE = "hard-negatives-left-alone"

Part = Literal["work", "read", "held-out"]
PARTS: tuple[Part, ...] = ("work", "held-out")
PARTS_OF_BATCHES: tuple[Part, ...] = ("work", "read", "held-out")
Floors = dict[str, float]  # "work.trade.en" -> F1, or the share of hard negatives left alone


def part_of(id: str) -> Part:
    number = int(hashlib.sha256(id.encode()).hexdigest(), 16)
    return "held-out" if number % 3 == 0 else "work"


def part_by_batch(id: str) -> Part:
    """As `part_of`, but what the first batch (numbers below 1000) held out has been read."""
    part = part_of(id)
    return "read" if part == "held-out" and int(id.rpartition("-")[2]) < 1000 else part


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """One item as the labellers see it; the strings are raw, as a feed would send them."""

    id: str
    lang: str
    published: str
    source: str
    title: str
    summary: str
    labels: frozenset[str]
    negative_kind: str | None

    @property
    def part(self) -> Part:
        return part_by_batch(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Counts of one watchlist (or a sum of several) in one language (or all)."""

    name: str
    lang: str
    tp: int
    fp: int
    fn: int

    @property
    def precision(self) -> float:
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Negatives:
    """Hard negatives of one language and how many of them drew any label."""

    lang: str
    hit: int
    total: int

    @property
    def left_alone(self) -> float:
        return _share(self.total - self.hit, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    rows: tuple[Row, ...]
    negatives: tuple[Negatives, ...]

    def figures(self) -> dict[str, float]:
        """What floors are about: "trade.en" -> F1."""
        found = {f"{row.name}.{row.lang}": row.f1 for row in self.rows}
        return found | {f"{LEFT_ALONE}.{n.lang}": n.left_alone for n in self.negatives}


def load(path: Path = HERE / "items.jsonl") -> list[Gold]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Gold(**(raw | {"labels": frozenset(raw["labels"])})) for raw in map(json.loads, lines)]


def score(gold: Sequence[Gold], predictions: Mapping[str, frozenset[str]]) -> Table:
    """Count per watchlist and language; an id without a prediction has no labels.

    `micro-five` and `micro-seven` sum the counts of five and of all seven watchlists.
    Labels outside the seven are not looked at.
    """
    rows: list[Row] = []
    negatives = []
    for lang in (ALL, *LANGUAGES):
        chosen = [item for item in gold if lang in (ALL, item.lang)]
        single = [_row(label, lang, chosen, predictions) for label in SEVEN]
        rows += [*single, _sum("micro-five", lang, single[: len(FIVE)])]
        rows.append(_sum("micro-seven", lang, single))
        hard = [item for item in chosen if item.negative_kind]
        hit = sum(bool(_predicted(item, predictions)) for item in hard)
        negatives.append(Negatives(lang=lang, hit=hit, total=len(hard)))
    return Table(rows=tuple(rows), negatives=tuple(negatives))


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


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def shipped() -> Callable[[Item], Iterable[str]]:
    """The matcher with the shipped watchlists; imported late, so that `score` needs none."""
    from sigtrack.app.rules import shipped_rules

    matcher = shipped_rules().matcher()
    return lambda item: {hit.watchlist for hit in matcher.hits(item)}


def item_of(gold: Gold) -> Item:
    """The item as it would come out of a feed: cleaned once."""
    return Item(
        feed=gold.source,
        uid=gold.id,
        title=clean(gold.title),
        summary=clean(gold.summary),
        language=gold.lang,
        published=datetime.fromisoformat(gold.published),
    )


def predict(
    gold: Iterable[Gold], labels_of: Callable[[Item], Iterable[str]]
) -> dict[str, frozenset[str]]:
    return {item.id: frozenset(labels_of(item_of(item))) for item in gold}


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
    return floors | {n: max(_down(f), floors.get(n, 0.0)) for n, f in figures.items()}


def lowered(floors: Floors, figures: Mapping[str, float]) -> Floors:
    return floors | {name: _down(figures[name]) for name in below(floors, figures)}


def _down(figure: float) -> float:
    return math.floor(figure * 1000 + 1e-9) / 1000


def write_floors(path: Path, floors: Floors, record: Sequence[Mapping[str, Any]]) -> None:
    tables: dict[str, list[str]] = {}
    for name, floor in sorted(floors.items(), key=lambda pair: _order(pair[0])):
        part, watchlist, lang = name.split(".")
        tables.setdefault(f"{part}.{watchlist}", []).append(f"{lang} = {floor:.3f}")
    blocks = [f"# Written by {Path(sys.argv[0]).name}: figures that may not fall."]
    blocks += ["\n".join((f"[{head}]", *lines)) for head, lines in tables.items()]
    for entry in record:
        blocks.append("\n".join(("[[lowered]]", *(f"{k} = {_toml(v)}" for k, v in entry.items()))))
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _order(name: str) -> tuple[int, int, str, int]:
    part, watchlist, lang = name.split(".")
    names = (*SEVEN, "micro-five", "micro-seven", LEFT_ALONE)
    place = names.index(watchlist) if watchlist in names else len(names)
    return PARTS_OF_BATCHES.index(part), place, watchlist, (ALL, *LANGUAGES).index(lang)


def _toml(value: str | list[str]) -> str:
    # A JSON string or list of strings without controls is a TOML one, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def show(part: str, size: int, table: Table) -> None:
    print(f"\n{part}: {size} items")
    print(f"{'watchlist':18}{'lang':5}{'P':>7}{'R':>7}{'F1':>7}{'tp':>6}{'fp':>5}{'fn':>5}")
    for r in sorted(table.rows, key=lambda row: row.name.startswith("micro")):
        print(
            f"{r.name:18}{r.lang:5}{r.precision:7.3f}{r.recall:7.3f}{r.f1:7.3f}"
            f"{r.tp:6}{r.fp:5}{r.fn:5}"
        )
    for n in table.negatives:
        print(f"hard negatives hit, {n.lang}: {n.hit} of {n.total} ({1 - n.left_alone:.1%})")


def show_errors(gold: Iterable[Gold], predictions: Mapping[str, frozenset[str]]) -> None:
    for item in gold:
        got = _predicted(item, predictions)
        signs = [f"+{x}" for x in sorted(got - item.labels)]
        signs += [f"-{x}" for x in sorted(item.labels - got)]
        if signs:
            kind = f" [{item.negative_kind}]" if item.negative_kind else ""
            print(f"{item.id} {' '.join(signs)}{kind} | {item.title} | {item.summary}")


def settle(options: argparse.Namespace, figures: Mapping[str, float], path: Path) -> int:
    """Judge the figures by the floors and move these as asked."""
    floors, record = load_floors(path)
    short = below(floors, figures)
    if short and options.lower:
        moves = [f"{n} {floors[n]:.3f} -> {_down(figures[n]):.3f}" for n in short]
        floors = lowered(floors, figures)
        record.append({"reason": options.lower, "floors": moves})
        write_floors(path, floors, record)
        short = []
    for name in short:
        print(f"below its floor: {name} {figures[name]:.3f} < {floors[name]:.3f}", file=sys.stderr)
    if short:
        print('nothing written; to accept this: --lower "the reason"', file=sys.stderr)
        return 1
    if options.raise_floors:
        write_floors(path, raised(floors, figures), record)
    return 0


def arguments(
    argv: Sequence[str],
    about: str = "Score the shipped watchlists on the gold set.",
    floors: Path = HERE / "floors.toml",
    parts: Sequence[Part] = PARTS,
    flags: Mapping[str, str] = MappingProxyType({}),
) -> argparse.Namespace:
    """`flags` are further options of one script, with their help."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--part", choices=(*parts, "all"), default="work")
    parser.add_argument("--errors", choices=parts, help="list what is wrong in this part")
    parser.add_argument("--raise", dest="raise_floors", action="store_true", help="raise floors")
    parser.add_argument("--lower", metavar="REASON", help="lower floors that do not hold")
    parser.add_argument("--floors", type=Path, default=floors)
    for flag, meaning in flags.items():
        parser.add_argument(f"--{flag}", action="store_true", help=meaning)
    options = parser.parse_args(argv)
    if options.lower is not None and not options.lower.strip():
        parser.error("--lower needs a reason in words")
    return options


def main(
    argv: Sequence[str], matcher: Callable[[], Callable[[Item], Iterable[str]]] = shipped
) -> int:
    options = arguments(argv, parts=PARTS_OF_BATCHES)
    gold = load()
    predictions = predict(gold, matcher())
    figures: dict[str, float] = {}
    for part in PARTS_OF_BATCHES:
        chosen = [item for item in gold if item.part == part]
        if options.part in (part, "all"):
            table = score(chosen, predictions)
            show(part, len(chosen), table)
            figures |= {f"{part}.{name}": value for name, value in table.figures().items()}
        if options.errors == part:
            show_errors(chosen, predictions)
    return settle(options, figures, options.floors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
