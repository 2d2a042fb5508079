-- What was measured and what happened, as long tables for whoever works with the data. By number, without names.

-- name: readings
-- In no order: sorting a year of a city would need another disk.
SELECT r.time, r.received, s.code, h.code, r.resident_id, d.code, m.name, m.unit, r.value
FROM reading r
JOIN home h ON h.id = r.home_id
JOIN station s ON s.id = h.station_id
JOIN device d ON d.id = r.device_id
JOIN metric m ON m.id = r.metric
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.time >= %(since)s AND r.time < %(until)s
  AND (%(metrics)s::smallint[] IS NULL OR r.metric = ANY (%(metrics)s))

-- name: incidents
-- By onset. When it was first acknowledged, when somebody was on the way and there, from its events.
SELECT i.id::text, i.number, i.kind, i.priority, i.state, i.outcome, i.drill, s.code, h.code, i.resident_id, d.code,
       i.onset, i.detected_at, i.opened_at, e.acknowledged, e.responding, e.arrived, i.closed_at, i.level, i.probability,
       i.reason_key
FROM incident i
LEFT JOIN station s ON s.id = i.station_id
LEFT JOIN home h ON h.id = i.home_id
LEFT JOIN device d ON d.id = i.device_id
LEFT JOIN LATERAL (
    SELECT min(at) FILTER (WHERE kind = 'acknowledged') AS acknowledged,
           min(at) FILTER (WHERE kind = 'responding') AS responding,
           min(at) FILTER (WHERE kind = 'arrived') AS arrived
    FROM incident_event v WHERE v.incident_id = i.id) e ON true
WHERE (s.path <@ ANY (%(paths)s::ltree[]) OR (s.id IS NULL AND ''::ltree = ANY (%(paths)s::ltree[])))
  AND i.onset >= %(since)s AND i.onset < %(until)s
ORDER BY i.onset, i.number
