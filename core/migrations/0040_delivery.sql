-- What delivery needs beside the outbox. Written by the alerts package only.

-- A failing endpoint is tried at its own rank again some minutes after it failed last: else it never recovers.
ALTER TABLE endpoint_state ADD COLUMN last_failed_at timestamptz;

-- When each service was used lately: no more often than it allows, however many workers there are.
CREATE TABLE service_use (
    service text PRIMARY KEY,
    uses    timestamptz[] NOT NULL
) WITH (fillfactor = 50);

-- What was told of an incident is asked for by its boards and by its closing.
CREATE INDEX notification_incident ON notification (incident_id);
-- Delivery by channel, for figures.
CREATE INDEX delivery_attempt_started ON delivery_attempt (started_at);
