-- Stations, homes and devices by key, with where they are in the tree. Outside the scope they do not exist.

-- name: station
-- A station.
SELECT s.id AS station_id, s.path::text AS path, s.name FROM station s
WHERE s.id = %(id)s AND s.path <@ ANY(%(paths)s::ltree[])

-- name: home
-- A home, and the station that answers for it.
SELECT s.id AS station_id, s.path::text AS path, h.code AS name FROM home h JOIN station s ON s.id = h.station_id
WHERE h.id = %(id)s AND s.path <@ ANY(%(paths)s::ltree[])

-- name: device
-- A device, by the home in which it hangs now.
SELECT s.id AS station_id, s.path::text AS path, d.code AS name
FROM device d
JOIN installation n ON n.device_id = d.id AND n.during @> %(now)s::timestamptz
JOIN home h ON h.id = n.home_id
JOIN station s ON s.id = h.station_id
WHERE d.id = %(id)s AND s.path <@ ANY(%(paths)s::ltree[])

-- name: people
-- Staff who may be put on duty in a station: their role is on it or on one above it.
SELECT a.id, a.name, a.phone, array_agg(DISTINCT g.role ORDER BY g.role) AS roles
FROM station own
JOIN station above ON above.path @> own.path
JOIN role_grant g ON g.station_id = above.id AND g.revoked_at IS NULL AND g.role <> 'family'
JOIN account a ON a.id = g.account_id AND a.disabled_at IS NULL
WHERE own.id = %(station)s
GROUP BY a.id
ORDER BY a.name, a.id

-- name: names
-- How people are called, and their telephones for colleagues.
SELECT a.id, a.name, a.phone FROM account a WHERE a.id = ANY(%(accounts)s::int[])
