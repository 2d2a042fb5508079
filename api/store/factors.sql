-- Second factors.

-- name: factors
-- One look before every question "what may this account prove itself with".
SELECT EXISTS (SELECT FROM totp t WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL) AS totp,
       (SELECT count(*) FROM passkey k WHERE k.account_id = a.id) AS passkeys,
       (SELECT count(*) FROM recovery_code r WHERE r.account_id = a.id AND r.used_at IS NULL) AS recovery_left,
       (SELECT count(*) FROM identity i WHERE i.account_id = a.id) AS providers
FROM account a WHERE a.id = %(account_id)s

-- name: begin_step
-- Only the digest of the browser's word is kept: reading the table lets nobody go on for somebody else.
INSERT INTO sign_in_step (token_hash, kind, account_id, how, challenge, data, made_at, expires_at)
VALUES (%(token_hash)s, %(kind)s, %(account_id)s, %(how)s, %(challenge)s, %(data)s, %(now)s, %(expires_at)s)

-- name: look_at_step
-- A mistyped code does not end the sign-in: the step is looked at and stays.
SELECT s.kind, s.account_id, s.how, s.challenge, s.data
FROM sign_in_step s LEFT JOIN account a ON a.id = s.account_id
WHERE s.token_hash = %(token_hash)s AND s.kind = %(kind)s AND s.expires_at > %(now)s AND a.disabled_at IS NULL

-- name: take_step
-- Deleted by the one who uses it: a challenge answered twice is answered once.
DELETE FROM sign_in_step
WHERE token_hash = %(token_hash)s AND kind = %(kind)s AND expires_at > %(now)s
RETURNING kind, account_id, how, challenge, data

-- name: clear_steps
-- What was begun and not ended is kept no longer than it works.
DELETE FROM sign_in_step WHERE expires_at <= %(now)s

-- name: put_totp
-- One app an account: until its first code is typed in it may be begun anew, after that it must be removed first.
INSERT INTO totp (account_id, sealed, made_at) VALUES (%(account_id)s, %(sealed)s, %(now)s)
ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, made_at = excluded.made_at, last_step = 0
WHERE totp.confirmed_at IS NULL
RETURNING account_id

-- name: totp
-- The secret leaves the database sealed.
SELECT sealed, last_step FROM totp
WHERE account_id = %(account_id)s AND (confirmed_at IS NOT NULL) = %(confirmed)s

-- name: use_totp
-- Of two who send the same code at once one sees a row.
UPDATE totp SET last_step = %(step)s, confirmed_at = COALESCE(confirmed_at, %(now)s)
WHERE account_id = %(account_id)s AND last_step < %(step)s
RETURNING account_id

-- name: remove_totp
-- Its owner, or who resets the account.
DELETE FROM totp WHERE account_id = %(account_id)s RETURNING account_id

-- name: forget_recovery
-- New codes make all older ones worthless: a lost list is answered by a new one.
DELETE FROM recovery_code WHERE account_id = %(account_id)s

-- name: put_recovery
-- Only digests: who reads the table has no code.
INSERT INTO recovery_code (account_id, code_hash)
SELECT %(account_id)s, unnest(%(code_hashes)s::bytea[])

-- name: use_recovery
-- Each works once, also for two who type it at once.
UPDATE recovery_code SET used_at = %(now)s
WHERE account_id = %(account_id)s AND code_hash = %(code_hash)s AND used_at IS NULL
RETURNING account_id

-- name: passkeys
-- For their owner's list, and so that a browser offers the right ones.
SELECT id, credential_id, transports, name, made_at, used_at FROM passkey
WHERE account_id = %(account_id)s ORDER BY id

-- name: passkey
-- Whoever shows it says by it who they are.
SELECT k.id, k.account_id, k.public_key, k.sign_count
FROM passkey k JOIN account a ON a.id = k.account_id
WHERE k.credential_id = %(credential_id)s AND a.disabled_at IS NULL AND a.kind = 'person'

-- name: add_passkey
-- An id that is known already belongs to somebody: it is not taken over.
INSERT INTO passkey (account_id, credential_id, public_key, sign_count, transports, name, made_at)
VALUES (%(account_id)s, %(credential_id)s, %(public_key)s, %(sign_count)s, %(transports)s, %(name)s, %(now)s)
ON CONFLICT (credential_id) DO NOTHING
RETURNING id

-- name: use_passkey
-- A counter that does not go on means a copy of the key, unless the key counts nothing (both 0).
UPDATE passkey SET sign_count = %(sign_count)s, used_at = %(now)s
WHERE id = %(id)s AND (sign_count < %(sign_count)s OR (sign_count = 0 AND %(sign_count)s = 0))
RETURNING id

-- name: remove_passkey
-- A lost phone is no longer one's own.
DELETE FROM passkey WHERE account_id = %(account_id)s AND id = %(id)s RETURNING id

-- name: forget_passkeys
-- Who resets an account begins anew with none.
DELETE FROM passkey WHERE account_id = %(account_id)s
