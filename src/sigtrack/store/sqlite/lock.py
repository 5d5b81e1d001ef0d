"""One run at a time: a lock that dies with its process.

A POSIX record lock on a file beside the database. The system lets go of it when the process ends,
however it ends, and unlike `flock` it is not inherited by workers that outlive a killed parent.
It knows no owner inside one process, so those are kept in a set.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from sigtrack.errors import CannotWrite, DiskFull
from sigtrack.store.sqlite.connection import busy, forbidden

_held: set[Path] = set()


class RunLock:
    def __init__(self, database: Path, suffix: str = ".lock") -> None:
        self._name = str(database)
        self._path = Path(f"{database.absolute()}{suffix}")
        self._file: int | None = None

    def acquire(self, kind: str, patience: float) -> None:
        """Raises Busy, naming the run that holds the lock, when `patience` seconds are over."""
        deadline = time.monotonic() + patience
        while not self._try(kind):
            if time.monotonic() >= deadline:
                raise busy(self._name, f"another sigtrack run{self._holder()}")
            time.sleep(0.05)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)  # closing lets go of the lock
            self._file = None
            _held.discard(self._path)

    def _try(self, kind: str) -> bool:
        if self._path in _held:
            return False
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except PermissionError:
            raise forbidden(self._name) from None
        except OSError as error:
            raise CannotWrite(f"cannot write {self._path} ({error.strerror})") from error
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        _held.add(self._path)
        self._sign(kind)
        return True

    def _sign(self, kind: str) -> None:
        assert self._file is not None
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{kind}, process {os.getpid()}\n".encode(), 0)
        except OSError as error:
            self.release()
            raise DiskFull(
                f"cannot write {self._path} ({error.strerror})", hint="make room and run it again"
            ) from error

    def _holder(self) -> str:
        try:
            signed = self._path.read_text(encoding="ascii", errors="replace").strip()
        except OSError:
            return ""
        return f" ({signed[:60]})" if signed else ""
