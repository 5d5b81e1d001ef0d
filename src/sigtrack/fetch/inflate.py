"""Decompress bodies within a limit, so that a zip bomb costs no more than the largest body.

gzip and deflate are understood, br and zstd if the extra `compression` is installed. A body that
is compressed twice is refused: it is an attack or an accident. The first bytes count more than the
header, because servers send gzip without saying so and call plain bodies gzip. Only brotli cannot
be recognised by its bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from io import BytesIO
from typing import Any, Protocol

from sigtrack.fetch.policy import in_units
from sigtrack.fetch.trouble import Unfetchable

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5"  # the first two of its four magic bytes
_MOST_MEMBERS = 1000  # of one gzip file (RFC 1952 2.2)
_STEP = 256 * 1024
_LARGEST_WINDOW = 23  # 2**23 = 8 MiB, the limit of RFC 9659 for the web


class Inflater:
    """Decompresses a body piece by piece. `size` is its decompressed size so far, at most `limit`.

    60 KB may decompress to 10 MB, so `feed` works in steps of 256 KiB and lets the caller look at
    `size` after each step.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = _single(coding)
        self._limit = limit
        self._wire = 0
        self._head = b""
        self._open: Callable[[], _Engine] | None = None
        self._magic = b""  # the bytes with which another member would begin
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
        return self._body.getvalue()  # shares the buffer: does not copy ten megabytes

    def _begin(self, head: bytes) -> None:
        self._begun = True
        if head.startswith(_GZIP):
            self._open, self._magic = _gzip, _GZIP
        elif self._coding == "zstd" and head.startswith(_ZSTD):
            self._open, self._magic = _Zstd, _ZSTD
        elif self._coding == "br":
            self._open = _Brotli
        elif self._coding == "deflate" and not head.lstrip().startswith((b"<", b"{", b"\xef\xbb")):
            # deflate means zlib (RFC 9110 8.4.1.2), but old servers send the bare stream.
            wrapped = head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            self._open = _zlib if wrapped else _bare
        self._engine = self._open() if self._open else None

    def _take(self, piece: bytes) -> Iterator[None]:
        if self._engine is None:
            self._write(piece)
            yield
            return
        full = False  # the last step reached its limit: the engine may hold more
        while piece or full:
            if self._engine.eof and not self._next_member(piece):
                return
            room = min(_STEP, self._limit - self.size + 1)
            try:
                opened = self._engine.decompress(piece, room)
            except (zlib.error, _Damaged):
                raise Unfetchable("sent a compressed body that is damaged") from None
            self._write(opened)
            yield
            full = len(opened) >= room
            piece = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def _next_member(self, piece: bytes) -> bool:
        """Start the next member if another of the same kind begins; ignore anything else as
        padding."""
        if self._open is None or not self._magic or not piece.startswith(self._magic):
            return False
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise Unfetchable(f"sent a body compressed in more than {_MOST_MEMBERS:,} parts")
        self._engine = self._open()
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
    if codings and codings[0] not in accepted_codings():
        raise Unfetchable(f"sent a body packed as {codings[0][:20]}, which was not asked for")
    return codings[0] if codings else ""


@cache
def accepted_codings() -> tuple[str, ...]:
    """Return the codings that requests may ask for; br and zstd only if their library is installed.

    brotli before 1.2 does not count: it cannot limit how much it decompresses.
    """
    found = ["gzip", "deflate"]
    with suppress(ImportError):
        import brotli

        if hasattr(brotli.Decompressor, "can_accept_more_data"):
            found.append("br")
    with suppress(ImportError):
        zstd_library()
        found.append("zstd")
    return tuple(found)


class _Damaged(Exception):
    """The library of br or zstd cannot decompress the body."""


class _Engine(Protocol):
    """The interface of zlib. `unconsumed_tail` is empty if the engine keeps its input itself."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _gzip() -> _Engine:
    return zlib.decompressobj(wbits=31)


def _zlib() -> _Engine:
    return zlib.decompressobj(wbits=15)


def _bare() -> _Engine:
    return zlib.decompressobj(wbits=-15)


class _Brotli:
    """A brotli decompressor. It may return up to twice as much as asked for."""

    unused_data = unconsumed_tail = b""

    def __init__(self) -> None:
        import brotli

        self._error = brotli.error
        self._opener = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._opener.is_finished())

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return bytes(self._opener.process(data, output_buffer_limit=max_length))
        except self._error:
            raise _Damaged from None


class _Zstd:
    unconsumed_tail = b""

    def __init__(self) -> None:
        library = zstd_library()
        self._error = library.ZstdError
        window = {library.DecompressionParameter.window_log_max: _LARGEST_WINDOW}
        self._opener = library.ZstdDecompressor(options=window)

    @property
    def eof(self) -> bool:
        return bool(self._opener.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._opener.unused_data)

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return bytes(self._opener.decompress(data, max_length))
        except self._error:
            raise _Damaged from None


def zstd_library() -> Any:
    """Return the module of Python 3.14 or later, else the package with the same interface."""
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    return zstd
