-- How the whole is: ages of what waits, counts by kind. Never a name, an address or a value of a person.

-- name: waiting
-- Since when the oldest of each waits, and how much is due; NULL: nothing waits.
SELECT (SELECT min(f.written_at) FROM finding f
        WHERE f.serial > (SELECT serial FROM triage_cursor)
          AND NOT EXISTS (SELECT FROM triage t WHERE t.finding_id = f.id AND t.revision = f.revision)) AS finding,
       (SELECT min(next_step_at) FROM incident WHERE closed_at IS NULL AND next_step_at <= %(now)s) AS step,
       (SELECT min(due_at) FROM notification WHERE due_at <= %(now)s) AS notification,
       (SELECT min(due_at) FROM publication WHERE due_at <= %(now)s) AS publication,
       (SELECT count(*) FROM notification WHERE due_at <= %(now)s) AS notifications

-- name: incidents
-- What is open, as the board sorts it.
SELECT priority, state, count(*) FROM incident WHERE closed_at IS NULL AND NOT drill GROUP BY 1, 2

-- name: beats
-- When each part last did its work.
SELECT part, at FROM heartbeat

-- name: quarantine
-- What was not understood, by why, and when the last of it came.
SELECT reason, count(*), max(last_at) FROM quarantine GROUP BY 1 ORDER BY 1

-- name: devices
-- Installed devices: heard within three of their own intervals (a day where none is known), silent, never heard.
SELECT CASE WHEN s.last_seen IS NULL THEN 'never_heard'
            WHEN s.last_seen < %(now)s - least(
                 interval '7 days', greatest(interval '1 hour',
                 make_interval(secs => 3 * coalesce(d.report_every_s, 28800)))) THEN 'silent'
            ELSE 'heard' END AS state, count(*), (array_agg(d.code ORDER BY s.last_seen NULLS FIRST, d.code))[1:10]
FROM installation i JOIN device d ON d.id = i.device_id LEFT JOIN device_state s ON s.device_id = d.id
WHERE upper_inf(i.during) GROUP BY 1

-- name: endpoints
-- Ways to reach people that fail again and again, by channel.
SELECT e.channel, count(*) FROM endpoint_state s JOIN endpoint e ON e.id = s.endpoint_id
WHERE e.removed_at IS NULL AND s.failures >= %(failures)s GROUP BY 1

-- name: size
-- Of the database, in bytes.
SELECT pg_database_size(current_database())

-- name: archive
-- How much of the log the archive has not got yet, whether it is being fetched, and whether a piece is lost for good.
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint, active, wal_status
FROM pg_replication_slots WHERE slot_name = %(slot)s

-- name: damage
-- Pages whose checksum did not fit, since the counters began.
SELECT coalesce(sum(checksum_failures), 0)::bigint FROM pg_stat_database

-- name: server
-- Its version, how far its clock is from the instant we asked at, its connections and how many there may be.
SELECT current_setting('server_version'), extract(epoch FROM clock_timestamp())::float8,
       (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int,
       (SELECT max(age(datfrozenxid)) FROM pg_database)

-- name: unstaffed
-- Stations with homes for which neither they nor a station above has an operator: nobody could take an alarm.
SELECT s.code FROM station s
WHERE EXISTS (SELECT FROM home h WHERE h.station_id = s.id)
  AND NOT EXISTS (SELECT FROM role_grant g JOIN account a ON a.id = g.account_id JOIN station o ON o.id = g.station_id
                  WHERE g.role = 'operator' AND g.revoked_at IS NULL AND a.disabled_at IS NULL AND o.path @> s.path)
ORDER BY s.path LIMIT 10

-- name: stations
-- What a station is called in a list for technicians.
SELECT id, code FROM station
