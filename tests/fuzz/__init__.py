"""Attacks by machine: `python -m tests.fuzz messages|requests|coverage`; the suite runs short versions."""
