"""One index of rules: every command sees what `watchlists check` sees, kept or read anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from desk import NOW, Desk
from sigtrack.app.rules import rules_of
from sigtrack.model import Item
from sigtrack.watch.folders import load_edit

LIT = Item(feed="coast", uid="lit", title="A lighthouse is lit")
SIGNAL = '[[signal]]\nid = "lamp"\ntitle = "A lamp"\nany = ["lighthouse*"]\n'
EXPECT = '[[expect]]\nid = "light"\ntitle = "A beacon"\nsignals = ["odd/lamp"]\nby = 2026-02-01\n'
PLAIN = f'format = 1\nid = "odd"\ntitle = "Odd"\n{SIGNAL}{EXPECT}'
# Each is right for `watchlists check`, and each went unseen by something that skimmed for ids,
# titles, signals or expectations.
ODD = {
    "plain": PLAIN,
    "indented keys": PLAIN.replace("\n", "\n    "),
    "keys behind tabs": PLAIN.replace("\n", "\n\t"),
    "spaces in headings": PLAIN.replace("[[signal]]", "[[ signal ]]").replace(
        "[[expect]]", "[[ expect ]]"
    ),
    "indented headings": PLAIN.replace("[[", "  [["),
    "comments behind headings": PLAIN.replace("]]\n", "]] # below\n"),
    "quoted keys": PLAIN.replace("id =", '"id" =').replace("title =", "'title' ="),
    "quoted headings": PLAIN.replace("[[signal]]", '[["signal"]]').replace(
        "[[expect]]", "[['expect']]"
    ),
    "a byte order mark": "\ufeff" + PLAIN,
    "line ends of Windows": PLAIN.replace("\n", "\r\n"),
    "no spaces at all": PLAIN.replace(" = ", "="),
    "many spaces": PLAIN.replace(" = ", "   =\t"),
    "texts in apostrophes": PLAIN.replace('"Odd"', "'Odd'").replace('"odd"', "'odd'"),
    "escapes in texts": PLAIN.replace('"odd"\n', '"o\\u0064d"\n').replace('"Odd"', '"O\\u0064d"'),
    "long texts": PLAIN.replace('"Odd"', '"""Odd"""').replace('"A lamp"', "'''\nA lamp'''"),
    "inline tables": 'format = 1\nid = "odd"\ntitle = "Odd"\n'
    'signal = [{id = "lamp", title = "A lamp", any = ["lighthouse*"]}]\n'
    'expect = [{id = "light", title = "A beacon", signals = ["odd/lamp"], by = 2026-02-01}]\n',
    "dotted keys": PLAIN.replace('any = ["lighthouse*"]', 'any.en = ["lighthouse*"]'),
    "groups before the title": 'format = 1\nterms.house = ["lighthouse*"]\nid = "odd"\n'
    f'title = "Odd"\n{SIGNAL.replace("lighthouse*", "$house")}{EXPECT}',
    "groups in a table before": PLAIN.replace(
        "[[signal]]", '[terms]\ntitle = ["words"]\n[[signal]]'
    ),
    "headings in a comment": f'# [[expect]]\n# id = "no"\n{PLAIN}',
    "headings in a text": PLAIN.replace(
        "[[signal]]",
        'why = """\nid = "no"\n[[signal]]\nid = "none"\n[[expect]]\n"""\n[[signal]]',
        1,
    ),
    "keys in another order": 'title = "Odd"\nid = "odd"\nformat = 1\n'
    '[[signal]]\nany = ["lighthouse*"]\ntitle = "A lamp"\nid = "lamp"\n'
    '[[expect]]\nby = 2026-02-01\nsignals = ["odd/lamp"]\ntitle = "A beacon"\nid = "light"\n',
    "expectations first": f'format = 1\nid = "odd"\ntitle = "Odd"\n{EXPECT}{SIGNAL}',
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_written_oddly_stands_in_the_index_as_what_is_plain(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(ODD[kind].encode())
    watchlist, problems = load_edit(path, {}, {})
    assert watchlist and all(problem.severity == "warning" for problem in problems)
    rules = rules_of([watchlist], {})
    (head,) = rules.index.watchlists
    assert (head.id, head.title) == ("odd", "Odd")
    assert [(one.id, one.title) for one in head.signals] == [("lamp", "A lamp")]
    assert [(one.id, one.title) for one in head.expects] == [("light", "A beacon")]
    assert [hit.signal for hit in rules.matcher().hits(LIT)] == ["lamp"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "kept"), [("plain", True), ("plain", False), ("inline tables", False)]
)
def test_every_command_sees_what_check_sees(desk: Desk, kind: str, kept: bool) -> None:
    (desk.watchlists / "lighthouses.toml").unlink()
    (desk.watchlists / "odd.toml").write_bytes(ODD[kind].encode())
    (desk.config / "config.toml").write_text(
        '[digest.odd]\nto = ["a@b.example"]\nwatchlists = ["odd"]\n'
    )
    item = desk.home / "item.jsonl"
    item.write_text(
        json.dumps({"title": "A lighthouse is lit", "published": NOW, "source": "coast"})
    )
    desk.run("import", item)

    def run(*arguments: str, code: int = 0) -> str:
        if not kept:
            shutil.rmtree(desk.home / "state" / "sigtrack" / "rules", ignore_errors=True)
        done = desk.run(*arguments, code=code)
        assert "odd.toml" not in done.err
        return done.out

    checked = [json.loads(line) for line in run("watchlists", "check", "-f", "jsonl").splitlines()]
    assert all(one["severity"] == "warning" for one in checked)
    listed = [json.loads(line) for line in run("watchlists", "list", "-f", "jsonl").splitlines()]
    (odd,) = [one for one in listed if one["watchlist"] == "odd"]
    assert (odd["title"], odd["signals"], odd["from"]) == ("Odd", 1, "yours")
    (shown,) = json.loads(run("watchlists", "show", "odd", "-f", "json"))
    assert [(s["signal"], s["title"]) for s in shown["signals"]] == [("lamp", "A lamp")]
    report = run("report", "-w", "odd").split("\n")
    assert any(line.startswith("Odd") for line in report)
    assert any("A beacon" in line for line in report)
    assert "A beacon" in run("expect")
    assert "1 item in 1 story" in run("stories", "-w", "odd")
    (hit,) = json.loads(run("report", "-w", "odd", "-f", "json"))
    explained = run("show", hit["item"])
    assert "odd / lamp" in explained and "A lamp" in explained
    assert "odd / lamp" in run("watchlists", "test", "A lighthouse is lit")
    assert "Why: A lamp" in run("digest", "odd", "--stdout")
    health = [json.loads(line) for line in run("doctor", "-f", "jsonl", code=1).splitlines()]
    said = [one["finding"] for one in health if one["part"] == "watchlists"]
    assert said == [
        f"{len(listed)} watchlists in force, {sum(o['signals'] for o in listed)} signals"
    ]
    assert not any("no watchlist" in one["finding"] for one in health)


def test_a_broken_list_is_still_known_by_its_id_and_title(stocked: Desk) -> None:
    """Its hits are kept until it is mended, so people must be able to ask for them."""
    text = (stocked.watchlists / "lighthouses.toml").read_text(encoding="utf-8")
    stocked.watch(text.replace("any =", "anny =", 1))
    shutil.rmtree(stocked.home / "state", ignore_errors=True)  # there is no good version
    done = stocked.run("report", "-w", "lighthouses")
    assert "did you mean any" in done.err
    assert any(line.startswith("Lighthouses") for line in done.lines)
    stocked.watch("format = 1\nid = ")  # what can be read of it is its name
    assert "5 hits" in stocked.run("report", "-w", "lighthouses").out
