"""Make sure that a run may open enough files, or say so before any feed is asked.

If they run out in the middle of a run, feeds that nobody asked count as failed, and even the event
loop cannot close properly.
"""

from __future__ import annotations

import resource

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
