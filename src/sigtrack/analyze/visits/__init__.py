"""Who goes to whom, in which order, and where, read from headlines in four languages.

`VisitReader` (its module compiles patterns for 50 ms, so it is imported where something is read)
reads one item: tokens by one automaton (`lexicon`), who is named (`people`), what happens (`events`
of a `sentence`), when (`dates`) and how far it has come (`phases`). `merge` makes the reports of
one visit one stay, `settled` says which must be over by now; `stops_of` and `claims_of` say what is
unusual about an order of stays. What a language calls things, and the patterns by which it tells
them, stand in the files of the room `lexicon`.

Signals of watchlists ask for visits as well: when others are read than before, `MATCHER_VERSION` of
the room `match` is raised, so that what is stored is asked again.
"""

from sigtrack.analyze.visits.sequence import Claim, Stop, claims_of, meaning_of, stops_of
from sigtrack.analyze.visits.stays import Report, merge, settled

__all__ = [
    "Claim",
    "Report",
    "Stop",
    "claims_of",
    "meaning_of",
    "merge",
    "settled",
    "stops_of",
]
