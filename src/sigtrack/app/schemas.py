"""`sigtrack schema COMMAND`: the JSON Schema of the records in the machine formats.

The descriptions are in `data/schemas.toml`; tests compare them with the output of the commands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sigtrack.model import Report, Table, columns_of
from sigtrack.views.hits import count, no_such
from sigtrack.watch import shipped_text

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BESIDE = ("shared", "part")  # tables of the file that are not commands
_TYPES: Mapping[str, Mapping[str, str]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
}


def schema_of(command: str) -> dict[str, Any]:
    """Return the schema of `--format json` of a command such as "report". A line of jsonl is one of
    its items; so is a line of csv, whose cells are texts. Raises Misuse if there is none."""
    described = _described()
    if command not in commands():
        raise no_such("schema of", command, commands(), "sigtrack schema lists all")
    told = described[command]
    return {
        "$schema": _DIALECT,
        "title": f"sigtrack {command} --format json",
        "description": told["about"],
        "type": "array",
        "items": (record := _object(told["fields"])),
        "$defs": dict(_parts_of(record)),
    }


def commands() -> tuple[str, ...]:
    return tuple(name for name in _described() if name not in _BESIDE)


def list_schemas() -> Report:
    rows = tuple((name, _described()[name]["about"]) for name in commands())
    table = Table(
        title="Schemas",
        caption=f"{count(len(rows), 'command')}; sigtrack schema report prints one",
        columns=columns_of("command|key", "a record is|main"),
        rows=rows,
    )
    records = tuple({"command": name, "about": about} for name, about in rows)
    return Report(blocks=(table,), records=records)


@cache
def _described() -> Mapping[str, Any]:
    return tomllib.loads(shipped_text("schemas.toml"))


def _parts_of(record: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the parts that a record refers to, and the parts that those refer to."""
    for name, fields in _described()["part"].items():
        if f"/{name}'" in repr(record):
            part = _object(fields)
            yield from _parts_of(part)
            yield name, part


def _object(fields: str) -> dict[str, Any]:
    described = list(_fields(fields))
    return {
        "type": "object",
        "properties": {name: value for name, _, value in described},
        "required": [name for name, is_there, _ in described if is_there],
    }


def _fields(text: str) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    """Yield name, whether the field is always present, and its schema."""
    for line in text.strip().splitlines():
        written, *told = line.split(None, 2)
        name = written.rstrip("?")
        kind, *sentence = told or _shared()[name]
        value = _type(kind)
        if sentence:
            value["description"] = sentence[0].strip()
        yield name, written == name, value


@cache
def _shared() -> Mapping[str, list[str]]:
    lines = _described()["shared"]["fields"].strip().splitlines()
    return {name: told for name, *told in (line.split(None, 2) for line in lines)}


def _type(kind: str) -> dict[str, Any]:
    if kind.endswith("?"):
        return {"anyOf": [_type(kind[:-1]), {"type": "null"}]}
    if kind.startswith("["):
        return {"type": "array", "items": _type(kind[1:-1])}
    if kind.startswith("{"):
        return {"type": "object", "additionalProperties": _type(kind[1:-1])}
    return dict(_TYPES.get(kind) or {"$ref": f"#/$defs/{kind}"})
