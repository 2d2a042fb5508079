-- Tokens of machines.

-- name: find_token
-- Asked once a request. A token holds while who made it is an enabled administrator of its node or above: an
-- administrator who goes leaves no door behind.
SELECT k.id, k.token_hash, k.used_at, k.expires_at, k.actions, k.station_id, a.id AS account_id, a.login, a.name,
       a.language, COALESCE(n.path::text, '') AS path
FROM api_token k
JOIN account a ON a.id = k.account_id AND a.disabled_at IS NULL
LEFT JOIN station n ON n.id = k.station_id
WHERE k.token_hash = %(token_hash)s AND k.revoked_at IS NULL AND k.expires_at > %(wall_now)s
  AND EXISTS (
      SELECT FROM role_grant g
      JOIN account m ON m.id = g.account_id AND m.disabled_at IS NULL
      LEFT JOIN station t ON t.id = g.station_id
      WHERE g.account_id = k.made_by AND g.role = 'administrator' AND g.revoked_at IS NULL
        AND (g.station_id IS NULL OR t.path @> n.path))

-- name: used_token
-- Not at every request: to the minute is enough to see which tokens nobody needs.
UPDATE api_token SET used_at = %(wall_now)s WHERE id = %(id)s

-- name: add_machine
-- Whom the token acts as: its login is none that anybody could type, its password fits nothing.
INSERT INTO account (login, name, language, password_hash, created_at, kind)
VALUES (%(login)s, %(name)s, %(language)s, '!', %(now)s, 'machine')
RETURNING id

-- name: add_token
-- Shown once; what is kept lets nobody in.
INSERT INTO api_token (token_hash, tail, account_id, station_id, actions, made_by, made_at, expires_at)
VALUES (%(token_hash)s, %(tail)s, %(account_id)s, %(station_id)s, %(actions)s, %(made_by)s, %(now)s, %(expires_at)s)
RETURNING id

-- name: tokens
-- Those of the caller's part of the tree, also the revoked ones of the last year: what was able to read what.
SELECT k.id, a.name, k.tail, k.actions, k.station_id, t.name AS station_name, t.name_en AS station_name_en,
       m.id AS made_by_id, m.name AS made_by_name, k.made_at, k.expires_at, k.used_at, k.revoked_at
FROM api_token k
JOIN account a ON a.id = k.account_id
JOIN account m ON m.id = k.made_by
LEFT JOIN station t ON t.id = k.station_id
WHERE (k.revoked_at IS NULL OR k.revoked_at > %(now)s::timestamptz - interval '365 days')
  AND (%(whole)s OR t.path <@ ANY(%(paths)s::ltree[]))
  AND (%(id)s::integer IS NULL OR k.id = %(id)s)
ORDER BY k.revoked_at IS NOT NULL, k.id DESC

-- name: revoke_token
-- From the next request on.
UPDATE api_token SET revoked_at = %(now)s WHERE id = %(id)s AND revoked_at IS NULL RETURNING id
