-- name: mended
-- Faults that this endpoint's recovery ends: its own, and all when none is failing any more.
SELECT i.id FROM incident i
WHERE i.kind = %(kind)s AND i.closed_at IS NULL
  AND ((i.reason_params ->> 'endpoint')::int = %(endpoint)s OR NOT EXISTS (
       SELECT FROM endpoint_state s JOIN endpoint e ON e.id = s.endpoint_id
       WHERE e.removed_at IS NULL AND s.failures >= %(failures)s))

-- name: of_station
-- Open faults of a kind at a station.
SELECT id FROM incident WHERE kind = %(kind)s AND closed_at IS NULL AND station_id = %(station)s

-- name: of_platform
-- Open faults of a kind of the platform itself, of one part.
SELECT id FROM incident
WHERE kind = %(kind)s AND closed_at IS NULL AND station_id IS NULL AND reason_params ->> 'part' = %(part)s
