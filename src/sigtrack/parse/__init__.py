"""Turn the bytes of documents into items. Pure: no network, no clock; values in, values out.

`feed` reads one document: with `charset`, `xmltext`, `sniff`, `jsonfeed`, and `syndication`, which
uses `plain` or `by_feedparser` to read XML. `items` makes items of it (with `markup` and `dates`).
`records` reads JSONL and CSV, `discovery` finds the feeds of a page, and `workers` runs `feed` in
processes that can be limited and killed (`worker` is the code that runs there).
"""

from sigtrack.parse.feed import LIMIT, VERSION, parse_feed

__all__ = ["LIMIT", "VERSION", "parse_feed"]
