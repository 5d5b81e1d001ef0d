"""Pages and a feed: a report or a briefing as one HTML file, and the stories of a briefing as Atom.

Two texts stand side by side, or one below the other on a narrow screen. Deleted words are <del> and
new words are <ins>, each with its language, so that they are clear without colours and in a screen
reader. Jinja escapes the publishers' words. The letter of a digest is rendered by `letter`, because
mail programs read style attributes only.

A page needs no other file: it is opened, mailed or printed. A Content-Security-Policy in the page
allows only the style and the script of the page, by their hashes. So the page makes no request,
whatever a headline contains. Jinja escapes the publishers' words. Charts are SVG beside the numbers
that they show. The policy does not allow style attributes, so drawings are placed by attributes of
SVG. Without the script the page is complete, but it cannot be filtered or sorted.

In the feed (Atom, RFC 4287) each story is one entry. The id of an entry is made of the id of the
story, so it stays when items are added; `updated` changes when an item arrives or is edited. Dates
are in the reader's zone.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sigtrack.frozen import frozen
from sigtrack.model import Briefing, Lane, Marked, Report, Seen
from sigtrack.present import Surface
from sigtrack.present.cells import (
    DIFF_SIGNS,
    NOTE_MARKS,
    ROW_MARKS,
    full_rows,
    link_of,
    local,
    one_line,
    pieces,
    words,
)
from sigtrack.speech import Messages, Words, message, said_of


def render_page(report: Report, surface: Surface) -> Iterator[str]:
    template = templates().get_template("page.html.jinja")
    yield from template.generate(report=report, zone=surface.zone)
    yield "\n"


@cache
def templates() -> Environment:
    """Return the templates of this room, in all of which cells, marks and drawings can be used."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        full_rows=full_rows,
        link_of=link_of,
        pieces=pieces,
        words=words,
        kind_of=lambda block: type(block).__name__.lower(),
        is_marked=lambda cell: isinstance(cell, Marked),
        row_marks=ROW_MARKS,
        note_marks=NOTE_MARKS,
        diff_signs=DIFF_SIGNS,
        bars=_bars,
        stamp=lambda at: _moment(at).timestamp(),
        flags=_FLAGS,
        phases=_PHASES,
    )
    environment.filters["one_line"] = one_line
    return environment


_STEPS = (1, 2, 4, 7, 14, 28, 56, 91)  # days between two lines of the axis
_MOST_STEPS = 8
_MONTH = 45  # days: how far the axis may extend before and after the window
_LANE = 1000  # width in units


def render_briefing(briefing: Briefing, surface: Surface) -> Iterator[str]:
    axis = _axis_of(briefing)
    names = _speech(Words(briefing.language, now=briefing.at, zone=surface.zone)) | _parts()
    template = templates().get_template("briefing.html.jinja")
    yield from template.generate(page=briefing, axis=axis, zone=surface.zone, **names)
    yield "\n"


@frozen(kw_only=False)
class _Axis:
    """The time axis: from `begin` on, `steps` equal steps of `days` days each."""

    begin: date
    days: int
    steps: int
    today: date

    @property
    def days_shown(self) -> list[date]:
        return [self.begin + timedelta(days=self.days * step) for step in range(self.steps)]

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


def _parts() -> dict[str, Any]:
    """Return the style and the script of the page, and the policy that allows nothing else."""
    style, script = (
        Path(__file__).with_name(f"briefing.{kind}").read_text(encoding="utf-8").strip()
        for kind in ("css", "js")
    )
    policy = (
        *("default-src 'none'", f"style-src '{_hash(style)}'", f"script-src '{_hash(script)}'"),
        *("base-uri 'none'", "form-action 'none'"),
    )
    return {"style": Markup(style), "script": Markup(script), "policy": "; ".join(policy)}


_FLAGS = said_of("story", "new", "urgent")
_PHASES = said_of("visit", "planned", "under way", "over", "called off", "not confirmed")


def _speech(words: Words) -> dict[str, Any]:
    """Return what a template says in the reader's language. Values are escaped, except markup."""

    def say(message: str, **values: object) -> Markup:
        return Markup(escape(words.phrase(message))).format(**values)

    def plural(one: str, many: str, number: int) -> Markup:
        return Markup(escape(words.phrase_for(one, many, number))).format(n=f"{number:,}")

    def listed(parts: Iterable[str]) -> Markup:
        between = Markup(escape(words.phrase(message(", ", "between parts"))))
        return between.join(filter(None, parts))

    def time_of(at: datetime | Seen) -> str:
        if isinstance(at, Seen):
            return f"{at.label} {words.day_and_month(local(at.at, words.zone))}"
        return words.time(at)

    return {
        "say": say,
        "plural": plural,
        "listed": listed,
        "publishers": lambda names, most: words.named(map(one_line, names), most),
        "lists_in": lambda titles: words.lists(list(map(one_line, titles))),
        "time_of": time_of,
        "date": lambda day: words.day_and_month(day, with_year=False),
    }


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _bars(values: Sequence[float], height: int) -> list[tuple[float, float]]:
    """Return top and height of each bar. The highest bar fills the height."""
    most = max(values, default=0) or 1
    sizes = [round(value / most * height, 1) for value in values]
    return [(round(height - size, 1), size) for size in sizes]


def _moment(at: datetime | Seen) -> datetime:
    return at.at if isinstance(at, Seen) else at


_NAMES = uuid.UUID("6d1c1c35-6a52-5a3e-9f0c-0a4b6c8f1d27")  # sigtrack's own, drawn at random
_NO_XML = str.maketrans(dict.fromkeys("\ufffe\uffff", "\N{REPLACEMENT CHARACTER}"))


def render_atom(briefing: Briefing, surface: Surface) -> Iterator[str]:
    moments = [story.changed_at for story in briefing.stories]
    updated = max(moments, default=briefing.at)
    template = templates().get_template("atom.xml.jinja")
    for chunk in template.generate(
        feed=briefing,
        updated=updated,
        say=Messages(briefing.language).say,
        urn=lambda kind, name: uuid.uuid5(_NAMES, f"{kind} {name}").urn,
        time_of=lambda at: local(_moment(at), surface.zone).isoformat(timespec="seconds"),
    ):
        yield chunk.translate(_NO_XML)
    yield "\n"
