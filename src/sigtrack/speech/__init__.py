"""What people read, in their language: messages, dates, and the names of actors and places.

    words = Words("ko", now=..., zone=...)
    words.say("also {names}", names="yna")
    words.day(moment)
    Naming(words, actors).by_id("KR")

Only what a reader of reports, mails and pages sees is translated; help, errors and records are not.
"""

from sigtrack.speech.messages import (
    ENGLISH,
    INTERFACES,
    Language,
    Messages,
    Words,
    language_in,
    marked,
    message,
)

__all__ = [
    "ENGLISH",
    "INTERFACES",
    "Language",
    "Messages",
    "Words",
    "language_in",
    "marked",
    "message",
]
