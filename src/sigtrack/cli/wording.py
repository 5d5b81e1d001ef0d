"""`sigtrack wording`, `edits`, `compare` and `statements`: how words change between texts."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, BinaryIO

from sigtrack.cli import options
from sigtrack.cli.frame import Frame
from sigtrack.cli.options import Commands, argument, option
from sigtrack.errors import InputUnreadable, Misuse

if TYPE_CHECKING:
    from sigtrack.app.compare import Reader
    from sigtrack.app.window import Wanted
    from sigtrack.store.sql import Store


def wording(
    frame: Frame,
    filters: options.ItemOptions,
    watchlist: str | None = argument("", "A watchlist. Default: all stored items.", None),
    baseline: str = option("WHEN", "How far back to compare: 90d, 2025-01-01 or all.", "90d"),
    by: str | None = option("PART", "Count by year, month, week or side of the publisher.", None),
    phrase: list[str] | None = option("--phrase -p WORDS", "Only rows with these words.", None),
    evidence: bool = option("--evidence -e", "Also the sentences of each row.", False),
    ladders: bool = option("--ladders", "Only wording that was softened or hardened.", False),
    spread: bool = option(
        "--spread", "For --phrase: who said it first, and who took it up.", False
    ),
    every: bool = option("--all", "Also rows without a change, and all unknown phrases.", False),
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show how the language changes: formulas and new phrases that appear, rise, fall and vanish.

    The time since --since is compared with the time before it (--baseline). Stories are counted,
    not reprints. With --by or --spread all stored items count, unless --since is given.
    """
    from sigtrack.app import wording
    from sigtrack.app.readings import WORDING, Readings
    from sigtrack.views.wording import BYS, WordingAsked, report_of

    if watchlist:
        frame.files.index.headings.check((watchlist,))
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
    wanted = _span(filters, "all" if by or spread else frame.settings.since.value, watchlist)
    frame.say_problems(frame.files.lexicon[1])
    with frame.store("read") as store:
        frame.say_problems(Readings(store, frame.files.readings).problems(*WORDING))
        query = frame.query(store, wanted)
        with frame.progress("reading") as progress:
            found = wording.measured(store, query, asked, frame.files, progress)
        result = report_of(found, asked, frame.zone)  # which reads sentences
        frame.say_if_empty(store, result.records)
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


def _span(filters: options.ItemOptions, usual: str, watchlist: str | None) -> Wanted:
    """Return what is compared with the time before it. Raises Misuse for what has no such time."""
    wanted = filters.wanted(usual)
    if wanted.since.startswith("last-"):
        raise Misuse(
            f"wording compares spans of time, and {wanted.since} is not one",
            hint="write --since 7d, --since 2026-01-12 or --since all",
        )
    return replace(wanted, watchlists=(watchlist,)) if watchlist else wanted


def edits(
    frame: Frame,
    filters: options.HitOptions,
    every: bool = option(
        "--all", "Also edits of items without a hit, and edits of little weight.", False
    ),
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show titles and texts that publishers changed without notice, the heaviest change first.

    By default only items with hits: words that were softened, hardened or dropped, and names that
    changed. `compare ID` shows the last two versions of an item side by side.
    """
    from sigtrack.app import edits

    wanted = filters.wanted(frame.settings.since.value)
    frame.files.index.headings.check(wanted.watchlists)
    with frame.store("read") as store:
        result = edits.edits(
            store,
            frame.query(store, wanted),
            frame.files,
            since=wanted.since,
            every=every,
            limit=options.rows(limit),
        )
        frame.say_if_empty(store, result.records)
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


AllowPrivate = Annotated[bool, option("--allow-private", "Allow an address in your own network.")]
Language = Annotated[
    str | None,
    option("--lang LANG", "Language of files in an old character set: ko, ja, zh, zh-Hant."),
]

statements = Commands(help="An archive of statements by series.", no_args_is_help=True)


def compare(
    frame: Frame,
    old: str | None = argument(
        "[OLD]", "A file, an address, an id, ID@REVISION, or - for stdin.", None
    ),
    new: str | None = argument("[NEW]", "The later text, named in the same ways.", None),
    series: options.Series = None,
    expected: bool = option(
        "--expected", "Begin with what all earlier texts of --series have.", False
    ),
    full: bool = option("--full", "The whole new text in its order.", False),
    limit: options.Limit = None,
    lang: Language = None,
    allow_private: AllowPrivate = False,
) -> None:
    """Compare two statements: what was dropped, added, softened, hardened and moved.

    With one id, compare the last two revisions of that item. With --series, compare the last two
    texts of that series, or its last text with the one you name.
    """
    from sigtrack.app import compare
    from sigtrack.views.compare import LEADING, report_of
    from sigtrack.watch.catalogues import load_formulary

    lexicon, problems = frame.files.lexicon
    frame.say_problems(problems)
    formulary = load_formulary(lexicon)
    asked = compare.ComparisonAsked(old=old, new=new, series=series, expected=expected)
    with ExitStack() as closing:
        reader = _reader(frame, closing, lang, allow_private=allow_private)
        with frame.progress("comparing", counted=False):
            compared = compare.compare(asked, reader, formulary, lexicon)
    for source in (compared.old, compared.new):
        if source.note:
            frame.say(source.note)
    # Every edit is shown, however small, because it was made without notice.
    usual = 0 if compared.is_edit else LEADING
    rows = options.rows(usual if limit is None else limit)
    frame.show(
        report_of(compared, formulary, full=full, limit=rows, rows=frame.flags.format == "csv")
    )


@statements.add()
def add(
    frame: Frame,
    text: str = argument("", "A file, an address, the id of an item, or - for stdin."),
    series: options.Series = None,
    date: str = option("--date DAY", "The day of issue: 2024-01-05.", ""),
    title: str = option("--title TITLE", "Its title. Default: as in the text.", ""),
    level: str = option(
        "--level LEVEL", "leaders, ministers, vice-ministers, advisors or officials.", ""
    ),
    url: str = option("--url ADDRESS", "Where it was published.", ""),
    lang: Language = None,
    allow_private: AllowPrivate = False,
) -> None:
    """Add a text to a series of the archive.

    A series names who speaks and on what level, such as us-japan-rok-ministers.
    """
    from sigtrack.app import statements

    if series is None:
        raise Misuse(
            "say to which series the text belongs",
            hint="for example --series us-japan-rok-ministers",
        )
    wish = statements.StatementWish(series=series, date=date, title=title, level=level, url=url)
    with ExitStack() as closing:
        store = closing.enter_context(frame.store("create"))
        reader = _reader(frame, closing, lang, allow_private=allow_private, store=store)
        (source,) = reader.read([text])
        if source.note:
            frame.say(source.note)
        result = statements.add(store, source, wish, at=frame.now)
    frame.tell(result)


@statements.add("list")
def list_(frame: Frame, series: options.Series = None) -> None:
    """List the archive, or one series of it, oldest first."""
    from sigtrack.app import statements

    with frame.store("read") as store:
        frame.show(statements.list_statements(store, series))


@statements.add()
def suggest(frame: Frame, filters: options.ItemOptions, limit: options.Limit = None) -> None:
    """Suggest joint texts that feeds brought in full, with the series read from each text.

    The newest text of each series is compared with the one before it, archived or not.
    """
    from sigtrack.app import statements

    with frame.store("read") as store:
        query = frame.query(store, filters.wanted("all"))
        suggester = statements.Suggester(store, frame.files)
        frame.show(statements.suggest(suggester, query, options.rows(limit)))


StatementId = Annotated[str, argument("", "The id of a statement, or its beginning.")]


@statements.add()
def show(frame: Frame, id: StatementId) -> None:
    """Show a text of the archive with its series, day and source."""
    from sigtrack.app import statements

    with frame.store("read") as store:
        frame.show(statements.show(store, id))


@statements.add()
def remove(frame: Frame, id: StatementId) -> None:
    """Remove a text from the archive for good."""
    from sigtrack.app import statements

    with frame.store("write") as store:
        frame.show(statements.remove(store, id))


def _stdin() -> BinaryIO:
    if sys.stdin is None:  # closed by the caller
        raise InputUnreadable("stdin is closed", hint="pipe a text into sigtrack, or name a file")
    return sys.stdin.buffer


def _reader(
    frame: Frame,
    closing: ExitStack,
    language: str | None,
    *,
    allow_private: bool,
    store: Store | None = None,
) -> Reader:
    """The store is opened when an id needs it, and closed by `closing`."""
    from sigtrack.app.compare import Reader
    from sigtrack.app.fetch import policy_of
    from sigtrack.app.window import check_language

    check_language(language)

    @cache
    def open_store() -> Store:
        return store or closing.enter_context(frame.store("read"))

    return Reader(
        open_store=open_store,
        open_stdin=_stdin,
        policy=policy_of(frame.settings.contact.value),
        clock=frame.settings.clock,
        allow_private=allow_private,
        language=language,
    )
