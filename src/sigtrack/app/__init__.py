"""Use cases, one file each: the only code that knows two rooms at once.

A use case takes settings and values, and gives a `Report`; `sigtrack.cli` prints it and exits.
"""
