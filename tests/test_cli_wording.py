"""`sigtrack wording`: what a user sees of changing language."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from desk import LIGHTHOUSES, Desk

PUBLISHERS = (
    ("office", "KR", "leader-office"),
    ("wire", "KR", "agency"),
    ("post", "JP", "newspaper"),
)
KEYS = (
    *("phrase", "watchlist", "count", "stories", "baseline_rate", "rate", "change", "score"),
    *("first_seen", "last_seen", "publishers", "evidence", "item_rate", "item_baseline_rate"),
    *("of", "stories_before", "of_before", "sure", "between"),
)


def line(id: str, source: str, day: str, title: str, **more: str) -> str:
    given = {"id": id, "source": source, "published": f"{day}T09:00:00Z", "title": title}
    return json.dumps(given | {"lang": "en"} | more, ensure_ascii=False)


PAST = [
    line(f"p{n}", "post", f"2025-12-{1 + n % 28:02}", f"Lighthouse {n} is lit") for n in range(40)
]
PAST.append(line("w0", "wire", "2025-12-05", "Lighthouse of Mokpo is lit again"))
OLD = line("old", "office", "2025-12-20", "Statement", text="A lighthouse. The leaders expressed serious concern over missile development of the North.")  # fmt: skip
NEW = line("new", "office", "2026-01-12", "Statement again", text="A lighthouse. The leaders expressed concern over missile development of the North.")  # fmt: skip
NOW = [
    line("a", "office", "2026-01-12", "Lighthouse talks of Korea and Japan open a new phase"),
    line("b", "wire", "2026-01-12", "Lee tells Trump of a new phase off the lighthouse"),
    line("c", "wire", "2026-01-13", "Lighthouse ties “turn a corner”"),
    line("d", "post", "2026-01-09", "Herring boats “turn a corner” near Mokpo lighthouse"),
    line("e", "post", "2026-01-13", "Seoul and Tokyo on economic coercion"),
]


def subscribe(desk: Desk) -> None:
    more = "".join(
        f'[[feed]]\nid = "{id}"\nurl = "https://{id}.example/feed"\n'
        f'country = "{country}"\nrole = "{role}"\n'
        for id, country, role in PUBLISHERS
    )
    desk.feeds_file.write_text(desk.feeds_file.read_text(encoding="utf-8") + more, encoding="utf-8")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of all these lines, made once."""
    desk = Desk(tmp_path_factory.mktemp("month") / "home")
    desk.watch()
    subscribe(desk)
    file = desk.home / "archive.jsonl"
    file.write_text("\n".join([*PAST, OLD, *NOW, NEW]) + "\n", encoding="utf-8")
    desk.run("import", file, "-q")
    return desk.db


@pytest.fixture
def archive(desk: Desk, month: Path) -> Desk:
    subscribe(desk)
    return desk.take(month)


def phrases(desk: Desk, *arguments: object) -> dict[str, dict[str, object]]:
    records = desk.run("wording", *arguments, "-f", "jsonl").records
    return {str(record["phrase"]): record for record in records}


def test_a_new_formula_is_shown_with_its_first_use_and_who_said_it(archive: Desk) -> None:
    out = archive.run("wording", "--since", "7d").out
    assert "48 items between governments or with a hit" in out
    assert "stories since 2026-01-07 against 42 stories before" in out
    (row,) = [one for one in out.splitlines() if "new phase" in one]
    assert row.split()[1:3] == ["new", "2"]
    assert "2026-01-12" in row
    assert "KR official" in row
    assert "KR press" in row


def test_a_phrase_outside_the_catalogue_surfaces(archive: Desk) -> None:
    out = archive.run("wording", "--since", "7d").out
    table = out[out.index("Phrases outside the catalogue") :]
    assert "corner" in table


def test_a_watchlist_narrows_the_items_to_its_hits(archive: Desk) -> None:
    everything = phrases(archive)
    assert "economic coercion" in everything
    of_watchlist = phrases(archive, "lighthouses")
    assert "economic coercion" not in of_watchlist
    assert of_watchlist["new phase"]["watchlist"] == "lighthouses"
    assert everything["new phase"]["watchlist"] is None


def test_the_machine_format_has_its_keys_in_order(archive: Desk) -> None:
    record = phrases(archive, "lighthouses")["new phase"]
    assert tuple(record) == KEYS
    assert (record["change"], record["count"], record["stories"]) == ("new", 2, 2)
    assert record["baseline_rate"] == 0.0
    assert sorted(record["publishers"]) == ["office", "wire"]
    assert record["first_seen"] == "2026-01-12T09:00:00+00:00"
    found = {archive.run("show", id, "-f", "json").out.count("hase") for id in record["evidence"]}
    assert 0 not in found and len(record["evidence"]) == 2


def with_kept_runs(desk: Desk) -> set[str]:
    with sqlite3.connect(desk.db) as database:
        found = database.execute(
            "SELECT t.title FROM phrases_read p JOIN revisions r ON r.number = p.revision "
            "JOIN texts t ON t.number = r.text"
        )
        return {title for (title,) in found}


def told_by_kept_and_by_fresh_runs(desk: Desk) -> tuple[list[str], list[str]]:
    """What is told with the runs of words that were kept, and with all of them read when asked."""
    asked = (("--since", "7d"), ("--since", "7d", "lighthouses"), ("--by", "month"))
    kept = [desk.run("wording", *options, "-f", "json").out for options in asked]
    with sqlite3.connect(desk.db) as database:
        assert database.execute("DELETE FROM phrases_read").rowcount > 0
    return kept, [desk.run("wording", *options, "-f", "json").out for options in asked]


def test_runs_of_words_are_kept_only_of_items_that_wording_may_compare(desk: Desk) -> None:
    """Reading all of them when asked is the slow judge."""
    desk.watch()
    subscribe(desk)
    fish = [
        line(f"f{n}", "post", "2026-01-13", f"Herring is “cheap and plenty” {n}") for n in (1, 2)
    ]
    alone = [
        line("s", "post", "2026-01-13", "Seoul is “turning a corner”, says a baker"),
        line("t", "office", "2026-01-13", "Tokyo is “turning a corner”, says a baker"),
    ]
    file = desk.home / "archive.jsonl"
    file.write_text("\n".join([*PAST, *NOW, *fish, *alone]) + "\n", encoding="utf-8")
    desk.run("import", file, "-q")
    titles = {json.loads(one)["title"] for one in [*PAST, *NOW]}
    assert with_kept_runs(desk) == titles | {"Tokyo is “turning a corner”, says a baker"}
    kept, fresh = told_by_kept_and_by_fresh_runs(desk)
    assert kept == fresh
    assert "corner" in kept[0]


def test_runs_of_words_of_items_that_a_new_watchlist_hits_are_read_with_its_hits(
    desk: Desk,
) -> None:
    subscribe(desk)
    fish = [
        line("f", "post", "2026-01-12", "Herring fills the barrels, “cheap and plenty” for all"),
        line("g", "wire", "2026-01-13", "Bakers want herring “cheap and plenty” on the pier"),
    ]
    file = desk.home / "archive.jsonl"
    file.write_text("\n".join([*PAST, *NOW, *fish]) + "\n", encoding="utf-8")
    desk.run("import", file, "-q")
    assert not any("cheap" in title for title in with_kept_runs(desk))
    desk.watch(LIGHTHOUSES.replace('"등대"', '"herring"'))
    desk.run("rematch")
    assert {title for title in with_kept_runs(desk) if "cheap" in title} == {
        json.loads(one)["title"] for one in fish
    }
    kept, fresh = told_by_kept_and_by_fresh_runs(desk)
    assert kept == fresh
    assert "cheap" in kept[0]


def test_a_rate_counts_stories_once_and_items_as_often_as_they_tell_it(
    desk: Desk, tmp_path: Path
) -> None:
    copies = [
        line(id, id, "2026-01-12", "Talks of Korea and Japan open a new phase")
        for id in ("one", "two", "three")
    ]
    other = line("x", "wire", "2026-01-12", "Seoul and Tokyo on herring")
    file = tmp_path / "copies.jsonl"
    file.write_text("\n".join([*copies, other]), "utf-8")
    desk.run("import", file, "-q")
    record = phrases(desk)["new phase"]
    assert (record["stories"], record["count"]) == (1, 3)
    assert (record["rate"], record["item_rate"]) == (500.0, 750.0)
    assert record["item_baseline_rate"] == 0.0
    out = desk.run("wording", "--evidence").out
    assert "1 of 2 stories, before 0 of 0; 3 of 4 items" in out
    (row,) = [one for one in out.splitlines() if one.endswith("new phase") and "█" in one]
    assert "1 of 2" in row and "0 of 0" in row


def test_where_nothing_is_compared_no_change_is_shown_and_that_is_said_once(
    archive: Desk,
) -> None:
    out = archive.run("wording", "--since", "all", "--evidence").out
    assert out.count("nothing is compared") == 1
    assert "too-little" not in out
    heads = [one.split() for one in out.splitlines() if "stories  " in one]
    assert heads and not [head for head in heads if "change" in head or "before" in head]
    (row,) = [one for one in out.splitlines() if "new phase" in one and "█" in one]
    assert row.split()[0] == "2"


def test_every_row_can_be_opened(archive: Desk) -> None:
    out = archive.run("wording", "--phrase", "new phase", "--evidence").out
    assert "Lighthouse talks of Korea and Japan open a «new phase»" in out
    assert "Lee tells Trump of a «new phase» off the lighthouse" in out
    assert "corner" not in out


def test_who_said_a_formula_first_and_who_took_it_up(archive: Desk, tmp_path: Path) -> None:
    file = tmp_path / "more.jsonl"
    file.write_text(
        line("k", "hanguk", "2026-01-14", "한일 관계 새 국면, 이 대통령 밝혀", lang="ko"), "utf-8"
    )
    archive.run("import", file, "-q")
    out = archive.run("wording", "-p", "new-phase", "--spread").out
    assert (
        "new-phase: new phase — first by wire on 2026-01-12, taken up by 2 publishers in 2 languages"
        in out
    )
    assert "within 2 days" in out
    records = archive.run("wording", "-p", "new-phase", "--spread", "-f", "jsonl").records
    assert [(one["publisher"], one["lang"], one["days_after"]) for one in records] == [
        ("wire", "en", 0),
        ("office", "en", 0),
        ("hanguk", "ko", 2),
    ]
    assert records[2]["phrase"] == "새 국면" and records[2]["parties"] == ["JP", "KR"]


def test_what_has_not_changed_is_shown_when_all_is_asked(archive: Desk) -> None:
    assert "the North" not in archive.run("wording", "--since", "7d").out.partition("Softened")[0]
    assert "the North" in archive.run("wording", "--since", "7d", "--all").out


def test_a_softened_sentence_is_shown_beside_the_one_before_it(archive: Desk) -> None:
    out = archive.run("wording", "lighthouses", "--ladders").out
    assert "2025-12-20: The leaders expressed «serious concern» over" in out
    assert "2026-01-12: The leaders expressed «concern» over" in out
    (record,) = archive.run("wording", "--ladders", "-f", "jsonl").records
    assert (record["ladder"], record["change"], record["edit"]) == ("concern", "softened", False)


def test_where_nobody_spoke_before_it_is_said_that_there_is_nothing_to_compare(
    archive: Desk,
) -> None:
    out = archive.run("wording", "--ladders", "--since", "all", "--until", "2025-12-25").out
    assert "nothing to compare: " in out and "sentences of now on a ladder" in out


def test_what_no_row_holds_is_said(archive: Desk) -> None:
    out = archive.run("wording", "--phrase", "no such words").out
    assert 'no formula is used with "no such words"; sigtrack search finds words anywhere' in out
    assert "no sentence was softened or hardened" in (
        archive.run("wording", "--ladders", "--phrase", "no such words").out
    )


def test_a_formula_is_found_by_its_name_whatever_words_stand_there(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "eras.jsonl"
    file.write_text(
        line("x", "wire", "2026-01-13", "Leaders of Korea and Japan hail a new era of ties"),
        "utf-8",
    )
    desk.run("import", file, "-q")
    for name in ("new phase", "New-Phase", "new era", "새 국면"):
        assert set(phrases(desk, "--phrase", name)) == {"new era"}


def test_parts_are_counted_by_month_or_by_side(archive: Desk) -> None:
    out = archive.run("wording", "--by", "month", "-p", "new phase").out
    assert "2025-12 /42  2026-01 /6" in out
    (row,) = [one for one in out.splitlines() if "new phase" in one]
    assert row.split()[:2] == ["-", "2"]
    sides = phrases(archive, "--by", "side")["new phase"]["by"]
    assert {side: one["stories"] for side, one in sides.items()} == {
        "JP press": 0,
        "KR official": 1,
        "KR press": 1,
    }


def test_too_little_text_is_said_and_nothing_is_guessed(archive: Desk) -> None:
    done = archive.run("wording", "--since", "2026-01-12", "--baseline", "2026-01-01")
    assert "! too little text before to say what is new: 1 sentence, 30 are needed" in done.out
    records = phrases(archive, "--since", "2026-01-12", "--baseline", "2026-01-01").values()
    assert {record["change"] for record in records} == {"too-little-text"}


def test_a_silent_edit_that_softens_is_shown(desk: Desk, tmp_path: Path) -> None:
    for title in ("complete denuclearization of the DPRK", "complete denuclearization of the Korean Peninsula"):  # fmt: skip
        file = tmp_path / "wire.jsonl"
        file.write_text(
            line("x", "wire", "2026-01-13", f"Leaders of Japan and Korea reaffirm {title}"), "utf-8"
        )
        desk.run("import", file, "-q")
    out = desk.run("wording").out
    assert "softened, edited · denuclearization" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("lighthuoses",), "there is no watchlist 'lighthuoses'"),
        (("--spread",), "--spread needs a phrase"),
        (("--by", "decade"), "there is no part 'decade'"),
        (("--since", "last-fetch"), "wording compares spans of time"),
        (("--since", "2026-01-10", "--baseline", "2026-01-12"), "the baseline begins at"),
        (("--baseline", "soon"), "cannot read 'soon' as a time"),
    ],
)
def test_a_mistake_is_explained(archive: Desk, arguments: tuple[str, ...], says: str) -> None:
    assert says in archive.run("wording", *arguments, code=2).err


def test_an_empty_store_has_nothing_to_say(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(line("x", "wire", "2020-01-13", "Old"), "utf-8")
    desk.run("import", file, "-q")
    assert "no items in this time" in desk.run("wording").out
    assert desk.run("wording", "--exit-code", "-f", "json", code=1).out.strip() == "[]"


def test_a_formula_of_the_users_is_counted_like_any_other(archive: Desk) -> None:
    file = archive.config / "phrases.toml"
    file.write_text(
        '[[phrase]]\nid = "corner"\nen = ["turn a corner", "turned a corner"]\n'
        '[[phrase]]\nid = "coercion"\nruns = 3\nen = ["fishery view"]\n',
        encoding="utf-8",
    )
    done = archive.run("wording", "--since", "7d", "-f", "jsonl")
    told = {record["phrase"]: record for record in done.records}
    assert told["turn a corner"]["count"] == 2 and "fishery view" not in told
    assert f"{file}:6: there is no key runs in [[phrase]]" in done.err
