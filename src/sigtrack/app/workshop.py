"""`watchlists test FILE` and `watchlists diff`: what an edit of a watchlist changes.

An edit is tested on stored items: which hits it gains and loses, which of its terms are never
found, which carry most hits alone, and which are found in many items without a hit.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sigtrack.app.items import title_marks
from sigtrack.app.rules import Rules, shipped_rules
from sigtrack.app.window import phrase_of
from sigtrack.errors import Misconfigured, Misuse
from sigtrack.match import Verdict
from sigtrack.model import (
    Block,
    Feed,
    Near,
    Note,
    Problem,
    Report,
    Signal,
    StoredItem,
    Table,
    Term,
    Watchlist,
    columns_of,
)
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean
from sigtrack.views.hits import ID_SHOWN, count, key_of_times, note_of, time_of, title_of, when
from sigtrack.watch.tables import ID

_ITEMS_SHOWN = 12
_TERMS_SHOWN = 10
_BROAD = 0.25  # share of a signal's hits that rest on one term alone
_BROAD_FROM = 8  # hits; with fewer a share says nothing


@dataclass(slots=True)
class _Tally:
    """The results of one version of a watchlist on the items, by signal."""

    signals: Mapping[str, Signal]
    hits: dict[str, tuple[StoredItem, list[Verdict]]] = field(default_factory=dict)
    by_signal: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, str]] = field(default_factory=set)  # (signal, term), found somewhere
    alone: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: dict[tuple[str, str], list[tuple[StoredItem, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def take(self, stored: StoredItem, verdicts: Iterable[Verdict]) -> None:
        hits = []
        for verdict in verdicts:
            found = {span.term for span in verdict.found}
            key = verdict.signal.id
            words = found & {term.as_written for term in self.signals[key].any}
            asked = found & set(_asked(self.signals[key]))
            self.seen.update((key, term) for term in asked)
            if verdict.hit:
                hits.append(verdict)
                self.by_signal[key] += 1
                if len(words) == 1:
                    self.alone[key, next(iter(words))] += 1
            else:
                for term in sorted(asked):
                    self.missed[key, term].append((stored, verdict.reason))
        if hits:
            self.hits[stored.id] = (stored, hits)


Edit = tuple[Watchlist, tuple[Problem, ...]]  # a file and its problems


def read_edit(path: Path, rules: Rules) -> Edit:
    """Raises Misconfigured with all problems if the file cannot be used."""
    from sigtrack.watch.folders import load_edit  # a headline is tried without the loaders

    watchlist, problems = load_edit(path, rules.actors, rules.classes)
    if watchlist is None:
        raise Misconfigured(f"{clean(str(path))} cannot be used", problems=problems)
    return watchlist, problems


def try_edit(
    edit: Edit, rules: Rules, feeds: Sequence[Feed], items: Iterable[StoredItem], since: str
) -> Report:
    """Test an edit against the list of its id in force, on the items."""
    edited, problems = edit
    now = next((one for one in rules.watchlists if one.id == edited.id), None)
    before, after = (_Tally({s.id: s for s in one.signals} if one else {}) for one in (now, edited))
    old = rules.matcher_of([now], feeds) if now else None
    new = rules.matcher_of([edited], feeds)
    number = 0
    for stored in items:
        number += 1
        after.take(stored, new.explain(stored.item))
        if old:
            before.take(stored, old.explain(stored.item))
    failed = rules.failed_examples([edited])
    blocks: list[Block] = [*_examples(edited, failed), *map(note_of, problems)]
    blocks.append(_totals(edited, now, before, after, number, since))
    blocks += _changes(before, after)
    blocks += _terms(edited, after)
    return Report(blocks=tuple(blocks), records=(_record(edited, before, after, failed, number),))


def difference(rules: Rules, id: str | None) -> Report:
    """Report how the user's watchlists differ from shipped ones of the same id, term by term."""
    shipped = {watchlist.id: watchlist for watchlist in shipped_rules().watchlists}
    own = [w for w in rules.watchlists if not w.shipped and w.id in shipped and id in (None, w.id)]
    if not own:
        what = f"{clean(id)!r} is" if id else "no watchlist is"
        text = f"{what} not a changed copy of a shipped one" if id else f"{what} a changed copy"
        return Report(blocks=(Note(text=text),))
    rows = tuple(row for watchlist in own for row in _lines(shipped[watchlist.id], watchlist))
    columns = columns_of("|key", "term|main", "in", "signal")
    names = ("change", "term", "in", "signal")
    title, caption = "Yours against shipped", count(len(rows), "difference")
    return Report(
        blocks=(Table(title=title, caption=caption, columns=columns, rows=rows),),
        records=tuple(dict(zip(names, row, strict=True)) for row in rows),
        fields=names,
    )


def edit_of(rules: Rules, given: str) -> Path | None:
    """Return the file that the argument of `watchlists test` means; None if it is a text to test.

    Raises Misuse for an argument that looks like an id, or nearly is one, but names no watchlist.
    """
    path = Path(given)
    if given.endswith(".toml") or _is_file(path):
        return path
    # The user wants to try a file that is out of force, even if a shipped one has its id.
    lists = (*rules.index.watchlists, *rules.index.broken)
    files = {one.id: Path(one.place.path) for one in lists}
    files |= {Path(one.place.path).stem: Path(one.place.path) for one in rules.index.broken}
    if given not in files and re.fullmatch(ID, given):
        near = did_you_mean(given, files)
        if near or "-" in given:
            hint = near or "sigtrack watchlists list shows all; a headline has a space or a capital"
            raise Misuse(f"there is no watchlist {given}", hint=hint)
    return files.get(given)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a headline is longer than a file name may be
        return False


def _examples(edited: Watchlist, failed: Sequence[Problem]) -> list[Note]:
    number = sum(len(s.should_match) + len(s.should_not_match) for s in edited.signals)
    if failed:
        verdict = Note(text=f"{len(failed)} of {count(number, 'example')} fail", level="warning")
        return [*map(note_of, failed), verdict]
    return [Note(text=f"all {count(number, 'example')} pass", level="good")]


def _totals(
    edited: Watchlist, now: Watchlist | None, before: _Tally, after: _Tally, number: int, since: str
) -> Table:
    signals = dict.fromkeys([s.id for s in (now.signals if now else ())])
    signals |= dict.fromkeys(s.id for s in edited.signals)
    rows = tuple((id, before.by_signal[id], after.by_signal[id]) for id in signals)
    rows += (("items with a hit", len(before.hits), len(after.hits)),)
    columns = columns_of("signal|main", "in force|right", "edited|right")
    caption = f"{count(number, 'item')} stored {phrase_of(since)}"
    return Table(title=edited.title or edited.id, caption=caption, columns=columns, rows=rows)


def _changes(before: _Tally, after: _Tally) -> list[Block]:
    gained = [after.hits[id] for id in after.hits.keys() - before.hits.keys()]
    lost = [before.hits[id] for id in before.hits.keys() - after.hits.keys()]
    if not gained and not lost:
        return [Note(text="the edit changes no hit")]
    return [
        *_items("+ Hits that the edit brings", gained),
        *_items("- Hits that the edit loses", lost),
    ]


def _items(title: str, found: list[tuple[StoredItem, list[Verdict]]]) -> list[Table]:
    if not found:
        return []
    found.sort(key=lambda pair: when(pair[0]), reverse=True)
    shown = found[:_ITEMS_SHOWN]
    rows = tuple(
        (
            time_of(one),
            title_of(one.item, title_marks(verdicts)),
            one.id[:ID_SHOWN],
            ", ".join(verdict.signal.id for verdict in verdicts),
        )
        for one, verdicts in shown
    )
    columns = columns_of("when", "headline|main", "id|key", "signal")
    left = f"{len(found) - len(shown)} not shown" if len(found) > len(shown) else ""
    told = (count(len(found), "item"), left, key_of_times(one for one, _ in shown))
    caption = ", ".join(filter(None, told))
    return [Table(title=title, caption=caption, columns=columns, rows=rows)]


def _terms(edited: Watchlist, tally: _Tally) -> list[Table]:
    """Return tables of broad terms, near misses and idle terms: what to look at next."""
    idle = [
        (term, signal.id)
        for signal in edited.signals
        for term in _asked(signal)
        if (signal.id, term) not in tally.seen
    ]
    broad = [
        (term, signal, f"{number} of {tally.by_signal[signal]} hits rest on it alone")
        for (signal, term), number in tally.alone.most_common()
        if tally.by_signal[signal] >= _BROAD_FROM and number >= _BROAD * tally.by_signal[signal]
    ]
    almost = sorted(tally.missed.items(), key=lambda pair: -len(pair[1]))[:_TERMS_SHOWN]
    near = [(term, signal, _near_miss(items)) for (signal, term), items in almost]
    return [
        *_list("Broad terms", broad, "what it carries"),
        *_list("Near misses", near, "where it is found without a hit"),
        *_list("Idle terms", [(term, signal, "found nowhere") for term, signal in idle], ""),
    ]


def _near_miss(items: list[tuple[StoredItem, str]]) -> str:
    stored, reason = items[-1]
    return f"in {count(len(items), 'item')}, e.g. {stored.item.title!r}: {reason}"


def _list(title: str, rows: list[tuple[str, str, str]], what: str) -> list[Table]:
    if not rows:
        return []
    columns = columns_of("term|key", f"{what}|main", "signal")
    shown = tuple((term, said, signal) for term, signal, said in rows[:_TERMS_SHOWN])
    caption = count(len(rows), "term") + (", the first" if len(rows) > len(shown) else "")
    return [Table(title=title, caption=caption, columns=columns, rows=shown)]


def _record(
    edited: Watchlist, before: _Tally, after: _Tally, failed: Sequence[Problem], number: int
) -> dict[str, Any]:
    asked = {(s.id, term) for s in edited.signals for term in _asked(s)}
    return {
        "watchlist": edited.id,
        "items": number,
        "failed_examples": [str(problem) for problem in failed],
        "hits_in_force": dict(before.by_signal),
        "hits_edited": dict(after.by_signal),
        "gained": sorted(after.hits.keys() - before.hits.keys()),
        "lost": sorted(before.hits.keys() - after.hits.keys()),
        "idle": sorted(f"{signal}: {term}" for signal, term in asked - after.seen),
        "near_misses": {f"{s}: {t}": len(items) for (s, t), items in after.missed.items()},
    }


def _asked(signal: Signal) -> list[str]:
    return [
        *(term.as_written for term in signal.any),
        *([str(signal.visit)] if signal.visit else []),
    ]


def _lines(shipped: Watchlist, own: Watchlist) -> list[tuple[str, str, str, str]]:
    old = {signal.id: signal for signal in shipped.signals}
    new = {signal.id: signal for signal in own.signals}
    rows = []
    for id in dict.fromkeys([*old, *new]):
        before, after = _rules(old.get(id)), _rules(new.get(id))
        name = f"{own.id} / {id}"
        rows += [("-", rule, part, name) for part, rule in sorted(before - after)]
        rows += [("+", rule, part, name) for part, rule in sorted(after - before)]
    return rows


def _rules(signal: Signal | None) -> set[tuple[str, str]]:
    if signal is None:
        return set()
    rules = {
        (key, term)
        for key in ("any", "ignore", "none", "unless")
        for term in _spelled_out(getattr(signal, key))
    }
    for group in signal.all:
        rules.add(("all", " | ".join(_spelled_out(group))))
    if signal.visit:
        rules.add(("visit", str(signal.visit.journey)))
        rules |= {("phase", str(phase)) for phase in signal.visit.phases}
    settings = ("priority", "scope", "min_hits", "min_actors")
    return rules | {(key, str(getattr(signal, key))) for key in settings}


def _spelled_out(terms: Iterable[Term]) -> dict[str, None]:
    """Return what terms mean, however it is written: (A OR B) alone is the same as two terms."""
    found: dict[str, None] = {}
    for term in terms:
        if isinstance(term.body, Near):
            found[str(term)] = None
        else:
            found.update(dict.fromkeys(str(replace(term, body=one)) for one in term.options))
    return found
