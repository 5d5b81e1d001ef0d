"""Watchlists against items: which signals stand in which item, in which words, and why not.

`plan` turns all watchlists into one needle table, the finder of the lexicon finds the needles in
folded text, `reading` decides which of the finds count, `evaluate` which signals.
"""

from sigtrack.match.evaluate import Matcher, Verdict
from sigtrack.match.plan import MATCHER_VERSION, Plan, plan_of

__all__ = ["MATCHER_VERSION", "Matcher", "Plan", "Verdict", "plan_of"]
