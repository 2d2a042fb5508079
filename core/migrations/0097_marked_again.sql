-- A month that is marked to be counted again already is locked by who marks it once more, until they commit. Whoever
-- counts passes over it till then; else the month could be counted before the visit is there, and never again.

CREATE OR REPLACE FUNCTION count_visits() RETURNS trigger LANGUAGE plpgsql AS $$
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
    ON CONFLICT (station_id, month) DO UPDATE SET month = excluded.month WHERE false; -- locks
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_new_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_count AS p (station_id, category, grade, living, people)
    SELECT station_id, category, coalesce(ability_grade, -1), living, count(*)
    FROM fresh WHERE left_on IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (station_id, category, grade, living) DO UPDATE SET people = p.people + excluded.people;
    INSERT INTO coverage_stale (station_id, month)
    SELECT DISTINCT f.station_id, m.month FROM fresh f
    JOIN coverage_month m ON m.station_id = f.station_id ORDER BY 1, 2
    ON CONFLICT (station_id, month) DO UPDATE SET month = excluded.month WHERE false; -- locks
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_changed_people() RETURNS trigger LANGUAGE plpgsql AS $$
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
    ON CONFLICT (station_id, month) DO UPDATE SET month = excluded.month WHERE false; -- locks
    RETURN NULL;
END $$;
