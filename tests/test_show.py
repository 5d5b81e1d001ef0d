"""What `show` and `watchlists test` put first, and what they call a near miss."""

from __future__ import annotations

from matching import item, matcher, signal
from sigtrack.app.items import by_weight, why_not
from sigtrack.model import Priority, Signal, StoredItem
from stored import NOW

TITLE = "Harbour pilots told of a missile off the northern cape"


def misses(*signals: Signal, every: bool = False) -> list[str]:
    """The signals in the table, from top to bottom."""
    where = item(TITLE)
    stored = StoredItem(id="a" * 12, item=where, first_seen=NOW)
    tables = why_not(stored, matcher(*signals).explain(where), every=every)
    return [str(row[0]).removeprefix("w / ") for table in tables for row in table.rows]


def test_the_hit_that_matters_most_stands_first():
    signals = (
        signal("harbour", "pilots", "cape", id="words"),
        signal("missile", id="urgent", priority=Priority.URGENT),
        signal("northern", id="normal"),
    )
    hits = by_weight(matcher(*signals).explain(item(TITLE)))
    assert [verdict.signal.id for verdict in hits] == ["urgent", "words", "normal"]


def test_three_misses_at_most_are_near_and_those_with_the_rarest_words_first():
    common = [signal("missile", all_=[["Osaka"]], id=f"missile-{n}") for n in range(4)]
    rare = signal("pilots", all_=[["Osaka"]], id="pilots")
    assert misses(*common, rare) == ["pilots", "missile-0", "missile-1"]
    assert len(misses(*common, rare, every=True)) == 5


def test_what_lacks_more_than_one_thing_or_only_has_company_is_no_near_miss():
    assert misses(signal("missile", all_=[["Osaka"], ["Kyoto"]], id="two")) == []
    assert misses(signal(all_=[["Osaka"], ["missile"]], id="company")) == []
    assert misses(signal(all_=[["missile"], ["Osaka"]], id="one")) == ["one"]


def test_words_that_explain_a_hit_make_no_near_miss():
    launch = signal("missile", id="launch")
    other = signal("missile", all_=[["Osaka"]], id="other")
    both = signal("missile", "pilots", all_=[["Osaka"]], id="both")
    assert misses(launch, other, both) == ["both"]


def test_a_veto_and_a_mask_are_near_misses():
    vetoed = signal("missile", none=["cape"], id="vetoed")
    masked = signal("missile", ignore=["a missile"], id="masked")
    assert misses(vetoed, masked) == ["vetoed", "masked"]
