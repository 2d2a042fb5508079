-- The card of an incident says, too, that it got worse while somebody was on the way or at the door, and that
-- nobody has done or said anything since: boards and consoles sound again.
DROP VIEW incident_card;
CREATE VIEW incident_card AS
SELECT i.*,
       CASE i.priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END AS rank,
       COALESCE(s.path, '') AS path,
       s.name AS station_name,
       s.name_en AS station_name_en,
       COALESCE(s.time_zone, 'Asia/Shanghai') AS time_zone,
       h.code AS home_code,
       h.address,
       h.lat,
       h.lon,
       r.name AS resident_name,
       d.code AS device_code,
       d.kind AS device_kind,
       a.name AS acknowledged_name,
       -- Not joined: with more than eight tables the planner would join them all before it picks the rows.
       (SELECT b.name FROM account b WHERE b.id = i.reported_by) AS reported_name,
       (SELECT o.expires_at FROM offer o WHERE o.incident_id = i.id AND o.answer IS NULL) AS offer_expires_at,
       -- Read backwards to the latest ring or word of a person; a console's person has no account.
       CASE WHEN i.state IN ('responding', 'on_site') THEN
            (SELECT CASE e.kind WHEN 'rang_again' THEN e.at END FROM incident_event e
             WHERE e.incident_id = i.id
               AND (e.kind = 'rang_again' OR e.actor_id IS NOT NULL OR e.data ->> 'via' LIKE 'console:%')
             ORDER BY e.n DESC LIMIT 1) END AS rang_again_at,
       COALESCE(i.reason_params ->> 'room', n.room, '') AS room,
       CASE WHEN i.resident_id IS NOT NULL THEN ARRAY[i.resident_id]
            ELSE ARRAY(SELECT l.resident_id FROM residence l
                       WHERE l.home_id = i.home_id AND l.during @> i.onset) END AS subjects
FROM incident i
LEFT JOIN station s ON s.id = i.station_id
LEFT JOIN home h ON h.id = i.home_id
LEFT JOIN resident r ON r.id = i.resident_id
LEFT JOIN device d ON d.id = i.device_id
LEFT JOIN account a ON a.id = i.acknowledged_by
LEFT JOIN installation n ON n.device_id = i.device_id AND n.during @> i.onset;
