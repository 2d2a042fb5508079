-- People's identity is sealed with a key of their own (core.sealed). A column of the type varchar may hold sealed text.

-- Which book of keys this database belongs to: nothing is ever sealed with another one's.
CREATE TABLE key_book (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    mark text NOT NULL
);

DROP VIEW incident_card;
ALTER TABLE resident
    ALTER COLUMN name TYPE varchar,
    ALTER COLUMN phone TYPE varchar,
    ADD COLUMN seal_key bigint NOT NULL DEFAULT 0;   -- the place of the person's key in the book; 0: none yet
ALTER TABLE contact
    ALTER COLUMN name TYPE varchar,
    ALTER COLUMN phone TYPE varchar;
-- locks: the catalogue changes in a moment; who still runs old code checks for doubles before it writes
ALTER TABLE resident_identity
    DROP CONSTRAINT resident_identity_number_key,    -- the same number never looks the same twice: see below
    ALTER COLUMN number TYPE varchar;

-- What people are found by is made from the rest, and made again when it is empty: it is in no log of changes, hence in
-- no archive of them, and dumps leave it out. Numbers stand in it as hashes.
DROP TABLE resident_key;
CREATE UNLOGGED TABLE resident_key (
    resident_id integer NOT NULL REFERENCES resident,
    key         text COLLATE "C" NOT NULL,
    PRIMARY KEY (resident_id, key)
);
CREATE INDEX resident_key_prefix ON resident_key (key, resident_id);
-- Nobody's number of identity is a second person's.
CREATE UNIQUE INDEX resident_key_identity ON resident_key (key) WHERE key ^@ E'\x1fi';

-- Keys that go with a person, and when they went.
ALTER TABLE erasure
    ADD COLUMN seal_keys bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN keys_destroyed_at timestamptz;
-- locks: a row for each person ever erased, read in a moment
CREATE INDEX erasure_keys ON erasure (id) WHERE done_at IS NOT NULL AND keys_destroyed_at IS NULL;

CREATE VIEW incident_card AS
SELECT i.*,
       CASE i.priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END AS rank,
       COALESCE(s.path, '') AS path,
       s.name AS station_name,
       s.name_en AS station_name_en,
       COALESCE(s.time_zone, 'Asia/Shanghai') AS time_zone,
       h.code AS home_code,
       h.address,
       h.lat,
       h.lon,
       r.name AS resident_name,
       d.code AS device_code,
       d.kind AS device_kind,
       a.name AS acknowledged_name,
       -- Not joined: with more than eight tables the planner would join them all before it picks the rows.
       (SELECT b.name FROM account b WHERE b.id = i.reported_by) AS reported_name,
       (SELECT o.expires_at FROM offer o WHERE o.incident_id = i.id AND o.answer IS NULL) AS offer_expires_at,
       -- Read backwards to the latest ring or word of a person; a console's person has no account.
       CASE WHEN i.state IN ('responding', 'on_site') THEN
            (SELECT CASE e.kind WHEN 'rang_again' THEN e.at END FROM incident_event e
             WHERE e.incident_id = i.id
               AND (e.kind = 'rang_again' OR e.actor_id IS NOT NULL OR e.data ->> 'via' LIKE 'console:%')
             ORDER BY e.n DESC LIMIT 1) END AS rang_again_at,
       COALESCE(i.reason_params ->> 'room', n.room, '') AS room,
       CASE WHEN i.resident_id IS NOT NULL THEN ARRAY[i.resident_id]
            ELSE ARRAY(SELECT l.resident_id FROM residence l
                       WHERE l.home_id = i.home_id AND l.during @> i.onset) END AS subjects
FROM incident i
LEFT JOIN station s ON s.id = i.station_id
LEFT JOIN home h ON h.id = i.home_id
LEFT JOIN resident r ON r.id = i.resident_id
LEFT JOIN device d ON d.id = i.device_id
LEFT JOIN account a ON a.id = i.acknowledged_by
LEFT JOIN installation n ON n.device_id = i.device_id AND n.during @> i.onset;

-- As before, and it says which key is to be destroyed once this is committed.
CREATE OR REPLACE FUNCTION carry_out_erasure(erasure_id integer, moment timestamptz, by integer) RETURNS jsonb LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told erasure; part personal_data; whose text; touched bigint; said jsonb := '[]';
BEGIN
    SELECT * INTO told FROM erasure e WHERE e.id = erasure_id FOR UPDATE;
    IF told.id IS NULL OR told.done_at IS NOT NULL OR told.dropped_at IS NOT NULL THEN
        RAISE EXCEPTION 'there is no such erasure to carry out' USING ERRCODE = 'NW001';
    END IF;
    IF told.agreed_by IS NULL AND told.due_at > moment THEN
        RAISE EXCEPTION 'it is not due, and nobody else has agreed' USING ERRCODE = 'NW001';
    END IF;
    IF EXISTS (SELECT FROM resident r WHERE r.id = told.resident_id AND r.left_on IS NULL) THEN
        RAISE EXCEPTION 'the person is in our care' USING ERRCODE = 'NW001';
    END IF;
    INSERT INTO clearing DEFAULT VALUES;
    FOR part IN SELECT * FROM personal_data p WHERE p.fate <> 'other' ORDER BY p.n, p.name LOOP
        whose := replace(part.whose, ':resident', told.resident_id::text);
        IF part.fate = 'deleted' THEN
            EXECUTE format('DELETE FROM %I t WHERE %s', part.name, whose);
            GET DIAGNOSTICS touched = ROW_COUNT;
        ELSIF part.fate = 'blanked' THEN
            EXECUTE format('UPDATE %I t SET %s WHERE %s', part.name,
                           replace(part.blanks, ':now', quote_literal(moment) || '::timestamptz'), whose);
            GET DIAGNOSTICS touched = ROW_COUNT;
        ELSE
            EXECUTE format('SELECT count(*) FROM %I t WHERE %s', part.name, whose) INTO touched;
        END IF;
        said := said || jsonb_build_object('table', part.name, 'fate', part.fate, 'rows', touched,
                                           'zh', part.zh, 'en', part.en);
    END LOOP;
    DELETE FROM clearing;
    UPDATE erasure e SET done_at = moment, done_by = by, certificate = said,
           seal_keys = ARRAY(SELECT r.seal_key FROM resident r WHERE r.id = told.resident_id AND r.seal_key > 0)
    WHERE e.id = erasure_id;
    UPDATE resident r SET seal_key = 0 WHERE r.id = told.resident_id;
    RETURN said;
END $$;

INSERT INTO personal_data (n, name, fate, given, zh, en)
VALUES (99, 'key_book', 'other', false, '不含老人数据', 'nothing about residents');
