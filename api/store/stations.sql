-- The station tree.

-- name: stations
-- What the caller may see, and for the family the station that answers for their resident.
SELECT t.id, t.parent_id, t.level, t.code, t.name, t.name_en, t.time_zone FROM station t
WHERE t.path <@ ANY(%(paths)s::ltree[])
   OR t.id IN (SELECT station_id FROM resident WHERE id = ANY(%(residents)s::int[]))
ORDER BY t.path

-- name: one
-- Outside the scope it does not exist.
SELECT t.id, t.path::text AS path, t.name, t.time_zone FROM station t
WHERE t.id = %(id)s AND t.path <@ ANY(%(paths)s::ltree[])
