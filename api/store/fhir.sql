-- What FHIR tells, within a scope. `paths` and `residents` are the scope in every statement. Whoever asks for one
-- `patient` was told before whether the person agrees; who asks for many gets those who agreed to `handover`.

-- name: who
-- Not a statement but the beginning of several: whose data may be told.
WITH who AS MATERIALIZED (
    SELECT r.id FROM resident r
    WHERE (r.station_id IN (SELECT s.id FROM station s WHERE s.path <@ ANY(%(paths)s::ltree[]))
           OR r.id = ANY(%(residents)s::int[]))
      AND (r.id = %(patient)s::int
           OR (%(patient)s::int IS NULL AND EXISTS (
                   SELECT FROM consent_holding c
                   WHERE c.resident_id = r.id AND c.purpose = 'handover' AND c.given_at <= %(now)s
                     AND (c.withdrawn_at IS NULL OR c.withdrawn_at > %(now)s))))
)

-- name: patients
-- By key.
{who}
SELECT r.id, r.name, r.sex, r.born, r.phone, r.language, r.left_on, r.doctor, h.address, s.name AS station_name
FROM who JOIN resident r ON r.id = who.id
JOIN station s ON s.id = r.station_id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
WHERE (%(keys)s::text[] IS NULL OR r.id::text = ANY(%(keys)s))
  AND (%(identifier)s::text[] IS NULL OR r.id::text = ANY(%(identifier)s))
  AND (%(gender)s::text[] IS NULL OR coalesce(nullif(r.sex, ''), 'unknown') = ANY(%(gender)s))
  AND (%(active)s::text[] IS NULL OR (r.left_on IS NULL)::text = ANY(%(active)s))
  AND (%(born_since)s::date IS NULL OR (r.born >= %(born_since)s AND r.born < %(born_until)s))
  AND r.id > %(after)s
ORDER BY r.id LIMIT %(limit)s

-- name: contacts
-- In the order in which they are called.
SELECT resident_id, rank, name, relation, phone FROM contact WHERE resident_id = ANY(%(ids)s) ORDER BY resident_id, rank

-- name: consents
-- Every consent there was, with its words in the language of most readers; withdrawn ones too.
{who}
SELECT * FROM (
    SELECT c.resident_id, c.purpose, c.given_at, c.withdrawn_at, t.zh || ' / ' || t.en AS words,
           concat_ws('-', c.resident_id, replace(c.purpose, '_', '.'), floor(extract(epoch FROM c.given_at) * 1000)::bigint)
               AS key,
           EXISTS (SELECT FROM consent_holding h WHERE h.resident_id = c.resident_id AND h.purpose = c.purpose
                   AND h.given_at = c.given_at) AS holds
    FROM who JOIN consent c ON c.resident_id = who.id
    LEFT JOIN consent_text t ON t.purpose = c.purpose AND t.version = c.version
    WHERE c.given_at <= %(now)s
) c
WHERE (%(keys)s::text[] IS NULL OR c.key = ANY(%(keys)s))
  AND (%(status)s::text[] IS NULL
       OR CASE WHEN c.holds AND c.withdrawn_at IS NULL THEN 'active' ELSE 'inactive' END = ANY(%(status)s))
  AND c.given_at >= %(since)s AND c.given_at < %(until)s
  AND coalesce(c.withdrawn_at, c.given_at) >= %(updated_since)s
  AND coalesce(c.withdrawn_at, c.given_at) < %(updated_until)s
  AND c.key > %(after)s COLLATE "C"
ORDER BY c.key COLLATE "C" LIMIT %(limit)s

-- name: devices
-- What hangs in their homes now, or is worn; its patient is the wearer, or who lives there alone.
{who}
, living AS (
    SELECT l.home_id, l.resident_id FROM residence l JOIN who ON who.id = l.resident_id
    WHERE l.during @> %(now)s::timestamptz
)
SELECT d.id, d.code, d.kind, d.model, n.room, n.site, s.firmware, s.last_seen, s.online,
       coalesce(n.resident_id, CASE WHEN 1 = (
           SELECT count(*) FROM residence o WHERE o.home_id = n.home_id AND o.during @> %(now)s::timestamptz
       ) THEN (SELECT v.resident_id FROM living v WHERE v.home_id = n.home_id) END) AS patient,
       coalesce(n.resident_id, (SELECT min(v.resident_id) FROM living v WHERE v.home_id = n.home_id)) AS resident_id
FROM installation n JOIN device d ON d.id = n.device_id
LEFT JOIN device_state s ON s.device_id = d.id
WHERE n.during @> %(now)s::timestamptz
  AND (n.resident_id IN (SELECT id FROM who)
       OR (n.resident_id IS NULL AND n.home_id IN (SELECT home_id FROM living)))
  AND (%(keys)s::text[] IS NULL OR d.id::text = ANY(%(keys)s))
  AND (%(identifier)s::text[] IS NULL OR d.code = ANY(%(identifier)s))
  AND (%(type)s::text[] IS NULL OR d.kind = ANY(%(type)s))
  AND (NOT %(by_update)s OR (s.last_seen >= %(updated_since)s AND s.last_seen < %(updated_until)s))
  AND d.id > %(after)s
ORDER BY d.id LIMIT %(limit)s

-- name: metrics
-- What each of these devices has measured, of what is told at all; one look into the index each.
SELECT d.id AS device_id, d.code, s.online, m.id AS metric, m.name, m.unit, latest.time, latest.resident_id
FROM device d CROSS JOIN metric m
LEFT JOIN device_state s ON s.device_id = d.id
CROSS JOIN LATERAL (
    SELECT r.time, r.resident_id FROM reading r
    WHERE r.device_id = d.id AND r.metric = m.id AND r.time > %(now)s::timestamptz - interval '400 days'
    ORDER BY r.time DESC LIMIT 1) latest
WHERE d.id = ANY(%(devices)s) AND m.id = ANY(%(told)s)
  AND (%(keys)s::text[] IS NULL OR concat_ws('-', d.id, m.id) = ANY(%(keys)s))
  AND (NOT %(by_update)s OR (latest.time >= %(updated_since)s AND latest.time < %(updated_until)s))
  AND (d.id, m.id) > (%(after_device)s, %(after_metric)s)
ORDER BY d.id, m.id LIMIT %(limit)s

-- name: observations
-- A stretch of time at a time: a long one would be read whole for a page of it. What was measured of one person, and what hospitals told. Of a device that hangs in a home only what came while the
-- person lived there alone. Both halves of a pressure are one; the key of what was told stands below zero.
SELECT * FROM (
    (SELECT p.device_id, p.metric, p.time, p.received, p.value, b.value AS diastolic, NULL::int AS outside,
            '' AS id_system, '' AS id_value, '' AS performer, %(patient)s::int AS patient
     FROM (
         SELECT r.* FROM residence l
         CROSS JOIN LATERAL (
             SELECT r.device_id, r.metric, r.time, r.received, r.value FROM reading r
             WHERE r.home_id = l.home_id AND r.metric = ANY(%(metrics)s) AND NOT %(only_told)s
               AND r.time >= %(since)s AND r.time < %(until)s AND l.during @> r.time
               AND (r.resident_id = %(patient)s OR (r.resident_id IS NULL
                    AND NOT EXISTS (SELECT FROM residence o WHERE o.resident_id <> %(patient)s
                                    AND o.home_id = r.home_id AND o.during @> r.time)))
               AND NOT (r.metric = %(diastolic)s AND EXISTS (
                   SELECT FROM reading a
                   WHERE a.device_id = r.device_id AND a.metric = %(systolic)s AND a.time = r.time))
               AND (%(device)s::int IS NULL OR (r.device_id = %(device)s AND r.metric = %(metric)s))
               AND (%(of_devices)s::int[] IS NULL OR r.device_id = ANY(%(of_devices)s))
               AND (NOT %(by_update)s OR (r.received >= %(updated_since)s AND r.received < %(updated_until)s))
               AND (r.time, r.device_id, r.metric)
                   {beyond} (%(at)s::timestamptz, %(after_device)s::int, %(after_metric)s::int)
             ORDER BY r.time {order}, r.device_id {order}, r.metric {order} LIMIT %(limit)s) r
         WHERE l.resident_id = %(patient)s
         ORDER BY r.time {order}, r.device_id {order}, r.metric {order} LIMIT %(limit)s) p
     LEFT JOIN reading b ON p.metric = %(systolic)s AND b.device_id = p.device_id AND b.metric = %(diastolic)s
                        AND b.time = p.time)
    UNION ALL
    (SELECT r.device_id, r.metric, r.time, r.received, r.value, r.diastolic, -r.device_id, r.id_system, r.id_value,
            r.performer, r.resident_id
     FROM (SELECT -t.id AS device_id, t.metric, t.at AS time, t.received, t.value, t.diastolic, t.id_system, t.id_value,
                  t.performer, t.resident_id
           FROM told_observation t WHERE t.resident_id = %(patient)s) r
     WHERE r.metric = ANY(%(metrics)s)
       AND r.time >= %(since)s AND r.time < %(until)s AND r.received >= %(updated_since)s AND r.received < %(updated_until)s
       AND (%(device)s::int IS NULL OR r.device_id = %(device)s) AND %(of_devices)s::int[] IS NULL
       AND (%(id_value)s::text IS NULL OR (r.id_value = %(id_value)s
            AND (%(id_system)s::text IS NULL OR r.id_system = %(id_system)s)))
       AND (r.time, r.device_id, r.metric) {beyond} (%(at)s::timestamptz, %(after_device)s::int, %(after_metric)s::int)
     ORDER BY r.time {order}, r.device_id {order}, r.metric {order} LIMIT %(limit)s)
) both_of_them
ORDER BY time {order}, device_id {order}, metric {order} LIMIT %(limit)s

-- name: whose_reading
-- Whom a single measurement is about, before anything of it is told.
SELECT coalesce(r.resident_id, (SELECT CASE WHEN count(*) = 1 THEN min(l.resident_id) END FROM residence l
                                WHERE l.home_id = r.home_id AND l.during @> r.time)) AS patient
FROM reading r WHERE r.device_id = %(device)s AND r.metric = %(metric)s AND r.time = %(time)s

-- name: whose_told
-- The same of what a hospital told.
SELECT t.resident_id AS patient, t.metric, t.at AS time FROM told_observation t WHERE t.id = %(id)s

-- name: tell
-- Sent again it is the same: nothing comes back then.
INSERT INTO told_observation
    (resident_id, metric, value, diastolic, at, received, id_system, id_value, performer, account_id)
VALUES (%(patient)s, %(metric)s, %(value)s, %(diastolic)s, %(at)s, %(now)s, %(id_system)s, %(id_value)s, %(performer)s,
        %(account)s)
ON CONFLICT (resident_id, id_system, id_value) DO NOTHING
RETURNING id

-- name: told
-- What stands under the sender's own name for it.
SELECT id FROM told_observation
WHERE resident_id = %(patient)s AND id_system = %(id_system)s AND id_value = %(id_value)s

-- name: incidents
-- Not a statement but what several are made of: each incident once for each person it is about. Rehearsals are not
-- told, and neither are things that only concern a device.
(
    SELECT i.id AS incident, s.subject, i.kind, i.priority, i.state, i.state_since, i.onset, i.closed_at, i.outcome,
           i.reason_key, i.reason_params, coalesce(t.time_zone, 'Asia/Shanghai') AS time_zone
    FROM incident i
    CROSS JOIN LATERAL (
        SELECT i.resident_id AS subject WHERE i.resident_id IS NOT NULL
        UNION ALL
        SELECT l.resident_id FROM residence l
        WHERE i.resident_id IS NULL AND l.home_id = i.home_id AND l.during @> i.onset) s
    LEFT JOIN station t ON t.id = i.station_id
    WHERE NOT i.drill AND i.kind = ANY(%(kinds)s)
) i

-- name: issues
-- The latest first.
{who}
SELECT i.*, i.subject AS resident_id FROM {incidents} JOIN who ON who.id = i.subject
WHERE (%(keys)s::text[] IS NULL OR i.incident || '.' || i.subject = ANY(%(keys)s))
  AND (%(identifier)s::text[] IS NULL OR i.incident::text = ANY(%(identifier)s))
  AND (%(code)s::text[] IS NULL OR i.kind = ANY(%(code)s))
  AND (%(status)s::text[] IS NULL OR ({status}) = ANY(%(status)s))
  AND i.onset >= %(since)s AND i.onset < %(until)s
  AND i.state_since >= %(updated_since)s AND i.state_since < %(updated_until)s
  AND (i.onset, i.incident, i.subject) < (%(at)s::timestamptz, %(after_incident)s::uuid, %(after_subject)s::int)
ORDER BY i.onset DESC, i.incident DESC, i.subject DESC LIMIT %(limit)s

-- name: status
-- Of an incident, as api.fhir.happenings.issue_status says it.
CASE WHEN i.closed_at IS NULL THEN 'preliminary'
     WHEN i.state = 'cancelled' OR i.outcome IN ('false_alarm', 'device_fault', 'drill') THEN 'cancelled'
     ELSE 'final' END

-- name: flags
-- Standing risks, and incidents: in a list those that are open.
{who}
SELECT *, subject AS resident_id FROM (
    SELECT 'risk-' || r.id AS key, NULL::uuid AS incident, r.id AS subject, r.risks, NULL AS kind, NULL AS reason_key,
           NULL::jsonb AS reason_params, NULL AS time_zone, NULL::timestamptz AS onset, NULL::timestamptz AS closed_at,
           NULL::timestamptz AS state_since
    FROM who JOIN resident r ON r.id = who.id WHERE r.risks <> ''
    UNION ALL
    SELECT 'incident-' || i.incident || '.' || i.subject, i.incident, i.subject, '', i.kind, i.reason_key,
           i.reason_params, i.time_zone, i.onset, i.closed_at, i.state_since
    FROM {incidents} JOIN who ON who.id = i.subject
    WHERE %(keys)s::text[] IS NOT NULL OR i.closed_at IS NULL
) f
WHERE (%(keys)s::text[] IS NULL OR f.key = ANY(%(keys)s))
  AND (%(status)s::text[] IS NULL OR CASE WHEN f.closed_at IS NULL THEN 'active' ELSE 'inactive' END = ANY(%(status)s))
  AND coalesce(f.state_since, %(updated_since)s) >= %(updated_since)s
  AND coalesce(f.state_since, %(updated_since)s) < %(updated_until)s
  AND f.key > %(after)s COLLATE "C"
ORDER BY f.key COLLATE "C" LIMIT %(limit)s

-- name: communications
-- Who was told of the incidents of one person, the latest first.
{who}
SELECT i.*, i.subject AS resident_id, n.id || '.' || i.subject AS key, n.id, n.purpose, n.state, n.channel, n.priority,
       n.queued_at, n.sent_at, n.delivered_at, n.seen_at, n.recipient_kind,
       CASE n.recipient_kind WHEN 'account' THEN (SELECT a.name::varchar FROM account a WHERE a.id = n.recipient_id)
                             WHEN 'contact' THEN (SELECT c.name FROM contact c WHERE c.id = n.recipient_id)
                             ELSE (SELECT s.name::varchar FROM station s WHERE s.id = n.recipient_id) END AS recipient
FROM {incidents} JOIN who ON who.id = i.subject
JOIN notification n ON n.incident_id = i.incident
WHERE (%(keys)s::text[] IS NULL OR n.id || '.' || i.subject = ANY(%(keys)s))
  AND n.queued_at >= %(since)s AND n.queued_at < %(until)s
  AND greatest(n.queued_at, n.sent_at, n.delivered_at, n.seen_at) >= %(updated_since)s
  AND greatest(n.queued_at, n.sent_at, n.delivered_at, n.seen_at) < %(updated_until)s
  AND n.id < %(after)s
ORDER BY n.id DESC LIMIT %(limit)s

-- name: tasks
-- Who was asked to go to incidents of one person, and what was ordered for them, the latest first.
{who}
SELECT *, subject AS resident_id FROM (
    SELECT 'offer-' || o.id || '.' || i.subject AS key, i.incident, i.subject, i.kind, i.priority, i.time_zone,
           coalesce(o.answer, '') AS state, o.offered_at AS at, coalesce(o.answered_at, o.offered_at) AS updated,
           a.name AS owner, '' AS service
    FROM {incidents} JOIN who ON who.id = i.subject
    JOIN offer o ON o.incident_id = i.incident JOIN account a ON a.id = o.account_id
    UNION ALL
    SELECT 'order-' || o.id, NULL, o.resident_id, s.kind, 'low', t.time_zone, o.state, e.at, o.state_since, p.name, s.name
    FROM who JOIN service_order o ON o.resident_id = who.id
    JOIN service s ON s.id = o.service_id JOIN provider p ON p.id = o.provider_id JOIN station t ON t.id = o.station_id
    JOIN order_event e ON e.order_id = o.id AND e.n = 1
) t
WHERE (%(keys)s::text[] IS NULL OR t.key = ANY(%(keys)s))
  AND t.at >= %(since)s AND t.at < %(until)s
  AND t.updated >= %(updated_since)s AND t.updated < %(updated_until)s
  AND (t.at, t.key COLLATE "C") < (%(at)s::timestamptz, %(after)s)
ORDER BY t.at DESC, t.key COLLATE "C" DESC LIMIT %(limit)s
