"""The texts that `watchlists new` and `copy` write. The new watchlist works and explains itself."""

from __future__ import annotations

import json
import re

from sigtrack.text import clean

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
