-- Visits as people record them: lists, races, corrections, confirmations.

-- name: crowd
-- Whether the subtrees hold more people than a day's list is made of.
SELECT count(*) > %(most)s FROM (
    SELECT FROM resident r JOIN station s ON s.id = r.station_id
    WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.left_on IS NULL LIMIT %(most)s + 1) AS counted

-- name: worth
-- Since when (the Monday of the week) telemetry finds a visit worth it.
SELECT w.resident_id, (extract(epoch FROM w.week) * 1e6)::bigint
FROM worth_a_visit w
JOIN resident r ON r.id = w.resident_id
JOIN station s ON s.id = r.station_id
WHERE w.week = (SELECT max(week) FROM worth_a_visit) AND w.week > %(now)s::timestamptz - interval '14 days'
  AND s.path <@ ANY (%(paths)s::ltree[])

-- name: whom
-- What a list of visits says of people and their homes.
SELECT r.id, r.name, r.station_id, s.name AS station_name, h.id AS home_id, h.code AS home_code, h.address, h.lat, h.lon,
       v.id AS last_visit_id
FROM resident r
JOIN station s ON s.id = r.station_id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
LEFT JOIN LATERAL (SELECT v.id FROM visit_standing v WHERE v.resident_id = r.id
                   ORDER BY v.at DESC, v.id DESC LIMIT 1) v ON true
WHERE r.id = ANY (%(ids)s::int[])

-- name: page
-- Visits of the scope, the latest first.
SELECT v.*, r.name AS resident_name, s.name AS station_name, a.name AS visitor_name,
       after.id AS replaced_by, c.account_id AS confirmed_by, b.name AS confirmed_name
FROM visit v
JOIN resident r ON r.id = v.resident_id
JOIN station s ON s.id = v.station_id
LEFT JOIN account a ON a.id = v.visitor_id
LEFT JOIN visit after ON after.replaces = v.id
LEFT JOIN visit_confirmation c ON c.visit_id = v.id
LEFT JOIN account b ON b.id = c.account_id
WHERE (s.path <@ ANY (%(paths)s::ltree[]) OR v.resident_id = ANY (%(residents)s::int[]))
  AND (%(visit)s::int IS NULL OR v.id = %(visit)s::int)
  AND (%(resident)s::int IS NULL OR v.resident_id = %(resident)s::int)
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT top.path FROM station top WHERE top.id = %(station)s::int))
  AND (%(start)s::timestamptz IS NULL OR v.at >= %(start)s::timestamptz)
  AND (%(end)s::timestamptz IS NULL OR v.at < %(end)s::timestamptz)
  AND (%(after_at)s::timestamptz IS NULL OR (v.at, v.id) < (%(after_at)s::timestamptz, %(after_id)s::int))
ORDER BY v.at DESC, v.id DESC
LIMIT %(limit)s

-- name: lock
-- Two who record a visit to one person do it one after the other.
SELECT pg_advisory_xact_lock(hashtext('nowalls.visit'), %(resident)s)

-- name: by_request
-- What the same request wrote before.
SELECT id FROM visit WHERE request = %(request)s

-- name: latest
-- The standing visit that was made last.
SELECT id, at, visitor_id FROM visit_standing WHERE resident_id = %(resident)s
ORDER BY at DESC, id DESC LIMIT 1

-- name: write
-- What a visitor found; the station is the one that answers for the person now.
INSERT INTO visit (resident_id, station_id, at, way, result, note, minutes, visitor_id, lat, lon, replaces,
                   written_at, request, incident_id, why)
SELECT r.id, coalesce(%(station)s::int, r.station_id), %(at)s, %(way)s, %(result)s, %(note)s, %(minutes)s, %(visitor)s,
       %(lat)s, %(lon)s, %(replaces)s, %(now)s, %(request)s, %(incident)s, %(why)s
FROM resident r WHERE r.id = %(resident)s
RETURNING id

-- name: confirm
-- Somebody else says that it was made; nothing when somebody did before.
INSERT INTO visit_confirmation (visit_id, at, account_id) VALUES (%(visit)s, %(now)s, %(account)s)
ON CONFLICT DO NOTHING

-- name: volunteers
-- Whether this account was a volunteer then.
SELECT 1 FROM volunteer WHERE account_id = %(account)s AND during @> %(at)s::timestamptz

-- name: booked
-- Whether hours of a visit stand in the ledger.
SELECT 1 FROM ledger_entry WHERE source = 'visit:' || %(visit)s::text
  AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.source = 'reverse:visit:' || %(visit)s::text)

-- name: seasons
-- Those of the scope and of the stations above it, the latest first.
SELECT v.id, v.station_id, s.name AS station_name, v.kind, lower(v.during) AS since, upper(v.during) AS until
FROM visit_season v JOIN station s ON s.id = v.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) OR s.path @> ANY (%(paths)s::ltree[])
ORDER BY lower(v.during) DESC LIMIT 200

-- name: end_season
-- Over before its time.
UPDATE visit_season v SET during = tstzrange(lower(v.during), %(now)s) FROM station s
WHERE v.id = %(season)s AND s.id = v.station_id AND s.path <@ ANY (%(paths)s::ltree[])
  AND v.during @> %(now)s::timestamptz AND lower(v.during) < %(now)s

-- name: changes
-- Major changes in a person's life, the latest first.
SELECT c.id, c.at, c.what, c.noted_by AS account_id, a.name AS account_name
FROM major_change c LEFT JOIN account a ON a.id = c.noted_by
WHERE c.resident_id = %(resident)s ORDER BY c.at DESC, c.id DESC LIMIT 200

-- name: rules
-- Rows of the rules that hold in a station, or were made below it.
SELECT r.station_id, s.name AS station_name, r.category, r.every_days, r.season_days, r.after_change_h,
       r.remote_counts, r.remote_in_a_row
FROM visit_rule r LEFT JOIN station s ON s.id = r.station_id
WHERE r.station_id IS NULL OR s.path <@ ANY (%(paths)s::ltree[]) OR s.path @> ANY (%(paths)s::ltree[])
ORDER BY r.station_id NULLS FIRST, r.category

-- name: put_right
-- Whether a later row stands in its place.
SELECT 1 FROM visit WHERE replaces = %(visit)s
