"""The templates of this room. Jinja escapes the publishers' words."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from sigtrack.present.cells import ROW_MARKS, full_rows, link_of, one_line, pieces

if TYPE_CHECKING:
    from jinja2 import Template


def compiled(file: str, **names: object) -> Template:
    """Return the template in this file, in which cells and these `names` can be used."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        full_rows=full_rows, link_of=link_of, pieces=pieces, row_marks=ROW_MARKS
    )
    environment.globals.update(names)
    environment.filters["one_line"] = one_line
    source = files("sigtrack.present").joinpath(file).read_text(encoding="utf-8")
    return environment.from_string(source)
