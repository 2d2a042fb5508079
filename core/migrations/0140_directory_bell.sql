-- Whoever keeps the directory in memory is told of every change, whoever makes it, and knows when the next one that
-- was entered beforehand takes effect: so that a city is not read again and again for nothing.
CREATE FUNCTION ring_directory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('directory', '');
    RETURN NULL;
END $$;
DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['installation', 'residence', 'device', 'home', 'station', 'geofence', 'vital_setting',
                                'monitoring_profile'] LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION ring_directory()', kept || '_rings', kept);
    END LOOP;
END $$;

CREATE INDEX installation_begins ON installation (lower(during));
CREATE INDEX installation_ends ON installation (upper(during));
CREATE INDEX residence_begins ON residence (lower(during));
CREATE INDEX residence_ends ON residence (upper(during));
