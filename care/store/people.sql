-- Finding people, and what is known of them.

-- name: few_in_scope
-- Whether the subtrees hold so few people that looking at each is quicker than looking through the keys.
SELECT count(*) <= %(few)s FROM (
    SELECT FROM resident r JOIN station s ON s.id = r.station_id
    WHERE s.path <@ ANY (%(paths)s::ltree[]) LIMIT %(few)s + 1) AS counted

-- name: find_among_few
-- Everybody of a small station, with the first key that begins as asked.
SELECT r.id, min(k.key) AS key
FROM resident r
JOIN station s ON s.id = r.station_id
JOIN resident_key k ON k.resident_id = r.id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND k.key LIKE %(like)s
GROUP BY r.id
ORDER BY 2, 1
LIMIT %(limit)s

-- name: find_among_many
-- Along the keys in their order, until enough people of the subtrees are found. One person may have several
-- keys that begin alike, hence the more rows inside.
SELECT id, min(key) AS key
FROM (SELECT k.resident_id AS id, k.key
      FROM resident_key k
      WHERE k.key LIKE %(like)s
        AND EXISTS (SELECT FROM resident r JOIN station s ON s.id = r.station_id
                    WHERE r.id = k.resident_id AND s.path <@ ANY (%(paths)s::ltree[]))
      ORDER BY k.key, k.resident_id
      LIMIT 4 * %(limit)s) AS found
GROUP BY id
ORDER BY 2, 1
LIMIT %(limit)s

-- name: find_by_home
-- People of homes whose code or address begins as asked, along the indexes of both.
SELECT DISTINCT l.resident_id
FROM home h
JOIN station s ON s.id = h.station_id AND s.path <@ ANY (%(paths)s::ltree[])
JOIN residence l ON l.home_id = h.id AND upper_inf(l.during)
WHERE h.id IN (SELECT c.id FROM home c WHERE c.code LIKE %(like)s
               UNION SELECT a.id FROM home a WHERE a.address LIKE %(like)s)
ORDER BY 1 LIMIT %(limit)s

-- name: names_to_index
-- Those who came before the keys did, a stretch at a time.
SELECT r.id, r.name, r.phone, coalesce(i.number, '')
FROM resident r LEFT JOIN resident_identity i ON i.resident_id = r.id
WHERE r.id > %(after)s ORDER BY r.id LIMIT %(limit)s
