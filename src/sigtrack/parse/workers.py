"""Read documents of strangers in processes that can be limited and killed.

feedparser is quadratic on some input, and no timeout of asyncio stops it. So documents are read in
worker processes with a limit on memory and computing time. Small documents that wait are sent
together, because one request costs as much as reading a small document. If a worker dies or hangs,
its document becomes `Unreadable` (several documents are first tried again one by one), and a new
worker is started.

The workers are plain subprocesses, not multiprocessing, which would import the caller's `__main__`
(typer, rich) into each worker, keep a resource tracker, and share one pipe and two locks among the
workers, so that a kill at the wrong moment stops them all. Here each worker has two pipes of its
own and a thread that waits for it; killing the process ends the wait.

Memory: two workers may not both be large. Large documents are read one at a time, a worker that
has become large is replaced, and small documents get a smaller limit than large ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self, TypeVar

from sigtrack.frozen import frozen
from sigtrack.model import Parsed, Unreadable
from sigtrack.parse import LIMIT
from sigtrack.parse.worker import ANSWER, READY, REQUEST, Answer, Document, unpacked

if TYPE_CHECKING:
    from sigtrack.parse import document

Result = TypeVar("Result")
LARGE = 512 * 1024  # bytes of a document
_TOGETHER = 16  # small documents of one request,
_BYTES_TOGETHER = 256 * 1024  # or fewer, if they have more bytes
_CODE = "import sys; from sigtrack.parse.worker import serve; serve(*map(int, sys.argv[1:]))"


@frozen
class Limits:
    """The limits of one document. The wall time stops documents that wait instead of computing.

    Memory is bytes of address space: an idle worker has 32 MiB, and feeds of any kind take up to
    14 more for each byte. With these limits 10 MiB may take 220 MiB, and 512 KiB 87.
    """

    cpu_seconds: int = 10
    memory: int = 80 * 1024 * 1024
    memory_per_byte: int = 14
    wall_seconds: float = 60
    kept_memory: int = 48 * 1024 * 1024  # of a worker that is reused; a new one takes 0.1 s


# Of pages, whose reader takes 0.5 s to start, and 200 MB for the worst 800 kB that we know.
PAGES = Limits(cpu_seconds=5, memory=1024 * 2**20, memory_per_byte=0, kept_memory=200 * 2**20)


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what comes of it, also in a notebook, where an event loop is running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass(slots=True)
class _Waiting:
    document: Document
    answer: asyncio.Future[Answer]


class Workers:
    """A pool of parsing processes, started when they are first needed.

    >>> async with Workers() as workers:
    ...     parsed = await workers.parse(body, feed="mofa")
    """

    def __init__(self, count: int = 2, *, limits: Limits | None = None):
        self._limits = limits or Limits()
        self._count = count
        self._slots = asyncio.Semaphore(count)
        self._one_large = asyncio.Semaphore(1)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="parse")
        self._idle: list[_ParseWorker] = []
        self._busy: set[_ParseWorker] = set()
        self._waiting: deque[_Waiting] = deque()
        self._rounds: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for round_ in self._rounds:
            round_.cancel()
        for one in self._waiting:
            one.answer.cancel()
        for worker in (*self._idle, *self._busy):
            self._discard(worker)
        self._threads.shutdown(wait=True)  # takes milliseconds: the workers are dead
        self._idle.clear()

    async def parse(
        self,
        body: bytes,
        *,
        feed: str,
        url: str = "",
        content_type: str = "",
        language: str | None = None,
        country: str | None = None,
        timezone: str | None = None,
        limit: int = LIMIT,
    ) -> Parsed | Unreadable:
        """Run `parse_feed` in a worker. A document that breaks the worker is `Unreadable` too."""
        arguments = {
            "feed": feed,
            "url": url,
            "content_type": content_type,
            "language": language,
            "country": country,
            "timezone": timezone,
            "limit": limit,
        }
        answer = await self._read((body, arguments))
        assert isinstance(answer, Parsed | Unreadable)
        return answer

    async def read_page(
        self, body: bytes, *, content_type: str = "", language: str | None = None
    ) -> document.Document | Unreadable:
        """Run `read_document` in a worker; see `PAGES` for its limits."""
        arguments = {"content_type": content_type, "language": language, "in_worker": True}
        answer = await self._read((body, arguments))
        assert not isinstance(answer, Parsed | str)
        if isinstance(answer, Unreadable):
            # As `document` writes it: what follows a name in a sentence.
            return Unreadable(reason=answer.reason.removeprefix("it "))
        return answer

    async def _read(self, sent: Document) -> Answer:
        if len(sent[0]) > LARGE:
            async with self._one_large, self._slots:
                (answer,) = await self._ask([sent])
        else:
            answer = await self._among_others(sent)
        if isinstance(answer, str):
            raise RuntimeError(f"a bug in a parse worker:\n{answer}")
        return answer

    async def _among_others(self, document: Document) -> Answer:
        waiting = _Waiting(document, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._rounds) < self._count:
            self._rounds.add(asyncio.create_task(self._read_waiting()))
        return await waiting.answer

    async def _read_waiting(self) -> None:
        try:
            while self._waiting:
                async with self._slots:
                    await self._read_together(self._next_together())
        finally:
            # Before any waiting task can ask again and believe that a round still runs.
            self._rounds -= {asyncio.current_task()}

    async def _read_together(self, together: Sequence[_Waiting]) -> None:
        try:
            answers = await self._ask_somehow([one.document for one in together])
        except Exception as error:  # noqa: BLE001 - raised in the tasks that wait
            for one in together:
                if not one.answer.done():
                    one.answer.set_exception(error)
        else:
            for one, answer in zip(together, answers, strict=True):
                if not one.answer.done():  # done: nobody waits any more
                    one.answer.set_result(answer)
        finally:
            for one in together:
                one.answer.cancel()  # does nothing unless the round was cancelled

    def _next_together(self) -> list[_Waiting]:
        together: list[_Waiting] = []
        size = 0
        while self._waiting and len(together) < _TOGETHER:
            size += len(self._waiting[0].document[0])
            if together and size > _BYTES_TOGETHER:
                break
            one = self._waiting.popleft()
            if not one.answer.done():
                together.append(one)
        return together

    async def _ask_somehow(self, documents: Sequence[Document]) -> Sequence[Answer]:
        answers = await self._ask(documents) if documents else ()
        if len(answers) == len(documents):
            return answers
        return [(await self._ask([document]))[0] for document in documents]

    async def _ask(self, documents: Sequence[Document]) -> Sequence[Answer]:
        """Return one answer for each document, or a single one if they broke the worker."""
        worker = self._free_worker()
        self._busy.add(worker)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                answers = await loop.run_in_executor(self._threads, worker.ask, documents)
        except TimeoutError:
            self._discard(worker)
            why = f"it took more than {self._limits.wall_seconds:g} s to read"
            return [Unreadable(reason=why)]
        except BaseException:  # cancelled: the worker is in the middle of a request
            self._discard(worker)
            raise
        finally:
            self._busy.discard(worker)
        if worker.usable:
            self._idle.append(worker)
        return answers

    def _free_worker(self) -> _ParseWorker:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            worker.bury()  # killed while idle (short of memory): no document is to blame
        return _ParseWorker(self._limits)

    def _discard(self, worker: _ParseWorker) -> None:
        worker.kill()
        self._threads.submit(worker.bury)


class _ParseWorker:
    """One process and its two pipes. `ask` blocks; `kill` may come from another thread."""

    def __init__(self, limits: Limits):
        self.usable = True
        self._limits = limits
        self._greeted = False
        self._process = subprocess.Popen(
            (sys.executable, "-P", "-c", _CODE, str(limits.cpu_seconds), str(limits.kept_memory)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def ask(self, documents: Sequence[Document]) -> list[Answer]:
        """Return the answers; see `Workers._ask`."""
        try:
            self._greet()
            self._send(documents)
            packed, retire = pickle.loads(self._exactly(*ANSWER.unpack(self._exactly(ANSWER.size))))
        except (OSError, EOFError):
            self.bury()
            return [Unreadable(reason=self._cause_of_death())]
        if retire:
            self.bury()
        return [unpacked(one) for one in packed]

    def kill(self) -> None:
        self.usable = False
        self._process.kill()

    def bury(self) -> None:
        """End the process if necessary, and free its resources. May be called twice."""
        self.usable = False
        # Leaving the block waits and closes the pipes, whose other end may be closed already.
        with contextlib.suppress(BrokenPipeError), self._process:
            self._process.kill()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _greet(self) -> None:
        if self._greeted:
            return
        self._greeted = self._output.read(1) == READY
        if not self._greeted and self._process.wait() > 0:  # its error message is on stderr
            raise RuntimeError(f"a parse worker cannot start ({self._cause_of_death()})")

    def _send(self, documents: Sequence[Document]) -> None:
        size = sum(len(body) for body, _ in documents)
        memory = self._limits.memory + self._limits.memory_per_byte * size
        data = pickle.dumps(documents, pickle.HIGHEST_PROTOCOL)
        self._input.write(REQUEST.pack(len(data), memory))
        self._input.write(data)  # large data bypasses the buffer without a copy
        self._input.flush()

    def _exactly(self, length: int) -> bytes:
        data = self._output.read(length)
        if len(data) < length:
            raise EOFError
        return data

    def _cause_of_death(self) -> str:
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return f"it takes more than {self._limits.cpu_seconds} s of computing to read"
        if code < 0:
            return f"its reader was ended by {signal.Signals(-code).name}"
        return f"its reader ended with code {code}"

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout
