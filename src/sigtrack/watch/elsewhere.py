"""What users of other search languages write (Factiva, Nexis, Meltwater, web search).

Their operators that mean NEAR or BEFORE are read as ours. Their fields, wildcards and signs mean
nothing here, so they would find nothing or something else: for these there is advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# The distance comes with or without a slash: near5, w/5. More than 50 is not a distance here.
_NEAR = re.compile(
    r"(?:(?P<any>near/?|w/|within/)|onear/?|adj/?|pre/|before/?)(?P<words>[1-9]|[1-4][0-9]|50)",
    re.IGNORECASE,
)
_IN_SENTENCE = {"w/s": "NEAR/50", "near/s": "NEAR/50", "/s": "NEAR/50", "pre/s": "BEFORE/50"}
JOINED_NEAR = r"(?i:near|onear|adj|before)[0-9]{1,2}"  # operators that look like words
_OPERATOR = re.compile(
    r"(?i:(?:w|within|pre|o?near|adj|before)/[0-9]+|(?:o?near|adj|before)[0-9]{1,2}"
    r"|(?:w|near|pre)?/[sp])|AND|NOT|ANDNOT"
)
_BY_FIELD = {
    "url inurl site domain host link source rst sn": (
        'addresses are not searched: write sources = ["*.go.jp"], or the id of a feed'
    ),
    "intitle allintitle headline hl hd subject": "write title: instead",
    "by byline creator": "write author: instead",
    "tag tags topic section ns": "write category: instead",
    "lang language la": 'write langs = ["en"] below the signal',
    "country region re": 'write @KR, or sources = ["country:KR"] for its publishers',
    "text intext body content summary lp tp": (
        "leave it out: headline, summary and text are always searched"
    ),
}
_FIELDS = {name: cure for names, cure in _BY_FIELD.items() for name in names.split()}
_FIELD = re.compile(rf"({'|'.join(_FIELDS)}):(?=.)", re.IGNORECASE)
_WILDCARD = re.compile(r"\w[?!](?=\w)|(?<![A-Z])\b[a-z]{3,}[?!]\Z")


def operator_of(token: str) -> str | None:
    """Return NEAR/5 for near5, w/5 and within/5, and BEFORE/5 for pre/5, adj5 and onear/5.

    "In one sentence" (w/s, pre/s) is NEAR/50 and BEFORE/50, because NEAR never leaves a sentence.
    """
    if in_sentence := _IN_SENTENCE.get(token.lower()):
        return in_sentence
    found = _NEAR.fullmatch(token)
    if found is None:
        return None
    return f"{'NEAR' if found['any'] else 'BEFORE'}/{found['words']}"


def remarks_on_word(literal: str) -> Iterator[tuple[str, str]]:
    """Yield message and cure for an unquoted word that has a meaning in another search language."""
    if _OPERATOR.fullmatch(literal):
        yield (
            f"{literal} is searched as a word here",
            "write NEAR/5 between two sides (once in a term, at most 50), or use all or none",
        )
    elif field := _FIELD.match(literal):
        yield f"{field[0]} has no special meaning in {literal}", _FIELDS[field[1].lower()]
    elif found := _WILDCARD.search(literal):
        stem = literal[: found.end() - 1]
        star = f", or a beginning with a star: {stem}*" if len(stem) > 2 else ""
        yield (
            f"{found[0][-1]} is not a wildcard in {literal}",
            f"write each spelling as a term of its own{star}",
        )
    elif literal[0] in "-+" and literal[1:2].isalpha():
        yield (
            f"the sign of {literal} is ignored, so {literal[1:]} is searched",
            "put unwanted words into none or ignore, required words into all",
        )


def remarks_on_phrase(literals: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Like `remarks_on_word`, for unquoted words in a row."""
    first, last = literals[0], literals[-1]
    if first[0] == "/" == last[-1] and len(" ".join(literals)) > 2:
        yield (
            f"{' '.join(literals)} is not a regular expression here: its slashes are spaces",
            "write the words, with a star for any ending: denuclear*",
        )
