-- Everything a gateway keeps, in SQLite.

-- name: make_outgoing
-- What waits for the line: the natural key keeps what is said twice from waiting twice.
CREATE TABLE IF NOT EXISTS outgoing (
    id INTEGER PRIMARY KEY, rank INTEGER NOT NULL, digest INTEGER NOT NULL UNIQUE, body BLOB NOT NULL) STRICT

-- name: make_outgoing_order
-- What matters most goes first and is dropped last.
CREATE INDEX IF NOT EXISTS outgoing_order ON outgoing (rank, id)

-- name: make_recent
-- Messages of late as they came: the detectors see them again after a restart.
CREATE TABLE IF NOT EXISTS recent (
    id INTEGER PRIMARY KEY, received INTEGER NOT NULL, motion INTEGER NOT NULL, topic TEXT NOT NULL,
    payload BLOB NOT NULL) STRICT

-- name: make_recent_order
-- To forget the old.
CREATE INDEX IF NOT EXISTS recent_order ON recent (motion, received)

-- name: make_finding
-- The last revision of each finding.
CREATE TABLE IF NOT EXISTS finding (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL) STRICT

-- name: make_clock
-- Corrections of devices' clocks.
CREATE TABLE IF NOT EXISTS clock (
    device INTEGER NOT NULL, since INTEGER NOT NULL, shift INTEGER NOT NULL, PRIMARY KEY (device, since)) STRICT

-- name: make_ringing
-- What sounds: a restart in the middle goes on.
CREATE TABLE IF NOT EXISTS ringing (
    finding TEXT PRIMARY KEY, kind TEXT NOT NULL, resident INTEGER, since INTEGER NOT NULL,
    until INTEGER NOT NULL) STRICT

-- name: make_tally
-- How many were dropped for want of room, by rank.
CREATE TABLE IF NOT EXISTS tally (rank INTEGER PRIMARY KEY, dropped INTEGER NOT NULL) STRICT

-- name: put
-- One more for the line; said before and still waiting, it is there already.
INSERT INTO outgoing (rank, digest, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: next
-- What is to be sent next.
SELECT id, body FROM outgoing ORDER BY rank, id LIMIT ?

-- name: sent
-- The platform's broker has it.
DELETE FROM outgoing WHERE id = ?

-- name: waiting
-- How many wait, and how many bytes.
SELECT count(*), coalesce(sum(length(body)), 0) FROM outgoing

-- name: least
-- What is dropped next when there is no room: what matters least, the oldest of it first.
SELECT id, rank, length(body) FROM outgoing ORDER BY rank DESC, id LIMIT ?

-- name: dropped
-- And is counted.
INSERT INTO tally (rank, dropped) VALUES (?, 1) ON CONFLICT (rank) DO UPDATE SET dropped = dropped + 1

-- name: tally
-- What was dropped so far.
SELECT rank, dropped FROM tally ORDER BY rank

-- name: remember
-- A message that the detectors may have to see again.
INSERT INTO recent (received, motion, topic, payload) VALUES (?, ?, ?, ?)

-- name: forget
-- Those they need no more.
DELETE FROM recent WHERE motion = ? AND received < ?

-- name: remembered
-- How large each of them is, the oldest first.
SELECT id, length(payload) FROM recent ORDER BY id

-- name: forget_one
-- For want of room.
DELETE FROM recent WHERE id = ?

-- name: recent
-- In the order in which they came.
SELECT topic, payload, received FROM recent ORDER BY id

-- name: put_finding
-- Its newest revision.
INSERT INTO finding (id, revision, at, body) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, at = excluded.at, body = excluded.body
WHERE finding.revision <= excluded.revision

-- name: forget_findings
-- Nobody takes up what is so old.
DELETE FROM finding WHERE at < ?

-- name: findings
-- The oldest first.
SELECT body FROM finding ORDER BY at

-- name: put_clock
-- A clock was found to be off.
INSERT INTO clock (device, since, shift) VALUES (?, ?, ?)
ON CONFLICT (device, since) DO UPDATE SET shift = excluded.shift

-- name: clocks
-- All corrections.
SELECT device, since, shift FROM clock ORDER BY device, since

-- name: hush
-- Before what sounds now is written.
DELETE FROM ringing

-- name: ring
-- One reason to sound.
INSERT INTO ringing (finding, kind, resident, since, until) VALUES (?, ?, ?, ?, ?)

-- name: ringing
-- What sounded last.
SELECT finding, kind, resident, since, until FROM ringing

-- name: all_outgoing
-- What was held in memory while there was no file.
SELECT rank, digest, body FROM outgoing ORDER BY id

-- name: copy_outgoing
-- Into the file, what it does not have.
INSERT INTO outgoing (rank, digest, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: all_recent
-- What was held in memory while there was no file.
SELECT received, motion, topic, payload FROM recent ORDER BY id

-- name: copy_recent
-- Into the file, what it does not have.
INSERT INTO recent (received, motion, topic, payload) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: all_finding
-- What was held in memory while there was no file.
SELECT id, revision, at, body FROM finding

-- name: copy_finding
-- Into the file, what it does not have.
INSERT INTO finding (id, revision, at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: all_clock
-- What was held in memory while there was no file.
SELECT device, since, shift FROM clock

-- name: copy_clock
-- Into the file, what it does not have.
INSERT INTO clock (device, since, shift) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: all_ringing
-- What was held in memory while there was no file.
SELECT finding, kind, resident, since, until FROM ringing

-- name: copy_ringing
-- Into the file, what it does not have.
INSERT INTO ringing (finding, kind, resident, since, until) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
