-- Devices of other systems: who may speak for them, what was found, and which device of ours each is.

-- name: allow
-- The login may write below its own nw/in/ from now on.
INSERT INTO foreign_source (device_id, allowed_at) VALUES (%(device)s, %(now)s) ON CONFLICT DO NOTHING

-- name: forbid
-- It may not any more; what its things are called is kept for the day it may again.
DELETE FROM foreign_source WHERE device_id = %(device)s

-- name: allowed
-- Whether it may.
SELECT EXISTS (SELECT FROM foreign_source WHERE device_id = %(device)s)

-- name: page
-- What was found behind devices of the scope, the latest first: what nobody named yet before the rest. The receiver of
-- social alarms is nobody's home: its finds are for those who see everything.
SELECT f.id, f.source_id, coalesce(d.code, 'scaip') AS source, f.tongue, f.foreign_id, f.name, f.model, f.says, f.first_at,
       f.last_at, f.times, h.id AS home_id, h.code AS home_code, n.device_id, own.code AS device_code, own.kind AS device_kind,
       n.source_id IS NOT NULL AND n.device_id IS NULL AS ignored
  FROM found_device f
  LEFT JOIN device d ON d.id = f.source_id
  LEFT JOIN installation i ON i.device_id = f.source_id AND i.during @> %(now)s::timestamptz
  LEFT JOIN home h ON h.id = i.home_id
  LEFT JOIN station t ON t.id = h.station_id
  LEFT JOIN foreign_name n ON (n.source_id, n.tongue, n.foreign_id) = (f.source_id, f.tongue, f.foreign_id)
  LEFT JOIN device own ON own.id = n.device_id
 WHERE (%(whole)s OR t.path <@ ANY(%(paths)s::ltree[]))
   AND (%(found)s::int IS NULL OR f.id = %(found)s)
   AND (%(open)s::boolean IS NULL OR (n.source_id IS NULL) = %(open)s)
   AND (%(before)s::timestamptz IS NULL OR (f.last_at, f.id) < (%(before)s, %(before_id)s))
 ORDER BY f.last_at DESC, f.id DESC
 LIMIT %(limit)s

-- name: name
-- It is this device from now on; NULL: it is of no use.
INSERT INTO foreign_name (source_id, tongue, foreign_id, device_id, named_at)
VALUES (%(source_id)s, %(tongue)s, %(foreign_id)s, %(device)s, %(now)s)
ON CONFLICT (source_id, tongue, foreign_id) DO UPDATE SET device_id = excluded.device_id, named_at = excluded.named_at

-- name: unname
-- It is nobody's again.
DELETE FROM foreign_name WHERE source_id = %(source_id)s AND tongue = %(tongue)s AND foreign_id = %(foreign_id)s

-- name: device
-- Whether a code is taken.
SELECT id FROM device WHERE code = %(code)s

-- name: speaker
-- A device that has proven itself: where it hangs, whether it may speak for others, and whether it said too much.
SELECT device.code, home.code, EXISTS (SELECT FROM foreign_source s WHERE s.device_id = device.id),
       EXISTS (SELECT FROM device_pause p WHERE p.device_id = device.id AND p.until > %(now)s)
  FROM device
  JOIN installation ON installation.device_id = device.id AND upper_inf(installation.during)
  JOIN home ON home.id = installation.home_id
 WHERE device.id = %(device)s
