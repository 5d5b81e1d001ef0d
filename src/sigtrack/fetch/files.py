"""Read feed documents from disk as if they had been fetched: regular files up to a size limit."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

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
