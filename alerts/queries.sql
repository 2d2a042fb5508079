-- Everything the alert engine says to the database.

-- name: policies
-- What to do about each kind.
SELECT kind, priority, cancel_window_s, escalate_s, respond_s FROM kind_policy

-- name: seed_policy
-- A new installation, or a kind that a new version brought along; what an administrator changed stays.
INSERT INTO kind_policy (kind, priority, cancel_window_s, escalate_s, respond_s, updated_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (kind) DO NOTHING

-- name: untriaged
-- Findings nobody has ruled on, the urgent ones first. The cursor only saves looking at old rows.
SELECT f.id, f.revision, f.kind, f.home_id, (extract(epoch FROM f.onset) * 1e6)::bigint,
       (extract(epoch FROM f.detected_at) * 1e6)::bigint, f.reason_key, f.reason_params, f.resident_id,
       f.device_id, f.severity, f.probability, f.cleared, h.station_id
FROM finding f
LEFT JOIN home h ON h.id = f.home_id
LEFT JOIN kind_policy p ON p.kind = f.kind
WHERE f.serial > (SELECT serial FROM triage_cursor)
  AND NOT EXISTS (SELECT FROM triage t WHERE t.finding_id = f.id AND t.revision = f.revision)
ORDER BY coalesce(p.priority = 'high', true) DESC, f.serial
LIMIT %(limit)s

-- name: lock_home
-- One engine at a time rules on a home, so that what belongs together is joined.
SELECT pg_try_advisory_xact_lock(hashtext('nowalls.home'), %(home)s)

-- name: claim
-- The row is the claim: who inserts it rules, a second engine finds it there.
INSERT INTO triage (finding_id, revision, verdict, incident_id, at)
VALUES (%(finding)s, %(revision)s, %(verdict)s, %(incident)s, %(now)s) ON CONFLICT DO NOTHING

-- name: ruled
-- Which of these findings another engine has ruled on meanwhile.
SELECT finding_id, revision FROM triage WHERE finding_id = ANY(%(findings)s)

-- name: advance_cursor
-- Everything up to here is ruled on and so old that no writer can still be about to commit below it.
UPDATE triage_cursor SET serial = greatest(serial, least(
    (SELECT coalesce(min(f.serial) - 1, 9223372036854775807) FROM finding f
     WHERE f.serial > triage_cursor.serial
       AND NOT EXISTS (SELECT FROM triage t WHERE t.finding_id = f.id AND t.revision = f.revision)),
    (SELECT coalesce(max(f.serial), 0) FROM finding f
     WHERE f.serial > triage_cursor.serial AND f.written_at < %(old)s)))

-- name: of_homes
-- Incidents that a new finding in these homes may belong to, with those of the platform itself.
SELECT {columns} FROM incident
WHERE (home_id = ANY(%(homes)s) OR home_id IS NULL) AND (closed_at IS NULL OR closed_at > %(since)s)
ORDER BY onset

-- name: of_findings
-- Incidents that these findings opened, however long ago.
SELECT {columns} FROM incident WHERE finding_id = ANY(%(findings)s) ORDER BY onset

-- name: all
-- Every incident there is, the oldest first: for figures and exports.
SELECT {columns} FROM incident ORDER BY detected_at, id

-- name: locked
-- One incident, held until this transaction ends.
SELECT {columns} FROM incident WHERE id = %(id)s FOR UPDATE

-- name: due
-- Timers that have run out; an incident that another engine or a person holds is left to them.
SELECT {columns} FROM incident WHERE next_step_at <= %(now)s
ORDER BY (priority = 'high') DESC, next_step_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED

-- name: next_step
-- When the earliest timer runs out.
SELECT (extract(epoch FROM min(next_step_at)) * 1e6)::bigint FROM incident WHERE next_step_at IS NOT NULL

-- name: next_publication
-- When the next console is to be told.
SELECT (extract(epoch FROM min(due_at)) * 1e6)::bigint FROM publication WHERE due_at IS NOT NULL

-- name: insert_incident
-- A new incident, already folded.
INSERT INTO incident (id, finding_id, kind, severity, priority, home_id, station_id, resident_id, device_id,
    probability, reason_key, reason_params, state, version, drill, level, acknowledged_by, outcome, cleared,
    onset, detected_at, state_since, opened_at, next_step_at, closed_at)
VALUES (%(id)s, %(finding_id)s, %(kind)s, %(severity)s, %(priority)s, %(home)s, %(station)s, %(resident)s,
    %(device)s, %(probability)s, %(reason_key)s, %(reason_params)s, %(state)s, %(version)s, %(drill)s,
    %(level)s, %(acknowledged_by)s, %(outcome)s, %(cleared)s, %(onset)s, %(detected_at)s, %(state_since)s,
    %(opened_at)s, %(next_step_at)s, %(closed_at)s)

-- name: update_incident
-- Names the version it leaves: 0 rows means that somebody was first.
UPDATE incident SET severity = %(severity)s, priority = %(priority)s, probability = %(probability)s,
    reason_key = %(reason_key)s, reason_params = %(reason_params)s, state = %(state)s, version = %(version)s,
    level = %(level)s, acknowledged_by = %(acknowledged_by)s, outcome = %(outcome)s, cleared = %(cleared)s,
    state_since = %(state_since)s, opened_at = %(opened_at)s, next_step_at = %(next_step_at)s,
    closed_at = %(closed_at)s
WHERE id = %(id)s AND version = %(old_version)s

-- name: insert_event
-- Append-only; (incident, n) has one writer.
INSERT INTO incident_event (incident_id, n, at, kind, actor_id, data)
VALUES (%(incident)s, %(n)s, %(at)s, %(kind)s, %(actor)s, %(data)s)

-- name: publish
-- The consoles of its station, and of as many levels above as it has been raised, should show this version.
INSERT INTO publication AS p (incident_id, channel, target, wanted, due_at)
SELECT %(incident)s, 'console', above.code, %(version)s, %(now)s
FROM station own JOIN station above ON above.path @> own.path
WHERE own.id = %(station)s AND nlevel(own.path) - nlevel(above.path) <= %(level)s
ON CONFLICT (incident_id, channel, target) DO UPDATE
SET wanted = greatest(p.wanted, excluded.wanted), due_at = excluded.due_at, tries = 0

-- name: ring
-- The doorbell of the boards.
SELECT pg_notify('incident', '')

-- name: claim_publications
-- Taken for a while: if we die before it is sent, it comes due again.
UPDATE publication SET due_at = %(lease)s, tries = tries + 1
WHERE (incident_id, channel, target) IN (
    SELECT incident_id, channel, target FROM publication WHERE due_at <= %(now)s
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING incident_id, target, wanted

-- name: published
-- Done, unless a newer version is wanted by now.
UPDATE publication SET sent = %(version)s, sent_at = %(now)s,
    due_at = CASE WHEN wanted > %(version)s THEN %(now)s::timestamptz END
WHERE incident_id = %(incident)s AND channel = 'console' AND target = %(target)s

-- name: for_console
-- What a station console shows of an incident: ids and words, no name.
SELECT i.id, i.number, i.version, i.kind, i.severity, i.priority, i.state, i.onset, i.opened_at,
       i.next_step_at, i.closed_at, i.level, i.reason_key, i.reason_params, h.code, i.resident_id, s.time_zone
FROM incident i LEFT JOIN home h ON h.id = i.home_id LEFT JOIN station s ON s.id = i.station_id
WHERE i.id = ANY(%(ids)s)

-- name: in_subtree
-- Whether an incident belongs to this station or one below it.
SELECT 1 FROM incident i JOIN station s ON s.id = i.station_id JOIN station own ON own.code = %(station)s
WHERE i.id = %(id)s AND s.path <@ own.path
