"""Many feeds at once: nobody waits for a dead host, and no host is asked twice at once."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feed_server import Clock, FeedServer, Site, answer, for_ever, hang_up
from sigtrack.fetch.address import Proxies
from sigtrack.fetch.client import Client, Room
from sigtrack.fetch.crawl import crawl
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.model import Failed, Feed, FeedState, Fetched, NotModified, Outcome

NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
KIB = 1024
POLICY = FetchPolicy(
    deadline=600.0,
    connect_timeout=600.0,
    max_body=64 * KIB,
    max_head=8 * KIB,
    total_in_flight=1024 * KIB,
    workers=8,
)
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Nara</title></channel></rss>'


async def nobody(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"a test asked for the address of {host}")


def jobs(*urls: str) -> list[tuple[Feed, FeedState]]:
    return [
        (Feed(id=f"f{n}", url=url, allow_private=True), FeedState(feed=f"f{n}"))
        for n, url in enumerate(urls)
    ]


def a_client(policy: FetchPolicy, resolver=nobody) -> Client:
    return Client(policy, now=lambda: NOW, resolver=resolver, proxies=Proxies())


def run(
    todo,
    policy: FetchPolicy = POLICY,
    resolver=nobody,
    clock: Clock | None = None,
    wait_after: int = 0,
) -> list[Outcome]:
    """The outcomes. After that many of them, time passes: an hour, of which nobody has more."""
    clock = clock or Clock()

    async def collect() -> list[Outcome]:
        outcomes: list[Outcome] = []
        async for outcome in crawl(todo, a_client(policy, resolver)):
            outcomes.append(outcome)
            if len(outcomes) == wait_after:
                clock.skip(3600)
        return outcomes

    return clock.run(collect())


def feeds_of(outcomes: list[Outcome], kind: type = object) -> set[str]:
    return {outcome.feed for outcome in outcomes if isinstance(outcome, kind)}


async def silence(_, writer) -> None:
    await asyncio.Event().wait()


def test_every_feed_has_exactly_one_outcome(feed_server: FeedServer):
    sites = [feed_server.site() for _ in range(30)]
    urls = [site.serve(f"/{n}", RSS) for site in sites for n in range(3)]
    outcomes = run(jobs(*urls))
    assert len(outcomes) == 90
    assert feeds_of(outcomes, Fetched) == {f"f{n}" for n in range(90)}


def test_no_feeds_no_outcomes():
    assert run([]) == []


def test_one_request_a_host_at_a_time(feed_server):
    sites = [feed_server.site() for _ in range(4)]
    outcomes = run(jobs(*(site.serve(f"/{n}", RSS) for n in range(8) for site in sites)))
    assert feeds_of(outcomes, Fetched) == {f"f{n}" for n in range(32)}
    assert [site.most_at_once for site in sites] == [1] * 4


def test_a_host_is_its_name_whatever_the_port_or_the_case(feed_server):
    site = feed_server.site()
    at_once = []

    async def look(_, writer):
        at_once.append(site.open_now)
        writer.write(answer(200, RSS))

    async def resolver(host: str, port: int) -> Sequence[str]:
        return [site.host]

    site.play("/rss", look)
    names = ["nara.example", "NARA.example", "nara.example."] * 3
    policy = replace(POLICY, host_gap=0.0)
    run(jobs(*(site.url("/rss", host=name) for name in names)), policy, resolver)
    assert at_once == [1] * 9


def test_a_host_rests_between_two_requests_while_others_go_on(feed_server):
    site = feed_server.site()
    other = feed_server.site()

    async def resolver(host: str, port: int) -> Sequence[str]:
        return [site.host]

    resting = [site.serve(path, RSS).replace(site.host, "nara.example") for path in ("/1", "/2")]
    todo = jobs(*resting, *(other.serve(f"/{n}", RSS) for n in range(20)))
    outcomes = run(todo, replace(POLICY, host_gap=900.0), resolver, wait_after=21)
    assert outcomes[-1].feed == "f1"
    assert len(outcomes) == 22


def test_one_dead_host_does_not_delay_the_others(feed_server):
    dead = feed_server.site()
    healthy = [feed_server.site().serve("/rss", RSS) for _ in range(20)]
    todo = jobs(dead.play("/rss", silence), *healthy)
    outcomes = run(todo, replace(POLICY, workers=2), wait_after=20)
    assert outcomes[-1].feed == "f0"
    assert feeds_of(outcomes, Fetched) == {f"f{n}" for n in range(1, 21)}


def test_many_dead_hosts_do_not_delay_the_others_while_a_worker_is_free(feed_server):
    dead = [feed_server.site().play("/rss", silence) for _ in range(30)]
    healthy = [feed_server.site().serve("/rss", RSS) for _ in range(20)]
    outcomes = run(jobs(*dead, *healthy), replace(POLICY, workers=32), wait_after=20)
    assert [type(outcome) for outcome in outcomes] == [Fetched] * 20 + [Failed] * 30


def test_a_host_that_is_silent_twice_is_not_waited_for_again(feed_server, clock):
    dead = feed_server.site()
    urls = [dead.play(f"/{n}", clock.silence(600)) for n in range(20)]
    outcomes = run(jobs(*urls), clock=clock)
    assert len(dead.requests) == 2
    assert [type(outcome) for outcome in outcomes] == [Failed] * 20
    assert {outcome.reason for outcome in outcomes} == {"did not answer within 600 s"}
    assert all(outcome.asked for outcome in outcomes)


def test_a_host_that_answers_with_errors_is_not_dead(feed_server):
    site = feed_server.site()
    urls = [site.serve(f"/{n}", b"", 500) for n in range(5)] + [site.serve("/good", RSS)]
    assert feeds_of(run(jobs(*urls)), Fetched) == {"f5"}


def test_feeds_that_were_well_last_time_come_first(feed_server):
    sites = [feed_server.site() for _ in range(3)]
    todo = jobs(*(site.serve("/rss", RSS) for site in sites))
    todo[0] = (todo[0][0], replace(todo[0][1], failures=4))
    assert [outcome.feed for outcome in run(todo, replace(POLICY, workers=1))] == ["f1", "f2", "f0"]


def test_too_many_requests_pauses_the_host_for_the_rest_of_the_run(feed_server):
    busy, other = feed_server.site(), feed_server.site()
    urls = [busy.serve("/0", RSS), busy.serve("/1", b"", 429, Retry_After="600")]
    urls += [busy.serve(f"/{n}", RSS) for n in range(2, 5)] + [other.serve("/rss", RSS)]
    outcomes = {outcome.feed: outcome for outcome in run(jobs(*urls))}
    assert [request.target for request in busy.requests] == ["/0", "/1"]
    assert isinstance(outcomes["f0"], Fetched)
    assert isinstance(outcomes["f5"], Fetched)
    first, *rest = (outcomes[f"f{n}"] for n in range(1, 5))
    assert (first.asked, first.retry_after) == (True, 600)
    for outcome in rest:
        assert (outcome.asked, outcome.retry_after, outcome.status) == (False, 600, 429)
        assert outcome.reason == f"was not asked, because {busy.host} wants fewer requests (429)"


def test_a_server_error_pauses_only_its_feed(feed_server):
    site = feed_server.site()
    urls = [site.serve("/0", b"", 503, Retry_After="600"), site.serve("/1", RSS)]
    assert feeds_of(run(jobs(*urls)), Fetched) == {"f1"}


def test_unchanged_feeds_are_outcomes_too(feed_server):
    site = feed_server.site()
    [(feed, state)] = jobs(site.serve("/rss", RSS, ETag='"1"'))

    async def twice() -> Outcome:
        client = a_client(POLICY)
        full_at = client.now()
        known = replace(state, etag='"1"', full_at=full_at)
        [outcome] = [outcome async for outcome in crawl([(feed, known)], client)]
        return outcome

    assert isinstance(asyncio.run(twice()), NotModified)


# --- room


def test_bodies_in_flight_never_exceed_their_room(feed_server):
    """Ten bodies of 60 KiB, room for four: the fifth is read when the caller has taken one."""
    policy = replace(POLICY, total_in_flight=256 * KIB, workers=3)
    todo = jobs(*(feed_server.site().serve("/rss", RSS + b" " * (60 * KIB)) for _ in range(10)))
    left: list[int] = []

    class Watched(Client):
        async def get(self, feed: Feed, state: FeedState, *, room: Room | None = None) -> Outcome:
            assert room is not None
            outcome = await super().get(feed, state, room=room)
            left.append(room.free)
            return outcome

    async def collect() -> int:
        held = 0
        client = Watched(policy, now=lambda: NOW, resolver=nobody, proxies=Proxies())
        async for outcome in crawl(todo, client):
            assert isinstance(outcome, Fetched), outcome
            held += len(outcome.body)
            for _ in range(50):
                await asyncio.sleep(0)  # lets the workers read as far as they may
        return held

    assert asyncio.run(collect()) > 600 * KIB
    assert len(left) == 10
    assert min(left) >= 0


@pytest.mark.parametrize("workers", [1, 4, 16])
def test_large_bodies_of_many_hosts_take_turns_without_a_deadlock(feed_server, workers):
    policy = replace(POLICY, max_body=512 * KIB, total_in_flight=600 * KIB, workers=workers)
    todo = jobs(*(feed_server.site().serve("/rss", b"x" * (500 * KIB)) for _ in range(20)))
    assert feeds_of(run(todo, policy), Fetched) == {f"f{n}" for n in range(20)}


def test_small_bodies_are_read_while_large_ones_drip(feed_server):
    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (20 * KIB))
        await for_ever(writer, b"x", pause=0.05)

    policy = replace(POLICY, total_in_flight=128 * KIB, workers=8)
    dripping = [feed_server.site().play("/rss", drip) for _ in range(4)]
    small = [feed_server.site().serve("/rss", RSS) for _ in range(30)]
    outcomes = run(jobs(*dripping, *small), policy, wait_after=30)
    assert [type(outcome) for outcome in outcomes] == [Fetched] * 30 + [Failed] * 4


# --- leaving early


def test_leaving_early_ends_all_requests(feed_server):
    quick = feed_server.site()
    slow = [feed_server.site() for _ in range(5)]
    todo = jobs(quick.serve("/rss", RSS), *(site.play("/rss", silence) for site in slow))

    async def leave() -> set[str]:
        before = asyncio.all_tasks()
        async with aclosing(crawl(todo, a_client(POLICY))) as outcomes:
            async for outcome in outcomes:
                assert outcome.feed == "f0"
                break
        return {task.get_name() for task in asyncio.all_tasks() - before}

    assert asyncio.run(leave()) == set()


def test_cancelling_is_clean(feed_server):
    todo = jobs(*(feed_server.site().play("/rss", silence) for _ in range(5)))

    async def cancelled() -> int:
        async def everything() -> None:
            client = a_client(POLICY)
            async for _ in crawl(todo, client):
                raise AssertionError("nobody answers here")

        task = asyncio.create_task(everything())
        await asyncio.wait([task], timeout=0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(asyncio.all_tasks()) - 1

    assert asyncio.run(cancelled()) == 0


def test_a_bug_in_a_worker_is_not_swallowed(feed_server):
    async def broken(host: str, port: int) -> Sequence[str]:
        raise ZeroDivisionError

    todo = jobs("http://nara.example/rss", feed_server.site().play("/rss", silence))
    with pytest.raises(ZeroDivisionError):
        run(todo, resolver=broken)


# --- everything at once


def rude_sites(server: FeedServer) -> list[str]:
    """Every way in which a server of ours is rude, each at its own host."""
    bomb = gzip.compress(b"\0" * (20 * 1024 * KIB))

    async def endless_body(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await for_ever(writer, b"<item/>" * 1000)

    async def endless_head(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        await for_ever(writer, b"X-Y: zzzzzzzzzzzzzzzz\r\n" * 20)

    async def continues(_, writer):
        await for_ever(writer, b"HTTP/1.1 100 Continue\r\n\r\n" * 20)

    async def crumbs(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await for_ever(writer, b"1\r\nx\r\n" * 1000)

    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await for_ever(writer, b"x", pause=0.05)

    async def reset(_, writer):
        hang_up(writer)

    def sites(n: int) -> list[Site]:
        return [server.site() for _ in range(n)]

    scripts = [endless_body, endless_head, continues, crumbs, drip, silence, reset]
    urls = [site.play("/rss", script) for script in scripts for site in sites(6)]
    urls += [site.serve("/rss", bomb, Content_Encoding="gzip") for site in sites(6)]
    urls += [site.redirect("/rss", "/rss", 301) for site in sites(6)]
    urls += [
        site.say("/rss", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n")
        for site in sites(6)
    ]
    return urls


@pytest.mark.slow
def test_sixty_rude_servers_beside_fifty_healthy_ones_lose_no_healthy_feed(feed_server):
    rude = rude_sites(feed_server)
    healthy = [feed_server.site().serve("/rss", RSS + b" " * (30 * KIB)) for _ in range(50)]
    never_ending = 12
    outcomes = run(
        jobs(*rude, *healthy), replace(POLICY, workers=32), wait_after=110 - never_ending
    )
    assert len(rude) == 60
    assert feeds_of(outcomes, Failed) == {f"f{n}" for n in range(60)}
    assert feeds_of(outcomes, Fetched) == {f"f{n}" for n in range(60, 110)}
