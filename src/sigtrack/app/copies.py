"""Copies of this process, which share a long piece of work on all cores.

A copy is made by `fork`, so it has the rules as they are in memory: nothing is loaded twice, and
what stays unchanged takes no memory of its own. It touches neither the store nor the network, and
ends when its line does, even if this process is killed. Whatever befalls a copy, the work that it
had is done here: a copy can only make things faster.

Only on Linux, as libraries of macOS do not bear a fork, and only in the main thread.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Batch = TypeVar("Batch")
Made = TypeVar("Made")

_MOST = 3  # copies: beyond, this process does nothing but hand out and save
_MANY = 300  # pieces that are worth a copy, which costs as much as some twenty
_FIRST = 24  # pieces that are done before the copies are made, so that they have what these load
_AT_ONCE = 32  # pieces of one message at most,
_HERE = 4  # and those that are done here before the next look at the lines
_PATIENCE = 60.0  # seconds without any answer, after which a copy hangs
_HELD = (signal.SIGINT, signal.SIGTERM)


class _Pile(Generic[Batch, Made]):
    """The pieces of a batch, and what was made of them."""

    def __init__(self, batch: Batch, pieces: Sequence[Any]) -> None:
        self.batch = batch
        self._pieces = pieces
        self._made: list[Any] = [None] * len(pieces)
        self._waiting = list(range(len(pieces)))[::-1]  # taken from the end

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def made(self) -> list[Made]:
        return self._made

    def take(self, most: int) -> list[int]:
        return [self._waiting.pop() for _ in range(min(most, len(self)))]

    def of(self, numbers: Sequence[int]) -> list[Any]:
        return [self._pieces[number] for number in numbers]

    def put(self, numbers: Sequence[int], made: Sequence[Made]) -> None:
        for number, one in zip(numbers, made, strict=True):
            self._made[number] = one

    def put_back(self, numbers: Sequence[int]) -> None:
        self._waiting += numbers[::-1]


class Copies(Generic[Made]):
    """Does `work` for each of many pieces, here and in copies that live as long as the block.

    Pieces and what is made of them are pickled. `work` must not depend on what it did before.
    """

    def __init__(self, work: Callable[[Any], Made]) -> None:
        self._work = work
        self._lines: dict[Connection, int] = {}  # to the process of each copy
        self._busy: dict[Connection, tuple[_Pile[Any, Made], list[int]]] = {}
        self._is_made = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in [*self._lines]:
            self._end(line)

    def each(
        self, batches: Iterable[Batch], pieces_of: Callable[[Batch], Sequence[Any]]
    ) -> Iterator[tuple[Batch, list[Made]]]:
        """Yield each batch with what `work` makes of its pieces, in their order. Raises what it
        raises. The copies go on with the next batch while the caller has this one."""
        piles = (_Pile[Batch, Made](batch, pieces_of(batch)) for batch in batches)
        pile = next(piles, None)
        while pile is not None:
            if len(pile) >= _MANY and not self._is_made:
                self._do_here(pile, _FIRST)
                self._make()
            self._finish(pile)
            following = next(piles, None)
            if following is not None:
                self._hand_out(following)
            yield pile.batch, pile.made
            pile = following

    def _finish(self, pile: _Pile[Any, Made]) -> None:
        while pile or self._busy:
            self._hand_out(pile)
            self._do_here(pile, _HERE)
            self._hear(0 if pile else _PATIENCE)

    def _do_here(self, pile: _Pile[Any, Made], most: int) -> None:
        numbers = pile.take(most)
        pile.put(numbers, [self._work(piece) for piece in pile.of(numbers)])

    def _hand_out(self, pile: _Pile[Any, Made]) -> None:
        for line in self._lines.keys() - self._busy.keys():
            numbers = pile.take(min(_AT_ONCE, len(pile) // (2 * len(self._lines))))
            if numbers:
                self._busy[line] = pile, numbers
                with suppress(OSError):  # the copy is gone, as the end of its line will show
                    line.send_bytes(pickle.dumps(pile.of(numbers), pickle.HIGHEST_PROTOCOL))

    def _hear(self, seconds: float) -> None:
        """Take what copies have made. Who says nothing for so many seconds is given up."""
        if not self._busy:
            return
        from multiprocessing.connection import wait

        heard = wait([*self._busy], seconds)
        for line, (pile, numbers) in [*self._busy.items()]:
            if line in heard:
                with suppress(EOFError, OSError):
                    pile.put(numbers, pickle.loads(line.recv_bytes()))
                    del self._busy[line]
                    continue
            elif heard or not seconds:
                continue
            pile.put_back(numbers)
            del self._busy[line]
            self._end(line)

    def _make(self) -> None:
        self._is_made = True
        is_main = threading.current_thread() is threading.main_thread()
        if not (sys.platform == "linux" and is_main):
            return
        for _ in range(min(len(os.sched_getaffinity(0)) - 1, _MOST)):
            with suppress(OSError):  # too many processes, or no memory
                self._fork()

    def _fork(self) -> None:
        from multiprocessing.connection import Pipe

        ours, theirs = Pipe()
        # A Ctrl-C that reached a copy in here would have it end this process's work, too.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
        try:
            process = os.fork()
            if not process:
                _serve(theirs, self._work, mask)
        except OSError:
            ours.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            theirs.close()
        self._lines[ours] = process

    def _end(self, line: Connection) -> None:
        process = self._lines.pop(line)
        line.close()
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def _serve(line: Connection, work: Callable[[Any], Any], mask: set[int]) -> NoReturn:
    """Be a copy: work on what comes along the line, until it ends or something goes wrong."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides on Ctrl-C
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        gc.freeze()  # a collection would write to all objects, and nothing would stay shared
        _let_go_of_files(line.fileno())
        while True:
            made = [work(piece) for piece in pickle.loads(line.recv_bytes())]
            line.send_bytes(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    finally:
        os._exit(0)  # without what a program does at its end


def _let_go_of_files(but: int) -> None:
    """Close what else is open here: locks and connections must end with the first process."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, but)
    os.closerange(but + 1, most if most != resource.RLIM_INFINITY else 1 << 20)
