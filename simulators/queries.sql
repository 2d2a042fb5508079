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
  LEFT JOIN station s ON s.id = i.station_id
 WHERE (h.code = ANY(%(homes)s) OR (i.home_id IS NULL AND (%(platform)s OR s.code = ANY(%(stations)s))))
   AND i.state_since >= %(since)s
 ORDER BY i.number

-- name: scenario_steps
-- Every step of these incidents.
SELECT incident_id, kind, (extract(epoch FROM at) * 1e6)::bigint, data
  FROM incident_event WHERE incident_id = ANY(%(ids)s) ORDER BY incident_id, n

-- name: scenario_open
-- What was open in these homes before the scenario began, and is: what is found now joins it and opens nothing new.
SELECT i.number::bigint, i.kind, h.code FROM incident i JOIN home h ON h.id = i.home_id
 WHERE h.code = ANY(%(homes)s) AND i.opened_at < %(since)s AND i.closed_at IS NULL ORDER BY i.number

-- name: scenario_heard
-- When these devices last spoke by our clock (microseconds; NULL: never), and by what we correct theirs (milliseconds).
SELECT d.code, (extract(epoch FROM s.last_seen) * 1e6)::bigint, coalesce(s.clock_offset_ms, 0)
  FROM device d LEFT JOIN device_state s ON s.device_id = d.id WHERE d.code = ANY(%(codes)s)

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

-- name: scenario_told
-- Who was told of these incidents, as what, and when: a person when some service, board or phone had it, a console
-- when it was asked for. Who was asked for and not reached is no row.
SELECT n.incident_id, n.recipient_kind, coalesce(a.name::varchar, c.name, s.level::varchar, ''), n.purpose,
       (extract(epoch FROM CASE WHEN n.recipient_kind = 'station' THEN n.queued_at
                                ELSE least(n.sent_at, n.delivered_at, n.seen_at) END) * 1e6)::bigint AS at
  FROM notification n
  LEFT JOIN account a ON n.recipient_kind = 'account' AND a.id = n.recipient_id
  LEFT JOIN contact c ON n.recipient_kind = 'contact' AND c.id = n.recipient_id
  LEFT JOIN station s ON n.recipient_kind = 'station' AND s.id = n.recipient_id
 WHERE n.incident_id = ANY(%(ids)s)
   AND (n.recipient_kind = 'station' OR coalesce(n.sent_at, n.delivered_at, n.seen_at) IS NOT NULL)
 ORDER BY at, n.id

-- name: scenario_rulings
-- What became of the findings of these homes.
SELECT f.kind, t.verdict, count(*) FROM triage t
  JOIN finding f ON f.id = t.finding_id AND f.revision = t.revision
  LEFT JOIN home h ON h.id = f.home_id
 WHERE (h.code = ANY(%(homes)s) OR (f.home_id IS NULL AND %(platform)s)) AND t.at >= %(since)s
 GROUP BY f.kind, t.verdict

-- name: scenario_visits
-- Which of those who live in these homes are worth a visit, and why.
SELECT DISTINCT r.name, reason ->> 'key' FROM worth_a_visit w
  JOIN resident r ON r.id = w.resident_id
  JOIN residence e ON e.resident_id = r.id
  JOIN home h ON h.id = e.home_id
  CROSS JOIN LATERAL jsonb_array_elements(w.reasons) AS reason
 WHERE h.code = ANY(%(homes)s) AND w.computed_at >= %(since)s

-- name: scenario_keys
-- Keys of the stations, homes, devices and people of these codes and homes.
SELECT 'station', code::varchar, id FROM station WHERE code = ANY(%(stations)s)
UNION ALL SELECT 'home', code::varchar, id FROM home WHERE code = ANY(%(homes)s)
UNION ALL SELECT 'device', code::varchar, id FROM device WHERE code = ANY(%(codes)s)
UNION ALL SELECT 'person', r.name, r.id FROM resident r
  JOIN residence e ON e.resident_id = r.id JOIN home h ON h.id = e.home_id WHERE h.code = ANY(%(homes)s)

-- name: claimed_at
-- When a device last exchanged a claim code for its secret, since an instant.
SELECT (extract(epoch FROM max(c.used_at)) * 1e6)::bigint FROM device_claim c JOIN device d ON d.id = c.device_id
 WHERE d.code = %(code)s AND c.used_at >= %(since)s
