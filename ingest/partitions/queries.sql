-- Who looks after which part of the town.

-- name: prepare
-- A row for each part, and one for the rest.
INSERT INTO ingest_partition (count, number) SELECT %(count)s, n FROM generate_series(0, %(count)s) AS n
ON CONFLICT DO NOTHING

-- name: sign_on
-- Held as long as this connection lives; others see by it that we do.
SELECT pg_try_advisory_lock(hashtext('nowalls.partitions.worker'), %(worker)s)

-- name: listen
-- Rung when somebody gives a part back.
LISTEN partition

-- name: stay
-- A sign of life; the row may have been cleared away while we were thought dead.
INSERT INTO ingest_member (worker, name, alive_till) VALUES (%(worker)s, %(name)s, %(till)s)
ON CONFLICT (worker) DO UPDATE SET alive_till = excluded.alive_till

-- name: members
-- Workers that live, and how many parts each has: who is connected and has said so lately.
SELECT m.worker, (SELECT count(*) FROM ingest_partition p WHERE p.worker = m.worker AND p.count = %(count)s)
FROM ingest_member m
WHERE m.alive_till > %(now)s AND EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objid = m.worker
      AND l.classid = (hashtext('nowalls.partitions.worker')::bigint & 4294967295)::oid
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY m.worker

-- name: parts
-- Each part and whose it is.
SELECT number, epoch, worker FROM ingest_partition WHERE count = %(count)s ORDER BY number

-- name: claim
-- Takes parts over, given back or from somebody who is not among the living; waits for what their transactions at hand
-- still write, and after it they write nothing.
UPDATE ingest_partition SET epoch = epoch + 1, worker = %(worker)s, since = %(now)s
WHERE count = %(count)s AND number = %(number)s AND (worker IS NULL OR worker <> ALL(%(living)s))
RETURNING epoch

-- name: give_back
-- Ours no more, if it still was.
UPDATE ingest_partition SET worker = NULL, since = %(now)s
WHERE count = %(count)s AND number = %(number)s AND worker = %(worker)s AND epoch = %(epoch)s

-- name: ring
-- Somebody may take it.
SELECT pg_notify('partition', '')

-- name: leave
-- At an orderly end.
DELETE FROM ingest_member WHERE worker = %(worker)s

-- name: clear
-- Those who are long gone.
DELETE FROM ingest_member WHERE alive_till < %(old)s

-- name: fence
-- The first word of every transaction of an owner: whoever takes the part over waits until this transaction ends, and
-- once they have it, nothing is found here.
SELECT 1 FROM ingest_partition WHERE count = %s AND number = %s AND epoch = %s FOR SHARE

-- name: name
-- By it the sessions of a part's owners are found.
SELECT set_config('application_name', %(application)s, false)

-- name: end_sessions
-- Somebody who hangs in the middle of a transaction holds what we need.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = %(application)s AND datname = current_database()
