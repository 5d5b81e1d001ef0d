"""The keys of a watchlist file: what each may hold, and a sentence that says what it does.

Four readers use this table: the loader (which keys exist), the messages that explain a value of the
wrong kind, the new watchlist that works and explains itself, and the JSON Schema for editors that
complete keys and underline mistakes. A schema cannot check the grammar inside the strings:
`watchlists check` does that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from sigtrack.frozen import frozen
from sigtrack.model import Phase
from sigtrack.text import clean
from sigtrack.text.scripts import LANGUAGE

Kind = Literal[
    "text",
    "id",
    "whole",
    "date",
    "date or visit",
    "date or days",
    "visit",
    "strings",
    "terms",
    "groups of terms",
    "format",
    "flag",
    "table",
    "tables",
]

FORMAT = 1
TITLE_LENGTH = 200  # characters; the longest shipped title has 87
GROUP = r"\w[\w-]{0,39}"  # a group of feeds
ID = r"[a-z0-9][a-z0-9-]{0,63}"

CURES: dict[Kind, str] = {
    "text": '{key} = "words in quotes"',
    "id": '{key} = "small-letters-digits-hyphens"',
    "whole": "{key} = 2, a whole number without quotes",
    "date": "{key} = 2026-01-05, without quotes",
    "date or visit": '{key} = 2026-01-05 without quotes, or {key} = "@KR > @JP"',
    "date or days": '{key} = 2026-01-20 without quotes, or {key} = "7d"',
    "visit": '{key} = "@KR > @JP", or "any > @JP": who goes to whom',
    "strings": '{key} = ["one", "two"]',
    "terms": '{key} = ["one term", "another"], or a list for each language: {key}.en = ["…"]',
    "groups of terms": '{key} = [["either", "or"], ["and one of these"]]',
    "format": "format = 1",
    "flag": "{key} = true, without quotes",
    "table": "a heading [{key}] and its lines below",
    "tables": "a heading [[{key}]] with two brackets above each",
}


@frozen(kw_only=False)
class Key:
    name: str
    kind: Kind
    means: str
    one_of: tuple[str, ...] = ()
    least: int = 0
    most: int = 2_000  # characters of a text, or of each string of a list


FILE_KEYS = {
    key.name: key
    for key in (
        Key("format", "format", "Version of this format: 1."),
        Key("id", "id", "Name of the watchlist; the id of a shipped one needs replaces = true."),
        Key("replaces", "flag", "true: this file replaces the shipped watchlist with its id."),
        Key("title", "text", "Title that reports show.", most=TITLE_LENGTH),
        Key("why", "text", "Why this is worth watching."),
        Key("terms", "table", "Named groups of terms, used as $name."),
        Key("ignore", "terms", "Masks of every signal: words that overlap them do not count."),
        Key("none", "terms", "Vetoes of every signal: they hide an item. Use rarely."),
        Key("unless", "terms", "Words that switch the vetoes off."),
        Key("signal", "tables", "The things to watch."),
        Key("expect", "tables", "What is expected, and by when; its absence is then a signal."),
    )
}

SHARED_KEYS = {name: FILE_KEYS[name] for name in ("format", "terms")}

SIGNAL_KEYS = {
    key.name: key
    for key in (
        Key("id", "id", "Name of the signal, unique in its file."),
        Key("title", "text", "Title that reports show.", most=TITLE_LENGTH),
        Key("why", "text", "Why this is worth watching."),
        Key(
            "priority",
            "text",
            "How much it matters; sorts first.",
            one_of=("low", "normal", "high", "urgent"),
        ),
        Key("any", "terms", "At least one of these terms."),
        Key("all", "groups of terms", "One term of each group: AND between groups, OR inside."),
        Key("visit", "visit", 'A visit that the item tells: "@KR > @JP", "any > @JP", "any > ?".'),
        Key(
            "phase",
            "strings",
            "How far the visit has come; any of these.",
            one_of=tuple(Phase),
        ),
        Key("none", "terms", "Vetoes: they hide an item wherever they stand. Use rarely."),
        Key("ignore", "terms", "Masks: words that overlap them do not count."),
        Key("unless", "terms", "Words that switch the vetoes off."),
        Key(
            "in",
            "text",
            "Where to look: title, lead (title and first 50 words) or any; author: and category: "
            "search only there.",
            one_of=("title", "lead", "any"),
        ),
        Key("min_hits", "whole", "How many distinct words of any must be there.", least=1),
        Key("min_actors", "whole", "How many countries must be named."),
        Key(
            "actors_within",
            "whole",
            "They must be in one sentence with a word of any, at most this many words away.",
        ),
        Key(
            "sources",
            "strings",
            'Only these feeds: ids, "role:ministry", "country:KR", "group:japan", "*.go.jp".',
        ),
        Key("not_sources", "strings", "Not these feeds."),
        Key("langs", "strings", 'Only these languages: ["en", "ko"].'),
        Key("from", "date", "Not before this day."),
        Key("until", "date", "Not after this day."),
        Key(
            "should_match",
            "strings",
            "Headlines that the signal must hit; else the file is broken.",
        ),
        Key("should_not_match", "strings", "Headlines that it must not hit."),
    )
}

EXPECT_KEYS = {
    key.name: key
    for key in (
        Key("id", "id", "Name of the expectation, unique in its file."),
        Key("title", "text", "Title that reports show.", most=TITLE_LENGTH),
        Key("why", "text", "Why it matters whether it comes or not."),
        Key("signals", "strings", 'What fulfils it: "watchlist/signal", or a whole "watchlist".'),
        Key("visit", "visit", 'A visit that fulfils it: "@KR > @JP".'),
        Key("after", "date or visit", "Since when it counts: a day, or the first day of a visit."),
        Key("by", "date or days", 'Until when it is due: a day, or "7d" from after.'),
    )
}


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


_TEMPLATE = """\
# A watchlist: one theme, a few signals. Everything after # is a comment.
# Check it with: sigtrack watchlists check
format = 1
id     = {id}
title  = {title}
why    = ""

# Named lists of words, used below as $meeting. One string is one term:
#   "summit"                  the whole word, any case
#   "denuclear*"  "*회담"      begins with; Hangul also ends with
#   "Lee NEAR/8 Takaichi"     at most 8 words between them
#   "title:Nara"              in the title only
#   "author:Kim"              in the name of the author only; also "category:trade"
#   "=Nara"                   exactly this case
#   "#meet"  "to #city"       any word that sigtrack knows for it: sigtrack watchlists words
#   "@KR"  "@takaichi"        a country with its capital, offices and their holders; a person
[terms]
meeting = ["summit talks", "정상회담", "首脳会談", "首脑会谈", "首腦會談"]

[[signal]]
id       = "announced"
title    = "A meeting is announced"
priority = "normal"                       # low, normal, high or urgent
any      = ["$meeting"]                   # at least one of these
# all    = [["@KR"], ["@JP", "@CN"]]      # and one of each of these lists
# ignore = ["summit talks podcast"]       # words that do not count
# none   = ["title:crossword"]            # hides the whole item: use rarely
should_match     = ["Leaders agree to hold summit talks in Nara"]
should_not_match = ["Bank opens a branch in Nara"]

# What should come, and by when: `sigtrack expect` and `report` say open, seen or overdue.
# [[expect]]
# id      = "after-the-visit"
# title   = "Talks are announced after the visit"
# signals = ["my-list/announced"]         # a signal, or a whole list: "my-list"
# visit   = "@KR > @JP"                   # or a visit: who goes to whom
# after   = 2026-01-13                    # a day, or a visit: "@KR > @CN"
# by      = "14d"                         # days from then, or a day: 2026-01-31
"""


def copied_watchlist_text(shipped: str) -> str:
    """Return a shipped watchlist as a file of the user that replaces it."""
    return re.sub(r"^(id[ \t]*=.*\n)", r"\1replaces = true\n", shipped, count=1, flags=re.MULTILINE)


def new_watchlist_text(id: str, title: str) -> str:
    """Return a commented watchlist with this id and title that loads without problems."""
    return _TEMPLATE.format(id=_string(id), title=_string(title or id))


def _string(text: str) -> str:
    # A JSON string of clean text is a TOML string.
    return json.dumps(clean(text), ensure_ascii=False)
