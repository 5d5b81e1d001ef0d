"""Ask many feeds at once, but each host one request at a time: an async iterator of outcomes.

A fixed number of workers take hosts, not feeds, from a queue. After one feed the host rests and is
then put back, so no worker sleeps, and a slow host holds one worker at most. (One task for each
feed would make the work grow with the square of the queue.) Hosts with a feed that answered last
time come first, and hosts with many feeds before hosts with few.

If a host answers 429, it is not asked again in this run: its other feeds come out as
`Failed(asked=False)` with the same Retry-After. If two requests in a row to a host get no answer at
all, it is not asked again either: its other feeds fail with the same reason, and this counts as a
failure. Otherwise a host with ten feeds would hold its worker for ten deadlines.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from sigtrack.fetch.client import Client, Room
from sigtrack.fetch.policy import address_of, host_of
from sigtrack.model import Failed, Feed, FeedState, Fetched, Outcome

Job = tuple[Feed, FeedState]

_DEAD_AFTER = 2  # requests in a row without any answer


async def crawl(jobs: Sequence[Job], client: Client) -> AsyncGenerator[Outcome, None]:
    """Yield one outcome for each job, in the order in which they arrive.

    The limits are those of the client's policy. The body of an outcome counts as in flight until
    the next outcome is asked for, and the workers wait while `total_in_flight` bytes are in
    flight. If you leave early, close the iterator (`aclosing`): this ends the workers at once.
    """
    crowd = _Crowd(jobs, client)
    workers = [asyncio.create_task(crowd.work()) for _ in range(crowd.workers_wanted)]
    for worker in workers:
        worker.add_done_callback(crowd.note_end)
    try:
        for _ in jobs:
            outcome = await crowd.next_outcome()
            yield outcome
            crowd.forget(outcome)
            del outcome
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


@dataclass(slots=True)
class _Host:
    name: str
    jobs: deque[Job] = field(default_factory=deque)
    silent: int = 0  # requests in a row that got no answer

    @property
    def urgency(self) -> tuple[bool, int]:
        """The sort key of a host: first those with a feed that answered, then by most feeds."""
        ill = all(state.failures > 0 for _, state in self.jobs)
        return ill, -len(self.jobs)


class _Crowd:
    """The hosts of one run and the outcomes of their feeds."""

    def __init__(self, jobs: Sequence[Job], client: Client) -> None:
        self._client = client
        self._room = Room(client.policy.total_in_flight)
        self._ready: asyncio.Queue[_Host] = asyncio.Queue()
        self._done: asyncio.Queue[Outcome | BaseException] = asyncio.Queue()
        hosts = _by_host(jobs)
        self.workers_wanted = min(client.policy.workers, len(hosts))
        for host in hosts:
            self._ready.put_nowait(host)

    async def work(self) -> None:
        while True:
            host = await self._ready.get()
            feed, state = host.jobs.popleft()
            outcome = await self._client.get(feed, state, room=self._room)
            self._done.put_nowait(outcome)
            self._draw_conclusions(host, outcome)
            del outcome  # its body may be large, and the wait for the next host long
            if host.jobs:
                rest = self._client.policy.rest_of(host.name)
                asyncio.get_running_loop().call_later(rest, self._ready.put_nowait, host)

    async def next_outcome(self) -> Outcome:
        outcome = await self._done.get()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def forget(self, outcome: Outcome) -> None:
        if isinstance(outcome, Fetched):
            self._room.give_back(len(outcome.body))

    def note_end(self, worker: asyncio.Task[None]) -> None:
        """Pass on the bug that ended a worker. Without a bug, only cancelling ends a worker."""
        if not worker.cancelled() and (bug := worker.exception()):
            self._done.put_nowait(bug)

    def _draw_conclusions(self, host: _Host, outcome: Outcome) -> None:
        if not isinstance(outcome, Failed) or outcome.status is not None or not outcome.asked:
            host.silent = 0
        else:
            host.silent += 1
        if not isinstance(outcome, Failed):
            return
        if outcome.status == 429:
            words = f"was not asked, because {host.name} wants fewer requests (429)"
            self._skip_rest(host, replace(outcome, seconds=0.0, reason=words, asked=False))
        elif host.silent >= _DEAD_AFTER:
            self._skip_rest(host, replace(outcome, seconds=0.0))

    def _skip_rest(self, host: _Host, outcome: Failed) -> None:
        for feed, _ in host.jobs:
            self._done.put_nowait(replace(outcome, feed=feed.id, at=self._client.now()))
        host.jobs.clear()


def _by_host(jobs: Sequence[Job]) -> list[_Host]:
    hosts: dict[str, _Host] = {}
    for feed, state in jobs:
        name = host_of(address_of(feed, state))
        hosts.setdefault(name, _Host(name)).jobs.append((feed, state))
    return sorted(hosts.values(), key=lambda host: host.urgency)
