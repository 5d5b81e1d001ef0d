"""The screen of `sigtrack browse`: `panes` draws rows and text, `screen` handles keys.

Textual comes with the extra `tui`, and only this package imports it. Words from outside are shown
as text in rows of fixed height, never as markup.
"""

INSTALL = "pip install 'sigtrack[tui]'"
