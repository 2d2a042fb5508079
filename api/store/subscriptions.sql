-- Doorbells of machines, each its token's own.

-- name: add
-- It looks back to this instant; what was before is asked for by a search.
INSERT INTO fhir_subscription
    (account_id, path, resource, resident_id, endpoint, status, created_at, ends_at, due_at, seen_at)
SELECT %(account)s, %(path)s::ltree, %(resource)s, %(resident)s, %(endpoint)s, 'active', %(now)s, %(ends_at)s, %(now)s, %(now)s
WHERE (SELECT count(*) FROM fhir_subscription WHERE account_id = %(account)s AND status <> 'off') < %(most)s
RETURNING *

-- name: subscriptions
-- Those that were not taken back.
SELECT * FROM fhir_subscription
WHERE account_id = %(account)s AND status <> 'off' AND (%(id)s::int IS NULL OR id = %(id)s) ORDER BY id

-- name: remove
-- It is kept, so that it stays known who was rung.
UPDATE fhir_subscription SET status = 'off', due_at = NULL
WHERE account_id = %(account)s AND id = %(id)s AND status <> 'off' RETURNING id
