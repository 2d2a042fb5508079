-- Whose device it is.

-- name: within
-- The device, when it hangs in a station of the scope; or anywhere and nowhere, for a scope without an outside.
SELECT d.id
FROM device d
LEFT JOIN installation n ON n.device_id = d.id AND n.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = n.home_id
LEFT JOIN station t ON t.id = h.station_id
WHERE d.id = %(device)s AND (%(whole)s OR t.path <@ ANY(%(paths)s::ltree[]))
