"""Enough open files for the requests of a run, or a word about it before anybody is asked.

Where they run out in the middle, a feed that nobody asked counts as failed, and the event loop
cannot even end as it should.
"""

from __future__ import annotations

import resource

from sigtrack.errors import Exhausted

# The database with its side files and locks, two parsers with their pipes, the event loop, and
# what is being imported.
_BESIDE = 32
_EACH = 2  # a connection, and the question for its name


def need_open_files(requests: int = 0) -> None:
    """For so many requests at once. The limit is raised as far as the user may raise it.

    Raises Exhausted when that is not far enough.
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
