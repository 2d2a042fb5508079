-- A device has one secret that counts, and for a short time after a rotation the one before it. Its login at
-- the broker is its code for the first secret and <code>@<number> for the following ones, so that the broker,
-- which knows one secret for each login, can let in both. Written by care.
ALTER TABLE device_secret
    ADD number  integer NOT NULL DEFAULT 1 CHECK (number > 0),
    ADD pbkdf2  text NOT NULL DEFAULT '',               -- the same secret in the form Mosquitto reads; '' unknown
    ADD ends_at timestamptz,                            -- NULL: until further notice
    DROP CONSTRAINT device_secret_pkey,
    ADD PRIMARY KEY (device_id, number);
CREATE UNIQUE INDEX device_secret_current ON device_secret (device_id) WHERE ends_at IS NULL;

ALTER TABLE console_secret ADD pbkdf2 text NOT NULL DEFAULT '';

-- A one-time code that a device exchanges for its own secret. `id` is its first letters, the rest is a secret.
CREATE TABLE device_claim (
    id         text PRIMARY KEY CHECK (id ~ '^[0-9A-Z]{8}$'),
    device_id  integer NOT NULL REFERENCES device,
    bcrypt     text NOT NULL,
    pbkdf2     text NOT NULL,
    made_at    timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX device_claim_device ON device_claim (device_id);

-- A device that said too much: shut out by the broker until then. Written by ingest.
CREATE TABLE device_pause (
    device_id integer PRIMARY KEY REFERENCES device,
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL,
    times     integer NOT NULL DEFAULT 1               -- in a row: each pause is longer than the one before
);
