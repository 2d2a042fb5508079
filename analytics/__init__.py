"""Pure streaming detectors: readings in, findings out; no clock, no database, no network."""
