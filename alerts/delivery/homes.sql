-- Relatives' own smart homes on the broker.

-- name: homes
-- What is to be published, or taken back.
SELECT id, code, label, language, holds, state, help, shown, shown_at
FROM family_homes(%(now)s, %(alarm_kinds)s, %(quiet_s)s)

-- name: shown
-- What the broker has acknowledged.
UPDATE family_home SET shown = %(shown)s, shown_at = %(now)s WHERE id = %(id)s

-- name: end
-- The person agrees no longer, or the relative is none any more: the login ends, also should they agree anew.
UPDATE family_home SET ended_at = coalesce(ended_at, %(now)s) WHERE id = %(id)s

-- name: taken_back
-- The broker keeps nothing of it.
UPDATE family_home SET shown = NULL, shown_at = %(now)s WHERE id = %(id)s

-- name: ring
-- The broker lets a login in no more.
NOTIFY devices
