"""`sigtrack feeds`: list, add, remove, pause, check, import, export."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame
from sigtrack.cli.options import Commands, argument, option

app = Commands(help="Manage the feeds.", no_args_is_help=True)

Id = Annotated[str, argument("ID", "The id of a feed.", autocompletion=options.feeds)]


@app.add("list")
def list_(frame: Frame, every: bool = option("--all", "Also paused feeds.", False)) -> None:
    """List the feeds, when each last answered, and what is wrong with it."""
    from sigtrack.app import feeds

    catalogue = frame.files.catalogue
    frame.say_problems(catalogue.problems)
    with frame.store("read") if frame.has_store() else nullcontext() as store:
        standings = feeds.standings(catalogue.feeds, store, frame.now)
    frame.show(feeds.list_feeds(standings, every=every, zone=frame.zone))


@app.add()
def add(
    frame: Frame,
    address: str = argument("", "The address of a feed, or of a page that links to one."),
    id: str = option("--id ID", "Its id in reports.", ""),
    title: str = option("TITLE", "Its title. Default: the feed's own.", ""),
    lang: str | None = option("LANG", "en, ko, ja, zh, ...", None),
    country: str | None = option("COUNTRY", "Two capitals: KR, JP, ...", None),
    timezone: str | None = option(
        "ZONE", "Asia/Seoul, ... Default: the country's main zone.", None
    ),
    role: str = option("ROLE", "ministry, agency, newspaper, ...", ""),
    group: str = option("NAME", "A group of feeds to add it to.", ""),
    allow_private: bool = option("--allow-private", "Allow an address in your own network.", False),
) -> None:
    """Add a feed to your feeds.toml, by its own address or by that of a page that links to it."""
    from sigtrack.app import feeds
    from sigtrack.model import Feed, Role

    wish = Feed(
        id=id,
        url=address,
        title=title,
        language=lang,
        country=country,
        timezone=timezone or None,
        role=options.one_of(tuple(Role), role, "role") if role else Role.AGGREGATOR,
        group=group,
        allow_private=allow_private,
    )
    frame.show(feeds.add(frame.settings, wish))


@app.add()
def remove(frame: Frame, id: Id) -> None:
    """Remove a feed; its items stay in the database."""
    from sigtrack.app import feeds

    frame.show(feeds.remove(frame.settings, id))


@app.add()
def pause(
    frame: Frame,
    id: Id,
    reason: str = option("WORDS", "Why, for your colleagues.", "paused by hand"),
    off: bool = option("--off", "Ask it again.", False),
) -> None:
    """Pause a feed, or ask it again."""
    from sigtrack.app import feeds

    frame.show(feeds.pause(frame.settings, id, None if off else reason))
    if off and frame.has_store():
        with frame.store("write") as store:
            feeds.forget_pause(store, id)


@app.add()
def check(
    frame: Frame,
    id: list[str] | None = argument(
        "", "Feed ids. Default: all active feeds.", None, autocompletion=options.feeds
    ),
) -> None:
    """Download feeds and show the outcome, storing nothing; exits with 1 if one failed."""
    from sigtrack.app import feeds
    from sigtrack.app.fetch import errand_of

    catalogue = frame.files.catalogue
    frame.say_problems(catalogue.problems)
    active = [feed for feed in catalogue.feeds if not feed.paused]
    asked = errand_of(id, catalogue.feeds).named if id else active
    with frame.store("read") if frame.has_store() else nullcontext() as store:
        states = store.feed_states() if store else {}
    result = feeds.check(asked, states, frame.settings)
    frame.show(result)
    if not all(record["ok"] for record in result.records):
        raise typer.Exit(1)
    raise typer.Exit(catalogue.exit_code)


@app.add("import")
def import_(frame: Frame, file: Path = argument("", "An OPML file.")) -> None:
    """Add the feeds of an OPML file to your feeds.toml."""
    from sigtrack.app import feeds

    found, problems = feeds.feeds_of_opml(file)
    report = feeds.add_all(frame.settings, found)
    frame.say_problems(problems)
    frame.show(report)


@app.add("export")
def export(frame: Frame) -> None:
    """Write all feeds as OPML, for other feed readers."""
    from sigtrack.watch.opml import write_opml

    catalogue = frame.files.catalogue
    frame.say_problems(catalogue.problems)
    frame.write([write_opml(catalogue.feeds).decode()])
    raise typer.Exit(catalogue.exit_code)
