"""Help for the commands: groups, examples, the page for `man` and the Markdown reference.

Everything is generated from the commands themselves, so it cannot be out of date. Commands and
options are recognised by their attributes here, because typer brings its own click.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from typer import Context
from typer.core import TyperGroup

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Every day": ("fetch", "report", "show", "search", "mark", "browse", "opinions"),
    "What has changed": ("stories", "visits", "expect", "wording", "edits", "compare"),
    "For others": ("digest", "statements"),
    "Archives": ("scan", "import"),
    "Set up": ("init", "feeds", "watchlists", "rematch", "demo"),
    "Keep running": ("doctor", "cron", "config", "db", "completion", "manual", "schema"),
}

_SENTENCE = 300  # letters; click cuts a sentence that is longer than a line


@cache
def examples() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the examples of each command: the line to type, and its purpose."""
    found: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for line in Path(__file__).with_name("examples.txt").read_text("utf-8").splitlines()[1:]:
        if line.startswith(" "):
            typed, _, why = line.strip().partition("  # ")
            found[name].append((typed, why))
        elif line:
            name = line
            found[name] = []
    return found


class Group(TyperGroup):
    """A group whose `--help` has a whole sentence about each command."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        self._list(formatter, "Commands", self.commands)

    def _list(self, formatter: Any, title: str, names: Iterable[str]) -> None:
        widest = max(map(len, self.commands))
        commands = [self.commands[name] for name in names if name in self.commands]
        rows = [(f"{one.name:{widest}}", one.get_short_help_str(_SENTENCE)) for one in commands]
        with formatter.section(title):
            formatter.write_dl(rows)


class Grouped(Group):
    """The list of commands in `--help`, by group."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for title, names in GROUPS.items():
            self._list(formatter, title, names)


class Leaf(NamedTuple):
    """A command without subcommands: "feeds add"."""

    name: str
    command: Any


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield all commands below one, in the order of the help."""
    below = getattr(command, "commands", None)
    if below is None:
        yield Leaf(" ".join(path), command)
        return
    order = [name for names in GROUPS.values() for name in names if name in below]
    for name in dict.fromkeys((*order, *below)):
        yield from leaves(below[name], (*path, name))


def with_examples(command: Any) -> Any:
    """Return the command after adding examples to the help of every command below it."""
    for leaf in leaves(command):
        lines = [f"  {line}\n      {why}" for line, why in examples().get(leaf.name, ())]
        leaf.command.epilog = "\b\nExamples:\n" + "\n".join(lines) if lines else None
    return command


# The manual

_LEAD = (
    "sigtrack pulls RSS and Atom feeds, matches every item against watchlists in four languages, "
    "keeps everything in a database, and shows what changed: in wording, in the sequence of "
    "visits, in the choice of place."
)


def manual(command: Any, version: str) -> Iterator[str]:
    """Yield the page for `man`, section 1."""
    pages = list(_pages(command))
    yield f'.TH SIGTRACK 1 "" "sigtrack {version}"\n'
    yield ".SH NAME\nsigtrack \\- a signal tracker for diplomatic statements\n"
    yield ".SH SYNOPSIS\n.B sigtrack\n.I command\n[options]\n"
    yield f".SH DESCRIPTION\n{_roff(_LEAD)}\n.SH COMMANDS\n"
    for page in pages:
        paragraphs = (
            f".nf\n{_roff(text)}\n.fi\n" if "\n" in text else f"{_roff(text)}\n"
            for text in page.text
        )
        yield f".SS {_roff(page.usage)}\n" + ".PP\n".join(paragraphs)
        yield "".join(map(_entry, page.options))
        yield f".PP\nExamples:\n{''.join(map(_entry, page.examples))}"
    yield f".SH OPTIONS OF EVERY COMMAND\n{''.join(map(_entry, _common(command)))}"


def reference(command: Any) -> Iterator[str]:
    """Yield the Markdown reference of all commands."""
    yield "# Commands\n\nMade by `sigtrack manual md`. "
    yield "Every command also takes the options at the end.\n"
    for page in _pages(command):
        yield f"\n## {page.title}\n\n```\n{page.usage}\n```\n\n"
        paragraphs = (f"```\n{one}\n```" if "\n" in one else _markdown(one) for one in page.text)
        yield "\n\n".join(paragraphs) + "\n"
        yield _table(page.options)
        lines = "".join(f"{line}  # {why}\n" for line, why in page.examples)
        yield f"\n```sh\n{lines}```\n"
    yield f"\n## Options of every command\n{_table(_common(command))}"


class _ManualPage(NamedTuple):
    title: str
    usage: str
    text: list[str]  # paragraphs; one of several lines keeps them
    options: list[tuple[str, str]]  # options and arguments, with their help
    examples: Sequence[tuple[str, str]]


def _pages(command: Any) -> Iterator[_ManualPage]:
    common = set(_common(command))
    for leaf in leaves(command):
        title = f"sigtrack {leaf.name}"
        pieces = leaf.command.collect_usage_pieces(_context(leaf))
        paragraphs = re.split(r"\n\s*\n", leaf.command.help or "")
        yield _ManualPage(
            title,
            " ".join((title, *pieces)),
            list(map(_paragraph, paragraphs)),
            [one for one in _records(leaf) if one not in common],
            examples()[leaf.name],
        )


def _paragraph(text: str) -> str:
    """Return a paragraph on one line, unless click is told to keep its lines."""
    kept = text.removeprefix("\b\n")
    return " ".join(text.split()) if kept == text else kept


def _common(command: Any) -> list[tuple[str, str]]:
    """The shared options, taken from a command that has no other."""
    return next(_records(leaf) for leaf in leaves(command) if leaf.name == "config show")


def _records(leaf: Leaf) -> list[tuple[str, str]]:
    context = _context(leaf)
    records = (one.get_help_record(context) for one in leaf.command.get_params(context))
    return [record for record in records if record]


def _context(leaf: Leaf) -> Context:
    return Context(leaf.command, info_name=leaf.name)


def _entry(entry: tuple[str, str]) -> str:
    return f".TP\n.B {_roff(entry[0])}\n{_roff(entry[1])}\n"


def _table(entries: list[tuple[str, str]]) -> str:
    rows = "".join(f"| `{name}` | {_markdown(why)} |\n" for name, why in entries)
    return f"\n| option | what it does |\n|---|---|\n{rows}" if rows else ""


def _roff(text: str) -> str:
    """Escape text for roff, so that it has no escapes and no requests of its own."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)


def _markdown(text: str) -> str:
    return re.sub(r"([|<>*_\[\]#])", r"\\\1", text)
