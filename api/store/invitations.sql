-- Invitations.

-- name: add_invitation
-- Only the digest of the code is kept: reading the table lets nobody in.
INSERT INTO invitation (code_hash, role, station_id, resident_id, language, first_run, created_by, created_at, expires_at)
VALUES (%(code_hash)s, %(role)s, %(station_id)s, %(resident_id)s, %(language)s, %(first_run)s, %(created_by)s,
        %(now)s, %(expires_at)s)

-- name: look
-- What a code would make its bearer; used and expired ones are as good as none, and so are those of who may no
-- longer hand them out: whoever is put out leaves no door behind.
SELECT i.role, i.language, i.expires_at, i.station_id, t.name AS station_name, t.name_en AS station_name_en,
       i.resident_id, r.name AS resident_name
FROM invitation i
LEFT JOIN station t ON t.id = i.station_id
LEFT JOIN resident r ON r.id = i.resident_id
WHERE i.code_hash = %(code_hash)s AND i.used_at IS NULL AND i.expires_at > %(now)s
  AND (i.created_by IS NULL OR EXISTS (
      SELECT FROM role_grant g
      JOIN account m ON m.id = g.account_id AND m.disabled_at IS NULL
      JOIN station own ON own.id = COALESCE(i.station_id, r.station_id)
      LEFT JOIN station above ON above.id = g.station_id
      WHERE g.account_id = i.created_by AND g.revoked_at IS NULL
        AND g.role = ANY(CASE WHEN i.role = 'family' THEN %(invite_family)s ELSE %(invite_anyone)s END::text[])
        AND (g.station_id IS NULL OR above.path @> own.path)))

-- name: take
-- Of two who redeem at once one sees a row.
UPDATE invitation SET used_at = %(now)s
WHERE code_hash = %(code_hash)s AND used_at IS NULL AND expires_at > %(now)s
RETURNING id, role, station_id, resident_id, created_by

-- name: taken_by
-- Lets an administrator see later which link made which account.
UPDATE invitation SET used_by = %(account_id)s WHERE id = %(id)s

-- name: administrator_exists
-- While nobody can invite anybody, the first run has links to make.
SELECT EXISTS (
    SELECT FROM role_grant g JOIN account a ON a.id = g.account_id
    WHERE g.role = 'administrator' AND g.revoked_at IS NULL AND a.disabled_at IS NULL
) AS yes

-- name: lock_first_run
-- Two processes that start at once make one set of links.
SELECT pg_advisory_xact_lock(hashtext('nowalls.first_run'))

-- name: open_codes
-- Which of these codes still work.
SELECT code_hash FROM invitation
WHERE code_hash = ANY(%(code_hashes)s) AND used_at IS NULL AND expires_at > %(now)s

-- name: end_first_links
-- Links of an earlier first run whose codes are no longer known stop working.
UPDATE invitation SET expires_at = %(now)s
WHERE first_run AND used_at IS NULL AND expires_at > %(now)s

-- name: station_of_code
-- On the command line a station is known by its code.
SELECT id, path::text AS path, name FROM station WHERE code = %(code)s

-- name: station_of_id
-- With its path, so that nobody invites to a station outside their own.
SELECT id, path::text AS path, name FROM station WHERE id = %(id)s

-- name: resident_of_id
-- With the path of their station, so that nobody invites to a stranger.
SELECT r.id, t.path::text AS path, r.name FROM resident r JOIN station t ON t.id = r.station_id
WHERE r.id = %(id)s

-- name: demo_street
-- What stands above the first community: its operator sees all communities of the street.
SELECT COALESCE(parent_id, id) AS id FROM station WHERE level = 'community' ORDER BY path LIMIT 1

-- name: demo_resident
-- Somebody who agrees to be seen by the family.
SELECT resident_id AS id FROM consent_holding
WHERE purpose = 'family_view' AND withdrawn_at IS NULL
ORDER BY resident_id LIMIT 1
