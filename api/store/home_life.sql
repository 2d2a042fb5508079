-- A resident's trend and home; whoever asks has looked at the scope. Places on the map, within a scope.

-- name: trend
-- Least, median and greatest value of each bucket. By device, for that is the natural key: the other metrics of
-- the home need not be read. Buckets begin at `origin`, a local midnight.
SELECT date_bin(%(width)s::interval, r.time, %(origin)s::timestamptz) AS at, min(r.value) AS least,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY r.value) AS median, max(r.value) AS greatest
FROM installation n
JOIN residence l ON l.home_id = n.home_id AND l.resident_id = %(resident)s
     AND l.during && tstzrange(%(since)s, %(until)s)
JOIN reading r ON r.device_id = n.device_id AND r.metric = %(metric)s
     AND r.time >= %(since)s AND r.time < %(until)s
WHERE n.during && tstzrange(%(since)s, %(until)s)
  AND (n.resident_id IS NULL OR n.resident_id = %(resident)s)
  AND (r.resident_id IS NULL OR r.resident_id = %(resident)s)
  AND n.during @> r.time AND l.during @> r.time
GROUP BY 1
ORDER BY 1

-- name: trend_of_hours
-- The same for buckets of whole hours, from hours that were summed up before (core.timeseries); what has come since then
-- is summed up here. The median is that of the hours' medians. An hour in which somebody moved in or out is left out: it
-- may hold what was measured of another.
SELECT date_bin(%(width)s::interval, h.hour, %(origin)s::timestamptz) AS at, min(h.least) AS least,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY h.median) AS median, max(h.greatest) AS greatest
FROM installation n
JOIN residence l ON l.home_id = n.home_id AND l.resident_id = %(resident)s
     AND l.during && tstzrange(%(since)s, %(until)s)
JOIN LATERAL (
    SELECT t.hour, t.least, t.median, t.greatest, t.resident_id
    FROM reading_hour t
    WHERE t.device_id = n.device_id AND t.metric = %(metric)s
      AND t.hour >= %(since)s AND t.hour < least(%(until)s, hours_until())
    UNION ALL
    SELECT date_bin('1 hour', r.time, '2000-01-01Z'), min(r.value),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY r.value), max(r.value), r.resident_id
    FROM reading r
    WHERE r.device_id = n.device_id AND r.metric = %(metric)s
      AND r.time >= greatest(%(since)s, hours_until()) AND r.time < %(until)s
    GROUP BY 1, r.resident_id) h ON true
WHERE n.during && tstzrange(%(since)s, %(until)s)
  AND (n.resident_id IS NULL OR n.resident_id = %(resident)s)
  AND (h.resident_id IS NULL OR h.resident_id = %(resident)s)
  AND tstzrange(h.hour, least(h.hour + interval '1 hour', %(until)s)) <@ n.during
  AND tstzrange(h.hour, least(h.hour + interval '1 hour', %(until)s)) <@ l.during
GROUP BY 1
ORDER BY 1

-- name: rooms
-- When each device of the home last saw somebody move.
SELECT n.device_id, max(r.time) AS moved_at
FROM installation n
JOIN reading r ON r.device_id = n.device_id AND r.metric = ANY(%(metrics)s)
     AND r.time >= %(since)s AND r.time <= %(now)s
WHERE n.home_id = %(home)s AND n.during @> %(now)s::timestamptz AND r.value > 0 AND n.during @> r.time
GROUP BY n.device_id

-- name: stations
-- Stations with a place.
SELECT s.id, s.name, s.name_en, s.lat, s.lon FROM station s
WHERE s.path <@ ANY(%(paths)s::ltree[]) AND s.lat IS NOT NULL AND s.lon IS NOT NULL
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT top.path FROM station top WHERE top.id = %(station)s::int))
ORDER BY s.path

-- name: responders
-- Who can be sent from stations in scope and has said where they are.
SELECT a.id, a.name, w.lat, w.lon, w.available, w.at
FROM responder_state w
JOIN account a ON a.id = w.account_id AND a.disabled_at IS NULL
WHERE w.lat IS NOT NULL AND w.lon IS NOT NULL AND w.at > %(since)s AND EXISTS (
    SELECT FROM role_grant g JOIN station s ON s.id = g.station_id
    WHERE g.account_id = a.id AND g.role = 'responder' AND g.revoked_at IS NULL
      AND (s.path <@ ANY(%(paths)s::ltree[]) OR s.path @> ANY(%(paths)s::ltree[])))
ORDER BY a.id
