-- Readings hour by hour for pages that show weeks and months, and how storage's own jobs stand.

CREATE TABLE storage_job (
    name         text PRIMARY KEY,
    done_at      timestamptz,
    failed_at    timestamptz,
    error        text NOT NULL DEFAULT '',   -- the kind of the last error
    rolled_until timestamptz                 -- of the roll-up: what arrived before is counted
);
INSERT INTO personal_data (n, name, fate, given, zh, en)
VALUES (99, 'storage_job', 'other', false, '不含老人数据', 'nothing about residents');

-- On TimescaleDB a continuous aggregate bears this name (core.timeseries.adoption).
DO $$ BEGIN
    IF '{engine}' = 'plain' THEN
        CREATE TABLE reading_hour (
            hour        timestamptz NOT NULL,
            device_id   integer NOT NULL,
            metric      smallint NOT NULL,
            home_id     integer NOT NULL,
            resident_id integer,
            number      integer NOT NULL,
            least       double precision NOT NULL,
            median      double precision NOT NULL,
            greatest    double precision NOT NULL,
            total       double precision NOT NULL,
            UNIQUE NULLS NOT DISTINCT (device_id, metric, hour, home_id, resident_id)
        );
        CREATE INDEX reading_hour_home ON reading_hour (home_id, hour);
        CREATE INDEX reading_hour_hour ON reading_hour USING brin (hour);
        -- Arrivals of late are found by it: rows lie in the order in which they came.
        CREATE INDEX reading_time ON reading USING brin (time);
    END IF;
END $$;
-- Up to here the hours hold everything; later readings are asked for themselves. A continuous aggregate looks at them too.
CREATE FUNCTION hours_until() RETURNS timestamptz LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN '{engine}' = 'timescale' THEN 'infinity'
                ELSE coalesce((SELECT date_bin('1 hour', j.rolled_until, '2000-01-01Z') FROM storage_job j
                               WHERE j.name = 'roll_up'), '-infinity') END
$$;
INSERT INTO personal_data (n, name, fate, whose, given, zh, en) VALUES
(11, 'reading_hour', 'deleted', 't.resident_id = :resident OR (t.resident_id IS NULL AND EXISTS (SELECT FROM lived_alone(:resident) a WHERE a.home_id = t.home_id AND a.during @> t.hour))', false,
 '每小时汇总的读数', 'readings summed up by the hour');

-- Readings and raw motion go by whole parts of their tables; how long they are kept is said in the same place as all else.
ALTER TABLE retention ADD COLUMN whole boolean NOT NULL DEFAULT false;
INSERT INTO retention (class, name, days, least, old, held, zh, en, whole) VALUES
('readings', 'reading', 732, 31, '', '', '设备读数：与前一年比较', 'readings: to compare with the year before', true),
('motion', 'motion', 8, 2, '', '', '原始运动波形：复核跌倒', 'raw motion: to look at a fall again', true),
('hours', 'reading_hour', 3660, 62, '', '', '每小时汇总：多年变化', 'readings by the hour: how somebody changed over years', true);

CREATE OR REPLACE FUNCTION retire(wanted text, moment timestamptz, most integer) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kept retention; rule text; slice timestamptz; gone bigint;
BEGIN
    SELECT * INTO STRICT kept FROM retention WHERE class = wanted;
    IF kept.whole THEN
        RETURN 0;
    END IF;
    rule := replace(kept.old, ':before', quote_literal(least(moment, clock_timestamp()) - make_interval(days => kept.days))
                                         || '::timestamptz');
    INSERT INTO clearing DEFAULT VALUES;
    IF '{engine}' = 'timescale' AND kept.name = 'reading' THEN
        -- Compressed rows have no place of their own to name them by: a day at a time, the oldest first.
        EXECUTE format('SELECT min(t.time) FROM reading t WHERE %s', rule) INTO slice;
        EXECUTE format('DELETE FROM reading t WHERE %s AND t.time < %L', rule, slice + interval '1 day');
    ELSE
        EXECUTE format('DELETE FROM %I WHERE (tableoid, ctid) IN (SELECT t.tableoid, t.ctid FROM %I t WHERE %s LIMIT %s)',
                       kept.name, kept.name, rule, most);
    END IF;
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM clearing;
    RETURN gone;
END $$;
