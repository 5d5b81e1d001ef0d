"""When to ask a feed again, and what an outcome means for it, as pure arithmetic.

No sockets, no clock, no randomness: the time and the jitter are arguments, and a function takes a
state and returns the next one. Durations are in seconds. What a server says about time
(Retry-After, max-age, ttl) is a wish: it is honoured up to one day, and longer wishes are cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from urllib.parse import urlsplit

from sigtrack import __version__
from sigtrack.frozen import frozen
from sigtrack.model import (
    Failed,
    Feed,
    FeedState,
    Fetched,
    Gone,
    NotModified,
    Outcome,
    address_key,
)
from sigtrack.text import safe_link

MIB = 1024 * 1024
HOUR = 3600.0
DAY = 24 * HOUR

_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")
_TELL_AFTER_FAILURES = 3
_TELL_AFTER = timedelta(hours=6)
_FROZEN_AFTER_GAPS = 4
_HOURS_A_WEEK = 7 * 24


@frozen
class FetchPolicy:
    """Every limit of a run, in seconds and bytes."""

    min_gap: float = 0.0  # between two answers of a feed that gives no hints: the user decides
    retry_gap: float = HOUR / 2  # after a failure; doubled with each further failure
    max_gap: float = DAY
    grace: float = 120.0  # a half-hourly cron job starts seconds early and must not skip a turn
    host_gap: float = 1.0  # between two requests to one host; none for loopback
    deadline: float = 30.0  # for everything about one feed
    connect_timeout: float = 10.0  # for one address of one host
    max_body: int = 10 * MIB  # both decompressed and as sent
    max_pieces: int = 20_000  # of a body: each takes 20 µs of the event loop that all feeds share
    max_head: int = 64 * 1024  # of an answer, including every "100 Continue" before it
    total_in_flight: int = 64 * MIB  # bodies being read or waiting for the caller
    max_redirects: int = 5
    full_every: float = DAY  # a request without validators, because some ETags never change
    never_answered_after: float = 3 * DAY
    workers: int = 32
    user_agent: str = f"sigtrack/{__version__} (feed reader)"

    def __post_init__(self) -> None:
        if self.total_in_flight < self.max_body or self.workers < 1:
            raise ValueError("one body must fit in what may be in flight, and one worker must work")

    @property
    def first_share(self) -> int:
        """The bytes that each worker may read without asking for more room (see `client.Room`).

        All shares together take at most half of the bytes beside one largest body, so one worker
        can always finish.
        """
        spare = (self.total_in_flight - self.max_body) // (2 * self.workers)
        return min(spare, MIB // 2, self.max_body)

    @property
    def other_shares(self) -> int:
        """The bytes that a body larger than its first share must leave to all other workers."""
        return (self.workers - 1) * self.first_share

    def rest_of(self, host: str) -> float:
        """Return the seconds between two requests to this host."""
        return 0.0 if _LOOPBACK.fullmatch(host) else self.host_gap


class News(StrEnum):
    """What the user should hear about a feed, once."""

    FAILING = "failing"
    RECOVERED = "recovered"
    PAUSED = "paused"
    MOVED = "moved"


def state_of(feed: Feed, states: Mapping[str, FeedState]) -> FeedState:
    """Return what is known about this feed at its present address.

    If the address in the config has changed, what was learned at the old one is forgotten:
    redirect, validators and failures. Only `changed_at` stays, because it describes the items.
    """
    state = states.get(feed.id, FeedState(feed=feed.id))
    if state.address in ("", address_key(feed.url)):
        return state
    return FeedState(feed=feed.id, changed_at=state.changed_at)


def address_of(feed: Feed, state: FeedState) -> str:
    """Return where to ask: the target of a permanent redirect, if any, else the feed's url.

    If it is not known which address gave the redirect, the feed's own address is asked once, and
    the redirect is believed only if that fails.
    """
    return feed.url if _is_in_doubt(state) else state.url or feed.url


def host_of(url: str) -> str:
    """Return the host of `url` in lower case, without port and final dot; "" if it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_due(state: FeedState, now: datetime, policy: FetchPolicy) -> bool:
    """Return whether to ask now.

    A due time later than any policy sets comes from a wrong clock, so such a feed is due.
    """
    if state.paused is not None:
        return False
    if state.due_at is None:
        return True
    wait = (state.due_at - now).total_seconds()
    return wait <= policy.grace or wait > policy.max_gap + policy.grace


def validators(state: FeedState, now: datetime, policy: FetchPolicy) -> dict[str, str]:
    """Return the headers of a conditional request (RFC 9110 13.1), none if a full one is due.

    A full request is due once a day, because some servers send the same ETag for ever.
    """
    if state.full_at is None or _is_in_doubt(state):
        return {}
    age = (now - state.full_at).total_seconds()
    if not 0 <= age < policy.full_every - policy.grace:
        return {}
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value}


def next_state(
    feed: Feed,
    state: FeedState,
    outcome: Outcome,
    *,
    policy: FetchPolicy,
    jitter: float,
    ttl: float | None = None,
    quiet: int = 0,
    changed: bool = False,
) -> FeedState:
    """Return the state of a feed after one request, with the time of the next one in `due_at`.

    After an answer, `due_at` is the latest of `policy.min_gap`, the document's `ttl` and the
    answer's `max_age` (RFC 9111 5.2.2.1). After n failures in a row it is retry_gap * 2**n, where
    `jitter` (0..1) decides about half of what exceeds retry_gap, and never before Retry-After (RFC
    9110 10.2.3) is over. Either is moved to the first moment outside the `quiet` hours of the last
    document (see `Parsed`). It is at most a day ahead and never before `outcome.at`.

    `changed`: an item was new or revised. A feed that is gone, or that has not answered once in
    three days, is paused. `told` becomes true when the user must hear of a failure: see `tidings`.
    """
    if isinstance(outcome, Failed) and not outcome.asked:
        gap = _failure_gap(0, outcome, policy, jitter)
        return replace(state, due_at=_due(state, outcome.at, gap, policy))
    asked = replace(
        state,
        address=address_key(feed.url),
        asked_at=outcome.at,
        first_asked_at=_earlier(state.first_asked_at, outcome.at),
    )
    match outcome:
        case Fetched() | NotModified():
            gap = _clamped(outcome.max_age, policy)
            if isinstance(outcome, NotModified):  # brings no wishes: those of the last one hold
                gap, quiet = max(gap, state.gap), state.quiet
            gap = round(max(gap, _clamped(ttl, policy)))
            asked = replace(asked, url=_moved(feed, state, outcome), gap=gap, quiet=quiet)
            return _after_answer(asked, outcome, policy, changed=changed)
        case Gone():
            failed = _after_failure(asked, outcome, "answered 410 Gone", policy, jitter)
            return replace(failed, told=True, paused="the publisher says that it is gone (410)")
        case Failed():
            failed = _after_failure(asked, outcome, outcome.reason, policy, jitter)
            if not _never_answered(failed, outcome.at, policy):
                return failed
            days = policy.never_answered_after / DAY
            why = f"has not answered once in {days:g} days ({outcome.reason})"
            return replace(failed, paused=why)
        case _:
            assert_never(outcome)


def tidings(before: FeedState, after: FeedState) -> tuple[News, ...]:
    """Return the news that the user must hear now.

    A feed is named once when it fails, once when it recovers, and once when it has moved. It fails
    after 3 failures in a row over at least 6 hours. `next_state` decides that and sets `told`, so
    this function only compares two states.
    """
    is_known = after.url == before.url and not _is_in_doubt(before)
    is_answer = bool(after.address) and not after.failures
    moves = (News.MOVED,) if after.url and is_answer and not is_known else ()
    if after.paused is not None and before.paused is None:
        return (News.PAUSED,)
    if after.told and not before.told:
        return (News.FAILING,)
    if before.told and not after.told:
        return (News.RECOVERED, *moves)
    return moves


def not_a_feed(outcome: Fetched, reason: str) -> Failed:
    """Turn an answer that is not a feed into a failure. Its ETag and redirect are forgotten."""
    is_file = outcome.url.startswith("file:")
    what = "cannot be read as" if is_file else f"answered {outcome.status} but not with"
    return Failed(
        feed=outcome.feed,
        at=outcome.at,
        seconds=outcome.seconds,
        status=outcome.status,
        reason=f"{what} a feed ({reason})",
    )


def no_network(outcomes: Iterable[Outcome]) -> bool:
    """Return whether every feed failed because no name or route was found: our network is down.

    Such a run says nothing about the feeds, so its states should not be kept.
    """
    offline = [isinstance(outcome, Failed) and outcome.offline for outcome in outcomes]
    return bool(offline) and all(offline)


def is_frozen(state: FeedState, usual_gap: float, now: datetime) -> bool:
    """Return whether a feed answers but had nothing new for four times its usual gap (seconds)."""
    if state.changed_at is None or state.failures or usual_gap <= 0:
        return False
    return (now - state.changed_at).total_seconds() > _FROZEN_AFTER_GAPS * usual_gap


def resumed(state: FeedState) -> FeedState:
    """Return the state of a feed that the user wants to ask again; its three days begin again."""
    return replace(
        state, paused=None, failures=0, failing_since=None, told=False, first_asked_at=None,
        due_at=None,
    )  # fmt: skip


def in_units(size: int) -> str:
    """Return a number of bytes for people to read: "10 MiB"."""
    for unit, name in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if size >= unit:
            return f"{size / unit:.4g} {name}"
    return f"{size} bytes"


def _is_in_doubt(state: FeedState) -> bool:
    """Return whether the feed has moved, but the address that it moved from is not known."""
    return bool(state.url) and not state.address


def _moved(feed: Feed, state: FeedState, outcome: Fetched | NotModified) -> str:
    """Return where the feed lives now; "" = at its own address, also if it has come back to it."""
    target = outcome.moved_to or ("" if _is_in_doubt(state) else state.url)
    return "" if target == safe_link(feed.url) else target


def _after_answer(
    asked: FeedState, outcome: Fetched | NotModified, policy: FetchPolicy, *, changed: bool
) -> FeedState:
    gap = min(max(policy.min_gap, asked.gap), policy.max_gap)
    answered = replace(
        asked,
        answered_at=outcome.at,
        changed_at=outcome.at if changed else asked.changed_at,
        failures=0,
        failing_since=None,
        reason="",
        told=False,
        paused=None,
        due_at=_due(asked, outcome.at, gap, policy),
    )
    if isinstance(outcome, NotModified):
        return answered
    return replace(
        answered,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        full_at=outcome.at if outcome.full else asked.full_at,
    )


def _due(state: FeedState, at: datetime, gap: float, policy: FetchPolicy) -> datetime:
    """Return the first moment outside the quiet hours after a gap (seconds), at most a day ahead
    unless the gap is longer."""
    earliest = _later(at, gap)
    return max(earliest, min(_after_quiet(earliest, state.quiet), _later(at, policy.max_gap)))


def _after_quiet(moment: datetime, quiet: int) -> datetime:
    """Return the moment, or the end of the quiet hours in which it lies."""
    for _ in range(_HOURS_A_WEEK):
        utc = moment.astimezone(UTC)
        if not quiet >> (utc.weekday() * 24 + utc.hour) & 1:
            break
        moment = utc.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def _after_failure(
    asked: FeedState, outcome: Failed | Gone, reason: str, policy: FetchPolicy, jitter: float
) -> FeedState:
    failures = asked.failures + 1
    since = _earlier(asked.failing_since, outcome.at)
    long = failures >= _TELL_AFTER_FAILURES and outcome.at - since >= _TELL_AFTER
    # A permanent redirect that leads nowhere is forgotten after some failures, together with the
    # validators that were learned at its target.
    lost = bool(asked.url) and failures >= _TELL_AFTER_FAILURES
    return replace(
        asked,
        url="" if lost else asked.url,
        full_at=None if lost else asked.full_at,
        failures=failures,
        failing_since=since,
        reason=reason,
        told=asked.told or long,
        due_at=_due(asked, outcome.at, _failure_gap(failures, outcome, policy, jitter), policy),
    )


def _failure_gap(
    failures: int, outcome: Failed | Gone, policy: FetchPolicy, jitter: float
) -> float:
    longest = min(policy.max_gap, policy.retry_gap * 2.0 ** min(failures, 30))
    spread = (longest - policy.retry_gap) * (0.5 + 0.5 * jitter)
    wish = outcome.retry_after if isinstance(outcome, Failed) else None
    # The server did not ask for the grace of `is_due`, so it is added to Retry-After.
    patience = _clamped(wish, policy) + policy.grace if wish else 0.0
    return max(policy.retry_gap + spread, patience)


def _never_answered(state: FeedState, at: datetime, policy: FetchPolicy) -> bool:
    if state.answered_at is not None or state.failures < _TELL_AFTER_FAILURES:
        return False
    first = _earlier(state.first_asked_at, at)
    return (at - first).total_seconds() >= policy.never_answered_after


def _clamped(wish: float | None, policy: FetchPolicy) -> float:
    if wish is None or not wish > 0:  # also NaN
        return 0.0
    return min(wish, policy.max_gap)


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)


def _later(at: datetime, seconds: float) -> datetime:
    return at + timedelta(seconds=seconds)
