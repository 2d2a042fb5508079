-- Accounts as who administers them sees them.

-- name: people
-- Who has or had a role inside the caller's part of the tree. What they are elsewhere is not shown, only that
-- they are something elsewhere.
WITH held AS (
    SELECT g.account_id, g.id, g.role, g.granted_at, g.revoked_at, g.station_id, t.name AS station_name,
           t.name_en AS station_name_en, g.resident_id, r.name AS resident_name, COALESCE(t.path, rt.path) AS path
    FROM role_grant g
    LEFT JOIN station t ON t.id = g.station_id
    LEFT JOIN resident r ON r.id = g.resident_id
    LEFT JOIN station rt ON rt.id = r.station_id
), seen AS (
    SELECT *, %(whole)s OR COALESCE(path <@ ANY(%(paths)s::ltree[]), false) AS inside FROM held
)
SELECT a.id, a.login, a.name, a.phone, a.language, a.created_at, a.disabled_at, a.second_factor_by,
       EXISTS (SELECT FROM totp f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)
           OR EXISTS (SELECT FROM passkey k WHERE k.account_id = a.id) AS second_factor,
       (SELECT max(l.at) FROM login_attempt l WHERE l.account_id = a.id AND l.outcome = 'passed') AS seen_at,
       g.elsewhere, g.grants
FROM account a
JOIN LATERAL (
    SELECT bool_or(NOT s.inside AND s.revoked_at IS NULL) AS elsewhere,
           bool_or(s.inside AND (%(station)s::integer IS NULL
                   OR s.path <@ (SELECT path FROM station WHERE id = %(station)s))) AS here,
           COALESCE(jsonb_agg(jsonb_build_object(
               'id', s.id, 'role', s.role, 'granted_at', s.granted_at, 'station_id', s.station_id,
               'station_name', s.station_name, 'station_name_en', s.station_name_en,
               'resident_id', s.resident_id, 'resident_name', s.resident_name
           ) ORDER BY s.id) FILTER (WHERE s.inside AND s.revoked_at IS NULL), '[]'::jsonb) AS grants
    FROM seen s WHERE s.account_id = a.id
) g ON g.here
WHERE a.kind = 'person' AND (%(id)s::integer IS NULL OR a.id = %(id)s)
  AND (%(q)s::text IS NULL OR position(lower(%(q)s) IN lower(a.name)) > 0 OR position(lower(%(q)s) IN a.login) > 0)
  AND a.id > %(after)s
ORDER BY a.id LIMIT %(limit)s

-- name: lock_people
-- Of two administrators who put each other out at once, one comes first and the other finds it done.
SELECT pg_advisory_xact_lock(hashtext('nowalls.people'))

-- name: has_grant
-- The same role on the same place twice means nothing.
SELECT 1 FROM role_grant
WHERE account_id = %(account_id)s AND role = %(role)s AND revoked_at IS NULL
  AND station_id IS NOT DISTINCT FROM %(station_id)s AND resident_id IS NOT DISTINCT FROM %(resident_id)s

-- name: withdraw
-- Kept, so that it can be seen later who was what when.
UPDATE role_grant SET revoked_at = %(now)s
WHERE id = %(id)s AND account_id = %(account_id)s AND revoked_at IS NULL
RETURNING id

-- name: put_disabled
-- A disabled account keeps its roles and its history; it is only nobody any more.
UPDATE account SET disabled_at = %(at)s WHERE id = %(id)s

-- name: administrators_of_everything
-- Somebody must be left who can let others in.
SELECT count(*) AS n FROM role_grant g JOIN account a ON a.id = g.account_id
WHERE g.role = 'administrator' AND g.station_id IS NULL AND g.revoked_at IS NULL AND a.disabled_at IS NULL

-- name: end_links
-- A new link makes the ones before worthless.
UPDATE account_link SET expires_at = %(now)s
WHERE account_id = %(account_id)s AND used_at IS NULL AND expires_at > %(now)s

-- name: add_link
-- Only the digest of the code is kept.
INSERT INTO account_link (code_hash, account_id, second_factor, made_by, made_at, expires_at)
VALUES (%(code_hash)s, %(account_id)s, %(second_factor)s, %(made_by)s, %(now)s, %(expires_at)s)

-- name: look_at_link
-- What a link does and to whose account; used and expired ones, and those of disabled accounts, are as good as none.
-- So are those whose maker is no longer above all that the account is: put out, or the account rose meanwhile.
SELECT l.account_id, l.second_factor, l.expires_at, a.login, a.name
FROM account_link l JOIN account a ON a.id = l.account_id
WHERE l.code_hash = %(code_hash)s AND l.used_at IS NULL AND l.expires_at > %(now)s AND a.disabled_at IS NULL
  AND (l.made_by IS NULL OR (
      EXISTS (SELECT FROM role_grant m JOIN account b ON b.id = m.account_id AND b.disabled_at IS NULL
              WHERE m.account_id = l.made_by AND m.role = 'administrator' AND m.revoked_at IS NULL)
      AND NOT EXISTS (
          SELECT FROM role_grant g
          LEFT JOIN resident r ON r.id = g.resident_id
          LEFT JOIN station t ON t.id = COALESCE(g.station_id, r.station_id)
          WHERE g.account_id = l.account_id AND g.revoked_at IS NULL AND NOT EXISTS (
              SELECT FROM role_grant m LEFT JOIN station above ON above.id = m.station_id
              WHERE m.account_id = l.made_by AND m.role = 'administrator' AND m.revoked_at IS NULL
                AND (m.station_id IS NULL OR above.path @> t.path)))))

-- name: take_link
-- Of two who use it at once one sees a row.
UPDATE account_link SET used_at = %(now)s
WHERE code_hash = %(code_hash)s AND used_at IS NULL AND expires_at > %(now)s
RETURNING account_id

-- name: account_of_login
-- On the command line an account is known by its login.
SELECT id FROM account WHERE login = %(login)s AND disabled_at IS NULL AND kind = 'person'
