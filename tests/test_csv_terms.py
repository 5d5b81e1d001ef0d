"""Terms in a CSV file beside a watchlist."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import Desk
from sigtrack.model import Problem, Watchlist
from sigtrack.watch.tables import watchlist_schema
from sigtrack.watch.watchlists import Known, load_watchlist

HEAD = 'format = 1\nid = "w"\n'
SIGNAL = '[[signal]]\nid = "s"\nany = ["$firms"]\n'
KNOWN = Known(actors={}, shared={})


def loaded(
    folder: Path, group: str, text: str | bytes
) -> tuple[Watchlist | None, tuple[Problem, ...]]:
    body = text if isinstance(text, bytes) else text.encode()
    (folder / "firms.csv").write_bytes(body)
    return load_watchlist(
        str(folder / "w.toml"), f"{HEAD}[terms]\nfirms = {group}\n{SIGNAL}", KNOWN
    )


def spelled(watchlist: Watchlist | None) -> list[tuple[str, str, int]]:
    assert watchlist is not None
    terms = watchlist.signals[0].any
    return [(str(t), Path(t.place.path).name, t.place.line) for t in terms]


def test_every_row_is_a_term_with_its_line(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, '{ csv = "firms.csv" }', "Hanwha,KR\n\n케이조선,KR\n")
    assert problems == ()
    assert spelled(found) == [("Hanwha", "firms.csv", 1), ("케이조선", "firms.csv", 3)]


def test_a_column_is_named_by_its_heading(tmp_path: Path) -> None:
    text = '\ufeffcountry,name\nKR,"Hanwha Ocean"\nJP,\nJP,今治造船\n'
    found, problems = loaded(tmp_path, '{ csv = "firms.csv", column = "name" }', text)
    assert problems == ()
    assert spelled(found) == [("Hanwha Ocean", "firms.csv", 2), ("今治造船", "firms.csv", 4)]


@pytest.mark.parametrize(
    ("group", "text", "said"),
    [
        ('{ csv = "firms.csv", column = "nam" }', "name\nx\n", "did you mean name?"),
        ('{ csv = "other.csv" }', "x\n", "there is no such file"),
        ('{ csv = "../firms.csv" }', "x\n", 'write csv = "firms.csv"'),
        ('{ csv = "firms.toml" }', "x\n", 'write csv = "firms.csv"'),
        ('{ csv = "firms.csv", colum = "name" }', "x\n", "it may have csv and column"),
        ('{ csv = "firms.csv", column = 2 }', "x\n", 'write column = "name"'),
        ('{ csv = "firms.csv" }', b"\xff\xfe\x00", "UTF-8"),
        ('{ csv = "firms.csv" }', "", "group $firms is empty"),
        ('{ csv = "firms.csv" }', '"Hanwha" Ocean\n', "this is not CSV"),
    ],
)
def test_what_is_wrong_is_said_with_a_cure(
    tmp_path: Path, group: str, text: str | bytes, said: str
) -> None:
    found, problems = loaded(tmp_path, group, text)
    assert found is None
    assert any(said in str(problem) for problem in problems), problems


def test_a_row_that_is_no_term_is_told_by_its_own_line(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, '{ csv = "firms.csv" }', "Hanwha\nLee NEAR/x Xi\n")
    assert found is None
    assert [(Path(p.place.path).name, p.place.line) for p in problems] == [("firms.csv", 2)]


def test_the_schema_for_editors_knows_it() -> None:
    terms = watchlist_schema()["properties"]["terms"]["additionalProperties"]["anyOf"]
    assert set(terms[0]["properties"]) == {"csv", "column"}


@pytest.mark.slow
def test_an_edit_counts_at_once_and_a_mistake_changes_nothing(desk: Desk) -> None:
    desk.watch(f'{HEAD}[terms]\nfirms = {{ csv = "firms.csv" }}\n{SIGNAL}', "w")
    rows = desk.watchlists / "firms.csv"
    rows.write_text("Hanwha\n")

    def tried(text: str) -> tuple[bool, str]:
        done = desk.run("watchlists", "test", text)
        return "w / s" in done.out.split("Why not")[0], done.err

    assert tried("Hanwha builds ships") == (True, "")
    assert "firms.csv:1" in desk.run("watchlists", "test", "Hanwha builds ships").out
    rows.write_text("Samho\n")
    assert tried("Hanwha builds ships") == (False, "")
    rows.write_text("Samho NEAR/x\n")
    is_hit, err = tried("Samho builds ships")
    assert is_hit
    assert "firms.csv:1" in err
    assert "stays in force" in err
    rows.unlink()
    is_hit, err = tried("Samho builds ships")
    assert is_hit
    assert "firms.csv: there is no such file" in err
