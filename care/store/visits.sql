-- Visits: who is due, what was found, how well people are covered.

-- name: set_rule
-- The rule of a category in a subtree, or everywhere.
INSERT INTO visit_rule (station_id, category, every_days, season_days, after_change_h, remote_counts,
                        remote_in_a_row, set_at, set_by)
VALUES (%(station)s, %(category)s, %(every_days)s, %(season_days)s, %(after_change_h)s, %(remote_counts)s,
        %(remote_in_a_row)s, %(now)s, %(account)s)
ON CONFLICT (station_id, category) DO UPDATE
   SET every_days = excluded.every_days, season_days = excluded.season_days,
       after_change_h = excluded.after_change_h, remote_counts = excluded.remote_counts,
       remote_in_a_row = excluded.remote_in_a_row, set_at = excluded.set_at, set_by = excluded.set_by

-- name: rules
-- Rules in force for stations: the nearest row above each, or the one for everywhere.
SELECT DISTINCT ON (s.id, r.category) s.id, r.category, r.every_days, r.season_days, r.after_change_h,
       r.remote_counts, r.remote_in_a_row
FROM station s
JOIN visit_rule r ON r.station_id IS NULL
     OR EXISTS (SELECT FROM station above WHERE above.id = r.station_id AND above.path @> s.path)
LEFT JOIN station own ON own.id = r.station_id
WHERE s.id = ANY (%(stations)s)
ORDER BY s.id, r.category, nlevel(own.path) DESC NULLS LAST

-- name: declare_season
-- Heat, cold or a festival in a subtree.
INSERT INTO visit_season (station_id, kind, during, declared_by, declared_at)
VALUES (%(station)s, %(kind)s, tstzrange(%(start)s, %(end)s), %(account)s, %(now)s) RETURNING id

-- name: in_season
-- Which of these stations have a season now.
SELECT DISTINCT s.id
FROM station s
JOIN station above ON above.path @> s.path
JOIN visit_season v ON v.station_id = above.id
WHERE s.id = ANY (%(stations)s) AND v.during @> %(now)s::timestamptz

-- name: note_change
-- A major change in a person's life.
INSERT INTO major_change (resident_id, at, what, noted_by, noted_at)
VALUES (%(resident)s, %(at)s, %(what)s, %(account)s, %(now)s) RETURNING id

-- name: record
-- What a visitor found; the station is the one that answers for the person now.
INSERT INTO visit (resident_id, station_id, at, way, result, note, minutes, visitor_id, lat, lon, replaces,
                   written_at)
SELECT r.id, r.station_id, %(at)s, %(way)s, %(result)s, %(note)s, %(minutes)s, %(visitor)s, %(lat)s, %(lon)s,
       %(replaces)s, %(now)s
FROM resident r WHERE r.id = %(resident)s
RETURNING id

-- name: people
-- Everybody of these subtrees who is in our care, with where they live.
SELECT r.id, r.station_id, r.category, (extract(epoch FROM r.created_at) * 1e6)::bigint AS since, h.lat, h.lon
FROM resident r
JOIN station s ON s.id = r.station_id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.left_on IS NULL
ORDER BY r.id

-- name: person
-- One person who is in our care, with where they live.
SELECT r.id, r.station_id, r.category, (extract(epoch FROM r.created_at) * 1e6)::bigint AS since, h.lat, h.lon
FROM resident r
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
WHERE r.id = %(resident)s AND r.left_on IS NULL

-- name: visits_of
-- The standing visits of these people in the last two years.
SELECT resident_id, (extract(epoch FROM at) * 1e6)::bigint, way, result
FROM visit_standing WHERE resident_id = ANY (%(residents)s) AND at > %(now)s::timestamptz - interval '2 years'
ORDER BY resident_id, at

-- name: changes_of
-- The major changes of these people in the last two years: one that nobody looked at does not lapse.
SELECT resident_id, (extract(epoch FROM at) * 1e6)::bigint
FROM major_change WHERE resident_id = ANY (%(residents)s) AND at > %(now)s::timestamptz - interval '2 years'

-- name: coverage
-- Per station and category: people in care over the whole period, and how many were met by somebody in it.
SELECT r.station_id, r.category, count(*) AS people,
       count(*) FILTER (WHERE met.resident_id IS NOT NULL) AS met
FROM resident r
JOIN station s ON s.id = r.station_id
LEFT JOIN (SELECT DISTINCT resident_id FROM visit_standing
           WHERE at >= %(start)s AND at < %(end)s AND result <> 'not_met' AND way <> 'remote') AS met
       ON met.resident_id = r.id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.created_at < %(start)s
  AND (r.left_on IS NULL OR r.left_on >= (%(end)s::timestamptz AT TIME ZONE s.time_zone)::date)
GROUP BY r.station_id, r.category
ORDER BY r.station_id, r.category

-- name: missing
-- Those of a category whom nobody met in the period, by station.
SELECT r.id, r.name, r.station_id
FROM resident r
JOIN station s ON s.id = r.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.category = ANY (%(categories)s) AND r.created_at < %(start)s
  AND (r.left_on IS NULL OR r.left_on >= (%(end)s::timestamptz AT TIME ZONE s.time_zone)::date)
  AND NOT EXISTS (SELECT FROM visit_standing v
                  WHERE v.resident_id = r.id AND v.at >= %(start)s AND v.at < %(end)s
                    AND v.result <> 'not_met' AND v.way <> 'remote')
ORDER BY r.station_id, r.id
LIMIT %(limit)s
