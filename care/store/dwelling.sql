-- Homes, their rooms, and the devices in them over time.

-- name: page
-- Homes of the scope; what is typed is the beginning of a code or of an address.
SELECT h.id, h.code, h.address, h.station_id, s.name AS station_name
FROM home h JOIN station s ON s.id = h.station_id
WHERE s.path <@ ANY (%(paths)s::ltree[])
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT top.path FROM station top WHERE top.id = %(station)s::int))
  AND (%(like)s::text IS NULL OR h.code LIKE %(like)s OR h.address LIKE %(like)s)
  AND h.id > %(after)s
ORDER BY h.id LIMIT %(limit)s

-- name: one
-- One home of the scope.
SELECT h.*, s.name AS station_name, s.path::text AS path FROM home h JOIN station s ON s.id = h.station_id
WHERE h.id = %(home)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: living
-- Who lives there now.
SELECT r.id, r.name FROM residence l JOIN resident r ON r.id = l.resident_id
WHERE l.home_id = %(home)s AND l.during @> %(now)s::timestamptz ORDER BY r.id

-- name: devices
-- What hangs there now.
SELECT d.id, d.code, d.kind, n.room, n.site, lower(n.during) AS since, n.resident_id
FROM installation n JOIN device d ON d.id = n.device_id
WHERE n.home_id = %(home)s AND n.during @> %(now)s::timestamptz ORDER BY d.code

-- name: add
-- A home; none when the code is taken.
INSERT INTO home (code, station_id, address, access_note, lat, lon, rooms, created_at)
VALUES (%(code)s, %(station_id)s, %(address)s, %(access_note)s, %(lat)s, %(lon)s, %(rooms)s, %(now)s)
ON CONFLICT (code) DO NOTHING RETURNING id

-- name: update
-- What is known of the home from now on.
UPDATE home SET address = %(address)s, access_note = %(access_note)s, lat = %(lat)s, lon = %(lon)s, rooms = %(rooms)s
WHERE id = %(id)s

-- name: station
-- A station of the scope.
SELECT id FROM station WHERE id = %(station)s AND path <@ ANY (%(paths)s::ltree[])

-- name: device
-- A device that hangs in the scope, or last hung there.
SELECT d.id, d.code, d.kind, n.home_id, upper_inf(n.during) AS hangs
FROM device d
JOIN LATERAL (SELECT * FROM installation n WHERE n.device_id = d.id ORDER BY lower(n.during) DESC LIMIT 1) n ON true
JOIN home h ON h.id = n.home_id
JOIN station s ON s.id = h.station_id
WHERE d.id = %(device)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: by_code
-- A device by its code, with the path of the station where it hangs now.
SELECT d.id, d.kind, d.model, d.report_every_s, s.path::text AS path
FROM device d
LEFT JOIN installation n ON n.device_id = d.id AND upper_inf(n.during)
LEFT JOIN home h ON h.id = n.home_id
LEFT JOIN station s ON s.id = h.station_id
WHERE d.code = %(code)s

-- name: uninstall
-- It hangs nowhere from now on.
UPDATE installation SET during = tstzrange(lower(during), %(now)s)
WHERE device_id = %(device)s AND upper_inf(during) AND lower(during) < %(now)s

-- name: history
-- Where it hung, and who wore it, when.
SELECT h.id AS home_id, h.code AS home_code, n.resident_id, r.name AS resident_name, n.room, n.site,
       lower(n.during) AS since, upper(n.during) AS until
FROM installation n
JOIN home h ON h.id = n.home_id
JOIN station s ON s.id = h.station_id AND s.path <@ ANY (%(paths)s::ltree[])
LEFT JOIN resident r ON r.id = n.resident_id
WHERE n.device_id = %(device)s ORDER BY lower(n.during) DESC
