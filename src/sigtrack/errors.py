"""The errors that a user can act on, and the exit code of each.

Three kinds of trouble are kept apart. A dead feed is a value (`sigtrack.model.Failed`), not an
error. A mistake in a user's file is a `Problem`; all problems are collected and shown at once by
`Misconfigured`. Everything else that a user can act on is one of the errors below. Any other
exception is a bug and ends as a traceback with exit code 70.

    SigtrackError                 message, hint, exit_code
      Misuse            2         arguments that make no sense together
      InputUnreadable   65        a file, item or database that is missing or cannot be read
        NoStore                   a database that is not there
        StoreNewer                a database written by a later sigtrack
        StoreCorrupt              a file that is not a database, or a damaged one
      Unavailable       69        a server of the user's that does not do what it is asked
      Exhausted         71        the system gives no more open files or memory
      CannotWrite       73        an output or folder that cannot be written
      DiskFull          74
      Busy              75        another run holds the database
      NoPermission      77
      Misconfigured     78        problems in config or watchlists, with file and line
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sigtrack.model import Problem


class SigtrackError(Exception):
    """An error that a user can act on: what happened, to which thing, and (`hint`) what to do."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Misuse(SigtrackError):
    exit_code = 2


class InputUnreadable(SigtrackError):
    exit_code = 65


class NoStore(InputUnreadable):
    pass


class StoreNewer(InputUnreadable):
    pass


class StoreCorrupt(InputUnreadable):
    pass


class Unavailable(SigtrackError):
    exit_code = 69


class Exhausted(SigtrackError):
    exit_code = 71


class CannotWrite(SigtrackError):
    exit_code = 73


class DiskFull(CannotWrite):
    exit_code = 74


class Busy(SigtrackError):
    exit_code = 75


NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def reason_of(error: OSError) -> str:
    """Return what the system says of an error, to go on a sentence."""
    return (error.strerror or str(error)).lower()


def cannot_write(name: str, error: OSError, hint: str = "") -> CannotWrite:
    """Return the error for a file or folder that the system does not let us write."""
    kind = DiskFull if error.errno in NO_ROOM else CannotWrite
    return kind(f"{name} cannot be written: {reason_of(error)}", hint=hint)


class NoPermission(SigtrackError):
    exit_code = 77


class Misconfigured(SigtrackError):
    """Carries every problem that was found; the message is one line that counts them."""

    exit_code = 78

    def __init__(self, message: str, *, problems: Iterable[Problem], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)
