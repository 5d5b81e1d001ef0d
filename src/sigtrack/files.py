"""Files of the user: written whole or not at all, and by one process at a time.

A file is written under another name in the same folder, synced and then renamed. So a crash, a full
disk or a report that fails in the middle leaves either the old file or the new one. A link stays a
link, and mode and owner stay as they were. Anything but a regular file (a terminal, a pipe,
/dev/null, /dev/stdout) is written directly. The functions raise OSError, because only the caller
knows what the file is to the user.
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

PRIVATE = 0o600  # files that may hold secrets are for their owner only
_USUAL = 0o666  # less the umask
_NO_HARD_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
_STREAMS = re.compile(r"/dev|/dev/fd|/proc/[^/]+(?:/task/\d+)?/fd")


class NotAFile(OSError):
    """A path leads to something that is not a regular file; `what` says to what."""

    def __init__(self, what: str, path: Path) -> None:
        super().__init__(errno.EINVAL, what, str(path))
        self.what = what


def open_file(path: Path) -> BinaryIO:
    """Open a file that the user named, for reading. Raises NotAFile and other OSErrors.

    Nothing here waits: folders, devices and pipes are refused before they are opened, and a file
    of size 0 is empty without being read. /proc/kmsg says that it is a regular file of size 0,
    and reading it as root waits for ever.
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
    """Write a new file, or replace the content of an existing file. Raises OSError.

    `mode` (less the umask) applies to a new file. With `in_place`, an existing file is overwritten
    directly if its folder does not allow new files.
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
    """Create an empty file with a unique name in the folder of `target`, and return its path."""
    path = target.with_name(f".sigtrack-{os.urandom(8).hex()}")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
    return path


def publish(temporary: Path, target: Path) -> None:
    """Rename a finished file to `target`. Raises FileExistsError if `target` exists."""
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
    """Rename where there are no hard links (exFAT): creating `target` is exclusive as well."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
    try:
        temporary.replace(target)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def is_stream(path: Path) -> bool:
    """Whether the path is a device, a pipe or an open descriptor rather than a file with a name.

    A descriptor may lead to a regular file (`-o /dev/stdout > out.txt`), which belongs to the
    shell.
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
    """Whether two paths are the same file, through any spelling or link.

    The file need not exist.
    """
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
    """A lock on a file that exists only for this purpose; one holder at a time.

    `flock` belongs to the open file. It ends when the process ends, for whatever reason. It also
    keeps out a second holder in the same process, and reading the file elsewhere does not release
    it, as it would release a POSIX record lock. No worker inherits the lock: the descriptor is
    closed on exec and after a bare fork. The file names the holder and is deleted on release. A
    file that a killed process left behind locks nothing.
    """

    def __init__(self, path: Path, protects: str) -> None:
        """`protects` is the file that the lock keeps for one writer, by the name the user knows."""
        self._path = path
        self._protects = protects
        self._file: int | None = None

    def acquire(self, who: str, patience: float) -> None:
        """Wait for the lock.

        Raises Busy, which names the holder, after `patience` seconds; and OSError.
        """
        deadline = time.monotonic() + patience
        while not self._try(who):
            if time.monotonic() >= deadline:
                raise Busy(
                    f"another sigtrack run{self._holder()} is writing to {self._protects}",
                    hint="it is safe to run this again when the other run has ended",
                )
            time.sleep(0.05)

    def release(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                if self._is_at_path(self._file):  # else it is somebody else's file
                    self._path.unlink()
            os.close(self._file)  # closing the file releases the lock
            self._file = None
            _held.discard(self)

    def forget(self) -> None:
        """Close the file in a forked child: the lock belongs to the parent and must end with it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _try(self, who: str) -> bool:
        while True:
            file = self._open()
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not self._is_at_path(file):  # the holder released the lock and deleted the file
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
    """Lock a file, and the file that a link leads to, while it is read and then changed.

    The folder must exist. Raises Busy, which names the holder, and OSError.
    """
    lock = Lock(lock_file_of(path), str(path))
    lock.acquire(who, patience)
    try:
        yield
    finally:
        lock.release()


def lock_file_of(path: Path) -> Path:
    target = Path(os.path.realpath(path))
    return target.with_name(f".{target.name}.lock")


def _kept(target: Path) -> os.stat_result | None:
    """Return the status of the file to replace. A file that may not be written is not replaced."""
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
            # Owner and group as far as the system allows, then the mode.
            for owner, group in ((-1, before.st_gid), (before.st_uid, -1)):
                with suppress(PermissionError):
                    os.fchown(stream.fileno(), owner, group)
            os.fchmod(stream.fileno(), stat.S_IMODE(before.st_mode))
        os.fsync(stream.fileno())


@contextmanager
def _gone_at_last(temporary: Path) -> Iterator[None]:
    try:
        yield
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(target: Path) -> None:
    """Sync the folder, so that the new name survives a power cut, if the system can."""
    with suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
