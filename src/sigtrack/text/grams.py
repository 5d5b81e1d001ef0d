"""How words become tokens of the search index, and a search becomes a question to it.

Words in alphabets are folded (NFKC, case) and kept whole. Han, Kana and Hangul are written
without spaces between what a reader would call words, so every run of them becomes overlapping
pairs: 共同声明 is 共同, 同声, 声明. A search for 声明 then finds it, as a search for 회담 finds
정상회담을. The last character of a run is a token too, so that a single character, asked for as
the beginning of a pair, is found wherever it stands.

Pure. The index must be rebuilt when `index_tokens` changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

_PAIRED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u1100-\u11ff\ua960-\ua97c"
    "\uac00-\ud7fb\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"(?P<paired>[{_PAIRED}]+)|(?:(?![{_PAIRED}])[^\W_])+")
_ASKED = re.compile(r'(-?)(?:(author|category):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)


def index_tokens(text: str) -> str:
    """The tokens of a text in its order, separated by spaces."""
    return " ".join(token for run, paired in _runs(text) for token in _tokens(run, paired))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search as expressions of FTS5; "" where nothing is asked. `words` are those of title and
    text, `bylines` those of the columns author and category; none of the others may be there."""

    words: str = ""
    no_words: str = ""
    bylines: str = ""
    no_bylines: str = ""


def question_of(search: str) -> Question:
    """What a user typed.

    All words must stand in the item; `"quoted words"` in this order; `-word` must not; `word*`
    begins so; `author:kim` and `category:trade` look at nothing else. Everything else is taken as
    words: no syntax of FTS5 shines through.
    """
    asked: dict[tuple[bool, bool], list[str]] = defaultdict(list)
    for minus, column, quoted, bare in _ASKED.findall(search):
        if phrase := _phrase(quoted or bare):
            expression = f"{column.lower()} : {phrase}" if column else phrase
            asked[bool(column), bool(minus)].append(expression)
    return Question(
        words=" AND ".join(asked[False, False]),
        no_words=" OR ".join(asked[False, True]),
        bylines=" AND ".join(asked[True, False]),
        no_bylines=" OR ".join(asked[True, True]),
    )


def _phrase(words: str) -> str:
    """The words in a row. A star, or a lone character at the end, makes the last a beginning."""
    runs = _runs(words)
    if not runs:
        return ""
    *before, (last, paired) = runs
    tokens = [token for run, in_pairs in before for token in _tokens(run, in_pairs)]
    lone = paired and len(last) == 1
    tokens += _tokens(last, paired)[: -1 if paired and not lone else None]
    begins = lone or words.endswith("*")
    return f'"{" ".join(tokens)}"{"*" if begins else ""}'


def _runs(text: str) -> list[tuple[str, bool]]:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return [(m[0], m["paired"] is not None) for m in _RUN.finditer(folded)]


def _tokens(run: str, paired: bool) -> list[str]:
    return [run[i : i + 2] for i in range(len(run))] if paired else [run]
