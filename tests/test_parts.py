"""The parts of a story: what was done in it, act by act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gold.stories import load
from sigtrack.app.intake import tell_pending
from sigtrack.app.rules import shipped_rules
from sigtrack.app.stories import Headlines
from sigtrack.model import Item
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.views.stories import parts_told
from stored import poll

VISIT = (
    "이재명 대통령, 나라 도착",
    "Lee Jae Myung arrives in Nara",
    "日韓首脳会談、奈良で",
    "李在明與高市早苗奈良會談",
    "Lee and Takaichi sign a declaration in Nara",
    "한일 정상, 공동선언 서명",
)


def told(*titles: str) -> str:
    return parts_of(Item(feed="paper", uid=title, title=title) for title in titles)


def parts_of(items: Iterable[Item]) -> str:
    headlines = {item.title: item for item in items}
    rules = shipped_rules().readings
    return parts_told(headlines, rules.mentions, rules.topics.parts)


def test_a_visit_is_told_in_its_parts_in_whatever_language() -> None:
    parts = told(*VISIT).split(" · ")
    assert parts.index("meet ×2") < parts.index("sign ×2")
    assert "arrives ×2" in parts or "visit ×2" in parts


def test_one_act_is_no_list_of_parts_and_one_headline_no_part() -> None:
    assert told("Lee meets Xi", "Xi and Lee meet", "Lee, Xi hold talks", "Summit of Lee, Xi") == ""
    assert "sign" not in told(*VISIT[:5])


def test_what_a_reprint_tells_is_told_once() -> None:
    title = "Lee and Takaichi sign a declaration in Nara"
    copies = [replace(Item(feed="x", uid=f"{n}", title=title), feed=f"{n}") for n in range(9)]
    items = [*copies, *(Item(feed="paper", uid=one, title=one) for one in VISIT[:4])]
    assert "sign" not in parts_of(items)


def test_markets_and_crimes_are_no_parts_of_an_event_between_governments() -> None:
    assert told(*(f"Stocks plunge, police detain broker number {n}" for n in range(6))) == ""


@given(st.lists(st.sampled_from(VISIT), max_size=9))
def test_no_part_is_told_more_often_than_there_are_headlines(titles: list[str]) -> None:
    counts = [int(part.rpartition("×")[2]) for part in told(*titles).split(" · ") if part]
    assert all(2 <= count <= len(set(titles)) for count in counts)
    assert len(counts) != 1


def test_what_a_headline_names_is_kept_as_it_would_be_read_again(tmp_path: Path) -> None:
    rules = shipped_rules()
    items = [told.item() for told in load() if told.part == "work"]
    with open_store(str(tmp_path / "s.db")) as store:
        for item in items:
            poll(store, [item])
        tell_pending(store, rules, {}, kept=datetime(2000, 1, 1, tzinfo=UTC))
        headlines = Headlines(store, lambda: rules)
        stored = list(store.items(Query()))
        assert all(store.telling(one.number, rules.index.tellings) for one in stored)
        kept = [headlines.named(one) for one in stored]
        store.keep_tellings("other rules", {one.number: "" for one in stored}, None)
        assert kept == [headlines.named(one) for one in stored]
    assert sum(map(bool, kept)) > len(items) / 2
