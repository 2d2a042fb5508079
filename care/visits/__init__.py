"""Visits: who is due when, what a volunteer found, and how well a station covers its people."""
