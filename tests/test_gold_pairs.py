"""The pairs of statements are sound, and their score counts what it says."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace

import pytest

from gold.comparison import (
    HELD_OUT,
    Pair,
    Shift,
    SingleChange,
    ask,
    judge,
    load,
    load_single,
    measured,
    mistakes,
    rate,
    score,
    shipped,
)
from gold.measure import HERE, PARTS, below, load_floors
from gold.score import main
from sigtrack.text import clean
from sigtrack.text.sentences import sentences
from sigtrack.watch import shipped_text

PAIRS = load()
SINGLE = load_single()
TOPICS = {one["topic"] for one in tomllib.loads(shipped_text("phrases.toml"))["phrase"]}
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_there_are_six_pairs_in_four_languages_and_two_are_held_out():
    assert Counter(pair.lang for pair in PAIRS) == {"en": 3, "ko": 1, "ja": 1, "zh": 1}
    assert {pair.name for pair in PAIRS if pair.part == "held-out"} == HELD_OUT


def test_the_readme_says_of_each_pair_in_which_part_it_is():
    readme = (HERE / "pairs" / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{pair.name}` | {pair.part}" in readme for pair in PAIRS)


@each_pair
def test_a_text_has_twelve_to_twenty_two_clean_sentences_each_said_once(pair: Pair):
    for text in (pair.old, pair.new):
        found = cut(text)
        assert 12 <= len(found) <= 22 and len(set(found)) == len(found)
        assert clean(text).split() == text.split()


@each_pair
def test_changes_account_for_every_sentence(pair: Pair):
    """What no change names stands in both texts, word for word and in the same order."""
    before = [one.before for one in pair.changes if one.before]
    after = [one.after for one in pair.changes if one.after]
    old, new = cut(pair.old), cut(pair.new)
    assert len(set(before)) == len(before) and set(before) <= set(old)
    assert len(set(after)) == len(after) and set(after) <= set(new)
    kept = [one for one in old if one not in before]
    assert kept == [one for one in new if one not in after]


@each_pair
def test_a_change_has_the_sentences_that_its_kind_needs(pair: Pair):
    assert 10 <= len(pair.changes) <= 25
    for one in pair.changes:
        match one.kind:
            case "added":
                assert one.before is None and one.after
            case "dropped":
                assert one.before and one.after is None
            case "reworded":
                assert one.before and one.after and one.before != one.after
            case _:
                assert one.kind == "moved" and one.before == one.after and one.direction is None


@each_pair
def test_a_change_is_judged_in_the_words_of_the_guideline(pair: Pair):
    for one in pair.changes:
        assert one.direction in ("hardened", "softened", "neutral", None)
        assert one.weight in (1, 2, 3)
        assert one.topic in TOPICS | {"agenda", "courtesy"}
        assert one.weight == 1 or one.topic not in ("agenda", "courtesy")
    assert Counter(one.weight for one in pair.changes)[1] >= 3
    assert Counter(one.weight for one in pair.changes)[3] >= 5


def test_there_are_moves_false_friends_and_courtesies():
    kinds = Counter((one.kind, one.weight) for pair in PAIRS for one in pair.changes)
    assert kinds["moved", 1] + kinds["moved", 2] >= 6
    assert kinds["reworded", 1] >= 20
    assert sum(one.topic == "courtesy" for pair in PAIRS for one in pair.changes) >= 8


def test_perfect_changes_score_one():
    assert set(score([judge(pair, pair.changes) for pair in PAIRS]).values()) == {1.0}


def test_saying_nothing_invents_nothing_and_finds_nothing():
    figures = score([judge(pair, ()) for pair in PAIRS])
    assert (figures["precision"], figures["recall"]) == (1.0, 0.0)


def change(before: str | None, after: str | None, **more: object) -> Shift:
    given = {"kind": "reworded", "direction": "softened", "weight": 3, "topic": "north-korea"}
    return Shift(before=before, after=after, **given | more)  # type: ignore[arg-type]


def test_a_change_is_found_though_its_full_stop_is_gone_and_once_only():
    gold = change("They expressed serious concern.", "They expressed concern.")
    pair = Pair(name="en-x", old="", new="", changes=(gold,))
    told = replace(gold, before="They expressed serious concern", weight=2, direction=None)
    judged = judge(pair, [told, told, replace(told, kind="kept")])
    assert (len(judged.found), len(judged.invented), judged.missed) == (1, 1, ())
    figures = score([judged])
    assert (figures["precision"], figures["recall-weight-3"]) == (0.5, 1.0)
    assert (figures["same-kind"], figures["same-weight"], figures["same-direction"]) == (1, 0, 0)


def test_a_rewording_told_as_a_loss_and_a_gain_is_not_found():
    gold = change("They expressed serious concern.", "They took note.")
    pair = Pair(name="en-x", old="", new="", changes=(gold,))
    told = [replace(gold, after=None, kind="dropped"), replace(gold, before=None, kind="added")]
    judged = judge(pair, told)
    assert (judged.found, len(judged.missed), len(judged.invented)) == ((), 1, 2)


def teller(said: bool):
    """Changes from the gold itself, for the command's own behaviour."""
    by_text = {(pair.old, pair.new): pair.changes for pair in PAIRS}
    by_text |= {one.texts: (as_told(one),) for one in SINGLE}
    return lambda: lambda old, new: by_text[old, new] if said else ()


def as_told(single: SingleChange) -> Shift:
    kind = "reworded" if single.before and single.after else "added" if single.after else "dropped"
    fields = {name: getattr(single, name) for name in ("before", "after", "direction", "weight")}
    return Shift(kind=kind, topic=None, **fields)


def test_single_changes_are_thirty_in_each_language_and_a_third_is_held_out():
    assert Counter(one.lang for one in SINGLE) == {"en": 30, "ko": 30, "ja": 30, "zh": 30}
    assert len({one.id for one in SINGLE}) == len({one.texts for one in SINGLE}) == 120
    assert 30 <= sum(one.part == "held-out" for one in SINGLE) <= 50


@pytest.mark.parametrize("single", SINGLE, ids=lambda one: one.id)
def test_a_single_change_is_one_clean_sentence_and_judged_as_the_guideline_says(single):
    for text in filter(None, (single.opening, single.before, single.after)):
        assert clean(text) == text and len(cut(text)) == 1
    assert single.before != single.after
    assert single.direction in ("hardened", "softened", "neutral", None)
    assert (single.direction is None) == (single.what == "courtesy")
    assert single.weight in (2, 3) if single.direction in ("hardened", "softened") else True


def test_a_single_change_told_right_scores_one_and_torn_in_two_scores_nothing():
    assert set(rate(ask(SINGLE, teller(True)())).values()) == {1.0}
    torn = ask(SINGLE, lambda old, new: [as_told(one) for one in SINGLE[:2]])
    assert set(rate(torn).values()) == {0.0}
    assert len(list(mistakes(torn))) == len(SINGLE)


def test_a_single_change_of_another_weight_has_its_direction_only():
    one = SINGLE[0]
    told = replace(as_told(one), weight=1)
    figures = rate(ask([one], lambda old, new: [told]))
    assert (figures["single-direction"], figures["single-weight"]) == (1.0, 0.0)
    assert figures["single-both"] == 0.0


def test_floors_rise_when_asked_and_refuse_a_worse_comparison(tmp_path, capsys):
    path = tmp_path / "floors.toml"
    assert main(["comparison", "--floors", str(path), "--raise"], teller(True)) == 0
    floors, _ = load_floors(path)
    assert floors["work.recall-weight-3.all"] == 1.0
    assert main(["comparison", "--floors", str(path)], teller(False)) == 1
    assert "below its floor: work.recall.all" in capsys.readouterr().err


def test_errors_of_a_part_quote_no_pair_of_the_other(tmp_path, capsys):
    main(
        ["comparison", "--floors", str(tmp_path / "floors.toml"), "--errors", "work"], teller(False)
    )
    shown = capsys.readouterr().out
    for pair in PAIRS:
        assert (f"- {pair.name} " in shown) == (pair.part == "work")
    assert PARTS == ("work", "held-out")


def test_every_floor_holds_for_the_shipped_comparison():
    floors, _ = load_floors(HERE / "floors_compare.toml")
    of = measured(shipped())
    figures = {f"{part}.{name}": x for part in PARTS for name, x in of(part).figures.items()}
    assert floors and set(floors) <= set(figures)
    assert below(floors, figures) == []
