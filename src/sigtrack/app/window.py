"""What `--since` and `--until` mean, and which feeds `--source` names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from sigtrack.config import Settings
from sigtrack.errors import Misuse
from sigtrack.model import Feed, Priority
from sigtrack.store import Query, Store
from sigtrack.text import clean

_AGO = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which hits the user asks for, as written on the command line."""

    since: str = "7d"
    until: str | None = None
    watchlists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    priority: Priority | None = None
    starred: bool = False


def query_of(
    wanted: Wanted, store: Store, feeds: Iterable[Feed], now: datetime, zone: tzinfo
) -> Query:
    """The question to the store. Raises Misuse for what cannot be understood."""
    query = Query(
        until=_until(wanted.until, now, zone) if wanted.until else None,
        watchlists=wanted.watchlists,
        sources=sources_of(wanted.sources, feeds),
        languages=tuple(language.lower() for language in wanted.languages),
        priority=wanted.priority,
        starred=wanted.starred,
    )
    return _since(query, wanted.since, store, now, zone)


def phrase_of(since: str) -> str:
    """`--since` as part of a sentence."""
    match since:
        case "all":
            return "in the whole store"
        case "last-fetch":
            return "since the last fetch"
        case "last-digest":
            return "since the last digest"
    return f"since {since}" if "-" in since else f"in the last {since}"


def feeds_for(sources: Iterable[str], settings: Settings) -> tuple[Feed, ...]:
    """The catalogue if a source is named by its role; nothing, and no time lost, if ids will do."""
    if not any(source.startswith("role:") for source in sources):
        return ()
    from sigtrack.app.catalogue import load_catalogue

    return load_catalogue(settings).feeds


def sources_of(asked: Iterable[str], feeds: Iterable[Feed]) -> tuple[str, ...]:
    """Feed ids; "role:ministry" stands for all feeds of that role."""
    ids: list[str] = []
    for source in asked:
        if not source.startswith("role:"):
            ids.append(source)
            continue
        of_role = [feed.id for feed in feeds if feed.role == source.removeprefix("role:")]
        if not of_role:
            roles = ", ".join(sorted({feed.role for feed in feeds}))
            raise Misuse(f"no feed has the {clean(source)}", hint=f"roles are: {roles}")
        ids += of_role
    return tuple(ids)


def moment_of(text: str, now: datetime, zone: tzinfo) -> datetime:
    """`7d`, `24h`, `2026-01-12` (midnight in the zone shown) or a full ISO 8601 time; aware UTC."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise Misuse(
            f"{clean(text)!r} is no time that sigtrack understands",
            hint="write 7d, 24h, 2026-01-12, 2026-01-12T09:00, last-fetch or all",
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
    return replace(query, since=moment_of(since, now, zone))


def _until(text: str, now: datetime, zone: tzinfo) -> datetime:
    """A bare day is meant to its end."""
    moment = moment_of(text, now, zone)
    return moment + timedelta(days=1) if _DAY.fullmatch(text.strip()) else moment
