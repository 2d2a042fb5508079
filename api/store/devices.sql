-- Installed devices within a scope.

-- name: devices
-- What hangs or is worn now, also what was never heard: a silent device is what an operator looks for.
SELECT d.id, d.code, d.kind, d.model, h.id AS home_id, h.code AS home_code, n.room, n.site,
       r.id AS resident_id, r.name AS resident_name, s.online, s.last_seen, s.battery, s.rssi,
       COALESCE(s.firmware, '') AS firmware
FROM installation n
JOIN device d ON d.id = n.device_id
JOIN home h ON h.id = n.home_id
JOIN station t ON t.id = h.station_id
LEFT JOIN resident r ON r.id = n.resident_id
LEFT JOIN device_state s ON s.device_id = d.id
WHERE n.during @> %(now)s::timestamptz
  AND t.path <@ ANY(%(paths)s::ltree[])
  AND (%(station)s::int IS NULL OR t.path <@ (SELECT path FROM station WHERE id = %(station)s))
  AND (%(home)s::int IS NULL OR h.id = %(home)s)
  AND (%(online)s::boolean IS NULL OR s.online = %(online)s)
  AND (%(after)s::int IS NULL OR d.id > %(after)s)
ORDER BY d.id
LIMIT %(limit)s

-- name: of_resident
-- What a resident who is in scope wears, and what hangs in their home; not what others there wear.
SELECT d.id, d.code, d.kind, d.model, h.id AS home_id, h.code AS home_code, n.room, n.site,
       r.id AS resident_id, r.name AS resident_name, s.online, s.last_seen, s.battery, s.rssi,
       COALESCE(s.firmware, '') AS firmware
FROM residence l
JOIN installation n ON n.home_id = l.home_id AND n.during @> %(now)s::timestamptz
JOIN device d ON d.id = n.device_id
JOIN home h ON h.id = n.home_id
LEFT JOIN resident r ON r.id = n.resident_id
LEFT JOIN device_state s ON s.device_id = d.id
WHERE l.resident_id = %(resident)s AND l.during @> %(now)s::timestamptz
  AND (n.resident_id IS NULL OR n.resident_id = l.resident_id)
ORDER BY d.id
