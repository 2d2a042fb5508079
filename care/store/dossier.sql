-- Everything that is held about one person.

-- name: parts
-- The tables that hold something of a person, in the order in which the list names them.
SELECT name, whose, fate, zh, en FROM personal_data WHERE given AND fate <> 'other' ORDER BY n, name

-- name: known
-- Whether there is such a person.
SELECT id FROM resident WHERE id = %(resident)s

-- name: photos
-- The pictures, one at a time.
SELECT t.id, t.jpeg FROM photo t WHERE {whose} ORDER BY t.taken_at, t.id

-- name: reading
-- What devices measured, with the names of the quantities.
SELECT t.time, m.name AS metric, t.value, m.unit, t.received, t.home_id, t.device_id, t.resident_id
FROM reading t LEFT JOIN metric m ON m.id = t.metric WHERE {whose} ORDER BY t.device_id, t.metric, t.time

-- name: motion
-- Raw movement: little-endian pieces of 16 bits as hexadecimal text.
SELECT t.time, t.hz, t.device_id, encode(t.acc, 'hex') AS acc, encode(t.gyr, 'hex') AS gyr
FROM motion t WHERE {whose} ORDER BY t.device_id, t.time

-- name: audit_entry
-- Who looked: other people who were looked at in the same request are not named.
SELECT t.at, a.name AS account, t.what, t.actions, t.why, t.outcome
FROM audit_entry t LEFT JOIN account a ON a.id = t.account_id WHERE {whose} ORDER BY t.at, t.id
