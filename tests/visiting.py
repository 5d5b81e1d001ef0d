"""What the tests of visits share: items of one's own, and the shipped gazetteer read once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from sigtrack.analyze.visits.reader import VisitReader
from sigtrack.model import Item, Visit
from sigtrack.watch import shipped_text
from sigtrack.watch.actors import load_actors

PUBLISHED = datetime(2026, 1, 14, 3, tzinfo=UTC)  # noon in the east, a Wednesday


@cache
def actors():
    return load_actors(shipped_text("actors.toml"), None)[0]


@cache
def reader() -> VisitReader:
    return VisitReader(actors())


def item(title: str, summary: str = "", *, at: datetime | None = PUBLISHED, lang: str = "") -> Item:
    return Item(
        feed="desk",
        uid=title,
        title=title,
        summary=summary,
        published=at,
        language=lang or None,
    )


def main_visit(reader: VisitReader, item: Item) -> Visit | None:
    return next((visit for visit in reader.visits(item) if visit.host_country), None)


def read(title: str, summary: str = "", **more) -> Visit | None:
    return main_visit(reader(), item(title, summary, **more))


def told(title: str, summary: str = "", **more) -> str:
    """ "KR > JP planned", and a further day, place or level if the text tells one; "" for none."""
    visit = read(title, summary, **more)
    if visit is None:
        return ""
    who = "+".join(dict.fromkeys(visitor.country for visitor in visit.visitors))
    return f"{who} > {visit.host_country} {visit.phase}"
