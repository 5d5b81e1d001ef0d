"""The report of a fetch: new hits, and only what the user must know about feeds."""

from __future__ import annotations

from collections import Counter
from datetime import tzinfo

from sigtrack.app.fetch import Answer, Fetching
from sigtrack.app.in_force import InForce
from sigtrack.fetch.policy import News
from sigtrack.model import Block, Note, Report
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.views.hits import count, tables_by_group

_MANY = 60  # more hits in one run are summarised in tables (a first run has hundreds)
_FEW_ROWS = 3
_FAILURES_SHOWN = 5
_MOVES_SHOWN = 5  # a first fetch of the whole catalogue may meet many
_SOME_FEED_FAILED = 3
_EVERY_FEED_FAILED = 69
_FIELDS = ("feed", "outcome", "status", "new", "revised", "hits", "seconds", "note")


def report_of(
    store: Store,
    fetching: Fetching,
    files: InForce,
    *,
    limit: int | None,
    quiet: bool = False,
    verbose: bool = False,
) -> Report:
    """Return hits by watchlist for people, and one record a feed for machines.

    `quiet` leaves only what the user must act on, each once: feeds that failed for long or moved.
    """
    if quiet:
        blocks: list[Block] = [
            _news(answer, news) for answer in fetching.answers for news in answer.news
        ]
        return Report(blocks=tuple(blocks), records=fetching.records(), fields=_FIELDS)
    found = list(store.hits(Query(after_hit=fetching.run.after_hit), articles=False))
    many = len(found) > _MANY and limit is not None
    by_group = tables_by_group(
        found,
        group="watchlist",
        headings=files.index.headings,
        zone=files.zone,
        limit=_FEW_ROWS if many else limit,
        roles=files.catalogue.roles(),
    )
    tables = [table for table, _ in by_group]
    offline = fetching.is_offline()
    blocks = [*(_offline(fetching) if offline else [Note(text=_summary(fetching, files.zone))])]
    blocks += tables
    if many:
        text = "only the most important of each; for all of them: sigtrack report"
        blocks.append(Note(text=text))
    blocks += [] if offline else _about_feeds(fetching, verbose=verbose)
    if fetching.texts and (sentence := fetching.texts.sentence()):
        blocks.append(Note(text=sentence))
        blocks += [Note(text=one) for one in fetching.texts.troubles if verbose]
    return Report(blocks=tuple(blocks), records=fetching.records(), fields=_FIELDS)


def exit_code_of(fetching: Fetching, *, strict: bool) -> int:
    """Return the exit code; with `strict` it reports even one failed feed."""
    if fetching.all_failed():
        return _EVERY_FEED_FAILED
    failed = any(answer.kind in ("failed", "gone") for answer in fetching.answers)
    return _SOME_FEED_FAILED if strict and failed else 0


def _summary(fetching: Fetching, zone: tzinfo) -> str:
    if not fetching.answers:
        return _nothing_due(fetching, zone)
    kinds = Counter(answer.kind for answer in fetching.answers)
    new = sum(len(answer.saved.new) for answer in fetching.answers)
    revised = sum(len(answer.saved.revised) for answer in fetching.answers)
    parts = [f"{count(len(fetching.answers), 'feed')} asked"]
    if kinds["not-modified"]:
        parts.append(f"{kinds['not-modified']} not modified")
    if kinds["failed"] or kinds["gone"]:
        parts.append(f"{kinds['failed'] + kinds['gone']} failed")
    if fetching.waiting or kinds["put-off"]:
        parts.append(f"{len(fetching.waiting) + kinds['put-off']} not due yet")
    items = f"{count(new, 'new item')}" + (f", {revised} revised" if revised else "")
    return f"{', '.join(parts)}: {items}, {count(fetching.hits, 'new hit')}"


def _nothing_due(fetching: Fetching, zone: tzinfo) -> str:
    if not fetching.waiting:
        if fetching.paused:
            paused = count(fetching.paused, "paused feed")
            return f"there is no feed to ask, only {paused}: sigtrack feeds list --all"
        return "there is no feed to ask; add one with: sigtrack feeds add ADDRESS"
    when = ""
    if fetching.next_due:
        when = f", the next one at {fetching.next_due.astimezone(zone):%Y-%m-%d %H:%M}"
    found = f"; {count(fetching.hits, 'new hit')}" if fetching.hits else ""
    return f"none of {count(len(fetching.waiting), 'feed')} is due yet{when}{found}"


def _about_feeds(fetching: Fetching, *, verbose: bool) -> list[Note]:
    failed = [answer for answer in fetching.answers if answer.kind in ("failed", "gone")]
    shown = failed if verbose else failed[:_FAILURES_SHOWN]
    notes = [Note(text=f"{a.feed.id}: {a.note or 'is gone (410)'}", level="warning") for a in shown]
    if len(shown) < len(failed):
        notes.append(Note(text=f"and {len(failed) - len(shown)} more: sigtrack feeds list"))
    for news, more in ((News.RECOVERED, False), (News.MOVED, True)):
        heard = [answer for answer in fetching.answers if news in answer.news]
        shown = heard[:_MOVES_SHOWN] if more and not verbose else heard
        notes += [_news(answer, news) for answer in shown]
        if len(shown) < len(heard):
            rest = len(heard) - len(shown)
            notes.append(Note(text=f"and {rest} more have moved: sigtrack feeds list"))
    for answer in fetching.answers:
        told = (*answer.alerts, *answer.notes) if verbose else answer.alerts
        if answer.kind == "fetched" and told:
            notes.append(Note(text=f"{answer.feed.id}: {'; '.join(told)}"))
    return notes


def _offline(fetching: Fetching) -> list[Note]:
    """Return two lines, however many feeds there are, with the reason if it is the same for all."""
    asked = count(len(fetching.answers), "feed")
    reasons = {answer.note for answer in fetching.answers}
    why = f" ({reasons.pop()})" if len(reasons) == 1 else ""
    return [
        Note(text=f"no network: none of {asked} could be reached{why}", level="warning"),
        Note(text="to see sigtrack without a network: sigtrack demo"),
    ]


def _news(answer: Answer, news: News) -> Note:
    match news:
        case News.RECOVERED:
            return Note(text=f"{answer.feed.id} answers again", level="good")
        case News.PAUSED:
            text = f"{answer.feed.id} is paused: {answer.note or 'it is gone (410)'}"
            return Note(text=f"{text}; ask again with: sigtrack feeds pause --off {answer.feed.id}")
        case News.MOVED:
            return Note(text=f"{answer.feed.id} {answer.move}; change its url in feeds.toml")
    return Note(
        text=f"{answer.feed.id} has not answered for more than 6 hours: {answer.note}",
        level="warning",
    )
