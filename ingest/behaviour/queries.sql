-- What the detectors of daily life need and leave behind.

-- name: profiles
-- How each resident wants to be watched over; who was never asked, as others of their ability grade.
SELECT r.id, r.ability_grade, p.tolerated_per_month,
       (extract(epoch FROM p.holiday_from) * 1e6)::bigint,
       (extract(epoch FROM CASE WHEN p.returned_at >= p.holiday_from
             THEN least(p.holiday_until, p.returned_at) ELSE p.holiday_until END) * 1e6)::bigint,
       (extract(epoch FROM p.visitors_until) * 1e6)::bigint,
       p.bathroom_limit_s, p.night_from_minute, p.night_until_minute
FROM resident r LEFT JOIN monitoring_profile p ON p.resident_id = r.id
WHERE p.resident_id IS NOT NULL OR r.ability_grade >= 3

-- name: rulings
-- What people said of alarms of silence: was it ordinary life?
SELECT home_id, (extract(epoch FROM onset) * 1e6)::bigint, (extract(epoch FROM at) * 1e6)::bigint, ordinary
FROM inactivity_ruling WHERE at >= %(since)s AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
ORDER BY home_id, at, onset

-- name: presences
-- Where people seem to be; the row is there since the home's first sign of activity.
UPDATE home_state SET presence = %s, presence_since = to_timestamp(%s / 1e6) WHERE home_id = %s

-- name: returned
-- Somebody is back: the holiday is over, for all who live there, before it was to end.
UPDATE monitoring_profile p SET returned_at = to_timestamp(%(at)s / 1e6)
FROM residence r
WHERE r.resident_id = p.resident_id AND r.home_id = %(home)s AND r.during @> to_timestamp(%(at)s / 1e6)
  AND to_timestamp(%(at)s / 1e6) BETWEEN p.holiday_from AND p.holiday_until
  AND (p.returned_at IS NULL OR p.returned_at < p.holiday_from)

-- name: put_day
-- A home's finished day in numbers.
INSERT INTO home_day (home_id, day, figures) VALUES (%s, %s, %s)
ON CONFLICT (home_id, day) DO UPDATE SET figures = excluded.figures

-- name: days
-- Finished days since one of them.
SELECT home_id, day, figures FROM home_day WHERE day >= %(since)s ORDER BY home_id, day

-- name: days_of
-- The same of a few homes, by the primary key.
SELECT home_id, day, figures FROM home_day WHERE home_id = ANY(%(homes)s) AND day >= %(since)s
ORDER BY home_id, day

-- name: put_visit
-- Who is worth a visit in the week of a day; what was found on other days of the week is replaced.
INSERT INTO worth_a_visit (resident_id, week, score, reasons, series, computed_at)
VALUES (%(resident)s, %(week)s, %(score)s, %(reasons)s, %(series)s, %(now)s)
ON CONFLICT (resident_id, week) DO UPDATE SET score = excluded.score, reasons = excluded.reasons,
    series = excluded.series, computed_at = excluded.computed_at
