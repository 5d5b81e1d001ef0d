"""The meaning of `--since` and `--until`, and the feeds that `--source` names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from sigtrack.app.in_force import InForce
from sigtrack.errors import Misuse
from sigtrack.frozen import frozen
from sigtrack.model import Feed, Priority, is_meant, names_several
from sigtrack.speech import ENGLISH, Messages, message
from sigtrack.store.interface import Query
from sigtrack.text import clean
from sigtrack.text.scripts import cure_of_language
from sigtrack.views.hits import no_such

if TYPE_CHECKING:
    from sigtrack.store.sql import Store

_AGO = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEARS = range(1000, 9000)


@frozen
class Wanted:
    """The hits that the user asks for, as written on the command line."""

    since: str = "7d"
    until: str | None = None
    watchlists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    priority: Priority | None = None
    starred: bool = False


def query_of(wanted: Wanted, store: Store, files: InForce, now: datetime, zone: tzinfo) -> Query:
    """Return the query for the store. The catalogue is read only if a source is named. Raises
    Misuse for values that cannot be read."""
    for language in wanted.languages:
        check_language(language)
    query = Query(
        until=_until(wanted.until, now, zone) if wanted.until else None,
        watchlists=wanted.watchlists,
        sources=sources_of(wanted.sources, files.catalogue.feeds, store) if wanted.sources else (),
        languages=tuple(language.lower() for language in wanted.languages),
        priority=wanted.priority,
        starred=wanted.starred,
    )
    query = _since(query, wanted.since, store, now, zone)
    if query.since and query.until and query.since >= query.until:
        raise Misuse(
            f"the window ends before it begins: --since {clean(wanted.since)} "
            f"--until {clean(wanted.until or '')}",
            hint="exchange the two, or leave out --until for everything up to now",
        )
    return query


def check_language(language: str | None) -> None:
    """Raises Misuse for a tag of no language; None is no tag."""
    if language is not None and (cure := cure_of_language(language)):
        raise Misuse(f"there is no language {clean(language)!r}", hint=cure)


_NAMED = {
    "last-fetch": message("since the last fetch"),
    "last-digest": message("since the last digest"),
    "all": message("in the whole store"),
}
_LAST = {
    "m": message("in the last {n}m"),
    "h": message("in the last {n}h"),
    "d": message("in the last {n}d"),
    "w": message("in the last {n}w"),
}


def phrase_of(since: str, messages: Messages = ENGLISH) -> str:
    """Return `--since` as part of a sentence."""
    if since in _NAMED:
        return messages.say(_NAMED[since])
    if ago := _AGO.fullmatch(since.strip()):
        return messages.say(_LAST[ago[2]], n=ago[1])
    return messages.say("since {when}", when=since)


def sources_of(asked: Iterable[str], feeds: Iterable[Feed], store: Store) -> tuple[str, ...]:
    """Return feed ids; "role:ministry", "country:KR" and the like become ids of all their feeds.

    Raises Misuse if no feed fits, or if an id is neither in the catalogue nor in the store.
    """
    ids: list[str] = []
    feeds = tuple(feeds)
    for source in asked:
        together = feeds_together(source, feeds)
        if together is None:
            _check_source(source, feeds, store)
        ids += [source] if together is None else [feed.id for feed in together]
    return tuple(ids)


def feeds_together(source: str, feeds: Iterable[Feed]) -> list[Feed] | None:
    """Return the feeds of a source such as "role:ministry"; None for a source that is an id.

    Raises Misuse if no feed fits.
    """
    if not names_several(source):
        return None
    feeds = tuple(feeds)
    meant = [feed for feed in feeds if is_meant(source, feed)]
    if not meant:
        raise Misuse(f"no feed has {clean(source)}", hint=_known_together(source, feeds))
    return meant


def _known_together(source: str, feeds: Iterable[Feed]) -> str:
    kind, colon, _ = source.partition(":")
    if not colon:
        return "sigtrack feeds list -v shows where feeds are published"
    known = ", ".join(sorted({str(value) for feed in feeds if (value := getattr(feed, kind))}))
    plural = "countries" if kind == "country" else f"{kind}s"
    return f"{plural} are: {known}" if known else f'write {kind} = "japan" below a feed'


def _check_source(source: str, feeds: Iterable[Feed], store: Store) -> None:
    in_catalogue = {feed.id for feed in feeds}
    if source in in_catalogue:
        return
    stored = store.sources()
    if source not in stored:
        known = sorted({*in_catalogue, *stored})
        raise no_such("source", source, known, "sigtrack feeds list shows all")


def moment_of(text: str, now: datetime, zone: tzinfo, names: Iterable[str] = ()) -> datetime:
    """Return an aware UTC time for `7d`, `24h`, `2026-01-12` (midnight in `zone`) or a full ISO
    8601 time. Raises Misuse for other text, and for years from which nothing can be counted on or
    back. `names` are those that the user could have written instead."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text.strip())
        if moment.year not in _YEARS:
            raise ValueError("a year that no item has")
    except (ValueError, OverflowError):
        *forms, last = ("7d", "24h", "2026-01-12", "2026-01-12T09:00", *names)
        raise Misuse(
            f"cannot read {clean(text)!r} as a time", hint=f"write {', '.join(forms)} or {last}"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _since(query: Query, since: str, store: Store, now: datetime, zone: tzinfo) -> Query:
    if since == "all":
        return query
    if since == "last-fetch":
        run = store.last_run("fetch")
        return replace(query, after_hit=run.after_hit if run else 0)
    if since == "last-digest":
        look = store.last_look("digest")
        return replace(query, after_hit=look.hit if look else 0)
    return replace(query, since=moment_of(since, now, zone, _NAMED))


def _until(text: str, now: datetime, zone: tzinfo) -> datetime:
    """A day without a time counts to its end."""
    moment = moment_of(text, now, zone)
    return moment + timedelta(days=1) if _DAY.fullmatch(text.strip()) else moment
