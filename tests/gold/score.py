"""How well sigtrack does on what we labelled by hand.

    python tests/gold/score.py                          every figure that has a floor, work part
    python tests/gold/score.py visits --part all        one subject, every part, held-out too
    python tests/gold/score.py visits --errors work     and what is wrong, with ids
    python tests/gold/score.py visits --raise           write better figures into the floors
    python tests/gold/score.py visits --lower "reason"  accept worse ones, with the reason kept
    python tests/gold/score.py stories --semantic       with the extra of that name
    python tests/gold/score.py statements FOLDER        on real texts, which are not ours

Subjects are watchlists, stories, visits, comparison and statements; the module of each says what
is right. Held-out parts are measured at the end of a job. Leaves with 1 if a figure is below its
floor.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from gold import comparison, statements, stories, visits, watchlists
from gold.measure import (
    HERE,
    PARTS,
    PARTS_OF_BATCHES,
    Measured,
    Part,
    below,
    down,
    load_floors,
    lowered,
    raised,
    write_floors,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`measured` takes a tool and measures a part with it; `shipped` makes the tool as it ships.
    Without `floors` (a file beside this one) the figures are only printed."""

    measured: Callable[[Any], Callable[[Part], Measured]]
    shipped: Callable[[], Any] | None = None
    parts: tuple[Part, ...] = PARTS
    floors: str | None = None


SUBJECTS = {
    "watchlists": Subject(
        measured=watchlists.measured,
        shipped=watchlists.shipped,
        parts=PARTS_OF_BATCHES,
        floors="floors.toml",
    ),
    "stories": Subject(
        measured=stories.measured, shipped=stories.shipped, floors="floors_stories.toml"
    ),
    "visits": Subject(
        measured=visits.measured,
        shipped=visits.shipped,
        parts=PARTS_OF_BATCHES,
        floors="floors_visits.toml",
    ),
    "comparison": Subject(
        measured=comparison.measured, shipped=comparison.shipped, floors="floors_compare.toml"
    ),
    "statements": Subject(measured=statements.measured, parts=PARTS_OF_BATCHES),
}


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parsers = parser.add_subparsers(dest="subject", required=True)
    for name, subject in SUBJECTS.items():
        one = parsers.add_parser(name)
        one.add_argument("--part", choices=(*subject.parts, "all"), default="work")
        one.add_argument("--errors", choices=subject.parts, help="list what is wrong in this part")
        if subject.floors:
            one.add_argument("--raise", dest="raise_floors", action="store_true", help="floors")
            one.add_argument("--lower", metavar="REASON", help="lower floors that do not hold")
            one.add_argument("--floors", type=Path, default=HERE / subject.floors)
    parsers.choices["stories"].add_argument(
        "--semantic", action="store_true", help="with the extra of that name; floors do not count"
    )
    parsers.choices["statements"].add_argument("folder", type=Path, help="of the real texts")
    options = parser.parse_args(argv)
    if getattr(options, "lower", None) is not None and not options.lower.strip():
        parser.error("--lower needs a reason in words")
    return options


def main(argv: Sequence[str], shipped: Callable[[], Any] | None = None) -> int:
    """`shipped` makes another tool than the one of the subject."""
    if not argv:
        return max(main([name]) for name, subject in SUBJECTS.items() if subject.floors)
    options = arguments(argv)
    subject = SUBJECTS[options.subject]
    if options.subject == "statements":
        tool = options.folder
    elif options.subject == "stories" and options.semantic:
        tool = stories.with_the_extra()
    else:
        tool = (shipped or subject.shipped)()
    figures = show(subject.measured(tool), subject.parts, options)
    if not subject.floors or getattr(options, "semantic", False):
        return 0
    return settle(options, figures)


def show(
    measured: Callable[[Part], Measured], parts: Sequence[Part], options: argparse.Namespace
) -> dict[str, float]:
    """Print what was asked for; the figures of the parts, by the names of their floors."""
    figures: dict[str, float] = {}
    for part in parts:
        if part != options.errors and options.part not in (part, "all"):
            continue
        found = measured(part)
        if options.part in (part, "all"):
            print("\n".join(found.lines))
            figures |= {f"{part}.{name}": value for name, value in found.figures.items()}
        if part == options.errors:
            print("\n".join(found.errors))
    return figures


def settle(options: argparse.Namespace, figures: Mapping[str, float]) -> int:
    """Judge the figures by the floors and move these as asked."""
    floors, record = load_floors(options.floors)
    short = below(floors, figures)
    if short and options.lower:
        moves = [f"{n} {floors[n]:.3f} -> {down(figures[n]):.3f}" for n in short]
        floors = lowered(floors, figures)
        record.append({"reason": options.lower, "floors": moves})
        write_floors(options.floors, floors, record)
        short = []
    for name in short:
        print(f"below its floor: {name} {figures[name]:.3f} < {floors[name]:.3f}", file=sys.stderr)
    if short:
        print('nothing written; to accept this: --lower "the reason"', file=sys.stderr)
        return 1
    if options.raise_floors:
        write_floors(options.floors, raised(floors, figures), record)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
