-- The jobs of storage.

-- name: try_lock
-- One process at a time.
SELECT pg_try_advisory_lock(hashtext('nowalls.storage'))

-- name: unlock
-- The next may.
SELECT pg_advisory_unlock(hashtext('nowalls.storage'))

-- name: done
-- It went well.
INSERT INTO storage_job (name, done_at) VALUES (%(name)s, %(now)s)
ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at

-- name: failed
-- It did not; the kind of error, never its words: they can hold values.
INSERT INTO storage_job (name, failed_at, error) VALUES (%(name)s, %(now)s, %(error)s)
ON CONFLICT (name) DO UPDATE SET failed_at = excluded.failed_at, error = excluded.error

-- name: health
-- How each job stands; of dropping what is old, which has no hour of its own, only that it waits.
SELECT name, done_at, failed_at, error FROM storage_job
WHERE name <> 'drop_old' OR error <> '' ORDER BY name

-- name: timescale_health
-- The same on TimescaleDB: what its scheduler did counts like what we did.
SELECT j.proc_name || ' ' || coalesce(j.hypertable_name, ''),
       greatest(s.done_at, CASE WHEN b.last_run_status = 'Success' THEN b.last_successful_finish END),
       greatest(s.failed_at, CASE WHEN b.last_run_status = 'Failed' THEN b.last_run_started_at END),
       coalesce(nullif(s.error, ''), CASE WHEN b.last_run_status = 'Failed' THEN 'BackgroundJob' END, '')
FROM timescaledb_information.jobs j
LEFT JOIN timescaledb_information.job_stats b ON b.job_id = j.job_id
LEFT JOIN storage_job s ON s.name = j.proc_name || ' ' || coalesce(j.hypertable_name, '')
WHERE j.proc_name IN ('policy_compression', 'policy_refresh_continuous_aggregate')
ORDER BY 1

-- name: overdue
-- Jobs of TimescaleDB that neither its scheduler nor we have brought to an end for some of their intervals.
SELECT j.job_id, j.proc_name || ' ' || coalesce(j.hypertable_name, '')
FROM timescaledb_information.jobs j
LEFT JOIN timescaledb_information.job_stats b ON b.job_id = j.job_id
LEFT JOIN storage_job s ON s.name = j.proc_name || ' ' || coalesce(j.hypertable_name, '')
WHERE j.proc_name IN ('policy_compression', 'policy_refresh_continuous_aggregate')
  AND coalesce(greatest(s.done_at, CASE WHEN b.last_run_status = 'Success' THEN b.last_successful_finish END),
               '-infinity') < %(now)s::timestamptz - %(late)s * j.schedule_interval
ORDER BY j.job_id

-- name: run_job
-- In the foreground.
CALL run_job(%(job)s)

-- name: dropped
-- When what is old was dropped last, and since when the clock has been doubted (NULL: it is not).
SELECT done_at, failed_at FROM storage_job WHERE name = 'drop_old'

-- name: believe
-- The clock is believed from now on.
INSERT INTO storage_job (name, done_at) VALUES ('drop_old', %(now)s)
ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at, failed_at = NULL, error = ''

-- name: doubt
-- It has leapt: nothing is dropped before it has gone on from there for a while.
UPDATE storage_job SET failed_at = %(now)s, error = 'ClockLeapt' WHERE name = 'drop_old'

-- name: rolled_until
-- Up to which arrival hours are counted; at first the earliest there is. NULL: nothing has ever come.
SELECT coalesce((SELECT rolled_until FROM storage_job WHERE name = 'roll_up'),
                (SELECT min(time) FROM reading))

-- name: mark
-- From here on next time.
INSERT INTO storage_job (name, rolled_until) VALUES ('roll_up', %(until)s)
ON CONFLICT (name) DO UPDATE SET rolled_until = excluded.rolled_until

-- name: roll_up
-- Every hour that something arrived for, whole. What came more than an hour late is found by an index of its own
-- (reading_late), all else by its time.
INSERT INTO reading_hour (hour, device_id, metric, home_id, resident_id, number, least, median, greatest, total)
SELECT d.hour, d.device_id, d.metric, h.*
FROM (SELECT date_bin('1 hour', t.time, '2000-01-01Z') AS hour, t.device_id, t.metric FROM reading t
      WHERE t.time >= %(since)s::timestamptz - interval '1 hour' AND t.time < %(until)s AND t.delay_ms <= 3600000
      UNION
      SELECT date_bin('1 hour', t.time, '2000-01-01Z'), t.device_id, t.metric FROM reading t
      WHERE t.delay_ms > 3600000
        AND t.time + t.delay_ms * interval '1 millisecond' >= %(since)s
        AND t.time + t.delay_ms * interval '1 millisecond' < %(until)s) d
-- One hour of one device after the other: joined all at once, the whole past would be read.
CROSS JOIN LATERAL (
    SELECT r.home_id, r.resident_id, count(*), min(r.value),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY r.value), max(r.value), sum(r.value)
    FROM reading r
    WHERE r.device_id = d.device_id AND r.metric = d.metric
      AND r.time >= d.hour AND r.time < d.hour + interval '1 hour'
    GROUP BY r.home_id, r.resident_id) h
ON CONFLICT (device_id, metric, hour, home_id, resident_id) DO UPDATE
SET number = excluded.number, least = excluded.least, median = excluded.median, greatest = excluded.greatest,
    total = excluded.total

-- name: without_positions
-- Weeks of readings whose positions have no index yet, the oldest first, and whether one was begun and broken off.
SELECT c.relname, b.indexrelid IS NOT NULL
FROM pg_inherits w
JOIN pg_class c ON c.oid = w.inhrelid
LEFT JOIN pg_index b ON b.indexrelid = to_regclass(quote_ident(c.relname || '_position'))
WHERE w.inhparent = 'reading'::regclass AND NOT EXISTS (
    SELECT FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid
    WHERE i.indrelid = c.oid AND h.inhparent = 'reading_position'::regclass)
ORDER BY 1
