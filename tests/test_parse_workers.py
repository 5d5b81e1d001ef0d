"""Documents read in processes that can be limited and killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sigtrack.model import Parsed, Unreadable
from sigtrack.parse.workers import Limits, Workers

GOOD = b'<rss version="2.0"><channel><item><title>Nara</title></item></channel></rss>'
# feedparser takes 13 microseconds for each element of the first, and 100 MB for the second
SLOW = GOOD.replace(b"</item>", b"<b></b>" * 1_000_000 + b"</item>")
LONG = b"<item><title>" + b"word " * 200_000 + b"</title></item>"
GREEDY = GOOD.replace(b"<item>", LONG * 15 + b"<item>")


def titles(answer: Parsed | Unreadable) -> list[str]:
    assert isinstance(answer, Parsed), answer
    return [item.title for item in answer.items]


def children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def test_many_documents_are_read_and_no_process_is_left():
    async def run() -> list[Parsed | Unreadable]:
        async with Workers() as workers:
            return await asyncio.gather(*(workers.parse(GOOD, feed=f"f{n}") for n in range(20)))

    before = children()
    answers = asyncio.run(run())
    assert [titles(answer) for answer in answers] == [["Nara"]] * 20
    assert {item.feed for a in answers if isinstance(a, Parsed) for item in a.items} == {
        f"f{n}" for n in range(20)
    }
    assert children() == before


def test_no_process_starts_before_it_is_needed_and_one_document_starts_one():
    async def run() -> tuple[int, int]:
        async with Workers() as workers:
            idle = len(children())
            await workers.parse(GOOD, feed="f")
            await workers.parse(GOOD, feed="f")
            return idle, len(children())

    before = len(children())
    assert asyncio.run(run()) == (before, before + 1)


@pytest.mark.slow
def test_a_document_that_computes_for_ever_is_given_up_and_the_next_is_read():
    async def run() -> list[Parsed | Unreadable]:
        async with Workers(1, limits=Limits(cpu_seconds=1, wall_seconds=600)) as workers:
            return [await workers.parse(body, feed="f") for body in (SLOW, GOOD)]

    slow, good = asyncio.run(run())
    assert slow == Unreadable(reason="it takes more than 1 s of computing to read")
    assert titles(good) == ["Nara"]


def test_a_document_that_wants_too_much_memory_is_given_up_and_the_next_is_read():
    async def run() -> list[Parsed | Unreadable]:
        async with Workers(
            1, limits=Limits(memory=100 * 2**20, memory_per_byte=0, wall_seconds=600)
        ) as workers:
            return [await workers.parse(body, feed="f") for body in (GREEDY, GOOD)]

    greedy, good = asyncio.run(run())
    assert greedy == Unreadable(reason="it needs more than 100 MiB of memory to read")
    assert titles(good) == ["Nara"]


def test_a_document_that_hangs_is_given_up_at_the_wall():
    async def run() -> list[Parsed | Unreadable]:
        async with Workers(1, limits=Limits(wall_seconds=0.3)) as workers:
            return [await workers.parse(SLOW, feed="f")]

    assert asyncio.run(run()) == [Unreadable(reason="it took more than 0.3 s to read")]


def test_a_killed_worker_costs_its_own_document_only():
    async def run() -> tuple[Parsed | Unreadable, Parsed | Unreadable, Parsed | Unreadable]:
        async with Workers() as workers:
            await workers.parse(GOOD, feed="f")
            (victim,) = set(children()) - before
            doomed = asyncio.create_task(workers.parse(SLOW, feed="f"))
            await asyncio.sleep(0)
            beside = await workers.parse(GOOD, feed="f")
            os.kill(victim, signal.SIGKILL)
            return await doomed, beside, await workers.parse(GOOD, feed="f")

    before = set(children())
    doomed, beside, after = asyncio.run(run())
    assert doomed == Unreadable(reason="its reader was ended by SIGKILL")
    assert titles(beside) == titles(after) == ["Nara"]


def test_documents_that_go_together_are_asked_one_by_one_if_their_worker_dies():
    async def run() -> list[Parsed | Unreadable]:
        async with Workers(1) as workers:
            await workers.parse(GOOD, feed="f")
            (victim,) = set(children()) - before
            os.kill(victim, signal.SIGSTOP)
            tasks = [asyncio.create_task(workers.parse(GOOD, feed=f"f{n}")) for n in range(5)]
            await asyncio.sleep(0)  # all of them wait before the first is sent
            os.kill(victim, signal.SIGKILL)
            return await asyncio.gather(*tasks)

    before = set(children())
    answers = asyncio.run(run())
    assert [titles(answer) for answer in answers] == [["Nara"]] * 5


def test_a_worker_that_died_while_it_waited_costs_nothing():
    async def run() -> Parsed | Unreadable:
        async with Workers() as workers:
            await workers.parse(GOOD, feed="f")
            (victim,) = set(children()) - before
            os.kill(victim, signal.SIGKILL)
            os.waitid(os.P_PID, victim, os.WEXITED | os.WNOWAIT)
            return await workers.parse(GOOD, feed="f")

    before = set(children())
    assert titles(asyncio.run(run())) == ["Nara"]


def test_a_cancelled_document_frees_its_place():
    async def run() -> Parsed | Unreadable:
        async with Workers(1) as workers:
            task = asyncio.create_task(workers.parse(SLOW, feed="f"))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return await workers.parse(GOOD, feed="f")

    before = children()
    assert titles(asyncio.run(run())) == ["Nara"]
    assert children() == before


def test_large_documents_come_through_whole():
    words = "협력 " * 1_000_000
    body = f'<rss version="2.0"><channel><item><title>t</title><description>{words}</description></item></channel></rss>'

    async def run() -> Parsed | Unreadable:
        async with Workers() as workers:
            return await workers.parse(body.encode(), feed="f", limit=1)

    answer = asyncio.run(run())
    assert titles(answer) == ["t"]
    assert isinstance(answer, Parsed) and len(answer.items[0].summary) == 50_000


def test_a_worker_that_became_large_is_replaced_and_a_small_one_is_kept():
    async def run(limits: Limits) -> list[set[int]]:
        async with Workers(1, limits=limits) as workers:
            seen = []
            for _ in range(2):
                assert titles(await workers.parse(GOOD, feed="f")) == ["Nara"]
                seen.append(set(children()) - before)
            return seen

    before = set(children())
    first, second = asyncio.run(run(Limits()))
    assert len(first) == 1 and first == second
    assert asyncio.run(run(Limits(kept_memory=2**20))) == [set(), set()]


def test_neither_the_caller_nor_the_worker_imports_what_it_does_not_need():
    code = (
        "import sys, sigtrack.parse.workers, sigtrack.parse.worker;"
        "print([m for m in ('feedparser', 'h11', 'rich', 'typer', 'multiprocessing') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
