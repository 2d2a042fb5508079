"""Copies of the embedded database that can be brought back, to any instant the log reaches."""
