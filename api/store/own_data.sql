-- What is held about an account, for whom it belongs to. No secret, no hash, nothing about residents but their number.

-- name: account
-- How colleagues see them.
SELECT id, login, name, language, phone, kind, created_at, disabled_at FROM account WHERE id = %(account)s

-- name: roles
-- What they are or were, where, and of whom they are family.
SELECT g.role, s.name AS station, g.resident_id, g.granted_at, g.revoked_at
FROM role_grant g LEFT JOIN station s ON s.id = g.station_id WHERE g.account_id = %(account)s ORDER BY g.id

-- name: relations
-- What they are to a resident.
SELECT resident_id, word, set_at FROM relation WHERE account_id = %(account)s ORDER BY resident_id

-- name: sessions
-- Where they are signed in.
SELECT created_at, idle_until, expires_at, how, address, agent FROM session
WHERE account_id = %(account)s ORDER BY created_at

-- name: sign_ins
-- When and from where somebody tried to come in as them.
SELECT at, address, outcome FROM login_attempt WHERE account_id = %(account)s ORDER BY id

-- name: second_factors
-- That there are some, never what they are.
SELECT 'app' AS what, '' AS name, made_at, confirmed_at AS used_at FROM totp WHERE account_id = %(account)s
UNION ALL SELECT 'passkey', name, made_at, used_at FROM passkey WHERE account_id = %(account)s
ORDER BY made_at

-- name: tokens
-- Programs that they let in.
SELECT a.name, k.actions, k.made_at, k.expires_at, k.revoked_at, k.used_at
FROM api_token k JOIN account a ON a.id = k.account_id WHERE k.made_by = %(account)s ORDER BY k.id

-- name: endpoints
-- How they are reached. The addresses are secrets, which are never shown again.
SELECT channel, label, language, rank, least, quiet_from, quiet_until, created_at, removed_at
FROM endpoint WHERE owner_kind = 'account' AND owner_id = %(account)s ORDER BY id

-- name: notifications
-- What they were told, and when they saw it.
SELECT incident_id, purpose, priority, state, channel, queued_at, sent_at, delivered_at, seen_at
FROM notification WHERE recipient_kind = 'account' AND recipient_id = %(account)s ORDER BY id

-- name: offers
-- Where they were asked to go, and what they answered.
SELECT incident_id, offered_at, travel_s, distance_m, answer, answered_at FROM offer
WHERE account_id = %(account)s ORDER BY id

-- name: whereabouts
-- Where they last said to be.
SELECT available, lat, lon, at FROM responder_state WHERE account_id = %(account)s

-- name: duty
-- When they are or were on duty.
SELECT s.name AS station, d.role, d.days, d.from_time, d.until_time, d.first_day, d.last_day, d.removed_at
FROM shift d JOIN station s ON s.id = d.station_id WHERE d.account_id = %(account)s ORDER BY d.id

-- name: messages
-- What they wrote to a station or a relative.
SELECT at, from_station, text FROM message WHERE account_id = %(account)s ORDER BY id

-- name: visits
-- Whom they visited; what they noted of others is theirs.
SELECT resident_id, at, way, result, minutes FROM visit WHERE visitor_id = %(account)s ORDER BY id

-- name: looks
-- What the audit says of them: their own requests.
SELECT at, what, actions, residents, why, address, outcome FROM audit_entry
WHERE account_id = %(account)s ORDER BY at, id
