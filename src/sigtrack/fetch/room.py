"""How many bytes of bodies may be in memory at once, over all workers and what waits behind them.

A body begins with a small share and asks once, for the largest size allowed, when it outgrows it;
so whoever got the large share can finish, and nobody waits for ever. Whoever asks for much leaves
the small shares of all others untouched: slow large bodies do not keep small ones waiting.
"""

from __future__ import annotations

import asyncio


class Room:
    """Bytes to be taken and given back. One event loop, no locks."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def free(self) -> int:
        return self._free

    def take_now(self, amount: int, *, leave: int = 0) -> bool:
        """Take it if it is there and so much stays behind."""
        if amount > self._free - leave:
            return False
        self._free -= amount
        return True

    async def take(self, amount: int, *, leave: int = 0) -> None:
        """Take it, as soon as it is there and so much stays behind."""
        if self.take_now(amount, leave=leave):
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((amount, leave, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(amount)  # ours in the very moment in which we no longer want it
            raise
        finally:
            self._waiting = [waiter for waiter in self._waiting if waiter[2] is not turn]

    def give_back(self, amount: int) -> None:
        self._free += amount
        for wanted, leave, turn in self._waiting:
            if not turn.done() and self.take_now(wanted, leave=leave):
                turn.set_result(None)
