-- Finding people, and what is known of them.

-- name: few_in_scope
-- Whether the subtrees hold so few people that looking at each is quicker than looking through the keys.
SELECT count(*) <= %(few)s FROM (
    SELECT FROM resident r JOIN station s ON s.id = r.station_id
    WHERE s.path <@ ANY (%(paths)s::ltree[]) LIMIT %(few)s + 1) AS counted

-- name: find_among_few
-- Everybody of a small station, with the first key that begins as asked. Here and below with ^@ and not with LIKE: only
-- of ^@ PostgreSQL knows that it tells nothing of rows that the caller may not see, so that it may use the index first
-- and look at the rule of a row afterwards.
SELECT r.id, min(k.key) AS key
FROM resident r
JOIN station s ON s.id = r.station_id
JOIN resident_key k ON k.resident_id = r.id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND k.key ^@ %(start)s
GROUP BY r.id
ORDER BY 2, 1
LIMIT %(limit)s

-- name: find_among_many
-- Along the keys in their order, until enough people of the subtrees are found. One person may have several
-- keys that begin alike, hence the more rows inside.
SELECT id, min(key) AS key
FROM (SELECT k.resident_id AS id, k.key
      FROM resident_key k
      WHERE k.key ^@ %(start)s
        AND EXISTS (SELECT FROM resident r JOIN station s ON s.id = r.station_id
                    WHERE r.id = k.resident_id AND s.path <@ ANY (%(paths)s::ltree[]))
      ORDER BY k.key, k.resident_id
      LIMIT 4 * %(limit)s) AS found
GROUP BY id
ORDER BY 2, 1
LIMIT %(limit)s

-- name: find_by_home
-- People of homes whose code or address begins as asked, along the indexes of both, until there are enough homes. A
-- home may have nobody, hence the more of them.
WITH found AS MATERIALIZED (
    (SELECT c.id FROM home c JOIN station s ON s.id = c.station_id
     WHERE c.code ^@ %(start)s AND s.path <@ ANY (%(paths)s::ltree[])
     ORDER BY c.code USING ~<~ LIMIT 4 * %(limit)s)
    UNION ALL
    (SELECT a.id FROM home a JOIN station s ON s.id = a.station_id
     WHERE a.address ^@ %(start)s AND s.path <@ ANY (%(paths)s::ltree[])
     ORDER BY a.address USING ~<~ LIMIT 4 * %(limit)s))
SELECT DISTINCT l.resident_id
FROM residence l
WHERE l.home_id IN (SELECT id FROM found) AND upper_inf(l.during)
ORDER BY 1 LIMIT %(limit)s

-- name: find_by_number
-- Who has, or whose last four digits are, this number.
SELECT DISTINCT k.resident_id
FROM resident_key k
JOIN resident r ON r.id = k.resident_id
JOIN station s ON s.id = r.station_id
WHERE k.key = ANY (%(keys)s) AND s.path <@ ANY (%(paths)s::ltree[])
ORDER BY 1
LIMIT %(limit)s

-- name: empty
-- After a crash, a restore or a change of the main server the keys are gone: they are in no log.
-- Not whether there is any key: somebody may have been written since then, who has some, in a small house too.
WITH first AS MATERIALIZED (
    SELECT r.id FROM resident r WHERE r.name <> '' AND r.name <> 'erased-' || r.id ORDER BY r.id LIMIT 20)
SELECT count(*) > 0
   AND 2 * count(*) FILTER (WHERE EXISTS (SELECT FROM resident_key k WHERE k.resident_id = f.id)) <= count(*)
FROM first f

-- name: keys_are_missing
-- One process at a time makes them; the others find them made, or being made.
SELECT pg_try_advisory_xact_lock(hashtext('nowalls.search'))

-- name: names_to_index
-- Everybody, a stretch at a time.
SELECT r.id, r.name, r.phone, i.number,
       ARRAY(SELECT c.phone FROM contact c WHERE c.resident_id = r.id AND c.phone <> '')
FROM resident r LEFT JOIN resident_identity i ON i.resident_id = r.id
WHERE r.id > %(after)s ORDER BY r.id LIMIT %(limit)s

-- name: drop_keys
-- Before they are made anew.
DELETE FROM resident_key WHERE resident_id = ANY (%(residents)s)

-- name: put_keys
-- Of two people with one identity number, as there may be after a loss, the first keeps it.
INSERT INTO resident_key (resident_id, key) SELECT * FROM unnest(%(residents)s::int[], %(keys)s::text[])
ON CONFLICT DO NOTHING
