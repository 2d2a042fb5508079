-- Pictures and what they are of. `paths` is the scope, as for their subjects.

-- name: subject_of_visit
-- Where a visit belongs.
SELECT v.station_id, v.resident_id,
       (SELECT l.home_id FROM residence l WHERE l.resident_id = v.resident_id AND l.during @> v.at) AS home_id
FROM visit v JOIN station s ON s.id = v.station_id
WHERE v.id = %(id)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: subject_of_adaptation
-- Where an adaptation task belongs.
SELECT t.station_id, t.resident_id, t.home_id
FROM adaptation t JOIN station s ON s.id = t.station_id
WHERE t.id = %(id)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: add
-- The same file about the same subject by the same person is one picture, however often it is sent; no row then.
INSERT INTO photo (id, subject, station_id, home_id, resident_id, account_id, taken_at, stored_at, source_sha256,
                   sha256, width, height, jpeg)
VALUES (%(id)s, %(subject)s, %(station)s, %(home)s, %(resident)s, %(account)s, %(taken_at)s, %(now)s,
        %(source_sha256)s, %(sha256)s, %(width)s, %(height)s, %(jpeg)s)
ON CONFLICT (subject, account_id, source_sha256) DO NOTHING
RETURNING id

-- name: known
-- The one that was there already.
SELECT id FROM photo
WHERE subject = %(subject)s AND account_id = %(account)s AND source_sha256 = %(source_sha256)s

-- name: taken
-- How many somebody has sent lately, and how many there are of the subject.
SELECT (SELECT count(*) FROM photo WHERE account_id = %(account)s AND stored_at > %(since)s) AS lately,
       (SELECT count(*) FROM photo WHERE subject = %(subject)s) AS of_subject

-- name: listed
-- Pictures by key or by subject without the pictures themselves, the oldest first.
SELECT p.id, p.subject, p.taken_at, p.account_id, a.name AS account_name, p.width, p.height, p.resident_id
FROM photo p
JOIN account a ON a.id = p.account_id
LEFT JOIN station s ON s.id = p.station_id
WHERE (p.id = %(id)s::uuid OR p.subject = %(subject)s::text)
  AND COALESCE(s.path, '') <@ ANY (%(paths)s::ltree[])
ORDER BY p.taken_at, p.id

-- name: jpeg
-- The picture itself.
SELECT p.jpeg, p.sha256, p.resident_id FROM photo p LEFT JOIN station s ON s.id = p.station_id
WHERE p.id = %(id)s AND COALESCE(s.path, '') <@ ANY (%(paths)s::ltree[])
