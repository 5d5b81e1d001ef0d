"""Watchlists and catalogues: what the user wrote, loaded and checked.

Every mistake in a file becomes a `Problem` with file, line and cure; all are shown at once.
"""
