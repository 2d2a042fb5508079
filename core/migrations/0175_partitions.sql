-- Several ingest workers share the town: which of them looks after which part. Written by the ingest package.

-- A worker process. It is alive while its session holds the advisory lock of its number, and said so lately.
CREATE TABLE ingest_member (
    worker     integer PRIMARY KEY,       -- number of the lock, drawn at each start
    name       text NOT NULL,             -- for people: host and process
    alive_till timestamptz NOT NULL       -- by the workers' real clocks
);

-- A part of the town's homes (core/partition.py), or the rest: messages of streams that nobody knows.
-- Whoever takes it over raises the epoch; every transaction of its owner checks it FOR SHARE, so that somebody who
-- lost it and does not know yet writes nothing.
CREATE TABLE ingest_partition (
    count   integer NOT NULL,             -- into how many parts the town is divided
    number  integer NOT NULL CHECK (number BETWEEN 0 AND count),   -- number = count: the rest
    epoch   bigint NOT NULL DEFAULT 0,
    worker  integer,                      -- NULL: given back
    since   timestamptz,
    PRIMARY KEY (count, number)
);

INSERT INTO personal_data (n, name, fate, given, zh, en)
SELECT 99, unnest(ARRAY['ingest_member', 'ingest_partition']), 'other', false, '不含老人数据', 'nothing about residents';
