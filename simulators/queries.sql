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

-- name: scenario_incidents
-- What became of a scenario: incidents of its homes, and those of the platform when it has that for itself.
SELECT i.id, i.kind, i.severity, i.priority, i.state, coalesce(h.code, ''), coalesce(r.name, ''),
       coalesce(d.code, '')
  FROM incident i
  LEFT JOIN home h ON h.id = i.home_id
  LEFT JOIN resident r ON r.id = i.resident_id
  LEFT JOIN device d ON d.id = i.device_id
 WHERE (h.code = ANY(%(homes)s) OR (i.home_id IS NULL AND %(platform)s)) AND i.state_since >= %(since)s
 ORDER BY i.number

-- name: scenario_steps
-- Every step of these incidents.
SELECT incident_id, kind, (extract(epoch FROM at) * 1e6)::bigint, data
  FROM incident_event WHERE incident_id = ANY(%(ids)s) ORDER BY incident_id, n

-- name: scenario_quarantine
-- What was kept aside of these devices, and why.
SELECT device_code, reason, sum(times)::bigint FROM quarantine
 WHERE device_code = ANY(%(codes)s) AND last_at >= %(since)s GROUP BY device_code, reason

-- name: scenario_readings
-- How much of these devices is stored of this time, by metric.
SELECT d.code, r.metric, count(*) FROM reading r JOIN device d ON d.id = r.device_id
 WHERE d.code = ANY(%(codes)s) AND r.time >= %(since)s GROUP BY d.code, r.metric

-- name: scenario_motion
-- How many windows of these devices are stored of this time.
SELECT d.code, count(*) FROM motion m JOIN device d ON d.id = m.device_id
 WHERE d.code = ANY(%(codes)s) AND m.time >= %(since)s GROUP BY d.code
