-- TimescaleDB's side of the time series.

-- name: hypertable
-- The table in chunks of so much time.
SELECT create_hypertable(%(table)s::regclass, by_range('time', %(chunk)s), if_not_exists => true, migrate_data => true)

-- name: has_row_security
-- Whether rules of rows are on it.
SELECT relrowsecurity FROM pg_class WHERE oid = %(table)s::regclass

-- name: policies
-- What rules those are.
SELECT polname::text FROM pg_policy WHERE polrelid = %(table)s::regclass

-- name: is_packed
-- Whether old chunks of it are compressed.
SELECT 1 FROM timescaledb_information.hypertables
WHERE hypertable_schema = 'public' AND hypertable_name = %(table)s AND compression_enabled

-- name: pack_policy
-- TimescaleDB's own job that compresses.
SELECT add_compression_policy(%(table)s::regclass, compress_after => %(after)s, if_not_exists => true)

-- name: has_hours
-- Whether the hours are aggregated already.
SELECT 1 FROM timescaledb_information.continuous_aggregates WHERE view_name = 'reading_by_hour'

-- name: hours
-- Least, median and greatest of each hour, what it was measured by and of whom. What is not yet in it is read from
-- the readings (materialized_only = false).
CREATE MATERIALIZED VIEW reading_by_hour WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 hour', time) AS hour, device_id, metric, home_id, resident_id, count(*)::integer AS number,
       min(value) AS least, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median, max(value) AS greatest,
       sum(value) AS total
FROM reading GROUP BY 1, 2, 3, 4, 5
WITH NO DATA

-- name: hours_packed
-- Compressed like the readings themselves.
ALTER MATERIALIZED VIEW reading_by_hour SET (timescaledb.compress,
    timescaledb.compress_segmentby = 'device_id, metric, home_id, resident_id',
    timescaledb.compress_orderby = 'hour')

-- name: hours_seen
-- Under the name that it has on plain PostgreSQL.
CREATE VIEW reading_hour AS
SELECT hour, device_id, metric, home_id, resident_id, number, least, median, greatest, total FROM reading_by_hour

-- name: forget_hours
-- Who is forgotten is forgotten in the hours, too: a continuous aggregate takes no DELETE, what it keeps them in does.
CREATE OR REPLACE FUNCTION forget_hour() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    kept text;
BEGIN
    SELECT format('%I.%I', c.materialization_hypertable_schema, c.materialization_hypertable_name) INTO kept
    FROM timescaledb_information.continuous_aggregates c WHERE c.view_name = 'reading_by_hour';
    EXECUTE format('DELETE FROM %s m WHERE m.hour = $1 AND m.device_id = $2 AND m.metric = $3 AND m.home_id = $4'
                   ' AND m.resident_id IS NOT DISTINCT FROM $5', kept)
    USING OLD.hour, OLD.device_id, OLD.metric, OLD.home_id, OLD.resident_id;
    RETURN OLD;
END $$

-- name: forgettable_hours
-- The same by DELETE FROM reading_hour.
CREATE OR REPLACE TRIGGER forget_hour INSTEAD OF DELETE ON reading_hour FOR EACH ROW EXECUTE FUNCTION forget_hour()

-- name: hours_policy
-- TimescaleDB's own job that keeps the hours: what comes late up to a month back is counted, too.
SELECT add_continuous_aggregate_policy('reading_by_hour', start_offset => interval '32 days',
    end_offset => interval '1 hour', schedule_interval => interval '30 minutes', if_not_exists => true)

-- name: hours_packed_policy
-- When nothing of them changes any more.
SELECT add_compression_policy('reading_by_hour', compress_after => interval '40 days', if_not_exists => true)
