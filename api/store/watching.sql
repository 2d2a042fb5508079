-- How residents are watched over. Whoever reads or writes one resident's has looked at the scope.

-- name: monitoring
-- What is set, with nothing where nothing was.
SELECT p.tolerated_per_month, p.bathroom_limit_s, p.night_from_minute, p.night_until_minute, p.holiday_from,
       p.holiday_until, p.returned_at, p.visitors_until, COALESCE(v.spo2_scale, 1) AS spo2_scale,
       COALESCE(v.oxygen, false) AS oxygen
FROM resident r
LEFT JOIN monitoring_profile p ON p.resident_id = r.id
LEFT JOIN vital_setting v ON v.resident_id = r.id
WHERE r.id = %(resident)s

-- name: put_monitoring
-- A new holiday has not ended early; the one that was, may have.
INSERT INTO monitoring_profile AS p (resident_id, tolerated_per_month, bathroom_limit_s, night_from_minute,
    night_until_minute, holiday_from, holiday_until, visitors_until)
VALUES (%(resident)s, %(tolerated_per_month)s, %(bathroom_limit_s)s, %(night_from_minute)s, %(night_until_minute)s,
    %(holiday_from)s, %(holiday_until)s, %(visitors_until)s)
ON CONFLICT (resident_id) DO UPDATE
SET tolerated_per_month = excluded.tolerated_per_month, bathroom_limit_s = excluded.bathroom_limit_s,
    night_from_minute = excluded.night_from_minute, night_until_minute = excluded.night_until_minute,
    returned_at = CASE WHEN (p.holiday_from, p.holiday_until) IS NOT DISTINCT FROM
                            (excluded.holiday_from, excluded.holiday_until) THEN p.returned_at END,
    holiday_from = excluded.holiday_from, holiday_until = excluded.holiday_until,
    visitors_until = excluded.visitors_until

-- name: put_vitals
-- How vital signs are to be read.
INSERT INTO vital_setting (resident_id, spo2_scale, oxygen) VALUES (%(resident)s, %(spo2_scale)s, %(oxygen)s)
ON CONFLICT (resident_id) DO UPDATE SET spo2_scale = excluded.spo2_scale, oxygen = excluded.oxygen

-- name: places
-- Where a resident may be.
SELECT name, lats, lons, radius_m, from_minute, until_minute FROM geofence WHERE resident_id = %(resident)s ORDER BY id

-- name: drop_places
-- All are written anew.
DELETE FROM geofence WHERE resident_id = %(resident)s

-- name: add_place
-- One of them.
INSERT INTO geofence (resident_id, name, lats, lons, radius_m, from_minute, until_minute)
VALUES (%(resident)s, %(name)s, %(lats)s, %(lons)s, %(radius_m)s, %(from_minute)s, %(until_minute)s)

-- name: note
-- Who changed what when.
INSERT INTO setting_change (resident_id, at, by, what, body)
VALUES (%(resident)s, %(now)s, %(by)s, %(what)s, %(body)s)

-- name: ring
-- The doorbell of everyone who keeps the directory: the ingest workers hear it.
SELECT pg_notify('devices', '')

-- name: lock
-- Two who change one resident's settings do it one after the other.
SELECT pg_advisory_xact_lock(hashtext('nowalls.watching'), %(resident)s)

-- name: worth_a_visit
-- The latest week that was looked at, within the scope, most worth first.
SELECT w.resident_id, r.name, w.week, w.score, w.reasons, w.series, t.time_zone, h.id AS home_id, h.code, h.address
FROM worth_a_visit w
JOIN resident r ON r.id = w.resident_id
JOIN station t ON t.id = r.station_id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
WHERE w.week = (SELECT max(week) FROM worth_a_visit) AND t.path <@ ANY(%(paths)s::ltree[])
  AND (%(station)s::int IS NULL OR t.path <@ (SELECT top.path FROM station top WHERE top.id = %(station)s::int))
ORDER BY w.score DESC, w.resident_id
LIMIT %(limit)s
