"""`python -m sigtrack` is `sigtrack`."""

from sigtrack.cli import main

main()
