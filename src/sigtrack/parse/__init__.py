"""Bytes to items. Pure: no network, no clock; values in, values out.

`feed` reads one document (with `charset`, `xmltext`, `sniff`, `jsonfeed` and `syndication`, for
which `plain` or `by_feedparser` read XML), and `items` makes items of it (with `markup` and
`dates`). `records` reads JSONL and
CSV, `discovery` finds the feeds of a page, `workers` runs `feed` in processes that can be limited
and killed (what runs there is `worker`).
"""

from sigtrack.parse.feed import LIMIT, VERSION, parse_feed

__all__ = ["LIMIT", "VERSION", "parse_feed"]
