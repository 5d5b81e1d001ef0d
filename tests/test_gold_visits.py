"""The gold visits are sound, and scores count what they say."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime

import pytest

from gold.measure import HERE, LANGUAGES, PARTS_OF_BATCHES, load_floors
from gold.score import main
from gold.stories import load as load_stories
from gold.visits import Seen, Visit, load, same_date, score
from gold.watchlists import load as load_items
from sigtrack.model import Item
from sigtrack.text import clean

GOLD = load()
RAW = [json.loads(line) for line in (HERE / "visits.jsonl").read_text("utf-8").splitlines()]
VISITS = [item for item in GOLD if item.visit]
LEAST = {"en": 65, "ko": 45, "ja": 40, "zh": 40}
TRADITIONAL = re.compile("[訪韓國總會談臺灣賴稱長發結]")


def test_there_are_enough_visits_in_every_language_and_enough_items_without_one():
    counts = Counter(item.lang for item in VISITS)
    assert all(counts[lang] >= least for lang, least in LEAST.items())
    assert len(GOLD) - len(VISITS) >= 120


def test_about_a_third_of_the_chinese_visits_is_in_traditional_characters():
    texts = [item.title + item.summary for item in VISITS if item.lang == "zh"]
    traditional = [
        text for text in texts if TRADITIONAL.search(text) and not set("访韩国总谈") & set(text)
    ]
    assert 0.25 < len(traditional) / len(texts) < 0.45


def test_ids_and_titles_are_there_once_and_ids_tell_nothing():
    others = {item.id for item in load_items()} | {item.id for item in load_stories()}
    ids = {item.id for item in GOLD}
    assert len(ids) == len({item.title for item in GOLD}) == len(GOLD) and not ids & others
    for item in GOLD:
        lang, number = item.id.split("-")
        assert lang == item.lang and number.isdigit()
    for lang in LANGUAGES:
        kinds = [bool(g.visit) for g in sorted(GOLD, key=lambda g: g.id) if g.lang == lang]
        changes = sum(a != b for a, b in zip(kinds[1:], kinds, strict=False))
        assert changes > len(kinds) / 4


def test_every_item_is_well_formed():
    for item in GOLD:
        assert item.lang in LANGUAGES and clean(item.title) and item.source
        published = datetime.fromisoformat(item.published)
        assert published.utcoffset() is not None and 2023 <= published.year <= 2026


def test_every_visit_is_well_formed():
    for item in VISITS:
        visit = item.visit
        assert visit and visit.visitors and visit.host not in visit.visitors, item.id
        assert all(re.fullmatch("[A-Z]{2}", c) for c in (*visit.visitors, visit.host))
        assert visit.phase in {"planned", "ongoing", "done", "cancelled"}
        assert visit.level in {
            "state", "official", "working", "informal", "sidelines", "unspecified",
        }  # fmt: skip
        assert visit.rank in {"leader", "speaker", "minister", "envoy"}
        assert visit.date is None or re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", visit.date)


def test_names_and_places_stand_in_the_text_as_written():
    for raw in filter(lambda raw: raw["visit"], RAW):
        text = raw["title"] + " " + raw["summary"]
        names = [visitor["name"] for visitor in raw["visit"]["visitors"]]
        for words in (*names, raw["visit"]["place"]):
            assert words is None or words in text, raw["id"]


def test_dates_fit_the_phase():
    for item in VISITS:
        visit, day = item.visit, item.published[:10]
        if visit and visit.date and visit.phase != "cancelled":
            known = day[: len(visit.date)]
            assert (visit.date >= known) if visit.phase == "planned" else (visit.date <= known)


def test_every_phase_level_and_rank_is_there_and_many_countries_are():
    visits = [item.visit for item in VISITS if item.visit]
    assert min(Counter(v.phase for v in visits).values()) >= 15
    assert len({v.level for v in visits}) == 6 and len({v.rank for v in visits}) == 4
    assert len({country for v in visits for country in (*v.visitors, v.host)}) >= 40
    assert sum(len(v.visitors) > 1 for v in visits) >= 10


def test_every_part_has_visits_and_none_in_every_language():
    for part in PARTS_OF_BATCHES:
        seen = {(g.lang, g.visit is None) for g in GOLD if g.part == part}
        assert seen == {(lang, alone) for lang in LANGUAGES for alone in (True, False)}
    assert Counter(g.lang for g in GOLD if g.part == "held-out") == dict.fromkeys(LANGUAGES, 8)


def seen(id: str, visit: Visit | None, lang: str = "en") -> Seen:
    return Seen(
        id=id,
        lang=lang,
        published="2025-01-01T00:00:00+09:00",
        source="agency-a",
        title=id,
        summary="",
        visit=visit,
    )


def visit(who: str, host: str, phase: str = "planned", date: str | None = None, **more: str):
    return Visit(visitors=frozenset(who.split()), host=host, phase=phase, date=date, **more)


def test_any_of_the_visitors_will_do_and_every_judge_asks_more():
    gold = [
        seen("a", visit("KR JP", "US", "done", "2025-09-22")),
        seen("b", visit("KR", "CN", "planned", "2026-01-04")),
        seen("c", visit("FR", "CN", "ongoing", "2025-12-03"), "ko"),
        seen("d", None),
    ]
    got = {
        "a": visit("JP", "US", "done", "2025-09"),
        "b": visit("KR", "CN", "ongoing", "2026-01-04"),
        "c": visit("FR", "CN", "ongoing", "2025-12-09"),
        "d": visit("US", "KR"),
    }
    table = score(gold, got)
    rows = {(row.name, row.lang): (row.tp, row.fp, row.fn) for row in table.rows}
    assert rows["core", "all"] == (3, 1, 0)
    assert rows["core-phase", "all"] == (2, 2, 1)
    assert rows["core-phase-date", "all"] == (1, 3, 2)
    assert rows["core", "ko"] == (1, 0, 0)
    assert (table.negatives[0].hit, table.negatives[0].total) == (1, 1)


def test_the_wrong_host_is_wrong_and_a_missed_visit_is_missed():
    gold = [seen("a", visit("KR", "JP")), seen("b", visit("KR", "JP"))]
    row = score(gold, {"a": visit("KR", "CN")}).rows[0]
    assert (row.tp, row.fp, row.fn) == (0, 1, 2)


def test_levels_are_judged_where_the_text_tells_one():
    gold = [seen("a", visit("KR", "CN", level="state")), seen("b", visit("KR", "JP"))]
    got = {"a": visit("KR", "CN", level="official"), "b": visit("KR", "JP", level="state")}
    assert score(gold, got).levels == (0, 1)


@pytest.mark.parametrize(
    ("gold", "got", "same"),
    [
        (None, None, True),
        (None, "2025-01", True),
        ("2025-01", None, False),
        ("2025-01-04", "2025-01-07", True),
        ("2025-01-04", "2025-01-08", False),
        ("2025-01-31", "2025-02-01", True),
        ("2025-01", "2025-01-20", True),
        ("2025-01-20", "2025-01", True),
        ("2025-01-20", "2025-02", False),
        ("2025", "2025-02", True),
    ],
)
def test_dates_agree_within_three_days_or_when_one_holds_the_other(gold, got, same):
    assert same_date(gold, got) is same


def test_perfect_predictions_score_one_everywhere():
    table = score(GOLD, {item.id: item.visit for item in GOLD if item.visit})
    assert set(table.figures().values()) == {1.0}


def reader(visits: dict[str, Visit]):
    """Visits from a table, for the command's own behaviour."""

    def read(item: Item) -> Visit | None:
        return visits.get(item.uid)

    return lambda: read


def test_floors_rise_when_asked_and_refuse_worse_figures(tmp_path, capsys):
    path = tmp_path / "floors.toml"
    right = reader({item.id: item.visit for item in GOLD if item.visit})
    assert main(["visits", "--floors", str(path), "--raise"], right) == 0
    floors, _ = load_floors(path)
    assert floors["work.core-phase.ja"] == 1.0
    assert not [name for name in floors if name.startswith("held-out")]
    assert main(["visits", "--floors", str(path)], right) == 0
    assert main(["visits", "--floors", str(path)], reader({})) == 1
    assert "below its floor: work.core.all" in capsys.readouterr().err


def test_errors_are_listed_for_the_part_asked_for_and_no_other(tmp_path, capsys):
    main(["visits", "--floors", str(tmp_path / "floors.toml"), "--errors", "work"], reader({}))
    lines = capsys.readouterr().out.splitlines()
    listed = {line.split()[0] for line in lines if " | " in line}
    assert listed == {item.id for item in VISITS if item.part == "work"}


@pytest.mark.parametrize("part", ["work", "read"])
def test_visits_do_not_fall_below_their_floors(part, capsys):
    assert main(["visits", "--part", part]) == 0, capsys.readouterr().err
