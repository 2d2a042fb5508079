"""Drills and self-tests: rehearsals through the real path, and the proof that it works."""

from alerts.drills.store import Refusal, end, listed, report, start

__all__ = ["Refusal", "end", "listed", "report", "start"]
