"""Files of the user: written whole or not at all, and by one process at a time.

A file is written under another name beside its own, synced and then renamed, so that a crash, a
full disk or a report that fails in the middle leaves the old file or the new one. A link stays a
link, and mode and owner stay as they were. What is no regular file (a terminal, a pipe, /dev/null,
/dev/stdout) is written to as it is. Functions here raise OSError: only the caller knows what the
file is to the user.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sigtrack.errors import Busy, CannotWrite

PRIVATE = 0o600  # what may hold secrets is for its owner
_USUAL = 0o666  # less the umask
_NO_HARD_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
_STREAMS = re.compile(r"/dev|/dev/fd|/proc/[^/]+(?:/task/\d+)?/fd")


class NotAFile(OSError):
    """What stands there is not a file that can be read to its end; `what` says what it is."""

    def __init__(self, what: str, path: Path) -> None:
        super().__init__(errno.EINVAL, what, str(path))
        self.what = what


def open_file(path: Path) -> BinaryIO:
    """A file that the user named, from its beginning. Raises NotAFile and other OSErrors.

    Nothing here waits: folders, devices and pipes are refused before they are opened, and what
    says that it holds no bytes is taken at its word. /proc/kmsg says so and that it is a regular
    file, and who reads it as root waits for ever.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise NotAFile("is a folder, not a file", path)
    if not stat.S_ISREG(found.st_mode):
        raise NotAFile("is a device or a pipe, not a file", path)
    if not found.st_size:
        return io.BytesIO()
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def replace_file(
    path: Path, pieces: Iterable[bytes], *, mode: int = _USUAL, in_place: bool = False
) -> None:
    """Write a file, or put new content in the place of the old. Raises OSError.

    `mode` (less the umask) is for a file that is new. With `in_place` a file that exists in a
    folder where we may make none is written where it stands: better than not at all.
    """
    if is_stream(path):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as stream:
            stream.writelines(pieces)
        return
    target = Path(os.path.realpath(path))
    before = _kept(target)
    try:
        temporary = make_beside(target, PRIVATE if before else mode)
    except OSError as error:
        if not (before and in_place and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)):
            raise
        with target.open("wb") as stream:
            stream.writelines(pieces)
        return
    with _gone_at_last(temporary):
        _fill(temporary, pieces, before)
        temporary.replace(target)
        _sync_folder(target)


def create_file(path: Path, pieces: Iterable[bytes], *, mode: int = _USUAL) -> None:
    """Write a file that must not exist yet. Raises FileExistsError and other OSErrors."""
    if path.exists() or path.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    temporary = make_beside(path, mode)
    with _gone_at_last(temporary):
        _fill(temporary, pieces, None)
        publish(temporary, path)


def make_beside(target: Path, mode: int) -> Path:
    """A new, empty file in the folder of `target`, with a name that nobody else has."""
    path = target.with_name(f".sigtrack-{os.urandom(8).hex()}")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
    return path


def publish(temporary: Path, target: Path) -> None:
    """Give a finished file its name, unless the name is taken (FileExistsError)."""
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _claim(temporary, target)
    else:
        temporary.unlink()
    _sync_folder(target)


def _claim(temporary: Path, target: Path) -> None:
    """Where there are no hard links (exFAT): take the name first, which is exclusive as well."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
    try:
        temporary.replace(target)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def is_stream(path: Path) -> bool:
    """Whether this is a device, a pipe or an open descriptor rather than a file with a name.

    A descriptor may lead to a regular file (`-o /dev/stdout > out.txt`), which is the shell's.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    if not stat.S_ISREG(mode):
        return not stat.S_ISDIR(mode)
    for _ in range(40):  # as many links as the system follows
        if _STREAMS.fullmatch(os.path.realpath(path.parent)):
            return True
        if not path.is_symlink():
            return False
        path = path.parent / path.readlink()
    return False


def are_same(one: Path, other: Path) -> bool:
    """Whether two names mean one file, by whatever spelling or link, also before it exists."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file stands, or would stand, in a folder or below it."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


class Lock:
    """Held by one at a time, on a file made for nothing else.

    `flock` belongs to the open file: it ends with the process, however that ends, it keeps out a
    second holder in the same process, and no other reading of the file lets go of it, as it would
    with a POSIX record lock. No worker inherits it: the descriptor is closed on exec, and after a
    bare fork as well. The file says who holds it and goes with the lock; one that a kill left
    behind locks nothing.
    """

    def __init__(self, path: Path, protects: str) -> None:
        """`protects` is what the user knows: the name of the file that is kept for one writer."""
        self._path = path
        self._protects = protects
        self._file: int | None = None

    def acquire(self, who: str, patience: float) -> None:
        """Raises Busy, naming the holder, when `patience` seconds are over; and OSError."""
        deadline = time.monotonic() + patience
        while not self._try(who):
            if time.monotonic() >= deadline:
                raise Busy(
                    f"another sigtrack run{self._holder()} is writing to {self._protects}",
                    hint="it is safe to run this again when that has ended",
                )
            time.sleep(0.05)

    def release(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                if self._is_at_path(self._file):  # else somebody deleted it, and this is another's
                    self._path.unlink()
            os.close(self._file)  # closing lets go of the lock
            self._file = None
            _held.discard(self)

    def forget(self) -> None:
        """In a forked child: the lock is the parent's, and must end with the parent."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _try(self, who: str) -> bool:
        while True:
            file = self._open()
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not self._is_at_path(file):  # its holder let go, and took the file away
                    os.close(file)
                    continue
                os.ftruncate(file, 0)
                os.pwrite(file, f"{who}, process {os.getpid()}\n".encode(), 0)
            except BlockingIOError:
                os.close(file)
                return False
            except BaseException:
                os.close(file)
                raise
            self._file = file
            _held.add(self)
            return True

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            file = os.open(self._path, flags, _USUAL)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._no_lock_file("is a link") from None
            raise
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise self._no_lock_file("is not a plain file")
        return file

    def _no_lock_file(self, what: str) -> CannotWrite:
        return CannotWrite(
            f"{self._path} {what}, so it cannot lock {self._protects}",
            hint="somebody else put it there: delete it, and run this again",
        )

    def _is_at_path(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self._path.lstat())
        except FileNotFoundError:
            return False

    def _holder(self) -> str:
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            with os.fdopen(os.open(self._path, flags), "rb") as file:
                signed = file.read(60).decode("ascii", "replace").strip()
        except OSError:
            return ""
        return f" ({signed})" if signed else ""


_held: set[Lock] = set()


def _forget_in_child() -> None:
    for lock in _held:
        lock.forget()
    _held.clear()


os.register_at_fork(after_in_child=_forget_in_child)


@contextmanager
def locked(path: Path, who: str, patience: float = 30.0) -> Iterator[None]:
    """Keep a file, and the one that a link leads to, for one who reads and then changes it.

    The folder must exist. Raises Busy, naming the holder, and OSError.
    """
    lock = Lock(lock_file_of(path), str(path))
    lock.acquire(who, patience)
    try:
        yield
    finally:
        lock.release()


def lock_file_of(path: Path) -> Path:
    """The file on which `locked` keeps another."""
    target = Path(os.path.realpath(path))
    return target.with_name(f".{target.name}.lock")


def _kept(target: Path) -> os.stat_result | None:
    """Of the file that is to be replaced. What may not be written may not be replaced either."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    return found


def _fill(path: Path, pieces: Iterable[bytes], before: os.stat_result | None) -> None:
    with path.open("r+b") as stream:
        stream.writelines(pieces)
        stream.flush()
        if before:
            _take_over(stream.fileno(), before)
        os.fsync(stream.fileno())


def _take_over(file: int, before: os.stat_result) -> None:
    """Owner and group as far as we may give them away, then the mode."""
    for owner, group in ((-1, before.st_gid), (before.st_uid, -1)):
        with suppress(PermissionError):
            os.fchown(file, owner, group)
    os.fchmod(file, stat.S_IMODE(before.st_mode))


@contextmanager
def _gone_at_last(temporary: Path) -> Iterator[None]:
    try:
        yield
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(target: Path) -> None:
    """So that the new name outlives a power cut; some file systems cannot, and need not."""
    with suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
