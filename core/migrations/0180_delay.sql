-- When a reading came is kept as how long after its instant that was: next to nothing once it is compressed, where an
-- instant of its own costs four bytes. `r.received` still says when it came: PostgreSQL takes a function of the row for
-- a column of it.
ALTER TABLE reading RENAME COLUMN received TO delay_ms;
ALTER TABLE reading ALTER COLUMN delay_ms TYPE bigint USING round(extract(epoch FROM delay_ms - time) * 1000)::bigint;

ALTER TABLE reading ALTER COLUMN delay_ms SET DEFAULT 0;

CREATE FUNCTION received(r reading) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT r.time + r.delay_ms * interval '1 millisecond'
$$;

-- What came more than an hour late, of all devices: few rows, and the hours they belong to are counted again.
CREATE INDEX reading_late ON reading (time) WHERE delay_ms > 3600000;
