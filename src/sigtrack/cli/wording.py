"""`sigtrack wording` and `sigtrack edits`: how words change over time, and by silent edits."""

from __future__ import annotations

from typing import Annotated

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame
from sigtrack.errors import Misuse

InWatchlist = Annotated[str | None, typer.Argument(help="A watchlist. Default: all stored items.")]
Baseline = Annotated[
    str, typer.Option(metavar="WHEN", help="How far back to compare: 90d, 2025-01-01 or all.")
]
CountBy = Annotated[
    str | None,
    typer.Option(metavar="PART", help="Count by year, month, week or side of the publisher."),
]
Phrases = Annotated[
    list[str] | None,
    typer.Option("--phrase", "-p", metavar="WORDS", help="Only rows with these words."),
]
Evidence = Annotated[bool, typer.Option("--evidence", "-e", help="Also the sentences of each row.")]
Ladders = Annotated[
    bool, typer.Option("--ladders", help="Only wording that was softened or hardened.")
]
Spread = Annotated[
    bool, typer.Option("--spread", help="For --phrase: who said it first, and who took it up.")
]
WithSteady = Annotated[
    bool, typer.Option("--all", help="Also rows without a change, and all unknown phrases.")
]


def wording(
    frame: Frame,
    watchlist: InWatchlist = None,
    since: options.Since = None,
    until: options.Until = None,
    baseline: Baseline = "90d",
    by: CountBy = None,
    phrase: Phrases = None,
    evidence: Evidence = False,
    ladders: Ladders = False,
    spread: Spread = False,
    every: WithSteady = False,
    source: options.Sources = None,
    lang: options.Languages = None,
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show how the language changes: formulas and new phrases that appear, rise, fall and vanish.

    The time since --since is compared with the time before it (--baseline). Stories are counted,
    not reprints. With --by or --spread all stored items count, unless --since is given.
    """
    from sigtrack.app import wording
    from sigtrack.app.catalogue import load_catalogue
    from sigtrack.app.index import load_index
    from sigtrack.app.readings import WORDING, ReadingRules, Readings
    from sigtrack.lexicon import load_lexicon
    from sigtrack.views.wording import BYS, WordingAsked

    settings = frame.settings
    index = load_index(settings)
    if watchlist:
        index.headings.check((watchlist,))
    if spread and not phrase:
        raise Misuse("--spread needs a phrase", hint='add --phrase "new phase"')
    asked = WordingAsked(
        watchlist=watchlist,
        baseline=baseline,
        by=options.one_of(BYS, by, "part") if by else None,
        phrases=tuple(phrase or ()),
        evidence=evidence,
        ladders=ladders,
        every=every,
        spread=spread,
        limit=options.rows(limit),
    )
    wanted = options.wanted(
        since or ("all" if by or spread else settings.since.value),
        until=until,
        sources=source,
        languages=lang,
    )
    lexicon, problems = load_lexicon(settings.folder)
    frame.say_problems(problems)
    rules = ReadingRules(index.readings, index.actors, lambda: lexicon)
    with frame.store("read") as store:
        frame.say_problems(Readings(store, rules).problems(*WORDING))
        with frame.progress("reading") as progress:
            result = wording.wording(
                store,
                wanted,
                asked,
                rules=rules,
                feeds=load_catalogue(settings).feeds,
                now=frame.now,
                zone=frame.zone,
                progress=progress,
            )
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


def edits(
    frame: Frame,
    hits: options.HitOptions,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Also edits of items without a hit, and edits of little weight."
        ),
    ] = False,
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show titles and texts that publishers changed without notice, the heaviest change first.

    By default only items with hits: words that were softened, hardened or dropped, and names that
    changed. `compare ID` shows the last two versions of an item side by side.
    """
    from sigtrack.app import edits
    from sigtrack.app.catalogue import load_catalogue
    from sigtrack.app.rules import load_rules

    wanted = hits.wanted(frame.settings.since.value)
    rules = load_rules(frame.settings)
    rules.index.headings.check(wanted.watchlists)
    with frame.store("read") as store:
        result = edits.edits(
            store,
            wanted,
            edits.EditReader(store, lambda: rules),
            feeds=load_catalogue(frame.settings).feeds,
            every=every,
            limit=options.rows(limit),
            now=frame.now,
            zone=frame.zone,
        )
    frame.show(result)
    options.exit_if_none(exit_code, result.records)
