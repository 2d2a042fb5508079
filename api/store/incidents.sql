-- Incidents within a scope. `paths` and `residents` are the scope, in every statement. Lists first pick their
-- rows and then join what is shown of them, so that a long history costs little.

-- name: active
-- What needs somebody, the most urgent and longest waiting first.
WITH picked AS MATERIALIZED (
    SELECT i.id FROM incident i
    WHERE i.closed_at IS NULL AND {in_scope} AND {narrowed}
      AND (%(after_id)s::uuid IS NULL
           OR ({rank}, i.onset, i.id) > (%(after_rank)s::int, %(after_at)s::timestamptz, %(after_id)s::uuid))
    ORDER BY {rank}, i.onset, i.id
    LIMIT %(limit)s
)
SELECT c.* FROM picked JOIN incident_card c ON c.id = picked.id
ORDER BY c.rank, c.onset, c.id

-- name: closed
-- What is over, the latest first.
WITH picked AS MATERIALIZED (
    SELECT i.id FROM incident i
    WHERE i.closed_at IS NOT NULL AND {in_scope} AND {narrowed}
      AND (%(after_id)s::uuid IS NULL
           OR (i.closed_at, i.id) < (%(after_at)s::timestamptz, %(after_id)s::uuid))
    ORDER BY i.closed_at DESC, i.id DESC
    LIMIT %(limit)s
)
SELECT c.* FROM picked JOIN incident_card c ON c.id = picked.id
ORDER BY c.closed_at DESC, c.id DESC

-- name: all
-- Everything by onset, the latest first.
WITH picked AS MATERIALIZED (
    SELECT i.id FROM incident i
    WHERE {in_scope} AND {narrowed}
      AND (%(after_id)s::uuid IS NULL
           OR (i.onset, i.id) < (%(after_at)s::timestamptz, %(after_id)s::uuid))
    ORDER BY i.onset DESC, i.id DESC
    LIMIT %(limit)s
)
SELECT c.* FROM picked JOIN incident_card c ON c.id = picked.id
ORDER BY c.onset DESC, c.id DESC

-- name: one
-- Outside the scope it does not exist, so that guessing keys tells nothing.
SELECT * FROM incident_card c
WHERE c.id = %(id)s AND (c.path <@ ANY(%(paths)s::ltree[]) OR c.subjects && %(residents)s::int[])

-- name: of_kinds
-- What rescue services look at: open, or changed since; the latest first.
SELECT c.* FROM incident_card c
WHERE c.kind = ANY(%(kinds)s) AND (c.closed_at IS NULL OR c.state_since >= %(since)s)
  AND (c.path <@ ANY(%(paths)s::ltree[]) OR c.subjects && %(residents)s::int[])
ORDER BY c.state_since DESC, c.id LIMIT 500

-- name: station_of
-- What a warning says of who sends it.
SELECT code AS station_code, phone AS station_phone FROM station WHERE id = %(id)s

-- name: some
-- For the live feed, which looks at each reader's scope itself.
SELECT * FROM incident_card c WHERE c.id = ANY(%(ids)s)

-- name: recent
-- The others of the same resident, the latest first.
SELECT * FROM incident_card c
WHERE c.resident_id = %(resident)s AND c.id <> %(id)s
  AND (c.path <@ ANY(%(paths)s::ltree[]) OR c.subjects && %(residents)s::int[])
ORDER BY c.onset DESC, c.id
LIMIT 5

-- name: of_day
-- A resident's incidents that began or were open between two instants.
SELECT * FROM incident_card c
WHERE %(resident)s::int = ANY(c.subjects) AND c.onset < %(until)s
  AND (c.onset >= %(since)s OR c.closed_at IS NULL)
  AND (c.path <@ ANY(%(paths)s::ltree[]) OR c.subjects && %(residents)s::int[])
ORDER BY c.onset DESC, c.id
LIMIT 50

-- name: told
-- Whose alarm has reached a screen of the station or an operator: sent is not arrived, and a relative is not on duty.
SELECT DISTINCT n.incident_id FROM notification n
WHERE n.incident_id = ANY(%(ids)s::uuid[]) AND n.purpose IN ('alarm', 'escalation') AND n.delivered_at IS NOT NULL
  AND n.n >= COALESCE((SELECT max(e.n) FROM incident_event e
                       WHERE e.incident_id = n.incident_id AND e.kind = 'reopened'), 0)
  AND (n.recipient_kind = 'station' OR n.recipient_kind = 'account' AND EXISTS (
           SELECT FROM role_grant g WHERE g.account_id = n.recipient_id AND g.role = 'operator'
           AND g.revoked_at IS NULL))

-- name: events
-- Who did what when, in the order in which it counted.
SELECT e.n, e.at, e.kind, e.actor_id, a.name AS actor_name, e.data
FROM incident_event e
LEFT JOIN account a ON a.id = e.actor_id
WHERE e.incident_id = %(id)s
ORDER BY e.n

-- name: findings
-- Every revision of every finding that went into the incident.
SELECT f.id, f.kind, f.severity, f.revision, f.onset, f.detected_at, f.probability, f.reason_key, f.reason_params,
       f.evidence, f.cleared, f.device_id
FROM triage t
JOIN finding f ON f.id = t.finding_id AND f.revision = t.revision
WHERE t.incident_id = %(id)s
ORDER BY f.detected_at, f.id, f.revision

-- name: person
-- What a responder needs to know of the resident.
SELECT r.born, r.living, r.ability_grade, r.risks, r.phone, r.medicines, r.allergies, r.doctor FROM resident r WHERE r.id = %(resident)s

-- name: contacts
-- Whom to call for these people, in the order the families wish.
SELECT c.rank, c.name, c.relation, c.phone, r.name AS of, c.quiet_from, c.quiet_until
FROM contact c JOIN resident r ON r.id = c.resident_id
WHERE c.resident_id = ANY (%(residents)s) ORDER BY c.rank, r.id

-- name: access_note
-- How to get in: for who stands before the door, and for nobody else.
SELECT access_note FROM home WHERE id = %(home)s
