"""What a sentence says happens, in the order of its verbs; mere presence comes last."""

from __future__ import annotations

from collections.abc import Iterator

from sigtrack.analyze.visits.journeys import journey, sending
from sigtrack.analyze.visits.meetings import hosting, meeting
from sigtrack.analyze.visits.sentence import Event, Sentence
from sigtrack.analyze.visits.stopovers import stopovers


def events_of(sentence: Sentence) -> Iterator[Event]:
    for token in sentence.acts:
        match token.value.kind:
            case "go" | "trip" | "leave":
                yield from journey(sentence, token)
            case "send":
                yield from sending(sentence, token)
            case "invite":
                continue  # nobody has come yet, or said that he will
            case "host":
                yield from hosting(sentence, token)
            case _:
                yield from meeting(sentence, token)
    yield from stopovers(sentence)
