"""Silent edits: which words changed, how much they matter, and where that is told."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import Begun, Desk
from sigtrack.analyze.compare import Edit, TextVersion, edit_of
from sigtrack.analyze.compare.reading import LEAD, LEAVE, MENTION
from sigtrack.app.edits import change_of
from sigtrack.watch.catalogues import load_formulary

FORMULARY = load_formulary()


def edit(before: str, after: str, *, bodies: tuple[str, str] = ("", ""), **named: str) -> Edit:
    """`gone` and `come` are names of the old and of the new title."""
    old = TextVersion(title=before, body=bodies[0], named=named.get("gone", "").split())
    new = TextVersion(title=after, body=bodies[1], named=named.get("come", "").split())
    return edit_of(old, new, FORMULARY)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            "Leaders vow complete denuclearization of the DPRK",
            "Leaders vow complete denuclearization of the Korean Peninsula",
            "softened: DPRK → Korean Peninsula",
        ),
        (
            "두 장관, 완전한 비핵화 재확인",
            "두 장관, 한반도 평화 재확인",
            "softened: 완전한 비핵화 → 한반도 평화",
        ),
        ("両外相、核実験を懸念", "両外相、核実験を強く非難", "hardened: 懸念 → 強く非難"),
    ],
)
def test_words_on_a_ladder_lead(before: str, after: str, says: str) -> None:
    found = edit(before, after)
    assert (found.weight, found.in_title) == (LEAD, True)
    assert change_of(found) == says


def test_a_name_in_the_place_of_another_leads_and_one_that_comes_is_mentioned() -> None:
    both = edit("Cho in Beijing", "Park in Beijing", gone="Cho", come="Park")
    assert (both.weight, change_of(both)) == (LEAD, "Cho → Park")
    more = edit("Cho in Beijing", "Cho, Wang in Beijing", gone="Cho", come="Cho Wang")
    assert (more.weight, change_of(more)) == (MENTION, "new: Wang")


def test_a_sentence_of_the_body_is_told_as_one() -> None:
    said = "They agreed to hold talks every year.", "They took note of talks every year."
    found = edit("Ministers meet", "Ministers meet", bodies=said)
    assert not found.in_title
    assert change_of(found).startswith("softened in the text: ")


def test_a_slip_of_the_pen_is_left() -> None:
    assert edit("Two die in ferry acident", "Two die in ferry accident").weight == LEAVE
    signs = edit("Ministers Meet - At Last", "Ministers meet: at last")
    assert (signs.weight, signs.marks) == (LEAVE, ())


words = st.lists(
    st.sampled_from(
        ["Lee", "DPRK", "not", "agreed", "denuclearization", "비핵화", "懸念", "13", "-"]
    ),
    max_size=6,
).map(" ".join)


@given(words, words, words, words)
def test_the_marks_are_words_of_the_new_title_and_weights_are_known(
    title: str, other: str, body: str, later: str
) -> None:
    found = edit(title, other, bodies=(body, later))
    assert found.weight in (LEAVE, MENTION, LEAD)
    if found.marks:
        assert " … ".join(other[start:end] for start, end in found.marks) == found.come
    back = edit(other, title, bodies=(later, body))
    assert (back.gone == "") == (found.come == "") or not back.in_title or not found.in_title


# --- at a desk


BEFORE = {"title": "Lighthouse: keepers vow complete denuclearization of the DPRK"}
AFTER = {"title": "Lighthouse: keepers vow complete denuclearization of the Korean Peninsula"}


def take(desk: Desk, *items: dict[str, str], now: str) -> None:
    file = desk.home / "items.jsonl"
    given = {"date": "2026-01-13T09:00:00Z", "source": "coast", "id": "a"}
    file.write_text("\n".join(json.dumps(given | one) for one in items), encoding="utf-8")
    desk.run("import", file, SIGTRACK_NOW=now)


@pytest.fixture
def edited(begun: Begun) -> Desk:
    """One edit that matters, one that does not, and one of what nobody watches."""
    return begun(publish)


def publish(desk: Desk) -> None:
    slips = {"id": "b", "title": "Fog at the lighthous, harbour lighthouse"}
    others = {"id": "c", "title": "Fish: complete denuclearization of the DPRK"}
    take(desk, BEFORE, slips, others, now="2026-01-13T10:00:00Z")
    slips = slips | {"title": "Fog at the lighthouse, harbour lighthouse"}
    others = others | {"title": "Fish: complete denuclearization of the Korean Peninsula"}
    take(desk, AFTER, slips, others, now="2026-01-14T11:00:00Z")


def test_edits_shows_what_changed_in_what_is_watched(edited: Desk) -> None:
    done = edited.run("edits", "--since", "7d")
    assert "1 edit of 1 source in the last 7d; 2 other edits not shown without --all" in done.out
    (line,) = [one for one in done.lines if re.search("  [0-9a-f]{6}  ", one)]
    assert "denuclearization of the «Korean Peninsula»" in line
    assert "softened: DPRK → Korean Peninsula" in line
    assert "2026-01-14 11:00" in line


def test_edits_of_all_items_stand_with_the_heaviest_first(edited: Desk) -> None:
    records = edited.run("edits", "--all", "-f", "jsonl").records
    assert [one["weight"] for one in records] == [3, 3, 1]
    (first,) = [one for one in records if one["title"] == AFTER["title"]]
    assert (first["title_before"], first["revision"], first["in"]) == (BEFORE["title"], 2, "title")
    assert (first["gone"], first["come"]) == ("DPRK", "Korean Peninsula")


def test_a_window_is_that_of_the_edit_and_not_of_the_item(edited: Desk) -> None:
    assert len(edited.run("edits", "--since", "2h", "-f", "jsonl").records) == 1
    assert edited.run("edits", "--since", "30m", "-f", "jsonl").records == []
    assert "no edit that matters" in edited.run("edits", "--until", "2026-01-13").out
    edited.run("edits", "--since", "30m", "--exit-code", code=1)
    edited.run("edits", "-w", "buoys", code=2)
    edited.run("digest", "--init")
    assert "no edit that matters" in edited.run("edits", "--since", "last-digest").out


def test_what_the_edit_took_out_of_every_watchlist_is_shown_too(edited: Desk) -> None:
    take(edited, {"title": "Keepers are silent"}, now="2026-01-14T11:30:00Z")
    assert "Keepers are silent" not in edited.run("report").out
    assert "Keepers are silent" in edited.run("edits").out


def test_the_report_marks_a_story_whose_words_were_changed(edited: Desk) -> None:
    out = edited.run("report").out
    assert "edited, softened: DPRK → Korean Peninsula; name gone: North Korea · " in out
    assert out.count("edited") == 1
    assert "edited" not in edited.run("report", SIGTRACK_NOW="2026-01-22T11:00:01Z").out


def test_compare_shows_an_edit_however_small(edited: Desk) -> None:
    ids = {one["title"]: one["item"] for one in edited.run("edits", "--all", "-f", "jsonl").records}
    small = edited.run("compare", ids["Fog at the lighthouse, harbour lighthouse"]).out
    assert "- Fog at the «lighthous», harbour lighthouse" in small
    assert "not shown" not in small
    take(
        edited,
        {"id": "b", "title": "FOG at the lighthouse, harbour lighthouse"},
        now="2026-01-14T11:30:00Z",
    )
    signs = edited.run("compare", ids["Fog at the lighthouse, harbour lighthouse"]).out
    assert "the same except for signs, capitals or spaces" in signs
    assert "FOG at the lighthouse, harbour" in signs
