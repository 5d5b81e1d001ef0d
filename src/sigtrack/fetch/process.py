"""What a run needs of its process: enough open files, and memory that goes back to the system.

If files run out in the middle of a run, feeds that nobody asked count as failed, and even the event
loop cannot close properly. So the limit is raised, or the run refused, before any feed is asked.

Once glibc has freed one large block, it serves the next blocks of that size from a heap that it
keeps: after ten bodies of 10 MiB, with never more than six alive, a run held 160 MiB; with this
setting it held 110. Other C libraries do not do this and do not have this call.
"""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress

from sigtrack.errors import Exhausted

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
