-- What administrators change: policies with their history, silences, cancel windows.

-- name: kind
-- One kind's row, held.
SELECT kind, priority, cancel_window_s, escalate_s, respond_s, escalation, group_after, group_s, quiet_from,
       quiet_until, version, updated_at, updated_by
FROM kind_policy WHERE kind = %(name)s FOR UPDATE

-- name: kinds
-- All kinds' rows.
SELECT kind, priority, cancel_window_s, escalate_s, respond_s, escalation, group_after, group_s, quiet_from,
       quiet_until, version, updated_at, updated_by
FROM kind_policy ORDER BY array_position(ARRAY['high', 'medium', 'low'], priority), kind

-- name: change_kind
-- Names the version it replaces: 0 rows means that somebody else changed it first.
UPDATE kind_policy SET priority = %(priority)s, cancel_window_s = %(cancel_window_s)s,
    escalate_s = %(escalate_s)s, respond_s = %(respond_s)s, escalation = %(escalation)s,
    group_after = %(group_after)s, group_s = %(group_s)s, quiet_from = %(quiet_from)s,
    quiet_until = %(quiet_until)s, version = version + 1, updated_at = %(now)s, updated_by = %(by)s
WHERE kind = %(kind)s AND version = %(version)s

-- name: escalation
-- One escalation policy, held.
SELECT name, body, version, updated_at, updated_by FROM escalation_policy WHERE name = %(name)s FOR UPDATE

-- name: escalations
-- All escalation policies.
SELECT name, body, version, updated_at, updated_by FROM escalation_policy ORDER BY name

-- name: new_escalation
-- A new one; 0 rows means that the name is taken.
INSERT INTO escalation_policy (name, body, updated_at, updated_by)
VALUES (%(name)s, %(body)s, %(now)s, %(by)s) ON CONFLICT (name) DO NOTHING

-- name: change_escalation
-- Names the version it replaces.
UPDATE escalation_policy SET body = %(body)s, version = version + 1, updated_at = %(now)s, updated_by = %(by)s
WHERE name = %(name)s AND version = %(version)s

-- name: remember
-- What stood before, with who wrote it and when.
INSERT INTO policy_history (subject, name, version, body, changed_at, changed_by)
VALUES (%(subject)s, %(name)s, %(version)s, %(body)s, %(at)s, %(by)s) ON CONFLICT DO NOTHING

-- name: history
-- All that a policy has said before, the latest first.
SELECT version, body, changed_at, changed_by FROM policy_history
WHERE subject = %(subject)s AND name = %(name)s ORDER BY version DESC

-- name: ring
-- The engines read what is in force anew.
SELECT pg_notify('policy', '')

-- name: new_silence
-- Maintenance begins.
INSERT INTO silence (station_id, home_id, device_id, kinds, from_at, until_at, reason, created_by, created_at)
VALUES (%(station)s, %(home)s, %(device)s, %(kinds)s, %(start)s, %(end)s, %(reason)s, %(by)s, %(now)s)
RETURNING id

-- name: silences
-- Those that run or are to come.
SELECT s.id, s.kinds, (extract(epoch FROM s.from_at) * 1e6)::bigint,
       (extract(epoch FROM s.until_at) * 1e6)::bigint, s.station_id, s.home_id, s.device_id, s.reason,
       s.created_by, s.created_at
FROM silence s WHERE s.ended_at IS NULL AND s.until_at > %(now)s ORDER BY s.until_at, s.id

-- name: end_silence
-- Over before its time.
UPDATE silence SET ended_at = %(now)s, ended_by = %(by)s WHERE id = %(id)s AND ended_at IS NULL

-- name: held_by
-- What waits for the end of this silence.
SELECT e.incident_id FROM incident_event e JOIN incident i ON i.id = e.incident_id
WHERE i.state = 'detected' AND e.kind = 'held' AND (e.data ->> 'silence')::int = %(id)s ORDER BY e.incident_id

-- name: window
-- How long this person may call off a fall.
SELECT window_s FROM cancel_window WHERE resident_id = %(resident)s

-- name: put_window
-- This person needs longer, or shorter.
INSERT INTO cancel_window (resident_id, window_s, updated_at, updated_by)
VALUES (%(resident)s, %(window_s)s, %(now)s, %(by)s)
ON CONFLICT (resident_id) DO UPDATE SET window_s = excluded.window_s, updated_at = excluded.updated_at,
    updated_by = excluded.updated_by

-- name: drop_window
-- As everybody again.
DELETE FROM cancel_window WHERE resident_id = %(resident)s
