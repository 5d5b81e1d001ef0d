"""Documents from disk, and the open files and the memory that a run needs.

A document is read as if it had been fetched: a regular file up to a size limit.

If open files run out in the middle of a run, feeds that nobody asked count as failed, and even the
event loop cannot close properly. So the limit is raised, or the run refused, before any feed is
asked.

Once glibc has freed one large block, it serves the next blocks of that size from a heap that it
keeps: after ten bodies of 10 MiB, with never more than six alive, a run held 160 MiB; with this
setting it held 110. Other C libraries do not do this and do not have this call.
"""

from __future__ import annotations

import ctypes
import resource
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sigtrack.errors import Exhausted
from sigtrack.fetch.policy import FetchPolicy, in_units
from sigtrack.files import NotAFile, open_file
from sigtrack.model import Failed, Fetched
from sigtrack.text import clean


def read_feed_file(
    path: Path, *, feed: str, now: datetime, policy: FetchPolicy | None = None
) -> Fetched | Failed:
    """Return the bytes of a file as a `Fetched` of that feed, or `Failed` if it cannot be used.

    Devices, pipes and folders are refused before anything is read, so reading never blocks.
    """
    limit = (policy or FetchPolicy()).max_body
    began = time.perf_counter()

    def failed(reason: str) -> Failed:
        seconds = time.perf_counter() - began
        return Failed(feed=feed, at=now, seconds=seconds, reason=clean(reason))

    try:
        body = _read(path, limit)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return failed(_in_words(error))
    if isinstance(body, str):
        return failed(body)
    return Fetched(
        feed=feed,
        at=now,
        seconds=time.perf_counter() - began,
        status=200,
        url=path.absolute().as_uri(),
        moved_to=None,
        body=body,
    )


def _read(path: Path, limit: int) -> bytes | str:
    """Return the content, or the reason why it cannot be read."""
    with open_file(path) as file:
        body = file.read(limit + 1)
    if len(body) > limit:
        return f"is larger than {in_units(limit)}"
    return body or "is empty"


def _in_words(error: OSError | ValueError) -> str:
    match error:
        case NotAFile(what=what):
            return what
        case FileNotFoundError() | NotADirectoryError():
            return "does not exist"
        case PermissionError():
            return "may not be read by you"
        case OSError(strerror=str(words)):
            return f"cannot be read ({words.lower()})"
    return "has a name that is not valid"


# The database with its side files and locks, two parsers with their pipes, the event loop, and
# modules that are being imported.
_BESIDE = 32
_EACH = 2  # a connection and the look-up of its name


def need_open_files(requests: int = 0) -> None:
    """Raise the limit of open files far enough for that many requests at once.

    Raises Exhausted if the user may not raise the limit that far.
    """
    wanted = _BESIDE + _EACH * requests
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise Exhausted(
            f"this needs {wanted} open files at once, and the limit of this user is {hard}",
            hint="raise the limit, for example with: ulimit -n 256",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE = 1024 * 1024


def give_back_large_blocks() -> None:
    """Make glibc return freed blocks of 1 MiB or more, for the whole process from now on."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
