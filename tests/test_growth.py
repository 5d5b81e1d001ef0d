"""What commands over a store cost when it grows: by counted work, never by time.

Work is every step of a function of ours (a call, or a generator that goes on), and every thousand
steps of SQLite's own machine. Twice the items may cost twice the work: a report weighs every story
of its window. A search costs what it shows.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import sigtrack
from desk import Desk
from sigtrack.store import open_store
from sigtrack.store.sqlite.connection import SqliteDatabase

OURS = str(Path(sigtrack.__file__).parent)
FEW, MANY = 150, 300
PLACES = ("cape", "island", "strait", "harbour", "reef", "bay", "point")
DOES = ("is lit again", "is sold", "goes dark", "gets a keeper", "is painted", "is for rent")


class Work:
    """Counts while it is entered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ours = self.thousands = 0
        opened = SqliteDatabase.__init__

        def counted(database: SqliteDatabase, *arguments: object, **more: object) -> None:
            opened(database, *arguments, **more)
            database._connection.set_progress_handler(self._step, 1000)

        monkeypatch.setattr(SqliteDatabase, "__init__", counted)

    def of(self, job: Callable[[], object]) -> tuple[int, int]:
        """Return the steps of our functions, and the thousands of steps of SQLite."""
        self.ours = self.thousands = 0
        sys.setprofile(self._called)
        try:
            job()
        finally:
            sys.setprofile(None)
        return self.ours, self.thousands

    def _step(self) -> int:
        self.thousands += 1
        return 0

    def _called(self, frame: object, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            self.ours += 1


def headlines(number: int) -> str:
    """As many items, two in three of them hits, no two with one title."""
    lines = []
    for n in range(number):
        what = "lighthouse" if n % 3 else "ferry"
        title = (
            f"{PLACES[n % 7]} {what} {DOES[n // 7 % 6]}, says harbour master {n:04} of pier {n * 7}"
        )
        day = f"2026-01-{1 + n % 14:02}T{n % 24:02}:00:00Z"
        lines.append(
            json.dumps(
                {"id": str(n), "source": f"paper-{n % 9}", "lang": "en", "published": day}
                | {"title": title, "link": f"https://example.org/{n}", "text": f"{title}. " * 20}
            )
        )
    return "\n".join(lines)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("growth")
    found = {}
    for number in (FEW, MANY):
        desk = Desk(folder / f"home{number}")
        desk.watch()
        (folder / "items.jsonl").write_text(headlines(number), encoding="utf-8")
        desk.run("import", folder / "items.jsonl", "-q")
        found[number] = Path(shutil.copy(desk.db, folder / f"{number}.db"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("report", "--since", "all"),
        ("report", "--since", "all", "-f", "jsonl"),
        ("stories", "--since", "all", "-f", "jsonl"),
        ("visits", "--since", "all"),
        ("wording", "--since", "7d"),
        ("digest", "--stdout"),
        ("db", "check"),
    ],
    ids=" ".join,
)
def test_twice_the_items_cost_at_most_twice_the_work(
    desk: Desk, stores: dict[int, Path], command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.config / "config.toml").write_text('[digest.all]\nto = ["a@example.org"]\n')
    work = Work(monkeypatch)
    spent = {}
    for number, database in stores.items():
        shutil.rmtree(desk.db.parent, ignore_errors=True)
        desk.take(database)
        desk.run(*command)  # what is made once of the rules is made now
        desk.db.unlink()
        shutil.copy(database, desk.db)
        spent[number] = work.of(lambda: desk.run(*command))
    (ours, theirs), (ours_of_many, theirs_of_many) = spent[FEW], spent[MANY]
    assert ours_of_many <= 2.3 * ours
    assert theirs_of_many <= 2.3 * theirs + 5


def test_a_search_that_shows_a_few_items_costs_what_it_shows(
    desk: Desk, stores: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("search", "lighthouse", "-n", "5")
    work = Work(monkeypatch)
    spent = []
    for database in stores.values():
        shutil.rmtree(desk.db.parent, ignore_errors=True)
        desk.take(database)
        desk.run(*command)
        spent.append(work.of(lambda: desk.run(*command))[0])
    assert spent[1] <= 1.2 * spent[0]


def test_pruning_holds_a_few_texts_at_a_time(
    stores: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the rows that one query gives, few are in memory, however many are pruned."""
    most = 0
    rows = SqliteDatabase.rows

    def watched(
        database: SqliteDatabase, sql: str, values: object = ()
    ) -> list[tuple[object, ...]]:
        nonlocal most
        found = rows(database, sql, values)
        letters = sum(len(cell) for row in found for cell in row if isinstance(cell, str))
        most = max(most, letters)
        return found

    monkeypatch.setattr(SqliteDatabase, "rows", watched)
    held = []
    for number, database in stores.items():
        copy = shutil.copy(database, tmp_path / f"{number}.db")
        most = 0
        with open_store(str(copy), mode="write") as store:
            assert store.prune(datetime(2026, 2, 1, tzinfo=UTC)) == number
        held.append(most)
    assert held[1] <= 1.2 * held[0] + 10_000
