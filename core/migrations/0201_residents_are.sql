-- How many residents are how, and where they live on the map: for a district of two hundred thousand in one go. As the
-- owner, because the rule of each of six tables, asked for each row, takes four times as long as the answer. The rule
-- is asked once instead: whose residents these are.

-- locks: a row a device, a fraction of a second for a city
CREATE INDEX device_state_off_line ON device_state (device_id) WHERE NOT online;

-- Whether the caller's lease covers the whole tree.
CREATE FUNCTION caller_has_all() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('role') IN ('none', 'nowalls_whole', 'nowalls_feed')
$$;

-- `subtrees` and `own` are what the caller may see by the API's rule; the connection's own settings are asked beside.
CREATE FUNCTION how_residents_are(
    subtrees ltree[], own integer[], below integer, moment timestamptz, quiet_s double precision, alarms text[])
RETURNS TABLE (id integer, home_id integer, state text) LANGUAGE sql STABLE AS $$
    WITH places AS (
        SELECT s.id FROM station s
        WHERE s.path <@ ANY (subtrees)
          AND (caller_has_all() OR s.id = ANY (nullif(current_setting('nowalls.stations', true), '')::integer[]))
    ), picked AS (
        SELECT r.id, l.home_id FROM resident r
        LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> moment
        WHERE (r.station_id IN (SELECT p.id FROM places p)
               OR (r.id = ANY (own) AND (caller_has_all()
                   OR r.id = ANY (nullif(current_setting('nowalls.residents', true), '')::integer[]))))
          AND (below IS NULL OR r.station_id IN (
                  SELECT s.id FROM station s JOIN station top ON s.path <@ top.path WHERE top.id = below))
    ), wrong AS (
        SELECT i.resident_id, i.home_id, bool_or(i.kind = ANY (alarms)) AS alarm,
               bool_or(i.kind = 'home_offline') AS lost
        FROM incident i WHERE i.closed_at IS NULL GROUP BY i.resident_id, i.home_id
    ), of_person AS (
        SELECT w.resident_id, bool_or(w.alarm) AS alarm, bool_or(w.lost) AS lost FROM wrong w
        WHERE w.resident_id IS NOT NULL GROUP BY w.resident_id
    ), of_home AS (
        SELECT w.home_id, bool_or(w.alarm) AS alarm, bool_or(w.lost) AS lost FROM wrong w
        WHERE w.resident_id IS NULL AND w.home_id IS NOT NULL GROUP BY w.home_id
    ), off_line AS MATERIALIZED (
        SELECT d.device_id FROM device_state d WHERE NOT d.online
    ), silent AS (   -- of homes in which something is off line; where nothing is, nobody is without signal
        SELECT n.home_id, n.resident_id, count(*) AS things, count(o.device_id) AS off
        FROM installation n LEFT JOIN off_line o ON o.device_id = n.device_id
        WHERE n.during @> moment
          AND n.home_id IN (SELECT m.home_id FROM off_line f JOIN installation m ON m.device_id = f.device_id
                            WHERE m.during @> moment)
        GROUP BY n.home_id, n.resident_id
    )
    SELECT p.id, p.home_id,
           CASE WHEN i.alarm OR g.alarm THEN 'alert'
                WHEN i.lost OR g.lost OR (coalesce(a.off, 0) + coalesce(b.off, 0) > 0
                     AND coalesce(a.things, 0) + coalesce(b.things, 0) = coalesce(a.off, 0) + coalesce(b.off, 0))
                     THEN 'no_signal'
                WHEN h.last_activity_at IS NULL THEN 'unknown'
                WHEN h.last_activity_at < moment - make_interval(secs => quiet_s) THEN 'quiet'
                ELSE 'well' END
    FROM picked p
    LEFT JOIN of_person i ON i.resident_id = p.id
    LEFT JOIN of_home g ON g.home_id = p.home_id
    LEFT JOIN silent a ON a.home_id = p.home_id AND a.resident_id IS NULL
    LEFT JOIN silent b ON b.home_id = p.home_id AND b.resident_id = p.id
    LEFT JOIN home_state h ON h.home_id = p.home_id
$$;

CREATE FUNCTION count_residents(
    subtrees ltree[], own integer[], below integer, moment timestamptz, quiet_s double precision, alarms text[])
RETURNS TABLE (state text, residents bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT r.state, count(*) FROM how_residents_are(subtrees, own, below, moment, quiet_s, alarms) r GROUP BY r.state
$$;

CREATE FUNCTION places_of_residents(
    subtrees ltree[], own integer[], below integer, moment timestamptz, quiet_s double precision, alarms text[])
RETURNS TABLE (id integer, name varchar, lat double precision, lon double precision, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, x.name, h.lat, h.lon, r.state
    FROM how_residents_are(subtrees, own, below, moment, quiet_s, alarms) r
    JOIN resident x ON x.id = r.id
    JOIN home h ON h.id = r.home_id
    WHERE h.lat IS NOT NULL AND h.lon IS NOT NULL
    ORDER BY r.id
$$;
REVOKE ALL ON FUNCTION count_residents(ltree[], integer[], integer, timestamptz, double precision, text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION places_of_residents(ltree[], integer[], integer, timestamptz, double precision, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_residents(ltree[], integer[], integer, timestamptz, double precision, text[]),
    places_of_residents(ltree[], integer[], integer, timestamptz, double precision, text[])
    TO nowalls_person, nowalls_acting, nowalls_whole, nowalls_feed;
