-- Logins by which relatives' own smart homes hear how somebody is.

-- name: add
-- A new one; none when the relative has as many for this person as there may be.
INSERT INTO family_home (code, account_id, resident_id, label, language, bcrypt, pbkdf2, created_at)
SELECT %(code)s, %(account)s, %(resident)s, %(label)s, %(language)s, %(bcrypt)s, %(pbkdf2)s, %(now)s
WHERE (SELECT count(*) FROM family_home
       WHERE account_id = %(account)s AND resident_id = %(resident)s AND ended_at IS NULL) < %(most)s
RETURNING id

-- name: listed
-- Those of the relative that hold.
SELECT id, code, label, language, created_at, resident_id FROM family_home
WHERE account_id = %(account)s AND resident_id = %(resident)s AND ended_at IS NULL ORDER BY id

-- name: end
-- What is on the broker is taken back by delivery.
UPDATE family_home SET ended_at = %(now)s
WHERE id = %(id)s AND account_id = %(account)s AND resident_id = %(resident)s AND ended_at IS NULL RETURNING id
