-- Taking in what was before.

-- name: known
-- Whether the document with this mark was told before.
SELECT 1 FROM visit WHERE request = %(mark)s

-- name: station
-- A station by its code.
SELECT id FROM station WHERE code = %(code)s

-- name: person
-- Who lives in a home, with their names.
SELECT r.id, r.name FROM residence l JOIN resident r ON r.id = l.resident_id JOIN home h ON h.id = l.home_id
WHERE h.code = %(home)s AND l.during @> %(now)s::timestamptz

-- name: helper
-- A name to remember, not a way in: there is no password, and the account is off.
INSERT INTO account (login, name, password_hash, created_at, disabled_at)
VALUES (%(login)s, %(name)s, '', %(since)s, %(since)s)
ON CONFLICT (login) DO UPDATE SET name = account.name RETURNING id

-- name: grant
-- Where they helped.
INSERT INTO role_grant (account_id, role, station_id, granted_at)
SELECT %(account)s, %(role)s, %(station)s, %(since)s
WHERE NOT EXISTS (SELECT FROM role_grant WHERE account_id = %(account)s AND station_id = %(station)s)
