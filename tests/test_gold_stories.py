"""The gold stories are sound, and B-cubed counts what it says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from gold.measure import LANGUAGES, PARTS, load_floors
from gold.score import main
from gold.stories import Groups, Told, b_cubed, groups_of, load, score, wrong_pairs
from sigtrack.model import Role
from sigtrack.text import clean

GOLD = load()
STORIES: dict[str, list[Told]] = defaultdict(list)
for told in GOLD:
    if told.story:
        STORIES[told.story].append(told)
PAIR = next(iter(STORIES.values()))[:2]
ALONE = next(item for item in GOLD if item.story is None)


def when(item: Told) -> datetime:
    return datetime.fromisoformat(item.published)


def test_there_are_enough_stories_and_enough_items_that_only_look_like_one():
    assert len(STORIES) >= 48
    assert sum(map(len, STORIES.values())) >= 230
    assert sum(item.story is None for item in GOLD) >= 70


def test_every_story_has_at_least_two_items_within_three_days():
    for name, items in STORIES.items():
        times = sorted(map(when, items))
        assert len(items) >= 2, name
        assert times[-1] - times[0] < timedelta(days=3), name


def test_many_stories_are_told_in_several_languages_and_every_language_tells_many():
    tongues = {name: {item.lang for item in items} for name, items in STORIES.items()}
    assert sum(len(found) > 1 for found in tongues.values()) >= 20
    counts = Counter(lang for found in tongues.values() for lang in found)
    assert all(counts[lang] >= 15 for lang in LANGUAGES)


def test_every_item_is_well_formed():
    for item in GOLD:
        assert item.lang in LANGUAGES and clean(item.title) and item.source
        assert when(item).utcoffset() is not None
        assert item.role in Role


def test_every_source_has_one_role():
    roles = {(item.source, item.role) for item in GOLD}
    assert len(roles) == len({source for source, _ in roles})


def test_ids_are_unique_and_tell_nothing_of_the_story():
    ids = [item.id for item in GOLD]
    assert len(set(ids)) == len(ids)
    for item in GOLD:
        lang, number = item.id.split("-")
        assert lang == item.lang and number.isdigit()
    in_order = sorted(GOLD, key=lambda item: item.id)
    neighbours = [a.story == b.story for a, b in pairwise(in_order) if a.story]
    assert sum(neighbours) / len(neighbours) < 0.1


def test_about_a_third_is_held_out_and_both_parts_hold_every_language():
    held_out = sum(item.part == "held-out" for item in GOLD)
    assert 0.25 < held_out / len(GOLD) < 0.4
    for part in PARTS:
        for alone in (True, False):
            chosen = [g for g in GOLD if g.part == part and (g.story is None) == alone]
            assert {item.lang for item in chosen} == set(LANGUAGES)


def test_a_story_lies_in_one_part():
    assert all(len({item.part for item in items}) == 1 for items in STORIES.values())


def test_b_cubed_averages_over_items():
    gold = {"a": "1", "b": "1", "c": "2", "d": "2"}
    got = {"a": "x", "b": "x", "c": "x"}
    figures = b_cubed(gold, got, "abcd", "abcde")
    assert figures.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert figures.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)
    assert figures.items == 4


def test_a_wrong_neighbour_from_outside_the_figure_still_costs():
    figures = b_cubed({"a": "1", "b": "1"}, {"a": "x", "b": "x", "z": "x"}, "ab", "abz")
    assert figures.precision == pytest.approx(2 / 3) and figures.recall == 1.0


def test_items_that_nobody_put_anywhere_are_alone():
    figures = b_cubed({}, {}, "ab", "ab")
    assert (figures.precision, figures.recall, figures.f1) == (1.0, 1.0, 1.0)


def test_a_story_named_like_an_item_does_not_swallow_it():
    assert b_cubed({}, {"a": "b", "c": "b"}, "b", "abc").precision == 1.0


def test_perfect_stories_score_one_everywhere():
    for part in (None, *PARTS):
        for line in score(GOLD, groups_of(GOLD), part):
            assert set(line.named().values()) == {1.0} and line.figures.items


def test_doing_nothing_is_perfect_on_singletons_and_never_wrong():
    for line in score(GOLD, {}):
        assert line.figures.precision == 1.0
        assert (line.figures.recall == 1.0) == (line.scope == "singletons")


def test_wrong_pairs_name_what_was_merged_and_what_was_left_apart():
    three = [*PAIR, ALONE]
    got = {three[0].id: "x", ALONE.id: "x"}
    signs = {(sign, *sorted((one.id, two.id))) for sign, one, two in wrong_pairs(three, got)}
    assert signs == {
        ("-", *sorted((three[0].id, three[1].id))),
        ("+", *sorted((three[0].id, ALONE.id))),
    }


def former(groups: Groups):
    """Stories from a table, for the command's own behaviour."""

    def form(gold: Sequence[Told]) -> Groups:
        return groups

    return lambda: form


def test_floors_rise_when_asked_and_refuse_worse_stories(tmp_path, capsys):
    path = tmp_path / "floors.toml"
    right = former(groups_of(GOLD))
    assert main(["stories", "--floors", str(path), "--raise"], right) == 0
    floors, _ = load_floors(path)
    assert floors["work.in-stories-f1.all"] == 1.0
    assert not [name for name in floors if name.startswith("held-out")]
    assert main(["stories", "--floors", str(path)], right) == 0
    assert main(["stories", "--floors", str(path)], former({})) == 1
    assert "below its floor: work.in-stories-f1.all" in capsys.readouterr().err


def test_errors_of_a_part_name_no_item_of_the_other(tmp_path, capsys):
    main(["stories", "--floors", str(tmp_path / "floors.toml"), "--errors", "work"], former({}))
    held_out = [item.id for item in GOLD if item.part == "held-out"]
    listed = {word for line in capsys.readouterr().out.splitlines() for word in line.split()}
    assert any(line_id in listed for line_id in groups_of(GOLD))
    assert not listed & set(held_out)
