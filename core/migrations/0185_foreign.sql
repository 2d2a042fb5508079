-- Devices that speak another tongue, behind a device of ours (a gateway, or the device itself) that may speak for them.

-- Whose login may write below nw/in/<its code>/. Written by care.
CREATE TABLE foreign_source (
    device_id  integer PRIMARY KEY REFERENCES device,
    allowed_at timestamptz NOT NULL
);

-- What a thing is called where it comes from -> our device; NULL: staff said that it is of no use. Source 0 is the
-- receiver of social alarms (SCAIP), which is no device. Written by care.
CREATE TABLE foreign_name (
    source_id  integer NOT NULL,
    tongue     text NOT NULL,
    foreign_id text NOT NULL,
    device_id  integer REFERENCES device,
    named_at   timestamptz NOT NULL,
    PRIMARY KEY (source_id, tongue, foreign_id)
);
CREATE INDEX foreign_name_device ON foreign_name (device_id);

-- Every thing that was heard, known or not, and what it said last: what tells a change from a repetition. Written by ingest.
CREATE TABLE found_device (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id  integer NOT NULL,
    tongue     text NOT NULL,
    foreign_id text NOT NULL,
    name       text NOT NULL DEFAULT '',
    model      text NOT NULL DEFAULT '',
    says       jsonb NOT NULL DEFAULT '{}',     -- quantity -> its last value
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    times      bigint NOT NULL DEFAULT 1,
    UNIQUE (source_id, tongue, foreign_id)
) WITH (fillfactor = 70);

-- Announcements and births that explain later messages, read again after a restart. Written by ingest.
CREATE TABLE foreign_announcement (
    source_id integer NOT NULL,
    tail      text NOT NULL,                    -- the topic below the source's root
    payload   bytea NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (source_id, tail)
);

-- Alarm calls by their reference: one that is repeated is answered again and is no second alarm. Written by ingest.
CREATE TABLE scaip_call (
    controller text NOT NULL,
    reference  text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (controller, reference)
);
CREATE INDEX scaip_call_at ON scaip_call (at);

CREATE TRIGGER foreign_source_rings AFTER INSERT OR UPDATE OR DELETE ON foreign_source
    FOR EACH STATEMENT EXECUTE FUNCTION ring_directory();
CREATE TRIGGER foreign_name_rings AFTER INSERT OR UPDATE OR DELETE ON foreign_name
    FOR EACH STATEMENT EXECUTE FUNCTION ring_directory();

INSERT INTO personal_data (n, name, fate, whose, blanks, given, zh, en) VALUES
(12, 'found_device', 'deleted', 'EXISTS (SELECT FROM foreign_name f JOIN installation i ON i.device_id = f.device_id WHERE f.source_id = t.source_id AND f.tongue = t.tongue AND f.foreign_id = t.foreign_id AND i.home_id IN (SELECT homes_left(:resident)))', '', false,
 '第三方设备的名称和最近状态', 'names and last states of devices of other systems');
INSERT INTO personal_data (n, name, fate, given, zh, en)
SELECT 99, unnest(ARRAY['foreign_announcement', 'foreign_name', 'foreign_source', 'scaip_call']), 'other', false,
       '不含老人数据', 'nothing about residents';
