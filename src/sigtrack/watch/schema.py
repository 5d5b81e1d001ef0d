"""The file format as a JSON Schema, for editors that complete keys and underline mistakes.

It is made from the table of keys that the loader uses, so the two agree about the keys. A schema
cannot check the grammar inside the strings: `watchlists check` does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigtrack.text.tags import LANGUAGE
from sigtrack.watch.keys import EXPECT_KEYS, FILE_KEYS, FORMAT, ID, SIGNAL_KEYS, Key

_VISIT = r"^(@[A-Za-z0-9-]+|any) *> *(@[A-Za-z0-9-]+|any|\?)$"

Schema = dict[str, Any]

_STRINGS: Schema = {"type": "array", "items": {"type": "string", "minLength": 1}}
_TERM = (
    "Words, @actors, $groups and #classes: denuclear*, Lee NEAR/8 @JP, $meeting, #meet, to #city, "
    "@KR:cities. sigtrack watchlists words lists the classes."
)
_TERM_LIST: Schema = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "description": _TERM},
}
_TERMS: Schema = {
    "anyOf": [
        _TERM_LIST,
        {
            "type": "object",
            "patternProperties": {f"^{LANGUAGE}$": _TERM_LIST},
            "additionalProperties": False,
        },
    ]
}
_CSV: Schema = {
    "type": "object",
    "properties": {
        "csv": {"type": "string", "pattern": r"^[^/\\]+\.[cC][sS][vV]$"},
        "column": {"type": "string"},
    },
    "required": ["csv"],
    "additionalProperties": False,
    "description": 'Terms in a file beside this one: { csv = "firms.csv", column = "name" }.',
}


def watchlist_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a watchlist file."""
    signal = _object(SIGNAL_KEYS, required=["id"])
    signal["anyOf"] = [{"required": [name]} for name in ("any", "all", "visit")]
    file = _object(FILE_KEYS, required=["format", "id"])
    file["anyOf"] = [{"required": ["signal"]}, {"required": ["expect"]}]
    file["properties"]["signal"] |= {"type": "array", "items": signal, "minItems": 1}
    expect = _object(EXPECT_KEYS, required=["id", "by"])
    expect["anyOf"] = [{"required": ["signals"]}, {"required": ["visit"]}]
    file["properties"]["expect"] |= {"type": "array", "items": expect}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sigtrack watchlist",
        **file,
    }


def _object(keys: Mapping[str, Key], required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {name: _value(key) for name, key in keys.items()},
        "required": required,
        "additionalProperties": False,
    }


def _value(key: Key) -> Schema:
    longest = {"maxLength": key.most}
    shapes: dict[str, Schema] = {
        "text": {"type": "string", **({"enum": list(key.one_of)} if key.one_of else longest)},
        "id": {"type": "string", "pattern": f"^{ID}$"},
        "whole": {"type": "integer", "minimum": key.least, "maximum": 1_000},
        "date": {"type": "string", "format": "date"},
        "visit": {"type": "string", "pattern": _VISIT},
        "date or visit": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": _VISIT}]
        },
        "date or days": {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "pattern": "^\\d{1,3}d$"},
            ]
        },
        "strings": _strings(key),
        "terms": _TERMS,
        "groups of terms": {"type": "array", "items": {**_TERM_LIST, "minItems": 1}},
        "format": {"const": FORMAT},
        "flag": {"type": "boolean"},
        "table": {"type": "object", "additionalProperties": {"anyOf": [_CSV, _TERMS]}},
        "tables": {},
    }
    return {"description": key.means, **shapes[key.kind]}


def _strings(key: Key) -> Schema:
    if not key.one_of:
        item = {"type": "string", "minLength": 1, "maxLength": key.most}
        return {"type": "array", "items": item}
    return {"type": "array", "items": {"enum": list(key.one_of)}}
