"""sigtrack from Python: the examples of docs/api.md, and what importing the package costs."""

from __future__ import annotations

import asyncio
import doctest
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import sigtrack
from desk import LIGHTHOUSES, Desk
from sigtrack.errors import InputUnreadable, Misconfigured, Misuse

ROOT = Path(__file__).parents[1]
RSS = b'<rss version="2.0"><channel><item><title>A lighthouse</title></item></channel></rss>'


@pytest.fixture
def notebook(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose environment is that of this process."""
    for name, value in desk.environment.items():
        monkeypatch.setenv(name, value)
    return desk


@pytest.mark.slow
def test_the_examples_of_the_page_give_what_it_shows(
    notebook: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.feeds_file.unlink()  # the shipped catalogue and watchlists; nothing is fetched
    for file in notebook.watchlists.iterdir():
        file.unlink()
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("SIGTRACK_NOW", "2026-01-30T12:00:00Z")
    notebook.run("import", "docs/half-year.jsonl", "-q")
    page = (ROOT / "docs" / "api.md").read_text("utf-8").replace("```", "")
    test = doctest.DocTestParser().get_doctest(page, {}, "api.md", "docs/api.md", 0)
    told: list[str] = []
    failed, tried = doctest.DocTestRunner().run(test, out=told.append)
    assert (failed, tried > 15) == (0, True), "".join(told)
    example = (ROOT / "README.md").read_text("utf-8").partition("```python\n")[2].partition("```")
    with redirect_stdout(StringIO()) as out:
        exec(example[0], {})
    assert out.getvalue() == "2026-01-15 South Korea and Japan meet on remains of coal miners\n"


def test_importing_the_package_loads_nothing_else() -> None:
    code = (
        "import sys; before = set(sys.modules); import sigtrack;"
        "print(set(sys.modules) - before - {'types'}); from sigtrack import open_store, compare;"
        "print({'rich', 'typer', 'httpx', 'feedparser', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{'sigtrack'}\nset()\n"


def test_match_is_the_function_whichever_was_loaded_first() -> None:
    import sigtrack.match.evaluate
    from sigtrack import match
    from sigtrack.match import Matcher

    assert match is sigtrack.match is sigtrack.api.match
    assert isinstance(Matcher, type)
    assert set(sigtrack.__all__) <= set(dir(sigtrack))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        sigtrack.nothing  # noqa: B018


@pytest.mark.slow
def test_a_list_that_is_shown_holds_the_words_of_strangers_as_text(notebook: Desk) -> None:
    file = notebook.watch(LIGHTHOUSES)
    hostile = "lighthouse <img src=x onerror=alert(1)> | \x1b[31m [a](javascript:x)"
    found = sigtrack.match(hostile, sigtrack.load_watchlists(file))
    assert [one["watchlist"] for one in found] == ["lighthouses"]
    assert "\x1b" not in repr(found)
    shown = found._repr_markdown_()
    assert "\\<img" in shown and "\\[a\\](javascript" in shown


def test_items_are_read_where_an_event_loop_runs_already(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(RSS)

    async def notebook() -> list[str]:
        items = [*sigtrack.read(RSS), *sigtrack.read(tmp_path / "feed.xml")]
        return [f"{item.feed}: {item.title}" for item in items]

    assert asyncio.run(notebook()) == ["document: A lighthouse", "feed: A lighthouse"]


def test_what_cannot_be_read_says_so(notebook: Desk) -> None:
    bad = notebook.watch("format = 1\nid =", "bad")
    with pytest.raises(Misconfigured):
        sigtrack.load_watchlists(bad)
    for source in (b"no feed", notebook.home / "none.xml", notebook.home / "none.jsonl"):
        with pytest.raises(InputUnreadable):
            sigtrack.read(source)
    with pytest.raises(InputUnreadable, match=r"cannot be read as a feed \(plain text, not a"):
        sigtrack.read(b"no feed")
    with pytest.raises(InputUnreadable, match="there is no database"):
        sigtrack.open_store()


def test_asking_changes_nothing(notebook: Desk, fortnight: Path) -> None:
    notebook.take(fortnight)
    before = notebook.run("report", "-f", "json").out
    with sigtrack.open_store() as store:
        assert len(sigtrack.hits(store, since="all")) > 1
        assert "items>" in repr(store)
        with pytest.raises(Misuse, match="watchlist"):
            sigtrack.stories(store, watchlists="lighthose")
    assert notebook.run("report", "-f", "json").out == before
