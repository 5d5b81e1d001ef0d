"""`sigtrack config`: every setting with its origin, and a first config file."""

from __future__ import annotations

from pathlib import Path

from sigtrack import files
from sigtrack.config import TEMPLATE, Settings
from sigtrack.errors import CannotWrite
from sigtrack.model import Column, Note, Report, Table
from sigtrack.store import shown_place
from sigtrack.text import clean

_COLUMNS = (
    Column(name="setting", kind="key"),
    Column(name="value", kind="main", whole=True),
    Column(name="from"),
)


def show(settings: Settings) -> Report:
    rows = [
        (name, clean(shown_place(setting.value)) or "not set", setting.origin)
        for name, setting in settings.listed()
    ]
    for name, path in (
        ("feeds", settings.feeds),
        ("watchlists", settings.watchlists),
        ("actors", settings.actors),
        ("places", settings.places),
        ("topics", settings.topics),
        ("words", settings.words),
    ):
        rows.append((name, clean(str(path)), "there" if path.exists() else "not there yet"))
    records = tuple({"setting": a, "value": b, "from": c} for a, b, c in rows)
    table = Table(title="Settings", columns=_COLUMNS, rows=tuple(rows))
    return Report(blocks=(table,), records=records)


def template(settings: Settings) -> str:
    """Return a config file with every setting explained and commented out."""
    return TEMPLATE.format(db=shown_place(settings.db.value).replace("\\", "/"))


def init(settings: Settings, text: str) -> Report:
    """Write a first config file. Raises CannotWrite if one exists."""
    path = Path(settings.config.value)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.create_file(path, [text.encode("utf-8")], mode=files.PRIVATE)
    except FileExistsError:
        raise CannotWrite(
            f"{clean(str(path))} exists already", hint="edit it, or move it away first"
        ) from None
    except OSError as error:
        raise CannotWrite(
            f"{clean(str(path))} cannot be written: {(error.strerror or '').lower()}"
        ) from None
    return Report(blocks=(Note(text=f"written: {clean(str(path))}", level="good"),))
