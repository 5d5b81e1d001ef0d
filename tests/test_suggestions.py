"""Joint texts that feeds bring whole: offered for the archive, and compared by themselves."""

from __future__ import annotations

import json

import pytest

from desk import Desk
from sigtrack.app.statements import series_of
from sigtrack.model import WordingRead
from visiting import actors

HARBOURS = " ".join(
    f"The two sides agreed to light harbour number {n} before the winter." for n in range(30)
)
NORTH = "They reaffirmed their commitment to the complete denuclearization of {}."
FEED = (
    '[[feed]]\nid = "gaimucho"\nurl = "https://gaimucho.example/feed"\n'
    'country = "JP"\nrole = "ministry"\n'
    '[[feed]]\nid = "post"\nurl = "https://post.example/feed"\n'
    'country = "JP"\nrole = "newspaper"\n'
)


def line(id: str, day: str, title: str, text: str, source: str = "gaimucho") -> str:
    given = {"id": id, "source": source, "published": f"{day}T09:00:00Z", "lang": "en"}
    return json.dumps(given | {"title": title, "text": text})


OLD = line("a", "2025-12-01", "Japan-ROK Leaders' Joint Statement", f"{NORTH.format('the DPRK')} {HARBOURS}")  # fmt: skip
NEW = line("b", "2026-01-13", "Joint Statement of the Leaders of Japan and the Republic of Korea", f"{NORTH.format('the Korean Peninsula')} {HARBOURS}")  # fmt: skip
SHORT = line("c", "2026-01-13", "Japan-ROK Leaders' Joint Statement in brief", "They agreed.")
PRESS = line("d", "2026-01-13", "What the joint statement of Japan and South Korea says", HARBOURS, "post")  # fmt: skip


@pytest.fixture
def fed(desk: Desk) -> Desk:
    desk.feeds_file.write_text(desk.feeds_file.read_text("utf-8") + FEED, "utf-8")
    bring(desk, OLD, NEW, SHORT, PRESS)
    return desk


def bring(desk: Desk, *lines: str) -> None:
    file = desk.home / "brought.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    desk.run("import", file, "-q")


def test_whole_joint_texts_are_offered_and_the_newest_is_compared(fed: Desk) -> None:
    records = fed.run("statements", "suggest", "-f", "jsonl").records
    assert [(one["series"], one["level"], one["date"]) for one in records] == [
        ("japan-rok-leaders", "leaders", "2026-01-13"),
        ("japan-rok-leaders", "leaders", "2025-12-01"),
    ]
    assert records[0]["before"] == records[1]["item"]
    out = fed.run("statements", "suggest").out
    assert (
        "japan-rok-leaders, 2025-12-01 → 2026-01-13: 1 softened; first reworded, softened · They"
        in out
    )
    assert f"sigtrack statements add {records[0]['item'][:6]} --series japan-rok-leaders" in out


def test_words_of_the_users_own_count_where_texts_are_compared_by_themselves(desk: Desk) -> None:
    desk.feeds_file.write_text(desk.feeds_file.read_text("utf-8") + FEED, "utf-8")
    talks = "They noted {} the talks on fisheries in the Yellow Sea."
    for text, how in ((OLD, "the utter collapse of"), (NEW, "much in")):
        bring(desk, text.replace(HARBOURS, f"{talks.format(how)} {HARBOURS}"))
    assert "2026-01-13: 1 softened" in desk.run("statements", "suggest").out
    words = desk.config / "lang" / "en.toml"
    words.parent.mkdir(parents=True)
    words.write_text("[criticism]\n7 = 'collapse'\n", "utf-8")
    assert "2026-01-13: 2 softened" in desk.run("statements", "suggest").out


def test_what_was_archived_is_offered_no_more(fed: Desk) -> None:
    newest, oldest = fed.run("statements", "suggest", "-f", "jsonl").records
    fed.run("statements", "add", oldest["item"], "--series", "japan-rok-leaders")
    (left,) = fed.run("statements", "suggest", "-f", "jsonl").records
    assert left["item"] == newest["item"]
    assert left["before"] is not None  # the one of the archive
    fed.run("statements", "add", newest["item"], "--series", "japan-rok-leaders")
    assert "no feed has brought" in fed.run("statements", "suggest").out


@pytest.mark.parametrize(
    ("parties", "level", "series"),
    [
        ("KR JP", "leaders", "japan-rok-leaders"),
        ("JP KR US", "ministers", "us-japan-rok-ministers"),
        ("PH JP US", "", "us-japan-philippines"),
        ("KR CN XX", "leaders", "china-rok-leaders"),
    ],
)
def test_a_series_is_the_same_in_whatever_order_governments_are_named(
    parties: str, level: str, series: str
) -> None:
    assert series_of(WordingRead(parties=parties, form="joint"), level, actors()) == series
