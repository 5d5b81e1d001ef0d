"""The gold set is sound, and the shipped watchlists do not fall below their floors on it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gold import blind, stories, visits
from gold.measure import HERE, LANGUAGES, PARTS_OF_BATCHES, below, load_floors
from gold.score import main
from gold.watchlists import FIVE, SEVEN, Gold, load, predict, score, shipped
from sigtrack.model import Item
from sigtrack.text import clean

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
GOLD = load()
KINDS = {
    "sports", "showbiz", "company", "market", "product", "weather", "place-name", "fiction",
    "food", "life", "four-party", "students", "local", "crime", "science", "other-diplomacy",
}  # fmt: skip


def item(id: str, labels: Iterable[str] = (), lang: str = "en", kind: str | None = None) -> Gold:
    return Gold(
        id=id,
        lang=lang,
        published="2025-01-01T00:00:00+09:00",
        source="agency-a",
        title=id,
        summary="",
        labels=frozenset(labels),
        negative_kind=kind,
    )


def test_every_id_and_title_is_there_once():
    assert len({g.id for g in GOLD}) == len({g.title for g in GOLD}) == len(GOLD) >= 600


def test_every_item_is_well_formed():
    for g in GOLD:
        assert g.lang in LANGUAGES and g.id.startswith(f"{g.lang}-")
        assert g.labels <= set(SEVEN)
        assert g.negative_kind is None or g.negative_kind in KINDS
        assert bool(g.labels) != bool(g.negative_kind), g.id
        assert clean(g.title) and g.source


def test_every_date_has_an_offset_and_lies_between_2023_and_2026():
    for g in GOLD:
        published = datetime.fromisoformat(g.published)
        assert published.utcoffset() is not None
        assert 2023 <= published.year <= 2026


def test_at_least_45_in_100_items_are_hard_negatives_of_many_kinds():
    kinds = Counter(g.negative_kind for g in GOLD if g.negative_kind)
    assert sum(kinds.values()) / len(GOLD) >= 0.45
    assert set(kinds) == KINDS and min(kinds.values()) >= 10


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_label_has_enough_positives_in_every_language(lang):
    counts = Counter(label for g in GOLD if g.lang == lang for label in g.labels)
    assert all(counts[label] >= 12 for label in FIVE)
    assert all(counts[label] >= 10 for label in SEVEN)


def test_every_part_has_every_label_in_every_language():
    for part in PARTS_OF_BATCHES:
        seen = {(g.lang, label) for g in GOLD if g.part == part for label in g.labels}
        assert seen == {(lang, label) for lang in LANGUAGES for label in SEVEN}


def test_no_title_is_copied_from_the_shared_material():
    if not SHARED.is_dir():
        pytest.skip("the shared material is not beside this checkout")
    known: set[str] = set()
    for path in SHARED.rglob("*.jsonl"):
        with path.open(encoding="utf-8") as lines:
            known.update(title for line in lines for title in titles_in(line))
    ours = {one.title for gold in (GOLD, stories.load(), visits.load()) for one in gold}
    assert known and not ours & known


def titles_in(line: str) -> list[str]:
    entry: Any = json.loads(line) if '"title' in line else {}
    return [*filter(None, [entry.get("title")]), *entry.get("titles", ())]


def test_scores_count_per_watchlist_and_language():
    gold = [item("a", ["trade"]), item("b", ["trade", "tech"], "ko"), item("c", kind="sports")]
    got = {"a": frozenset({"trade"}), "b": frozenset({"tech"}), "c": frozenset({"trade"})}
    table = score(gold, got)
    rows = {(row.name, row.lang): (row.tp, row.fp, row.fn) for row in table.rows}
    assert rows["trade", "all"] == (1, 1, 1)
    assert rows["trade", "ko"] == (0, 0, 1)
    assert rows["micro-five", "all"] == (2, 1, 1)
    assert table.figures()["trade.all"] == 0.5
    assert table.negatives[0].hit == table.negatives[0].total == 1


def test_perfect_predictions_score_one_everywhere():
    table = score(GOLD, {g.id: g.labels for g in GOLD})
    assert set(table.figures().values()) == {1.0}


def test_labels_of_other_watchlists_are_not_looked_at():
    table = score([item("a", kind="food")], {"a": frozenset({"one-of-the-users"})})
    assert table.negatives[0].hit == 0


def told(labels: dict[str, frozenset[str]]):
    """A matcher that answers from a table, for the command's own behaviour."""

    def matcher():
        def labels_of(found: Item) -> frozenset[str]:
            return labels.get(found.uid, frozenset())

        return labels_of

    return matcher


def test_floors_rise_when_asked_and_then_hold(tmp_path, capsys):
    path = tmp_path / "floors.toml"
    right = told({g.id: g.labels for g in GOLD})
    assert main(["watchlists", "--floors", str(path), "--raise"], right) == 0
    floors, record = load_floors(path)
    assert floors["work.trade.en"] == 1.0 and not record
    assert not [name for name in floors if name.startswith("held-out")]
    assert main(["watchlists", "--floors", str(path)], right) == 0


def test_worse_figures_are_refused_and_written_only_with_a_reason(tmp_path, capsys):
    path = tmp_path / "floors.toml"
    main(["watchlists", "--floors", str(path), "--raise"], told({g.id: g.labels for g in GOLD}))
    worse = told({g.id: g.labels - {"trade"} for g in GOLD})
    before = path.read_text(encoding="utf-8")
    assert main(["watchlists", "--floors", str(path), "--raise"], worse) == 1
    assert path.read_text(encoding="utf-8") == before
    assert "below its floor: work.trade.en" in capsys.readouterr().err
    assert main(["watchlists", "--floors", str(path), "--lower", 'a "new" reading'], worse) == 0
    floors, record = load_floors(path)
    assert floors["work.trade.en"] == 0.0 and floors["work.tech.en"] == 1.0
    assert record[0]["reason"] == 'a "new" reading'
    assert "work.trade.en 1.000 -> 0.000" in record[0]["floors"]


def test_errors_are_listed_for_the_part_asked_for_and_no_other(tmp_path, capsys):
    floors = ["watchlists", "--floors", str(tmp_path / "floors.toml")]
    main([*floors, "--errors", "work"], told({}))
    lines = capsys.readouterr().out.splitlines()
    listed = {line.split()[0] for line in lines if " | " in line}
    assert listed == {g.id for g in GOLD if g.part == "work" and g.labels}


def test_every_floor_holds_for_the_shipped_watchlists():
    floors, _ = load_floors(HERE / "floors.toml")
    predictions = predict(GOLD, shipped())
    figures = {}
    for part in PARTS_OF_BATCHES:
        table = score([g for g in GOLD if g.part == part], predictions)
        figures |= {f"{part}.{name}": value for name, value in table.figures().items()}
    assert set(floors) <= set(figures)
    assert below(floors, figures) == []


# Blind draws

BLIND = sorted(HERE.glob("blind-*.jsonl"), key=lambda path: int(path.stem.rpartition("-")[2]))
PRESS = sorted(HERE.glob("press-*.jsonl"))


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_item_of_a_draw_was_labelled_twice_and_stands_in_one_draw():
    rows = [row for path in (*BLIND, *PRESS) for row in rows_of(path)]
    assert len(rows) == len({row["id"] for row in rows})
    assert all(len(rows_of(path)) == 150 for path in BLIND)
    for row in rows:
        assert len(row["labels"]) == len(row["visits"]) == 2
        assert all(set(labels) <= set(SEVEN) for labels in row["labels"])


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared material is not here")
def test_a_draw_is_made_again_from_its_seed():
    real = SHARED / "labelled" / "real.jsonl"
    known = {blind.name_of(row["title"]) for row in rows_of(real)}
    for path, drawn in zip(BLIND, blind.draws(SHARED / "headlines", real), strict=False):
        labelled = {row["id"] for row in rows_of(path)}
        assert {item["id"] for item in drawn} == labelled and not labelled & known
        assert Counter(item["lang"] for item in drawn) == {"en": 38, "ko": 38, "ja": 37, "zh": 37}


def test_two_labellers_agree_on_a_visit_whatever_they_say_of_its_day(tmp_path: Path) -> None:
    title = {"title": "Fog over the harbour", "lang": "en", "date": "2026-01-13"}
    (tmp_path / "all.jsonl").write_text(json.dumps(title), "utf-8")
    one = {"visitor_country": "KR", "host_country": "JP", "phase": "done", "date": None}
    both = {"id": blind.name_of(title["title"]), "labels": [["trade"], ["tech"]]}
    for other, agreed in ((one | {"date": "2026-01"}, True), (one | {"phase": "planned"}, False)):
        draw = tmp_path / "draw-1.jsonl"
        draw.write_text(json.dumps(both | {"visits": [one, other]}), "utf-8")
        (item,) = blind.gold(tmp_path, draw)
        assert (item["visit"] == one) is agreed is not item["visit_maybe"]
        assert (item["labels"], item["maybe"]) == ([], ["tech", "trade"])
    draw.write_text(json.dumps({"id": "0", "labels": [[], []], "visits": [None, None]}), "utf-8")
    with pytest.raises(SystemExit, match="a headline of this draw is not in"):
        list(blind.gold(tmp_path, draw))


def test_a_label_of_one_labeller_alone_counts_neither_way():
    items = [
        {"id": "a", "lang": "en", "labels": ["trade"], "maybe": ["tech"]},
        {"id": "b", "lang": "en", "labels": [], "maybe": ["trade"]},
        {"id": "c", "lang": "ko", "labels": ["trade"], "maybe": []},
    ]
    told = {"a": {"trade", "tech"}, "b": {"trade"}, "c": {"tech"}}
    assert blind.counts(items, told, SEVEN) == (1, 1, 1)
    assert blind.reached(items, told) == 1.0
