-- Residents and how they are. `paths` and `residents` are the scope.

-- name: judged
-- Not a statement but the beginning of several: `judged` is the residents wanted, with what the sensors and
-- incidents say of them. `state`: something is wrong; or the home cannot be heard; or nothing has been heard
-- yet; or it has been quiet for longer than `quiet_s`; or all is well.
WITH picked AS MATERIALIZED (
    SELECT r.id FROM resident r
    WHERE (r.station_id IN (SELECT s.id FROM station s WHERE s.path <@ ANY(%(paths)s::ltree[]))
           OR r.id = ANY(%(residents)s::int[]))
      AND (%(ids)s::int[] IS NULL OR r.id = ANY(%(ids)s::int[]))
      AND (%(station)s::int IS NULL OR r.station_id IN (
              SELECT s.id FROM station s JOIN station top ON s.path <@ top.path WHERE top.id = %(station)s::int))
      -- What was typed is looked up first (`ids`); only what that does not know is searched for anywhere.
      AND (%(q)s::text IS NULL OR r.id IN (SELECT k.resident_id FROM resident_key k WHERE k.key LIKE %(word)s) OR r.id IN (
              SELECT l.resident_id FROM home h JOIN residence l ON l.home_id = h.id
              WHERE l.during @> %(now)s::timestamptz AND (h.code ILIKE %(q)s OR h.address ILIKE %(q)s)))
      AND (%(after)s::int IS NULL OR r.id > %(after)s)
    ORDER BY r.id
    -- Without a state to look for, nobody beyond the page needs to be judged.
    LIMIT CASE WHEN %(state)s::text IS NULL THEN %(limit)s::bigint END
), chosen AS (
    SELECT r.*, t.time_zone, t.path::text AS path, h.id AS home_id, h.code AS home_code, h.address, h.lat, h.lon,
           hs.last_activity_at, COALESCE(hs.last_room, '') AS last_room
    FROM picked
    JOIN resident r ON r.id = picked.id
    JOIN station t ON t.id = r.station_id
    LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
    LEFT JOIN home h ON h.id = l.home_id
    LEFT JOIN home_state hs ON hs.home_id = h.id
), judged AS (
    SELECT c.*, o.open_incidents, d.devices_online, d.devices_total,
           CASE WHEN o.alarms > 0 THEN 'alert'
                WHEN o.lost > 0 OR (d.devices_total > 0 AND d.devices_offline = d.devices_total) THEN 'no_signal'
                WHEN c.last_activity_at IS NULL THEN 'unknown'
                WHEN c.last_activity_at < %(now)s::timestamptz - make_interval(secs => %(quiet_s)s) THEN 'quiet'
                ELSE 'well' END AS state
    FROM chosen c
    CROSS JOIN LATERAL (
        SELECT count(*) AS open_incidents,
               count(*) FILTER (WHERE i.kind = ANY(%(alarm_kinds)s)) AS alarms,
               count(*) FILTER (WHERE i.kind = 'home_offline') AS lost
        FROM incident i
        WHERE i.closed_at IS NULL
          AND (i.resident_id = c.id OR (i.resident_id IS NULL AND i.home_id = c.home_id))
    ) o
    CROSS JOIN LATERAL (
        SELECT count(*) AS devices_total,
               count(*) FILTER (WHERE s.online) AS devices_online,
               count(*) FILTER (WHERE NOT s.online) AS devices_offline
        FROM installation n
        LEFT JOIN device_state s ON s.device_id = n.device_id
        WHERE n.home_id = c.home_id AND n.during @> %(now)s::timestamptz
          AND (n.resident_id IS NULL OR n.resident_id = c.id)
    ) d
)

-- name: residents
-- The list and, by `ids`, single ones.
{judged}
SELECT * FROM judged
WHERE %(state)s::text IS NULL OR state = %(state)s
ORDER BY id
LIMIT %(limit)s

-- name: counts
-- How many are how: the numbers above the list. By the owner's function, see the migration.
SELECT state, residents FROM count_residents(
    %(paths)s::ltree[], %(residents)s::int[], %(station)s::int, %(now)s, %(quiet_s)s, %(alarm_kinds)s)

-- name: places
-- Only what a map draws.
SELECT id, name, lat, lon, state FROM places_of_residents(
    %(paths)s::ltree[], %(residents)s::int[], %(station)s::int, %(now)s, %(quiet_s)s, %(alarm_kinds)s)

-- name: stirred
-- Residents of homes from which something came since, for the live feed.
SELECT l.resident_id AS id FROM residence l
WHERE l.during @> %(now)s::timestamptz AND (
    l.home_id IN (SELECT home_id FROM home_state WHERE last_activity_at >= %(since)s)
    OR l.home_id IN (
        SELECT n.home_id FROM device_state s JOIN installation n ON n.device_id = s.device_id
        WHERE s.last_seen >= %(since)s AND n.during @> %(now)s::timestamptz)
    OR l.home_id IN (
        SELECT home_id FROM incident
        WHERE state_since >= %(since)s AND home_id IS NOT NULL))

-- name: movement
-- Movements of a home in each quarter of an hour of each day, in its own time zone.
SELECT (time AT TIME ZONE %(time_zone)s)::date AS day,
       (extract(hour FROM time AT TIME ZONE %(time_zone)s) * 4
        + floor(extract(minute FROM time AT TIME ZONE %(time_zone)s) / 15))::int AS slot,
       count(*) AS movements
FROM reading
WHERE home_id = %(home)s AND time >= %(since)s AND time < %(until)s
  AND metric = ANY(%(metrics)s) AND value > 0
  -- By device, for so old readings lie together where they are compressed (core.timeseries).
  AND device_id IN (SELECT n.device_id FROM installation n
                    WHERE n.home_id = %(home)s AND n.during && tstzrange(%(since)s, %(until)s))
GROUP BY 1, 2

-- name: vitals_now
-- The latest value of each vital sign within a day.
SELECT DISTINCT ON (metric) metric, value, time FROM reading
WHERE home_id = %(home)s AND resident_id = %(resident)s AND metric = ANY(%(metrics)s)
  AND time > %(since)s AND time <= %(now)s
ORDER BY metric, time DESC

-- name: readings
-- The latest values of one quantity; those of the home count where no person is named.
SELECT time, value FROM (
    SELECT time, value FROM reading
    WHERE home_id IN (SELECT home_id FROM residence WHERE resident_id = %(resident)s)
      AND device_id IN (SELECT n.device_id FROM installation n JOIN residence l ON l.home_id = n.home_id
                        WHERE l.resident_id = %(resident)s AND n.during && tstzrange(%(since)s, %(until)s))
      AND (resident_id = %(resident)s OR resident_id IS NULL)
      AND metric = %(metric)s AND time >= %(since)s AND time < %(until)s
      AND EXISTS (SELECT FROM residence l
                  WHERE l.resident_id = %(resident)s AND l.home_id = reading.home_id AND l.during @> reading.time)
    ORDER BY time DESC LIMIT %(limit)s
) latest ORDER BY time
