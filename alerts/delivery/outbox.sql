-- name: claim
-- Due rows, the urgent first (or only these), taken for a while: if we die before they are told, they come due
-- again.
UPDATE notification SET due_at = %(lease)s, worker = %(worker)s
WHERE id IN (
    SELECT id FROM notification WHERE due_at <= %(now)s AND id <> ALL(%(held)s)
      AND (priority = 'high' OR NOT %(only_high)s)
    ORDER BY array_position(ARRAY['high', 'medium', 'low'], priority), due_at
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id

-- name: keep
-- Still at work on these.
UPDATE notification SET due_at = %(lease)s, worker = %(worker)s
WHERE id = ANY(%(held)s) AND due_at IS NOT NULL

-- name: sign_on
-- Held as long as this connection lives; others see by it that we do.
SELECT pg_try_advisory_lock(hashtext('nowalls.deliver'), %(worker)s)

-- name: inherit
-- What workers held that are gone is due now.
UPDATE notification SET due_at = least(due_at, %(now)s), worker = NULL
WHERE worker IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objid = notification.worker
      AND l.classid = (hashtext('nowalls.deliver')::bigint & 4294967295)::oid
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))

-- name: look_anew
-- After the clock was set back, instants lie ahead that mean nothing any more: decide again. What really is for
-- later is put off again.
UPDATE notification SET due_at = %(now)s WHERE due_at > %(now)s AND worker IS NULL

-- name: cases
-- What the decision needs to know of each notification; `over`: what it says is no longer so, for somebody has
-- taken it in hand since, or the question was answered or withdrawn. What was asked for after somebody took it in
-- hand is not over: they did not come, or the policy goes on until somebody is on the way or there. And who may
-- know no longer (the person agrees no more, they are no relative or work here no more) is told nothing, not even its end.
WITH relative AS (
    SELECT n.id, g.revoked_at IS NULL AND EXISTS (
               SELECT FROM consent_holding c WHERE c.resident_id = g.resident_id AND c.purpose = 'family_view'
               AND c.withdrawn_at IS NULL) AS holds
    FROM notification n
    JOIN incident i ON i.id = n.incident_id
    JOIN role_grant g ON g.account_id = n.recipient_id AND g.role = 'family'
    WHERE n.id = ANY(%(ids)s) AND n.recipient_kind = 'account'
      AND (g.resident_id = i.resident_id OR i.resident_id IS NULL AND EXISTS (
          SELECT FROM residence l WHERE l.home_id = i.home_id AND l.resident_id = g.resident_id
          AND l.during @> i.onset))
), lapsed AS (  -- neither a relative who may know, nor somebody who works here or is on a roster
    SELECT n.id FROM notification n
    WHERE n.id = ANY(%(ids)s) AND n.recipient_kind = 'account' AND n.purpose <> 'offer'
      AND NOT EXISTS (SELECT FROM relative r WHERE r.id = n.id AND r.holds)
      AND NOT EXISTS (SELECT FROM role_grant g WHERE g.account_id = n.recipient_id AND g.role <> 'family'
                      AND g.revoked_at IS NULL)
      AND NOT EXISTS (SELECT FROM shift s WHERE s.account_id = n.recipient_id AND s.removed_at IS NULL)
      AND NOT EXISTS (SELECT FROM rotation s WHERE n.recipient_id = ANY(s.members) AND s.removed_at IS NULL)
      AND NOT EXISTS (SELECT FROM duty_override s WHERE s.account_id = n.recipient_id AND s.removed_at IS NULL)
)
SELECT n.id, n.recipient_kind, n.recipient_id, n.priority, n.state, n.queued_at, n.tries,
       CASE WHEN n.id IN (SELECT id FROM lapsed) THEN true
            WHEN n.purpose = 'closed' THEN false
            WHEN i.closed_at IS NOT NULL THEN true
            WHEN n.purpose IN ('alarm', 'escalation') THEN
                i.state IN ('acknowledged', 'responding', 'on_site') AND EXISTS (
                SELECT FROM incident_event e WHERE e.incident_id = n.incident_id AND e.n > n.n
                AND e.kind IN ('acknowledged', 'responding', 'arrived'))
            WHEN n.purpose = 'offer' THEN NOT EXISTS (
                SELECT FROM offer o WHERE o.incident_id = n.incident_id AND o.account_id = n.recipient_id
                AND o.answer IS NULL)
            ELSE false END AS over,
       i.kind = 'self_test' AS board_only,
       coalesce(s.time_zone, 'Asia/Shanghai'), i.station_id,
       n.recipient_kind = 'station' AND EXISTS (
           SELECT FROM console_secret c WHERE c.station_id = n.recipient_id) AS has_console
FROM notification n
JOIN incident i ON i.id = n.incident_id
LEFT JOIN station s ON s.id = i.station_id
WHERE n.id = ANY(%(ids)s)

-- name: endpoints_of
-- Where these recipients can be reached. A family contact without an endpoint of its own is reached through
-- the accounts of the family, where the resident lets them know.
WITH wanted AS (
    SELECT n.id, n.recipient_kind, n.recipient_id,
           n.recipient_kind = 'contact' AND NOT EXISTS (
               SELECT FROM endpoint e WHERE e.owner_kind = 'contact' AND e.owner_id = n.recipient_id
               AND e.removed_at IS NULL) AS through_family
    FROM notification n WHERE n.id = ANY(%(ids)s)
), owners AS (
    SELECT id, recipient_kind AS kind, recipient_id AS owner FROM wanted WHERE NOT through_family
    UNION
    SELECT w.id, 'account', g.account_id
    FROM wanted w
    JOIN contact c ON c.id = w.recipient_id
    JOIN role_grant g ON g.resident_id = c.resident_id AND g.role = 'family' AND g.revoked_at IS NULL
    WHERE w.through_family AND EXISTS (
        SELECT FROM consent_holding k WHERE k.resident_id = c.resident_id AND k.purpose = 'family_view'
        AND k.withdrawn_at IS NULL)
)
SELECT o.id, e.id, e.channel, e.address, e.language, e.rank, e.least, e.quiet_from, e.quiet_until,
       coalesce(t.failures, 0), t.last_failed_at
FROM owners o
JOIN endpoint e ON e.owner_kind = o.kind AND e.owner_id = o.owner AND e.removed_at IS NULL
     AND e.channel <> 'siren'
LEFT JOIN endpoint_state t ON t.endpoint_id = e.id
LEFT JOIN account a ON o.kind = 'account' AND a.id = o.owner
WHERE a.disabled_at IS NULL
ORDER BY o.id, e.rank, e.id

-- name: tried
-- What was tried before.
SELECT notification_id, endpoint_id, outcome, ended_at FROM delivery_attempt
WHERE notification_id = ANY(%(ids)s) AND endpoint_id IS NOT NULL ORDER BY notification_id, try

-- name: contents
-- What there is to say of each notification; who may read how much of it is decided when it is put into words.
SELECT n.id, n.purpose, n.sees, n.priority, i.id, i.number, i.kind, i.state, i.outcome, i.drill,
       i.reason_key, i.reason_params, i.onset, coalesce(s.time_zone, 'Asia/Shanghai'),
       coalesce(s.name, ''), coalesce(nullif(s.name_en, ''), s.name, ''), coalesce(h.address, ''),
       coalesce(r.name, ''),
       CASE WHEN n.recipient_kind = 'contact' THEN 'family'
            WHEN n.recipient_kind = 'station' THEN 'board'
            WHEN n.purpose = 'offer' OR n.sees = 'address' THEN 'respond'
            WHEN EXISTS (SELECT FROM role_grant g WHERE g.account_id = n.recipient_id AND g.revoked_at IS NULL
                         AND g.role IN ('operator', 'administrator')) THEN 'board'
            WHEN EXISTS (SELECT FROM role_grant g WHERE g.account_id = n.recipient_id AND g.revoked_at IS NULL
                         AND g.role = 'family') THEN 'family'
            ELSE 'respond' END
FROM notification n
JOIN incident i ON i.id = n.incident_id
LEFT JOIN station s ON s.id = i.station_id
LEFT JOIN home h ON h.id = i.home_id
LEFT JOIN resident r ON r.id = i.resident_id
WHERE n.id = ANY(%(ids)s)

-- name: attempts
-- Proof, written as soon as the other side has answered.
INSERT INTO delivery_attempt
    (notification_id, try, endpoint_id, channel, started_at, ended_at, outcome, detail)
SELECT * FROM unnest(%(notifications)s::bigint[], %(tries)s::int[], %(endpoints)s::int[], %(channels)s::text[],
                     %(started)s::timestamptz[], %(ended)s::timestamptz[], %(outcomes)s::text[],
                     %(details)s::text[])
ON CONFLICT DO NOTHING

-- name: tried_once_more
-- The count rises with the attempts; the first channel that carried it is the one that is named. What somebody
-- has already received or seen stays so.
UPDATE notification n SET tries = greatest(n.tries, t.last),
    state = CASE WHEN t.sent_at IS NOT NULL AND n.state IN ('queued', 'failed') THEN 'sent' ELSE n.state END,
    channel = coalesce(n.channel, t.channel),
    sent_at = coalesce(n.sent_at, t.sent_at)
FROM (SELECT a.id, max(a.try) AS last, min(a.ended) FILTER (WHERE a.outcome = 'sent') AS sent_at,
             (array_agg(a.channel ORDER BY a.ended) FILTER (WHERE a.outcome = 'sent'))[1] AS channel
      FROM unnest(%(notifications)s::bigint[], %(tries)s::int[], %(channels)s::text[], %(ended)s::timestamptz[],
                  %(outcomes)s::text[]) AS a (id, try, channel, ended, outcome)
      GROUP BY a.id) t
WHERE n.id = t.id

-- name: settle
-- What was decided: when to look again (NULL: never), and how it stands. A receipt that came meanwhile wins.
-- Ringing the engine when somebody could not be reached is part of it.
WITH decided AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(dues)s::timestamptz[], %(states)s::text[], %(were)s::text[])
        AS d (id, due_at, state, was)
), settled AS (
    UPDATE notification n SET due_at = d.due_at, worker = NULL,
        state = CASE WHEN n.state = d.was AND n.state IN ('queued', 'failed', 'sent') THEN d.state ELSE n.state END
    FROM decided d WHERE n.id = d.id
)
SELECT pg_notify('incident', '') FROM decided WHERE state = 'failed' AND was <> 'failed' LIMIT 1

-- name: worked
-- These endpoints are well.
INSERT INTO endpoint_state AS s (endpoint_id, failures, failing_since, last_ok_at)
SELECT e, 0, NULL, %(now)s FROM unnest(%(worked)s::int[]) AS e
ON CONFLICT (endpoint_id) DO UPDATE SET failures = 0, failing_since = NULL, last_ok_at = excluded.last_ok_at,
    last_error = ''

-- name: next_due
-- When the next one is to be told, among those not at hand.
SELECT min(due_at) FROM notification WHERE due_at IS NOT NULL AND id <> ALL(%(held)s)
  AND (priority = 'high' OR NOT %(only_high)s)

-- name: failed
-- One failure more in a row; says how many.
INSERT INTO endpoint_state AS s (endpoint_id, failures, failing_since, last_failed_at, last_error)
VALUES (%(endpoint)s, 1, %(now)s, %(now)s, %(detail)s)
ON CONFLICT (endpoint_id) DO UPDATE SET failures = s.failures + 1,
    failing_since = coalesce(s.failing_since, excluded.failing_since),
    last_failed_at = excluded.last_failed_at, last_error = excluded.last_error
RETURNING failures

-- name: gone
-- The other side says that it will never be there again.
UPDATE endpoint SET removed_at = %(now)s WHERE id = %(endpoint)s AND removed_at IS NULL

-- name: use_service
-- One use more, unless there were %(limit)s within the window: then no row comes back. Shared by all workers, who read
-- their clocks before they get the row: a use a moment ahead is a colleague's and counts; one that lies further ahead is
-- from before the clock was set back.
INSERT INTO service_use AS u (service, uses) VALUES (%(service)s, ARRAY[%(now)s::timestamptz])
ON CONFLICT (service) DO UPDATE
SET uses = array_append(ARRAY(SELECT t FROM unnest(u.uses) t WHERE t > %(since)s AND t <= %(now)s::timestamptz + interval '10 s' ORDER BY t), %(now)s)
WHERE (SELECT count(*) FROM unnest(u.uses) t WHERE t > %(since)s AND t <= %(now)s::timestamptz + interval '10 s') < %(limit)s
RETURNING 1

-- name: service_free_at
-- The use that must pass out of the window before the next.
SELECT t FROM service_use u, unnest(u.uses) t WHERE u.service = %(service)s AND t <= %(now)s::timestamptz + interval '10 s'
ORDER BY t DESC OFFSET %(limit)s - 1 LIMIT 1

-- name: at_the_console
-- The broker has what a station's console shows: its station's notifications up to that step are sent. Only where
-- there is a console: the broker takes it as well where nobody listens.
UPDATE notification n SET state = 'sent', channel = coalesce(channel, 'console'), sent_at = %(now)s
FROM station s
WHERE n.incident_id = %(incident)s AND n.n <= %(version)s AND n.recipient_kind = 'station'
  AND s.id = n.recipient_id AND s.code = %(target)s AND n.state IN ('queued', 'failed')
  AND EXISTS (SELECT FROM console_secret c WHERE c.station_id = s.id)

-- name: loudest
-- The most urgent of what each of these consoles shows and nobody has taken in hand, or of which its station was
-- told again since somebody did or said that they heard: how loud its siren is. A drill is heard only where nothing real is.
SELECT t.code,
       (array_agg(i.priority ORDER BY i.drill, array_position(ARRAY['high', 'medium', 'low'], i.priority)))[1],
       coalesce(bool_and(i.drill), false),
       coalesce(nullif(count(i.id) FILTER (WHERE NOT i.drill), 0), count(i.id))
FROM unnest(%(targets)s::text[]) t (code)
LEFT JOIN (publication p JOIN incident i ON i.id = p.incident_id AND i.closed_at IS NULL AND i.kind <> 'self_test' AND (
           i.state = 'open' OR i.state IN ('acknowledged', 'responding', 'on_site') AND EXISTS (
               SELECT FROM notification n JOIN station s ON s.id = n.recipient_id
               WHERE n.incident_id = i.id AND n.recipient_kind = 'station' AND s.code = p.target
                 AND n.purpose IN ('alarm', 'escalation')
                 AND n.n > (SELECT max(e.n) FROM incident_event e WHERE e.incident_id = i.id
                            AND (e.kind IN ('acknowledged', 'responding', 'arrived')
                                 OR e.kind = 'noted' AND i.state IN ('responding', 'on_site'))))))
       ON p.channel = 'console' AND p.target = t.code
GROUP BY t.code

-- name: hand_back
-- Taken, and not shown because another was not taken from us: due at once.
UPDATE publication p SET due_at = %(now)s
FROM unnest(%(incidents)s::uuid[], %(targets)s::text[]) AS t (incident_id, target)
WHERE p.incident_id = t.incident_id AND p.target = t.target AND p.channel = 'console' AND p.due_at = %(lease)s

-- name: with_a_siren
-- Where a siren may still sound as it did for somebody who held the line before us.
SELECT DISTINCT target FROM publication WHERE channel = 'console'

-- name: take_the_line
-- Held as long as this connection lives: one worker speaks to the broker.
SELECT pg_try_advisory_lock(hashtext('nowalls.consoles'), 0)
