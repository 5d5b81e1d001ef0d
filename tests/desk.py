"""A desk for the tests of the command line: one user's home folder, and sigtrack run in it.

Commands run in this process (`desk.run`), with stdout and stderr caught, or as a process of their
own (`desk.start`) where a signal, a pipe or another user is the point. Every desk has taken the
shipped feeds out of its catalogue, so that no test asks anybody beyond loopback, and has replaced
the shipped watchlists by silent ones, so that what they say elsewhere changes nothing here. The
watchlist of the tests watches lighthouses, in four languages. What sigtrack makes of its own words
is the same for each desk, so it lies there already, as it does for a user from the second command;
a desk that is set out again (`Desk.again`) also has what it made of the files of this user.
"""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from xml.sax.saxutils import escape

import pytest

from sigtrack.app import readings
from sigtrack.app.rules import load_rules
from sigtrack.cli import run
from sigtrack.config import load_settings
from sigtrack.model import Item
from sigtrack.watch import shipped_text
from sigtrack.watch import shipped_watchlists as shipped

SOURCE = Path(__file__).parents[1] / "src"
NOW = "2026-01-14T12:00:00+00:00"
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
LIGHTHOUSES = """\
format = 1
id = "lighthouses"
title = "Lighthouses"
why = "Where a light is lit, a ship is expected."

[[signal]]
id = "lit"
title = "A lighthouse is lit"
priority = "high"
any = ["lighthouse*", "등대", "灯台", "灯塔"]
ignore = ["lighthouse keeper*"]

[[signal]]
id = "fog"
title = "Fog"
any = ["fog"]
all = [["lighthouse*", "harbour"]]
"""
# A verb of the user's own, for lang/en.toml.
MOSEYS = """\
[[act]]
class = "visit"
kind = "go"
phase = "ongoing"
side = "after"
words = "moseys over to"
"""
FORTNIGHT = """\
{"id": "f", "source": "coast", "lang": "en", "published": "2026-01-02T00:00:00Z", "title": "Old lighthouse is sold", "link": "https://example.org/f"}
{"id": "e", "source": "haian", "lang": "zh-Hans", "published": "2026-01-09T00:00:00Z", "title": "海角灯塔重新点亮", "link": "https://example.org/e"}
{"id": "d", "source": "kaigan", "lang": "ja", "published": "2026-01-10T00:00:00Z", "title": "岬の灯台が再び点灯", "link": "https://example.org/d"}
{"id": "c", "source": "haean", "lang": "ko", "published": "2026-01-12T15:30:00Z", "title": "등대 다시 불 밝혀", "link": "https://example.org/c"}
{"id": "b", "source": "coast", "lang": "en", "published": "2026-01-13T09:00:00Z", "title": "Fog over the harbour", "link": "https://example.org/b"}
{"id": "g", "source": "coast", "lang": "en", "published": "2026-01-14T08:00:00Z", "title": "A lighthouse keeper retires", "link": "https://example.org/g"}
{"id": "a", "source": "coast", "lang": "en", "published": "2026-01-14T09:00:00Z", "title": "A lighthouse is lit again", "link": "https://example.org/a", "summary": "The lighthouse stood dark for a year."}
{"id": "h", "source": "coast", "lang": "en", "title": "Undated: fish is cheap", "link": "https://example.org/h"}
"""
_NOT_OURS = ("SIGTRACK_", "XDG_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_NOR_THESE = ("NO_COLOR", "COLUMNS", "LINES", "TZ", "FORCE_COLOR")


@dataclass(frozen=True)
class Done:
    """One command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def records(self) -> list[dict[str, Any]]:
        """What `--format jsonl` said."""
        return [json.loads(line) for line in self.lines]


@cache
def _names_of_shipped_words() -> Mapping[str, bytes]:
    """What stands in the files in which they are kept."""
    with TemporaryDirectory() as home:
        settings = load_settings({"HOME": home})
        readings._made.clear()  # as in a process of its own
        load_rules(settings).readings.mentions(Item(feed="f", uid="u", title=""))
        files = settings.rules_cache.glob("words.[nt]*")
        return {file.name: file.read_bytes() for file in files}


@contextmanager
def folder_for_others() -> Iterator[Path]:
    """A folder that others may look into (pytest's own are closed to them); the test is skipped
    where nobody can become another user, or that user could not run sigtrack."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user")
    program = [*AS_NOBODY, sys.executable, "-c", "import sigtrack.cli.commands"]
    if subprocess.run(program, capture_output=True, check=False).returncode:
        pytest.skip("another user may not read this installation")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


class Desk:
    """One user. Paths are where sigtrack looks for them by default."""

    def __init__(self, home: Path) -> None:
        self._at(home)
        self.watchlists.mkdir(parents=True)
        self.silence()
        self.feeds({})
        self._keep_names()

    def _at(self, home: Path) -> None:
        self.home = home
        self.config = home / "config" / "sigtrack"
        self.watchlists = self.config / "watchlists"
        self.feeds_file = self.config / "feeds.toml"
        self.db = home / "data" / "sigtrack" / "sigtrack.db"
        self.environment = {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"),
            "SIGTRACK_NOW": NOW,
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
        }

    def _keep_names(self) -> None:
        folder = load_settings(self.environment).rules_cache
        folder.mkdir(parents=True)
        for name, content in _names_of_shipped_words().items():
            (folder / name).touch(mode=0o600)
            (folder / name).write_bytes(content)

    @classmethod
    def again(cls, home: Path, kept: Path) -> Self:
        """A desk that `keep` copied, in its old place: what was made of the rules holds for the
        paths and times of their files, so a desk elsewhere would load them anew (0.7 s)."""
        shutil.copytree(kept, home)
        desk = cls.__new__(cls)
        desk._at(home)
        return desk

    def keep(self, kept: Path) -> Path:
        """Move the desk out of its place, without what it read and what it wrote of its runs."""
        state = self.home / "state" / "sigtrack"
        for path in (self.db.parent, *state.iterdir()):
            if path.name not in ("rules", "watchlists"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.home.rename(kept)
        return kept

    def silence(self) -> None:
        """A watchlist of its own for each shipped id, which no headline of these tests matches."""
        for file in shipped().iterdir():
            if file.name.endswith(".toml") and "." not in file.name[:-5] and file.name[0] != "_":
                id = file.name.removesuffix(".toml")
                self.watch(
                    f'format = 1\nid = "{id}"\nreplaces = true\n[[signal]]\nid = "s"\n'
                    'any = ["zzz zzz"]\n',
                    id,
                )

    def watch(self, text: str = LIGHTHOUSES, id: str = "lighthouses") -> Path:
        path = self.watchlists / f"{id}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def feeds(self, urls: Mapping[str, str], more: str = "") -> None:
        """These feeds instead of the shipped ones; `more` stands in each entry."""
        gone = [one["id"] for one in tomllib.loads(shipped_text("feeds.toml"))["feed"]]
        entries = [f'[[feed]]\nid = "{id}"\nremoved = true\n' for id in gone]
        entries += [
            f'[[feed]]\nid = "{id}"\nurl = "{url}"\nallow_private = true\n{more}\n'
            for id, url in urls.items()
        ]
        self.feeds_file.write_text("format = 1\n" + "\n".join(entries), encoding="utf-8")

    def take(self, database: Path) -> Self:
        """A copy of a database that was made once for many tests."""
        self.db.parent.mkdir(parents=True)
        shutil.copy(database, self.db)
        return self

    def run(self, *arguments: object, code: int | None = 0, **environment: str) -> Done:
        """The command as a user types it; fails if it does not end with this exit code (None takes
        any) or if it raises anything."""
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as world:
            for name in list(os.environ):
                if name not in self._environment(environment):
                    world.delenv(name)
            for name, value in self._environment(environment).items():
                world.setenv(name, value)
            with redirect_stdout(out), redirect_stderr(err):
                ended = run([str(argument) for argument in arguments])
        done = Done(ended, out.getvalue(), err.getvalue())
        assert code in (None, done.code), done
        return done

    def start(
        self, *arguments: object, under: tuple[str, ...] = (), **more: Any
    ) -> subprocess.Popen[bytes]:
        """The command as a process of its own; `under` is a program that runs it."""
        environment = self._environment(more.pop("environment", {})) | {"PYTHONPATH": str(SOURCE)}
        streams = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        return subprocess.Popen(
            [*under, sys.executable, "-m", "sigtrack", *map(str, arguments)],
            env=environment,
            **(streams | more),
        )

    def start_and_wait(self, *arguments: object, code: int | None = 0, **more: Any) -> Done:
        """The same as a process of its own; None takes any exit code."""
        with self.start(*arguments, **more) as process:
            out, err = process.communicate(timeout=600)
        done = Done(process.returncode, out.decode(), err.decode())
        assert code in (None, done.code), done
        return done

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(_NOT_OURS) and name not in _NOR_THESE
        }
        return kept | self.environment | more


Begun = Callable[..., Desk]  # of the fixture `begun`


def on_a_terminal(desk: Desk, *arguments: str, **environment: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = desk.start(
        *arguments, stdout=theirs, stderr=theirs, environment={"TERM": "xterm", **environment}
    )
    os.close(theirs)
    said = b""
    while select.select([ours], [], [], 600)[0]:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert process.wait(600) == 0
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
    return said.decode()


def modules_after(desk: Desk, *command: str) -> set[str]:
    """What Python has loaded when a command of its own process is done."""
    program = (
        f"import sys; from sigtrack.cli import run; code = run({list(command)!r}); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | desk.environment | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done
    return set(done.stderr.split())


def rss(*titles: str, lang: str = "en", summary: str = "") -> bytes:
    """A feed with one dated item a title, the latest first."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(title)}</guid><title>{escape(title)}</title>"
        f"<link>https://example.org/{number}</link><description>{escape(summary)}</description>"
        f"<pubDate>Wed, 14 Jan 2026 {11 - number % 12:02}:00:00 GMT</pubDate></item>"
        for number, title in enumerate(titles)
    )
    head = (
        f"<title>Harbour News</title><link>https://example.org/</link><language>{lang}</language>"
    )
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
