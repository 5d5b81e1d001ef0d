"""What items mean together: changes, stories, wording, visits. Pure; one file each."""
