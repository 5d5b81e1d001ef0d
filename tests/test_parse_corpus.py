"""Every real and every test document that we have, beside what feedparser itself makes of it.

Item counts and titles agree (titles after the same cleaning). JSON Feed is our own reader. The one
title that differs is Shift_JIS without any label, mojibake in two different alphabets.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from sigtrack.model import Parsed
from sigtrack.parse import parse_feed
from sigtrack.parse.markup import headline_text
from sigtrack.text import clean

DATA = Path(__file__).parents[1].parent / "shared" / "data"
FOLDERS = ("feeds/captured", "feeds/polled", "conformance")
UNLABELLED = "shiftjis.xml"
EVERY = 29  # documents in the fast sample: one of so many

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared documents are not here")


def documents() -> list[Path]:
    found = (path for folder in FOLDERS for path in sorted((DATA / folder).rglob("*")))
    return [path for path in found if path.is_file() and path.name != "manifest.jsonl"]


def content_types() -> dict[str, str]:
    with (DATA / "conformance" / "manifest.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    headers = {row["file"]: row.get("headers") or () for row in rows}
    return {
        file: value.strip()
        for file, given in headers.items()
        for name, _, value in (header.partition(":") for header in given)
        if name.lower() == "content-type"
    }


def disagreements(paths: list[Path]) -> Iterator[str]:
    types = content_types()
    for path in paths:
        kind = types.get(str(path.relative_to(DATA)), "")
        body = path.read_bytes()
        ours = parse_feed(body, feed="corpus", content_type=kind)
        theirs = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": kind} if kind else None,
            sanitize_html=False,
            resolve_relative_uris=False,
        ).entries
        items = ours.items if isinstance(ours, Parsed) else ()
        if isinstance(ours, Parsed) and ours.dialect.startswith("json"):
            continue
        if len(items) != len(theirs):
            yield f"{path.name}: {len(items)} items, feedparser has {len(theirs)}"
        for item, entry in zip(items, theirs, strict=False):
            written = dict.get(entry, "title") or ""
            title = clean(headline_text(written))
            if item.title == clean(written):
                continue  # it says that it is text: a tag in it is a word
            if title and item.title != title and path.name != UNLABELLED:
                yield f"{path.name}: {item.title!r}, feedparser has {title!r}"


@needs_data
def test_a_sample_of_the_documents_reads_as_in_feedparser():
    assert list(disagreements(documents()[::EVERY])) == []


@needs_data
@pytest.mark.slow
def test_every_document_reads_as_in_feedparser():
    paths = documents()
    assert len(paths) > 4000
    assert list(disagreements(paths)) == []
