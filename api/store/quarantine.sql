-- Messages that could not be understood. A message belongs to the home its topic names; one that names no home
-- we know is seen only by those who see everything.

-- name: page
-- The latest first: what goes wrong now is at the top. Only the first bytes, for a payload may be large.
SELECT q.id, q.first_at, q.last_at, q.times, q.topic, q.reason, q.detail, octet_length(q.payload) AS size,
       substring(q.payload FOR %(preview)s) AS preview
FROM quarantine q
LEFT JOIN home h ON h.code = q.home_code
LEFT JOIN station t ON t.id = h.station_id
WHERE COALESCE(t.path, ''::ltree) <@ ANY(%(paths)s::ltree[])
  AND (%(reason)s::text IS NULL OR q.reason = %(reason)s)
  AND (%(after_id)s::bigint IS NULL
       OR (q.last_at, q.id) < (%(after_at)s::timestamptz, %(after_id)s::bigint))
ORDER BY q.last_at DESC, q.id DESC
LIMIT %(limit)s

-- name: counts
-- Which mistake is frequent tells which device or setting to look at.
SELECT q.reason, sum(q.times)::bigint AS times
FROM quarantine q
LEFT JOIN home h ON h.code = q.home_code
LEFT JOIN station t ON t.id = h.station_id
WHERE COALESCE(t.path, ''::ltree) <@ ANY(%(paths)s::ltree[])
GROUP BY q.reason
ORDER BY times DESC, q.reason
