-- Pictures of what was found: at an incident, of a hazard, on a visit. Written by the care package only.

CREATE TABLE photo (
    id            uuid PRIMARY KEY,
    subject       text NOT NULL CHECK (subject ~ '^(incident:[0-9a-f-]{36}|(adaptation|visit):[0-9]{1,10})$'),
    station_id    integer REFERENCES station,              -- scope, as that of the subject; NULL: the platform itself
    home_id       integer REFERENCES home,
    resident_id   integer REFERENCES resident,
    account_id    integer NOT NULL REFERENCES account,     -- who took it
    taken_at      timestamptz NOT NULL,                    -- as the phone says
    stored_at     timestamptz NOT NULL,
    source_sha256 bytea NOT NULL,                          -- of what was sent: the same again is the same picture
    sha256        bytea NOT NULL,                          -- of what is kept
    width         smallint NOT NULL,
    height        smallint NOT NULL,
    jpeg          bytea NOT NULL,                          -- made anew: no place, no device, nothing but the picture
    UNIQUE (subject, account_id, source_sha256)
);
ALTER TABLE photo ALTER COLUMN jpeg SET STORAGE EXTERNAL;  -- a JPEG does not get smaller
CREATE INDEX photo_resident ON photo (resident_id);
CREATE INDEX photo_account ON photo (account_id, stored_at);
CREATE TRIGGER photo_append_only BEFORE UPDATE OR DELETE ON photo
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
