"""`sigtrack watchlists`: list, show, words, check, test, diff, copy, new, schema."""

from __future__ import annotations

from typing import Annotated

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame
from sigtrack.cli.options import Commands, argument, option

app = Commands(help="Manage the watchlists.", no_args_is_help=True)

Id = Annotated[str, argument("ID", "The id of a watchlist.", autocompletion=options.watchlists)]


@app.add("list")
def list_(frame: Frame) -> None:
    """List the watchlists in force."""
    from sigtrack.app import watchlists

    index = frame.files.index
    frame.say_problems(index.problems)
    frame.show(watchlists.list_watchlists(index))


@app.add()
def show(frame: Frame, id: Id) -> None:
    """Show what a watchlist watches, and why; -v shows every term and example."""
    from sigtrack.app import watchlists

    rules = frame.files.rules
    frame.show(watchlists.show_watchlist(rules, id, every=frame.flags.verbose))


@app.add()
def words(
    frame: Frame,
    what: str | None = argument(
        "CLASS", "In quotes: '#meet', '@KR:cities', '$group'. Default: all.", None
    ),
) -> None:
    """Print the words of a class or a group, by language, with their file and line."""
    from sigtrack.app import watchlists

    rules = frame.files.rules
    report = (
        watchlists.words_of(rules, frame.settings, what) if what else watchlists.list_classes(rules)
    )
    frame.show(report)


@app.add()
def check(frame: Frame) -> None:
    """Check every watchlist and its examples; exits with 1 if something is wrong."""
    from sigtrack.app import watchlists
    from sigtrack.app.rules import check_rules

    rules = check_rules(frame.settings)
    problems = watchlists.problems_of(rules, every=frame.flags.verbose)
    frame.show(watchlists.check(rules, problems))
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


@app.add()
def test(
    frame: Frame,
    what: str = argument(
        "TEXT|FILE|ID", "A headline in quotes, or a watchlist.", autocompletion=options.watchlists
    ),
    since: str = option("WHEN", "For a watchlist: try it on items since then.", "30d"),
    lang: str | None = option("LANG", "Language of the headline: en, ko, ja, zh.", None),
    every: bool = option(
        "--all", "Every signal that did not hit, not only the nearest three.", False
    ),
) -> None:
    """Test a headline, or an edited watchlist file on the stored items.

    For a headline: which signals hit, term by term, and why others do not. For a watchlist: its
    examples, hits with the list in force and with the edit, and terms that are idle, too broad or
    nearly hit.
    """
    from sigtrack.app import watchlists, workshop
    from sigtrack.app.window import Wanted, check_language

    check_language(lang)
    rules = frame.files.rules
    path = workshop.edit_of(rules, what)
    told = (one for one in rules.index.problems if path is None or one.place.path != str(path))
    frame.say_problems(tuple(told))  # those of the file itself are told below
    if path is None:
        frame.show(watchlists.try_text(rules, what, language=lang, every=every, now=frame.now))
        return
    edit = workshop.read_edit(path, rules)
    with frame.store("read") as store:
        asked = frame.query(store, Wanted(since=since))
        feeds = frame.files.catalogue.feeds
        report = workshop.try_edit(edit, rules, feeds, store.items(asked), since)
    frame.show(report)
    if report.records[0]["failed_examples"]:
        raise typer.Exit(1)


@app.add()
def diff(
    frame: Frame,
    id: str | None = argument(
        "", "One watchlist. Default: all of yours.", None, autocompletion=options.watchlists
    ),
) -> None:
    """Show how your copies differ from the shipped watchlists, term by term."""
    from sigtrack.app import workshop

    rules = frame.files.rules
    if id is not None:
        rules.index.headings.check((id,))
    frame.show(workshop.difference(rules, id))


@app.add()
def schema(frame: Frame) -> None:
    """Write the JSON Schema of watchlist files, for editors that check while you type."""
    import json

    from sigtrack.watch.tables import watchlist_schema

    frame.write([json.dumps(watchlist_schema(), ensure_ascii=False, indent=2), "\n"])


@app.add()
def copy(frame: Frame, id: Id) -> None:
    """Copy a shipped watchlist to your own folder, where it replaces the shipped one."""
    from sigtrack.app import watchlists

    frame.show(watchlists.copy(frame.settings, id))


@app.add()
def new(frame: Frame, id: Id, title: str = option("TITLE", "Its title in reports.", "")) -> None:
    """Create a watchlist of your own from a commented template."""
    from sigtrack.app import watchlists

    frame.show(watchlists.new(frame.settings, id, title))
