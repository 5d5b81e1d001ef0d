"""Compressed bodies opened with a bound, so that a bomb costs no more than the largest body.

Only gzip and deflate, and only once: a body packed twice is an attack or an accident. What the
bytes look like counts more than what the header says, since servers send gzip unannounced and
announce gzip that is none.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Protocol

from sigtrack.fetch.policy import in_units
from sigtrack.fetch.trouble import Unfetchable

_GZIP = b"\x1f\x8b"
_MOST_MEMBERS = 1000  # of one gzip file (RFC 1952 2.2)
_STEP = 256 * 1024


class Inflater:
    """Takes a body piece by piece. `size` is what it came to so far, at most `limit`.

    Sixty kilobytes may open to ten megabytes, so `feed` goes in steps of a quarter of one and lets
    the caller look at `size` after each.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = _single(coding)
        self._limit = limit
        self._wire = 0
        self._head = b""
        self._engine: _Engine | None = None
        self._begun = False
        self._members = 0
        self._body = BytesIO()
        self.size = 0

    def feed(self, piece: bytes) -> Iterator[None]:
        self._wire += len(piece)
        if self._wire > self._limit:
            raise _too_large(self._limit)
        if not self._begun:
            piece = self._head + piece
            if len(piece) < 2:
                self._head = piece
                return
            self._begin(piece)
        yield from self._take(piece)

    def finish(self) -> bytes:
        if not self._begun and self._head:
            self._write(self._head)
        elif self._engine is not None and not self._engine.eof:
            raise Unfetchable("hung up in the middle of its compressed body")
        return self._body.getvalue()  # shares the buffer: no second copy of ten megabytes

    def _begin(self, head: bytes) -> None:
        self._begun = True
        if head.startswith(_GZIP):
            self._engine = zlib.decompressobj(wbits=31)
        elif self._coding == "deflate" and not head.lstrip().startswith((b"<", b"{", b"\xef\xbb")):
            # RFC 9110 8.4.1.2 means zlib; old servers send the bare stream.
            wrapped = head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            self._engine = zlib.decompressobj(wbits=15 if wrapped else -15)

    def _take(self, piece: bytes) -> Iterator[None]:
        if self._engine is None:
            self._write(piece)
            yield
            return
        full = False  # the last step came to its limit: more may be waiting inside the engine
        while piece or full:
            if self._engine.eof and not self._next_member(piece):
                return
            room = min(_STEP, self._limit - self.size + 1)
            try:
                opened = self._engine.decompress(piece, room)
            except zlib.error:
                raise Unfetchable("sent a compressed body that is damaged") from None
            self._write(opened)
            yield
            full = len(opened) == room
            piece = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def _next_member(self, piece: bytes) -> bool:
        """Whether another gzip member begins; anything else behind the end is padding."""
        if not piece.startswith(_GZIP):
            return False
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise Unfetchable(f"sent a body compressed in more than {_MOST_MEMBERS:,} parts")
        self._engine = zlib.decompressobj(wbits=31)
        return True

    def _write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._limit:
            raise _too_large(self._limit)
        self._body.write(data)


def _too_large(limit: int) -> Unfetchable:
    return Unfetchable(f"sent a body of more than {in_units(limit)}")


def _single(coding: str) -> str:
    names = [name.strip().lower().removeprefix("x-") for name in coding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > 1:
        raise Unfetchable("sent a body that is compressed twice")
    if codings and codings[0] not in ("gzip", "deflate"):
        raise Unfetchable(f"sent a body packed as {codings[0][:20]}, which was not asked for")
    return codings[0] if codings else ""


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...
