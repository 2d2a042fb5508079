-- name: begin
-- A rehearsal; its incident comes a moment later in the same transaction.
INSERT INTO drill (station_id, scenario, started_at, started_by)
VALUES (%(station)s, %(scenario)s, %(now)s, %(actor)s) RETURNING id

-- name: incident
-- What is rehearsed with.
UPDATE drill SET incident_id = %(incident)s WHERE id = %(id)s

-- name: going_on
-- One rehearsal at a time in a station.
SELECT id FROM drill WHERE station_id = %(station)s AND ended_at IS NULL AND (scenario = 'self_test') = %(self_test)s

-- name: station
-- Where it is, and whether there is such a place; the lock lets only one rehearsal begin.
SELECT id, pg_advisory_xact_lock(hashtext('nowalls.drill'), id) FROM station WHERE id = %(station)s

-- name: home
-- A home of the station, for a rehearsal at a door.
SELECT id FROM home WHERE id = %(home)s AND station_id = %(station)s

-- name: one
-- A rehearsal with its place and its end.
SELECT d.id, d.station_id, s.name, s.name_en, d.scenario, d.started_at, d.started_by, d.incident_id,
       coalesce(d.ended_at, i.closed_at) AS ended_at, d.passed, i.state
FROM drill d JOIN station s ON s.id = d.station_id LEFT JOIN incident i ON i.id = d.incident_id
WHERE d.id = %(id)s

-- name: listed
-- Rehearsals, or self-tests, of a station and those below it (NULL: all), newest first.
SELECT d.id, d.station_id, s.name, s.name_en, d.scenario, d.started_at, d.started_by, d.incident_id,
       coalesce(d.ended_at, i.closed_at) AS ended_at, d.passed, i.state
FROM drill d JOIN station s ON s.id = d.station_id LEFT JOIN incident i ON i.id = d.incident_id
WHERE (d.scenario = 'self_test') = %(self_test)s
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT path FROM station WHERE id = %(station)s))
ORDER BY d.id DESC LIMIT %(limit)s

-- name: happenings
-- What happened in a rehearsal, seconds after it began.
SELECT e.kind, extract(epoch FROM e.at - d.started_at)::float8, e.actor_id
FROM drill d JOIN incident_event e ON e.incident_id = d.incident_id WHERE d.id = %(id)s ORDER BY e.n

-- name: reached
-- Who was told by what, and what came of it, seconds after the rehearsal began.
SELECT n.recipient_kind, n.recipient_id, coalesce(a.name::varchar, c.name, s.name::varchar, '') AS name, n.purpose, n.state,
       n.channel, n.tries, extract(epoch FROM n.sent_at - d.started_at)::float8 AS sent_s,
       extract(epoch FROM n.delivered_at - d.started_at)::float8 AS delivered_s,
       extract(epoch FROM n.seen_at - d.started_at)::float8 AS seen_s
FROM drill d JOIN notification n ON n.incident_id = d.incident_id
LEFT JOIN account a ON n.recipient_kind = 'account' AND a.id = n.recipient_id
LEFT JOIN contact c ON n.recipient_kind = 'contact' AND c.id = n.recipient_id
LEFT JOIN station s ON n.recipient_kind = 'station' AND s.id = n.recipient_id
WHERE d.id = %(id)s ORDER BY n.id

-- name: names
-- Whose steps they were.
SELECT id, name FROM account WHERE id = ANY(%(ids)s)

-- name: finish
-- It is over, and this came of it. 0 rows: somebody was first.
UPDATE drill SET ended_at = %(now)s, passed = %(passed)s WHERE id = %(id)s AND ended_at IS NULL

-- name: over
-- Rehearsals whose incident somebody has closed.
SELECT d.id FROM drill d JOIN incident i ON i.id = d.incident_id
WHERE d.ended_at IS NULL AND i.closed_at IS NOT NULL AND d.scenario <> 'self_test'
FOR UPDATE OF d SKIP LOCKED

-- name: tested_stations
-- Stations at which somebody should hear an alarm: a console is registered or an operator belongs there. With
-- the last self-test of each that began by itself, or since when somebody should: what is new has missed none.
SELECT s.id, s.time_zone, coalesce((SELECT max(d.started_at) FROM drill d
                                    WHERE d.station_id = s.id AND d.scenario = 'self_test'), heard.since)
FROM station s, LATERAL (
    SELECT least((SELECT c.created_at FROM console_secret c WHERE c.station_id = s.id),
                 (SELECT min(g.granted_at) FROM role_grant g
                  WHERE g.station_id = s.id AND g.role = 'operator' AND g.revoked_at IS NULL)) AS since) heard
WHERE heard.since IS NOT NULL
ORDER BY s.id

-- name: self_tests
-- Self-tests that are not judged yet, with when their alarm was shown somewhere (NULL: not yet).
SELECT d.id, d.station_id, d.incident_id, d.started_at,
       (SELECT min(n.delivered_at) FROM notification n WHERE n.incident_id = d.incident_id)
FROM drill d WHERE d.scenario = 'self_test' AND d.ended_at IS NULL
ORDER BY d.id FOR UPDATE SKIP LOCKED

-- name: untested
-- Whether any station that is tested, and was then already, had no self-test that passed since.
SELECT count(*) FROM station s
WHERE (EXISTS (SELECT FROM console_secret c WHERE c.station_id = s.id AND c.created_at <= %(since)s)
       OR EXISTS (SELECT FROM role_grant g WHERE g.station_id = s.id AND g.role = 'operator'
                  AND g.revoked_at IS NULL AND g.granted_at <= %(since)s))
  AND coalesce((SELECT d.passed FROM drill d WHERE d.station_id = s.id AND d.scenario = 'self_test'
                AND d.ended_at > %(since)s ORDER BY d.id DESC LIMIT 1), false) = false

-- name: stuck
-- Notifications that should have been sent long ago and that nobody is even trying to send.
SELECT count(*) FROM notification WHERE due_at < %(before)s
