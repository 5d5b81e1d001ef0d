"""The visits of one item that a signal asks for.

The function that reads visits is an argument, because its room is a sibling of this one. An item is
read when the first signal asks for a visit in it; only its title is read if all such signals look
only there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sigtrack.match.marks import Cover, Mark
from sigtrack.match.plan import VisitPlan
from sigtrack.match.reading import Reading
from sigtrack.model import Item, Scope, Span, Visit

ReadVisits = Callable[[Item], Sequence[Visit]]


@dataclass(slots=True)
class ItemVisits:
    """The visits that an item tells, read once for all signals, including talks without a place."""

    item: Item
    read: ReadVisits
    _told: dict[bool, tuple[Visit, ...]] = field(default_factory=dict)

    def of(self, scope: Scope) -> tuple[Visit, ...]:
        item = self.item
        title_only = scope is Scope.TITLE and bool(item.summary or item.text)
        if title_only not in self._told:
            part = replace(item, summary="", text="") if title_only else item
            self._told[title_only] = tuple(self.read(part))
        return self._told[title_only]


@dataclass(frozen=True, slots=True)
class Sought:
    """The visit of one signal in one item, limited by masks and by the scope of the signal."""

    plan: VisitPlan
    told: tuple[Visit, ...]
    reading: Reading
    masks: Cover
    in_scope: Callable[[Mark], bool] | None

    def spans(self) -> tuple[Span, ...]:
        """Return the words of each such visit; empty if there is none."""
        return tuple(span for visit in self._asked_for() for span in self._evidence(visit))

    def masked(self) -> tuple[Span, ...]:
        """Return the words of visits that would count without a mask."""
        hidden = (visit for visit in self._asked_for() if not any(self._evidence(visit)))
        return tuple(self._ours(span) for visit in hidden for span in visit.spans)

    def shortfall(self) -> str:
        """Return why no visit counts, with the visits that were found instead."""
        others = ", ".join(dict.fromkeys(_in_short(v) for v in self.told if v.host_country))
        return (
            f"this visit is not reported, only {others}" if others else "this visit is not reported"
        )

    def _asked_for(self) -> Iterator[Visit]:
        return (v for v in self.told if self.plan.asks_for(v) and self._is_in_scope(v))

    def _is_in_scope(self, visit: Visit) -> bool:
        return self.in_scope is None or all(
            self.in_scope(self.reading.mark(span)) for span in visit.spans
        )

    def _evidence(self, visit: Visit) -> Iterator[Span]:
        """Yield the words of a visit that no mask covers."""
        for span in visit.spans:
            if not (self.masks and self.masks.touches(self.reading.mark(span))):
                yield self._ours(span)

    def _ours(self, span: Span) -> Span:
        rule = self.plan.rule
        return replace(span, term=str(rule), place=rule.place)


def _in_short(visit: Visit) -> str:
    """Return a visit like KR > JP (planned)."""
    who = "+".join(dict.fromkeys(visitor.country for visitor in visit.visitors))
    return f"{who} > {visit.host_country} ({visit.phase})"
