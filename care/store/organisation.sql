-- The tree of stations: what is changed there within one's subtrees.

-- name: one
-- A station of the scope, with how many people it answers for.
SELECT s.id, s.parent_id, s.path::text AS path, s.code, s.level, s.name, s.name_en, s.phone, s.time_zone, s.lat, s.lon,
       s.area_lats, s.area_lons
FROM station s WHERE s.id = %(station)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: paths
-- The subtree of a station of the scope.
SELECT path::text, time_zone FROM station WHERE id = %(station)s AND path <@ ANY (%(paths)s::ltree[])

-- name: zone
-- The time zone of the topmost of these subtrees.
SELECT time_zone FROM station WHERE path <@ ANY (%(paths)s::ltree[]) ORDER BY nlevel(path), id LIMIT 1

-- name: update
-- What is known of a station from now on.
UPDATE station SET name = %(name)s, name_en = %(name_en)s, phone = %(phone)s, time_zone = %(time_zone)s,
       lat = %(lat)s, lon = %(lon)s
WHERE id = %(id)s

-- name: put_area
-- The corners of what it answers for; none: not drawn.
UPDATE station SET area_lats = %(lats)s, area_lons = %(lons)s WHERE id = %(station)s

-- name: hours
-- When it is open, by weekday.
SELECT weekday, from_minute, until_minute FROM opening_hours WHERE station_id = %(station)s
ORDER BY weekday, from_minute

-- name: drop_hours
-- All are written anew.
DELETE FROM opening_hours WHERE station_id = %(station)s

-- name: add_hours
-- One of them.
INSERT INTO opening_hours (station_id, weekday, from_minute, until_minute)
VALUES (%(station)s, %(weekday)s, %(from_minute)s, %(until_minute)s)

-- name: taken
-- Whether a code is some station's.
SELECT 1 FROM station WHERE code = %(code)s

-- name: paths_of
-- Where stations stand in the tree.
SELECT id, path::text FROM station WHERE id = ANY (%(stations)s::int[])
