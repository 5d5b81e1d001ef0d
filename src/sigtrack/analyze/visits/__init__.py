"""Visits: who goes to whom, in which order, and where, read from headlines in four languages.

`VisitReader` reads one item: it finds tokens with one automaton (`lexicon`), people (`people`),
what happens (`events` of a `sentence`), when (`dates`), and the phase (`phases`). Its module
compiles patterns for 50 ms, so it is imported only where items are read. `merge` joins the reports
of one visit into a stay, `settled` marks the stays that must be over by now. `stops_of` and
`claims_of` find what is unusual in a sequence of stays. The words and patterns of each language are
in the files of the room `lexicon`.

Signals of watchlists ask for visits as well. So if other visits are read than before, raise
`MATCHER_VERSION` in the room `match`, and everything stored is matched again.
"""

from sigtrack.analyze.visits.sequence import Claim, Stop, claims_of, meaning_of, stops_of
from sigtrack.analyze.visits.stays import VisitReport, merge, settled

__all__ = [
    "Claim",
    "Stop",
    "VisitReport",
    "claims_of",
    "meaning_of",
    "merge",
    "settled",
    "stops_of",
]
