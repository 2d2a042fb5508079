-- name: reported
-- What was said of gaps and nobody has closed; instants are Unix microseconds.
SELECT id, station_id, reason_key, (reason_params->>'from_at')::bigint, (reason_params->>'until_at')::bigint
FROM incident WHERE kind = %(kind)s AND closed_at IS NULL AND reported_by IS NULL AND NOT drill

-- name: filled
-- Reported gaps that are none any more: somebody was found, or the hours are over.
SELECT id FROM incident WHERE id = ANY (%(filled)s) AND closed_at IS NULL
