"""Help for the commands: groups, examples, the page for `man` and the Markdown reference.

Everything is generated from the commands themselves, so it cannot be out of date. Commands and
options are recognised by their attributes here, because typer brings its own click.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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

# The command line, and its purpose.
EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "fetch": (
        ("fetch", "ask every feed that is due"),
        ("fetch --group japan", "ask one group now"),
        ("fetch --strict -q || echo failed", "for a script: be quiet unless a feed fails"),
    ),
    "report": (
        ("report --since 24h", "what matters since yesterday"),
        ("report -w trilateral -s role:ministry", "one list, and ministries only"),
        ("report --since 7d -f html -o week.html", "the week as a page to mail or print"),
    ),
    "show": (
        ("show 3049b8", "why this item is a hit, word by word"),
        ("show 3049b8 --all", "also all other signals that did not hit"),
        ("show 3049b8 -f json", "the same for a program"),
    ),
    "search": (
        ("search '@KR NEAR/5 (@JP OR @US) NOT title:baseball'", "two countries side by side"),
        (
            "search '\"joint statement\" denuclear*' --since 90d",
            "a phrase, and the beginning of a word",
        ),
        ("search '#tariff author:kim' --rank -n 20", "the twenty best instead of the latest"),
    ),
    "mark": (
        ("mark 3049b8 done", "leave the story out until something is new"),
        ("mark 3049b8 star", "keep it in sight: report --starred"),
        ('mark 3049b8 note "ask the embassy"', "a note beside the story"),
    ),
    "browse": (
        ("browse", "read the last seven days on the whole screen"),
        ("browse --since 24h", "only since yesterday"),
        ("browse --since all --all", "everything, also stories that are done"),
    ),
    "opinions": (
        ("opinions --dry-run", "what would be asked, and where it would be sent"),
        ("opinions --since 24h -w trade", "ask about the hits of one list since yesterday"),
        ("report --opinions", "then read the hits with what the second reader says"),
    ),
    "stories": (
        ("stories --since 3d", "the most widely reported events"),
        ("stories -w visits-venues -n 20", "twenty events about visits"),
        ("stories --all --since 24h", "also those without a hit"),
    ),
    "visits": (
        ("visits --since 90d", "who went where, and who is going"),
        ("visits --who @KR --host @JP --history", "one direction, and how the reports changed"),
        ("visits --since 365d --matrix", "who has been to whom, as a table"),
    ),
    "expect": (
        ("expect", "which events are open, seen or overdue"),
        ("expect --exit-code", "for a script: 1 if nothing is expected"),
        ("expect -f json", "the same for a program"),
    ),
    "wording": (
        ("wording --since 30d", "which formulas appear, rise, fall and vanish"),
        ("wording language-of-thaw --by month", "one list, month by month"),
        ('wording --phrase "new phase" --evidence', "one formula, with the sentences"),
    ),
    "edits": (
        ("edits --since 7d", "what publishers changed without notice"),
        ("edits -s role:ministry", "only by ministries"),
        ("edits --all -n 0", "every edit, however small"),
    ),
    "compare": (
        ("compare old.txt new.txt", "what was dropped, added, softened"),
        ("compare draft.txt --series us-japan-leaders", "a draft with the last text of a series"),
        ("compare old.txt new.txt -f html -o diff.html", "side by side, for colleagues"),
    ),
    "digest": (
        ("digest --dry-run", "see what would be sent"),
        ("digest morning", "send one digest of the config"),
        ("digest --to desk@example.org", "send it to somebody once"),
    ),
    "statements add": (
        ("statements add text.txt --series us-japan-leaders", "add a text"),
        ("statements add text.txt --series g7-leaders --date 2025-06-17", "with its day of issue"),
        ("statements add - --series g7-leaders < text.txt", "from another program"),
    ),
    "statements list": (
        ("statements list", "all series of the archive"),
        ("statements list --series us-japan-leaders", "one of them, oldest first"),
        ("statements list -f json", "the same for a program"),
    ),
    "statements suggest": (
        ("statements suggest", "joint texts that feeds brought in full"),
        ("statements suggest --since 30d -s role:ministry", "of ministries, this month"),
        ("statements suggest -f json", "the same for a program"),
    ),
    "statements show": (
        ("statements show 7c21", "a text, by the beginning of its id"),
        ("statements show 7c21 -o text.txt", "into a file"),
        ("statements show 7c21 -f json", "with its series, day and source"),
    ),
    "statements remove": (
        ("statements remove 7c21", "remove a text for good"),
        ("statements remove 7c21 -q", "without any output"),
        ("statements list", "see the ids first"),
    ),
    "init": (
        ("init", "three questions"),
        ("init --countries KR,JP --languages en,ko", "or options that answer them"),
        ("init --opml desk.opml --mail desk@example.org", "import your feeds and get a digest"),
    ),
    "feeds list": (
        ("feeds list", "active feeds, and when each last answered"),
        ("feeds list --all", "also the paused ones"),
        ("feeds list -f csv -o feeds.csv", "for a spreadsheet"),
    ),
    "feeds add": (
        ("feeds add https://example.org/feed.xml", "a feed"),
        ("feeds add https://example.org/ --id example", "the feed that a page names"),
        (
            "feeds add https://example.org/rss --lang ko --country KR",
            "with facts that the feed lacks",
        ),
    ),
    "feeds remove": (
        ("feeds remove example", "its items stay in the database"),
        ("feeds list --all", "see the ids first"),
        ("feeds pause example", "stop asking it for a while instead"),
    ),
    "feeds pause": (
        ("feeds pause example", "stop asking it"),
        ('feeds pause example --reason "moves in May"', "and say why"),
        ("feeds pause example --off", "ask it again"),
    ),
    "feeds check": (
        ("feeds check", "ask all active feeds, store nothing"),
        ("feeds check example", "ask one"),
        ("feeds check -f json", "the same for a program"),
    ),
    "feeds import": (
        ("feeds import desk.opml", "the feeds of another reader"),
        ("feeds import desk.opml -q", "without any output"),
        ("feeds list", "see what came"),
    ),
    "feeds export": (
        ("feeds export -o desk.opml", "for another reader"),
        ("feeds export", "to the terminal"),
        ("feeds import desk.opml", "to read it in again"),
    ),
    "watchlists list": (
        ("watchlists list", "all lists in force"),
        ("watchlists list -f json", "the same for a program"),
        ("watchlists show trade", "one of them as it is written"),
    ),
    "watchlists show": (
        ("watchlists show trilateral", "as it is written, one condition a line"),
        ("watchlists show trade -v", "with every term and example"),
        ("watchlists show trade -o trade.txt", "into a file"),
    ),
    "watchlists words": (
        ("watchlists words '#meet'", "all words of a class"),
        ("watchlists words '@KR:cities'", "the cities of a country"),
        ("watchlists words", "all classes"),
    ),
    "watchlists check": (
        ("watchlists check", "every list, and its examples"),
        ("watchlists check && sigtrack rematch", "then match what is stored"),
        ("watchlists check -f json", "for an editor"),
    ),
    "watchlists test": (
        ('watchlists test "Lee and Takaichi hold summit"', "which lists a headline hits"),
        ("watchlists test trade", "how often each term of a list fired"),
        ("watchlists test my.toml --since 30d", "hits gained and lost by an edit"),
    ),
    "watchlists diff": (
        ("watchlists diff", "how your copies differ"),
        ("watchlists diff trade", "one of them, term by term"),
        ("watchlists diff -f json", "the same for a program"),
    ),
    "watchlists schema": (
        ("watchlists schema -o sigtrack.schema.json", "for an editor"),
        ("watchlists schema", "to the terminal"),
        ("watchlists new my-list", "begin a list, commented"),
    ),
    "watchlists copy": (
        ("watchlists copy trade", "to change it"),
        ("watchlists diff trade", "see later what you changed"),
        ("watchlists list", "see the ids first"),
    ),
    "watchlists new": (
        ("watchlists new semiconductors", "a commented template"),
        ('watchlists new arctic --title "The Arctic"', "with a title"),
        ("watchlists check", "then check it"),
    ),
    "scan": (
        ("scan archive.jsonl", "hits of one file, in the folder `scan`"),
        ("scan 'gkg/2021*.gkg.csv.zip' --to years", "a year of GDELT; again to go on"),
        ("scan s3://news/2025/ --cluster ray://head:10001", "on the machines of a Ray cluster"),
    ),
    "import": (
        ("import items.jsonl", "one item a line"),
        ("import archive/*.xml", "feed documents"),
        ("import sheet.csv -s yonhap-en", "items that name no source"),
    ),
    "rematch": (
        ("rematch", "after an edit of a watchlist"),
        ("rematch --since 30d", "only items newer than a month"),
        ("rematch --since all", "match everything again"),
    ),
    "demo": (
        ("demo", "one screen"),
        ("demo --all", "every part in full"),
        ("demo -f json", "what the machine formats look like"),
    ),
    "doctor": (
        ("doctor", "whether everything would work"),
        ("doctor --online", "also whether feeds and mail answer"),
        ("doctor -q && echo fine", "for a script"),
    ),
    "cron": (
        ("cron", "lines for crontab and systemd"),
        ("cron --only fetch", "one job"),
        ("cron | crontab -", "install them (this replaces your crontab)"),
    ),
    "config show": (
        ("config show", "every setting and where its value comes from"),
        ("config show -f json", "the same for a program"),
        ("config show --config other.toml", "of another file"),
    ),
    "config init": (
        ("config init", "a config file, every setting explained"),
        ("init", "the same with your countries and languages"),
        ("config show", "see the settings in force"),
    ),
    "db info": (
        ("db info", "how much it holds"),
        ("db info -f json", "the same for a program"),
        ("db info --db other.db", "of another database"),
    ),
    "db check": (
        ("db check", "whether it is sound"),
        ("db check && sigtrack db backup copy.db", "then keep a copy"),
        ("db check -f json", "the same for a program"),
    ),
    "db backup": (
        ("db backup copy.db", "also while a fetch is running"),
        ("report --db copy.db", "a copy is a database"),
        ("db check --db copy.db", "and can be checked"),
    ),
    "db copy": (
        ("db copy sigtrack.db postgresql://desk@db/sigtrack", "to a team's server"),
        ("db copy postgresql://desk@db/sigtrack copy.db", "and back into a file"),
        ("report --db postgresql://desk@db/sigtrack", "a team's database is a database"),
    ),
    "db datasette": (
        ("db datasette -o metadata.json", "then: datasette sigtrack.db -m metadata.json"),
        ("db datasette --db copy.db", "for a copy"),
        ("db backup copy.db && sigtrack db datasette --db copy.db", "a copy to publish"),
    ),
    "db prune": (
        ("db prune --before 400d --dry-run", "what would be removed"),
        ("db prune --before 2025-01-01", "remove what is older"),
        ("mark 3049b8 star", "keep an item whatever its age"),
    ),
    "completion": (
        ('eval "$(sigtrack completion bash)"', "in ~/.bashrc"),
        ('eval "$(sigtrack completion zsh)"', "in ~/.zshrc, below compinit"),
        ("completion fish > ~/.config/fish/completions/sigtrack.fish", "once"),
    ),
    "schema": (
        ("schema report > report.schema.json", "the records of a report"),
        ("schema -- visits --by item", "the records of visits by item"),
        ("schema", "list all schemas"),
    ),
    "manual": (
        ("manual > ~/.local/share/man/man1/sigtrack.1", "then: man sigtrack"),
        ("manual md", "the same as Markdown"),
        ("manual | man -l -", "read it now"),
    ),
}


_SENTENCE = 300  # letters; click cuts a sentence that is longer than a line


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
        lines = [f"  {typed(line)}\n      {why}" for line, why in EXAMPLES.get(leaf.name, ())]
        leaf.command.epilog = "\b\nExamples:\n" + "\n".join(lines) if lines else None
    return command


def typed(line: str) -> str:
    return line if line.startswith("eval") else f"sigtrack {line}"


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
        yield f".SS {_roff(page.usage)}\n" + ".PP\n".join(f"{_roff(p)}\n" for p in page.text)
        yield "".join(map(_entry, page.options))
        yield f".PP\nExamples:\n{''.join(map(_entry, page.examples))}"
    yield f".SH OPTIONS OF EVERY COMMAND\n{''.join(map(_entry, _common(command)))}"


def reference(command: Any) -> Iterator[str]:
    """Yield the Markdown reference of all commands."""
    yield "# Commands\n\nMade by `sigtrack manual md`. "
    yield "Every command also takes the options at the end.\n"
    for page in _pages(command):
        yield f"\n## {page.title}\n\n```\n{page.usage}\n```\n\n"
        yield "\n\n".join(map(_markdown, page.text)) + "\n"
        yield _table(page.options)
        lines = "".join(f"{line}  # {why}\n" for line, why in page.examples)
        yield f"\n```sh\n{lines}```\n"
    yield f"\n## Options of every command\n{_table(_common(command))}"


class _ManualPage(NamedTuple):
    title: str
    usage: str
    text: list[str]  # paragraphs
    options: list[tuple[str, str]]  # options and arguments, with their help
    examples: list[tuple[str, str]]


def _pages(command: Any) -> Iterator[_ManualPage]:
    common = set(_common(command))
    for leaf in leaves(command):
        title = f"sigtrack {leaf.name}"
        pieces = leaf.command.collect_usage_pieces(_context(leaf))
        paragraphs = re.split(r"\n\s*\n", leaf.command.help or "")
        yield _ManualPage(
            title,
            " ".join((title, *pieces)),
            [" ".join(one.split()) for one in paragraphs],
            [one for one in _records(leaf) if one not in common],
            [(typed(line), why) for line, why in EXAMPLES[leaf.name]],
        )


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
