"""`sigtrack show` explains an item; `sigtrack search` finds items in four languages."""

from __future__ import annotations

import json

import pytest

from desk import Desk, on_a_terminal
from sigtrack.app.rules import shipped_rules


def place_of(name: str, word: str) -> str:
    return str(shipped_rules().classes[name].places()[word])


def id_of(desk: Desk, word: str) -> str:
    (record,) = desk.run("search", word, "-f", "jsonl").records
    return str(record["item"])


# --- show


def test_show_cuts_nothing_of_a_long_summary_on_a_narrow_terminal(desk: Desk) -> None:
    file = desk.home / "items.jsonl"
    summary = f"{'The keeper of the old light tells his story. ' * 12}In the end it burns."
    file.write_text(json.dumps({"title": "A lighthouse is lit", "summary": summary}))
    desk.run("import", file, "--source", "coast")
    shown = on_a_terminal(
        desk, "show", id_of(desk, "lighthouse"), COLUMNS="60", NO_COLOR="1", TERM="dumb"
    )
    assert "In the end it burns." in " ".join(shown.split())


def test_an_unknown_id_is_refused_before_any_watchlist_is_read(stocked: Desk) -> None:
    stocked.watch("format = 1\nid = ", "broken")
    done = stocked.run("show", "000000", code=65)
    assert "no item has an id that begins with" in done.err
    assert "broken.toml" not in done.err


def test_show_explains_each_word_with_its_term_and_the_line_of_the_file(stocked: Desk) -> None:
    done = stocked.run("show", id_of(stocked, "stood dark"))
    assert "A «lighthouse» is lit again" in done.out
    assert "lighthouses / lit — A lighthouse is lit; priority high" in done.out
    rows = [line.split() for line in done.lines if "lighthouses.toml:10" in line]
    assert rows == [
        ["lighthouse", "title", "lighthouse*", "lighthouses.toml:10"],
        ["lighthouse", "summary", "lighthouse*", "lighthouses.toml:10"],
    ]


def test_show_says_why_another_signal_did_not_match(stocked: Desk) -> None:
    done = stocked.run("show", id_of(stocked, "stood dark"), "--all")
    (why,) = [line for line in done.lines if line.startswith("lighthouses / fog")]
    assert why.split("  ")[-1].strip() == "none of its words"
    keeper = stocked.run("show", id_of(stocked, "keeper"))
    assert "no signal hits this item" in keeper.out
    assert "its words are part of an ignored phrase" in keeper.out


def test_context_alone_is_no_near_miss(stocked: Desk) -> None:
    done = stocked.run("show", id_of(stocked, "stood dark"))
    assert "lighthouses / fog" not in done.out  # only the harbour of its `all` stands there


def test_show_all_lists_signals_of_which_no_word_stands_there(stocked: Desk) -> None:
    id = id_of(stocked, "fish")
    assert "lighthouses / lit" not in stocked.run("show", id).out
    assert "lighthouses / lit" in stocked.run("show", id, "--all").out


def test_show_for_machines_has_hits_with_lines_and_the_reasons_of_the_others(
    stocked: Desk,
) -> None:
    record = json.loads(stocked.run("show", id_of(stocked, "harbour"), "-f", "json").out)[0]
    assert record["uid"] == "b"
    (hit,) = record["hits"]
    assert (hit["watchlist"], hit["signal"]) == ("lighthouses", "fog")
    assert [span["text"] for span in hit["spans"]] == ["Fog", "harbour"]
    assert all(
        line.endswith(("lighthouses.toml:16", "lighthouses.toml:17")) for line in hit["lines"]
    )
    others = {(other["watchlist"], other["signal"]): other["reason"] for other in record["not"]}
    assert others["lighthouses", "lit"] == "none of its words"


def test_show_tells_the_word_of_a_class_with_the_line_of_its_file(stocked: Desk) -> None:
    rules = '[[signal]]\nid = "met"\nany = ["title:#meet", "to #city", "#leader #meet"]\n'
    stocked.watch(f'format = 1\nid = "lighthouses"\n{rules}')
    file = stocked.home / "places.jsonl"
    file.write_text(
        json.dumps({"uid": "m", "title": "Back to Yokohama, where president met keeper"}) + "\n"
    )
    stocked.run("import", file, "--source", "coast")
    id = id_of(stocked, "Yokohama")
    rows = [line for line in stocked.run("show", id).lines if "lighthouses.toml:5" in line]
    assert [row.split("  ")[0] for row in rows] == ["to Yokohama", "president met", "met"]
    assert "to #city (Yokohama is #city)" in rows[0]
    assert place_of("#city", "Yokohama") in rows[0]
    assert "#leader #meet (president is #leader, met is #meet)" in rows[1]
    assert place_of("#meet", "met") in rows[2]
    (hit,) = json.loads(stocked.run("show", id, "-f", "json").out)[0]["hits"]
    told = [span["classes"] for span in hit["spans"]]
    assert [(one["class"], one["word"]) for one in told[0]] == [("#city", "Yokohama")]
    assert f"{told[0][0]['file']}:{told[0][0]['line']}" == place_of("#city", "Yokohama")
    reported = stocked.run("report", "-w", "lighthouses", "-f", "json", "--since", "all").out
    assert [span["classes"] for span in json.loads(reported)[0]["spans"]] == told


def test_show_takes_the_short_id_of_a_table_and_refuses_what_is_not_there(stocked: Desk) -> None:
    id = id_of(stocked, "harbour")
    assert id in stocked.run("show", id[:6]).out
    assert "an id is 3 to 12 characters" in stocked.run("show", id[:2], code=65).err
    assert "ffffffffffff" in stocked.run("show", "ffffffffffff", code=65).err


def test_show_works_with_the_watchlists_as_they_are_now(stocked: Desk) -> None:
    stocked.watch('format = 1\nid = "lighthouses"\n[[signal]]\nid = "fish"\nany = ["fish"]\n')
    done = stocked.run("show", id_of(stocked, "fish"))
    assert "lighthouses / fish" in done.out
    assert "lighthouses.toml:5" in done.out


def test_show_lists_the_revisions_of_an_edited_item(stocked: Desk) -> None:
    edited = stocked.home / "edited.jsonl"
    edited.write_text('{"id": "b", "source": "coast", "title": "Fog and rain over the harbour"}\n')
    stocked.run("import", edited, SIGTRACK_NOW="2026-01-14T13:00:00Z")
    done = stocked.run("show", id_of(stocked, "harbour"))
    assert "Revisions — 2 revisions" in done.out
    assert [line.split() for line in done.lines if line.strip()[:2] in ("1 ", "2 ")] == [
        ["1", "2026-01-14", "12:00", "Fog", "over", "the", "harbour"],
        ["2", "2026-01-14", "13:00", "Fog", "and", "rain", "over", "the", "harbour"],
    ]


def test_show_names_author_and_categories_and_search_finds_by_them(desk: Desk) -> None:
    file = desk.home / "items.jsonl"
    row = {"title": "A lighthouse is lit", "author": "Kim Min-ji", "tags": ["Coasts", "항만"]}
    file.write_text(json.dumps(row) + "\n" + '{"title": "Kim Min-ji speaks"}\n')
    desk.run("import", file, "--source", "coast")
    (found,) = desk.run("search", "author:kim", "category:항만", "-f", "jsonl").records
    assert found["title"] == "A lighthouse is lit"
    done = desk.run("show", found["item"])
    cells = [line.split(maxsplit=1) for line in done.lines]
    assert ["author", "Kim Min-ji"] in cells
    assert ["categories", "Coasts; 항만"] in cells
    record = json.loads(desk.run("show", found["item"], "-f", "json").out)[0]
    assert (record["author"], record["categories"]) == ("Kim Min-ji", ["Coasts", "항만"])
    other = desk.run("show", id_of(desk, "speaks"))
    assert not any(line.startswith(("author", "categories")) for line in other.lines)


def test_a_watchlist_may_ask_who_wrote_an_item_and_show_says_so(desk: Desk) -> None:
    desk.watch(
        'format = 1\nid = "desk"\n[[signal]]\nid = "kim"\nany = ["author:Kim"]\n'
        'all = [["category:coasts", "fish"]]\nin = "title"\n'
    )
    file = desk.home / "items.jsonl"
    row = {"title": "A light is lit", "author": "Kim Min-ji", "tags": ["Ships", "Coasts"]}
    file.write_text(json.dumps(row) + "\n" + '{"title": "Kim on coasts and fish"}\n')
    assert "1 new hit" in desk.run("import", file, "--source", "coast").out
    (found,) = desk.run("report", "-f", "jsonl").records
    assert [(s["field"], s["text"]) for s in found["spans"]] == [
        ("author", "Kim"),
        ("category", "Coasts"),
    ]
    done = desk.run("show", found["item"])
    cells = [line.split() for line in done.lines]
    assert ["author", "«Kim»", "Min-ji"] in cells
    assert ["categories", "Ships;", "«Coasts»"] in cells
    assert ["Kim", "author", "author:Kim", "lighthouses.toml:5"] in cells


# --- search


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["lighthouse"], "agf"),
        (["LIGHTHOUSE", "lit"], "a"),
        (["lighthouse lit"], "a"),
        (["등대"], "c"),
        (["불", "밝혀"], "c"),
        (["灯台"], "d"),
        (["岬の灯台"], "d"),
        (["灯塔"], "e"),
        (["点亮"], "e"),
        (["灯"], "de"),
        (["submarine"], ""),
    ],
)
def test_items_are_found_by_their_words_in_four_languages(
    stocked: Desk, words: list[str], found: str
) -> None:
    records = stocked.run("search", *words, "-f", "jsonl").records
    assert "".join(r["uid"] for r in records) == found


def test_a_search_can_be_narrowed_and_limited(stocked: Desk) -> None:
    def uids(*arguments: str) -> list[str]:
        return [r["uid"] for r in stocked.run("search", *arguments, "-f", "jsonl").records]

    assert uids("lighthouse", "--since", "7d") == ["a", "g"]
    assert uids("lighthouse", "--until", "2026-01-03") == ["f"]
    assert uids("灯", "--lang", "zh") == ["e"]
    assert uids("灯", "--source", "kaigan") == ["d"]
    assert uids("lighthouse", "-n", "1") == ["a"]
    assert sorted(uids("lighthouse", "--rank")) == ["a", "f", "g"]


def test_a_search_for_people_is_a_table_and_says_when_nothing_was_found(stocked: Desk) -> None:
    done = stocked.run("search", "lighthouse")
    assert "lighthouse — 3 items" in done.out
    assert "no item holds 'submarine'" in stocked.run("search", "submarine").out
    stocked.run("search", "submarine", "--exit-code", code=1)
    stocked.run("search", "lighthouse", "--exit-code")


def test_a_search_that_cannot_be_read_is_refused_with_its_place(stocked: Desk) -> None:
    refused = stocked.run("search", "lighthouse NEAR fog", code=2)
    assert "character 12: NEAR cannot be read" in refused.err
    assert "write NEAR/5" in refused.err
    assert "did you mean @KP?" in stocked.run("search", "@KPP", code=2).err
    assert "did you mean #tariff?" in stocked.run("search", "#tarif", code=2).err


def test_found_words_are_marked_and_names_stand_for_their_spellings(stocked: Desk) -> None:
    assert "A «lighthouse» is lit again" in stocked.run("search", "LIGHTHOUSE").out
    file = stocked.home / "more.jsonl"
    file.write_text(
        '{"title": "North Korea meets Seoul"}\n{"title": "They told us all"}\n'
        '{"title": "Tariffs again"}\n{"title": "朝美會談"}\n'
    )
    stocked.run("import", file, "--source", "wire")
    assert "«North Korea» meets «Seoul»" in stocked.run("search", "@KP NEAR/3 @KR").out
    assert "«Tariffs» again" in stocked.run("search", "#tariffs OR @US").out
    assert "They told us" not in stocked.run("search", "@US OR fog").out
    assert "朝美«會談»" in stocked.run("search", "会谈").out
