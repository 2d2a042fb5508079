-- Sending responders.

-- name: responders
-- Who may be sent to something in a station with these above it: those who work there, and who is on duty. A
-- rehearsal keeps nobody from a real alarm.
SELECT a.id, a.name, coalesce(s.available, true),
       EXISTS (SELECT FROM offer o JOIN incident i ON i.id = o.incident_id
               WHERE o.account_id = a.id AND i.closed_at IS NULL
                 AND (o.answer IS NULL OR o.answer = 'accepted') AND (%(drill)s OR NOT i.drill)),
       s.lat, s.lon, (extract(epoch FROM s.at) * 1e6)::bigint,
       post.lat, post.lon, g.level, bool_or(g.own) OVER (PARTITION BY a.id)
FROM (
    SELECT DISTINCT ON (account_id) account_id, station_id, level, own FROM (
        SELECT r.account_id, r.station_id, array_position(%(chain)s::int[], r.station_id) - 1 AS level,
               true AS own
        FROM role_grant r
        WHERE r.station_id = ANY(%(chain)s) AND r.role = 'responder' AND r.revoked_at IS NULL
        UNION ALL
        SELECT d.a, d.s, array_position(%(chain)s::int[], d.s) - 1, false
        FROM unnest(%(duty_accounts)s::int[], %(duty_stations)s::int[]) AS d(a, s)) AS known
    ORDER BY account_id, own DESC, level) AS g
JOIN account a ON a.id = g.account_id AND a.disabled_at IS NULL
LEFT JOIN responder_state s ON s.account_id = a.id
LEFT JOIN station post ON post.id = g.station_id
ORDER BY a.id

-- name: place
-- Where it happened.
SELECT coalesce(h.lat, s.lat), coalesce(h.lon, s.lon)
FROM incident i LEFT JOIN home h ON h.id = i.home_id LEFT JOIN station s ON s.id = i.station_id
WHERE i.id = %(incident)s

-- name: asked
-- Who was asked already.
SELECT account_id FROM offer WHERE incident_id = %(incident)s

-- name: open_offer
-- The question that waits for an answer.
SELECT id, account_id FROM offer WHERE incident_id = %(incident)s AND answer IS NULL FOR UPDATE

-- name: insert_offer
-- The question, written with the event that puts it.
INSERT INTO offer (incident_id, n, account_id, offered_at, expires_at, travel_s, distance_m)
VALUES (%(incident)s, %(n)s, %(account)s, %(now)s, %(expires)s, %(travel_s)s, %(distance_m)s) RETURNING id

-- name: find_offer
-- Which incident a question belongs to.
SELECT incident_id FROM offer WHERE id = %(id)s

-- name: hold_offer
-- Held, so that an answer and the lapse of its time do not both count.
SELECT account_id, answer FROM offer WHERE id = %(id)s FOR UPDATE

-- name: answer
-- Names the state it leaves: an answer counts once.
UPDATE offer SET answer = %(answer)s, answered_at = %(now)s WHERE id = %(id)s AND answer IS NULL

-- name: run_out
-- Questions without an answer in time; or asked by a clock that was put back since.
SELECT o.id, o.incident_id FROM offer o
WHERE o.answer IS NULL AND (o.expires_at <= %(now)s OR o.offered_at > %(fast)s) ORDER BY o.expires_at LIMIT %(limit)s

-- name: withdraw_closed
-- What has been closed needs nobody any more.
UPDATE offer SET answer = 'withdrawn', answered_at = %(now)s
WHERE answer IS NULL
  AND EXISTS (SELECT FROM incident i WHERE i.id = offer.incident_id AND i.closed_at IS NOT NULL)

-- name: under_way
-- Where those are who are on the way, and where they are going.
SELECT i.id, e.actor_id, s.lat, s.lon, h.lat, h.lon
FROM incident i
JOIN LATERAL (SELECT actor_id FROM incident_event WHERE incident_id = i.id AND kind = 'responding'
              ORDER BY n DESC LIMIT 1) AS e ON true
JOIN responder_state s ON s.account_id = e.actor_id AND s.at >= i.state_since
JOIN home h ON h.id = i.home_id
WHERE i.state = 'responding' AND s.lat IS NOT NULL AND s.lon IS NOT NULL AND h.lat IS NOT NULL
  AND h.lon IS NOT NULL

-- name: of_incident
-- All questions about an incident, in order.
SELECT o.id, o.account_id, a.name, o.offered_at, o.expires_at, o.answer, o.answered_at, o.travel_s, o.distance_m
FROM offer o JOIN account a ON a.id = o.account_id WHERE o.incident_id = %(incident)s ORDER BY o.id
