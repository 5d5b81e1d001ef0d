"""The screen of `sigtrack browse`: `panes` draw rows and text, `screen` has keys and questions.

Textual comes with the extra `tui` and is imported by this package only. Words from outside reach
the screen as text of fixed rows, never as markup.
"""

INSTALL = "pip install 'sigtrack[tui]'"
