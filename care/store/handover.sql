-- What the next hands need to know of a person.

-- name: person
-- The person, where they live now, and the station that answers for them.
SELECT r.id, r.name, r.sex, r.born, r.phone, coalesce(h.address, '') AS address,
       coalesce(h.access_note, '') AS access_note, r.ability_grade, r.risks, r.medicines, r.allergies, r.doctor,
       s.name AS station, s.phone AS station_phone, s.time_zone, h.id AS home,
       a.last_activity_at, coalesce(a.last_room, '') AS last_room
FROM resident r
JOIN station s ON s.id = r.station_id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
LEFT JOIN home_state a ON a.home_id = h.id
WHERE r.id = %(resident)s

-- name: contacts
-- Whom to call, the first first.
SELECT name, relation, phone FROM contact WHERE resident_id = %(resident)s ORDER BY rank

-- name: vitals
-- Each metric of the person's own devices over the last 24 hours.
SELECT m.name, m.unit, (array_agg(v.value ORDER BY v.time DESC))[1], max(v.time), min(v.value), max(v.value),
       count(*)
FROM reading v
JOIN metric m ON m.id = v.metric
WHERE v.home_id = %(home)s AND v.resident_id = %(resident)s AND v.metric = ANY (%(metrics)s)
  AND v.time > %(now)s::timestamptz - interval '24 hours' AND v.time <= %(now)s
GROUP BY m.id, m.name, m.unit
ORDER BY m.id

-- name: active_hours
-- Local hours of the last 24 in which somebody was up and about at home.
SELECT DISTINCT extract(hour FROM v.time AT TIME ZONE %(zone)s)::integer
FROM reading v
WHERE v.home_id = %(home)s AND v.metric = ANY (%(metrics)s) AND v.value > 0
  AND v.time > %(now)s::timestamptz - interval '24 hours' AND v.time <= %(now)s
ORDER BY 1

-- name: incident
-- The incident asked about, or the latest that is still open.
SELECT number, kind, reason_key, reason_params, onset, state
FROM incident
WHERE resident_id = %(resident)s AND NOT drill
  AND CASE WHEN %(incident)s::uuid IS NULL THEN closed_at IS NULL ELSE id = %(incident)s::uuid END
ORDER BY onset DESC LIMIT 1
