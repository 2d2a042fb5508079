-- The way of an alarm, step by step, as the tables know it.

-- name: alarms
-- Findings that opened an incident, ruled on in a stretch of time, with when their last reading had come in.
SELECT f.id AS finding, i.id AS incident, f.kind, i.priority, i.drill, f.detected_at, f.written_at, t.at AS ruled_at,
       coalesce((SELECT max(m.received) FROM motion m
                 WHERE m.device_id = f.device_id AND m.time BETWEEN f.detected_at - interval '1 minute' AND f.detected_at
                   AND f.kind = 'fall'),
                (SELECT max(r.received) FROM reading r
                 WHERE r.device_id = f.device_id AND r.time BETWEEN f.detected_at - interval '1 minute' AND f.detected_at))
           AS received
FROM triage t
JOIN finding f ON f.id = t.finding_id AND f.revision = t.revision
JOIN incident i ON i.id = t.incident_id AND i.finding_id = f.id
-- The index finds what has changed since; of that, what was ruled on in the stretch, for the first time.
WHERE i.state_since > %(since)s AND t.at > %(since)s AND t.at <= %(until)s
  AND NOT EXISTS (SELECT FROM triage e WHERE e.finding_id = t.finding_id AND e.revision < t.revision)
ORDER BY t.at LIMIT %(limit)s

-- name: messages
-- What people were told of these incidents at first, and the proof that it came.
SELECT n.id, n.incident_id AS incident, n.recipient_kind, n.purpose, n.channel, n.queued_at, n.sent_at, n.delivered_at,
       n.seen_at
FROM notification n WHERE n.incident_id = ANY(%(incidents)s) AND n.queued_at <= %(until)s ORDER BY n.id

-- name: tries
-- Every try of these messages.
SELECT notification_id AS message, try, channel, outcome, started_at, ended_at
FROM delivery_attempt WHERE notification_id = ANY(%(messages)s) ORDER BY notification_id, try
