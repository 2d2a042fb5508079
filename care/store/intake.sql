-- Taking in many people at once.

-- name: stations
-- The codes of the stations below these paths.
SELECT code, id FROM station WHERE path <@ ANY (%(paths)s::ltree[])

-- name: homes
-- Which of these homes there are, with the station that answers for each.
SELECT h.code, s.code FROM home h JOIN station s ON s.id = h.station_id WHERE h.code = ANY (%(codes)s)

-- name: people_of_homes
-- Who lives in these homes at present.
SELECT h.code, r.name
FROM home h
JOIN residence l ON l.home_id = h.id AND upper_inf(l.during)
JOIN resident r ON r.id = l.resident_id
WHERE h.code = ANY (%(codes)s)

-- name: identities
-- Which of these numbers somebody has.
SELECT key FROM resident_key WHERE key = ANY (%(numbers)s)

-- name: add_homes
-- The homes that are not there yet.
INSERT INTO home (code, station_id, address, access_note, created_at)
SELECT code, station_id, address, access_note, %(now)s
FROM unnest(%(codes)s::text[], %(stations)s::integer[], %(addresses)s::text[], %(notes)s::text[])
     AS fresh (code, station_id, address, access_note)
ON CONFLICT (code) DO NOTHING

-- name: home_ids
-- The keys of homes, with their stations' keys.
SELECT code, id, station_id FROM home WHERE code = ANY (%(codes)s)

-- name: reserve
-- Keys for as many new people.
SELECT nextval(pg_get_serial_sequence('resident', 'id')) FROM generate_series(1, %(n)s)
