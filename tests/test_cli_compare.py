"""`sigtrack compare` and `sigtrack statements`: from a name to what an analyst leads with."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from desk import Desk, Done, on_a_terminal
from feed_server import Site
from sigtrack.store import open_store

OLD = """Joint Announcement of the Harbour Powers

The leaders of the Harbour Powers met in Mokpo on 3 May 2025. They expressed serious concern over the nuclear and missile development of the DPRK. They emphasized that peace and stability across the Taiwan Strait is indispensable to the security of the international community.

They reaffirmed the importance of trilateral security cooperation with the United States. They agreed to remain in close contact.
"""
NEW = """Joint Announcement of the Harbour Powers

The leaders of the Harbour Powers met in Nara on 13 January 2026. They expressed their gratitude to the people of Nara for the warm welcome. They expressed concern over the nuclear and missile development of the DPRK.

They reaffirmed the importance of trilateral cooperation with the United States. They agreed to remain in close contact.
"""
LATEST = NEW.replace("13 January 2026", "1 June 2026").replace("They agreed to remain in close contact.", "They agreed to meet again.")  # fmt: skip
SERIES = "harbour-leaders"


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Path, Path]:
    """Two statements, in files."""
    return written(tmp_path)


def written(folder: Path) -> tuple[Path, Path]:
    old, new = folder / "old.txt", folder / "new.txt"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(NEW, encoding="utf-8")
    return old, new


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose archive has both, made once."""
    desk = Desk(tmp_path_factory.mktemp("pair") / "home")
    for path, day in zip(written(desk.home), ("2025-05-03", "2026-01-13"), strict=True):
        desk.run("statements", "add", path, "--series", SERIES, "--date", day)
    return desk.db


@pytest.fixture
def archive(desk: Desk, pair: Path) -> Desk:
    """A desk with that database."""
    return desk.take(pair)


def compared(done: Done) -> dict[str, list[dict[str, object]]]:
    (record,) = json.loads(done.out)
    assert isinstance(record, dict)
    return record


def kinds(done: Done) -> dict[str, int]:
    found = [change["kind"] for change in compared(done)["changes"]]
    return {str(kind): found.count(kind) for kind in sorted(set(map(str, found)))}


def of_site(site: Site, path: str, text: str) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n\n")[1:])
    menu = "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(30))
    page = f"<html lang='en'><head><title>A page</title></head><body><nav><ul>{menu}</ul></nav><main><article><h1>Joint Announcement of the Harbour Powers</h1>{paragraphs}</article></main><footer>All rights reserved</footer></body></html>"
    return site.serve(path, page.encode(), Content_Type="text/html; charset=utf-8")


# --- what is compared


def test_two_files_are_told_by_what_leads_and_need_no_database(
    desk: Desk, texts: tuple[Path, Path]
) -> None:
    out = desk.run("compare", *texts).out
    lead = out.partition("Lead with")[2].partition("Mention")[0]
    assert "- dropped, softened · taiwan\n  - They emphasized that peace and stability" in lead
    assert "expressed «serious» concern over" in out
    assert "serious concern → concern" in out
    assert out.index("Lead with") < out.index("Formulas —") < out.index("Ladders —")
    assert re.search(r"^dropped +1 +0 +taiwan +peace and stability across", out, re.M)
    assert re.search(
        r"^old.txt → new.txt: 2 of 6 sentences kept, \d reworded, 1 dropped, 1 added", out, re.M
    )
    assert not desk.db.exists()


def test_the_machine_format_is_as_it_is_promised(desk: Desk, texts: tuple[Path, Path]) -> None:
    record = compared(desk.run("compare", *texts, "-f", "json"))
    assert list(record) == ["changes", "formulas"]
    assert {tuple(change) for change in record["changes"]} == {
        ("kind", "before", "after", "similarity", "topic", "direction", "weight", "names")
    }
    assert {tuple(formula) for formula in record["formulas"]} == {
        (
            *("id", "words_before", "words_after", "before", "after", "change"),
            *("rung_before", "rung_after"),
        )
    }
    (ladder,) = (one for one in record["formulas"] if one["id"] == "concern")
    assert (ladder["words_before"], ladder["words_after"]) == ("serious concern", "concern")
    assert {change["weight"] for change in record["changes"]} <= {1, 2, 3}
    (dropped,) = (change for change in record["changes"] if change["kind"] == "dropped")
    assert (dropped["after"], dropped["direction"], dropped["weight"]) == (None, "softened", 3)


def test_a_word_of_force_that_the_user_adds_counts_and_a_mistake_is_told(
    desk: Desk, texts: tuple[Path, Path]
) -> None:
    old, new = texts
    for path, how in ((old, "the utter collapse of"), (new, "much in")):
        path.write_text(
            f"{OLD} They noted {how} the talks on fisheries in the Yellow Sea.", "utf-8"
        )

    def turned() -> list[object]:
        changes = compared(desk.run("compare", old, new, "--format", "json"))["changes"]
        return [change["direction"] for change in changes if change["kind"] == "reworded"]

    before = turned()
    words = desk.config / "lang" / "en.toml"
    words.parent.mkdir(parents=True)
    words.write_text("[criticism]\n7 = 'collapse'\n", "utf-8")
    assert before != turned() == ["softened"]
    words.write_text("[criticisms]\n7 = 'collapse'\n", "utf-8")
    told = desk.run("compare", old, new).err
    assert "there is no section criticisms here" in told and "did you mean criticism?" in told


def test_a_spreadsheet_has_a_row_for_each_change(desk: Desk, texts: tuple[Path, Path]) -> None:
    lines = desk.run("compare", *texts, "-f", "csv").lines
    assert lines[0] == "kind,before,after,similarity,topic,direction,weight,names"
    assert len(lines) - 1 == len(compared(desk.run("compare", *texts, "-f", "json"))["changes"])


def test_the_whole_draft_goes_in_the_order_of_the_text(
    desk: Desk, texts: tuple[Path, Path]
) -> None:
    out = desk.run("compare", *texts, "--full").out
    places = [
        *("    Joint Announcement", "+ They expressed concern", "- They emphasized"),
        *("the importance of", "    They agreed to remain"),
    ]
    found = [out.index(place) for place in places]
    assert found == sorted(found)


def test_light_changes_are_counted_and_shown_when_asked_for(
    desk: Desk, texts: tuple[Path, Path]
) -> None:
    out = desk.run("compare", *texts).out
    assert re.search(r"\d changes? not shown: --limit 0 shows all", out)
    assert "warm welcome" not in out
    out = desk.run("compare", *texts, "--limit", "0").out
    assert "Names, venues, courtesies and the like" in out
    assert "not shown" not in out


def test_the_same_words_in_two_files_are_said_to_be_the_same(
    desk: Desk, texts: tuple[Path, Path], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_text(OLD.replace("\n", "\r\n"), encoding="utf-16")
    assert "word for word the same" in desk.run("compare", texts[0], copy).out


def test_texts_in_two_languages_are_compared_with_a_warning(
    desk: Desk, texts: tuple[Path, Path], tmp_path: Path
) -> None:
    korean = tmp_path / "ko.txt"
    korean.write_text(
        "양 정상은 나라에서 만나 북한의 완전한 비핵화를 재확인하였다.", encoding="utf-8"
    )
    assert "! the texts are in two languages" in desk.run("compare", texts[0], korean).out
    assert "two languages" not in desk.run("compare", *texts).out


def test_a_page_is_fetched_and_compared_without_its_menus(
    desk: Desk, site: Site, texts: tuple[Path, Path]
) -> None:
    url = of_site(site, "/new.html", NEW)
    files = compared(desk.run("compare", *texts, "-f", "json"))
    pages = desk.run(
        "compare", of_site(site, "/old.html", OLD), url, "--allow-private", "-f", "json"
    )
    assert compared(pages) == files
    assert [request.target for request in site.requests] == ["/old.html", "/new.html"]
    mixed = compared(desk.run("compare", texts[0], url, "--allow-private", "-f", "json"))
    assert mixed == files


def test_an_address_at_home_is_not_asked_unless_it_is_allowed(
    desk: Desk, site: Site, texts: tuple[Path, Path]
) -> None:
    url = of_site(site, "/new.html", NEW)
    err = desk.run("compare", texts[0], url, code=65).err
    assert "loopback" in err
    assert "--allow-private" in err
    assert site.requests == []


@pytest.mark.parametrize(("status", "words"), [(404, "answered 404"), (410, "is gone")])
def test_a_dead_address_is_said_with_its_reason(
    desk: Desk, site: Site, texts: tuple[Path, Path], status: int, words: str
) -> None:
    url = site.serve("/gone", b"nothing", status)
    assert words in desk.run("compare", texts[0], url, "--allow-private", code=65).err


def test_a_text_may_come_from_stdin(desk: Desk, texts: tuple[Path, Path]) -> None:
    with texts[1].open("rb") as stdin:
        done = desk.start_and_wait("compare", texts[0], "-", stdin=stdin)
    assert "2025" not in done.out.partition("\n")[0]
    assert "~ reworded" in done.out
    assert "+ Joint Announcement of the Harbour Powers · stdin" in done.out
    assert "stdin is empty" in desk.start_and_wait("compare", texts[0], "-", code=65).err


def test_a_closed_stdin_is_no_bug(desk: Desk, texts: tuple[Path, Path]) -> None:
    done = desk.start_and_wait(
        "compare", "-", texts[0], code=65, stdin=None, preexec_fn=lambda: os.close(0)
    )
    assert "stdin is closed" in done.err


def test_an_item_is_compared_by_how_its_id_begins(stocked: Desk, texts: tuple[Path, Path]) -> None:
    first, second = (record["item"] for record in stocked.run("search", "lighthouse", "-f", "jsonl").records[:2])  # fmt: skip
    out = stocked.run("compare", first[:6], second[:8], "--limit", "0").out
    assert "A lighthouse is lit again" in out
    assert "A lighthouse keeper retires" in out


def test_the_last_two_revisions_of_an_item_are_compared_or_those_that_are_named(
    desk: Desk, tmp_path: Path
) -> None:
    for number, words in enumerate(("serious concern", "concern", "strong concern")):
        line = {"id": "x", "source": "wire", "title": "A statement", "lang": "en"}
        line |= {"text": f"The leaders expressed {words} over the missiles of the DPRK."}
        file = tmp_path / f"{number}.jsonl"
        file.write_text(json.dumps(line), encoding="utf-8")
        desk.run("import", file, SIGTRACK_NOW=f"2026-01-1{number}T00:00:00Z")
    (item,) = desk.run("search", "statement", "-f", "jsonl").records
    id = item["item"]
    last = compared(desk.run("compare", id, "-f", "json"))["changes"]
    assert [one["after"] for one in last if one["kind"] == "reworded"] == ["The leaders expressed strong concern over the missiles of the DPRK."]  # fmt: skip
    named = desk.run("compare", f"{id}@1", f"{id[:5]}@2").out
    assert "- A statement · 2026-01-10" in named
    assert "+ A statement · 2026-01-11" in named
    assert "expressed «serious» concern" in named
    assert "has no revision 9" in desk.run("compare", f"{id}@9", f"{id}@1", code=65).err


def test_an_item_that_never_changed_has_nothing_to_compare(stocked: Desk) -> None:
    (item, *_) = stocked.run("search", "lighthouse", "-f", "jsonl").records
    err = stocked.run("compare", item["item"], code=65).err
    assert "was never changed" in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.4\n", "is a PDF file, not text"),
        (bytes(range(256)) * 10, "is not text"),
        (b"", "is empty"),
        (b"\n --- \n", "holds no words"),
        (b"a" * (10 * 2**20 + 1), "is larger than 10 MiB"),
        (None, "does not exist"),
    ],
)
def test_a_file_without_a_text_is_said_to_be_one(
    desk: Desk, texts: tuple[Path, Path], tmp_path: Path, content: bytes | None, words: str
) -> None:
    wrong = tmp_path / "wrong.dat"
    if content is not None:
        wrong.write_bytes(content)
    done = desk.run("compare", texts[0], wrong, code=65)
    assert f"{wrong} {words}" in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name two texts"),
        (("{old}",), "is one text"),
        (("{old}", "{old}"), "is named twice"),
        (("{old}", "ftp://example.org/x"), "ftp addresses are not fetched"),
        (("{old}", "file:///etc/hostname"), "file addresses are not fetched"),
        (("{old}", "{new}", "--expected"), "earlier texts of the same series"),
        (("{old}", "{new}", "--format", "jsno"), "there is no format 'jsno'"),
        (("{old}", "{new}", "--series", "a-b"), "--series has no effect beside two texts"),
    ],
)
def test_arguments_that_make_no_pair_are_explained(
    desk: Desk, texts: tuple[Path, Path], arguments: tuple[str, ...], words: str
) -> None:
    given = [one.format(old=texts[0], new=texts[1]) for one in arguments]
    assert words in desk.run("compare", *given, code=2).err


def test_one_file_that_is_not_there_is_said_to_be_missing(desk: Desk) -> None:
    assert "nowhere.txt does not exist" in desk.run("compare", "nowhere.txt", code=65).err


def test_an_id_that_nobody_has_is_said_to_be_unknown(stocked: Desk) -> None:
    assert "no item has an id" in stocked.run("compare", "fff000", "000fff", code=65).err


# --- the archive


def test_a_series_alone_compares_its_last_two_texts_by_day(archive: Desk, tmp_path: Path) -> None:
    latest = tmp_path / "latest.txt"
    latest.write_text(LATEST, encoding="utf-8")
    archive.run("statements", "add", latest, "--series", SERIES, "--date", "2024-06-01")
    out = archive.run("compare", "--series", SERIES).out
    assert "2025-05-03 → 2026-01-13" in out  # the one added last is the oldest


def test_the_last_two_texts_of_a_series_come_in_any_format(archive: Desk) -> None:
    one = archive.run("compare", "--series", SERIES, "-f", "json")
    assert {change["kind"] for change in compared(one)["changes"]} >= {"kept", "dropped"}


def test_what_all_earlier_texts_said_is_missed_first(archive: Desk, tmp_path: Path) -> None:
    out = archive.run("compare", "--series", SERIES, "--expected").out
    assert out.index("Expected, but missing — 1 formula of 1 earlier text") < out.index("Lead")
    assert re.search(r"1 of 1 +2025-05-03 .*«peace and stability across the Taiwan Strait»", out)
    latest = tmp_path / "latest.txt"
    latest.write_text(LATEST, encoding="utf-8")
    done = archive.run("compare", latest, "--series", SERIES, "--expected", "-f", "json")
    record = compared(done)
    assert record["missing"] == []  # the text before it was silent already
    assert kinds(done)["reworded"] >= 1
    again = archive.run("compare", "--series", SERIES, "--expected", "-f", "json")
    assert [one["id"] for one in compared(again)["missing"]] == ["taiwan-strait-peace"]
    assert compared(again)["missing"][0]["since"] == "2025-05-03"


def test_a_text_of_the_archive_is_compared_with_the_one_before_it(
    archive: Desk, texts: tuple[Path, Path]
) -> None:
    first, second = archive.run("statements", "list", "-f", "jsonl").records
    out = archive.run("compare", second["statement"][:6], "--series", SERIES).out
    assert "2025-05-03 → 2026-01-13" in out
    err = archive.run("compare", first["statement"], "--series", SERIES, code=65).err
    assert "is the first of harbour-leaders" in err


def test_a_series_with_one_text_or_none_says_what_to_do(
    desk: Desk, texts: tuple[Path, Path]
) -> None:
    desk.run("statements", "add", texts[0], "--series", SERIES, "--date", "2025-05-03")
    assert (
        "has one text only, of 2025-05-03" in desk.run("compare", "--series", SERIES, code=65).err
    )
    err = desk.run("compare", "--series", "harbor-leaders", code=2).err
    assert "did you mean harbour-leaders?" in err
    assert "the archive has harbour-leaders" in desk.run("compare", "--series", "x", code=2).err


def test_the_archive_lists_shows_and_forgets(archive: Desk) -> None:
    out = archive.run("statements", "list").out
    assert out.index("2025-05-03") < out.index("2026-01-13")
    assert "harbour-leaders — 2 texts" in out
    first, _ = archive.run("statements", "list", "--series", SERIES, "-f", "jsonl").records
    assert first | {"statement": ""} == {
        "statement": "",
        "series": SERIES,
        "level": "leaders",
        "date": "2025-05-03",
        "title": "Joint Announcement of the Harbour Powers",
        "url": "",
        "lang": "en",
        "characters": len(OLD.strip()),
    }
    id = first["statement"][:5]
    (shown,) = archive.run("statements", "show", id, "-f", "jsonl").records
    assert shown["text"] == OLD.strip()
    assert "They reaffirmed the importance" in archive.run("statements", "show", id).out
    assert "removed from harbour-leaders" in archive.run("statements", "remove", id).out
    assert "no statement has an id" in archive.run("statements", "show", id, code=65).err
    assert len(archive.run("statements", "list", "-f", "jsonl").records) == 1


def test_adding_the_same_words_twice_is_said_and_changes_nothing(
    archive: Desk, texts: tuple[Path, Path]
) -> None:
    before = archive.run("statements", "list", "-f", "json").out
    done = archive.run("statements", "add", texts[0], "--series", SERIES, "--date", "2020-01-01")
    assert "has these words already" in done.out
    assert archive.run("statements", "list", "-f", "json").out == before


def test_front_matter_and_items_say_their_own_day_and_title(stocked: Desk, tmp_path: Path) -> None:
    file = tmp_path / "x.md"
    file.write_text("---\ntitle: A Vision\ndate: 2023-08-18\n---\n\nWe **met**.", encoding="utf-8")
    stocked.run("statements", "add", file, "--series", "quad-vice-ministers")
    (item, *_) = stocked.run("search", "lit again", "-f", "jsonl").records
    stocked.run("statements", "add", item["item"], "--series", "lights", "--level", "officials")
    by_series = {
        one["series"]: one for one in stocked.run("statements", "list", "-f", "jsonl").records
    }
    quad, lights = by_series["quad-vice-ministers"], by_series["lights"]
    assert (quad["title"], quad["date"], quad["level"]) == (
        "A Vision",
        "2023-08-18",
        "vice-ministers",
    )
    assert (lights["title"], lights["date"]) == ("A lighthouse is lit again", "2026-01-14")
    assert (lights["level"], lights["url"]) == ("officials", "https://example.org/a")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--date", "2025-05-03"), "to which series the text belongs"),
        (("--series", SERIES), "does not say its date"),
        (("--series", SERIES, "--date", "3.5.2025"), "is not a day"),
        (("--series", "Harbour Leaders", "--date", "2025-05-03"), "cannot be the name of a series"),
        (("--series", SERIES, "--date", "2025-05-03", "--level", "kings"), "no level"),
        (("--series", SERIES, "--date", "2025-05-03", "--url", "javascript:1"), "not an http(s)"),
        (("--format", "csv", "--date", "2025-05-03"), "to which series the text belongs"),
    ],
)
def test_a_statement_that_cannot_be_filed_is_explained(
    desk: Desk, texts: tuple[Path, Path], options: tuple[str, ...], words: str
) -> None:
    assert words in desk.run("statements", "add", texts[0], *options, code=2).err


def test_the_archive_outlives_pruning_and_goes_into_the_backup(
    archive: Desk, tmp_path: Path
) -> None:
    archive.run("db", "prune", "--before", "0d")
    copy = tmp_path / "copy.db"
    archive.run("db", "backup", copy)
    assert archive.run("db", "info", "-f", "jsonl").records[0]["statements"] == 2
    with open_store(str(copy), mode="read") as store:
        assert [one.date.year for one in store.statements(SERIES)] == [2025, 2026]


# --- what a person sees


@pytest.mark.parametrize("columns", ["80", "100", "120"])
def test_a_terminal_shows_both_texts_without_a_line_that_is_too_wide(
    desk: Desk, texts: tuple[Path, Path], columns: str
) -> None:
    shown = on_a_terminal(desk, "compare", *map(str, texts), COLUMNS=columns)
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown))
    assert max(map(len, lines)) <= int(columns)
    beside = [line for line in lines if "│" in line]
    assert bool(beside) == (int(columns) >= 100)


def test_a_page_is_written_where_a_command_offers_it(
    archive: Desk, texts: tuple[Path, Path], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    archive.run("compare", *texts, "-f", "html", "-o", page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "<del>serious</del>" in text
    assert (
        "there is no format 'html'" in archive.run("statements", "list", "-f", "html", code=2).err
    )


def test_words_of_strangers_stay_words(desk: Desk, tmp_path: Path) -> None:
    spell = (
        "They said <script>alert(1)</script> [x](javascript:alert(1)) | **b** \x1b[31m \u202e now."
    )
    old, new = tmp_path / "a.txt", tmp_path / "b.txt"
    old.write_text(f"We met. {spell}", encoding="utf-8")
    new.write_text(f"We met. {spell.replace('now', 'then')}", encoding="utf-8")
    for format in ("table", "md", "html", "csv", "json"):
        out = desk.run("compare", old, new, "-n", "0", "-f", format).out
        assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", out), format
        if format == "html":
            assert "<script" not in out
        if format == "md":
            assert not re.search(r"(?<!\\)<script|(?<!\\)\]\(javascript", out)
