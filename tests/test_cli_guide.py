"""Help, manual and completion: made of the commands, so that they cannot say what is not so."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer import Context
from typer.main import get_command

from desk import Desk, modules_after, on_a_terminal
from sigtrack.cli import guide
from sigtrack.cli.commands import app_of

COMMAND: Any = get_command(app_of())
LEAVES = {leaf.name: leaf.command for leaf in guide.leaves(COMMAND)}
REFERENCE = Path(__file__).parents[1] / "docs" / "commands.md"


def test_every_command_stands_in_one_group_of_the_help(desk: Desk) -> None:
    grouped = [name for names in guide.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(COMMAND.commands)
    said = desk.run("--help").out
    assert all(f"{title}:" in said for title in guide.GROUPS)
    assert all(re.search(rf"^  {name} ", said, re.MULTILINE) for name in grouped)


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_ends_its_help_with_three_examples_that_it_understands(name: str) -> None:
    examples = guide.examples()[name]
    assert len(examples) == 3
    for line, why in examples:
        assert why
        assert len(line) < 74  # a terminal has 80
        if line.startswith("eval"):
            continue
        for part in re.split(r" (?:&&|\|\|) sigtrack ", line.removeprefix("sigtrack ")):
            _parse(shlex.split(re.split(r" [|><] | \|\| | && ", part)[0]))


def _parse(words: list[str]) -> None:
    """Raises what the option parser would say to the user."""
    command, context = COMMAND, Context(COMMAND, info_name="sigtrack")
    while hasattr(command, "commands"):
        name, *words = words
        command = command.commands[name]
    command.make_context(command.name, words, parent=context)


def test_the_reference_is_what_the_commands_say() -> None:
    made = "".join(guide.reference(COMMAND))
    assert REFERENCE.read_text("utf-8") == made, "sigtrack manual md > docs/commands.md"


def test_the_manual_has_every_command_and_is_good_roff(desk: Desk) -> None:
    made = desk.run("manual").out
    for name in LEAVES:
        assert f".SS sigtrack {name}".replace("-", r"\-") in made
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed, which would check the page")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-K", "utf8", "-Tutf8", "-z"],
        input=made,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


def proposed(desk: Desk, line: str) -> list[str]:
    words = line.split(" ")
    return desk.run(
        _SIGTRACK_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1)
    ).lines


def test_a_list_in_the_help_keeps_its_lines_in_the_reference_and_the_manual(desk: Desk) -> None:
    line = "a NEAR/5 b           at most five words between, in any order"
    assert f"\n{line}\n" in REFERENCE.read_text("utf-8")
    assert f"\n{line}\n" in desk.run("manual").out
    assert ".nf\n" in desk.run("manual").out


def test_the_tab_key_completes_commands_options_and_ids(stocked: Desk) -> None:
    stocked.feeds({"harbour-news": "http://127.0.0.1:9/feed.xml"})
    assert proposed(stocked, "sigtrack rep") == ["report"]
    assert proposed(stocked, "sigtrack report --sou") == ["--source"]
    assert proposed(stocked, "sigtrack report -w lig") == ["lighthouses"]
    assert "role:ministry" in proposed(stocked, "sigtrack report -s ")
    assert {"harbour-news", "coast"} <= set(proposed(stocked, "sigtrack report -s "))
    assert proposed(stocked, "sigtrack feeds pause harb") == ["harbour-news"]
    (id,) = {r["item"][:6] for r in stocked.run("search", "fog", "-f", "jsonl").records}
    assert proposed(stocked, f"sigtrack show {id[:3]}") == [id]


def test_the_tab_key_proposes_nothing_where_nothing_is(desk: Desk) -> None:
    assert proposed(desk, "sigtrack show ") == [""]
    assert not desk.db.exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_a_shell_evaluates_holds_no_word_of_a_stranger(desk: Desk, shell: str) -> None:
    path = desk.home / "items.jsonl"
    path.write_text(
        '{"id": "a", "title": "x\\"; $(touch /tmp/no) `id` \\\\ \' | & ; end", "link": ""}\n'
    )
    desk.run("import", path)
    said = desk.run(
        _SIGTRACK_COMPLETE=f"complete_{shell}",
        COMP_WORDS="sigtrack show ",
        COMP_CWORD="2",
        _TYPER_COMPLETE_ARGS="sigtrack show ",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
    ).out
    assert said
    assert not re.search(r"[$`\\|&;]", said)


def test_a_completion_script_is_understood_by_its_shell(desk: Desk) -> None:
    for shell in filter(shutil.which, ("bash", "zsh", "fish")):
        script = desk.run("completion", shell).out
        subprocess.run([shell, "-n"], input=script, text=True, check=True, capture_output=True)
    assert "no shell 'tcsh'" in desk.run("completion", "tcsh", code=2).err


# --- what is refused


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        (("--lang", "kr"), "did you mean ko?"),
        (("--lang", "english"), "did you mean en?"),
        (("--lang", "xx"), "write en, ko, ja, zh or zh-Hant"),
        (("-s", "caost"), "did you mean coast?"),
        (("-s", "nonsuch-nowhere"), "sigtrack feeds list shows all"),
        (("-w", "lighthuoses"), "did you mean lighthouses?"),
        (("--since", "2026-01-14", "--until", "2026-01-10"), "exchange the two"),
        (("-n", "-1"), "write a whole number, 0 or more"),
    ],
)
def test_an_option_that_can_mean_nothing_is_refused_with_what_would_work(
    stocked: Desk, options: tuple[str, ...], cure: str
) -> None:
    assert cure in stocked.run("report", *options, code=2).err


def test_a_source_that_is_only_stored_or_only_in_the_catalogue_is_one(stocked: Desk) -> None:
    stocked.feeds({"harbour-news": "http://127.0.0.1:9/feed.xml"})
    assert stocked.run("report", "--since", "all", "-s", "coast", "-f", "jsonl").records
    assert not stocked.run("search", "fog", "-s", "harbour-news", "-f", "jsonl").records


def test_a_dumb_terminal_gets_no_escape_codes(stocked: Desk) -> None:
    assert "\x1b" not in on_a_terminal(stocked, "report", "--since", "all", TERM="dumb")
    assert "\x1b" in on_a_terminal(stocked, "report", "--since", "all")


def test_help_waits_for_no_room_that_it_does_not_need(desk: Desk) -> None:
    modules = modules_after(desk, "--help")
    assert "sigtrack.cli" in modules
    assert not {"sigtrack.model", "sigtrack.present", "rich"} & modules


def test_a_command_is_started_without_the_others(desk: Desk) -> None:
    modules = {m for m in modules_after(desk, "config", "show") if m.startswith("sigtrack.cli.")}
    assert "sigtrack.cli.care" in modules
    assert (
        not {f"sigtrack.cli.{one}" for one in ("feeds", "watchlists", "compare", "digest")}
        & modules
    )


def test_the_list_of_commands_is_the_same_without_their_options() -> None:
    outline: Any = get_command(app_of(outline=True))
    assert outline.commands.keys() == COMMAND.commands.keys()
    assert all(not one.params for one in outline.commands.values())
    for name, one in outline.commands.items():
        assert one.get_short_help_str() == COMMAND.commands[name].get_short_help_str()
