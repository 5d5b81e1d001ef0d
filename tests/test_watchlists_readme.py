"""What the guide for analysts shows works as it is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sigtrack.app.rules import shipped_rules
from sigtrack.match import Matcher
from sigtrack.model import Item, Problem, Signal, Watchlist
from sigtrack.watch import shipped_watchlists
from sigtrack.watch.folders import load_edit
from sigtrack.watch.tables import keys_of
from sigtrack.watch.terms import parse_term

GUIDE = (Path(str(shipped_watchlists())) / "README.md").read_text(encoding="utf-8")


def test_the_worked_example_loads_without_a_word_of_advice_and_passes_its_examples(tmp_path):
    (example,) = re.findall(r"```toml\n(format.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "rare-earths.toml"
    path.write_text(example, encoding="utf-8")
    rules = shipped_rules()
    watchlist, problems = load_edit(path, rules.actors, rules.classes)
    assert watchlist is not None and problems == ()
    assert rules.failed_examples([watchlist]) == ()


def test_the_signal_with_a_visit_passes_its_examples(tmp_path):
    (example,) = re.findall(r"```\n(\[\[signal\]\].*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "visits.toml"
    path.write_text(f'format = 1\nid = "visits"\n{example}', encoding="utf-8")
    rules = shipped_rules()
    watchlist, problems = load_edit(path, rules.actors, rules.classes)
    assert watchlist is not None and problems == ()
    assert rules.failed_examples([watchlist]) == ()


def test_the_guide_names_every_key():
    for key in (*keys_of("watchlist"), *keys_of("signal")):
        assert f"`{key}`" in GUIDE or f"[{key}]" in GUIDE, key


def test_every_shipped_watchlist_passes_its_own_examples():
    rules = shipped_rules()
    assert rules.failed_examples(rules.watchlists) == ()
    assert [p for p in rules.index.problems if p.severity == "error"] == []


def test_each_phrase_with_a_class_is_found_where_the_guide_says_so():
    rows = re.findall(r"^\| `([^`]*[#@][^`]*)` \| (\".*\") \| (\".*\") \|$", GUIDE, re.MULTILINE)
    assert len(rows) == 6
    for written, found_in, not_in in rows:
        signal = Signal(id="s", any=(parse_term(written),))
        matcher = Matcher(
            [Watchlist(id="w", signals=(signal,))],
            shipped_rules().actors,
            classes=shipped_rules().classes,
        )

        def marked(title: str, matcher: Matcher = matcher) -> list[str]:
            hits = matcher.hits(Item(feed="f", uid="u", title=title))
            return [title[s.start : s.end] for hit in hits for s in hit.spans]

        for sample in re.findall(r'"([^"]*)"', found_in):
            assert marked(sample.replace("**", "")) == re.findall(r"\*\*(.*?)\*\*", sample), sample
        for sample in re.findall(r'"([^"]*)"', not_in):
            assert marked(sample) == [], (written, sample)


def test_the_terms_with_classes_of_the_guide_mean_something():
    (row,) = re.findall(r"^any = (\[\"#sign.*\])$", GUIDE, re.MULTILINE)
    for term in map(parse_term, json.loads(row)):
        assert not isinstance(term, Problem)
        assert all(one.name in shipped_rules().classes for one in term.classes())
