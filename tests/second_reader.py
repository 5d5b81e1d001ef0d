"""A second reader on loopback: it takes chat completions and answers as a test wants it to.

url = reading(site, lambda asked: says("yes", asked["item"]["title"]))   # [opinions] url
site.requests                                                           # what was asked
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from feed_server import Request, Site, answer

MODEL = "lighthouse-1"
PATH = "/v1/chat/completions"


def says(verdict: str, quote: str, reason: str = "It says so.") -> str:
    """The content of an answer in the form that is asked for."""
    return json.dumps({"verdict": verdict, "quote": quote, "reason": reason})


def completion(content: object, **message: object) -> bytes:
    """The body of an answer around a content."""
    message = {"role": "assistant", "content": content, **message}
    return json.dumps({"choices": [{"index": 0, "message": message}]}).encode()


def reading(site: Site, read: Callable[[dict[str, Any]], str]) -> str:
    """Let the site answer with what `read` makes of the signal and the item that are asked about."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        size = int(request.headers["content-length"])
        body = json.loads(await request.reader.readexactly(size))
        content = read(json.loads(body["messages"][-1]["content"]))
        writer.write(answer(200, completion(content)))

    return site.play(PATH, script).removesuffix("/chat/completions")


def configured(url: str, more: str = "") -> str:
    """The table of a config file."""
    return f'[opinions]\nurl = "{url}"\nmodel = "{MODEL}"\n{more}'
