-- What the pages read, joined once. Views hold no data; they are the api package's.

-- An incident as it is shown. `path` is its place in the station tree ('' for the platform itself, which only
-- those see who see everything). `subjects` are the people it is about: the resident, or for an incident of
-- the household everybody who lived there then.
CREATE VIEW incident_card AS
SELECT i.*,
       CASE i.priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END AS rank,
       COALESCE(s.path, '') AS path,
       s.name AS station_name,
       s.name_en AS station_name_en,
       COALESCE(s.time_zone, 'Asia/Shanghai') AS time_zone,
       h.code AS home_code,
       h.address,
       r.name AS resident_name,
       d.code AS device_code,
       d.kind AS device_kind,
       a.name AS acknowledged_name,
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
