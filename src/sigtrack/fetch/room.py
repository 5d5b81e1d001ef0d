"""A limit on the bytes of bodies in memory, for all workers and the outcomes that wait to be read.

A body begins with a small share. If it outgrows this share, it asks once, for the largest size
allowed. So the body that got the large share can finish, and nobody waits for ever. A request for
a large share leaves the small shares of all others untouched: large slow bodies do not make small
ones wait.
"""

from __future__ import annotations

import asyncio


class Room:
    """A number of bytes to take and give back. For one event loop; needs no locks."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def free(self) -> int:
        return self._free

    def take_now(self, amount: int, *, leave: int = 0) -> bool:
        """Take `amount` bytes if they are free and `leave` bytes stay free; return whether."""
        if amount > self._free - leave:
            return False
        self._free -= amount
        return True

    async def take(self, amount: int, *, leave: int = 0) -> None:
        """Take `amount` bytes as soon as they are free and `leave` bytes stay free."""
        if self.take_now(amount, leave=leave):
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((amount, leave, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(amount)  # granted at the very moment in which we were cancelled
            raise
        finally:
            self._waiting = [waiter for waiter in self._waiting if waiter[2] is not turn]

    def give_back(self, amount: int) -> None:
        self._free += amount
        for wanted, leave, turn in self._waiting:
            if not turn.done() and self.take_now(wanted, leave=leave):
                turn.set_result(None)
