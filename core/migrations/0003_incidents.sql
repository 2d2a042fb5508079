-- Incidents: from a finding to a person at the door. Written by the alerts package only.

CREATE TABLE kind_policy (
    kind            text PRIMARY KEY,
    version         integer NOT NULL DEFAULT 1,
    priority        text NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
    cancel_window_s integer NOT NULL CHECK (cancel_window_s >= 0),
    escalate_s      integer CHECK (escalate_s > 0),      -- NULL: waits for a person without escalating
    respond_s       integer CHECK (respond_s > 0),       -- acknowledged but nobody on the way by then
    updated_at      timestamptz NOT NULL
);

-- The current state is a fold of incident_event, kept here so that a board reads one row.
CREATE TABLE incident (
    id            uuid PRIMARY KEY,
    number        bigint GENERATED ALWAYS AS IDENTITY,
    version       integer NOT NULL,
    kind          text NOT NULL,
    severity      text NOT NULL,
    priority      text NOT NULL,
    state         text NOT NULL,
    drill         boolean NOT NULL DEFAULT false,
    station_id    integer,                 -- scope; NULL: the platform itself
    home_id       integer,
    resident_id   integer,
    device_id     integer,
    finding_id    uuid NOT NULL,           -- the finding that opened it
    onset         timestamptz NOT NULL,
    detected_at   timestamptz NOT NULL,
    opened_at     timestamptz,
    state_since   timestamptz NOT NULL,
    next_step_at  timestamptz,
    closed_at     timestamptz,
    level         smallint NOT NULL DEFAULT 0,           -- how far up the station tree it was raised
    acknowledged_by integer,
    outcome       text,
    probability   double precision,
    reason_key    text NOT NULL,
    reason_params jsonb NOT NULL,
    cleared       boolean NOT NULL DEFAULT false
);
CREATE INDEX incident_due ON incident (next_step_at) WHERE next_step_at IS NOT NULL;
CREATE INDEX incident_active ON incident (station_id, priority, onset) WHERE closed_at IS NULL;
CREATE INDEX incident_home ON incident (home_id, onset DESC);
CREATE INDEX incident_resident ON incident (resident_id, onset DESC);
CREATE INDEX incident_closed ON incident (closed_at DESC, id) WHERE closed_at IS NOT NULL;

-- Append-only. Two writers race for (incident_id, n): one wins, the other is told.
CREATE TABLE incident_event (
    incident_id uuid NOT NULL REFERENCES incident,
    n           integer NOT NULL,
    position    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),  -- lets a reader resume without missing late commits
    at          timestamptz NOT NULL,
    kind        text NOT NULL,
    actor_id    integer,                                     -- NULL: the engine
    data        jsonb NOT NULL,
    PRIMARY KEY (incident_id, n)
);
CREATE INDEX incident_event_xid ON incident_event (xid);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER incident_event_append_only BEFORE UPDATE OR DELETE ON incident_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What became of every revision of every finding, with the named reason.
CREATE TABLE triage (
    finding_id  uuid NOT NULL,
    revision    smallint NOT NULL,
    verdict     text NOT NULL,
    incident_id uuid REFERENCES incident,
    at          timestamptz NOT NULL,
    PRIMARY KEY (finding_id, revision)
);
CREATE INDEX triage_incident ON triage (incident_id);

-- What a channel should show and what it shows: level-triggered, so that a crash can repeat a message but
-- never lose one.
CREATE TABLE publication (
    incident_id uuid NOT NULL REFERENCES incident,
    channel     text NOT NULL,
    target      text NOT NULL,
    wanted      integer NOT NULL,
    sent        integer NOT NULL DEFAULT 0,
    tries       integer NOT NULL DEFAULT 0,
    due_at      timestamptz,
    sent_at     timestamptz,
    PRIMARY KEY (incident_id, channel, target)
);
CREATE INDEX publication_due ON publication (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE triage_cursor (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    serial  bigint NOT NULL
);
INSERT INTO triage_cursor (serial) VALUES (0);
