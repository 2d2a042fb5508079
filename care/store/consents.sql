-- What people agreed to, and to which words.

-- name: texts
-- Every version of every text, the latest first.
SELECT purpose, version, zh, en, anew, since FROM consent_text ORDER BY purpose, version DESC

-- name: add_text
-- A new version; the number follows by itself.
INSERT INTO consent_text (purpose, version, zh, en, anew, since, account_id)
SELECT %(purpose)s, coalesce(max(version), 0) + 1, %(zh)s, %(en)s, %(anew)s, %(now)s, %(account)s
FROM consent_text WHERE purpose = %(purpose)s
RETURNING version

-- name: holds
-- Whether the person agrees just now.
SELECT EXISTS (SELECT FROM consent_holding
               WHERE resident_id = %(resident)s AND purpose = %(purpose)s AND given_at <= %(now)s
                 AND (withdrawn_at IS NULL OR withdrawn_at > %(now)s))

-- name: give
-- To the latest text; who agreed to an earlier one agrees again.
INSERT INTO consent (resident_id, purpose, version, given_at, given_by)
SELECT %(resident)s, %(purpose)s, t.version, %(now)s, %(account)s
FROM (SELECT coalesce(max(version), 1) AS version FROM consent_text WHERE purpose = %(purpose)s) t
WHERE NOT EXISTS (SELECT FROM consent c WHERE c.resident_id = %(resident)s AND c.purpose = %(purpose)s
                  AND c.version = t.version AND c.withdrawn_at IS NULL)
ON CONFLICT (resident_id, purpose, given_at) DO NOTHING

-- name: withdraw
-- From this instant on, whichever version it was given to.
UPDATE consent SET withdrawn_at = %(now)s, withdrawn_by = %(account)s
WHERE resident_id = %(resident)s AND purpose = %(purpose)s AND withdrawn_at IS NULL

-- name: stop_watching
-- Without consent nothing is measured: what the person wears comes off, and what hangs in the home of whom nobody
-- lives with. Hanging it again begins a new time.
UPDATE installation n SET during = tstzrange(lower(n.during), %(now)s)
WHERE upper_inf(n.during) AND lower(n.during) < %(now)s
  AND (n.resident_id = %(resident)s
       OR (n.resident_id IS NULL AND n.home_id IN (
           SELECT l.home_id FROM residence l
           WHERE l.resident_id = %(resident)s AND l.during @> %(now)s::timestamptz
             AND NOT EXISTS (SELECT FROM residence o WHERE o.home_id = l.home_id
                             AND o.resident_id <> l.resident_id AND o.during @> %(now)s::timestamptz))))

-- name: danger
-- An incident of the person, or of where they live, that is not over: then their life may depend on it.
SELECT i.number FROM incident i
WHERE i.closed_at IS NULL AND NOT i.drill
  AND (i.resident_id = %(resident)s OR (i.resident_id IS NULL AND i.home_id IN (
       SELECT home_id FROM residence WHERE resident_id = %(resident)s AND during @> %(now)s::timestamptz)))
ORDER BY i.onset DESC LIMIT 1
