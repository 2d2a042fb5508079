-- The audit: entries, their chain, and what is asked of it.

-- name: add
-- One entry. An incident that is named is about somebody, also where no row of theirs was read.
INSERT INTO audit_entry (at, account_id, what, actions, residents, within, incident_id, why, address, outcome)
SELECT %(at)s, %(account)s, %(what)s, %(actions)s,
       ARRAY(SELECT one FROM unnest(%(residents)s::int[] || ARRAY(
                 SELECT i.resident_id FROM incident i WHERE i.id = %(incident)s AND i.resident_id IS NOT NULL)) AS one
             GROUP BY one ORDER BY one),
       %(within)s::ltree[], %(incident)s, %(why)s, %(address)s, %(outcome)s

-- name: typist
-- The account of somebody at the command line: found, or made with a password that nothing matches.
INSERT INTO account AS a (login, name, language, password_hash, created_at, kind)
VALUES (%(login)s, %(name)s, 'zh', '!', %(now)s, 'machine')
ON CONFLICT (login) DO UPDATE SET name = a.name RETURNING id

-- name: roots
-- The whole tree, as the paths of its roots.
SELECT path::text FROM station WHERE parent_id IS NULL ORDER BY 1

-- name: lock
-- One sealer works at a time, of however many processes.
SELECT pg_try_advisory_xact_lock(hashtext('nowalls.audit.seal')) AS mine

-- name: waiting
-- What has no link yet, in the order in which it was written.
SELECT e.* FROM audit_pending p JOIN audit_entry e ON e.id = p.entry_id AND e.at = p.entry_at
ORDER BY e.id LIMIT %(limit)s

-- name: head
-- The last link.
SELECT n, hash, sealed_at FROM audit_link ORDER BY n DESC LIMIT 1

-- name: retired_head
-- Where the chain stood when its last month went, in case nothing came since.
SELECT through_n AS n, hash FROM audit_retired ORDER BY month DESC LIMIT 1

-- name: link
-- The links of some entries.
INSERT INTO audit_link (n, sealed_at, entry_id, entry_at, digest, hash)
SELECT * FROM unnest(%(n)s::bigint[], %(sealed_at)s::timestamptz[], %(entry_id)s::bigint[],
                     %(entry_at)s::timestamptz[], %(digest)s::bytea[], %(hash)s::bytea[])

-- name: sealed
-- These wait no longer.
DELETE FROM audit_pending WHERE entry_id = ANY(%(ids)s)

-- name: give_way
-- What waits for a table makes all who come later wait behind it. Well below the second after which the server looks
-- for who waits for each other, and ends one of them.
SET LOCAL lock_timeout = '200ms'

-- name: make_room
-- Partitions ahead.
SELECT audit_make_room(%(now)s)

-- name: retire
-- Whole months whose time is over.
SELECT audit_retire(%(now)s, %(months)s) AS gone

-- name: anchor
-- The first link of a day stands for all before it.
INSERT INTO audit_anchor (day, n, hash, at) VALUES (%(day)s, %(n)s, %(hash)s, %(at)s)
ON CONFLICT (day) DO NOTHING RETURNING day

-- name: links
-- The chain in its order, with the entries as they stand now.
SELECT l.n, l.sealed_at, l.entry_id, l.entry_at, l.digest, l.hash, e.id, e.at, e.account_id, e.what, e.actions,
       e.residents, e.within, e.incident_id, e.why, e.address, e.outcome
FROM audit_link l LEFT JOIN audit_entry e ON e.id = l.entry_id AND e.at = l.entry_at
WHERE l.n > %(after)s ORDER BY l.n LIMIT %(limit)s

-- name: retired
-- The last month that was taken away.
SELECT month, through_n, hash FROM audit_retired ORDER BY month DESC LIMIT 1

-- name: unlinked
-- Entries of before the sealer's last minute that no link knows: put in behind its back.
SELECT e.id FROM audit_entry e
WHERE e.at < %(before)s
  AND NOT EXISTS (SELECT FROM audit_link l WHERE l.entry_id = e.id AND l.entry_at = e.at) ORDER BY e.id LIMIT 100

-- name: anchors
-- The daily lines.
SELECT day, n, hash, at FROM audit_anchor ORDER BY day

-- name: latest_anchor
-- Everything up to it is held by what was kept elsewhere.
SELECT day, n, hash FROM audit_anchor ORDER BY day DESC LIMIT 1

-- name: link_at
-- What the next link must follow from.
SELECT hash FROM audit_link WHERE n = %(n)s

-- name: of_resident
-- Who looked at somebody: the latest of each person and day.
SELECT max(e.at) AS at, e.account_id, a.name, count(*) AS times,
       array_agg(DISTINCT e.what ORDER BY e.what) AS what,
       bool_or(e.why <> '') AS reasoned, max(e.why) AS why,
       array_agg(DISTINCT e.incident_id) FILTER (WHERE e.incident_id IS NOT NULL) AS incidents,
       EXISTS (SELECT FROM role_grant g WHERE g.account_id = e.account_id AND g.resident_id = %(resident)s
               AND g.revoked_at IS NULL) AS family,
       ARRAY(SELECT DISTINCT g.role FROM role_grant g LEFT JOIN station top ON top.id = g.station_id
             WHERE g.account_id = e.account_id AND g.resident_id IS NULL
               AND (g.station_id IS NULL OR (SELECT s.path FROM resident r JOIN station s ON s.id = r.station_id
                                             WHERE r.id = %(resident)s) <@ top.path)
             ORDER BY 1) AS roles,
       a.kind = 'machine' AS machine
FROM audit_entry e JOIN account a ON a.id = e.account_id
WHERE (e.residents @> ARRAY[%(resident)s::int]
       OR (cardinality(e.within) > 0 AND (SELECT s.path FROM resident r JOIN station s ON s.id = r.station_id
                                          WHERE r.id = %(resident)s) <@ ANY(e.within)))
  AND e.at > %(since)s AND e.outcome < 300 AND (%(before)s::timestamptz IS NULL OR e.at < %(before)s)
GROUP BY e.account_id, a.name, a.kind, (e.at AT TIME ZONE %(time_zone)s)::date
ORDER BY 1 DESC LIMIT %(limit)s

-- name: search
-- Entries, the latest first, about residents and by people within the scope.
SELECT e.id, e.at, e.account_id, a.name, e.what, e.actions, e.residents AS about, e.within::text[] AS within,
       e.incident_id, e.why, e.address, e.outcome,
       (SELECT coalesce(json_agg(seen), '[]')
        FROM (SELECT r.id, r.name FROM resident r JOIN station s ON s.id = r.station_id
              WHERE r.id = ANY(e.residents) AND (%(whole)s OR s.path <@ ANY(%(paths)s::ltree[]))
              ORDER BY r.id LIMIT 3) AS seen) AS names
FROM audit_entry e JOIN account a ON a.id = e.account_id
WHERE (%(whole)s OR EXISTS (SELECT FROM resident r JOIN station s ON s.id = r.station_id
                            WHERE r.id = ANY(e.residents) AND s.path <@ ANY(%(paths)s::ltree[]))
       OR EXISTS (SELECT FROM role_grant g JOIN station s ON s.id = g.station_id
                  WHERE g.account_id = e.account_id AND s.path <@ ANY(%(paths)s::ltree[])))
  AND (%(account)s::int IS NULL OR e.account_id = %(account)s)
  AND (%(resident)s::int IS NULL OR e.residents @> ARRAY[%(resident)s::int])
  AND (%(what)s::text IS NULL OR e.what ILIKE %(what)s)
  AND (%(refused)s::boolean IS NULL OR (e.outcome >= 400) = %(refused)s)
  AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR e.at < %(until)s)
  AND (%(after_at)s::timestamptz IS NULL OR (e.at, e.id) < (%(after_at)s, %(after_id)s))
ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s
