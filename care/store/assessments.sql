-- Assessments of ability, and the events that ask for a new one.

-- name: add
-- A whole assessment; it is never changed.
INSERT INTO assessment (resident_id, assessed_at, scale, answers, health, total, preliminary, grade, changes,
                        assessors, account_id, written_at)
VALUES (%(resident)s, %(at)s, %(scale)s, %(answers)s, %(health)s, %(total)s, %(preliminary)s, %(grade)s,
        %(changes)s, %(assessors)s, %(account)s, %(now)s)
RETURNING id

-- name: set_grade
-- The grade in force is that of the latest assessment, also when an older one is written down late.
UPDATE resident SET ability_grade = latest.grade
FROM (SELECT grade FROM assessment WHERE resident_id = %(resident)s
      ORDER BY assessed_at DESC, id DESC LIMIT 1) AS latest
WHERE resident.id = %(resident)s

-- name: of_resident
-- All of a person, the latest first.
SELECT id, assessed_at, scale, answers, health, total, preliminary, grade, changes, assessors, account_id
FROM assessment WHERE resident_id = %(resident)s ORDER BY assessed_at DESC, id DESC

-- name: risk_events
-- Falls and losses that people have confirmed: an incident that ended in help, told by a detector or by hand.
SELECT i.resident_id, (extract(epoch FROM i.onset) * 1e6)::bigint,
       CASE i.kind WHEN 'fall' THEN 'fall' ELSE 'lost' END, i.id::text
FROM incident i JOIN station s ON s.id = i.station_id
WHERE i.kind IN ('fall', 'wandering') AND NOT i.drill AND i.resident_id IS NOT NULL
  AND i.outcome IN ('help_given', 'ambulance', 'hospital')
  AND i.onset > %(since)s AND s.path <@ ANY (%(paths)s::ltree[])
ORDER BY i.onset

-- name: last_of
-- When each of these people was last assessed.
SELECT resident_id, (extract(epoch FROM max(assessed_at)) * 1e6)::bigint
FROM assessment WHERE resident_id = ANY (%(residents)s) GROUP BY resident_id
