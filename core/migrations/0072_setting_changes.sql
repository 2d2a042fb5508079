-- Who changed how a resident is watched over, when, and to what. Append-only; written by the api package.
CREATE TABLE setting_change (
    resident_id integer NOT NULL REFERENCES resident,
    at          timestamptz NOT NULL,
    by          integer NOT NULL REFERENCES account,
    what        text NOT NULL CHECK (what IN ('monitoring', 'places')),
    body        jsonb NOT NULL
);
CREATE INDEX setting_change_resident ON setting_change (resident_id, at DESC);
CREATE TRIGGER setting_change_append_only BEFORE UPDATE OR DELETE ON setting_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
