"""Figures: how quickly and how well incidents were dealt with, recomputed from the event log."""

from alerts.figures.store import station

__all__ = ["station"]
