"""sigtrack: a signal tracker for diplomatic statements."""

__version__ = "0.1.0"
