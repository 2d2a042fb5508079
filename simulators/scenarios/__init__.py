"""Scenarios: what happens in a few homes, what goes wrong on the way, and what must come of it."""
