-- Whom an incident concerns, asked for many incidents at once.

-- name: chains
-- Each station with those above it, the nearest first.
SELECT own.id, own.time_zone, array_agg(above.id ORDER BY nlevel(above.path) DESC)
FROM station own JOIN station above ON above.path @> own.path
WHERE own.id = ANY(%(stations)s) GROUP BY own.id

-- name: granted
-- Who works in these stations.
SELECT g.station_id, g.role, array_agg(DISTINCT g.account_id ORDER BY g.account_id)
FROM role_grant g JOIN account a ON a.id = g.account_id
WHERE g.station_id = ANY(%(stations)s) AND g.role IN ('operator', 'responder')
  AND g.revoked_at IS NULL AND a.disabled_at IS NULL
GROUP BY g.station_id, g.role

-- name: administrators
-- Who answers for everything: told of what is about the platform itself.
SELECT DISTINCT g.account_id FROM role_grant g JOIN account a ON a.id = g.account_id
WHERE g.role = 'administrator' AND g.station_id IS NULL AND g.revoked_at IS NULL AND a.disabled_at IS NULL
ORDER BY g.account_id

-- name: roots
-- The stations at the top of the tree.
SELECT id FROM station WHERE nlevel(path) = 1 ORDER BY id

-- name: household
-- Who lives in these homes: an incident of the home concerns all of them.
SELECT home_id, resident_id FROM residence
WHERE home_id = ANY(%(homes)s) AND during @> %(now)s::timestamptz ORDER BY home_id, resident_id

-- name: contacts
-- Whom to call for these residents, and for those who live in these homes, in order.
SELECT resident_id, rank, id, quiet_from, quiet_until FROM contact
WHERE resident_id = ANY(%(residents)s) OR resident_id IN (
    SELECT resident_id FROM residence WHERE home_id = ANY(%(homes)s) AND during @> %(now)s::timestamptz)
ORDER BY resident_id, rank

-- name: family
-- Family members with an account, where the resident lets them know.
SELECT DISTINCT g.resident_id, g.account_id FROM role_grant g JOIN account a ON a.id = g.account_id
WHERE (g.resident_id = ANY(%(residents)s) OR g.resident_id IN (
    SELECT resident_id FROM residence WHERE home_id = ANY(%(homes)s) AND during @> %(now)s::timestamptz))
  AND g.role = 'family' AND g.revoked_at IS NULL
  AND a.disabled_at IS NULL
  AND EXISTS (SELECT FROM consent_holding c WHERE c.resident_id = g.resident_id AND c.purpose = 'family_view'
              AND c.withdrawn_at IS NULL)
ORDER BY g.resident_id, g.account_id
