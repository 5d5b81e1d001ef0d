"""`sigtrack scan`: watchlists over archives of any size, without a database."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame
from sigtrack.errors import Misuse

if TYPE_CHECKING:
    from sigtrack.app.scan_cluster import Cluster
    from sigtrack.config import Settings
    from sigtrack.parse.archives import Columns


Archives = Annotated[
    list[str], typer.Argument(help="Files, folders, patterns with *, or the same on s3://.")
]
Folder = Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the output goes.")]
Kind = Annotated[
    str | None,
    typer.Option("--kind", help="jsonl, csv, tsv, parquet, gkg or warc, if names do not tell."),
]
NamedColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="FIELD=NAME",
        help="Where a field stands, if names do not tell: title=heading (repeatable).",
    ),
]
Source = Annotated[str, typer.Option("--source", "-s", help="The source of items that name none.")]
Careful = Annotated[
    bool, typer.Option("--careful", help="Read pages in WARC by trafilatura, more slowly.")
]
Processes = Annotated[
    int | None,
    typer.Option("--processes", "-j", metavar="N", min=1, help="By default one for each core."),
]
ClusterAddress = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ray://HOST:PORT", help="Scan on a Ray cluster."),
]


def scan(
    frame: Frame,
    archive: Archives,
    to: Folder = Path("scan"),
    kind: Kind = None,
    column: NamedColumns = None,
    source: Source = "archive",
    careful: Careful = False,
    processes: Processes = None,
    cluster: ClusterAddress = None,
    limit: options.Limit = None,
) -> None:
    """Match archives of any size against the watchlists, and write hits and counts to a folder.

    Reads JSONL, CSV, Parquet, GDELT (GKG and article lists) and WARC. Fields are those of `import`.
    The same command goes on where an earlier one was interrupted, and takes in new files. The
    folder holds Parquet files; `wording` and `visits` read it with `--db FOLDER`, and `import`
    takes its hits into a database.
    """
    from sigtrack.app.scan import report_of, scan
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
            result = scan(
                pieces,
                to,
                columns,
                rules=rules,
                catalogue=catalogue,
                config=frame.flags.config,
                processes=processes or (0 if cluster else _cores()),
                now=frame.now,
                tell=progress or (lambda *_: None),
                cluster=machines,
            )
    except KeyboardInterrupt:
        frame.say(
            f"sigtrack: what is complete is kept in {to}; the same command goes on from there"
        )
        raise
    frame.say_problems(result.problems)
    frame.show(report_of(result, rules.index.headings, limit=options.rows(limit)))
    raise typer.Exit(result.exit_code or rules.index.exit_code or catalogue.exit_code)


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
