"""The lock beside a database, which allows one run at a time. Its errors name the database."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sigtrack.errors import CannotWrite, DiskFull
from sigtrack.files import Lock
from sigtrack.store.sqlite.connection import forbidden

RUN, SENDING = ".lock", ".outbox.lock"  # suffixes to the name of the database


class RunLock(Lock):
    def __init__(self, database: Path, suffix: str = RUN) -> None:
        self._database = str(database)
        self._place = f"{os.path.realpath(database)}{suffix}"  # one lock, whatever link is used
        super().__init__(Path(self._place), self._database)

    def acquire(self, who: str, patience: float) -> None:
        """Raises Busy, naming the run that holds the lock, after `patience` seconds."""
        try:
            super().acquire(who, patience)
        except PermissionError:
            raise forbidden(self._database) from None
        except OSError as error:
            message = f"cannot write {self._place} ({error.strerror})"
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(message, hint="make room and run it again") from error
            raise CannotWrite(message) from error
