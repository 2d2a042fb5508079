"""Hazards in homes, and how they are put right."""
