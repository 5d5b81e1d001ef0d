"""The everyday commands and archives: fetch, report, search, show, import, scan, rematch, demo."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame
from sigtrack.cli.guide import Group, Grouped
from sigtrack.cli.options import Commands, Runnable, argument, option
from sigtrack.errors import InputUnreadable, Misuse

if TYPE_CHECKING:
    from sigtrack.app.scan_cluster import Cluster
    from sigtrack.config import Settings
    from sigtrack.parse.archives import Columns

_PAGE_ROWS = 300  # stories a list on a page: browsers still sort these without delay

# The other commands, which are functions with the same names, by the modules that have them.
_ELSEWHERE = {
    name: module
    for module, names in {
        "care": ("init", "doctor", "cron", "schema"),
        "digest": ("digest",),
        "stories": ("stories", "mark", "browse", "opinions", "visits", "expect"),
        "wording": ("wording", "edits", "compare"),
    }.items()
    for name in names
}
# Commands with subcommands: the module, and the name of the app in it.
_GROUPS = {
    "feeds": ("feeds", "app"),
    "watchlists": ("watchlists", "app"),
    "statements": ("wording", "statements"),
    "db": ("care", "db"),
    "config": ("care", "config"),
}
_FORMATS = {"compare": ("html",)}

app = Commands()  # those of this module


def app_of(name: str = "", *, outline: bool = False) -> typer.Typer:
    """Return an app with the command of this name, or with all commands if there is none.

    To build all of them with their options takes as long as most commands run. With `outline` the
    commands have no options, which is enough for the list of commands.
    """
    made = typer.Typer(
        name="sigtrack",
        help="A signal tracker for diplomatic statements.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        cls=Grouped,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback(invoke_without_command=True)(_root)
    here = {
        info.name or getattr(info.callback, "__name__", ""): info.callback
        for info in app.registered_commands
    }
    known = {*here, *_ELSEWHERE, *_GROUPS}
    wanted = {name} & known or known
    for one, function in _functions(here, wanted):
        made.command(one)(_without_options(function) if outline else function)
    for one, (module, variable) in _GROUPS.items():
        if one in wanted:
            group = getattr(import_module(f"sigtrack.cli.{module}"), variable)
            made.add_typer(
                typer.Typer(help=group.info.help) if outline else group, name=one, cls=Group
            )
    return made


def _functions(here: Mapping[str, Any], wanted: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield the commands without subcommands, with their names."""
    yield from ((one, function) for one, function in here.items() if one in wanted)
    for one, module in _ELSEWHERE.items():
        if one in wanted:
            function = getattr(import_module(f"sigtrack.cli.{module}"), one)
            yield one, Runnable(function, *_FORMATS.get(one, ()))


def _without_options(function: Any) -> Callable[[], None]:
    def told() -> None: ...

    told.__doc__ = function.__doc__
    return told


def _root(version: bool = option("--version", "Print the version.", False)) -> None:
    if version:
        from sigtrack import __version__

        typer.echo(f"sigtrack {__version__}")
        raise typer.Exit


def _reads_full_texts(frame: Frame, asked: bool | None) -> bool:
    """Return whether pages are read. Raises Misuse if the user asks for it without the extra; if
    only the config does, feeds are fetched all the same."""
    if asked is False or (asked is None and frame.settings.full_text.value == "off"):
        return False
    from sigtrack.app.full_texts import INSTALL, can_read_full_texts

    if can_read_full_texts():
        return True
    what = "full texts are not read, because the extra fulltext is not installed"
    if asked:
        raise Misuse(what, hint=INSTALL)
    frame.say(f"{what}: {INSTALL}")
    return False


@app.add()
def fetch(
    frame: Frame,
    feed: list[str] | None = argument(
        "",
        "Feed ids, group:NAME, addresses or files. Default: all due feeds.",
        None,
        autocompletion=options.feeds,
    ),
    group: list[str] | None = option(
        "--group NAME", "Only the feeds of a group (repeatable).", None
    ),
    strict: bool = option("--strict", "Exit with 3 if any feed failed.", False),
    full_text: bool | None = option(
        "--full-text/--no-full-text",
        "Read the pages of hits too. Default: full_text in config.toml.",
        None,
        show_default=False,
    ),
    limit: options.Limit = None,
) -> None:
    """Download the feeds that are due, store new items, and list new hits."""
    from sigtrack.app import fetch
    from sigtrack.app.fetch_report import exit_code_of, report_of

    settings, catalogue, rules = frame.settings, frame.files.catalogue, frame.files.rules
    frame.say_problems((*catalogue.problems, *rules.index.problems))
    errand = fetch.errand_of(
        [*(feed or []), *(f"group:{name}" for name in group or [])], catalogue.feeds
    )
    reads_full_texts = _reads_full_texts(frame, full_text)
    with frame.store("create") as store:
        with frame.progress("fetching") as progress:
            fetching = fetch.fetch(
                store,
                errand,
                rules,
                catalogue,
                clock=settings.clock,
                policy=fetch.policy_of(settings.contact.value),
                progress=progress,
                full_text=reads_full_texts,
            )
        flags, rows = frame.flags, options.rows(limit)
        quiet, verbose = flags.quiet, flags.verbose
        frame.show(
            report_of(store, fetching, frame.files, limit=rows, quiet=quiet, verbose=verbose)
        )
        store.finish_run(fetching.run, frame.now)
    broken = rules.index.exit_code or catalogue.exit_code
    raise typer.Exit(exit_code_of(fetching, strict=strict) or broken)


@app.add("report", "html", "atom")
def report(
    frame: Frame,
    filters: options.HitOptions,
    group: str = option("WAY", "weight, story, watchlist, source, day or none.", "weight"),
    starred: bool = option("--starred", "Only starred stories, by default of any time.", False),
    every: bool = option("--all", "Also light stories, and those marked as done.", False),
    sure: options.Sure = False,
    opinions: options.Opinions = False,
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show what matters in a period, and what is new since you last looked.

    The report begins with the heaviest stories of all watchlists, seven at most. Then come expected
    events, visits that changed, and the other stories by watchlist. `show ID` explains a weight.
    Light stories and most repeats of the first seven are counted, not shown, unless a filter or -n
    is given. The other groupings show hits in tables, the latest first. Items that a filter leaves
    out stay new. A story that you marked as done is left out until a new item joins it.
    """
    from sigtrack.app import report

    is_page = frame.flags.format in ("html", "atom")
    if group != "weight" and is_page:
        raise Misuse(f"--format {frame.flags.format} has its own order", hint="leave out --group")
    usual = "all" if starred else frame.settings.since.value
    wanted = filters.wanted(usual, starred=starred)
    is_look = frame.flags.format in ("table", "md")
    shape = report.Shape(
        group=options.one_of(report.GROUPS, group, "group"),
        limit=options.rows(limit, usual=_PAGE_ROWS) if is_page else options.rows(limit),
        is_look=is_look,
        with_records=exit_code or not is_look,
        with_done=every,
        sure=sure,
        with_light=every or limit is not None,
        opinions=opinions,
    )
    index = frame.files.index
    frame.say_problems(index.problems)
    index.headings.check(wanted.watchlists)
    with frame.store("read") as store:
        background = frame.background(store, frame.settings.interface.value)
        if is_page:
            from sigtrack.app.briefing import briefing

            with frame.progress("making the page", counted=False):
                only_stories = frame.flags.format == "atom"
                page = briefing(background, wanted, shape, stories_only=only_stories)
            frame.show(page)
            options.exit_if_none(exit_code, page.stories)
            return
        result = report.report(background, wanted, shape)
        frame.say_if_empty(store, result.records)
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


@app.add()
def search(
    frame: Frame,
    *,
    query: list[str] = argument("", "What to search for, in quotes."),
    filters: options.ItemOptions,
    rank: bool = option("--rank", "Best first instead of latest first.", False),
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Find items by their words, whether or not a watchlist matched them.

    \b
    tariff* summit       both words; tariff* also finds tariffs; 会谈 also finds 會談 and 会談
    "joint statement"    these words in a row
    a OR b, NOT a, (a)   either, not, a group; a b OR c means (a b) OR c
    a NEAR/5 b           at most five words between, in any order
    title:a, author:a, category:a, @KP, #tariff   one field; all names of an actor; a class
    """
    from sigtrack.app import items

    with frame.store("read") as store:
        asked = frame.query(store, filters.wanted("all"))
        order: items.Order = "rank" if rank else "date"
        result = items.search(
            store,
            " ".join(query),
            asked,
            files=frame.files,
            order=order,
            limit=options.rows(limit),
        )
        frame.say_if_empty(store, result.records)
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


@app.add()
def show(
    frame: Frame,
    item: options.Item,
    every: bool = option(
        "--all", "Every signal that did not hit, not only the nearest three.", False
    ),
    opinions: options.Opinions = False,
) -> None:
    """Explain an item: the weight of its story, why it matched, and why other signals did not."""
    from sigtrack.app import items

    with frame.store("read") as store:
        stored = store.get(item)  # a wrong id is reported at once: the watchlists take a second
        rules = frame.files.rules
        frame.say_problems(rules.index.problems)
        background = frame.background(store)
        rules.readings.remember(stored.item, background.readings.visits_of(stored))
        result = items.show(
            store,
            stored,
            rules.matcher(frame.files.catalogue.feeds),
            every=every,
            weighed=background.scales_for_items().story_of(stored),
            opinions_on=background.opinions_on if opinions else None,
        )
    frame.show(result)


@app.add("import")
def import_(
    frame: Frame,
    path: list[Path] = argument("", "Feed documents, JSONL or CSV of items, or scans."),
    source: str | None = option(
        "--source -s NAME", "The source of items that name no source.", None
    ),
) -> None:
    """Import items from files, through the same pipeline as fetch.

    JSONL and CSV have id, title, summary, text, link, published, lang, source, author and
    categories; url, date and outlet or feed are accepted for link, published and source. Only a
    title is required. Relative links of a feed document are resolved against the address that the
    document gives as its own; without one, the item is kept without a link.
    """
    from sigtrack.app import importing

    rules = frame.files.rules
    frame.say_problems(rules.index.problems)
    with frame.store("create") as store:
        with frame.progress("importing") as progress:
            run, report, problems = importing.import_files(
                store, path, frame.files, source, progress
            )
        frame.say_problems(problems)
        frame.tell(report)
        store.finish_run(run, frame.now)
    is_whole = all(problem.severity != "error" for problem in problems)
    raise typer.Exit(rules.index.exit_code if is_whole else InputUnreadable.exit_code)


@app.add()
def scan(
    frame: Frame,
    archive: list[str] = argument("", "Files, folders, patterns with *, or the same on s3://."),
    to: Path = option("--to FOLDER", "Where the output goes.", Path("scan")),
    kind: str | None = option(
        "--kind KIND", "jsonl, csv, tsv, parquet, gkg or warc, if names do not tell.", None
    ),
    column: list[str] | None = option(
        "--column FIELD=NAME",
        "Where a field stands, if names do not tell: title=heading (repeatable).",
        None,
    ),
    source: str = option("--source -s NAME", "The source of items that name none.", "archive"),
    careful: bool = option("--careful", "Read pages in WARC by trafilatura, more slowly.", False),
    processes: int | None = option(
        "--processes -j N", "By default one for each core.", None, min=1
    ),
    cluster: str | None = option("--cluster ray://HOST:PORT", "Scan on a Ray cluster.", None),
    limit: options.Limit = None,
) -> None:
    """Match archives of any size against the watchlists, and write hits and counts to a folder.

    Reads JSONL, CSV, Parquet, GDELT (GKG and article lists) and WARC. Fields are those of `import`.
    The same command goes on where an earlier one was interrupted, and takes in new files. The
    folder holds Parquet files; `wording` and `visits` read it with `--db FOLDER`, and `import`
    takes its hits into a database.
    """
    from sigtrack.app.scan import problems_of, report_of, scan
    from sigtrack.parse import archives
    from sigtrack.parse.document import INSTALL

    archives.need("pyarrow")
    settings = frame.settings
    what = options.one_of(archives.KINDS, kind, "kind of archive") if kind else None
    columns = _columns(column or [], source, careful=careful)
    pieces = archives.find_pieces(archive, what, without=to.absolute())
    if any(piece.kind == "warc" for piece in pieces):
        archives.need("fastwarc", "resiliparse")
        if careful:
            archives.need("trafilatura", hint=INSTALL)
    rules, catalogue = frame.files.rules, frame.files.catalogue
    frame.say_problems((*catalogue.problems, *rules.index.problems))
    try:
        with (
            _connected(cluster, settings) as machines,
            frame.progress("scanning", counted=False) as progress,
        ):
            folder = scan(
                pieces,
                to,
                columns,
                frame.files,
                config=frame.flags.config,
                processes=processes or (0 if cluster else _cores()),
                tell=progress or (lambda *_: None),
                cluster=machines,
            )
    except KeyboardInterrupt:
        frame.say(
            f"sigtrack: what is complete is kept in {to}; the same command goes on from there"
        )
        raise
    problems = list(problems_of(folder))
    frame.say_problems(problems)
    frame.show(report_of(folder, rules.index.headings, limit=options.rows(limit)))
    broken = rules.index.exit_code or catalogue.exit_code
    raise typer.Exit(InputUnreadable.exit_code if problems else broken)


def _connected(address: str | None, settings: Settings) -> AbstractContextManager[Cluster | None]:
    if address is None:
        return nullcontext()
    from sigtrack.app.scan_cluster import cluster_at

    return cluster_at(address, settings)


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _columns(given: list[str], source: str, *, careful: bool) -> Columns:
    from sigtrack.parse.archives import COLUMNS, Columns

    named = {}
    for one in given:
        field, equals, name = one.partition("=")
        if not equals or not name.strip():
            raise Misuse(f"cannot read --column {one!r}", hint="write --column title=heading")
        named[options.one_of(COLUMNS, field, "field")] = name.strip()
    return Columns(given=tuple(sorted(named.items())), source=source, careful=careful)


@app.add()
def rematch(frame: Frame, since: options.Since = None) -> None:
    """Match stored items again with the present watchlists.

    Only items that a watchlist has not seen in its present form are matched. With --since, older
    items keep their hits; --since all matches everything again.
    """
    from sigtrack.app import intake

    rules = frame.files.rules
    frame.say_problems(rules.index.problems)
    with frame.store("write") as store, frame.progress("matching") as progress:
        result = intake.rematch(store, frame.files, since, progress)
    frame.tell(result)
    raise typer.Exit(rules.index.exit_code)


@app.add()
def demo(
    frame: Frame,
    every: bool = option("--all", "Every part in full, and the mail in the morning.", False),
) -> None:
    """Run sigtrack on a bundled week of sample feeds, without a network."""
    from sigtrack.app import demo

    for part in demo.demo(zone=frame.zone, every=every):
        if not isinstance(part, str):
            frame.show(part)
        elif frame.flags.format == "table":
            frame.write([part])


@app.add()
def completion(frame: Frame, shell: str = argument("SHELL", "bash, zsh or fish.")) -> None:
    """Print the script that lets a shell complete commands, options and ids."""
    from typer import completion as of_typer

    from sigtrack.cli import COMPLETE

    options.one_of(("bash", "zsh", "fish"), shell, "shell")
    script = of_typer.get_completion_script(  # type: ignore[attr-defined]
        prog_name="sigtrack", complete_var=COMPLETE, shell=shell
    )
    frame.write([script, "\n"])


@app.add()
def manual(frame: Frame, form: str = argument("FORM", "man or md.", "man")) -> None:
    """Print the manual: every command with its options and examples."""
    from typer.main import get_command

    from sigtrack import __version__
    from sigtrack.cli import guide

    command = get_command(app_of())
    is_page = options.one_of(("man", "md"), form, "form") == "man"
    frame.write(guide.manual(command, __version__) if is_page else guide.reference(command))
