-- Everything the alert engine says to the database.

-- name: policies
-- What to do about each kind.
SELECT kind, priority, cancel_window_s, escalate_s, respond_s, escalation, group_after, group_s, quiet_from,
       quiet_until, version
FROM kind_policy

-- name: escalations
-- The escalation policies.
SELECT name, body, version FROM escalation_policy

-- name: seed_policy
-- A new installation, or a kind that a new version brought along; what an administrator changed stays.
INSERT INTO kind_policy (kind, priority, cancel_window_s, escalate_s, respond_s, escalation, group_after,
                         group_s, quiet_from, quiet_until, version, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (kind) DO NOTHING

-- name: seed_escalation
-- The policy that every kind follows at first.
INSERT INTO escalation_policy (name, body, updated_at) VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING

-- name: untriaged
-- Findings nobody has ruled on, the urgent ones first. The cursor and the floor only save looking at old rows.
-- What is about a whole station and no home names that station.
SELECT f.id, f.revision, f.kind, f.home_id, (extract(epoch FROM f.onset) * 1e6)::bigint,
       (extract(epoch FROM f.detected_at) * 1e6)::bigint, f.reason_key, f.reason_params, f.resident_id,
       f.device_id, f.severity, f.probability, f.cleared, coalesce(h.station_id, region.id), f.serial
FROM finding f
LEFT JOIN home h ON h.id = f.home_id
LEFT JOIN station region ON region.id = CASE WHEN f.home_id IS NULL AND f.severity = 'region'
    AND f.evidence ->> 'station' ~ '^\d{1,9}$' THEN (f.evidence ->> 'station')::int END
LEFT JOIN kind_policy p ON p.kind = f.kind
WHERE f.serial > greatest(%(floor)s, (SELECT serial FROM triage_cursor))
  AND NOT EXISTS (SELECT FROM triage t WHERE t.finding_id = f.id AND t.revision = f.revision)
  AND (%(only)s::uuid[] IS NULL OR f.id = ANY(%(only)s)) AND f.id <> ALL(%(aside)s::uuid[])
ORDER BY (coalesce(p.priority = 'high', true) OR f.severity = 'long_lie' OR f.severity LIKE '%%\_critical') DESC,
         f.serial
LIMIT %(limit)s

-- name: inhibited
-- What a larger fault explained that is over, and what stands as it did: the columns of `untriaged`. What has come
-- back had a while to say so.
SELECT f.id, f.revision, f.kind, f.home_id, (extract(epoch FROM f.onset) * 1e6)::bigint,
       (extract(epoch FROM f.detected_at) * 1e6)::bigint, f.reason_key, f.reason_params, f.resident_id,
       f.device_id, f.severity, f.probability, f.cleared, h.station_id, f.serial
FROM triage t
JOIN incident i ON i.id = t.incident_id AND i.closed_at > %(since)s AND i.closed_at <= %(settled)s
JOIN finding f ON f.id = t.finding_id AND f.revision = t.revision
LEFT JOIN home h ON h.id = f.home_id
WHERE t.verdict = 'inhibited' AND NOT f.cleared
  AND NOT EXISTS (SELECT FROM finding l WHERE l.id = f.id AND l.revision > f.revision)
  AND (%(only)s::uuid[] IS NULL OR f.id = ANY(%(only)s)) AND f.id <> ALL(%(aside)s::uuid[])
ORDER BY f.serial LIMIT %(limit)s

-- name: lock_homes
-- One engine at a time rules on a home, so that what belongs together is joined.
SELECT k, pg_try_advisory_xact_lock(hashtext('nowalls.home'), k) FROM unnest(%(keys)s::int[]) AS u(k)

-- name: lock_stations
-- One engine at a time groups what happens in a station.
SELECT k, pg_try_advisory_xact_lock(hashtext('nowalls.station'), k) FROM unnest(%(keys)s::int[]) AS u(k)

-- name: lock_report
-- One process at a time says what the platform says of itself.
SELECT pg_advisory_xact_lock(hashtext('nowalls.report'), hashtext(%(key)s))

-- name: standing
-- What the platform has already said and nobody has closed.
SELECT {columns} FROM incident
WHERE closed_at IS NULL AND kind = %(kind)s AND station_id IS NOT DISTINCT FROM %(station)s::int
  AND home_id IS NOT DISTINCT FROM %(home)s::int AND reason_key = %(reason_key)s AND reported_by IS NULL
  AND NOT drill
ORDER BY onset FOR UPDATE

-- name: stranded
-- Open incidents of whose last step nobody could be reached.
SELECT {columns} FROM incident
WHERE state = 'open' AND next_step_at IS NOT NULL AND id IN (
    SELECT f.incident_id FROM notification f WHERE f.state = 'failed' AND f.queued_at > %(since)s)
  AND NOT EXISTS (
    SELECT FROM notification n WHERE n.incident_id = incident.id AND n.state NOT IN ('failed', 'superseded')
      AND n.n = (SELECT max(l.n) FROM notification l WHERE l.incident_id = incident.id
                 AND l.purpose IN ('alarm', 'escalation')))
  AND (%(only)s::uuid[] IS NULL OR id = ANY(%(only)s)) AND id <> ALL(%(aside)s::uuid[])
ORDER BY (priority = 'high') DESC, next_step_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED

-- name: claim
-- The row is the claim: who inserts it rules, a second engine finds it there.
INSERT INTO triage (finding_id, revision, verdict, incident_id, at)
SELECT f, r, v, i, %(now)s
FROM unnest(%(findings)s::uuid[], %(revisions)s::smallint[], %(verdicts)s::text[], %(incidents)s::uuid[])
    AS u(f, r, v, i)
ON CONFLICT (finding_id, revision) DO UPDATE
SET verdict = excluded.verdict, incident_id = excluded.incident_id, at = excluded.at
WHERE triage.verdict = 'inhibited'

-- name: ruled
-- Which of these findings another engine has ruled on meanwhile; `again`: what was inhibited is asked once more.
SELECT finding_id, revision FROM triage
WHERE finding_id = ANY(%(findings)s) AND NOT (%(again)s AND verdict = 'inhibited')

-- name: advance_cursor
-- Everything up to here is ruled on and so old that no writer can still be about to commit below it.
UPDATE triage_cursor SET serial = greatest(serial, least(
    (SELECT coalesce(min(f.serial) - 1, 9223372036854775807) FROM finding f
     WHERE f.serial > triage_cursor.serial
       AND NOT EXISTS (SELECT FROM triage t WHERE t.finding_id = f.id AND t.revision = f.revision)),
    (SELECT coalesce(max(f.serial), 0) FROM finding f
     WHERE f.serial > triage_cursor.serial AND f.written_at < %(old)s)))

-- name: of_homes
-- Incidents that a new finding in these homes may belong to, held: a person may be acting on one of them this
-- moment, and nobody's step may be lost.
SELECT {columns} FROM incident
WHERE home_id = ANY(%(homes)s) AND (closed_at IS NULL OR closed_at > %(since)s) ORDER BY id FOR UPDATE

-- name: outages
-- Incidents of the platform itself, or of all of it in one station, which explain silent homes.
SELECT {columns} FROM incident
WHERE (station_id IS NULL OR kind = 'platform_outage') AND home_id IS NULL AND closed_at IS NULL

-- name: of_groups
-- The incidents that stand for many of a kind in these stations, held.
SELECT {columns} FROM incident
WHERE station_id = ANY(%(grouping)s) AND closed_at IS NULL AND home_id IS NULL AND severity = 'many'
ORDER BY id FOR UPDATE

-- name: members
-- The incidents that these findings were grouped into, the last of each; `out`: it was subtracted there since.
SELECT DISTINCT ON (t.finding_id) t.finding_id, t.incident_id, EXISTS (
    SELECT FROM triage l WHERE l.finding_id = t.finding_id AND l.incident_id = t.incident_id
      AND l.verdict = 'recovered' AND l.revision > t.revision) AS out
FROM triage t
WHERE t.finding_id = ANY(%(findings)s) AND t.verdict = 'grouped'
ORDER BY t.finding_id, t.revision DESC

-- name: alike
-- How many of a kind each of these stations has had lately, one by one.
SELECT station_id, kind, count(*) FROM incident
WHERE station_id = ANY(%(grouping)s) AND kind = ANY(%(kinds)s) AND closed_at IS NULL AND home_id IS NOT NULL
  AND detected_at > %(alike_since)s
GROUP BY station_id, kind

-- name: ask
-- The wearables of these people are to ask whether all is well.
INSERT INTO ask (incident_id, device_id, topic, asked_at, expires_at, due_at)
SELECT u.i, d.id, 'nw/v1/' || h.code || '/' || d.code || '/cmd', %(now)s, u.e, %(now)s
FROM unnest(%(incidents)s::uuid[], %(residents)s::int[], %(expires)s::timestamptz[]) AS u(i, r, e)
JOIN installation n ON n.resident_id = u.r AND n.during @> %(now)s::timestamptz
JOIN device d ON d.id = n.device_id AND d.kind = 'wearable'
JOIN home h ON h.id = n.home_id
ON CONFLICT DO NOTHING

-- name: ring_ask
-- The doorbell of those who put the question.
SELECT pg_notify('ask', '')

-- name: claim_asks
-- Due again soon before it is put: a crash repeats a question. With the answer, or the end of the time, it is
-- put no more.
UPDATE ask a SET times = times + 1, sent_at = %(now)s,
    due_at = CASE WHEN i.state = 'detected' AND a.expires_at >= %(again)s THEN %(again)s::timestamptz END
FROM incident i
WHERE i.id = a.incident_id AND (a.incident_id, a.device_id) IN (
    SELECT incident_id, device_id FROM ask WHERE due_at <= %(now)s
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING a.incident_id, a.topic, (extract(epoch FROM a.expires_at) * 1e6)::bigint, i.state = 'detected'

-- name: hush
-- What is no longer asked is told so at once, not at its next turn.
UPDATE ask SET due_at = %(now)s WHERE due_at IS NOT NULL AND incident_id = ANY(%(incidents)s)

-- name: next_ask
-- When the next question is to be put.
SELECT (extract(epoch FROM min(due_at)) * 1e6)::bigint FROM ask WHERE due_at IS NOT NULL

-- name: windows
-- How long these people may call off a fall.
SELECT resident_id, window_s FROM cancel_window WHERE resident_id = ANY(%(residents)s)

-- name: silences
-- Maintenance that is going on.
SELECT id, kinds, (extract(epoch FROM from_at) * 1e6)::bigint, (extract(epoch FROM until_at) * 1e6)::bigint,
       station_id, home_id, device_id
FROM silence WHERE ended_at IS NULL AND from_at <= %(now)s AND until_at > %(now)s

-- name: of_findings
-- Incidents that these findings opened, however long ago, held.
SELECT {columns} FROM incident WHERE finding_id = ANY(%(findings)s) ORDER BY id FOR UPDATE

-- name: those
-- These incidents, held.
SELECT {columns} FROM incident WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE

-- name: all
-- Every incident there is, the oldest first: for figures and exports.
SELECT {columns} FROM incident ORDER BY detected_at, id

-- name: look
-- One incident, as it stands.
SELECT {columns} FROM incident WHERE id = %(id)s

-- name: locked
-- One incident, held until this transaction ends.
SELECT {columns} FROM incident WHERE id = %(id)s FOR UPDATE

-- name: due
-- Timers that have run out; an incident that another engine or a person holds is left to them.
SELECT {columns} FROM incident WHERE next_step_at <= %(now)s
  AND (%(only)s::uuid[] IS NULL OR id = ANY(%(only)s)) AND id <> ALL(%(aside)s::uuid[])
ORDER BY (priority = 'high') DESC, next_step_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED

-- name: ahead
-- Timers that were set by a clock which was put right since: what set them lies ahead. One that was told to wait
-- until an hour of the day waits for it. They are looked at only while the latest events say that it was.
SELECT {columns} FROM incident WHERE next_step_at > %(now)s
  AND (SELECT max(at) > %(fast)s FROM (SELECT at FROM incident_event ORDER BY xid DESC LIMIT 5000) latest)
  AND (SELECT e.at > %(fast)s AND e.kind <> 'held' FROM incident_event e
       WHERE e.incident_id = incident.id AND e.data ? 'next_step_at' ORDER BY e.n DESC LIMIT 1)
  AND (%(only)s::uuid[] IS NULL OR id = ANY(%(only)s)) AND id <> ALL(%(aside)s::uuid[])
ORDER BY (priority = 'high') DESC, next_step_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED

-- name: next_step
-- When the earliest timer runs out: an incident's, or a responder's time to answer.
SELECT (extract(epoch FROM least(
    (SELECT min(next_step_at) FROM incident WHERE next_step_at IS NOT NULL),
    (SELECT min(expires_at) FROM offer WHERE answer IS NULL))) * 1e6)::bigint

-- name: next_publication
-- When the next console is to be told.
SELECT (extract(epoch FROM min(due_at)) * 1e6)::bigint FROM publication WHERE due_at IS NOT NULL

-- name: insert_incident
-- A new incident, already folded.
INSERT INTO incident (id, finding_id, kind, severity, priority, home_id, station_id, resident_id, device_id,
    probability, reason_key, reason_params, state, version, drill, level, step, acknowledged_by, outcome,
    cleared, onset, detected_at, state_since, opened_at, next_step_at, closed_at, reported_by, drill_id)
VALUES (%(id)s, %(finding_id)s, %(kind)s, %(severity)s, %(priority)s, %(home)s, %(station)s, %(resident)s,
    %(device)s, %(probability)s, %(reason_key)s, %(reason_params)s, %(state)s, %(version)s, %(drill)s,
    %(level)s, %(step)s, %(acknowledged_by)s, %(outcome)s, %(cleared)s, %(onset)s, %(detected_at)s,
    %(state_since)s, %(opened_at)s, %(next_step_at)s, %(closed_at)s, %(reported_by)s, %(drill_id)s)

-- name: update_incident
-- Names the version it leaves: 0 rows means that somebody was first.
UPDATE incident SET severity = %(severity)s, priority = %(priority)s, probability = %(probability)s,
    reason_key = %(reason_key)s, reason_params = %(reason_params)s, state = %(state)s, version = %(version)s,
    level = %(level)s, step = %(step)s, acknowledged_by = %(acknowledged_by)s, outcome = %(outcome)s, cleared = %(cleared)s,
    state_since = %(state_since)s, opened_at = %(opened_at)s, next_step_at = %(next_step_at)s,
    closed_at = %(closed_at)s
WHERE id = %(id)s AND version = %(old_version)s

-- name: insert_events
-- Append-only; (incident, n) has one writer.
INSERT INTO incident_event (incident_id, n, at, kind, actor_id, data)
SELECT * FROM unnest(%(incidents)s::uuid[], %(ns)s::int[], %(ats)s::timestamptz[], %(kinds)s::text[],
                     %(actors)s::int[], %(datas)s::jsonb[])

-- name: insert_notices
-- Whom a step is for: how they are reached is the business of delivery.
INSERT INTO notification (incident_id, n, recipient_kind, recipient_id, purpose, sees, priority, due_at,
                          queued_at)
SELECT i, n, k, r, p, s, priority, %(now)s, %(now)s
FROM unnest(%(incidents)s::uuid[], %(ns)s::int[], %(kinds)s::text[], %(keys)s::int[], %(purposes)s::text[],
            %(sees)s::text[], %(priorities)s::text[]) AS u(i, n, k, r, p, s, priority)
ON CONFLICT DO NOTHING

-- name: echo
-- Whoever was told of the alarm is told how it went on.
INSERT INTO notification (incident_id, n, recipient_kind, recipient_id, purpose, sees, priority, due_at,
                          queued_at)
SELECT DISTINCT e.i, e.n, told.recipient_kind, told.recipient_id, e.p, told.sees, told.priority,
       %(now)s::timestamptz, %(now)s::timestamptz
FROM unnest(%(incidents)s::uuid[], %(ns)s::int[], %(purposes)s::text[]) AS e(i, n, p)
JOIN notification told ON told.incident_id = e.i AND told.purpose IN ('alarm', 'escalation', 'offer')
    AND told.recipient_kind <> 'station'
WHERE NOT EXISTS (SELECT FROM notification one WHERE one.incident_id = e.i AND one.n = e.n
                  AND one.recipient_kind = told.recipient_kind AND one.recipient_id = told.recipient_id)
ON CONFLICT DO NOTHING

-- name: ring_in_hand
-- Whoever is on the way or at the door, and who has it in hand, hears that it rings again.
INSERT INTO notification (incident_id, n, recipient_kind, recipient_id, purpose, sees, priority, due_at,
                          queued_at)
SELECT e.i, e.n, 'account', who.id, 'alarm',
       coalesce((SELECT s.sees FROM notification s WHERE s.incident_id = e.i AND s.recipient_kind = 'account'
                 AND s.recipient_id = who.id ORDER BY s.n DESC LIMIT 1), 'all'),
       i.priority, %(now)s::timestamptz, %(now)s::timestamptz
FROM unnest(%(incidents)s::uuid[], %(ns)s::int[]) AS e(i, n)
JOIN incident i ON i.id = e.i
CROSS JOIN LATERAL (
    (SELECT g.actor_id FROM incident_event g WHERE g.incident_id = e.i AND g.kind IN ('responding', 'arrived')
     ORDER BY g.n DESC LIMIT 1)
    UNION SELECT o.account_id FROM offer o WHERE o.incident_id = e.i AND o.answer = 'accepted'
    UNION SELECT i.acknowledged_by) AS who(id)
WHERE who.id IS NOT NULL
ON CONFLICT DO NOTHING

-- name: last_event
-- What was done to an incident last, notes aside.
SELECT kind, (extract(epoch FROM at) * 1e6)::bigint, actor_id, data FROM incident_event
WHERE incident_id = %(id)s AND kind <> 'noted' ORDER BY n DESC LIMIT 1

-- name: unseen_since
-- Whether it called again after what somebody saw of it: over who has it in hand; and, for who `ends` it, in any way,
-- or whether somebody else has taken it up since.
SELECT 1 FROM incident_event WHERE incident_id = %(id)s AND n > %(n)s AND (kind = 'rang_again' OR %(ends)s AND (
    kind = 'opened' OR kind IN ('repeated', 'joined') AND data ->> 'finding_kind' = 'sos'
    OR kind IN ('acknowledged', 'responding', 'arrived', 'handed_over', 'reopened', 'undone')
       AND actor_id IS DISTINCT FROM %(actor)s::int)) LIMIT 1

-- name: publish
-- The consoles of their stations, and of as many levels above as they have been raised, should show these; what
-- is about the platform itself those at the top.
INSERT INTO publication AS p (incident_id, channel, target, wanted, due_at)
SELECT u.i, 'console', above.code, u.v, %(now)s
FROM unnest(%(incidents)s::uuid[], %(versions)s::int[], %(stations)s::int[], %(levels)s::int[])
     AS u(i, v, s, level)
JOIN station own ON own.id = u.s
JOIN station above ON above.path @> own.path AND nlevel(own.path) - nlevel(above.path) <= u.level
UNION ALL
SELECT u.i, 'console', root.code, u.v, %(now)s
FROM unnest(%(incidents)s::uuid[], %(versions)s::int[], %(stations)s::int[]) AS u(i, v, s)
JOIN station root ON u.s IS NULL AND nlevel(root.path) = 1
ON CONFLICT (incident_id, channel, target) DO UPDATE
SET wanted = greatest(p.wanted, excluded.wanted), due_at = excluded.due_at, tries = 0

-- name: ring
-- The doorbell of the boards.
SELECT pg_notify('incident', '')

-- name: ring_delivery
-- The doorbell of those who send messages.
SELECT pg_notify('notification', '')

-- name: claim_publications
-- Taken for a while, the urgent first: if we die before it is sent, it comes due again. What lies further ahead
-- than that is from before the clock was set back.
UPDATE publication SET due_at = %(lease)s, tries = tries + 1
WHERE (incident_id, channel, target) IN (
    SELECT p.incident_id, p.channel, p.target FROM publication p JOIN incident i ON i.id = p.incident_id
    WHERE p.due_at <= %(now)s OR p.due_at > %(lease)s
    ORDER BY array_position(ARRAY['high', 'medium', 'low'], i.priority), p.due_at
    LIMIT %(limit)s FOR UPDATE OF p SKIP LOCKED)
RETURNING incident_id, target, wanted

-- name: published
-- Done, unless a newer version is wanted by now.
UPDATE publication SET sent = %(version)s, sent_at = %(now)s,
    due_at = CASE WHEN wanted > %(version)s THEN %(now)s::timestamptz END
WHERE incident_id = %(incident)s AND channel = 'console' AND target = %(target)s

-- name: for_console
-- What a station console shows of an incident: ids and words, no name.
SELECT i.id, i.number, i.version, i.kind, i.severity, i.priority, i.state, i.onset, i.opened_at,
       i.next_step_at, i.closed_at, i.level, i.reason_key, i.reason_params, h.code, i.resident_id, s.time_zone,
       i.drill
FROM incident i LEFT JOIN home h ON h.id = i.home_id LEFT JOIN station s ON s.id = i.station_id
WHERE i.id = ANY(%(ids)s)

-- name: for_texts
-- What whoever telephones must know.
SELECT i.number, i.kind, i.onset, i.reason_params, i.drill, r.name, r.sex, r.born, r.risks,
       h.address, h.access_note, s.name AS station, s.name_en AS station_en, s.phone, s.time_zone
FROM incident i LEFT JOIN resident r ON r.id = i.resident_id LEFT JOIN home h ON h.id = i.home_id
LEFT JOIN station s ON s.id = i.station_id
WHERE i.id = %(id)s

-- name: in_subtree
-- Whether an incident belongs to this station or one below it; the platform's own to those at the top.
SELECT 1 FROM incident i JOIN station own ON own.code = %(station)s LEFT JOIN station s ON s.id = i.station_id
WHERE i.id = %(id)s AND (s.path <@ own.path OR (i.station_id IS NULL AND nlevel(own.path) = 1))
