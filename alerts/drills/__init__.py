"""Drills and self-tests: rehearsals through the real path, and the proof that it works."""
