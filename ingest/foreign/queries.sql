-- What the interpreter of foreign devices keeps.

-- name: sources
-- Whose login may speak for others.
SELECT device_id FROM foreign_source

-- name: names
-- Which device of ours a thing is; NULL: of no use.
SELECT source_id, tongue, foreign_id, device_id FROM foreign_name

-- name: found
-- Every thing that was heard, and what it said last; the longest unheard first.
SELECT source_id, tongue, foreign_id, name, model, says FROM found_device ORDER BY last_at, id

-- name: announcements
-- What explains later messages, in the order in which it came; of what came together a node's birth (Sparkplug), with
-- which it begins anew, before those of its devices.
SELECT source_id, tail, payload FROM foreign_announcement
 ORDER BY source_id, at, position('/NBIRTH/' IN tail) > 0 DESC, tail

-- name: put_found
-- A thing was heard, and says this now.
INSERT INTO found_device AS f (source_id, tongue, foreign_id, name, model, says, first_at, last_at, times)
VALUES (%(source)s, %(tongue)s, %(thing)s, %(name)s, %(model)s, %(says)s, %(now)s, %(now)s, %(times)s)
ON CONFLICT (source_id, tongue, foreign_id) DO UPDATE
   SET name = excluded.name, model = excluded.model, says = excluded.says,
       last_at = greatest(f.last_at, excluded.last_at), times = f.times + excluded.times

-- name: drop_found
-- A thing that nobody named made room for others.
DELETE FROM found_device
 WHERE source_id = %(source)s AND tongue = %(tongue)s AND foreign_id = %(thing)s
   AND NOT EXISTS (SELECT FROM foreign_name n WHERE n.source_id = %(source)s AND n.tongue = %(tongue)s
                      AND n.foreign_id = %(thing)s)

-- name: put_announcement
-- The last of it counts.
INSERT INTO foreign_announcement (source_id, tail, payload, at) VALUES (%(source)s, %(tail)s, %(payload)s, %(now)s)
ON CONFLICT (source_id, tail) DO UPDATE SET payload = excluded.payload, at = excluded.at

-- name: drop_announcement
-- It was taken back.
DELETE FROM foreign_announcement WHERE source_id = %(source)s AND tail = %(tail)s

-- name: call
-- The instant of an alarm call, the same however often it is repeated.
INSERT INTO scaip_call (controller, reference, at) VALUES (%(controller)s, %(reference)s, %(now)s)
ON CONFLICT (controller, reference) DO UPDATE SET at = scaip_call.at
RETURNING at

-- name: forget_calls
-- A unit repeats a call for minutes; later the same reference is another call.
DELETE FROM scaip_call WHERE at < %(before)s

-- name: listen
-- Whoever names a device rings.
LISTEN directory
