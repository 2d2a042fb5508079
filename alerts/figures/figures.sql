-- Every figure of a station and a period, from the event log and the outbox alone. All but the last are parts of
-- one statement: the first makes the table `cases`, the others read it.

-- name: cases
-- One row an incident that began in the period at the station or below it: what its events say of when each
-- thing happened first. What was undone did not happen, and an end before a reopening was none. `rehearsal`:
-- drills and self-tests, else everything else.
SELECT i.id, i.kind, i.station_id,
       i.priority, i.detected_at,
       min(e.at) FILTER (WHERE e.kind IN ('opened', 'reopened')) AS opened_at,
       min(e.at) FILTER (WHERE e.kind IN ('acknowledged', 'responding', 'arrived', 'resolved') AND NOT e.void)
           AS acknowledged_at,
       min(e.at) FILTER (WHERE e.kind IN ('responding', 'arrived') AND NOT e.void) AS accepted_at,
       min(e.at) FILTER (WHERE e.kind = 'arrived' AND NOT e.void) AS arrived_at,
       max(e.at) FILTER (WHERE e.kind = 'resolved' AND NOT e.void AND NOT e.reopened) AS resolved_at,
       max(e.at) FILTER (WHERE e.kind = 'cancelled' AND NOT e.void AND NOT e.reopened) AS cancelled_at,
       max(e.at) FILTER (WHERE e.kind = 'recovered' AND NOT e.reopened) AS recovered_at,
       (array_agg(e.data ->> 'outcome' ORDER BY e.n DESC)
           FILTER (WHERE e.kind IN ('resolved', 'cancelled') AND NOT e.void AND NOT e.reopened))[1] AS outcome,
       count(*) FILTER (WHERE e.kind = 'escalated') AS escalated,
       count(*) FILTER (WHERE e.kind = 'acknowledgement_lapsed') AS lapsed
FROM incident i
LEFT JOIN station s ON s.id = i.station_id
CROSS JOIN LATERAL (
    SELECT e.n, e.kind, e.at, e.data,
           EXISTS (SELECT FROM incident_event u
                   WHERE u.incident_id = i.id AND u.kind = 'undone' AND u.n > e.n AND u.data ->> 'undoes' = e.kind
                     AND NOT EXISTS (SELECT FROM incident_event b WHERE b.incident_id = i.id
                                     AND b.n > e.n AND b.n < u.n AND b.kind = e.kind)) AS void,
           EXISTS (SELECT FROM incident_event r
                   WHERE r.incident_id = i.id AND r.kind = 'reopened' AND r.n > e.n) AS reopened
    FROM incident_event e WHERE e.incident_id = i.id) e
WHERE i.detected_at >= %(start)s AND i.detected_at < %(end)s
  AND (i.drill OR i.kind = 'self_test') = %(rehearsal)s
  AND (%(station)s::int IS NULL OR s.path <@ (SELECT path FROM station WHERE id = %(station)s))
GROUP BY i.id

-- name: totals
-- How many there were, and how they ended.
SELECT count(*) AS incidents,
       count(opened_at) AS opened,
       count(*) FILTER (WHERE resolved_at IS NOT NULL) AS resolved,
       count(*) FILTER (WHERE cancelled_at IS NOT NULL AND resolved_at IS NULL) AS cancelled,
       count(*) FILTER (WHERE recovered_at IS NOT NULL AND resolved_at IS NULL) AS recovered,
       count(*) FILTER (WHERE opened_at IS NOT NULL AND acknowledged_at IS NULL AND recovered_at IS NULL
                              AND cancelled_at IS NULL) AS unanswered,
       coalesce(sum(escalated), 0)::int AS escalations,
       coalesce(sum(lapsed), 0)::int AS lapsed_acknowledgements
FROM cases

-- name: times
-- From the alarm to each step, of all priorities together and of each. Shares are of all that were opened and
-- that did not end by themselves before anybody answered: an alarm that nobody answered is not within anything.
WITH steps AS (
    SELECT c.priority, t.step, extract(epoch FROM t.at - c.opened_at)::float8 AS s
    FROM cases c
    CROSS JOIN LATERAL (VALUES ('acknowledge', c.acknowledged_at), ('accept', c.accepted_at),
                               ('arrive', c.arrived_at), ('resolve', c.resolved_at)) t (step, at)
    WHERE c.opened_at IS NOT NULL
      AND (c.acknowledged_at IS NOT NULL OR (c.recovered_at IS NULL AND c.cancelled_at IS NULL))
), floored AS (
    -- Somebody may have taken it in hand within the cancel window: that is at once. (greatest() of nothing is 0.)
    SELECT priority, step, CASE WHEN s IS NOT NULL THEN greatest(s, 0) END AS s FROM steps
)
SELECT coalesce(priority, 'all') AS priority, step, count(*) AS alarms, count(s) AS n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY s) AS p50_s,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY s) AS p90_s,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY s) AS p99_s,
       (count(*) FILTER (WHERE s <= 60))::float8 / count(*) AS within_60_s,
       (count(*) FILTER (WHERE s <= 180))::float8 / count(*) AS within_180_s
FROM floored GROUP BY GROUPING SETS ((step), (priority, step))
ORDER BY 1, array_position(ARRAY['acknowledge', 'accept', 'arrive', 'resolve'], step)

-- name: kinds
-- What people said of each kind of alarm: false ones among those that somebody judged. One that the resident
-- called off, or that was closed as a fault of the device, was false too.
WITH judged AS (
    SELECT kind,
           cancelled_at IS NOT NULL AND resolved_at IS NULL AS called_off,
           resolved_at IS NOT NULL AND outcome IN ('false_alarm', 'device_fault') AS false_alarm,
           resolved_at IS NOT NULL OR cancelled_at IS NOT NULL AS judged
    FROM cases
)
SELECT kind, count(*) AS incidents, count(*) FILTER (WHERE judged) AS judged,
       count(*) FILTER (WHERE false_alarm) AS false_alarms, count(*) FILTER (WHERE called_off) AS called_off,
       (count(*) FILTER (WHERE false_alarm OR called_off))::float8
           / nullif(count(*) FILTER (WHERE judged), 0) AS false_share
FROM judged GROUP BY kind ORDER BY count(*) DESC, kind

-- name: levels
-- Steps that nobody answered, by how far up the tree they raised the alarm.
SELECT (e.data ->> 'level')::int AS level, count(*) AS steps
FROM cases c JOIN incident_event e ON e.incident_id = c.id AND e.kind = 'escalated'
GROUP BY 1 ORDER BY 1

-- name: offers
-- What responders answered to "can you go?".
SELECT coalesce(o.answer, 'open') AS answer, count(*) AS offers,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM o.answered_at - o.offered_at)::float8)
           AS p50_s
FROM cases c JOIN offer o ON o.incident_id = c.id GROUP BY 1 ORDER BY 1

-- name: channels
-- Each channel: tries by what came of them, and from the step's commit to the service's answer.
SELECT t.channel, count(*) AS tries,
       count(*) FILTER (WHERE t.outcome = 'sent') AS sent,
       count(*) FILTER (WHERE t.outcome = 'refused') AS refused,
       count(*) FILTER (WHERE t.outcome = 'unreachable') AS unreachable,
       count(*) FILTER (WHERE t.outcome = 'limited') AS limited,
       count(*) FILTER (WHERE t.outcome = 'gone') AS gone,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.ended_at - n.queued_at)::float8)
           FILTER (WHERE t.outcome = 'sent') AS p50_s,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM t.ended_at - n.queued_at)::float8)
           FILTER (WHERE t.outcome = 'sent') AS p99_s
FROM cases c JOIN notification n ON n.incident_id = c.id JOIN delivery_attempt t ON t.notification_id = n.id
GROUP BY t.channel ORDER BY t.channel

-- name: notifications
-- What became of everything somebody was to be told; each counts in the last state it reached.
SELECT n.recipient_kind, count(*) AS asked,
       count(*) FILTER (WHERE n.state = 'queued') AS queued,
       count(*) FILTER (WHERE n.state = 'sent') AS sent,
       count(*) FILTER (WHERE n.state = 'delivered') AS delivered,
       count(*) FILTER (WHERE n.state = 'seen') AS seen,
       count(*) FILTER (WHERE n.state = 'failed') AS failed,
       count(*) FILTER (WHERE n.state = 'superseded') AS superseded
FROM cases c JOIN notification n ON n.incident_id = c.id GROUP BY 1 ORDER BY 1

-- name: days
-- By local day of the station that answers for it.
SELECT (c.detected_at AT TIME ZONE coalesce(s.time_zone, 'Asia/Shanghai'))::date AS day,
       count(*) AS incidents, count(c.opened_at) AS opened,
       count(*) FILTER (WHERE c.resolved_at IS NOT NULL AND c.outcome IN ('false_alarm', 'device_fault')) AS false_alarms,
       percentile_cont(0.9) WITHIN GROUP
           (ORDER BY greatest(extract(epoch FROM c.acknowledged_at - c.opened_at), 0)::float8)
           FILTER (WHERE c.acknowledged_at IS NOT NULL AND c.opened_at IS NOT NULL) AS acknowledge_p90_s,
       count(*) FILTER (WHERE c.acknowledged_at <= c.opened_at + interval '60 s') AS within_60_s,
       sum(c.escalated)::int AS escalations
FROM cases c LEFT JOIN station s ON s.id = c.station_id GROUP BY 1 ORDER BY 1

-- name: station_by_code
-- For the command line.
SELECT id FROM station WHERE code = %(code)s
