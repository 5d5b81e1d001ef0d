"""Run all benchmarks that compare sigtrack with a peer, one after the other.

    python benchmarks [PART ...]        default: parse match ask start fetch

A peer is a program that a user might choose instead: feedparser and fastfeedparser, `re`, SQLite's
own full-text search and DuckDB, lemon24/reader and newsboat. Peers that are not installed are
named. README.md beside this file says how to install them, and has the figures of the last run.
"""

from __future__ import annotations

import importlib
import sys

PARTS = {
    "parse": "parsing",
    "match": "matching",
    "ask": "asking",
    "start": "startup",
    "fetch": "fetch",
}


def main(parts: list[str]) -> None:
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    sys.argv[1:] = []  # each part runs with its defaults
    for part in parts or PARTS:
        importlib.import_module(PARTS[part]).main()
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
