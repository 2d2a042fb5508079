-- What one device may leave in quarantine is bounded: ingest looks for the oldest of each.
CREATE INDEX quarantine_device ON quarantine (device_code, last_at DESC);
