-- name: filled
-- Reported gaps that are none any more: somebody was found, or the hours are over.
SELECT id FROM incident
WHERE kind = %(kind)s AND closed_at IS NULL AND station_id || '/' || reason_key <> ALL (%(standing)s)
