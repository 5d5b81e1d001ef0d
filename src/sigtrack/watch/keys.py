"""The keys of a watchlist file: what each may hold, and a sentence that says what it does.

Three readers use this table: the loader (which keys exist), the JSON Schema for editors, and the
messages that explain a value of the wrong kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sigtrack.model import Phase

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


@dataclass(frozen=True, slots=True)
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
