"""Files written whole or not at all, and locks that keep two processes apart."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sigtrack.errors import Busy, CannotWrite
from sigtrack.files import (
    PRIVATE,
    Lock,
    NotAFile,
    are_same,
    create_file,
    is_stream,
    locked,
    open_file,
    replace_file,
)

SOURCE = Path(__file__).parents[1] / "src"


def in_another_process(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_that_fails_in_the_middle_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")

    def pieces() -> Iterator[bytes]:
        yield b"half of the ne"
        raise OSError("the source is gone")

    with pytest.raises(OSError, match="the source is gone"):
        replace_file(path, pieces())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_full_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")
    code = (
        "import resource, sys; from pathlib import Path; from sigtrack.files import replace_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "replace_file(Path(sys.argv[1]), [b'x' * 600] * 9)"
    )
    assert "File too large" in in_another_process(code, path).stderr
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_of_the_old_file_never_sees_half_of_the_new(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")
    with path.open() as reader:
        replace_file(path, [b"new"])
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_links_and_modes_stay_as_they_were(tmp_path: Path) -> None:
    real = tmp_path / "real" / "feeds.toml"
    real.parent.mkdir()
    real.write_text("old")
    real.chmod(0o640)
    link = tmp_path / "feeds.toml"
    link.symlink_to(real)
    replace_file(link, [b"new"], mode=PRIVATE)
    assert link.is_symlink()
    assert (real.read_text(), mode_of(real)) == ("new", 0o640)


def test_a_link_to_a_file_that_is_not_there_yet_makes_that_file(tmp_path: Path) -> None:
    link = tmp_path / "report.md"
    link.symlink_to(tmp_path / "later.md")
    replace_file(link, [b"new"])
    assert link.is_symlink()
    assert (tmp_path / "later.md").read_text() == "new"


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077])
def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        replace_file(tmp_path / "report.md", [b"new"])
        replace_file(tmp_path / "feeds.toml", [b"new"], mode=PRIVATE)
        create_file(tmp_path / "config.toml", [b"new"], mode=PRIVATE)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "report.md") == 0o666 & ~umask
    assert mode_of(tmp_path / "feeds.toml") == mode_of(tmp_path / "config.toml") == 0o600


def test_a_file_that_exists_is_not_created_again(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    create_file(path, [b"first"])
    for taken in (path, tmp_path / "link"):
        if taken != path:
            taken.symlink_to("nowhere")
        with pytest.raises(FileExistsError):
            create_file(taken, [b"second"])
    assert path.read_text() == "first"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["config.toml", "link"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    replace_file(pipe, [b"through ", b"the pipe"])
    reader.join(600)
    assert read == [b"through the pipe"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_could_keep_a_reader_waiting_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name, what in (("", "a folder"), ("pipe", "a device or a pipe"), ("link", "a device or")):
        with pytest.raises(NotAFile, match=what):
            open_file(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        open_file(tmp_path / "none")


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="there is no /proc")
@pytest.mark.parametrize("name", ["kmsg", "version"])
def test_a_file_of_the_system_that_says_it_is_empty_is_empty(name: str) -> None:
    """The first of them waits for ever; the second has bytes all the same."""
    with open_file(Path("/proc") / name) as file:
        assert file.read() == b""


def test_a_file_is_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"bytes")
    (tmp_path / "link").symlink_to("file")
    with open_file(tmp_path / "link") as file:
        assert file.read() == b"bytes"


def test_what_the_shell_has_opened_is_a_stream_and_a_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    link = tmp_path / "link"
    with path.open("rb") as opened:
        link.symlink_to(f"/proc/self/fd/{opened.fileno()}")
        assert is_stream(link)
        assert is_stream(Path(f"/dev/fd/{opened.fileno()}"))
    assert is_stream(Path("/dev/null"))
    assert not is_stream(path)
    assert not is_stream(tmp_path)
    assert not is_stream(tmp_path / "none")


def test_one_file_is_known_by_every_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert are_same(path, tmp_path / "." / "other" / ".." / "file")  # before it exists
    (tmp_path / "soft").symlink_to(path)
    assert are_same(tmp_path / "soft", path)
    path.write_text("")
    (tmp_path / "hard").hardlink_to(path)
    assert are_same(tmp_path / "hard", path)
    assert not are_same(tmp_path / "none", path)


# --- locks

TAKE = """
import sys
from pathlib import Path
from sigtrack.errors import Busy
from sigtrack.files import Lock
try:
    Lock(Path(sys.argv[1]), "the book").acquire("second", 0)
except Busy as error:
    print(error.message)
else:
    print("taken")
"""


def test_asking_who_holds_a_lock_does_not_let_go_of_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = Lock(path, "the book")
    lock.acquire("first", 0)
    with pytest.raises(Busy, match=r"first, process \d+"):
        Lock(tmp_path / "." / "lock", "the book").acquire("the same process", 0)
    path.read_bytes()  # and nor does any other reading
    told = in_another_process(TAKE, path).stdout
    assert told == f"another sigtrack run (first, process {os.getpid()}) is writing to the book\n"
    lock.release()
    assert in_another_process(TAKE, path).stdout == "taken\n"


def test_a_lock_leaves_no_file_and_one_left_by_a_kill_locks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    with locked(path, "feeds"):
        assert [one.name for one in tmp_path.iterdir()] == [".feeds.toml.lock"]
    assert list(tmp_path.iterdir()) == []
    killed = TAKE + "import os; os.kill(os.getpid(), 9)"
    in_another_process(killed, tmp_path / ".feeds.toml.lock")
    assert (tmp_path / ".feeds.toml.lock").exists()
    with locked(path, "feeds", patience=0):
        pass


def test_a_lock_is_kept_when_the_file_that_it_protects_is_renamed_over(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    with locked(path, "feeds"):
        replace_file(path, [b"new"])
        told = in_another_process(TAKE, tmp_path / ".feeds.toml.lock").stdout
    assert "(feeds, process" in told


def test_a_lock_that_somebody_deleted_takes_no_other_away(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, second = Lock(path, "the book"), Lock(path, "the book")
    first.acquire("first", 0)
    path.unlink()
    second.acquire("second", 0)
    first.release()
    assert "(second, process" in in_another_process(TAKE, path).stdout


def test_two_links_to_one_file_have_one_lock(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).symlink_to(tmp_path / "real.toml")
    with (
        locked(tmp_path / "one", "feeds"),
        pytest.raises(Busy),
        locked(tmp_path / "two", "feeds", patience=0),
    ):
        pass


def test_a_lock_file_that_is_a_link_or_a_pipe_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "diary.txt"
    target.write_text("mine")
    (tmp_path / "link").symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    for name, what in (("link", "is a link"), ("pipe", "is not a plain file")):
        with pytest.raises(CannotWrite, match=what):
            Lock(tmp_path / name, "the book").acquire("first", 0)
    assert target.read_text() == "mine"


def test_many_processes_take_turns_and_nobody_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_text("0")
    code = """
import sys
from pathlib import Path
from sigtrack.files import locked, replace_file
path = Path(sys.argv[1])
for _ in range(25):
    with locked(path, "count"):
        replace_file(path, [str(int(path.read_text()) + 1).encode()])
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        for _ in range(4)
    ]
    assert [one.wait(120) for one in started] == [0] * 4
    assert path.read_text() == "100"
