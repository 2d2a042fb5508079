-- Doorbells of FHIR subscriptions.

-- name: claim
-- Each is one worker's for half a minute; who dies leaves them to the next. What lies further ahead than anything
-- is put off is from before the clock was set back.
UPDATE fhir_subscription SET due_at = %(lease)s
WHERE id IN (SELECT id FROM fhir_subscription
             WHERE status = 'active' AND (due_at <= %(now)s OR due_at > %(far)s) ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, account_id, path::text, resource, resident_id, endpoint, failures, ends_at, seen_xid::text, seen_at

-- name: stands
-- Whether the token it belongs to still does.
SELECT token_stands(%(account)s, %(wall_now)s)

-- name: horizon
-- Every transaction before this one is over: what it wrote is to be seen, and nothing will come below it.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text

-- name: incidents
-- Whether something happened to an incident since, in reach of the token; rehearsals are not told.
SELECT EXISTS (
    SELECT FROM incident_event e JOIN incident i ON i.id = e.incident_id
    WHERE e.xid >= %(seen)s::xid8 AND e.xid < %(horizon)s::xid8
      AND NOT i.drill AND i.kind = ANY(%(kinds)s)
      AND i.station_id IN (SELECT s.id FROM station s WHERE s.path <@ %(path)s::ltree)
      AND (%(resident)s::int IS NULL OR i.resident_id = %(resident)s
           OR (i.resident_id IS NULL AND EXISTS (
               SELECT FROM residence l
               WHERE l.resident_id = %(resident)s AND l.home_id = i.home_id AND l.during @> i.onset))))

-- name: measured
-- Whether something was measured since, of a person who agrees and is in reach of the token still.
SELECT newly_measured(%(resident)s, %(metrics)s::smallint[], %(since)s, %(now)s)
   AND EXISTS (SELECT FROM resident r JOIN station s ON s.id = r.station_id
               WHERE r.id = %(resident)s AND s.path <@ %(path)s::ltree)

-- name: quiet
-- Nothing new: look again later. What is over is seen.
UPDATE fhir_subscription SET due_at = %(due)s, seen_xid = %(horizon)s::xid8 WHERE id = %(id)s AND status = 'active'

-- name: rung
-- It was heard: everything before is told.
UPDATE fhir_subscription
SET due_at = %(due)s, seen_xid = %(horizon)s::xid8, seen_at = %(now)s, rung_at = %(now)s, failures = 0, error = ''
WHERE id = %(id)s AND status = 'active'

-- name: failed
-- It was not: the same again, later; in the end not any more.
UPDATE fhir_subscription
SET due_at = %(due)s, failures = failures + 1, error = %(error)s,
    status = CASE WHEN %(due)s::timestamptz IS NULL THEN 'error' ELSE status END
WHERE id = %(id)s AND status = 'active'

-- name: end
-- The token, or the time of the subscription, is over.
UPDATE fhir_subscription SET status = 'off', due_at = NULL WHERE id = %(id)s
