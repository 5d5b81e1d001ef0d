"""`sigtrack watchlists`: list, show, words, check, test, diff, copy, new, schema."""

from __future__ import annotations

import json
import re

import pytest

from desk import Desk, on_a_terminal
from sigtrack.watch import shipped_watchlists as shipped

SHIPPED = sorted(
    f.name[:-5]
    for f in shipped().iterdir()
    if f.name.endswith(".toml") and "." not in f.name[:-5] and f.name[0] != "_"
)
# How many examples each list has at least: their number may only rise.
EXAMPLES = {
    "joint-statements": 78,
    "language-of-thaw": 181,
    "north-korea": 133,
    "tech": 240,
    "trade": 260,
    "trilateral": 96,
    "visits-venues": 294,
}


def test_the_list_names_the_user_s_and_the_shipped(desk: Desk) -> None:
    found = {r["watchlist"]: r for r in desk.run("watchlists", "list", "-f", "jsonl").records}
    assert found["lighthouses"] == {
        "watchlist": "lighthouses",
        "title": "Lighthouses",
        "signals": 2,
        "terms": 8,
        "from": "yours",
    }
    for id in SHIPPED:
        (desk.watchlists / f"{id}.toml").unlink()
    found = {
        r["watchlist"]: r["from"] for r in desk.run("watchlists", "list", "-f", "jsonl").records
    }
    assert found == {"lighthouses": "yours"} | dict.fromkeys(SHIPPED, "shipped")


def test_show_says_what_is_watched_and_why(desk: Desk) -> None:
    out = desk.run("watchlists", "show", "lighthouses").out
    assert "Where a light is lit, a ship is expected." in out
    assert "lighthouse*, 등대, 灯台, 灯塔" in out
    record = json.loads(desk.run("watchlists", "show", "lighthouses", "-f", "json").out)[0]
    assert [signal["signal"] for signal in record["signals"]] == ["lit", "fog"]
    done = desk.run("watchlists", "show", "nothing", code=2)
    assert "there is no watchlist 'nothing'" in done.err
    assert "lighthouses" in done.err


def test_show_writes_terms_as_the_file_has_them(desk: Desk) -> None:
    desk.watch(
        'format = 1\nid = "w"\nnone = ["quiz"]\n[terms]\nacts = ["#meet", "parley"]\n[[signal]]\nid = "s"\n'
        'any = ["$acts", "to #city"]\nshould_match = ["parley"]\n',
        "w",
    )
    out = desk.run("watchlists", "show", "w").out
    assert "$acts, to #city" in out
    assert "quiz" in out
    assert "parley" not in out
    assert "parley" in desk.run("watchlists", "show", "w", "-v").out
    record = json.loads(desk.run("watchlists", "show", "w", "-f", "json").out)[0]
    assert record["signals"][0]["any"] == ["#meet", "parley", "to #city"]


def test_the_list_of_classes_is_counted(desk: Desk) -> None:
    assert re.search(r"^Classes — \d{3} classes$", desk.run("watchlists", "words").out, re.M)


def test_the_words_of_a_class_are_printed_by_language_with_their_lines(desk: Desk) -> None:
    lines = desk.run("watchlists", "words", "#meet").lines
    assert lines[0] == "#meet"
    assert any(line.startswith("en — ") for line in lines)
    assert any(line.startswith("lang/ko.toml:") and "회담" in line for line in lines)
    told = desk.run("watchlists", "words", "@JP:cities", "-f", "jsonl").records
    (seen,) = [one for one in told if one["word"] == "横浜"]
    assert (seen["class"], seen["language"], seen["file"]) == (
        "@JP:cities",
        "ja, zh",
        "places.toml",
    )
    assert (
        desk.run("watchlists", "words", "meet").out == desk.run("watchlists", "words", "#meet").out
    )
    assert "#tariff" in desk.run("watchlists", "words").out


def test_the_words_of_a_group_are_printed_from_every_file_that_has_one(desk: Desk) -> None:
    desk.watch(
        'format = 1\nid = "w"\n[terms.acts]\nen = ["#meet", "a NEAR/2 b", "visit(s)"]\nzh = ["会谈"]\n[[signal]]\nid = "s"\nany = ["$acts"]\n',
        "w",
    )
    told = desk.run("watchlists", "words", "$acts", "-f", "jsonl").records
    assert [(one["language"], one["word"], one["line"]) for one in told] == [
        ("en", "#meet", 4),
        ("en", "a NEAR/2 b", 4),
        ("en", "visit(s)", 4),
        ("zh", "会谈", 5),
    ]
    assert "_shared.toml" in desk.run("watchlists", "words", "$shared/nations").out


def test_a_class_or_group_that_is_not_there_is_refused_with_the_nearest(desk: Desk) -> None:
    done = desk.run("watchlists", "words", "#meat", code=2)
    assert "there is no class '#meat'" in done.err
    assert "did you mean #meet?" in done.err
    assert (
        "there is no group '$nothing-like-it'"
        in desk.run("watchlists", "words", "$nothing-like-it", code=2).err
    )


def test_a_users_word_is_matched_shown_and_printed_as_one_of_its_class(desk: Desk) -> None:
    (desk.config / "places.toml").write_text(
        '[[place]]\ncountry = "JP"\nsite = "Beppu"\nkind = "city"\nnames = "Beppu, 別府"\n', "utf-8"
    )
    desk.watch('format = 1\nid = "w"\n[[signal]]\nid = "s"\nany = ["to #city"]\n', "w")
    out = desk.run("watchlists", "test", "A trip to Beppu").out
    assert "to #city (Beppu is #city)" in out
    assert "places.toml:5" in out
    assert "Beppu" in desk.run("watchlists", "words", "@JP:cities").out


def test_a_mistake_in_a_users_file_of_words_is_told_by_check(desk: Desk) -> None:
    file = desk.config / "places.toml"
    file.write_text('[[place]]\ncountry = "JP"\nsite = "Beppu"\nkind = "citty"\nnames = "Beppu"\n')
    done = desk.run("watchlists", "check", code=1)
    assert f'{file}:4: "citty" cannot be kind here (did you mean city?)' in done.out


def test_check_passes_and_fails_with_line_and_cure(desk: Desk) -> None:
    assert "in force" in desk.run("watchlists", "check").out
    file = desk.watch('format = 1\nid = "broken"\n[[signal]]\nid = "x"\nanny = ["fog"]\n', "broken")
    done = desk.run("watchlists", "check", code=1)
    assert f"{file}:5: " in done.out
    assert "did you mean any" in done.out
    problems = desk.run("watchlists", "check", "-f", "jsonl", code=1).records
    assert {(p["file"], p["severity"]) for p in problems if p["severity"] == "error"} == {
        (str(file), "error")
    }
    assert 5 in {p["line"] for p in problems}


@pytest.mark.slow
def test_advice_on_shipped_watchlists_is_for_those_who_ask(desk: Desk) -> None:
    for id in SHIPPED:
        (desk.watchlists / f"{id}.toml").unlink()
    desk.watch('format = 1\nid = "w"\n[[signal]]\nid = "x"\nany = ["韓"]\n', "w")  # has a warning
    desk.watch("format = 1\nid = ", "broken")
    told = desk.run("watchlists", "check", "-f", "jsonl", code=1).records
    advised = {problem["file"] for problem in told if problem["severity"] == "warning"}
    assert advised == {str(desk.watchlists / "w.toml")}


@pytest.mark.slow
def test_a_copy_is_advised_on_what_was_changed_in_it_and_no_more(stocked: Desk) -> None:
    desk = stocked
    (desk.watchlists / "tech.toml").unlink()
    desk.run("watchlists", "copy", "tech")
    copy = desk.watchlists / "tech.toml"

    def told() -> list[str]:
        problems = desk.run("watchlists", "check", "-f", "jsonl").records
        return [one["message"] for one in problems if one["file"] == str(copy)]

    assert told() == []
    assert "warning" not in desk.run("watchlists", "test", "tech").out
    mine = '[[signal]]\nid = "mine"\ntitle = "Mine"\nany = ["홰"]\n'
    copy.write_text(f"{copy.read_text('utf-8')}\n{mine}", "utf-8")
    assert told() == ["홰 is one syllable, which is in too many words"]
    assert "홰 is one syllable" in desk.run("watchlists", "test", "tech").out


@pytest.mark.slow
def test_every_shipped_watchlist_can_be_copied_and_is_then_the_user_s(desk: Desk) -> None:
    for id in SHIPPED:
        (desk.watchlists / f"{id}.toml").unlink()
        desk.run("watchlists", "copy", id)
    desk.run("watchlists", "check")
    listed = desk.run("watchlists", "list", "-f", "jsonl")
    assert {r["from"] for r in listed.records} == {"yours"}
    assert listed.err == ""


@pytest.mark.slow
def test_a_file_with_the_id_of_a_shipped_list_changes_no_command(stocked: Desk) -> None:
    desk = stocked
    id = SHIPPED[0]
    (desk.watchlists / f"{id}.toml").unlink()
    desk.run("rematch")
    titles = {
        r["watchlist"]: r["title"] for r in desk.run("watchlists", "list", "-f", "jsonl").records
    }
    file = desk.watch(
        f'format = 1\nid = "{id}"\ntitle = "Mine"\n[[signal]]\nid = "s"\nany = ["light*"]\n', "x"
    )
    error = f'{file}:2: the id "{id}" is that of a shipped watchlist'
    assert error in desk.run("rematch", code=78).err
    assert error in desk.run("fetch", code=78).err
    assert error in desk.run("report").err
    assert error in desk.run("doctor", "-q", code=1).out
    assert error in desk.run("watchlists", "check", code=1).out
    done = desk.run("watchlists", "list", "-f", "jsonl")
    assert error in done.err
    assert {r["watchlist"]: r["title"] for r in done.records} == titles
    assert {
        r["watchlist"] for r in desk.run("report", "--since", "all", "-f", "jsonl").records
    } == {"lighthouses"}
    assert "is that of a shipped watchlist" in desk.run("watchlists", "test", file).out
    assert "choose another id" in desk.run("watchlists", "new", id, code=2).err
    desk.watch(file.read_text().replace("title", "replaces = true\ntitle"), "x")
    assert desk.run("rematch").err == ""
    found = desk.run("report", "--since", "all")
    assert "Mine" in found.out and found.err == ""


@pytest.mark.slow
def test_a_list_whose_examples_fail_is_out_of_force_for_every_command(stocked: Desk) -> None:
    desk = stocked
    desk.run("rematch")
    good = (desk.watchlists / "lighthouses.toml").read_text(encoding="utf-8")
    bad = good.replace('title = "Lighthouses"', 'title = "Ships"').replace(
        'any = ["fog"]', 'any = ["fog", "fish"]\nshould_match = ["Mist over the lighthouse"]'
    )
    file = desk.watch(bad)
    for command in (["rematch"], ["report", "--since", "all"], ["watchlists", "list"]):
        done = desk.run(*command)
        assert f"{file}:17: fog: 'Mist over the lighthouse' should match and does not" in done.err
        assert "the last good version" in done.err
        assert "Ships" not in done.out
    assert "1 of 1 example fail" in desk.run("watchlists", "test", "lighthouses", code=1).out
    desk.watch("format = 1\nid = ")
    assert "Mist" not in desk.run("watchlists", "list").err
    (desk.watchlists / "lighthouses.toml").unlink()
    file = desk.watch(bad.replace('"lighthouses"', '"new"'), "new")
    assert "Mist over the lighthouse" in desk.run("rematch", code=78).err
    assert "1 of 1 example fail" in desk.run("watchlists", "test", "new", code=1).out


def test_an_example_that_fails_is_an_error_of_its_line(desk: Desk) -> None:
    text = (
        'format = 1\nid = "fog"\n[[signal]]\nid = "x"\nany = ["fog"]\n'
        'should_match = ["Mist over the harbour"]\nshould_not_match = ["Fog over the harbour"]\n'
    )
    file = desk.watch(text, "fog")
    done = desk.run("watchlists", "check", code=1)
    assert f"{file}:6: x: 'Mist over the harbour' should match and does not" in done.out
    assert f"{file}:7: x: 'Fog over the harbour' should not match and does" in done.out


def test_a_text_is_tried_on_every_signal(desk: Desk) -> None:
    done = desk.run("watchlists", "test", "Fog hides the lighthouse")
    assert "«Fog» hides the «lighthouse»" in done.out
    assert "lighthouses / lit" in done.out
    assert "lighthouses.toml:10" in done.out
    verdicts = desk.run(
        "watchlists", "test", "등대가 켜졌다", "--lang", "ko", "-f", "jsonl"
    ).records
    assert {v["signal"] for v in verdicts if v["hit"] and v["watchlist"] == "lighthouses"} == {
        "lit"
    }
    nothing = desk.run("watchlists", "test", "Fish is cheap", "--all")
    assert "no signal hits this text" in nothing.out
    assert "lighthouses / fog" in nothing.out


def test_the_line_of_a_watchlist_is_whole_on_a_narrow_terminal(desk: Desk) -> None:
    """The name of a file without the number of its line helps nobody."""
    text = "Fog hides the lighthouse"
    for columns in ("60", "80", "120"):
        out = on_a_terminal(desk, "watchlists", "test", text, COLUMNS=columns, LINES="50")
        assert "lighthouses.toml:10" in out


def test_a_text_longer_than_a_file_name_can_be_tried(desk: Desk) -> None:
    for text in ("Fog hides the lighthouse. " * 20, "등대가 켜졌다. " * 200, "fog\nlighthouse"):
        assert "lighthouses" in desk.run("watchlists", "test", text.strip()).out


def test_an_edited_file_is_tried_on_the_stored_items_before_it_is_in_force(stocked: Desk) -> None:
    edit = stocked.home / "edit.toml"
    text = (stocked.watchlists / "lighthouses.toml").read_text(encoding="utf-8")
    edit.write_text(text.replace('"lighthouse*", "등대"', '"fish", "등대"'), encoding="utf-8")
    (record,) = stocked.run("watchlists", "test", edit, "-f", "jsonl").records
    assert (record["watchlist"], record["items"]) == ("lighthouses", 8)
    assert (len(record["gained"]), len(record["lost"])) == (1, 2)
    out = stocked.run("watchlists", "test", edit).out
    assert "Hits that the edit brings" in out
    assert "Undated: «fish» is cheap" in out
    assert "nothing to match" in stocked.run("rematch").out  # nothing was changed by trying
    same = stocked.run("watchlists", "test", "lighthouses").out
    assert "the edit changes no hit" in same


def test_a_list_that_never_loaded_is_not_tried_as_a_headline(desk: Desk) -> None:
    file = desk.watch('format = 1\nid = "buoys"\n[[signal]]\nid = "x"\nany = ["(fog"]\n', "buoys")
    assert f"{file}:5: " in desk.run("watchlists", "test", "buoys", code=78).err
    assert "did you mean buoys" in desk.run("watchlists", "test", "buoy", code=2).err
    assert "no watchlist sea-marks" in desk.run("watchlists", "test", "sea-marks", code=2).err


def test_a_broken_edit_is_said_with_its_line(stocked: Desk) -> None:
    edit = stocked.home / "edit.toml"
    edit.write_text('format = 1\nid = "lighthouses"\n[[signal]]\nid = "x"\nany = ["fog]\n')
    assert f"{edit}:5: " in stocked.run("watchlists", "test", edit, code=78).err
    there = stocked.watchlists / "edit.toml"
    edit.rename(there)
    assert stocked.run("watchlists", "test", there, code=78).err.count(f"{there}:5: ") == 1


def test_a_shipped_watchlist_is_copied_changed_and_compared(desk: Desk) -> None:
    if not SHIPPED:
        pytest.skip("no watchlist is shipped yet")
    id = SHIPPED[0]
    file = desk.watchlists / f"{id}.toml"
    file.unlink()
    assert f"written: {file}" in desk.run("watchlists", "copy", id).out
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (
        lines.pop(lines.index("replaces = true"))
        and [*lines] == (shipped() / f"{id}.toml").read_text(encoding="utf-8").splitlines()
    )
    (listed,) = [
        r for r in desk.run("watchlists", "list", "-f", "jsonl").records if r["watchlist"] == id
    ]
    assert listed["from"] == "yours"
    assert "exists already" in desk.run("watchlists", "copy", id, code=73).err
    assert desk.run("watchlists", "diff", id, "-f", "jsonl").records == []
    with file.open("a", encoding="utf-8") as more:
        more.write('\n[[signal]]\nid = "own"\nany = ["lighthouse*"]\n')
    changes = desk.run("watchlists", "diff", id, "-f", "jsonl").records
    assert {"change": "+", "term": "lighthouse*", "in": "any", "signal": f"{id} / own"} in changes
    assert {c["change"] for c in changes} == {"+"}


def test_a_copy_that_spells_out_what_the_shipped_list_has_in_brackets_does_not_differ(
    desk: Desk,
) -> None:
    file = desk.watchlists / "tech.toml"
    file.unlink(missing_ok=True)
    desk.run("watchlists", "copy", "tech")
    text = file.read_text("utf-8")
    short = '"title:[上/列]黑名單"'
    assert short in text
    file.write_text(text.replace(short, '"title:列黑名单", "title:上黑名單"'), "utf-8")
    assert desk.run("watchlists", "diff", "tech", "-f", "jsonl").records == []
    file.write_text(text.replace(short, f'{short}, "lighthouse(s)"'), "utf-8")
    changes = desk.run("watchlists", "diff", "tech", "-f", "jsonl").records
    assert [(one["change"], one["term"]) for one in changes] == [
        ("+", "lighthouse"),
        ("+", "lighthouses"),
    ]


def test_what_is_not_shipped_cannot_be_copied(desk: Desk) -> None:
    for id in ("nothing", "_shared", "../config"):
        done = desk.run("watchlists", "copy", id, code=2)
        assert "no shipped watchlist is called" in done.err
        assert all(name in done.err for name in SHIPPED)


def test_a_new_watchlist_passes_its_own_check_and_is_matched(desk: Desk) -> None:
    out = desk.run("watchlists", "new", "rare-earths", "--title", "Rare earths").out
    file = desk.watchlists / "rare-earths.toml"
    assert f"written: {file}" in out
    desk.run("watchlists", "check")
    assert 'title = "Rare earths"' in " ".join(file.read_text(encoding="utf-8").split())
    assert "exists already" in desk.run("watchlists", "new", "rare-earths", code=73).err
    assert "cannot be the id" in desk.run("watchlists", "new", "Rare Earths!", code=2).err


def test_a_title_with_quotes_makes_no_broken_file(desk: Desk) -> None:
    desk.run("watchlists", "new", "mine", "--title", 'a "quoted" \\ title\nin two lines')
    desk.run("watchlists", "check")


def test_the_schema_is_json(desk: Desk) -> None:
    schema = json.loads(desk.run("watchlists", "schema").out)
    assert "signal" in schema["properties"]


def test_a_user_s_copy_of_a_shipped_id_takes_its_place(desk: Desk) -> None:
    if not SHIPPED:
        pytest.skip("no watchlist is shipped yet")
    desk.watch(
        f'format = 1\nid = "{SHIPPED[0]}"\nreplaces = true\n[[signal]]\nid = "s"\nany = ["fish"]\n',
        SHIPPED[0],
    )
    verdicts = desk.run("watchlists", "test", "Fish is cheap", "-f", "jsonl").records
    assert [v["signal"] for v in verdicts if v["watchlist"] == SHIPPED[0]] == ["s"]


RULES = 'format = 1\nid = "w"\n[[signal]]\nid = "s"\nany = ["fog"]\nshould_match = ["fog"]\n'


def examples_of(desk: Desk, text: str) -> str:
    file = desk.watchlists / "w.examples.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_examples_in_a_file_beside_the_watchlist_are_tried_with_its_own(stocked: Desk) -> None:
    desk = stocked
    desk.watch(RULES, "w")
    file = examples_of(desk, 'format = 1\n[s]\nshould_match = ["Fog lifts",\n"mist"]\n')
    done = desk.run("watchlists", "check", code=1)
    assert f"{file}:4: s: 'mist' should match and does not" in done.out
    tried = desk.run("watchlists", "test", str(desk.watchlists / "w.toml"), code=1).out
    assert "'mist' should match and does not" in tried
    examples_of(
        desk, 'format = 1\n[s]\nshould_match = ["Fog lifts"]\nshould_not_match = ["mist"]\n'
    )
    assert "nothing wrong" in desk.run("watchlists", "check").out
    shown = json.loads(desk.run("watchlists", "show", "w", "-f", "json").out)[0]["signals"][0]
    assert shown["should_match"] == ["fog", "Fog lifts"]


def test_a_list_whose_examples_beside_it_fail_is_out_of_force_as_with_its_own(desk: Desk) -> None:
    desk.watch(RULES, "w")
    assert "nothing wrong" in desk.run("watchlists", "check").out
    examples_of(desk, 'format = 1\n[s]\nshould_match = ["mist"]\n')
    done = desk.run("fetch")
    assert "w.examples.toml:3: s: 'mist' should match and does not" in done.err
    assert "the last good version" in done.err and "stays in force" in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = 1\n[t]\n", ":2: the watchlist has no signal t (a heading is the id"),
        ("format = 1\ns = 3\n", ":2: s holds no examples (write [s]"),
        ("format = 2\n", ":1: this format is unknown (write format = 1)"),
        ('format = 1\n[s]\nshould_mach = ["a"]\n', ":3: there is no key should_mach here (did you"),
        ("format = 1\n[s]\nshould_match = 3\n", ":3: should_match is a number here"),
        ("format = 1\n[s\n", ":2: "),
    ],
)
def test_a_mistake_among_the_examples_is_named_and_changes_no_rule(
    desk: Desk, text: str, said: str
) -> None:
    desk.watch(RULES, "w")
    file = examples_of(desk, text)
    assert f"{file}{said}" in desk.run("watchlists", "check", code=1).out
    assert "lit again" not in desk.run("watchlists", "test", "fog").err
    assert "w / s" in desk.run("watchlists", "test", "fog").out


def test_examples_of_no_watchlist_are_told(desk: Desk) -> None:
    file = examples_of(desk, "format = 1\n")
    assert f"{file}: there is no w.toml beside it" in desk.run("watchlists", "check", code=1).out


def test_a_copy_takes_the_examples_along_and_writes_over_neither(desk: Desk) -> None:
    (desk.watchlists / "trilateral.toml").unlink()
    desk.run("watchlists", "copy", "trilateral")
    own = desk.watchlists / "trilateral.examples.toml"
    assert own.read_text("utf-8") == (shipped() / own.name).read_text("utf-8")
    assert "nothing wrong" in desk.run("watchlists", "check").out
    (desk.watchlists / "trilateral.toml").unlink()
    done = desk.run("watchlists", "copy", "trilateral", code=73)
    assert "trilateral.examples.toml exists already" in done.err
    assert not (desk.watchlists / "trilateral.toml").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("id", "examples"), EXAMPLES.items())
def test_a_shipped_list_can_be_read_by_a_person(stocked: Desk, id: str, examples: int) -> None:
    (stocked.watchlists / f"{id}.toml").unlink()
    lines = (shipped() / f"{id}.toml").read_text("utf-8").split("\n")[:-1]
    assert len(lines) <= 250
    assert max(map(len, lines)) <= 120
    shown = on_a_terminal(stocked, "watchlists", "show", id, COLUMNS="100")
    assert len(shown.rstrip().split("\n")) <= 50
    record = json.loads(stocked.run("watchlists", "show", id, "-f", "json").out)[0]
    found = [
        example
        for signal in record["signals"]
        for example in (*signal["should_match"], *signal["should_not_match"])
    ]
    assert len(found) >= examples


def test_show_puts_what_else_a_signal_asks_into_one_line(desk: Desk) -> None:
    desk.watch(
        'format = 1\nid = "w"\n[[signal]]\nid = "s"\nany = ["summit", "talks"]\n'
        'all = [["@KR", "@JP"], ["Nara"]]\nnone = ["quiz"]\nunless = ["minister"]\n',
        "w",
    )
    out = " ".join(desk.run("watchlists", "show", "w").out.split())
    assert "any of summit, talks and one of @KR, @JP; one of Nara; 2 more" in out
    whole = " ".join(desk.run("watchlists", "show", "w", "-v").out.split())
    assert "and one of @KR, @JP and one of Nara none quiz unless minister" in whole
