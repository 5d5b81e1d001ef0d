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
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
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
from sigtrack.present.cells import words as cell_words
from sigtrack.speech import Messages, Words, message, said_of


def render_page(report: Report, surface: Surface) -> Iterator[str]:
    template = _report_template()
    yield from template.generate(report=report, zone=surface.zone)
    yield "\n"


@cache
def _report_template() -> Template:
    return compiled(
        "page.html.jinja",
        kind_of=kind_of,
        diff_signs=DIFF_SIGNS,
        note_marks=NOTE_MARKS,
        words=words,
    )


def kind_of(block: object) -> str:
    return type(block).__name__.lower()


def compiled(file: str, **names: object) -> Template:
    """Return the template in this file, in which cells and these `names` can be used."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        full_rows=full_rows, link_of=link_of, pieces=pieces, row_marks=ROW_MARKS
    )
    environment.globals.update(names)
    environment.filters["one_line"] = one_line
    source = files("sigtrack.present").joinpath(file).read_text(encoding="utf-8")
    return environment.from_string(source)


_STEPS = (1, 2, 4, 7, 14, 28, 56, 91)  # days between two lines of the axis
_MOST_STEPS = 8
_MONTH = 45  # days: how far the axis may extend before and after the window
_LANE = 1000  # width in units
_LISTS = 2  # watchlists named beside a story


def render_briefing(briefing: Briefing, surface: Surface) -> Iterator[str]:
    axis = _axis_of(briefing)
    words = Words(briefing.language, now=briefing.at, zone=surface.zone)
    names = _speech(words)
    yield from _briefing_template().generate(page=briefing, axis=axis, zone=surface.zone, **names)
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


@cache
def _briefing_template() -> Template:
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
        is_marked=lambda cell: isinstance(cell, Marked),
        words=cell_words,
        flags=_FLAGS,
        phases=_PHASES,
    )


_FLAGS = said_of("story", "new", "urgent")
_PHASES = said_of("visit", "planned", "under way", "over", "called off", "not confirmed")


def _speech(words: Words) -> dict[str, Callable[..., str]]:
    """Return what a template says in the reader's language. Values are escaped, except markup."""

    def say(message: str, **values: object) -> Markup:
        return Markup(escape(words.phrase(message))).format(**values)

    def plural(one: str, many: str, number: int) -> Markup:
        return Markup(escape(words.phrase_for(one, many, number))).format(n=f"{number:,}")

    def listed(parts: Iterable[str]) -> Markup:
        between = Markup(escape(words.phrase(message(", ", "between parts"))))
        return between.join(filter(None, parts))

    def lists_in(titles: Sequence[str]) -> str:
        more = f"+{len(titles) - _LISTS}" if len(titles) > _LISTS else ""
        return words.clauses((*map(one_line, titles[:_LISTS]), more))

    def time_of(at: datetime | Seen) -> str:
        if isinstance(at, Seen):
            return f"{at.label} {words.day_and_month(local(at.at, words.zone))}"
        return words.time(at)

    return {
        "say": say,
        "plural": plural,
        "listed": listed,
        "named": words.named,
        "lists_in": lists_in,
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


def _stamp(at: datetime | Seen) -> float:
    return (at.at if isinstance(at, Seen) else at).timestamp()


_NAMES = uuid.UUID("6d1c1c35-6a52-5a3e-9f0c-0a4b6c8f1d27")  # sigtrack's own, drawn at random
_NO_XML = str.maketrans(dict.fromkeys("\ufffe\uffff", "\N{REPLACEMENT CHARACTER}"))


def render_atom(briefing: Briefing, surface: Surface) -> Iterator[str]:
    moments = [story.changed_at for story in briefing.stories]
    updated = max(moments, default=briefing.at)
    for chunk in _atom_template().generate(
        feed=briefing, zone=surface.zone, updated=updated, say=Messages(briefing.language).say
    ):
        yield chunk.translate(_NO_XML)
    yield "\n"


@cache
def _atom_template() -> Template:
    return compiled("atom.xml.jinja", urn=_urn, time_of=_time_of)


def _urn(kind: str, name: str) -> str:
    return uuid.uuid5(_NAMES, f"{kind} {name}").urn


def _time_of(at: datetime | Seen, zone: tzinfo) -> str:
    """Return the time as RFC 3339."""
    moment = local(at.at if isinstance(at, Seen) else at, zone)
    return moment.isoformat(timespec="seconds")
