"""Politeness: when a feed is asked again, and what an outcome does to its state."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.fetch.client import Room, max_age, retry_after, validator
from sigtrack.fetch.policy import (
    DAY,
    HOUR,
    FetchPolicy,
    News,
    address_of,
    host_of,
    in_units,
    is_due,
    is_frozen,
    next_state,
    no_network,
    not_a_feed,
    resumed,
    state_of,
    tidings,
    validators,
)
from sigtrack.model import Failed, Feed, FeedState, Fetched, Gone, NotModified, Outcome

NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
POLICY = FetchPolicy()
FEED = Feed(id="mofa", url="https://old.example/")
NEW = FeedState(feed="mofa")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def fetched(at: datetime = NOW, **more: object) -> Fetched:
    values = {"status": 200, "url": "https://a.example/", "moved_to": None, "body": b"<rss/>"}
    return Fetched(feed="mofa", at=at, seconds=0.1, **{**values, **more})  # type: ignore[arg-type]


def failed(at: datetime = NOW, **more: object) -> Failed:
    return Failed(feed="mofa", at=at, seconds=0.1, **{"reason": "did not answer", **more})  # type: ignore[arg-type]


def unchanged(at: datetime = NOW, **more: object) -> NotModified:
    return NotModified(feed="mofa", at=at, seconds=0.1, **more)  # type: ignore[arg-type]


def step(state: FeedState, outcome: Outcome, jitter: float = 1.0, **more: object) -> FeedState:
    return next_state(FEED, state, outcome, policy=POLICY, jitter=jitter, **more)  # type: ignore[arg-type]


def gap(state: FeedState, outcome: Outcome) -> float:
    assert state.due_at is not None
    return (state.due_at - outcome.at).total_seconds()


def failing(times: int, apart: float = HOUR, state: FeedState = NEW) -> FeedState:
    for n in range(times):
        state = step(state, failed(after(n * apart)))
    return state


# --- when a feed is due


def test_a_feed_that_was_never_asked_is_due():
    assert is_due(NEW, NOW, POLICY)


def test_a_feed_that_gives_no_hints_may_be_asked_again_at_once():
    assert is_due(step(NEW, fetched()), NOW, POLICY)


def test_a_feed_that_failed_is_left_alone_for_half_an_hour():
    state = step(NEW, failed())
    assert not is_due(state, after(HOUR / 4), POLICY)
    assert state.asked_at == NOW


def test_a_feed_is_due_when_the_time_that_it_asked_for_is_over():
    state = step(NEW, fetched(), ttl=HOUR / 2)
    assert state.due_at == after(HOUR / 2)
    assert not is_due(state, after(HOUR / 4), POLICY)
    assert is_due(state, after(HOUR / 2), POLICY)


def test_a_half_hourly_cron_job_that_comes_a_minute_early_skips_no_turn():
    assert is_due(step(NEW, fetched(max_age=HOUR / 2)), after(HOUR / 2 - 60), POLICY)


def test_a_paused_feed_is_never_due():
    assert not is_due(replace(NEW, paused="gone"), NOW, POLICY)


def test_a_due_time_beyond_every_policy_is_a_broken_clock_and_does_not_count():
    state = replace(step(NEW, fetched()), due_at=NOW + timedelta(days=3000))
    assert is_due(state, NOW, POLICY)


@pytest.mark.parametrize(
    ("ttl", "fresh", "expected"),
    [
        (None, None, 0),
        (60.0, 30.0, 60),
        (None, 1.0, 1),
        (2 * HOUR, HOUR, 2 * HOUR),
        (HOUR, 3 * HOUR, 3 * HOUR),
        (1e12, None, DAY),
        (math.inf, None, DAY),
        (math.nan, -5.0, 0),
    ],
)
def test_the_longest_wish_of_feed_and_server_is_honoured_up_to_a_day(ttl, fresh, expected):
    outcome = fetched(max_age=fresh)
    assert gap(step(NEW, outcome, ttl=ttl), outcome) == expected


def test_a_feed_that_has_not_changed_keeps_the_gap_that_its_last_document_asked_for():
    state = step(NEW, fetched(), ttl=3 * HOUR)
    outcome = unchanged(after(3 * HOUR))
    assert gap(step(state, outcome), outcome) == 3 * HOUR
    later = unchanged(after(3 * HOUR), max_age=5 * HOUR + 0.6)  # the server may ask for more
    assert gap(step(state, later), later) == 5 * HOUR + 1


def test_the_gap_of_a_feed_is_kept_in_whole_seconds():
    assert step(NEW, fetched(), ttl=90.6).gap == 91


def test_failures_back_off_to_a_day():
    gaps = []
    state = NEW
    for n in range(12):
        outcome = failed(after(n * DAY))
        state = step(state, outcome)
        gaps.append(gap(state, outcome))
    assert gaps[:4] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert gaps[-1] == DAY


def test_jitter_spreads_the_feeds_that_failed_together():
    gaps = {gap(step(failing(3), failed(), jitter=j / 10), failed()) for j in range(11)}
    assert len(gaps) == 11
    assert min(gaps) == 0.5 * HOUR + 7.5 * HOUR / 2
    assert max(gaps) == 8 * HOUR


@pytest.mark.parametrize(("wish", "expected"), [(2 * HOUR, 2 * HOUR), (1e9, DAY), (math.inf, DAY)])
def test_a_feed_is_not_asked_before_retry_after_is_over_but_within_a_day(wish, expected):
    state = step(NEW, failed(status=503, retry_after=wish))
    assert not is_due(state, NOW, POLICY)
    assert not is_due(state, after(expected - 1), POLICY)
    assert is_due(state, after(expected), POLICY)


def test_a_feed_put_off_with_its_host_has_not_failed():
    state = step(NEW, failed(asked=False, retry_after=HOUR, status=429))
    assert (state.failures, state.asked_at, state.first_asked_at) == (0, None, None)
    assert not is_due(state, after(HOUR - 1), POLICY)
    assert step(NEW, failed(asked=False)).due_at == after(HOUR / 2)


# --- what is remembered


def test_validators_are_kept_and_sent_with_the_next_request():
    state = step(NEW, fetched(etag='"1"', last_modified="Mon, 12 Jan 2026 08:00:00 GMT"))
    state = step(state, unchanged(after(HOUR)))
    assert validators(state, after(2 * HOUR), POLICY) == {
        "If-None-Match": '"1"',
        "If-Modified-Since": "Mon, 12 Jan 2026 08:00:00 GMT",
    }


def test_an_etag_that_never_changes_does_not_freeze_a_feed_for_ever():
    state = step(NEW, fetched(etag='"1"'))
    state = step(state, unchanged(after(20 * HOUR)))
    assert validators(state, after(DAY - 121), POLICY)  # a daily cron job may be early
    assert validators(state, after(DAY - 120), POLICY) == {}


def test_a_conditional_answer_with_a_body_does_not_put_off_the_daily_full_request():
    state = step(NEW, fetched(etag='"1"'))
    state = step(state, fetched(after(20 * HOUR), etag='"2"', full=False))
    assert state.full_at == NOW
    assert validators(state, after(25 * HOUR), POLICY) == {}


def test_a_clock_that_jumped_back_leads_to_a_full_request():
    assert validators(step(NEW, fetched(etag='"1"')), after(-DAY), POLICY) == {}


def test_a_permanent_redirect_is_remembered():
    state = step(NEW, fetched(moved_to="https://new.example/"))
    assert address_of(FEED, state) == "https://new.example/"


def test_what_was_learned_at_an_address_holds_for_no_other():
    state = step(NEW, fetched(moved_to="https://new.example/", etag='"1"'), changed=True)
    state = failing(2, state=state)
    assert state_of(FEED, {"mofa": state}) == state
    edited = replace(FEED, url="https://third.example/")
    afresh = state_of(edited, {"mofa": state})
    assert afresh == FeedState(feed="mofa", changed_at=NOW)
    assert address_of(edited, afresh) == "https://third.example/"
    assert is_due(afresh, after(1), POLICY)


def test_a_feed_that_comes_back_to_its_own_address_has_not_moved():
    state = step(NEW, fetched(moved_to="https://new.example/"))
    assert step(state, fetched(after(HOUR), moved_to=FEED.url)).url == ""
    secret = replace(FEED, url="https://desk:s3cret@old.example/")
    back = fetched(after(HOUR), moved_to=FEED.url)
    assert next_state(secret, state, back, policy=POLICY, jitter=0).url == ""


def test_a_move_is_told_once_and_a_further_one_again():
    moved = step(NEW, fetched(moved_to="https://new.example/"))
    assert tidings(NEW, moved) == (News.MOVED,)
    still = step(moved, fetched(after(HOUR)))
    assert tidings(moved, still) == ()
    further = step(still, unchanged(after(2 * HOUR), moved_to="https://further.example/"))
    assert tidings(still, further) == (News.MOVED,)


def test_a_feed_that_recovers_elsewhere_is_said_to_answer_and_to_have_moved():
    state = failing(4, apart=3 * HOUR)
    back = step(state, fetched(after(DAY), moved_to="https://new.example/"))
    assert tidings(state, back) == (News.RECOVERED, News.MOVED)


OLD = FeedState(feed="mofa", etag='"1"', full_at=NOW, answered_at=NOW)  # no address, as before


def test_an_older_state_without_a_redirect_is_taken_for_the_present_address():
    assert state_of(FEED, {"mofa": OLD}) == OLD
    assert validators(OLD, after(HOUR), POLICY) == {"If-None-Match": '"1"'}
    state = step(OLD, unchanged(after(HOUR)))
    assert state_of(replace(FEED, url="https://third.example/"), {"mofa": state}).etag == ""


def test_an_older_redirect_is_believed_only_if_the_feeds_own_address_fails():
    doubtful = replace(OLD, url="https://new.example/")
    assert address_of(FEED, doubtful) == FEED.url
    assert validators(doubtful, after(HOUR), POLICY) == {}
    edited = step(doubtful, fetched(after(HOUR)))
    assert (edited.url, tidings(doubtful, edited)) == ("", ())
    moved = step(doubtful, fetched(after(HOUR), moved_to="https://new.example/"))
    assert tidings(doubtful, moved) == (News.MOVED,)
    put_off = step(doubtful, failed(after(HOUR), asked=False))
    assert (address_of(FEED, put_off), tidings(doubtful, put_off)) == (FEED.url, ())
    dead = step(doubtful, failed(after(HOUR)))
    assert tidings(doubtful, dead) == ()
    assert address_of(FEED, dead) == "https://new.example/"
    assert validators(dead, after(2 * HOUR), POLICY) == {"If-None-Match": '"1"'}


def test_a_permanent_redirect_that_leads_nowhere_is_forgotten_after_three_failures():
    state = step(NEW, fetched(moved_to="https://new.example/"))
    assert failing(2, state=state).url == "https://new.example/"
    assert failing(3, state=state).url == ""


def test_the_validators_of_a_forgotten_target_are_not_sent_to_the_feeds_own_address():
    state = step(NEW, fetched(moved_to="https://new.example/", etag='"1"'))
    assert validators(failing(2, state=state), after(3 * HOUR), POLICY)
    assert validators(failing(3, state=state), after(3 * HOUR), POLICY) == {}
    at_home = failing(3, state=step(NEW, fetched(etag='"1"')))
    assert validators(at_home, after(3 * HOUR), POLICY)


def test_only_a_document_with_something_new_counts_as_a_change():
    state = step(NEW, fetched(), changed=True)
    state = step(state, fetched(after(HOUR)))
    assert (state.changed_at, state.answered_at) == (NOW, after(HOUR))


def test_a_feed_that_answers_but_brings_nothing_for_four_usual_gaps_is_frozen():
    state = step(NEW, fetched(), changed=True)
    assert not is_frozen(state, HOUR, after(4 * HOUR))
    assert is_frozen(state, HOUR, after(4 * HOUR + 1))
    assert not is_frozen(NEW, HOUR, NOW)
    assert not is_frozen(state, 0.0, after(DAY))  # it has no usual gap
    assert is_frozen(state, 1.0, after(DAY))
    assert not is_frozen(step(state, failed(after(DAY))), HOUR, after(DAY))


# --- what the user hears


def test_a_feed_that_is_gone_pauses_itself_and_says_so_once():
    state = step(NEW, Gone(feed="mofa", at=NOW, seconds=0.1))
    assert state.paused == "the publisher says that it is gone (410)"
    assert tidings(NEW, state) == (News.PAUSED,)
    assert tidings(state, step(state, Gone(feed="mofa", at=after(DAY), seconds=0.1))) == ()
    back = step(state, fetched(after(DAY)))
    assert tidings(state, back) == (News.RECOVERED,)
    assert back.paused is None


def test_a_feed_that_never_answered_pauses_itself_after_three_days():
    state = failing(3, apart=DAY)
    assert state.paused is None
    last = step(state, failed(after(3 * DAY)))
    assert last.paused == "has not answered once in 3 days (did not answer)"
    assert tidings(state, last) == (News.PAUSED,)
    assert tidings(last, step(last, fetched(after(4 * DAY)))) == (News.RECOVERED,)


def test_two_runs_far_apart_are_too_few_to_pause_a_feed():
    assert failing(2, apart=10 * DAY).paused is None
    assert failing(3, apart=1.5 * DAY).paused


def test_a_feed_that_answered_once_is_asked_for_ever():
    assert failing(40, apart=DAY, state=step(NEW, fetched())).paused is None


def test_a_failing_feed_is_named_once_after_three_failures_and_six_hours():
    heard = []
    state = NEW
    for hours in range(20):
        before, state = state, step(state, failed(after(hours * HOUR)))
        heard.append(tidings(before, state))
    assert [hour for hour, news in enumerate(heard) if news] == [6]
    assert heard[6] == (News.FAILING,)
    assert tidings(state, step(state, failed(after(-DAY)))) == ()  # by a clock that jumped back


def test_two_failures_are_not_worth_a_mail_however_long_they_last():
    assert not failing(2, apart=2 * DAY).told
    assert failing(3, apart=3 * HOUR).told


def test_a_feed_that_recovers_is_named_once():
    state = failing(4, apart=3 * HOUR)
    back = step(state, fetched(after(DAY)))
    assert tidings(state, back) == (News.RECOVERED,)
    assert tidings(back, step(back, fetched(after(2 * DAY)))) == ()


def test_a_feed_that_failed_unnoticed_recovers_unnoticed():
    state = failing(2)
    back = step(state, unchanged(after(DAY)))
    assert tidings(state, back) == ()
    for n in range(1, 4):  # a new row of failures counts from its own beginning
        back = step(back, failed(after(DAY + n * HOUR)))
        assert not back.told


def test_a_paused_feed_that_the_user_resumes_gets_three_new_days():
    paused = failing(4, apart=DAY)
    state = resumed(paused)
    assert is_due(state, after(3 * DAY), POLICY)
    again = [step(state, failed(after(30 * DAY)))]
    for n in (1, 2):
        again.append(step(again[-1], failed(after(30 * DAY + n * HOUR))))
    assert [(one.paused, one.told, one.failures) for one in again] == [
        (None, False, n) for n in (1, 2, 3)
    ]


def test_a_page_instead_of_a_feed_is_a_failure_that_forgets_where_it_led():
    outcome = not_a_feed(fetched(moved_to="https://parked.example/", etag='"x"'), "a web page")
    state = step(NEW, outcome)
    assert state.reason == "answered 200 but not with a feed (a web page)"
    assert (state.url, state.etag, state.failures) == ("", "", 1)
    assert outcome.status == 200


def test_no_network_is_when_every_feed_failed_for_want_of_a_name_or_route():
    lost = failed(offline=True)
    assert no_network([lost, lost])
    assert not no_network([lost, fetched()])
    assert not no_network([lost, failed(status=500)])
    assert no_network([]) is False


# --- hours in which a publisher wants no request

NIGHT = sum(1 << day * 24 + hour for day in range(7) for hour in (22, 23, 0, 1, 2, 3, 4, 5))
WEEKEND = ((1 << 48) - 1) << 5 * 24


@pytest.mark.parametrize(
    ("now", "ttl", "quiet", "due"),
    [  # 12 January 2026 is a Monday
        ("2026-01-12T21:30:15.5Z", HOUR, NIGHT, "2026-01-13T06:00Z"),
        ("2026-01-12T20:00Z", HOUR, NIGHT, "2026-01-12T21:00Z"),
        ("2026-01-12T20:59:59Z", HOUR, NIGHT, "2026-01-12T21:59:59Z"),
        ("2026-01-13T02:10Z", None, NIGHT, "2026-01-13T06:00Z"),
        ("2026-01-13T05:10Z", HOUR, NIGHT, "2026-01-13T06:10Z"),
        ("2026-01-16T23:30Z", HOUR, WEEKEND, "2026-01-17T23:30Z"),  # at most a day
        ("2026-01-18T12:00Z", HOUR, WEEKEND, "2026-01-19T00:00Z"),
        ("2026-01-13T06:30+09:00", HOUR, NIGHT, "2026-01-13T06:00Z"),
    ],
)
def test_a_feed_is_not_due_in_hours_that_its_publisher_skips(now, ttl, quiet, due):
    outcome = fetched(datetime.fromisoformat(now))
    assert step(NEW, outcome, ttl=ttl, quiet=quiet).due_at == datetime.fromisoformat(due)


def test_a_night_that_is_skipped_does_not_make_the_next_day_slow():
    state = step(NEW, fetched(datetime(2026, 1, 12, 21, 30, tzinfo=UTC)), ttl=HOUR, quiet=NIGHT)
    morning = unchanged(state.due_at)
    state = step(state, morning)
    assert gap(state, morning) == HOUR
    evening = unchanged(datetime(2026, 1, 13, 21, 15, tzinfo=UTC))
    assert step(state, evening).due_at == datetime(2026, 1, 14, 6, 0, tzinfo=UTC)


def test_hours_that_a_later_document_does_not_skip_are_asked_again():
    state = step(NEW, fetched(), quiet=NIGHT)
    late = fetched(datetime(2026, 1, 12, 23, 0, tzinfo=UTC))
    assert gap(step(state, late, quiet=0), late) == 0


def test_a_feed_that_failed_is_left_alone_in_these_hours_too():
    state = step(NEW, fetched(), quiet=NIGHT)
    evening = datetime(2026, 1, 12, 21, 30, tzinfo=UTC)
    morning = datetime(2026, 1, 13, 6, 0, tzinfo=UTC)
    assert step(state, failed(evening)).due_at == morning
    assert step(state, failed(evening, asked=False)).due_at == morning
    busy = failed(evening, retry_after=10 * HOUR)
    assert step(state, busy).due_at == evening + timedelta(hours=10, minutes=2)


# --- laws

times = st.integers(DAY, 200 * 365 * DAY).map(lambda s: datetime.fromtimestamp(s, UTC))
numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)
outcomes = st.one_of(
    st.builds(fetched, times, max_age=numbers, full=st.booleans(), etag=st.sampled_from(["", "e"])),
    st.builds(unchanged, times, max_age=numbers),
    st.builds(failed, times, retry_after=numbers, asked=st.booleans(), offline=st.booleans()),
    st.builds(Gone, feed=st.just("mofa"), at=times, seconds=st.just(0.1)),
)
histories = st.lists(st.tuples(outcomes, st.floats(0, 1), numbers, st.booleans()), max_size=12)


def lives(history) -> list[tuple[FeedState, Outcome, FeedState]]:
    steps, state = [], NEW
    for outcome, jitter, ttl, changed in history:
        before = state
        state = step(before, outcome, jitter, ttl=ttl, changed=changed)
        steps.append((before, outcome, state))
    return steps


@given(histories)
def test_a_feed_is_never_due_in_the_past_nor_later_than_a_day(history):
    for _, outcome, state in lives(history):
        assert POLICY.min_gap <= gap(state, outcome) <= POLICY.max_gap + POLICY.grace


@given(st.sampled_from([fetched, failed]), times, numbers, st.integers(0, 2**168 - 1))
def test_a_feed_is_due_at_the_first_moment_that_is_allowed(outcome_at, at, ttl, quiet):
    outcome = outcome_at(at)
    plain = step(NEW, outcome, ttl=ttl).due_at
    due = step(replace(NEW, quiet=quiet), outcome, ttl=ttl, quiet=quiet).due_at
    skipped = [
        hour
        for n in range(25)
        if (hour := plain.replace(minute=0, second=0, microsecond=0) + n * timedelta(hours=1)) < due
    ]
    assert plain <= due <= at + timedelta(days=1)
    assert all(quiet >> hour.weekday() * 24 + hour.hour & 1 for hour in skipped[:-1])
    is_quiet = quiet >> due.weekday() * 24 + due.hour & 1
    assert not is_quiet or due == at + timedelta(days=1)


@given(histories)
def test_failures_count_up_by_one_and_vanish_with_an_answer(history):
    for before, outcome, state in lives(history):
        match outcome:
            case Failed(asked=False):
                assert state == replace(before, due_at=state.due_at)
            case Failed() | Gone():
                assert state.failures == before.failures + 1
                assert state.failing_since is not None
                assert state.failing_since <= outcome.at
                assert state.reason
            case _:
                assert (state.failures, state.failing_since, state.reason) == (0, None, "")


@given(histories)
def test_nobody_hears_twice_of_one_row_of_failures(history):
    heard = [news for before, _, state in lives(history) for news in tidings(before, state)]
    spoken = [news is News.RECOVERED for news in heard if news is not News.PAUSED]
    for first, second in pairwise(spoken):
        assert first or second  # never FAILING twice without a recovery between


@given(histories, times)
def test_a_conditional_request_only_follows_a_full_one_of_the_last_day(history, now):
    for _, _, state in lives(history):
        if validators(state, now, POLICY):
            assert state.full_at is not None
            assert timedelta(0) <= now - state.full_at < timedelta(days=1)


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_backing_off_never_overflows(jitter, failures):
    state = step(replace(NEW, failures=failures), failed(), jitter)
    assert gap(state, failed()) <= DAY


# --- headers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Mon, 12 Jan 2026 10:00:00 GMT", HOUR),
        ("Mon, 12 Jan 2026 08:00:00 GMT", 0.0),
        ("9" * 5000, 999_999_999_999.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Mon, 99 Foo 99999 99:99:99 GMT", None),
        ("１２", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_nonsense_says_nothing(value, expected):
    assert retry_after({"retry-after": value}, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "public, max-age=600"}, 600.0),
        ({"cache-control": "s-maxage=5"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=junk", "expires": "Mon, 12 Jan 2026 09:10:00 GMT"}, 600.0),
        ({"expires": "0"}, None),
        ({"expires": "Mon, 12 Jan 2026 18:10:00 +0900"}, 600.0),
        ({"expires": "Mon, 12 Jan 2026 09:10:00"}, 600.0),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 -0500"}, None),
        (
            {
                "expires": "Mon, 12 Jan 1970 09:10:00 GMT",
                "date": "Mon, 12 Jan 1970 09:00:00 GMT",
            },
            600.0,
        ),
        ({}, None),
    ],
)
def test_freshness_is_max_age_or_else_expires_by_the_servers_own_clock(headers, expected):
    assert max_age(headers, NOW) == expected


@given(st.text(max_size=40))
def test_no_header_value_breaks_the_reading_of_dates(text):
    for seconds in (retry_after({"retry-after": text}, NOW), max_age({"expires": text}, NOW)):
        assert seconds is None or 0 <= seconds < math.inf


@pytest.mark.parametrize("value", ['"caf\u00e9"', '"' + "x" * 600 + '"', '"a\tb"'])
def test_a_validator_that_could_not_be_sent_back_is_not_kept(value):
    assert validator({"etag": value}, "etag") == ""


def test_a_validator_has_512_characters_at_most():
    assert [len(validator({"etag": "x" * n}, "etag")) for n in (512, 513)] == [512, 0]


# --- hosts and imports


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Mofa.go.jp:8443/rss", "www.mofa.go.jp"),
        ("http://user:pw@a.example./x", "a.example"),
        ("http://[::1]:80/", "::1"),
        ("http://[bad/", ""),
        ("nonsense", ""),
    ],
)
def test_a_host_is_its_name_without_port(url, host):
    assert host_of(url) == host


def test_loopback_hosts_need_no_rest():
    assert [POLICY.rest_of(h) for h in ("127.0.0.5", "localhost", "::1")] == [0, 0, 0]
    assert [POLICY.rest_of(h) for h in ("a.example", "127.evil.example", "")] == [1, 1, 1]


def test_a_policy_under_which_no_body_could_finish_is_refused():
    for limits in ({"max_body": 10, "total_in_flight": 9}, {"workers": 0}):
        with pytest.raises(ValueError, match="one body must fit"):
            FetchPolicy(**limits)
    assert FetchPolicy(max_body=10, total_in_flight=10, workers=1).first_share == 0


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1_023, "1023 bytes"),
        (1_024, "1 KiB"),
        (1_536, "1.5 KiB"),
        (1_048_575, "1024 KiB"),
        (1_048_576, "1 MiB"),
    ],
)
def test_sizes_are_told_in_units_of_1024(size, words):
    assert in_units(size) == words


@pytest.mark.parametrize(
    ("limits", "first", "others"),
    [
        ({}, 512 * 1024, 31 * 512 * 1024),
        ({"max_body": 100, "total_in_flight": 1_000, "workers": 9}, 50, 400),
        ({"max_body": 10, "total_in_flight": 1_000, "workers": 2}, 10, 10),
    ],
)
def test_half_of_what_is_beside_the_largest_body_is_shared_at_once(limits, first, others):
    policy = FetchPolicy(**limits)
    assert (policy.first_share, policy.other_shares) == (first, others)


def test_the_usual_limits_are_those_that_the_readme_promises():
    readme = Path(__file__).parents[1].joinpath("README.md").read_text("utf-8")
    promise = f"; {POLICY.deadline:g} seconds and {in_units(POLICY.max_body)} a feed, "
    assert promise in readme
    assert POLICY.connect_timeout < POLICY.deadline / 2
    assert 8 * 1024 <= POLICY.max_head < POLICY.max_body  # many servers send heads of 8 KiB


@given(st.integers(1, 200), st.integers(1, 2**30), st.integers(0, 2**30))
def test_one_whole_body_fits_beside_every_share_and_no_body_takes_a_share(workers, body, more):
    policy = FetchPolicy(workers=workers, max_body=body, total_in_flight=body + more)
    room = Room(policy.total_in_flight)
    assert all(room.take_now(policy.first_share) for _ in range(workers))
    rest = policy.max_body - policy.first_share
    assert room.take_now(rest, leave=policy.other_shares)
    room.take_now(rest, leave=policy.other_shares)
    assert all(room.take_now(policy.first_share) for _ in range(workers - 1))


def test_the_arithmetic_and_local_files_load_no_network():
    program = (
        "import sys, sigtrack.fetch.policy; from sigtrack.fetch.files import read_feed_file; "
        "print([m for m in ('h11', 'asyncio', 'socket', 'ssl') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
