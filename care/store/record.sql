-- A person's record. `paths` and `residents` are the scope of who asks.

-- name: page
-- People by key, those who left only when asked for.
SELECT r.id, r.name, r.sex, r.born, r.living, r.category, r.ability_grade, r.phone, r.left_on, r.station_id,
       s.name AS station_name, h.id AS home_id, h.code AS home_code, h.address
FROM resident r
JOIN station s ON s.id = r.station_id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
WHERE (s.path <@ ANY (%(paths)s::ltree[]) OR r.id = ANY (%(residents)s::int[]))
  AND (%(ids)s::int[] IS NULL OR r.id = ANY (%(ids)s::int[]))
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT top.path FROM station top WHERE top.id = %(station)s::int))
  AND (%(category)s::text IS NULL OR r.category = %(category)s)
  AND (%(living)s::text IS NULL OR r.living = %(living)s)
  AND (%(grade)s::int IS NULL OR coalesce(r.ability_grade, -1) = %(grade)s)
  AND (%(left)s::boolean IS NULL OR (r.left_on IS NOT NULL) = %(left)s::boolean)
  AND r.id > %(after)s
ORDER BY r.id
LIMIT %(limit)s

-- name: one
-- Everything of one person; of the number of identity only the ends are handed on.
SELECT r.*, s.name AS station_name, s.path::text AS path, s.time_zone, h.id AS home_id, h.code AS home_code, h.address,
       i.number AS identity,
       (SELECT max(a.assessed_at) FROM assessment a WHERE a.resident_id = r.id) AS assessed_at
FROM resident r
JOIN station s ON s.id = r.station_id
LEFT JOIN resident_identity i ON i.resident_id = r.id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
WHERE r.id = %(resident)s AND (s.path <@ ANY (%(paths)s::ltree[]) OR r.id = ANY (%(residents)s::int[]))

-- name: hold
-- The record is ours until the transaction ends.
SELECT r.*, s.path::text AS path FROM resident r JOIN station s ON s.id = r.station_id
WHERE r.id = %(resident)s FOR UPDATE OF r

-- name: contacts
-- Whom to call, first things first.
SELECT id, rank, name, relation, phone, quiet_from, quiet_until FROM contact
WHERE resident_id = %(resident)s ORDER BY rank

-- name: put_quiet
-- When this contact does not want to be called for what can wait.
UPDATE contact SET quiet_from = %(quiet_from)s, quiet_until = %(quiet_until)s
WHERE resident_id = %(resident)s AND rank = %(rank)s

-- name: consents
-- Everything that was agreed to and taken back, the latest first.
SELECT c.purpose, c.version, c.given_at, c.withdrawn_at, g.name AS given_by, w.name AS withdrawn_by,
       c.withdrawn_at IS NULL AND c.version < (
           SELECT max(t.version) FROM consent_text t WHERE t.purpose = c.purpose) AS outdated,
       c.withdrawn_at IS NULL AND EXISTS (
           SELECT FROM consent_holding h WHERE (h.resident_id, h.purpose, h.given_at)
                                             = (c.resident_id, c.purpose, c.given_at)) AS holds
FROM consent c
LEFT JOIN account g ON g.id = c.given_by
LEFT JOIN account w ON w.id = c.withdrawn_by
WHERE c.resident_id = %(resident)s ORDER BY c.given_at DESC, c.purpose

-- name: devices
-- What hangs in the home of the person, or is worn by them, now.
SELECT d.id, d.code, d.kind, n.room, n.site, lower(n.during) AS since, n.resident_id
FROM installation n JOIN device d ON d.id = n.device_id
WHERE n.during @> %(now)s::timestamptz
  AND (n.resident_id = %(resident)s OR (n.resident_id IS NULL AND n.home_id = %(home)s))
ORDER BY d.code

-- name: residences
-- Where somebody lived when.
SELECT h.id, h.code, h.address, lower(l.during) AS since, upper(l.during) AS until
FROM residence l JOIN home h ON h.id = l.home_id WHERE l.resident_id = %(resident)s ORDER BY lower(l.during) DESC

-- name: worn
-- Which devices were theirs when.
SELECT d.id, d.code, d.kind, n.room, n.site, lower(n.during) AS since, upper(n.during) AS until
FROM installation n JOIN device d ON d.id = n.device_id
WHERE n.resident_id = %(resident)s ORDER BY lower(n.during) DESC, d.code

-- name: changes
-- Who changed what, the latest first.
SELECT c.at, c.what, c.before, c.after, a.id AS account_id, a.name AS account_name
FROM resident_change c LEFT JOIN account a ON a.id = c.account_id
WHERE c.resident_id = %(resident)s ORDER BY c.at DESC, c.id DESC LIMIT 500

-- name: note
-- One change, for ever.
INSERT INTO resident_change (resident_id, at, account_id, what, before, after)
VALUES (%(resident)s, %(now)s, %(account)s, %(what)s, %(before)s, %(after)s)

-- name: update
-- The record as it is from now on.
UPDATE resident SET version = version + 1, name = %(name)s, sex = %(sex)s, born = %(born)s, phone = %(phone)s,
       language = %(language)s, living = %(living)s, category = %(category)s, category_set = %(category_set)s,
       risks = %(risks)s, medicines = %(medicines)s, allergies = %(allergies)s, doctor = %(doctor)s,
       key_note = %(key_note)s, left_on = %(left_on)s, left_why = %(left_why)s
WHERE id = %(id)s

-- name: follow_grade
-- Whoever was put into no category by hand goes into the one that their grade and living say.
UPDATE resident SET category = %(category)s, version = version + 1
WHERE id = %(resident)s AND NOT category_set AND category <> %(category)s

-- name: put_identity
-- The number, in the one place where it is kept.
INSERT INTO resident_identity (resident_id, number) VALUES (%(resident)s, %(number)s)
ON CONFLICT (resident_id) DO UPDATE SET number = excluded.number

-- name: identity
-- The whole number: for who says why.
SELECT number FROM resident_identity WHERE resident_id = %(resident)s

-- name: drop_identity
-- It was somebody else's, or is not to be kept.
DELETE FROM resident_identity WHERE resident_id = %(resident)s

-- name: forget_keys
-- Before the search keys are made anew.
DELETE FROM resident_key WHERE resident_id = %(resident)s

-- name: put_keys
-- What the person is found by.
INSERT INTO resident_key (resident_id, key) SELECT %(resident)s, unnest(%(keys)s::text[])

-- name: end_residence
-- Nobody lives where they have left.
UPDATE residence SET during = tstzrange(lower(during), %(now)s)
WHERE resident_id = %(resident)s AND upper_inf(during) AND lower(during) < %(now)s

-- name: take_off
-- What a person wore is nobody's any more.
UPDATE installation SET during = tstzrange(lower(during), %(now)s)
WHERE resident_id = %(resident)s AND upper_inf(during) AND lower(during) < %(now)s

-- name: home
-- A home by key, within the scope.
SELECT h.id, h.station_id FROM home h JOIN station s ON s.id = h.station_id
WHERE h.id = %(home)s AND s.path <@ ANY (%(paths)s::ltree[])

-- name: homes_stations
-- Who moves in belongs to the station that answers for the home.
UPDATE resident SET station_id = h.station_id FROM home h
WHERE h.id = %(home)s AND resident.id = %(resident)s
