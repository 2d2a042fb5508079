-- name: add
-- A phone that subscribes again brings the same address: it is the same endpoint, back with its new values.
INSERT INTO endpoint AS e (owner_kind, owner_id, channel, label, address, language, rank, least, quiet_from,
    quiet_until, created_at, created_by)
VALUES (%(owner_kind)s, %(owner_id)s, %(channel)s, %(label)s, %(address)s, %(language)s, %(rank)s, %(least)s,
    %(quiet_from)s, %(quiet_until)s, %(now)s, %(actor)s)
ON CONFLICT (owner_kind, owner_id, channel, address) DO UPDATE
SET label = excluded.label, language = excluded.language, rank = excluded.rank, least = excluded.least,
    quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, removed_at = NULL
RETURNING e.id

-- name: listed
-- With how each has been doing.
SELECT e.id, e.owner_kind, e.owner_id, e.channel, e.label, e.address, e.language, e.rank, e.least,
       e.quiet_from, e.quiet_until, e.created_at, coalesce(s.failures, 0), s.last_ok_at,
       coalesce(s.last_error, '')
FROM endpoint e LEFT JOIN endpoint_state s ON s.endpoint_id = e.id
WHERE e.owner_kind = %(kind)s AND e.owner_id = %(owner)s AND e.removed_at IS NULL
ORDER BY e.rank, e.id

-- name: remove
-- Kept as a row: what was sent there stays known.
UPDATE endpoint SET removed_at = %(now)s
WHERE id = %(id)s AND owner_kind = %(kind)s AND owner_id = %(owner)s AND removed_at IS NULL

-- name: address
-- Where a test message goes.
SELECT channel, address, language FROM endpoint WHERE id = %(id)s AND removed_at IS NULL
