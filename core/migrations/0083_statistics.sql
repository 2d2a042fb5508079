-- Counters that follow the rows they count, so that a city's page reads thousands of rows and not millions.
-- Each can be counted again from the rows (care/store/statistics.sql); a test does. Written by triggers only.

ALTER TABLE ledger_entry ADD COLUMN station_id integer REFERENCES station;

-- Flows: what happened on a day, local to the station. `what` is a path of words: visit/home/well,
-- order/meal/confirmed, rating/meal, hours, money/provider. `amount` is minutes, points or fen.
CREATE TABLE care_count (
    station_id integer NOT NULL,
    day        date NOT NULL,
    what       text NOT NULL,
    n          bigint NOT NULL,
    amount     bigint NOT NULL,
    PRIMARY KEY (station_id, what, day)
) WITH (fillfactor = 70);

-- Stocks: people in our care by station, category, grade (-1: not assessed) and how they live.
CREATE TABLE people_count (
    station_id integer NOT NULL,
    category   text NOT NULL,
    grade      smallint NOT NULL,
    living     text NOT NULL,
    people     bigint NOT NULL,
    PRIMARY KEY (station_id, category, grade, living)
) WITH (fillfactor = 70);

-- Of the people in care all the month, how many were met by somebody in it; and which months of which
-- stations are to be counted again.
CREATE TABLE coverage_month (
    station_id integer NOT NULL,
    month      date NOT NULL,
    category   text NOT NULL,
    people     bigint NOT NULL,
    met        bigint NOT NULL,
    PRIMARY KEY (station_id, month, category)
);
CREATE TABLE coverage_stale (
    station_id integer NOT NULL,
    month      date NOT NULL,
    PRIMARY KEY (station_id, month)
);

CREATE FUNCTION count_visits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO care_count AS c (station_id, day, what, n, amount)
    SELECT v.station_id, (v.at AT TIME ZONE s.time_zone)::date, 'visit/' || v.way || '/' || v.result,
           sum(v.sign), sum(v.sign * v.minutes)
    FROM (SELECT station_id, at, way, result, minutes, 1 AS sign FROM fresh
          UNION ALL
          SELECT w.station_id, w.at, w.way, w.result, w.minutes, -1
          FROM fresh f JOIN visit w ON w.id = f.replaces) AS v
    JOIN station s ON s.id = v.station_id
    GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
    ON CONFLICT (station_id, what, day) DO UPDATE SET n = c.n + excluded.n, amount = c.amount + excluded.amount;

    INSERT INTO coverage_stale (station_id, month)
    SELECT DISTINCT r.station_id, date_trunc('month', v.at AT TIME ZONE s.time_zone)::date
    FROM (SELECT resident_id, at FROM fresh
          UNION ALL SELECT w.resident_id, w.at FROM fresh f JOIN visit w ON w.id = f.replaces) AS v
    JOIN resident r ON r.id = v.resident_id
    JOIN station s ON s.id = r.station_id
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER visit_counted AFTER INSERT ON visit
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION count_visits();

CREATE FUNCTION count_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO care_count AS c (station_id, day, what, n, amount)
    SELECT o.station_id, (o.wanted_at AT TIME ZONE s.time_zone)::date, w.what, sum(o.sign), sum(o.sign * w.amount)
    FROM (SELECT station_id, wanted_at, service_id, state, rating, 1 AS sign FROM fresh
          UNION ALL
          SELECT station_id, wanted_at, service_id, state, rating, -1 FROM stale) AS o
    JOIN station s ON s.id = o.station_id
    JOIN service v ON v.id = o.service_id
    CROSS JOIN LATERAL (VALUES ('order/' || v.kind || '/' || o.state, 0),
                               (CASE WHEN o.rating IS NOT NULL THEN 'rating/' || v.kind END, o.rating)
                       ) AS w (what, amount)
    WHERE w.what IS NOT NULL
    GROUP BY 1, 2, 3 HAVING sum(o.sign) <> 0 OR sum(o.sign * w.amount) <> 0 ORDER BY 1, 3, 2
    ON CONFLICT (station_id, what, day) DO UPDATE SET n = c.n + excluded.n, amount = c.amount + excluded.amount;
    RETURN NULL;
END $$;
CREATE FUNCTION count_new_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO care_count AS c (station_id, day, what, n, amount)
    SELECT o.station_id, (o.wanted_at AT TIME ZONE s.time_zone)::date, 'order/' || v.kind || '/' || o.state,
           count(*), 0
    FROM fresh o JOIN station s ON s.id = o.station_id JOIN service v ON v.id = o.service_id
    GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
    ON CONFLICT (station_id, what, day) DO UPDATE SET n = c.n + excluded.n, amount = c.amount + excluded.amount;
    RETURN NULL;
END $$;
CREATE TRIGGER order_requested_counted AFTER INSERT ON service_order
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION count_new_orders();
CREATE TRIGGER order_counted AFTER UPDATE ON service_order
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION count_orders();

CREATE FUNCTION count_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO care_count AS c (station_id, day, what, n, amount)
    SELECT e.station_id, (e.at AT TIME ZONE s.time_zone)::date,
           CASE b.unit WHEN 'minute' THEN 'hours/' ELSE 'money/' END || b.owner_kind, count(*), sum(l.amount)
    FROM fresh l
    JOIN ledger_entry e ON e.id = l.entry_id
    JOIN ledger_book b ON b.id = l.book_id
    JOIN station s ON s.id = e.station_id
    GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
    ON CONFLICT (station_id, what, day) DO UPDATE SET n = c.n + excluded.n, amount = c.amount + excluded.amount;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_counted AFTER INSERT ON ledger_line
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION count_ledger();

-- People: out where they were, in where they are.
CREATE FUNCTION count_new_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_count AS p (station_id, category, grade, living, people)
    SELECT station_id, category, coalesce(ability_grade, -1), living, count(*)
    FROM fresh WHERE left_on IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (station_id, category, grade, living) DO UPDATE SET people = p.people + excluded.people;
    INSERT INTO coverage_stale (station_id, month)
    SELECT DISTINCT f.station_id, m.month FROM fresh f
    JOIN coverage_month m ON m.station_id = f.station_id ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION count_changed_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_count AS p (station_id, category, grade, living, people)
    SELECT station_id, category, grade, living, sum(sign)
    FROM (SELECT station_id, category, coalesce(ability_grade, -1) AS grade, living, 1 AS sign
          FROM fresh WHERE left_on IS NULL
          UNION ALL
          SELECT station_id, category, coalesce(ability_grade, -1), living, -1
          FROM stale WHERE left_on IS NULL) AS moved
    GROUP BY 1, 2, 3, 4 HAVING sum(sign) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (station_id, category, grade, living) DO UPDATE SET people = p.people + excluded.people;
    INSERT INTO coverage_stale (station_id, month)
    SELECT DISTINCT m.station_id, m.month
    FROM fresh f
    JOIN stale o ON o.id = f.id
    JOIN coverage_month m ON m.station_id IN (f.station_id, o.station_id)
    WHERE (f.station_id, f.category, f.left_on, f.created_at)
          IS DISTINCT FROM (o.station_id, o.category, o.left_on, o.created_at)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER resident_counted AFTER INSERT ON resident
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION count_new_people();
CREATE TRIGGER resident_recounted AFTER UPDATE ON resident
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION count_changed_people();

-- Those who are here already.
INSERT INTO people_count (station_id, category, grade, living, people)
SELECT station_id, category, coalesce(ability_grade, -1), living, count(*)
FROM resident WHERE left_on IS NULL GROUP BY 1, 2, 3, 4;
