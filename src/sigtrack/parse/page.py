"""Find the article in an HTML page, without menus, banners and footers, with trafilatura.

trafilatura comes with the extra `statements`. It takes 5 s of computing and 200 MB for 800 kB of
`word<br>`, and libxml2 is written in C. So a page is read in its own process with limits, and a
page that breaks this process is `Unreadable`. The process costs 0.5 s.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from importlib.util import find_spec

from sigtrack.model import Unreadable

_CODE = "import sys; from sigtrack.parse.page import serve; serve(*map(int, sys.argv[1:]))"
CPU_SECONDS = 20
MEMORY = 1024 * 1024 * 1024  # of address space
_WALL_SECONDS = 60
_NOTHING = 3  # exit code: the page holds no article
_NO_ARTICLE = "is a page without an article"


def can_read_pages() -> bool:
    """Return whether the extra `statements` is installed, with the part of lxml that it needs."""
    return bool(find_spec("trafilatura")) and bool(find_spec("lxml_html_clean"))


def page_text(
    markup: str, *, cpu_seconds: int = CPU_SECONDS, memory: int = MEMORY
) -> str | Unreadable:
    """Return the words of the article, one paragraph a line. Ask `can_read_pages` first."""
    try:
        done = subprocess.run(
            (sys.executable, "-P", "-c", _CODE, str(cpu_seconds), str(memory)),
            input=markup.encode("utf-8", "replace"),
            capture_output=True,
            timeout=_WALL_SECONDS,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.TimeoutExpired:
        return Unreadable(reason=f"takes more than {_WALL_SECONDS} s to read")
    match done.returncode:
        case 0:
            return done.stdout.decode("utf-8", "replace")
        case code if code == _NOTHING:
            return Unreadable(reason=_NO_ARTICLE)
        case code if code == -signal.SIGXCPU:
            return Unreadable(reason=f"takes more than {cpu_seconds} s of computing to read")
    return Unreadable(reason=f"cannot be read as a page (its reader ended with {done.returncode})")


def serve(cpu_seconds: int, memory: int) -> None:
    """Run in the other process: read a page on stdin and write its words to stdout."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_AS, memory)
    words = words_of(sys.stdin.buffer.read().decode("utf-8"))
    sys.stdout.buffer.write(words.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    os._exit(0 if words else _NOTHING)


def words_of(markup: str) -> str:
    """Return the words of the article; "" if there is none. For a process with limits only."""
    import trafilatura

    words: str | None = trafilatura.extract(
        markup,
        include_comments=False,
        favor_recall=True,  # a lost sentence would be reported as dropped
        deduplicate=False,  # statements repeat themselves on purpose
    )
    return words or ""


def page_text_here(markup: str) -> str | Unreadable:
    """Return what `page_text` does, in this process, which has limits already."""
    try:
        return words_of(markup) or Unreadable(reason=_NO_ARTICLE)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - of libraries that read markup of strangers
        return Unreadable(reason=f"cannot be read as a page ({type(error).__name__})")


def _limit(what: int, soft: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
