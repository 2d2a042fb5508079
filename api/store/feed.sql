-- What the live feed reads.

-- name: epoch
-- Names this database in this life: a cursor of another one, or of one restored since, means nothing here.
SELECT md5(concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                     (SELECT oid FROM pg_database WHERE datname = current_database()),
                     (SELECT timeline_id FROM pg_control_checkpoint()))) AS epoch

-- name: horizon
-- Every transaction below `xmin` is over; none from `xmax` on has begun.
SELECT pg_snapshot_xmin(s)::text AS xmin, pg_snapshot_xmax(s)::text AS xmax FROM pg_current_snapshot() AS s

-- name: news
-- Events of transactions that were not over when we last looked, less those seen already. One row without an
-- event when there is nothing. Rows of a restored database may bear numbers of the future: not ours to show.
WITH here AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
SELECT pg_snapshot_xmin(h.snapshot)::text AS xmin, e.position, e.xid::text AS xid, e.incident_id, e.n
FROM here h
LEFT JOIN incident_event e
  ON e.xid >= %(since)s::xid8 AND e.xid < pg_snapshot_xmax(h.snapshot) AND e.position <> ALL(%(seen)s::bigint[])

-- name: since
-- Incidents with events since a cursor, to bring a returning reader up to date.
SELECT DISTINCT e.incident_id AS id FROM incident_event e
WHERE e.xid >= %(since)s::xid8 AND e.xid < pg_snapshot_xmax(pg_current_snapshot())
LIMIT %(limit)s

-- name: say
-- To the other processes, and to nobody who is not listening.
SELECT pg_notify(%(channel)s, payload) FROM unnest(%(payloads)s::text[]) AS payload
