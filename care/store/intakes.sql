-- Sheets on their way in: every step is a row that a restart finds again.

-- name: add
-- A sheet that somebody sent.
INSERT INTO intake (account_id, paths, name, content, state, at, state_since)
VALUES (%(account)s, %(paths)s, %(name)s, %(content)s, 'checking', %(now)s, %(now)s) RETURNING id

-- name: page
-- One's own sheets, the latest first; without the file.
SELECT i.id, i.name, i.state, i.at, i.state_since, i.rows, i.people, i.problems, i.done, i.ignored, i.why,
       i.account_id, a.name AS account_name
FROM intake i JOIN account a ON a.id = i.account_id
WHERE i.account_id = %(account)s AND (%(intake)s::int IS NULL OR i.id = %(intake)s::int)
ORDER BY i.id DESC LIMIT 100

-- name: problems
-- What is wrong in a sheet, in its order.
SELECT n, line, cell, key, params FROM intake_problem
WHERE intake_id = %(intake)s AND n > %(after)s ORDER BY n LIMIT %(limit)s

-- name: due
-- Sheets to be worked on, the oldest first.
SELECT id FROM intake WHERE state IN ('checking', 'accepting') ORDER BY id LIMIT 10

-- name: claim
-- This sheet is ours for as long as the session lasts; false while somebody else has it.
SELECT pg_try_advisory_lock(hashtext('nowalls.intake'), %(intake)s)

-- name: let_go
-- For others again.
SELECT pg_advisory_unlock(hashtext('nowalls.intake'), %(intake)s)

-- name: sheet
-- What is worked on.
SELECT id, name, content, state, paths, account_id FROM intake WHERE id = %(intake)s

-- name: forget_problems
-- Before it is looked at again.
DELETE FROM intake_problem WHERE intake_id = %(intake)s

-- name: looked
-- What taking the sheet in would do.
UPDATE intake SET state = 'ready', state_since = %(now)s, rows = %(rows)s, people = %(people)s, problems = %(problems)s,
       ignored = %(ignored)s, why = '', done = 0
WHERE id = %(intake)s AND state = 'checking'

-- name: accept
-- Somebody has seen the preview and agrees.
UPDATE intake SET state = 'accepting', state_since = %(now)s, done = 0, paths = %(paths)s
WHERE id = %(intake)s AND account_id = %(account)s AND state = 'ready' AND people > 0

-- name: progress
-- How far it is, for who watches.
UPDATE intake SET done = %(done)s WHERE id = %(intake)s

-- name: done
-- Taken in, in the same transaction as the people; the file is not kept.
UPDATE intake SET state = 'done', state_since = %(now)s, done = %(done)s, content = NULL
WHERE id = %(intake)s AND state = 'accepting'

-- name: failed
-- It cannot be read, or what was looked at is no longer so.
UPDATE intake SET state = 'failed', state_since = %(now)s, why = %(why)s, content = NULL
WHERE id = %(intake)s AND state IN ('checking', 'accepting')

-- name: drop
-- Not wanted; the file is not kept.
UPDATE intake SET state = 'dropped', state_since = %(now)s, content = NULL
WHERE id = %(intake)s AND account_id = %(account)s AND state IN ('ready', 'checking')

-- name: forget
-- A preview that nobody accepted in a week is dropped with its file.
UPDATE intake SET state = 'dropped', state_since = %(now)s, content = NULL
WHERE state = 'ready' AND state_since < %(now)s::timestamptz - interval '7 days'
