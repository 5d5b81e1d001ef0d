"""`sigtrack feeds`: the catalogue in force, and the user's changes to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigtrack.app.in_force import Catalogue, load_catalogue
from sigtrack.config import Settings
from sigtrack.errors import InputUnreadable, Misconfigured, Misuse
from sigtrack.fetch.client import Client
from sigtrack.fetch.crawl import crawl
from sigtrack.fetch.files import need_open_files, read_feed_file
from sigtrack.fetch.policy import is_frozen, resumed, state_of
from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import zone_of
from sigtrack.model import (
    Cell,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Marked,
    Note,
    Outcome,
    Parsed,
    Problem,
    Report,
    Table,
    Unreadable,
    columns_of,
)
from sigtrack.parse.discovery import FoundFeed, find_feeds
from sigtrack.parse.workers import Workers
from sigtrack.text import clean, mask_credentials, safe_link
from sigtrack.text.scripts import LANGUAGE
from sigtrack.views.hits import count, no_such
from sigtrack.watch.feed_edits import changing_feeds
from sigtrack.watch.feeds import feed_id_for, timezone_hint
from sigtrack.watch.opml import read_opml
from sigtrack.watch.tables import GROUP, ID

if TYPE_CHECKING:
    from sigtrack.store.sql import Store

_DAY = 86400.0
_OFFERED = 10  # feeds of a page, beside an error
_NEVER = datetime.min.replace(tzinfo=UTC)
FIELDS = (
    *("feed", "title", "url", "language", "country", "role", "paused", "answered", "changed"),
    *("due", "failures", "reason", "frozen", "moved_to", "timezone", "group"),
)
_COLUMNS = columns_of("feed|key", "title|main", "lang", "group", "last answered", "state")


@frozen
class FeedStanding:
    """A feed of the catalogue, and how well it has answered."""

    feed: Feed
    state: FeedState
    frozen: bool = False  # answers, but brings nothing new for four times its usual gap
    usual_gap: float = 0.0  # seconds; 0 = unknown

    @property
    def paused(self) -> str | None:
        """The reason for the pause, set by the user or by sigtrack."""
        return self.feed.paused or self.state.paused

    @property
    def moved_to(self) -> str | None:
        """The new address, masked. A redirect that no known address gave is not a move."""
        return mask_credentials(self.state.url) or None if self.state.address else None


def standings(feeds: Sequence[Feed], store: Store | None, now: datetime) -> list[FeedStanding]:
    """Return the standing of each feed; without a store nothing is known about any."""
    states = store.feed_states() if store else {}
    gaps = store.usual_gaps() if store else {}
    found = []
    for feed in feeds:
        state, gap = state_of(feed, states), gaps.get(feed.id, 0.0)
        frozen = is_frozen(state, gap, now)
        found.append(FeedStanding(feed=feed, state=state, frozen=frozen, usual_gap=gap))
    return found


def list_feeds(feeds: Sequence[FeedStanding], *, every: bool, zone: tzinfo) -> Report:
    """List active feeds and when each last answered. `every` adds paused feeds."""
    active = [one for one in feeds if not one.paused]
    paused = [one for one in feeds if one.paused]
    blocks: list[Table | Note] = [_table("Feeds", active, zone)]
    if paused and every:
        blocks.append(_table("Paused", paused, zone))
    elif paused:
        blocks.append(Note(text=f"{count(len(paused), 'paused feed')}: sigtrack feeds list --all"))
    shown = active + paused if every else active
    records = tuple(map(_record, shown))
    return Report(title="Feeds", blocks=tuple(blocks), records=records, fields=FIELDS)


def add(settings: Settings, wish: Feed) -> Report:
    """Download the address, follow a page to its feed, and add the feed to the user's file.

    What the wish leaves open ("" and None), also the id, comes from the feed. Raises
    InputUnreadable if no feed is found, and Misuse if a page has several feeds, which the hint
    lists with their titles.
    """
    _check(wish)
    _sound_catalogue(settings)  # before any request
    need_open_files(1)
    url, parsed = asyncio.run(_find(wish, _client_of(settings)))
    with changing_feeds(settings.feeds) as edits:
        feed = _named(wish, url, parsed, _sound_catalogue(settings))
        edits.add([feed])
    name = feed.title or mask_credentials(url)
    text = f"{feed.id} added: {name}, {count(len(parsed.items), 'item')} now"
    hint = f"to fetch it: sigtrack fetch {feed.id}"
    return Report(blocks=(Note(text=text, level="good"), Note(text=hint)), records=(_plain(feed),))


def _named(wish: Feed, url: str, parsed: Parsed, catalogue: Catalogue) -> Feed:
    """Return the feed that was found, with a free id."""
    twin = next((feed for feed in catalogue.feeds if feed.url == url), None)
    if twin:
        raise Misuse(
            f"{mask_credentials(url)} is in the catalogue already, as {twin.id}",
            hint=f"sigtrack feeds pause --off {twin.id}" if twin.paused else "",
        )
    known = {feed.id for feed in catalogue.feeds}
    if wish.id in known:
        raise Misuse(f"there is a feed {wish.id!r} already", hint="choose another --id")
    title = wish.title or parsed.origin.title
    return replace(
        wish,
        id=wish.id or feed_id_for(url, title, known),
        url=url,
        title=title,
        language=wish.language or parsed.language,
    )


def remove(settings: Settings, id: str) -> Report:
    with changing_feeds(settings.feeds) as edits:
        feed = _get(id, _sound_catalogue(settings))
        edits.remove(feed.id)
    return _done(f"{feed.id} removed; its items stay in the database")


def pause(settings: Settings, id: str, reason: str | None) -> Report:
    """Pause a feed with a reason, or with None end the pause."""
    with changing_feeds(settings.feeds) as edits:
        feed = _get(id, _sound_catalogue(settings))
        edits.pause([feed.id], reason)
    return _done(f"{feed.id} is {'asked again' if reason is None else 'paused'}")


def forget_pause(store: Store, id: str) -> None:
    """Resume a feed that sigtrack paused (gone, never answered), because the user wants it."""
    state = store.feed_states().get(id)
    if state and state.paused:
        store.save_feed_states([resumed(state)])


def check(feeds: Sequence[Feed], states: Mapping[str, FeedState], settings: Settings) -> Report:
    """Download the feeds from the addresses that `fetch` uses and report the outcome, storing
    nothing. Records have "ok"."""
    client = _client_of(settings)
    need_open_files(min(client.policy.workers, len(feeds)))
    rows = asyncio.run(_check_all(feeds, states, client))
    columns = columns_of("feed|key", "state", "what came|main whole")
    return Report(
        blocks=(Table(title="Feeds asked", columns=columns, rows=tuple(rows)),),
        records=tuple({"feed": a, "ok": b == "ok", "finding": c} for a, b, c in rows),
        fields=("feed", "ok", "finding"),
    )


def feeds_of_opml(file: Path) -> tuple[tuple[Feed, ...], tuple[Problem, ...]]:
    """Read the feeds of an OPML file; entries that cannot be used are problems. Raises
    InputUnreadable, and Misconfigured if no entry can be used."""
    read = read_feed_file(file, feed="opml", now=_NEVER)
    if isinstance(read, Failed):
        raise InputUnreadable(f"{clean(str(file))} {read.reason}")
    feeds, problems = read_opml(read.body, path=clean(str(file)))
    if not feeds and any(problem.severity == "error" for problem in problems):
        raise Misconfigured("no feed was added", problems=problems)
    return feeds, problems


def add_all(settings: Settings, feeds: Sequence[Feed]) -> Report:
    """Add every feed whose address is new to the user's file."""
    with changing_feeds(settings.feeds) as edits:
        added = _new_among(feeds, _sound_catalogue(settings))
        edits.add(added)
    return _done(f"{count(len(added), 'feed')} added, {len(feeds) - len(added)} known already")


def _new_among(feeds: Iterable[Feed], catalogue: Catalogue) -> list[Feed]:
    """Return the feeds whose address is not in the catalogue, with free ids."""
    urls = {feed.url for feed in catalogue.feeds}
    known = {feed.id for feed in catalogue.feeds}
    added: list[Feed] = []
    for feed in feeds:
        if feed.url not in urls:
            id = feed.id
            if not id or id in known:
                id = feed_id_for(feed.url, feed.title, known)
            added.append(replace(feed, id=id))
            known.add(id)
    return added


def _client_of(settings: Settings) -> Client:
    from sigtrack.app.fetch import policy_of  # which loads the stories

    return Client(policy=policy_of(settings.contact.value), now=settings.clock)


async def _find(wish: Feed, client: Client) -> tuple[str, Parsed]:
    async with Workers(1) as workers:
        fetched = await _ask(client, wish, wish.url)
        parsed = await _parse(workers, fetched)
        if isinstance(parsed, Parsed):
            return fetched.moved_to or wish.url, parsed
        found = find_feeds(fetched.body, fetched.url, fetched.content_type)
        if not found:
            raise InputUnreadable(
                f"{mask_credentials(clean(wish.url))} {parsed.as_feed()}",
                hint="the page names no feed; look for an RSS or Atom link on it",
            )
        if len(found) > 1:
            raise Misuse("the page has several feeds; add one of them", hint=_offered(found))
        fetched = await _ask(client, wish, found[0].url)
        parsed = await _parse(workers, fetched)
        if isinstance(parsed, Unreadable):
            raise InputUnreadable(
                f"{found[0].url}, which the page calls its feed, {parsed.as_feed()}"
            )
        return found[0].url, parsed


def _offered(found: Sequence[FoundFeed]) -> str:
    """Return a line for each feed: a front page of a newspaper can name fifty."""
    shown = found[:_OFFERED]
    lines = [f"{one.url} ({one.title})" if one.title else one.url for one in shown]
    more = len(found) - len(shown)
    return "\n  ".join([*lines, *([f"and {more} more"] if more else [])])


async def _ask(client: Client, wish: Feed, url: str) -> Fetched:
    feed = Feed(id="new", url=url, allow_private=wish.allow_private)
    outcome = await client.get(feed, FeedState(feed="new"))
    if isinstance(outcome, Fetched):
        return outcome
    reason = outcome.reason if isinstance(outcome, Failed) else "it is gone (410)"
    hint = ""
    if "allow_private" in reason:
        hint = "if it is in your own network, add --allow-private"
    elif "://" not in url:
        hint = "an address begins with http:// or https://, such as https://example.org/feed.xml"
    raise InputUnreadable(f"{mask_credentials(clean(url))}: {reason}", hint=hint)


async def _parse(workers: Workers, fetched: Fetched) -> Parsed | Unreadable:
    return await workers.parse(
        fetched.body, feed="new", url=fetched.url, content_type=fetched.content_type
    )


async def _check_all(
    feeds: Sequence[Feed], states: Mapping[str, FeedState], client: Client
) -> list[tuple[str, str, str]]:
    """Return id, "ok" or "failed", and the outcome. Items are counted and dropped."""
    rows = []
    async with Workers() as workers:
        # Without validators: the content is wanted, not what has changed.
        jobs = [(feed, replace(state_of(feed, states), full_at=None)) for feed in feeds]
        async for outcome in crawl(jobs, client):
            result: Parsed | Unreadable | Outcome = outcome
            if isinstance(outcome, Fetched):
                result = await _parse(workers, outcome)
            state = "ok" if isinstance(result, Parsed) else "failed"
            rows.append((outcome.feed, state, _finding(result)))
    return rows


def _finding(result: Parsed | Unreadable | Outcome) -> str:
    match result:
        case Parsed(items=items, dialect=dialect, undated=undated):
            dates = f", {undated} without a date" if undated else ""
            return f"{dialect}, {count(len(items), 'item')}{dates}"
        case Unreadable(reason=reason) | Failed(reason=reason):
            return reason
    return "it is gone (410)"


def _get(id: str, catalogue: Catalogue) -> Feed:
    for feed in catalogue.feeds:
        if feed.id == id:
            return feed
    known = [feed.id for feed in catalogue.feeds]
    raise no_such("feed", id, known, "sigtrack feeds list --all shows all")


def _sound_catalogue(settings: Settings) -> Catalogue:
    """Return the catalogue. Raises Misconfigured if the user's file has errors: while its last good
    version is in force, a change would have no effect."""
    catalogue = load_catalogue(settings)
    wrong = [problem for problem in catalogue.problems if problem.severity == "error"]
    if wrong:
        name = clean(str(settings.feeds))
        raise Misconfigured(f"{name} has a mistake, so it is not changed", problems=wrong)
    return catalogue


def _check(wish: Feed) -> None:
    """Raise Misuse, before any request, for a value that `feeds.toml` does not allow."""
    for what, value, pattern, hint in (
        ("id of a feed", wish.id, ID, "lower-case letters, digits and hyphens, such as mofa-press"),
        ("language of a feed", wish.language, LANGUAGE, "write it like ko or zh-Hant"),
        ("country of a feed", wish.country, "[A-Z]{2}", "two capitals, such as KR"),
        ("group of a feed", wish.group, GROUP, "letters, digits and hyphens, such as japan"),
    ):
        if value and not re.fullmatch(pattern, value):
            raise Misuse(f"{clean(value)!r} cannot be the {what}", hint=hint)
    if wish.timezone and zone_of(wish.timezone) is None:
        raise Misuse(
            f"{clean(wish.timezone)!r} is not a time zone known here",
            hint=timezone_hint(wish.timezone),
        )


def _table(title: str, feeds: Sequence[FeedStanding], zone: tzinfo) -> Table:
    has_groups = any(one.feed.group for one in feeds)
    kept = [column.name != "group" or has_groups for column in _COLUMNS]
    columns = tuple(compress(_COLUMNS, kept))
    rows = tuple(tuple(compress(_row(one, zone), kept)) for one in feeds)
    return Table(title=title, caption=count(len(rows), "feed"), columns=columns, rows=rows)


def _row(one: FeedStanding, zone: tzinfo) -> tuple[Cell, ...]:
    feed = one.feed
    title = Marked(text=feed.title or mask_credentials(feed.url), link=safe_link(feed.url))
    return (
        feed.id,
        title,
        feed.language,
        feed.group,
        one.state.answered_at or "never",
        _how_it_does(one, zone),
    )


def _how_it_does(one: FeedStanding, zone: tzinfo) -> str:
    said = _health(one, zone)
    if not one.moved_to:
        return said
    return f"{'' if said == 'ok' else f'{said}; '}moved to {one.moved_to}"


def _health(one: FeedStanding, zone: tzinfo) -> str:
    state = one.state
    if one.paused:
        return one.paused
    if state.failures:
        return f"failed {count(state.failures, 'time')}: {state.reason}"
    if state.asked_at is None:
        return "not asked yet"
    if one.frozen and state.changed_at:
        usual = count(max(1, round(one.usual_gap / _DAY)), "day")
        since = state.changed_at.astimezone(zone)
        return f"nothing new since {since:%Y-%m-%d}, usually within {usual}"
    return "ok"


def _record(one: FeedStanding) -> dict[str, Any]:
    state = one.state
    return _plain(one.feed) | {
        "paused": one.paused,
        "answered": state.answered_at,
        "changed": state.changed_at,
        "due": state.due_at,
        "failures": state.failures,
        "reason": state.reason,
        "frozen": one.frozen,
        "moved_to": one.moved_to,
    }


def _plain(feed: Feed) -> dict[str, Any]:
    return {
        "feed": feed.id,
        "title": feed.title,
        "url": mask_credentials(feed.url),
        **{name: getattr(feed, name) for name in ("language", "country", "timezone")},
        "role": str(feed.role),
        "group": feed.group,
    }


def _done(text: str) -> Report:
    return Report(blocks=(Note(text=text, level="good"),))
