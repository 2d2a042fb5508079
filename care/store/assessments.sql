-- Assessments of ability, and the events that ask for a new one.

-- name: add
-- A whole assessment; it is never changed.
INSERT INTO assessment (resident_id, assessed_at, scale, answers, health, total, preliminary, grade, changes,
                        assessors, account_id, written_at, request)
VALUES (%(resident)s, %(at)s, %(scale)s, %(answers)s, %(health)s, %(total)s, %(preliminary)s, %(grade)s,
        %(changes)s, %(assessors)s, %(account)s, %(now)s, %(request)s)
RETURNING id

-- name: set_grade
-- The grade in force is that of the latest assessment, also when an older one is written down late.
UPDATE resident SET ability_grade = latest.grade
FROM (SELECT grade FROM assessment WHERE resident_id = %(resident)s
      ORDER BY assessed_at DESC, id DESC LIMIT 1) AS latest
WHERE resident.id = %(resident)s

-- name: of_resident
-- All of a person, the latest first.
SELECT v.id, v.assessed_at, v.scale, v.answers, v.health, v.total, v.preliminary, v.grade, v.changes, v.assessors,
       v.account_id, a.name AS account_name
FROM assessment v LEFT JOIN account a ON a.id = v.account_id
WHERE v.resident_id = %(resident)s ORDER BY v.assessed_at DESC, v.id DESC

-- name: risk_events
-- Falls and losses that people have confirmed: an incident that ended in help, told by a detector or by hand.
SELECT i.resident_id, (extract(epoch FROM i.onset) * 1e6)::bigint,
       CASE i.kind WHEN 'fall' THEN 'fall' ELSE 'lost' END, i.id::text
FROM incident i JOIN station s ON s.id = i.station_id
WHERE i.kind IN ('fall', 'wandering') AND NOT i.drill AND i.resident_id IS NOT NULL
  AND i.outcome IN ('help_given', 'ambulance', 'hospital')
  AND i.onset > %(since)s AND s.path <@ ANY (%(paths)s::ltree[])
ORDER BY i.onset

-- name: risks_of
-- The same of one person.
SELECT (extract(epoch FROM i.onset) * 1e6)::bigint, CASE i.kind WHEN 'fall' THEN 'fall' ELSE 'lost' END, i.id::text
FROM incident i
WHERE i.kind IN ('fall', 'wandering') AND NOT i.drill AND i.resident_id = %(resident)s
  AND i.outcome IN ('help_given', 'ambulance', 'hospital') AND i.onset > %(since)s
ORDER BY i.onset

-- name: by_request
-- What the same form wrote before.
SELECT id FROM assessment WHERE request = %(request)s

-- name: lock
-- The same form twice is written one after the other.
SELECT pg_advisory_xact_lock(hashtext('nowalls.assessment'), %(resident)s)

-- name: last_of
-- When each of these people was last assessed.
SELECT resident_id, (extract(epoch FROM max(assessed_at)) * 1e6)::bigint
FROM assessment WHERE resident_id = ANY (%(residents)s) GROUP BY resident_id
