-- Everything the simulators ask the database: a replay looks at what became of it, and writes nothing.

-- name: listen
-- Ingest rings when findings are committed.
LISTEN finding

-- name: last_serial
-- Where the findings of before the replay end.
SELECT coalesce(max(serial), 0) FROM finding

-- name: findings
-- What is new, with the names the replay knows things by.
SELECT f.serial, f.id, f.revision, f.kind, f.severity, coalesce(h.code, ''), coalesce(d.code, ''),
       (extract(epoch FROM f.onset) * 1e6)::bigint, (extract(epoch FROM f.detected_at) * 1e6)::bigint,
       f.probability, f.cleared
  FROM finding f
  LEFT JOIN home h ON h.id = f.home_id
  LEFT JOIN device d ON d.id = f.device_id
 WHERE f.serial > %(after)s ORDER BY f.serial

-- name: incidents
-- How many of these findings opened an incident.
SELECT count(*) FROM incident WHERE finding_id = ANY(%(ids)s)

-- name: stored_motion
-- Windows stored of these devices.
SELECT count(*) FROM motion m JOIN device d ON d.id = m.device_id WHERE d.code = ANY(%(codes)s)

-- name: stored_readings
-- Readings stored of these devices, without what they say of themselves.
SELECT count(*) FROM reading r JOIN device d ON d.id = r.device_id
 WHERE d.code = ANY(%(codes)s) AND r.metric < 64
