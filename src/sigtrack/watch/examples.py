"""Examples of a watchlist in a file of their own beside it: `trade.examples.toml` for `trade.toml`.

    format = 1

    [curbs]                       # the id of a signal
    should_match     = ["…"]
    should_not_match = ["…"]

They are added to those in the watchlist and decide no hit: a mistake here leaves the watchlist in
force.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sigtrack.model import Problem, Signal
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean, read_document
from sigtrack.watch.keys import FORMAT, SIGNAL_KEYS
from sigtrack.watch.signals import examples_of
from sigtrack.watch.tables import Findings, TomlTable

EXAMPLES = ".examples.toml"
_KEYS = {name: SIGNAL_KEYS[name] for name in ("should_match", "should_not_match")}


def with_examples(
    signals: Iterable[Signal], path: str, text: str
) -> tuple[tuple[Signal, ...], list[Problem]]:
    """Return the signals with the examples of the file, and the problems of the file."""
    known = {signal.id: signal for signal in signals}
    document = read_document(path, text, headings="[signal-id]")
    if isinstance(document, Problem):
        return tuple(known.values()), [document]
    found = Findings(problems=list(document.warnings))
    for name, value in document.values.items():
        place = document.place(name)
        if name == "format":
            if value != FORMAT:
                found.say(place, "this format is unknown", f"write format = {FORMAT}")
        elif name not in known:
            cure = did_you_mean(name, known, "a heading is the id of a signal: [curbs]")
            found.say(place, f"the watchlist has no signal {clean(name[:60])}", cure)
        elif not isinstance(value, dict):
            found.say(place, f"{name} holds no examples", f"write [{name}] and should_match below")
        else:
            table = TomlTable(document, value, (name,), _KEYS, found)
            table.refuse_unknown_keys({})
            old = known[name]
            known[name] = replace(
                old,
                should_match=(*old.should_match, *examples_of(table, "should_match")),
                should_not_match=(*old.should_not_match, *examples_of(table, "should_not_match")),
            )
    return tuple(known.values()), found.problems
