-- name: beat
-- One row a part, overwritten in place; with several workers of a part the liveliest counts.
INSERT INTO heartbeat AS h (part, at) VALUES (%(part)s, %(now)s)
ON CONFLICT (part) DO UPDATE SET at = greatest(h.at, excluded.at)

-- name: beats
-- When each part last did its work.
SELECT part, (extract(epoch FROM at) * 1e6)::bigint FROM heartbeat

-- name: bring_back
-- A beat that lies ahead was written before the clock was set back: from here on it ages like any other.
UPDATE heartbeat SET at = %(now)s WHERE at > %(now)s
