-- Everything ingest says to the database.

-- name: directory
-- Who and what is installed now: the lookup from topics to keys.
SELECT d.id, d.code, i.home_id, h.code, h.station_id, i.resident_id, d.kind, i.room, i.site,
       d.report_every_s, s.time_zone, coalesce((extract(epoch FROM lower(i.during)) * 1e6)::bigint, 0)
FROM installation i
JOIN device d ON d.id = i.device_id
JOIN home h ON h.id = i.home_id
JOIN station s ON s.id = h.station_id
WHERE i.during @> %(now)s::timestamptz

-- name: next_change
-- When an installation or a residence that was entered beforehand next begins or ends; NULL: never.
SELECT (extract(epoch FROM least(
    (SELECT min(lower(during)) FROM installation WHERE lower(during) > %(now)s::timestamptz),
    (SELECT min(upper(during)) FROM installation WHERE upper(during) > %(now)s::timestamptz),
    (SELECT min(lower(during)) FROM residence WHERE lower(during) > %(now)s::timestamptz),
    (SELECT min(upper(during)) FROM residence WHERE upper(during) > %(now)s::timestamptz))) * 1e6)::bigint

-- name: hear
-- Nothing; the answer comes after all bells that were rung before.
SELECT 1

-- name: household
-- Who lives where now.
SELECT home_id, resident_id FROM residence WHERE during @> %(now)s::timestamptz ORDER BY home_id, resident_id

-- name: left
-- Homes where somebody lived, and nobody does any more: sensors may hang there for a while.
SELECT home_id FROM residence GROUP BY home_id
HAVING bool_or(upper(during) <= %(now)s::timestamptz) AND NOT bool_or(during @> %(now)s::timestamptz)

-- name: fences
-- Where residents may be when: what makes a position a matter of wandering.
SELECT resident_id, name, lats, lons, radius_m, from_minute, until_minute FROM geofence ORDER BY resident_id, id

-- name: vital_settings
-- How a clinician wants the vital signs of a resident read.
SELECT resident_id, spo2_scale, oxygen FROM vital_setting

-- name: keep
-- What a detector has learnt that the readings seen again after a restart cannot tell.
INSERT INTO detector_memory (detector, subject, topic, numbers) VALUES (%s, %s, %s, %s)
ON CONFLICT (detector, subject, topic) DO UPDATE SET numbers = excluded.numbers

-- name: kept
-- And to take up again, before anything is folded.
SELECT detector, subject, topic, numbers FROM detector_memory WHERE detector = %(detector)s

-- name: clocks
-- The clock corrections in force, oldest first.
SELECT device_id, since, offset_us FROM device_clock ORDER BY device_id, since

-- name: stage
-- Rows wait here for the INSERT that lets the natural key drop what is there already.
CREATE TEMP TABLE IF NOT EXISTS reading_in (
    time timestamptz, value double precision, received timestamptz,
    home_id integer, device_id integer, resident_id integer, metric smallint
) ON COMMIT DELETE ROWS

-- name: copy_readings
-- Binary rows straight from the columns of a batch.
COPY reading_in (time, value, received, home_id, device_id, resident_id, metric) FROM STDIN (FORMAT binary)

-- name: insert_staged
-- Redelivery changes nothing: the natural key decides.
INSERT INTO reading (time, value, delay_ms, home_id, device_id, resident_id, metric)
SELECT time, value, floor(date_part('epoch', received - time) * 1000), home_id, device_id, NULLIF(resident_id, 0), metric
FROM reading_in
ON CONFLICT DO NOTHING

-- name: insert_readings
-- The same for a small batch, without the cost of a staging table.
INSERT INTO reading (time, value, delay_ms, home_id, device_id, resident_id, metric)
SELECT to_timestamp(t / 1e6), v, floor((r - t) / 1e3), h, d, NULLIF(p, 0), m
FROM unnest(%(reading_time)b::bigint[], %(reading_value)b::float8[], %(reading_received)b::bigint[], %(reading_home)b::int[],
            %(reading_device)b::int[], %(reading_resident)b::int[], %(reading_metric)b::smallint[]) AS u(t, v, r, h, d, p, m)
ON CONFLICT DO NOTHING

-- name: insert_motion
-- The bytes of the payload go into the column as they came.
INSERT INTO motion (time, received, home_id, device_id, resident_id, hz, acc, gyr)
SELECT to_timestamp(t / 1e6), to_timestamp(r / 1e6), h, d, NULLIF(p, 0), z, a, g
FROM unnest(%(window_time)b::bigint[], %(window_received)b::bigint[], %(window_home)b::int[], %(window_device)b::int[],
            %(window_resident)b::int[], %(window_hz)b::float8[], %(window_acc)b::bytea[], %(window_gyr)b::bytea[])
     AS u(t, r, h, d, p, z, a, g)
ON CONFLICT DO NOTHING

-- name: insert_finding
-- A finding seen before (a replay, a redelivery) is the same row.
INSERT INTO finding (id, revision, kind, severity, home_id, resident_id, device_id, onset, detected_at,
                     written_at, probability, reason_key, reason_params, evidence, cleared)
VALUES (%(id)s, %(revision)s, %(kind)s, %(severity)s, %(home)s, %(resident)s, %(device)s, %(onset)s,
        %(detected_at)s, %(now)s, %(probability)s, %(reason_key)s, %(reason_params)s, %(evidence)s,
        %(cleared)s)
ON CONFLICT DO NOTHING

-- name: ring
-- The doorbell of the alert engine; polling finds the row even if nobody hears it.
SELECT pg_notify('finding', '')

-- name: quarantine
-- The raw bytes and the reason; the very same message again only counts.
INSERT INTO quarantine (topic, digest, reason, detail, payload, home_code, device_code, first_at, last_at, times)
VALUES (%(topic)s, %(digest)s, %(reason)s, %(detail)s, %(payload)s, %(home_code)s, %(device_code)s,
        %(first_at)s, %(last_at)s, %(times)s)
ON CONFLICT (digest) DO UPDATE
SET times = quarantine.times + excluded.times, last_at = greatest(quarantine.last_at, excluded.last_at)

-- name: forget_quarantine
-- What is old goes.
DELETE FROM quarantine WHERE last_at < %(since)s

-- name: trim_quarantine
-- Of each of these devices the newest stay, up to a number of messages and of bytes. Devices that nobody knows
-- count as one. Of all at once it would take seconds in which nobody is heard.
DELETE FROM quarantine WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER latest AS place, sum(bytes) OVER latest AS bytes
          FROM (SELECT q.id, d.code AS whose, q.last_at, octet_length(q.payload) AS bytes
                  FROM quarantine q JOIN device d ON d.code = q.device_code
                 WHERE q.device_code = ANY(%(devices)s)
                 UNION ALL
                SELECT q.id, '', q.last_at, octet_length(q.payload) FROM quarantine q
                 WHERE '' = ANY(%(devices)s)
                   AND NOT EXISTS (SELECT FROM device d WHERE d.code = q.device_code)) AS theirs
        WINDOW latest AS (PARTITION BY whose ORDER BY last_at DESC, id DESC)) AS ranked
     WHERE place > %(most)s OR bytes > %(most_bytes)s)

-- name: pause
-- A device that says too much is shut out: 15 s, and twice as long each time that it goes on, up to 2 minutes.
INSERT INTO device_pause AS p (device_id, since, until)
SELECT id, %(now)s, %(now)s::timestamptz + interval '15 seconds' FROM device WHERE id = %(device)s
ON CONFLICT (device_id) DO UPDATE SET
    times = CASE WHEN p.until > %(now)s::timestamptz - interval '10 minutes' THEN least(p.times + 1, 30) ELSE 1 END,
    since = excluded.since,
    until = %(now)s::timestamptz + least(120, 15 * 2 ^ CASE
        WHEN p.until > %(now)s::timestamptz - interval '10 minutes' THEN least(p.times, 10) ELSE 0 END)
        * interval '1 second'
WHERE p.until <= %(now)s

-- name: ring_devices
-- The doorbell of the broker's users.
SELECT pg_notify('devices', '')

-- name: device_state
-- Live state of devices: only what a message said changes (greatest and coalesce pass over NULL). By our own
-- clock: minutes ahead of what comes now is from while it was fast.
INSERT INTO device_state AS s (device_id, last_seen, online, battery, rssi, firmware, clock_offset_ms)
SELECT d, to_timestamp(seen / 1e6), o, b, r, coalesce(f, ''), c
FROM unnest(%(state_device)s::int[], %(state_last_seen)s::bigint[], %(state_online)s::bool[], %(state_battery)s::real[],
            %(state_rssi)s::real[], %(state_firmware)s::text[], %(state_clock_offset_ms)s::bigint[]) AS u(d, seen, o, b, r, f, c)
ON CONFLICT (device_id) DO UPDATE SET
    last_seen = CASE WHEN s.last_seen > excluded.last_seen + interval '5 minutes' THEN excluded.last_seen
                     ELSE greatest(s.last_seen, excluded.last_seen) END,
    online = coalesce(excluded.online, s.online),
    battery = coalesce(excluded.battery, s.battery),
    rssi = coalesce(excluded.rssi, s.rssi),
    firmware = CASE WHEN excluded.firmware = '' THEN s.firmware ELSE excluded.firmware END,
    clock_offset_ms = excluded.clock_offset_ms

-- name: home_state
-- Where somebody was last seen to move.
INSERT INTO home_state AS s (home_id, last_activity_at, last_room)
SELECT h, to_timestamp(t / 1e6), r FROM unnest(%(place_home)s::int[], %(place_time)s::bigint[], %(place_room)s::text[]) AS u(h, t, r)
ON CONFLICT (home_id) DO UPDATE SET last_activity_at = excluded.last_activity_at, last_room = excluded.last_room
WHERE s.last_activity_at < excluded.last_activity_at

-- name: clock
-- A device's clock was found to be off.
INSERT INTO device_clock (device_id, since, offset_us) VALUES (%s, %s, %s)
ON CONFLICT (device_id, since) DO UPDATE SET offset_us = excluded.offset_us

-- name: unhurried
-- A crash may take this transaction back: nobody has to wait for the disk.
SET LOCAL synchronous_commit = off

-- name: worker
-- What this worker has done, for the system page.
INSERT INTO ingest_worker AS w (name, started_at, last_batch_at, received, stored, quarantined, findings,
                                queued, lag_ms)
VALUES (%(name)s, %(started_at)s, %(last_batch_at)s, %(received)s, %(stored)s, %(quarantined)s, %(findings)s,
        %(queued)s, %(lag_ms)s)
ON CONFLICT (name) DO UPDATE SET
    started_at = excluded.started_at, last_batch_at = coalesce(excluded.last_batch_at, w.last_batch_at),
    received = excluded.received, stored = excluded.stored, quarantined = excluded.quarantined,
    findings = excluded.findings, queued = excluded.queued, lag_ms = excluded.lag_ms

-- name: recent_readings
-- What the detectors must see again after a restart, in the order in which it came: what happened of late, and what
-- devices handed over of late (device by device, by the natural key: OFFSET 0 keeps the planner from reading two years).
-- What was stored while the clock was fast lies ahead, and is passed over.
SELECT (extract(epoch FROM f.time) * 1e6)::bigint, f.value, (extract(epoch FROM f.received) * 1e6)::bigint,
       f.home_id, f.device_id, coalesce(f.resident_id, 0), f.metric
FROM (SELECT r.time, r.value, r.received, r.home_id, r.device_id, r.resident_id, r.metric FROM reading r
       WHERE r.time >= %(since)s AND r.received >= %(since)s AND r.time < %(until)s AND r.received < %(until)s
         AND (%(homes)s::int[] IS NULL OR r.home_id = ANY(%(homes)s))
       UNION ALL
      SELECT o.* FROM unnest(%(handed)s::int[], %(handed_since)s::timestamptz[]) AS told(device, since)
       CROSS JOIN LATERAL (
             SELECT r.time, r.value, r.received, r.home_id, r.device_id, r.resident_id, r.metric FROM reading r
              WHERE r.device_id = told.device AND r.time >= told.since AND r.time >= %(oldest)s AND r.time < %(since)s
                AND r.received >= %(since)s AND r.received < %(until)s
                AND (%(homes)s::int[] IS NULL OR r.home_id = ANY(%(homes)s)) OFFSET 0) AS o) AS f
ORDER BY f.received, f.time

-- name: recent_motion
-- The last seconds of motion, for the fall detector's state; of a night that is being handed over, where that stands.
SELECT f.home_id, f.device_id, f.resident_id, (extract(epoch FROM f.time) * 1e6)::bigint, f.hz, f.acc, f.gyr
FROM (SELECT m.home_id, m.device_id, m.resident_id, m.time, m.hz, m.acc, m.gyr FROM motion m
       WHERE m.time >= %(since)s AND m.time < %(until)s
         AND (%(homes)s::int[] IS NULL OR m.home_id = ANY(%(homes)s))
       UNION ALL
      SELECT o.* FROM unnest(%(handed)s::int[], %(handed_since)s::timestamptz[]) AS told(device, since)
       CROSS JOIN LATERAL (
             SELECT m.home_id, m.device_id, m.resident_id, m.time, m.hz, m.acc, m.gyr FROM motion m
              WHERE m.device_id = told.device AND m.time >= told.since AND m.time >= %(oldest)s AND m.time < %(since)s
                AND m.received >= %(came)s
                AND (%(homes)s::int[] IS NULL OR m.home_id = ANY(%(homes)s)) OFFSET 0) AS o) AS f
ORDER BY f.time

-- name: fall_verdicts
-- What people said of past falls: the detector is more or less careful with that resident from then on.
SELECT resident_id, (extract(epoch FROM at) * 1e6)::bigint, word, incident_id::text
FROM fall_verdict WHERE at >= %(since)s ORDER BY resident_id, at, incident_id

-- name: open_findings
-- The last revision of findings of late, and of those from before that still stand open, for detectors to take
-- up where they left off. Buttons and falls never end, so nothing of them stands open for long.
WITH lately AS (
    SELECT * FROM finding WHERE written_at >= %(since)s
    UNION ALL
    SELECT * FROM finding WHERE detected_at >= %(since)s
    UNION ALL
    SELECT f.* FROM finding f
    WHERE f.written_at >= %(long)s AND f.written_at < %(since)s
      AND NOT f.cleared AND f.kind NOT IN ('sos', 'fall', 'all_right')
      AND NOT EXISTS (SELECT FROM finding l WHERE l.id = f.id AND l.revision > f.revision)
)
SELECT DISTINCT ON (id) kind, home_id, resident_id, device_id, (extract(epoch FROM onset) * 1e6)::bigint,
       (extract(epoch FROM detected_at) * 1e6)::bigint, severity, probability, reason_key, reason_params,
       evidence, revision, cleared
FROM lately WHERE %(homes)s::int[] IS NULL OR home_id = ANY(%(homes)s)
ORDER BY id, revision DESC

-- name: put_routine
-- What was learnt of a home's day; the running day is written again every hour.
INSERT INTO routine_day (home_id, day, longest_s, hours, last_at, door_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (home_id, day) DO UPDATE SET longest_s = excluded.longest_s, hours = excluded.hours,
    last_at = excluded.last_at, door_at = excluded.door_at

-- name: routine
-- The learnt days that still count: where others lived before, of those who live there now.
SELECT d.home_id, d.day, d.longest_s, d.hours, d.last_at, d.door_at FROM routine_day d
LEFT JOIN (SELECT home_id, min(lower(during)) FILTER (WHERE during @> %(now)s::timestamptz)::date AS since
           FROM residence GROUP BY home_id HAVING bool_or(upper(during) <= %(now)s::timestamptz)) AS others
    USING (home_id)
WHERE d.day >= %(since)s AND (others.since IS NULL OR d.day >= others.since - date '1970-01-01')
  AND (%(homes)s::int[] IS NULL OR d.home_id = ANY(%(homes)s))

-- name: last_batch
-- When this worker last stored something: from there its detectors have to catch up.
SELECT (extract(epoch FROM last_batch_at) * 1e6)::bigint FROM ingest_worker WHERE name = %(name)s

-- name: heard
-- When each device was last heard, for those who watch for silence.
SELECT device_id, (extract(epoch FROM last_seen) * 1e6)::bigint FROM device_state WHERE last_seen IS NOT NULL
