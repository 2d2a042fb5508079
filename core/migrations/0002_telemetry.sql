-- What devices say and what detectors make of it. Written by the ingest package only.

-- Narrow rows. The natural key is what makes redelivery harmless. `time` is the device's instant with a
-- steady clock error taken out; `received` is ours. {partition_by_time} is filled in by core.timeseries.
CREATE TABLE reading (
    time      timestamptz NOT NULL,
    value     double precision NOT NULL,
    received  timestamptz NOT NULL,
    home_id   integer NOT NULL,
    device_id integer NOT NULL,
    resident_id integer,
    metric    smallint NOT NULL,
    PRIMARY KEY (device_id, metric, time)
) {partition_by_time};
CREATE INDEX reading_home ON reading (home_id, time);

-- One row a window: little-endian int16 triplets in milli-g, as the device packed them.
CREATE TABLE motion (
    time      timestamptz NOT NULL,
    received  timestamptz NOT NULL,
    home_id   integer NOT NULL,
    device_id integer NOT NULL,
    resident_id integer,
    hz        real NOT NULL,
    acc       bytea NOT NULL,
    gyr       bytea,
    PRIMARY KEY (device_id, time)
) {partition_by_time};

CREATE TABLE metric (
    id   smallint PRIMARY KEY,
    name text NOT NULL UNIQUE,
    unit text NOT NULL
);

-- Revisions of a finding are rows; (id, revision) is deterministic, so that a replay adds nothing.
CREATE TABLE finding (
    id            uuid NOT NULL,
    revision      smallint NOT NULL,
    serial        bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind          text NOT NULL,
    severity      text NOT NULL,
    home_id       integer,                 -- NULL: the platform itself
    resident_id   integer,
    device_id     integer,
    onset         timestamptz NOT NULL,
    detected_at   timestamptz NOT NULL,    -- event time
    written_at    timestamptz NOT NULL,    -- server time
    probability   double precision,
    reason_key    text NOT NULL,
    reason_params jsonb NOT NULL,
    evidence      jsonb NOT NULL,
    cleared       boolean NOT NULL,
    PRIMARY KEY (id, revision)
);
CREATE INDEX finding_resident ON finding (resident_id, onset);
CREATE INDEX finding_home ON finding (home_id, onset);

-- A message that cannot be understood: the raw bytes and why. The same message again only counts up.
CREATE TABLE quarantine (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic    text NOT NULL,
    digest   bytea NOT NULL,
    reason   text NOT NULL,
    detail   text NOT NULL,
    payload  bytea NOT NULL,
    home_code   text NOT NULL,
    device_code text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    times    integer NOT NULL DEFAULT 1,
    UNIQUE (digest)
);
CREATE INDEX quarantine_last ON quarantine (last_at DESC, id DESC);

-- Live state, rewritten in place: worth little after a crash, because the readings hold the truth.
CREATE TABLE device_state (
    device_id integer PRIMARY KEY,
    last_seen timestamptz,                 -- NULL: only the broker spoke for it (a last will)
    online    boolean,
    battery   real,
    rssi      real,
    firmware  text NOT NULL DEFAULT '',
    clock_offset_ms bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

CREATE TABLE home_state (
    home_id          integer PRIMARY KEY,
    last_activity_at timestamptz NOT NULL,
    last_room        text NOT NULL DEFAULT ''
) WITH (fillfactor = 70);

-- How far a device's clock is off, from which of its own instants on (Unix microseconds by its clock).
CREATE TABLE device_clock (
    device_id integer NOT NULL,
    since     bigint NOT NULL,
    offset_us bigint NOT NULL,
    PRIMARY KEY (device_id, since)
);

-- One home's day in its local time: what the inactivity detector has learnt, and all it needs to go on.
CREATE TABLE routine_day (
    home_id   integer NOT NULL,
    day       integer NOT NULL,              -- days since 1970-01-01, local
    longest_s integer[] NOT NULL,            -- longest ordinary silence by class (analytics.routine)
    hours     integer NOT NULL,              -- bit h: something happened in local hour h
    last_at   bigint NOT NULL,               -- Unix microseconds
    door_at   bigint NOT NULL,
    PRIMARY KEY (home_id, day)
);

CREATE TABLE ingest_worker (
    name          text PRIMARY KEY,
    started_at    timestamptz NOT NULL,
    last_batch_at timestamptz,
    received      bigint NOT NULL DEFAULT 0,
    stored        bigint NOT NULL DEFAULT 0,
    quarantined   bigint NOT NULL DEFAULT 0,
    findings      bigint NOT NULL DEFAULT 0,
    queued        integer NOT NULL DEFAULT 0,
    lag_ms        real NOT NULL DEFAULT 0
);
