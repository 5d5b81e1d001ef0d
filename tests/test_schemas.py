"""Every machine format holds what its schema says, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from desk import LIGHTHOUSES, Desk
from sigtrack.app.schemas import commands, schema_of
from sigtrack.views.visits import FIELDS as VISIT_FIELDS
from test_demo import STATEMENTS

WEEK = STATEMENTS.parent
NARA = """\
format = 1
id = "nara"
[[signal]]
id = "met"
any = ["Nara", "나라", "奈良", "#meet"]

[[expect]]
id = "text"
signals = ["nara/met"]
by = 2026-01-20
"""
RUNS = {
    "report": ["report", "--since", "all"],
    "opinions": ["opinions", "--since", "all", "--dry-run"],
    "search": ["search", "nara OR 奈良"],
    "stories": ["stories", "--since", "all"],
    "visits": ["visits", "--since", "all"],
    "visits --by item": ["visits", "--since", "all", "--by", "item"],
    "visits --matrix": ["visits", "--since", "all", "--matrix"],
    "visits --sequence": ["visits", "--since", "all", "--sequence", "@KR"],
    "expect": ["expect"],
    "wording": ["wording", "--by", "month"],
    "wording --spread": ["wording", "--spread", "--phrase", "new phase"],
    "wording --ladders": ["wording", "--since", "3d", "--ladders"],
    "edits": ["edits", "--since", "all", "--all"],
    "compare": ["compare", "--series", "japan-rok-leaders", "--expected"],
    "statements list": ["statements", "list"],
    "feeds list": ["feeds", "list"],
    "feeds check": ["feeds", "check"],
    "rematch": ["rematch", "--since", "all"],
    "digest --dry-run": ["digest", "--dry-run"],
    "watchlists list": ["watchlists", "list"],
    "watchlists words": ["watchlists", "words"],
    "watchlists test": ["watchlists", "test", "Lee meets Takaichi in Nara"],
    "db info": ["db", "info"],
    "config show": ["config", "show"],
    "doctor": ["doctor"],
}
MAY_BE_EMPTY = {"wording --ladders", "feeds list", "feeds check"}


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("week")
    desk = Desk(home)
    desk.watch(LIGHTHOUSES)
    desk.watch(NARA, "nara")
    for file in WEEK.glob("*.xml"):
        shutil.copy(file, home)
    desk.run("import", *sorted(home.glob("*.xml")), SIGTRACK_NOW="2026-01-15T03:00:00Z")
    row = {"id": "e", "source": "coast", "title": "Nara: leaders reaffirm firm commitment"}
    for hour, title in ((4, row["title"]), (5, "Nara: leaders take note of commitment")):
        (home / "edited.jsonl").write_text(json.dumps(row | {"title": title}), encoding="utf-8")
        desk.run("import", home / "edited.jsonl", SIGTRACK_NOW=f"2026-01-15T0{hour}:00:00Z")
    for day, name in (("2025-08-23", "tokyo"), ("2026-01-13", "nara")):
        text = STATEMENTS / f"{day}-{name}.txt"
        desk.run("statements", "add", text, "--series", "japan-rok-leaders", "--date", day)
    yield desk


def misfits(value: Any, schema: dict[str, Any], parts: dict[str, Any], at: str = "") -> list[str]:
    """Where a value is not what a schema says; a key that it does not name counts too."""
    if "$ref" in schema:
        return misfits(value, parts[schema["$ref"].rpartition("/")[2]], parts, at)
    if "anyOf" in schema:
        return min((misfits(value, one, parts, at) for one in schema["anyOf"]), key=len)
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list,
             "object": dict, "null": type(None)}  # fmt: skip
    if not isinstance(value, kinds[schema["type"]]):
        return [f"{at}: {value!r} is not {schema['type']}"]
    if isinstance(value, list):
        return [bad for one in value for bad in misfits(one, schema["items"], parts, f"{at}[]")]
    if schema.get("format") == "date-time" and not datetime.fromisoformat(value).tzinfo:
        return [f"{at}: {value} has no offset"]
    if not isinstance(value, dict):
        return []
    named = schema.get("properties", dict.fromkeys(value, schema.get("additionalProperties")))
    bad = [f"{at}.{key} is not told of" for key in value if key not in named]
    bad += [f"{at}.{key} is missing" for key in schema.get("required", ()) if key not in value]
    return bad + [
        one
        for key in value
        if key in named
        for one in misfits(value[key], named[key], parts, f"{at}.{key}")
    ]


@pytest.mark.parametrize("command", RUNS)
def test_what_a_command_writes_is_what_its_schema_says(week: Desk, command: str) -> None:
    records = json.loads(week.run(*RUNS[command], "-f", "json").out)
    schema = schema_of(command)
    assert misfits(records, schema, schema["$defs"]) == []
    assert records or command in MAY_BE_EMPTY


def test_an_item_and_a_mark_are_what_their_schemas_say(week: Desk) -> None:
    (item, *_) = week.run("search", "nara", "-f", "jsonl").records
    for command in (["show", item["item"]], ["mark", item["item"], "star"]):
        schema = schema_of(command[0])
        records = json.loads(week.run(*command, "-f", "json").out)
        assert misfits(records, schema, schema["$defs"]) == []
    for command in ("import", "fetch"):
        done = week.run(command, week.home / "akitsu.xml", "-f", "json")
        schema = schema_of(command)
        assert misfits(json.loads(done.out), schema, schema["$defs"]) == []


def test_every_schema_is_tried_on_what_its_command_writes() -> None:
    assert set(commands()) == {*RUNS, "show", "mark", "import", "fetch", "scan"}


def test_a_schema_is_printed_and_a_wrong_name_refused(week: Desk) -> None:
    printed = json.loads(week.run("schema", "visits").out)
    assert list(printed["items"]["properties"]) == list(VISIT_FIELDS)
    assert "visits --by item" in week.run("schema").out
    assert "did you mean report?" in week.run("schema", "repotr", code=2).err
