-- What the rules of rows (core.access) stand on. Rules and privileges themselves are made after every migration.

-- Which rules were made last: they are made again when the program brings others.
CREATE TABLE access_digest (digest text NOT NULL);

-- Whom a caller with the whole tree is told by, at every taking of a connection.
CREATE INDEX station_root ON station (id) WHERE parent_id IS NULL;

-- What the caller was asked to go to, and may therefore see. As the owner: the rule of offers looks at incidents,
-- and that of incidents here.
CREATE FUNCTION offered_to_caller() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT array_agg(incident_id) FROM offer
    WHERE account_id = nullif(current_setting('nowalls.account', true), '')::int
      AND (answer IS NULL OR answer = 'accepted')
$$;

-- And the homes of these, for the way there.
CREATE FUNCTION homes_offered_to_caller() RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT array_agg(home_id) FROM incident WHERE id = ANY (offered_to_caller())
$$;

-- Where a device hangs or hung last; NULL: nowhere yet. The rules of its secrets ask.
CREATE FUNCTION home_of_device(device integer) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT n.home_id FROM installation n WHERE n.device_id = device ORDER BY upper(n.during) DESC NULLS FIRST LIMIT 1
$$;
