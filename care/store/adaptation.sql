-- Hazards in homes and what is done about them.

-- name: open
-- A hazard that somebody found; it belongs to the home where the person lives now.
INSERT INTO adaptation (version, resident_id, home_id, station_id, hazard, room, note, source, opened_at, opened_by,
                        state, state_since)
SELECT 1, r.id, l.home_id, r.station_id, %(hazard)s, %(room)s, %(note)s, %(source)s, %(now)s, %(account)s, 'open', %(now)s
FROM resident r LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
WHERE r.id = %(resident)s
RETURNING id

-- name: page
-- Tasks of the scope, the latest first.
SELECT t.*, r.name AS resident_name, s.name AS station_name, h.code AS home_code, h.address,
       o.name AS opened_name, d.name AS done_name
FROM adaptation t
JOIN resident r ON r.id = t.resident_id
JOIN station s ON s.id = t.station_id
LEFT JOIN home h ON h.id = t.home_id
LEFT JOIN account o ON o.id = t.opened_by
LEFT JOIN account d ON d.id = t.done_by
WHERE s.path <@ ANY (%(paths)s::ltree[])
  AND (%(task)s::int IS NULL OR t.id = %(task)s::int)
  AND (%(resident)s::int IS NULL OR t.resident_id = %(resident)s::int)
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT top.path FROM station top WHERE top.id = %(station)s::int))
  AND (%(state)s::text IS NULL OR t.state = %(state)s)
  AND (%(before)s::int IS NULL OR t.id < %(before)s::int)
ORDER BY t.id DESC LIMIT %(limit)s

-- name: hold
-- One task, ours until the transaction ends.
SELECT state, version, (extract(epoch FROM state_since) * 1e6)::bigint AS since, planned_for,
       (extract(epoch FROM done_at) * 1e6)::bigint AS done_at, done_by
FROM adaptation WHERE id = %(task)s FOR UPDATE

-- name: update
-- The fold of the events.
UPDATE adaptation SET version = %(version)s, state = %(state)s, state_since = %(since)s, planned_for = %(day)s,
       done_at = %(done_at)s, done_by = %(done_by)s
WHERE id = %(task)s

-- name: add_event
-- A step; (task, n) has one writer.
INSERT INTO adaptation_event (adaptation_id, n, at, kind, account_id, data)
VALUES (%(task)s, %(n)s, %(at)s, %(kind)s, %(account)s, %(data)s)

-- name: events
-- The steps of a task.
SELECT e.at, e.kind, e.account_id, a.name AS account_name, e.data
FROM adaptation_event e LEFT JOIN account a ON a.id = e.account_id
WHERE e.adaptation_id = %(task)s ORDER BY e.n
