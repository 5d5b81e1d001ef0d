"""Visits: who goes to whom, in which order, and where, read from headlines in four languages.

`reader` reads one item: it finds tokens with one automaton (`lexicon`), people (`people`), what
happens (`events` of a `sentence`), when (`dates`), and the phase (`phases`). It compiles patterns
for 50 ms, so it is imported only where items are read. `stays` joins the reports of one visit into
a stay, marks the stays that must be over by now, and finds what is unusual in their sequence. The
words and patterns of each language are in the files of the room `lexicon`.

Signals of watchlists ask for visits as well. So if other visits are read than before, raise
`MATCHER_VERSION` in the room `match`, and everything stored is matched again.
"""
