"""Taking in a list of people: a sheet becomes rows, rows become a preview, and only then people."""
