"""A briefing as one HTML file that needs no other file, to be opened, mailed or printed.

A Content-Security-Policy in the page allows only the style and the script of the page, by their
hashes. So the page makes no request, whatever a headline contains. Jinja escapes the publishers'
words. Charts are SVG beside the numbers that they show. The policy does not allow style attributes,
so drawings are placed by attributes of SVG. Without the script the page is complete, but it cannot
be filtered or sorted.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from sigtrack.model import Marked, Seen
from sigtrack.present.cells import local, words
from sigtrack.present.page import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from jinja2 import Template

    from sigtrack.model.briefing import Briefing, Lane
    from sigtrack.present import Surface

_STEPS = (1, 2, 4, 7, 14, 28, 56, 91)  # days between two lines of the axis
_MOST_STEPS = 8
_MONTH = 45  # days: how far the axis may extend before and after the window
_LANE = 1000  # width in units


def render(briefing: Briefing, surface: Surface) -> Iterator[str]:
    axis = _axis_of(briefing)
    yield from _template().generate(page=briefing, axis=axis, zone=surface.zone)
    yield "\n"


@dataclass(frozen=True, slots=True)
class _Axis:
    """The time axis: from `begin` on, `steps` equal steps of `days` days each."""

    begin: date
    days: int
    steps: int
    today: date

    @property
    def labels(self) -> list[str]:
        begins = (self.begin + timedelta(days=self.days * step) for step in range(self.steps))
        return [f"{day.day} {day:%b}" for day in begins]

    def at(self, day: date) -> float:
        """Return the position where a day begins, between 0 and the width of a lane."""
        place = (day - self.begin).days / (self.days * self.steps) * _LANE
        return round(min(max(place, 0.0), _LANE), 1)

    def bar(self, lane: Lane) -> tuple[float, float] | None:
        """Return start and length of the bar of a visit.

        Returns None if its days are not known or all lie outside the axis.
        """
        if lane.first is None or lane.last is None:
            return None
        begin, end = self.at(lane.first), self.at(lane.last + timedelta(days=1))
        return (begin, round(end - begin, 1)) if end > begin else None


def _axis_of(briefing: Briefing) -> _Axis:
    """Return the axis from the first day that is drawn to the last."""
    limits = briefing.since - timedelta(days=_MONTH), briefing.until + timedelta(days=_MONTH)
    days = [day for lane in briefing.visits for day in (lane.first, lane.last) if day]
    begin = min((briefing.since, *(day for day in days if day >= limits[0])))
    end = max((briefing.until, *(day for day in days if day <= limits[1])))
    span = (end - begin).days + 1
    step = next((one for one in _STEPS if span <= one * _MOST_STEPS), span // _MOST_STEPS + 1)
    return _Axis(begin, step, -(-span // step), briefing.at.date())


@cache
def _template() -> Template:
    style, script = (
        files("sigtrack.present").joinpath(f"briefing.{kind}").read_text(encoding="utf-8").strip()
        for kind in ("css", "js")
    )
    return compiled(
        "briefing.html.jinja",
        style=Markup(style),
        script=Markup(script),
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{_hash(style)}'",
                f"script-src '{_hash(script)}'",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
        bars=_bars,
        stamp=_stamp,
        time_of=_time_of,
        is_marked=lambda cell: isinstance(cell, Marked),
        words=words,
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _bars(values: Sequence[float], height: int) -> list[tuple[float, float]]:
    """Return top and height of each bar. The highest bar fills the height."""
    most = max(values, default=0) or 1
    sizes = [round(value / most * height, 1) for value in values]
    return [(round(height - size, 1), size) for size in sizes]


def _stamp(at: datetime | Seen) -> float:
    """Return a number to sort by."""
    return (at.at if isinstance(at, Seen) else at).timestamp()


def _time_of(at: datetime | Seen, zone: tzinfo, today: datetime) -> str:
    """Return a time like "Sun 8 Mar 14:05", with the year if it is not this year.

    For an item without a date, return the day on which we first saw it.
    """
    day = local(at.at if isinstance(at, Seen) else at, zone)
    year = "" if day.year == today.year else f" {day.year}"
    if isinstance(at, Seen):
        return f"seen {day.day} {day:%b}{year}"
    return f"{day:%a} {day.day} {day:%b}{year} {day:%H:%M}"
