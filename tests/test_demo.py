"""`sigtrack demo`, and every command that README.md and docs/guide.md show."""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

import pytest

from desk import SOURCE, Desk
from feed_server import Site
from second_reader import configured, reading, says

ROOT = Path(__file__).parents[1]
STATEMENTS = ROOT / "src/sigtrack/data/demo/statements"
NEEDS_NETWORK = re.compile(r"sigtrack (fetch(?! \S+\.\w)|feeds (add|check)\b|.*(postgresql|ray):)")

# A process that looks at each connection that it and its threads open, and names those that leave.
WATCHED = """
import sys
def look(event, arguments):
    if event == "socket.connect":
        print("connect", arguments[1][0], file=sys.stderr)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        print("look up", arguments[0], file=sys.stderr)
sys.addaudithook(look)
from sigtrack.cli import run
code = run(["demo", "--all"])
print("exit", code, file=sys.stderr)
"""


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo as it opens, run once."""
    return Desk(tmp_path_factory.mktemp("demo") / "home").run("demo").out


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What all of the demo writes to stdout and stderr, run once."""
    desk = Desk(tmp_path_factory.mktemp("demo") / "home")
    environment = desk.environment | {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert not desk.db.exists()  # the user's own store is not touched
    return done.stdout, done.stderr


def test_the_demo_is_one_screen_of_what_is_unique(screen: str) -> None:
    lines = screen.splitlines()
    assert len(lines) < 50
    headings = [line.partition(" — ")[0] for line in lines if " — sigtrack " in line]
    assert headings == ["What weighs most", "Edits", "Ladders", "What is unusual", "Expected"]
    assert sum(bool(re.search(r"  [0-9a-f]{6}  ", line)) for line in lines) >= 8
    assert "edited, softened: DPRK → Korean Peninsula" in screen
    assert re.search(r"softened +Concern", screen)
    assert "Beijing before Nara, 6 days apart" in screen
    assert "Takaichi's return visit to Andong" in screen
    assert "sigtrack demo --all" in screen


@pytest.mark.slow
def test_the_demo_speaks_to_loopback_only(shown: tuple[str, str]) -> None:
    _, err = shown
    assert "exit 0" in err
    met = [line.split()[-1] for line in err.splitlines() if line.startswith(("connect", "look up"))]
    assert len(met) >= 16  # eight feeds, twice
    assert all(ipaddress.ip_address(address).is_loopback for address in met)
    assert [
        line for line in err.splitlines() if not line.startswith(("connect", "look up", "exit"))
    ] == []


@pytest.mark.slow
def test_a_demo_that_does_not_reach_its_own_feeds_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigtrack.app.demo._served", lambda _: nullcontext("127.0.0.1:1"))
    done = desk.run("demo", code=69)
    assert "127.0.0.1, where the demo serves its feeds, refused the connection" in done.err


def test_the_demo_fetches_a_week_and_then_only_what_has_changed(shown: tuple[str, str]) -> None:
    out, _ = shown
    assert re.search(r"8 feeds asked: 69 new items, \d+ new hits", out)
    assert re.search(r"8 feeds asked, 7 not modified: 2 new items, 1 revised", out)
    part = out.partition("$ sigtrack edits")[2].partition("$ sigtrack")[0]
    assert "softened: DPRK → Korean Peninsula" in part


@pytest.mark.slow
def test_the_demo_shows_that_the_edited_title_was_softened(shown: tuple[str, str]) -> None:
    out, _ = shown
    part = out.partition("$ sigtrack wording --since all --ladders")[2].partition("$ sigtrack")[0]
    assert "softened, edited · denuclearization" in part
    assert "«complete denuclearization of the DPRK»" in part
    assert "«complete denuclearization of the Korean Peninsula»" in part


@pytest.mark.slow
def test_the_demo_ends_with_the_mail_of_what_the_second_fetch_brought(
    shown: tuple[str, str],
) -> None:
    out, _ = shown
    mail = out.partition("$ sigtrack digest --stdout")[2]
    assert re.search(r"\n\d+ new stor(y|ies) since Thu 15 Jan 03:00", mail)
    assert "Hanseong Wire (sample) · Thu 15 Jan" in mail
    assert "sigtrack digest morning --again 1" in mail


@pytest.mark.slow
def test_the_demo_ends_with_two_statements_side_by_side(shown: tuple[str, str]) -> None:
    out, _ = shown
    part = out.partition("$ sigtrack compare --series japan-rok-leaders")[2]
    assert re.search(r"2025-08-23 → 2026-01-13: \d+ of 16 sentences kept", part)
    assert "  - They reaffirmed their «firm» commitment" in part
    assert re.search(r"- dropped, softened · taiwan\n  - They emphasized that peace", part)
    assert "hospitality" not in part and "gratitude" not in part  # courtesies do not lead


@pytest.mark.slow
def test_the_demo_shows_hits_in_four_languages_and_why_one_matched(shown: tuple[str, str]) -> None:
    out, _ = shown
    for script in ("[a-zA-Z]", "[가-힣]", "[ぁ-んァ-ヶ]", "[一-鿿]"):
        assert re.search(f"«[^»]*{script}[^»]*»", out) or re.search(f"^.*{script}.*«", out, re.M), (
            script
        )
    assert re.search(r"\$ sigtrack show [0-9a-f]{6}", out)
    assert re.search(r"\w+\.toml:\d+", out)


@pytest.mark.slow
def test_the_demo_says_what_to_do_next(shown: tuple[str, str]) -> None:
    assert shown[0].rstrip().endswith("Your own feeds, for real: sigtrack fetch")


@pytest.mark.slow
def test_the_mail_of_the_guide_is_that_of_the_demo(shown: tuple[str, str]) -> None:
    guide = (ROOT / "docs" / "guide.md").read_text("utf-8")
    mail = guide.partition("The second mail of the demo, as text:\n```\n")[2].partition("\n```")[0]
    assert "What weighs most" in mail
    assert f"\n{mail}\n" in shown[0]


def readme_commands() -> list[str]:
    pages = (ROOT / "README.md", ROOT / "docs" / "guide.md", ROOT / "docs" / "extending.md")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("sigtrack ")]


@pytest.mark.slow
def test_every_command_of_the_readme_and_the_guide_runs(
    stocked: Desk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shell takes it apart, one after the other at one desk, which has a second reader."""
    url = reading(site, lambda asked: says("yes", asked["item"]["title"]))
    (stocked.config / "config.toml").write_text(configured(url), "utf-8")
    (latest, *_) = stocked.run("search", "lighthouse", "-f", "jsonl").records
    monkeypatch.chdir(stocked.home)
    for name, day in (("tokyo", "2025-08-23"), ("nara", "2026-01-13")):
        shutil.copy(STATEMENTS / f"{day}-{name}.txt", stocked.home / f"{name}.txt")
    shutil.copytree(ROOT / "docs", stocked.home / "docs")
    for line in readme_commands():
        if NEEDS_NETWORK.match(line) or {"demo", "browse"} & set(line.split()):
            continue
        if "half-year" in line.split() and not find_spec("pyarrow"):
            continue  # an archive, and its output
        command = re.sub(r"\b(show|mark) ID\b", rf"\1 {latest['item'][:6]}", line)
        words = shlex.split(command)[1:]
        assert not {"|", ">", "<", "&", ";", "&&"} & set(words), f"{line} needs a shell"
        stocked.run(*words)


def test_the_compared_statements_of_the_readme_are_what_its_command_writes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.home)
    for day, name in (("2025-08-23", "tokyo.txt"), ("2026-01-13", "nara.txt")):
        shutil.copy(STATEMENTS / f"{day}-{name}", desk.home / name)
        desk.run("statements", "add", name, "--series", "japan-rok-leaders", "--date", day)
    out = desk.run("compare", "--series", "japan-rok-leaders", "-f", "md").out
    first_rows = "\n".join(out[out.index("| change |") :].splitlines()[:5])
    assert f"\n{first_rows}\n\n" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_wording_of_the_guide_is_what_its_commands_write(desk: Desk) -> None:
    desk.feeds_file.write_text("format = 1\n", "utf-8")  # the shipped catalogue; nothing is fetched
    desk.run("import", ROOT / "docs" / "half-year.jsonl", "-q")
    guide = (ROOT / "docs" / "guide.md").read_text("utf-8")
    for arguments in (
        ("--since", "2026-01-01", "--baseline", "all"),
        ("--phrase", "new-phase", "--spread"),
    ):
        assert f"sigtrack wording {' '.join(arguments)}" in guide
        out = desk.run("wording", *arguments, "-f", "md").out
        assert out[out.index("\n| ") :].strip().partition("\n\n")[0] in guide
