-- Forgetting a person.

-- name: request
-- For whom has left; once. The station is the one that answered for them.
INSERT INTO erasure (resident_id, station_id, ground, requested_at, requested_by, due_at)
SELECT r.id, r.station_id, %(ground)s, %(now)s, %(account)s, %(due)s
FROM resident r WHERE r.id = %(resident)s AND r.left_on IS NOT NULL
RETURNING id

-- name: of_resident
-- The order that stands.
SELECT e.*, q.name AS requested_name, g.name AS agreed_name, d.name AS done_name
FROM erasure e
JOIN account q ON q.id = e.requested_by
LEFT JOIN account g ON g.id = e.agreed_by
LEFT JOIN account d ON d.id = e.done_by
WHERE e.resident_id = %(resident)s AND e.dropped_at IS NULL

-- name: agree
-- A second administrator: it need not wait any longer.
UPDATE erasure SET agreed_at = %(now)s, agreed_by = %(account)s
WHERE resident_id = %(resident)s AND dropped_at IS NULL AND done_at IS NULL AND agreed_by IS NULL
  AND requested_by <> %(account)s

-- name: drop
-- It is not to be; what is done cannot be dropped.
UPDATE erasure SET dropped_at = %(now)s, dropped_by = %(account)s
WHERE resident_id = %(resident)s AND dropped_at IS NULL AND done_at IS NULL

-- name: carry_out
-- All of it or nothing; the database looks again whether it may be.
SELECT carry_out_erasure(%(erasure)s, %(now)s, %(account)s) AS said

-- name: keys_left
-- Whose keys are to be destroyed: one process at a time looks after an erasure.
SELECT id, seal_keys FROM erasure
WHERE done_at IS NOT NULL AND (keys_destroyed_at IS NULL OR (%(again)s AND cardinality(seal_keys) > 0))
ORDER BY id LIMIT 10000 FOR UPDATE SKIP LOCKED

-- name: keys_destroyed
-- When the last of the person's keys was gone; said once.
UPDATE erasure SET keys_destroyed_at = coalesce(keys_destroyed_at, %(now)s) WHERE id = ANY (%(erasures)s)
