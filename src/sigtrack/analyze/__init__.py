"""What items mean together: changes, stories, wording and visits. Pure; one file for each."""
