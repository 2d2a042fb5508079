-- Endpoints, messages and whereabouts of accounts and stations. Each statement names its owner: nobody reads or
-- changes another's.

-- name: endpoints
-- In the order in which they are tried; how they have been doing is kept by delivery.
SELECT e.id, e.channel, e.label, e.address, e.language, e.rank, e.least, e.quiet_from, e.quiet_until, e.created_at,
       COALESCE(s.failures, 0) AS failures, s.failing_since, s.last_ok_at
FROM endpoint e
LEFT JOIN endpoint_state s ON s.endpoint_id = e.id
WHERE e.owner_kind = %(owner_kind)s AND e.owner_id = %(owner_id)s AND e.removed_at IS NULL
  AND (%(id)s::int IS NULL OR e.id = %(id)s::int)
ORDER BY e.rank, e.id

-- name: owner_lock
-- Two who add at once are counted one after the other.
SELECT pg_advisory_xact_lock(hashtext('nowalls.endpoint.' || %(owner_kind)s), %(owner_id)s)

-- name: endpoint_count
-- How many an owner has: there is a limit.
SELECT count(*) AS many FROM endpoint
WHERE owner_kind = %(owner_kind)s AND owner_id = %(owner_id)s AND removed_at IS NULL

-- name: add_endpoint
-- The same address again, also one that was removed, is the same row: what was learnt of it holds.
INSERT INTO endpoint (owner_kind, owner_id, channel, label, address, language, rank, least, quiet_from, quiet_until,
                      created_at, created_by)
VALUES (%(owner_kind)s, %(owner_id)s, %(channel)s, %(label)s, %(address)s, %(language)s, %(rank)s, %(least)s,
        %(quiet_from)s, %(quiet_until)s, %(now)s, %(by)s)
ON CONFLICT (owner_kind, owner_id, channel, address) DO UPDATE
SET label = excluded.label, language = excluded.language, rank = excluded.rank, least = excluded.least,
    quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, removed_at = NULL
RETURNING id

-- name: remove_endpoint
-- Kept as a row, for attempts to deliver name it.
UPDATE endpoint SET removed_at = %(now)s
WHERE id = %(id)s AND owner_kind = %(owner_kind)s AND owner_id = %(owner_id)s AND removed_at IS NULL
RETURNING id

-- name: forget_browsers
-- Who lost the phone is told on it no longer, whoever has it now; addresses that were typed in stay.
UPDATE endpoint SET removed_at = %(now)s
WHERE owner_kind = 'account' AND owner_id = %(account)s AND channel = 'web_push' AND removed_at IS NULL

-- name: notifications
-- What an account was told, the latest first; the incident as far as they may see it now.
SELECT n.id, n.purpose, n.priority, n.state, n.channel, n.queued_at, n.sent_at, n.delivered_at, n.seen_at,
       c.id AS incident_id, c.number, c.kind, c.severity, c.priority AS incident_priority, c.state AS incident_state,
       c.drill, c.address, c.time_zone
FROM notification n
LEFT JOIN incident_card c ON c.id = n.incident_id
     AND (c.path <@ ANY(%(paths)s::ltree[]) OR c.subjects && %(residents)s::int[])
WHERE n.recipient_kind = 'account' AND n.recipient_id = %(account)s
  AND (%(after)s::bigint IS NULL OR n.id < %(after)s::bigint)
  AND (%(id)s::bigint IS NULL OR n.id = %(id)s::bigint)
ORDER BY n.id DESC
LIMIT %(limit)s

-- name: recipient
-- Whom a message is for; a station's lies at its place in the tree.
SELECT n.recipient_kind, n.recipient_id, s.path::text AS path
FROM notification n
LEFT JOIN station s ON n.recipient_kind = 'station' AND s.id = n.recipient_id
WHERE n.id = %(id)s

-- name: told
-- The messages that these events of incidents asked for, for accounts that listen just now, and for stations,
-- whose boards may listen. Whoever reads looks at the scope itself.
SELECT n.id, n.purpose, n.priority, n.state, n.channel, n.queued_at, n.sent_at, n.delivered_at, n.seen_at,
       n.recipient_kind, n.recipient_id, c.id AS incident_id, c.number, c.kind, c.severity,
       c.priority AS incident_priority, c.state AS incident_state, c.drill, c.address, c.time_zone, c.path,
       c.subjects, s.path::text AS station_path
FROM unnest(%(incidents)s::uuid[], %(ns)s::int[]) AS e (incident_id, n)
JOIN notification n ON n.incident_id = e.incident_id AND n.n = e.n
JOIN incident_card c ON c.id = n.incident_id
LEFT JOIN station s ON n.recipient_kind = 'station' AND s.id = n.recipient_id
WHERE (n.recipient_kind = 'account' AND n.recipient_id = ANY(%(accounts)s::int[]))
   OR n.recipient_kind = 'station'
ORDER BY n.id

-- name: of_incident
-- To whom an incident's messages went and how far they have come, in order; with the last try's word.
SELECT n.id, n.recipient_kind, n.recipient_id, n.purpose, n.state, n.channel, n.queued_at, n.sent_at,
       n.delivered_at, n.seen_at, n.tries,
       CASE n.recipient_kind WHEN 'account' THEN a.name::varchar WHEN 'contact' THEN k.name
           ELSE s.name::varchar END AS name, -- varchar: only so is a sealed name opened
       COALESCE((SELECT d.outcome FROM delivery_attempt d WHERE d.notification_id = n.id
                 ORDER BY d.try DESC LIMIT 1), '') AS last_outcome
FROM notification n
LEFT JOIN account a ON n.recipient_kind = 'account' AND a.id = n.recipient_id
LEFT JOIN contact k ON n.recipient_kind = 'contact' AND k.id = n.recipient_id
LEFT JOIN station s ON n.recipient_kind = 'station' AND s.id = n.recipient_id
WHERE n.incident_id = %(incident)s
ORDER BY n.id
LIMIT 500

-- name: my_state
-- Whether somebody can be sent, and from where.
SELECT available, lat, lon, at FROM responder_state WHERE account_id = %(account)s

-- name: put_state
-- The latest word counts; a telephone that was offline may say old things late. A word without a place keeps the
-- place that is known.
INSERT INTO responder_state AS w (account_id, available, lat, lon, at)
VALUES (%(account)s, COALESCE(%(available)s::boolean, true), %(lat)s, %(lon)s, %(now)s)
ON CONFLICT (account_id) DO UPDATE
SET available = COALESCE(%(available)s::boolean, w.available), lat = COALESCE(excluded.lat, w.lat), lon = COALESCE(excluded.lon, w.lon),
    at = excluded.at
RETURNING available, lat, lon, at

-- name: profile
-- What colleagues see of an account.
SELECT name, language, phone FROM account WHERE id = %(account)s

-- name: put_profile
-- One's own, and nobody else's.
UPDATE account SET name = %(name)s, language = %(language)s, phone = %(phone)s WHERE id = %(account)s
