"""Use cases, one file each: the only code that uses two rooms together.

A use case takes settings and values and returns a `Report`; `sigtrack.cli` prints it.
"""
