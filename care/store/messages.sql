-- Between relatives and the station. Whoever asks has looked at the scope of the resident, or gives it as `paths`.

-- name: begin
-- The thread of a relative about a resident, held until the transaction ends.
INSERT INTO conversation AS c (resident_id, account_id, begun_at) VALUES (%(resident)s, %(account)s, %(now)s)
ON CONFLICT (resident_id, account_id) DO UPDATE SET begun_at = c.begun_at
RETURNING id

-- name: hold
-- A thread of a resident in scope, held until the transaction ends.
SELECT c.id FROM conversation c
JOIN resident r ON r.id = c.resident_id JOIN station s ON s.id = r.station_id
WHERE c.id = %(id)s AND s.path <@ ANY (%(paths)s::ltree[])
FOR UPDATE OF c

-- name: write
-- What a page sends twice is written once; no row the second time.
INSERT INTO message (conversation_id, account_id, from_station, at, text, request)
VALUES (%(conversation)s, %(account)s, %(from_station)s, %(now)s, %(text)s, %(request)s)
ON CONFLICT (account_id, request) DO NOTHING
RETURNING id

-- name: last
-- The thread after a message: the station has to answer the relative, and nobody has to answer the station. What the
-- relative wrote after what the answerer saw (`upto`) is not answered by it.
UPDATE conversation c SET last_id = %(message)s, last_at = %(now)s, waiting = NOT %(from_station)s OR EXISTS (
    SELECT FROM message m WHERE m.conversation_id = c.id AND NOT m.from_station AND m.id > %(upto)s::bigint)
WHERE c.id = %(conversation)s

-- name: lately
-- How many somebody wrote since.
SELECT count(*) FROM message WHERE account_id = %(account)s AND at > %(since)s

-- name: mine
-- A relative's own thread, the latest first; `unread` counts what the station wrote since they looked.
SELECT m.id, m.at, m.text, m.from_station, m.account_id, a.name AS account_name, m.id > c.read_id AS fresh
FROM conversation c JOIN message m ON m.conversation_id = c.id JOIN account a ON a.id = m.account_id
WHERE c.resident_id = %(resident)s AND c.account_id = %(account)s AND (%(before)s::bigint IS NULL OR m.id < %(before)s)
ORDER BY m.id DESC LIMIT %(limit)s

-- name: read
-- The relative has seen it so far.
UPDATE conversation SET read_id = greatest(read_id, %(upto)s)
WHERE resident_id = %(resident)s AND account_id = %(account)s

-- name: thread
-- A thread as the station reads it, the latest first.
SELECT m.id, m.at, m.text, m.from_station, m.account_id, a.name AS account_name, false AS fresh, c.resident_id
FROM conversation c JOIN message m ON m.conversation_id = c.id JOIN account a ON a.id = m.account_id
JOIN resident r ON r.id = c.resident_id JOIN station s ON s.id = r.station_id
WHERE c.id = %(id)s AND s.path <@ ANY (%(paths)s::ltree[]) AND (%(before)s::bigint IS NULL OR m.id < %(before)s)
ORDER BY m.id DESC LIMIT %(limit)s

-- name: threads
-- Threads of residents in scope: those that wait, the longest waiting first; then the others, the latest first.
SELECT c.id, c.resident_id, r.name AS resident_name, c.account_id, a.name AS account_name, w.word AS relation,
       c.waiting, c.last_at, m.text, m.from_station
FROM conversation c
JOIN resident r ON r.id = c.resident_id JOIN station s ON s.id = r.station_id
JOIN account a ON a.id = c.account_id
JOIN message m ON m.id = c.last_id
LEFT JOIN relation w ON w.account_id = c.account_id AND w.resident_id = c.resident_id
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND (c.waiting OR NOT %(waiting)s)
ORDER BY c.waiting DESC, CASE WHEN c.waiting THEN c.last_at END, c.last_at DESC, c.id
LIMIT %(limit)s

-- name: waiting
-- How many threads wait for an answer.
SELECT count(*) FROM conversation c
JOIN resident r ON r.id = c.resident_id JOIN station s ON s.id = r.station_id
WHERE c.waiting AND s.path <@ ANY (%(paths)s::ltree[])

-- name: settle
-- It needs no answer, unless something was written after what the reader saw.
UPDATE conversation c SET waiting = false
FROM resident r JOIN station s ON s.id = r.station_id
WHERE c.id = %(id)s AND r.id = c.resident_id AND s.path <@ ANY (%(paths)s::ltree[]) AND c.last_id <= %(upto)s
RETURNING c.id

-- name: set_relation
-- What a relative is to the resident, in their own word.
INSERT INTO relation (account_id, resident_id, word, set_at) VALUES (%(account)s, %(resident)s, %(word)s, %(now)s)
ON CONFLICT (account_id, resident_id) DO UPDATE SET word = excluded.word, set_at = excluded.set_at

-- name: family
-- Who else may see the resident: relatives with an account, in the order in which they came.
SELECT a.id, a.name, min(g.granted_at) AS since, max(w.word) AS relation
FROM role_grant g
JOIN account a ON a.id = g.account_id AND a.disabled_at IS NULL
LEFT JOIN relation w ON w.account_id = a.id AND w.resident_id = g.resident_id
WHERE g.resident_id = %(resident)s AND g.role = 'family' AND g.revoked_at IS NULL
GROUP BY a.id, a.name ORDER BY since, a.id

-- name: staff
-- In which roles, and how many, people of the station and of those above it may see the resident.
SELECT g.role, count(DISTINCT g.account_id) AS people
FROM resident r JOIN station own ON own.id = r.station_id
JOIN role_grant g ON g.role <> 'family' AND g.revoked_at IS NULL
JOIN account a ON a.id = g.account_id AND a.disabled_at IS NULL
LEFT JOIN station s ON s.id = g.station_id
WHERE r.id = %(resident)s AND (s.id IS NULL OR s.path @> own.path)
GROUP BY g.role ORDER BY g.role

-- name: station_of
-- Who answers for the resident, and where they are reached.
SELECT s.id, s.name, s.name_en, s.phone FROM resident r JOIN station s ON s.id = r.station_id WHERE r.id = %(resident)s

-- name: consents
-- What the resident agreed to, and still does.
SELECT purpose, min(given_at) AS since FROM consent_holding
WHERE resident_id = %(resident)s AND given_at <= %(now)s AND (withdrawn_at IS NULL OR withdrawn_at > %(now)s)
GROUP BY purpose ORDER BY purpose
