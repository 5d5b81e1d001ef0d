"""Titles of signals, without reading a single term: a digest says them and matches nothing."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from sigtrack.config import Settings
from sigtrack.watch import shipped_watchlists

if TYPE_CHECKING:
    from sigtrack.app.rules import Rules

_ID_AND_TITLE = re.compile(r"^(?:id|title)[ \t]*=.*$", re.MULTILINE)
_SIGNAL = re.compile(r"^\[\[[ \t]*signal[ \t]*\]\]", re.MULTILINE)
_NEXT_TABLE = re.compile(r"^\[", re.MULTILINE)


def load_signal_titles(
    settings: Settings, rules: Rules | None = None
) -> dict[tuple[str, str], str]:
    """By watchlist and signal id; those of a file that cannot be read are missing.

    Where a file was edited (see `edited`), `rules` say which text of it is in force.
    """
    titles: dict[tuple[str, str], str] = {}
    for folder in (shipped_watchlists(), settings.watchlists):
        for file in sorted(folder.glob("[!_.]*.toml")):
            try:
                text = file.read_text(encoding="utf-8-sig")
            except (OSError, ValueError):
                continue
            titles |= _titles(text)
    for watchlist in rules.watchlists if rules else ():
        titles |= {(watchlist.id, s.id): s.title or s.id for s in watchlist.signals}
    return titles


def _titles(text: str) -> dict[tuple[str, str], str]:
    head, *signals = _SIGNAL.split(text)
    watchlist = _values(head).get("id", "")
    found = map(_values, signals)
    return {(watchlist, one["id"]): one.get("title") or one["id"] for one in found if "id" in one}


def _values(table: str) -> dict[str, str]:
    """Only the lines before the next table, and of them only two: terms fill the others."""
    own = _NEXT_TABLE.split(table, maxsplit=1)[0]
    try:
        values = tomllib.loads("\n".join(_ID_AND_TITLE.findall(own)))
    except tomllib.TOMLDecodeError:
        return {}
    return {key: value for key, value in values.items() if isinstance(value, str)}
