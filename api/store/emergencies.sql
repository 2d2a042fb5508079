-- Access outside one's own stations, in an emergency.

-- name: whom
-- Whom it can only be: by key; by where they live just now, the home named by its code, a device's in it (they stand on
-- the devices) or the whole address; by the whole name and a whole telephone number of theirs or of a contact.
SELECT r.id AS resident_id, r.name, r.station_id, s.path::text AS path
FROM resident r JOIN station s ON s.id = r.station_id
WHERE r.left_on IS NULL
  AND r.id IN (
      SELECT %(resident)s::int
      UNION ALL
      SELECT l.resident_id FROM residence l
      WHERE l.during @> %(now)s::timestamptz AND l.home_id IN (
          SELECT h.id FROM home h WHERE h.code = %(home)s::text
          UNION ALL SELECT h.id FROM home h WHERE h.address = %(address)s::text
          UNION ALL SELECT n.home_id FROM device d JOIN installation n ON n.device_id = d.id
                    WHERE d.code = %(home)s::text AND n.during @> %(now)s::timestamptz)
      UNION ALL
      SELECT k.resident_id FROM resident_key k JOIN resident_key n ON n.resident_id = k.resident_id
      WHERE k.key = %(name)s::text AND n.key = ANY (%(numbers)s::text[]))
ORDER BY r.id LIMIT %(limit)s

-- name: misses
-- How often somebody asked for nobody lately: who must is standing before a door, who guesses is not.
SELECT count(*) AS times FROM audit_entry
WHERE account_id = %(account)s AND at > %(since)s AND what = 'POST /emergencies' AND outcome = 404

-- name: alone
-- Of many requests of one account at once each waits for the one before it.
SELECT pg_advisory_xact_lock(hashtext('nowalls.break_glass'), %(account)s)

-- name: lately
-- How often somebody did it within the last hours, and whether it is open for these already.
SELECT count(*) AS times FROM emergency_access WHERE account_id = %(account)s AND opened_at > %(since)s

-- name: open
-- From now on the person is seen as by staff.
INSERT INTO emergency_access (account_id, resident_id, station_id, reason, opened_at, expires_at, incident_id)
VALUES (%(account)s, %(resident)s, %(station)s, %(reason)s, %(now)s, %(expires_at)s, %(incident)s) RETURNING id

-- name: end
-- Given back before its time.
UPDATE emergency_access SET ended_at = %(now)s
WHERE id = %(id)s AND account_id = %(account)s AND ended_at IS NULL AND expires_at > %(now)s RETURNING id

-- name: listed
-- Those of stations in scope and one's own, the latest first.
SELECT e.id, e.account_id, a.name AS account_name, e.resident_id, r.name AS resident_name, e.reason, e.opened_at,
       least(e.expires_at, e.ended_at) AS ends_at, e.incident_id, e.reviewed_at, e.reviewed_by,
       b.name AS reviewer_name, e.verdict, e.note
FROM emergency_access e
JOIN account a ON a.id = e.account_id
LEFT JOIN resident r ON r.id = e.resident_id
LEFT JOIN account b ON b.id = e.reviewed_by
JOIN station s ON s.id = e.station_id
WHERE (e.account_id = %(account)s OR s.path <@ ANY(%(paths)s::ltree[]))
  AND (%(open)s::boolean IS NULL OR (e.reviewed_at IS NULL) = %(open)s)
  AND (%(id)s::int IS NULL OR e.id = %(id)s)
ORDER BY e.id DESC LIMIT %(limit)s

-- name: review
-- Once, and by somebody else.
UPDATE emergency_access e
SET reviewed_at = %(now)s, reviewed_by = %(account)s, verdict = %(verdict)s, note = %(note)s
FROM station s
WHERE e.id = %(id)s AND s.id = e.station_id AND s.path <@ ANY(%(paths)s::ltree[])
  AND e.reviewed_at IS NULL AND e.account_id <> %(account)s
RETURNING e.id
