"""What the guide for analysts shows works as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

from sigtrack.app.rules import failed_examples, load_edit, shipped_rules
from sigtrack.watch import shipped_text, shipped_watchlists
from sigtrack.watch.actors import load_actors
from sigtrack.watch.keys import FILE_KEYS, SIGNAL_KEYS

CLASSES = shipped_rules().classes
GUIDE = (Path(str(shipped_watchlists())) / "README.md").read_text(encoding="utf-8")


def test_the_worked_example_loads_without_a_word_of_advice_and_passes_its_examples(tmp_path):
    (example,) = re.findall(r"```toml\n(format.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "rare-earths.toml"
    path.write_text(example, encoding="utf-8")
    actors, _ = load_actors(shipped_text("actors.toml"), None)
    watchlist, problems = load_edit(path, actors, CLASSES)
    assert watchlist is not None and problems == ()
    assert failed_examples([watchlist], actors, CLASSES) == ()


def test_the_signal_with_a_visit_passes_its_examples(tmp_path):
    (example,) = re.findall(r"```\n(\[\[signal\]\].*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "visits.toml"
    path.write_text(f'format = 1\nid = "visits"\n{example}', encoding="utf-8")
    actors, _ = load_actors(shipped_text("actors.toml"), None)
    watchlist, problems = load_edit(path, actors, CLASSES)
    assert watchlist is not None and problems == ()
    assert failed_examples([watchlist], actors, CLASSES) == ()


def test_the_guide_names_every_key():
    for key in (*FILE_KEYS, *SIGNAL_KEYS):
        assert f"`{key}`" in GUIDE or f"[{key}]" in GUIDE, key


def test_every_shipped_watchlist_passes_its_own_examples():
    rules = shipped_rules()
    assert failed_examples(rules.watchlists, rules.actors, rules.classes) == ()
    assert [p for p in rules.problems if p.severity == "error"] == []
