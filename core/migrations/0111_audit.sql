-- Who looked at whom and who changed what. Only ever added to: written by the api package, linked by its sealer.

-- `residents` are those whose data were shown or changed; of more than can be named, `within` says in which parts
-- of the station tree they are. Instants are real time, also where the care runs on a virtual clock.
CREATE TABLE audit_entry (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    account_id  integer NOT NULL,
    what        text NOT NULL,                           -- method and route, or a command
    actions     text[] NOT NULL,                         -- of api.policy, that were asked for
    residents   integer[] NOT NULL,
    within      ltree[] NOT NULL,
    incident_id uuid,
    why         text NOT NULL,                           -- the reason given
    address     text NOT NULL,
    outcome     smallint NOT NULL,                       -- HTTP status
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_entry_at ON audit_entry (at, id);
CREATE INDEX audit_entry_account ON audit_entry (account_id, at);
CREATE INDEX audit_entry_residents ON audit_entry USING gin (residents);

-- Entries that wait for their link: within a second they have one.
CREATE TABLE audit_pending (entry_id bigint PRIMARY KEY, entry_at timestamptz NOT NULL);
CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (entry_id, entry_at) SELECT id, at FROM fresh;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_waits AFTER INSERT ON audit_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit_waits();

-- The chain: hash = SHA-256(hash before || digest of the entry). One row an entry, in one order for all.
CREATE TABLE audit_link (
    n         bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    entry_id  bigint NOT NULL,
    entry_at  timestamptz NOT NULL,
    digest    bytea NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (n, sealed_at)
) PARTITION BY RANGE (sealed_at);

-- One line a day, to be kept somewhere else: who rewrites the whole chain cannot rewrite that.
CREATE TABLE audit_anchor (
    day  date PRIMARY KEY,
    n    bigint NOT NULL,
    hash bytea NOT NULL,
    at   timestamptz NOT NULL
);

-- Months whose time was over: how far the chain went, so that what follows can still be verified.
CREATE TABLE audit_retired (
    month     date PRIMARY KEY,
    through_n bigint NOT NULL,
    hash      bytea NOT NULL,
    at        timestamptz NOT NULL
);

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_link
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_link_no_truncate BEFORE TRUNCATE ON audit_link
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE ON audit_anchor
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_retired_append_only BEFORE UPDATE OR DELETE ON audit_retired
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Nothing is ever refused for want of a month; what lies here was written while nobody made room.
CREATE TABLE audit_entry_otherwise PARTITION OF audit_entry DEFAULT;
CREATE TABLE audit_link_otherwise PARTITION OF audit_link DEFAULT;

-- Room for the month of `moment` and the next. As the owner, for the sealer; a month that the rest table has
-- rows of stays there.
CREATE FUNCTION audit_make_room(moment timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    first timestamptz; name text; parent text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nowalls.audit.room'));
    FOREACH first IN ARRAY ARRAY[date_trunc('month', moment, 'UTC'),
                                 date_trunc('month', moment, 'UTC') + interval '1 month'] LOOP
        FOREACH parent IN ARRAY ARRAY['audit_entry', 'audit_link'] LOOP
            name := parent || to_char(first AT TIME ZONE 'UTC', '_YYYYMM');
            CONTINUE WHEN to_regclass(name) IS NOT NULL;
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
                               first, first + interval '1 month');
            EXCEPTION WHEN check_violation THEN NULL;
            END;
        END LOOP;
    END LOOP;
END $$;

-- Takes away whole months that ended at least `months` ago and never less than half a year; says which.
CREATE FUNCTION audit_retire(moment timestamptz, months integer) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    cut timestamptz; part record; last record;
BEGIN
    -- The server's own clock bounds it: whoever may call this cannot make the present look old.
    cut := date_trunc('month', least(moment, clock_timestamp()), 'UTC')
           - make_interval(months => greatest(months, 6));
    FOR part IN SELECT c.relname AS name, to_timestamp(right(c.relname, 6), 'YYYYMM')::date AS month
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'audit_link'::regclass AND c.relname ~ '_[0-9]{6}$' ORDER BY 1 LOOP
        CONTINUE WHEN (part.month + interval '1 month') AT TIME ZONE 'UTC' > cut;
        EXECUTE format('SELECT n, hash FROM %I ORDER BY n DESC LIMIT 1', part.name) INTO last;
        IF last.n IS NOT NULL THEN
            INSERT INTO audit_retired (month, through_n, hash, at) VALUES (part.month, last.n, last.hash, moment);
        END IF;
        EXECUTE format('DROP TABLE %I', part.name);
        EXECUTE format('DROP TABLE IF EXISTS %I', replace(part.name, 'audit_link', 'audit_entry'));
        RETURN NEXT part.name;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION audit_make_room(timestamptz), audit_retire(timestamptz, integer) FROM PUBLIC;
