"""Figures: how quickly and how well incidents were dealt with, recomputed from the event log."""
