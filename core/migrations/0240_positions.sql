-- Positions are kept for days while all other readings stay for years: without this every sweep looked at each device
-- in each week that is kept, to find that none of its positions was left. On plain PostgreSQL weeks that are there
-- already get theirs from a job of storage (core.timeseries.tending), without anybody waiting for it.
DO $$ BEGIN
IF EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'reading'::regclass) THEN
    -- locks: on the head of the table alone, in which nothing lies
    CREATE INDEX reading_position ON ONLY reading (time) WHERE metric IN (80, 81);
ELSE
    -- locks: a table without rows, or TimescaleDB's chunks that are not compressed yet
    CREATE INDEX reading_position ON reading (time) WHERE metric IN (80, 81);
END IF;
END $$;
