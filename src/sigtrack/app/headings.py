"""Titles of watchlists, without reading a single term: `report` shows hits and matches nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sigtrack.app.hits import Headings
from sigtrack.config import Settings
from sigtrack.watch import shipped_watchlists

_LINE = re.compile(r"^(?:id|title)[ \t]*=.*$", re.MULTILINE)


def load_headings(settings: Settings) -> Headings:
    """By id, in its order. A file that cannot be read has none: `fetch` says what is wrong."""
    titles: dict[str, str] = {}
    for folder in (shipped_watchlists(), settings.watchlists):
        for file in sorted(folder.glob("[!_.]*.toml")):
            titles |= _title_of(file)
    return Headings(watchlists=dict(sorted(titles.items())))


def _title_of(file: Path) -> dict[str, str]:
    """Only the lines before the first table, and of them only two: terms fill the others."""
    try:
        head = file.read_text(encoding="utf-8-sig").partition("\n[")[0]
        values = tomllib.loads("\n".join(_LINE.findall(head)))
    except (OSError, ValueError):
        return {}
    id = str(values.get("id", ""))
    return {id: str(values.get("title") or id)} if id else {}
