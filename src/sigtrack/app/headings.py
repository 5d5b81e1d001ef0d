"""Titles of watchlists, without reading a single term: `report` shows hits and matches nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigtrack.app.hits import Headings
from sigtrack.config import Settings
from sigtrack.watch import shipped_watchlists

if TYPE_CHECKING:
    from sigtrack.app.rules import Rules

_LINE = re.compile(r"^(?:id|title|replaces)[ \t]*=.*$", re.MULTILINE)


def load_headings(settings: Settings, rules: Rules | None = None) -> Headings:
    """By id, in its order. A file that cannot be read has none: `fetch` says what is wrong.

    Where a file was edited (see `edited`), `rules` say which text of it is in force.
    """
    titles: dict[str, str] = {}
    for folder in (shipped_watchlists(), settings.watchlists):
        for file in sorted(folder.glob("[!_.]*.toml")):
            titles |= _title_of(file)
    if rules is not None:
        titles |= {one.id: one.title or one.id for one in rules.watchlists}
    return Headings(watchlists=dict(sorted(titles.items())))


def _title_of(file: Path) -> dict[str, str]:
    try:
        values = head_of(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
    id = str(values.get("id", ""))
    return {id: str(values.get("title") or id)} if id else {}


def head_of(text: str) -> Mapping[str, Any]:
    """Only the lines before the first table, and of them only three: terms fill the others."""
    head = text.partition("\n[")[0]
    try:
        return tomllib.loads("\n".join(_LINE.findall(head)))
    except tomllib.TOMLDecodeError:
        return {}
