-- Announced inspections and what came of them.

-- name: announce
-- With its seed, of which only the seal is told before the draw.
INSERT INTO inspection (station_id, kind, seed, number, each, announced_at, announced_by)
VALUES (%(station)s, %(kind)s, %(seed)s, %(number)s, %(each)s, %(now)s, %(account)s) RETURNING id

-- name: page
-- Inspections of the scope, the latest first.
SELECT i.*, s.name AS station_name, s.path::text AS path, a.name AS announced_name
FROM inspection i JOIN station s ON s.id = i.station_id JOIN account a ON a.id = i.announced_by
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND (%(inspection)s::int IS NULL OR i.id = %(inspection)s::int)
ORDER BY i.id DESC LIMIT %(limit)s

-- name: hold
-- One inspection, ours until the transaction ends.
SELECT i.*, s.path::text AS path FROM inspection i JOIN station s ON s.id = i.station_id
WHERE i.id = %(inspection)s FOR UPDATE OF i

-- name: homes
-- What may be drawn: homes in which somebody in our care lives.
SELECT DISTINCT h.id::text FROM home h JOIN station s ON s.id = h.station_id
JOIN residence l ON l.home_id = h.id AND l.during @> %(now)s::timestamptz
WHERE s.path <@ %(path)s::ltree

-- name: providers
-- What may be drawn: providers.
SELECT p.id::text FROM provider p JOIN station s ON s.id = p.station_id WHERE s.path <@ %(path)s::ltree

-- name: stations
-- What may be drawn: stations that answer for people.
SELECT s.id::text FROM station s
WHERE s.path <@ %(path)s::ltree AND EXISTS (SELECT FROM resident r WHERE r.station_id = s.id)

-- name: inspectors
-- Who may inspect: operators and administrators of the station and of those above it.
SELECT DISTINCT g.account_id::text FROM role_grant g
JOIN station own ON own.id = %(station)s
LEFT JOIN station above ON above.id = g.station_id
JOIN account a ON a.id = g.account_id AND a.disabled_at IS NULL
WHERE g.revoked_at IS NULL AND g.role IN ('operator', 'administrator')
  AND (g.station_id IS NULL OR above.path @> own.path)

-- name: barred
-- Who has visited a home in the last year does not inspect it.
SELECT DISTINCT l.home_id::text, v.visitor_id::text
FROM visit v JOIN residence l ON l.resident_id = v.resident_id AND l.during @> v.at
JOIN station s ON s.id = v.station_id
WHERE s.path <@ %(path)s::ltree AND v.visitor_id IS NOT NULL AND v.at > %(now)s::timestamptz - interval '1 year'

-- name: drawn
-- The lists of the draw are kept, so that it can be repeated.
UPDATE inspection SET drawn_at = %(now)s, drawn_by = %(account)s, subjects = %(subjects)s, inspectors = %(inspectors)s,
       barred = %(barred)s
WHERE id = %(inspection)s

-- name: add_task
-- One thing to inspect, and who goes.
INSERT INTO inspection_task (inspection_id, subject, inspectors)
VALUES (%(inspection)s, %(subject)s, %(inspectors)s)

-- name: tasks
-- What was drawn, with names.
SELECT t.id, t.subject, t.inspectors, t.result, t.note, t.at, t.account_id, a.name AS account_name,
       coalesce(h.code, p.name, s.name, '') AS subject_name
FROM inspection_task t
JOIN inspection i ON i.id = t.inspection_id
LEFT JOIN home h ON i.kind = 'home' AND h.id = t.subject::int
LEFT JOIN provider p ON i.kind = 'provider' AND p.id = t.subject::int
LEFT JOIN station s ON i.kind = 'station' AND s.id = t.subject::int
LEFT JOIN account a ON a.id = t.account_id
WHERE t.inspection_id = %(inspection)s ORDER BY t.id

-- name: names
-- Names of accounts.
SELECT id, name FROM account WHERE id = ANY (%(accounts)s::int[])

-- name: report
-- What an inspector found; once.
UPDATE inspection_task SET result = %(result)s, note = %(note)s, at = %(now)s, account_id = %(account)s
WHERE id = %(task)s AND inspection_id = %(inspection)s AND result IS NULL AND %(account)s = ANY (inspectors)
