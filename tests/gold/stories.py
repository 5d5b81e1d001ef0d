"""How well stories are told apart, on items that we put into stories by hand.

B-cubed (Bagga and Baldwin 1998): an item's precision is the share of its predicted story that
belongs to its gold story, its recall the share of its gold story that was put with it; both count
the item itself and are averaged over items. Stories are formed over all items at once, as in
life; a figure of a part or a language then averages over the items of that part or language, so
a wrong neighbour from elsewhere still costs.
"""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gold.measure import (
    ALL,
    HERE,
    LANGUAGES,
    Labelled,
    Measured,
    Part,
    part_of,
    read_lines,
)
from sigtrack.model import Role

if TYPE_CHECKING:
    from sigtrack.app.intake import Encoder

Groups = Mapping[str, str]  # id of an item -> name of its story; an item that is absent is alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Labelled):
    """`story` is None where nothing else tells the event."""

    role: Role
    story: str | None

    @property
    def part(self) -> Part:
        """A story is never torn: its own id decides for all of its items."""
        return part_of(self.story or self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class BCubed:
    """Over `items` items; 1.0 if there are none."""

    items: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`scope`: items in stories, singletons, or everything."""

    scope: str
    lang: str
    figures: BCubed

    def __str__(self) -> str:
        f = self.figures
        shares = f"{f.precision:7.3f}{f.recall:7.3f}{f.f1:7.3f}"
        return f"{self.scope:14}{self.lang:5}{f.items:6}{shares}"

    def named(self) -> dict[str, float]:
        """What floors are about: "in-stories-precision.all" -> precision."""
        both = {"precision": self.figures.precision, "f1": self.figures.f1}
        return {f"{self.scope}-{name}.{self.lang}": value for name, value in both.items()}


SCOPES: dict[str, Callable[[Told], bool]] = {
    "in-stories": lambda item: item.story is not None,
    "singletons": lambda item: item.story is None,
    "everything": lambda item: True,
}


def load(path: Path = HERE / "stories.jsonl") -> list[Told]:
    return [Told(**(raw | {"role": Role(raw["role"])})) for raw in read_lines(path)]


def b_cubed(
    gold: Groups, predicted: Groups, over: Iterable[str], everyone: Iterable[str]
) -> BCubed:
    """Averages over the ids of `over`; stories are made of the ids of `everyone`."""
    ids = list(everyone)
    right, told = _members(gold, ids), _members(predicted, ids)
    shared = [(len(right[i] & told[i]), len(told[i]), len(right[i])) for i in over]
    n = len(shared)
    return BCubed(
        items=n,
        precision=sum(both / size for both, size, _ in shared) / n if n else 1.0,
        recall=sum(both / size for both, _, size in shared) / n if n else 1.0,
    )


def _members(groups: Groups, ids: Iterable[str]) -> dict[str, set[str]]:
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    names = {i: ("story", groups[i]) if i in groups else ("alone", i) for i in ids}
    for i, name in names.items():
        members[name].add(i)
    return {i: members[name] for i, name in names.items()}


def score(gold: Sequence[Told], predicted: Groups, part: Part | None = None) -> tuple[Line, ...]:
    """Figures by scope and language, of one part or of both."""
    right = groups_of(gold)
    chosen = [item for item in gold if part in (None, item.part)]
    return tuple(
        Line(
            scope=scope,
            lang=lang,
            figures=b_cubed(
                right,
                predicted,
                [item.id for item in chosen if wanted(item) and lang in (ALL, item.lang)],
                [item.id for item in gold],
            ),
        )
        for scope, wanted in SCOPES.items()
        for lang in (ALL, *LANGUAGES)
    )


def groups_of(gold: Iterable[Told]) -> dict[str, str]:
    return {item.id: item.story for item in gold if item.story}


def wrong_pairs(gold: Sequence[Told], predicted: Groups) -> Iterator[tuple[str, Told, Told]]:
    """Pairs merged that should not be ("+"), and pairs left apart that tell one event ("-")."""
    right = groups_of(gold)
    for one, other in itertools.combinations(gold, 2):
        told, true = (_together(groups, one, other) for groups in (predicted, right))
        if told != true:
            yield "+" if told else "-", one, other


def _together(groups: Groups, one: Told, other: Told) -> bool:
    return one.id in groups and groups[one.id] == groups.get(other.id)


def shipped(encoder: Encoder | None = None) -> Callable[[Sequence[Told]], Groups]:
    """How sigtrack forms stories; imported late, so that `score` needs none of it."""
    from sigtrack.analyze.stories import find_stories
    from sigtrack.app.intake import Teller, closeness_with
    from sigtrack.app.rules import shipped_rules

    def groups(gold: Sequence[Told]) -> Groups:
        teller = Teller(shipped_rules().readings, {told.source: told.role for told in gold})
        items = {told.id: told.item() for told in gold}
        tellings = [teller.telling(id, item, item.published) for id, item in items.items()]
        ordered = sorted(tellings, key=lambda telling: telling.moment)
        found = find_stories(ordered, closeness_with(encoder) if encoder else None)
        return {id: story.id for story in found for id in story.items}

    return groups


def with_the_extra() -> Callable[[Sequence[Told]], Groups]:
    from sigtrack.app.intake import INSTALL, installed_encoder

    if encoder := installed_encoder():
        return shipped(encoder)
    sys.exit(f"--semantic needs the extra: {INSTALL}")


def errors(part: Part, gold: Sequence[Told], predicted: Groups) -> Iterator[str]:
    """Pairs with an item of the other part are left out: it is not to be looked at."""
    for sign, one, other in wrong_pairs([g for g in gold if g.part == part], predicted):
        yield f"{sign} {one.id} {one.title} | {other.id} {other.title}"


def measured(form: Callable[[Sequence[Told]], Groups]) -> Callable[[Part], Measured]:
    gold = load()
    predicted = form(gold)

    def of(part: Part) -> Measured:
        rows = score(gold, predicted, part)
        head = f"{'scope':14}{'lang':5}{'items':>6}{'P':>7}{'R':>7}{'F1':>7}"
        return Measured(
            lines=("", part, head, *map(str, rows)),
            figures={name: value for row in rows for name, value in row.named().items()},
            errors=errors(part, gold, predicted),
        )

    return of
