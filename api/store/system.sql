-- The state of the parts.

-- name: migrations
-- Which files ran; requests wait until none is missing.
SELECT name FROM migration

-- name: migration_table
-- A database of the first minute has no table to ask.
SELECT to_regclass('migration') IS NOT NULL AS yes

-- name: ingest
-- All workers together. A worker that has written nothing for five minutes has no lag worth showing.
SELECT COALESCE(sum(received), 0)::bigint AS received_total, COALESCE(sum(quarantined), 0)::bigint AS quarantined_total,
       max(last_batch_at) AS last_batch_at,
       max(lag_ms) FILTER (WHERE last_batch_at > %(now)s::timestamptz - interval '5 minutes') AS lag_ms,
       COALESCE(sum(queued), 0)::bigint AS queued, count(*) AS workers
FROM ingest_worker

-- name: alerts
-- Findings without a verdict and timers that ran out: both are near zero while an engine works.
SELECT (SELECT count(*) FROM finding f
        WHERE f.serial > (SELECT serial FROM triage_cursor) AND f.written_at < %(before)s
          AND NOT EXISTS (SELECT FROM triage t WHERE t.finding_id = f.id AND t.revision = f.revision)) AS waiting,
       (SELECT count(*) FROM incident WHERE next_step_at < %(before)s) AS overdue,
       (SELECT count(*) FROM publication WHERE due_at < %(before)s) AS unsent
