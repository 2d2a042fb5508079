-- Accounts, grants and sessions.

-- name: find_login
-- For signing in; a disabled account is as good as none.
SELECT id, password_hash FROM account WHERE login = %(login)s AND disabled_at IS NULL AND kind = 'person'

-- name: add_account
-- A login is taken once; whoever comes second gets no row, and no hint of whose it is.
INSERT INTO account (login, name, language, password_hash, created_at)
VALUES (%(login)s, %(name)s, %(language)s, %(password_hash)s, %(now)s)
ON CONFLICT (login) DO NOTHING
RETURNING id

-- name: renew_password_hash
-- Parameters of the hash grow with the years; the account follows at its next log-in.
UPDATE account SET password_hash = %(password_hash)s WHERE id = %(id)s

-- name: add_grant
-- Roles are rows of their own: an account may hold several, and each is withdrawn by itself.
INSERT INTO role_grant (account_id, role, station_id, resident_id, granted_at, granted_by)
VALUES (%(account_id)s, %(role)s, %(station_id)s, %(resident_id)s, %(now)s, %(granted_by)s)

-- name: add_session
-- Both ends of its life are fixed at sign-in, so that a later change of settings lengthens no session.
INSERT INTO session (token_hash, account_id, created_at, idle_s, idle_until, expires_at, how, address, agent, confirmed_at)
VALUES (%(token_hash)s, %(account_id)s, %(now)s, %(idle_s)s, %(idle_until)s, %(expires_at)s, %(how)s, %(address)s,
        %(agent)s, %(now)s)

-- name: find_sessions
-- Who is behind these cookies, with their grants; a family grant holds while the resident consents. Asked once
-- a request with one cookie, and every few seconds by the live feed with those of all its sockets. Held: a second
-- factor was due, and while one is set up no instant is noted by which one is.
SELECT s.token_hash, s.id AS session_id, s.idle_s, s.idle_until, s.expires_at, s.confirmed_at,
       a.id, a.login, a.name, a.language, a.second_factor_by,
       COALESCE(g.grants, '[]'::jsonb) || COALESCE(x.grants, '[]'::jsonb) AS grants,
       a.second_factor_by <= %(wall_now)s AS held
FROM session s
JOIN account a ON a.id = s.account_id AND a.disabled_at IS NULL
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
               'role', r.role,
               'station_id', r.station_id,
               'resident_id', r.resident_id,
               'path', CASE WHEN r.resident_id IS NULL THEN COALESCE(t.path::text, '') END,
               'consented', r.resident_id IS NOT NULL AND EXISTS (
                   SELECT FROM consent_holding c
                   WHERE c.resident_id = r.resident_id AND c.purpose = 'family_view'
                     AND c.given_at <= %(now)s
                     AND (c.withdrawn_at IS NULL OR c.withdrawn_at > %(now)s))
           ) ORDER BY r.id) AS grants
    FROM role_grant r
    LEFT JOIN station t ON t.id = r.station_id
    WHERE r.account_id = a.id AND r.revoked_at IS NULL
) g ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('role', 'emergency', 'station_id', NULL, 'resident_id', e.resident_id,
                                        'path', NULL, 'consented', true)) AS grants
    FROM emergency_access e
    WHERE e.account_id = a.id AND e.expires_at > %(wall_now)s AND e.ended_at IS NULL
) x ON true
WHERE s.token_hash = ANY(%(token_hashes)s) AND s.idle_until > %(wall_now)s AND s.expires_at > %(wall_now)s

-- name: touch_sessions
-- Used just now: the idle time begins anew, within the session's absolute end.
UPDATE session
SET idle_until = least(expires_at, %(wall_now)s::timestamptz + make_interval(secs => idle_s))
WHERE token_hash = ANY(%(token_hashes)s) AND idle_until > %(wall_now)s AND expires_at > %(wall_now)s

-- name: end_session
-- A cookie that was signed out is worth nothing, also to who copied it.
DELETE FROM session WHERE token_hash = %(token_hash)s

-- name: password_hash
-- For proving again that one is there.
SELECT password_hash FROM account WHERE id = %(account_id)s AND disabled_at IS NULL

-- name: confirm_session
-- Counted from the proof, not from its last use.
UPDATE session SET confirmed_at = %(now)s WHERE token_hash = %(token_hash)s

-- name: own_sessions
-- Where somebody is signed in: what they do not know, they can end.
SELECT id, token_hash, how, address, agent, created_at, idle_until - make_interval(secs => idle_s) AS seen_at, expires_at
FROM session
WHERE account_id = %(account_id)s AND idle_until > %(now)s AND expires_at > %(now)s
ORDER BY created_at DESC, id DESC

-- name: end_sessions
-- One, or all but the one that asks; returned so that open sockets end at once.
DELETE FROM session
WHERE account_id = %(account_id)s
  AND (%(id)s::bigint IS NULL OR id = %(id)s) AND (%(but)s::bytea IS NULL OR token_hash <> %(but)s)
RETURNING token_hash

-- name: logins
-- The history of sign-ins, the latest first; attempts at a login that nobody has belong to nobody.
SELECT id, at, address, what, outcome FROM login_attempt
WHERE account_id = %(account_id)s AND outcome <> 'trying' AND (%(before)s::bigint IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s

-- name: roles
-- What an account is anywhere: how long its sessions last, and whether it needs a second factor, follow from it.
SELECT DISTINCT role FROM role_grant WHERE account_id = %(account_id)s AND revoked_at IS NULL

-- name: ask_second_factor
-- The grace begins at the first sign-in that lacks a second factor, and no later one lengthens it.
UPDATE account SET second_factor_by = CASE WHEN %(needed)s THEN COALESCE(second_factor_by, %(by)s) END
WHERE id = %(account_id)s AND (second_factor_by IS NOT NULL) <> %(needed)s

-- name: try_login
-- Noted before the password is looked at, so that many guesses at once count each other.
INSERT INTO login_attempt (login_digest, address, at, outcome, what, account_id)
VALUES (%(login_digest)s, %(address)s, %(wall_now)s, 'trying', %(what)s, %(account_id)s)
RETURNING id

-- name: note_attempt
-- Of a proof that nobody can guess only the history is kept.
INSERT INTO login_attempt (login_digest, address, at, outcome, what, account_id)
VALUES (%(login_digest)s, %(address)s, %(wall_now)s, %(outcome)s, %(what)s, %(account_id)s)

-- name: count_failures
-- Mistakes from this address: for this login since its last success, and for any login. What nobody can guess
-- (a passkey, a provider's word) is no guess.
SELECT count(*) FILTER (WHERE mine) AS failures, max(at) FILTER (WHERE mine) AS last_at,
       count(*) FILTER (WHERE at > %(address_since)s) AS address_failures, max(at) AS address_last_at
FROM (
    SELECT at, login_digest = %(login_digest)s AND at > %(since)s AND at > COALESCE((
               SELECT max(p.at) FROM login_attempt p
               WHERE p.login_digest = %(login_digest)s AND p.address = %(address)s
                 AND p.outcome = 'passed'), '-infinity') AS mine
    FROM login_attempt
    WHERE address = %(address)s AND at > least(%(since)s::timestamptz, %(address_since)s::timestamptz)
      AND outcome IN ('trying', 'failed') AND what NOT IN ('passkey', 'provider') AND id <> %(id)s
) attempt

-- name: count_account_failures
-- Mistakes of who has the password already, from anywhere: another address buys no further guess.
SELECT count(*) AS failures, max(at) AS last_at, 0 AS address_failures, NULL::timestamptz AS address_last_at
FROM login_attempt
WHERE login_digest = %(login_digest)s AND at > %(since)s AND outcome IN ('trying', 'failed') AND id <> %(id)s
  AND at > COALESCE((SELECT max(p.at) FROM login_attempt p
                     WHERE p.login_digest = %(login_digest)s AND p.outcome = 'passed'), '-infinity')

-- name: end_login
-- Only how it went is kept, and whose account it was when the login was known.
UPDATE login_attempt SET outcome = %(outcome)s, account_id = COALESCE(%(account_id)s, account_id) WHERE id = %(id)s

-- name: clear_old_sessions
-- Sessions that ended let nobody in; they are kept no longer than the sweep.
DELETE FROM session WHERE expires_at <= %(wall_now)s OR idle_until <= %(wall_now)s

-- name: clear_old_attempts
-- Where people signed in from is personal data: it is kept only while it may be asked for.
DELETE FROM login_attempt WHERE at < %(before)s
